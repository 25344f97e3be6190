//! The shapes of the price book.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/prices`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricesResponse {
    /// The date of the embedded or imported list.
    pub as_of: String,
    /// Where it comes from.
    pub origin: String,
    /// The basis where a request names none.
    pub basis: &'static str,
    /// Every model with a price. Rates are US dollars per million tokens.
    pub models: Vec<PriceRow>,
}

/// A model's price, in US dollars per million tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceRow {
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// `own`, `openclaw` or `list`.
    pub origin: &'static str,
    /// The installation whose `openclaw.json` says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<String>,
    /// The rates.
    #[serde(flatten)]
    pub rates: RateRow,
    /// Other rates for long prompts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierRow>,
    /// The size of the context window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u64>,
}

/// Rates, in US dollars per million tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateRow {
    /// Uncached input.
    pub input: f64,
    /// Output.
    pub output: f64,
    /// Read from a cache.
    pub cache_read: f64,
    /// Written to a cache.
    pub cache_write: f64,
}

/// Rates for prompts above a size.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TierRow {
    /// Prompt tokens above which these rates hold for the whole call.
    pub above: u64,
    /// The rates.
    #[serde(flatten)]
    pub rates: RateRow,
}
