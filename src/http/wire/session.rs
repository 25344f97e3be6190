//! The shapes of `GET /api/sessions/{key}` and of its runs.

use serde::Serialize;
use utoipa::ToSchema;

use super::SessionRow;

/// `GET /api/sessions/{key}`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionDetail {
    /// OpenClaw's session key.
    pub key: String,
    /// The installation.
    pub installation: String,
    /// The agent.
    pub agent_id: String,
    /// The row as in `GET /api/sessions`; null when OpenClaw lists the session no more.
    pub session: Option<SessionRow>,
    /// Whether OpenClaw lists it no more: what the ledger keeps stays.
    pub gone: bool,
    /// `on`; `off` with `--no-messages`; `none` where no transcript can be read.
    pub messages: &'static str,
    /// The name that somebody gave it.
    pub label: Option<String>,
    /// `main`, `subagent` or `cron`.
    pub session_type: &'static str,
    /// Everything that it used in its life.
    pub usage: LifeFigures,
    /// The same by model, the most expensive first.
    pub usage_by_model: Vec<ModelFigures>,
    /// The first model call that is listed.
    pub first_call_at: Option<i64>,
    /// The last model call.
    pub last_call_at: Option<i64>,
    /// Model calls, oldest first: the newest 2,000.
    pub turns: Vec<Turn>,
    /// Calls before those; they are in `usage`.
    pub turns_omitted: u64,
    /// The size of the context window.
    pub context_window: Option<u64>,
    /// What failed, the most frequent first.
    pub errors: Vec<ErrorGroup>,
    /// Failed and stopped model calls that are in none of these groups: only the newest 10,000 are looked at.
    pub errors_omitted: u64,
    /// The newest runs, oldest first, as far as they stand in the last part of the transcript.
    pub runs: Vec<RunRow>,
    /// Names where earlier runs end, for `GET /api/sessions/{key}/runs?before=`.
    pub runs_before: Option<String>,
    /// Compactions in the same part.
    pub compactions: Vec<CompactionRow>,
    /// Tools in the same part, the most used first.
    pub tools: Vec<ToolRow>,
    /// How much of the transcripts runs, compactions and tools are from.
    pub read_bytes: u64,
    /// How large the transcripts are, where that is known.
    pub of_bytes: u64,
    /// The session and its subagents, the eldest ancestor first, each before its children.
    pub family: Vec<Relative>,
    /// Members that are not listed: there are more than 1,000.
    pub family_omitted: usize,
    /// What the session and everything below it used.
    pub branch: FamilySum,
    /// What the whole family used.
    pub whole_family: FamilySum,
    /// Its transcripts, oldest first.
    pub transcripts: Vec<TranscriptRow>,
}

/// Calls, tokens and money.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifeFigures {
    /// Model calls.
    pub calls: u64,
    /// Of these, failed ones.
    pub errors: u64,
    /// Of these, stopped ones.
    pub aborted: u64,
    /// Uncached input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Tokens read from a cache.
    pub cache_read_tokens: u64,
    /// Tokens written to a cache.
    pub cache_write_tokens: u64,
    /// US dollars; null when a price is unknown.
    pub cost: Option<f64>,
}

/// What one model used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelFigures {
    /// Provider and model; null where the record names none.
    pub model: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub usage: LifeFigures,
}

/// One model call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// When the answer was stored.
    pub at: i64,
    /// Provider and model.
    pub model: Option<String>,
    /// Tokens in the prompt: what was in the context then.
    pub context_tokens: u64,
    /// Uncached input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Tokens read from a cache.
    pub cache_read_tokens: u64,
    /// Tokens written to a cache.
    pub cache_write_tokens: u64,
    /// US dollars; null when the price is unknown.
    pub cost: Option<f64>,
    /// OpenClaw's word for why it ended; empty when unknown.
    pub stop: &'static str,
    /// What it failed with.
    pub error: Option<String>,
}

/// Failures of one kind.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorGroup {
    /// `model`: model calls, over the session's life; `tool`: tool calls; `turn`: turns that ended before a model was
    /// called. The last two in the same part as `runs`.
    pub kind: &'static str,
    /// The tool; empty for the others.
    pub name: String,
    /// The words of the provider, the tool or OpenClaw; `aborted` where nothing but that is known. A tool's are empty
    /// with `--no-messages`.
    pub message: String,
    /// How often.
    pub count: u64,
    /// When first.
    pub first_at: i64,
    /// When last.
    pub last_at: i64,
    /// The models that were called.
    pub models: Vec<String>,
    /// Whether the calls were stopped and did not fail.
    pub aborted: bool,
    /// All tokens of these calls.
    pub wasted_tokens: u64,
    /// What they cost; null when a price is unknown.
    pub wasted_cost: Option<f64>,
}

/// `GET /api/sessions/{key}/runs`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunsResponse {
    /// The runs, oldest first.
    pub runs: Vec<RunRow>,
    /// Names where earlier runs end.
    pub runs_before: Option<String>,
    /// Compactions in the same part.
    pub compactions: Vec<CompactionRow>,
}

/// One run: what was asked, and how it was answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// Names it.
    pub id: String,
    /// When it began.
    pub started_at: i64,
    /// When it ended; null while it goes on.
    pub ended_at: Option<i64>,
    /// `running`, `done`, `failed` or `aborted`.
    pub state: &'static str,
    /// `user`, `cron` or `subagent`: what kind of session ran.
    pub trigger: &'static str,
    /// The first 200 characters of what was asked; null with `--no-messages` or where that was not read.
    pub prompt: Option<String>,
    /// Whether its beginning lies further back than was read.
    pub partial: bool,
    /// Model calls.
    pub calls: u64,
    /// Tool calls.
    pub tools: u64,
    /// Failed model and tool calls.
    pub errors: u64,
    /// All tokens.
    pub tokens: u64,
    /// US dollars; null when a price is unknown.
    pub cost: Option<f64>,
    /// Its steps in the order of their start: the newest 200.
    pub steps: Vec<StepRow>,
    /// Steps before those.
    pub steps_omitted: usize,
}

/// A part of a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepRow {
    /// `model`, `tool`, `subagent`, `compaction` or `wait`.
    pub kind: &'static str,
    /// The model or the tool; `start` or `retry` of a wait.
    pub name: String,
    /// What a tool was called with, in short; null with `--no-messages`.
    pub detail: Option<String>,
    /// When it began.
    pub started_at: i64,
    /// When it ended; null while it goes on, or where nobody wrote it down.
    pub ended_at: Option<i64>,
    /// What it failed with.
    pub error: Option<String>,
    /// The exit code of a command.
    pub exit_code: Option<i64>,
    /// All tokens of a model call.
    pub tokens: Option<u64>,
    /// US dollars of a model call.
    pub cost: Option<f64>,
    /// The session that it spawned.
    pub child_key: Option<String>,
}

/// A compaction.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompactionRow {
    /// When.
    pub at: i64,
    /// Prompt tokens before.
    pub tokens_before: Option<u64>,
    /// Prompt tokens after.
    pub tokens_after: Option<u64>,
}

/// Tool calls of one name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolRow {
    /// The tool.
    pub name: String,
    /// How often it was called.
    pub calls: u64,
    /// How often it failed.
    pub errors: u64,
    /// How long all calls took.
    pub duration_ms: i64,
}

/// What several sessions of a family used.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilySum {
    /// How many.
    pub sessions: u64,
    /// All their tokens.
    pub tokens: u64,
    /// US dollars of those whose cost is known; null when it is of none.
    pub cost: Option<f64>,
    /// Sessions whose cost is unknown.
    pub without_cost: u64,
}

/// A session of the same family.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Relative {
    /// OpenClaw's session key.
    pub key: String,
    /// The session that spawned it.
    pub parent_key: Option<String>,
    /// How far below the eldest ancestor it stands.
    pub depth: usize,
    /// The name that somebody gave it.
    pub label: Option<String>,
    /// As in `GET /api/sessions`.
    pub task_name: String,
    /// `main`, `subagent` or `cron`.
    pub session_type: &'static str,
    /// `active`, `idle` or `stale`; null when OpenClaw lists it no more.
    pub status: Option<&'static str>,
    /// As in `GET /api/sessions`.
    pub run_state: Option<&'static str>,
    /// As in `GET /api/sessions`.
    pub stuck_since_ms: Option<i64>,
    /// All tokens billed over its life; null when nothing of it is kept.
    pub tokens: Option<u64>,
    /// US dollars; null when a price is unknown, or when nothing of it is kept.
    pub cost: Option<f64>,
    /// Whether OpenClaw lists it no more.
    pub gone: bool,
}

/// A transcript.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptRow {
    /// Its name.
    pub session_id: String,
    /// `live`, `reset`, `deleted`, `archived`, or `missing` when it can be read no more.
    pub state: &'static str,
    /// How large it is, where that is known.
    pub bytes: Option<u64>,
}
