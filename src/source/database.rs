//! Opens OpenClaw's databases so that nothing below the state directory changes.
//!
//! A database that nobody has open (no `-wal` with content beside it) is read as an immutable
//! file: an ordinary read-only connection would leave an empty `-wal` behind. A live one is opened
//! read-only, which sees committed rows and takes no lock that OpenClaw needs.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

/// How long a lock of another program is waited for.
const BUSY: Duration = Duration::from_millis(500);

/// Tells whether a file is still what it was: device, inode, size, time of change in nanoseconds.
pub type Stamp = (u64, u64, u64, i64);

/// The stamp of a file; `None` when it is not there.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.dev(), meta.ino(), meta.len(), meta.mtime() * 1_000_000_000 + meta.mtime_nsec()))
}

/// The stamps of a database and its log.
pub fn stamps(path: &Path) -> (Option<Stamp>, Option<Stamp>) {
    (stamp(path), stamp(&beside(path, "-wal")))
}

/// A connection and how it was made.
#[derive(Debug)]
pub struct Opened {
    /// The connection.
    pub connection: Connection,
    /// The stamps when an immutable reading began: it only counts if they are the same at its end.
    immutable_at: Option<(Option<Stamp>, Option<Stamp>)>,
}

impl Opened {
    /// Whether what was read can be trusted: nobody began to write while an immutable file was read.
    pub fn still_holds(&self, path: &Path) -> bool {
        self.immutable_at.is_none_or(|before| before == stamps(path))
    }
}

/// Opens a database for reading.
pub fn open(path: &Path) -> rusqlite::Result<Opened> {
    let before = stamps(path);
    let has_log = before.1.is_some_and(|(_, _, size, _)| size > 0) || beside(path, "-journal").exists();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let uri = format!("file:{}{}", encode(path), if has_log { "" } else { "?immutable=1" });
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(Opened { connection, immutable_at: (!has_log).then_some(before) })
}

/// The columns of a table, in order; empty when there is no such table.
pub fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("select name from pragma_table_info(?1)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    names.collect()
}

/// The user's word for why a database could not be read.
pub fn reason(error: &rusqlite::Error) -> &'static str {
    if matches!(error, rusqlite::Error::SqlInputError { .. }) {
        return "database has a schema that is not understood";
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "database is locked by another program, will be read again"
        }
        Some(ErrorCode::DatabaseCorrupt) => "database is damaged",
        Some(ErrorCode::NotADatabase) => "file is not a SQLite database",
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => "database cannot be opened: check its permissions",
        Some(ErrorCode::SystemIoFailure) => "disk error while the database was read",
        Some(ErrorCode::Unknown) => "database has a schema that is not understood",
        _ => "database could not be read",
    }
}

/// Whether trying again can help.
pub fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn encode(path: &Path) -> String {
    let mut encoded = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(*byte));
            }
            other => {
                // Writing to a text cannot fail.
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}
