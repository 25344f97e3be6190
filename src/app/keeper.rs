//! The thread that keeps the ledger: it opens it, starts the sources where it stops, and begins anew
//! when the ledger turns out to be damaged. The page is served all the while.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::runtime::Handle;

use super::{
    DemoSettings, asks_gateway, command_source, gateway_target, gateway_usage, gateways, uses_command, uses_gateway,
};
use crate::clock::Clock;
use crate::config::{Config, Installation};
use crate::conversation::library::Library;
use crate::domain::event::{Event, SourceKind, SourceReport, SourceStatus};
use crate::domain::health::{LedgerHealth, LedgerStatus};
use crate::domain::pricing::PriceBook;
use crate::domain::{InstallationId, Millis};
use crate::hub::Hub;
use crate::live::board::Board;
use crate::pipeline::{self, Ended, Pipeline, Signals};
use crate::source::EventSender;
use crate::source::demo::Simulator;
use crate::source::files::{FilesReader, FilesSource};
use crate::source::gateway::GatewaySource;
use crate::source::gateway_usage::GatewayUsage;
use crate::store::lock::{NotLocked, WriterLock};
use crate::store::open::{self, OpenLedger};
use crate::store::sqlite::{SqliteLedger, care, file_in, read_only};
use crate::store::{CurrentHistory, StoreError};

/// The ledger is checked for damage so long after it was opened.
const LOOK_AFTER: Duration = Duration::from_secs(3);
/// How often a ledger that could not be opened is tried again.
const TRY_EVERY: Duration = Duration::from_secs(10);
/// How often the simulator moves.
const DEMO_STEP: Duration = Duration::from_secs(1);

/// The running thread.
pub(super) struct Keeper {
    /// Answers about the past.
    pub(super) history: Arc<CurrentHistory>,
    stop: Arc<AtomicBool>,
    wake: std::sync::mpsc::Receiver<EventSender>,
    thread: JoinHandle<()>,
}

/// What the thread needs.
struct Keeping {
    config: Config,
    demo: Option<DemoSettings>,
    book: PriceBook,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    library: Arc<Library>,
    history: Arc<CurrentHistory>,
    signals: Signals,
    runtime: Handle,
    price_changes: BTreeSet<Millis>,
}

impl Keeper {
    /// Opens the ledger, so that everything known is on the page, and starts the thread.
    pub(super) fn start(
        config: &Config,
        demo: Option<DemoSettings>,
        book: PriceBook,
        hub: &Arc<Hub>,
        clock: &Arc<dyn Clock>,
        library: &Arc<Library>,
    ) -> Result<Self> {
        let history = Arc::new(CurrentHistory::default());
        let signals = Signals { damage: history.damage(), ..Signals::default() };
        let stop = Arc::clone(&signals.stop);
        let keeping = Keeping {
            config: config.clone(),
            demo,
            price_changes: book.changes(),
            book,
            hub: Arc::clone(hub),
            clock: Arc::clone(clock),
            library: Arc::clone(library),
            history: Arc::clone(&history),
            signals,
            runtime: Handle::current(),
        };
        let lock = keeping.lock()?;
        let pipeline = keeping.open(None).context("the usage ledger could not be opened")?;
        let (sender, wake) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new().name("ledger".to_owned()).spawn(move || {
            keeping.keep(pipeline, lock, &sender);
        })?;
        Ok(Self { history, stop, wake, thread })
    }

    /// Ends after the transaction under way.
    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A thread that waits for events is woken by an empty one.
        for events in self.wake.try_iter() {
            events.wake();
        }
        let _ = self.thread.join();
    }
}

impl Keeping {
    /// Whether simulated agents are shown: they leave no trace.
    fn is_simulated(&self) -> bool {
        self.demo.is_some() || self.config.sources.demo
    }

    /// One writer for each data folder.
    fn lock(&self) -> Result<Option<WriterLock>> {
        if self.is_simulated() {
            return Ok(None);
        }
        let data_dir = &self.config.data_dir;
        match WriterLock::take(data_dir, self.clock.now()) {
            Ok(lock) => Ok(Some(lock)),
            Err(NotLocked::Held(holder)) => {
                let who = holder.map_or_else(
                    || "another process".to_owned(),
                    |holder| format!("process {} since {}", holder.pid, super::local_time(holder.since)),
                );
                bail!(
                    "the data folder {} is in use by {who}. Stop that one, or choose another folder with --data-dir.",
                    data_dir.display()
                )
            }
            // What cannot be locked cannot be written either; the ledger says so.
            Err(NotLocked::Failed(_)) => Ok(None),
        }
    }

    /// Opens the ledger whatever its state, and shows what it knows.
    fn open(&self, damage: Option<String>) -> Result<Pipeline, StoreError> {
        let mut opened = self.try_open(damage);
        if let Err(StoreError::Damaged(what)) = opened {
            opened = self.try_open(Some(what));
        }
        let mut pipeline = match opened {
            Err(error) if !self.is_simulated() => {
                let file = file_in(&self.config.data_dir);
                self.begin(open::in_memory(&file, &self.price_changes, &error)?)?
            }
            other => other?,
        };
        self.hub.publish(pipeline.board(self.clock.now()));
        Ok(pipeline)
    }

    fn try_open(&self, damage: Option<String>) -> Result<Pipeline, StoreError> {
        if self.is_simulated() {
            let ledger = SqliteLedger::in_memory(self.price_changes.clone())?;
            return self.begin(OpenLedger { ledger, health: LedgerHealth::default() });
        }
        self.begin(open::open(&self.config.data_dir, &self.price_changes, self.clock.now(), damage)?)
    }

    fn begin(&self, OpenLedger { ledger, health }: OpenLedger) -> Result<Pipeline, StoreError> {
        let history = ledger.history();
        let pipeline = Pipeline::new(self.book.clone(), Box::new(ledger), health, self.clock.now())?;
        self.history.set(history);
        let library = Arc::clone(&self.library);
        let masked = pipeline.masking(Box::new(move || library.redactor()));
        Ok(masked.hiding_prompts(self.config.no_messages).keeping_raw_for(self.config.keep_raw))
    }

    fn keep(&self, first: Pipeline, lock: Option<WriterLock>, wake: &std::sync::mpsc::Sender<EventSender>) {
        let mut pipeline = first;
        let mut lock = lock;
        loop {
            let (events, mut receiver) = EventSender::channel();
            // Nobody takes it once the program stops.
            let _ = wake.send(events.clone());
            self.watch_ledger(pipeline.health().status, events.clone());
            let sources = self.start_sources(&mut pipeline, events);
            let ended = match &sources {
                Ok(_) => pipeline::run(&mut pipeline, &mut receiver, &self.hub, self.clock.as_ref(), &self.signals),
                Err(error) => {
                    tracing::error!("the sources could not be started: {error:#}");
                    Ended::Stopped
                }
            };
            // Sources that wait for room in the channel end when it is gone.
            drop(receiver);
            if let Ok(sources) = sources {
                sources.stop();
            }
            let damage = match ended {
                Ended::Stopped => return,
                Ended::Damaged(what) => Some(what),
                Ended::Openable => {
                    // A folder that could not be written had no lock either.
                    lock = lock.or_else(|| WriterLock::take(&self.config.data_dir, self.clock.now()).ok());
                    if lock.is_none() {
                        continue;
                    }
                    None
                }
            };
            match self.open(damage) {
                Ok(anew) => pipeline = anew,
                Err(error) => return tracing::error!("the usage ledger could not be made anew: {error}"),
            }
        }
    }

    /// Beside all other work: reads every page of the ledger once (a bad page is better found now than
    /// when it is needed), or tries to open a ledger that could not be opened.
    fn watch_ledger(&self, status: LedgerStatus, events: EventSender) {
        let file = file_in(&self.config.data_dir);
        let signals = self.signals.clone();
        let price_changes = self.price_changes.clone();
        if self.is_simulated() {
            return;
        }
        let look = move || {
            std::thread::sleep(LOOK_AFTER);
            if status == LedgerStatus::Memory {
                while !signals.stop.load(Ordering::Relaxed) {
                    if SqliteLedger::open(&file, price_changes.clone()).is_ok() {
                        signals.openable.store(true, Ordering::Relaxed);
                        return events.wake();
                    }
                    std::thread::sleep(TRY_EVERY);
                }
            } else if let Err(StoreError::Damaged(what)) =
                read_only(&file).and_then(|ledger| care::quick_check(&ledger))
            {
                signals.damage.note(what);
                events.wake();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("ledger watch".to_owned()).spawn(look) {
            tracing::warn!(%error, "the ledger is not checked for damage");
        }
    }

    fn start_sources(&self, pipeline: &mut Pipeline, events: EventSender) -> Result<Sources> {
        let config = &self.config;
        let mut sources = Sources { files: Vec::new(), tasks: Vec::new() };
        if self.is_simulated() {
            let seed = self.demo.map_or(1, |demo| demo.seed);
            sources.tasks.push(self.runtime.spawn(simulate(seed, Arc::clone(&self.clock), events.clone())));
            if self.demo.is_some() {
                return Ok(sources);
            }
        }
        if config.sources.files || config.sources.auto {
            for installation in &config.installations {
                let positions = pipeline.ledger().positions(&installation.id)?;
                let reader = FilesReader::new(installation.id.clone(), installation.root.clone(), positions)
                    .keeping(self.library.ends.clone());
                let files = FilesSource::start(reader, Arc::clone(&self.clock), events.clone());
                let failed = || format!("the reader of {} could not be started", installation.root.display());
                sources.files.push(files.with_context(failed)?);
                if asks_gateway(config) {
                    let gateway = gateway_usage(config, installation);
                    let asking = ask_gateway(gateway, Arc::clone(&self.hub), Arc::clone(&self.clock), events.clone());
                    sources.tasks.push(self.runtime.spawn(asking));
                }
            }
        }
        if uses_gateway(config) {
            for installation in &config.installations {
                if let Some(source) = self.gateway(installation, &events) {
                    sources.tasks.push(self.runtime.spawn(follow(source, events.clone())));
                }
            }
        }
        if uses_command(config) {
            let command = command_source(config);
            let clock = Arc::clone(&self.clock);
            sources.tasks.push(self.runtime.spawn(async move {
                let _ = command.run(clock, events).await;
            }));
        }
        Ok(sources)
    }
}

impl Keeping {
    /// The source that follows the gateway of an installation, where one is known.
    fn gateway(&self, installation: &Installation, events: &EventSender) -> Option<GatewaySource> {
        let config = &self.config;
        let is_alone = gateways::is_alone(config, installation);
        if matches!(gateway_target(config, installation), Ok(None)) {
            return None;
        }
        let (of_it, id) = (config.clone(), installation.id.clone());
        Some(GatewaySource::new(
            installation.id.clone(),
            Arc::new(move || gateways::whom(&of_it, &id)),
            is_alone,
            gateways::is_optional(config),
            Arc::clone(&self.clock),
            events.clone(),
        ))
    }
}

/// The sources of this run.
struct Sources {
    files: Vec<FilesSource>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Sources {
    fn stop(self) {
        for task in self.tasks {
            task.abort();
        }
        for files in self.files {
            files.stop();
        }
    }
}

/// What OpenClaw counts is compared with what is read, so all is read first.
async fn ask_gateway(gateway: GatewayUsage, hub: Arc<Hub>, clock: Arc<dyn Clock>, events: EventSender) {
    let is_read = |board: &Arc<Board>| has_read_files(&board.reports, &gateway.installation);
    if hub.subscribe().wait_for(is_read).await.is_ok() {
        let _ = gateway.run(clock, events).await;
    }
}

fn has_read_files(reports: &[SourceReport], installation: &InstallationId) -> bool {
    let mut files = reports.iter().filter(|one| one.kind == SourceKind::Files && one.installation == *installation);
    files.any(|one| one.status != SourceStatus::Scanning)
}

/// Rows that a gateway told when no files were read are forgotten where the files are the truth.
async fn follow(source: GatewaySource, events: EventSender) {
    let installation = source.installation.clone();
    let forget = Event::AgentsListed { installation, source: SourceKind::Gateway, agents: Vec::new() };
    if source.is_alone || events.send(vec![forget]).await.is_ok() {
        Box::pin(source.run()).await;
    }
}

async fn simulate(seed: u64, clock: Arc<dyn Clock>, events: EventSender) {
    let mut simulator = Simulator::new(seed, clock.now());
    if events.send(simulator.history()).await.is_err() {
        return;
    }
    loop {
        tokio::time::sleep(DEMO_STEP).await;
        if events.send(simulator.step(clock.now())).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openclaw_is_asked_once_the_files_are_read_whatever_the_gateway_reports() {
        let report = |kind, status| SourceReport {
            installation: InstallationId::from("here"),
            kind,
            status,
            detail: String::new(),
            last_read_at: None,
            agents: Vec::new(),
            skipped: Vec::new(),
        };
        let gateway = report(SourceKind::Gateway, SourceStatus::Ok);
        for (files, is_read) in
            [(SourceStatus::Scanning, false), (SourceStatus::Ok, true), (SourceStatus::Degraded, true)]
        {
            let reports = [gateway.clone(), report(SourceKind::Files, files)];
            assert_eq!(has_read_files(&reports, &InstallationId::from("here")), is_read, "{files:?}");
            assert!(!has_read_files(&reports, &InstallationId::from("there")));
        }
        assert!(!has_read_files(&[gateway], &InstallationId::from("here")));
    }
}
