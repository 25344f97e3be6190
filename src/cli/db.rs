//! `db`: what the ledger holds, whether it is whole, a copy of it, and all of it for other programs.

mod export;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use rusqlite::Connection;

use super::{Options, print};
use crate::app::local_time;
use crate::config::Config;
use crate::store::lock::WriterLock;
use crate::store::sqlite::care::{self, Contents};
use crate::store::sqlite::{file_in, read_only};

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum DbAction {
    /// Show what the ledger holds, since when, and who writes it.
    Info {
        #[command(flatten)]
        options: Options,
    },
    /// Write a copy, as the ledger is at one moment; a running server is not disturbed.
    Backup {
        /// The file to write.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// Check every page, and every sum against its calls. Exit code 1 when something is wrong.
    Check {
        #[command(flatten)]
        options: Options,
    },
    /// Write every call to a file: .csv, .jsonl or .parquet.
    Export {
        /// The file to write; its ending says the format.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

impl DbAction {
    /// The options that were typed.
    pub(super) fn options(&self) -> &Options {
        match self {
            Self::Info { options }
            | Self::Backup { options, .. }
            | Self::Check { options }
            | Self::Export { options, .. } => options,
        }
    }
}

/// Does it.
pub(super) fn run(config: &Config, action: &DbAction) -> Result<ExitCode> {
    let file = file_in(&config.data_dir);
    if !file.exists() {
        bail!("there is no ledger {} yet; the server makes it, or 'factory-dashboard report'", file.display());
    }
    let connection = read_only(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    match action {
        DbAction::Info { .. } => info(config, &file, &connection)?,
        DbAction::Check { .. } => return check(&connection),
        DbAction::Backup { file, .. } => {
            refuse_existing(file)?;
            care::backup(&connection, file).with_context(|| format!("{} cannot be written", file.display()))?;
            print(&format!("wrote {} ({} bytes)", file.display(), size(file)));
        }
        DbAction::Export { file, .. } => {
            refuse_existing(file)?;
            let calls = export::run(&connection, file)?;
            print(&format!("wrote {calls} calls to {} ({} bytes)", file.display(), size(file)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse_existing(file: &Path) -> Result<()> {
    if file.exists() {
        bail!("{} is there already; name another file", file.display());
    }
    Ok(())
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |meta| meta.len())
}

fn info(config: &Config, file: &Path, connection: &Connection) -> Result<()> {
    let contents = care::contents(connection)?;
    let Contents { schema, calls, forgotten, span, raw_since, transcripts, slots, agents, incidents } = contents;
    let wal = size(&file.with_file_name("ledger.sqlite-wal"));
    let writer = WriterLock::holder(&config.data_dir).map_or_else(
        || "nobody writes it now".to_owned(),
        |holder| format!("process {} writes it since {}", holder.pid, local_time(holder.since)),
    );
    print(&format!("ledger       {} ({} bytes, log {wal} bytes)", file.display(), size(file)));
    print(&format!("schema       {schema}"));
    print(&format!("writer       {writer}"));
    print(&format!("calls        {calls} in {transcripts} transcripts, {slots} sums of a quarter of an hour"));
    if let Some((first, last)) = span {
        print(&format!("from, to     {}, {}", local_time(first), local_time(last)));
    }
    if let Some(since) = raw_since {
        print(&format!("given up     {forgotten} rows before {}; their sums are kept", local_time(since)));
    }
    for ((installation, agent), calls) in agents {
        print(&format!("agent        {installation} {agent}: {calls} calls"));
    }
    for incident in incidents {
        print(&format!("damage       {}", incident_text(&incident)));
    }
    Ok(())
}

/// A damage in one line.
pub(super) fn incident_text(incident: &care::Incident) -> String {
    let file = incident.file.as_deref().unwrap_or("no file");
    let fate = match (incident.calls_before, incident.lost()) {
        (Some(before), Some(0)) => format!("all of its {before} calls are here again"),
        (Some(before), Some(lost)) => {
            format!("{lost} of its {before} calls could not be rebuilt: no source holds them any more")
        }
        _ => format!("it could not tell how many calls it held; {} of that time are here", incident.calls_now),
    };
    format!("{}: {} (set aside as {file}); {fate}", local_time(incident.at), incident.what)
}

fn check(connection: &Connection) -> Result<ExitCode> {
    let wrong = care::check(connection)?;
    if wrong.is_empty() {
        print("the ledger is whole, and every sum is that of its calls");
        return Ok(ExitCode::SUCCESS);
    }
    for line in wrong {
        print(&line);
    }
    print("Stop the server and start it again: it sets a damaged ledger aside and rebuilds it.");
    Ok(ExitCode::FAILURE)
}
