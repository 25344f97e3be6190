//! One call appended, with many and with few rows behind it: the same sessions and files on both
//! sides, so that the ledger's rows are the only difference.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::get_json;
use super::server::Server;
use super::state::Random;
use super::time::now;
use super::year::{self, SESSIONS, Year, answer};
use super::{Bench, Row, cold};

/// Calls that are appended.
const APPENDS: usize = 300;
/// So many sessions take turns.
const BUSY: usize = 50;
/// Longer than what the program gathers into one reading, so that each call is one of its own.
const SPACING: Duration = Duration::from_millis(75);

/// The row, from a server that rests with many rows behind it.
pub fn row(bench: &Bench, server: Server, many: &Year) -> Result<Row> {
    let few = year::make(&bench.folder("year-few"), 1000)?;
    let behind_many = cost(server, many)?;
    let behind_few = cost(cold::start(&bench.program, &few.dir, &few.truth())?.server, &few)?;
    let ratio = behind_many / behind_few;
    Ok(Row::new(
        "CPU for a call appended, 1 M calls behind it against 1,000 (5,000 sessions and files on both sides; mean of 300)",
        "≤ 1.2 ×",
        format!("{ratio:.2} × ({:.2} ms against {:.2} ms)", behind_many * 1000.0, behind_few * 1000.0),
    ))
}

/// Seconds of CPU for one call, without what the server uses at rest.
fn cost(mut server: Server, year: &Year) -> Result<f64> {
    server.settle()?;
    let at_rest = at_rest(&mut server)?;
    year.give_up()?;
    let files: Vec<PathBuf> = (0..BUSY).map(|turn| year.transcript(session(turn))).collect();
    let lengths = files.iter().map(|file| Ok(fs::metadata(file)?.len())).collect::<Result<Vec<u64>>>()?;
    let (began, before) = (Instant::now(), server.fine_cpu()?);
    let mut random = Random::new();
    for call in 0..APPENDS {
        let (line, _) = answer(session(call % BUSY), 0x8000 + call, now()?, call % 5, false, &mut random);
        File::options().append(true).open(&files[call % BUSY])?.write_all(line.as_bytes())?;
        sleep(SPACING);
    }
    sleep(SPACING * 4);
    let used = server.fine_cpu()? - before - at_rest * began.elapsed().as_secs_f64();
    let calls = get_json(&server.address, "/api/sessions?limit=0")?["coverage"]["callsRead"].clone();
    ensure!(calls == year.truth().calls + APPENDS as u64, "after {APPENDS} appended calls there are {calls}");
    drop(server);
    for (file, length) in files.iter().zip(lengths) {
        File::options().write(true).open(file)?.set_len(length)?;
    }
    year.keep()?;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    Ok(used / APPENDS as f64)
}

/// The share of a core that it uses between two rescans.
fn at_rest(server: &mut Server) -> Result<f64> {
    let mut least = f64::MAX;
    for _ in 0..3 {
        let (began, before) = (Instant::now(), server.fine_cpu()?);
        sleep(Duration::from_secs(4));
        least = least.min((server.fine_cpu()? - before) / began.elapsed().as_secs_f64());
    }
    Ok(least)
}

/// Sessions of every agent and type.
fn session(turn: usize) -> usize {
    turn * 97 % SESSIONS
}
