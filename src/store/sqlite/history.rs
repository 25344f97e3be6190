//! Questions about the past, answered from the sums of quarters of an hour.
//!
//! Days of the time zones that were asked for last are kept added up. A commit drops the days that
//! it touched (after it is committed, so that none stays which was read before it), and the next
//! question reads just these again.

mod by_session;
mod days;
mod keys;
mod of_family;
mod of_session;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use rusqlite::Connection;

pub(super) use self::by_session::transcript_names;
use self::days::{Day, day_starts};
use self::keys::Keys;
use super::sums::{self, COLUMNS};
use super::{Shared, lock};
use crate::domain::rollup::{SLOT_MS, UsageCell, UsageSlice, UsageSums, slot_of};
use crate::domain::session_record::{KeptFamily, SessionRecord};
use crate::domain::{InstallationId, Millis, SessionKey};
use crate::store::{Grain, StoreError, UsageHistory};

/// Time zones whose days are kept.
const MAX_ZONES: usize = 4;

/// Answers from committed sums.
pub struct SqliteHistory {
    connection: Shared,
    price_changes: BTreeSet<Millis>,
    kept: Mutex<Kept>,
}

/// What was read before and still holds.
#[derive(Default)]
struct Kept {
    keys: Keys,
    zones: Vec<ZoneDays>,
}

/// The days of one zone that were added up, by their start; the zone used last stands last.
struct ZoneDays {
    zone: TimeZone,
    days: BTreeMap<Millis, Day>,
}

impl SqliteHistory {
    /// A history over a connection. Cells are cut where prices change.
    pub(super) fn new(connection: Shared, price_changes: BTreeSet<Millis>) -> Self {
        Self { connection, price_changes, kept: Mutex::default() }
    }

    /// A history of a ledger that another process writes. Nothing is kept: nobody tells of its commits.
    pub fn beside_the_writer(connection: Connection, price_changes: BTreeSet<Millis>) -> Self {
        Self::new(Arc::new(Mutex::new(connection)), price_changes)
    }

    /// Drops the days that hold these slots.
    pub(super) fn forget(&self, slots: &BTreeSet<i64>) {
        for zone in &mut self.kept().zones {
            for slot in slots {
                let at = slot * SLOT_MS;
                let day = zone.days.range(..=at).next_back().filter(|(_, day)| at < day.end).map(|(start, _)| *start);
                if let Some(start) = day {
                    zone.days.remove(&start);
                }
            }
        }
    }

    /// Drops everything that was added up.
    pub(super) fn forget_all(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self, range: Range<Millis>) -> Result<UsageSlice, StoreError> {
        let mut kept = self.kept();
        let connection = lock(&self.connection);
        kept.keys.catch_up(&connection)?;
        let mut cells = Vec::new();
        each_slot(&connection, &range, |at, key, sums| {
            cells.extend(kept.keys.place(key).map(|key| UsageCell { at, key, sums }));
        })?;
        Ok(UsageSlice { keys: Arc::clone(&kept.keys.list), cells })
    }

    fn days(&self, range: Range<Millis>, zone: &TimeZone) -> Result<UsageSlice, StoreError> {
        let mut kept = self.kept();
        let Kept { keys, zones } = &mut *kept;
        let at = zones.iter().position(|known| known.zone == *zone);
        let known = at.map_or_else(|| ZoneDays { zone: zone.clone(), days: BTreeMap::new() }, |at| zones.remove(at));
        if zones.len() >= MAX_ZONES {
            zones.remove(0);
        }
        zones.push(known);
        let known = zones.last_mut().expect("one was pushed in the line above");
        let starts = day_starts(zone, &range);
        let connection = lock(&self.connection);
        keys.catch_up(&connection)?;
        self.add_up_missing(&connection, keys, &mut known.days, &starts)?;
        let mut slice = UsageSlice { keys: Arc::clone(&keys.list), cells: Vec::new() };
        for day in starts.windows(2) {
            let cut = day[0].max(range.start)..day[1].min(range.end);
            let whole = cut.start == day[0] && cut.end == day[1];
            let added_up = known.days.get(&day[0]).filter(|_| whole);
            let part = if whole { Day::default() } else { self.add_up(&connection, keys, cut)? };
            slice.cells.extend_from_slice(&added_up.unwrap_or(&part).cells);
        }
        Ok(slice)
    }

    /// Adds up the days that are not kept, with one reading for days that stand together.
    fn add_up_missing(
        &self,
        connection: &Connection,
        keys: &Keys,
        known: &mut BTreeMap<Millis, Day>,
        starts: &[Millis],
    ) -> Result<(), StoreError> {
        let missing = starts.windows(2).filter(|day| !known.contains_key(&day[0]));
        let mut runs: Vec<Vec<Millis>> = Vec::new();
        for day in missing {
            match runs.last_mut().filter(|run| run.last() == Some(&day[0])) {
                Some(run) => run.push(day[1]),
                None => runs.push(vec![day[0], day[1]]),
            }
        }
        for run in runs {
            known.extend(days::add_up(connection, keys, &run, &self.price_changes)?);
        }
        Ok(())
    }

    fn add_up(&self, connection: &Connection, keys: &Keys, part: Range<Millis>) -> Result<Day, StoreError> {
        let added = days::add_up(connection, keys, &[part.start, part.end], &self.price_changes)?;
        Ok(added.into_iter().next().map(|(_, day)| day).unwrap_or_default())
    }
}

/// Calls back for each sum of a slot in a range: start, number of the key, sums.
fn each_slot(
    connection: &Connection,
    range: &Range<Millis>,
    mut back: impl FnMut(Millis, i64, UsageSums),
) -> Result<(), StoreError> {
    let query = format!("select slot, key, {COLUMNS} from usage_slots where slot >= ?1 and slot < ?2");
    let mut statement = connection.prepare_cached(&query)?;
    let end = (range.end + SLOT_MS - 1).div_euclid(SLOT_MS);
    let mut rows = statement.query([slot_of(range.start), end])?;
    while let Some(row) = rows.next()? {
        back(row.get::<_, i64>(0)? * SLOT_MS, row.get(1)?, sums::read(row, 2)?);
    }
    Ok(())
}

/// A range as whole slots.
fn whole_slots(range: &Range<Millis>) -> Range<Millis> {
    slot_of(range.start) * SLOT_MS..(range.end + SLOT_MS - 1).div_euclid(SLOT_MS) * SLOT_MS
}

impl UsageHistory for SqliteHistory {
    fn usage(&self, range: Range<Millis>, grain: &Grain) -> Result<Arc<UsageSlice>, StoreError> {
        let range = whole_slots(&range);
        let slice = match grain {
            Grain::Slot => self.slots(range)?,
            Grain::Day(zone) => self.days(range, zone)?,
        };
        Ok(Arc::new(slice))
    }

    fn usage_by_session(&self, range: Range<Millis>, grain: &Grain) -> Result<UsageSlice, StoreError> {
        by_session::usage(&mut lock(&self.connection), &whole_slots(&range), grain, &self.price_changes)
    }

    fn session(&self, key: &SessionKey, with_calls: bool) -> Result<Vec<SessionRecord>, StoreError> {
        of_session::records(&mut lock(&self.connection), key, with_calls)
    }

    fn family(&self, installation: &InstallationId, key: &SessionKey) -> Result<KeptFamily, StoreError> {
        of_family::family(&mut lock(&self.connection), installation, key)
    }

    fn first_call_at(&self) -> Result<Option<Millis>, StoreError> {
        let connection = lock(&self.connection);
        let first = |query: &str| connection.query_row(query, [], |row| row.get::<_, Option<i64>>(0));
        let call = first("select min(at) from calls")?;
        let slot = first("select min(slot) from usage_slots")?.map(|slot| slot * SLOT_MS);
        // A slot that lies before every call is what is left of calls that were given up.
        Ok(match (call, slot) {
            (Some(call), Some(slot)) if slot_of(call) * SLOT_MS == slot => Some(call),
            (call, slot) => slot.or(call),
        })
    }
}
