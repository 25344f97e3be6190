//! What is counted here beside what OpenClaw counts itself, both at one moment.
//!
//! Why they differ is told in `reconciliation/reasons.rs`. Deliberately absent: how OpenClaw is asked.

mod reasons;

use std::collections::BTreeMap;

pub use self::reasons::{Reading, Reason, ReasonKind, explain};
use super::money::Money;
use super::pricing::{Costs, PriceBasis};
use super::usage::TokenUsage;
use super::{AgentId, Millis, SessionId};

/// What OpenClaw counts for one agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenClawFigures {
    /// Tokens.
    pub usage: TokenUsage,
    /// What it thinks they cost.
    pub cost: Money,
    /// Calls that it knows no cost of (`missingCostEntries`).
    pub calls_without_cost: u64,
}

/// What OpenClaw counts for an installation, over all time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenClawTotals {
    /// When it added them up.
    pub asked_at: Millis,
    /// False while it was still adding up.
    pub is_whole: bool,
    /// By agent.
    pub agents: BTreeMap<AgentId, OpenClawFigures>,
    /// By transcript; one may stand here more than once.
    pub transcripts: Vec<(AgentId, SessionId, TokenUsage)>,
}

/// A part of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Transcripts.
    pub sessions: u64,
    /// Calls in them, where they are read here.
    pub calls: u64,
    /// The tokens that differ.
    pub tokens: u64,
}

impl Part {
    /// Adds one transcript.
    pub fn add(&mut self, calls: u64, tokens: u64) {
        self.sessions += 1;
        self.calls += calls;
        self.tokens += tokens;
    }
}

/// One agent, counted here and by OpenClaw at the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// When OpenClaw added up.
    pub asked_at: Millis,
    /// False while it was still adding up.
    pub is_whole: bool,
    /// What OpenClaw counts.
    pub theirs: OpenClawFigures,
    /// The tokens counted here.
    pub ours: TokenUsage,
    /// Their costs.
    pub costs: Costs,
    /// Transcripts that OpenClaw does not count any more.
    pub forgotten: Part,
    /// Tokens that were used about when OpenClaw added up.
    pub late: Part,
    /// Transcripts of which more is counted here.
    pub more: Part,
    /// Transcripts of which OpenClaw counts more.
    pub less: Part,
    /// Transcripts that only OpenClaw counts.
    pub unread: Part,
}

impl Comparison {
    /// Tokens that are counted here beyond OpenClaw's; negative where OpenClaw counts more.
    #[must_use]
    pub fn tokens(&self) -> i64 {
        let (ours, theirs) = (self.ours.total(), self.theirs.usage.total());
        i64::try_from(i128::from(ours) - i128::from(theirs)).unwrap_or(if ours < theirs { i64::MIN } else { i64::MAX })
    }

    /// The cost here beyond OpenClaw's; negative where OpenClaw's is higher. What is no more than
    /// rounding is nothing: OpenClaw adds up floating point numbers.
    #[must_use]
    pub fn cost(&self, basis: PriceBasis) -> Money {
        let (ours, _) = self.costs.on(basis);
        let difference = ours - self.theirs.cost;
        let rounding = (ours.picos().abs() / 1_000_000).max(10_000_000);
        if difference.picos().abs() <= rounding { Money::ZERO } else { difference }
    }
}

/// What is known of an installation's own count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Each agent, as of the last answer.
    pub agents: BTreeMap<AgentId, Comparison>,
    /// Why the last question had no answer; empty when it had.
    pub note: String,
}
