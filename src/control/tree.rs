//! Whose session it is, and what runs below it.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::domain::status::{RunState, Thresholds};
use crate::domain::{InstallationId, Millis, SessionKey, TaskId};
use crate::live::board::{Board, SessionFacts};

/// Every installation that has a session of this key.
pub(super) fn holders(board: &Board, key: &SessionKey) -> BTreeSet<InstallationId> {
    let held = board.sessions.iter().filter(|facts| facts.entry.key == *key);
    held.map(|facts| facts.entry.owner.installation.clone()).collect()
}

/// Every installation that has a task of this id.
pub(super) fn task_holders(board: &Board, task: &TaskId) -> BTreeSet<InstallationId> {
    board.tasks.iter().filter(|one| one.id == *task).map(|one| one.installation.clone()).collect()
}

/// Whether a session has a run, or one that waits, as far as anybody knows.
pub(super) fn is_running(
    board: &Board,
    installation: &InstallationId,
    key: &SessionKey,
    now: Millis,
    limits: &Thresholds,
) -> bool {
    let mut own = board.sessions.iter().map(|facts| &**facts);
    own.any(|facts| {
        facts.entry.key == *key && facts.entry.owner.installation == *installation && works(facts, now, limits)
    })
}

fn works(facts: &SessionFacts, now: Millis, limits: &Thresholds) -> bool {
    matches!(facts.judge(now, limits).run_state, RunState::Running | RunState::Queued)
}

/// What runs or waits below a session: nearest first, so that what could begin more is stopped before it.
pub(super) fn running_below(
    board: &Board,
    installation: &InstallationId,
    root: &SessionKey,
    now: Millis,
    limits: &Thresholds,
) -> Vec<SessionKey> {
    let mut children: HashMap<&SessionKey, Vec<(&SessionKey, bool)>> = HashMap::new();
    for facts in board.sessions.iter().filter(|facts| facts.entry.owner.installation == *installation) {
        if let Some(parent) = &facts.entry.parent {
            children.entry(parent).or_default().push((&facts.entry.key, works(facts, now, limits)));
        }
    }
    let mut found = Vec::new();
    // A session that is its own ancestor is nonsense, but it must not keep us for ever.
    let mut seen = BTreeSet::from([root]);
    let mut next = VecDeque::from([root]);
    while let Some(parent) = next.pop_front() {
        for (key, works) in children.get(parent).into_iter().flatten() {
            if seen.insert(key) {
                next.push_back(key);
                if *works {
                    found.push((*key).clone());
                }
            }
        }
    }
    found
}
