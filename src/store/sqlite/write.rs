//! One transaction: calls, sums, session rows and read positions.

pub(super) mod calls;
mod sessions;

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::names::Names;
use super::rows;
use super::sums::{Change, upsert};
use crate::domain::event::{CallsKept, Event};
use crate::domain::rollup::{UsageSums, slot_of};
use crate::domain::usage::ModelCall;
use crate::domain::{InstallationId, Millis};
use crate::store::StoreError;

/// The length of a UTC day.
pub(super) const DAY_MS: Millis = 86_400_000;

/// Writes what was observed. Returns what became of the calls, and which slots changed.
pub(super) fn commit(
    connection: &mut Connection,
    names: &mut Names,
    events: &[Event],
) -> Result<(Vec<CallsKept>, BTreeSet<i64>), StoreError> {
    if !events.iter().any(is_kept) {
        return Ok((Vec::new(), BTreeSet::new()));
    }
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut writer = Writer::new(&step, names);
    let mut kept = Vec::new();
    for event in events {
        writer.event(event, &mut kept)?;
    }
    writer.flush()?;
    let slots = writer.touched;
    step.commit()?;
    Ok((kept, slots))
}

/// Whether an event leaves a trace in the ledger.
fn is_kept(event: &Event) -> bool {
    !matches!(
        event,
        Event::RunsChanged(..)
            | Event::RunsForgotten(_)
            | Event::TasksListed(..)
            | Event::CronJobsListed(..)
            | Event::OpenClawUsage(..)
            | Event::SourceReported(_)
    )
}

/// Notes limits of prompts and moves the sums that they divide; false when all were known.
///
/// Sums whose calls were given up keep the class that they have.
pub(super) fn set_limits(
    connection: &mut Connection,
    names: &mut Names,
    limits: &BTreeSet<u64>,
) -> Result<bool, StoreError> {
    if limits.iter().all(|limit| names.limits.contains(limit)) {
        return Ok(false);
    }
    let all: BTreeSet<u64> = names.limits.iter().copied().chain(limits.iter().copied()).collect();
    let text: Vec<String> = all.iter().map(u64::to_string).collect();
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    step.execute(
        "insert into settings (name, value) values ('tier_limits', ?1)
         on conflict (name) do update set value = excluded.value",
        [text.join(",")],
    )?;
    let before = std::mem::replace(&mut names.limits, all.into_iter().collect());
    Writer::new(&step, names).reclassify(&before)?;
    step.commit()?;
    Ok(true)
}

/// An open transaction.
struct Writer<'a> {
    step: &'a Transaction<'a>,
    names: &'a mut Names,
    /// By slot and key.
    slots: HashMap<(i64, i64), Change>,
    /// By transcript, day and key.
    days: HashMap<(i64, i64, i64), Change>,
    touched: BTreeSet<i64>,
}

impl<'a> Writer<'a> {
    fn new(step: &'a Transaction<'a>, names: &'a mut Names) -> Self {
        Self { step, names, slots: HashMap::new(), days: HashMap::new(), touched: BTreeSet::new() }
    }

    fn event(&mut self, event: &Event, kept: &mut Vec<CallsKept>) -> Result<(), StoreError> {
        match event {
            Event::AgentsListed { installation, source, agents } => {
                self.agents_listed(installation, *source, agents)?;
            }
            Event::SessionsListed { owner, source, entries } => self.sessions_listed(owner, *source, entries)?,
            Event::SessionsChanged { owner, source, upserts, removes } => {
                self.sessions_removed(owner, *source, removes)?;
                self.sessions_written(owner, *source, upserts)?;
            }
            Event::TranscriptOwned { transcript, key, deleted } => self.own(transcript, key, *deleted)?,
            Event::CallsRead { transcript, archived, began_at, calls, tail } => {
                kept.push(self.calls_read(transcript, *archived, *began_at, calls, tail.as_ref())?);
            }
            Event::Positioned { installation, place, position } => {
                self.positioned(installation, place, position.as_deref())?;
            }
            Event::PricesConfigured(installation, prices) => {
                self.step.execute(
                    "insert into prices (installation, prices) values (?1, ?2)
                     on conflict (installation) do update set prices = excluded.prices",
                    [installation.as_str(), &rows::prices_to_text(prices)],
                )?;
            }
            Event::RunsChanged(..)
            | Event::RunsForgotten(_)
            | Event::TasksListed(..)
            | Event::CronJobsListed(..)
            | Event::OpenClawUsage(..)
            | Event::SourceReported(_) => {}
        }
        Ok(())
    }

    fn positioned(
        &mut self,
        installation: &InstallationId,
        place: &str,
        position: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        match position {
            Some(position) => self
                .step
                .prepare_cached(
                    "insert into positions (installation, place, position) values (?1, ?2, ?3)
                     on conflict (installation, place) do update set position = excluded.position",
                )?
                .execute(params![installation.as_str(), place, position])?,
            None => self
                .step
                .prepare_cached("delete from positions where installation = ?1 and place = ?2")?
                .execute([installation.as_str(), place])?,
        };
        Ok(())
    }

    /// Adds a call to its sums, or takes it out.
    fn count(&mut self, (transcript, key): (i64, i64), call: &ModelCall, takes_out: bool) {
        let change = Change::of(&UsageSums::of(call));
        let change = if takes_out { -change } else { change };
        *self.slots.entry((slot_of(call.at), key)).or_default() += change;
        *self.days.entry((transcript, call.at.div_euclid(DAY_MS), key)).or_default() += change;
    }

    /// Writes the sums.
    fn flush(&mut self) -> Result<(), StoreError> {
        let mut slots: Vec<_> = self.slots.drain().filter(|(_, change)| *change != Change::default()).collect();
        slots.sort_unstable_by_key(|(row, _)| *row);
        let mut add = self.step.prepare_cached(&upsert("usage_slots", &["slot", "key"]))?;
        let mut clear =
            self.step.prepare_cached("delete from usage_slots where slot = ?1 and key = ?2 and calls = 0")?;
        for ((slot, key), change) in slots {
            change.write(&mut add, [slot, key])?;
            if change.takes_out() {
                clear.execute([slot, key])?;
            }
            self.touched.insert(slot);
        }
        let mut days: Vec<_> = self.days.drain().filter(|(_, change)| *change != Change::default()).collect();
        days.sort_unstable_by_key(|(row, _)| *row);
        let mut add = self.step.prepare_cached(&upsert("transcript_days", &["transcript", "day", "key"]))?;
        let mut clear = self.step.prepare_cached(
            "delete from transcript_days where transcript = ?1 and day = ?2 and key = ?3 and calls = 0",
        )?;
        for ((transcript, day, key), change) in days {
            change.write(&mut add, [transcript, day, key])?;
            if change.takes_out() {
                clear.execute([transcript, day, key])?;
            }
        }
        Ok(())
    }
}
