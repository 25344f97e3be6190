//! One session of the demo while it lives, and the index row that OpenClaw would write of it.
//!
//! What happens to it is decided in `script.rs`.

use super::cast::Part;
use super::models::Model;
use super::random::Random;
use crate::domain::event::LastEntry;
use crate::domain::money::Money;
use crate::domain::session::{SessionEntry, SessionType, StoredStatus};
use crate::domain::usage::TokenUsage;
use crate::domain::{AgentRef, Millis, ModelRef, SessionId, SessionKey, TranscriptRef};

/// What the last run of a session came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// There was none.
    Never,
    /// Its turn has not come.
    Queued,
    /// At work, for so many calls more.
    Running(u64),
    /// At work, but silent.
    Stalled,
    /// Ended well.
    Done,
    /// Ended with an error.
    Failed(&'static str),
    /// Stopped by somebody.
    Aborted,
}

/// A session.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) owner: AgentRef,
    /// The same, as the tables have it.
    pub(super) agent: &'static str,
    pub(super) key: SessionKey,
    pub(super) label: &'static str,
    pub(super) model: &'static Model,
    pub(super) parent: Option<SessionKey>,
    pub(super) session_id: SessionId,
    /// Tokens in the context.
    pub(super) context: u64,
    /// In how many of a hundred calls OpenClaw records the cost.
    pub(super) recorded: u64,
    pub(super) run: Run,
    pub(super) created_at: Millis,
    pub(super) started_at: Millis,
    pub(super) updated_at: Millis,
    /// What the present or last run used.
    pub(super) usage: TokenUsage,
    /// What is recorded of its cost.
    pub(super) cost: Money,
}

impl Actor {
    /// Whether it works and says so.
    pub(super) fn moves(&self) -> bool {
        matches!(self.run, Run::Running(_))
    }

    /// Whether it could be given something to do.
    pub(super) fn is_free(&self) -> bool {
        !matches!(self.run, Run::Running(_) | Run::Stalled | Run::Queued)
    }

    pub(super) fn session_type(&self) -> SessionType {
        self.key.session_type()
    }

    pub(super) fn transcript(&self) -> TranscriptRef {
        TranscriptRef { owner: self.owner.clone(), session_id: self.session_id.clone() }
    }

    /// How its transcript ends.
    pub(super) fn last_entry(&self) -> LastEntry {
        match self.run {
            Run::Failed(words) => LastEntry::Failed(words.to_owned()),
            Run::Aborted => LastEntry::Aborted,
            Run::Running(_) if self.updated_at == self.started_at => LastEntry::AwaitsModel,
            Run::Running(_) | Run::Stalled => LastEntry::AwaitsTool,
            Run::Never | Run::Queued | Run::Done => LastEntry::Finished,
        }
    }

    /// The row of OpenClaw's index.
    pub(super) fn entry(&self) -> SessionEntry {
        let ran = !matches!(self.run, Run::Never | Run::Queued);
        let works = matches!(self.run, Run::Running(_) | Run::Stalled);
        let used = (self.usage != TokenUsage::default()).then_some(self.usage);
        SessionEntry {
            session_id: Some(self.session_id.clone()),
            updated_at: Some(self.updated_at),
            session_started_at: Some(self.created_at),
            status: match self.run {
                Run::Never | Run::Queued => None,
                Run::Running(_) | Run::Stalled => Some(StoredStatus::Running),
                Run::Done => Some(StoredStatus::Done),
                Run::Failed(words) if words.contains("timed out") => Some(StoredStatus::Timeout),
                Run::Failed(_) => Some(StoredStatus::Failed),
                Run::Aborted => Some(StoredStatus::Killed),
            },
            started_at: ran.then_some(self.started_at),
            ended_at: (ran && !works).then_some(self.updated_at),
            aborted_last_run: self.run == Run::Aborted,
            last_run_error: match self.run {
                Run::Failed(words) => Some(words.to_owned()),
                _ => None,
            },
            model: Some(ModelRef::new(self.model.provider, self.model.name)),
            context_window: Some(self.model.window),
            context_used: Some(self.context),
            last_run_usage: used,
            last_run_cost: Some(self.cost).filter(|cost| *cost > Money::ZERO),
            label: Some(self.label.to_owned()),
            channel: self.channel(),
            parent: self.parent.clone(),
            ..SessionEntry::new(self.owner.clone(), self.key.clone())
        }
    }

    /// The channel in the key of a group or a direct conversation.
    fn channel(&self) -> Option<String> {
        let scope = self.key.as_str().split(':').nth(2)?;
        let kind = self.key.kind();
        ((kind == "group" || kind == "direct") && scope != "direct").then(|| scope.to_owned())
    }
}

/// The run that a session of the table is in; a run in progress has a few calls left.
pub(super) fn opening_run(part: Part, random: &mut Random) -> Run {
    match part {
        Part::Runs(_) => Run::Running(random.between(4, 12)),
        Part::Stalls(_) => Run::Stalled,
        Part::Waits => Run::Queued,
        Part::Rests => Run::Done,
        Part::Failed(words) => Run::Failed(words),
        Part::Aborted => Run::Aborted,
        Part::Unused => Run::Never,
    }
}
