//! The closed list of everything that a source can observe.
//!
//! A source only observes: it never decides what a status, a price or an alert is.

use std::collections::HashMap;

use super::pricing::ModelPrice;
use super::reconciliation::OpenClawTotals;
use super::session::SessionEntry;
use super::status::RunWord;
use super::task::{CronJob, Task};
use super::usage::ModelCall;
use super::{AgentId, AgentRef, InstallationId, Millis, ModelRef, SessionKey, TranscriptRef};

/// How a source reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// The state directory.
    Files,
    /// A running gateway.
    Gateway,
    /// The `openclaw` command.
    Command,
    /// The simulator.
    Demo,
}

impl SourceKind {
    /// The word used by `--source` and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Gateway => "gateway",
            Self::Command => "command",
            Self::Demo => "demo",
        }
    }
}

/// How a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceStatus {
    /// The first reading is not finished.
    #[default]
    Scanning,
    /// Everything it looked for was read.
    Ok,
    /// Something could not be read; the rest is right.
    Degraded,
    /// Nothing can be read.
    Down,
}

/// How an agent keeps its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `sessions.json` and one JSON Lines file for each transcript.
    Jsonl,
    /// `openclaw-agent.sqlite` with the table `session_nodes`.
    Sqlite,
    /// Rows that the gateway lists.
    Gateway,
    /// Rows printed by the command.
    Command,
    /// Made up by the simulator.
    Demo,
}

impl Layout {
    /// The word used by the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Sqlite => "sqlite",
            Self::Gateway => "gateway",
            Self::Command => "command",
            Self::Demo => "demo",
        }
    }
}

/// Something in the input that was not understood, counted by file and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file, relative to its state directory, or the command.
    pub file: String,
    /// Why, in the user's words.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
    /// The first line or row number, where there is one.
    pub first_line: Option<u64>,
}

/// How far the reading of one agent is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCoverage {
    /// The agent.
    pub agent: AgentId,
    /// How it keeps its sessions.
    pub layout: Layout,
    /// Sessions in its index.
    pub sessions_known: u64,
    /// Of these, how many were read to the end, or have no transcript.
    pub sessions_read: u64,
}

/// A source's account of itself, complete: it replaces the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// The installation that it reads.
    pub installation: InstallationId,
    /// How it reads.
    pub kind: SourceKind,
    /// How it is.
    pub status: SourceStatus,
    /// What happened and what to do, in the user's words; empty when all is well.
    pub detail: String,
    /// When it last read to the end.
    pub last_read_at: Option<Millis>,
    /// Each agent with data.
    pub agents: Vec<AgentCoverage>,
    /// What was not understood.
    pub skipped: Vec<Skipped>,
}

/// How a transcript ends now: what offline status is derived from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastEntry {
    /// Somebody asked, or a tool answered: the model's turn.
    AwaitsModel,
    /// The model asked for a tool.
    AwaitsTool,
    /// The model finished.
    Finished,
    /// The model call failed, with the provider's words.
    Failed(String),
    /// The run was stopped.
    Aborted,
}

/// The end of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptTail {
    /// When the last entry was written.
    pub at: Millis,
    /// What it was.
    pub last: LastEntry,
}

/// Everything that can be observed.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The agents of an installation: those that are not among them are gone.
    AgentsListed {
        /// The installation.
        installation: InstallationId,
        /// Who says so.
        source: SourceKind,
        /// The agents.
        agents: Vec<AgentId>,
    },
    /// All rows of an agent's index: rows that are not in it are gone.
    SessionsListed {
        /// Whose index.
        owner: AgentRef,
        /// Who says so. Files win over the command where both know a session.
        source: SourceKind,
        /// The rows.
        entries: Vec<SessionEntry>,
    },
    /// What changed in an agent's index.
    SessionsChanged {
        /// Whose index.
        owner: AgentRef,
        /// Who says so.
        source: SourceKind,
        /// New and changed rows.
        upserts: Vec<SessionEntry>,
        /// Rows that are gone.
        removes: Vec<SessionKey>,
    },
    /// A transcript belongs to a session although the index does not say so (any more).
    TranscriptOwned {
        /// The transcript.
        transcript: TranscriptRef,
        /// Its session.
        key: SessionKey,
        /// Whether OpenClaw deleted it: it says whose spend it was, but is no part of the session that may
        /// have this key now.
        deleted: bool,
    },
    /// Calls read from a transcript, in no order; a copy of a known one changes nothing.
    CallsRead {
        /// The transcript.
        transcript: TranscriptRef,
        /// Whether the bytes are a reset, deleted or archived transcript.
        archived: bool,
        /// When the transcript began, where its header was read.
        began_at: Option<Millis>,
        /// The calls.
        calls: Vec<ModelCall>,
        /// The new end of the transcript, where it has one.
        tail: Option<TranscriptTail>,
    },
    /// How far a place was read: what stands before it in the same batch is part of it.
    Positioned {
        /// The installation.
        installation: InstallationId,
        /// The place: a path below the state directory.
        place: String,
        /// What the source needs to go on from here, in its own form; `None` when the place is gone.
        position: Option<Vec<u8>>,
    },
    /// What a gateway says of who runs, where it changed.
    RunsChanged(InstallationId, Vec<(SessionKey, RunWord)>),
    /// The gateway cannot be heard any more: what it said of who runs is old.
    RunsForgotten(InstallationId),
    /// All background tasks of an installation.
    TasksListed(InstallationId, Vec<Task>),
    /// All scheduled jobs of an installation.
    CronJobsListed(InstallationId, Vec<CronJob>),
    /// The prices in an installation's `openclaw.json`.
    PricesConfigured(InstallationId, Vec<(ModelRef, ModelPrice)>),
    /// What OpenClaw itself counts, or why it did not say, in the user's words.
    OpenClawUsage(InstallationId, Result<OpenClawTotals, String>),
    /// A source's account of itself.
    SourceReported(SourceReport),
}

/// How far each place of an installation was read before.
pub type Positions = HashMap<String, Vec<u8>>;

/// What became of the calls of one [`Event::CallsRead`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallsKept {
    /// Places in the event's list of calls that were known before, in order.
    pub known: Vec<usize>,
    /// Calls that were counted and no longer are, with their transcript: a better record took their place.
    pub removed: Vec<(TranscriptRef, ModelCall)>,
    /// The better records, with the transcript that they count for.
    pub added: Vec<(TranscriptRef, ModelCall)>,
    /// How many records were copies of known calls.
    pub copies: u64,
}
