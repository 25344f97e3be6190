//! Everything kept of one session.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, Row};

use super::super::names::{owner, read_keys, read_models};
use super::super::sums::{self, COLUMNS};
use super::super::write::DAY_MS;
use super::super::write::calls::{COLUMNS as CALL, read_call};
use crate::domain::rollup::UsageKey;
use crate::domain::session_record::{KeptTranscript, MOST_CALLS, MOST_FAILURES, SessionRecord};
use crate::domain::usage::ModelCall;
use crate::domain::{AgentRef, Millis, ModelRef, SessionKey};
use crate::store::StoreError;

/// So many calls of all sessions are looked at for those of one, and the rest of a day.
const LOOKED_AT: usize = 250_000;

/// What is kept of the sessions with a key, one for each agent that has such a one. Where the session is listed,
/// what an earlier session with the same key left is not part of it.
pub(super) fn records(
    connection: &mut Connection,
    key: &SessionKey,
    with_calls: bool,
) -> Result<Vec<SessionRecord>, StoreError> {
    let step = connection.transaction()?;
    let mut statement = step.prepare(
        "select t.id, a.installation, a.agent, t.session_id, t.released, coalesce(t.began_at, t.first_at)
         from transcripts t join agents a on a.id = t.agent where t.session_key = ?1
         order by coalesce(t.began_at, t.first_at, 9e18), t.id",
    )?;
    let mut sessions: BTreeMap<AgentRef, Vec<(i64, KeptTranscript)>> = BTreeMap::new();
    let mut rows = statement.query([key.as_str()])?;
    while let Some(row) = rows.next()? {
        let kept = KeptTranscript {
            session_id: row.get_ref(3)?.as_str()?.into(),
            released: row.get(4)?,
            began_at: row.get(5)?,
        };
        let owner = owner(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        sessions.entry(owner).or_default().push((row.get(0)?, kept));
    }
    drop(rows);
    drop(statement);
    let models: HashMap<i64, ModelRef> =
        if with_calls { read_models(&step)?.into_iter().collect() } else { HashMap::new() };
    let mut records = Vec::new();
    for (owner, mut transcripts) in sessions {
        if transcripts.iter().any(|(_, kept)| !kept.released) {
            transcripts.retain(|(_, kept)| !kept.released);
        }
        let mut record = SessionRecord {
            owner,
            transcripts: Vec::new(),
            keys: Vec::new(),
            days: Vec::new(),
            calls: Vec::new(),
            failures: Vec::new(),
        };
        let ids = transcripts.iter().map(|(id, _)| *id).collect();
        record.transcripts = transcripts.into_iter().map(|(_, kept)| kept).collect();
        if with_calls {
            add_calls(&step, &models, &ids, &mut record)?;
        }
        records.push(record);
    }
    Ok(records)
}

fn add_calls(
    connection: &Connection,
    models: &HashMap<i64, ModelRef>,
    ids: &BTreeSet<i64>,
    record: &mut SessionRecord,
) -> Result<(), StoreError> {
    let mut places = KeyPlaces::read(connection)?;
    let mut days: BTreeSet<Millis> = BTreeSet::new();
    let mut statement = connection
        .prepare(&format!("select transcript, day, key, {COLUMNS} from transcript_days where transcript = ?1"))?;
    for id in ids {
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            let day = row.get::<_, i64>(1)? * DAY_MS;
            if let Some(place) = places.of(row.get(2)?) {
                record.days.push((day, place, sums::read(row, 3)?));
                days.insert(day);
            }
        }
    }
    record.keys = places.keys;
    record.calls = newest_calls(connection, models, ids, &days)?;
    record.failures = failures(connection, models, ids)?;
    Ok(())
}

/// Calls stand by their time, not by their transcript: only the days on which the session worked are read, and not
/// more than [`LOOKED_AT`] calls of all sessions.
fn newest_calls(
    connection: &Connection,
    models: &HashMap<i64, ModelRef>,
    ids: &BTreeSet<i64>,
    days: &BTreeSet<Millis>,
) -> Result<Vec<ModelCall>, StoreError> {
    let mut calls = Vec::new();
    let mut looked_at = 0;
    let mut statement =
        connection.prepare(&format!("select {CALL} from calls where at >= ?1 and at < ?2 order by at desc"))?;
    for day in days.iter().rev() {
        let mut rows = statement.query([day, &(day + DAY_MS)])?;
        while let Some(row) = rows.next()? {
            looked_at += 1;
            if !ids.contains(&row.get(12)?) {
                continue;
            }
            calls.push(with_model(row, models)?);
            if calls.len() == MOST_CALLS {
                break;
            }
        }
        if calls.len() == MOST_CALLS || looked_at >= LOOKED_AT {
            break;
        }
    }
    calls.reverse();
    Ok(calls)
}

/// The newest calls that failed or were stopped, whenever they were made.
fn failures(
    connection: &Connection,
    models: &HashMap<i64, ModelRef>,
    ids: &BTreeSet<i64>,
) -> Result<Vec<ModelCall>, StoreError> {
    let mut calls = Vec::new();
    let query = format!(
        "select {CALL} from calls where transcript = ?1 and outcome > 0 order by at desc limit {MOST_FAILURES}"
    );
    let mut statement = connection.prepare(&query)?;
    for id in ids {
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            calls.push(with_model(row, models)?);
        }
    }
    calls.sort_by_key(|call: &ModelCall| call.at);
    calls.drain(..calls.len().saturating_sub(MOST_FAILURES));
    Ok(calls)
}

fn with_model(row: &Row<'_>, models: &HashMap<i64, ModelRef>) -> Result<ModelCall, StoreError> {
    let (mut call, _, model) = read_call(row)?;
    call.model = model.and_then(|id| models.get(&id).cloned());
    Ok(call)
}

/// The keys of sums that are told together, each once.
pub(super) struct KeyPlaces {
    known: HashMap<i64, UsageKey>,
    places: HashMap<i64, usize>,
    pub(super) keys: Vec<UsageKey>,
}

impl KeyPlaces {
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let known = read_keys(connection, 0)?.into_iter().collect();
        Ok(Self { known, places: HashMap::new(), keys: Vec::new() })
    }

    /// The place of a key among those that are told.
    pub(super) fn of(&mut self, number: i64) -> Option<usize> {
        let key = self.known.get(&number)?;
        Some(*self.places.entry(number).or_insert_with(|| {
            self.keys.push(key.clone());
            self.keys.len() - 1
        }))
    }
}
