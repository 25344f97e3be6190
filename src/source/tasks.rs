//! Background tasks and scheduled jobs of a state directory, from whichever file the version uses:
//! `state/openclaw.sqlite`, `tasks/runs.sqlite`, `subagents/runs.json`, `cron/jobs.json`.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use super::background::{TaskRow, read_cron_job, read_jobs_json, read_run, read_runs_json, read_task_row};
use super::database::{self, Stamp, stamp};
use super::skips::SkipLog;
use super::transcripts::io_reason;
use crate::domain::InstallationId;
use crate::domain::event::Event;
use crate::domain::task::{CronJob, Task};

/// A larger JSON file is not what OpenClaw writes there.
const MAX_JSON: u64 = 64 << 20;
/// More task records than this are not shown; the newest are.
const MAX_TASKS: usize = 10_000;

/// Both databases with their logs, and the three JSON files.
type Stamps = [Option<Stamp>; 7];

/// Reads tasks and jobs, each file only when it changed.
#[derive(Debug, Default)]
pub struct BackgroundReader {
    stamps: Option<Stamps>,
    /// Whether a file could not be read at the last look.
    pub failed: bool,
}

/// What the files say together; the same task in two of them is one.
#[derive(Default)]
struct Gathered {
    tasks: HashMap<String, Task>,
    jobs: Vec<CronJob>,
    known: bool,
}

impl BackgroundReader {
    /// The events, when any file changed.
    pub fn refresh(&mut self, root: &Path, installation: &InstallationId, skips: &mut SkipLog) -> Vec<Event> {
        let shared = root.join("state").join("openclaw.sqlite");
        let older = root.join("tasks").join("runs.sqlite");
        let runs = root.join("subagents").join("runs.json");
        let jobs = root.join("cron").join("jobs.json");
        let states = root.join("cron").join("jobs-state.json");
        let (a, b) = database::stamps(&shared);
        let (c, d) = database::stamps(&older);
        let stamps = [a, b, c, d, stamp(&runs), stamp(&jobs), stamp(&states)];
        if self.stamps == Some(stamps) {
            return Vec::new();
        }
        let mut gathered = Gathered::default();
        let mut complete = true;
        for (name, path) in [("state/openclaw.sqlite", &shared), ("tasks/runs.sqlite", &older)] {
            let result = if path.is_file() { read_database(path, installation, &mut gathered) } else { Ok(()) };
            complete &= result.is_ok();
            skips.set(name, result.err().map(|error| database::reason(&error)));
        }
        self.failed = !complete;
        let mut read = |name: &str, trouble: Option<&'static str>| {
            self.failed |= trouble.is_some();
            skips.set(name, trouble);
        };
        read("subagents/runs.json", read_runs(&runs, installation, &mut gathered).err());
        if gathered.jobs.is_empty() {
            read("cron/jobs.json", read_jobs(&jobs, &states, installation, &mut gathered).err());
        }
        self.stamps = complete.then_some(stamps);
        let mut tasks: Vec<Task> = gathered.tasks.into_values().collect();
        tasks.sort_by(|a, b| (b.created_at, &a.id).cmp(&(a.created_at, &b.id)));
        tasks.truncate(MAX_TASKS);
        let mut events = Vec::new();
        if gathered.known {
            events.push(Event::TasksListed(installation.clone(), tasks));
        }
        events.push(Event::CronJobsListed(installation.clone(), gathered.jobs));
        events
    }
}

fn read_runs(path: &Path, installation: &InstallationId, gathered: &mut Gathered) -> Result<(), &'static str> {
    let Some(json) = read_small(path)? else { return Ok(()) };
    let (tasks, odd) = read_runs_json(installation, &json).map_err(|_| "file is not the JSON that OpenClaw writes")?;
    gathered.known = true;
    for task in tasks {
        gathered.add_run(task);
    }
    if odd > 0 { Err("a subagent run has another shape than OpenClaw writes") } else { Ok(()) }
}

fn read_jobs(
    jobs: &Path,
    states: &Path,
    installation: &InstallationId,
    gathered: &mut Gathered,
) -> Result<(), &'static str> {
    let Some(jobs) = read_small(jobs)? else { return Ok(()) };
    let states = read_small(states)?;
    gathered.jobs = read_jobs_json(installation, &jobs, states.as_deref())
        .map_err(|_| "file is not the JSON that OpenClaw writes")?;
    Ok(())
}

/// A file's bytes; `None` when there is no such file.
pub fn read_small(path: &Path) -> Result<Option<Vec<u8>>, &'static str> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_reason(&error)),
        Ok(meta) if meta.len() > MAX_JSON => Err("file is larger than 64 MiB and was not read"),
        Ok(_) => std::fs::read(path).map(Some).map_err(|error| io_reason(&error)),
    }
}

impl Gathered {
    /// A subagent run is also a task record of the same child where the version keeps tasks.
    fn add_run(&mut self, run: Task) {
        let twin = self.tasks.values().any(|task| {
            task.runtime == run.runtime
                && task.child_key == run.child_key
                && task.created_at.abs_diff(run.created_at) < 60_000
        });
        if !twin {
            self.tasks.insert(run.id.as_str().to_owned(), run);
        }
    }
}

fn read_database(path: &Path, installation: &InstallationId, gathered: &mut Gathered) -> rusqlite::Result<()> {
    let opened = database::open(path)?;
    let connection = &opened.connection;
    let columns = database::columns(connection, "task_runs")?;
    if !columns.is_empty() {
        gathered.known = true;
        read_task_rows(connection, &columns, installation, gathered)?;
    }
    if !database::columns(connection, "subagent_runs")?.is_empty() {
        let mut statement =
            connection.prepare("select payload_json from subagent_runs order by created_at desc limit 10000")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let run = serde_json::from_slice::<Value>(row.get_ref(0)?.as_bytes().unwrap_or_default());
            if let Some(run) = run.ok().and_then(|value| read_run(installation, value)) {
                gathered.add_run(run);
            }
        }
    }
    let columns = database::columns(connection, "cron_jobs")?;
    if !columns.is_empty() {
        let order = if columns.iter().any(|column| column == "sort_order") { "sort_order, job_id" } else { "job_id" };
        let mut statement =
            connection.prepare(&format!("select job_json, state_json from cron_jobs order by {order} limit 10000"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let json = |at| serde_json::from_slice::<Value>(row.get_ref(at).ok()?.as_bytes().ok()?).ok();
            let state = json(1).filter(|state| state.as_object().is_some_and(|fields| !fields.is_empty()));
            gathered.jobs.extend(json(0).and_then(|job| read_cron_job(installation, &job, state.as_ref())));
        }
    }
    Ok(())
}

fn read_task_rows(
    connection: &Connection,
    columns: &[String],
    installation: &InstallationId,
    gathered: &mut Gathered,
) -> rusqlite::Result<()> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    let order = if has("created_at") { "created_at" } else { "rowid" };
    let wanted = [
        "task_id",
        "runtime",
        "status",
        "label",
        "task",
        "child_session_key",
        "requester_session_key",
        "agent_id",
        "created_at",
        "started_at",
        "ended_at",
        "last_event_at",
        "error",
    ];
    let list = wanted.map(|name| if has(name) { name } else { "null" }).join(", ");
    let mut statement =
        connection.prepare(&format!("select {list} from task_runs order by {order} desc limit {MAX_TASKS}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |at: usize| row.get::<_, Option<String>>(at).ok().flatten();
        let time = |at: usize| row.get::<_, Option<i64>>(at).ok().flatten();
        let task = read_task_row(
            installation,
            TaskRow {
                task_id: text(0),
                runtime: text(1),
                status: text(2),
                label: text(3),
                task: text(4),
                child_session_key: text(5),
                requester_session_key: text(6),
                agent_id: text(7),
                created_at: time(8),
                started_at: time(9),
                ended_at: time(10),
                last_event_at: time(11),
                error: text(12),
            },
        );
        if let Some(task) = task {
            gathered.tasks.insert(task.id.as_str().to_owned(), task);
        }
    }
    Ok(())
}
