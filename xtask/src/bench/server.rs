//! The program under measurement: started, asked for its CPU time and memory, ended.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// When the program begins to look through its ledger for damage, and a moment more.
const LOOKS_AFTER: Duration = Duration::from_millis(3500);

/// A server that ends with its owner.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// Nanoseconds that each thread ran, those that ended since included.
    threads: HashMap<String, u64>,
}

impl Server {
    /// Starts it with an empty data folder.
    pub fn start(program: &Path, state_dir: &Path) -> Result<Self> {
        let data = data_dir(state_dir);
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        Self::restart(program, state_dir)
    }

    /// Starts it with what the last run left.
    pub fn restart(program: &Path, state_dir: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["--port", "0", "--log", "error"]).arg("--state-dir").arg(state_dir);
        command.arg("--data-dir").arg(data_dir(state_dir));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://").context("the server did not start")?.to_owned();
        Ok(Self { child, address, threads: HashMap::new() })
    }

    /// Ends it as a user does, so that the next start is one after a clean end.
    pub fn stop(mut self) -> Result<()> {
        let status = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(status.success(), "the server is gone already");
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(began.elapsed() < Duration::from_secs(20), "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// User and system time used so far, in seconds: complete, but in steps of 10 ms.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(self.proc("stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        #[expect(clippy::cast_precision_loss, reason = "seconds with two decimals")]
        Ok(ticks as f64 / 100.0)
    }

    /// The same to the nanosecond, for short stretches: a thread that came and went between two looks
    /// is not seen.
    pub fn fine_cpu(&mut self) -> Result<f64> {
        for thread in fs::read_dir(self.proc("task"))?.flatten() {
            // A thread may end while it is looked at.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let ran = text.split_whitespace().next().context("no run time")?.parse()?;
            self.threads.insert(thread.file_name().to_string_lossy().into_owned(), ran);
        }
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of minutes")]
        Ok(self.threads.values().sum::<u64>() as f64 / 1e9)
    }

    /// Waits until it has done everything that follows a start.
    pub fn settle(&mut self) -> Result<()> {
        std::thread::sleep(LOOKS_AFTER);
        let began = Instant::now();
        let mut before = self.fine_cpu()?;
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = self.fine_cpu()?;
            if now - before < 0.005 {
                return Ok(());
            }
            ensure!(began.elapsed() < Duration::from_mins(1), "the server does not come to rest");
            before = now;
        }
    }

    /// The memory that it holds now.
    pub fn rss_mb(&self) -> Result<f64> {
        self.status_mb("VmRSS")
    }

    /// The most memory that it ever held.
    pub fn peak_mb(&self) -> Result<f64> {
        self.status_mb("VmHWM")
    }

    fn status_mb(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
        let kib: f64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }

    fn proc(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.child.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Brings a ledger and its log into the file cache, from which a system may have dropped what was long unused.
pub fn warm(state_dir: &Path) -> Result<()> {
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
        let file = data_dir(state_dir).join(name);
        if file.exists() {
            fs::read(file)?;
        }
    }
    Ok(())
}

/// The data folder that belongs to a state directory.
pub fn data_dir(state_dir: &Path) -> PathBuf {
    state_dir.with_extension("data")
}
