//! Opens the ledger of a data folder whatever its state: a damaged one is set aside and made anew,
//! and where nothing can be written the ledger lives in memory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::StoreError;
use super::sqlite::{SqliteLedger, file_in, read_only};
use crate::domain::Millis;
use crate::domain::health::{LedgerHealth, LedgerStatus};

/// A ledger, and how it is.
pub struct OpenLedger {
    /// The writer.
    pub ledger: SqliteLedger,
    /// Whether what it takes in is kept.
    pub health: LedgerHealth,
}

/// Opens the ledger; `damage` names what was found wrong with it since it was opened last.
pub fn open(
    data_dir: &Path,
    price_changes: &BTreeSet<Millis>,
    now: Millis,
    damage: Option<String>,
) -> Result<OpenLedger, StoreError> {
    let file = file_in(data_dir);
    let opened = match damage {
        Some(what) => Err(StoreError::Damaged(what)),
        None => std::fs::create_dir_all(data_dir)
            .map_err(|error| from_io(&error))
            .and_then(|()| SqliteLedger::open(&file, price_changes.clone())),
    };
    match opened {
        Ok(ledger) => Ok(OpenLedger { ledger, health: LedgerHealth::default() }),
        Err(StoreError::Damaged(what)) => match anew(&file, price_changes, now, &what) {
            Ok(opened) => Ok(opened),
            Err(error) => in_memory(&file, price_changes, &error),
        },
        Err(error) => in_memory(&file, price_changes, &error),
    }
}

/// A ledger that is gone with the program, and the reason for it.
pub fn in_memory(file: &Path, price_changes: &BTreeSet<Millis>, error: &StoreError) -> Result<OpenLedger, StoreError> {
    let todo = match error {
        StoreError::Newer { .. } => "Use the newer version of the program that made it, or another --data-dir",
        StoreError::Full => "Make room on the disk; it is tried again every 10 s",
        StoreError::ReadOnly => {
            "Make the data folder writable (it is tried again every 10 s), or choose another with --data-dir"
        }
        _ => "See the log, or choose another folder with --data-dir",
    };
    let detail = format!(
        "History is kept in memory only, until the program ends: {} cannot be used ({error}). {todo}.",
        file.display()
    );
    tracing::error!("{detail}");
    let ledger = SqliteLedger::in_memory(price_changes.clone())?;
    Ok(OpenLedger { ledger, health: LedgerHealth { status: LedgerStatus::Memory, detail } })
}

/// Sets a damaged ledger aside and begins a new one.
fn anew(file: &Path, price_changes: &BTreeSet<Millis>, now: Millis, what: &str) -> Result<OpenLedger, StoreError> {
    let before = count_calls(file);
    let aside = set_aside(file, now).map_err(|error| from_io(&error))?;
    let ledger = SqliteLedger::open(file, price_changes.clone())?;
    let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let connection = Connection::open(file)?;
    connection.execute(
        "insert or replace into incidents (at, what, file, calls_before) values (?1, ?2, ?3, ?4)",
        params![now, what, name, before],
    )?;
    let held = before
        .map_or_else(|| "how many calls it held is not known".to_owned(), |calls| format!("it held {calls} calls"));
    let detail = format!(
        "The usage ledger was damaged ({what}) and is set aside as {name}; {held}. A new one is made from what OpenClaw still has; 'factory-dashboard doctor' tells what is missing."
    );
    tracing::error!("{detail}");
    Ok(OpenLedger { ledger, health: LedgerHealth { status: LedgerStatus::Rebuilt, detail } })
}

/// How many calls a damaged file holds, where it can still tell.
fn count_calls(file: &Path) -> Option<i64> {
    let connection = read_only(file).ok()?;
    connection.query_row("select coalesce(sum(calls), 0) from usage_slots", [], |row| row.get(0)).ok()
}

/// Renames a ledger and its logs: `ledger.damaged-2026-11-26T10-15-00Z.sqlite`.
fn set_aside(file: &Path, now: Millis) -> std::io::Result<PathBuf> {
    let time = Timestamp::from_millisecond(now).map(|at| at.strftime("%Y-%m-%dT%H-%M-%SZ").to_string());
    let stem = format!("ledger.damaged-{}", time.unwrap_or_else(|_| now.to_string()));
    let mut aside = file.with_file_name(format!("{stem}.sqlite"));
    let mut number = 1;
    while aside.exists() {
        number += 1;
        aside = file.with_file_name(format!("{stem}-{number}.sqlite"));
    }
    std::fs::rename(file, &aside)?;
    for suffix in ["-wal", "-shm"] {
        let (from, to) = (with_suffix(file, suffix), with_suffix(&aside, suffix));
        match std::fs::rename(&from, to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn from_io(error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
        _ => StoreError::Other(error.to_string()),
    }
}
