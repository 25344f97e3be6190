//! The tables of sessions: which rows changed, and whose transcript is whose.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::{SqliteReader, Trouble};
use crate::domain::event::{Event, SourceKind};
use crate::domain::session::{SessionEntry, StoredStatus};
use crate::domain::{Millis, SessionId, SessionKey, TranscriptRef};
use crate::source::database;
use crate::source::files::Reading;
use crate::source::index::{cut, read_entry};
use crate::source::records::Found;

/// What tells whether the row of a session changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeStamp {
    updated_at: Millis,
    /// Over the columns of [`UNDATED`].
    print: u64,
}

/// Columns that may change alone: retention sets `archived_at` and leaves `updated_at`. Each has an index
/// that covers the query, so that no row is read for it.
const UNDATED: [&str; 3] = ["archived_at", "label", "status"];

impl SqliteReader {
    /// Indexes tell which rows changed; only these are read.
    pub(super) fn read_nodes(
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
                label: base.label.or_else(|| text(4).map(|label| cut(&label, 1000))),
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
        let gone: HashSet<&SessionKey> = removes.iter().filter(|key| !self.archived.contains_key(*key)).collect();
        if !gone.is_empty() {
            let orphans = self.windows.iter().filter(|(_, owner)| gone.contains(owner));
            self.orphans.extend(orphans.map(|(id, _)| id.clone()));
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
    pub(super) fn read_windows(&mut self, connection: &Connection, reading: &mut Reading<'_>) -> Result<(), Trouble> {
        if database::columns(connection, "session_windows")?.is_empty() {
            return Ok(());
        }
        let mut statement = connection
            .prepare("select session_id, session_key, updated_at from session_windows where updated_at >= ?1")?;
        let mut rows = statement.query([self.windows_until])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (Ok(id), Ok(key)) = (row.get_ref(0)?.as_str(), row.get_ref(1)?.as_str()) else { continue };
            found.push((SessionId::from(id), SessionKey::from(key)));
            self.windows_until = self.windows_until.max(row.get(2).unwrap_or_default());
        }
        let mut owner_of = connection.prepare("select session_key from session_windows where session_id = ?1")?;
        for id in &self.orphans {
            let owner = owner_of.query_row([id.as_str()], |row| row.get::<_, String>(0)).optional()?;
            found.extend(owner.map(|key| (id.clone(), SessionKey::from(key))));
        }
        let mut owned = Vec::new();
        for (session_id, key) in found {
            if self.windows.get(&session_id) == Some(&key) {
                continue;
            }
            self.orphans.remove(&session_id);
            self.windows.insert(session_id.clone(), key.clone());
            let transcript = TranscriptRef { owner: reading.owner.clone(), session_id };
            owned.push(Event::TranscriptOwned { transcript, key, deleted: false });
        }
        (reading.sink)(owned)?;
        Ok(())
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
