//! The source `gateway`: who runs now, heard from OpenClaw's own WebSocket while it happens.
//!
//! It only reads (`operator.read`). Where a state directory is read too, the files are the truth for sessions,
//! tokens and tasks, and the gateway for who runs; where none is, the gateway is all there is.

mod following;
mod messages;
mod picture;
pub mod timing;
mod wire;

use std::sync::Arc;

use tokio::time::Instant;

use super::{Closed, EventSender};
use crate::clock::Clock;
use crate::domain::InstallationId;
use crate::domain::event::{Event, SourceKind, SourceReport, SourceStatus};
use crate::gateway::connection::{Caller, Connection, WantsDevice};
use crate::gateway::methods::Purpose;
use crate::gateway::refusal::Refusal;
use crate::gateway::settings::Whom;
use following::Following;
use picture::Picture;
use timing::Timing;

/// Follows the gateway of one installation.
pub struct GatewaySource {
    /// The installation.
    pub installation: InstallationId,
    /// Whether no files of it are read.
    pub is_alone: bool,
    /// Whether it may be that no gateway runs: then it is no fault until one was heard.
    pub is_optional: bool,
    whom: Whom,
    wants_device: WantsDevice,
    timing: Timing,
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
        whom: Whom,
        is_alone: bool,
        is_optional: bool,
        clock: Arc<dyn Clock>,
        events: EventSender,
    ) -> Self {
        let (wants_device, timing) = (WantsDevice::default(), Timing::default());
        Self { installation, is_alone, is_optional, whom, wants_device, timing, clock, events }
    }

    /// Waits and pauses as said, and not as it is good for a real gateway.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Follows until the program stops; connects again, ever more slowly, when it cannot.
    pub async fn run(mut self) {
        // It outlives connections: what is gone when the next one lists everything has to be told.
        let mut picture = Picture::new(self.installation.clone(), self.is_alone);
        let mut attempt = 0;
        loop {
            let refusal = match self.call().await {
                Err(refusal) => refusal,
                Ok(connection) => {
                    let began = Instant::now();
                    let End::Refused(refusal) = self.follow(connection, &mut picture).await else { return };
                    // From now on it is known that there is one.
                    self.is_optional = false;
                    attempt = self.timing.attempts_after(attempt, began.elapsed());
                    tracing::info!(installation = %self.installation, "the gateway is lost: {refusal}");
                    picture.forget_runs();
                    if self.events.send(vec![Event::RunsForgotten(self.installation.clone())]).await.is_err() {
                        return;
                    }
                    refusal
                }
            };
            if self.refuse(&refusal, &picture).await.is_err() {
                return;
            }
            attempt += 1;
            tokio::time::sleep(self.timing.pause(attempt, &refusal)).await;
        }
    }

    async fn call(&self) -> Result<Connection, Refusal> {
        let whom = Arc::clone(&self.whom);
        let asked = tokio::task::spawn_blocking(move || whom()).await.unwrap_or_else(|error| Err(error.to_string()));
        let target = asked.map_err(Refusal::NoTarget)?;
        let caller =
            Caller::new(target, Purpose::Watch).with_patience(self.timing.handshake).knowing(&self.wants_device);
        let connection = caller.call().await?;
        let (version, protocol) = (&connection.hello.version, connection.hello.protocol);
        tracing::info!(installation = %self.installation, version, protocol, "follows the gateway at {}", caller.address());
        Ok(connection)
    }

    /// Says why there is no connection, unless nobody need know.
    async fn refuse(&mut self, refusal: &Refusal, picture: &Picture) -> Result<(), Closed> {
        if self.is_optional && matches!(refusal, Refusal::Unreachable { .. }) {
            return Ok(());
        }
        // What was said once is not left standing when it is true no more.
        self.is_optional = false;
        let status = if self.is_alone { SourceStatus::Down } else { SourceStatus::Degraded };
        let mut detail = refusal.to_string();
        if matches!(refusal, Refusal::Closed(_) | Refusal::RateLimited) {
            detail.push_str(" It is tried again by itself.");
        }
        self.events.send(vec![self.report(status, detail, picture)]).await
    }

    fn report(&self, status: SourceStatus, detail: String, picture: &Picture) -> Event {
        Event::SourceReported(SourceReport {
            installation: self.installation.clone(),
            kind: SourceKind::Gateway,
            status,
            detail,
            last_read_at: picture.read_at,
            agents: picture.coverage(),
            skipped: Vec::new(),
        })
    }

    async fn follow(&self, connection: Connection, picture: &mut Picture) -> End {
        match Following::new(self, connection, picture).run().await {
            Err(end) => end,
            Ok(never) => match never {},
        }
    }
}
