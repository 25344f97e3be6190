//! Events → state → board, with 5,000 sessions.

use divan::Bencher;
use divan::counter::ItemsCount;
use factory_dashboard::domain::event::CallsKept;
use factory_dashboard::domain::health::LedgerHealth;
use factory_dashboard::live::LiveState;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::store::Ledger;

use super::inputs::{Caller, DAY_MS, NOW, SESSIONS, Year, book, listed};

/// A state that knows its sessions, and the transcript of each.
fn state() -> LiveState {
    let mut state = LiveState::new(book(), NOW);
    state.apply_all(listed(), Vec::new(), NOW);
    let mut caller = Caller::new(3);
    let calls = (0..SESSIONS).map(|session| caller.read(session, 20, NOW - DAY_MS, 60_000)).collect();
    state.apply_all(calls, vec![CallsKept::default(); SESSIONS], NOW);
    let board = state.board(NOW);
    let calls: u64 = board.sessions.iter().map(|session| session.totals.calls).sum();
    assert_eq!((board.sessions.len(), calls), (SESSIONS, 20 * SESSIONS as u64));
    state
}

/// One call, and the board that shows it.
#[divan::bench(sample_count = 200)]
fn apply_one_and_board(bencher: Bencher) {
    let mut state = state();
    let mut caller = Caller::new(4);
    let mut made = 0;
    bencher
        .with_inputs(|| {
            made += 1;
            vec![caller.read(usize::try_from(made).unwrap_or_default() % SESSIONS, 1, NOW + made, 0)]
        })
        .bench_local_values(|events| {
            state.apply_all(events, vec![CallsKept::default()], NOW);
            state.board(NOW)
        });
}

/// 1,000 calls of 10 sessions, no board.
#[divan::bench(sample_count = 50)]
fn apply_a_thousand(bencher: Bencher) {
    let mut state = state();
    let mut caller = Caller::new(5);
    bencher
        .counter(ItemsCount::new(1000_usize))
        .with_inputs(|| (0..10).map(|session| caller.read(session, 100, NOW, 1000)).collect())
        .bench_local_values(|events| state.apply_all(events, vec![CallsKept::default(); 10], NOW));
}

/// A board of which every session is new.
#[divan::bench(sample_count = 20)]
fn whole_board(bencher: Bencher) {
    let known = Year::make().ledger().known(NOW - 2 * DAY_MS).expect("the ledger answers");
    bencher
        .with_inputs(|| {
            let mut state = LiveState::new(book(), NOW);
            state.learn(known.clone(), NOW);
            state
        })
        .bench_local_refs(|state| {
            let board = state.board(NOW);
            assert_eq!(board.sessions.len(), SESSIONS);
            board
        });
}

/// A restart without its HTTP: the ledger opened, everything known, the first board.
#[divan::bench(sample_count = 10)]
fn restart(bencher: Bencher) {
    let year = Year::make();
    bencher.bench_local(|| {
        let ledger = Box::new(year.ledger());
        let mut pipeline = Pipeline::new(book(), ledger, LedgerHealth::default(), NOW).expect("it starts");
        let board = pipeline.board(NOW);
        assert_eq!(board.sessions.len(), SESSIONS);
        board
    });
}

/// One call through the whole of it: ledger, state, board.
#[divan::bench(sample_count = 200)]
fn take_in_one(bencher: Bencher) {
    let year = Year::make();
    let mut pipeline = Pipeline::new(book(), Box::new(year.ledger()), LedgerHealth::default(), NOW).expect("it starts");
    let mut caller = Caller::new(6);
    let mut made = 0;
    bencher
        .with_inputs(|| {
            made += 1;
            vec![caller.read(usize::try_from(made).unwrap_or_default() % SESSIONS, 1, NOW + made, 0)]
        })
        .bench_local_values(|mut events| {
            pipeline.take_in(&mut events, NOW).expect("it is kept");
            pipeline.board(NOW)
        });
}
