//! What it takes to open a session whose transcript is large: its page asks for the detail and the newest messages.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::client::{Connection, get_json};
use super::server::{Server, data_dir};
use super::state::{self, Shape, Truth};
use super::{Bench, Row, cold, median};

/// So many times it is opened; the first time counts by itself.
const OPENINGS: usize = 9;

/// One session with the transcript of a busy year.
const GIGABYTE: Shape =
    Shape { name: "1 GB in one session", sessions: 1, messages: 264_000, one_call_in: 3, bytes: 1_200_000_000 };

/// The layout of what OpenClaw 2026.9.6 deleted.
const PACKED: &str = "deleted and packed";

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let dir = bench.folder(GIGABYTE.name);
    let truth = state::make(&dir, &GIGABYTE)?;
    let (database, packed) = (state::to_sqlite(&dir)?, state::to_packed(&dir)?);
    let mut rows = Vec::new();
    for (layout, dir) in [("JSON Lines", &dir), ("SQLite", &database), (PACKED, &packed)] {
        rows.extend(of_layout(bench, layout, dir, &truth)?);
    }
    Ok(rows)
}

fn of_layout(bench: &Bench, layout: &str, dir: &Path, truth: &Truth) -> Result<Vec<Row>> {
    let started = cold::start(&bench.program, dir, truth)?;
    let mut server = started.server;
    server.settle()?;
    let key = get_json(&server.address, "/api/sessions?limit=1")?["sessions"][0]["key"].clone();
    let path = format!("/api/sessions/{}", key.as_str().context("no session")?.replace(':', "%3A"));
    let mut elapsed = Vec::new();
    let before = server.fine_cpu()?;
    for _ in 0..OPENINGS {
        let began = Instant::now();
        open(&server, &path, truth)?;
        elapsed.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let cpu = (server.fine_cpu()? - before) * 1000.0 / OPENINGS as f64;
    let (first, peak) = (elapsed[0], server.peak_mb()?);
    let (size, scrolled) = walk(&server, &path)?;
    let what = format!("a transcript of 1.0 GB, {layout}: session opened, detail and newest 50 messages");
    let measured = format!("{first:.0} ms the first time, then {:.0} ms (median), {cpu:.0} CPU-ms", median(elapsed));
    let mut rows = vec![
        Row::new(what, "≤ 500 ms", measured),
        Row::new("the same: peak memory, start and openings", "≤ 64 MB", format!("{peak:.1} MB")),
        Row::new(
            format!("the same: 20 older pages, {size} messages"),
            "–",
            format!("{scrolled:.1} ms a page, {:.1} MB peak", server.peak_mb()?),
        ),
    ];
    if layout == PACKED {
        fs::remove_dir_all(data_dir(dir).join("archive-ends"))?;
        let began = Instant::now();
        open(&server, &path, truth)?;
        let unpacked = began.elapsed().as_secs_f64() * 1000.0;
        let measured = format!("{unpacked:.0} ms, {:.1} MB peak", server.peak_mb()?);
        rows.push(Row::new("the same: its end not kept, unpacked as a whole", "–", measured));
    }
    Ok(rows)
}

fn open(server: &Server, path: &str, truth: &Truth) -> Result<()> {
    let detail = get_json(&server.address, path)?;
    ensure!(detail["usage"]["calls"] == truth.calls, "calls {} are not {}", detail["usage"]["calls"], truth.calls);
    ensure!(!detail["runs"].as_array().context("no runs")?.is_empty(), "no run was found");
    let page = get_json(&server.address, &format!("{path}/messages"))?;
    ensure!(page["messages"].as_array().is_some_and(|list| list.len() == 50), "not 50 messages");
    Ok(())
}

/// Scrolls back through the conversation; how many messages came, and how long a page took.
fn walk(server: &Server, path: &str) -> Result<(usize, f64)> {
    let mut connection = Connection::open(&server.address)?;
    let mut ask = |query: &str| -> Result<Value> {
        let (status, _, body) = connection.ask(&format!("{path}/messages{query}"), "")?;
        ensure!(status == 200, "status {status}");
        Ok(serde_json::from_slice(&body)?)
    };
    let mut before = ask("")?["before"].as_str().context("no older page")?.to_owned();
    let (mut size, began) = (0, Instant::now());
    for _ in 0..20 {
        let page = ask(&format!("?before={before}"))?;
        size += page["messages"].as_array().map_or(0, Vec::len);
        page["before"].as_str().context("no older page")?.clone_into(&mut before);
    }
    Ok((size, began.elapsed().as_secs_f64() * 1000.0 / 20.0))
}
