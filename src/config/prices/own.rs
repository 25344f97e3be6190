//! Reads the `[[price]]` tables of `factory.toml`: dollars, each value checked, every mistake named.

use serde::Deserialize;

use super::{MAX_DOLLARS, midnight, pico_per_token, with_caches};
use crate::domain::pricing::{ModelPrice, PriceOrigin, Rates, Tier};
use crate::domain::{Millis, ModelRef};

/// A `[[price]]` table of `factory.toml`, in dollars per million tokens.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PriceTable {
    /// The day from which on it holds; always when it is left out.
    from: Option<toml::Value>,
    /// The provider as OpenClaw names it; any when it is left out.
    provider: Option<String>,
    /// The model as OpenClaw names it.
    model: String,
    /// Input tokens.
    input: f64,
    /// Output tokens.
    output: f64,
    /// Tokens read from a cache; as input when it is left out.
    #[serde(alias = "cache_read")]
    cache_read: Option<f64>,
    /// Tokens written to a cache; as input when it is left out.
    #[serde(alias = "cache_write")]
    cache_write: Option<f64>,
    /// The size of the context window in tokens.
    #[serde(alias = "context_window")]
    context_window: Option<u64>,
    /// Rates of long prompts.
    #[serde(default)]
    tiers: Vec<TierTable>,
}

/// A tier of an own price, in dollars per million tokens.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TierTable {
    /// The tier holds for prompts of more tokens than this.
    above: u64,
    /// Input tokens.
    input: f64,
    /// Output tokens.
    output: f64,
    /// Tokens read from a cache; as in the price itself when it is left out, else as input.
    #[serde(alias = "cache_read")]
    cache_read: Option<f64>,
    /// Tokens written to a cache; as in the price itself when it is left out, else as input.
    #[serde(alias = "cache_write")]
    cache_write: Option<f64>,
}

/// A price that the user states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPrice {
    /// From when on it holds; `None` for always.
    pub from: Option<Millis>,
    /// The model; an empty provider stands for any.
    pub model: ModelRef,
    /// The price.
    pub price: ModelPrice,
}

/// The user's own prices from the value of `price` in `factory.toml`, or every wrong value with its key.
pub fn own_prices(value: toml::Value) -> Result<Vec<OwnPrice>, String> {
    let toml::Value::Array(tables) = value else {
        return Err("must be [[price]] tables with model, input, output".to_owned());
    };
    let mut errors = Vec::new();
    let mut prices = Vec::new();
    for (i, table) in tables.into_iter().enumerate() {
        match table.try_into::<PriceTable>() {
            Ok(table) => prices.push(table.to_price(i, &mut errors)),
            Err(error) => errors.push(format!("price[{i}]: {}", error.to_string().trim_end())),
        }
    }
    if errors.is_empty() { Ok(prices) } else { Err(errors.join("; ")) }
}

impl PriceTable {
    fn to_price(&self, i: usize, errors: &mut Vec<String>) -> OwnPrice {
        if self.model.trim().is_empty() {
            errors.push(format!("price[{i}].model is {:?}; it must name a model", self.model));
        }
        let from = self.from.as_ref().and_then(|value| {
            let from = day(value);
            if from.is_none() {
                errors.push(format!("price[{i}].from is {value}; it must be a date such as 2026-11-01"));
            }
            from
        });
        let mut check = Check { key: format!("price[{i}]"), errors };
        let cache = check.caches(self.cache_read, self.cache_write);
        let rates = check.rates(self.input, self.output, cache);
        let mut tiers = Vec::new();
        for (j, tier) in self.tiers.iter().enumerate() {
            check.key = format!("price[{i}].tiers[{j}]");
            if tier.above == 0 {
                check.errors.push(format!("{}.above is 0; it must be 1 or more", check.key));
            }
            let (read, write) = check.caches(tier.cache_read, tier.cache_write);
            let cache = (read.or(cache.0), write.or(cache.1));
            tiers.push(Tier { above: tier.above, rates: check.rates(tier.input, tier.output, cache) });
        }
        let context_window = self.context_window;
        let price = ModelPrice { rates, tiers, context_window, origin: PriceOrigin::Own };
        let model = ModelRef::new(self.provider.as_deref().unwrap_or_default(), &self.model);
        OwnPrice { from, model, price }
    }
}

/// Turns the dollars of one table into rates and notes the wrong ones.
struct Check<'a> {
    key: String,
    errors: &'a mut Vec<String>,
}

impl Check<'_> {
    fn rate(&mut self, key: &str, dollars: f64) -> u64 {
        pico_per_token(dollars).unwrap_or_else(|| {
            let allowed = format!("it must be dollars per million tokens, 0 to {MAX_DOLLARS}");
            self.errors.push(format!("{}.{key} is {dollars}; {allowed}", self.key));
            0
        })
    }

    fn caches(&mut self, read: Option<f64>, write: Option<f64>) -> (Option<u64>, Option<u64>) {
        let read = read.map(|dollars| self.rate("cache-read", dollars));
        (read, write.map(|dollars| self.rate("cache-write", dollars)))
    }

    fn rates(&mut self, input: f64, output: f64, cache: (Option<u64>, Option<u64>)) -> Rates {
        with_caches(self.rate("input", input), self.rate("output", output), cache)
    }
}

/// The start of a day (UTC), which TOML writes with or without quotes.
fn day(value: &toml::Value) -> Option<Millis> {
    match value {
        toml::Value::String(text) => midnight(text),
        toml::Value::Datetime(stated) if stated.time.is_none() => midnight(&stated.to_string()),
        _ => None,
    }
}
