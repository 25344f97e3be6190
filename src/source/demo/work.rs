//! The background tasks and scheduled jobs of the demo, kept in line with the runs that they stand for.
//!
//! Nothing begins or ends here: that is told in `script.rs`.

use super::actor::{Actor, Run};
use super::agenda::Beat;
use super::cast::{Part, Role};
use super::world::{ActorId, World};
use crate::domain::task::{CronJob, Task, TaskStatus};
use crate::domain::{Millis, TaskId};

impl World {
    /// Opens the record of a background task that works, or waits to work, in a session.
    pub(super) fn open_task(&mut self, id: ActorId, at: Millis) {
        let number = self.next();
        let Some(actor) = self.actors.get(&id) else { return };
        let scheduled = actor.key.kind() == "cron";
        let waits = actor.run == Run::Queued;
        let task = Task {
            installation: self.installation.clone(),
            id: TaskId::from(format!("task-{number:06}")),
            runtime: if scheduled { "cron" } else { "subagent" }.to_owned(),
            status: if waits { TaskStatus::Queued } else { TaskStatus::Running },
            title: actor.label.to_owned(),
            title_is_prompt: false,
            child_key: Some(actor.key.clone()),
            parent_key: actor.parent.clone(),
            agent: Some(actor.owner.agent.clone()),
            created_at: if waits { at } else { at - 900 },
            started_at: (!waits).then_some(at),
            ended_at: None,
            last_event_at: Some(at),
            error: None,
        };
        // The last records of a job are enough.
        let mine: Vec<TaskId> =
            self.tasks.iter().filter(|known| known.child_key == task.child_key).map(|known| known.id.clone()).collect();
        if mine.len() >= 2 {
            self.tasks.retain(|known| known.id != mine[0]);
        }
        self.tasks.push(task);
        self.news.tasks = true;
    }

    /// Brings the open task of a session, and its job, in line with its run.
    pub(super) fn settle_task(&mut self, id: ActorId, at: Millis) {
        let Some(actor) = self.actors.get(&id) else { return };
        let key = &actor.key;
        let open = |task: &&mut Task| task.status.is_open() && task.child_key.as_ref() == Some(key);
        if let Some(task) = self.tasks.iter_mut().find(open) {
            task.status = match actor.run {
                Run::Queued => TaskStatus::Queued,
                Run::Running(_) | Run::Stalled => TaskStatus::Running,
                Run::Never | Run::Done => TaskStatus::Succeeded,
                Run::Failed(words) if words.contains("timed out") => TaskStatus::TimedOut,
                Run::Failed(_) => TaskStatus::Failed,
                Run::Aborted => TaskStatus::Cancelled,
            };
            task.last_event_at = Some(at);
            if task.status == TaskStatus::Running {
                task.started_at = task.started_at.or(Some(at));
            } else if !task.status.is_open() {
                task.ended_at = Some(at);
            }
            if let Run::Failed(words) = actor.run {
                task.error = Some(words.to_owned());
            }
            self.news.tasks = true;
        }
        if let Some((_, job)) = self.jobs.iter_mut().find(|(owner, _)| *owner == id) {
            settle_job(job, actor);
            self.news.jobs = true;
        }
    }

    /// Puts a scheduled job of the table in the list, and its next run on the agenda.
    pub(super) fn plan_job(&mut self, id: ActorId, role: &Role, now: Millis) {
        let Some(actor) = self.actors.get(&id) else { return };
        let period = role.every * 60_000;
        let enabled = role.part != Part::Unused;
        let waits = role.part == Part::Waits;
        let schedule = if role.every % 60 == 0 {
            format!("every {} h", role.every / 60)
        } else {
            format!("every {} min", role.every)
        };
        let mut job = CronJob {
            installation: self.installation.clone(),
            id: actor.key.as_str().rsplit(':').next().unwrap_or_default().to_owned(),
            name: role.label.to_owned(),
            enabled,
            agent: Some(actor.owner.agent.clone()),
            schedule,
            next_run_at: None,
            last_run_at: None,
            last_status: None,
            last_error: None,
            consecutive_errors: 0,
            running_since: None,
        };
        if enabled {
            let next = actor.started_at + period * ((now - actor.started_at) / period + 1);
            job.next_run_at = Some(next);
            job.last_run_at = if waits { Some(actor.started_at - period) } else { None };
            settle_job(&mut job, actor);
            if matches!(role.part, Part::Failed(_)) {
                job.consecutive_errors = 2;
            }
            self.plan(next, Beat::Cron(id, period));
        }
        self.jobs.push((id, job));
    }
}

/// What the list of jobs says of the run that a job's session is in.
fn settle_job(job: &mut CronJob, actor: &Actor) {
    let works = matches!(actor.run, Run::Running(_) | Run::Stalled);
    job.running_since = works.then_some(actor.started_at);
    let status = match actor.run {
        Run::Done => "ok",
        Run::Failed(_) | Run::Aborted => "error",
        Run::Running(_) | Run::Stalled => {
            job.last_run_at = Some(actor.started_at);
            return;
        }
        Run::Never | Run::Queued => return,
    };
    job.last_run_at = Some(actor.started_at);
    job.last_status = Some(status.to_owned());
    job.consecutive_errors = if status == "ok" { 0 } else { job.consecutive_errors + 1 };
    job.last_error = match actor.run {
        Run::Failed(words) => Some(words.to_owned()),
        Run::Aborted => Some("stopped by the operator".to_owned()),
        _ => None,
    };
}
