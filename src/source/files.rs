//! The source `files`: one thread that reads a state directory and follows its changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::agent::AgentReader;
use super::packed::ends::Ends;
use super::skips::SkipLog;
use super::tail::LineBuffer;
use super::tasks::{BackgroundReader, read_small};
use super::transcripts::io_reason;
use super::watch::{Notice, Watch, Woken};
use super::{Closed, EventSender, state_dir};
use crate::clock::Clock;
use crate::config::prices::from_openclaw_config;
use crate::domain::event::{Event, Positions, SourceKind, SourceReport, SourceStatus};
use crate::domain::{AgentId, AgentRef, InstallationId, Millis};

/// How often everything is looked at, whatever the watch says.
const RESCAN: Duration = Duration::from_secs(15);
/// The same where the watch does not work.
const RESCAN_UNWATCHED: Duration = Duration::from_secs(2);
/// How long a reading may go on before it reports how far it is.
const REPORT_EVERY_MS: Millis = 200;

/// What a reader of one agent needs beside its own state.
pub struct Reading<'a> {
    /// The agent.
    pub owner: &'a AgentRef,
    /// The state directory, for the names in reports.
    pub root: &'a Path,
    /// The time of this reading.
    pub now: Millis,
    /// The shared line buffer.
    pub buffer: &'a mut LineBuffer,
    /// What was not understood.
    pub skips: &'a mut SkipLog,
    /// Set when something could not be read at all.
    pub failed: &'a mut bool,
    /// How far each place was read before the program started.
    pub positions: &'a Positions,
    /// Where the ends of archives are kept.
    pub ends: &'a Ends,
    /// Where events go.
    pub sink: &'a mut dyn FnMut(Vec<Event>) -> Result<(), Closed>,
}

impl Reading<'_> {
    /// A path as reports name it.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// How far a place was read, as an event; none where it cannot be written down.
    pub fn positioned<T: Serialize>(&self, place: String, position: Option<&T>) -> Option<Event> {
        let position = position.map(serde_json::to_vec).transpose().ok()?;
        Some(Event::Positioned { installation: self.owner.installation.clone(), place, position })
    }

    /// Reports how far a place was read.
    pub fn position<T: Serialize>(&mut self, place: String, position: Option<&T>) -> Result<(), Closed> {
        let event = self.positioned(place, position);
        (self.sink)(event.into_iter().collect())
    }

    /// How far a place was read before the program started.
    pub fn saved<T: DeserializeOwned>(&self, place: &str) -> Option<T> {
        serde_json::from_slice(self.positions.get(place)?).ok()
    }
}

/// Reads one state directory; usable without a thread, for tests, `doctor` and a single look.
pub struct FilesReader {
    installation: InstallationId,
    root: PathBuf,
    agents: BTreeMap<AgentId, AgentReader>,
    background: BackgroundReader,
    positions: Positions,
    ends: Ends,
    config_stamp: Option<super::database::Stamp>,
    buffer: LineBuffer,
    skips: SkipLog,
    failed: bool,
    scanned: bool,
    last_report: Option<SourceReport>,
    last_report_at: Millis,
    /// A remark on the watch, for the report.
    pub remark: Option<String>,
}

impl FilesReader {
    /// A reader that goes on from these positions.
    #[must_use]
    pub fn new(installation: InstallationId, root: PathBuf, positions: Positions) -> Self {
        Self {
            installation,
            root,
            agents: BTreeMap::new(),
            background: BackgroundReader::default(),
            positions,
            ends: Ends::default(),
            config_stamp: None,
            buffer: LineBuffer::default(),
            skips: SkipLog::default(),
            failed: false,
            scanned: false,
            last_report: None,
            last_report_at: 0,
            remark: None,
        }
    }

    /// Keeps the ends of archives.
    #[must_use]
    pub fn keeping(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }

    /// Looks at everything and reads what changed.
    pub fn refresh(
        &mut self,
        clock: &dyn Clock,
        sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>,
    ) -> Result<(), Closed> {
        if !self.root.is_dir() && !self.agents.is_empty() {
            // A drive that went away: what is known stays, and the report says how old it is.
            return self.report(clock.now(), sink);
        }
        self.failed = false;
        self.discover(sink)?;
        self.read_config(sink)?;
        sink(self.background.refresh(&self.root, &self.installation, &mut self.skips))?;
        let ids: Vec<AgentId> = self.agents.keys().cloned().collect();
        for id in ids {
            self.read_agent(&id, clock, sink, super::agent::AgentReader::refresh)?;
        }
        if !self.scanned {
            self.scanned = true;
            self.forget_places(sink)?;
        }
        self.report(clock.now(), sink)
    }

    /// After the first reading: places that are gone need not be remembered.
    fn forget_places(&mut self, sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>) -> Result<(), Closed> {
        let positions = std::mem::take(&mut self.positions);
        let is_gone = |place: &String| !self.root.join(place.split('#').next().unwrap_or_default()).exists();
        let gone = positions.into_keys().filter(is_gone);
        let installation = &self.installation;
        let forget = |place| Event::Positioned { installation: installation.clone(), place, position: None };
        sink(gone.map(forget).collect())
    }

    /// Reads what lies at these paths.
    pub fn touch(
        &mut self,
        paths: impl IntoIterator<Item = PathBuf>,
        clock: &dyn Clock,
        sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>,
    ) -> Result<(), Closed> {
        let mut background = false;
        for path in paths {
            let Ok(below) = path.strip_prefix(&self.root) else { continue };
            let mut parts = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
            match (parts.next().as_deref(), parts.next()) {
                (Some("agents"), Some(id)) => {
                    let id = AgentId::from(id);
                    if self.agents.contains_key(&id) {
                        self.read_agent(&id, clock, sink, |agent, reading| agent.touch(&path, reading))?;
                    } else {
                        return self.refresh(clock, sink);
                    }
                }
                (Some("openclaw.json"), None) => self.read_config(sink)?,
                (Some("agents"), None) | (None, _) => return self.refresh(clock, sink),
                (Some(folder), _) => background |= state_dir::BACKGROUND_FOLDERS.contains(&folder),
            }
        }
        if background {
            sink(self.background.refresh(&self.root, &self.installation, &mut self.skips))?;
        }
        self.report(clock.now(), sink)
    }

    fn read_agent(
        &mut self,
        id: &AgentId,
        clock: &dyn Clock,
        sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>,
        read: impl FnOnce(&mut AgentReader, &mut Reading<'_>) -> Result<(), Closed>,
    ) -> Result<(), Closed> {
        let owner = AgentRef { installation: self.installation.clone(), agent: id.clone() };
        let Some(mut agent) = self.agents.remove(id) else { return Ok(()) };
        let mut reading = Reading {
            owner: &owner,
            root: &self.root,
            now: clock.now(),
            buffer: &mut self.buffer,
            skips: &mut self.skips,
            failed: &mut self.failed,
            positions: &self.positions,
            ends: &self.ends,
            sink,
        };
        let result = read(&mut agent, &mut reading);
        self.agents.insert(id.clone(), agent);
        result?;
        if !self.scanned && clock.now() - self.last_report_at >= REPORT_EVERY_MS {
            self.report(clock.now(), sink)?;
        }
        Ok(())
    }

    fn discover(&mut self, sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>) -> Result<(), Closed> {
        let found = match state_dir::agents(&self.root) {
            Ok(found) => found,
            Err(error) => {
                self.skips.set("agents", Some(io_reason(&error)));
                self.failed = true;
                return Ok(());
            }
        };
        self.skips.forget("agents");
        let gone: Vec<AgentId> = self.agents.keys().filter(|id| !found.contains_key(*id)).cloned().collect();
        for id in gone {
            self.agents.remove(&id);
            let owner = AgentRef { installation: self.installation.clone(), agent: id };
            sink(vec![Event::SessionsListed { owner, source: SourceKind::Files, entries: Vec::new() }])?;
        }
        if !self.scanned && self.root.is_dir() {
            let (installation, source) = (self.installation.clone(), SourceKind::Files);
            sink(vec![Event::AgentsListed { installation, source, agents: found.keys().cloned().collect() }])?;
        }
        for (id, folder) in found {
            self.agents.entry(id).or_insert_with(|| AgentReader::new(folder));
        }
        Ok(())
    }

    /// The user's own prices in `openclaw.json`.
    fn read_config(&mut self, sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>) -> Result<(), Closed> {
        let path = self.root.join("openclaw.json");
        let now = super::database::stamp(&path);
        if now == self.config_stamp {
            return Ok(());
        }
        self.config_stamp = now;
        let prices = match read_small(&path) {
            Ok(Some(json)) => from_openclaw_config(&String::from_utf8_lossy(&json))
                .map_err(|_| "file is not JSON5: its prices are not used"),
            Ok(None) => Ok(Vec::new()),
            Err(reason) => Err(reason),
        };
        self.skips.set("openclaw.json", prices.as_ref().err().copied());
        match prices {
            Ok(prices) => sink(vec![Event::PricesConfigured(self.installation.clone(), prices)]),
            Err(_) => Ok(()),
        }
    }

    fn last_read_at(&self) -> Option<Millis> {
        self.last_report.as_ref()?.last_read_at
    }

    fn report(&mut self, now: Millis, sink: &mut dyn FnMut(Vec<Event>) -> Result<(), Closed>) -> Result<(), Closed> {
        let found = self.root.is_dir();
        let agents = self
            .agents
            .iter_mut()
            .map(|(id, agent)| agent.coverage(&AgentRef { installation: self.installation.clone(), agent: id.clone() }))
            .collect();
        let status = match (found, self.scanned) {
            (false, _) => SourceStatus::Down,
            (true, false) => SourceStatus::Scanning,
            (true, true) if self.failed || self.background.failed => SourceStatus::Degraded,
            (true, true) => SourceStatus::Ok,
        };
        let detail = match status {
            SourceStatus::Down => format!(
                "There is no folder {}. Start OpenClaw once, or point to its folder with --state-dir.",
                self.root.display()
            ),
            SourceStatus::Degraded => "Some files could not be read; they are listed with the reason.".to_owned(),
            _ => self.remark.clone().unwrap_or_default(),
        };
        let report = SourceReport {
            installation: self.installation.clone(),
            kind: SourceKind::Files,
            status,
            detail,
            last_read_at: if found { self.scanned.then_some(now) } else { self.last_read_at() },
            agents,
            skipped: self.skips.list(),
        };
        self.last_report_at = now;
        let same = self.last_report.as_ref().is_some_and(|last| {
            SourceReport { last_read_at: None, ..last.clone() } == SourceReport { last_read_at: None, ..report.clone() }
        });
        // The time of the last reading alone is worth a report now and then, not at every append.
        let recent = self.last_read_at().is_some_and(|at| now - at < 5_000);
        if same && recent {
            return Ok(());
        }
        self.last_report = Some(report.clone());
        sink(vec![Event::SourceReported(report)])
    }
}

/// A running source.
#[derive(Debug)]
pub struct FilesSource {
    stop: Sender<Notice>,
    thread: Option<JoinHandle<()>>,
}

impl FilesSource {
    /// Starts reading and watching on a thread of its own.
    pub fn start(reader: FilesReader, clock: Arc<dyn Clock>, events: EventSender) -> std::io::Result<Self> {
        let (watch, stop) = Watch::new();
        let name = format!("files {}", reader.installation);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            // The other end closed: the program stops and nobody needs the events.
            let _ = follow(reader, watch, clock.as_ref(), &events);
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Stops at the next change of file and waits for it.
    pub fn stop(mut self) {
        let _ = self.stop.send(Notice::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn follow(mut reader: FilesReader, mut watch: Watch, clock: &dyn Clock, events: &EventSender) -> Result<(), Closed> {
    // Watch first, read then: a change in between is seen twice, never missed.
    let look_at_all = |reader: &mut FilesReader, watch: &mut Watch| {
        watch.cover(&reader.root, state_dir::agents(&reader.root).unwrap_or_default().into_values());
        reader.refresh(clock, &mut |batch| events.send_blocking(batch))
    };
    look_at_all(&mut reader, &mut watch)?;
    let mut looked_at = clock.now();
    loop {
        reader.remark = watch.trouble.as_ref().map(|trouble| {
            format!("Changes are looked for every 2 s, because the folder cannot be watched: {trouble}.")
        });
        let limit = if watch.trouble.is_some() { RESCAN_UNWATCHED } else { RESCAN };
        let woken = watch.wait(limit);
        // A steady stream of changes must not put off the look at everything.
        let is_due = u128::try_from(clock.now() - looked_at).is_ok_and(|since| since >= limit.as_millis());
        match woken {
            Woken::Stopped => return Ok(()),
            Woken::Paths(paths) if !is_due => reader.touch(paths, clock, &mut |batch| events.send_blocking(batch))?,
            Woken::Paths(_) | Woken::Everything | Woken::Quiet => {
                look_at_all(&mut reader, &mut watch)?;
                looked_at = clock.now();
            }
        }
    }
}
