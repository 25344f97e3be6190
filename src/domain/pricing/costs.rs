//! What calls cost on each basis: one call, or sums of calls, with the same result.

use super::{ModelPrice, PriceBasis, PriceBook};
use crate::domain::money::Money;
use crate::domain::rollup::{UsageKey, UsageSums};
use crate::domain::usage::ModelCall;
use crate::domain::{InstallationId, Millis};

/// What calls cost on each basis, and how many of them have no price on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// What OpenClaw recorded, else the list price.
    pub auto: Money,
    /// List prices.
    pub list: Money,
    /// What OpenClaw recorded.
    pub recorded: Money,
    /// The flat rate.
    pub reference: Money,
    /// Calls whose price is unknown on the basis `auto`.
    pub auto_unknown: u32,
    /// Calls whose price is unknown on the basis `list`.
    pub list_unknown: u32,
    /// Calls for which nothing was recorded although tokens were used.
    pub recorded_unknown: u32,
    /// Calls that the basis `auto` takes from the record.
    pub from_record: u32,
    /// Calls that the basis `auto` takes from the price book.
    pub from_list: u32,
}

impl Costs {
    /// The costs of one call. One that used no tokens costs what was recorded, and else nothing.
    #[must_use]
    pub fn of(call: &ModelCall, book: &PriceBook, installation: &InstallationId) -> Self {
        let used = call.usage.total() > 0;
        if !used && call.recorded.is_none() {
            return Self::default();
        }
        let priced = call.model.as_ref().and_then(|model| book.list_cost(installation, model, &call.usage, call.at));
        let list = if used { priced } else { Some(Money::ZERO) };
        let auto = call.recorded.or(list);
        Self {
            auto: auto.unwrap_or_default(),
            list: list.unwrap_or_default(),
            recorded: call.recorded.unwrap_or_default(),
            reference: book.reference_cost(&call.usage),
            auto_unknown: u32::from(auto.is_none()),
            list_unknown: u32::from(list.is_none()),
            recorded_unknown: u32::from(call.recorded.is_none()),
            from_record: u32::from(call.recorded.is_some()),
            from_list: u32::from(call.recorded.is_none() && list.is_some()),
        }
    }

    /// The costs of calls that were added up: exactly the sum of [`Costs::of`] over each of them,
    /// since a cost is linear in the tokens of one model, tier and day.
    #[must_use]
    pub fn of_sums(key: &UsageKey, sums: &UsageSums, when: Millis, book: &PriceBook) -> Self {
        let price = key.model.as_ref().and_then(|model| book.price(&key.owner.installation, model, when));
        Self::of_sums_at(key, sums, price, book)
    }

    /// The same with the price of the key's model at that time, for callers that looked it up before.
    #[must_use]
    pub fn of_sums_at(key: &UsageKey, sums: &UsageSums, price: Option<&ModelPrice>, book: &PriceBook) -> Self {
        let list = price.map(|price| price.rates_above(key.tier).cost(&sums.usage));
        let count = |calls: u64| u32::try_from(calls).unwrap_or(u32::MAX);
        let used = count(sums.used);
        let list_unknown = if list.is_some() { 0 } else { used };
        let list = list.unwrap_or_default();
        let reference = book.reference().cost(&sums.usage);
        if key.recorded {
            let from_record = count(sums.calls);
            Self {
                auto: sums.recorded,
                list,
                recorded: sums.recorded,
                reference,
                list_unknown,
                from_record,
                ..Self::default()
            }
        } else {
            Self {
                auto: list,
                list,
                reference,
                auto_unknown: list_unknown,
                list_unknown,
                recorded_unknown: used,
                from_list: used - list_unknown,
                ..Self::default()
            }
        }
    }

    /// Adds other costs.
    pub fn add(&mut self, other: &Self) {
        self.auto += other.auto;
        self.list += other.list;
        self.recorded += other.recorded;
        self.reference += other.reference;
        self.auto_unknown = self.auto_unknown.saturating_add(other.auto_unknown);
        self.list_unknown = self.list_unknown.saturating_add(other.list_unknown);
        self.recorded_unknown = self.recorded_unknown.saturating_add(other.recorded_unknown);
        self.from_record = self.from_record.saturating_add(other.from_record);
        self.from_list = self.from_list.saturating_add(other.from_list);
    }

    /// Takes costs out that were added before.
    pub fn subtract(&mut self, other: &Self) {
        self.auto -= other.auto;
        self.list -= other.list;
        self.recorded -= other.recorded;
        self.reference -= other.reference;
        self.auto_unknown = self.auto_unknown.saturating_sub(other.auto_unknown);
        self.list_unknown = self.list_unknown.saturating_sub(other.list_unknown);
        self.recorded_unknown = self.recorded_unknown.saturating_sub(other.recorded_unknown);
        self.from_record = self.from_record.saturating_sub(other.from_record);
        self.from_list = self.from_list.saturating_sub(other.from_list);
    }

    /// The sum on one basis, and how many calls have no price on it.
    #[must_use]
    pub fn on(&self, basis: PriceBasis) -> (Money, u32) {
        match basis {
            PriceBasis::Auto => (self.auto, self.auto_unknown),
            PriceBasis::List => (self.list, self.list_unknown),
            PriceBasis::Recorded => (self.recorded, self.recorded_unknown),
            PriceBasis::Reference => (self.reference, 0),
        }
    }
}
