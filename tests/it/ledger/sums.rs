//! The sums of the ledger: by days of any zone, by the limits of prompts, and of calls that are given up.

use std::collections::BTreeSet;

use factory_dashboard::domain::event::Event;
use factory_dashboard::domain::money::Money;
use factory_dashboard::domain::rollup::UsageSums;
use factory_dashboard::domain::usage::{CallOutcome, ModelCall, StopReason, TokenUsage};
use factory_dashboard::domain::{AgentRef, ModelRef, TranscriptRef};
use factory_dashboard::store::sqlite::SqliteLedger;
use factory_dashboard::store::{Grain, Ledger, UsageHistory};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rusqlite::Connection;

use super::{calls_in, data};
const ZONES: [&str; 6] =
    ["Asia/Seoul", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "UTC"];
/// 2026-10-20T00:00:00Z: both hemispheres change their clocks in the forty days after it.
pub(super) const FROM: i64 = 1_792_454_400_000;

pub(super) fn transcript(agent: &str, id: &str) -> TranscriptRef {
    TranscriptRef { owner: AgentRef { installation: "test".into(), agent: agent.into() }, session_id: id.into() }
}

pub(super) fn model_call(identity: u64, at: i64, output: u64) -> ModelCall {
    ModelCall {
        identity,
        at,
        model: Some(ModelRef::new("anthropic", "claude-opus-4-5")),
        usage: TokenUsage { input: 10, output, cache_read: 300_000, cache_write: 0 },
        recorded: None,
        outcome: CallOutcome::Answered,
        stop: StopReason::Stop,
        message_id: Some("m".into()),
        error: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn days_of_any_zone_are_the_sums_of_their_calls(
        calls in prop::collection::vec((0_i64..40 * 86_400_000, 0_usize..6, 0_u64..600_000, prop::option::of(1_i64..9_000_000)), 1..60),
        zone in prop::sample::select(&ZONES[..]),
        cut in (0_i64..30 * 86_400_000, 0_i64..40 * 86_400_000),
    ) {
        days_are_right(&calls, zone, cut);
    }
}

fn days_are_right(calls: &[(i64, usize, u64, Option<i64>)], zone: &str, cut: (i64, i64)) {
    let zone = TimeZone::get(zone).unwrap();
    let change = FROM + 10 * 86_400_000;
    let mut ledger = SqliteLedger::in_memory(BTreeSet::from([change])).unwrap();
    ledger.set_tier_limits(&BTreeSet::from([200_000])).unwrap();
    let made: Vec<(String, ModelCall)> = (0..)
        .zip(calls)
        .map(|(identity, (after, kind, input, recorded))| {
            let outcome = [CallOutcome::Answered, CallOutcome::Failed, CallOutcome::Aborted][kind % 3];
            let call = ModelCall {
                usage: TokenUsage { input: *input, output: 1, cache_read: 0, cache_write: 2 },
                recorded: recorded.map(Money::from_nanos),
                outcome,
                ..model_call(identity, FROM + after, 0)
            };
            (["a", "b"][kind / 3].to_owned(), call)
        })
        .collect();
    // In two commits with a question between them, so that days that were kept have to be read again.
    let whole = FROM - 86_400_000..FROM + 45 * 86_400_000;
    for half in made.chunks(made.len().div_ceil(2)) {
        let read = |(agent, call): &(String, ModelCall)| Event::CallsRead {
            transcript: transcript(agent, "s"),
            archived: false,
            began_at: None,
            calls: vec![call.clone()],
            tail: None,
        };
        ledger.commit(&half.iter().map(read).collect::<Vec<_>>()).unwrap();
        ledger.history().usage(whole.clone(), &Grain::Day(zone.clone())).unwrap();
    }
    let slot = |at: i64| at.div_euclid(900_000) * 900_000;
    let (from, to) = (slot(FROM + cut.0.min(cut.1)), slot(FROM + cut.0.max(cut.1)) + 900_000);
    for range in [whole, from..to] {
        let day = |at: i64| (Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone()).date(), at >= change);
        let mut expected = std::collections::BTreeMap::new();
        for (agent, call) in made.iter().filter(|(_, call)| range.contains(&call.at)) {
            let tier = if call.usage.input + 2 > 200_000 { 200_000 } else { 0 };
            let name = (day(call.at), agent.clone(), tier, call.recorded.is_some());
            expected.entry(name).or_insert_with(UsageSums::default).add(&UsageSums::of(call));
        }
        for slice in [
            ledger.history().usage(range.clone(), &Grain::Day(zone.clone())).unwrap().as_ref().clone(),
            ledger.history().usage_by_session(range.clone(), &Grain::Day(zone.clone())).unwrap(),
            ledger.history().usage(range.clone(), &Grain::Slot).unwrap().as_ref().clone(),
        ] {
            let mut found = std::collections::BTreeMap::new();
            for cell in &slice.cells {
                let key = &slice.keys[cell.key as usize];
                let name = (day(cell.at), key.owner.agent.to_string(), key.tier, key.recorded);
                found.entry(name).or_insert_with(UsageSums::default).add(&cell.sums);
            }
            assert_eq!(found, expected, "{range:?} {zone:?}");
        }
    }
}

#[test]
fn other_limits_of_prompts_move_the_sums_exactly() {
    let data = data();
    let mut ledger = SqliteLedger::open(&data.path().join("ledger.sqlite"), BTreeSet::new()).unwrap();
    let calls = vec![model_call(1, FROM, 1), model_call(2, FROM + 1, 1)];
    let read =
        Event::CallsRead { transcript: transcript("a", "s"), archived: false, began_at: None, calls, tail: None };
    ledger.commit(&[read]).unwrap();
    for (limits, tier) in [
        (vec![128_000], 128_000),
        (vec![500_000], 128_000),
        (vec![200_000, 300_010], 200_000),
        (vec![300_009], 300_009),
    ] {
        ledger.set_tier_limits(&limits.into_iter().collect()).unwrap();
        let slice = ledger.history().usage(FROM..FROM + 900_000, &Grain::Slot).unwrap();
        let found: Vec<(u64, u64)> =
            slice.cells.iter().map(|cell| (slice.keys[cell.key as usize].tier, cell.sums.calls)).collect();
        assert_eq!(found, [(tier, 2)]);
    }
}

#[test]
fn calls_that_are_given_up_still_count_and_never_twice() {
    let data = data();
    let mut ledger = SqliteLedger::open(&data.path().join("ledger.sqlite"), BTreeSet::new()).unwrap();
    let day = 86_400_000;
    let read = |calls: Vec<ModelCall>| Event::CallsRead {
        transcript: transcript("a", "s"),
        archived: false,
        began_at: None,
        calls,
        tail: None,
    };
    let calls: Vec<ModelCall> = (0..10).map(|i| model_call(i, FROM + i.cast_signed() * day + 5, i)).collect();
    ledger.commit(&[read(calls.clone())]).unwrap();
    let whole = FROM..FROM + 20 * day;
    let sums = |ledger: &SqliteLedger| {
        let zone = Grain::Day(TimeZone::get("Asia/Seoul").unwrap());
        let of = |slice: &factory_dashboard::domain::rollup::UsageSlice| {
            slice
                .cells
                .iter()
                .fold((0, 0), |(calls, output), cell| (calls + cell.sums.calls, output + cell.sums.usage.output))
        };
        let history = ledger.history();
        (
            of(&history.usage(whole.clone(), &zone).unwrap()),
            of(&history.usage_by_session(whole.clone(), &zone).unwrap()),
        )
    };
    assert_eq!(sums(&ledger), ((10, 45), (10, 45)));
    assert_eq!(ledger.forget_calls_before(FROM + 4 * day + 77).unwrap(), 4);
    assert_eq!((calls_in(&data), sums(&ledger)), (6, ((10, 45), (10, 45))));
    // The same records again, and one of those days that was never seen.
    let late = model_call(99, FROM + 6, 1000);
    ledger.commit(&[read([calls, vec![late]].concat())]).unwrap();
    assert_eq!(sums(&ledger), ((11, 1045), (11, 1045)));
    assert_eq!(ledger.history().first_call_at().unwrap(), Some(FROM + 6));
    assert_eq!(ledger.forget_calls_before(FROM + 4 * day).unwrap(), 0);
    assert_eq!(ledger.forget_calls_before(FROM + 5 * day).unwrap(), 2);
    assert_eq!((calls_in(&data), sums(&ledger)), (5, ((11, 1045), (11, 1045))));
    let connection = Connection::open(data.path().join("ledger.sqlite")).unwrap();
    assert_eq!(factory_dashboard::store::sqlite::care::check(&connection).unwrap(), [""; 0]);
    connection
        .execute("update usage_slots set output = output + 1 where slot = (select max(slot) from usage_slots)", [])
        .unwrap();
    assert_eq!(
        factory_dashboard::store::sqlite::care::check(&connection).unwrap(),
        ["2 rows of usage_slots are not the sums of their calls"]
    );
}
