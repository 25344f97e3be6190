//! A range of time, cut into hours, days, weeks or months of a time zone.
//!
//! A bucket ends where the next one begins, and the first and the last are cut off at the edges of
//! the range: every moment of the range lies in exactly one. A day begins with its first midnight,
//! or with the moment after it where the clock jumps over midnight; a day that a zone leaves out
//! has no bucket. An hour ends when the clock shows the next one or is changed, so a day has as
//! many hours as have passed.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::domain::Millis;

const HOUR_MS: Millis = 3_600_000;

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Hours of the clock.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
    /// The whole range.
    Total,
}

impl Step {
    /// Every length, shortest first.
    pub const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Total];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }

    /// When the bucket of a moment begins. The whole of all time has no beginning: there it is the day's.
    #[must_use]
    pub fn start(self, at: Millis, zone: &TimeZone) -> Millis {
        match self {
            Self::Hour => at - (at + offset_ms(at, zone)).rem_euclid(HOUR_MS),
            _ => day_start(self.first_day(date_of(at, zone)), zone),
        }
    }

    /// The name of the bucket of a moment: the hour in RFC 3339, the day, the week's Monday, or the month.
    #[must_use]
    pub fn label(self, at: Millis, zone: &TimeZone) -> String {
        match self {
            Self::Hour => local_rfc3339(self.start(at, zone), zone),
            Self::Month => date_of(at, zone).strftime("%Y-%m").to_string(),
            _ => self.first_day(date_of(at, zone)).to_string(),
        }
    }

    fn first_day(self, day: Date) -> Date {
        match self {
            Self::Week => day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()),
            Self::Month => day.first_of_month(),
            _ => day,
        }
    }

    fn next(self, day: Date) -> Date {
        day.saturating_add(match self {
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            _ => 1.day(),
        })
    }
}

/// A range that has more than [`Buckets::MAX`] buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// Buckets without a gap between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Where each bucket begins, and where the last one ends.
    edges: Vec<Millis>,
}

impl Buckets {
    /// So many buckets may a range have.
    pub const MAX: usize = 20_000;

    /// Cuts a range.
    pub fn of(range: &Range<Millis>, step: Step, zone: &TimeZone) -> Result<Self, TooMany> {
        let mut edges = Edges { edges: vec![range.start], end: range.end };
        match step {
            Step::Hour => edges.add_hours(zone)?,
            Step::Day | Step::Week | Step::Month => edges.add_days(step, zone)?,
            Step::Total => {}
        }
        edges.add(range.end)?;
        Ok(Self { edges: edges.edges })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.edges.len() - 1
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<Millis>> + '_ {
        self.edges.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// The place of the bucket that a moment lies in; `None` outside of the range.
    #[must_use]
    pub fn position(&self, at: Millis) -> Option<usize> {
        let after = self.edges.partition_point(|edge| *edge <= at);
        (after < self.edges.len()).then(|| after.checked_sub(1)).flatten()
    }
}

/// Edges in the making.
struct Edges {
    edges: Vec<Millis>,
    end: Millis,
}

impl Edges {
    fn add(&mut self, edge: Millis) -> Result<(), TooMany> {
        if self.edges.last().is_some_and(|last| *last >= edge) {
            return Ok(());
        }
        if self.edges.len() > Buckets::MAX {
            return Err(TooMany);
        }
        self.edges.push(edge);
        Ok(())
    }

    fn add_days(&mut self, step: Step, zone: &TimeZone) -> Result<(), TooMany> {
        let mut day = step.first_day(date_of(self.edges[0], zone));
        loop {
            let next = step.next(day);
            let start = day_start(next, zone);
            if start >= self.end || next == day {
                return Ok(());
            }
            self.add(start)?;
            day = next;
        }
    }

    fn add_hours(&mut self, zone: &TimeZone) -> Result<(), TooMany> {
        let mut at = self.edges[0];
        while at < self.end {
            let (until, offset) = (self.next_change(at, zone), offset_ms(at, zone));
            let mut next = at + HOUR_MS - (at + offset).rem_euclid(HOUR_MS);
            while next < until {
                self.add(next)?;
                next += HOUR_MS;
            }
            self.add(until)?;
            at = until;
        }
        Ok(())
    }

    /// When the clocks are changed next; the end of the range where they are not.
    fn next_change(&self, at: Millis, zone: &TimeZone) -> Millis {
        let offset = zone.to_offset(timestamp(at));
        let mut changes = zone.following(timestamp(at)).take_while(|change| change.timestamp() < timestamp(self.end));
        changes.find(|change| change.offset() != offset).map_or(self.end, |change| change.timestamp().as_millisecond())
    }
}

/// The day that a moment lies in.
#[must_use]
pub fn date_of(at: Millis, zone: &TimeZone) -> Date {
    zoned(at, zone).date()
}

/// When a day begins.
#[must_use]
pub fn day_start(day: Date, zone: &TimeZone) -> Millis {
    // Only the first and the last day of the calendar have a midnight that no timestamp can name.
    day.to_zoned(zone.clone()).map_or(0, |midnight| midnight.timestamp().as_millisecond())
}

/// A moment as the clock of the zone shows it, such as `2026-10-24T00:00:00+09:00`.
#[must_use]
pub fn local_rfc3339(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn zoned(at: Millis, zone: &TimeZone) -> Zoned {
    timestamp(at).to_zoned(zone.clone())
}

fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn offset_ms(at: Millis, zone: &TimeZone) -> Millis {
    i64::from(zone.to_offset(timestamp(at)).seconds()) * 1000
}
