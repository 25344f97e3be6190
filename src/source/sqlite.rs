//! The SQLite layout of one agent: sessions, transcript rows (plain and packed), archives.
//!
//! Columns are found by name; what a version lacks is done without. Transactions are short, so
//! that OpenClaw's own checkpoints are never held up.

mod archives;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};

use super::Closed;
use super::database::{self, Opened, Stamp};
use super::files::Reading;
use super::index::read_entry;
use super::records::{Found, TranscriptReader};
use super::skips::{self, SavedSkips};
use crate::domain::event::{Event, SourceKind};
use crate::domain::session::{SessionEntry, StoredStatus};
use crate::domain::{Millis, SessionId, SessionKey, TranscriptRef};

/// The largest row that is unpacked; OpenClaw packs up to 4 MiB.
const MAX_UNPACKED_ROW: usize = 16 << 20;
/// Calls are handed on when so many were found.
const BATCH: usize = 4096;
/// So many rows are read in one go: OpenClaw's checkpoints wait for a reader to end.
const ROWS_AT_ONCE: i64 = 2000;

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

/// What tells whether the row of a session changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct NodeStamp {
    updated_at: Millis,
    /// Over the columns of [`UNDATED`].
    print: u64,
}

/// Columns that may change alone: retention sets `archived_at` and leaves `updated_at`. Each has an index
/// that covers the query, so that no row is read for it.
const UNDATED: [&str; 3] = ["archived_at", "label", "status"];

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

    /// Indexes tell which rows changed; only these are read.
    fn read_nodes(
        &mut self,
        connection: &Connection,
        reading: &mut Reading<'_>,
        found: &mut Found,
    ) -> Result<(), Trouble> {
        let known = database::columns(connection, "session_nodes")?;
        let mut now = node_stamps(connection, &known)?;
        let before = |key| self.nodes.get(key).or(self.archived.get(key));
        let changed: Vec<SessionKey> =
            now.iter().filter(|(key, stamp)| before(*key) != Some(*stamp)).map(|(key, _)| key.clone()).collect();
        let column =
            |name: &str| if known.iter().any(|column| column == name) { name.to_owned() } else { "null".to_owned() };
        let mut statement = connection.prepare(&format!(
            "select entry_json, current_session_id, {}, {}, {}, {}, {} from session_nodes where session_key = ?1",
            column("status"),
            column("archived_at"),
            column("label"),
            column("parent_session_key"),
            column("spawned_by"),
        ))?;
        let mut upserts = Vec::new();
        let mut removes: Vec<SessionKey> = self.nodes.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        for key in changed {
            let mut rows = statement.query([key.as_str()])?;
            let Some(row) = rows.next()? else { continue };
            let raw = read_entry(row.get_ref(0)?.as_bytes().unwrap_or_default());
            if raw.is_err() {
                found.skip("session row is not the JSON that OpenClaw writes", 0);
            }
            let text = |at: usize| row.get::<_, Option<String>>(at).ok().flatten().filter(|text| !text.is_empty());
            let base = raw.map_or_else(
                |_| SessionEntry::new(reading.owner.clone(), key.clone()),
                |raw| raw.entry(reading.owner.clone(), key.clone(), reading.now),
            );
            let entry = SessionEntry {
                session_id: text(1).map(SessionId::from).or(base.session_id),
                status: text(2).as_deref().and_then(StoredStatus::from_word).or(base.status),
                archived_at: row.get::<_, Option<i64>>(3).ok().flatten().or(base.archived_at),
                updated_at: base.updated_at.or(now.get(&key).map(|stamp| stamp.updated_at)),
                label: base.label.or_else(|| text(4).map(|label| super::index::cut(&label, 1000))),
                parent: base.parent.or_else(|| text(5).or_else(|| text(6)).map(SessionKey::from)),
                ..base
            };
            if entry.archived_at.is_some() {
                removes.push(key.clone());
                let stamp = now.remove(&key).unwrap_or_default();
                self.archived.insert(key, stamp);
            } else {
                self.archived.remove(&key);
                if !self.nodes.contains_key(&key) && self.windows.values().any(|owner| *owner == key) {
                    // It is back, and so are its earlier transcripts.
                    self.windows.retain(|_, owner| *owner != key);
                    self.windows_until = 0;
                }
                upserts.push(entry);
            }
        }
        self.archived.retain(|key, _| now.contains_key(key) || removes.contains(key));
        now.retain(|key, _| !self.archived.contains_key(key));
        self.nodes = now;
        if !self.scanned {
            let (owner, source) = (reading.owner.clone(), SourceKind::Files);
            (reading.sink)(vec![Event::SessionsListed { owner, source, entries: upserts }])?;
        } else if !(upserts.is_empty() && removes.is_empty()) {
            (reading.sink)(vec![Event::SessionsChanged {
                owner: reading.owner.clone(),
                source: SourceKind::Files,
                upserts,
                removes,
            }])?;
        }
        Ok(())
    }

    /// Which transcript belongs to which session, earlier generations included.
    fn read_windows(&mut self, connection: &Connection, reading: &mut Reading<'_>) -> Result<(), Trouble> {
        if database::columns(connection, "session_windows")?.is_empty() {
            return Ok(());
        }
        let mut statement = connection
            .prepare("select session_id, session_key, updated_at from session_windows where updated_at >= ?1")?;
        let mut rows = statement.query([self.windows_until])?;
        let mut owned = Vec::new();
        while let Some(row) = rows.next()? {
            let (Ok(id), Ok(key)) = (row.get_ref(0)?.as_str(), row.get_ref(1)?.as_str()) else { continue };
            let (id, key) = (SessionId::from(id), SessionKey::from(key));
            self.windows_until = self.windows_until.max(row.get(2).unwrap_or_default());
            if self.windows.get(&id) != Some(&key) {
                owned.push(Event::TranscriptOwned {
                    transcript: TranscriptRef { owner: reading.owner.clone(), session_id: id.clone() },
                    key: key.clone(),
                });
                self.windows.insert(id, key);
            }
        }
        (reading.sink)(owned)?;
        Ok(())
    }

    /// New rows by row id; when rows were deleted meanwhile, by each session's own sequence.
    fn read_events(
        &mut self,
        connection: &Connection,
        reading: &mut Reading<'_>,
        found: &mut Found,
    ) -> Result<(), Trouble> {
        let columns = database::columns(connection, "transcript_events")?;
        let packed = columns.iter().any(|column| column == "event_zstd");
        let list = if packed {
            "rowid, session_id, seq, event_json, event_zstd, event_utf8_bytes"
        } else {
            "rowid, session_id, seq, event_json, null, null"
        };
        if let Some((row_id, id, seq)) = &self.last_row {
            let same = connection
                .prepare_cached("select 1 from transcript_events where rowid = ?1 and session_id = ?2 and seq = ?3")?
                .exists((row_id, id.as_str(), seq))?;
            if !same {
                self.last_row = None;
            }
        }
        let from = self.last_row.as_ref().map_or(-1, |(row_id, ..)| *row_id);
        let mut rows_of = RowBatch::default();
        let mut statement = connection
            .prepare(&format!("select {list} from transcript_events where rowid > ?1 order by rowid limit ?2"))?;
        let mut rows = statement.query([from, ROWS_AT_ONCE])?;
        let mut last: Option<(i64, i64)> = None;
        let mut read = 0;
        loop {
            let Some(row) = rows.next()? else {
                let Some((row_id, _)) = last.filter(|_| read == ROWS_AT_ONCE) else { break };
                drop(rows);
                rows = statement.query([row_id, ROWS_AT_ONCE])?;
                read = 0;
                continue;
            };
            read += 1;
            let (row_id, seq): (i64, i64) = (row.get(0)?, row.get(2)?);
            let id = row.get_ref(1)?.as_str().unwrap_or_default();
            if rows_of.session.as_ref().is_none_or(|session| session.as_str() != id)
                || rows_of.found.calls.len() >= BATCH
            {
                let is_other = rows_of.session.as_ref().is_none_or(|session| session.as_str() != id);
                self.hand_on(&mut rows_of, reading, found)?;
                if is_other {
                    // The model in use and the header are each session's own.
                    rows_of.reader = TranscriptReader::default();
                }
                rows_of.session = Some(SessionId::from(id));
                rows_of.until =
                    self.last_seq.get(rows_of.session.as_ref().expect("set in the line above")).copied().unwrap_or(-1);
            }
            last = Some((row_id, seq));
            // Re-reading after deletions meets known rows again; they need not be parsed.
            if seq <= rows_of.until && from == -1 && self.scanned {
                continue;
            }
            rows_of.until = rows_of.until.max(seq);
            let line = u64::try_from(row_id).unwrap_or_default();
            match (row.get_ref(3)?.as_bytes(), row.get_ref(4)?.as_blob()) {
                (Ok(json), _) => rows_of.reader.line(json, line, &mut rows_of.found),
                (_, Ok(blob)) => rows_of.packed(blob, row.get(5).unwrap_or_default(), line),
                _ => rows_of.found.skip("transcript row is empty", line),
            }
        }
        let session = rows_of.session.clone();
        self.hand_on(&mut rows_of, reading, found)?;
        if let (Some((row_id, seq)), Some(session)) = (last, session) {
            self.last_row = Some((row_id, session, seq));
        }
        Ok(())
    }

    fn hand_on(&mut self, rows: &mut RowBatch, reading: &mut Reading<'_>, found: &mut Found) -> Result<(), Closed> {
        let read = std::mem::take(&mut rows.found);
        for (reason, count, line) in read.skipped {
            for _ in 0..count {
                found.skip(reason, line);
            }
        }
        let Some(session_id) = rows.session.take() else { return Ok(()) };
        self.last_seq.insert(session_id.clone(), rows.until);
        if read.calls.is_empty() && read.tail.is_none() {
            return Ok(());
        }
        let archived = self.windows.get(&session_id).is_some_and(|key| self.archived.contains_key(key));
        let transcript = TranscriptRef { owner: reading.owner.clone(), session_id };
        let began_at = rows.reader.header.as_ref().and_then(|(_, at)| *at);
        let (calls, tail) = (read.calls, read.tail);
        (reading.sink)(vec![Event::CallsRead { transcript, archived, began_at, calls, tail }])
    }
}

fn node_stamps(connection: &Connection, known: &[String]) -> rusqlite::Result<HashMap<SessionKey, NodeStamp>> {
    let mut stamps = HashMap::new();
    let mut statement = connection.prepare("select session_key, updated_at from session_nodes")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = SessionKey::from(row.get_ref(0)?.as_str().unwrap_or_default());
        stamps.insert(key, NodeStamp { updated_at: row.get(1).unwrap_or_default(), print: 0 });
    }
    for column in UNDATED.into_iter().filter(|column| known.iter().any(|name| name == column)) {
        let mut statement = connection
            .prepare(&format!("select session_key, {column} from session_nodes where {column} is not null"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key = SessionKey::from(row.get_ref(0)?.as_str().unwrap_or_default());
            let Some(stamp) = stamps.get_mut(&key) else { continue };
            let mut hasher = DefaultHasher::new();
            (stamp.print, column).hash(&mut hasher);
            match row.get_ref(1)? {
                ValueRef::Integer(number) => number.hash(&mut hasher),
                other => other.as_bytes().unwrap_or_default().hash(&mut hasher),
            }
            stamp.print = hasher.finish();
        }
    }
    if known.iter().any(|name| name == "entry_valid") {
        // A deleted session whose transcript was kept leaves an empty row that OpenClaw lists no more.
        // The first condition is that of the index which answers this.
        let mut statement =
            connection.prepare("select session_key from session_nodes where entry_valid != 1 and entry_valid = -1")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            stamps.remove(&SessionKey::from(row.get_ref(0)?.as_str().unwrap_or_default()));
        }
    }
    Ok(stamps)
}

/// Rows of one session that stand together.
#[derive(Default)]
struct RowBatch {
    session: Option<SessionId>,
    reader: TranscriptReader,
    found: Found,
    until: i64,
    unpacker: Option<zstd::bulk::Decompressor<'static>>,
}

impl RowBatch {
    fn packed(&mut self, blob: &[u8], size: i64, line: u64) {
        let size = usize::try_from(size).unwrap_or_default().clamp(1, MAX_UNPACKED_ROW);
        if self.unpacker.is_none() {
            self.unpacker = zstd::bulk::Decompressor::new().ok();
        }
        match self.unpacker.as_mut().map(|unpacker| unpacker.decompress(blob, size)) {
            Some(Ok(json)) => self.reader.line(&json, line, &mut self.found),
            _ => self.found.skip("packed transcript row is damaged", line),
        }
    }
}
