//! The shapes of tasks and scheduled jobs.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/tasks`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TasksResponse {
    /// Background tasks, newest first.
    pub tasks: Vec<TaskRow>,
    /// Scheduled jobs.
    pub cron_jobs: Vec<CronRow>,
    /// Tasks by status.
    pub counts: std::collections::BTreeMap<&'static str, usize>,
    /// How many tasks match.
    pub total: usize,
    /// When this was made.
    pub fetched_at: String,
}

/// A background task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskRow {
    /// OpenClaw's id.
    pub task_id: String,
    /// The installation.
    pub installation: String,
    /// `subagent`, `acp`, `cron` or `cli`.
    pub runtime: String,
    /// `queued running succeeded failed timed_out cancelled lost`.
    pub status: &'static str,
    /// What a person would call it.
    pub title: String,
    /// The session that it runs in.
    pub key: Option<String>,
    /// The session that asked for it.
    pub parent_key: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub started_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub ended_at: Option<i64>,
    /// How long it ran, or has run.
    pub duration_ms: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A scheduled job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CronRow {
    /// OpenClaw's id.
    pub job_id: String,
    /// The installation.
    pub installation: String,
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The agent.
    pub agent_id: Option<String>,
    /// The schedule in words.
    pub schedule: String,
    /// Milliseconds since the epoch.
    pub next_run_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub last_run_at: Option<i64>,
    /// `ok`, `error` or `skipped`.
    pub last_status: Option<String>,
    /// The words of the last failure.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub consecutive_errors: u64,
    /// Since when it runs now, in milliseconds since the epoch.
    pub running_since: Option<i64>,
}
