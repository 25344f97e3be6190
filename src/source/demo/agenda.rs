//! The agenda: when something happens, and after how long it happens again.
//!
//! What it is that happens is told in `script.rs`.

use super::actor::Run;
use super::world::{ActorId, World};
use crate::domain::Millis;

/// With fewer moving runs somebody asks for something.
const QUIET: usize = 4;
/// With more moving runs their answers come more often.
const BUSY: usize = 8;

/// Something that is to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// A model answers in one of the moving runs.
    Answer,
    /// Somebody writes to a conversation.
    Ask,
    /// A session spawns a subagent.
    Spawn,
    /// A queued run begins.
    Begin(ActorId),
    /// A scheduled job is due; again after so many milliseconds.
    Cron(ActorId, Millis),
    /// A run fails.
    Fail,
    /// Somebody stops a run.
    Stop,
    /// A run falls silent.
    Stall,
    /// A silent run goes on.
    Recover(ActorId),
    /// A finished subagent leaves the index.
    Leave(ActorId),
}

impl World {
    /// What is to happen first.
    pub(super) fn open_agenda(&mut self, now: Millis) {
        let ids: Vec<ActorId> = self.actors.keys().copied().collect();
        for id in ids {
            match self.actors[&id].run {
                Run::Stalled => {
                    let at = now + self.random.seconds(180, 420);
                    self.plan(at, Beat::Recover(id));
                }
                Run::Queued => {
                    let at = now + self.random.seconds(40, 110);
                    self.plan(at, Beat::Begin(id));
                }
                _ => {}
            }
        }
        for (beat, low, high) in [
            (Beat::Answer, 2, 8),
            (Beat::Ask, 20, 60),
            (Beat::Spawn, 15, 50),
            (Beat::Fail, 120, 300),
            (Beat::Stop, 300, 500),
        ] {
            let at = now + self.random.seconds(low, high);
            self.plan(at, beat);
        }
    }

    /// Plays everything up to `now`.
    pub(super) fn play(&mut self, now: Millis) {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), beat) = entry.remove_entry();
            self.happen(at, beat);
            if beat == Beat::Answer && self.moving().len() < QUIET {
                self.ask(at);
            }
        }
    }

    /// Moves the agenda: the clock jumped by `by`.
    pub(super) fn postpone(&mut self, by: Millis) {
        let agenda = std::mem::take(&mut self.agenda);
        self.agenda = agenda.into_iter().map(|((at, number), beat)| ((at + by, number), beat)).collect();
        for (_, job) in &mut self.jobs {
            job.next_run_at = job.next_run_at.map(|at| at + by);
        }
        self.news.jobs = true;
    }

    fn happen(&mut self, at: Millis, beat: Beat) {
        let again = match beat {
            Beat::Answer => {
                self.answer(at);
                if self.moving().len() > BUSY { (6, 11) } else { (9, 20) }
            }
            Beat::Ask => {
                self.ask(at);
                (90, 180)
            }
            Beat::Spawn => {
                self.spawn(at);
                (100, 200)
            }
            Beat::Fail => {
                self.fail(at);
                (240, 420)
            }
            Beat::Stop => {
                self.stop(at);
                (400, 700)
            }
            Beat::Stall => return self.stall(at),
            Beat::Recover(id) => return self.recover(id, at),
            Beat::Begin(id) => return self.begin(id, at),
            Beat::Cron(id, period) => return self.fire(id, period, at),
            Beat::Leave(id) => return self.leave(id, at),
        };
        let next = at + self.random.seconds(again.0, again.1);
        self.plan(next, beat);
    }
}
