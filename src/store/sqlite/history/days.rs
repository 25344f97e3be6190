//! Days of a time zone, and their sums.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rusqlite::Connection;

use super::each_slot;
use super::keys::Keys;
use crate::domain::Millis;
use crate::domain::rollup::{UsageCell, UsageSums};
use crate::store::StoreError;

/// The sums of one day; a cell begins where prices begin to hold.
#[derive(Default)]
pub(super) struct Day {
    pub(super) end: Millis,
    pub(super) cells: Vec<UsageCell>,
}

/// Adds up the days between these moments.
pub(super) fn add_up(
    connection: &Connection,
    keys: &Keys,
    bounds: &[Millis],
    price_changes: &BTreeSet<Millis>,
) -> Result<Vec<(Millis, Day)>, StoreError> {
    let (Some(&first), Some(&last)) = (bounds.first(), bounds.last()) else { return Ok(Vec::new()) };
    let mut days: Vec<(Millis, Day)> =
        bounds.windows(2).map(|day| (day[0], Day { end: day[1], cells: Vec::new() })).collect();
    // Days and changes of price cut the range; slots come in the order of time.
    let mut cuts: Vec<Millis> = bounds.iter().chain(price_changes.range(first..last)).copied().collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut part = 0;
    let mut day = 0;
    let mut sums: HashMap<i64, UsageSums> = HashMap::new();
    let mut close = |from: Millis, sums: &mut HashMap<i64, UsageSums>| {
        while days.get(day).is_some_and(|(_, open)| open.end <= from) {
            day += 1;
        }
        if let Some((_, open)) = days.get_mut(day) {
            let cell = |(id, sums)| Some(UsageCell { at: from, key: keys.place(id)?, sums });
            open.cells.extend(sums.drain().filter_map(cell));
        }
    };
    each_slot(connection, &(first..last), |at, key, add| {
        while cuts.get(part + 1).is_some_and(|next| at >= *next) {
            close(cuts[part], &mut sums);
            part += 1;
        }
        sums.entry(key).or_default().add(&add);
    })?;
    close(cuts[part], &mut sums);
    Ok(days)
}

/// The starts of the days that touch a range, and the start of the day after them.
pub(super) fn day_starts(zone: &TimeZone, range: &Range<Millis>) -> Vec<Millis> {
    let mut starts = Vec::new();
    let Ok(from) = Timestamp::from_millisecond(range.start) else { return starts };
    let mut date = from.to_zoned(zone.clone()).date();
    // A day that a zone left out (Apia, 30 December 2011) begins when the next one does.
    loop {
        let Ok(start) = date.to_zoned(zone.clone()).and_then(|day| day.start_of_day()) else { return starts };
        let start = start.timestamp().as_millisecond();
        if starts.last() != Some(&start) {
            starts.push(start);
        }
        let Ok(next) = date.checked_add(1.day()) else { return starts };
        if start >= range.end {
            return starts;
        }
        date = next;
    }
}
