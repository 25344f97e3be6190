//! Everything that there is in the demo at one moment, and what of it has not been reported yet.
//!
//! Holds no plot: `script.rs` changes the world, `demo.rs` turns the news into events.

use std::collections::{BTreeMap, BTreeSet};

use super::actor::{Actor, Run, opening_run};
use super::agenda::Beat;
use super::cast::{Part, ROLES, Role};
use super::random::{Random, scramble};
use crate::domain::event::TranscriptTail;
use crate::domain::money::Money;
use crate::domain::task::{CronJob, Task};
use crate::domain::usage::{CallOutcome, ModelCall, TokenUsage};
use crate::domain::{AgentId, AgentRef, InstallationId, Millis, ModelRef, SessionId, SessionKey, TranscriptRef};

/// Names a session of the demo for as long as it lives.
pub(super) type ActorId = u32;

/// What was not reported yet.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Agents whose index changed.
    pub(super) agents: BTreeSet<&'static str>,
    /// Transcripts that grew, in the order of their last growth.
    pub(super) calls: Vec<(TranscriptRef, Vec<ModelCall>, TranscriptTail)>,
    /// New transcripts of known sessions.
    pub(super) owned: Vec<(TranscriptRef, SessionKey)>,
    pub(super) tasks: bool,
    pub(super) jobs: bool,
}

/// The demo at one moment.
#[derive(Debug)]
pub(super) struct World {
    pub(super) installation: InstallationId,
    pub(super) actors: BTreeMap<ActorId, Actor>,
    pub(super) tasks: Vec<Task>,
    pub(super) jobs: Vec<(ActorId, CronJob)>,
    /// What is to happen, in order of time.
    pub(super) agenda: BTreeMap<(Millis, u64), Beat>,
    pub(super) random: Random,
    pub(super) news: News,
    /// Counts calls, tasks and plans: what it gives is never given again.
    counter: u64,
}

impl World {
    /// The world at the beginning.
    pub(super) fn new(seed: u64, now: Millis) -> Self {
        let mut world = Self {
            installation: InstallationId::from("demo"),
            actors: BTreeMap::new(),
            tasks: Vec::new(),
            jobs: Vec::new(),
            agenda: BTreeMap::new(),
            random: Random::new(seed, 1),
            news: News::default(),
            counter: 0,
        };
        for role in &ROLES {
            world.seat(role, now);
        }
        world.open_agenda(now);
        world
    }

    /// Puts a session of the table in its place, with its task and its job.
    fn seat(&mut self, role: &Role, now: Millis) {
        let parent = role.parent.and_then(|label| self.find(label)).map(|parent| parent.key.clone());
        let updated_at = now - role.ago * 1000;
        let lasted = self.random.seconds(60, 420);
        let started_at = match role.part {
            Part::Runs(seconds) | Part::Stalls(seconds) => now - seconds * 1000,
            Part::Waits | Part::Unused => updated_at,
            _ => updated_at - lasted,
        };
        let mut actor = self.actor(role.agent, role.scope, parent, role.label, role.model);
        actor.context = role.model.window * role.fill / 100;
        actor.run = opening_run(role.part, &mut self.random);
        actor.created_at = if role.part == Part::Waits { updated_at } else { started_at - role.days * 86_000_000 };
        actor.started_at = started_at;
        actor.updated_at = updated_at;
        let id = self.admit(actor);
        if role.every > 0 {
            self.plan_job(id, role, now);
        }
        let recent = role.ago < 6 * 3600 && role.part != Part::Unused;
        if recent && (role.every > 0 || role.scope.starts_with("subagent")) {
            self.open_task(id, started_at);
            self.settle_task(id, updated_at);
        }
    }

    /// A session that has done nothing yet; a `*` in its scope stands for a UUID.
    pub(super) fn actor(
        &mut self,
        agent: &'static str,
        scope: &str,
        parent: Option<SessionKey>,
        label: &'static str,
        model: &'static super::models::Model,
    ) -> Actor {
        let scope = scope.replace('*', &self.random.uuid());
        let nested =
            parent.as_ref().filter(|key| key.as_str().contains(":subagent:") && scope.starts_with("subagent:"));
        let key = match nested {
            Some(parent) => format!("{parent}:{scope}"),
            None => format!("agent:{agent}:{scope}"),
        };
        Actor {
            owner: self.owner(agent),
            agent,
            key: SessionKey::from(key),
            label,
            model,
            parent,
            session_id: SessionId::from(self.random.uuid()),
            context: 0,
            recorded: self.random.pick(&[0, 0, 50, 100, 100]).unwrap_or_default(),
            run: Run::Never,
            created_at: 0,
            started_at: 0,
            updated_at: 0,
            usage: TokenUsage::default(),
            cost: Money::ZERO,
        }
    }

    /// An agent of the installation.
    pub(super) fn owner(&self, agent: &str) -> AgentRef {
        AgentRef { installation: self.installation.clone(), agent: AgentId::from(agent) }
    }

    /// Gives a session its place in the index.
    pub(super) fn admit(&mut self, actor: Actor) -> ActorId {
        let id = u32::try_from(self.next()).unwrap_or(u32::MAX);
        self.news.agents.insert(actor.agent);
        self.actors.insert(id, actor);
        id
    }

    fn find(&self, label: &str) -> Option<&Actor> {
        self.actors.values().find(|actor| actor.label == label)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An identity that no other call has.
    pub(super) fn identity(&mut self) -> u64 {
        scramble(self.next())
    }

    /// Writes a call into a session's transcript.
    pub(super) fn record(&mut self, id: ActorId, at: Millis, usage: TokenUsage, outcome: CallOutcome) {
        let identity = self.identity();
        let Some(actor) = self.actors.get_mut(&id) else { return };
        let recorded = actor.model.cost(&usage).filter(|cost| *cost > Money::ZERO);
        let recorded = recorded.filter(|_| self.random.chance(actor.recorded));
        actor.usage += usage;
        actor.cost += recorded.unwrap_or_default();
        let model = Some(ModelRef::new(actor.model.provider, actor.model.name));
        let stop = super::stop_of(outcome);
        let call = ModelCall { identity, at, model, usage, recorded, outcome, stop, message_id: None, error: None };
        self.note(id, at, Some(call));
    }

    /// Notes that a session changed, and how its transcript ends now.
    pub(super) fn note(&mut self, id: ActorId, at: Millis, call: Option<ModelCall>) {
        let Some(actor) = self.actors.get_mut(&id) else { return };
        actor.updated_at = at;
        self.news.agents.insert(actor.agent);
        let tail = TranscriptTail { at, last: actor.last_entry() };
        let transcript = actor.transcript();
        let known = self.news.calls.iter().position(|(name, ..)| *name == transcript);
        let mut calls = known.map(|place| self.news.calls.remove(place).1).unwrap_or_default();
        calls.extend(call);
        self.news.calls.push((transcript, calls, tail));
        let key = &actor.key;
        if let Some(task) =
            self.tasks.iter_mut().find(|task| task.status.is_open() && task.child_key.as_ref() == Some(key))
        {
            task.last_event_at = Some(at);
            self.news.tasks = true;
        }
    }

    /// Puts something on the agenda.
    pub(super) fn plan(&mut self, at: Millis, beat: Beat) {
        let number = self.next();
        self.agenda.insert((at, number), beat);
    }
}
