//! The care of a ledger: what is in it, whether it is whole, a copy, an export, and giving up old rows.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior, params};

use super::write::DAY_MS;
use super::write::calls::{COLUMNS as CALL, read_call};
use super::{names, read_raw_since};
use crate::domain::Millis;
use crate::domain::ledger_row::LedgerRow;
use crate::store::{StoreError, schema};

/// What a ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The schema.
    pub schema: i64,
    /// Calls whose rows are kept.
    pub calls: u64,
    /// Calls that only count in sums: their rows were given up.
    pub forgotten: u64,
    /// The first and the last call.
    pub span: Option<(Millis, Millis)>,
    /// From when on rows are kept, where any were given up.
    pub raw_since: Option<Millis>,
    /// Transcripts.
    pub transcripts: u64,
    /// Sums of a quarter of an hour.
    pub slots: u64,
    /// Calls by installation and agent.
    pub agents: BTreeMap<(String, String), u64>,
    /// Damage that was found: when, what, the file set aside, the calls in it, the calls of that time that are here now.
    pub incidents: Vec<Incident>,
}

/// Damage that was found, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When.
    pub at: Millis,
    /// What was wrong.
    pub what: String,
    /// Where the damaged file lies.
    pub file: Option<String>,
    /// How many calls it held, where it could tell.
    pub calls_before: Option<u64>,
    /// How many calls of the time before it this ledger has now.
    pub calls_now: u64,
}

impl Incident {
    /// Calls that no source held any more.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        self.calls_before.map(|before| before.saturating_sub(self.calls_now))
    }
}

/// Looks into a ledger.
pub fn contents(connection: &Connection) -> Result<Contents, StoreError> {
    let count = |query: &str| -> Result<u64, StoreError> {
        let count: i64 = connection.query_row(query, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    };
    let span = connection.query_row("select min(at), max(at) from calls", [], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?))
    })?;
    let mut agents = BTreeMap::new();
    let mut statement = connection.prepare(
        "select a.installation, a.agent, sum(s.calls) from usage_slots s join usage_keys k on k.id = s.key
         join agents a on a.id = k.agent group by 1, 2",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let calls: i64 = row.get(2)?;
        agents.insert((row.get(0)?, row.get(1)?), u64::try_from(calls).unwrap_or_default());
    }
    Ok(Contents {
        schema: schema::version(connection)?,
        calls: count("select count(*) from calls")?,
        forgotten: count("select count(*) from forgotten_calls")?,
        span,
        raw_since: Some(read_raw_since(connection)?).filter(|since| *since > Millis::MIN),
        transcripts: count("select count(*) from transcripts")?,
        slots: count("select count(*) from usage_slots")?,
        agents,
        incidents: incidents(connection)?,
    })
}

/// Every damage that was found.
pub fn incidents(connection: &Connection) -> Result<Vec<Incident>, StoreError> {
    let mut statement = connection.prepare(
        "select at, what, file, calls_before,
           (select coalesce(sum(calls), 0) from usage_slots where slot * 900000 <= incidents.at) from incidents order by at",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Incident {
            at: row.get(0)?,
            what: row.get(1)?,
            file: row.get(2)?,
            calls_before: row.get::<_, Option<i64>>(3)?.and_then(|calls| u64::try_from(calls).ok()),
            calls_now: u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is wrong with a ledger; empty when it is whole and every sum is that of its calls.
pub fn check(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("pragma integrity_check(20)")?;
    let mut wrong = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    wrong.retain(|line| line != "ok");
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    let since = read_raw_since(connection)?;
    for (table, column, length) in [("usage_slots", "slot", 900_000), ("transcript_days", "day", DAY_MS)] {
        let query = format!(
            "with raw as (
               select at / {length} place, count(*) calls, sum(outcome = 1) errors, sum(outcome = 2) aborted,
                 sum(input) input, sum(output) output, sum(cache_read) cache_read, sum(cache_write) cache_write,
                 sum(coalesce(recorded, 0)) recorded from calls where at >= ?1 group by 1),
             kept as (
               select {column} place, sum(calls) calls, sum(errors) errors, sum(aborted) aborted,
                 sum(input) input, sum(output) output, sum(cache_read) cache_read, sum(cache_write) cache_write,
                 sum(recorded) recorded from {table} where {column} * {length} >= ?1 group by 1)
             select count(*) from (select * from (select * from raw except select * from kept)
               union select * from (select * from kept except select * from raw))"
        );
        // The earliest time would not fit once it is multiplied.
        let since = since.max(-8_000_000_000_000);
        let differ: i64 = connection.query_row(&query, [since], |row| row.get(0))?;
        if differ > 0 {
            wrong.push(format!("{differ} rows of {table} are not the sums of their calls"));
        }
    }
    Ok(wrong)
}

/// Reads every page; damage is an error.
pub fn quick_check(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
}

/// Writes a copy of a ledger, as it is at one moment, while others read and write it.
pub fn backup(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let mut copy = Connection::open(file)?;
    // All pages in one step: one moment, whatever is committed meanwhile.
    Backup::new(connection, &mut copy)?.step(-1)?;
    Ok(())
}

/// Hands out every call in the order of time.
pub fn each_call<E: From<StoreError>>(
    connection: &Connection,
    mut back: impl FnMut(&LedgerRow) -> Result<(), E>,
) -> Result<(), E> {
    let own = |error: rusqlite::Error| E::from(StoreError::from(error));
    let models: std::collections::HashMap<i64, _> = names::read_models(connection).map_err(own)?.into_iter().collect();
    let transcripts = super::history::transcript_names(connection).map_err(E::from)?;
    let mut statement = connection.prepare(&format!("select {CALL} from calls order by at, identity")).map_err(own)?;
    let mut rows = statement.query([]).map_err(own)?;
    while let Some(row) = rows.next().map_err(own)? {
        let (mut call, transcript, model) = read_call(row).map_err(own)?;
        call.model = model.and_then(|id| models.get(&id).cloned());
        let Some((owner, session)) = transcripts.get(&transcript) else { continue };
        back(&LedgerRow { owner: owner.clone(), session: session.clone(), call })?;
    }
    Ok(())
}

/// Gives up the rows of calls before a moment. Sums stay, and so do the identities.
pub(super) fn forget_calls_before(connection: &mut Connection, moment: Millis) -> Result<usize, StoreError> {
    let until = moment.div_euclid(DAY_MS) * DAY_MS;
    if read_raw_since(connection)? >= until {
        return Ok(0);
    }
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    step.execute("insert or ignore into forgotten_calls select identity from calls where at < ?1", [until])?;
    let given_up = step.execute("delete from calls where at < ?1", [until])?;
    step.execute(
        "insert into settings (name, value) values ('raw_since', ?1)
         on conflict (name) do update set value = excluded.value",
        params![until.to_string()],
    )?;
    step.commit()?;
    Ok(given_up)
}
