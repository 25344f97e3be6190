//! Calls → the ledger, in a file on disk.

use divan::Bencher;
use divan::counter::ItemsCount;
use factory_dashboard::domain::event::Event;
use factory_dashboard::store::Ledger;
use tempfile::TempDir;

use super::inputs::{Caller, DAY_MS, NOW, SESSIONS, Year, book, listed, open};

/// New calls by the transaction, into a ledger that holds none before: so many in each. They belong
/// to a session for every 100 of them.
#[divan::bench(args = [1, 10, 100, 1000, 8192], sample_count = 30)]
fn append(bencher: Bencher, batch: usize) {
    let folder = TempDir::new().expect("a scratch folder");
    let mut ledger = open(folder.path(), &book().changes());
    ledger.commit(&listed()).expect("the ledger takes sessions");
    let mut batches = Batches::default();
    bencher
        .counter(ItemsCount::new(batch))
        .with_inputs(|| batches.next(batch))
        .bench_local_values(|events| commit(&mut ledger, &events));
}

/// One new call with 200,000 behind it: to be held against `append` of one.
#[divan::bench(sample_count = 200)]
fn append_one_behind_a_year(bencher: Bencher) {
    let year = Year::make();
    let mut ledger = year.ledger();
    let mut batches = Batches::default();
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| batches.next(1))
        .bench_local_values(|events| commit(&mut ledger, &events));
}

/// What the program begins with: 5,000 sessions, 200,000 calls.
#[divan::bench(sample_count = 10)]
fn known(bencher: Bencher) {
    let year = Year::make();
    let mut ledger = year.ledger();
    bencher.bench_local(|| {
        let known = ledger.known(NOW - 2 * DAY_MS).expect("the ledger answers");
        let calls: u64 = known.transcripts.iter().flat_map(|one| &one.days).map(|(_, _, sums)| sums.calls).sum();
        assert_eq!((known.sessions.len(), calls), (SESSIONS, year.calls));
        known
    });
}

fn commit(ledger: &mut impl Ledger, events: &[Event]) {
    let kept = ledger.commit(events).expect("the ledger takes calls");
    assert!(kept.len() == events.len() && kept.iter().all(|kept| kept.known.is_empty()), "every call is new");
}

/// Batches of new calls, one after the other in time.
struct Batches {
    caller: Caller,
    made: usize,
}

impl Default for Batches {
    fn default() -> Self {
        Self { caller: Caller::new(2), made: 0 }
    }
}

impl Batches {
    fn next(&mut self, calls: usize) -> Vec<Event> {
        let each = calls.min(100);
        let mut events = Vec::new();
        for _ in 0..calls.div_ceil(each) {
            self.made += 1;
            let from = NOW + i64::try_from(self.made).unwrap_or_default() * 1000;
            let left = calls - events.len() * each;
            events.push(self.caller.read(self.made % SESSIONS, each.min(left), from, 1000));
        }
        events
    }
}
