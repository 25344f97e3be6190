//! The handlers: read the query, ask the facts, shape the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use super::cache::{Answer, respond};
use super::error::ApiError;
use super::query::{self, SessionQuery};
use super::sources::sources_response;
use super::trends::{trends as curves, zone_or};
use super::view::{View, rfc3339};
use super::wire::{
    CronRow, Health, PriceRow, PricesResponse, RateRow, SessionsResponse, SourcesResponse, TaskRow, TasksResponse,
    TierRow, TrendsResponse,
};
use crate::domain::Millis;
use crate::domain::event::SourceStatus;
use crate::domain::health::LedgerStatus;
use crate::domain::pricing::{PriceEntry, Rates};
use crate::domain::task::{CronJob, Task, TaskStatus};
use crate::live::board::Board;

/// A fingerprint of parts that name the data.
pub(super) fn print(parts: &[u64]) -> u64 {
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |sum, part| (sum.rotate_left(7) ^ part).wrapping_mul(0x0100_0000_01b3))
}

/// A body.
pub(super) fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|error| {
        tracing::error!(error = %error, "an answer could not be written as JSON");
        b"{}".to_vec()
    })
}

/// The live sessions, with counts, money and the task queue over everything that matches.
#[utoipa::path(get, path = "/api/sessions",
    params(
        ("active" = Option<u64>, Query, description = "only sessions updated within so many minutes, or running"),
        ("status" = Option<String>, Query, description = "comma list of active, idle, stale"),
        ("type" = Option<String>, Query, description = "comma list of main, subagent, cron"),
        ("agent" = Option<String>, Query, description = "comma list of agents"),
        ("model" = Option<String>, Query, description = "comma list of models"),
        ("installation" = Option<String>, Query, description = "comma list of installations"),
        ("q" = Option<String>, Query, description = "a part of key, label or model"),
        ("sort" = Option<String>, Query, description = "age, cost, tokens or context"),
        ("order" = Option<String>, Query, description = "asc or desc"),
        ("limit" = Option<u64>, Query, description = "how many at most"),
        ("offset" = Option<u64>, Query, description = "how many to pass over"),
        ("basis" = Option<String>, Query, description = "auto, list, recorded or reference"),
        ("tz" = Option<String>, Query, description = "IANA time zone that days begin in"),
    ),
    responses((status = 200, body = SessionsResponse), (status = 304), (status = 400)))]
pub async fn sessions(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = uri.query().unwrap_or_default();
    let query = query::read(asked)?;
    let (board, now) = (app.hub.board(), app.clock.now());
    let moment = (board.version, now.div_euclid(1000));
    let answer =
        app.answers.answer(&format!("sessions?{asked}"), moment, || session_answer(&app, board, query, now, moment));
    respond(answer, &headers).await
}

fn session_answer(app: &Arc<App>, board: Arc<Board>, query: SessionQuery, now: Millis, moment: (u64, i64)) -> Answer {
    let fingerprint = View::new(&board, &query, &app.defaults, now).fingerprint();
    let app = Arc::clone(app);
    Answer::new(moment, fingerprint, move || json(&View::new(&board, &query, &app.defaults, now).response()))
}

/// Whether every source and the usage ledger are well.
#[utoipa::path(get, path = "/api/health",
    params(("strict" = Option<u8>, Query, description = "1 turns degraded into status 503")),
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn health(State(app): State<Arc<App>>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    let pairs = query::only(uri.query().unwrap_or_default(), &["strict"])?;
    let strict = match pairs.first().map(|(_, value)| value.as_str()) {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => {
            return Err(ApiError::BadQuery(vec![format!("'{other}' is not allowed for 'strict'; it must be 0 or 1.")]));
        }
    };
    let board = app.hub.board();
    let unwell =
        board.reports.iter().filter(|report| matches!(report.status, SourceStatus::Degraded | SourceStatus::Down));
    let mut reasons: Vec<String> =
        unwell.map(|report| format!("{} {}: {}", report.installation, report.kind.word(), report.detail)).collect();
    if matches!(board.ledger.status, LedgerStatus::Failing | LedgerStatus::Memory) {
        reasons.push(format!("usage ledger: {}", board.ledger.detail));
    }
    let healthy = reasons.is_empty();
    let status = if strict && !healthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body =
        Health { status: if healthy { "healthy" } else { "degraded" }, timestamp: rfc3339(app.clock.now()), reasons };
    Ok((status, [(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

/// Background tasks and scheduled jobs.
#[utoipa::path(get, path = "/api/tasks",
    params(
        ("status" = Option<String>, Query, description = "comma list of queued, running, succeeded, failed, timed_out, cancelled, lost"),
        ("agent" = Option<String>, Query, description = "comma list of agents"),
        ("installation" = Option<String>, Query, description = "comma list of installations"),
        ("limit" = Option<u64>, Query, description = "how many tasks at most; 1000 unless said otherwise"),
    ),
    responses((status = 200, body = TasksResponse), (status = 304), (status = 400)))]
pub async fn tasks(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = uri.query().unwrap_or_default();
    let filter = TaskFilter::read(asked)?;
    let (board, now) = (app.hub.board(), app.clock.now());
    let moment = (board.version, now.div_euclid(1000));
    let answer = app.answers.answer(&format!("tasks?{asked}"), moment, || {
        Answer::new(moment, print(&[1, board.data_version]), move || json(&filter.response(&board, now)))
    });
    respond(answer, &headers).await
}

struct TaskFilter {
    status: Vec<TaskStatus>,
    agents: Vec<String>,
    installations: Vec<String>,
    limit: usize,
}

impl TaskFilter {
    fn read(asked: &str) -> Result<Self, ApiError> {
        let mut filter = Self { status: Vec::new(), agents: Vec::new(), installations: Vec::new(), limit: 1000 };
        let mut errors = Vec::new();
        for (name, value) in query::only(asked, &["status", "agent", "installation", "limit"])? {
            match name.as_str() {
                "status" => match query::words(&value, &TaskStatus::ALL, TaskStatus::word) {
                    Ok(status) => filter.status = status,
                    Err(allowed) => {
                        errors.push(format!("'{value}' is not allowed for 'status'; it must be {allowed}."));
                    }
                },
                "agent" => filter.agents = query::list(&value),
                "installation" => filter.installations = query::list(&value),
                _ => match value.parse().ok().filter(|limit| *limit <= 100_000) {
                    Some(limit) => filter.limit = limit,
                    None => errors.push(format!(
                        "'{value}' is not allowed for 'limit'; it must be a whole number from 0 to 100000."
                    )),
                },
            }
        }
        if errors.is_empty() { Ok(filter) } else { Err(ApiError::BadQuery(errors)) }
    }

    fn matches(&self, task: &Task) -> bool {
        let agent = task.agent.clone().or_else(|| task.child_key.as_ref()?.agent());
        (self.status.is_empty() || self.status.contains(&task.status))
            && (self.installations.is_empty()
                || self.installations.iter().any(|name| name == task.installation.as_str()))
            && (self.agents.is_empty()
                || agent.is_some_and(|agent| self.agents.iter().any(|name| name == agent.as_str())))
    }

    fn response(&self, board: &Board, now: Millis) -> TasksResponse {
        let matching: Vec<&Task> = board.tasks.iter().filter(|task| self.matches(task)).collect();
        let mut counts: BTreeMap<&'static str, usize> =
            TaskStatus::ALL.iter().map(|status| (status.word(), 0)).collect();
        for task in &matching {
            *counts.entry(task.status.word()).or_default() += 1;
        }
        TasksResponse {
            tasks: matching.iter().take(self.limit).map(|task| task_row(task, now)).collect(),
            cron_jobs: board.jobs.iter().map(cron_row).collect(),
            counts,
            total: matching.len(),
            fetched_at: rfc3339(now),
        }
    }
}

fn task_row(task: &Task, now: Millis) -> TaskRow {
    let until = task.ended_at.or(task.status.is_open().then_some(now));
    TaskRow {
        task_id: task.id.to_string(),
        installation: task.installation.to_string(),
        runtime: task.runtime.clone(),
        status: task.status.word(),
        title: task.title.clone(),
        key: task.child_key.as_ref().map(ToString::to_string),
        parent_key: task.parent_key.as_ref().map(ToString::to_string),
        agent_id: task.agent.as_ref().map(ToString::to_string),
        created_at: task.created_at,
        started_at: task.started_at,
        ended_at: task.ended_at,
        duration_ms: task.started_at.zip(until).map(|(from, until)| (until - from).max(0)),
        error: task.error.clone(),
    }
}

fn cron_row(job: &CronJob) -> CronRow {
    CronRow {
        job_id: job.id.clone(),
        installation: job.installation.to_string(),
        name: job.name.clone(),
        enabled: job.enabled,
        agent_id: job.agent.as_ref().map(ToString::to_string),
        schedule: job.schedule.clone(),
        next_run_at: job.next_run_at,
        last_run_at: job.last_run_at,
        last_status: job.last_status.clone(),
        last_error: job.last_error.clone(),
        consecutive_errors: job.consecutive_errors,
        running_since: job.running_since,
    }
}

/// The health of each source, what was read of each agent, and what was not understood.
#[utoipa::path(get, path = "/api/sources", responses((status = 200, body = SourcesResponse), (status = 304)))]
pub async fn sources(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    query::only(uri.query().unwrap_or_default(), &[])?;
    let (board, now) = (app.hub.board(), app.clock.now());
    let moment = (board.version, now.div_euclid(1000));
    let answer = app.answers.answer("sources", moment, || {
        let app = Arc::clone(&app);
        // The time of the last reading is part of this answer, so the second names it too.
        Answer::new(moment, print(&[2, board.data_version, now.div_euclid(1000).unsigned_abs()]), move || {
            json(&sources_response(&app, &board))
        })
    });
    respond(answer, &headers).await
}

/// The price book in force.
#[utoipa::path(get, path = "/api/prices", responses((status = 200, body = PricesResponse), (status = 304)))]
pub async fn prices(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    query::only(uri.query().unwrap_or_default(), &[])?;
    let (board, now) = (app.hub.board(), app.clock.now());
    let moment = (board.version, now.div_euclid(60_000));
    let answer = app.answers.answer("prices", moment, || {
        let basis = app.defaults.basis.word();
        let changes = board.prices.changes().range(..=now).count() as u64;
        Answer::new(moment, print(&[3, board.data_version, changes]), move || {
            json(&prices_response(&board, basis, now))
        })
    });
    respond(answer, &headers).await
}

fn prices_response(board: &Board, basis: &'static str, now: Millis) -> PricesResponse {
    let models = board.prices.entries_at(now).map(|PriceEntry { installation, model, price }| PriceRow {
        provider: model.provider.to_string(),
        model: model.model.to_string(),
        origin: price.origin.word(),
        installation: installation.map(ToString::to_string),
        rates: rates(&price.rates),
        tiers: price.tiers.iter().map(|tier| TierRow { above: tier.above, rates: rates(&tier.rates) }).collect(),
        context_tokens: price.context_window,
    });
    PricesResponse {
        as_of: board.prices.as_of_at(now).to_owned(),
        origin: board.prices.source_at(now).to_owned(),
        basis,
        models: models.collect(),
    }
}

/// Pico-dollars for a token are micro-dollars for a million.
fn rates(rates: &Rates) -> RateRow {
    #[expect(clippy::cast_precision_loss, reason = "prices have few digits")]
    let dollars = |pico: u64| pico as f64 / 1e6;
    RateRow {
        input: dollars(rates.input),
        output: dollars(rates.output),
        cache_read: dollars(rates.cache_read),
        cache_write: dollars(rates.cache_write),
    }
}

/// The last 24 hours in half-hour steps.
#[utoipa::path(get, path = "/api/trends",
    params(
        ("basis" = Option<String>, Query, description = "auto, list, recorded or reference"),
        ("tz" = Option<String>, Query, description = "IANA time zone that days begin in"),
    ),
    responses((status = 200, body = TrendsResponse), (status = 304), (status = 400)))]
pub async fn trends(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = uri.query().unwrap_or_default();
    query::only(asked, &["basis", "tz"])?;
    let query = query::read(asked)?;
    let (board, now) = (app.hub.board(), app.clock.now());
    let moment = (board.version, now.div_euclid(60_000));
    let answer = app.answers.answer(&format!("trends?{asked}"), moment, || {
        let zone = zone_or(query.zone, &app.defaults);
        let basis = query.basis.unwrap_or(app.defaults.basis);
        Answer::new(moment, print(&[4, board.data_version, now.div_euclid(60_000).unsigned_abs()]), move || {
            json(&curves(&board, basis, &zone, now))
        })
    });
    respond(answer, &headers).await
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", responses((status = 200, body = serde_json::Value)))]
pub async fn openapi(State(app): State<Arc<App>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], app.openapi.clone()).into_response()
}
