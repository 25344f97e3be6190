//! One agent's sessions, in whichever layout it keeps them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::Closed;
use super::database::{Stamp, reason, stamp, stamps};
use super::files::Reading;
use super::index::{Index, RawEntry, read_sessions_json};
use super::skips::FileSkips;
use super::sqlite::SqliteReader;
use super::state_dir::{database_path, layout};
use super::transcripts::{TranscriptFolder, io_reason};
use crate::domain::event::{AgentCoverage, Event, Layout, SourceKind};
use crate::domain::session::{SessionEntry, SessionType};
use crate::domain::{AgentRef, Millis, SessionId, SessionKey, TranscriptRef};

/// A transcript that begins this close to a reset is taken for its continuation.
const RESET_GAP_MS: Millis = 3_000;
/// How much of a trajectory is read to find its session key.
const TRAJECTORY_START: u64 = 64 * 1024;

/// Reads one agent.
#[derive(Debug)]
pub struct AgentReader {
    /// The agent's folder.
    pub folder: PathBuf,
    layout: Layout,
    /// The database and its log when the layout was decided: a new database is in its log alone at first.
    layout_stamps: (Option<Stamp>, Option<Stamp>),
    transcripts: TranscriptFolder,
    index_stamp: Option<Stamp>,
    entries: HashMap<SessionKey, SessionEntry>,
    /// Whether the rows were reported once: from then on only what changed is.
    listed: bool,
    database: SqliteReader,
    /// The keys that trajectories name, for transcripts that the index does not.
    named: HashMap<SessionId, Option<SessionKey>>,
    /// Sessions known and read, counted since something changed.
    counted: Option<(u64, u64)>,
}

impl AgentReader {
    /// A reader that has read nothing yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            layout: Layout::Jsonl,
            layout_stamps: (None, None),
            transcripts: TranscriptFolder::default(),
            index_stamp: None,
            entries: HashMap::new(),
            listed: false,
            database: SqliteReader::default(),
            named: HashMap::new(),
            counted: None,
        }
    }

    /// How far the reading is.
    pub fn coverage(&mut self, owner: &AgentRef) -> AgentCoverage {
        let (known, read) = match self.layout {
            Layout::Sqlite => self.database.coverage(),
            _ => *self.counted.get_or_insert_with(|| {
                let ids = self.entries.values().filter_map(|entry| entry.session_id.as_ref());
                let unread = ids.filter(|id| !self.transcripts.is_read(id.as_str())).count();
                (self.entries.len() as u64, (self.entries.len() - unread) as u64)
            }),
        };
        AgentCoverage { agent: owner.agent.clone(), layout: self.layout, sessions_known: known, sessions_read: read }
    }

    /// Reads whatever changed: the index first, so that a session is known before its calls.
    pub fn refresh(&mut self, reading: &mut Reading<'_>) -> Result<(), Closed> {
        self.counted = None;
        self.probe(reading);
        let sessions = self.folder.join("sessions");
        if self.layout == Layout::Sqlite {
            let path = database_path(&self.folder);
            self.database.refresh(&path, reading)?;
            return self.transcripts.refresh(&sessions, reading);
        }
        self.read_index(reading)?;
        self.transcripts.refresh(&sessions, reading)?;
        self.own_earlier(reading)?;
        self.name_deleted(reading)
    }

    /// Reads one file that is said to have changed.
    pub fn touch(&mut self, path: &Path, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let sessions = self.folder.join("sessions");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.parent() == Some(&sessions) {
            if name == "sessions.json" && self.layout == Layout::Jsonl {
                self.counted = None;
                return self.read_index(reading);
            }
            let was_read = self.transcripts.is_file_read(&name);
            if self.transcripts.touch(&sessions, &name, reading)? {
                if was_read != self.transcripts.is_file_read(&name) {
                    self.counted = None;
                }
                return Ok(());
            }
            if super::state_dir::transcript_file(&name).is_none() {
                return Ok(());
            }
        }
        self.refresh(reading)
    }

    /// Decides the layout anew when the database file appeared or was replaced.
    fn probe(&mut self, reading: &mut Reading<'_>) {
        let path = database_path(&self.folder);
        let now = stamps(&path);
        // What is a SQLite layout stays one until the file is another.
        let is_same =
            if self.layout == Layout::Sqlite { now.0 == self.layout_stamps.0 } else { now == self.layout_stamps };
        if is_same {
            return;
        }
        let relative = format!("{} (database)", reading.relative(&path));
        match layout(&self.folder) {
            Ok(layout) => {
                reading.skips.forget(&relative);
                self.layout_stamps = now;
                if layout != std::mem::replace(&mut self.layout, layout) {
                    // OpenClaw migrated this agent: the new index replaces the old one, calls are recognised.
                    self.index_stamp = None;
                    self.database = SqliteReader::resume(&reading.relative(&path), reading);
                    // The database lists its rows itself, all of them.
                    self.entries.clear();
                    self.listed = false;
                }
            }
            Err(error) => {
                reading.skips.set(&relative, Some(reason(&error)));
                *reading.failed = true;
            }
        }
    }

    fn read_index(&mut self, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let path = self.folder.join("sessions").join("sessions.json");
        let relative = reading.relative(&path);
        let now = stamp(&path);
        if now == self.index_stamp {
            return Ok(());
        }
        if now.is_none() {
            // OpenClaw replaces the file by renaming, so there is no moment without one: it was deleted.
            self.index_stamp = None;
            return if self.entries.is_empty() { Ok(()) } else { self.publish(HashMap::new(), reading) };
        }
        let read = File::open(&path).map_err(|error| io_reason(&error)).and_then(|file| {
            read_sessions_json(BufReader::with_capacity(128 * 1024, file)).map_err(|error| {
                if error.is_io() {
                    "file could not be read"
                } else {
                    "file is not the JSON that OpenClaw writes: the rows known before stay"
                }
            })
        });
        let index = match read {
            Ok(index) => index,
            Err(reason) => {
                reading.skips.set(&relative, Some(reason));
                *reading.failed = true;
                return Ok(());
            }
        };
        self.index_stamp = now;
        let mut skips = FileSkips::new();
        for reason in &index.skipped {
            match skips.iter_mut().find(|(known, ..)| known == reason) {
                Some((_, count, _)) => *count += 1,
                None => skips.push((*reason, 1, 0)),
            }
        }
        reading.skips.replace(&relative, skips);
        let folded = fold(&index, reading.owner, reading.now);
        let owned: Vec<Event> = folded
            .owned
            .into_iter()
            .map(|(session_id, key)| Event::TranscriptOwned {
                transcript: TranscriptRef { owner: reading.owner.clone(), session_id },
                key,
                deleted: false,
            })
            .collect();
        self.publish(folded.entries, reading)?;
        (reading.sink)(owned)
    }

    /// Reports what changed against the rows known before.
    fn publish(&mut self, entries: HashMap<SessionKey, SessionEntry>, reading: &mut Reading<'_>) -> Result<(), Closed> {
        if !self.listed {
            self.listed = true;
            self.entries = entries;
            return (reading.sink)(vec![Event::SessionsListed {
                owner: reading.owner.clone(),
                source: SourceKind::Files,
                entries: self.entries.values().cloned().collect(),
            }]);
        }
        let upserts: Vec<SessionEntry> = entries
            .iter()
            .filter(|(key, entry)| self.entries.get(*key) != Some(*entry))
            .map(|(_, entry)| entry.clone())
            .collect();
        let removes: Vec<SessionKey> = self.entries.keys().filter(|key| !entries.contains_key(*key)).cloned().collect();
        self.entries = entries;
        if upserts.is_empty() && removes.is_empty() {
            return Ok(());
        }
        (reading.sink)(vec![Event::SessionsChanged {
            owner: reading.owner.clone(),
            source: SourceKind::Files,
            upserts,
            removes,
        }])
    }

    /// Gives transcripts that the index does not name (any more) back to their session: the ones
    /// before a reset, and earlier runs of a scheduled job.
    fn own_earlier(&mut self, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let mut owners: HashMap<&SessionId, &SessionKey> =
            self.entries.values().filter_map(|entry| Some((entry.session_id.as_ref()?, &entry.key))).collect();
        let mut earlier: Vec<(&SessionId, Option<Millis>)> =
            self.transcripts.kept().filter(|(id, _)| !owners.contains_key(id)).collect();
        if earlier.is_empty() {
            return Ok(());
        }
        let folder = self.folder.join("sessions");
        for (id, _) in &earlier {
            self.named.entry((*id).clone()).or_insert_with(|| key_in_trajectory(&folder, id));
        }
        // A chain of resets is followed from its newest end.
        earlier.sort_by_key(|(_, reset_at)| std::cmp::Reverse(*reset_at));
        let begun = begun(&self.entries, &self.transcripts);
        let mut owned = Vec::new();
        for (id, reset_at) in earlier {
            let named = self.named.get(id).and_then(Option::as_ref);
            let found = named
                .or_else(|| continued_by(id, reset_at?, &begun, &owners))
                .or_else(|| only_one_since(reset_at?, &self.entries, &begun));
            let Some(key) = found else { continue };
            owners.insert(id, key);
            owned.push(Event::TranscriptOwned {
                transcript: TranscriptRef { owner: reading.owner.clone(), session_id: id.clone() },
                key: key.clone(),
                deleted: false,
            });
        }
        (reading.sink)(owned)
    }

    /// Tells whose the deleted transcripts were, where a trajectory of that name still lies beside them.
    fn name_deleted(&mut self, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let folder = self.folder.join("sessions");
        let mut owned = Vec::new();
        for session_id in self.transcripts.deleted() {
            if self.named.contains_key(&session_id) {
                continue;
            }
            let key = key_in_trajectory(&folder, &session_id);
            self.named.insert(session_id.clone(), key.clone());
            let transcript = TranscriptRef { owner: reading.owner.clone(), session_id };
            owned.extend(key.map(|key| Event::TranscriptOwned { transcript, key, deleted: true }));
        }
        (reading.sink)(owned)
    }
}

/// When each session began: by the index, and by the header of its transcript.
fn begun<'a>(
    entries: &'a HashMap<SessionKey, SessionEntry>,
    transcripts: &'a TranscriptFolder,
) -> Vec<(Millis, &'a SessionId)> {
    let listed = entries.values().filter_map(|entry| Some((entry.session_started_at?, entry.session_id.as_ref()?)));
    listed.chain(transcripts.starts().map(|(id, at)| (at, id))).collect()
}

/// The session that began when another was reset: OpenClaw notes the key nowhere in the file.
/// Two sessions that began at that moment leave the owner open: better none than a wrong one.
fn continued_by<'a>(
    id: &SessionId,
    reset_at: Millis,
    begun: &[(Millis, &SessionId)],
    owners: &HashMap<&SessionId, &'a SessionKey>,
) -> Option<&'a SessionKey> {
    let at_that_moment = |within: Millis| {
        let near =
            begun.iter().filter(|(start, other)| start.abs_diff(reset_at) <= within.unsigned_abs() && *other != id);
        let mut keys: Vec<&'a SessionKey> = near.filter_map(|(_, other)| owners.get(other).copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    // To the millisecond where the version writes both; else within a moment.
    [0, RESET_GAP_MS].into_iter().map(at_that_moment).find(|keys| !keys.is_empty()).and_then(|keys| match keys[..] {
        [key] => Some(key),
        _ => None,
    })
}

/// Where no start is written down (2026.3.13 begins the new file with the next turn): the only
/// conversation that began after the reset. Spawned and scheduled sessions are not reset by people.
fn only_one_since<'a>(
    reset_at: Millis,
    entries: &'a HashMap<SessionKey, SessionEntry>,
    begun: &[(Millis, &SessionId)],
) -> Option<&'a SessionKey> {
    let since = reset_at - RESET_GAP_MS;
    let mut candidates = entries.values().filter(|entry| {
        let Some(id) = &entry.session_id else { return false };
        let start = begun.iter().filter(|(_, other)| *other == id).map(|(start, _)| *start).min();
        entry.key.session_type() == SessionType::Main && start.or(entry.updated_at).is_some_and(|at| at >= since)
    });
    let only = candidates.next()?;
    candidates.next().is_none().then_some(&only.key)
}

/// OpenClaw's trajectory of a session (2026.5.28) stays under its old name and names the key in
/// every line. It is no transcript and counts nothing.
fn key_in_trajectory(sessions: &Path, id: &SessionId) -> Option<SessionKey> {
    #[derive(serde::Deserialize)]
    struct Line {
        #[serde(rename = "sessionKey")]
        session_key: String,
    }
    let mut file = File::open(sessions.join(format!("{id}.trajectory.jsonl"))).ok()?;
    let mut start = Vec::new();
    (&mut file).take(TRAJECTORY_START).read_to_end(&mut start).ok()?;
    let line = start.split(|byte| *byte == b'\n').next()?;
    let key = match serde_json::from_slice::<Line>(line) {
        Ok(line) => line.session_key,
        // A long first line: its head is enough.
        Err(_) => {
            let from = memchr::memmem::find(line, b"\"sessionKey\":\"")? + 14;
            let end = from + memchr::memchr(b'"', &line[from..])?;
            std::str::from_utf8(&line[from..end]).ok()?.to_owned()
        }
    };
    let key = SessionKey::from(key);
    Some(key.cron_job_key().unwrap_or(key))
}

/// An index whose run aliases were folded into their job.
#[derive(Debug, Default)]
pub struct Folded {
    /// The rows.
    pub entries: HashMap<SessionKey, SessionEntry>,
    /// Transcripts that belong to a session beside its current one.
    pub owned: Vec<(SessionId, SessionKey)>,
}

/// 2026.3.13 keeps a run of a scheduled job as a second row with the same session id: one session.
pub fn fold(index: &Index, owner: &AgentRef, now: Millis) -> Folded {
    let mut folded = Folded::default();
    let keys: std::collections::HashSet<SessionKey> = index.rows.iter().map(|(key, _)| key.clone()).collect();
    let ids: std::collections::HashSet<String> = index
        .rows
        .iter()
        .filter_map(|(key, row)| row.entry(owner.clone(), key.clone(), now).session_id)
        .map(|id| id.as_str().to_owned())
        .collect();
    for (key, row) in &index.rows {
        let entry = row.entry(owner.clone(), key.clone(), now);
        if let Some(job) = key.cron_job_key().filter(|job| keys.contains(job)) {
            folded.owned.extend(entry.session_id.map(|id| (id, job)));
            continue;
        }
        if let Some(stem) = other_file(row, &entry).filter(|stem| !ids.contains(*stem)) {
            folded.owned.push((SessionId::from(stem), key.clone()));
        }
        if entry.archived_at.is_some() {
            folded.owned.extend(entry.session_id.map(|id| (id, key.clone())));
            continue;
        }
        folded.entries.insert(key.clone(), entry);
    }
    folded
}

/// The name in `sessionFile` where it is not `<sessionId>.jsonl`: a topic's own transcript.
fn other_file<'a>(row: &'a RawEntry, entry: &SessionEntry) -> Option<&'a str> {
    let stem = row.session_file_name()?.strip_suffix(".jsonl")?;
    (entry.session_id.as_ref()?.as_str() != stem).then_some(stem)
}
