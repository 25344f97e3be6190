//! The source `gateway`: who runs now, heard from OpenClaw's own WebSocket while it happens.
//!
//! It only reads (`operator.read`). Where a state directory is read too, the files are the truth for sessions,
//! tokens and tasks, and the gateway for who runs; where none is, the gateway is all there is.

mod messages;
mod picture;
mod wire;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{Closed, EventSender};
use crate::clock::Clock;
use crate::domain::event::{Event, SourceKind, SourceReport, SourceStatus};
use crate::domain::{InstallationId, Millis, SessionKey};
use crate::gateway::connection::{Caller, Connection};
use crate::gateway::frames::Incoming;
use crate::gateway::methods::{self, Purpose};
use crate::gateway::refusal::Refusal;
use crate::gateway::settings::Target;
use picture::Picture;

/// What was heard is told on this long after the first of it.
const GATHER: Duration = Duration::from_millis(50);
/// How long an event that says too little waits for others like it, before everything is asked for anew.
const SETTLE: Duration = Duration::from_millis(400);
/// The least time between two whole lists.
const LIST_PAUSE: Duration = Duration::from_secs(2);
/// How often everything is asked for anew, whatever is heard.
const LIST_EVERY: Duration = Duration::from_secs(45);
/// The same where sessions cannot be subscribed to (2026.3.13).
const POLL_EVERY: Duration = Duration::from_secs(4);
/// An answer that takes longer than this is slow; one that takes far longer will not come.
const SLOW: Duration = Duration::from_secs(15);
/// That.
const LOST: Duration = Duration::from_secs(60);
/// A gateway says something every 30 s. One that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(95);
/// How often the report says that all is well.
const REPORT_EVERY: Duration = Duration::from_secs(15);
/// Sessions on a page, and pages at most.
const PAGE: u64 = 500;
/// Pages at most.
const MAX_PAGES: u64 = 20;
/// Messages of a session that are asked for at once.
const MESSAGES: u64 = 5_000;
/// The pauses between two attempts to connect.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The pause after a refusal that only its owner can mend.
const RETRY_REFUSED: Duration = Duration::from_secs(30);

/// Follows the gateway of one installation.
pub struct GatewaySource {
    /// The installation.
    pub installation: InstallationId,
    /// Whether no files of it are read.
    pub is_alone: bool,
    /// Whether it may be that no gateway runs: then it is no fault until one was heard.
    pub is_optional: bool,
    caller: Caller,
    clock: Arc<dyn Clock>,
    events: EventSender,
}

/// Why following ended.
enum End {
    Refused(Refusal),
    Closed,
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Closed> for End {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl GatewaySource {
    /// Nothing is called yet.
    #[must_use]
    pub fn new(
        installation: InstallationId,
        target: Target,
        is_alone: bool,
        is_optional: bool,
        clock: Arc<dyn Clock>,
        events: EventSender,
    ) -> Self {
        Self { installation, is_alone, is_optional, caller: Caller::new(target, Purpose::Watch), clock, events }
    }

    /// Follows until the program stops; connects again, ever more slowly, when it cannot.
    pub async fn run(mut self) {
        // What it said before a restart of ours is old.
        let mut attempt = 0;
        loop {
            let connected = match self.caller.call().await {
                Ok(connection) => Some(self.follow(connection).await),
                Err(refusal) => {
                    if self.refuse(&refusal).await.is_err() {
                        return;
                    }
                    attempt += 1;
                    tokio::time::sleep(pause(attempt, &refusal)).await;
                    None
                }
            };
            match connected {
                Some(End::Closed) => return,
                Some(End::Refused(refusal)) => {
                    // From now on it is known that there is one.
                    self.is_optional = false;
                    attempt = 1;
                    if self.lose(&refusal).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause(attempt, &refusal)).await;
                }
                None => {}
            }
        }
    }

    /// Says why there is no connection, unless nobody need know.
    async fn refuse(&self, refusal: &Refusal) -> Result<(), Closed> {
        if self.is_optional && matches!(refusal, Refusal::Unreachable { .. }) {
            return Ok(());
        }
        let status = if self.is_alone { SourceStatus::Down } else { SourceStatus::Degraded };
        self.events
            .send(vec![self.report(status, refusal.to_string(), None, &Picture::new(self.installation.clone(), false))])
            .await
    }

    async fn lose(&self, refusal: &Refusal) -> Result<(), Closed> {
        tracing::info!(installation = %self.installation, "the gateway is lost: {refusal}");
        self.events.send(vec![Event::RunsForgotten(self.installation.clone())]).await?;
        self.refuse(refusal).await
    }

    fn report(&self, status: SourceStatus, detail: String, read_at: Option<Millis>, picture: &Picture) -> Event {
        Event::SourceReported(SourceReport {
            installation: self.installation.clone(),
            kind: SourceKind::Gateway,
            status,
            detail,
            last_read_at: read_at,
            agents: picture.coverage(),
            skipped: Vec::new(),
        })
    }

    async fn follow(&self, connection: Connection) -> End {
        tracing::info!(installation = %self.installation, version = connection.hello.version, protocol = connection.hello.protocol, "follows the gateway at {}", self.caller.url());
        let mut following = Following {
            source: self,
            has_subscription: connection.hello.offers("sessions.subscribe"),
            has_tasks: connection.hello.offers("tasks.list"),
            connection,
            picture: Picture::new(self.installation.clone(), self.is_alone),
            asked: HashMap::new(),
            pages: Vec::new(),
            seq: None,
            list_at: Some(Instant::now()),
            listed_at: None,
            flush_at: None,
            report_at: Instant::now(),
            heard_at: Instant::now(),
            is_slow: false,
        };
        match following.run().await {
            Err(end) => end,
            Ok(never) => match never {},
        }
    }
}

/// What was asked.
#[derive(Clone, Debug)]
enum Question {
    Subscribe,
    /// A page of sessions.
    Sessions(u64),
    Tasks,
    Messages(SessionKey),
}

/// A connection that is listened to.
struct Following<'a> {
    source: &'a GatewaySource,
    connection: Connection,
    has_subscription: bool,
    has_tasks: bool,
    picture: Picture,
    asked: HashMap<String, (Question, Instant)>,
    pages: Vec<Box<RawValue>>,
    seq: Option<u64>,
    /// When everything is asked for anew.
    list_at: Option<Instant>,
    listed_at: Option<Instant>,
    flush_at: Option<Instant>,
    report_at: Instant,
    heard_at: Instant,
    is_slow: bool,
}

impl Following<'_> {
    async fn run(&mut self) -> Result<std::convert::Infallible, End> {
        if self.has_subscription {
            self.ask(Question::Subscribe).await?;
        }
        loop {
            self.look_at_clock().await?;
            let wake = self.wake_at();
            match tokio::time::timeout_at(wake, self.connection.next()).await {
                Err(_) => {}
                Ok(incoming) => {
                    self.heard_at = Instant::now();
                    self.take(incoming?).await?;
                }
            }
        }
    }

    fn wake_at(&self) -> Instant {
        let oldest = self.asked.values().map(|(_, at)| *at + SLOW).filter(|_| !self.is_slow).min();
        let lost = self.asked.values().map(|(_, at)| *at + LOST).min();
        [self.list_at, self.flush_at, oldest, lost]
            .into_iter()
            .flatten()
            .chain([self.report_at, self.heard_at + SILENCE])
            .min()
            .unwrap_or(self.report_at)
    }

    /// Does what is due.
    async fn look_at_clock(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.heard_at + SILENCE {
            return Err(Refusal::Slow { what: "anything".to_owned(), seconds: SILENCE.as_secs() }.into());
        }
        let oldest = self.asked.values().min_by_key(|(_, at)| *at).cloned();
        if let Some((question, at)) = oldest
            && now >= at + SLOW
        {
            let refusal = Refusal::Slow { what: question.method().to_owned(), seconds: (now - at).as_secs() };
            if now >= at + LOST {
                return Err(refusal.into());
            }
            if !std::mem::replace(&mut self.is_slow, true) {
                let report = self.source.report(
                    SourceStatus::Degraded,
                    refusal.to_string(),
                    Some(self.source.clock.now()),
                    &self.picture,
                );
                self.source.events.send(vec![report]).await?;
            }
        }
        if self.list_at.is_some_and(|at| now >= at) && !self.is_listing() {
            self.list_at = None;
            self.pages.clear();
            self.ask(Question::Sessions(0)).await?;
            if self.has_tasks && self.source.is_alone {
                self.ask(Question::Tasks).await?;
            }
        }
        if self.flush_at.is_some_and(|at| now >= at) {
            self.flush_at = None;
            self.flush().await?;
        }
        if now >= self.report_at {
            self.tell_well().await?;
        }
        Ok(())
    }

    fn is_listing(&self) -> bool {
        self.asked.values().any(|(question, _)| matches!(question, Question::Sessions(_)))
    }

    async fn tell_well(&mut self) -> Result<(), End> {
        self.report_at = Instant::now() + REPORT_EVERY;
        if self.is_slow {
            return Ok(());
        }
        let status = if self.listed_at.is_some() { SourceStatus::Ok } else { SourceStatus::Scanning };
        let read_at = self.listed_at.map(|_| self.source.clock.now());
        let report = self.source.report(status, String::new(), read_at, &self.picture);
        Ok(self.source.events.send(vec![report]).await?)
    }

    async fn flush(&mut self) -> Result<(), End> {
        let events = self.picture.drain();
        if events.is_empty() { Ok(()) } else { Ok(self.source.events.send(events).await?) }
    }

    async fn ask(&mut self, question: Question) -> Result<(), End> {
        let params = match &question {
            Question::Subscribe => methods::sessions_subscribe(),
            Question::Sessions(offset) => methods::sessions_list(PAGE, *offset),
            Question::Tasks => methods::tasks_list(PAGE),
            Question::Messages(key) => methods::sessions_get(key, MESSAGES),
        };
        let id = self.connection.send(question.method(), &params).await?;
        self.asked.insert(id, (question, Instant::now()));
        Ok(())
    }

    async fn take(&mut self, incoming: Incoming) -> Result<(), End> {
        match incoming {
            Incoming::Response { id, result } => {
                // An answer that nobody waits for: a second one, or one of somebody's making.
                let Some((question, _)) = self.asked.remove(&id) else { return Ok(()) };
                self.is_slow &= !self.asked.is_empty();
                match result {
                    Ok(answer) => self.answered(question, answer).await?,
                    Err(fault) => {
                        tracing::warn!(method = question.method(), code = %fault.code, "the gateway refused: {}", fault.message.chars().take(200).collect::<String>());
                        match question {
                            Question::Subscribe => self.has_subscription = false,
                            Question::Tasks => self.has_tasks = false,
                            Question::Sessions(_) => return Err(Refusal::of(fault, true).into()),
                            // Asked again when the session changes.
                            Question::Messages(key) => {
                                self.picture.take_messages(&key, RawValue::NULL);
                            }
                        }
                    }
                }
            }
            Incoming::Event { name, payload, seq } => {
                let has_gap = seq.zip(self.seq).is_some_and(|(seq, before)| seq > before + 1);
                self.seq = seq.or(self.seq);
                let is_vague = self.picture.hear(&name, &payload, self.source.clock.now());
                if has_gap || is_vague {
                    self.list_soon();
                }
            }
        }
        self.flush_at.get_or_insert_with(|| Instant::now() + GATHER);
        Ok(())
    }

    /// Asks for everything anew, once for all that gives reason to.
    fn list_soon(&mut self) {
        let at = (Instant::now() + SETTLE).max(self.listed_at.map_or_else(Instant::now, |at| at + LIST_PAUSE));
        self.list_at = Some(self.list_at.map_or(at, |before| before.min(at)));
    }

    async fn answered(&mut self, question: Question, answer: Box<RawValue>) -> Result<(), End> {
        match question {
            Question::Subscribe => {}
            Question::Tasks => self.picture.list_tasks(&answer),
            Question::Sessions(offset) => {
                let next = offset + PAGE;
                let has_more =
                    Picture::has_more(&answer) && next < PAGE * MAX_PAGES && self.connection.hello.protocol >= 4;
                self.pages.push(answer);
                if has_more {
                    return self.ask(Question::Sessions(next)).await;
                }
                self.picture.list(&std::mem::take(&mut self.pages), self.source.clock.now());
                let first = self.listed_at.is_none();
                self.listed_at = Some(Instant::now());
                let every = if self.has_subscription || !self.source.is_alone { LIST_EVERY } else { POLL_EVERY };
                self.list_at.get_or_insert_with(|| Instant::now() + every);
                if first {
                    self.flush().await?;
                    self.tell_well().await?;
                }
                self.read_on().await?;
            }
            Question::Messages(key) => {
                self.picture.take_messages(&key, &answer);
                self.read_on().await?;
            }
        }
        Ok(())
    }

    /// Asks for the stored messages of the next session, where no file has them.
    async fn read_on(&mut self) -> Result<(), End> {
        let is_reading = self.asked.values().any(|(question, _)| matches!(question, Question::Messages(_)));
        match self.picture.unread().filter(|_| self.source.is_alone && !is_reading) {
            Some(key) => self.ask(Question::Messages(key)).await,
            None => Ok(()),
        }
    }
}

impl Question {
    fn method(&self) -> &'static str {
        match self {
            Self::Subscribe => "sessions.subscribe",
            Self::Sessions(_) => "sessions.list",
            Self::Tasks => "tasks.list",
            Self::Messages(_) => "sessions.get",
        }
    }
}

/// Doubles from attempt to attempt, with up to half of it more by chance: many dashboards shall not call at once.
fn pause(attempt: u32, refusal: &Refusal) -> Duration {
    let (least, most) = RETRY;
    let base = (least * 2_u32.saturating_pow(attempt.saturating_sub(1).min(10))).min(most);
    let base = if refusal.is_lasting() { RETRY_REFUSED } else { base };
    let mut chance = [0];
    // Without chance, nothing is lost but the spreading.
    let _ = SystemRandom::new().fill(&mut chance);
    base + base * u32::from(chance[0]) / 512
}
