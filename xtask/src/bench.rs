//! `cargo xtask bench`: the whole program, measured from outside on made-up state directories.
//!
//! CPU time is what counts: it is the same on a busy machine. The figures go to
//! `docs/BENCHMARKS.md` together with the machine and the method.

mod client;
mod state;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use client::{Connection, get_json};
use state::{Shape, Truth};

/// The limits that issue and README promise: name, limit, unit.
struct Row {
    what: String,
    limit: String,
    measured: String,
}

/// Measures everything and writes the page.
pub fn run(root: &Path, target: &Path) -> Result<()> {
    let status = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(root).status()?;
    ensure!(status.success(), "the release build failed");
    let program = target.join("release/factory-dashboard");
    let folder = target.join("bench");
    let mut rows = Vec::new();
    let shapes = [
        (Shape { name: "228 MB", sessions: 200, messages: 100_000, bytes: 228_000_000 }, "0.5", true),
        (Shape { name: "1 GB", sessions: 1000, messages: 440_000, bytes: 1_000_000_000 }, "2", false),
    ];
    for (shape, limit, followed) in shapes {
        let dir = folder.join(shape.name.replace(' ', "-"));
        let truth = state::make(&dir, &shape)?;
        // Made before anything is appended below.
        let packed = state::to_sqlite(&dir)?;
        for (layout, dir) in [("JSON Lines", &dir), ("SQLite", &packed)] {
            let cold = cold_start(&program, dir, &truth)?;
            let what = format!(
                "{}, {} sessions, {} messages, {layout}: all known after start",
                shape.name, shape.sessions, shape.messages
            );
            rows.push(Row {
                what,
                limit: format!("≤ {limit} CPU-s"),
                measured: format!("{:.2} CPU-s, {:.2} s elapsed", cold.cpu, cold.elapsed),
            });
            rows.push(Row {
                what: format!("the same: peak memory ({layout})"),
                limit: "≤ 64 MB".into(),
                measured: format!("{:.1} MB", cold.peak_mb),
            });
            if followed && layout == "JSON Lines" {
                let latency = append_latency(&cold.server, dir)?;
                rows.push(Row {
                    what: "a line appended → in /api/sessions, median of 50".into(),
                    limit: "≤ 250 ms".into(),
                    measured: format!("{latency:.0} ms"),
                });
            }
        }
    }
    let many = Shape { name: "5000 sessions", sessions: 5000, messages: 20_000, bytes: 20_000_000 };
    let dir = folder.join("5000-sessions");
    let truth = state::make(&dir, &many)?;
    let cold = cold_start(&program, &dir, &truth)?;
    let per_second = etag_rate(&cold.server)?;
    rows.push(Row {
        what: "5,000 sessions: /api/sessions with a matching ETag".into(),
        limit: "≥ 10,000 requests per CPU-s".into(),
        measured: format!("{per_second:.0} requests per CPU-s"),
    });
    drop(cold);
    let page = page(&rows);
    std::fs::write(root.join("docs/BENCHMARKS.md"), &page)?;
    println!("{page}");
    Ok(())
}

/// A server that ends with its owner.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(program: &Path, state_dir: &Path) -> Result<Self> {
        let data = state_dir.with_extension("data");
        let mut command = Command::new(program);
        command.args(["--port", "0", "--log", "error"]).arg("--state-dir").arg(state_dir).arg("--data-dir").arg(data);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().context("no output")?;
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line)?;
        let address = line.trim().strip_prefix("listening on http://").context("the server did not start")?.to_owned();
        Ok(Self { child, address })
    }

    /// User and system time used so far, in seconds.
    fn cpu(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        #[expect(clippy::cast_precision_loss, reason = "seconds with two decimals")]
        Ok(ticks as f64 / 100.0)
    }

    fn peak_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM")).context("no VmHWM")?;
        let kib: f64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Cold {
    server: Server,
    cpu: f64,
    elapsed: f64,
    peak_mb: f64,
}

fn cold_start(program: &Path, dir: &Path, truth: &Truth) -> Result<Cold> {
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
    ensure!(
        answer["coverage"]["callsRead"] == truth.calls,
        "calls {} are not {}",
        answer["coverage"]["callsRead"],
        truth.calls
    );
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
    delays.sort_by(f64::total_cmp);
    Ok(delays[delays.len() / 2])
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

fn page(rows: &[Row]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nMade by `cargo xtask bench`, which makes the state directories under `target/bench`, starts the release build on \
         each, checks every token sum against what it wrote, and reads CPU time (user and system, from start) and peak memory from `/proc`. \
         CPU time is the figure to trust; elapsed time depends on what else the machine does.\n\n",
    );
    let _ = writeln!(page, "Machine: {}\n\n| what | to reach | measured |\n| --- | --- | --- |", machine());
    for Row { what, limit, measured } in rows {
        let _ = writeln!(page, "| {what} | {limit} | {measured} |");
    }
    page
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split(": ").nth(1))
        .unwrap_or("unknown");
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    format!("{cores} × {model}, file cache warm")
}
