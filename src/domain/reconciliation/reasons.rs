//! Why what is counted here differs from what OpenClaw counts: rules over the figures, in plain sentences.

use super::{Comparison, Part};
use crate::domain::money::Money;
use crate::domain::pricing::PriceBasis;

/// What is known of the reading of an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Sessions that could not be read to the end.
    pub unread_sessions: u64,
    /// Records that were not understood.
    pub skipped: u64,
    /// Copies of calls, which count once.
    pub copies: u64,
}

/// A rule that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// The same tokens and the same cost.
    Equal,
    /// The same tokens; the cost differs.
    SameTokens,
    /// The same tokens in all, divided otherwise.
    OtherKinds,
    /// OpenClaw was not done.
    AddingUp,
    /// Tokens that were used while OpenClaw added up.
    Late,
    /// OpenClaw has no transcript any more.
    Forgotten,
    /// OpenClaw has less of a transcript.
    More,
    /// OpenClaw has a transcript that was not read.
    Unread,
    /// OpenClaw has more of a transcript.
    Less,
    /// Sessions could not be read.
    SessionsUnread,
    /// Records were not understood.
    Skipped,
    /// Copies were found.
    Copies,
    /// No rule tells why the tokens differ.
    Unknown,
    /// Costs are shown on another basis than the recorded one.
    Basis,
    /// OpenClaw knows no cost of calls that have a price here.
    NoCostThere,
    /// Calls have no price here.
    NoPriceHere,
    /// Calls without a recorded cost have two prices.
    OwnPrices,
    /// The cost differs because the tokens do.
    CostOfTokens,
    /// No rule tells why the costs differ.
    UnknownCost,
}

impl ReasonKind {
    /// The word of the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::SameTokens => "same-tokens",
            Self::OtherKinds => "other-kinds",
            Self::AddingUp => "adding-up",
            Self::Late => "late",
            Self::Forgotten => "forgotten",
            Self::More => "more",
            Self::Unread => "unread",
            Self::Less => "less",
            Self::SessionsUnread => "sessions-unread",
            Self::Skipped => "skipped",
            Self::Copies => "copies",
            Self::Unknown => "unknown",
            Self::Basis => "basis",
            Self::NoCostThere => "no-cost-there",
            Self::NoPriceHere => "no-price-here",
            Self::OwnPrices => "own-prices",
            Self::CostOfTokens => "cost-of-tokens",
            Self::UnknownCost => "unknown-cost",
        }
    }
}

/// A reason with its figures; those that say nothing are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which rule.
    pub kind: ReasonKind,
    /// Sessions.
    pub sessions: u64,
    /// Calls, or records.
    pub calls: u64,
    /// Tokens.
    pub tokens: u64,
}

impl Reason {
    fn of(kind: ReasonKind, part: Part) -> Self {
        Self { kind, sessions: part.sessions, calls: part.calls, tokens: part.tokens }
    }

    fn calls(kind: ReasonKind, calls: u64) -> Self {
        Self::of(kind, Part { calls, ..Part::default() })
    }

    /// The reason as a sentence.
    #[must_use]
    pub fn text(&self) -> String {
        let sessions = count(self.sessions, "session");
        let calls = count(self.calls, "call");
        let tokens = count(self.tokens, "token");
        match self.kind {
            ReasonKind::Equal => "OpenClaw counts the same tokens and the same cost.".to_owned(),
            ReasonKind::SameTokens => "OpenClaw counts the same tokens.".to_owned(),
            ReasonKind::OtherKinds => "Both count the same tokens in all, but not the same of each kind.".to_owned(),
            ReasonKind::AddingUp => "OpenClaw was still adding up, so its figures may be old or too low.".to_owned(),
            ReasonKind::Late => {
                format!("While OpenClaw added up, {tokens} more came in; they are counted here already.")
            }
            ReasonKind::Forgotten => format!(
                "OpenClaw has no transcript any more of {sessions} with {calls} and {tokens}: deleted or pruned there, kept here."
            ),
            ReasonKind::More => format!(
                "In {sessions}, {tokens} more are counted here: OpenClaw has dropped a part of the transcript since it was read."
            ),
            ReasonKind::Unread => format!("OpenClaw counts {sessions} with {tokens} that are not read here."),
            ReasonKind::Less => format!("In {sessions}, OpenClaw counts {tokens} more than are counted here."),
            ReasonKind::SessionsUnread => format!("Not read to the end here: {sessions}."),
            ReasonKind::Skipped => {
                format!("Not understood here, so not counted: {}.", count(self.calls, "record"))
            }
            ReasonKind::Copies => format!("Found twice and counted once here: {calls}."),
            ReasonKind::Unknown => "Why the tokens differ is not known.".to_owned(),
            ReasonKind::Basis => {
                "The cost here is not on the basis auto, so it is not what OpenClaw recorded.".to_owned()
            }
            ReasonKind::NoCostThere => {
                format!(
                    "OpenClaw knows no cost of {calls}; where the price list has the model, they have a price here."
                )
            }
            ReasonKind::NoPriceHere => format!("No price is known here for {calls}."),
            ReasonKind::OwnPrices => {
                format!(
                    "No cost was recorded for {calls}: priced by the list here, and by OpenClaw with prices of its own."
                )
            }
            ReasonKind::CostOfTokens => "The cost differs because the tokens do.".to_owned(),
            ReasonKind::UnknownCost => "Why the cost differs is not known.".to_owned(),
        }
    }
}

/// Each rule that holds, the weightiest first; never empty.
#[must_use]
pub fn explain(found: &Comparison, basis: PriceBasis, reading: &Reading) -> Vec<Reason> {
    let plain = |kind| Reason::of(kind, Part::default());
    let same_tokens = found.ours == found.theirs.usage;
    let same_cost = found.cost(basis) == Money::ZERO;
    let mut reasons = match (same_tokens, same_cost) {
        (true, true) => vec![plain(ReasonKind::Equal)],
        (true, false) => vec![plain(ReasonKind::SameTokens)],
        (false, _) => tokens(found, reading),
    };
    if !found.is_whole {
        reasons.insert(0, plain(ReasonKind::AddingUp));
    }
    if !same_cost {
        let costs = costs(found, basis);
        if !costs.is_empty() {
            reasons.extend(costs);
        } else if same_tokens {
            reasons.push(plain(ReasonKind::UnknownCost));
        } else {
            reasons.push(plain(ReasonKind::CostOfTokens));
        }
    }
    reasons
}

fn tokens(found: &Comparison, reading: &Reading) -> Vec<Reason> {
    let parts = [
        (ReasonKind::Forgotten, found.forgotten),
        (ReasonKind::More, found.more),
        (ReasonKind::Late, found.late),
        (ReasonKind::Unread, found.unread),
        (ReasonKind::Less, found.less),
    ];
    let parts = parts.into_iter().filter(|(_, part)| part.tokens > 0);
    let mut reasons: Vec<Reason> = parts.map(|(kind, part)| Reason::of(kind, part)).collect();
    if found.unread.tokens + found.less.tokens > 0 || (reasons.is_empty() && found.tokens() < 0) {
        let sessions = Part { sessions: reading.unread_sessions, ..Part::default() };
        let causes = [
            Reason::of(ReasonKind::SessionsUnread, sessions),
            Reason::calls(ReasonKind::Skipped, reading.skipped),
            Reason::calls(ReasonKind::Copies, reading.copies),
        ];
        reasons.extend(causes.into_iter().filter(|cause| cause.sessions + cause.calls > 0));
    }
    if reasons.is_empty() {
        let kind = if found.tokens() == 0 { ReasonKind::OtherKinds } else { ReasonKind::Unknown };
        reasons.push(Reason::of(kind, Part::default()));
    }
    reasons
}

fn costs(found: &Comparison, basis: PriceBasis) -> Vec<Reason> {
    if basis != PriceBasis::Auto {
        return vec![Reason::of(ReasonKind::Basis, Part::default())];
    }
    let (derived, unpriced) = (u64::from(found.costs.from_list), u64::from(found.costs.auto_unknown));
    let uncosted = found.theirs.calls_without_cost;
    let mut reasons = Vec::new();
    if uncosted > 0 && derived > 0 {
        reasons.push(Reason::calls(ReasonKind::NoCostThere, uncosted));
    } else if derived > 0 {
        reasons.push(Reason::calls(ReasonKind::OwnPrices, derived));
    }
    if unpriced > uncosted {
        reasons.push(Reason::calls(ReasonKind::NoPriceHere, unpriced));
    }
    reasons
}

/// `1 call`, `1,234 calls`.
fn count(number: u64, thing: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{text} {thing}{plural}")
}

#[cfg(test)]
mod tests;
