//! `cargo xtask bench`: the whole program, measured from outside on made-up state directories.
//!
//! CPU time is what counts: it is the same on a busy machine. The figures go to
//! `docs/BENCHMARKS.md` together with the machine and the method. `cargo xtask bench ledger idle`
//! measures these parts alone and only prints them.

mod append;
mod client;
mod cold;
mod idle;
mod ledger;
mod open;
mod page;
mod push;
mod scan;
mod server;
mod state;
mod time;
mod usage;
mod year;

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

/// Measures one part.
type Measure = fn(&Bench) -> Result<Vec<Row>>;

/// The parts by name, in the order of the page.
const PARTS: [(&str, Measure); 7] = [
    ("cold", cold::rows),
    ("scan", scan::rows),
    ("ledger", ledger::rows),
    ("open", open::rows),
    ("push", push::rows),
    ("page", page::rows),
    ("idle", idle::rows),
];

/// The limits that issue and README promise: name, limit, unit.
struct Row {
    what: String,
    limit: String,
    measured: String,
}

impl Row {
    fn new(what: impl Into<String>, limit: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), limit: limit.into(), measured: measured.into() }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "| {} | {} | {} |", self.what, self.limit, self.measured)
    }
}

/// What is measured, and where its inputs lie.
struct Bench {
    root: PathBuf,
    program: PathBuf,
    inputs: PathBuf,
}

impl Bench {
    /// Where a state directory of this name is made.
    fn folder(&self, name: &str) -> PathBuf {
        self.inputs.join(name.replace(' ', "-"))
    }
}

/// Measures everything and writes the page; with names of parts, measures these and prints them.
pub fn run(root: &Path, target: &Path) -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(2).collect();
    let names = PARTS.map(|(name, _)| name);
    for part in &asked {
        ensure!(names.contains(&part.as_str()), "there is no part {part:?}; there are {}", names.join(", "));
    }
    let status = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(root).status()?;
    ensure!(status.success(), "the release build failed");
    let program = target.join("release/factory-dashboard");
    let bench = Bench { root: root.to_owned(), program, inputs: target.join("bench") };
    let mut rows = Vec::new();
    for (name, measure) in PARTS {
        if !asked.is_empty() && !asked.iter().any(|part| part == name) {
            continue;
        }
        for row in measure(&bench)? {
            println!("{row}");
            rows.push(row);
        }
    }
    if asked.is_empty() {
        std::fs::write(root.join("docs/BENCHMARKS.md"), table(&rows))?;
    }
    Ok(())
}

/// The middle one of some figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// The figure that a quarter lies below: of rounds that something else may slow down, but nothing speeds up.
fn lower_quartile(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 4).copied().unwrap_or_default()
}

fn table(rows: &[Row]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nMade by `cargo xtask bench`, which makes the state directories under `target/bench`, starts the release build on \
         each, checks every token sum against what it wrote, and reads CPU time (user and system, from start) and peak memory from `/proc`. \
         CPU time is the figure to trust; elapsed time depends on what else the machine does. A start is one without a ledger unless it says \
         otherwise. `cargo bench` measures the parts inside.\n\n",
    );
    let _ = writeln!(page, "Machine: {}\n\n| what | to reach | measured |\n| --- | --- | --- |", machine());
    for row in rows {
        let _ = writeln!(page, "{row}");
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
