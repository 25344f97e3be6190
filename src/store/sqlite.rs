//! The engine for one machine: SQLite in write-ahead mode, in our data folder.
//!
//! One connection writes. Questions have a connection of their own, so that a long one never holds
//! up a commit; a ledger in memory has one connection for both.

pub mod care;
mod history;
mod known;
mod names;
mod rows;
mod sums;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use self::history::SqliteHistory;
pub use self::known::stated_prices;
use self::names::Names;
use super::{Ledger, StoreError, schema};
use crate::domain::event::{CallsKept, Event, Positions};
use crate::domain::known::Known;
use crate::domain::{InstallationId, Millis};

/// How long a lock of another program is waited for.
const BUSY: Duration = Duration::from_secs(5);
/// Pages kept in memory, in KiB.
const CACHE_KIB: i64 = 16_384;
/// What the write-ahead log is cut back to.
const LOG_BYTES: i64 = 16 << 20;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for StoreError {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A connection that several may use in turn.
pub(crate) type Shared = Arc<Mutex<Connection>>;

fn lock(connection: &Shared) -> MutexGuard<'_, Connection> {
    // A transaction that a panic cut short was rolled back when it was dropped.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writer.
pub struct SqliteLedger {
    connection: Shared,
    /// `None` after a transaction failed: names that were new in it are not there.
    names: Option<Names>,
    history: Arc<SqliteHistory>,
}

impl SqliteLedger {
    /// Opens a ledger, or makes one.
    pub fn open(file: &Path, price_changes: BTreeSet<Millis>) -> Result<Self, StoreError> {
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        schema::migrate(&mut connection)?;
        let asked = Arc::new(Mutex::new(read_only(file)?));
        Self::of(connection, |_| asked, price_changes)
    }

    /// A ledger that is gone with the program.
    pub fn in_memory(price_changes: BTreeSet<Millis>) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        schema::migrate(&mut connection)?;
        Self::of(connection, Arc::clone, price_changes)
    }

    fn of(
        connection: Connection,
        asked: impl FnOnce(&Shared) -> Shared,
        price_changes: BTreeSet<Millis>,
    ) -> Result<Self, StoreError> {
        let names = Some(Names::load(&connection)?);
        let connection = Arc::new(Mutex::new(connection));
        let history = Arc::new(SqliteHistory::new(asked(&connection), price_changes));
        Ok(Self { connection, names, history })
    }

    /// Does work on the ledger with its names, which are read anew after work that failed.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Connection, &mut Names) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = lock(&self.connection);
        let mut names = match self.names.take() {
            Some(names) => names,
            None => Names::load(&connection)?,
        };
        let done = work(&mut connection, &mut names)?;
        self.names = Some(names);
        Ok(done)
    }

    /// Answers questions about what was committed.
    pub fn history(&self) -> Arc<SqliteHistory> {
        Arc::clone(&self.history)
    }
}

impl Drop for SqliteLedger {
    fn drop(&mut self) {
        // The log goes into the file, so that the file alone is the ledger once nobody writes.
        let _ = lock(&self.connection).query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
    }
}

/// A connection for questions alone.
pub fn read_only(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// From when on single calls are kept; the earliest time when none was given up.
fn read_raw_since(connection: &Connection) -> Result<Millis, StoreError> {
    let mut statement = connection.prepare("select value from settings where name = 'raw_since'")?;
    let value: Option<String> = statement.query_map([], |row| row.get(0))?.next().transpose()?;
    Ok(value.and_then(|value| value.parse().ok()).unwrap_or(Millis::MIN))
}

/// Where the ledger lies in a data folder.
#[must_use]
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("ledger.sqlite")
}

impl Ledger for SqliteLedger {
    fn commit(&mut self, events: &[Event]) -> Result<Vec<CallsKept>, StoreError> {
        let (kept, slots) = self.write(|connection, names| write::commit(connection, names, events))?;
        self.history.forget(&slots);
        Ok(kept)
    }

    fn known(&mut self, recent_since: Millis) -> Result<Known, StoreError> {
        known::load(&mut lock(&self.connection), recent_since)
    }

    fn positions(&mut self, installation: &InstallationId) -> Result<Positions, StoreError> {
        let connection = lock(&self.connection);
        let mut statement = connection.prepare("select place, position from positions where installation = ?1")?;
        let rows = statement.query_map([installation.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn forget_calls_before(&mut self, moment: Millis) -> Result<usize, StoreError> {
        self.write(|connection, names| {
            let given_up = care::forget_calls_before(connection, moment)?;
            names.has_forgotten |= given_up > 0;
            Ok(given_up)
        })
    }

    fn set_tier_limits(&mut self, limits: &BTreeSet<u64>) -> Result<(), StoreError> {
        let changed = self.write(|connection, names| write::set_limits(connection, names, limits))?;
        if changed {
            self.history.forget_all();
        }
        Ok(())
    }
}
