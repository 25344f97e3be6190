//! Every request that we send, with the parameters that all versions take: an unknown one is refused.
//!
//! `tests/it/gateway_contract.rs` holds each against the schema that OpenClaw publishes.

use serde_json::{Value, json};

use super::device::Proof;
use crate::domain::SessionKey;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Look.
    Watch,
    /// Stop, send, reset, delete.
    Control,
}

impl Purpose {
    /// The scopes that it needs.
    #[must_use]
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Watch => &["operator.read"],
            Self::Control => &["operator.read", "operator.write", "operator.admin"],
        }
    }
}

/// The wire protocols that we speak.
pub const PROTOCOLS: (u64, u64) = (3, 4);
/// What OpenClaw calls a client like this; it lets in no other names.
pub const CLIENT_ID: &str = "gateway-client";
/// The same.
pub const CLIENT_MODE: &str = "backend";
/// What we run on.
pub const PLATFORM: &str = std::env::consts::OS;
/// What we connect as.
pub const ROLE: &str = "operator";

/// The greeting.
#[must_use]
pub fn connect(purpose: Purpose, auth: Option<Value>, proof: Option<&Proof>) -> Value {
    let mut params = json!({
        "minProtocol": PROTOCOLS.0,
        "maxProtocol": PROTOCOLS.1,
        "client": {"id": CLIENT_ID, "version": env!("CARGO_PKG_VERSION"), "platform": PLATFORM, "mode": CLIENT_MODE},
        "role": ROLE,
        "scopes": purpose.scopes(),
        "caps": [],
    });
    if let Some(auth) = auth {
        params["auth"] = auth;
    }
    if let Some(proof) = proof {
        params["device"] = json!({
            "id": proof.id,
            "publicKey": proof.public_key,
            "signature": proof.signature,
            "signedAt": proof.signed_at,
            "nonce": proof.nonce,
        });
    }
    params
}

/// `sessions.list`: a page of all agents' sessions. Only 2026.9.6 knows pages.
#[must_use]
pub fn sessions_list(limit: u64, offset: u64) -> Value {
    if offset == 0 { json!({"limit": limit}) } else { json!({"limit": limit, "offset": offset}) }
}

/// `sessions.subscribe`
#[must_use]
pub fn sessions_subscribe() -> Value {
    json!({})
}

/// `tasks.list`: a page of them, the first one without a cursor.
#[must_use]
pub fn tasks_list(limit: u64, cursor: Option<&str>) -> Value {
    cursor.map_or_else(|| json!({"limit": limit}), |cursor| json!({"limit": limit, "cursor": cursor}))
}

/// `logs.tail`: the last lines of the log, or those after a place.
#[must_use]
pub fn logs_tail(cursor: Option<u64>, limit: u64) -> Value {
    match cursor {
        Some(cursor) => json!({"cursor": cursor, "limit": limit}),
        None => json!({"limit": limit}),
    }
}

/// `sessions.describe`
#[must_use]
pub fn sessions_describe(key: &SessionKey) -> Value {
    json!({"key": key.as_str()})
}

/// `sessions.list`, for 2026.3.13, which has no `sessions.describe`: the sessions that have this text somewhere.
#[must_use]
pub fn sessions_find(key: &SessionKey) -> Value {
    json!({"search": key.as_str(), "includeGlobal": true, "includeUnknown": true})
}

/// `sessions.get`: the last messages as they are stored.
#[must_use]
pub fn sessions_get(key: &SessionKey, limit: u64) -> Value {
    json!({"key": key.as_str(), "limit": limit})
}

/// `sessions.abort`
#[must_use]
pub fn sessions_abort(key: &SessionKey) -> Value {
    json!({"key": key.as_str()})
}

/// `chat.abort`, for 2026.3.13, which has no `sessions.abort`.
#[must_use]
pub fn chat_abort(key: &SessionKey) -> Value {
    json!({"sessionKey": key.as_str()})
}

/// `chat.send`
#[must_use]
pub fn chat_send(key: &SessionKey, message: &str, idempotency_key: &str) -> Value {
    json!({"sessionKey": key.as_str(), "message": message, "idempotencyKey": idempotency_key})
}

/// `sessions.reset`. On a key that does not exist it would make that session: look first.
#[must_use]
pub fn sessions_reset(key: &SessionKey) -> Value {
    json!({"key": key.as_str()})
}

/// `sessions.compact`
#[must_use]
pub fn sessions_compact(key: &SessionKey) -> Value {
    json!({"key": key.as_str()})
}

/// `sessions.delete`
#[must_use]
pub fn sessions_delete(key: &SessionKey) -> Value {
    json!({"key": key.as_str(), "deleteTranscript": true})
}

/// `tasks.cancel`
#[must_use]
pub fn tasks_cancel(task: &str) -> Value {
    json!({"taskId": task})
}
