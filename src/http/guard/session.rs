//! The cookie of a browser that signed in, and the CSRF token that belongs to it. Nothing is kept: the cookie
//! carries its end and a seal of the server's token, so it outlives a restart and ends with another token.

use axum::http::{HeaderMap, header};

use super::token::Token;
use crate::domain::Millis;

const NAME: &str = "factory_session";
const DAYS: i64 = 30;

/// The value of a new cookie: `<end>.<number>.<seal>`. The number tells two sign-ins of one moment apart; nobody
/// can make use of guessing it, since the seal cannot be guessed.
#[must_use]
pub fn issue(token: &Token, number: u64, now: Millis) -> String {
    let end = now + DAYS * 86_400_000;
    let seal = token.seal("session", &format!("{end}|{number}"));
    format!("{end}.{number}.{seal}")
}

fn holds(token: &Token, value: &str, now: Millis) -> bool {
    let mut parts = value.splitn(3, '.');
    let (Some(end), Some(number), Some(seal)) = (parts.next(), parts.next(), parts.next()) else { return false };
    token.sealed("session", &format!("{end}|{number}"), seal) && end.parse().is_ok_and(|end: Millis| now < end)
}

/// The cookie of a request that is ours and has not ended. There may be several of the name: another server on
/// another port of this machine shares the browser's cookies with us.
#[must_use]
pub fn of(headers: &HeaderMap, token: &Token, now: Millis) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == NAME && holds(token, value, now))
        .map(|(_, value)| value.to_owned())
}

/// What a page must send back in `X-CSRF-Token`.
#[must_use]
pub fn csrf(token: &Token, session: &str) -> String {
    token.seal("csrf", session)
}

/// Whether it was sent back.
#[must_use]
pub fn csrf_is_right(token: &Token, session: &str, headers: &HeaderMap) -> bool {
    headers
        .get("x-csrf-token")
        .and_then(|given| given.to_str().ok())
        .is_some_and(|given| token.sealed("csrf", session, given))
}

/// The `Set-Cookie` of a sign-in.
#[must_use]
pub fn set_cookie(value: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{NAME}={value}; Max-Age={}; Path=/; HttpOnly; SameSite=Strict{secure}", DAYS * 86_400)
}

/// The `Set-Cookie` of a sign-out.
#[must_use]
pub fn clear_cookie() -> String {
    format!("{NAME}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_521_600_000;
    const END: Millis = NOW + 2_592_000_000;

    fn cookies(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, line.parse().expect("a header"))).collect()
    }

    #[test]
    fn a_cookie_holds_for_thirty_days() {
        let token = Token::new("a-long-enough-token");
        let value = issue(&token, 7, NOW);
        // printf 'session|1798113600000|7' | openssl dgst -sha256 -hmac a-long-enough-token -binary | basenc --base64url
        assert_eq!(value, "1798113600000.7.nU9v4xWWZsbRejes_civP61HDX0MoDe67bgknhFKHjs");
        let headers = cookies(&[&format!("other=1; factory_session=stale; factory_session={value}")]);
        assert_eq!(of(&headers, &token, NOW), Some(value.clone()));
        assert_eq!(of(&headers, &token, END - 1), Some(value));
        assert_eq!(of(&headers, &token, END), None, "it has ended");
        assert_eq!(of(&headers, &Token::new("another-token-of-ours"), NOW), None, "the token was changed");
    }

    #[test]
    fn a_cookie_that_was_tampered_with_is_none() {
        let token = Token::new("a-long-enough-token");
        let value = issue(&token, 7, NOW);
        let seal = value.rsplit('.').next().expect("a seal");
        for forged in [
            format!("{}.7.{seal}", END + 1),
            format!("{END}.8.{seal}"),
            format!("{END}.7.{}", csrf(&token, &value)),
            format!("{END}.7."),
            format!("{END}.7"),
            format!("{value}.x"),
            String::new(),
        ] {
            assert_eq!(of(&cookies(&[&format!("factory_session={forged}")]), &token, NOW), None, "{forged}");
        }
        assert_eq!(of(&cookies(&[&format!("factory_sessions={value}")]), &token, NOW), None);
    }

    #[test]
    fn the_csrf_token_belongs_to_one_cookie() {
        let token = Token::new("a-long-enough-token");
        let (one, two) = (issue(&token, 1, NOW), issue(&token, 2, NOW));
        let headers: HeaderMap =
            [("x-csrf-token".parse().expect("a name"), csrf(&token, &one).parse().expect("a value"))]
                .into_iter()
                .collect();
        assert!(csrf_is_right(&token, &one, &headers));
        assert!(!csrf_is_right(&token, &two, &headers));
        assert!(!csrf_is_right(&token, &one, &HeaderMap::new()));
    }
}
