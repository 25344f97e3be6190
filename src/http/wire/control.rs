//! The shapes of actions and of the audit log.

use serde::Serialize;
use utoipa::ToSchema;

/// What becomes of an action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionResponse {
    /// `done`, `not_running`, `refused` or `unknown`.
    pub outcome: &'static str,
    /// In words, OpenClaw's own where it has some.
    pub detail: String,
    /// The entry in the audit log; null where none could be written.
    pub audit_id: Option<String>,
}

/// The body of `POST /api/sessions/{key}/actions`.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SessionActionBody {
    /// `stop`, `restart`, `reset`, `compact`, `send` or `delete`.
    pub action: String,
    /// Whose session it is, where several have one of this key.
    pub installation: Option<String>,
    /// The message, with `send` only.
    pub message: Option<String>,
    /// What makes two requests one for ten minutes.
    pub idempotency_key: Option<String>,
}

/// The body of `POST /api/tasks/{taskId}/actions`.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct TaskActionBody {
    /// `cancel`.
    pub action: String,
    /// Whose task it is, where several have one of this id.
    pub installation: Option<String>,
    /// What makes two requests one for ten minutes.
    pub idempotency_key: Option<String>,
}

/// `GET /api/audit`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditResponse {
    /// Actions, newest first.
    pub entries: Vec<AuditRow>,
    /// What to give as `before` for the next page; null on the last.
    pub next: Option<String>,
}

/// An action that somebody asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    /// Sorts as time does.
    pub id: String,
    /// When it began, in milliseconds since the epoch.
    pub at: i64,
    /// `bearer` or `browser`.
    pub who: String,
    /// From which address.
    pub from: Option<String>,
    /// Whose session or task it is.
    pub installation: String,
    /// `stop`, `restart`, `reset`, `compact`, `send`, `delete` or `cancel`.
    pub action: String,
    /// The session.
    pub key: Option<String>,
    /// The task.
    pub task_id: Option<String>,
    /// `done`, `not_running`, `refused`, `unknown`, or `pending` while it is under way.
    pub outcome: String,
    /// In words.
    pub detail: String,
    /// How long it took.
    pub duration_ms: Option<i64>,
}
