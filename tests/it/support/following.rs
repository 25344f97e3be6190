//! The source `gateway` against a scripted one, and all that it tells.

use std::sync::Arc;
use std::time::Duration;

use factory_dashboard::clock::{Clock, SystemClock};
use factory_dashboard::domain::event::{Event, SourceReport, SourceStatus};
use factory_dashboard::domain::secret::Secret;
use factory_dashboard::domain::{InstallationId, SessionKey};
use factory_dashboard::gateway::settings::{Address, Auth, Target, Whom};
use factory_dashboard::source::EventSender;
use factory_dashboard::source::gateway::GatewaySource;
use factory_dashboard::source::gateway::timing::Timing;
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;

use super::scripted::{LIMIT, TOKEN};

/// Tells at once, waits long for answers, asks for nothing of itself.
pub fn patient() -> Timing {
    let (soon, never) = (Duration::from_millis(2), Duration::from_hours(1));
    Timing {
        handshake: never,
        gather: soon,
        settle: soon,
        list_pause: soon,
        list_every: never,
        poll_every: never,
        slow: never,
        lost: never,
        silence: never,
        report_every: Duration::from_millis(50),
        retry: (soon, Duration::from_millis(20)),
        retry_refused: Duration::from_millis(20),
    }
}

/// Gives up after a moment.
pub fn hasty() -> Timing {
    let moment = Duration::from_millis(150);
    Timing { handshake: moment, slow: moment, lost: 3 * moment, silence: 6 * moment, ..patient() }
}

/// How the source is made.
pub struct Following {
    pub url: String,
    pub timing: Timing,
    pub is_alone: bool,
    pub is_optional: bool,
    pub token: Option<&'static str>,
    pub must_be_of: Option<std::path::PathBuf>,
}

impl Following {
    pub fn of(url: &str) -> Self {
        let (url, timing) = (url.to_owned(), patient());
        Self { url, timing, is_alone: false, is_optional: false, token: Some(TOKEN), must_be_of: None }
    }

    pub fn start(self) -> Told {
        let token = self.token;
        self.start_with(move || Ok(token))
    }

    /// With the token that there is at each attempt, or why there is none.
    pub fn start_with(self, token: impl Fn() -> Result<Option<&'static str>, String> + Send + Sync + 'static) -> Told {
        let devices = TempDir::new().unwrap();
        let target = Target {
            url: Address::of(self.url),
            auth: Auth::default(),
            must_be_of: self.must_be_of,
            devices: devices.path().to_owned(),
        };
        let whom: Whom = Arc::new(move || {
            let auth = Auth { token: token()?.and_then(Secret::of), password: None };
            Ok(Target { auth, ..target.clone() })
        });
        let (sender, receiver) = EventSender::channel();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let id = InstallationId::from("test");
        let source = GatewaySource::new(id, whom, self.is_alone, self.is_optional, clock, sender);
        let task = tokio::spawn(source.with_timing(self.timing).run());
        Told { events: Vec::new(), receiver, task, _devices: devices }
    }
}

/// Everything that the source has told.
pub struct Told {
    pub events: Vec<Event>,
    receiver: Receiver<Vec<Event>>,
    task: tokio::task::JoinHandle<()>,
    _devices: TempDir,
}

impl Told {
    /// Listens until something was told; it must go on living meanwhile.
    pub async fn until(&mut self, what: &str, is: impl Fn(&[Event]) -> bool) {
        while !is(&self.events) {
            let Ok(told) = tokio::time::timeout(LIMIT, self.receiver.recv()).await else {
                let last: Vec<_> = self.events.iter().rev().take(3).collect();
                panic!("not told: {what}; the last were {last:#?}")
            };
            self.events.extend(told.unwrap_or_else(|| panic!("the source has ended before: {what}")));
        }
    }

    /// Listens until a report says this in its detail.
    pub async fn until_said(&mut self, words: &str) {
        self.until(words, |events| reports(events).any(|report| report.detail.contains(words))).await;
    }

    /// Listens until the last report says that all is well.
    pub async fn until_well(&mut self) {
        let is_well = |events: &[Event]| reports(events).last().is_some_and(|report| report.status == SourceStatus::Ok);
        self.until("all is well", is_well).await;
    }

    pub async fn until_state(&mut self, key: &str, runs: bool) {
        self.until(&format!("{key} runs: {runs}"), |events| states(events, key).last() == Some(&runs)).await;
    }

    /// Ends it, which it must survive until then.
    pub async fn end(self) -> Vec<Event> {
        assert!(!self.task.is_finished(), "the source has ended");
        drop(self.receiver);
        tokio::time::timeout(LIMIT, self.task).await.expect("it ends with who listens").unwrap();
        self.events
    }
}

pub fn reports(events: &[Event]) -> impl DoubleEndedIterator<Item = &SourceReport> {
    events.iter().filter_map(|event| if let Event::SourceReported(report) = event { Some(report) } else { None })
}

/// What was told of a session's runs, one after the other, where it changed.
pub fn states(events: &[Event], key: &str) -> Vec<bool> {
    let key = SessionKey::from(key);
    let words =
        events.iter().filter_map(|event| if let Event::RunsChanged(_, words) = event { Some(words) } else { None });
    let mut states: Vec<bool> =
        words.flatten().filter(|(of, _)| *of == key).map(|(_, word)| word.sign().is_some()).collect();
    states.dedup();
    states
}
