//! `kill -9` at any moment: after the next start the ledger is what it would have been.
//!
//! `FACTORY_KILLS=200 cargo test --release kills` runs the long form.

use std::io::Write;
use std::time::Duration;

use factory_dashboard::config::Environment;
use serde_json::json;
use tempfile::TempDir;

use crate::support::ledger::{rows_in, sums_are_right};
use crate::support::running::Running;
use crate::support::{NOW, StateDir, call, header};

const SESSIONS: usize = 60;
const CALLS: usize = 120;

fn lines(session: usize) -> Vec<String> {
    let call = |i: usize| {
        let tokens = u64::try_from(session * 1000 + i).unwrap();
        let at = format!("{:02}:{:02}:{:02}", i % 24, session % 60, i % 60);
        call(&format!("s{session}c{i}"), &at, [tokens, 1, 2, 3], i.is_multiple_of(2).then_some(0.001))
    };
    std::iter::once(header(&format!("s{session}"))).chain((0..CALLS).map(call)).collect()
}

fn name(session: usize) -> String {
    format!("s{session}.jsonl")
}

/// A state directory with the first `calls` lines of each transcript.
fn state(calls: usize) -> StateDir {
    let dir = StateDir::new();
    let row = |session: usize| (format!("x{session}"), json!({"sessionId": format!("s{session}"), "updatedAt": NOW}));
    let rows: Vec<(String, serde_json::Value)> = (0..SESSIONS).map(row).collect();
    let rows: Vec<(&str, serde_json::Value)> = rows.iter().map(|(key, row)| (key.as_str(), row.clone())).collect();
    dir.index(&rows);
    for session in 0..SESSIONS {
        dir.transcript(&name(session), &lines(session)[..=calls]);
    }
    dir
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn start(dir: &StateDir, data: &TempDir) -> Running {
    let state = format!("killed={}", dir.root().display());
    let data = data.path().to_str().unwrap();
    Running::at_home(&TempDir::new().unwrap(), &["--log", "error", "--state-dir", &state, "--data-dir", data])
}

/// Reads everything to the end and gives the rows.
fn finish(dir: &StateDir, data: &TempDir) -> Vec<String> {
    let server = start(dir, data);
    server.wait_until("everything is read", |server| {
        server.json("/api/sources")["progress"]["complete"] == true
            && server.json("/api/sessions?limit=0")["coverage"]["callsRead"] == SESSIONS * CALLS
    });
    drop(server);
    sums_are_right(&rusqlite::Connection::open(data.path().join("ledger.sqlite")).unwrap());
    rows_in(data.path())
}

/// The whole lists would be too long to print.
fn same(rows: &[String], reference: &[String], round: u64) {
    let other = rows.iter().zip(reference).find(|(row, expected)| row != expected);
    assert_eq!(other, None, "round {round}");
    assert_eq!(rows.len(), reference.len(), "round {round}");
}

#[test]
fn a_killed_program_loses_and_doubles_nothing() {
    let rounds: u64 =
        Environment::of_process().get("FACTORY_KILLS").and_then(|rounds| rounds.parse().ok()).unwrap_or(4);
    let mut chance = Chance(20_261_127);
    let whole = state(CALLS);
    let reference = finish(&whole, &TempDir::new().unwrap());
    let mut midway = 0;
    for round in 0..rounds {
        let data = TempDir::new().unwrap();
        if round.is_multiple_of(2) {
            // During a cold scan.
            let server = start(&whole, &data);
            std::thread::sleep(Duration::from_micros(chance.below(250_000)));
            midway += u64::from(server.json("/api/sources")["progress"]["complete"] == false);
            drop(server);
            same(&finish(&whole, &data), &reference, round);
        } else {
            // During appends.
            let dir = state(CALLS / 2);
            let server = start(&dir, &data);
            for session in 0..SESSIONS {
                let path = dir.path(&format!("agents/main/sessions/{}", name(session)));
                let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
                file.write_all(lines(session)[CALLS / 2 + 1..].concat().as_bytes()).unwrap();
                if chance.below(20) == 0 {
                    std::thread::sleep(Duration::from_micros(chance.below(60_000)));
                }
            }
            std::thread::sleep(Duration::from_micros(chance.below(200_000)));
            drop(server);
            same(&finish(&dir, &data), &reference, round);
        }
    }
    println!("{rounds} kills, {midway} of {} cold scans were not finished", rounds.div_ceil(2));
}
