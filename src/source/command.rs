//! The source `command`: `openclaw sessions --json`, bounded in time and size, one at a time.
//!
//! A process of two seconds and 300 MB for each look: the last resort where no state directory
//! can be read. Requests never wait for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;

use super::agent::fold;
use super::bounded::{self, NoAnswer};
use super::index::{Index, Printed, cut};
use super::skips::SkipLog;
use super::{Closed, EventSender};
use crate::clock::Clock;
use crate::domain::event::{AgentCoverage, Event, Layout, SourceKind, SourceReport, SourceStatus};
use crate::domain::{AgentId, AgentRef, InstallationId, Millis};

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How to run the command.
#[derive(Clone, Debug)]
pub struct CommandSource {
    /// The installation that it speaks of.
    pub installation: InstallationId,
    /// The command.
    pub program: PathBuf,
    /// How far back it looks.
    pub active_minutes: u64,
    /// The pause between two runs.
    pub every: Duration,
    /// The state directory that it shall use, unless its own default.
    pub state_dir: Option<PathBuf>,
}

/// What a run of the command gave.
enum Outcome {
    Rows(Printed),
    /// It could not be run, or not in time.
    Failed(String),
    /// It ended with an error: perhaps the version does not know an option.
    Refused(String),
}

/// What is kept from run to run.
#[derive(Default)]
struct Memory {
    agents: Vec<AgentRef>,
    last_read_at: Option<Millis>,
}

impl CommandSource {
    /// Runs the command again and again until the program stops.
    pub async fn run(self, clock: Arc<dyn Clock>, events: EventSender) -> Result<(), Closed> {
        let mut all_agents = true;
        let mut memory = Memory::default();
        loop {
            let outcome = self.ask_either(&mut all_agents).await;
            events.send(self.events(outcome, clock.now(), &mut memory)).await?;
            tokio::time::sleep(self.every).await;
        }
    }

    /// Asks once, for `doctor`.
    pub async fn look(&self, now: Millis) -> Vec<Event> {
        let outcome = self.ask_either(&mut true).await;
        self.events(outcome, now, &mut Memory::default())
    }

    /// Asks for all agents; a version that refuses is asked for its default agent.
    async fn ask_either(&self, all_agents: &mut bool) -> Outcome {
        let refused = match self.ask(*all_agents).await {
            Outcome::Refused(detail) if *all_agents => detail,
            outcome => return outcome,
        };
        match self.ask(false).await {
            Outcome::Rows(printed) => {
                *all_agents = false;
                Outcome::Rows(printed)
            }
            _ => Outcome::Failed(refused),
        }
    }

    async fn ask(&self, all_agents: bool) -> Outcome {
        let mut command = Command::new(&self.program);
        command.args(["sessions", "--json", "--active", &self.active_minutes.to_string()]);
        if all_agents {
            command.arg("--all-agents");
        }
        if let Some(folder) = &self.state_dir {
            command.env("OPENCLAW_STATE_DIR", folder);
        }
        let name = format!("{} sessions --json", self.program.display());
        match bounded::run(command, &name, LIMIT).await {
            Ok(printed) => read_printed(&printed),
            Err(NoAnswer::Failed(detail)) => Outcome::Failed(detail),
            Err(NoAnswer::Refused { code, complaint, .. }) => {
                let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
                Outcome::Refused(format!("'{name}' ended with {code}: {}", cut(last.trim(), 300)))
            }
        }
    }

    fn events(&self, outcome: Outcome, now: Millis, memory: &mut Memory) -> Vec<Event> {
        let mut skips = SkipLog::default();
        let mut report = SourceReport {
            installation: self.installation.clone(),
            kind: SourceKind::Command,
            status: SourceStatus::Down,
            detail: String::new(),
            last_read_at: memory.last_read_at,
            agents: Vec::new(),
            skipped: Vec::new(),
        };
        let printed = match outcome {
            Outcome::Rows(printed) => printed,
            // What it said before stays, with its age.
            Outcome::Failed(detail) | Outcome::Refused(detail) => {
                return vec![Event::SourceReported(SourceReport { detail, ..report })];
            }
        };
        let has_more = printed.has_more;
        let mut events = self.rows(printed, now, &mut memory.agents, &mut skips, &mut report.agents);
        report.status = if has_more { SourceStatus::Degraded } else { SourceStatus::Ok };
        if has_more {
            "OpenClaw printed only its first 100 sessions; read its state directory (--source files) to see all."
                .clone_into(&mut report.detail);
        }
        memory.last_read_at = Some(now);
        report.last_read_at = Some(now);
        report.skipped = skips.list();
        events.push(Event::SourceReported(report));
        events
    }

    fn rows(
        &self,
        printed: Printed,
        now: Millis,
        known: &mut Vec<AgentRef>,
        skips: &mut SkipLog,
        agents: &mut Vec<AgentCoverage>,
    ) -> Vec<Event> {
        let mut by_agent: std::collections::BTreeMap<AgentRef, Index> =
            known.drain(..).map(|owner| (owner, Index::default())).collect();
        for (place, row) in printed.sessions.into_iter().enumerate() {
            let Some(key) = row.key() else {
                skips.add("openclaw sessions --json", vec![("row without a key", 1, place as u64 + 1)]);
                continue;
            };
            let agent = row.agent().map(AgentId::from).or_else(|| key.agent()).unwrap_or_else(|| AgentId::from("main"));
            let owner = AgentRef { installation: self.installation.clone(), agent };
            let index = by_agent.entry(owner).or_default();
            if index.rows.iter().any(|(known, _)| *known == key) {
                skips.add(
                    "openclaw sessions --json",
                    vec![("session key stands twice: the first row counts", 1, place as u64 + 1)],
                );
            } else {
                index.rows.push((key, row));
            }
        }
        let mut events = Vec::new();
        for (owner, index) in by_agent {
            let entries: Vec<_> = fold(&index, &owner, now).entries.into_values().collect();
            let count = entries.len() as u64;
            agents.push(AgentCoverage {
                agent: owner.agent.clone(),
                layout: Layout::Command,
                sessions_known: count,
                sessions_read: count,
            });
            known.push(owner.clone());
            events.push(Event::SessionsListed { owner, source: SourceKind::Command, entries });
        }
        events
    }
}

fn read_printed(printed: &[u8]) -> Outcome {
    match bounded::beginnings(printed).find_map(read_rows) {
        Some(printed) => Outcome::Rows(printed),
        None => Outcome::Failed("The command did not print the JSON of its sessions.".to_owned()),
    }
}

fn read_rows(bytes: &[u8]) -> Option<Printed> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Printed>();
    if let Some(Ok(printed)) = values.next() {
        return Some(printed);
    }
    let mut lists = serde_json::Deserializer::from_slice(bytes).into_iter::<Vec<super::index::RawEntry>>();
    match lists.next() {
        Some(Ok(sessions)) if !sessions.is_empty() || bytes.trim_ascii() == b"[]" => {
            Some(Printed { sessions, has_more: false })
        }
        _ => None,
    }
}
