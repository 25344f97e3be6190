//! Reads prices: the list in the program or one to import, and the `[[price]]` tables of `factory.toml`.
//!
//! `prices/openclaw.rs` reads those in `openclaw.json`. Deliberately absent: files (the callers
//! have the text), lookup and arithmetic (`domain/pricing.rs`). `cargo xtask prices` makes the list.

mod openclaw;

use serde::Deserialize;

pub use self::openclaw::from_openclaw_config;
use crate::domain::ModelRef;
use crate::domain::pricing::{ModelPrice, PriceOrigin, Rates, Tier};

const EMBEDDED: &str = include_str!("../../data/prices.json");

/// A million dollars per million tokens: beyond it a figure is a slip of the unit.
const MAX_DOLLARS: f64 = 1e6;

/// A price list as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// The day on which it was in force, such as `2026-11-24`.
    pub as_of: String,
    /// Where it comes from, with the version.
    pub source: String,
    /// The models.
    pub models: Vec<(ModelRef, ModelPrice)>,
}

/// The list in the program.
#[must_use]
pub fn embedded() -> PriceList {
    import(EMBEDDED).expect("data/prices.json is compiled in, and a test reads it")
}

/// Reads a list in the format of `data/prices.json`; the error says what is wrong with it.
pub fn import(text: &str) -> Result<PriceList, String> {
    let file: ListFile = serde_json::from_str(text).map_err(|error| format!("not a price list: {error}"))?;
    if !is_date(&file.as_of) {
        return Err(format!("not a price list: asOf is {:?}, which is not a date such as 2026-11-24", file.as_of));
    }
    if file.models.is_empty() {
        return Err("not a price list: it has no models".to_owned());
    }
    let source = [file.source, file.package, file.version].into_iter().filter(|part| !part.is_empty());
    let source = source.collect::<Vec<_>>().join(" ");
    Ok(PriceList { as_of: file.as_of, source, models: file.models.into_iter().map(ListModel::into_price).collect() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListFile {
    as_of: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    version: String,
    models: Vec<ListModel>,
}

#[derive(Deserialize)]
struct ListModel {
    provider: String,
    name: String,
    #[serde(flatten)]
    rates: ListRates,
    #[serde(default)]
    tiers: Vec<ListTier>,
    context: Option<u64>,
}

#[derive(Deserialize)]
struct ListTier {
    above: u64,
    #[serde(flatten)]
    rates: ListRates,
}

/// Pico-dollars per token.
#[derive(Deserialize)]
struct ListRates {
    #[serde(rename = "in")]
    input: u64,
    #[serde(rename = "out")]
    output: u64,
    #[serde(rename = "cacheRead")]
    cache_read: Option<u64>,
    #[serde(rename = "cacheWrite")]
    cache_write: Option<u64>,
}

impl ListModel {
    fn into_price(self) -> (ModelRef, ModelPrice) {
        let base = &self.rates;
        let tier = |tier: &ListTier| Tier { above: tier.above, rates: tier.rates.or_base(base) };
        let price = ModelPrice {
            rates: self.rates.or_base(base),
            tiers: self.tiers.iter().map(tier).collect(),
            context_window: self.context,
            origin: PriceOrigin::Embedded,
        };
        (ModelRef::new(&self.provider, &self.name), price)
    }
}

impl ListRates {
    fn or_base(&self, base: &Self) -> Rates {
        let cache = (self.cache_read.or(base.cache_read), self.cache_write.or(base.cache_write));
        with_caches(self.input, self.output, cache)
    }
}

/// Cached tokens without a rate of their own are billed as input: providers without
/// a cache discount bill them so, and too much is the safer error.
fn with_caches(input: u64, output: u64, cache: (Option<u64>, Option<u64>)) -> Rates {
    Rates { input, output, cache_read: cache.0.unwrap_or(input), cache_write: cache.1.unwrap_or(input) }
}

/// A `[[price]]` table of `factory.toml`, in dollars per million tokens.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OwnPrice {
    /// The provider as OpenClaw names it; any when it is left out.
    pub provider: Option<String>,
    /// The model as OpenClaw names it.
    pub model: String,
    /// Input tokens.
    pub input: f64,
    /// Output tokens.
    pub output: f64,
    /// Tokens read from a cache; as input when it is left out.
    #[serde(alias = "cache_read")]
    pub cache_read: Option<f64>,
    /// Tokens written to a cache; as input when it is left out.
    #[serde(alias = "cache_write")]
    pub cache_write: Option<f64>,
    /// The size of the context window in tokens.
    #[serde(alias = "context_window")]
    pub context_window: Option<u64>,
    /// Rates of long prompts.
    #[serde(default)]
    pub tiers: Vec<OwnTier>,
}

/// A tier of an own price, in dollars per million tokens.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OwnTier {
    /// The tier holds for prompts of more tokens than this.
    pub above: u64,
    /// Input tokens.
    pub input: f64,
    /// Output tokens.
    pub output: f64,
    /// Tokens read from a cache; as in the price itself when it is left out, else as input.
    #[serde(alias = "cache_read")]
    pub cache_read: Option<f64>,
    /// Tokens written to a cache; as in the price itself when it is left out, else as input.
    #[serde(alias = "cache_write")]
    pub cache_write: Option<f64>,
}

/// The user's own prices from the value of `price` in `factory.toml`, or every wrong value with its key.
pub fn own_prices(value: toml::Value) -> Result<Vec<(ModelRef, ModelPrice)>, String> {
    let toml::Value::Array(tables) = value else {
        return Err("must be [[price]] tables with model, input, output".to_owned());
    };
    let mut errors = Vec::new();
    let mut prices = Vec::new();
    for (i, table) in tables.into_iter().enumerate() {
        match table.try_into::<OwnPrice>() {
            Ok(table) => prices.push(table.to_price(i, &mut errors)),
            Err(error) => errors.push(format!("price[{i}]: {}", error.to_string().trim_end())),
        }
    }
    if errors.is_empty() { Ok(prices) } else { Err(errors.join("; ")) }
}

impl OwnPrice {
    fn to_price(&self, i: usize, errors: &mut Vec<String>) -> (ModelRef, ModelPrice) {
        if self.model.trim().is_empty() {
            errors.push(format!("price[{i}].model is {:?}; it must name a model", self.model));
        }
        let mut check = Check { key: format!("price[{i}]"), errors };
        let cache = check.caches(self.cache_read, self.cache_write);
        let rates = check.rates(self.input, self.output, cache);
        let mut tiers = Vec::new();
        for (j, tier) in self.tiers.iter().enumerate() {
            check.key = format!("price[{i}].tiers[{j}]");
            let (read, write) = check.caches(tier.cache_read, tier.cache_write);
            let cache = (read.or(cache.0), write.or(cache.1));
            tiers.push(Tier { above: tier.above, rates: check.rates(tier.input, tier.output, cache) });
        }
        let context_window = self.context_window;
        let price = ModelPrice { rates, tiers, context_window, origin: PriceOrigin::Own };
        (ModelRef::new(self.provider.as_deref().unwrap_or_default(), &self.model), price)
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

/// Dollars per million tokens as pico-dollars per token; `None` for what cannot be a price.
#[must_use]
pub fn pico_per_token(dollars_per_million: f64) -> Option<u64> {
    if !(0.0..=MAX_DOLLARS).contains(&dollars_per_million) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked: at most 1e12")]
    Some((dollars_per_million * 1e6).round() as u64)
}

fn is_date(text: &str) -> bool {
    let digit_or_dash = |(i, b): (usize, u8)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(digit_or_dash)
}

#[cfg(test)]
mod tests;
