//! Values that stand as text in a column: session rows, prices, ends of transcripts.

use serde::{Deserialize, Serialize};

use crate::domain::event::{LastEntry, SourceKind, TranscriptTail};
use crate::domain::money::Money;
use crate::domain::pricing::{ModelPrice, PriceOrigin, Rates, Tier};
use crate::domain::session::{SessionEntry, StoredStatus};
use crate::domain::usage::{CallOutcome, TokenUsage};
use crate::domain::{AgentRef, Millis, ModelRef, SessionId, SessionKey};

/// A session row.
#[derive(Serialize, Deserialize)]
struct EntryText {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_started_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Millis>,
    #[serde(default)]
    aborted_last_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_error: Option<String>,
    /// Provider and model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_window: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_used: Option<u64>,
    /// Input, output, cache read, cache write.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_tokens: Option<[u64; 4]>,
    /// Billionths of a dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_cost: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<Millis>,
}

/// A session row as text.
pub(super) fn entry_to_text(entry: &SessionEntry) -> String {
    let text = EntryText {
        session_id: entry.session_id.as_ref().map(ToString::to_string),
        updated_at: entry.updated_at,
        session_started_at: entry.session_started_at,
        status: entry.status.map(|status| status.word().to_owned()),
        started_at: entry.started_at,
        ended_at: entry.ended_at,
        aborted_last_run: entry.aborted_last_run,
        last_run_error: entry.last_run_error.clone(),
        model: entry.model.as_ref().map(|model| (model.provider.to_string(), model.model.to_string())),
        context_window: entry.context_window,
        context_used: entry.context_used,
        last_run_tokens: entry.last_run_usage.map(|used| [used.input, used.output, used.cache_read, used.cache_write]),
        last_run_cost: entry.last_run_cost.map(Money::nanos),
        label: entry.label.clone(),
        channel: entry.channel.clone(),
        parent: entry.parent.as_ref().map(ToString::to_string),
        archived_at: entry.archived_at,
    };
    serde_json::to_string(&text).unwrap_or_default()
}

/// A session row from its text; one that cannot be read is a row of which nothing is known.
pub(super) fn entry_from_text(owner: AgentRef, key: SessionKey, text: &str) -> SessionEntry {
    let Ok(row) = serde_json::from_str::<EntryText>(text) else { return SessionEntry::new(owner, key) };
    SessionEntry {
        owner,
        key,
        session_id: row.session_id.map(SessionId::from),
        updated_at: row.updated_at,
        session_started_at: row.session_started_at,
        status: row.status.as_deref().and_then(StoredStatus::from_word),
        started_at: row.started_at,
        ended_at: row.ended_at,
        aborted_last_run: row.aborted_last_run,
        last_run_error: row.last_run_error,
        model: row.model.map(|(provider, model)| ModelRef::new(&provider, &model)),
        context_window: row.context_window,
        context_used: row.context_used,
        last_run_usage: row.last_run_tokens.map(|[input, output, cache_read, cache_write]| TokenUsage {
            input,
            output,
            cache_read,
            cache_write,
        }),
        last_run_cost: row.last_run_cost.map(Money::from_nanos),
        label: row.label,
        channel: row.channel,
        parent: row.parent.map(SessionKey::from),
        archived_at: row.archived_at,
    }
}

/// A price; rates are pico-dollars for each token: input, output, cache read, cache write.
#[derive(Serialize, Deserialize)]
struct PriceText {
    provider: String,
    model: String,
    rates: [u64; 4],
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tiers: Vec<(u64, [u64; 4])>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context_window: Option<u64>,
}

fn rates_out(rates: &Rates) -> [u64; 4] {
    [rates.input, rates.output, rates.cache_read, rates.cache_write]
}

fn rates_in([input, output, cache_read, cache_write]: [u64; 4]) -> Rates {
    Rates { input, output, cache_read, cache_write }
}

/// The prices of an `openclaw.json` as text.
pub(super) fn prices_to_text(prices: &[(ModelRef, ModelPrice)]) -> String {
    let rows: Vec<PriceText> = prices
        .iter()
        .map(|(model, price)| PriceText {
            provider: model.provider.to_string(),
            model: model.model.to_string(),
            rates: rates_out(&price.rates),
            tiers: price.tiers.iter().map(|tier| (tier.above, rates_out(&tier.rates))).collect(),
            context_window: price.context_window,
        })
        .collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// The prices of an `openclaw.json` from their text.
pub(super) fn prices_from_text(text: &str) -> Vec<(ModelRef, ModelPrice)> {
    let rows: Vec<PriceText> = serde_json::from_str(text).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let tiers = row.tiers.into_iter().map(|(above, rates)| Tier { above, rates: rates_in(rates) }).collect();
            let price = ModelPrice {
                rates: rates_in(row.rates),
                tiers,
                context_window: row.context_window,
                origin: PriceOrigin::OpenClaw,
            };
            (ModelRef::new(&row.provider, &row.model), price)
        })
        .collect()
}

/// A source by its word.
pub(super) fn source_from(word: &str) -> Option<SourceKind> {
    [SourceKind::Files, SourceKind::Gateway, SourceKind::Command, SourceKind::Demo]
        .into_iter()
        .find(|kind| kind.word() == word)
}

/// The number of an outcome.
pub(super) fn outcome_number(outcome: CallOutcome) -> i64 {
    match outcome {
        CallOutcome::Answered => 0,
        CallOutcome::Failed => 1,
        CallOutcome::Aborted => 2,
    }
}

/// The outcome of a number.
pub(super) fn outcome_from(number: i64) -> Option<CallOutcome> {
    [CallOutcome::Answered, CallOutcome::Failed, CallOutcome::Aborted]
        .into_iter()
        .find(|outcome| outcome_number(*outcome) == number)
}

/// The end of a transcript as columns: time, kind, error.
pub(super) fn tail_parts(tail: Option<&TranscriptTail>) -> (Option<Millis>, Option<&'static str>, Option<&str>) {
    let Some(TranscriptTail { at, last }) = tail else { return (None, None, None) };
    let (kind, error) = match last {
        LastEntry::AwaitsModel => ("awaits_model", None),
        LastEntry::AwaitsTool => ("awaits_tool", None),
        LastEntry::Finished => ("finished", None),
        LastEntry::Failed(error) => ("failed", Some(error.as_str())),
        LastEntry::Aborted => ("aborted", None),
    };
    (Some(*at), Some(kind), error)
}

/// The end of a transcript from its columns.
pub(super) fn tail_from(at: Millis, kind: &str, error: Option<String>) -> Option<TranscriptTail> {
    let last = match kind {
        "awaits_model" => LastEntry::AwaitsModel,
        "awaits_tool" => LastEntry::AwaitsTool,
        "finished" => LastEntry::Finished,
        "failed" => LastEntry::Failed(error.unwrap_or_default()),
        "aborted" => LastEntry::Aborted,
        _ => return None,
    };
    Some(TranscriptTail { at, last })
}
