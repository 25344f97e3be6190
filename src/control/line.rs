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
}

impl Line {
    /// Calls; what goes wrong here leaves everything as it was.
    pub(super) async fn open(caller: &Caller, limit: Duration) -> Result<Self, Verdict> {
        let until = Instant::now() + limit;
        match timeout_at(until, caller.call()).await {
            Err(_) => Err(Verdict::refused(format!(
                "The gateway at {} did not let us in within {} s; nothing was done.",
                caller.url(),
                limit.as_secs()
            ))),
            Ok(Err(refusal)) => Err(Verdict::refused(refusal.to_string())),
            Ok(Ok(connection)) => Ok(Self { connection, until, limit, changed: false }),
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
        match self.ask(method, params).await? {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(Verdict::refused(words(&fault))),
        }
    }

    /// Asks for what changes something.
    pub(super) async fn change(&mut self, method: &str, params: &Value) -> Result<Result<Value, Fault>, Verdict> {
        let before = std::mem::replace(&mut self.changed, true);
        let answer = self.ask(method, params).await?;
        if answer.is_err() {
            self.changed = before;
        }
        Ok(answer)
    }

    async fn ask(&mut self, method: &str, params: &Value) -> Result<Result<Value, Fault>, Verdict> {
        let left = self.until.saturating_duration_since(Instant::now());
        match self.connection.ask(method, params, left).await {
            Ok(Ok(answer)) => Ok(Ok(serde_json::from_str(answer.get()).unwrap_or_default())),
            Ok(Err(fault)) => Ok(Err(fault)),
            Err(refusal) => Err(self.silence(&refusal)),
        }
    }

    fn silence(&self, refusal: &Refusal) -> Verdict {
        let is_slow = matches!(refusal, Refusal::Slow { .. });
        match (self.changed, is_slow) {
            (true, true) => {
                let seconds = self.limit.as_secs();
                Verdict::new(
                    Outcome::Unknown,
                    format!("OpenClaw did not answer within {seconds} s; it may still happen."),
                )
            }
            (true, false) => Verdict::new(
                Outcome::Unknown,
                "The connection to OpenClaw was lost before it answered; it may still happen.",
            ),
            (false, true) => Verdict::refused(format!(
                "OpenClaw did not answer within {} s; nothing was done. 'openclaw health' tells more.",
                self.limit.as_secs()
            )),
            (false, false) => Verdict::refused(format!("{refusal} Nothing was done.")),
        }
    }
}
