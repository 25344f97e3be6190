//! Asks a running gateway what OpenClaw itself counts: `openclaw gateway call sessions.usage`.
//!
//! A whole Node process of seconds, so it is asked seldom and only where a gateway answers. The
//! command finds its token itself; none passes through here. How its answer is understood stands in
//! `gateway_usage/answer.rs`. Deliberately absent: any other method, and any that changes something.

pub mod answer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::Command;

use super::bounded::{self, NoAnswer};
use super::index::cut;
use super::{Closed, EventSender};
use crate::clock::Clock;
use crate::domain::event::Event;
use crate::domain::reconciliation::OpenClawTotals;
use crate::domain::{InstallationId, Millis};
use crate::gateway::settings::Settings;

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(15);
/// How long the gateway's port may take to answer.
const PORT_LIMIT: Duration = Duration::from_secs(1);
/// The pause between two questions.
const ASK_EVERY: Duration = Duration::from_mins(30);
/// The pause between two looks at a port that does not answer.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long is waited after each answer that is not whole yet, before it is left at that.
const SETTLE: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(8), Duration::from_secs(20)];
/// All agents and all time. Without `range` it is the last 30 days, without `agentScope` the default
/// agent, and 2026.5.28 adds up no more sessions than `limit` (50 unless said otherwise).
const PARAMS: &str = r#"{"agentScope":"all","range":"all","limit":100000}"#;

/// Whom to ask about one installation.
#[derive(Clone, Debug)]
pub struct GatewayUsage {
    /// The installation.
    pub installation: InstallationId,
    /// Its state directory.
    pub root: PathBuf,
    /// The command.
    pub program: PathBuf,
    /// The state directories of the other installations.
    pub others: Vec<PathBuf>,
}

impl GatewayUsage {
    /// Asks once, and again every half hour, until the program stops. While no gateway answers,
    /// only its port is tried.
    pub async fn run(self, clock: Arc<dyn Clock>, events: EventSender) -> Result<(), Closed> {
        let mut told = None;
        loop {
            let port = self.gateway().await;
            let (answer, pause) = match port {
                Ok(port) => (self.ask_until_whole(port, clock.as_ref()).await, ASK_EVERY),
                Err(note) => (Err(note), LOOK_EVERY),
            };
            let note = answer.as_ref().err().cloned();
            if note.is_none() || note != told {
                events.send(vec![Event::OpenClawUsage(self.installation.clone(), answer)]).await?;
            }
            told = note;
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks once; says why there is no answer.
    pub async fn look(&self, clock: &dyn Clock) -> Result<OpenClawTotals, String> {
        let port = self.gateway().await?;
        self.ask_until_whole(port, clock).await
    }

    /// The port of the gateway that answers for this installation, and for no other.
    async fn gateway(&self) -> Result<u16, String> {
        let Some(settings) = Settings::of(&self.root) else {
            return Err("There is no openclaw.json, so no gateway is known; nothing to compare with.".to_owned());
        };
        if settings.is_remote() {
            return Err("The gateway runs elsewhere (gateway.mode is remote); nothing to compare with.".to_owned());
        }
        let port = settings.port();
        let mut others = self.others.iter().filter_map(|root| Settings::of(root));
        if others.any(|other| !other.is_remote() && other.port() == port) {
            return Err(format!(
                "Several installations name the gateway port {port}, so which of them answers there is not known; \
                 give each its own gateway.port in openclaw.json."
            ));
        }
        let connecting = tokio::time::timeout(PORT_LIMIT, TcpStream::connect(("127.0.0.1", port))).await;
        if !matches!(connecting, Ok(Ok(_))) {
            return Err(format!("No gateway answers at 127.0.0.1:{port}; nothing to compare with."));
        }
        if is_unpaired(&self.root) {
            return Err("The openclaw command is not paired with its gateway yet, and pairing it is left to you: \
                 use it once, such as with 'openclaw status'."
                .to_owned());
        }
        Ok(port)
    }

    /// OpenClaw answers at once with what it has, be it of its last answer, and adds up the rest meanwhile.
    async fn ask_until_whole(&self, port: u16, clock: &dyn Clock) -> Result<OpenClawTotals, String> {
        let mut totals = self.ask(port, clock.now()).await?;
        for pause in SETTLE {
            if totals.is_whole {
                break;
            }
            tokio::time::sleep(pause).await;
            totals = self.ask(port, clock.now()).await?;
        }
        Ok(totals)
    }

    async fn ask(&self, port: u16, now: Millis) -> Result<OpenClawTotals, String> {
        let mut command = Command::new(&self.program);
        command
            .args(["gateway", "call", "sessions.usage", "--params", PARAMS, "--json"])
            .env("OPENCLAW_STATE_DIR", &self.root)
            .env("OPENCLAW_GATEWAY_PORT", port.to_string())
            .env_remove("OPENCLAW_GATEWAY_URL");
        let name = format!("{} gateway call sessions.usage", self.program.display());
        match bounded::run(command, &name, LIMIT).await {
            Ok(printed) => bounded::beginnings(&printed)
                .find_map(answer::read)
                .map(|answer| answer.totals(now))
                .ok_or_else(|| format!("'{name}' did not print the JSON of OpenClaw's usage.")),
            Err(NoAnswer::Failed(detail)) => Err(detail),
            Err(NoAnswer::Refused { code, complaint, printed }) => {
                let cause = answer::error(&printed).unwrap_or_else(|| cause(&complaint).to_owned());
                Err(format!("'{name}' ended with {code}: {}", cut(&without_secrets(&cause), 300)))
            }
        }
    }
}

/// Whether the first call would pair the command. Until 2026.5.28 it then gets the rights of that call
/// alone, and its user's own later calls are refused until somebody approves more. Newer versions keep
/// no such files and pair nothing.
fn is_unpaired(root: &Path) -> bool {
    let identity = root.join("identity");
    identity.join("device.json").exists() && !identity.join("device-auth.json").exists()
}

/// The line of a complaint that says what went wrong.
fn cause(complaint: &str) -> &str {
    let mut lines = complaint.lines().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.clone().next_back();
    lines.find(|line| line.to_ascii_lowercase().contains("gateway call failed")).or(last).unwrap_or("it said nothing")
}

/// The text, but for words that may hold a secret.
fn without_secrets(text: &str) -> String {
    let is_secret = |word: &str| ["token=", "password=", "token:", "password:"].iter().any(|name| word.contains(name));
    let words = text.split_whitespace().map(|word| if is_secret(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_name_the_cause_and_no_secret() {
        let real = "\ngateway connect failed: pairing required\nGateway call failed: Error: pairing required\nBind: loopback\n";
        assert_eq!(cause(real), "Gateway call failed: Error: pairing required");
        assert_eq!(cause("a\nlast \n\n"), "last");
        assert_eq!(cause(" \n"), "it said nothing");
        assert_eq!(without_secrets("open http://x/?token=abc now"), "open … now");
    }
}
