//! Frames of the gateway's WebSocket: what we say, what we hear. No IO.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The beginning of a handshake: what a device signs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Challenge {
    /// Something new.
    pub nonce: String,
    /// The gateway's time, in milliseconds.
    pub ts: i64,
}

/// How much of OpenClaw's words is passed on.
const LONGEST: usize = 300;

/// OpenClaw's words, fit for one line of a log and of a page.
#[must_use]
pub fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|sign| if sign.is_whitespace() { ' ' } else { sign })
        .filter(|sign| !sign.is_control())
        .take(LONGEST)
        .collect()
}

/// Why a request was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RawFault")]
pub struct Fault {
    /// The kind: `INVALID_REQUEST`, `FORBIDDEN`, `NOT_PAIRED`, …
    pub code: String,
    /// OpenClaw's words.
    pub message: String,
    /// More about it.
    pub details: Option<Value>,
    /// The pause after which the same may be asked for again; none where it is of no use.
    pub retry_after: Option<Duration>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawFault {
    code: String,
    message: String,
    details: Option<Value>,
    retryable: Value,
    retry_after_ms: Value,
}

impl From<RawFault> for Fault {
    fn from(raw: RawFault) -> Self {
        let pause = raw.retry_after_ms.as_u64().map_or(Duration::ZERO, Duration::from_millis);
        let retry_after = (raw.retryable == Value::Bool(true)).then_some(pause);
        Self { code: raw.code, message: raw.message, details: raw.details, retry_after }
    }
}

impl Fault {
    /// The finer code, where there is one.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&Value> {
        self.details.as_ref()?.get(name)
    }
}

/// What the gateway says.
#[derive(Debug)]
pub enum Incoming {
    /// An answer. Two may come for one request, and in any order.
    Response {
        /// The request's id.
        id: String,
        /// What it gave.
        result: Result<Box<RawValue>, Fault>,
    },
    /// Something happened.
    Event {
        /// What.
        name: String,
        /// The details.
        payload: Box<RawValue>,
        /// Its number on this connection, for kinds that are counted.
        seq: Option<u64>,
    },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    ok: bool,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(default)]
    seq: Option<Value>,
}

/// Reads a frame; none when it is no frame that we know.
#[must_use]
pub fn read(text: &str) -> Option<Incoming> {
    let frame: Envelope<'_> = serde_json::from_str(text).ok()?;
    let payload = frame.payload.map_or_else(|| RawValue::NULL.to_owned(), RawValue::to_owned);
    match &*frame.kind {
        "event" => Some(Incoming::Event {
            name: frame.event?.into_owned(),
            payload,
            seq: frame.seq.as_ref().and_then(Value::as_u64),
        }),
        "res" => {
            let fault = || frame.error.and_then(|error| serde_json::from_str(error.get()).ok()).unwrap_or_default();
            Some(Incoming::Response {
                id: frame.id?.into_owned(),
                result: if frame.ok { Ok(payload) } else { Err(fault()) },
            })
        }
        _ => None,
    }
}

/// Writes a request.
#[must_use]
pub fn request(id: &str, method: &str, params: &impl Serialize) -> String {
    json!({"type": "req", "id": id, "method": method, "params": params}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_kind_are_read() {
        let Some(Incoming::Response { id, result }) = read(
            r#"{"type":"res","id":"7","ok":false,"error":{"code":"FORBIDDEN","message":"missing scope: x","details":{"code":"MISSING_SCOPE"}}}"#,
        ) else {
            panic!("a response")
        };
        let fault = result.expect_err("refused");
        assert_eq!((id.as_str(), fault.code.as_str()), ("7", "FORBIDDEN"));
        assert_eq!(fault.detail("code"), Some(&Value::from("MISSING_SCOPE")));
        let Some(Incoming::Event { name, payload, seq }) =
            read(r#"{"type":"event","event":"tick","payload":{"ts":1},"seq":4,"stateVersion":{"x":1}}"#)
        else {
            panic!("an event")
        };
        assert_eq!((name.as_str(), payload.get(), seq), ("tick", r#"{"ts":1}"#, Some(4)));
    }

    #[test]
    fn what_is_no_frame_is_none() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            "{\"type\":\"event\"}",
            "{\"type\":\"res\",\"ok\":true}",
            "{\"type\":5}",
            "x",
            "{\"type\":\"hello\"}",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(matches!(
            read(r#"{"type":"res","id":"1","ok":false,"error":"text"}"#),
            Some(Incoming::Response { result: Err(fault), .. }) if fault == Fault::default()
        ));
    }
}
