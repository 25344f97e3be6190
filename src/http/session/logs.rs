//! `GET /api/sessions/{key}/logs`: what OpenClaw logged of a session, or all of it.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;

use super::find::open;
use super::messages::allowed_to_read;
use super::{blocking, json_response, key_of};
use crate::conversation::shown::cut;
use crate::http::App;
use crate::http::api::json;
use crate::http::error::ApiError;
use crate::http::query;
use crate::http::wire::{LogRow, LogsResponse};
use crate::logs::{self, After, Ask, Level};

/// How much of a line is shown, in characters.
const LONGEST_LINE: usize = 8_000;
/// How many lines come, unless said otherwise, and at most.
const LINES: (usize, u64) = (200, 1_000);

/// What OpenClaw logged, oldest first; secrets are masked.
#[utoipa::path(get, path = "/api/sessions/{key}/logs",
    params(
        ("key" = String, Path, description = "the session's key, percent-encoded"),
        ("installation" = Option<String>, Query, description = "the installation, where several have that key"),
        ("scope" = Option<String>, Query, description = "session (unless said otherwise): only lines that name it; gateway: all"),
        ("level" = Option<String>, Query, description = "trace, debug, info, warn or error: this one and worse; info unless said otherwise"),
        ("after" = Option<String>, Query, description = "after of an earlier answer: what came since"),
        ("limit" = Option<u64>, Query, description = "how many lines at most, the newest; 200 unless said otherwise"),
    ),
    responses((status = 200, body = LogsResponse), (status = 400), (status = 403), (status = 404), (status = 409)))]
pub async fn logs(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let key = key_of(key)?;
    let (installation, mut ask) = read(uri.query().unwrap_or_default())?;
    allowed_to_read(&app)?;
    let shared = Arc::clone(&app);
    let (place, names) = blocking(move || {
        let opened = open(&shared, &key, installation.as_deref())?;
        let place = (shared.logs)(&opened.owner.installation);
        let mut names: Vec<String> = opened.transcripts().iter().map(ToString::to_string).collect();
        names.push(opened.key.to_string());
        // A transcript that cannot be read names no runs; the log is told all the same.
        let conversation = super::conversation(&shared, &opened).unwrap_or_default();
        names.extend(conversation.latest_runs().unwrap_or_default());
        Ok((place, names))
    })
    .await?;
    ask.names = names;
    let part = logs::read(place, ask).await;
    let body = blocking(move || {
        let redactor = app.library.redactor();
        let mut masked = 0;
        // All of a line is masked before it is cut: half a secret is not known as one.
        let mut clean = |text: &str| {
            let found = redactor.mask(text);
            masked += found.count;
            let mut text = found.text.into_owned();
            cut(&mut text, LONGEST_LINE);
            text
        };
        let lines = part.lines.iter().map(|line| LogRow {
            at: line.at,
            level: line.level.word(),
            subsystem: line.subsystem.as_deref().map(&mut clean),
            message: String::new(),
            mine: line.mine,
        });
        let mut lines: Vec<LogRow> = lines.collect();
        for (row, line) in lines.iter_mut().zip(&part.lines) {
            row.message = clean(&line.message);
        }
        let problem = part.problem.as_deref().map(&mut clean);
        let after = part.after.map(|after| after.to_string());
        Ok(json(&LogsResponse { lines, after, source: part.source, file: part.file, problem, gap: part.gap, masked }))
    })
    .await?;
    Ok(json_response(body))
}

fn read(asked: &str) -> Result<(Option<String>, Ask), ApiError> {
    let mut ask = Ask { after: None, limit: LINES.0, level: Level::Info, names: Vec::new(), only_own: true };
    let mut installation = None;
    let mut errors = Vec::new();
    for (name, value) in query::only(asked, &["installation", "scope", "level", "after", "limit"])? {
        let result = match name.as_str() {
            "installation" => {
                installation = Some(value.clone());
                Ok(())
            }
            "scope" => match value.as_str() {
                "session" => Ok(()),
                "gateway" => {
                    ask.only_own = false;
                    Ok(())
                }
                _ => Err("session or gateway".to_owned()),
            },
            "level" => Level::from_word(&value)
                .map(|level| ask.level = level)
                .ok_or_else(|| "trace, debug, info, warn, error or fatal".to_owned()),
            "after" => After::parse(&value)
                .map(|after| ask.after = Some(after))
                .ok_or_else(|| "a place that an answer named".to_owned()),
            _ => query::number(&value, 1, LINES.1).map(|limit| ask.limit = usize::try_from(limit).unwrap_or(LINES.0)),
        };
        if let Err(allowed) = result {
            errors.push(format!("'{value}' is not allowed for '{name}'; it must be {allowed}."));
        }
    }
    if errors.is_empty() { Ok((installation, ask)) } else { Err(ApiError::BadQuery(errors)) }
}
