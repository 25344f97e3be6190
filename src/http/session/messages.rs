//! `GET /api/sessions/{key}/messages`: the conversation in pages, and single messages as a whole.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64_MIME_PERMISSIVE;

use super::find::{Opened, open};
use super::rows::Shaper;
use super::{Asked, blocking, conversation, json_response, key_of, unreadable};
use crate::conversation::entry::{Body, Entry, Part};
use crate::conversation::page::{self, Ask, Page, Search};
use crate::conversation::{Conversation, Cursor};
use crate::http::App;
use crate::http::api::json;
use crate::http::error::ApiError;
use crate::http::wire::{MessagesResponse, Searched};

/// How many messages a page has, unless said otherwise.
const PAGE: usize = 50;

/// The conversation, the newest page first; every text without secrets.
#[utoipa::path(get, path = "/api/sessions/{key}/messages",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("before" = Option<String>, Query, description = "before of an earlier answer: the page before it"),
        ("after" = Option<String>, Query, description = "after of an earlier answer: what came since"),
        ("limit" = Option<u64>, Query, description = "how many messages at most, 1 to 200; 50 unless said otherwise"),
        ("q" = Option<String>, Query, description = "only messages that hold this text, in any case"),
    ),
    responses((status = 200, body = MessagesResponse), (status = 400), (status = 403), (status = 404), (status = 409), (status = 503)))]
pub async fn messages(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let key = key_of(key)?;
    let allowed = ["installation", "before", "after", "limit", "q"];
    let asked = Asked::read(uri.query().unwrap_or_default(), &allowed)?;
    if asked.before.is_some() && asked.after.is_some() {
        return Err(ApiError::BadQuery(vec!["'before' and 'after' cannot be asked for together.".to_owned()]));
    }
    allowed_to_read(&app)?;
    let body = blocking(move || {
        let opened = open(&app, &key, asked.installation.as_deref())?;
        let conversation = conversation(&app, &opened)?;
        let redactor = app.library.redactor();
        let shaper = Shaper { app: &app, opened: &opened, basis: app.defaults.basis, redactor: &redactor, cuts: true };
        let limit = asked.limit.unwrap_or(PAGE);
        let newer = asked.after.map(|from| page::after(&conversation, from, limit)).transpose();
        let newer = newer.map_err(|error| unreadable(&error))?.flatten();
        let reset = asked.after.is_some() && newer.is_none();
        let page = match newer {
            Some(page) => page,
            None => older(&shaper, &conversation, &asked, limit)?,
        };
        let is_search = asked.text.is_some() && asked.after.is_none();
        Ok(json(&response(&shaper, &page, reset, is_search)))
    })
    .await?;
    Ok(json_response(body))
}

fn response(shaper: &Shaper<'_>, page: &Page, reset: bool, is_search: bool) -> MessagesResponse {
    let mut masked = 0;
    MessagesResponse {
        key: shaper.opened.key.to_string(),
        installation: shaper.opened.owner.installation.to_string(),
        messages: page.entries.iter().map(|entry| shaper.message(entry, &mut masked)).collect(),
        before: page.before.map(|cursor| cursor.to_string()),
        after: page.after.map(|cursor| cursor.to_string()),
        reset,
        searched: is_search.then(|| Searched { bytes: page.read, done: page.before.is_none() }),
        masked,
    }
}

fn older(shaper: &Shaper<'_>, conversation: &Conversation, asked: &Asked, limit: usize) -> Result<Page, ApiError> {
    if asked.before.is_some_and(|cursor| !conversation.holds(cursor)) {
        return Err(ApiError::BadQuery(vec!["'before' is a place in a transcript that is no more.".to_owned()]));
    }
    let text = asked.text.as_deref().map(str::to_lowercase);
    let holds = |entry: &Entry| text.as_deref().is_some_and(|text| shown_text(shaper, entry).contains(text));
    let search = asked.text.as_deref().map(|text| Search::new(text, &holds));
    let ask = Ask { before: asked.before, limit, search };
    page::page(conversation, &ask).map_err(|error| unreadable(&error))
}

/// Everything that is shown of an entry, in lower case: what is masked cannot be searched for.
fn shown_text(shaper: &Shaper<'_>, entry: &Entry) -> String {
    let row = shaper.message(entry, &mut 0);
    let mut texts: Vec<&str> = Vec::new();
    for part in &row.parts {
        texts.extend([&part.text, &part.name, &part.arguments].into_iter().flatten().map(String::as_str));
    }
    texts.extend(row.answer.as_ref().and_then(|answer| answer.error.as_deref()));
    texts.extend(row.tool.as_ref().map(|tool| tool.tool_name.as_str()));
    texts.extend(row.note.as_ref().and_then(|note| note.detail.as_deref()));
    texts.join("\n").to_lowercase()
}

/// One message as a whole, or one part of it as text.
#[utoipa::path(get, path = "/api/sessions/{key}/messages/{id}",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("id" = String, Path, description = "the id of a message"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("part" = Option<u64>, Query, description = "the number of a part: that part alone, as plain text"),
    ),
    responses((status = 200, description = "an attachment: JSON, or with part plain text"), (status = 400), (status = 403), (status = 404), (status = 409), (status = 503)))]
pub async fn message(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, ApiError> {
    let Path((key, id)) =
        path.map_err(|_| ApiError::BadQuery(vec!["The path is no UTF-8 text; percent-encode it.".to_owned()]))?;
    let asked = Asked::read(uri.query().unwrap_or_default(), &["installation", "part"])?;
    allowed_to_read(&app)?;
    blocking(move || {
        let opened = open(&app, &key, asked.installation.as_deref())?;
        let conversation = conversation(&app, &opened)?;
        let gone = || ApiError::Unknown(format!("There is no message '{id}' in this session any more."));
        let cursor = Cursor::parse(&id).ok_or_else(gone)?;
        let entry = page::at(&conversation, cursor).map_err(|error| unreadable(&error))?.ok_or_else(gone)?;
        whole(&app, &opened, &entry, asked.part).ok_or_else(gone)
    })
    .await
}

/// A message or a part of it, uncut, as an attachment.
fn whole(app: &App, opened: &Opened, entry: &Entry, part: Option<usize>) -> Option<Response> {
    let redactor = app.library.redactor();
    let shaper = Shaper { app, opened, basis: app.defaults.basis, redactor: &redactor, cuts: false };
    let parts: &[Part] = match &entry.body {
        Body::User(parts) => parts,
        Body::Assistant(answer) => &answer.parts,
        Body::Tool(result) => &result.parts,
        Body::Note(_) | Body::Silent => &[],
    };
    let text = |part: &Part| match part {
        Part::Text(text) | Part::Thinking(text) => Some(shaper.masked(text)),
        Part::ToolCall { arguments, .. } => Some(shaper.arguments(arguments, &mut 0)),
        Part::Other { .. } => None,
    };
    let Some(number) = part else {
        let row = shaper.message(entry, &mut 0);
        return Some(attachment("application/json", &format!("message-{}.json", entry.cursor), json(&row)));
    };
    if let Part::Other { data: Some(data), .. } = parts.get(number)? {
        let bytes = BASE64_MIME_PERMISSIVE.decode(data.as_bytes()).ok()?;
        // A text may hold secrets whatever it is called.
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => shaper.masked(&text).into_bytes(),
            Err(no_text) => no_text.into_bytes(),
        };
        return Some(attachment("application/octet-stream", &format!("message-{}-{number}.bin", entry.cursor), bytes));
    }
    let text = text(parts.get(number)?)?;
    Some(attachment("text/plain; charset=utf-8", &format!("message-{}-{number}.txt", entry.cursor), text.into_bytes()))
}

/// A file to be saved: a browser must not show it.
pub(super) fn attachment(kind: &'static str, name: &str, body: impl Into<axum::body::Body>) -> Response {
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, named.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body.into()).into_response()
}

/// Refuses with `--no-messages`.
pub(super) fn allowed_to_read(app: &App) -> Result<(), ApiError> {
    if app.library.shows_messages { Ok(()) } else { Err(ApiError::NoMessages) }
}
