//! The published facts: immutable, shared by everyone who reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::listing::Listing;
use super::transcript::Totals;
use crate::domain::event::{LastEntry, SourceKind, SourceReport, TranscriptTail};
use crate::domain::health::LedgerHealth;
use crate::domain::pricing::{Costs, PriceBook};
use crate::domain::reconciliation::Reconciled;
use crate::domain::session::SessionEntry;
use crate::domain::status::{Judged, RunWord, Signs, Thresholds, judge};
use crate::domain::task::{CronJob, Task, TaskStatus};
use crate::domain::usage::{CallOutcome, ModelCall, StopReason};
use crate::domain::{AgentRef, InstallationId, Millis, ModelRef};

/// Everything known at one moment.
#[derive(Clone, Debug)]
pub struct Board {
    /// Counts the boards; a new one means that something changed.
    pub version: u64,
    /// Names what was observed: differs from process to process, and stays when a source only says that it is well.
    pub data_version: u64,
    /// When it was made.
    pub made_at: Millis,
    /// The live sessions.
    pub sessions: Listing,
    /// Calls of sessions that are no longer in the index, by agent.
    pub unowned: Vec<Arc<AgentCalls>>,
    /// Background tasks, newest first in each installation.
    pub tasks: Vec<Task>,
    /// Whether any source knows tasks.
    pub tasks_known: bool,
    /// Scheduled jobs.
    pub jobs: Vec<CronJob>,
    /// What each source says of itself.
    pub reports: Vec<SourceReport>,
    /// The prices in force.
    pub prices: Arc<PriceBook>,
    /// How the ledger is.
    pub ledger: LedgerHealth,
    /// What OpenClaw itself counts.
    pub reconciled: BTreeMap<InstallationId, Arc<Reconciled>>,
}

/// Calls of an agent whose session was deleted, reset without a trace, or never listed.
#[derive(Clone, Debug)]
pub struct AgentCalls {
    /// The agent.
    pub owner: AgentRef,
    /// What they sum up to.
    pub totals: Totals,
    /// In how many transcripts they stand.
    pub transcripts: u64,
    /// Calls of the agent in reset, deleted or archived transcripts, owned ones included.
    pub archived_calls: u64,
    /// Copies seen again.
    pub copies: u64,
}

/// What is known of a session, whatever the time.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// The best source's row.
    pub entry: SessionEntry,
    /// That source.
    pub source: SourceKind,
    /// Whether tokens come from the transcript; otherwise from the row's own counters.
    pub from_transcript: bool,
    /// Tokens, calls and costs over the session's life.
    pub totals: Totals,
    /// Copies of calls seen again.
    pub copies: u64,
    /// How the current transcript ends.
    pub tail: Option<TranscriptTail>,
    /// An open task that works in it, and its last sign of life.
    pub open_task: Option<(TaskStatus, Millis)>,
    /// What a running gateway says of its run.
    pub run: Option<RunWord>,
    /// Sessions that it spawned and that are still listed.
    pub children: u64,
    /// The model last used.
    pub model: Option<ModelRef>,
    /// Tokens in the context now.
    pub context_used: Option<u64>,
    /// The size of the context window.
    pub context_window: Option<u64>,
    /// The last update by row or transcript.
    pub updated_at: Option<Millis>,
}

impl SessionFacts {
    #[expect(clippy::too_many_arguments, reason = "the parts of a session, each from another place")]
    pub(super) fn new(
        entry: SessionEntry,
        source: SourceKind,
        totals: Option<Totals>,
        copies: u64,
        tail: Option<TranscriptTail>,
        open_task: Option<(TaskStatus, Millis)>,
        run: Option<RunWord>,
        children: u64,
        book: &PriceBook,
    ) -> Self {
        let from_transcript = totals.is_some();
        let totals = totals.unwrap_or_else(|| row_totals(&entry, book));
        let model = totals.last_model.as_ref().map(|(_, model)| model.clone()).or_else(|| entry.model.clone());
        let tail_at = tail.as_ref().map(|tail| tail.at);
        // The row is written when a run ends; during a run the transcript's last call is fresher.
        let context_used = match (entry.context_used, totals.last_prompt.filter(|_| from_transcript)) {
            (Some(_), Some((at, prompt))) if entry.updated_at.is_some_and(|updated| at > updated) => Some(prompt),
            (Some(used), _) => Some(used),
            (None, prompt) => prompt.map(|(_, prompt)| prompt),
        };
        let window = model.as_ref().and_then(|model| book.context_window(&entry.owner.installation, model));
        Self {
            updated_at: entry.updated_at.max(tail_at).max(run.and_then(RunWord::sign)),
            context_window: entry.context_window.or(window),
            entry,
            source,
            from_transcript,
            totals,
            copies,
            tail,
            open_task,
            run,
            children,
            model,
            context_used,
        }
    }

    /// What the session does at `now`.
    #[must_use]
    pub fn judge(&self, now: Millis, limits: &Thresholds) -> Judged {
        let sign = self.open_task.filter(|(status, _)| *status == TaskStatus::Running).map(|(_, at)| at);
        let signs = Signs {
            stored: self.entry.status,
            aborted_last_run: self.entry.aborted_last_run,
            started_at: self.entry.started_at,
            tail: self.tail.as_ref(),
            open_task: self.open_task.map(|(status, _)| status),
            gateway: self.run,
            last_sign_at: self.updated_at.max(sign),
        };
        judge(&signs, now, limits)
    }

    /// What the last run failed with.
    #[must_use]
    pub fn last_error(&self) -> Option<&str> {
        self.entry.last_run_error.as_deref().or(match &self.tail {
            Some(TranscriptTail { last: LastEntry::Failed(error), .. }) => Some(error),
            _ => None,
        })
    }
}

/// A row without a transcript counts what it says of its last run: the best that is known.
fn row_totals(entry: &SessionEntry, book: &PriceBook) -> Totals {
    let Some(usage) = entry.last_run_usage else { return Totals::default() };
    let call = ModelCall {
        identity: 0,
        at: entry.updated_at.unwrap_or_default(),
        model: entry.model.clone(),
        usage,
        recorded: entry.last_run_cost,
        outcome: CallOutcome::Answered,
        stop: StopReason::Unknown,
        message_id: None,
        error: None,
    };
    let costs = Costs::of(&call, book, &entry.owner.installation);
    Totals { usage, costs, by_model: vec![(call.model, costs)], ..Totals::default() }
}
