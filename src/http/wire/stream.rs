//! The messages of `GET /api/stream` and `GET /api/events`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Coverage, QueueItem, SessionRow, SessionsResponse, Stats, TokenStats};

/// What a reader of the push is told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum StreamMessage {
    /// The first message, and the first one after `resync`: everything.
    Hello {
        /// The number that `change` goes on from.
        seq: u64,
        /// What `GET /api/sessions` says.
        snapshot: Box<SessionsResponse>,
    },
    /// What changed since the message before.
    Change(Box<Change>),
    /// What the reader has is not the truth any more: a `hello` follows.
    Resync,
}

/// What changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// One more than that of the message before.
    pub seq: u64,
    /// New and changed sessions. Age alone is no change: it follows from `updatedAt`.
    pub upserts: Vec<SessionRow>,
    /// Keys of sessions that are gone.
    pub removes: Vec<String>,
    /// The same with their installation, since two of them may hold the same key.
    pub removed: Vec<Removed>,
    /// Counts over all sessions.
    pub stats: Stats,
    /// Tokens and money over all sessions.
    pub token_stats: TokenStats,
    /// Tasks that run or wait.
    pub task_queue: Vec<QueueItem>,
    /// How many sessions there are.
    pub total: usize,
    /// When this was so.
    pub fetched_at: String,
    /// How much of the truth these numbers hold.
    pub coverage: Coverage,
}

/// A session that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Removed {
    /// Its installation.
    pub installation: String,
    /// Its key.
    pub key: String,
}
