//! What changed between what readers know and what is so now. Pure.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::view::{Judgement, View};
use super::super::wire::{Change, Coverage, QueueItem, Removed, SessionRow, Stats, TokenStats};
use crate::domain::Millis;
use crate::domain::status::Judged;
use crate::domain::{AgentRef, SessionKey};
use crate::live::board::{Board, SessionFacts};

/// What readers know.
pub(super) struct Shown {
    pub(super) board: Arc<Board>,
    pub(super) now: Millis,
    /// The verdict on each session of the board, in its order.
    verdicts: Vec<Judged>,
    summary: Summary,
}

/// The figures over all sessions.
#[derive(Clone)]
struct Summary {
    stats: Stats,
    tokens: TokenStats,
    queue: Vec<QueueItem>,
    coverage: Coverage,
}

impl Shown {
    /// What a view of all sessions, in the order of the board, shows.
    pub(super) fn of(board: Arc<Board>, view: &View<'_>, now: Millis) -> Self {
        let verdicts = view.matching().iter().map(Judgement::judged).collect();
        Self { board, now, verdicts, summary: Summary::of(view) }
    }

    /// What `next` (of this view) changes, with its number; nothing when only time went by.
    pub(super) fn change(&self, next: &Self, view: &View<'_>, seq: u64) -> (bool, Change) {
        let (upserts, removed) = self.sessions(view);
        let is_same = upserts.is_empty() && removed.is_empty() && self.summary.is_like(&next.summary);
        let Summary { stats, tokens, queue, coverage } = next.summary.clone();
        let change = Change {
            seq,
            upserts,
            removes: removed.iter().map(|one| one.key.clone()).collect(),
            removed,
            stats,
            token_stats: tokens,
            task_queue: queue,
            total: view.matching().len(),
            fetched_at: view.fetched_at(),
            coverage,
        };
        (!is_same, change)
    }

    /// Both boards are in the order of their names, and share the facts of what is the same.
    fn sessions(&self, view: &View<'_>) -> (Vec<SessionRow>, Vec<Removed>) {
        let (mut upserts, mut removed) = (Vec::new(), Vec::new());
        let mut before = self.board.sessions.iter().zip(&self.verdicts).peekable();
        for one in view.matching() {
            let facts = one.facts();
            loop {
                let Some((known, verdict)) = before.peek() else {
                    upserts.push(view.row(one));
                    break;
                };
                if Arc::ptr_eq(known, facts) {
                    if **verdict != one.judged() {
                        upserts.push(view.row(one));
                    }
                    before.next();
                    break;
                }
                match name(known).cmp(&name(facts)) {
                    Ordering::Less => {
                        removed.push(gone(known));
                        before.next();
                    }
                    Ordering::Equal => {
                        upserts.push(view.row(one));
                        before.next();
                        break;
                    }
                    Ordering::Greater => {
                        upserts.push(view.row(one));
                        break;
                    }
                }
            }
        }
        removed.extend(before.map(|(known, _)| gone(known)));
        (upserts, removed)
    }
}

impl Summary {
    fn of(view: &View<'_>) -> Self {
        Self { stats: view.stats(), tokens: view.token_stats(), queue: view.task_queue(), coverage: view.coverage() }
    }

    /// The same but for what the clock alone changes.
    fn is_like(&self, other: &Self) -> bool {
        let ageless = |item: &QueueItem| QueueItem { age_formatted: String::new(), duration_ms: 0, ..item.clone() };
        let timeless = |coverage: &Coverage| Coverage { as_of: None, ..coverage.clone() };
        self.stats == other.stats
            && self.tokens == other.tokens
            && timeless(&self.coverage) == timeless(&other.coverage)
            && self.queue.len() == other.queue.len()
            && self.queue.iter().zip(&other.queue).all(|(one, other)| ageless(one) == ageless(other))
    }
}

fn name(facts: &SessionFacts) -> (&AgentRef, &SessionKey) {
    (&facts.entry.owner, &facts.entry.key)
}

fn gone(facts: &SessionFacts) -> Removed {
    Removed { installation: facts.entry.owner.installation.to_string(), key: facts.entry.key.to_string() }
}
