//! Reads prices: the list in the program, or one to import.
//!
//! `prices/own.rs` reads the `[[price]]` tables of `factory.toml`, `prices/openclaw.rs` the prices
//! in `openclaw.json`. Deliberately absent: files (the callers
//! have the text), lookup and arithmetic (`domain/pricing.rs`). `cargo xtask prices` makes the list.

mod openclaw;
mod own;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

pub use self::openclaw::{from_openclaw_config, parse_openclaw_config};
pub use self::own::{OwnPrice, own_prices};
use crate::domain::pricing::{ModelPrice, PriceOrigin, Rates, Tier};
use crate::domain::{Millis, ModelRef};

const EMBEDDED: &str = include_str!("../../data/prices.json");

/// A million dollars per million tokens: beyond it a figure is a slip of the unit.
const MAX_DOLLARS: f64 = 1e6;

/// A price list as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// The day on which it was in force, such as `2026-11-24`.
    pub as_of: String,
    /// The start of that day (UTC), from which on its prices hold.
    pub from: Millis,
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
    let Some(from) = midnight(&file.as_of) else {
        return Err(format!("not a price list: asOf is {:?}, which is not a date such as 2026-11-24", file.as_of));
    };
    if file.models.is_empty() {
        return Err("not a price list: it has no models".to_owned());
    }
    let source = [file.source, file.package, file.version].into_iter().filter(|part| !part.is_empty());
    let source = source.collect::<Vec<_>>().join(" ");
    if let Some(wrong) = file.models.iter().find(|model| model.tiers.iter().any(|tier| tier.above == 0)) {
        return Err(format!("not a price list: {} has a tier above 0 tokens", wrong.name));
    }
    let models = file.models.into_iter().map(ListModel::into_price).collect();
    Ok(PriceList { as_of: file.as_of, from, source, models })
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

/// Dollars per million tokens as pico-dollars per token; `None` for what cannot be a price.
#[must_use]
pub fn pico_per_token(dollars_per_million: f64) -> Option<u64> {
    if !(0.0..=MAX_DOLLARS).contains(&dollars_per_million) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked: at most 1e12")]
    Some((dollars_per_million * 1e6).round() as u64)
}

/// The start of a day such as `2026-11-24`, in UTC; `None` where the text is no such day.
fn midnight(text: &str) -> Option<Millis> {
    // A date with a time would be read too.
    let day: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests;
