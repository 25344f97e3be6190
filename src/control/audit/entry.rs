//! The lines of the audit log, and the entries that they make.

use data_encoding::BASE32HEX_NOPAD;
use serde::{Deserialize, Serialize};

use super::Beginning;
use crate::domain::Millis;

/// An action of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Sorts as time does.
    pub id: String,
    /// When it began.
    pub at: Millis,
    /// `bearer` or `browser`.
    pub who: String,
    /// From which address.
    pub from: Option<String>,
    /// Whose session or task it is.
    pub installation: String,
    /// The action's word.
    pub action: String,
    /// The session.
    pub key: Option<String>,
    /// The task.
    pub task_id: Option<String>,
    /// How it ended; `pending` before.
    pub outcome: String,
    /// In words.
    pub detail: String,
    /// How long it took.
    pub duration_ms: Option<Millis>,
}

/// Written before anything is done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Begun {
    pub(super) id: String,
    at: Millis,
    who: String,
    from: Option<String>,
    installation: String,
    action: String,
    key: Option<String>,
    task_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_length: Option<usize>,
    outcome: String,
}

impl Begun {
    pub(super) fn new(id: &str, at: Millis, what: &Beginning<'_>) -> Self {
        Self {
            id: id.to_owned(),
            at,
            who: what.who.to_owned(),
            from: what.from.clone(),
            installation: what.installation.to_owned(),
            action: what.action.to_owned(),
            key: what.key.map(str::to_owned),
            task_id: what.task_id.map(str::to_owned),
            message_length: what.message_length,
            outcome: "pending".to_owned(),
        }
    }
}

/// Written once it is over.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ended {
    pub(super) id: String,
    pub(super) outcome: String,
    pub(super) detail: String,
    pub(super) duration_ms: Millis,
}

/// A line.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Begun(Begun),
    Ended(Ended),
}

impl Line {
    /// None of what was cut off, or never was a line of ours.
    pub(super) fn read(text: &str) -> Option<Self> {
        let line: Self = serde_json::from_str(text).ok()?;
        let (Self::Begun(Begun { id, .. }) | Self::Ended(Ended { id, .. })) = &line;
        number(id).is_some().then_some(line)
    }
}

impl Entry {
    pub(super) fn of(begun: Begun, end: Option<Ended>) -> Self {
        let (outcome, detail, duration_ms) = match end {
            Some(end) => (end.outcome, end.detail, Some(end.duration_ms)),
            None => (begun.outcome, String::new(), None),
        };
        Self {
            id: begun.id,
            at: begun.at,
            who: begun.who,
            from: begun.from,
            installation: begun.installation,
            action: begun.action,
            key: begun.key,
            task_id: begun.task_id,
            outcome,
            detail,
            duration_ms,
        }
    }
}

/// Thirteen signs that sort as the number does.
pub(super) fn id(number: u64) -> String {
    BASE32HEX_NOPAD.encode(&number.to_be_bytes())
}

/// The number of an id; none of what is no id.
pub(super) fn number(id: &str) -> Option<u64> {
    Some(u64::from_be_bytes(BASE32HEX_NOPAD.decode(id.as_bytes()).ok()?.try_into().ok()?))
}
