//! Where orders are handed in: written down, carried out once, answered.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};
use tokio::sync::{Semaphore, watch};

use super::audit::{AuditLog, Beginning};
use super::errand::{self, Errand};
use super::line::Line;
use super::repeats::{Coming, Print, Repeats, Seen};
use super::{Action, Answer, Limits, Outcome, Verdict, tree};
use crate::clock::Clock;
use crate::domain::status::Thresholds;
use crate::domain::{InstallationId, SessionKey, TaskId};
use crate::gateway::connection::{Caller, WantsDevice};
use crate::gateway::methods::Purpose;
use crate::gateway::settings::Target;
use crate::hub::Hub;

/// How many actions are under way at once; each has a connection.
const AT_ONCE: usize = 64;

/// Tells whom to call for an installation, or in words what to do about it. It is asked for each action, so that a
/// token that was changed meanwhile is the new one.
pub type Gateways = Box<dyn Fn(&InstallationId) -> Result<Target, String> + Send + Sync>;

/// What something is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A session.
    Session(SessionKey),
    /// A background task.
    Task(TaskId),
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// `bearer` or `browser`.
    pub who: &'static str,
    /// From which address.
    pub from: Option<IpAddr>,
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose session or task it is.
    pub installation: InstallationId,
    /// Which.
    pub subject: Subject,
    /// What shall be done.
    pub action: Action,
    /// Who asks.
    pub by: By,
    /// What makes two requests one.
    pub idempotency_key: Option<String>,
}

/// Why an order is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Its idempotency key stands for another order.
    KeyOfAnother,
}

/// The facts, the gateways, the log and the memory of what was asked for.
pub struct Desk {
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    thresholds: Thresholds,
    gateways: Arc<Gateways>,
    wants_device: Mutex<HashMap<InstallationId, WantsDevice>>,
    limits: Limits,
    log: Arc<AuditLog>,
    repeats: Mutex<Repeats>,
    room: Arc<Semaphore>,
}

impl Desk {
    /// A desk where nothing was asked for yet.
    #[must_use]
    pub fn new(
        hub: Arc<Hub>,
        clock: Arc<dyn Clock>,
        thresholds: Thresholds,
        gateways: Gateways,
        limits: Limits,
        log: AuditLog,
    ) -> Self {
        Self {
            hub,
            clock,
            thresholds,
            gateways: Arc::new(gateways),
            wants_device: Mutex::default(),
            limits,
            log: Arc::new(log),
            repeats: Mutex::default(),
            room: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> Arc<AuditLog> {
        Arc::clone(&self.log)
    }

    /// Every installation that has it.
    #[must_use]
    pub fn holders(&self, subject: &Subject) -> BTreeSet<InstallationId> {
        let board = self.hub.board();
        match subject {
            Subject::Session(key) => tree::holders(&board, key),
            Subject::Task(task) => tree::task_holders(&board, task),
        }
    }

    /// Does it, or waits for the same that is under way. It is seen through even when nobody waits any more.
    pub async fn act(self: &Arc<Self>, order: Order) -> Result<Answer, NotTaken> {
        let mut coming = self.take(order)?;
        let answer = coming.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
        Ok(answer.unwrap_or_else(|| Answer {
            outcome: Outcome::Unknown,
            detail: "The program could not see it through; its log says more.".to_owned(),
            audit_id: None,
        }))
    }

    fn take(self: &Arc<Self>, order: Order) -> Result<Coming, NotTaken> {
        let (sender, coming) = watch::channel(None);
        if let Some(key) = &order.idempotency_key {
            let (print, now) = (print(&order), self.clock.now());
            let mut repeats = self.repeats.lock().unwrap_or_else(PoisonError::into_inner);
            match repeats.look(key, &print, now) {
                Seen::Before(coming) => return Ok(coming),
                Seen::Other => return Err(NotTaken::KeyOfAnother),
                Seen::New => repeats.keep(key.clone(), print, now, coming.clone()),
            }
        }
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            let (answer, was_begun) = desk.carry_out(&order).await;
            if let (false, Some(key)) = (was_begun, &order.idempotency_key) {
                // Nothing was tried: the same may be asked for again.
                desk.repeats.lock().unwrap_or_else(PoisonError::into_inner).forget(key);
            }
            sender.send_replace(Some(answer));
        });
        Ok(coming)
    }

    /// Also tells whether it was begun.
    async fn carry_out(&self, order: &Order) -> (Answer, bool) {
        let place = self.room.try_acquire();
        let began = self.clock.now();
        let id = match self.write_begin(order).await {
            Ok(id) => id,
            Err(error) => {
                tracing::error!(%error, "the audit log cannot be written; nothing is done without a trace");
                let detail = format!(
                    "The audit log cannot be written ({error}), so nothing was done. Mend the data folder, and try again."
                );
                return (Answer { outcome: Outcome::Refused, detail, audit_id: None }, false);
            }
        };
        let Verdict { outcome, mut detail } = if place.is_ok() {
            self.verdict(order, &id).await
        } else {
            Verdict::refused(format!("{AT_ONCE} actions are under way already; try again in a moment."))
        };
        let took = (self.clock.now() - began).max(0);
        let (action, installation) = (order.action.word(), &order.installation);
        tracing::info!(%id, action, %installation, subject = ?order.subject, outcome = outcome.word(), "{detail}");
        if let Err(error) = self.write_end(&id, outcome, &detail, took).await {
            tracing::error!(%error, %id, "the end of an action cannot be written to the audit log");
            detail.push_str(" (The audit log has its beginning, but could not be told how it ended.)");
        }
        (Answer { outcome, detail, audit_id: Some(id) }, place.is_ok())
    }

    async fn verdict(&self, order: &Order, id: &str) -> Verdict {
        let target = match self.target(&order.installation).await {
            Ok(target) => target,
            Err(why) => return Verdict::refused(why),
        };
        let caller = Caller::new(target, Purpose::Control).knowing(&self.wants_device(&order.installation));
        let mut line = match Line::open(&caller, self.limits.of(&order.action)).await {
            Ok(line) => line,
            Err(verdict) => return verdict,
        };
        match &order.subject {
            Subject::Task(task) => errand::cancel(&mut line, task).await,
            Subject::Session(key) => {
                let errand = Errand {
                    installation: &order.installation,
                    hub: &self.hub,
                    clock: self.clock.as_ref(),
                    thresholds: self.thresholds,
                    send_key: order.idempotency_key.clone().unwrap_or_else(|| id.to_owned()),
                };
                errand.session(&mut line, &order.action, key).await
            }
        }
    }

    async fn target(&self, installation: &InstallationId) -> Result<Target, String> {
        let (gateways, installation) = (Arc::clone(&self.gateways), installation.clone());
        let asked = tokio::task::spawn_blocking(move || gateways(&installation)).await;
        asked.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// What the gateway of an installation is known to want.
    fn wants_device(&self, installation: &InstallationId) -> WantsDevice {
        let mut known = self.wants_device.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(installation.clone()).or_default())
    }

    async fn write_begin(&self, order: &Order) -> std::io::Result<String> {
        let (log, order, now) = (Arc::clone(&self.log), order.clone(), self.clock.now());
        on_disk(move || {
            let (key, task_id) = match &order.subject {
                Subject::Session(key) => (Some(key.as_str()), None),
                Subject::Task(task) => (None, Some(task.as_str())),
            };
            let beginning = Beginning {
                who: order.by.who,
                from: order.by.from.map(|from| from.to_string()),
                installation: order.installation.as_str(),
                action: order.action.word(),
                key,
                task_id,
                message_length: order.action.message_length(),
            };
            log.begin(&beginning, now)
        })
        .await
    }

    async fn write_end(&self, id: &str, outcome: Outcome, detail: &str, took: i64) -> std::io::Result<()> {
        let (log, id, detail) = (Arc::clone(&self.log), id.to_owned(), detail.to_owned());
        on_disk(move || log.end(&id, outcome, &detail, took)).await
    }
}

/// A disk may take long.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// What an order is about, without its text.
fn print(order: &Order) -> Print {
    let (kind, name) = match &order.subject {
        Subject::Session(key) => ("session", key.as_str()),
        Subject::Task(task) => ("task", task.as_str()),
    };
    let message = if let Action::Send(message) = &order.action { message } else { "" };
    let mut hash = Context::new(&SHA256);
    for part in [order.installation.as_str(), kind, name, order.action.word(), message] {
        hash.update(&part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut print = [0; 32];
    print.copy_from_slice(hash.finish().as_ref());
    print
}
