//! Background tasks: records of work that runs beside a conversation, not a scheduler.

use super::{AgentId, InstallationId, Millis, SessionKey, TaskId};

/// What OpenClaw says of a task, in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskStatus {
    /// Accepted, not started.
    Queued,
    /// At work.
    Running,
    /// Finished well.
    Succeeded,
    /// Finished with an error.
    Failed,
    /// Took longer than allowed.
    TimedOut,
    /// Stopped by somebody.
    Cancelled,
    /// Its process went away.
    Lost,
}

impl TaskStatus {
    /// Every status, in the order of a task's life.
    pub const ALL: [Self; 7] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Cancelled, Self::Lost];

    /// OpenClaw's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }

    /// The status that a word names; the gateway says `completed` for `succeeded`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        if word == "completed" {
            return Some(Self::Succeeded);
        }
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether the task still waits or works.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// A background task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Where it was seen.
    pub installation: InstallationId,
    /// OpenClaw's id of it.
    pub id: TaskId,
    /// `subagent`, `acp`, `cron` or `cli`.
    pub runtime: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// The label, else the first line of what it was asked to do.
    pub title: String,
    /// Whether the title may be a part of what somebody wrote: `--no-messages` shows none of that.
    pub title_is_prompt: bool,
    /// The session that it runs in.
    pub child_key: Option<SessionKey>,
    /// The session that asked for it.
    pub parent_key: Option<SessionKey>,
    /// The agent that works on it.
    pub agent: Option<AgentId>,
    /// When it was accepted.
    pub created_at: Millis,
    /// When it began to work.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// When it last said something.
    pub last_event_at: Option<Millis>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A scheduled job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronJob {
    /// Where it was seen.
    pub installation: InstallationId,
    /// OpenClaw's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The agent that it runs as.
    pub agent: Option<AgentId>,
    /// The schedule in words: `every 30m`, a cron expression, or a time.
    pub schedule: String,
    /// When it runs next.
    pub next_run_at: Option<Millis>,
    /// When it ran last.
    pub last_run_at: Option<Millis>,
    /// `ok`, `error` or `skipped`.
    pub last_status: Option<String>,
    /// The provider's or OpenClaw's words about the last failure.
    pub last_error: Option<String>,
    /// How often in a row it failed.
    pub consecutive_errors: u64,
    /// Since when it runs now.
    pub running_since: Option<Millis>,
}
