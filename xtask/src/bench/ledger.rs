//! A year of calls in the ledger: taken in, there again after a restart, appended to, asked for.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::client::Connection;
use super::server::Server;
use super::year::{self, Year};
use super::{Bench, Row, append, cold, median, usage};

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let year = year::make(&bench.folder("year"), 1_000_000)?;
    let cold = cold::start(&bench.program, &year.dir, &year.truth())?;
    let what =
        "1 M calls of 5,000 sessions, 20 agents, 5 models over a year, JSON Lines: all in the ledger after start";
    let mut rows = vec![
        Row::new(what, "≤ 12 CPU-s", format!("{:.2} CPU-s, {:.2} s elapsed", cold.cpu, cold.elapsed)),
        Row::new("the same: peak memory", "–", format!("{:.1} MB", cold.peak_mb)),
    ];
    let mut server = cold.server;
    server.settle()?;
    server.stop()?;
    let mut starts = Vec::new();
    for _ in 0..5 {
        let start = restart(bench, &year)?;
        start.server.stop()?;
        starts.push((start.elapsed, start.cpu));
    }
    let (elapsed, cpu) = starts.into_iter().unzip();
    rows.push(Row::new(
        "restart with these in the ledger: process start → first whole /api/sessions, median of 5",
        "≤ 300 ms",
        format!("{:.0} ms, {:.0} CPU-ms", median(elapsed) * 1000.0, median(cpu) * 1000.0),
    ));
    let mut server = restart(bench, &year)?.server;
    server.settle()?;
    rows.extend(usage::rows(&mut server, &year)?);
    rows.push(append::row(bench, server, &year)?);
    Ok(rows)
}

struct Restart {
    server: Server,
    elapsed: f64,
    cpu: f64,
}

fn restart(bench: &Bench, year: &Year) -> Result<Restart> {
    let began = Instant::now();
    let mut server = Server::restart(&bench.program, &year.dir)?;
    let mut connection = Connection::open(&server.address)?;
    let (status, _, body) = connection.ask("/api/sessions", "")?;
    let (elapsed, cpu) = (began.elapsed().as_secs_f64(), server.fine_cpu()?);
    let answer: Value = serde_json::from_slice(&body)?;
    let (total, calls) = (&answer["total"], &answer["coverage"]["callsRead"]);
    ensure!(status == 200 && *total == year::SESSIONS, "the first answer after a restart has {total} sessions");
    ensure!(*calls == year.truth().calls, "the first answer after a restart knows {calls} calls");
    Ok(Restart { server, elapsed, cpu })
}
