//! Facts → the task queue: background tasks, and sessions where nobody keeps tasks.

use std::collections::{BTreeSet, HashMap};

use super::{Judgement, View, ago};
use crate::domain::session::SessionType;
use crate::domain::status::{RunState, Status};
use crate::domain::task::{Task, TaskStatus};
use crate::domain::{InstallationId, Millis, SessionKey};
use crate::http::wire::QueueItem;

impl View<'_> {
    /// Work that runs or waits: running first, newest first.
    pub(in crate::http) fn task_queue(&self) -> Vec<QueueItem> {
        let by_key: HashMap<(&InstallationId, &SessionKey), &Judgement<'_>> = self
            .matching
            .iter()
            .map(|one| ((&one.facts.entry.owner.installation, &one.facts.entry.key), one))
            .collect();
        let mut queue: Vec<(bool, Millis, QueueItem)> = Vec::new();
        let mut listed = BTreeSet::new();
        for task in self.board.tasks.iter().filter(|task| task.status.is_open()) {
            let session = task.child_key.as_ref().and_then(|key| by_key.get(&(&task.installation, key)).copied());
            let name = task.child_key.as_ref().map_or_else(|| task.id.to_string(), ToString::to_string);
            if self.shows(task, session) && listed.insert((&task.installation, name)) {
                queue.push(self.queued_task(task, session));
            }
        }
        for one in &self.matching {
            let entry = &one.facts.entry;
            let kind = entry.key.session_type();
            // Where no source keeps tasks, sessions in use are all that can be shown of the work.
            let (shown, works) = if self.board.tasks_known {
                (kind != SessionType::Main && one.judged.run_state == RunState::Running, true)
            } else {
                let running = one.judged.run_state == RunState::Running;
                (
                    kind == SessionType::Subagent && one.judged.status != Status::Stale
                        || kind == SessionType::Cron && running,
                    one.judged.status == Status::Active,
                )
            };
            if shown && listed.insert((&entry.owner.installation, entry.key.to_string())) {
                queue.push(self.queued_session(one, works));
            }
        }
        queue.sort_by_key(|(works, since, _)| (!works, std::cmp::Reverse(*since)));
        queue.into_iter().map(|(.., item)| item).collect()
    }

    /// A turn is no background task, although OpenClaw keeps a record of it too, beside the one of the
    /// subagent that takes it.
    fn shows(&self, task: &Task, session: Option<&Judgement<'_>>) -> bool {
        if task.child_key.is_none() {
            return self.matching.len() == self.board.sessions.len();
        }
        session.is_some() && task.runtime != "cli"
    }

    fn queued_task(&self, task: &Task, session: Option<&Judgement<'_>>) -> (bool, Millis, QueueItem) {
        let works = task.status == TaskStatus::Running;
        let since = task.started_at.unwrap_or(task.created_at);
        let label = session.and_then(|one| one.facts.entry.label.clone());
        let item = QueueItem {
            task_name: task.child_key.as_ref().map_or_else(|| task.runtime.clone(), SessionKey::task_name),
            age_formatted: session.map_or_else(|| ago((self.now - since).max(0)), Judgement::ago),
            model: session.and_then(|one| one.facts.model.as_ref()).map(|model| model.model.to_string()),
            tokens: session.and_then(|one| one.facts.context_used).unwrap_or_default(),
            status: if works { "active" } else { "idle" },
            installation: task.installation.to_string(),
            task_id: Some(task.id.to_string()),
            key: task.child_key.as_ref().map(ToString::to_string),
            parent_key: task.parent_key.as_ref().map(ToString::to_string),
            started_at: task.started_at,
            duration_ms: (self.now - since).max(0),
            title: label.filter(|_| task.title.is_empty()).unwrap_or_else(|| task.title.clone()),
        };
        (works, since, item)
    }

    fn queued_session(&self, one: &Judgement<'_>, works: bool) -> (bool, Millis, QueueItem) {
        let entry = &one.facts.entry;
        let started = entry.started_at.filter(|_| one.judged.run_state == RunState::Running);
        let since = started.or(one.facts.updated_at).unwrap_or(self.now);
        let item = QueueItem {
            task_name: entry.key.task_name(),
            age_formatted: one.ago(),
            model: one.facts.model.as_ref().map(|model| model.model.to_string()),
            tokens: one.facts.context_used.unwrap_or_default(),
            status: if works { "active" } else { "idle" },
            installation: entry.owner.installation.to_string(),
            task_id: None,
            key: Some(entry.key.to_string()),
            parent_key: entry.parent.as_ref().map(ToString::to_string),
            started_at: started,
            duration_ms: (self.now - since).max(0),
            title: entry.label.clone().unwrap_or_else(|| entry.key.task_name()),
        };
        (works, since, item)
    }
}
