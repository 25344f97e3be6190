//! Reads whole state directories and says what it took: `cargo xtask bench` runs this in a process
//! of its own, so that its peak memory is the reader's.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use factory_dashboard::clock::SystemClock;
use factory_dashboard::domain::event::{Event, Positions};
use factory_dashboard::source::files::FilesReader;
use serde_json::{Value, json};

/// What one thread read, and the seconds of CPU that it took.
#[derive(Default)]
struct Read {
    calls: usize,
    tokens: [u64; 4],
    cpu: f64,
}

/// Reads each folder on a thread of its own, all at once.
#[expect(clippy::disallowed_methods, reason = "measures time")]
pub fn run(folders: &[PathBuf]) -> Result<Value> {
    let began = Instant::now();
    let threads: Vec<_> = folders.iter().cloned().map(|folder| thread::spawn(move || read(&folder))).collect();
    let mut all = Read::default();
    for thread in threads {
        let read = thread.join().map_err(|_| anyhow::anyhow!("a reader failed"))??;
        all.calls += read.calls;
        all.cpu += read.cpu;
        for (sum, tokens) in all.tokens.iter_mut().zip(read.tokens) {
            *sum += tokens;
        }
    }
    Ok(json!({
        "calls": all.calls, "tokens": all.tokens, "cpu": all.cpu,
        "elapsed": began.elapsed().as_secs_f64(), "peakMb": peak_mb()?,
    }))
}

fn read(folder: &Path) -> Result<Read> {
    let before = cpu()?;
    let mut read = Read::default();
    let mut reader = FilesReader::new("bench".into(), folder.to_owned(), Positions::new());
    let result = reader.refresh(&SystemClock, &mut |events| {
        for event in events {
            let Event::CallsRead { calls, .. } = event else { continue };
            read.calls += calls.len();
            for call in calls {
                let usage = call.usage;
                let each = [usage.input, usage.output, usage.cache_read, usage.cache_write];
                for (sum, tokens) in read.tokens.iter_mut().zip(each) {
                    *sum += tokens;
                }
            }
        }
        Ok(())
    });
    result.map_err(|_| anyhow::anyhow!("the reading ended early"))?;
    read.cpu = cpu()? - before;
    Ok(read)
}

/// Seconds that this thread ran.
fn cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().context("no run time")?.parse()?;
    Ok(nanos / 1e9)
}

fn peak_mb() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).context("no VmHWM")?;
    let kib: f64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kib / 1024.0)
}
