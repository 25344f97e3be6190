//! One line of a transcript → an entry of the conversation. No IO.

use serde_json::{Map, Value};

use super::{Cursor, Line, Place};
use crate::domain::Millis;
use crate::domain::envelope::unwrapped;
use crate::domain::usage::ModelCall;
use crate::source::lenient::{parse_time, whole_characters};
use crate::source::records::{Found, TranscriptReader};

/// A part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text for people.
    Text(String),
    /// What the model thought.
    Thinking(String),
    /// The model asks for a tool.
    ToolCall {
        /// Pairs it with its result.
        call_id: String,
        /// The tool.
        name: String,
        /// What it is called with.
        arguments: Value,
    },
    /// Something that is no text: its kind, its name, its size where that is known.
    Other {
        /// `image`, `file` or another word.
        kind: String,
        /// A file name or a media type.
        name: String,
        /// Bytes.
        bytes: Option<u64>,
        /// Its content in base64, where it stands in the transcript.
        data: Option<String>,
    },
}

/// A model's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its parts.
    pub parts: Vec<Part>,
    /// As in the ledger; none where OpenClaw itself wrote it.
    pub call: Option<ModelCall>,
    /// The provider, as recorded.
    pub provider: String,
    /// The model, as recorded.
    pub model: String,
    /// OpenClaw's word for why it ended.
    pub stop: String,
    /// What it failed with.
    pub error: Option<String>,
    /// Whether somebody or a time-out stopped it.
    pub aborted: bool,
    /// When the model began to answer.
    pub started_at: Option<Millis>,
    /// Whether OpenClaw wrote it, not a model.
    pub injected: bool,
}

/// What a tool gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolResult {
    /// Pairs it with its call.
    pub call_id: String,
    /// The tool.
    pub tool: String,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Whether it failed.
    pub is_error: bool,
    /// The exit code of a command.
    pub exit_code: Option<i64>,
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// OpenClaw's word for how it ended.
    pub status: Option<String>,
    /// The session that it spawned.
    pub child_key: Option<String>,
}

/// Something that happened to the conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// What.
    pub what: What,
    /// Prompt tokens before a compaction.
    pub tokens_before: Option<u64>,
    /// Prompt tokens after it.
    pub tokens_after: Option<u64>,
    /// More, in words.
    pub detail: Option<String>,
}

/// The kinds of [`Note`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// Older messages were replaced by a summary.
    Compaction,
    /// The session began anew.
    Reset,
    /// Another model.
    ModelChange,
    /// Another level of thinking.
    ThinkingLevel,
    /// A run was stopped.
    Aborted,
    /// A run failed before or beside its model call.
    PromptError,
    /// A turn ended before a model was called.
    Unanswered,
    /// A record that is too long to be shown.
    TooLong,
    /// Anything else that is for people.
    #[default]
    Other,
}

impl What {
    /// The word used by the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Compaction => "compaction",
            Self::Reset => "reset",
            Self::ModelChange => "modelChange",
            Self::ThinkingLevel => "thinkingLevel",
            Self::Aborted => "aborted",
            Self::PromptError => "promptError",
            Self::Unanswered => "unanswered",
            Self::TooLong => "tooLong",
            Self::Other => "other",
        }
    }
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Somebody asked.
    User(Vec<Part>),
    /// A model answered.
    Assistant(Box<Answer>),
    /// A tool answered.
    Tool(ToolResult),
    /// Something happened.
    Note(Note),
    /// Nothing to show; it only holds the tree together.
    Silent,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where it stands.
    pub cursor: Cursor,
    /// Its id in the transcript.
    pub id: Option<String>,
    /// The entry that it follows.
    pub parent: Option<String>,
    /// When it was stored.
    pub at: Option<Millis>,
    /// What it is.
    pub body: Body,
    /// Whether the conversation went on from an earlier entry: this one was left behind.
    pub side_branch: bool,
}

impl Entry {
    /// Reads a line; `None` when it is no record.
    #[must_use]
    pub fn read(place: &Place, line: &Line<'_>) -> Option<Self> {
        let cursor = Cursor { place: place.number, at: line.at };
        let Some(bytes) = line.bytes else {
            let size = format!("{} bytes", line.next - line.at);
            let note = Note { what: What::TooLong, detail: Some(size), ..Note::default() };
            return Some(Self { cursor, id: None, parent: None, at: None, body: Body::Note(note), side_branch: false });
        };
        let text = String::from_utf8_lossy(bytes);
        let parsed = serde_json::from_str(&text).or_else(|_| serde_json::from_str(&whole_characters(&text)));
        let Ok(Value::Object(record)) = parsed else { return None };
        Some(Self::of(record, bytes, cursor))
    }

    fn of(mut record: Map<String, Value>, bytes: &[u8], cursor: Cursor) -> Self {
        let at = time(record.get("timestamp"));
        let body = match record.remove("message") {
            Some(Value::Object(message)) => of_message(message, bytes),
            _ => of_record(word(&record, "type"), &record),
        };
        Self { cursor, id: text(&record, "id"), parent: text(&record, "parentId"), at, body, side_branch: false }
    }

    /// Whether there is something to show.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.body != Body::Silent
    }
}

fn of_message(mut message: Map<String, Value>, bytes: &[u8]) -> Body {
    let content = message.remove("content").unwrap_or_default();
    match word(&message, "role") {
        "user" => Body::User(said(content)),
        "assistant" => Body::Assistant(Box::new(answer(&message, content, bytes))),
        "toolResult" => Body::Tool(tool_result(&message, content)),
        _ => Body::Silent,
    }
}

fn answer(message: &Map<String, Value>, content: Value, bytes: &[u8]) -> Answer {
    let mut found = Found::default();
    TranscriptReader::default().line(bytes, 0, &mut found);
    let stop = text(message, "stopReason").unwrap_or_default();
    let was_aborted = message.get("openclawAbort").is_some_and(|abort| !abort.is_null());
    Answer {
        parts: parts(content),
        call: found.calls.pop(),
        provider: text(message, "provider").unwrap_or_default(),
        model: text(message, "model").unwrap_or_default(),
        error: text(message, "errorMessage").or((stop == "error").then(String::new)),
        aborted: was_aborted || stop == "aborted",
        stop,
        started_at: time(message.get("timestamp")),
        injected: word(message, "provider") == "openclaw",
    }
}

fn tool_result(message: &Map<String, Value>, content: Value) -> ToolResult {
    let parts = parts(content);
    let empty = Map::new();
    let details = message.get("details").and_then(Value::as_object).unwrap_or(&empty);
    // Where the details do not name the child, the text that the model reads does.
    let child_key = text(details, "childSessionKey").or_else(|| {
        let Some(Part::Text(first)) = parts.first() else { return None };
        let said = first.starts_with('{').then(|| serde_json::from_str::<Map<String, Value>>(first).ok()).flatten()?;
        text(&said, "childSessionKey")
    });
    ToolResult {
        call_id: text(message, "toolCallId").unwrap_or_default(),
        tool: text(message, "toolName").unwrap_or_default(),
        is_error: message.get("isError").and_then(Value::as_bool).unwrap_or_default(),
        exit_code: details.get("exitCode").and_then(Value::as_i64),
        duration_ms: details.get("durationMs").and_then(whole),
        status: text(details, "status"),
        child_key,
        parts,
    }
}

fn of_record(kind: &str, record: &Map<String, Value>) -> Body {
    let (what, detail) = match kind {
        "compaction" => (What::Compaction, text(record, "summary")),
        "reset" => (What::Reset, text(record, "reason")),
        "model_change" => {
            let names = [text(record, "provider"), text(record, "modelId")];
            (What::ModelChange, Some(names.into_iter().flatten().collect::<Vec<_>>().join("/")))
        }
        "thinking_level_change" => (What::ThinkingLevel, text(record, "thinkingLevel")),
        "custom" if word(record, "customType") == "openclaw:prompt-error" => {
            let data = record.get("data").and_then(Value::as_object);
            (What::PromptError, data.and_then(|data| text(data, "error")))
        }
        "custom_message" if word(record, "customType") == "openclaw:turn-aborted" => (What::Aborted, None),
        "custom_message" if word(record, "customType") == "run-failed-before-reply" => {
            let details = record.get("details").and_then(Value::as_object);
            (What::Unanswered, details.and_then(|details| text(details, "error")).or_else(|| text(record, "content")))
        }
        "custom_message" if record.get("display") == Some(&Value::Bool(true)) => (What::Other, text(record, "content")),
        _ => return Body::Silent,
    };
    let count = |name| record.get(name).and_then(Value::as_u64);
    Body::Note(Note { what, tokens_before: count("tokensBefore"), tokens_after: count("tokensAfter"), detail })
}

/// What a user said; the first text may have something in front that OpenClaw put there.
fn said(content: Value) -> Vec<Part> {
    let mut parts = parts(content);
    if let Some(Part::Text(text)) = parts.iter_mut().find(|part| matches!(part, Part::Text(_))) {
        let said = unwrapped(text);
        if said.len() < text.trim_start().len() {
            *text = said.to_owned();
        }
    }
    parts
}

/// A message's content: a text, or a list of parts.
fn parts(content: Value) -> Vec<Part> {
    match content {
        Value::String(text) => vec![Part::Text(text)],
        Value::Array(list) => list.into_iter().filter_map(part).collect(),
        _ => Vec::new(),
    }
}

fn part(value: Value) -> Option<Part> {
    let Value::Object(mut part) = value else {
        return value.as_str().map(|text| Part::Text(text.to_owned()));
    };
    let mut take = |name: &str| match part.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let kind = take("type").unwrap_or_default();
    match kind.as_str() {
        "text" => Some(Part::Text(take("text").unwrap_or_default())),
        "thinking" | "redacted_thinking" => Some(Part::Thinking(take("thinking").or_else(|| take("text"))?)),
        "toolCall" => Some(Part::ToolCall {
            call_id: take("id").unwrap_or_default(),
            name: take("name").unwrap_or_default(),
            arguments: part.remove("arguments").unwrap_or_default(),
        }),
        _ => {
            let data = take("data");
            // Base64 has four characters for three bytes.
            let bytes = data.as_ref().map(|data| data.len() as u64 / 4 * 3);
            let name = take("fileName").or_else(|| take("name")).or_else(|| take("mimeType")).unwrap_or_default();
            Some(Part::Other { kind, name, bytes, data })
        }
    }
}

fn word<'a>(record: &'a Map<String, Value>, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn text(record: &Map<String, Value>, name: &str) -> Option<String> {
    record.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Milliseconds, or an ISO 8601 text; none where no calendar has such a day.
fn time(value: Option<&Value>) -> Option<Millis> {
    /// The last moment that JavaScript can name.
    const LAST: Millis = 8_640_000_000_000_000;
    let at = match value? {
        Value::String(text) => parse_time(text.as_bytes()),
        number => whole(number),
    };
    at.filter(|at| (0..=LAST).contains(at))
}

#[expect(clippy::cast_possible_truncation, reason = "a cast saturates, and no time in use is that large")]
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}
