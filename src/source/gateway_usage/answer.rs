//! The answer to `sessions.usage` → OpenClaw's own figures. No IO.
//!
//! Read leniently: a value of the wrong kind costs that figure. `null` stands for the usage of a
//! session that OpenClaw has not added up.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::money::Money;
use crate::domain::reconciliation::{OpenClawFigures, OpenClawTotals};
use crate::domain::usage::TokenUsage;
use crate::domain::{AgentId, Millis, SessionId};
use crate::source::lenient::{Number, OwnText, When};

/// 2026.9.6 gives the answer of the last time, however old, and after 30 s adds up anew for the next.
const STALE_MS: Millis = 31_000;

/// The answer as OpenClaw prints it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    #[serde(default)]
    updated_at: When,
    sessions: Vec<Maybe<Row>>,
    #[serde(default)]
    aggregates: Maybe<Aggregates>,
    #[serde(default)]
    cache_status: Maybe<CacheStatus>,
}

/// A value that may be of another kind.
#[derive(Deserialize)]
#[serde(untagged)]
enum Maybe<T> {
    Known(T),
    Odd(IgnoredAny),
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self::Odd(IgnoredAny)
    }
}

impl<T> Maybe<T> {
    fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Odd(_) => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default)]
    agent_id: OwnText,
    #[serde(default)]
    session_id: OwnText,
    #[serde(default)]
    usage: Maybe<Figures>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Aggregates {
    by_agent: Vec<Maybe<AgentRow>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentRow {
    #[serde(default)]
    agent_id: OwnText,
    totals: Figures,
}

#[derive(Deserialize)]
struct CacheStatus {
    #[serde(default)]
    status: OwnText,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Figures {
    input: Number,
    output: Number,
    cache_read: Number,
    cache_write: Number,
    total_cost: Number,
    missing_cost_entries: Number,
}

impl Figures {
    fn usage(&self) -> TokenUsage {
        TokenUsage {
            input: whole(self.input),
            output: whole(self.output),
            cache_read: whole(self.cache_read),
            cache_write: whole(self.cache_write),
        }
    }

    fn figures(&self) -> OpenClawFigures {
        OpenClawFigures {
            usage: self.usage(),
            cost: self.total_cost.0.and_then(Money::from_recorded_dollars).unwrap_or_default(),
            calls_without_cost: whole(self.missing_cost_entries),
        }
    }
}

/// A sum of tokens, which may be larger than any single call's; sums of thousands of these fit, too.
fn whole(number: Number) -> u64 {
    let value = number.0.filter(|value| (0.0..1e13).contains(value)).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    let whole = value as u64;
    whole
}

/// What 2026.9.6 prints where the gateway refuses.
#[derive(Deserialize)]
struct Refusal {
    error: RefusalCause,
}

#[derive(Deserialize)]
struct RefusalCause {
    message: String,
}

/// The gateway's words in what was printed, where it refused.
#[must_use]
pub fn error(printed: &[u8]) -> Option<String> {
    serde_json::from_slice::<Refusal>(printed).ok().map(|refusal| refusal.error.message)
}

/// The answer at the beginning of these bytes.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Answer> {
    serde_json::Deserializer::from_slice(bytes).into_iter::<Answer>().next()?.ok()
}

impl Answer {
    /// The figures; `now` stands for a time that the answer does not give, or that lies ahead.
    #[must_use]
    pub fn totals(self, now: Millis) -> OpenClawTotals {
        let status = self.cache_status.known().and_then(|cache| cache.status.0);
        let asked_at = self.updated_at.0.unwrap_or(now).min(now);
        let mut totals = OpenClawTotals {
            asked_at,
            is_whole: status.is_none_or(|status| status == "fresh") && asked_at > now - STALE_MS,
            ..OpenClawTotals::default()
        };
        for row in self.sessions.into_iter().filter_map(Maybe::known) {
            let (Some(agent), Some(id)) = (row.agent_id.some(), row.session_id.some()) else { continue };
            let usage = row.usage.known().unwrap_or_default().usage();
            totals.transcripts.push((AgentId::from(agent), SessionId::from(id), usage));
        }
        let agents = self.aggregates.known().map(|sums| sums.by_agent).unwrap_or_default();
        for row in agents.into_iter().filter_map(Maybe::known) {
            let Some(agent) = row.agent_id.some() else { continue };
            totals.agents.insert(AgentId::from(agent), row.totals.figures());
        }
        totals
    }
}

#[cfg(test)]
mod tests;
