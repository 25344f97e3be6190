//! What a range of time means: `2026-11-01`, `7d`, everything.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::buckets::{Step, date_of, day_start};
use crate::domain::Millis;
use crate::domain::rollup::SLOT_MS;

/// One end of a range, as somebody states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A whole day, which belongs to the range.
    Day(Date),
    /// A point in time, which belongs to the range as its start and not as its end.
    Instant(Millis),
}

impl Moment {
    /// What [`Moment::parse`] understands, for messages.
    pub const ALLOWED: &str =
        "a day such as 2026-11-24 or a time such as 2026-11-24T09:00:00Z, in the years 1970 to 9998";

    /// Reads `2026-11-24`, or a time in RFC 3339.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, year) = if text.len() == 10 {
            let day: Date = text.parse().ok()?;
            (Self::Day(day), day.year())
        } else {
            let at: Timestamp = text.parse().ok()?;
            (Self::Instant(at.as_millisecond()), at.to_zoned(TimeZone::UTC).year())
        };
        (1970..=9998).contains(&year).then_some(moment)
    }

    /// Where a range from here begins.
    #[must_use]
    pub fn start(self, zone: &TimeZone) -> Millis {
        match self {
            Self::Day(day) => day_start(day, zone),
            Self::Instant(at) => at,
        }
    }

    /// Where a range up to here ends.
    #[must_use]
    pub fn end(self, zone: &TimeZone) -> Millis {
        match self {
            Self::Day(day) => day_start(day.saturating_add(1.day()), zone),
            Self::Instant(at) => at,
        }
    }
}

/// So many hours, days, weeks or months of the calendar, the present one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    count: i32,
    step: Step,
}

impl Last {
    /// What [`Last::parse`] understands, for messages.
    pub const ALLOWED: &str = "today, or a number from 1 to 9999 with h, d, w or m, such as 7d";

    /// So many days, today included.
    #[must_use]
    pub fn days(count: i32) -> Self {
        Self { count, step: Step::Day }
    }

    /// Reads `today`, `24h`, `7d`, `4w`, `3m`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "today" {
            return Some(Self::days(1));
        }
        let unit = text.chars().next_back()?;
        let step = match unit {
            'h' => Step::Hour,
            'd' => Step::Day,
            'w' => Step::Week,
            'm' => Step::Month,
            _ => return None,
        };
        let number = &text[..text.len() - unit.len_utf8()];
        let count = number.parse().ok().filter(|count| (1..=9999).contains(count))?;
        number.bytes().all(|digit| digit.is_ascii_digit()).then_some(Self { count, step })
    }

    /// When the first of them began, for somebody who lives at `present`.
    #[must_use]
    pub fn start(self, present: Millis, zone: &TimeZone) -> Millis {
        let (before, start) = (self.count - 1, self.step.start(present, zone));
        let day = date_of(start, zone);
        let first = match self.step {
            Step::Hour => return start - i64::from(before) * 3_600_000,
            Step::Week => day.saturating_sub(before.weeks()),
            Step::Month => day.saturating_sub(before.months()),
            Step::Day | Step::Total => day.saturating_sub(before.days()),
        };
        day_start(first, zone)
    }
}

/// Where a range begins, as somebody states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the bucket of the first call of all.
    First,
    /// Here.
    At(Moment),
    /// Counted back from the end.
    Last(Last),
}

/// The stated range in milliseconds, taken to whole quarters of an hour; `None` when it holds no
/// time. Without an end it goes on to the end of today. `first` is the first call of all.
#[must_use]
pub fn resolve(
    from: Start,
    to: Option<Moment>,
    step: Step,
    zone: &TimeZone,
    now: Millis,
    first: Option<Millis>,
) -> Option<Range<Millis>> {
    let end = to.unwrap_or(Moment::Day(date_of(now, zone))).end(zone);
    let present = if to.is_some() { end - 1 } else { now };
    let start = match from {
        Start::First => step.start(first.unwrap_or(present).min(present), zone),
        Start::At(moment) => moment.start(zone),
        Start::Last(last) => last.start(present, zone),
    };
    // Nothing was recorded before there was Unix time.
    let start = start.max(0).div_euclid(SLOT_MS) * SLOT_MS;
    let end = (end + SLOT_MS - 1).div_euclid(SLOT_MS) * SLOT_MS;
    (start < end).then_some(start..end)
}
