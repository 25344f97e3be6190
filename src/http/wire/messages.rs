//! The shapes of `GET /api/sessions/{key}/messages`.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/sessions/{key}/messages`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagesResponse {
    /// OpenClaw's session key.
    pub key: String,
    /// The installation.
    pub installation: String,
    /// The messages, oldest first.
    pub messages: Vec<MessageRow>,
    /// Names where the page before this one ends, for `before`; null at the beginning of the conversation.
    pub before: Option<String>,
    /// Names where the next message will stand, for `after`.
    pub after: Option<String>,
    /// Whether the place named by `after` is no more: this is the newest page.
    pub reset: bool,
    /// How much was looked through for `q`.
    pub searched: Option<Searched>,
    /// How many secrets were masked in this page.
    pub masked: usize,
}

/// How far a search came.
#[derive(Debug, Serialize, ToSchema)]
pub struct Searched {
    /// Bytes looked through.
    pub bytes: u64,
    /// Whether the beginning of the conversation was reached; otherwise `before` goes on.
    pub done: bool,
}

/// One entry of the conversation. Every text is without secrets: each reads `[masked:RULE]`.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageRow {
    /// Names its place.
    pub id: String,
    /// Its id in the transcript.
    pub entry_id: Option<String>,
    /// When it was stored.
    pub at: Option<i64>,
    /// `user`, `assistant`, `tool` or `note`.
    pub kind: &'static str,
    /// The entry that it follows; only in a file that is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// Whether the conversation went on from an earlier entry; not in a file that is saved, where `parentId` tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side_branch: Option<bool>,
    /// What it says.
    pub parts: Vec<PartRow>,
    /// Only of `assistant`.
    #[serde(flatten)]
    pub answer: Option<AnswerRow>,
    /// Only of `tool`.
    #[serde(flatten)]
    pub tool: Option<ToolResultRow>,
    /// Only of `note`.
    #[serde(flatten)]
    pub note: Option<NoteRow>,
}

/// A part of a message.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartRow {
    /// `text`, `thinking`, `toolCall`, or what kind of other part it is: `image`, `file`, …
    pub r#type: String,
    /// Its number in the message.
    pub part: usize,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How many characters there are in all, when the text or the arguments were cut.
    pub cut: Option<usize>,
    /// Pairs a tool call with its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// The tool, the file or the media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the tool is called with, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What the tool is called with, as JSON with line breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// The size of what is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What a model answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerRow {
    /// The model.
    pub model: Option<String>,
    /// The provider.
    pub provider: String,
    /// Tokens.
    pub usage: Option<TokenFigures>,
    /// US dollars; null when the price is unknown.
    pub cost: Option<f64>,
    /// `recorded`, `list` or `reference`.
    pub cost_basis: Option<&'static str>,
    /// OpenClaw's word for why it ended.
    pub stop: String,
    /// What it failed with.
    pub error: Option<String>,
    /// Whether it was stopped.
    pub aborted: bool,
    /// When the model began to answer.
    pub started_at: Option<i64>,
    /// Whether OpenClaw wrote it, not a model.
    pub injected: bool,
}

/// Tokens of a call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenFigures {
    /// Uncached input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Tokens read from a cache.
    pub cache_read_tokens: u64,
    /// Tokens written to a cache.
    pub cache_write_tokens: u64,
}

/// What a tool gave.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolResultRow {
    /// Pairs it with its call.
    pub call_id: String,
    /// The tool.
    pub tool_name: String,
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

/// What happened to the conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteRow {
    /// `compaction`, `reset`, `modelChange`, `thinkingLevel`, `aborted`, `promptError`, `unanswered`,
    /// `tooLong` or `other`.
    pub note: &'static str,
    /// Prompt tokens before a compaction.
    pub tokens_before: Option<u64>,
    /// Prompt tokens after it.
    pub tokens_after: Option<u64>,
    /// More, in words.
    pub detail: Option<String>,
}
