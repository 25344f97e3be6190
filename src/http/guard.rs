//! Who may read: the host name, the token, and the headers that keep a browser strict.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// What a page may load: only what this server sends.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The rules of this server.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The bearer token; without one only a loopback address is served.
    pub token: Option<String>,
}

/// Checks a request, and adds the headers to its answer.
pub async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.admits(request.headers()) {
        Ok(()) => next.run(request).await,
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
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

impl Guard {
    fn admits(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match &self.token {
            // Another site can make a browser call 127.0.0.1 by a name of its own (DNS rebinding);
            // the name then stands in the Host header.
            None if !is_loopback(headers) => Err(ApiError::WrongHost),
            Some(token) if !given(headers).is_some_and(|given| same(given.as_bytes(), token.as_bytes())) => {
                Err(ApiError::Unauthorized)
            }
            _ => Ok(()),
        }
    }
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return true };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The token of a script (`Bearer`), or of a browser that asked its user (`Basic`, as the password).
fn given(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = data_encoding::BASE64.decode(rest.trim().as_bytes()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Compares in a time that does not tell where the difference is.
fn same(given: &[u8], expected: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    given.ct_eq(expected).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(token: Option<&str>, pairs: &[(HeaderName, &str)]) -> bool {
        let headers =
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a header"))).collect();
        Guard { token: token.map(str::to_owned) }.admits(&headers).is_ok()
    }

    #[test]
    fn without_a_token_only_loopback_names_are_served() {
        for host in ["127.0.0.1:5050", "localhost", "LOCALHOST:1", "[::1]:5050", "127.8.9.1"] {
            assert!(admits(None, &[(header::HOST, host)]), "{host}");
        }
        for host in ["evil.example", "evil.example:5050", "127.0.0.1.evil.example", "192.168.0.2:5050", ""] {
            assert!(!admits(None, &[(header::HOST, host)]), "{host}");
        }
    }

    #[test]
    fn a_token_is_taken_as_bearer_or_password() {
        for value in ["Bearer s3cret", "bearer s3cret", "Basic YW55Ym9keTpzM2NyZXQ="] {
            assert!(admits(Some("s3cret"), &[(header::AUTHORIZATION, value)]), "{value}");
        }
        for value in ["Bearer s3cre", "Bearer s3cret1", "Basic czNjcmV0", "Basic %%", "s3cret", "Bearer "] {
            assert!(!admits(Some("s3cret"), &[(header::AUTHORIZATION, value)]), "{value}");
        }
        assert!(!admits(Some("s3cret"), &[]));
    }
}
