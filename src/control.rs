//! Acts on OpenClaw: stop, restart, reset, compact, send, delete, cancel. Through the gateway alone, never by
//! editing files, and never without a line in the audit log.
//!
//! An [`Order`](desk::Order) is handed in at the [`Desk`](desk::Desk), which writes it down and sees it through whether
//! or not somebody still waits for the [`Answer`]. What OpenClaw did not say is `unknown`, never `failed`.

mod answers;
pub mod audit;
pub mod desk;
mod errand;
mod line;
mod message;
mod repeats;
mod tree;

use std::time::Duration;

/// What shall be done.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// End the run of a session, and those of all sessions below it.
    Stop,
    /// Stop, then send the last user message again.
    Restart,
    /// Begin the conversation anew.
    Reset,
    /// Let OpenClaw sum up the conversation.
    Compact,
    /// Send this message.
    Send(String),
    /// Remove a session.
    Delete,
    /// End a background task.
    Cancel,
}

impl Action {
    /// What can be done with a session.
    pub const OF_A_SESSION: [&'static str; 6] = ["stop", "restart", "reset", "compact", "send", "delete"];

    /// The word on the wire and in the audit log.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Reset => "reset",
            Self::Compact => "compact",
            Self::Send(_) => "send",
            Self::Delete => "delete",
            Self::Cancel => "cancel",
        }
    }

    /// What a message holds, in characters: all that the audit log is told of it.
    #[must_use]
    pub fn message_length(&self) -> Option<usize> {
        if let Self::Send(message) = self { Some(message.chars().count()) } else { None }
    }
}

/// The message is nobody's business but OpenClaw's.
impl std::fmt::Debug for Action {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.word())
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// OpenClaw did it.
    Done,
    /// There was nothing to stop.
    NotRunning,
    /// It was not done, or not all of it; the detail says why.
    Refused,
    /// It was asked for, and nobody knows whether it was or will be done.
    Unknown,
}

impl Outcome {
    /// The word on the wire and in the audit log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotRunning => "not_running",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// What somebody who asked for an action is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How it ended.
    pub outcome: Outcome,
    /// In words, OpenClaw's own where it has some.
    pub detail: String,
    /// Its entry in the audit log; none where none could be written.
    pub audit_id: Option<String>,
}

/// How an action ended, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Verdict {
    outcome: Outcome,
    detail: String,
}

impl Verdict {
    fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into() }
    }

    fn done(detail: impl Into<String>) -> Self {
        Self::new(Outcome::Done, detail)
    }

    fn refused(detail: impl Into<String>) -> Self {
        Self::new(Outcome::Refused, detail)
    }
}

/// How long OpenClaw may take for a whole action, the connection included.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Everything but what follows.
    pub usual: Duration,
    /// Reset and delete: OpenClaw itself waits up to 15 s for a run to end before it says that it does not.
    pub clearing: Duration,
    /// Compacting, for which a model is asked.
    pub compact: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { usual: Duration::from_secs(15), clearing: Duration::from_secs(20), compact: Duration::from_mins(2) }
    }
}

impl Limits {
    fn of(&self, action: &Action) -> Duration {
        match action {
            Action::Compact => self.compact,
            Action::Reset | Action::Delete => self.clearing,
            _ => self.usual,
        }
    }
}
