//! Reading alone, without ledger and page: the library's reader in a process of its own, on one
//! thread and on two.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::state::{self, Shape, Truth};
use super::{Bench, Row, median};

/// So many readings: the middle one counts, and the quickest where elapsed time is compared.
const READINGS: usize = 5;

/// A third of the lines are calls, as in transcripts of agents that use many tools.
const GIGABYTE: Shape =
    Shape { name: "1 GB to read", sessions: 1000, messages: 264_000, one_call_in: 3, bytes: 1_200_000_000 };

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let dir = bench.folder(GIGABYTE.name);
    let truth = state::make(&dir, &GIGABYTE)?;
    let halves = halves(&dir)?;
    let program = build(&bench.root)?;
    let one = read(&program, &[dir], &truth)?;
    let two = read(&program, &halves, &truth)?;
    let rate = |figures: &Figures| figures.bytes / 1e9 / figures.cpu;
    let (faster, level) = (one.elapsed / two.elapsed, 2.0 * one.cpu / two.cpu);
    Ok(vec![
        Row::new(
            format!(
                "{:.2} GB of JSON Lines, a third of {} lines calls, read by one thread without ledger: median of 5",
                one.bytes / 1e9,
                GIGABYTE.messages
            ),
            "≥ 2 GB per CPU-s",
            format!("{:.2} GB per CPU-s, {:.2} s elapsed at best", rate(&one), one.elapsed),
        ),
        Row::new("the same: peak memory", "≤ 64 MB", format!("{:.1} MB", one.peak_mb)),
        Row::new(
            "the same by two readers on two threads, half of the files each: quickest of 5",
            "≥ 1.8 × as quick when two cores are free",
            format!(
                "{faster:.2} × ({:.2} s elapsed at best), {level:.2} × by CPU time, {:.1} MB; load {}",
                two.elapsed,
                two.peak_mb,
                load()
            ),
        ),
    ])
}

/// Links every second transcript into one folder and the others into another.
fn halves(dir: &Path) -> Result<[PathBuf; 2]> {
    let made = ["half-0", "half-1"].map(|half| dir.with_extension(half));
    for half in &made {
        if half.exists() {
            fs::remove_dir_all(half)?;
        }
    }
    let mut turn = 0;
    for agent in fs::read_dir(dir.join("agents"))?.flatten() {
        for file in fs::read_dir(agent.path().join("sessions"))?.flatten() {
            if file.path().extension().is_none_or(|extension| extension != "jsonl") {
                continue;
            }
            let folder = made[turn % 2].join("agents").join(agent.file_name()).join("sessions");
            fs::create_dir_all(&folder)?;
            fs::hard_link(file.path(), folder.join(file.file_name()))?;
            turn += 1;
        }
    }
    Ok(made)
}

/// Builds the benches and says where they are.
fn build(root: &Path) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["bench", "--no-run", "--quiet", "--bench", "inside", "--message-format", "json"]);
    let output = cargo.current_dir(root).output()?;
    ensure!(output.status.success(), "the benches cannot be built: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = messages.filter(|message| message["target"]["name"] == "inside");
    let program = programs.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program.context("cargo does not say where the benches are")
}

struct Figures {
    bytes: f64,
    cpu: f64,
    elapsed: f64,
    peak_mb: f64,
}

fn read(program: &Path, folders: &[PathBuf], truth: &Truth) -> Result<Figures> {
    let mut readings = Vec::new();
    for _ in 0..READINGS {
        let output = Command::new(program).arg("read-all").args(folders).output()?;
        ensure!(output.status.success(), "reading failed: {}", String::from_utf8_lossy(&output.stderr));
        let figures: Value = serde_json::from_slice(&output.stdout)?;
        ensure!(figures["calls"] == truth.calls, "{} calls of {}", figures["calls"], truth.calls);
        ensure!(figures["tokens"] == json!(truth.tokens), "tokens {} of {:?}", figures["tokens"], truth.tokens);
        readings.push(figures);
    }
    let middle = |name: &str| median(readings.iter().filter_map(|figures| figures[name].as_f64()).collect());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let bytes = folders.iter().map(|folder| bytes(folder)).sum::<Result<u64>>()? as f64;
    // Others who use the cores make a reading slower, never quicker.
    let elapsed = readings.iter().filter_map(|figures| figures["elapsed"].as_f64()).fold(f64::MAX, f64::min);
    Ok(Figures { bytes, cpu: middle("cpu"), elapsed, peak_mb: middle("peakMb") })
}

fn bytes(folder: &Path) -> Result<u64> {
    let mut all = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        all += if meta.is_dir() { bytes(&entry.path())? } else { meta.len() };
    }
    Ok(all)
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
