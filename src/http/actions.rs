//! `POST …/actions` and `GET /api/audit`: what is asked of OpenClaw, and what was.

mod body;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{OriginalUri, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::body::Asked;
pub use self::body::LONGEST_BODY;
use super::App;
use super::error::ApiError;
use super::guard::caller::Controller;
use super::query;
use super::wire::{ActionResponse, AuditResponse, AuditRow, SessionActionBody, TaskActionBody};
use crate::control::audit::{Entry, is_id};
use crate::control::desk::{By, NotTaken, Order, Subject};
use crate::domain::{SessionKey, TaskId};

/// How many entries a page has, unless said otherwise, and at most.
const PAGE: (usize, u64) = (100, 1000);

/// Stops, restarts, resets, compacts or deletes a session, or sends it a message.
#[utoipa::path(post, path = "/api/sessions/{key}/actions",
    params(("key" = String, Path, description = "the session's key, percent-encoded")),
    request_body = SessionActionBody,
    responses((status = 200, body = ActionResponse), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 413)))]
pub async fn session_action(
    by: Controller,
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    key: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    query::only(uri.query().unwrap_or_default(), &[])?;
    let asked = body::of_a_session(&bytes(body)?)?;
    let Path(key) = key.map_err(|_| no_text("session key"))?;
    act(&app, by, Subject::Session(SessionKey::from(key)), asked).await
}

/// Cancels a background task.
#[utoipa::path(post, path = "/api/tasks/{taskId}/actions",
    params(("taskId" = String, Path, description = "the task's id, percent-encoded")),
    request_body = TaskActionBody,
    responses((status = 200, body = ActionResponse), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 413)))]
pub async fn task_action(
    by: Controller,
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    task: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    query::only(uri.query().unwrap_or_default(), &[])?;
    let asked = body::of_a_task(&bytes(body)?)?;
    let Path(task) = task.map_err(|_| no_text("task id"))?;
    act(&app, by, Subject::Task(TaskId::from(task)), asked).await
}

async fn act(app: &App, by: Controller, subject: Subject, asked: Asked) -> Result<Response, ApiError> {
    let mut holders = app.desk.holders(&subject);
    if let Some(named) = &asked.installation {
        holders.retain(|holder| holder.as_str() == named);
    }
    let names: Vec<String> = holders.iter().map(ToString::to_string).collect();
    let installation = match holders.pop_first() {
        None => return Err(unknown(&subject, asked.installation.as_deref())),
        Some(_) if names.len() > 1 => return Err(ApiError::Conflict(several(&subject, &names))),
        Some(only) => only,
    };
    let order = Order {
        installation,
        subject,
        action: asked.action,
        by: By { who: by.who.word(), from: by.from },
        idempotency_key: asked.idempotency_key,
    };
    let answer = app.desk.act(order).await.map_err(|NotTaken::KeyOfAnother| {
        ApiError::Conflict(
            "This idempotencyKey was used for something else; take a new one for each action.".to_owned(),
        )
    })?;
    let body = ActionResponse { outcome: answer.outcome.word(), detail: answer.detail, audit_id: answer.audit_id };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

fn bytes(body: Result<Bytes, BytesRejection>) -> Result<Bytes, ApiError> {
    body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::TooLarge(LONGEST_BODY)
        } else {
            ApiError::BadQuery(vec!["The body did not come to its end.".to_owned()])
        }
    })
}

fn no_text(what: &str) -> ApiError {
    ApiError::BadQuery(vec![format!("The {what} in the path is no UTF-8 text; percent-encode it.")])
}

fn unknown(subject: &Subject, installation: Option<&str>) -> ApiError {
    let at = installation.map(|name| format!(" in the installation '{name}'")).unwrap_or_default();
    ApiError::Unknown(match subject {
        Subject::Session(key) => {
            format!("There is no session '{key}'{at}. GET /api/sessions lists those that there are.")
        }
        Subject::Task(task) => format!("There is no task '{task}'{at}. GET /api/tasks lists those that there are."),
    })
}

fn several(subject: &Subject, names: &[String]) -> String {
    let what = match subject {
        Subject::Session(key) => format!("a session '{key}'"),
        Subject::Task(task) => format!("a task '{task}'"),
    };
    format!("Several installations have {what}: {}. Name one as 'installation'.", names.join(", "))
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/api/audit",
    params(
        ("limit" = Option<u64>, Query, description = "how many entries at most; 100 unless said otherwise"),
        ("before" = Option<String>, Query, description = "only entries before the one of this id"),
    ),
    responses((status = 200, body = AuditResponse), (status = 400), (status = 401), (status = 503)))]
pub async fn audit(State(app): State<Arc<App>>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    let (mut limit, mut before) = (PAGE.0, None);
    let mut errors = Vec::new();
    for (name, value) in query::only(uri.query().unwrap_or_default(), &["limit", "before"])? {
        let allowed = if name == "limit" {
            query::number(&value, 1, PAGE.1).map(|number| limit = usize::try_from(number).unwrap_or(PAGE.0))
        } else if is_id(&value) {
            before = Some(value.clone());
            Ok(())
        } else {
            Err("the id of an entry".to_owned())
        };
        if let Err(allowed) = allowed {
            errors.push(format!("'{value}' is not allowed for '{name}'; it must be {allowed}."));
        }
    }
    if !errors.is_empty() {
        return Err(ApiError::BadQuery(errors));
    }
    let log = app.desk.log();
    let page = tokio::task::spawn_blocking(move || log.page(limit, before.as_deref()))
        .await
        .map_err(|_| ApiError::Internal)?
        .map_err(|error| ApiError::NoAudit(error.to_string()))?;
    let next = page.entries.last().filter(|_| page.has_more).map(|last| last.id.clone());
    let body = AuditResponse { entries: page.entries.into_iter().map(row).collect(), next };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

fn row(entry: Entry) -> AuditRow {
    AuditRow {
        id: entry.id,
        at: entry.at,
        who: entry.who,
        from: entry.from,
        installation: entry.installation,
        action: entry.action,
        key: entry.key,
        task_id: entry.task_id,
        outcome: entry.outcome,
        detail: entry.detail,
        duration_ms: entry.duration_ms,
    }
}
