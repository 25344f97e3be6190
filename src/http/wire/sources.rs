//! The shapes of sources and their health.

use serde::Serialize;
use utoipa::ToSchema;

use super::LedgerRow;

/// `GET /api/health`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `healthy` or `degraded`.
    pub status: &'static str,
    /// Now.
    pub timestamp: String,
    /// Each source that is not well, and the ledger when what it sees is not kept, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// `GET /api/sources`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourcesResponse {
    /// The program's version.
    pub version: &'static str,
    /// Whether the simulator speaks.
    pub demo: bool,
    /// The polling interval of the page, in seconds.
    pub refresh_seconds: u64,
    /// The price basis where a request names none.
    pub price_basis: &'static str,
    /// The limit of `active`.
    pub active_minutes: i64,
    /// The limit of `idle`.
    pub idle_minutes: i64,
    /// The limit of `stuck`.
    pub stuck_minutes: i64,
    /// When the program started.
    pub started_at: String,
    /// Where the log is.
    pub log_file: Option<String>,
    /// How far the first reading is.
    pub progress: Progress,
    /// How the usage ledger is.
    pub ledger: LedgerRow,
    /// Where was looked.
    pub installations: Vec<InstallationRow>,
    /// Each source and how it is.
    pub sources: Vec<SourceRow>,
}

/// How far the first reading is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// Sessions read.
    pub done: u64,
    /// Sessions known.
    pub total: u64,
    /// Whether every source was read once.
    pub complete: bool,
}

/// A state directory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstallationRow {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub state_dir: String,
    /// Whether it is there.
    pub found: bool,
}

/// A source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourceRow {
    /// Installation and kind.
    pub name: String,
    /// `files`, `command` or `demo`.
    pub kind: &'static str,
    /// What it reads.
    pub installation: String,
    /// `ok`, `degraded`, `down` or `scanning`.
    pub status: &'static str,
    /// What happened and what to do.
    pub detail: String,
    /// When it last read to the end.
    pub last_read_at: Option<String>,
    /// Each agent with data.
    pub agents: Vec<AgentRow>,
    /// Why OpenClaw was not asked, the last time, what it counts itself; empty when it was.
    pub openclaw_note: String,
    /// What was not understood.
    pub skipped: Vec<SkippedRow>,
}

/// How far the reading of one agent is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentRow {
    /// The agent.
    pub agent_id: String,
    /// `jsonl`, `sqlite`, `command` or `demo`.
    pub layout: &'static str,
    /// Sessions in the index.
    pub sessions_known: u64,
    /// Of these, read to the end.
    pub sessions_read: u64,
    /// Calls read, all together.
    pub calls_read: u64,
    /// Of these, in reset, deleted or archived transcripts.
    pub archived_calls: u64,
    /// Of these, of sessions that are no longer listed.
    pub unlisted_calls: u64,
    /// Of these, with the cost that OpenClaw recorded.
    pub recorded_calls: u64,
    /// Of these, with a cost worked out from the price list.
    pub derived_calls: u64,
    /// Of these, without a price.
    pub unpriced_calls: u64,
    /// Copies of calls that were seen again and not counted.
    pub duplicate_calls: u64,
    /// US dollars over all calls.
    pub cost: f64,
    /// Records that were not understood.
    pub lines_skipped: u64,
    /// What OpenClaw itself counts; null where it was not asked.
    pub openclaw: Option<OpenClawRow>,
}

/// What OpenClaw itself counts for an agent, and what was counted here at that moment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenClawRow {
    /// Prompt tokens that no cache served.
    pub input_tokens: u64,
    /// Tokens that the models produced.
    pub output_tokens: u64,
    /// Prompt tokens read from a cache.
    pub cache_read_tokens: u64,
    /// Prompt tokens written to a cache.
    pub cache_write_tokens: u64,
    /// US dollars, as OpenClaw counts them.
    pub cost: f64,
    /// Calls that OpenClaw knows no cost of.
    pub calls_without_cost: u64,
    /// When OpenClaw added them up.
    pub asked_at: String,
    /// What was counted here then, less what OpenClaw counts.
    pub difference: OpenClawDifference,
    /// Why, in sentences.
    pub explanation: Vec<String>,
    /// The same for a program.
    pub reasons: Vec<OpenClawReason>,
}

/// Above zero where more is counted here.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenClawDifference {
    /// All tokens.
    pub tokens: i64,
    /// US dollars.
    pub cost: f64,
}

/// A reason of a difference, with its figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenClawReason {
    /// Which.
    pub reason: &'static str,
    /// Sessions, where it counts any.
    pub sessions: u64,
    /// Calls or records, where it counts any.
    pub calls: u64,
    /// Tokens, where it counts any.
    pub tokens: u64,
}

/// Something that was not understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedRow {
    /// The file, relative to its state directory.
    pub file: String,
    /// Why.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
    /// The first line or row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}
