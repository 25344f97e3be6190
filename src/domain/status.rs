//! What a session does now: (what is known, the time, the thresholds) → a status with its reason.

use super::Millis;
use super::event::{LastEntry, TranscriptTail};
use super::session::StoredStatus;
use super::task::TaskStatus;

/// A run that has been silent for this long may have been lost with its process.
const LOST_AFTER_MS: Millis = 24 * 3_600_000;
/// A transcript that has ended for longer than this outweighs an index that still says `running`.
const ENDED_FOR_MS: Millis = 60_000;

/// The limits between the states, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Up to this age a session is active.
    pub active_ms: Millis,
    /// Below this age it is idle, from there on stale.
    pub idle_ms: Millis,
    /// A run that is silent for this long is stuck.
    pub stuck_ms: Millis,
}

/// How recently a session was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// In use: a run is in progress, or one ended a moment ago.
    Active,
    /// Used a while ago.
    Idle,
    /// Not used for long.
    Stale,
}

impl Status {
    /// Every status, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Active, Self::Idle, Self::Stale];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Stale => "stale",
        }
    }
}

/// What the last or present run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunState {
    /// At work.
    Running,
    /// Its turn has not come.
    Queued,
    /// Nothing to do.
    Idle,
    /// The last run failed.
    Failed,
    /// The last run was stopped.
    Aborted,
}

impl RunState {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Queued => "queued",
            Self::Idle => "idle",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }
}

/// What a running gateway says of a session: it is the truth for who runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunWord {
    /// No run was in progress at that time.
    Idle {
        /// When it said so.
        at: Millis,
        /// Whether the last run was heard to be stopped by somebody: 2026.5.28 stores `timeout` then.
        stopped: bool,
    },
    /// A run is in progress.
    Running {
        /// When it began, where that was heard.
        since: Option<Millis>,
        /// The latest sign of life.
        sign: Millis,
    },
}

impl RunWord {
    /// The latest sign of life.
    #[must_use]
    pub fn sign(self) -> Option<Millis> {
        if let Self::Running { sign, .. } = self { Some(sign) } else { None }
    }
}

/// What is known of a session's runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// OpenClaw's word on the last run.
    pub stored: Option<StoredStatus>,
    /// Whether OpenClaw says that the last run was stopped.
    pub aborted_last_run: bool,
    /// When the last run began.
    pub started_at: Option<Millis>,
    /// How the transcript ends.
    pub tail: Option<&'a TranscriptTail>,
    /// An open background task that works in the session.
    pub open_task: Option<TaskStatus>,
    /// What a running gateway says.
    pub gateway: Option<RunWord>,
    /// The latest sign of life of any kind.
    pub last_sign_at: Option<Millis>,
}

/// The verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How recently it was used.
    pub status: Status,
    /// What its run does.
    pub run_state: RunState,
    /// Since when a run in progress has been silent, when that is too long.
    pub stuck_since: Option<Millis>,
    /// Why: one of a fixed set of phrases.
    pub reason: &'static str,
}

/// Judges a session.
#[must_use]
pub fn judge(signs: &Signs<'_>, now: Millis, limits: &Thresholds) -> Judged {
    let silent = signs.last_sign_at.map_or(Millis::MAX, |at| (now - at).max(0));
    let run_state = run_state(signs, silent, limits);
    let running = run_state == RunState::Running;
    let stuck_since = signs.last_sign_at.filter(|_| running && silent >= limits.stuck_ms);
    let (status, reason) = if running && silent >= LOST_AFTER_MS {
        (Status::Active, "a run is marked as in progress but silent for a day: it may be lost")
    } else if running && stuck_since.is_some() {
        (Status::Active, "a run is in progress but silent")
    } else if running {
        (Status::Active, "a run is in progress")
    } else if silent <= limits.active_ms {
        (Status::Active, "updated within the active window")
    } else if silent < limits.idle_ms {
        (Status::Idle, "updated within the idle window")
    } else {
        (Status::Stale, "not updated for longer than the idle window")
    };
    Judged { status, run_state, stuck_since, reason }
}

fn run_state(signs: &Signs<'_>, silent: Millis, limits: &Thresholds) -> RunState {
    if is_running(signs, silent, limits) {
        return RunState::Running;
    }
    if signs.open_task == Some(TaskStatus::Queued) {
        return RunState::Queued;
    }
    let last = signs.tail.map(|tail| &tail.last);
    match (signs.stored, last) {
        _ if was_stopped(signs) => RunState::Aborted,
        (Some(StoredStatus::Failed), _) => RunState::Failed,
        (Some(StoredStatus::Killed), _) => RunState::Aborted,
        _ if signs.aborted_last_run => RunState::Aborted,
        (Some(StoredStatus::Timeout), _) => RunState::Failed,
        (Some(StoredStatus::Done), _) => RunState::Idle,
        (_, Some(LastEntry::Failed(_))) => RunState::Failed,
        (_, Some(LastEntry::Aborted)) => RunState::Aborted,
        _ => RunState::Idle,
    }
}

fn is_running(signs: &Signs<'_>, silent: Millis, limits: &Thresholds) -> bool {
    match signs.gateway {
        Some(RunWord::Running { .. }) => return true,
        // What is younger than its word is not known to it.
        Some(RunWord::Idle { at, .. }) if !began_after(signs, at) => return false,
        _ => {}
    }
    if signs.open_task == Some(TaskStatus::Running) {
        return true;
    }
    match signs.stored {
        Some(StoredStatus::Running) => {
            let ended = signs.tail.is_some_and(|tail| {
                !matches!(tail.last, LastEntry::AwaitsModel | LastEntry::AwaitsTool)
                    && tail.at >= signs.started_at.unwrap_or_default()
            });
            !(ended && silent > ENDED_FOR_MS)
        }
        Some(_) => false,
        // Nothing is stored (2026.3.13, scheduled sessions): the transcript tells whose turn it is.
        None => {
            silent < limits.idle_ms
                && signs.tail.is_some_and(|tail| matches!(tail.last, LastEntry::AwaitsModel | LastEntry::AwaitsTool))
        }
    }
}

/// Heard of the last run, not of one before it.
fn was_stopped(signs: &Signs<'_>) -> bool {
    matches!(signs.gateway, Some(RunWord::Idle { at, stopped: true }) if signs.started_at.is_none_or(|began| began <= at))
}

fn began_after(signs: &Signs<'_>, at: Millis) -> bool {
    let awaits = |tail: &&TranscriptTail| matches!(tail.last, LastEntry::AwaitsModel | LastEntry::AwaitsTool);
    let stored = signs.started_at.filter(|_| signs.stored == Some(StoredStatus::Running));
    stored.max(signs.tail.filter(awaits).map(|tail| tail.at)).is_some_and(|began| began > at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Thresholds = Thresholds { active_ms: 300_000, idle_ms: 3_600_000, stuck_ms: 600_000 };
    const NOW: Millis = 10_000_000_000;

    fn check(age: Millis, signs: Signs<'_>, status: Status, run_state: RunState, stuck: bool) {
        let judged = judge(&Signs { last_sign_at: Some(NOW - age), ..signs }, NOW, &LIMITS);
        assert_eq!(
            (judged.status, judged.run_state, judged.stuck_since.is_some()),
            (status, run_state, stuck),
            "age {age}: {}",
            judged.reason
        );
    }

    #[test]
    fn the_limits_are_exact() {
        let none = Signs::default();
        check(-5_000, none, Status::Active, RunState::Idle, false);
        check(300_000, none, Status::Active, RunState::Idle, false);
        check(300_001, none, Status::Idle, RunState::Idle, false);
        check(3_599_999, none, Status::Idle, RunState::Idle, false);
        check(3_600_000, none, Status::Stale, RunState::Idle, false);
    }

    #[test]
    fn a_run_in_progress_is_active_whatever_its_age() {
        let running = Signs { stored: Some(StoredStatus::Running), ..Signs::default() };
        check(599_999, running, Status::Active, RunState::Running, false);
        check(600_000, running, Status::Active, RunState::Running, true);
        check(7_200_000, running, Status::Active, RunState::Running, true);
        check(LOST_AFTER_MS, running, Status::Active, RunState::Running, true);
    }

    #[test]
    fn a_gateway_knows_who_runs() {
        let awaits = TranscriptTail { at: NOW - 20_000, last: LastEntry::AwaitsModel };
        let files = Signs {
            stored: Some(StoredStatus::Running),
            started_at: Some(NOW - 30_000),
            tail: Some(&awaits),
            open_task: Some(TaskStatus::Running),
            ..Signs::default()
        };
        let idle = |at| Signs { gateway: Some(RunWord::Idle { at, stopped: false }), ..files };
        check(20_000, files, Status::Active, RunState::Running, false);
        check(20_000, idle(NOW - 10_000), Status::Active, RunState::Idle, false);
        check(20_000, idle(NOW - 25_000), Status::Active, RunState::Running, false);
        let stopped = Signs {
            stored: Some(StoredStatus::Timeout),
            gateway: Some(RunWord::Idle { at: NOW - 5_000, stopped: true }),
            ..files
        };
        let ended = Signs { open_task: None, ..stopped };
        check(5_000, ended, Status::Active, RunState::Aborted, false);
        check(5_000, Signs { started_at: Some(NOW), ..ended }, Status::Active, RunState::Failed, false);
        let running = Signs {
            stored: Some(StoredStatus::Done),
            gateway: Some(RunWord::Running { since: None, sign: NOW - 1_000 }),
            ..Signs::default()
        };
        check(1_000, running, Status::Active, RunState::Running, false);
        check(700_000, running, Status::Active, RunState::Running, true);
    }

    #[test]
    fn a_finished_transcript_outweighs_a_forgotten_running() {
        let tail = TranscriptTail { at: NOW - 120_000, last: LastEntry::Finished };
        let signs = Signs {
            stored: Some(StoredStatus::Running),
            started_at: Some(NOW - 200_000),
            tail: Some(&tail),
            ..Signs::default()
        };
        check(120_000, signs, Status::Active, RunState::Idle, false);
        check(10_000, signs, Status::Active, RunState::Running, false);
    }

    #[test]
    fn without_a_stored_status_the_transcript_tells() {
        let tail = |last| TranscriptTail { at: NOW, last };
        let cases = [
            (LastEntry::AwaitsModel, RunState::Running),
            (LastEntry::AwaitsTool, RunState::Running),
            (LastEntry::Finished, RunState::Idle),
            (LastEntry::Failed("429".to_owned()), RunState::Failed),
            (LastEntry::Aborted, RunState::Aborted),
        ];
        for (last, expected) in cases {
            let tail = tail(last);
            check(1_000, Signs { tail: Some(&tail), ..Signs::default() }, Status::Active, expected, false);
        }
        let asked = tail(LastEntry::AwaitsModel);
        check(3_600_000, Signs { tail: Some(&asked), ..Signs::default() }, Status::Stale, RunState::Idle, false);
    }

    #[test]
    fn an_abort_has_three_faces() {
        use StoredStatus::{Done, Killed, Timeout};
        for (stored, aborted, expected) in [
            (Killed, false, RunState::Aborted),
            (Timeout, true, RunState::Aborted),
            (Done, true, RunState::Aborted),
            (Timeout, false, RunState::Failed),
            (Done, false, RunState::Idle),
        ] {
            check(
                1_000,
                Signs { stored: Some(stored), aborted_last_run: aborted, ..Signs::default() },
                Status::Active,
                expected,
                false,
            );
        }
    }

    #[test]
    fn a_task_record_speaks_for_its_session() {
        check(
            1_000,
            Signs { open_task: Some(TaskStatus::Running), ..Signs::default() },
            Status::Active,
            RunState::Running,
            false,
        );
        check(
            1_000,
            Signs { open_task: Some(TaskStatus::Queued), ..Signs::default() },
            Status::Active,
            RunState::Queued,
            false,
        );
    }
}
