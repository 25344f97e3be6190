//! The shapes of `GET /api/sessions`.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/sessions`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionsResponse {
    /// The sessions that match, after `offset` and `limit`.
    pub sessions: Vec<SessionRow>,
    /// Counts over everything that matches.
    pub stats: Stats,
    /// Tokens and money over everything that matches.
    pub token_stats: TokenStats,
    /// Tasks that run or wait: running first, newest first.
    pub task_queue: Vec<QueueItem>,
    /// How many sessions match.
    pub total: usize,
    /// When this snapshot was made.
    pub fetched_at: String,
    /// How much of the truth these numbers hold.
    pub coverage: Coverage,
}

/// One session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// OpenClaw's session key, untouched.
    pub key: String,
    /// `main`, `subagent` or `cron`.
    pub session_type: &'static str,
    /// `active`, `idle` or `stale`.
    pub status: &'static str,
    /// Milliseconds since the last update; never negative.
    pub age_ms: i64,
    /// `5s ago`, `3m ago`, `2h ago`, `4d ago`.
    pub age_formatted: String,
    /// `main`, or type, three dots and the end of the key.
    pub task_name: String,
    /// The model last used; null before the first call.
    pub model: Option<String>,
    /// Uncached input tokens over the session's life.
    pub input_tokens: u64,
    /// Output tokens over the session's life.
    pub output_tokens: u64,
    /// Tokens now in the context window.
    pub total_tokens: u64,
    /// The size of the context window; 0 when unknown.
    pub context_tokens: u64,
    /// US dollars on the price basis; null when a price is unknown.
    pub cost: Option<f64>,
    /// The installation.
    pub installation: String,
    /// The agent.
    pub agent_id: String,
    /// The current transcript.
    pub session_id: Option<String>,
    /// `main`, `subagent`, `cron`, `group`, `direct`, `acp`, `hook`, `global` or `custom`.
    pub kind: &'static str,
    /// The channel of the conversation.
    pub channel: Option<String>,
    /// The name that somebody gave it.
    pub label: Option<String>,
    /// The session that spawned it.
    pub parent_key: Option<String>,
    /// Sessions that it spawned and that are still listed.
    pub child_count: u64,
    /// The last update, in milliseconds since the epoch; null when unknown.
    pub updated_at: Option<i64>,
    /// Tokens read from a cache over the session's life.
    pub cache_read_tokens: u64,
    /// Tokens written to a cache over the session's life.
    pub cache_write_tokens: u64,
    /// How full the context window is; null when unknown.
    pub context_percent: Option<f64>,
    /// `high` from $1, `medium` from $0.10, `low`; null when the cost is unknown.
    pub cost_level: Option<&'static str>,
    /// `recorded`, `list`, `mixed` or `reference`.
    pub cost_basis: &'static str,
    /// `running`, `queued`, `idle`, `failed` or `aborted`.
    pub run_state: &'static str,
    /// What the last run failed with.
    pub last_error: Option<String>,
    /// Why the status is what it is.
    pub status_reason: &'static str,
    /// Since when a run in progress has been silent (milliseconds since the epoch), when too long.
    pub stuck_since_ms: Option<i64>,
    /// Model calls read.
    pub calls: u64,
    /// Calls without a price on this basis.
    pub unpriced_calls: u32,
}

/// Counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Stats {
    /// Active sessions.
    pub active: usize,
    /// Idle sessions.
    pub idle: usize,
    /// Stale sessions.
    pub stale: usize,
    /// Sessions of type `main`.
    pub main: usize,
    /// Sessions of type `subagent`.
    pub subagent: usize,
    /// Sessions of type `cron`.
    pub cron: usize,
    /// Sessions with a run in progress.
    pub running: usize,
    /// Of these, silent for too long.
    pub stuck: usize,
    /// Sessions whose last run failed.
    pub failed: usize,
}

/// Tokens and money.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenStats {
    /// Uncached input tokens.
    pub total_input: u64,
    /// Output tokens.
    pub total_output: u64,
    /// Tokens now in all context windows.
    pub total_context: u64,
    /// US dollars; calls without a price are left out and their models named.
    pub total_cost: f64,
    /// Tokens read from caches.
    pub total_cache_read: u64,
    /// Tokens written to caches.
    pub total_cache_write: u64,
    /// Models without a price on this basis.
    pub unpriced_models: Vec<String>,
    /// US dollars since midnight, sessions deleted since then included where no filter excludes them.
    pub spent_today: f64,
    /// US dollars in the last 60 minutes.
    pub spent_last_hour: f64,
}

/// A task that runs or waits.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueItem {
    /// As in a session.
    pub task_name: String,
    /// As in a session.
    pub age_formatted: String,
    /// The model that works on it.
    pub model: Option<String>,
    /// Tokens now in its context window.
    pub tokens: u64,
    /// `active` runs, `idle` waits.
    pub status: &'static str,
    /// Whose task it is.
    pub installation: String,
    /// The background task, by which it can be cancelled; null where it is a session's own run.
    pub task_id: Option<String>,
    /// The session that it runs in.
    pub key: Option<String>,
    /// The session that asked for it.
    pub parent_key: Option<String>,
    /// When it began, in milliseconds since the epoch.
    pub started_at: Option<i64>,
    /// How long it has run or waited.
    pub duration_ms: i64,
    /// What a person would call it.
    pub title: String,
}

/// How much of the truth the numbers hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Live sessions known.
    pub sessions_known: u64,
    /// Of these, read to the end.
    pub sessions_read: u64,
    /// Model calls read, those of deleted sessions included.
    pub calls_read: u64,
    /// Records that were not understood.
    pub lines_skipped: u64,
    /// Calls without a price on this basis.
    pub unpriced_calls: u64,
    /// Up to when the sources were read.
    pub as_of: Option<String>,
}
