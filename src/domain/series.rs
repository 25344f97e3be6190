//! Usage over time: the ledger's cells → groups × buckets, with what they cost on a basis.
//!
//! `buckets.rs` cuts time, `range.rs` says what a range means, `group.rs` what is kept apart.
//! Deliberately absent: the ledger itself (`store`) and every format.

mod buckets;
mod group;
mod range;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

pub use self::buckets::{Buckets, Step, TooMany, date_of, local_rfc3339};
use self::group::Grouping;
pub use self::group::{Dimension, Filter, Group, GroupSession};
pub use self::range::{Last, Moment, Start, resolve};
use super::Millis;
use super::money::Money;
use super::pricing::{Costs, ModelPrice, PriceBasis, PriceBook};
use super::rollup::{UsageCell, UsageKey, UsageSlice, UsageSums};

/// What stands for the name of a model that no record names.
pub const NO_MODEL: &str = "(no model named)";

/// Sums and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls and tokens.
    pub sums: UsageSums,
    /// What the calls with a price cost.
    pub priced: Money,
    /// Calls that used tokens and have no price.
    pub unpriced: u64,
}

impl Figures {
    /// The cost, without calls that have no price; unknown when no call that used tokens has one.
    #[must_use]
    pub fn cost(&self) -> Option<Money> {
        let unknown = self.unpriced > 0 && self.unpriced >= self.sums.used && self.priced == Money::ZERO;
        (!unknown).then_some(self.priced)
    }

    /// All tokens of all buckets.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        let usage = &self.sums.usage;
        [usage.input, usage.output, usage.cache_read, usage.cache_write].into_iter().fold(0, u64::saturating_add)
    }

    /// Adds other figures.
    pub fn add(&mut self, other: &Self) {
        self.sums.add(&other.sums);
        self.priced += other.priced;
        self.unpriced += other.unpriced;
    }

    /// Whether these stand before others in a list: the dearest first, then unknown costs, then by tokens.
    #[must_use]
    pub fn rank(&self, other: &Self) -> std::cmp::Ordering {
        other.cost().cmp(&self.cost()).then_with(|| other.tokens().cmp(&self.tokens()))
    }
}

/// How cells are to be added up.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// What is kept apart; nothing gives one group.
    pub dimensions: Vec<Dimension>,
    /// Which calls count.
    pub filter: Filter,
    /// The price basis.
    pub basis: PriceBasis,
    /// How many groups are listed, the dearest first.
    pub limit: Option<usize>,
}

/// One stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// From when to when.
    pub range: Range<Millis>,
    /// The groups with calls in it, by their place in [`Series::groups`].
    pub values: Vec<(usize, Figures)>,
    /// Everything in it, groups that are not listed included.
    pub totals: Figures,
}

/// Usage over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// The groups with what they sum up to, the dearest first.
    pub groups: Vec<(Group, Figures)>,
    /// How many more there are.
    pub left_out: usize,
    /// Every bucket of the range, the empty ones too.
    pub buckets: Vec<Bucket>,
    /// Everything.
    pub totals: Figures,
    /// The models without a price on this basis.
    pub unpriced_models: Vec<String>,
}

impl Series {
    /// Adds cells up. Cells outside of the buckets do not count.
    #[must_use]
    pub fn of(slice: &UsageSlice, buckets: &Buckets, question: &Question, book: &PriceBook) -> Self {
        let mut adding = Adding::new(slice, question, buckets);
        let prices = Prices::new(slice, book);
        let add = |(number, cell)| adding.add(number, cell, &prices, buckets);
        let entries = slice.cells.iter().enumerate().filter_map(add).collect();
        adding.series(entries, question.limit)
    }
}

/// A cell with its place and price.
struct Entry {
    bucket: usize,
    group: usize,
    cell: usize,
    priced: Money,
    unpriced: u64,
}

/// Sums in the making; groups have the numbers in which they were met.
struct Adding<'a> {
    slice: &'a UsageSlice,
    basis: PriceBasis,
    groups: Vec<(Group, Figures)>,
    /// The group of each key; none for keys that do not count.
    group_of: Vec<Option<usize>>,
    buckets: Vec<Bucket>,
    totals: Figures,
    unpriced: BTreeSet<&'a str>,
}

impl<'a> Adding<'a> {
    fn new(slice: &'a UsageSlice, question: &'a Question, buckets: &Buckets) -> Self {
        let mut grouping = Grouping::new(&question.dimensions);
        let number = |key: &UsageKey| question.filter.allows(key).then(|| grouping.number(key));
        let group_of = slice.keys.iter().map(number).collect();
        let mut groups = grouping.groups;
        if question.dimensions.is_empty() && groups.is_empty() {
            groups.push(Group { labels: Vec::new(), session: None });
        }
        let empty = |range| Bucket { range, values: Vec::new(), totals: Figures::default() };
        Self {
            slice,
            basis: question.basis,
            groups: groups.into_iter().map(|group| (group, Figures::default())).collect(),
            group_of,
            buckets: buckets.iter().map(empty).collect(),
            totals: Figures::default(),
            unpriced: BTreeSet::new(),
        }
    }

    /// Adds a cell to everything but the values of its bucket, whose order is not known yet.
    fn add(&mut self, number: usize, cell: &UsageCell, prices: &Prices<'_>, buckets: &Buckets) -> Option<Entry> {
        let (bucket, group) = (buckets.position(cell.at)?, self.group_of[cell.key as usize]?);
        let key = &self.slice.keys[cell.key as usize];
        let (priced, unpriced) = Costs::of_sums_at(key, &cell.sums, prices.get(cell), prices.book).on(self.basis);
        if unpriced > 0 {
            self.unpriced.insert(key.model.as_ref().map_or(NO_MODEL, |model| &*model.model));
        }
        let unpriced = u64::from(unpriced);
        let figures = Figures { sums: cell.sums, priced, unpriced };
        self.buckets[bucket].totals.add(&figures);
        self.groups[group].1.add(&figures);
        self.totals.add(&figures);
        Some(Entry { bucket, group, cell: number, priced, unpriced })
    }

    fn series(mut self, mut entries: Vec<Entry>, limit: Option<usize>) -> Series {
        let (order, left_out) = self.order(limit);
        let mut rank_of = vec![None; self.groups.len()];
        for (rank, group) in order.iter().enumerate() {
            rank_of[*group] = Some(rank);
        }
        // Most often they are in the order of time already.
        entries.sort_by_key(|entry| entry.bucket);
        let mut sums = vec![Figures::default(); order.len()];
        for of_bucket in entries.chunk_by(|a, b| a.bucket == b.bucket) {
            let mut ranks = Vec::new();
            for Entry { group, cell, priced, unpriced, .. } in of_bucket {
                let Some(rank) = rank_of[*group] else { continue };
                if sums[rank].sums.calls == 0 {
                    ranks.push(rank);
                }
                sums[rank].add(&Figures { sums: self.slice.cells[*cell].sums, priced: *priced, unpriced: *unpriced });
            }
            ranks.sort_unstable();
            let values = ranks.into_iter().map(|rank| (rank, std::mem::take(&mut sums[rank])));
            self.buckets[of_bucket[0].bucket].values = values.collect();
        }
        Series {
            groups: order.iter().map(|group| self.groups[*group].clone()).collect(),
            left_out,
            buckets: self.buckets,
            totals: self.totals,
            unpriced_models: self.unpriced.into_iter().map(str::to_owned).collect(),
        }
    }

    /// The groups that are listed, the dearest first, and how many are not.
    fn order(&self, limit: Option<usize>) -> (Vec<usize>, usize) {
        // A key without a call in the range makes no group, but the one group of all there always is.
        let is_any = |group: &usize| self.groups[*group].1.sums.calls > 0 || self.groups[*group].0.labels.is_empty();
        let mut order: Vec<usize> = (0..self.groups.len()).filter(is_any).collect();
        order.sort_by(|a, b| {
            let ((one, figures), (other, others)) = (&self.groups[*a], &self.groups[*b]);
            figures.rank(others).then_with(|| one.labels.cmp(&other.labels))
        });
        let left_out = order.len().saturating_sub(limit.unwrap_or(usize::MAX));
        order.truncate(order.len() - left_out);
        (order, left_out)
    }
}

/// Prices that were looked up, by key and by the time between two changes.
struct Prices<'a> {
    keys: &'a [UsageKey],
    book: &'a PriceBook,
    changes: Vec<Millis>,
    known: Vec<OnceCell<Option<&'a ModelPrice>>>,
}

impl<'a> Prices<'a> {
    fn new(slice: &'a UsageSlice, book: &'a PriceBook) -> Self {
        let changes: Vec<Millis> = book.changes().into_iter().collect();
        let known = vec![OnceCell::new(); slice.keys.len() * (changes.len() + 1)];
        Self { keys: &slice.keys, book, changes, known }
    }

    fn get(&self, cell: &UsageCell) -> Option<&'a ModelPrice> {
        let since = self.changes.partition_point(|change| *change <= cell.at);
        let key = &self.keys[cell.key as usize];
        let known = &self.known[cell.key as usize * (self.changes.len() + 1) + since];
        *known.get_or_init(|| self.book.price(&key.owner.installation, key.model.as_ref()?, cell.at))
    }
}

#[cfg(test)]
mod tests;
