//! One call appended, with many and with few rows behind it: the same sessions and files on both
//! sides, so that the ledger's rows are the only difference.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::get_json;
use super::server::{self, Server};
use super::state::Random;
use super::time::now;
use super::year::{self, SESSIONS, Year, answer};
use super::{Bench, Row, cold, lower_quartile};

/// Rounds, in which both sides take turns: what else the machine does is the same for both. They are so
/// short that a look at everything, every 15 s, falls into few of them.
const ROUNDS: usize = 15;
/// Calls appended in a round, each to another session.
const CALLS: usize = 24;
/// Longer than what the program gathers into one reading, so that each call is one of its own.
const SPACING: Duration = Duration::from_millis(75);

/// The row, from a server that rests with many rows behind it.
pub fn row(bench: &Bench, server: Server, many: &Year) -> Result<Row> {
    let few = year::make(&bench.folder("year-few"), 1000)?;
    let other = cold::start(&bench.program, &few.dir, &few.truth())?.server;
    let mut sides = [Side::new(server, many)?, Side::new(other, &few)?];
    let mut costs = [Vec::new(), Vec::new()];
    for side in &mut sides {
        server::warm(&side.year.dir)?;
        side.round()?;
    }
    for _ in 0..ROUNDS {
        for (side, costs) in sides.iter_mut().zip(&mut costs) {
            costs.push(side.round()?);
        }
    }
    sides.into_iter().try_for_each(Side::end)?;
    let [behind_many, behind_few] = costs.map(lower_quartile);
    let ratio = behind_many / behind_few;
    let calls = ROUNDS * CALLS;
    Ok(Row::new(
        format!(
            "CPU for a call appended, 1 M calls behind it against 1,000 (5,000 sessions and files on both sides; \
             {calls} calls in {ROUNDS} rounds by turns, lower quartiles)"
        ),
        "≤ 1.2 ×",
        format!("{ratio:.2} × ({:.2} ms against {:.2} ms)", behind_many * 1000.0, behind_few * 1000.0),
    ))
}

/// A server and its sessions.
struct Side<'a> {
    server: Server,
    year: &'a Year,
    at_rest: f64,
    files: Vec<PathBuf>,
    lengths: Vec<u64>,
    appended: usize,
    random: Random,
}

impl<'a> Side<'a> {
    fn new(mut server: Server, year: &'a Year) -> Result<Self> {
        server.settle()?;
        let at_rest = at_rest(&mut server)?;
        year.give_up()?;
        let files: Vec<PathBuf> = (0..CALLS).map(|turn| year.transcript(session(turn))).collect();
        let lengths = files.iter().map(|file| Ok(fs::metadata(file)?.len())).collect::<Result<_>>()?;
        Ok(Self { server, year, at_rest, files, lengths, appended: 0, random: Random::new() })
    }

    /// Seconds of CPU for one call, without what the server uses at rest.
    fn round(&mut self) -> Result<f64> {
        let (began, before) = (Instant::now(), self.server.fine_cpu()?);
        for (turn, file) in self.files.iter().enumerate() {
            let (line, _) = answer(session(turn), 0x8000 + self.appended, now()?, turn % 5, false, &mut self.random);
            File::options().append(true).open(file)?.write_all(line.as_bytes())?;
            self.appended += 1;
            sleep(SPACING);
        }
        sleep(SPACING * 4);
        let used = self.server.fine_cpu()? - before - self.at_rest * began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        Ok(used / CALLS as f64)
    }

    fn end(self) -> Result<()> {
        let calls = get_json(&self.server.address, "/api/sessions?limit=0")?["coverage"]["callsRead"].clone();
        let appended = self.appended;
        ensure!(
            calls == self.year.truth().calls + appended as u64,
            "after {appended} appended calls there are {calls}"
        );
        drop(self.server);
        for (file, length) in self.files.iter().zip(self.lengths) {
            File::options().write(true).open(file)?.set_len(length)?;
        }
        self.year.keep()
    }
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
