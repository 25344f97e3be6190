//! Cells against single calls: sums and costs, by hand and by properties.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::*;
use crate::domain::pricing::{PriceOrigin, Rates, Tier};
use crate::domain::rollup::{SLOT_MS, SessionName, slot_of, tier_of};
use crate::domain::session::SessionType;
use crate::domain::usage::{CallOutcome, ModelCall, StopReason, TokenUsage};
use crate::domain::{AgentRef, ModelRef};

/// The day on which prices change in these tests.
const CHANGE: Millis = 1_793_491_200_000; // 2026-11-01T00:00:00Z

fn call(at: Millis, model: &str, usage: [u64; 4], recorded: Option<i64>) -> ModelCall {
    let [input, output, cache_read, cache_write] = usage;
    ModelCall {
        identity: 0,
        at,
        model: (!model.is_empty()).then(|| ModelRef::new("acme", model)),
        usage: TokenUsage { input, output, cache_read, cache_write },
        recorded: recorded.map(Money::from_nanos),
        outcome: CallOutcome::Answered,
        stop: StopReason::Stop,
        message_id: None,
        error: None,
    }
}

fn owner(agent: &str) -> AgentRef {
    AgentRef { installation: "home".into(), agent: agent.into() }
}

fn price(input: u64) -> ModelPrice {
    let rates = |times| Rates {
        input: input * times,
        output: input * 5 * times,
        cache_read: input / 10 * times,
        cache_write: input * times + input / 4 * times,
    };
    let tiers = vec![Tier { above: 100_000, rates: rates(2) }, Tier { above: 50_000, rates: rates(1) }];
    ModelPrice { rates: rates(1), tiers, context_window: None, origin: PriceOrigin::Embedded }
}

/// `large` costs $3 and later $2 per million input tokens; `small` $0.25 and later, by an own price, $0.50.
fn book() -> PriceBook {
    let list =
        |large| vec![(ModelRef::new("acme", "large"), price(large)), (ModelRef::new("acme", "small"), price(250_000))];
    let mut book = PriceBook::new("2026-01-01".into(), "a test".into(), list(3_000_000), vec![], Rates::REFERENCE);
    book.add_list(CHANGE, "2026-11-01".into(), "a test".into(), list(2_000_000));
    book.add_own(CHANGE, vec![(ModelRef::new("acme", "small"), price(500_000))]);
    book
}

/// The cells of calls, in quarters of an hour, as the ledger keeps them.
fn slice(calls: &[(AgentRef, Option<Arc<SessionName>>, ModelCall)], book: &PriceBook) -> UsageSlice {
    let limits: Vec<u64> = book.tier_limits().into_iter().collect();
    let mut keys: Vec<UsageKey> = Vec::new();
    let mut cells: BTreeMap<(Millis, u32), UsageSums> = BTreeMap::new();
    for (owner, session, call) in calls {
        let key = UsageKey {
            owner: owner.clone(),
            session_type: session
                .as_ref()
                .and_then(|name| name.key.as_ref())
                .map(crate::domain::SessionKey::session_type),
            session: session.clone(),
            model: call.model.clone(),
            tier: tier_of(call.usage.prompt(), &limits),
            recorded: call.recorded.is_some(),
        };
        let number = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            keys.push(key);
            keys.len() - 1
        });
        let place = (slot_of(call.at) * SLOT_MS, u32::try_from(number).unwrap());
        cells.entry(place).or_default().add(&UsageSums::of(call));
    }
    let cells = cells.into_iter().map(|((at, key), sums)| UsageCell { at, key, sums }).collect();
    UsageSlice { keys: Arc::new(keys), cells }
}

fn unnamed(calls: &[ModelCall]) -> Vec<(AgentRef, Option<Arc<SessionName>>, ModelCall)> {
    calls.iter().map(|call| (owner("main"), None, call.clone())).collect()
}

fn ask(calls: &[(AgentRef, Option<Arc<SessionName>>, ModelCall)], dimensions: &[Dimension]) -> Series {
    let range = at("2026-10-31T00:00:00Z")..at("2026-11-03T00:00:00Z");
    let buckets = Buckets::of(&range, Step::Day, &TimeZone::UTC).unwrap();
    let question = Question { dimensions: dimensions.to_vec(), basis: PriceBasis::List, ..Question::default() };
    Series::of(&slice(calls, &book()), &buckets, &question, &book())
}

fn nanos(figures: &Figures) -> Option<i64> {
    figures.cost().map(Money::nanos)
}

#[test]
fn a_call_is_priced_by_the_rates_of_its_day() {
    let calls = unnamed(&[
        // The last second of October: 1,000 x $3/M + 100 x $15/M = $0.0045.
        call(CHANGE - 1000, "large", [1000, 100, 0, 0], None),
        // The first moment of November: 1,000 x $2/M + 100 x $10/M = $0.003.
        call(CHANGE, "large", [1000, 100, 0, 0], None),
        // 1,000 x $0.25/M = $0.00025, and 1,000 x $0.50/M = $0.0005.
        call(CHANGE - 1000, "small", [1000, 0, 0, 0], None),
        call(CHANGE, "small", [1000, 0, 0, 0], None),
    ]);
    let series = ask(&calls, &[Dimension::Model]);
    let names: Vec<_> =
        series.groups.iter().map(|(group, figures)| (group.labels[0].as_str(), nanos(figures))).collect();
    assert_eq!(names, [("large", Some(7_500_000)), ("small", Some(750_000))]);
    let days: Vec<_> = series.buckets.iter().map(|bucket| nanos(&bucket.totals)).collect();
    assert_eq!(days, [Some(4_750_000), Some(3_500_000), Some(0)], "a gap costs nothing");
    assert_eq!(nanos(&series.totals), Some(8_250_000));
}

#[test]
fn unknown_prices_are_counted_and_named() {
    let only_unknown = unnamed(&[call(CHANGE, "mystery", [5, 5, 0, 0], None), call(CHANGE, "", [1, 0, 0, 0], None)]);
    let series = ask(&only_unknown, &[]);
    assert_eq!((nanos(&series.totals), series.totals.unpriced), (None, 2));
    assert_eq!(series.unpriced_models, [NO_MODEL, "mystery"]);

    let mixed = [only_unknown, unnamed(&[call(CHANGE, "large", [1000, 0, 0, 0], None)])].concat();
    let series = ask(&mixed, &[Dimension::Model]);
    assert_eq!((nanos(&series.totals), series.totals.unpriced), (Some(2_000_000), 2));
    // The priced one first, then by tokens.
    let order: Vec<_> = series.groups.iter().map(|(group, _)| group.labels[0].as_str()).collect();
    assert_eq!(order, ["large", "mystery", ""]);
    // A failed call that used nothing costs nothing, whatever its model.
    assert_eq!(nanos(&ask(&unnamed(&[call(CHANGE, "mystery", [0; 4], None)]), &[]).totals), Some(0));
}

#[test]
fn transcripts_of_one_key_are_one_session() {
    let name =
        |key: Option<&str>, id: &str| Some(Arc::new(SessionName { key: key.map(Into::into), session_id: id.into() }));
    let one = |agent, session, input| (owner(agent), session, call(CHANGE, "large", [input, 0, 0, 0], None));
    let calls = [
        one("main", name(Some("agent:main:cron:j"), "a"), 1),
        one("main", name(Some("agent:main:cron:j"), "b"), 2),
        one("main", name(None, "c"), 4),
        one("main", name(Some("global"), "d"), 8),
        one("ops", name(Some("global"), "e"), 16),
    ];
    let series = ask(&calls, &[Dimension::Session, Dimension::Model]);
    let found: Vec<_> = series
        .groups
        .iter()
        .map(|(group, figures)| {
            let session = group.session.as_ref().unwrap();
            (group.labels[0].as_str(), session.owner.agent.as_str(), session.session_type, figures.sums.usage.input)
        })
        .collect();
    let expected = [
        ("global", "ops", Some(SessionType::Main), 16),
        ("global", "main", Some(SessionType::Main), 8),
        ("agent:main:c", "main", None, 4),
        ("agent:main:cron:j", "main", Some(SessionType::Cron), 3),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_limit_lists_the_dearest_and_totals_stay_whole() {
    let calls: Vec<_> = ["a", "b", "c"]
        .iter()
        .zip([2, 3, 1])
        .map(|(agent, input)| (owner(agent), None, call(CHANGE, "large", [input, 0, 0, 0], None)))
        .collect();
    let range = CHANGE..CHANGE + 24 * HOUR;
    let buckets = Buckets::of(&range, Step::Day, &TimeZone::UTC).unwrap();
    let filter =
        |agents: &[&str]| Filter { agents: agents.iter().map(|&one| one.to_owned()).collect(), ..Filter::default() };
    let asked = |limit, agents: &[&str]| {
        let question =
            Question { dimensions: vec![Dimension::Agent], filter: filter(agents), limit, ..Question::default() };
        let series = Series::of(&slice(&calls, &book()), &buckets, &question, &book());
        let names: Vec<_> = series.groups.iter().map(|(group, _)| group.labels[0].clone()).collect();
        let values: Vec<_> =
            series.buckets[0].values.iter().map(|(group, one)| (*group, one.sums.usage.input)).collect();
        (names, values, series.left_out, series.buckets[0].totals.sums.calls, series.totals.sums.calls)
    };
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(asked(None, &[]), (names(&["b", "a", "c"]), vec![(0, 3), (1, 2), (2, 1)], 0, 3, 3));
    assert_eq!(asked(Some(1), &[]), (names(&["b"]), vec![(0, 3)], 2, 3, 3));
    assert_eq!(asked(Some(0), &[]), (vec![], vec![], 3, 3, 3));
    assert_eq!(asked(None, &["c", "a"]), (names(&["a", "c"]), vec![(0, 2), (1, 1)], 0, 2, 2));
}

#[test]
fn nothing_is_one_group_without_a_call() {
    let series = ask(&[], &[]);
    assert_eq!((series.groups.len(), series.buckets.len(), nanos(&series.totals)), (1, 3, Some(0)));
    assert_eq!(ask(&[], &[Dimension::Agent]).groups.len(), 0);
}

prop_compose! {
    fn some_call(range: Range<Millis>)(
        at in range,
        model in prop::sample::select(&["large", "small", "mystery", ""][..]),
        usage in prop::array::uniform4(prop_oneof![Just(0), 0..2000_u64, 40_000..60_000_u64]),
        recorded in prop::option::of(1..5_000_000_i64),
        outcome in prop::sample::select(&[CallOutcome::Answered, CallOutcome::Failed, CallOutcome::Aborted][..]),
    ) -> ModelCall {
        ModelCall { outcome, ..call(at, model, usage, recorded) }
    }
}

prop_compose! {
    fn some_calls()((name, range) in somewhere())(
        calls in prop::collection::vec(some_call(range.clone()), 0..60), name in Just(name), range in Just(range),
    ) -> (&'static str, Range<Millis>, Vec<ModelCall>) {
        (name, range, calls)
    }
}

/// The bucket of a moment, read off the calendar: another way than that of `Buckets`.
fn civil(at: Millis, step: Step, zone: &TimeZone) -> String {
    let local = Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone());
    let week = local.date().iso_week_date();
    match step {
        Step::Hour => local.strftime("%F %H %z").to_string(),
        Step::Day => local.strftime("%F").to_string(),
        Step::Week => format!("{} {}", week.year(), week.week()),
        Step::Month => local.strftime("%Y %m").to_string(),
        Step::Total => String::new(),
    }
}

proptest! {
    #[test]
    fn buckets_sum_up_what_the_calendar_says(
        (name, range, calls) in some_calls(), step in prop::sample::select(&Step::ALL[..]),
    ) {
        let (zone, book) = (zone(name), book());
        let buckets = Buckets::of(&range, step, &zone).unwrap();
        let question = Question { dimensions: vec![Dimension::Model], ..Question::default() };
        let series = Series::of(&slice(&unnamed(&calls), &book), &buckets, &question, &book);
        let mut expected: HashMap<String, (UsageSums, Costs)> = HashMap::new();
        for call in &calls {
            let (sums, costs) = expected.entry(civil(call.at, step, &zone)).or_default();
            sums.add(&UsageSums::of(call));
            costs.add(&Costs::of(call, &book, &"home".into()));
        }
        for bucket in &series.buckets {
            let (sums, costs) = expected.remove(&civil(bucket.range.start, step, &zone)).unwrap_or_default();
            prop_assert_eq!((bucket.totals.sums, bucket.totals.priced), (sums, costs.auto));
            prop_assert_eq!(bucket.totals.unpriced, u64::from(costs.auto_unknown));
            let calls: u64 = bucket.values.iter().map(|(_, figures)| figures.sums.calls).sum();
            prop_assert_eq!(calls, sums.calls);
        }
        prop_assert!(expected.is_empty(), "every call lies in a bucket");
        let sum = |list: Vec<&Figures>| list.into_iter().fold(Figures::default(), |mut sum, one| { sum.add(one); sum });
        prop_assert_eq!(sum(series.groups.iter().map(|(_, figures)| figures).collect()), series.totals);
        prop_assert_eq!(sum(series.buckets.iter().map(|bucket| &bucket.totals).collect()), series.totals);
    }

    #[test]
    fn sums_cost_what_their_calls_cost(calls in prop::collection::vec(some_call(CHANGE - 2_000_000..CHANGE + 2_000_000), 0..60)) {
        let book = book();
        let slice = slice(&unnamed(&calls), &book);
        let mut summed = Costs::default();
        for cell in &slice.cells {
            summed.add(&Costs::of_sums(&slice.keys[cell.key as usize], &cell.sums, cell.at, &book));
        }
        let mut single = Costs::default();
        for call in &calls {
            single.add(&Costs::of(call, &book, &"home".into()));
        }
        prop_assert_eq!(summed, single, "on all four bases");
    }

    #[test]
    fn more_tokens_never_cost_less(one in some_call(CHANGE - 1000..CHANGE + 1000), more in prop::array::uniform4(0..60_000_u64)) {
        let [input, output, cache_read, cache_write] = more;
        let usage = one.usage + TokenUsage { input, output, cache_read, cache_write };
        let larger = ModelCall { usage, ..one.clone() };
        let (less, more) = (Costs::of(&one, &book(), &"home".into()), Costs::of(&larger, &book(), &"home".into()));
        for basis in PriceBasis::ALL {
            prop_assert!(less.on(basis).0 <= more.on(basis).0);
        }
    }
}

#[test]
fn the_book_knows_when_it_changes_and_what_is_long() {
    assert_eq!(book().changes(), BTreeSet::from([CHANGE]));
    assert_eq!(book().tier_limits(), BTreeSet::from([50_000, 100_000]));
}
