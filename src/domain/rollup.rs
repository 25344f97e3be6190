//! Calls added up: by what, and the sums.
//!
//! The ledger keeps sums for each quarter of an hour, so that days are exact in every time zone:
//! no zone in use is off by anything but a multiple of 15 minutes. Costs are not stored; they come
//! out of the sums exactly (`pricing::Costs::of_sums`), because calls that are priced differently
//! never stand in the same sum: the key names the model, the size class of the prompt, and
//! whether OpenClaw recorded a cost.

use std::sync::Arc;

use super::money::Money;
use super::session::SessionType;
use super::usage::{CallOutcome, ModelCall, TokenUsage};
use super::{AgentRef, Millis, ModelRef, SessionId, SessionKey};

/// The length of a slot: a quarter of an hour.
pub const SLOT_MS: Millis = 900_000;

/// The number of the slot that a moment lies in.
#[must_use]
pub fn slot_of(at: Millis) -> i64 {
    at.div_euclid(SLOT_MS)
}

/// A session by its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionName {
    /// The routing key, where it is known.
    pub key: Option<SessionKey>,
    /// The transcript.
    pub session_id: SessionId,
}

/// What calls in one sum have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UsageKey {
    /// Installation and agent.
    pub owner: AgentRef,
    /// The type of the session; unknown where nothing tells whose transcript it is.
    pub session_type: Option<SessionType>,
    /// The session, where sums are kept for each.
    pub session: Option<Arc<SessionName>>,
    /// The model; unknown where the record names none.
    pub model: Option<ModelRef>,
    /// The size class of the prompt: the highest limit of any price that it exceeds, in tokens.
    pub tier: u64,
    /// Whether OpenClaw recorded a cost above zero.
    pub recorded: bool,
}

/// The sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageSums {
    /// Calls.
    pub calls: u64,
    /// Of these, failed ones.
    pub errors: u64,
    /// Of these, aborted ones.
    pub aborted: u64,
    /// Of these, those that used tokens.
    pub used: u64,
    /// Tokens.
    pub usage: TokenUsage,
    /// What OpenClaw recorded.
    pub recorded: Money,
}

impl UsageSums {
    /// The sums of one call.
    #[must_use]
    pub fn of(call: &ModelCall) -> Self {
        Self {
            calls: 1,
            errors: u64::from(call.outcome == CallOutcome::Failed),
            aborted: u64::from(call.outcome == CallOutcome::Aborted),
            used: u64::from(call.usage.total() > 0),
            usage: call.usage,
            recorded: call.recorded.unwrap_or_default(),
        }
    }

    /// Adds other sums.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.aborted += other.aborted;
        self.used += other.used;
        self.usage += other.usage;
        self.recorded += other.recorded;
    }
}

/// Sums of one key in one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageCell {
    /// A moment in the stretch: its start, or the first moment of it that was asked for.
    pub at: Millis,
    /// The place of the key in [`UsageSlice::keys`].
    pub key: u32,
    /// The sums.
    pub sums: UsageSums,
}

/// What a question about a range of time gives.
#[derive(Clone, Debug, Default)]
pub struct UsageSlice {
    /// The keys, shared by the answers that know no others.
    pub keys: Arc<Vec<UsageKey>>,
    /// The cells, in no order.
    pub cells: Vec<UsageCell>,
}

/// The size class of a prompt.
#[must_use]
pub fn tier_of(prompt_tokens: u64, limits: &[u64]) -> u64 {
    limits.iter().copied().filter(|limit| prompt_tokens > *limit).max().unwrap_or_default()
}
