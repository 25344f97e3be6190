//! What OpenClaw itself counts beside what was just read, agent by agent, where a gateway answers.

use super::{Check, Verdict, check};
use crate::app;
use crate::clock::SystemClock;
use crate::config::{Config, Installation};
use crate::domain::Millis;
use crate::domain::event::{Event, SourceKind, SourceReport};
use crate::domain::pricing::PriceBasis;
use crate::domain::reconciliation::{Comparison, Reading, Reason, explain};
use crate::http::sources::skipped_records;
use crate::live::board::Board;
use crate::pipeline::Pipeline;

const WHY: &str = "Two counts of the same calls should agree, or it should be known why they do not.";

/// Asks each gateway once and takes its answer in.
pub(super) fn ask(config: &Config, state: &mut Pipeline, now: Millis) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    for installation in config.installations.iter().filter(|one| one.root.is_dir()) {
        let answer = runtime.block_on(app::gateway_usage(config, installation).look(&SystemClock));
        let mut event = vec![Event::OpenClawUsage(installation.id.clone(), answer)];
        // The ledger of a doctor is in memory and keeps nothing of this.
        let _ = state.take_in(&mut event, now);
    }
}

/// One check for each agent, or why there is none.
pub(super) fn checks(installation: &Installation, board: &Board, basis: PriceBasis) -> Vec<Check> {
    let Some(known) = board.reconciled.get(&installation.id) else { return Vec::new() };
    if !known.note.is_empty() {
        let name = format!("OpenClaw's own usage of {}", installation.id);
        return vec![check(name, Verdict::Note, known.note.clone(), WHY, "")];
    }
    let mut reports = board.reports.iter().filter(|report| report.kind == SourceKind::Files);
    let report = reports.find(|report| report.installation == installation.id);
    let compared = known.agents.iter().map(|(agent, found)| {
        let name = format!("OpenClaw's own usage of {} {agent}", installation.id);
        agent_check(name, found, basis, &reading(report, agent.as_str(), board))
    });
    compared.collect()
}

fn reading(report: Option<&SourceReport>, agent: &str, board: &Board) -> Reading {
    let Some(report) = report else { return Reading::default() };
    let Some(read) = report.agents.iter().find(|one| one.agent.as_str() == agent) else { return Reading::default() };
    let is_mine =
        |owner: &crate::domain::AgentRef| owner.installation == report.installation && owner.agent.as_str() == agent;
    let listed = board.sessions.iter().filter(|facts| is_mine(&facts.entry.owner)).map(|facts| facts.copies);
    let unlisted = board.unowned.iter().filter(|calls| is_mine(&calls.owner)).map(|calls| calls.copies);
    Reading {
        unread_sessions: read.sessions_known.saturating_sub(read.sessions_read),
        skipped: skipped_records(report, read),
        copies: listed.chain(unlisted).sum(),
    }
}

fn agent_check(name: String, found: &Comparison, basis: PriceBasis, reading: &Reading) -> Check {
    let (tokens, cost) = (found.tokens(), found.cost(basis).dollars());
    let is_equal = found.ours == found.theirs.usage && cost == 0.0;
    let sentences: Vec<String> = explain(found, basis, reading).iter().map(Reason::text).collect();
    let figures = if is_equal {
        format!("{} tokens, ${:.4}", found.ours.total(), found.theirs.cost.dollars())
    } else {
        format!(
            "{} tokens read, {} counted by OpenClaw (difference {tokens:+}); cost difference {}${:.4}",
            found.ours.total(),
            found.theirs.usage.total(),
            if cost < 0.0 { "-" } else { "+" },
            cost.abs()
        )
    };
    let verdict = if is_equal { Verdict::Ok } else { Verdict::Note };
    check(name, verdict, format!("{figures}\n{}", sentences.join("\n")), WHY, "")
}
