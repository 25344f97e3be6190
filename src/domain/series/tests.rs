//! Buckets and ranges, by cases from the time zone database and by properties.

mod sums;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

const HOUR: Millis = 3_600_000;

/// Zones with a change of clocks at midnight, of half an hour, or with an offset of 45 minutes,
/// and one that left out a day; each with a day on which something happens.
const PLACES: [(&str, &str); 9] = [
    ("Asia/Seoul", "2026-11-24T00:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),
    ("Africa/Cairo", "2026-04-23T22:00:00Z"),
    ("America/St_Johns", "2026-11-01T04:30:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("in the database")
}

fn at(text: &str) -> Millis {
    text.parse::<Timestamp>().expect("a time").as_millisecond()
}

fn day(text: &str) -> Option<Moment> {
    Moment::parse(text)
}

/// From the start of one day to the end of another.
fn days(from: &str, to: &str, zone: &TimeZone) -> Range<Millis> {
    resolve(Start::At(day(from).unwrap()), day(to), Step::Day, zone, 0, None).expect("some time")
}

/// The bucket starts of a range of days, as the clock shows them.
fn starts(from: &str, to: &str, step: Step, name: &str) -> Vec<String> {
    let zone = zone(name);
    let buckets = Buckets::of(&days(from, to, &zone), step, &zone).expect("not too many");
    buckets.iter().map(|one| local_rfc3339(one.start, &zone)).collect()
}

#[test]
fn a_day_is_as_long_as_the_clocks_make_it() {
    for (name, date, start, minutes, hours) in [
        ("UTC", "2026-11-24", "2026-11-24T00:00:00+00:00", 1440, 24),
        ("Asia/Seoul", "2026-11-24", "2026-11-24T00:00:00+09:00", 1440, 24),
        ("Asia/Kathmandu", "2026-11-24", "2026-11-24T00:00:00+05:45", 1440, 24),
        ("America/New_York", "2026-03-08", "2026-03-08T00:00:00-05:00", 1380, 23),
        ("America/New_York", "2026-11-01", "2026-11-01T00:00:00-04:00", 1500, 25),
        ("America/St_Johns", "2026-03-08", "2026-03-08T00:00:00-03:30", 1380, 23),
        ("America/St_Johns", "2026-11-01", "2026-11-01T00:00:00-02:30", 1500, 25),
        // Half an hour is left out, or passes twice: a bucket of its own.
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T00:00:00+10:30", 1410, 24),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00", 1470, 25),
        // There is no midnight on this day.
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00", 1380, 23),
        ("Africa/Cairo", "2026-10-29", "2026-10-29T00:00:00+03:00", 1500, 25),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 1440, 24),
    ] {
        let zone = zone(name);
        let range = days(date, date, &zone);
        assert_eq!(local_rfc3339(range.start, &zone), start, "{name}");
        assert_eq!((range.end - range.start) / 60_000, minutes, "{name} {date}");
        assert_eq!(Buckets::of(&range, Step::Hour, &zone).unwrap().count(), hours, "{name} {date}");
    }
}

#[test]
fn clocks_that_are_put_back_show_an_hour_twice() {
    let hours = starts("2026-11-01", "2026-11-01", Step::Hour, "America/New_York");
    assert_eq!(hours[1..3], ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00"]);
    let hours = starts("2026-04-05", "2026-04-05", Step::Hour, "Australia/Lord_Howe");
    let expected = ["2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30"];
    assert_eq!(hours[1..4], expected);
    let hours = starts("2026-10-04", "2026-10-04", Step::Hour, "Australia/Lord_Howe");
    let expected = ["2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00"];
    assert_eq!(hours[1..4], expected);
}

#[test]
fn a_day_that_a_zone_left_out_has_no_bucket() {
    let found = starts("2011-12-29", "2012-01-01", Step::Day, "Pacific/Apia");
    let expected = ["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"];
    assert_eq!(found, expected);
    let apia = zone("Pacific/Apia");
    let left_out = day("2011-12-30");
    assert_eq!(resolve(Start::At(left_out.unwrap()), left_out, Step::Day, &apia, 0, None), None);
}

#[test]
fn weeks_begin_on_monday_and_months_on_the_first() {
    // 2026-11-04 is a Wednesday: the first week is cut off at the edge of the range.
    let found = starts("2026-11-04", "2026-11-17", Step::Week, "UTC");
    assert_eq!(found.iter().map(|one| &one[..10]).collect::<Vec<_>>(), ["2026-11-04", "2026-11-09", "2026-11-16"]);
    let found = starts("2026-01-31", "2026-03-01", Step::Month, "Asia/Seoul");
    assert_eq!(found.iter().map(|one| &one[..10]).collect::<Vec<_>>(), ["2026-01-31", "2026-02-01", "2026-03-01"]);
    assert_eq!(starts("2026-01-31", "2026-03-01", Step::Total, "UTC").len(), 1);
    let wednesday = at("2026-11-04T16:00:00Z");
    for (step, label) in [
        (Step::Hour, "2026-11-05T01:00:00+09:00"),
        (Step::Day, "2026-11-05"),
        (Step::Week, "2026-11-02"),
        (Step::Month, "2026-11"),
    ] {
        assert_eq!(step.label(wednesday, &zone("Asia/Seoul")), label);
    }
}

#[test]
fn there_are_limits() {
    let hours = |count: i64| Buckets::of(&(0..count * HOUR), Step::Hour, &TimeZone::UTC).map(|all| all.count());
    assert_eq!(hours(20_000), Ok(20_000));
    assert_eq!(hours(20_001), Err(TooMany));
    let all_time = at("1970-01-01T00:00:00Z")..at("9998-12-31T00:00:00Z");
    assert_eq!(Buckets::of(&all_time, Step::Day, &TimeZone::UTC), Err(TooMany));
    assert_eq!(Buckets::of(&all_time, Step::Hour, &TimeZone::UTC), Err(TooMany));
    assert_eq!(Buckets::of(&all_time, Step::Total, &TimeZone::UTC).unwrap().count(), 1);
}

#[test]
fn ranges_in_words() {
    let seoul = zone("Asia/Seoul");
    // In Seoul it is Tuesday 2026-11-24, 21:10.
    let now = at("2026-11-24T12:10:00Z");
    for (word, start) in [
        ("today", "2026-11-24T00:00:00+09:00"),
        ("1d", "2026-11-24T00:00:00+09:00"),
        ("7d", "2026-11-18T00:00:00+09:00"),
        ("1h", "2026-11-24T21:00:00+09:00"),
        ("24h", "2026-11-23T22:00:00+09:00"),
        ("1w", "2026-11-23T00:00:00+09:00"),
        ("2w", "2026-11-16T00:00:00+09:00"),
        ("1m", "2026-11-01T00:00:00+09:00"),
        ("3m", "2026-09-01T00:00:00+09:00"),
    ] {
        let from = Start::Last(Last::parse(word).expect(word));
        let range = resolve(from, None, Step::Day, &seoul, now, None).expect(word);
        assert_eq!(local_rfc3339(range.start, &seoul), start, "{word}");
        assert_eq!(local_rfc3339(range.end, &seoul), "2026-11-25T00:00:00+09:00", "{word}");
    }
    for wrong in ["", "d", "0d", "-1d", "+1d", "7", "7y", "10000d", "7.5d", "d7", "7일"] {
        assert_eq!(Last::parse(wrong), None, "{wrong}");
    }
    // Counted back from an end that is stated.
    let range = resolve(Start::Last(Last::days(2)), day("2026-03-08"), Step::Day, &seoul, now, None).unwrap();
    assert_eq!(local_rfc3339(range.start, &seoul), "2026-03-07T00:00:00+09:00");
}

#[test]
fn ends_are_days_or_moments() {
    for wrong in ["2026-11-31", "2026-1-1", "20261124", "1969-12-31", "9999-01-01", "2026-11-24T09:00:00", "now", ""] {
        assert_eq!(Moment::parse(wrong), None, "{wrong}");
    }
    let (utc, noon) = (TimeZone::UTC, at("2026-11-24T12:00:00Z"));
    let moment = |text| Moment::parse(text).expect(text);
    let range = |from, to| resolve(from, to, Step::Hour, &utc, noon, None);
    // Both are taken to the quarter hour, outwards.
    let found = range(Start::At(moment("2026-11-24T10:07:00+09:00")), Some(moment("2026-11-24T01:08:00Z")));
    assert_eq!(found, Some(at("2026-11-24T01:00:00Z")..at("2026-11-24T01:15:00Z")));
    assert_eq!(range(Start::At(moment("2026-11-25")), None), None, "tomorrow to today");
    let same = moment("2026-11-24T01:00:00Z");
    assert_eq!(range(Start::At(same), Some(same)), None);
}

#[test]
fn everything_begins_with_the_bucket_of_the_first_call() {
    let seoul = zone("Asia/Seoul");
    let (first, now) = (at("2026-10-14T16:40:00Z"), at("2026-11-24T12:00:00Z"));
    for (step, start) in [
        (Step::Hour, "2026-10-15T01:00:00+09:00"),
        (Step::Day, "2026-10-15T00:00:00+09:00"),
        (Step::Week, "2026-10-12T00:00:00+09:00"),
        (Step::Month, "2026-10-01T00:00:00+09:00"),
        (Step::Total, "2026-10-15T00:00:00+09:00"),
    ] {
        let range = resolve(Start::First, None, step, &seoul, now, Some(first)).unwrap();
        assert_eq!(local_rfc3339(range.start, &seoul), start, "{step:?}");
    }
    // Without a call, or with one from a clock that runs ahead, today is left.
    for first in [None, Some(now + 90 * 24 * HOUR)] {
        let range = resolve(Start::First, None, Step::Day, &seoul, now, first).unwrap();
        assert_eq!(range.end - range.start, 24 * HOUR);
    }
}

prop_compose! {
    /// A zone, and a range near one of its odd moments.
    pub(super) fn somewhere()(place in 0..PLACES.len(), before in 1..4000_i64, after in 1..4000_i64)
        -> (&'static str, Range<Millis>)
    {
        let (name, moment) = PLACES[place];
        let middle = at(moment);
        (name, middle - before * 900_000..middle + after * 900_000)
    }
}

proptest! {
    #[test]
    fn every_moment_lies_in_exactly_one_bucket(
        (name, range) in somewhere(), step in prop::sample::select(&Step::ALL[..]), part in 0.0..1.0_f64,
    ) {
        let zone = zone(name);
        let buckets = Buckets::of(&range, step, &zone).unwrap();
        let all: Vec<_> = buckets.iter().collect();
        prop_assert_eq!((all[0].start, all[all.len() - 1].end), (range.start, range.end));
        prop_assert!(all.iter().all(|one| one.start < one.end));
        prop_assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place within the range")]
        let moment = range.start + ((range.end - range.start) as f64 * part) as i64;
        let holding: Vec<_> = (0..all.len()).filter(|place| all[*place].contains(&moment)).collect();
        prop_assert_eq!(holding, buckets.position(moment).into_iter().collect::<Vec<_>>());
        prop_assert_eq!((buckets.position(range.start - 1), buckets.position(range.end)), (None, None));
    }
}
