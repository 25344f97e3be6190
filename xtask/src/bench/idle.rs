//! What it costs to watch while nothing happens.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::state::{self, Shape};
use super::{Bench, Row, cold};

/// Two rescans fall into it.
const WATCHED_FOR: Duration = Duration::from_secs(30);

/// The row of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let shape = Shape { name: "2000 files", sessions: 2000, messages: 8000, one_call_in: 2, bytes: 8_000_000 };
    let dir = bench.folder(shape.name);
    let truth = state::make(&dir, &shape)?;
    let mut server = cold::start(&bench.program, &dir, &truth)?.server;
    server.settle()?;
    let (began, before) = (Instant::now(), server.fine_cpu()?);
    std::thread::sleep(WATCHED_FOR);
    let share = (server.fine_cpu()? - before) / began.elapsed().as_secs_f64();
    let what = "2,000 files watched for 30 s in which nothing happens";
    Ok(vec![Row::new(what, "≤ 0.5% of a core", format!("{:.2}% of a core", share * 100.0))])
}
