//! Sums of single sessions, from the calls; where these were given up, from the sums of UTC days.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rusqlite::Connection;

use super::super::names::{owner, read_keys, read_limits, read_models};
use super::super::sums::{self, COLUMNS};
use super::super::write::DAY_MS;
use super::super::write::calls::{COLUMNS as CALL, read_call};
use super::days::day_starts;
use crate::domain::rollup::{SLOT_MS, SessionName, UsageCell, UsageKey, UsageSlice, UsageSums, slot_of, tier_of};
use crate::domain::usage::ModelCall;
use crate::domain::{AgentRef, Millis, ModelRef, SessionKey};
use crate::store::{Grain, StoreError};

/// A transcript as a key names it.
type Name = (AgentRef, Arc<SessionName>);

/// Cells under way, with the place of each key.
#[derive(Default)]
struct Cells {
    keys: Vec<UsageKey>,
    places: HashMap<UsageKey, u32>,
    sums: HashMap<(Millis, u32), UsageSums>,
}

impl Cells {
    fn add(&mut self, at: Millis, key: UsageKey, sums: &UsageSums) {
        let keys = &mut self.keys;
        let place = *self.places.entry(key).or_insert_with_key(|key| {
            keys.push(key.clone());
            u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
        });
        self.sums.entry((at, place)).or_default().add(sums);
    }

    fn done(self) -> UsageSlice {
        let cells = self.sums.into_iter().map(|((at, key), sums)| UsageCell { at, key, sums });
        UsageSlice { keys: Arc::new(self.keys), cells: cells.collect() }
    }
}

/// The sums of a range of whole slots.
pub(super) fn usage(
    connection: &mut Connection,
    range: &Range<Millis>,
    grain: &Grain,
    price_changes: &BTreeSet<Millis>,
) -> Result<UsageSlice, StoreError> {
    let step = connection.transaction()?;
    let names = transcript_names(&step)?;
    let models: HashMap<i64, ModelRef> = read_models(&step)?.into_iter().collect();
    let limits = read_limits(&step)?;
    let mut cells = Cells::default();
    let cuts = cuts(range, grain, price_changes);
    let mut statement = step.prepare(&format!("select {CALL} from calls where at >= ?1 and at < ?2"))?;
    // A call that came in late may stand before that moment: it counts in the sums of its day.
    let raw_since = super::super::read_raw_since(&step)?;
    let mut rows = statement.query([range.start.max(raw_since), range.end])?;
    while let Some(row) = rows.next()? {
        let (mut call, transcript, model) = read_call(row)?;
        let Some(name) = names.get(&transcript) else { continue };
        call.model = model.and_then(|id| models.get(&id).cloned());
        cells.add(start_of(&cuts, call.at), key(name, &call, &limits), &UsageSums::of(&call));
    }
    drop(rows);
    let keys = read_keys(&step, 0)?;
    let mut statement = step.prepare(&format!(
        "select transcript, day, key, {COLUMNS} from transcript_days where day >= ?1 and day < ?2"
    ))?;
    let until = raw_since.min(range.end).div_euclid(DAY_MS);
    let mut rows = statement.query([range.start.div_euclid(DAY_MS), until])?;
    while let Some(row) = rows.next()? {
        let at = (row.get::<_, i64>(1)? * DAY_MS).max(range.start);
        let (Some((_, session)), Some(shared)) = (names.get(&row.get(0)?), keys.get(&row.get(2)?)) else { continue };
        let key = UsageKey { session: Some(Arc::clone(session)), ..shared.clone() };
        cells.add(start_of(&cuts, at), key, &sums::read(row, 3)?);
    }
    drop(rows);
    Ok(cells.done())
}

fn key((owner, session): &Name, call: &ModelCall, limits: &[u64]) -> UsageKey {
    UsageKey {
        owner: owner.clone(),
        session_type: session.key.as_ref().map(SessionKey::session_type),
        session: Some(Arc::clone(session)),
        model: call.model.clone(),
        tier: tier_of(call.usage.prompt(), limits),
        recorded: call.recorded.is_some(),
    }
}

/// The names of all transcripts by their numbers.
pub(in super::super) fn transcript_names(connection: &Connection) -> Result<HashMap<i64, Name>, StoreError> {
    let mut statement = connection.prepare(
        "select t.id, a.installation, a.agent, t.session_id, t.session_key
         from transcripts t join agents a on a.id = t.agent",
    )?;
    let rows = statement.query_map([], |row| {
        let session = SessionName {
            session_id: row.get_ref(3)?.as_str()?.into(),
            key: row.get_ref(4)?.as_str_or_null()?.map(SessionKey::from),
        };
        let owner = owner(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        Ok((row.get(0)?, (owner, Arc::new(session))))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Where cells begin, in order; none for slots, which begin where they begin.
fn cuts(range: &Range<Millis>, grain: &Grain, price_changes: &BTreeSet<Millis>) -> Vec<Millis> {
    let Grain::Day(zone) = grain else { return Vec::new() };
    let mut cuts = day_starts(zone, range);
    cuts.extend(price_changes.range(range.clone()));
    cuts.push(range.start);
    cuts.sort_unstable();
    cuts
}

fn start_of(cuts: &[Millis], at: Millis) -> Millis {
    match cuts.partition_point(|cut| *cut <= at) {
        0 => slot_of(at) * SLOT_MS,
        after => cuts[after - 1],
    }
}
