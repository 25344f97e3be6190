//! A connection for one action, with one deadline for the whole of it.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::answers::words;
use super::{Outcome, Verdict};
use crate::gateway::connection::{Caller, Connection};
use crate::gateway::frames::Fault;
use crate::gateway::refusal::Refusal;

/// An open connection.
pub(super) struct Line {
    connection: Connection,
    until: Instant,
    limit: Duration,
    /// Whether something was asked for that changes something: from then on silence means "unknown".
    changed: bool,
    /// Whether a run was stopped.
    pub(super) has_stopped: bool,
}

impl Line {
    /// Calls; what goes wrong here leaves everything as it was.
    pub(super) async fn open(caller: &Caller, limit: Duration) -> Result<Self, Verdict> {
        let until = Instant::now() + limit;
        match timeout_at(until, caller.call()).await {
            Err(_) => Err(Verdict::refused(format!(
                "The gateway at {} did not let us in within {} s; nothing was done.",
                caller.address(),
                limit.as_secs()
            ))),
            Ok(Err(refusal)) => Err(Verdict::refused(refusal.to_string())),
            Ok(Ok(connection)) => Ok(Self { connection, until, limit, changed: false, has_stopped: false }),
        }
    }

    /// Whether this OpenClaw has a method.
    pub(super) fn offers(&self, method: &str) -> bool {
        self.connection.hello.offers(method)
    }

    /// OpenClaw's version.
    pub(super) fn version(&self) -> &str {
        &self.connection.hello.version
    }

    /// Whether something may have been changed already.
    pub(super) fn has_changed(&self) -> bool {
        self.changed
    }

    /// Whether so much time is left.
    pub(super) fn has_time_for(&self, pause: Duration) -> bool {
        Instant::now() + pause < self.until
    }

    /// Asks for what changes nothing.
    pub(super) async fn look(&mut self, method: &str, params: &Value) -> Result<Value, Verdict> {
        match self.ask(method, params).await.map_err(|refusal| self.unread(&refusal))? {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(Verdict::refused(words(&fault))),
        }
    }

    /// Asks for what changes something.
    pub(super) async fn change(&mut self, method: &str, params: &Value) -> Result<Result<Value, Fault>, Verdict> {
        let before = std::mem::replace(&mut self.changed, true);
        let answer = self.ask(method, params).await.map_err(|refusal| self.silence(&refusal))?;
        if answer.is_err() {
            self.changed = before;
        }
        Ok(answer)
    }

    async fn ask(&mut self, method: &str, params: &Value) -> Result<Result<Value, Fault>, Refusal> {
        let left = self.until.saturating_duration_since(Instant::now());
        let answer = self.connection.ask(method, params, left).await?;
        Ok(answer.map(|answer| serde_json::from_str(answer.get()).unwrap_or_default()))
    }

    /// What was asked for may happen all the same.
    fn silence(&self, refusal: &Refusal) -> Verdict {
        let words = if matches!(refusal, Refusal::Slow { .. }) {
            format!("OpenClaw did not answer within {} s; it may still happen.", self.limit.as_secs())
        } else {
            "The connection to OpenClaw was lost before it answered; it may still happen.".to_owned()
        };
        Verdict::new(Outcome::Unknown, words)
    }

    /// A question that changes nothing was not answered.
    fn unread(&self, refusal: &Refusal) -> Verdict {
        let is_slow = matches!(refusal, Refusal::Slow { .. });
        let silent = format!("OpenClaw did not answer within {} s", self.limit.as_secs());
        Verdict::refused(match (self.changed, is_slow) {
            (true, true) => format!("{silent}. 'openclaw health' tells more."),
            (true, false) => refusal.to_string(),
            (false, true) => format!("{silent}; nothing was done. 'openclaw health' tells more."),
            (false, false) => format!("{refusal} Nothing was done."),
        })
    }
}
