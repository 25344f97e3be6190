//! What a model call costs: rates, tiers, and the order in which prices are looked up.
//!
//! Deliberately absent: files and formats (`config/prices.rs`), the spelling of model names
//! (`alias.rs`), and the choice between recorded and computed cost, which belongs to whoever adds up.
//! The list knows no batch, flex or priority rates and only the five-minute cache-write rate:
//! a transcript does not say which of them a call was billed at.

mod alias;
mod costs;
mod dated;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use self::alias::ListIndex;
pub use self::costs::Costs;
use self::dated::Dated;
use super::money::Money;
use super::usage::TokenUsage;
use super::{InstallationId, Millis, ModelRef};

/// Pico-dollars for each token, by bucket: five dollars per million tokens are 5,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Prompt tokens that no cache served.
    pub input: u64,
    /// Tokens that the model produced.
    pub output: u64,
    /// Prompt tokens read from a cache.
    pub cache_read: u64,
    /// Prompt tokens written to a cache.
    pub cache_write: u64,
}

impl Rates {
    /// The flat rate of the `reference` basis unless set otherwise: $15 and $75 per million
    /// input and output tokens, caches free.
    pub const REFERENCE: Self = Self { input: 15_000_000, output: 75_000_000, cache_read: 0, cache_write: 0 };

    /// The exact cost of these tokens.
    /// Token counts beyond reason give the largest amount instead of a wrong one.
    #[must_use]
    pub fn cost(&self, usage: &TokenUsage) -> Money {
        let buckets = [
            (usage.input, self.input),
            (usage.output, self.output),
            (usage.cache_read, self.cache_read),
            (usage.cache_write, self.cache_write),
        ];
        let pico = buckets
            .iter()
            .map(|&(tokens, rate)| u128::from(tokens) * u128::from(rate))
            .fold(0_u128, u128::saturating_add);
        Money::from_picos(i128::try_from(pico).unwrap_or(i128::MAX))
    }
}

/// The rates of a long prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The tier holds for prompts strictly above this many tokens, cached ones included.
    pub above: u64,
    /// What every token of such a call costs, not only those above.
    pub rates: Rates,
}

/// Where a price comes from, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceOrigin {
    /// `factory.toml`.
    Own,
    /// An installation's `openclaw.json`.
    OpenClaw,
    /// The price list in the program, or the imported one.
    Embedded,
}

impl PriceOrigin {
    /// The word used by the `prices` command and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OpenClaw => "openclaw",
            Self::Embedded => "list",
        }
    }
}

/// What one model costs.
///
/// Whoever makes one fills in what its source does not say about caches: the price list and
/// `factory.toml` bill cached tokens as input then, `openclaw.json` as free, as OpenClaw does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPrice {
    /// The rates of an ordinary call.
    pub rates: Rates,
    /// The rates of long prompts, in any order.
    pub tiers: Vec<Tier>,
    /// The size of the model's context window in tokens, where it is known.
    pub context_window: Option<u64>,
    /// Where this price comes from.
    pub origin: PriceOrigin,
}

impl ModelPrice {
    /// The rates for a prompt of this size: those of the highest tier that it exceeds.
    #[must_use]
    pub fn rates_for(&self, prompt_tokens: u64) -> &Rates {
        let exceeded = self.tiers.iter().filter(|tier| prompt_tokens > tier.above);
        exceeded.max_by_key(|tier| tier.above).map_or(&self.rates, |tier| &tier.rates)
    }

    /// The rates for prompts of a size class: those of the highest tier whose limit lies not above it.
    #[must_use]
    pub fn rates_above(&self, class: u64) -> &Rates {
        let exceeded = self.tiers.iter().filter(|tier| tier.above <= class);
        exceeded.max_by_key(|tier| tier.above).map_or(&self.rates, |tier| &tier.rates)
    }

    /// The cost of one call.
    #[must_use]
    pub fn cost(&self, usage: &TokenUsage) -> Money {
        // `TokenUsage::prompt` would overflow on absurd counts.
        let prompt = usage.input.saturating_add(usage.cache_read).saturating_add(usage.cache_write);
        self.rates_for(prompt).cost(usage)
    }
}

/// Which price counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PriceBasis {
    /// What OpenClaw recorded where it is above zero, else the price book.
    #[default]
    Auto,
    /// The price book.
    List,
    /// Only what OpenClaw recorded.
    Recorded,
    /// One flat rate for every model.
    Reference,
}

impl PriceBasis {
    /// Every basis, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Auto, Self::List, Self::Recorded, Self::Reference];

    /// The word used by `--price-basis` and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::List => "list",
            Self::Recorded => "recorded",
            Self::Reference => "reference",
        }
    }

    /// The basis with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.word() == word)
    }
}

/// One line of the price book.
#[derive(Clone, Copy, Debug)]
pub struct PriceEntry<'a> {
    /// The installation that it holds for; `None` for all.
    pub installation: Option<&'a InstallationId>,
    /// The model; an empty provider stands for any.
    pub model: &'a ModelRef,
    /// Its price.
    pub price: &'a ModelPrice,
}

/// A price list as it was published.
#[derive(Clone, Debug)]
struct PublishedList {
    as_of: String,
    source: String,
    prices: ListIndex,
}

/// Every price in force, and those of earlier days.
///
/// A call is priced by the rates of its day: by the latest list that was published until then, or
/// by the first one for calls that are older than every list. Own prices hold from the day that
/// they name, or always. Prices in `openclaw.json` have no date and hold always.
///
/// A lookup costs some 40 ns for a name in the list to the letter and some 60 ns for any other
/// (250,000 calls: 10 and 15 ms), after some 400 ns for its first time; callers need no memo.
#[derive(Clone, Debug)]
pub struct PriceBook {
    lists: Dated<PublishedList>,
    own: Dated<Stated>,
    openclaw: BTreeMap<InstallationId, Stated>,
    reference: Rates,
}

impl PriceBook {
    /// A book from one list, the user's own prices (an empty provider stands for any), and
    /// the flat rate of the `reference` basis.
    #[must_use]
    pub fn new(
        as_of: String,
        source: String,
        embedded: Vec<(ModelRef, ModelPrice)>,
        own: Vec<(ModelRef, ModelPrice)>,
        reference: Rates,
    ) -> Self {
        let mut book = Self { lists: Dated::default(), own: Dated::default(), openclaw: BTreeMap::new(), reference };
        book.own.insert(Millis::MIN, Stated::new(own));
        book.add_list(Millis::MIN, as_of, source, embedded);
        book
    }

    /// Adds a list that holds from this time on, until a later one does.
    pub fn add_list(&mut self, from: Millis, as_of: String, source: String, prices: Vec<(ModelRef, ModelPrice)>) {
        self.lists.insert(from, PublishedList { as_of, source, prices: ListIndex::new(prices) });
    }

    /// Adds own prices that hold from this time on; those of an earlier time go on for other models.
    pub fn add_own(&mut self, from: Millis, prices: Vec<(ModelRef, ModelPrice)>) {
        let before = self.own.at(from).map(|stated| stated.prices.clone()).unwrap_or_default();
        let replaced = |model: &ModelRef| prices.iter().any(|(other, _)| other == model);
        let kept: Vec<_> = before.into_iter().filter(|(model, _)| !replaced(model)).collect();
        self.own.insert(from, Stated::new(prices.into_iter().chain(kept).collect()));
    }

    /// Replaces the prices of an installation; true when that changed any.
    pub fn set_openclaw(&mut self, installation: &InstallationId, prices: Vec<(ModelRef, ModelPrice)>) -> bool {
        let known = self.openclaw.get(installation).map_or(&[][..], |stated| &stated.prices);
        if known == prices {
            return false;
        }
        self.openclaw.insert(installation.clone(), Stated::new(prices));
        true
    }

    /// The price of a model at a time: the user's own, else the installation's, else the list's.
    ///
    /// Own and OpenClaw prices match by provider and name, to the letter. A price without a
    /// provider holds for all; a call without a provider takes the first price of its model.
    #[must_use]
    pub fn price(&self, installation: &InstallationId, model: &ModelRef, when: Millis) -> Option<&ModelPrice> {
        let own = self.own.at(when).and_then(|stated| stated.find(model));
        own.or_else(|| self.openclaw_price(installation, model)).or_else(|| self.list_at(when)?.prices.find(model))
    }

    /// The cost of a call by the book: nothing for a call that used nothing, `None` when the model has no price.
    #[must_use]
    pub fn list_cost(
        &self,
        installation: &InstallationId,
        model: &ModelRef,
        usage: &TokenUsage,
        when: Millis,
    ) -> Option<Money> {
        if *usage == TokenUsage::default() {
            return Some(Money::ZERO);
        }
        Some(self.price(installation, model, when)?.cost(usage))
    }

    /// The cost of a call at the flat rate.
    #[must_use]
    pub fn reference_cost(&self, usage: &TokenUsage) -> Money {
        self.reference.cost(usage)
    }

    /// The flat rate of the `reference` basis.
    #[must_use]
    pub fn reference(&self) -> &Rates {
        &self.reference
    }

    /// The times at which any price changes.
    #[must_use]
    pub fn changes(&self) -> BTreeSet<Millis> {
        self.lists.changes().chain(self.own.changes()).collect()
    }

    /// Every prompt size above which some model costs more or less.
    #[must_use]
    pub fn tier_limits(&self) -> BTreeSet<u64> {
        let listed = self.lists.iter().flat_map(|(_, list)| list.prices.prices());
        let own = self.own.iter().flat_map(|(_, stated)| &stated.prices);
        let openclaw = self.openclaw.values().flat_map(|stated| &stated.prices);
        listed.chain(own).chain(openclaw).flat_map(|(_, price)| price.tiers.iter().map(|tier| tier.above)).collect()
    }

    /// The size of a model's context window, from the first price that knows it.
    #[must_use]
    pub fn context_window(&self, installation: &InstallationId, model: &ModelRef) -> Option<u64> {
        let window = |price: &ModelPrice| price.context_window;
        let own = self.own.last().and_then(|stated| stated.find(model)).and_then(window);
        own.or_else(|| self.openclaw_price(installation, model).and_then(window))
            .or_else(|| self.lists.last()?.prices.find(model).and_then(window))
    }

    /// Every price in force once the last change has come, in the order in which they are asked.
    pub fn entries(&self) -> impl Iterator<Item = PriceEntry<'_>> {
        self.entries_at(Millis::MAX)
    }

    /// Every price in force at a time, in the order in which they are asked.
    pub fn entries_at(&self, when: Millis) -> impl Iterator<Item = PriceEntry<'_>> {
        let own = self.own.at(when).into_iter().flat_map(|stated| &stated.prices).map(|line| (None, line));
        let openclaw = self
            .openclaw
            .iter()
            .flat_map(|(installation, stated)| stated.prices.iter().map(move |line| (Some(installation), line)));
        let listed = self.list_at(when).into_iter().flat_map(|list| list.prices.prices()).map(|line| (None, line));
        let all = own.chain(openclaw).chain(listed);
        all.map(|(installation, (model, price))| PriceEntry { installation, model, price })
    }

    /// The date of the list in force at a time.
    #[must_use]
    pub fn as_of_at(&self, when: Millis) -> &str {
        self.list_at(when).map_or("", |list| &list.as_of)
    }

    /// Where the list in force at a time comes from.
    #[must_use]
    pub fn source_at(&self, when: Millis) -> &str {
        self.list_at(when).map_or("", |list| &list.source)
    }

    /// The dates of all lists, the oldest first.
    pub fn list_dates(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(|(_, list)| list.as_of.as_str())
    }

    fn list_at(&self, when: Millis) -> Option<&PublishedList> {
        self.lists.at(when).or_else(|| self.lists.first())
    }

    fn openclaw_price(&self, installation: &InstallationId, model: &ModelRef) -> Option<&ModelPrice> {
        self.openclaw.get(installation)?.find(model)
    }
}

/// Prices that somebody stated for exactly these names.
#[derive(Clone, Debug, Default)]
struct Stated {
    prices: Vec<(ModelRef, ModelPrice)>,
    by_ref: HashMap<ModelRef, usize>,
    /// By name alone: prices without a provider.
    of_any_provider: HashMap<Arc<str>, usize>,
    /// By name alone: the first price of each model, for calls without a provider.
    first: HashMap<Arc<str>, usize>,
}

impl Stated {
    fn new(prices: Vec<(ModelRef, ModelPrice)>) -> Self {
        let mut stated = Self::default();
        for (i, (model, _)) in prices.iter().enumerate() {
            if model.provider.is_empty() {
                stated.of_any_provider.entry(Arc::clone(&model.model)).or_insert(i);
            }
            stated.by_ref.entry(model.clone()).or_insert(i);
            stated.first.entry(Arc::clone(&model.model)).or_insert(i);
        }
        Self { prices, ..stated }
    }

    fn find(&self, model: &ModelRef) -> Option<&ModelPrice> {
        if self.prices.is_empty() {
            return None;
        }
        let alone = if model.provider.is_empty() { &self.first } else { &self.of_any_provider };
        let found = self.by_ref.get(model).or_else(|| alone.get(&model.model))?;
        Some(&self.prices[*found].1)
    }
}

#[cfg(test)]
mod tests;
