//! Background tasks and scheduled jobs → domain, from JSON files and database rows. No IO.

use serde::Deserialize;
use serde_json::Value;

use super::index::cut;
use crate::domain::task::{CronJob, Task, TaskStatus};
use crate::domain::{AgentId, InstallationId, Millis, SessionKey, TaskId};

/// The longest title and error that are kept.
const MAX_TITLE: usize = 200;
const MAX_ERROR: usize = 500;

/// A subagent run as `subagents/runs.json` and the table `subagent_runs` keep it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRun {
    run_id: String,
    child_session_key: String,
    #[serde(default)]
    requester_session_key: Option<String>,
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    label: Option<String>,
    created_at: Millis,
    #[serde(default)]
    started_at: Option<Millis>,
    #[serde(default)]
    ended_at: Option<Millis>,
    #[serde(default)]
    outcome: Option<Value>,
    #[serde(default)]
    ended_reason: Option<String>,
}

/// One run's JSON → a task.
pub fn read_run(installation: &InstallationId, value: Value) -> Option<Task> {
    let run: RawRun = serde_json::from_value(value).ok()?;
    let outcome = run.outcome.as_ref().and_then(|outcome| outcome.get("status")).and_then(Value::as_str);
    let error = run.outcome.as_ref().and_then(|outcome| outcome.get("error")).and_then(Value::as_str);
    let killed = run.ended_reason.as_deref().is_some_and(|reason| reason.contains("kill"));
    let status = match (run.ended_at, outcome) {
        (None, _) if run.started_at.is_none() => TaskStatus::Queued,
        (None, _) => TaskStatus::Running,
        (Some(_), _) if killed => TaskStatus::Cancelled,
        (Some(_), Some("timeout")) => TaskStatus::TimedOut,
        (Some(_), Some("error")) => TaskStatus::Failed,
        (Some(_), _) => TaskStatus::Succeeded,
    };
    let child = SessionKey::from(&run.child_session_key);
    Some(Task {
        installation: installation.clone(),
        id: TaskId::from(&run.run_id),
        runtime: "subagent".to_owned(),
        status,
        title: title(run.label.as_deref(), run.task.as_deref()),
        title_is_prompt: named(run.label.as_deref()).is_none(),
        agent: child.agent(),
        child_key: Some(child),
        parent_key: run.requester_session_key.filter(|key| !key.is_empty()).map(SessionKey::from),
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
        last_event_at: None,
        error: error.map(|text| cut(text, MAX_ERROR)),
    })
}

/// `subagents/runs.json` → tasks, and how many runs were not understood.
pub fn read_runs_json(installation: &InstallationId, json: &[u8]) -> Result<(Vec<Task>, u64), serde_json::Error> {
    #[derive(Deserialize)]
    struct Runs {
        #[serde(default)]
        runs: serde_json::Map<String, Value>,
    }
    let runs: Runs = serde_json::from_slice(json)?;
    let mut odd = 0;
    let tasks = runs.runs.into_iter().filter_map(|(_, run)| {
        let task = read_run(installation, run);
        odd += u64::from(task.is_none());
        task
    });
    Ok((tasks.collect(), odd))
}

/// A row of `task_runs`, by column name; columns that a version lacks are `None`. Times are milliseconds.
#[derive(Debug, Default)]
pub struct TaskRow {
    /// The key of the row.
    pub task_id: Option<String>,
    /// `subagent`, `acp`, `cron` or `cli`.
    pub runtime: Option<String>,
    /// OpenClaw's word.
    pub status: Option<String>,
    /// A name, where somebody gave one.
    pub label: Option<String>,
    /// The prompt.
    pub task: Option<String>,
    /// The session that it runs in.
    pub child_session_key: Option<String>,
    /// The session that asked; empty for the system.
    pub requester_session_key: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// When it was accepted.
    pub created_at: Option<Millis>,
    /// When it began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// Its last sign of life.
    pub last_event_at: Option<Millis>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A database row → a task.
pub fn read_task_row(installation: &InstallationId, row: TaskRow) -> Option<Task> {
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Some(Task {
        installation: installation.clone(),
        id: TaskId::from(some(row.task_id)?),
        runtime: some(row.runtime).unwrap_or_else(|| "cli".to_owned()),
        status: TaskStatus::from_word(row.status.as_deref()?)?,
        title: title(row.label.as_deref(), row.task.as_deref()),
        title_is_prompt: named(row.label.as_deref()).is_none(),
        child_key: some(row.child_session_key).map(SessionKey::from),
        parent_key: some(row.requester_session_key).map(SessionKey::from),
        agent: some(row.agent_id).map(AgentId::from),
        created_at: row.created_at?,
        started_at: row.started_at,
        ended_at: row.ended_at,
        last_event_at: row.last_event_at,
        error: some(row.error).map(|text| cut(&text, MAX_ERROR)),
    })
}

fn named(label: Option<&str>) -> Option<&str> {
    label.map(str::trim).filter(|label| !label.is_empty())
}

/// The label, else the first line of the prompt that says something.
///
/// Prompts begin with a clock in brackets (2026.3.13, 2026.5.28) that says nothing of the work.
fn title(label: Option<&str>, prompt: Option<&str>) -> String {
    if let Some(label) = named(label) {
        return cut(label, MAX_TITLE);
    }
    let prompt = prompt.unwrap_or_default().trim_start();
    let prompt = match prompt.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((clock, rest)) if clock.ends_with("UTC") || clock.starts_with("cron:") => rest,
        _ => prompt,
    };
    cut(prompt.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default(), MAX_TITLE)
}

/// A job and the state that OpenClaw keeps of it → a scheduled job.
pub fn read_cron_job(installation: &InstallationId, job: &Value, state: Option<&Value>) -> Option<CronJob> {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let state = state.or_else(|| job.get("state")).unwrap_or(&Value::Null);
    let time = |name: &str| state.get(name).and_then(Value::as_i64);
    Some(CronJob {
        installation: installation.clone(),
        id: text(job, "id")?,
        name: cut(&text(job, "name").unwrap_or_default(), MAX_TITLE),
        enabled: job.get("enabled").and_then(Value::as_bool).unwrap_or(true),
        agent: text(job, "agentId").map(AgentId::from),
        schedule: schedule(job.get("schedule").unwrap_or(&Value::Null)),
        next_run_at: time("nextRunAtMs"),
        last_run_at: time("lastRunAtMs"),
        last_status: text(state, "lastRunStatus").or_else(|| text(state, "lastStatus")),
        last_error: text(state, "lastError").map(|text| cut(&text, MAX_ERROR)),
        consecutive_errors: state.get("consecutiveErrors").and_then(Value::as_u64).unwrap_or_default(),
        running_since: time("runningAtMs"),
    })
}

fn schedule(schedule: &Value) -> String {
    let text = |name: &str| schedule.get(name).and_then(Value::as_str).unwrap_or_default();
    match text("kind") {
        "every" => {
            let seconds = schedule.get("everyMs").and_then(Value::as_u64).unwrap_or_default() / 1000;
            match seconds {
                s if s > 0 && s % 3600 == 0 => format!("every {} h", s / 3600),
                s if s > 0 && s % 60 == 0 => format!("every {} min", s / 60),
                s => format!("every {s} s"),
            }
        }
        "cron" => [text("expr"), text("tz")].join(" ").trim().to_owned(),
        "at" => format!("at {}", text("at")),
        other => other.to_owned(),
    }
}

/// `cron/jobs.json` with `cron/jobs-state.json` (2026.5.28) → jobs.
pub fn read_jobs_json(
    installation: &InstallationId,
    jobs: &[u8],
    states: Option<&[u8]>,
) -> Result<Vec<CronJob>, serde_json::Error> {
    let jobs: Value = serde_json::from_slice(jobs)?;
    let states: Value = match states {
        Some(states) => serde_json::from_slice(states)?,
        None => Value::Null,
    };
    let list = jobs.get("jobs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read = list.iter().filter_map(|job| {
        let id = job.get("id").and_then(Value::as_str)?;
        let state = states.get("jobs").and_then(|jobs| jobs.get(id)).and_then(|job| job.get("state"));
        read_cron_job(installation, job, state)
    });
    Ok(read.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_what_a_person_would_call_the_work() {
        assert_eq!(title(Some("quick check"), Some("x")), "quick check");
        assert_eq!(title(Some(" "), Some("[Sun 2026-11-22 14:36 UTC] Plan the week\nmore")), "Plan the week");
        assert_eq!(title(None, Some("[cron:1 nightly] Report")), "Report");
        assert_eq!(title(None, Some("[draft] keep this")), "[draft] keep this");
        assert_eq!(title(None, None), "");
    }

    #[test]
    fn schedules_in_words() {
        let check = |json: &str, words: &str| assert_eq!(schedule(&serde_json::from_str(json).expect("JSON")), words);
        check(r#"{"kind":"every","everyMs":43200000}"#, "every 12 h");
        check(r#"{"kind":"every","everyMs":90000}"#, "every 90 s");
        check(r#"{"kind":"cron","expr":"0 3 * * *"}"#, "0 3 * * *");
        check(r#"{"kind":"cron","expr":"0 3 * * *","tz":"Asia/Seoul"}"#, "0 3 * * * Asia/Seoul");
    }
}
