//! What a person at the page waits for, and what the browser works: measured by `e2e/measure.mjs`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{Bench, Row};

/// The rows of this part.
pub fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let ran = Command::new("node")
        .args(["e2e/run.mjs", "measure"])
        .current_dir(&bench.root)
        .env("FACTORY_DASHBOARD_BIN", &bench.program)
        .stderr(Stdio::inherit())
        .output()
        .context("node e2e/run.mjs measure")?;
    let said = String::from_utf8_lossy(&ran.stdout);
    ensure!(ran.status.success(), "node e2e/run.mjs measure failed:\n{said}");
    let figures = said.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        Some(Row::new(parts.next()?, parts.next()?, parts.next()?))
    });
    Ok(figures.collect())
}
