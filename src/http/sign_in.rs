//! The sign-in page, which works without script: the token once, then a cookie.

mod page;

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;

use self::page::{Language, Page, Trouble};
use super::error::{ApiError, CHALLENGE};
use super::guard::caller::{Access, Caller};
use super::guard::{Door, session};

/// A token and an address behind the # are short.
const LONGEST_FORM: usize = 16 * 1024;

/// The routes.
pub(super) fn routes<S>(door: &Arc<Door>) -> Router<S> {
    Router::new()
        .route("/sign-in", get(show).post(sign_in).layer(DefaultBodyLimit::max(LONGEST_FORM)))
        .route("/sign-out", post(sign_out))
        .with_state(Arc::clone(door))
}

/// The address to go to afterwards.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

/// The form.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    token: String,
    #[serde(default)]
    next: String,
}

async fn show(
    State(door): State<Arc<Door>>,
    Extension(access): Extension<Access>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let next = asked.map(|Query(asked)| asked.next).unwrap_or_default();
    if !door.can_sign_in() || access.caller != Caller::None {
        return onward(&next);
    }
    let page = Page {
        language: Language::of(&headers),
        next: &next,
        trouble: None,
        // Whoever follows a link from another site comes without the cookie, signed in or not. Asked once more by
        // our own page, the browser sends it.
        again: headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site"),
    };
    answer(StatusCode::OK, &page)
}

async fn sign_in(
    State(door): State<Arc<Door>>,
    Extension(access): Extension<Access>,
    headers: HeaderMap,
    filled: Result<Form<Filled>, FormRejection>,
) -> Response {
    // A form that cannot be read gave no token.
    let filled = filled.map_or_else(|_| Filled { token: String::new(), next: String::new() }, |Form(filled)| filled);
    if !door.can_sign_in() {
        return onward(&filled.next);
    }
    let token = filled.token.trim();
    let outcome = if token.is_empty() { Err(ApiError::Unauthorized) } else { door.sign_in(token, access.from) };
    let error = match outcome {
        Ok(session) => {
            let mut response = onward(&filled.next);
            if let Ok(cookie) = HeaderValue::from_str(&session::set_cookie(&session, is_https(&headers))) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            return response;
        }
        Err(error) => error,
    };
    let (status, trouble) = match error {
        ApiError::TooManyAttempts(seconds) => (StatusCode::TOO_MANY_REQUESTS, Trouble::TooManyAttempts(seconds)),
        ApiError::WrongToken => (StatusCode::UNAUTHORIZED, Trouble::WrongToken),
        _ => (StatusCode::UNAUTHORIZED, Trouble::NoToken),
    };
    let page = Page { language: Language::of(&headers), next: &filled.next, trouble: Some(trouble), again: false };
    let mut response = answer(status, &page);
    match trouble {
        Trouble::TooManyAttempts(seconds) => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        _ => {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
    }
    response
}

/// The guard has checked that our own page asks, if there is a sign-in to end.
async fn sign_out() -> Response {
    let headers = [(header::SET_COOKIE, session::clear_cookie()), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// To the page, and to its part behind the #; nowhere else.
fn onward(next: &str) -> Response {
    let place = if next.starts_with('#') { format!("/{}", ascii(next)) } else { "/".to_owned() };
    let headers = [(header::LOCATION, place), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Percent-encodes what may not stand in a header.
fn ascii(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
    }
    encoded
}

/// Whether the browser speaks TLS with a proxy in front; a cookie is then never sent without it. Whoever makes this
/// up spoils but a cookie of his own.
fn is_https(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    says("x-forwarded-proto").eq_ignore_ascii_case("https") || says("origin").starts_with("https://")
}

fn answer(status: StatusCode, page: &Page<'_>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language, cookie"),
        // With `no-referrer` a browser would send the form with `Origin: null`, which the guard refuses.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, page.html()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_to_our_page_and_nowhere_else() {
        let place = |next: &str| onward(next).headers()[header::LOCATION].to_str().expect("ASCII").to_owned();
        assert_eq!(place("#/usage?by=agent"), "/#/usage?by=agent");
        assert_eq!(place("#/\u{d55c} \r\nSet-Cookie: x"), "/#/%ED%95%9C%20%0D%0ASet-Cookie:%20x");
        for other in ["", "//evil.example", "https://evil.example", "/api/sessions", "javascript:alert(1)"] {
            assert_eq!(place(other), "/", "{other}");
        }
    }

    #[test]
    fn the_cookie_is_for_tls_alone_where_there_is_tls() {
        let https = |name: &'static str, value: &'static str| {
            is_https(&[(header::HeaderName::from_static(name), HeaderValue::from_static(value))].into_iter().collect())
        };
        assert!(https("x-forwarded-proto", "https") && https("origin", "https://factory.example"));
        assert!(!https("x-forwarded-proto", "http") && !https("origin", "http://localhost:5050"));
        assert!(!is_https(&HeaderMap::new()));
    }
}
