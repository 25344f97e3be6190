//! The plot: what each thing on the agenda does to the world.
//!
//! It never ends: spawned work ends and leaves, jobs come due again, and at most one run at a time
//! is silent for long enough to be found stuck. Runs end about as often as they begin, so the
//! number of sessions stays near forty. When things happen is said in `agenda.rs`.

use super::actor::Run;
use super::agenda::Beat;
use super::cast::{ERRANDS, FAILURES};
use super::models::usual;
use super::world::{ActorId, World};
use crate::domain::Millis;
use crate::domain::money::Money;
use crate::domain::session::SessionType;
use crate::domain::usage::{CallOutcome, TokenUsage};

/// Not fewer sessions than this, whatever ends.
const FEWEST: usize = 38;
/// Not more sessions than this, whatever begins.
const MOST: usize = 46;
impl World {
    /// The runs that move, the one that was silent for longest first.
    pub(super) fn moving(&self) -> Vec<ActorId> {
        let mut moving: Vec<_> =
            self.actors.iter().filter(|(_, actor)| actor.moves()).map(|(id, actor)| (actor.updated_at, *id)).collect();
        moving.sort_unstable();
        moving.into_iter().map(|(_, id)| id).collect()
    }

    pub(super) fn answer(&mut self, at: Millis) {
        let moving = self.moving();
        // Every other answer goes to the run that has waited for longest, so that none seems stuck.
        let chosen = if self.random.chance(50) { moving.first().copied() } else { self.random.pick(&moving) };
        let Some(id) = chosen else { return };
        let Some(actor) = self.actors.get_mut(&id) else { return };
        let model = actor.model;
        let paused = at - actor.updated_at > 300_000;
        let mut before = actor.context;
        let mut after = before + model.growth(&mut self.random);
        let cold = before == 0 || paused && self.random.chance(30) || after > model.window * 93 / 100;
        if after > model.window * 93 / 100 {
            // The conversation was compacted.
            (before, after) = (0, model.window * self.random.between(18, 26) / 100);
        } else if before == 0 {
            after += model.window / 32;
        }
        let usage = model.usage(before, after, cold, &mut self.random);
        actor.context = after;
        let left = match actor.run {
            Run::Running(left) => left.saturating_sub(1),
            _ => 0,
        };
        actor.run = if left == 0 { Run::Done } else { Run::Running(left) };
        self.record(id, at, usage, CallOutcome::Answered);
        self.after_run(id, at);
    }

    /// What follows when a run has come to its end, and nothing where it has not.
    fn after_run(&mut self, id: ActorId, at: Millis) {
        let Some(actor) = self.actors.get(&id) else { return };
        if !actor.is_free() {
            return;
        }
        let is_subagent = actor.session_type() == SessionType::Subagent;
        // What took days, and most of the money, stays to be looked at.
        let long_lived = at - actor.created_at > 5 * 24 * 3_600_000;
        self.settle_task(id, at);
        if is_subagent {
            let (soonest, latest) = if long_lived { (4 * 3600, 8 * 3600) } else { (180, 420) };
            let leaves = at + self.random.seconds(soonest, latest);
            self.plan(leaves, Beat::Leave(id));
        }
    }

    /// Begins a run of so many calls.
    fn start(&mut self, id: ActorId, calls: u64, at: Millis) {
        let Some(actor) = self.actors.get_mut(&id) else { return };
        actor.run = Run::Running(calls);
        actor.started_at = at;
        actor.usage = TokenUsage::default();
        actor.cost = Money::ZERO;
        self.note(id, at, None);
    }

    pub(super) fn ask(&mut self, at: Millis) {
        let talks: Vec<ActorId> = self
            .actors
            .iter()
            .filter(|(_, actor)| actor.is_free() && actor.session_type() == SessionType::Main)
            .map(|(id, _)| *id)
            .collect();
        if let Some(id) = self.random.pick(&talks) {
            let calls = self.random.between(2, 5);
            self.start(id, calls, at);
        }
    }

    pub(super) fn spawn(&mut self, at: Millis) {
        if self.actors.len() >= MOST {
            return;
        }
        let spawners: Vec<ActorId> = self.moving().into_iter().filter(|id| self.may_spawn(*id)).collect();
        let Some(parent) = self.random.pick(&spawners).and_then(|id| self.actors.get(&id)) else { return };
        let (agent, parent) = (parent.agent, parent.key.clone());
        let listed = |label: &str| self.actors.values().any(|actor| actor.label == label);
        let errands: Vec<&'static str> = ERRANDS
            .iter()
            .filter(|(whose, label)| *whose == agent && !listed(label))
            .map(|(_, label)| *label)
            .collect();
        let Some(label) = self.random.pick(&errands) else { return };
        let model = usual(agent, &mut self.random);
        let mut actor = self.actor(agent, "subagent:*", Some(parent), label, model);
        actor.run = Run::Queued;
        (actor.created_at, actor.started_at, actor.updated_at) = (at, at, at);
        let id = self.admit(actor);
        self.open_task(id, at);
        let begins = at + self.random.seconds(8, 45);
        self.plan(begins, Beat::Begin(id));
    }

    /// Conversations spawn subagents, and these spawn one more generation.
    fn may_spawn(&self, id: ActorId) -> bool {
        self.actors.get(&id).is_some_and(|actor| match actor.session_type() {
            SessionType::Main => true,
            SessionType::Subagent => actor.key.as_str().matches(":subagent:").count() < 2,
            SessionType::Cron => false,
        })
    }

    pub(super) fn begin(&mut self, id: ActorId, at: Millis) {
        if self.actors.get(&id).is_some_and(|actor| actor.run == Run::Queued) {
            let calls = self.random.between(3, 8);
            self.start(id, calls, at);
            self.settle_task(id, at);
        }
    }

    /// Each run of a scheduled job has a transcript of its own.
    pub(super) fn fire(&mut self, id: ActorId, period: Millis, at: Millis) {
        self.plan(at + period, Beat::Cron(id, period));
        let next_id = self.random.uuid();
        let Some(actor) = self.actors.get_mut(&id) else { return };
        if let Some((_, job)) = self.jobs.iter_mut().find(|(owner, _)| *owner == id) {
            job.next_run_at = Some(at + period);
            self.news.jobs = true;
        }
        if !actor.is_free() {
            return;
        }
        actor.session_id = next_id.into();
        actor.context = 0;
        actor.created_at = at;
        self.news.owned.push((actor.transcript(), actor.key.clone()));
        let calls = self.random.between(2, 4);
        self.start(id, calls, at);
        self.open_task(id, at);
        self.settle_task(id, at);
    }

    pub(super) fn fail(&mut self, at: Millis) {
        let moving = self.moving();
        let (Some(id), Some(words)) = (self.random.pick(&moving), self.random.pick(&FAILURES)) else { return };
        self.end(id, Run::Failed(words), CallOutcome::Failed, at);
    }

    pub(super) fn stop(&mut self, at: Millis) {
        let moving = self.moving();
        if let Some(id) = self.random.pick(&moving) {
            self.end(id, Run::Aborted, CallOutcome::Aborted, at);
        }
    }

    fn end(&mut self, id: ActorId, run: Run, outcome: CallOutcome, at: Millis) {
        if let Some(actor) = self.actors.get_mut(&id) {
            actor.run = run;
        }
        self.record(id, at, TokenUsage::default(), outcome);
        self.after_run(id, at);
    }

    pub(super) fn stall(&mut self, at: Millis) {
        let moving: Vec<ActorId> = self.moving().into_iter().filter(|id| self.is_at_work(*id)).collect();
        let Some(id) = self.random.pick(&moving) else { return self.plan(at + 20_000, Beat::Stall) };
        if let Some(actor) = self.actors.get_mut(&id) {
            actor.run = Run::Stalled;
        }
        self.note(id, at, None);
        let recovers = at + self.random.seconds(18 * 60, 23 * 60);
        self.plan(recovers, Beat::Recover(id));
    }

    /// Whether it is a subagent in the middle of its work.
    fn is_at_work(&self, id: ActorId) -> bool {
        self.actors
            .get(&id)
            .is_some_and(|actor| actor.session_type() == SessionType::Subagent && actor.updated_at > actor.started_at)
    }

    pub(super) fn recover(&mut self, id: ActorId, at: Millis) {
        let calls = self.random.between(5, 9);
        if let Some(actor) = self.actors.get_mut(&id) {
            actor.run = Run::Running(calls);
        }
        self.note(id, at, None);
        let next = at + self.random.seconds(45, 150);
        self.plan(next, Beat::Stall);
    }

    pub(super) fn leave(&mut self, id: ActorId, at: Millis) {
        let Some(actor) = self.actors.get(&id) else { return };
        let has_children = self.actors.values().any(|other| other.parent.as_ref() == Some(&actor.key));
        if !actor.is_free() || has_children || self.actors.len() <= FEWEST {
            let later = at + self.random.seconds(30, 90);
            return self.plan(later, Beat::Leave(id));
        }
        let (agent, key) = (actor.agent, actor.key.clone());
        self.actors.remove(&id);
        self.tasks.retain(|task| task.child_key.as_ref() != Some(&key));
        self.news.agents.insert(agent);
        self.news.tasks = true;
    }
}
