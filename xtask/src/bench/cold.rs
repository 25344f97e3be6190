//! A first start, a line appended, an unchanged answer: state directories of growing size.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::client::{Connection, get_json};
use super::server::Server;
use super::state::{self, Shape, Truth};
use super::{Bench, Row};

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let one_call_in = 2;
    let small = Shape { name: "228 MB", sessions: 200, messages: 100_000, one_call_in, bytes: 228_000_000 };
    let large = Shape { name: "1 GB", sessions: 1000, messages: 440_000, one_call_in, bytes: 1_000_000_000 };
    for (shape, limit, followed) in [(small, "0.5", true), (large, "2", false)] {
        let dir = bench.folder(shape.name);
        let truth = state::make(&dir, &shape)?;
        // Made before anything is appended below.
        let packed = state::to_sqlite(&dir)?;
        for (layout, dir) in [("JSON Lines", &dir), ("SQLite", &packed)] {
            let cold = start(&bench.program, dir, &truth)?;
            let what = format!(
                "{}, {} sessions, {} messages, {layout}: all known after start",
                shape.name, shape.sessions, shape.messages
            );
            let measured = format!("{:.2} CPU-s, {:.2} s elapsed", cold.cpu, cold.elapsed);
            rows.push(Row::new(what, format!("≤ {limit} CPU-s"), measured));
            let what = format!("the same: peak memory ({layout})");
            rows.push(Row::new(what, "≤ 64 MB", format!("{:.1} MB", cold.peak_mb)));
            if followed && layout == "JSON Lines" {
                let latency = append_latency(&cold.server, dir)?;
                let what = "a line appended → in /api/sessions, median of 50";
                rows.push(Row::new(what, "≤ 250 ms", format!("{latency:.0} ms")));
            }
        }
    }
    let many = Shape { name: "5000 sessions", sessions: 5000, messages: 20_000, one_call_in, bytes: 20_000_000 };
    let dir = bench.folder(many.name);
    let truth = state::make(&dir, &many)?;
    let cold = start(&bench.program, &dir, &truth)?;
    let per_second = etag_rate(&cold.server)?;
    let what = "5,000 sessions: /api/sessions with a matching ETag";
    rows.push(Row::new(what, "≥ 10,000 requests per CPU-s", format!("{per_second:.0} requests per CPU-s")));
    Ok(rows)
}

/// A start without a ledger, followed until everything was read.
pub struct Cold {
    pub server: Server,
    pub cpu: f64,
    pub elapsed: f64,
    pub peak_mb: f64,
}

/// Starts with an empty data folder and holds what was read against the truth.
pub fn start(program: &Path, dir: &Path, truth: &Truth) -> Result<Cold> {
    let began = Instant::now();
    let server = Server::start(program, dir)?;
    loop {
        let sources = get_json(&server.address, "/api/sources")?;
        if sources["progress"]["complete"] == true {
            break;
        }
        ensure!(began.elapsed() < Duration::from_mins(2), "the reading did not end");
        std::thread::sleep(Duration::from_millis(25));
    }
    let (cpu, elapsed) = (server.cpu()?, began.elapsed().as_secs_f64());
    let answer = get_json(&server.address, "/api/sessions?limit=1")?;
    let stats = &answer["tokenStats"];
    let read = ["totalInput", "totalOutput", "totalCacheRead", "totalCacheWrite"]
        .map(|name| stats[name].as_u64().unwrap_or_default());
    ensure!(read == truth.tokens, "{}: tokens {read:?} are not {:?}", dir.display(), truth.tokens);
    let calls = &answer["coverage"]["callsRead"];
    ensure!(*calls == truth.calls, "calls {calls} are not {}", truth.calls);
    Ok(Cold { cpu, elapsed, peak_mb: server.peak_mb()?, server })
}

fn append_latency(server: &Server, dir: &Path) -> Result<f64> {
    let mut delays = Vec::new();
    for round in 0..50 {
        let before = get_json(&server.address, "/api/sessions?limit=0")?["tokenStats"]["totalInput"]
            .as_u64()
            .context("no total")?;
        let began = Instant::now();
        state::append(dir, round)?;
        loop {
            let now = get_json(&server.address, "/api/sessions?limit=0")?["tokenStats"]["totalInput"].as_u64();
            if now > Some(before) {
                break;
            }
            if began.elapsed() > Duration::from_secs(20) {
                bail!("an appended line was not seen");
            }
            std::thread::sleep(Duration::from_millis(4));
        }
        delays.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(super::median(delays))
}

fn etag_rate(server: &Server) -> Result<f64> {
    let mut connection = Connection::open(&server.address)?;
    let tag = connection.etag("/api/sessions")?;
    let before = server.cpu()?;
    let requests = 50_000;
    for _ in 0..requests {
        connection.not_modified("/api/sessions", &tag)?;
    }
    Ok(f64::from(requests) / (server.cpu()? - before).max(0.01))
}
