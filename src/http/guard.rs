//! Who may: every request passes here first. What is asked of it, in this order: a host name, an origin, a token
//! where reading needs one, a CSRF token where a browser changes something.

pub mod attempts;
pub mod caller;
pub mod host;
pub mod origin;
pub mod session;
pub mod token;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use self::attempts::{Attempts, Judgement};
use self::caller::{Access, Caller};
use self::token::Token;
use super::error::ApiError;
use crate::clock::Clock;
use crate::domain::Millis;

/// What a page may load: only what this server sends.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What somebody without a token gets even where reading needs one: the way in, and what its page is made of.
const WAY_IN: [&str; 7] = [
    "/sign-in",
    "/sign-out",
    "/favicon.svg",
    "/css/tokens.css",
    "/css/base.css",
    "/css/components/controls.css",
    "/css/sign-in.css",
];

/// Who may look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Everybody on this machine.
    #[default]
    Open,
    /// Who has the token.
    Token,
}

/// The rules of this server.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The token; without one nobody can sign in, and nobody controls.
    pub token: Option<Token>,
    /// Who may look.
    pub reading: Reading,
    /// Whether those with a token may also change something.
    pub allow_control: bool,
}

/// The rules at work: with the time, and the memory of wrong tokens.
pub struct Door {
    guard: Guard,
    clock: Arc<dyn Clock>,
    attempts: Mutex<Attempts>,
    sign_ins: AtomicU64,
}

/// Checks a request, and adds the headers to its answer.
pub async fn check(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let mut response = match door.admits(&request) {
        Ok(access) => {
            request.extensions_mut().insert(access);
            next.run(request).await
        }
        // The part behind the # never gets here; the browser keeps it, and the sign-in page leads back to it.
        Err(ApiError::Unauthorized) if opens_page(&request) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/sign-in"), (header::CACHE_CONTROL, "no-store")])
                .into_response()
        }
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", CONTENT_POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        // The sign-in page has a referrer policy of its own.
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

impl Door {
    /// The rules, with a clock.
    #[must_use]
    pub fn new(guard: Guard, clock: Arc<dyn Clock>) -> Self {
        Self { guard, clock, attempts: Mutex::default(), sign_ins: AtomicU64::new(0) }
    }

    /// Whether there is a token to sign in with.
    #[must_use]
    pub fn can_sign_in(&self) -> bool {
        self.guard.token.is_some()
    }

    /// A cookie for the right token.
    pub fn sign_in(&self, given: &str, from: Option<IpAddr>) -> Result<String, ApiError> {
        let token = self.guard.token.as_ref().ok_or(ApiError::Unauthorized)?;
        self.judge(token, given, from)?;
        let number = self.sign_ins.fetch_add(1, Ordering::Relaxed);
        Ok(session::issue(token, number, self.clock.now()))
    }

    fn admits(&self, request: &Request) -> Result<Access, ApiError> {
        let (headers, method, path) = (request.headers(), request.method(), request.uri().path());
        // Another site can make a browser call 127.0.0.1 by a name of its own (DNS rebinding); the name then stands
        // in the Host header. Where a token is needed any name will do: neither cookie nor token follow to it.
        if self.guard.reading == Reading::Open && !host::is_loopback(headers) {
            return Err(ApiError::WrongHost);
        }
        if origin::is_foreign(method, path, headers) {
            return Err(ApiError::ForeignOrigin);
        }
        let from =
            request.extensions().get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0.ip().to_canonical());
        let caller = self.caller(method, path, headers, from)?;
        if self.guard.reading == Reading::Token && caller == Caller::None && !WAY_IN.contains(&path) {
            return Err(ApiError::Unauthorized);
        }
        Ok(Access { caller, allow_control: self.guard.allow_control, from })
    }

    fn caller(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        from: Option<IpAddr>,
    ) -> Result<Caller, ApiError> {
        let Some(token) = &self.guard.token else { return Ok(Caller::None) };
        if let Some(given) = bearer(headers) {
            self.judge(token, given, from)?;
            return Ok(Caller::Bearer);
        }
        let Some(session) = session::of(headers, token, self.clock.now()) else { return Ok(Caller::None) };
        // The browser adds the cookie whoever asks; only our own page knows what belongs to it. A form that signs in
        // has no session to protect yet.
        let changes = !origin::only_reads(method) && path != "/sign-in";
        if changes && !session::csrf_is_right(token, &session, headers) {
            return Err(ApiError::Forged);
        }
        Ok(Caller::Browser { csrf: session::csrf(token, &session) })
    }

    fn judge(&self, token: &Token, given: &str, from: Option<IpAddr>) -> Result<(), ApiError> {
        let now: Millis = self.clock.now();
        let judgement =
            self.attempts.lock().unwrap_or_else(PoisonError::into_inner).judge(from, now, || token.is(given));
        match judgement {
            Judgement::Right => Ok(()),
            Judgement::TooSoon(seconds) => Err(ApiError::TooManyAttempts(seconds)),
            Judgement::Wrong => {
                let from = from.map_or_else(|| "an unknown address".to_owned(), |from| from.to_string());
                tracing::warn!(%from, "a wrong token was sent");
                Err(ApiError::WrongToken)
            }
        }
    }
}

/// The token of a script. Other schemes are somebody else's, such as those of a proxy in front.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

/// Whether a browser is about to show a page.
fn opens_page(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    origin::only_reads(request.method()) && !origin::is_api(request.uri().path()) && accepts.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let given = |value: &str| {
            let headers: HeaderMap = [(header::AUTHORIZATION, value.parse().expect("a header"))].into_iter().collect();
            bearer(&headers).map(str::to_owned)
        };
        for value in ["Bearer s3cret", "bearer s3cret", "BEARER  s3cret "] {
            assert_eq!(given(value).as_deref(), Some("s3cret"), "{value}");
        }
        for value in ["Basic YW55Ym9keTpzM2NyZXQ=", "s3cret", "Bearer", "Bearers s3cret"] {
            assert_eq!(given(value), None, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
