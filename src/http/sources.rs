//! The reconciliation of `GET /api/sources`: what each source read, agent by agent.

use super::App;
use super::usage::ledger;
use super::view::rfc3339;
use super::wire::{
    AgentRow, OpenClawDifference, OpenClawReason, OpenClawRow, Progress, SkippedRow, SourceRow, SourcesResponse,
};
use crate::domain::AgentRef;
use crate::domain::event::{AgentCoverage, SourceKind, SourceReport, SourceStatus};
use crate::domain::pricing::PriceBasis;
use crate::domain::reconciliation::{Comparison, Reading, Reason, explain};
use crate::live::board::Board;
use crate::live::transcript::Totals;

/// The whole answer.
pub fn sources_response(app: &App, board: &Board) -> SourcesResponse {
    let limits = &app.defaults.thresholds;
    let agents = || board.reports.iter().flat_map(|report| &report.agents);
    SourcesResponse {
        version: env!("CARGO_PKG_VERSION"),
        demo: app.about.demo,
        refresh_seconds: app.about.refresh_seconds,
        price_basis: app.defaults.basis.word(),
        active_minutes: limits.active_ms / 60_000,
        idle_minutes: limits.idle_ms / 60_000,
        stuck_minutes: limits.stuck_ms / 60_000,
        started_at: rfc3339(app.about.started_at),
        log_file: app.about.log_file.clone(),
        progress: Progress {
            done: agents().map(|agent| agent.sessions_read).sum(),
            total: agents().map(|agent| agent.sessions_known).sum(),
            complete: !board.reports.is_empty()
                && board.reports.iter().all(|report| report.status != SourceStatus::Scanning),
        },
        ledger: ledger(board),
        installations: app.about.rows(),
        sources: board.reports.iter().map(|report| source_row(app, board, report)).collect(),
    }
}

fn source_row(app: &App, board: &Board, report: &SourceReport) -> SourceRow {
    let reconciled = board.reconciled.get(&report.installation).filter(|_| report.kind == SourceKind::Files);
    SourceRow {
        name: format!("{} {}", report.installation, report.kind.word()),
        kind: report.kind.word(),
        installation: report.installation.to_string(),
        status: match report.status {
            SourceStatus::Scanning => "scanning",
            SourceStatus::Ok => "ok",
            SourceStatus::Degraded => "degraded",
            SourceStatus::Down => "down",
        },
        detail: report.detail.clone(),
        last_read_at: report.last_read_at.map(rfc3339),
        agents: report.agents.iter().map(|agent| agent_row(app, board, report, agent)).collect(),
        openclaw_note: reconciled.map(|known| known.note.clone()).unwrap_or_default(),
        skipped: report
            .skipped
            .iter()
            .map(|skipped| SkippedRow {
                file: skipped.file.clone(),
                reason: skipped.reason,
                count: skipped.count,
                line: skipped.first_line,
            })
            .collect(),
    }
}

fn agent_row(app: &App, board: &Board, report: &SourceReport, agent: &AgentCoverage) -> AgentRow {
    let owner = AgentRef { installation: report.installation.clone(), agent: agent.agent.clone() };
    let unowned = board.unowned.iter().find(|calls| calls.owner == owner);
    let mut totals = Totals::default();
    let mut copies = unowned.map_or(0, |calls| calls.copies);
    for facts in board.sessions.iter().filter(|facts| facts.entry.owner == owner && facts.source == report.kind) {
        totals.calls += facts.totals.calls;
        totals.costs.add(&facts.totals.costs);
        copies += facts.copies;
    }
    if let Some(calls) = unowned {
        totals.calls += calls.totals.calls;
        totals.costs.add(&calls.totals.costs);
    }
    let (cost, unpriced) = totals.costs.on(app.defaults.basis);
    let reading = Reading {
        unread_sessions: agent.sessions_known.saturating_sub(agent.sessions_read),
        skipped: skipped_records(report, agent),
        copies,
    };
    let compared = board.reconciled.get(&owner.installation).filter(|_| report.kind == SourceKind::Files);
    let compared = compared.and_then(|known| known.agents.get(&owner.agent));
    AgentRow {
        agent_id: agent.agent.to_string(),
        layout: agent.layout.word(),
        sessions_known: agent.sessions_known,
        sessions_read: agent.sessions_read,
        calls_read: totals.calls,
        archived_calls: unowned.map_or(0, |calls| calls.archived_calls),
        unlisted_calls: unowned.map_or(0, |calls| calls.totals.calls),
        recorded_calls: u64::from(totals.costs.from_record),
        derived_calls: u64::from(totals.costs.from_list),
        unpriced_calls: u64::from(unpriced),
        duplicate_calls: copies,
        cost: cost.dollars(),
        lines_skipped: reading.skipped,
        openclaw: compared.map(|found| openclaw_row(found, app.defaults.basis, &reading)),
    }
}

/// Records of an agent that were not understood.
#[must_use]
pub fn skipped_records(report: &SourceReport, agent: &AgentCoverage) -> u64 {
    let below = format!("agents/{}/", agent.agent);
    let mine =
        report.skipped.iter().filter(|skipped| skipped.file.starts_with(&below) || report.kind == SourceKind::Command);
    mine.map(|skipped| skipped.count).sum()
}

fn openclaw_row(found: &Comparison, basis: PriceBasis, reading: &Reading) -> OpenClawRow {
    let usage = found.theirs.usage;
    let reasons = explain(found, basis, reading);
    OpenClawRow {
        input_tokens: usage.input,
        output_tokens: usage.output,
        cache_read_tokens: usage.cache_read,
        cache_write_tokens: usage.cache_write,
        cost: found.theirs.cost.dollars(),
        calls_without_cost: found.theirs.calls_without_cost,
        asked_at: rfc3339(found.asked_at),
        difference: OpenClawDifference { tokens: found.tokens(), cost: found.cost(basis).dollars() },
        explanation: reasons.iter().map(Reason::text).collect(),
        reasons: reasons
            .iter()
            .map(|one| OpenClawReason {
                reason: one.kind.word(),
                sessions: one.sessions,
                calls: one.calls,
                tokens: one.tokens,
            })
            .collect(),
    }
}
