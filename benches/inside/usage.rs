//! Questions to a ledger with a year of calls: 20 agents, 5 models, 200,000 calls.

use std::ops::Range;

use divan::Bencher;
use factory_dashboard::domain::Millis;
use factory_dashboard::domain::pricing::PriceBook;
use factory_dashboard::domain::series::{Buckets, Dimension, Question, Series, Step};
use factory_dashboard::store::sqlite::{SqliteHistory, file_in, read_only};
use factory_dashboard::store::{Grain, UsageHistory};
use jiff::tz::TimeZone;

use super::inputs::{DAY_MS, NOW, YEAR, book};

/// A question as the page asks it.
struct Asked {
    range: Range<Millis>,
    dimensions: Vec<Dimension>,
}

impl Asked {
    fn ninety_days() -> Self {
        Self { range: NOW - 90 * DAY_MS..NOW, dimensions: vec![Dimension::Agent, Dimension::Model] }
    }

    fn year() -> Self {
        Self { range: NOW - 365 * DAY_MS..NOW, dimensions: Vec::new() }
    }

    fn answer(&self, history: &SqliteHistory, book: &PriceBook) -> Series {
        let slice = history.usage(self.range.clone(), &Grain::Day(TimeZone::UTC)).expect("the ledger answers");
        let buckets = Buckets::of(&self.range, Step::Day, &TimeZone::UTC).expect("not too many");
        let question = Question { dimensions: self.dimensions.clone(), ..Question::default() };
        Series::of(&slice, &buckets, &question, book)
    }
}

/// A history that has kept nothing yet.
fn fresh() -> SqliteHistory {
    let connection = read_only(&file_in(YEAR.folder.path())).expect("the ledger can be read");
    SqliteHistory::beside_the_writer(connection, YEAR.price_changes.clone())
}

/// The first question in a zone: its days are added up.
fn cold(bencher: Bencher, asked: &Asked) {
    let book = book();
    bencher.with_inputs(fresh).bench_local_refs(|history| asked.answer(history, &book));
}

/// Another question in the zone.
fn kept(bencher: Bencher, asked: &Asked) {
    let (history, book) = (fresh(), book());
    asked.answer(&history, &book);
    bencher.bench_local(|| asked.answer(&history, &book));
}

#[divan::bench(sample_count = 20)]
fn ninety_days_by_agent_and_model_cold(bencher: Bencher) {
    cold(bencher, &Asked::ninety_days());
}

#[divan::bench(sample_count = 50)]
fn ninety_days_by_agent_and_model_kept(bencher: Bencher) {
    let series = Asked::ninety_days().answer(&fresh(), &book());
    assert_eq!((series.groups.len(), series.buckets.len()), (100, 90));
    kept(bencher, &Asked::ninety_days());
}

#[divan::bench(sample_count = 10)]
fn year_by_day_cold(bencher: Bencher) {
    cold(bencher, &Asked::year());
}

#[divan::bench(sample_count = 50)]
fn year_by_day_kept(bencher: Bencher) {
    let series = Asked::year().answer(&fresh(), &book());
    assert_eq!((series.totals.sums.calls, series.buckets.len()), (YEAR.calls, 365));
    assert!(series.unpriced_models.is_empty() && series.totals.cost().is_some(), "every model has a price");
    kept(bencher, &Asked::year());
}
