//! The one state of the program: everything observed, folded together.
//!
//! Pure: events and the time come in, a board of facts comes out. What a fact means at a given
//! moment, on a given price basis or in a given time zone is worked out by who asks.

pub mod board;
pub mod listing;
mod openclaw;
mod runs;
mod sessions;
pub mod transcript;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::domain::event::{CallsKept, Event, SourceKind, SourceReport, TranscriptTail};
use crate::domain::health::LedgerHealth;
use crate::domain::known::Known;
use crate::domain::pricing::PriceBook;
use crate::domain::reconciliation::Reconciled;
use crate::domain::session::SessionEntry;
use crate::domain::status::RunWord;
use crate::domain::task::{CronJob, Task, TaskStatus};
use crate::domain::usage::ModelCall;
use crate::domain::{AgentRef, InstallationId, Millis, SessionId, SessionKey, TranscriptRef};
use board::{AgentCalls, Board, SessionFacts};
use listing::Listing;
use transcript::{RECENT_MS, Totals, Transcript};

/// Agent and key: a session's name in the whole fleet.
type SessionRef = (AgentRef, SessionKey);

/// A session as its sources describe it.
#[derive(Debug, Default)]
struct Session {
    /// One row of each source that knows it, the best source first.
    rows: Vec<(SourceKind, SessionEntry)>,
    /// Every transcript that belongs to it.
    transcripts: BTreeSet<SessionId>,
    facts: Option<Arc<SessionFacts>>,
}

/// Everything observed.
#[derive(Debug)]
pub struct LiveState {
    book: Arc<PriceBook>,
    sessions: BTreeMap<SessionRef, Session>,
    transcripts: HashMap<TranscriptRef, Transcript>,
    owners: HashMap<TranscriptRef, SessionKey>,
    tasks: BTreeMap<InstallationId, Vec<Task>>,
    open_tasks: HashMap<(InstallationId, SessionKey), (TaskStatus, Millis)>,
    runs: HashMap<(InstallationId, SessionKey), RunWord>,
    jobs: BTreeMap<InstallationId, Vec<CronJob>>,
    reports: BTreeMap<(InstallationId, SourceKind), SourceReport>,
    unowned: BTreeMap<AgentRef, Arc<AgentCalls>>,
    reconciled: BTreeMap<InstallationId, Arc<Reconciled>>,
    listing: Listing,
    dirty_sessions: HashSet<SessionRef>,
    dirty_agents: HashSet<AgentRef>,
    children: HashMap<(InstallationId, SessionKey), u64>,
    dirty_children: bool,
    is_stale: bool,
    ledger: LedgerHealth,
    version: u64,
    data_version: u64,
}

impl LiveState {
    /// A state that has observed nothing. Versions count from the time of its start, so that none
    /// stands for other data after a restart.
    #[must_use]
    pub fn new(book: PriceBook, started_at: Millis) -> Self {
        Self {
            book: Arc::new(book),
            sessions: BTreeMap::new(),
            transcripts: HashMap::new(),
            owners: HashMap::new(),
            tasks: BTreeMap::new(),
            open_tasks: HashMap::new(),
            runs: HashMap::new(),
            jobs: BTreeMap::new(),
            reports: BTreeMap::new(),
            unowned: BTreeMap::new(),
            reconciled: BTreeMap::new(),
            listing: Listing::default(),
            dirty_sessions: HashSet::new(),
            dirty_agents: HashSet::new(),
            children: HashMap::new(),
            dirty_children: false,
            is_stale: false,
            ledger: LedgerHealth::default(),
            version: 0,
            data_version: started_at.unsigned_abs() << 16,
        }
    }

    /// Takes in what the ledger knows: everything that was observed before.
    pub fn learn(&mut self, known: Known, now: Millis) {
        for (installation, prices) in &known.prices {
            Arc::make_mut(&mut self.book).set_openclaw(installation, prices.clone());
        }
        self.recount(&known, now);
        for (source, entry) in known.sessions {
            let owner = entry.owner.clone();
            self.change_sessions(&owner, source, vec![entry], Vec::new());
        }
        for transcript in known.transcripts {
            if let Some(key) = &transcript.session {
                self.own(&transcript.transcript, key);
            }
        }
    }

    /// Sums all calls up anew, as the ledger has them: the prices changed.
    pub fn recount(&mut self, known: &Known, now: Millis) {
        self.is_stale = false;
        self.transcripts.clear();
        for transcript in known.transcripts.iter().filter(|transcript| transcript.archived.is_some()) {
            let counted = Transcript::of(transcript, &known.keys, &self.book, now - RECENT_MS);
            self.dirty_agents.insert(transcript.transcript.owner.clone());
            self.transcripts.insert(transcript.transcript.clone(), counted);
        }
        self.dirty_sessions.extend(self.sessions.keys().cloned());
        self.data_version += 1;
    }

    /// Notes how the ledger is.
    pub fn set_ledger(&mut self, health: LedgerHealth) {
        if self.ledger != health {
            self.ledger = health;
            self.data_version += 1;
        }
    }

    /// How the ledger is.
    #[must_use]
    pub fn ledger(&self) -> &LedgerHealth {
        &self.ledger
    }

    /// The prices in force.
    #[must_use]
    pub fn prices(&self) -> &PriceBook {
        &self.book
    }

    /// Whether prices changed since the calls were summed up; [`Self::recount`] mends it.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Folds observations in, with what the ledger says of the calls of each `CallsRead`, in order.
    pub fn apply_all(&mut self, events: Vec<Event>, kept: Vec<CallsKept>, now: Millis) {
        let mut kept = kept.into_iter();
        for event in events {
            let kept = if matches!(event, Event::CallsRead { .. }) { kept.next() } else { None };
            self.apply(event, &kept.unwrap_or_default(), now);
        }
    }

    fn apply(&mut self, event: Event, kept: &CallsKept, now: Millis) {
        if !self.is_sign_of_life(&event) {
            self.data_version += 1;
        }
        match event {
            Event::AgentsListed { installation, source, agents } => {
                let of_it = |owner: &AgentRef| owner.installation == installation;
                let gone = self.sessions.keys().map(|(owner, _)| owner).filter(|owner| of_it(owner));
                let gone: BTreeSet<AgentRef> = gone.filter(|owner| !agents.contains(&owner.agent)).cloned().collect();
                for owner in gone {
                    self.list_sessions(&owner, source, Vec::new());
                }
            }
            Event::SessionsListed { owner, source, entries } => self.list_sessions(&owner, source, entries),
            Event::SessionsChanged { owner, source, upserts, removes } => {
                self.change_sessions(&owner, source, upserts, removes);
            }
            Event::TranscriptOwned { deleted: true, .. } => {}
            Event::TranscriptOwned { transcript, key, .. } => self.own(&transcript, &key),
            Event::CallsRead { transcript, archived, began_at: _, calls, tail } => {
                self.read_calls(&transcript, archived, &calls, tail, kept, now);
            }
            Event::Positioned { .. } => {}
            Event::RunsChanged(installation, words) => self.hear_of_runs(&installation, words),
            Event::RunsForgotten(installation) => self.forget_runs(&installation),
            Event::TasksListed(installation, tasks) => self.list_tasks(installation, tasks),
            Event::CronJobsListed(installation, jobs) => {
                self.jobs.insert(installation, jobs);
            }
            Event::PricesConfigured(installation, prices) => {
                self.is_stale |= Arc::make_mut(&mut self.book).set_openclaw(&installation, prices);
            }
            Event::OpenClawUsage(installation, answer) => {
                let known = self.reconciled.entry(installation.clone()).or_default();
                *Arc::make_mut(known) = match answer {
                    Ok(totals) => Reconciled {
                        agents: openclaw::compare(&self.transcripts, &installation, &totals),
                        note: String::new(),
                    },
                    // What it said before stays, with its time.
                    Err(note) => Reconciled { note, ..Reconciled::clone(known) },
                };
            }
            Event::SourceReported(report) => {
                self.reports.insert((report.installation.clone(), report.kind), report);
            }
        }
    }

    fn read_calls(
        &mut self,
        transcript: &TranscriptRef,
        archived: bool,
        calls: &[ModelCall],
        tail: Option<TranscriptTail>,
        kept: &CallsKept,
        now: Millis,
    ) {
        let horizon = now - RECENT_MS;
        let known = self.transcripts.entry(transcript.clone()).or_insert_with(|| Transcript::new(archived));
        known.archived &= archived;
        known.copies += kept.copies;
        known.add(calls, &kept.known, &self.book, &transcript.owner.installation, horizon);
        if let Some(tail) = tail
            && known.tail.as_ref().is_none_or(|before| tail.at >= before.at)
        {
            known.tail = Some(tail);
        }
        self.touch_transcript(transcript);
        for (holder, call) in &kept.removed {
            if let Some(known) = self.transcripts.get_mut(holder) {
                known.take(call, &self.book, &holder.owner.installation);
            }
            self.touch_transcript(holder);
        }
        for (holder, call) in &kept.added {
            let known = self.transcripts.entry(holder.clone()).or_insert_with(|| Transcript::new(archived));
            known.put(call, &self.book, &holder.owner.installation, horizon);
            self.touch_transcript(holder);
        }
    }

    /// Whether a source only says that it still reads.
    fn is_sign_of_life(&self, event: &Event) -> bool {
        let Event::SourceReported(report) = event else { return false };
        let before = self.reports.get(&(report.installation.clone(), report.kind));
        before.is_some_and(|before| SourceReport { last_read_at: report.last_read_at, ..before.clone() } == *report)
    }

    fn touch_transcript(&mut self, transcript: &TranscriptRef) {
        match self.owners.get(transcript) {
            Some(key) => {
                self.dirty_sessions.insert((transcript.owner.clone(), key.clone()));
            }
            None => {
                self.dirty_agents.insert(transcript.owner.clone());
            }
        }
    }

    fn list_tasks(&mut self, installation: InstallationId, tasks: Vec<Task>) {
        let mut touched: HashSet<SessionKey> = HashSet::new();
        self.open_tasks.retain(|(of, key), _| {
            let other = *of != installation;
            if !other {
                touched.insert(key.clone());
            }
            other
        });
        for task in tasks.iter().filter(|task| task.status.is_open()) {
            let Some(key) = &task.child_key else { continue };
            touched.insert(key.clone());
            let sign = task.last_event_at.or(task.started_at).unwrap_or(task.created_at);
            let open = self.open_tasks.entry((installation.clone(), key.clone())).or_insert((task.status, sign));
            // A running task outweighs a queued one of the same session.
            *open = (open.0.max(task.status), open.1.max(sign));
        }
        self.dirty_sessions.extend(
            self.sessions
                .keys()
                .filter(|(owner, key)| owner.installation == installation && touched.contains(key))
                .cloned(),
        );
        self.tasks.insert(installation, tasks);
    }

    /// The facts as they stand, made anew only where something changed.
    pub fn board(&mut self, now: Millis) -> Board {
        self.count_children();
        let mut is_same_list = true;
        for name in std::mem::take(&mut self.dirty_sessions) {
            let facts = self.facts(&name).map(Arc::new);
            is_same_list = is_same_list && facts.as_ref().is_some_and(|facts| self.listing.replace(facts));
            if let Some(session) = self.sessions.get_mut(&name) {
                session.facts = facts;
            }
        }
        if !is_same_list {
            self.listing = Listing::of(self.sessions.values().filter_map(|session| session.facts.clone()));
        }
        for agent in std::mem::take(&mut self.dirty_agents) {
            self.gather_unowned(agent);
        }
        self.version += 1;
        Board {
            version: self.version,
            data_version: self.data_version,
            made_at: now,
            sessions: self.listing.clone(),
            unowned: self.unowned.values().cloned().collect(),
            tasks: self.tasks.values().flatten().cloned().collect(),
            tasks_known: !self.tasks.is_empty(),
            jobs: self.jobs.values().flatten().cloned().collect(),
            reports: self.reports.values().cloned().collect(),
            prices: Arc::clone(&self.book),
            ledger: self.ledger.clone(),
            reconciled: self.reconciled.clone(),
        }
    }

    fn count_children(&mut self) {
        if !std::mem::take(&mut self.dirty_children) {
            return;
        }
        let mut counts: HashMap<(InstallationId, SessionKey), u64> = HashMap::new();
        for ((owner, _), session) in &self.sessions {
            if let Some(parent) = session.rows.iter().find_map(|(_, row)| row.parent.clone()) {
                *counts.entry((owner.installation.clone(), parent)).or_default() += 1;
            }
        }
        for name in self.sessions.keys() {
            let family = (name.0.installation.clone(), name.1.clone());
            if counts.get(&family) != self.children.get(&family) {
                self.dirty_sessions.insert(name.clone());
            }
        }
        self.children = counts;
    }

    fn facts(&self, name: &SessionRef) -> Option<SessionFacts> {
        let session = self.sessions.get(name)?;
        let (source, entry) = session.rows.first()?;
        let (owner, key) = name;
        let mut totals = Totals::default();
        let mut tail = None;
        let (mut known, mut copies) = (false, 0);
        for id in &session.transcripts {
            let Some(transcript) =
                self.transcripts.get(&TranscriptRef { owner: owner.clone(), session_id: id.clone() })
            else {
                continue;
            };
            known = true;
            copies += transcript.copies;
            totals.add(&transcript.totals);
            if entry.session_id.as_ref() == Some(id) || (tail.is_none() && !transcript.archived) {
                tail.clone_from(&transcript.tail);
            }
        }
        let family = (owner.installation.clone(), key.clone());
        let open_task = self.open_tasks.get(&family).copied();
        let run = self.runs.get(&family).copied();
        let children = self.children.get(&family).copied().unwrap_or_default();
        Some(SessionFacts::new(
            entry.clone(),
            *source,
            known.then_some(totals),
            copies,
            tail,
            open_task,
            run,
            children,
            &self.book,
        ))
    }

    fn gather_unowned(&mut self, owner: AgentRef) {
        let mut calls = AgentCalls {
            owner: owner.clone(),
            totals: Totals::default(),
            transcripts: 0,
            archived_calls: 0,
            copies: 0,
        };
        for (name, transcript) in self.transcripts.iter().filter(|(name, _)| name.owner == owner) {
            if transcript.archived {
                calls.archived_calls += transcript.totals.calls;
            }
            if !self.owners.contains_key(name) {
                calls.transcripts += 1;
                calls.copies += transcript.copies;
                calls.totals.add(&transcript.totals);
            }
        }
        self.unowned.insert(owner, Arc::new(calls));
    }
}
