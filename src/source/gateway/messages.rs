//! Messages that the gateway tells or gives → calls, by the rules of transcripts: a call that is also read
//! from its file is the same call.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::TranscriptRef;
use crate::domain::event::Event;
use crate::source::lenient::OwnText;
use crate::source::records::{Found, TranscriptReader};

/// The mark that OpenClaw leaves on a message: the id of its record.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Mark {
    id: OwnText,
}

#[derive(Deserialize)]
struct Marked {
    #[serde(default, rename = "__openclaw")]
    mark: Mark,
}

/// A message in the form of a transcript's line. It stays the text that it is: not all that JSON allows fits a value.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    message: &'a RawValue,
}

#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
}

/// One message of `session.message`.
pub(super) fn heard(transcript: TranscriptRef, id: Option<&str>, message: &RawValue) -> Option<Event> {
    let mut found = Found::default();
    read(id, message, &mut found);
    event(transcript, found)
}

/// The messages of `sessions.get`.
pub(super) fn stored(transcript: TranscriptRef, answer: &RawValue) -> Option<Event> {
    let stored = serde_json::from_str::<Stored<'_>>(answer.get()).ok()?;
    let mut found = Found::default();
    for message in &stored.messages {
        read(None, message, &mut found);
    }
    event(transcript, found)
}

fn read(id: Option<&str>, message: &RawValue, found: &mut Found) {
    let mark = serde_json::from_str::<Marked>(message.get()).map(|marked| marked.mark).unwrap_or_default();
    let record = Record { kind: "message", id: id.or(mark.id.some()), message };
    let Ok(line) = serde_json::to_vec(&record) else { return };
    TranscriptReader::default().line(&line, 1, found);
}

fn event(transcript: TranscriptRef, found: Found) -> Option<Event> {
    if found.calls.is_empty() && found.tail.is_none() {
        return None;
    }
    Some(Event::CallsRead { transcript, archived: false, began_at: None, calls: found.calls, tail: found.tail })
}
