//! The simulator behind `demo`: a small factory that works for ever.
//!
//! It speaks the same events as the sources that read OpenClaw, so that everything behind them can
//! be seen at work without one. It asks no clock, reads and writes nothing, and draws no chance
//! but from its seed: the same seed, start and steps give the same events for ever. It holds no
//! conversation texts, and nothing that it says can be acted upon.

mod actor;
mod agenda;
mod cast;
mod history;
mod models;
mod random;
mod script;
pub mod talk;
#[cfg(test)]
mod tests;
mod work;
mod world;

use crate::domain::event::{AgentCoverage, Event, Layout, SourceKind, SourceReport, SourceStatus, TranscriptTail};
use crate::domain::money::Money;
use crate::domain::task::Task;
use crate::domain::usage::{CallOutcome, ModelCall, StopReason};
use crate::domain::{AgentId, Millis, ModelRef, SessionId, TranscriptRef};
use actor::Actor;
use cast::{AGENTS, ROLES};
use history::PastCall;
use models::Model;
use random::Random;
use world::{News, World};

/// A gap that is longer than this is not played; the plot goes on behind it.
const LONGEST_GAP_MS: Millis = 10 * 60_000;
/// A clock that goes back by less than this is waited for.
const PATIENCE_MS: Millis = 60_000;
/// The source says at least this often that it still reads.
const REPORT_EVERY_MS: Millis = 5_000;

/// A factory of agents that exists only here.
#[derive(Debug)]
pub struct Simulator {
    seed: u64,
    /// Until when everything was played.
    at: Millis,
    reported_at: Millis,
    world: World,
}

impl Simulator {
    /// The same seed and start give the same events for ever.
    #[must_use]
    pub fn new(seed: u64, now: Millis) -> Self {
        Self { seed, at: now, reported_at: now, world: World::new(seed, now) }
    }

    /// Everything that is known at the start: call it once, before the first step.
    pub fn history(&mut self) -> Vec<Event> {
        let mut random = Random::new(self.seed, 2);
        let mut events: Vec<Event> = AGENTS.iter().map(|agent| self.sessions(agent)).collect();
        let actors: Vec<Actor> = self.world.actors.values().cloned().collect();
        for (role, actor) in ROLES.iter().zip(&actors) {
            let past = history::of_session(role, actor.context, actor.started_at, self.at, &mut random);
            let last = past.last().map(|call| call.at);
            let calls = self.calls(past, actor.model, actor.recorded, &mut random);
            let tail = last.map(|at| TranscriptTail { at, last: actor.last_entry() });
            if tail.is_some() {
                events.push(Event::CallsRead {
                    transcript: actor.transcript(),
                    archived: false,
                    began_at: None,
                    calls,
                    tail,
                });
            }
        }
        for gone in history::of_the_gone(self.at, &mut random) {
            let session_id = SessionId::from(random.uuid());
            let transcript = TranscriptRef { owner: self.world.owner(gone.agent), session_id };
            let recorded = random.pick(&[0, 0, 50, 100, 100]).unwrap_or_default();
            let calls = self.calls(gone.calls, gone.model, recorded, &mut random);
            events.push(Event::CallsRead { transcript, archived: true, began_at: None, calls, tail: None });
        }
        self.world.news = News::default();
        events.extend([self.tasks(), self.jobs(), self.report()]);
        events
    }

    /// What happened between the last step and `now`.
    ///
    /// After a jump of the clock the plot is moved along and at most ten minutes of it are played.
    pub fn step(&mut self, now: Millis) -> Vec<Event> {
        if now < self.at - PATIENCE_MS {
            self.world.postpone(now - self.at);
            self.reported_at = now;
        } else if now <= self.at {
            return Vec::new();
        } else if now - self.at > LONGEST_GAP_MS {
            self.world.postpone(now - self.at - LONGEST_GAP_MS);
        }
        self.at = now;
        self.world.play(now);
        self.tell()
    }

    fn tell(&mut self) -> Vec<Event> {
        let news = std::mem::take(&mut self.world.news);
        let mut events: Vec<Event> = news.agents.iter().map(|agent| self.sessions(agent)).collect();
        events.extend(news.owned.into_iter().map(|(transcript, key)| Event::TranscriptOwned {
            transcript,
            key,
            deleted: false,
        }));
        events.extend(news.calls.into_iter().map(|(transcript, calls, tail)| Event::CallsRead {
            transcript,
            archived: false,
            began_at: None,
            calls,
            tail: Some(tail),
        }));
        if news.tasks {
            events.push(self.tasks());
        }
        if news.jobs {
            events.push(self.jobs());
        }
        if !events.is_empty() || self.at - self.reported_at >= REPORT_EVERY_MS {
            self.reported_at = self.at;
            events.push(self.report());
        }
        events
    }

    fn sessions(&self, agent: &str) -> Event {
        let entries = self.world.actors.values().filter(|actor| actor.agent == agent).map(Actor::entry).collect();
        Event::SessionsListed { owner: self.world.owner(agent), source: SourceKind::Demo, entries }
    }

    /// The tasks, newest first.
    fn tasks(&self) -> Event {
        let mut tasks: Vec<Task> = self.world.tasks.clone();
        tasks.sort_by_key(|task| std::cmp::Reverse(task.created_at));
        Event::TasksListed(self.world.installation.clone(), tasks)
    }

    fn jobs(&self) -> Event {
        let jobs = self.world.jobs.iter().map(|(_, job)| job.clone()).collect();
        Event::CronJobsListed(self.world.installation.clone(), jobs)
    }

    fn report(&self) -> Event {
        let coverage = |agent: &&str| {
            let known = self.world.actors.values().filter(|actor| actor.agent == *agent).count() as u64;
            AgentCoverage {
                agent: AgentId::from(agent),
                layout: Layout::Demo,
                sessions_known: known,
                sessions_read: known,
            }
        };
        Event::SourceReported(SourceReport {
            installation: self.world.installation.clone(),
            kind: SourceKind::Demo,
            status: SourceStatus::Ok,
            detail: String::new(),
            last_read_at: Some(self.at),
            agents: AGENTS.iter().map(coverage).collect(),
            skipped: Vec::new(),
        })
    }

    /// Gives past calls their identity, and the cost that OpenClaw recorded of `recorded` in a hundred.
    fn calls(&mut self, past: Vec<PastCall>, model: &Model, recorded: u64, random: &mut Random) -> Vec<ModelCall> {
        let name = ModelRef::new(model.provider, model.name);
        let call = |PastCall { at, usage, outcome }| ModelCall {
            identity: self.world.identity(),
            at,
            model: Some(name.clone()),
            usage,
            recorded: model.cost(&usage).filter(|cost| *cost > Money::ZERO && random.chance(recorded)),
            outcome,
            stop: stop_of(outcome),
            message_id: None,
            error: None,
        };
        past.into_iter().map(call).collect()
    }
}

/// What a simulated call stops with.
fn stop_of(outcome: CallOutcome) -> StopReason {
    match outcome {
        CallOutcome::Answered => StopReason::Stop,
        CallOutcome::Failed => StopReason::Error,
        CallOutcome::Aborted => StopReason::Aborted,
    }
}
