//! How far the first reading is, on stderr, when it takes longer than a moment.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::event::SourceStatus;
use crate::hub::Hub;
use crate::live::board::Board;

/// A reading that ends before this is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is told in a log.
const EVERY: Duration = Duration::from_secs(5);

/// Sessions read, sessions known; `None` when the first reading is over.
#[must_use]
pub fn of(board: &Board) -> Option<(u64, u64)> {
    let reading = board.reports.iter().any(|report| report.status == SourceStatus::Scanning);
    let agents = || board.reports.iter().flat_map(|report| &report.agents);
    (reading || board.reports.is_empty())
        .then(|| (agents().map(|one| one.sessions_read).sum(), agents().map(|one| one.sessions_known).sum()))
}

/// Tells until the first reading is over.
pub async fn tell(hub: Arc<Hub>) {
    let is_terminal = std::io::stderr().is_terminal();
    let mut told = false;
    tokio::time::sleep(PATIENCE).await;
    while let Some((read, known)) = of(&hub.board()) {
        line(read, known, is_terminal);
        told = true;
        tokio::time::sleep(if is_terminal { PATIENCE / 5 } else { EVERY }).await;
    }
    if told {
        if is_terminal {
            clear();
        }
        // Nobody is left to tell when stderr is closed.
        let _ = writeln!(std::io::stderr(), "all sessions are read");
    }
}

/// Takes the line of a terminal away.
pub fn clear() {
    let _ = write!(std::io::stderr(), "\r\u{1b}[K").and_then(|()| std::io::stderr().flush());
}

/// One line; on a terminal it replaces the one before.
pub fn line(read: u64, known: u64, is_terminal: bool) {
    let mut out = std::io::stderr();
    let text = if known == 0 { "reading sessions".to_owned() } else { format!("reading sessions: {read} of {known}") };
    let _ = if is_terminal {
        write!(out, "\r\u{1b}[K{} {text}", bar(read, known)).and_then(|()| out.flush())
    } else {
        writeln!(out, "{text}")
    };
}

/// `[#####               ]`
fn bar(read: u64, known: u64) -> String {
    let full = usize::try_from((read * 20).checked_div(known).unwrap_or_default().min(20)).unwrap_or_default();
    format!("[{}{}]", "#".repeat(full), " ".repeat(20 - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars() {
        assert_eq!(bar(0, 0), "[                    ]");
        assert_eq!(bar(69, 206), "[######              ]");
        assert_eq!(bar(5, 5), "[####################]");
    }
}
