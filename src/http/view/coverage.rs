//! How much of the truth is known, and up to when.

use super::rfc3339;
use crate::domain::Millis;
use crate::domain::event::{SourceKind, SourceReport, SourceStatus};
use crate::domain::pricing::PriceBasis;
use crate::http::wire::Coverage;
use crate::live::board::Board;

/// A source that was read within this time knows the present.
const PRESENT_MS: Millis = 40_000;

/// How much of the truth the board holds.
pub fn coverage(board: &Board, basis: PriceBasis, now: Millis) -> Coverage {
    let agents = || board.reports.iter().flat_map(|report| &report.agents);
    let unread: u64 = agents().map(|agent| agent.sessions_known.saturating_sub(agent.sessions_read)).sum();
    let totals =
        || board.sessions.iter().map(|facts| &facts.totals).chain(board.unowned.iter().map(|calls| &calls.totals));
    let known = agents().map(|agent| agent.sessions_known).sum::<u64>().max(board.sessions.len() as u64);
    Coverage {
        sessions_known: known,
        sessions_read: known.saturating_sub(unread),
        calls_read: totals().map(|totals| totals.calls).sum(),
        lines_skipped: board.reports.iter().flat_map(|report| &report.skipped).map(|skipped| skipped.count).sum(),
        unpriced_calls: totals().map(|totals| u64::from(totals.costs.on(basis).1)).sum(),
        as_of: as_of(&board.reports, now).map(rfc3339),
    }
}

/// Up to when everything was read: now, while every source is well.
pub(super) fn as_of(reports: &[SourceReport], now: Millis) -> Option<Millis> {
    let known = |report: &SourceReport| {
        let at = report.last_read_at?;
        let follows =
            report.kind != SourceKind::Command && report.status != SourceStatus::Down && now - at < PRESENT_MS;
        Some(if follows { now } else { at })
    };
    // Where files are read, they are the truth and the gateway only says who runs.
    let counts = |report: &&SourceReport| {
        report.kind != SourceKind::Gateway
            || !reports.iter().any(|one| one.kind == SourceKind::Files && one.installation == report.installation)
    };
    reports.iter().filter(counts).map(known).min().flatten()
}
