//! Background tasks as the gateway tells of them.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::Picture;
use crate::domain::event::Event;
use crate::domain::task::{Task, TaskStatus};
use crate::domain::{AgentId, SessionKey, TaskId};
use crate::source::gateway::wire::{TaskEvent, TaskList, TaskShape};
use crate::source::index::cut;
use crate::source::lenient::OwnText;

/// The longest title and error that are kept.
const MAX_TITLE: usize = 200;
/// The longest mark of a page that is believed.
const MAX_CURSOR: usize = 200;
/// So many tasks are remembered.
const MAX_TASKS: usize = 2_000;

impl Picture {
    /// What asks for the next page of `tasks.list`.
    pub(in crate::source::gateway) fn next_tasks(page: &RawValue) -> Option<String> {
        let page: TaskList<'_> = serde_json::from_str(page.get()).ok()?;
        page.next.some().filter(|cursor| !page.tasks.is_empty() && cursor.len() <= MAX_CURSOR).map(str::to_owned)
    }

    /// Takes the pages of `tasks.list`.
    pub(in crate::source::gateway) fn list_tasks(&mut self, pages: &[Box<RawValue>]) {
        let read = pages.iter().map(|page| serde_json::from_str::<TaskList<'_>>(page.get()));
        let Ok(read) = read.collect::<Result<Vec<_>, _>>() else { return };
        let listed = read.into_iter().flat_map(|page| page.tasks).take(MAX_TASKS);
        let tasks = listed.filter_map(|task| self.task(&serde_json::from_str(task.get()).ok()?));
        let tasks: BTreeMap<String, Task> = tasks.map(|task| (task.id.to_string(), task)).collect();
        self.set_tasks(tasks);
    }

    fn set_tasks(&mut self, tasks: BTreeMap<String, Task>) {
        if self.is_alone && (self.tasks != tasks || tasks.is_empty()) {
            let mut list: Vec<Task> = tasks.values().cloned().collect();
            list.sort_by_key(|task| std::cmp::Reverse(task.created_at));
            self.events.push(Event::TasksListed(self.installation.clone(), list));
        }
        self.tasks = tasks;
    }

    /// Takes an event of a task. True when it says too little.
    pub(super) fn hear_task(&mut self, payload: &RawValue) -> bool {
        if !self.is_alone {
            return false;
        }
        let Ok(event) = serde_json::from_str::<TaskEvent>(payload.get()) else { return true };
        let (Some("upserted"), Some(task)) = (event.action.some(), self.task(&event.task)) else { return true };
        let mut tasks = self.tasks.clone();
        tasks.insert(task.id.to_string(), task);
        if tasks.len() > MAX_TASKS {
            return true;
        }
        self.set_tasks(tasks);
        false
    }

    fn task(&self, task: &TaskShape) -> Option<Task> {
        let text = |text: &OwnText| text.some().map(|text| cut(text, MAX_TITLE));
        let child = task.child_session_key.some().or(task.session_key.some()).map(SessionKey::from);
        let parent = task.owner_key.some().or(task.requester_session_key.some()).map(SessionKey::from);
        Some(Task {
            installation: self.installation.clone(),
            id: TaskId::from(task.task_id.some().or(task.id.some())?),
            runtime: text(&task.runtime).or_else(|| text(&task.kind)).unwrap_or_default(),
            status: TaskStatus::from_word(task.status.some()?)?,
            title: text(&task.title).unwrap_or_default(),
            // OpenClaw does not say what it made the title of.
            title_is_prompt: true,
            agent: task.agent_id.some().map(AgentId::from).or_else(|| child.as_ref()?.agent()),
            parent_key: parent.filter(|parent| Some(parent) != child.as_ref()),
            child_key: child,
            created_at: task.created_at.0.unwrap_or_default(),
            started_at: task.started_at.0,
            ended_at: task.ended_at.0,
            last_event_at: task.updated_at.0,
            error: text(&task.error),
        })
    }
}
