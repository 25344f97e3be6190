//! Errors of the API as `application/problem+json` (RFC 9457), in the user's words.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What went wrong with a request.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ApiError {
    /// Parameters that do not exist or have a value that is not allowed.
    #[error("{}", .0.join(" "))]
    BadQuery(Vec<String>),
    /// Nothing is there.
    #[error("There is nothing at {0}. GET /api/openapi.json lists what there is.")]
    NotFound(String),
    /// A session or task is not there, in words.
    #[error("{0}")]
    Unknown(String),
    /// A session is not there; those with a key like it.
    #[error("There is no session '{key}'{}", near_words(.near))]
    NoSession {
        /// What was asked for.
        key: String,
        /// Keys like it, the nearest first.
        near: Vec<String>,
    },
    /// Message text is off.
    #[error("Message text is off: the server was started with --no-messages.")]
    NoMessages,
    /// A transcript could not be read, for this reason.
    #[error("The transcript cannot be read: {0}. 'factory-dashboard doctor' says more.")]
    Unreadable(String),
    /// It could be more than one, or was something else before, in words.
    #[error("{0}")]
    Conflict(String),
    /// A body of more than so many bytes.
    #[error("The body is too large; it may have {} KB.", .0 >> 10)]
    TooLarge(usize),
    /// The audit log could not be read, for this reason.
    #[error("The audit log cannot be read: {0}.")]
    NoAudit(String),
    /// That method does not exist there.
    #[error("{0} does not take this method; the Allow header names those that it takes.")]
    MethodNotAllowed(String),
    /// A token is needed and none came.
    #[error("A token is needed: sign in at /sign-in, or send 'Authorization: Bearer <token>'.")]
    Unauthorized,
    /// A token came, and it is another one.
    #[error("That is not the token of this server.")]
    WrongToken,
    /// Too many wrong tokens came from there; so many seconds must pass.
    #[error("Too many wrong tokens came from your address. Try again in {0} s.")]
    TooManyAttempts(u64),
    /// A page of another site is behind the request.
    #[error(
        "This request comes from a page of another site, or from another port of this machine, and is not answered. Behind a proxy: let it pass the Host header on as it came."
    )]
    ForeignOrigin,
    /// The cookie came without what our own page sends beside it.
    #[error("The header X-CSRF-Token is missing or belongs to another sign-in; GET /api/access gives the right one.")]
    Forged,
    /// Nobody may change anything.
    #[error("Control is off: start with --allow-control to stop, restart or delete anything.")]
    ControlOff,
    /// The request is for another host name: a page elsewhere may be trying to read this one.
    #[error("This server answers to localhost and its own address only.")]
    WrongHost,
    /// The ledger could not answer, for this reason.
    #[error(
        "The usage ledger cannot be read now: {0}. What is live is not affected; the log and 'factory-dashboard doctor' say more."
    )]
    Unavailable(String),
    /// The push over a WebSocket, asked for as if it were a page.
    #[error("GET /api/stream speaks WebSocket only; GET /api/events gives the same as server-sent events.")]
    NoWebSocket,
    /// So many read the push that no more are let in.
    #[error("{0} readers follow the push already; ask again later, or read GET /api/sessions.")]
    TooManyReaders(usize),
    /// A bug of ours.
    #[error("The server could not make an answer; its log says more.")]
    Internal,
}

/// What a 401 asks for.
pub const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"Factory Dashboard\"");

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    errors: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    near: &'a [String],
}

fn near_words(near: &[String]) -> String {
    match near {
        [] => ". GET /api/sessions lists those that there are.".to_owned(),
        near => format!("; there is {}.", near.join(", ")),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, title) = match &self {
            Self::BadQuery(_) => (StatusCode::BAD_REQUEST, "The request has a mistake"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "Not found"),
            Self::Unknown(_) => (StatusCode::NOT_FOUND, "Not found"),
            Self::NoSession { .. } => (StatusCode::NOT_FOUND, "Not found"),
            Self::NoMessages => (StatusCode::FORBIDDEN, "Message text is off"),
            Self::Unreadable(_) => (StatusCode::SERVICE_UNAVAILABLE, "The transcript cannot be read"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "Not clear what is meant"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
            Self::NoAudit(_) => (StatusCode::SERVICE_UNAVAILABLE, "The audit log cannot be read"),
            Self::MethodNotAllowed(_) => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "Sign in first"),
            Self::WrongToken => (StatusCode::UNAUTHORIZED, "Wrong token"),
            Self::TooManyAttempts(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many wrong tokens"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "Another site asked"),
            Self::Forged => (StatusCode::FORBIDDEN, "Not asked by the page"),
            Self::ControlOff => (StatusCode::FORBIDDEN, "Control is off"),
            Self::WrongHost => (StatusCode::MISDIRECTED_REQUEST, "Wrong host"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "The ledger cannot answer"),
            Self::NoWebSocket => (StatusCode::UPGRADE_REQUIRED, "WebSocket only"),
            Self::TooManyReaders(_) => (StatusCode::SERVICE_UNAVAILABLE, "Too many readers"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Internal error"),
        };
        let errors: &[String] = if let Self::BadQuery(errors) = &self { errors } else { &[] };
        let near: &[String] = if let Self::NoSession { near, .. } = &self { near } else { &[] };
        let detail = self.to_string();
        let problem = Problem { r#type: "about:blank", title, status: status.as_u16(), detail, errors, near };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            // Not Basic: a browser signs in on our page, and its own question would get in the way.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        if let Self::TooManyAttempts(seconds) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
