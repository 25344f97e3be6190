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
        let mut adding = Adding::new(slice, question, book, buckets);
        let mut places = adding.places(buckets);
        // Cells of one bucket and group stand together then.
        places.sort_unstable();
        for (place, cell) in places {
            adding.add(place, &slice.cells[cell]);
        }
        adding.series(question.limit)
    }
}

/// A bucket, and the group in it.
type Place = (usize, usize);

/// Sums in the making; groups have the numbers in which they were met.
struct Adding<'a> {
    slice: &'a UsageSlice,
    basis: PriceBasis,
    book: &'a PriceBook,
    prices: Prices<'a>,
    groups: Vec<(Group, Figures)>,
    /// The group of each key; none for keys that do not count.
    group_of: Vec<Option<usize>>,
    buckets: Vec<Bucket>,
    totals: Figures,
    unpriced: BTreeSet<&'a str>,
}

impl<'a> Adding<'a> {
    fn new(slice: &'a UsageSlice, question: &'a Question, book: &'a PriceBook, buckets: &Buckets) -> Self {
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
            book,
            prices: Prices::new(slice, book),
            groups: groups.into_iter().map(|group| (group, Figures::default())).collect(),
            group_of,
            buckets: buckets.iter().map(empty).collect(),
            totals: Figures::default(),
            unpriced: BTreeSet::new(),
        }
    }

    fn places(&self, buckets: &Buckets) -> Vec<(Place, usize)> {
        let place =
            |cell: &UsageCell| Some((buckets.position(cell.at)?, *self.group_of.get(cell.key as usize)?.as_ref()?));
        let cells = self.slice.cells.iter().enumerate();
        cells.filter_map(|(number, cell)| Some((place(cell)?, number))).collect()
    }

    fn add(&mut self, (bucket, group): Place, cell: &UsageCell) {
        let key = &self.slice.keys[cell.key as usize];
        let costs = Costs::of_sums_at(key, &cell.sums, self.prices.get(cell), self.book);
        let (priced, unpriced) = costs.on(self.basis);
        if unpriced > 0 {
            self.unpriced.insert(key.model.as_ref().map_or(NO_MODEL, |model| &*model.model));
        }
        let figures = Figures { sums: cell.sums, priced, unpriced: u64::from(unpriced) };
        let bucket = &mut self.buckets[bucket];
        match bucket.values.last_mut().filter(|(last, _)| *last == group) {
            Some((_, sums)) => sums.add(&figures),
            None => bucket.values.push((group, figures)),
        }
        bucket.totals.add(&figures);
        self.groups[group].1.add(&figures);
        self.totals.add(&figures);
    }

    fn series(self, limit: Option<usize>) -> Series {
        let mut order: Vec<usize> = (0..self.groups.len()).filter(|group| self.is_listed(*group)).collect();
        order.sort_by(|a, b| {
            let ((one, figures), (other, others)) = (&self.groups[*a], &self.groups[*b]);
            figures.rank(others).then_with(|| one.labels.cmp(&other.labels))
        });
        let left_out = order.len().saturating_sub(limit.unwrap_or(usize::MAX));
        order.truncate(order.len() - left_out);
        let mut rank_of = vec![None; self.groups.len()];
        for (rank, group) in order.iter().enumerate() {
            rank_of[*group] = Some(rank);
        }
        let mut buckets = self.buckets;
        for bucket in &mut buckets {
            let ranked = bucket.values.iter().filter_map(|(group, figures)| Some((rank_of[*group]?, *figures)));
            bucket.values = ranked.collect();
            bucket.values.sort_unstable_by_key(|(rank, _)| *rank);
        }
        Series {
            groups: order.iter().map(|group| self.groups[*group].clone()).collect(),
            left_out,
            buckets,
            totals: self.totals,
            unpriced_models: self.unpriced.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A key without a call in the range makes no group, but the one group of all there always is.
    fn is_listed(&self, group: usize) -> bool {
        self.groups[group].1.sums.calls > 0 || self.groups[group].0.labels.is_empty()
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
