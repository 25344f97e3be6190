//! What the gateway has told so far, folded together: answers and events in, observations out. No IO.

mod tasks;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::value::RawValue;

use super::messages;
use super::wire::{AgentEvent, RunShape, SessionEvent, SessionList, entry};
use crate::domain::event::{AgentCoverage, Event, Layout, SourceKind};
use crate::domain::session::SessionEntry;
use crate::domain::status::RunWord;
use crate::domain::task::Task;
use crate::domain::{AgentId, AgentRef, InstallationId, Millis, SessionId, SessionKey, TranscriptRef};
use crate::source::lenient::OwnText;

/// A sign of life is told on when it is so much younger than the one before: a model that streams gives many.
const SIGN_MS: Millis = 2_000;
/// So many sessions are remembered between two lists: more than a list can have.
const MAX_SESSIONS: usize = 20_000;
/// The longest key and run id that are believed.
const MAX_KEY: usize = 2_000;

/// A run that is heard of.
#[derive(Clone, Debug)]
struct Run {
    word: RunWord,
    id: Option<String>,
    /// The sign of life that was told on.
    told: Millis,
    /// When it was heard of last.
    heard: Millis,
}

/// Everything heard from one gateway.
pub(super) struct Picture {
    installation: InstallationId,
    /// Whether no files are read: then rows, tasks and calls are told on too.
    is_alone: bool,
    runs: HashMap<SessionKey, Run>,
    changed: HashSet<SessionKey>,
    rows: BTreeMap<AgentRef, BTreeMap<SessionKey, SessionEntry>>,
    tasks: BTreeMap<String, Task>,
    events: Vec<Event>,
    /// How many sessions the gateway has beyond those that it listed.
    unlisted: u64,
    /// When it was true last.
    pub(super) read_at: Option<Millis>,
    /// Sessions whose stored messages are worth asking for: all, and those read already.
    read: HashMap<(AgentRef, SessionKey), (SessionId, Option<Millis>)>,
}

impl Picture {
    pub(super) fn new(installation: InstallationId, is_alone: bool) -> Self {
        Self {
            installation,
            is_alone,
            runs: HashMap::new(),
            changed: HashSet::new(),
            rows: BTreeMap::new(),
            tasks: BTreeMap::new(),
            events: Vec::new(),
            unlisted: 0,
            read_at: None,
            read: HashMap::new(),
        }
    }

    /// The gateway cannot be heard any more.
    pub(super) fn forget_runs(&mut self) {
        self.runs.clear();
        self.changed.clear();
    }

    /// Takes whole pages of `sessions.list`, asked for at that time: what is on none of them is unknown, or gone,
    /// unless there are pages that nobody gave. False when they are not understood: then nothing is taken from them.
    pub(super) fn list(&mut self, pages: &[Box<RawValue>], asked: Millis, now: Millis) -> bool {
        let read = pages.iter().map(|page| serde_json::from_str::<SessionList<'_>>(page.get()));
        let Ok(read) = read.collect::<Result<Vec<_>, _>>() else { return false };
        let is_whole = read.last().is_none_or(|page| page.has_more.0 != Some(true));
        let total = read.last().and_then(|page| page.total.count());
        let mut rows: BTreeMap<AgentRef, BTreeMap<SessionKey, SessionEntry>> = BTreeMap::new();
        let mut listed = HashSet::new();
        for row in read.into_iter().flat_map(|page| page.sessions) {
            let Some(key) = self.row(row, asked, now) else { continue };
            if self.is_alone
                && let Some(entry) = self.entry(row, &key, now)
            {
                rows.entry(entry.owner.clone()).or_default().insert(key.clone(), entry);
            }
            listed.insert(key);
        }
        if is_whole {
            self.end_unlisted(&listed, asked, now);
        }
        if self.is_alone {
            let count = listed.len() as u64;
            self.unlisted = if is_whole { 0 } else { total.unwrap_or_default().saturating_sub(count).max(1) };
            self.set_rows(rows, is_whole);
        }
        true
    }

    /// A run that is not listed any more has ended without a word that reached us.
    fn end_unlisted(&mut self, listed: &HashSet<SessionKey>, asked: Millis, now: Millis) {
        let ended = self.runs.iter().filter(|(key, run)| !listed.contains(*key) && run.heard <= asked);
        let ended: Vec<SessionKey> = ended.map(|(key, _)| key.clone()).collect();
        for key in ended {
            self.set(&key, RunWord::Idle { at: now, stopped: false }, None, now);
        }
        let (changed, is_idle) = (&self.changed, |run: &Run| run.word.sign().is_none());
        self.runs.retain(|key, run| listed.contains(key) || changed.contains(key) || !is_idle(run));
    }

    fn set_rows(&mut self, mut rows: BTreeMap<AgentRef, BTreeMap<SessionKey, SessionEntry>>, is_whole: bool) {
        let source = SourceKind::Gateway;
        if is_whole {
            if !self.rows.keys().eq(rows.keys()) || self.rows.is_empty() {
                // Those that a ledger knows of an earlier start too.
                self.events.push(Event::AgentsListed {
                    installation: self.installation.clone(),
                    source: SourceKind::Gateway,
                    agents: rows.keys().map(|owner| owner.agent.clone()).collect(),
                });
            }
            for (owner, entries) in &rows {
                if self.rows.get(owner) != Some(entries) {
                    let (owner, entries) = (owner.clone(), entries.values().cloned().collect());
                    self.events.push(Event::SessionsListed { owner, source, entries });
                }
            }
        } else {
            for (owner, entries) in &rows {
                let known = self.rows.get(owner);
                let is_new = |(key, entry): &(&SessionKey, &SessionEntry)| {
                    known.and_then(|known| known.get(*key)) != Some(entry)
                };
                let upserts: Vec<SessionEntry> =
                    entries.iter().filter(is_new).map(|(_, entry)| entry.clone()).collect();
                if !upserts.is_empty() {
                    let owner = owner.clone();
                    self.events.push(Event::SessionsChanged { owner, source, upserts, removes: Vec::new() });
                }
            }
            let mut room = MAX_SESSIONS.saturating_sub(rows.values().map(BTreeMap::len).sum());
            for (owner, known) in std::mem::take(&mut self.rows) {
                let entries = rows.entry(owner).or_default();
                let before = entries.len();
                let missing: Vec<_> =
                    known.into_iter().filter(|(key, _)| !entries.contains_key(key)).take(room).collect();
                entries.extend(missing);
                room -= entries.len() - before;
            }
        }
        self.read.retain(|(owner, key), _| rows.get(owner).is_some_and(|entries| entries.contains_key(key)));
        self.rows = rows;
    }

    /// Whether `sessions.list` has another page.
    pub(super) fn has_more(page: &RawValue) -> bool {
        serde_json::from_str::<SessionList<'_>>(page.get()).is_ok_and(|page| page.has_more.0 == Some(true))
    }

    /// Takes an event. Whether it says less than it should, so that everything has to be asked for anew.
    pub(super) fn hear(&mut self, name: &str, payload: &RawValue, now: Millis) -> bool {
        match name {
            "agent" | "chat" => self.hear_run(payload, now),
            "sessions.changed" => return self.hear_session(payload, now),
            "session.message" | "session.tool" | "session.operation" => {
                self.hear_session(payload, now);
            }
            "task" => return self.hear_task(payload),
            // Jobs, and what the gateway says of itself, its channels and its owner's approvals.
            "cron" | "health" | "presence" | "tick" | "heartbeat" | "shutdown" | "connect.challenge" => {}
            name if name.contains(".approval.") => {}
            _ => return true,
        }
        false
    }

    fn hear_run(&mut self, payload: &RawValue, now: Millis) {
        let Ok(event) = serde_json::from_str::<AgentEvent<'_>>(payload.get()) else { return };
        let Some(key) = key_of(&event.session_key) else { return };
        let id = event.run_id.some().filter(|id| id.len() <= MAX_KEY);
        let phase = event.data.phase.some();
        match (event.stream.as_deref(), event.state.as_deref()) {
            (Some("lifecycle"), _) if phase == Some("start") => {
                let since = event.data.started_at.0.or(Some(now));
                self.set(&key, RunWord::Running { since, sign: now }, id, now);
            }
            (Some("lifecycle"), _) if matches!(phase, Some("end" | "error")) => self.end(&key, id, now),
            (None, Some("aborted")) if event.stop_reason.some() == Some("rpc") => self.stopped(&key, id, now),
            (None, Some("final" | "aborted" | "error")) => self.end(&key, id, now),
            // A queued message is preparing, and the last words of a run come after its end.
            _ => self.sign(&key, id, now),
        }
    }

    /// A row, or words of one. True when it names no session.
    fn hear_session(&mut self, payload: &RawValue, now: Millis) -> bool {
        let Ok(event) = serde_json::from_str::<SessionEvent<'_>>(payload.get()) else { return true };
        let Some(key) = key_of(&event.session_key) else { return true };
        if event.reason.some() == Some("delete") {
            self.remove(&key, now);
            return false;
        }
        // Some reasons of 2026.5.28 have the row's fields beside the key.
        let row = event.session.unwrap_or(payload);
        let said = self.row_of(row, &key, now);
        if !said {
            match event.phase.some() {
                Some("start") => self.set(&key, RunWord::Running { since: Some(now), sign: now }, None, now),
                Some("end" | "error") => self.end(&key, None, now),
                _ => self.sign(&key, None, now),
            }
        }
        if self.is_alone {
            self.hear_row(&event, row, &key, now);
        }
        false
    }

    fn hear_row(&mut self, event: &SessionEvent<'_>, row: &RawValue, key: &SessionKey, now: Millis) {
        let Some(entry) = self.entry(row, key, now).filter(|entry| entry.session_id.is_some()) else { return };
        let owner = entry.owner.clone();
        let count: usize = self.rows.values().map(BTreeMap::len).sum();
        let known = self.rows.entry(owner.clone()).or_default();
        if count >= MAX_SESSIONS && !known.contains_key(key) {
            return;
        }
        if known.get(key) != Some(&entry) {
            known.insert(key.clone(), entry.clone());
            let upserts = vec![entry.clone()];
            let source = SourceKind::Gateway;
            self.events.push(Event::SessionsChanged { owner: owner.clone(), source, upserts, removes: Vec::new() });
        }
        let session_id = event.session_id.some().map(SessionId::from).or(entry.session_id);
        if let (Some(session_id), Some(message)) = (session_id, event.message) {
            let transcript = TranscriptRef { owner, session_id };
            self.events.extend(messages::heard(transcript, event.message_id.some(), message));
        }
    }

    /// Takes the stored messages of a session.
    pub(super) fn take_messages(&mut self, owner: &AgentRef, key: &SessionKey, answer: &RawValue) {
        let Some(row) = self.rows.get(owner).and_then(|rows| rows.get(key)) else { return };
        let Some(session_id) = row.session_id.clone() else { return };
        self.read.insert((owner.clone(), key.clone()), (session_id.clone(), row.updated_at));
        self.events.extend(messages::stored(TranscriptRef { owner: owner.clone(), session_id }, answer));
    }

    /// A session whose stored messages were not read as it is now.
    pub(super) fn unread(&self) -> Option<(AgentRef, SessionKey)> {
        let mut rows = self.rows.iter().flat_map(|(owner, rows)| rows.iter().map(move |(key, row)| (owner, key, row)));
        rows.find_map(|(owner, key, row)| {
            let now = (row.session_id.clone()?, row.updated_at);
            let name = (owner.clone(), key.clone());
            (self.read.get(&name) != Some(&now)).then_some(name)
        })
    }

    fn row(&mut self, row: &RawValue, asked: Millis, now: Millis) -> Option<SessionKey> {
        let shape: RunShape = serde_json::from_str(row.get()).ok()?;
        let key = key_of(&shape.key)?;
        // What was heard since the list was asked for is newer than the list.
        if self.runs.get(&key).is_none_or(|run| run.heard <= asked) {
            self.row_of(row, &key, now);
        }
        Some(key)
    }

    /// Whether the row says who runs.
    fn row_of(&mut self, row: &RawValue, key: &SessionKey, now: Millis) -> bool {
        let Ok(shape) = serde_json::from_str::<RunShape>(row.get()) else { return false };
        match shape.has_active_run.0 {
            Some(true) => {
                let since = shape.started_at.0;
                let before = self.runs.get(key).and_then(|run| run.word.sign());
                // A list says that it runs, not that it just gave a sign of life.
                let sign = before.or(since).unwrap_or(now).min(now);
                self.set(key, RunWord::Running { since, sign }, None, now);
            }
            Some(false) => self.set(key, RunWord::Idle { at: now, stopped: false }, None, now),
            None => return false,
        }
        true
    }

    fn entry(&self, row: &RawValue, key: &SessionKey, now: Millis) -> Option<SessionEntry> {
        let raw = entry(row)?;
        let agent = raw.agent().map(AgentId::from).or_else(|| key.agent())?;
        Some(raw.entry(AgentRef { installation: self.installation.clone(), agent }, key.clone(), now))
    }

    fn set(&mut self, key: &SessionKey, word: RunWord, id: Option<&str>, now: Millis) {
        let before = self.runs.get(key);
        if before.is_none() && self.runs.len() >= MAX_SESSIONS {
            return;
        }
        let id = id.map(str::to_owned).or_else(|| before?.id.clone().filter(|_| word.sign().is_some()));
        // That a run was stopped is said once; what comes after it only says that it has ended.
        let word = match (before.map(|before| before.word), word) {
            (Some(before @ RunWord::Idle { stopped: true, .. }), RunWord::Idle { .. }) => before,
            _ => word,
        };
        let same = before.is_some_and(|before| match (before.word, word) {
            (RunWord::Idle { stopped, .. }, RunWord::Idle { stopped: now, .. }) => stopped == now,
            (RunWord::Running { .. }, RunWord::Running { sign, .. }) => sign < before.told + SIGN_MS,
            _ => false,
        });
        let told = if same { before.map_or(0, |before| before.told) } else { word.sign().unwrap_or_default() };
        if !same {
            self.changed.insert(key.clone());
        }
        self.runs.insert(key.clone(), Run { word, id, told, heard: now });
    }

    /// Ends a run that somebody stopped.
    fn stopped(&mut self, key: &SessionKey, id: Option<&str>, now: Millis) {
        self.end(key, id, now);
        if self.runs.get(key).is_some_and(|run| run.word.sign().is_none()) {
            self.set(key, RunWord::Idle { at: now, stopped: true }, None, now);
        }
    }

    /// Ends a run, unless another one has begun.
    fn end(&mut self, key: &SessionKey, id: Option<&str>, now: Millis) {
        let present = self.runs.get(key).and_then(|run| run.id.as_deref());
        if id.is_none() || present.is_none() || present == id {
            self.set(key, RunWord::Idle { at: now, stopped: false }, None, now);
        }
    }

    /// A sign of life of a run in progress.
    fn sign(&mut self, key: &SessionKey, id: Option<&str>, now: Millis) {
        if let Some(Run { word: RunWord::Running { since, .. }, .. }) = self.runs.get(key) {
            let since = *since;
            self.set(key, RunWord::Running { since, sign: now }, id, now);
        }
    }

    fn remove(&mut self, key: &SessionKey, now: Millis) {
        self.set(key, RunWord::Idle { at: now, stopped: false }, None, now);
        let owners: Vec<AgentRef> =
            self.rows.iter().filter(|(_, rows)| rows.contains_key(key)).map(|(owner, _)| owner.clone()).collect();
        for owner in owners {
            if let Some(rows) = self.rows.get_mut(&owner) {
                rows.remove(key);
            }
            let source = SourceKind::Gateway;
            self.events.push(Event::SessionsChanged { owner, source, upserts: Vec::new(), removes: vec![key.clone()] });
        }
    }

    /// What is new since the last call.
    pub(super) fn drain(&mut self) -> Vec<Event> {
        let mut events = std::mem::take(&mut self.events);
        let words: Vec<(SessionKey, RunWord)> =
            self.changed.drain().filter_map(|key| Some((key.clone(), self.runs.get(&key)?.word))).collect();
        if !words.is_empty() {
            events.push(Event::RunsChanged(self.installation.clone(), words));
        }
        events
    }

    /// What of each agent is known, where no files are read. Whose the unlisted sessions are nobody says: they count
    /// as those of the agent with the most.
    pub(super) fn coverage(&self) -> Vec<AgentCoverage> {
        let agent = |(owner, rows): (&AgentRef, &BTreeMap<SessionKey, SessionEntry>)| AgentCoverage {
            agent: owner.agent.clone(),
            layout: Layout::Gateway,
            sessions_known: rows.len() as u64,
            sessions_read: rows
                .iter()
                .filter(|(key, row)| {
                    row.session_id.is_none() || self.read.contains_key(&(owner.clone(), (*key).clone()))
                })
                .count() as u64,
        };
        let mut agents: Vec<AgentCoverage> = self.rows.iter().map(agent).collect();
        if let Some(most) = agents.iter_mut().max_by_key(|agent| agent.sessions_known) {
            most.sessions_known += self.unlisted;
        }
        agents
    }
}

/// The key in an answer or event, unless it is missing or absurd.
fn key_of(text: &OwnText) -> Option<SessionKey> {
    text.some().filter(|key| key.len() <= MAX_KEY).map(SessionKey::from)
}

#[cfg(test)]
mod tests;
