//! The SQLite layout of one agent: sessions, transcript rows (plain and packed), archives.
//!
//! Columns are found by name; what a version lacks is done without. Transactions are short, so
//! that OpenClaw's own checkpoints are never held up.

mod archives;
mod events;
mod sessions;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use self::sessions::NodeStamp;
use super::Closed;
use super::database::{self, Opened, Stamp};
use super::files::Reading;
use super::records::Found;
use super::skips::{self, SavedSkips};
use crate::domain::{Millis, SessionId, SessionKey};

/// What is kept of a database from one start of the program to the next. Each archive that was read
/// has a place of its own: `<database>#<name>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    /// Row id, session id, sequence number.
    last_row: Option<(i64, String, i64)>,
    skipped: SavedSkips,
}

/// What is known of one agent's database.
#[derive(Debug, Default)]
pub struct SqliteReader {
    stamps: Option<(Option<Stamp>, Option<Stamp>)>,
    nodes: HashMap<SessionKey, NodeStamp>,
    /// Sessions that were put aside.
    archived: HashMap<SessionKey, NodeStamp>,
    windows: HashMap<SessionId, SessionKey>,
    windows_until: Millis,
    /// Windows whose session vanished: OpenClaw gives those of a scheduled run to its job, and dates them back.
    orphans: HashSet<SessionId>,
    /// The last row read and what it was: a reused row id shows that rows were deleted.
    last_row: Option<(i64, SessionId, i64)>,
    /// The last sequence number read of each session.
    last_seq: HashMap<SessionId, i64>,
    archives: HashSet<String>,
    /// What was reported as kept.
    saved: Saved,
    scanned: bool,
    /// Whether the last reading failed.
    failed: bool,
}

/// Either the database failed or the program stops.
enum Trouble {
    Database(rusqlite::Error),
    Closed(Closed),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Closed> for Trouble {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

impl SqliteReader {
    /// A reader that goes on where an earlier one stopped.
    pub fn resume(place: &str, reading: &mut Reading<'_>) -> Self {
        let saved: Saved = reading.saved(place).unwrap_or_default();
        reading.skips.replace(place, skips::resume(saved.skipped.clone()));
        let archive = format!("{place}#");
        let archives = reading.positions.keys().filter_map(|place| place.strip_prefix(&archive)).map(str::to_owned);
        Self {
            last_row: saved.last_row.clone().map(|(row, id, seq)| (row, SessionId::from(id), seq)),
            archives: archives.collect(),
            saved,
            ..Self::default()
        }
    }

    /// Sessions known and read.
    pub fn coverage(&self) -> (u64, u64) {
        let known = self.nodes.len() as u64;
        (known, if self.scanned { known } else { 0 })
    }

    /// Reads what changed.
    pub fn refresh(&mut self, path: &Path, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let now = database::stamps(path);
        if self.stamps == Some(now) {
            *reading.failed |= self.failed;
            return Ok(());
        }
        let relative = reading.relative(path);
        let mut found = Found::default();
        match self.read(path, reading, &mut found) {
            Ok(opened) => {
                self.scanned = true;
                self.failed = false;
                self.stamps = opened.still_holds(path).then_some(now);
                reading.skips.forget(&format!("{relative} (database)"));
            }
            Err(Trouble::Closed(closed)) => return Err(closed),
            Err(Trouble::Database(error)) => {
                tracing::warn!(file = %relative, error = %error, "a database could not be read");
                reading.skips.set(&format!("{relative} (database)"), Some(database::reason(&error)));
                self.failed = true;
                *reading.failed = true;
                // A damaged file is not read again until it changes; a locked one is.
                self.stamps = (!database::is_busy(&error)).then_some(now);
            }
        }
        reading.skips.add(&relative, found.skipped);
        let last_row = self.last_row.as_ref().map(|(row, id, seq)| (*row, id.to_string(), *seq));
        let saved = Saved { last_row, skipped: skips::save(reading.skips.of(&relative)) };
        if self.failed || saved == self.saved {
            return Ok(());
        }
        reading.position(relative, Some(&saved))?;
        self.saved = saved;
        Ok(())
    }

    fn read(&mut self, path: &Path, reading: &mut Reading<'_>, found: &mut Found) -> Result<Opened, Trouble> {
        let opened = database::open(path)?;
        let connection = &opened.connection;
        self.read_nodes(connection, reading, found)?;
        self.read_windows(connection, reading)?;
        self.read_events(connection, reading, found)?;
        self.read_archives(connection, path, reading, found)?;
        Ok(opened)
    }
}
