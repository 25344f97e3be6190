//! Transcript records → calls and the end of the transcript, and what was not understood.
//!
//! No IO: bytes of one line come in. Most lines of a transcript are tool results and user
//! messages, which hold no usage: they are recognised by their head and not parsed. The head
//! only decides what to skip, never what to count (docs/SOURCES.md, "Reading transcripts").

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;

use super::lenient::{Count, Number, Text, When, parse_time, whole_characters};
use super::skips::FileSkips;
use crate::domain::event::{LastEntry, TranscriptTail};
use crate::domain::money::Money;
use crate::domain::usage::{CallOutcome, ModelCall, StopReason, TokenUsage};
use crate::domain::{Millis, ModelRef, SessionId};

/// Searchers are made once: making one costs as much as searching a head.
static ROLE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br#""message":{"role":""#));
static TIMESTAMP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br#""timestamp":""#));

/// How much of a line is looked at before parsing.
pub const HEAD: usize = 400;
/// The longest error text that is kept.
const MAX_ERROR: usize = 500;
/// The longest entry id that is kept; OpenClaw's have 8 or 36 characters.
const MAX_ID: usize = 100;

/// What was found in lines that were read together.
#[derive(Debug, Default)]
pub struct Found {
    /// The calls.
    pub calls: Vec<ModelCall>,
    /// The latest entry that says who is at turn.
    pub tail: Option<TranscriptTail>,
    /// What was not understood: reason, how often, first line.
    pub skipped: FileSkips,
    /// The session id in the header of a transcript that was read as a whole.
    pub session_id: Option<SessionId>,
    /// The time in that header.
    pub began_at: Option<Millis>,
}

impl Found {
    /// Counts something that was not understood.
    pub fn skip(&mut self, reason: &'static str, line: u64) {
        match self.skipped.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, count, _)) => *count += 1,
            None => self.skipped.push((reason, 1, line)),
        }
    }

    fn ends_with(&mut self, at: Option<Millis>, last: LastEntry) {
        let at = at.or(self.tail.as_ref().map(|tail| tail.at)).unwrap_or_default();
        // OpenClaw writes some entries out of time order; of two at the same time the later line wins.
        if self.tail.as_ref().is_none_or(|tail| at >= tail.at) {
            self.tail = Some(TranscriptTail { at, last });
        }
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(default)]
    timestamp: When,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    provider: Text<'a>,
    #[serde(borrow, default, rename = "modelId")]
    model_id: Text<'a>,
    #[serde(borrow, default, rename = "customType")]
    custom_type: Text<'a>,
}

/// The part of a `custom` or `custom_message` record that says what went wrong; read only where its type says so.
#[derive(Deserialize, Default)]
struct RunError<'a> {
    #[serde(borrow, default)]
    data: ErrorText<'a>,
    #[serde(borrow, default)]
    details: ErrorText<'a>,
}

#[derive(Deserialize, Default)]
struct ErrorText<'a> {
    #[serde(borrow, default)]
    error: Text<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    role: Text<'a>,
    #[serde(borrow, default)]
    provider: Text<'a>,
    #[serde(borrow, default)]
    model: Text<'a>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(borrow, default, rename = "stopReason")]
    stop_reason: Text<'a>,
    #[serde(borrow, default, rename = "errorMessage")]
    error_message: Text<'a>,
    #[serde(default)]
    timestamp: When,
    #[serde(default, rename = "openclawAbort")]
    abort: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Clone, Copy)]
struct Usage {
    #[serde(default)]
    input: Count,
    #[serde(default)]
    output: Count,
    #[serde(default, rename = "cacheRead")]
    cache_read: Count,
    #[serde(default, rename = "cacheWrite")]
    cache_write: Count,
    #[serde(default)]
    cost: Option<Cost>,
}

#[derive(Deserialize, Clone, Copy)]
struct Cost {
    #[serde(default)]
    total: Number,
}

/// Reads the records of one transcript in order.
#[derive(Clone, Debug, Default)]
pub struct TranscriptReader {
    /// The model of the last model change, for calls that name none.
    current: Option<ModelRef>,
    /// The model of the last call: nearly always the next one's too.
    memo: Option<ModelRef>,
    /// The first header: session id and time.
    pub header: Option<(SessionId, Option<Millis>)>,
}

impl TranscriptReader {
    /// A reader that goes on where another one stopped.
    pub fn resume(current: Option<ModelRef>, header: Option<(SessionId, Option<Millis>)>) -> Self {
        Self { current, memo: None, header }
    }

    /// The model of the last model change.
    pub fn current(&self) -> Option<&ModelRef> {
        self.current.as_ref()
    }

    /// Reads one line without its line break.
    pub fn line(&mut self, bytes: &[u8], number: u64, found: &mut Found) {
        let bytes = bytes.trim_ascii_end();
        if bytes.is_empty() {
            return;
        }
        if bytes.ends_with(b"}") && self.skip_by_head(bytes, found) {
            return;
        }
        match serde_json::from_slice::<Line>(bytes) {
            // Serde would read a list as the fields in their order.
            Ok(_) if !bytes.starts_with(b"{") => found.skip(NOT_JSON, number),
            Ok(line) => self.record(&line, bytes, number, found),
            Err(_) => self.odd_line(bytes, number, found),
        }
    }

    /// Skips a user message or a tool result by the head of its line; false when it is neither.
    pub fn skip_by_head(&mut self, line: &[u8], found: &mut Found) -> bool {
        let head = &line[..line.len().min(HEAD)];
        let Some(at) = ROLE.find(head) else { return false };
        // A second brace before the message means that this may not be the line's own message.
        if head.is_empty() || memchr::memchr(b'{', &head[1..at]).is_some() {
            return false;
        }
        let role = &head[at + 19..];
        if !(role.starts_with(b"user\"") || role.starts_with(b"toolResult\"")) {
            return false;
        }
        let time = TIMESTAMP.find(&head[..at]).map(|from| &head[from + 13..at]);
        let time = time.and_then(|rest| parse_time(&rest[..memchr::memchr(b'"', rest)?]));
        found.ends_with(time, LastEntry::AwaitsModel);
        true
    }

    /// A line too long to hold in memory, parsed as it streams by.
    pub fn long_line(&mut self, input: impl std::io::Read, number: u64, found: &mut Found) {
        let mut input = serde_json::Deserializer::from_reader(input);
        match Line::deserialize(&mut input) {
            Ok(line) => self.record(&line, b"", number, found),
            Err(_) => found.skip(NOT_JSON, number),
        }
    }

    /// A line that a strict reading refuses: bytes that are no UTF-8, half a character, or a field that stands twice.
    fn odd_line(&mut self, bytes: &[u8], number: u64, found: &mut Found) {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            found.skip("line is not UTF-8: odd characters were replaced", number);
        }
        let parsed = serde_json::from_str::<serde_json::Value>(&text);
        let Ok(value) = parsed.or_else(|_| serde_json::from_str(&whole_characters(&text))) else {
            return found.skip(NOT_JSON, number);
        };
        match Line::deserialize(&value) {
            Ok(line) => self.record(&line, text.as_bytes(), number, found),
            Err(_) => found.skip("record has another shape than OpenClaw writes", number),
        }
    }

    fn record(&mut self, line: &Line<'_>, bytes: &[u8], number: u64, found: &mut Found) {
        match (line.kind.some(), &line.message) {
            (_, Some(message)) if message.role.some() == Some("assistant") => {
                self.assistant(line, message, number, found);
            }
            (Some("message"), Some(message)) => {
                if matches!(message.role.some(), Some("user" | "toolResult")) {
                    found.ends_with(line.timestamp.0.or(message.timestamp.0), LastEntry::AwaitsModel);
                }
            }
            (Some("model_change"), _) => {
                if let Some(model) = line.model_id.some() {
                    self.current = Some(ModelRef::new(line.provider.some().unwrap_or_default(), model));
                }
            }
            // A file can hold two headers (an aborted first run): the first one names it.
            (Some("session"), _) if self.header.is_none() => {
                if let Some(id) = line.id.some() {
                    self.header = Some((SessionId::from(id), line.timestamp.0));
                }
            }
            (Some("reset"), _) => found.ends_with(line.timestamp.0, LastEntry::Finished),
            (Some("custom" | "custom_message"), _) => custom(line, bytes, found),
            _ => {}
        }
    }

    fn assistant(&mut self, line: &Line<'_>, message: &Message<'_>, number: u64, found: &mut Found) {
        let at = line.timestamp.0.or(message.timestamp.0);
        let usage = read_usage(message, number, found);
        let stop = message.stop_reason.some();
        let error = || short(message.error_message.some().unwrap_or("the model call failed"));
        let (outcome, last) = match stop {
            Some("error") => (CallOutcome::Failed, LastEntry::Failed(error())),
            Some("aborted") => (CallOutcome::Aborted, LastEntry::Aborted),
            _ if message.abort.is_some() => (CallOutcome::Aborted, LastEntry::Aborted),
            Some("toolUse") => (CallOutcome::Answered, LastEntry::AwaitsTool),
            _ => (CallOutcome::Answered, LastEntry::Finished),
        };
        found.ends_with(at, last);
        // OpenClaw's own notes stand as assistant messages of a model that does not exist.
        let injected = message.provider.some() == Some("openclaw");
        if injected && usage.total() == 0 {
            return;
        }
        let recorded = message.usage.and_then(|usage| usage.cost).and_then(|cost| cost.total.0);
        let recorded = match recorded {
            Some(dollars) => Money::from_recorded_dollars(dollars).or_else(|| {
                found.skip("recorded cost makes no sense, taken as unknown", number);
                None
            }),
            None => None,
        };
        found.calls.push(ModelCall {
            identity: identity(line, message, &usage),
            at: at.unwrap_or_default(),
            model: if injected { None } else { self.model(message) },
            usage,
            recorded: recorded.filter(|cost| *cost > Money::ZERO),
            outcome,
            stop: stop.map(StopReason::from_word).unwrap_or_default(),
            message_id: line.id.some().map(|id| cut(id, MAX_ID).into()),
            error: (outcome == CallOutcome::Failed).then(|| error().into()),
        });
    }

    fn model(&mut self, message: &Message<'_>) -> Option<ModelRef> {
        let Some(name) = message.model.some() else { return self.current.clone() };
        let provider = message.provider.some().unwrap_or_default();
        match &self.memo {
            Some(memo) if *memo.model == *name && *memo.provider == *provider => {}
            _ => self.memo = Some(ModelRef::new(provider, name)),
        }
        self.memo.clone()
    }
}

const NOT_JSON: &str = "line is not JSON";

fn read_usage(message: &Message<'_>, number: u64, found: &mut Found) -> TokenUsage {
    let Some(usage) = message.usage else {
        if !matches!(message.stop_reason.some(), Some("error" | "aborted")) {
            found.skip("assistant message without usage", number);
        }
        return TokenUsage::default();
    };
    for count in [usage.input, usage.output, usage.cache_read, usage.cache_write] {
        if let Some(reason) = count.odd {
            found.skip(reason, number);
        }
    }
    TokenUsage {
        input: usage.input.value,
        output: usage.output.value,
        cache_read: usage.cache_read.value,
        cache_write: usage.cache_write.value,
    }
}

fn custom(line: &Line<'_>, bytes: &[u8], found: &mut Found) {
    match line.custom_type.some() {
        Some("openclaw:turn-aborted") => found.ends_with(line.timestamp.0, LastEntry::Aborted),
        Some("openclaw:prompt-error" | "run-failed-before-reply") => {
            let RunError { data, details } = serde_json::from_slice(bytes).unwrap_or_default();
            let error = data.error.some().or(details.error.some()).unwrap_or("the run failed");
            let last = if error.contains("abort") { LastEntry::Aborted } else { LastEntry::Failed(short(error)) };
            found.ends_with(line.timestamp.0, last);
        }
        _ => {}
    }
}

/// Entry id and message time name a call; a record without an id is named by what it says.
fn identity(line: &Line<'_>, message: &Message<'_>, usage: &TokenUsage) -> u64 {
    let time = message.timestamp.0.or(line.timestamp.0).unwrap_or_default().to_le_bytes();
    match line.id.some() {
        Some(id) => hash(&[id.as_bytes(), &time]),
        None => hash(&[
            b"no id",
            &time,
            message.model.some().unwrap_or_default().as_bytes(),
            &usage.input.to_le_bytes(),
            &usage.output.to_le_bytes(),
            &usage.cache_read.to_le_bytes(),
            &usage.cache_write.to_le_bytes(),
        ]),
    }
}

/// FNV-1a with a final mix: the same on every machine and in every release, unlike the standard hasher.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state ^= state >> 32;
    state.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (state >> 29)
}

/// The first characters of a text.
fn cut(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// The beginning of an error text, on one line.
fn short(text: &str) -> String {
    let mut kept: String = text.chars().take(MAX_ERROR).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}
