//! A connection that is listened to: what is asked and when, and what becomes of the answers.

use std::collections::HashMap;
use std::convert::Infallible;

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::picture::Picture;
use super::{End, GatewaySource};
use crate::domain::event::SourceStatus;
use crate::domain::{AgentRef, Millis, SessionKey};
use crate::gateway::connection::Connection;
use crate::gateway::frames::{Fault, Incoming, plain};
use crate::gateway::methods;
use crate::gateway::refusal::Refusal;

/// Sessions on a page.
const PAGE: u64 = 500;
/// Pages at most.
const MAX_PAGES: u64 = 20;
/// No more of them than this together.
const MAX_PAGES_BYTES: usize = 64 << 20;
/// Messages of a session that are asked for at once.
const MESSAGES: u64 = 5_000;

/// What was asked.
#[derive(Clone, Debug)]
enum Question {
    Subscribe,
    /// A page of sessions.
    Sessions(u64),
    /// A page of tasks.
    Tasks(Option<String>),
    Messages(AgentRef, SessionKey),
}

/// A connection that is listened to.
pub(super) struct Following<'a> {
    source: &'a GatewaySource,
    connection: Connection,
    has_subscription: bool,
    has_tasks: bool,
    has_pages: bool,
    picture: &'a mut Picture,
    asked: HashMap<String, (Question, Instant)>,
    pages: Vec<Box<RawValue>>,
    task_pages: Vec<Box<RawValue>>,
    seq: Option<u64>,
    /// When everything is asked for anew.
    list_at: Option<Instant>,
    /// The wall time when it was asked for last.
    list_asked: Millis,
    listed_at: Option<Instant>,
    flush_at: Option<Instant>,
    report_at: Instant,
    heard_at: Instant,
    is_slow: bool,
    /// The list was put off by the gateway.
    is_put_off: bool,
}

impl<'a> Following<'a> {
    pub(super) fn new(source: &'a GatewaySource, connection: Connection, picture: &'a mut Picture) -> Self {
        let now = Instant::now();
        Self {
            source,
            has_subscription: connection.hello.offers("sessions.subscribe"),
            has_tasks: connection.hello.offers("tasks.list"),
            has_pages: true,
            connection,
            picture,
            asked: HashMap::new(),
            pages: Vec::new(),
            task_pages: Vec::new(),
            seq: None,
            list_at: Some(now),
            list_asked: 0,
            listed_at: None,
            flush_at: None,
            report_at: now,
            heard_at: now,
            is_slow: false,
            is_put_off: false,
        }
    }

    /// Listens until it ends.
    pub(super) async fn run(&mut self) -> Result<Infallible, End> {
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
        let oldest = self.asked.values().map(|(_, at)| *at + self.source.timing.slow).filter(|_| !self.is_slow).min();
        let lost = self.asked.values().map(|(_, at)| *at + self.source.timing.lost).min();
        // While a list is awaited, the next one waits for its answer and not for its time.
        let list_at = self.list_at.filter(|_| !self.is_listing());
        [list_at, self.flush_at, oldest, lost]
            .into_iter()
            .flatten()
            .chain([self.report_at, self.heard_at + self.source.timing.silence])
            .min()
            .unwrap_or(self.report_at)
    }

    /// Does what is due.
    async fn look_at_clock(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.heard_at + self.source.timing.silence {
            return Err(
                Refusal::Slow { what: "anything".to_owned(), seconds: self.source.timing.silence.as_secs() }.into()
            );
        }
        let oldest = self.asked.values().min_by_key(|(_, at)| *at).cloned();
        if let Some((question, at)) = oldest
            && now >= at + self.source.timing.slow
        {
            let refusal = Refusal::Slow { what: question.method().to_owned(), seconds: (now - at).as_secs() };
            if now >= at + self.source.timing.lost {
                return Err(refusal.into());
            }
            if !std::mem::replace(&mut self.is_slow, true) {
                let report = self.source.report(SourceStatus::Degraded, refusal.to_string(), self.picture);
                self.source.events.send(vec![report]).await?;
            }
        }
        if self.list_at.is_some_and(|at| now >= at) && !self.is_listing() {
            self.list_at = None;
            self.pages.clear();
            self.list_asked = self.source.clock.now();
            self.ask(Question::Sessions(0)).await?;
            if self.has_tasks && self.source.is_alone {
                self.task_pages.clear();
                self.ask(Question::Tasks(None)).await?;
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
        self.report_at = Instant::now() + self.source.timing.report_every;
        if self.is_slow || self.is_put_off {
            return Ok(());
        }
        let status = if self.listed_at.is_some() { SourceStatus::Ok } else { SourceStatus::Scanning };
        if self.listed_at.is_some() {
            self.picture.read_at = Some(self.source.clock.now());
        }
        let report = self.source.report(status, String::new(), self.picture);
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
            Question::Tasks(cursor) => methods::tasks_list(PAGE, cursor.as_deref()),
            Question::Messages(_, key) => methods::sessions_get(key, MESSAGES),
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
                if self.is_slow && self.asked.is_empty() {
                    self.is_slow = false;
                    self.report_at = Instant::now();
                }
                match result {
                    Ok(answer) => self.answered(question, answer).await?,
                    Err(fault) => self.refused(question, fault).await?,
                }
            }
            Incoming::Event { name, payload, seq } => {
                let has_gap = seq.zip(self.seq).is_some_and(|(seq, before)| seq > before.saturating_add(1));
                self.seq = seq.or(self.seq);
                self.picture.read_at = self.listed_at.map(|_| self.source.clock.now()).or(self.picture.read_at);
                let is_vague = self.picture.hear(&name, &payload, self.source.clock.now());
                if has_gap || is_vague {
                    self.list_soon();
                }
            }
        }
        self.flush_at.get_or_insert_with(|| Instant::now() + self.source.timing.gather);
        Ok(())
    }

    async fn refused(&mut self, question: Question, fault: Fault) -> Result<(), End> {
        tracing::warn!(
            method = question.method(),
            code = plain(&fault.code),
            "the gateway refused: {}",
            plain(&fault.message)
        );
        match question {
            Question::Subscribe => self.has_subscription = false,
            Question::Tasks(None) => self.has_tasks = false,
            Question::Tasks(Some(_)) => self.take_tasks(),
            // 2026.5.28 knows no pages, and is not asked for one again.
            Question::Sessions(offset) if offset > 0 => {
                self.has_pages = fault.retry_after.is_some();
                self.take_list().await?;
            }
            Question::Sessions(_) => {
                let Some(pause) = fault.retry_after else { return Err(Refusal::of(fault, true).into()) };
                let timing = &self.source.timing;
                self.list_at = Some(Instant::now() + pause.clamp(timing.list_pause, timing.list_every));
                if !std::mem::replace(&mut self.is_put_off, true) {
                    let words = Refusal::of(fault, true).to_string();
                    let report = self.source.report(SourceStatus::Degraded, words, self.picture);
                    self.source.events.send(vec![report]).await?;
                }
            }
            // Asked again when the session changes.
            Question::Messages(owner, key) => {
                self.picture.take_messages(&owner, &key, RawValue::NULL);
                self.read_on().await?;
            }
        }
        Ok(())
    }

    /// Asks for everything anew, once for all that gives reason to.
    fn list_soon(&mut self) {
        let at = (Instant::now() + self.source.timing.settle)
            .max(self.listed_at.map_or_else(Instant::now, |at| at + self.source.timing.list_pause));
        self.list_at = Some(self.list_at.map_or(at, |before| before.min(at)));
    }

    async fn answered(&mut self, question: Question, answer: Box<RawValue>) -> Result<(), End> {
        match question {
            Question::Subscribe => {}
            Question::Tasks(_) => {
                let next = Picture::next_tasks(&answer);
                self.task_pages.push(answer);
                match next.filter(|_| (self.task_pages.len() as u64) < MAX_PAGES) {
                    Some(cursor) => self.ask(Question::Tasks(Some(cursor))).await?,
                    None => self.take_tasks(),
                }
            }
            Question::Sessions(offset) => {
                let next = offset + PAGE;
                let has_more = Picture::has_more(&answer) && next < PAGE * MAX_PAGES;
                self.pages.push(answer);
                let size: usize = self.pages.iter().map(|page| page.get().len()).sum();
                if has_more && self.has_pages && size < MAX_PAGES_BYTES {
                    return self.ask(Question::Sessions(next)).await;
                }
                self.take_list().await?;
            }
            Question::Messages(owner, key) => {
                self.picture.take_messages(&owner, &key, &answer);
                self.read_on().await?;
            }
        }
        Ok(())
    }

    fn take_tasks(&mut self) {
        self.picture.list_tasks(&std::mem::take(&mut self.task_pages));
    }

    /// Takes the pages that came.
    async fn take_list(&mut self) -> Result<(), End> {
        let pages = std::mem::take(&mut self.pages);
        if !self.picture.list(&pages, self.list_asked, self.source.clock.now()) {
            return Err(Refusal::Garbled("sessions.list".to_owned()).into());
        }
        self.is_put_off = false;
        let first = self.listed_at.is_none();
        self.listed_at = Some(Instant::now());
        let timing = &self.source.timing;
        let is_heard = self.has_subscription || !self.source.is_alone;
        let every = if is_heard { timing.list_every } else { timing.poll_every };
        self.list_at.get_or_insert_with(|| Instant::now() + every);
        if first {
            self.flush().await?;
            self.tell_well().await?;
        }
        self.read_on().await
    }

    /// Asks for the stored messages of the next session, where no file has them.
    async fn read_on(&mut self) -> Result<(), End> {
        let is_reading = self.asked.values().any(|(question, _)| matches!(question, Question::Messages(..)));
        match self.picture.unread().filter(|_| self.source.is_alone && !is_reading) {
            Some((owner, key)) => self.ask(Question::Messages(owner, key)).await,
            None => Ok(()),
        }
    }
}

impl Question {
    fn method(&self) -> &'static str {
        match self {
            Self::Subscribe => "sessions.subscribe",
            Self::Sessions(_) => "sessions.list",
            Self::Tasks(_) => "tasks.list",
            Self::Messages(..) => "sessions.get",
        }
    }
}
