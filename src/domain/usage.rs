//! Tokens of model calls in four disjoint buckets, and the call itself.
//!
//! The buckets never overlap: `input` excludes what was read from or written to a cache.

use std::ops::{Add, AddAssign, SubAssign};

use super::{Millis, ModelRef, money::Money};

/// Tokens, each counted in exactly one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenUsage {
    /// Prompt tokens that no cache served.
    pub input: u64,
    /// Tokens that the model produced.
    pub output: u64,
    /// Prompt tokens read from a cache.
    pub cache_read: u64,
    /// Prompt tokens written to a cache.
    pub cache_write: u64,
}

impl TokenUsage {
    /// The size of the prompt: what the model had in its context.
    #[must_use]
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }

    /// All tokens of all buckets.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.prompt() + self.output
    }
}

impl Add for TokenUsage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            cache_read: self.cache_read + other.cache_read,
            cache_write: self.cache_write + other.cache_write,
        }
    }
}

impl AddAssign for TokenUsage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for TokenUsage {
    fn sub_assign(&mut self, other: Self) {
        self.input -= other.input;
        self.output -= other.output;
        self.cache_read -= other.cache_read;
        self.cache_write -= other.cache_write;
    }
}

/// How a model call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallOutcome {
    /// The model finished, asked for a tool, or ran into its length limit.
    Answered,
    /// The provider refused or failed.
    Failed,
    /// Somebody or a time-out stopped it.
    Aborted,
}

/// Why the model stopped, in OpenClaw's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopReason {
    /// The record gives no reason, or one that is not known here.
    #[default]
    Unknown,
    /// `stop`
    Stop,
    /// `toolUse`
    ToolUse,
    /// `length`
    Length,
    /// `error`
    Error,
    /// `aborted`
    Aborted,
}

impl StopReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [Self::Unknown, Self::Stop, Self::ToolUse, Self::Length, Self::Error, Self::Aborted];

    /// OpenClaw's word; empty where there is none.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Stop => "stop",
            Self::ToolUse => "toolUse",
            Self::Length => "length",
            Self::Error => "error",
            Self::Aborted => "aborted",
        }
    }

    /// The reason that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.word() == word).unwrap_or_default()
    }
}

/// One call of a model, as a transcript records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCall {
    /// Names the call: a hash of entry id and message time, of which OpenClaw gives none twice.
    /// A copy of the record has the same identity wherever it lies.
    pub identity: u64,
    /// When the answer was stored.
    pub at: Millis,
    /// The model, unless the record names none.
    pub model: Option<ModelRef>,
    /// What the provider reported.
    pub usage: TokenUsage,
    /// What OpenClaw recorded as the cost, where it is above zero; otherwise unknown.
    pub recorded: Option<Money>,
    /// How it ended.
    pub outcome: CallOutcome,
    /// Why it ended.
    pub stop: StopReason,
    /// The entry's id in its transcript.
    pub message_id: Option<Box<str>>,
    /// What a failed call failed with.
    pub error: Option<Box<str>>,
}

impl ModelCall {
    /// Of two records of one call, whether this one says more: a streamed call grows until it is
    /// final. The order is total over figures, so that it does not matter which one is read first.
    #[must_use]
    pub fn says_more_than(&self, other: &Self) -> bool {
        let figures = |call: &Self| {
            let TokenUsage { input, output, cache_read, cache_write } = call.usage;
            (call.usage.total(), call.recorded, output, input, cache_read, cache_write, call.stop, call.at)
        };
        figures(self) > figures(other)
    }
}
