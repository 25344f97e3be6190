//! The shapes in the gateway's answers and events that matter here; the rest of them is passed over.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::index::RawEntry;
use crate::source::lenient::{Flag, Number, OwnText, When};

/// `sessions.list`
#[derive(Deserialize)]
pub(super) struct SessionList<'a> {
    #[serde(borrow)]
    pub(super) sessions: Vec<&'a RawValue>,
    #[serde(default, rename = "hasMore")]
    pub(super) has_more: Flag,
    #[serde(default, rename = "totalCount")]
    pub(super) total: Number,
}

/// `tasks.list`
#[derive(Deserialize)]
pub(super) struct TaskList<'a> {
    #[serde(borrow)]
    pub(super) tasks: Vec<&'a RawValue>,
    /// Asks for the next page, where there is one.
    #[serde(default, rename = "nextCursor")]
    pub(super) next: OwnText,
}

/// A row of the list, or in an event, as far as it says who runs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RunShape {
    pub(super) key: OwnText,
    pub(super) has_active_run: Flag,
    pub(super) started_at: When,
}

/// The same row as one of the session index.
pub(super) fn entry(row: &RawValue) -> Option<RawEntry> {
    serde_json::from_str(row.get()).ok()
}

/// `sessions.changed`, `session.message`, `session.tool`, `session.operation`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionEvent<'a> {
    #[serde(default)]
    pub(super) session_key: OwnText,
    #[serde(default)]
    pub(super) reason: OwnText,
    #[serde(default)]
    pub(super) phase: OwnText,
    #[serde(borrow, default)]
    pub(super) session: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) session_id: OwnText,
    #[serde(default)]
    pub(super) message_id: OwnText,
    #[serde(borrow, default)]
    pub(super) message: Option<&'a RawValue>,
}

/// `agent` and `chat`: the text so far, which each of them repeats, is passed over unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentEvent<'a> {
    #[serde(default)]
    pub(super) session_key: OwnText,
    #[serde(borrow, default)]
    pub(super) stream: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) state: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) run_id: OwnText,
    #[serde(default)]
    pub(super) stop_reason: OwnText,
    #[serde(default)]
    pub(super) data: AgentData,
}

/// A step of a run.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AgentData {
    pub(super) phase: OwnText,
    pub(super) started_at: When,
}

/// `task`
#[derive(Deserialize)]
pub(super) struct TaskEvent {
    #[serde(default)]
    pub(super) action: OwnText,
    #[serde(default)]
    pub(super) task: TaskShape,
}

/// A background task as the gateway tells of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TaskShape {
    pub(super) id: OwnText,
    pub(super) task_id: OwnText,
    pub(super) runtime: OwnText,
    pub(super) kind: OwnText,
    pub(super) status: OwnText,
    pub(super) title: OwnText,
    pub(super) agent_id: OwnText,
    pub(super) child_session_key: OwnText,
    pub(super) session_key: OwnText,
    pub(super) owner_key: OwnText,
    pub(super) requester_session_key: OwnText,
    pub(super) created_at: When,
    pub(super) updated_at: When,
    pub(super) started_at: When,
    pub(super) ended_at: When,
    pub(super) error: OwnText,
}
