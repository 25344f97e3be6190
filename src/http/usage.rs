//! `GET /api/usage` and `GET /api/usage.csv`: the ledger's sums over time.
//!
//! The ledger is asked on a thread that may wait, and only when the client does not have the
//! answer already: a request becomes a fixed range first, which names the answer.

pub mod csv;
mod query;
mod rows;

use std::ops::Range;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::tz::TimeZone;

pub use self::query::dimensions;
use self::query::{UsageParameters, UsageQuery};
pub use self::rows::{figures, ledger};
use super::App;
use super::api::{json, print};
use super::cache::{Answer, respond};
use super::error::ApiError;
use super::view::Defaults;
use super::wire::UsageResponse;
use crate::domain::Millis;
use crate::domain::series::{Buckets, Dimension, Question, Series, Step, date_of, resolve};
use crate::live::board::Board;
use crate::store::{Grain, StoreError, UsageHistory};

/// Tokens, calls and costs over time, kept apart as asked.
#[utoipa::path(get, path = "/api/usage",
    params(UsageParameters),
    responses((status = 200, body = UsageResponse), (status = 304), (status = 400), (status = 503)))]
pub async fn usage(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(answer(&app, uri.query().unwrap_or_default(), Form::Json, &headers).await?.0)
}

/// The same as a table: a row for each bucket and group with calls.
#[utoipa::path(get, path = "/api/usage.csv",
    params(UsageParameters),
    responses(
        (status = 200, body = String, content_type = "text/csv"), (status = 304), (status = 400), (status = 503)
    ))]
pub async fn usage_csv(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (mut response, name) = answer(&app, uri.query().unwrap_or_default(), Form::Csv, &headers).await?;
    if response.status() == StatusCode::OK {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let disposition = format!("attachment; filename=\"{name}\"");
        if let Ok(disposition) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
    }
    Ok(response)
}

/// How an answer is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    Csv,
}

/// The answer, and what it is called as a file.
async fn answer(app: &Arc<App>, asked: &str, form: Form, headers: &HeaderMap) -> Result<(Response, String), ApiError> {
    let query = UsageQuery::read(asked)?;
    let (board, now) = (app.hub.board(), app.clock.now());
    // "Today" becomes another day with time alone, so a kept answer holds for a minute at most.
    let moment = (board.version, now.div_euclid(60_000));
    let history = Arc::clone(&app.history);
    let defaults = app.defaults.clone();
    let usage = blocking(move || Asked::new(query, &defaults, history.as_ref(), now)).await?;
    let file = usage.file_name();
    let answer = app.answers.answer(&format!("usage {form:?}?{asked}"), moment, || {
        let (start, end) = (usage.range.start.unsigned_abs(), usage.range.end.unsigned_abs());
        let app = Arc::clone(app);
        let name = print(&[5, board.data_version, start, end]);
        Answer::trying(moment, name, move || usage.body(form, app.history.as_ref(), &board))
    });
    Ok((respond(answer, headers).await?, file))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::Internal)?
}

/// What is asked for, with everything settled that a query may leave open.
struct Asked {
    range: Range<Millis>,
    buckets: Buckets,
    step: Step,
    zone: TimeZone,
    question: Question,
    first_call_at: Option<Millis>,
}

impl Asked {
    fn new(query: UsageQuery, defaults: &Defaults, history: &dyn UsageHistory, now: Millis) -> Result<Self, ApiError> {
        let zone = query.zone.unwrap_or_else(|| defaults.zone.clone());
        let first_call_at = history.first_call_at().map_err(|error| unavailable(&error))?;
        let (from, to, step) = (query.from, query.to, query.step);
        let range = resolve(from, to, step, &zone, now, first_call_at).ok_or_else(|| {
            let day = date_of(now, &zone);
            mistake(format!("There is no time from 'from' to 'to'; 'from' must lie before 'to', which is the end of {day} unless it is stated."))
        })?;
        let buckets = Buckets::of(&range, step, &zone).map_err(|_| {
            let (word, most) = (step.word(), Buckets::MAX);
            mistake(format!("From 'from' to 'to' there are more than {most} buckets of one {word}; choose a longer 'bucket' or a shorter range."))
        })?;
        let question = Question { basis: query.basis.unwrap_or(defaults.basis), ..query.question };
        Ok(Self { range, buckets, step, zone, question, first_call_at })
    }

    fn body(&self, form: Form, history: &dyn UsageHistory, board: &Board) -> Result<Vec<u8>, ApiError> {
        let grain = if self.step == Step::Hour { Grain::Slot } else { Grain::Day(self.zone.clone()) };
        let range = self.range.clone();
        let slice = if self.question.dimensions.contains(&Dimension::Session) {
            history.usage_by_session(range, &grain).map(Arc::new)
        } else {
            history.usage(range, &grain)
        };
        let slice = slice.map_err(|error| unavailable(&error))?;
        let series = Series::of(&slice, &self.buckets, &self.question, &board.prices);
        Ok(match form {
            Form::Json => json(&rows::response(self, &series, board)),
            Form::Csv => csv::table(&self.question.dimensions, &self.zone, &series).into_bytes(),
        })
    }

    /// `usage_2026-11-01_2026-11-24.csv`
    fn file_name(&self) -> String {
        let [first, last] = [self.range.start, self.range.end - 1].map(|at| date_of(at, &self.zone));
        format!("usage_{first}_{last}.csv")
    }
}

fn mistake(text: String) -> ApiError {
    ApiError::BadQuery(vec![text])
}

fn unavailable(error: &StoreError) -> ApiError {
    tracing::error!(%error, "the ledger could not answer");
    ApiError::Unavailable(error.to_string())
}
