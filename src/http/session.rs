//! `GET /api/sessions/{key}` and what is below it: one session, opened.

mod errors;
pub mod export;
mod family;
mod figures;
mod find;
pub mod logs;
pub mod messages;
mod rows;
mod runs;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use self::find::{Opened, open, open_with_calls};
use super::App;
use super::api::{json, print};
use super::cache::{Answer, respond};
use super::error::ApiError;
use super::query::{self, SessionQuery};
use super::view::View;
use super::wire::{RunsResponse, SessionDetail, TranscriptRow};
use crate::conversation::runs::Runs;
use crate::conversation::{Conversation, Cursor, runs as reading};
use crate::domain::SessionId;
use crate::domain::pricing::PriceBasis;

/// One session: its row, what it used, its runs, errors, tools and family.
#[utoipa::path(get, path = "/api/sessions/{key}",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("basis" = Option<String>, Query, description = "auto, list, recorded or reference"),
        ("tz" = Option<String>, Query, description = "IANA time zone that days begin in"),
    ),
    responses((status = 200, body = SessionDetail), (status = 304), (status = 400), (status = 404), (status = 409), (status = 503)))]
pub async fn session(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let key = key_of(key)?;
    let asked = Asked::read(uri.query().unwrap_or_default(), &["installation", "basis", "tz"])?;
    let answer = blocking(move || {
        let opened = open_with_calls(&app, &key, asked.installation.as_deref())?;
        let now = app.clock.now();
        let conversation = conversation(&app, &opened)?;
        let end = conversation.places.last().map_or(Ok(0), |place| place.end().map_err(|error| unreadable(&error)))?;
        let verdicts = View::unsorted(&opened.board, &asked.query, &app.defaults, now).fingerprint();
        let calls = opened.record.as_ref().map_or(0, |record| record.calls.len() as u64);
        let masks = app.library.masks();
        let basis = asked.query.basis.map_or(9, |basis| basis as u64);
        let fingerprint = print(&[6, verdicts, end, calls, basis, masks]);
        let moment = (opened.board.version, now.div_euclid(1000));
        Ok(Answer::trying(moment, fingerprint, move || Ok(json(&detail(&app, &opened, &conversation, &asked.query)?))))
    })
    .await?;
    respond(Arc::new(answer), &headers).await
}

fn detail(
    app: &App,
    opened: &Opened,
    conversation: &Conversation,
    query: &SessionQuery,
) -> Result<SessionDetail, ApiError> {
    let view = View::unsorted(&opened.board, query, &app.defaults, app.clock.now());
    let basis = query.basis.unwrap_or(app.defaults.basis);
    let read = read_runs(conversation, None)?;
    let row = view.row_of(&opened.owner, &opened.key);
    let redactor = app.library.redactor();
    let shaper = rows::Shaper { app, opened, basis, redactor: &redactor, cuts: true };
    let figures = figures::Figures::of(&shaper, &read);
    let is_running = row.as_ref().is_some_and(|row| matches!(row.run_state, "running" | "queued"));
    // Those that are listed are told even while the ledger cannot be asked.
    let kept = app.history.family(&opened.owner.installation, &opened.key).unwrap_or_default();
    let family = family::of(opened, &kept, &view, basis);
    let own = kept.members.into_iter().find(|member| member.key == opened.key);
    Ok(SessionDetail {
        key: opened.key.to_string(),
        installation: opened.owner.installation.to_string(),
        agent_id: opened.owner.agent.to_string(),
        gone: row.is_none(),
        label: row.as_ref().map_or_else(|| own.and_then(|own| own.label), |row| row.label.clone()),
        session_type: opened.key.session_type().word(),
        messages: match (app.library.shows_messages, conversation.places.is_empty()) {
            (false, _) => "off",
            (true, true) => "none",
            (true, false) => "on",
        },
        context_window: opened.facts.as_ref().and_then(|facts| facts.context_window),
        usage: figures.usage,
        usage_by_model: figures.by_model,
        first_call_at: figures.turns.first().map(|turn| turn.at),
        last_call_at: figures.turns.last().map(|turn| turn.at),
        turns_omitted: figures.turns_omitted,
        turns: figures.turns,
        errors: figures.errors,
        errors_omitted: figures.errors_omitted,
        runs: shaper.runs(&read.runs, is_running),
        runs_before: read.before.map(|cursor| cursor.to_string()),
        compactions: rows::compactions(&read),
        tools: rows::tools(&shaper, &read),
        read_bytes: read.read,
        of_bytes: conversation.bytes().max(read.read),
        family: family.listed,
        family_omitted: family.omitted,
        branch: family.branch,
        whole_family: family.whole,
        transcripts: transcripts(opened, conversation),
        session: row,
    })
}

/// Earlier runs of a session.
#[utoipa::path(get, path = "/api/sessions/{key}/runs",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("before" = Option<String>, Query, description = "runsBefore of an earlier answer"),
        ("basis" = Option<String>, Query, description = "auto, list, recorded or reference"),
    ),
    responses((status = 200, body = RunsResponse), (status = 400), (status = 404), (status = 409), (status = 503)))]
pub async fn runs(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let key = key_of(key)?;
    let asked = Asked::read(uri.query().unwrap_or_default(), &["installation", "basis", "before"])?;
    let body = blocking(move || {
        let opened = open(&app, &key, asked.installation.as_deref())?;
        let conversation = conversation(&app, &opened)?;
        let before = asked.before.filter(|cursor| conversation.holds(*cursor));
        let read = read_runs(&conversation, before)?;
        let redactor = app.library.redactor();
        let basis = asked.query.basis.unwrap_or(app.defaults.basis);
        let shaper = rows::Shaper { app: &app, opened: &opened, basis, redactor: &redactor, cuts: true };
        let is_running = before.is_none() && opened.is_running(&app);
        Ok(json(&RunsResponse {
            runs: shaper.runs(&read.runs, is_running),
            runs_before: read.before.map(|cursor| cursor.to_string()),
            compactions: rows::compactions(&read),
        }))
    })
    .await?;
    Ok(json_response(body))
}

/// The parameters that routes below a session have in common.
#[derive(Debug, Default)]
struct Asked {
    installation: Option<String>,
    before: Option<Cursor>,
    after: Option<Cursor>,
    limit: Option<usize>,
    text: Option<String>,
    part: Option<usize>,
    format: Option<String>,
    query: SessionQuery,
}

impl Asked {
    fn read(asked: &str, allowed: &[&str]) -> Result<Self, ApiError> {
        let mut read = Self::default();
        let mut errors = Vec::new();
        for (name, value) in query::only(asked, allowed)? {
            let cursor = |value: &str| Cursor::parse(value).ok_or_else(|| "a place that an answer named".to_owned());
            let number = |value: &str, from, to| {
                query::number(value, from, to).map(|number| usize::try_from(number).unwrap_or_default())
            };
            let result = match name.as_str() {
                "installation" => {
                    read.installation = Some(value.clone());
                    Ok(())
                }
                "q" => {
                    read.text = Some(value.clone()).filter(|text| !text.is_empty());
                    Ok(())
                }
                "format" => {
                    read.format = Some(value.clone());
                    let is_known = value == "markdown" || value == "json";
                    if is_known { Ok(()) } else { Err("markdown or json".to_owned()) }
                }
                "before" => cursor(&value).map(|cursor| read.before = Some(cursor)),
                "after" => cursor(&value).map(|cursor| read.after = Some(cursor)),
                "limit" => number(&value, 1, 200).map(|limit| read.limit = Some(limit)),
                "part" => number(&value, 0, 100_000).map(|part| read.part = Some(part)),
                "basis" => query::basis(&value).map(|basis| read.query.basis = Some(basis)),
                _ => query::zone(&value).map(|zone| read.query.zone = Some(zone)),
            };
            if let Err(allowed) = result {
                errors.push(format!("'{value}' is not allowed for '{name}'; it must be {allowed}."));
            }
        }
        if errors.is_empty() { Ok(read) } else { Err(ApiError::BadQuery(errors)) }
    }
}

fn key_of(key: Result<Path<String>, PathRejection>) -> Result<String, ApiError> {
    let wrong = |_| ApiError::BadQuery(vec!["The session key in the path is no UTF-8 text; percent-encode it.".into()]);
    key.map(|Path(key)| key).map_err(wrong)
}

/// Files and SQL block: not on the threads that serve everybody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let place = OPENINGS.acquire().await.map_err(|_| ApiError::Internal)?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(place);
    done.map_err(|_| ApiError::Internal)?
}

fn json_response(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

fn conversation(app: &App, opened: &Opened) -> Result<Conversation, ApiError> {
    let ids: Vec<SessionId> = opened.transcripts();
    let is_simulated = app.about.demo && app.library.root(&opened.owner.installation).is_none();
    if is_simulated && let (Some(id), Some(record)) = (ids.last(), &opened.record) {
        return Ok(Conversation::simulated(id, &record.calls));
    }
    app.library.conversation(&opened.owner, &ids).map_err(|error| unreadable(&error))
}

fn read_runs(conversation: &Conversation, before: Option<Cursor>) -> Result<Runs, ApiError> {
    reading::read(conversation, before).map_err(|error| unreadable(&error))
}

fn unreadable(error: &std::io::Error) -> ApiError {
    tracing::warn!(%error, "a transcript could not be read");
    ApiError::Unreadable(match error.kind() {
        std::io::ErrorKind::NotFound => "its file vanished meanwhile".to_owned(),
        std::io::ErrorKind::PermissionDenied => "its file may not be read by this user".to_owned(),
        std::io::ErrorKind::UnexpectedEof => "its file was cut meanwhile; ask again".to_owned(),
        _ => "its file or database is damaged or busy".to_owned(),
    })
}

fn transcripts(opened: &Opened, conversation: &Conversation) -> Vec<TranscriptRow> {
    let row = |id: SessionId| {
        let place = conversation.places.iter().rev().find(|place| place.session_id == id);
        TranscriptRow {
            state: place.map_or("missing", |place| place.state.word()),
            bytes: place.and_then(|place| place.bytes),
            session_id: id.to_string(),
        }
    };
    opened.transcripts().into_iter().map(row).collect()
}

/// So many sessions are read at a time: each may hold some megabytes of a transcript.
static OPENINGS: Semaphore = Semaphore::const_new(4);

/// The price basis of a request.
type Basis = PriceBasis;
