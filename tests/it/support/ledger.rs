//! A ledger's rows by their names, so that two ledgers can be compared.

use std::collections::BTreeSet;
use std::path::Path;

use factory_dashboard::domain::health::LedgerHealth;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::store::sqlite::SqliteLedger;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::book;

const CALLS: &str =
    "select c.at, c.identity, a.installation, a.agent, t.session_id, t.session_key, m.provider, m.model,
    c.message_id, c.stop_reason, c.error, c.outcome, c.input, c.output, c.cache_read, c.cache_write, c.recorded
    from calls c join transcripts t on t.id = c.transcript join agents a on a.id = t.agent
    left join models m on m.id = c.model order by 1, 2";
const KEY: &str = "a.installation, a.agent, k.session_type, m.provider, m.model, k.tier, k.recorded,
    s.calls, s.errors, s.aborted, s.used, s.input, s.output, s.cache_read, s.cache_write, s.recorded";
const JOINS: &str =
    "join usage_keys k on k.id = s.key join agents a on a.id = k.agent left join models m on m.id = k.model";

/// Every row of calls and sums as text, in an order of its own.
pub fn rows(connection: &Connection) -> Vec<String> {
    let slots = format!("select 'slot', s.slot, {KEY} from usage_slots s {JOINS}");
    let days = format!(
        "select 'day', s.day, t.session_id, {KEY} from transcript_days s join transcripts t on t.id = s.transcript {JOINS}"
    );
    let mut all = Vec::new();
    for query in [CALLS.to_owned(), slots, days] {
        let mut statement = connection.prepare(&query).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<String> = (0..columns).map(|at| format!("{:?}", row.get::<_, Value>(at).unwrap())).collect();
            rows.push(cells.join(" "));
        }
        rows.sort();
        all.append(&mut rows);
    }
    all
}

/// The rows of the ledger in a data folder.
pub fn rows_in(data_dir: &Path) -> Vec<String> {
    rows(&Connection::open(data_dir.join("ledger.sqlite")).unwrap())
}

/// A pipeline whose ledger lies in a folder.
pub fn pipeline_in(data_dir: &Path, now: i64) -> Pipeline {
    let ledger = SqliteLedger::open(&data_dir.join("ledger.sqlite"), BTreeSet::new()).unwrap();
    Pipeline::new(book(), Box::new(ledger), LedgerHealth::default(), now).unwrap()
}

/// Sums made anew from the calls must be what stands there.
pub fn sums_are_right(connection: &Connection) {
    for (table, name, length) in [("usage_slots", "slot", 900_000), ("transcript_days", "day", 86_400_000)] {
        let extra = if table == "usage_slots" { "0" } else { "c.transcript" };
        let of_table = if table == "usage_slots" { "0" } else { "s.transcript" };
        let query = format!(
            "with raw as (
               select {extra} transcript, c.at / {length} place, t.agent agent, coalesce(c.model, 0) model,
                 c.recorded is not null recorded,
                 case when t.session_key is null then '' when ':' || t.session_key || ':' like '%:subagent:%' then 'subagent'
                   when ':' || t.session_key || ':' like '%:cron:%' then 'cron' else 'main' end kind,
                 count(*) calls, sum(c.outcome = 1) errors, sum(c.outcome = 2) aborted,
                 sum(c.input + c.output + c.cache_read + c.cache_write > 0) used, sum(c.input) input, sum(c.output) output,
                 sum(c.cache_read) cache_read, sum(c.cache_write) cache_write, sum(coalesce(c.recorded, 0)) cost
               from calls c join transcripts t on t.id = c.transcript group by 1, 2, 3, 4, 5, 6),
             kept as (
               select {of_table} transcript, s.{name} place, k.agent agent, k.model model, k.recorded recorded, k.session_type kind,
                 sum(s.calls) calls, sum(s.errors) errors, sum(s.aborted) aborted, sum(s.used) used, sum(s.input) input,
                 sum(s.output) output, sum(s.cache_read) cache_read, sum(s.cache_write) cache_write, sum(s.recorded) cost
               from {table} s join usage_keys k on k.id = s.key group by 1, 2, 3, 4, 5, 6)
             select (select count(*) from (select * from raw except select * from kept)),
               (select count(*) from (select * from kept except select * from raw)), (select count(*) from raw)"
        );
        let (missing, wrong, rows): (i64, i64, i64) =
            connection.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        assert_eq!((missing, wrong), (0, 0), "{table} of {rows} rows");
    }
}
