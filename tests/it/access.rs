//! Who may: host names, origins, sign-in, CSRF, the pauses after wrong tokens, the token's file.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use axum::routing::post;
use axum::{Router, middleware};
use factory_dashboard::clock::ManualClock;
use factory_dashboard::http::guard::caller::Controller;
use factory_dashboard::http::guard::token::Token;
use factory_dashboard::http::guard::{Door, Guard, Reading, check};
use factory_dashboard::hub::Hub;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{NOW, Server, pipeline, server};

mod guessing;
mod start;

const TOKEN: &str = "a-long-enough-token";
// Each seal: printf 'purpose|text' | openssl dgst -sha256 -hmac a-long-enough-token -binary | basenc --base64url
/// The first cookie of a server whose clock shows [`NOW`]: `session|1798113600000|0`.
const SESSION: &str = "1798113600000.0.l8YgSYfvDbj_x6CeVY2cjY-e1S5S2YdLcDD-GUxxXdg";
/// What belongs to it: `csrf|` and that cookie.
const CSRF: &str = "MZ0ux5tEVKbbB2VzMhbMN0umq6njihft12rXYB6Tp08";
/// A cookie that was good until [`NOW`].
const ENDED: &str = "1795521600000.0.7GOI2tREIbOw-D5Bee-5_FD6k3v4GN1X-37G7-pJJAE";

fn guard(reading: Reading, allow_control: bool) -> Guard {
    Guard { token: Some(Token::new(TOKEN)), reading, allow_control }
}

fn serving(guard: Guard) -> (Server, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(NOW));
    (server(Hub::new(pipeline(NOW).board(NOW)), Arc::clone(&clock), guard), clock)
}

/// A request; `X: a` are headers.
fn request(method: Method, path: &str, headers: &[&str], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for line in headers {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn get(server: &Server, path: &str, headers: &[&str]) -> Response<Body> {
    server.send(request(Method::GET, path, headers, "")).await
}

async fn sign_in(server: &Server, form: &str, headers: &[&str]) -> Response<Body> {
    let headers = [headers, &["content-type: application/x-www-form-urlencoded"]].concat();
    server.send(request(Method::POST, "/sign-in", &headers, form)).await
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn who_gets_in() {
    let (bearer, cookie) = (format!("authorization: Bearer {TOKEN}"), format!("cookie: factory_session={SESSION}"));
    let csrf = format!("x-csrf-token: {CSRF}");
    let ended = format!("cookie: factory_session={ENDED}");
    let (here, there) = ("host: 127.0.0.1:5050", "host: factory.example");
    let open = Guard::default();
    let closed = guard(Reading::Token, false);
    let (ok, unauthorized, forbidden) = (StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    // POST to a route that only reads: 405 means that it was let in.
    let let_in = StatusCode::METHOD_NOT_ALLOWED;
    let (read, change) = (Method::GET, Method::POST);
    let health = "/api/health";
    let upgrade = "upgrade: websocket";
    // There is nothing at this path: 404 means that it was let in.
    let (nothing, missing) = ("/api/nothing", StatusCode::NOT_FOUND);
    let cases: Vec<(&Guard, &Method, &str, Vec<&str>, StatusCode)> = vec![
        // On loopback without a token: any loopback name, no other.
        (&open, &read, health, vec![here], ok),
        (&open, &read, health, vec!["host: localhost:5050"], ok),
        (&open, &read, health, vec!["host: [::1]:5050"], ok),
        (&open, &read, health, vec!["host: rebound.example:5050"], StatusCode::MISDIRECTED_REQUEST),
        (&open, &read, "/", vec!["host: rebound.example:5050"], StatusCode::MISDIRECTED_REQUEST),
        // With a token any name, but only with the token.
        (&closed, &read, health, vec![there, &bearer], ok),
        (&closed, &read, health, vec![there, &cookie], ok),
        (&closed, &read, health, vec![there], unauthorized),
        (&closed, &read, health, vec![there, "accept: text/html"], unauthorized),
        (&closed, &read, health, vec![there, "authorization: Bearer a-long-enough-tokem"], unauthorized),
        (&closed, &read, health, vec![there, "authorization: Basic eDphLWxvbmctZW5vdWdoLXRva2Vu"], unauthorized),
        (&closed, &read, health, vec![there, &ended], unauthorized),
        (&closed, &read, health, vec![there, "cookie: factory_session=1.0.x"], unauthorized),
        (&closed, &read, health, vec![there, &ended, &cookie], ok),
        (&closed, &read, "/app.js", vec![there], unauthorized),
        (&closed, &read, "/css/tokens.css", vec![there], ok),
        (&closed, &read, "/css/../app.js", vec![there], unauthorized),
        // Origins.
        (&open, &change, health, vec![here], let_in),
        (&open, &change, health, vec![here, "origin: http://127.0.0.1:5050"], let_in),
        (&open, &change, health, vec![here, "origin: http://127.0.0.1:3000"], forbidden),
        (&open, &change, health, vec![here, "origin: https://evil.example"], forbidden),
        (&open, &change, health, vec![here, "origin: null"], forbidden),
        (&open, &Method::OPTIONS, health, vec![here, "origin: https://evil.example"], forbidden),
        (&closed, &change, health, vec![there, &bearer, "origin: https://evil.example"], forbidden),
        (&closed, &change, health, vec![there, &bearer, "origin: https://factory.example"], let_in),
        (&open, &read, nothing, vec![here, upgrade], missing),
        (&open, &read, nothing, vec![here, upgrade, "origin: http://127.0.0.1:5050"], missing),
        (&open, &read, nothing, vec![here, upgrade, "origin: http://localhost:5050"], forbidden),
        (&open, &read, nothing, vec![here, upgrade, "origin: null"], forbidden),
        (&closed, &read, nothing, vec![there, &cookie, upgrade, "origin: https://evil.example"], forbidden),
        (&open, &read, health, vec![here, "sec-fetch-site: same-origin"], ok),
        (&open, &read, health, vec![here, "sec-fetch-site: same-site"], forbidden),
        (&open, &read, health, vec![here, "sec-fetch-site: cross-site", "sec-fetch-mode: navigate"], forbidden),
        (&open, &read, "/", vec![here, "sec-fetch-site: cross-site", "sec-fetch-mode: navigate"], ok),
        // A browser that changes something shows what only our page knows.
        (&closed, &change, health, vec![there, &bearer], let_in),
        (&closed, &change, health, vec![there, &cookie], forbidden),
        (&closed, &change, health, vec![there, &cookie, "x-csrf-token: x"], forbidden),
        (&closed, &change, health, vec![there, &cookie, &csrf], let_in),
        (&closed, &change, health, vec![there, &csrf], unauthorized),
        (&closed, &change, health, vec![there, &bearer, &cookie], let_in),
    ];
    for (guard, method, path, headers, expected) in cases {
        let (server, _) = serving(guard.clone());
        let response = server.send(request(method.clone(), path, &headers, "")).await;
        let status = response.status();
        assert_eq!(status, expected, "{method} {path} {headers:?}");
        if status.is_client_error() && status != let_in && status != missing {
            assert_eq!(value(response.headers(), "content-type"), "application/problem+json", "{method} {path}");
        }
        let challenge = value(response.headers(), "www-authenticate").to_owned();
        assert_eq!(challenge.starts_with("Bearer"), status == unauthorized, "{challenge}: Basic would open a window");
        assert!(!text(response).await.contains(TOKEN));
    }
}

#[tokio::test]
async fn access_says_what_one_may() {
    let (bearer, cookie) = (format!("authorization: Bearer {TOKEN}"), format!("cookie: factory_session={SESSION}"));
    for (guard, headers, expected) in [
        (Guard::default(), vec![], ("open", "off", Value::Null)),
        (Guard { allow_control: true, ..Guard::default() }, vec![], ("open", "signIn", Value::Null)),
        (guard(Reading::Open, true), vec![], ("open", "signIn", Value::Null)),
        (guard(Reading::Open, true), vec![bearer.as_str()], ("bearer", "allowed", Value::Null)),
        (guard(Reading::Open, true), vec![cookie.as_str()], ("browser", "allowed", json!(CSRF))),
        (guard(Reading::Token, true), vec![cookie.as_str()], ("browser", "allowed", json!(CSRF))),
        (guard(Reading::Token, false), vec![cookie.as_str()], ("browser", "off", json!(CSRF))),
        (guard(Reading::Token, false), vec![bearer.as_str()], ("bearer", "off", Value::Null)),
    ] {
        let response = get(&serving(guard).0, "/api/access", &headers).await;
        assert_eq!(value(response.headers(), "cache-control"), "no-store");
        let answer: Value = serde_json::from_str(&text(response).await).unwrap();
        let (reader, control, csrf) = expected;
        assert_eq!(answer, json!({"reader": reader, "control": control, "csrf": csrf}));
    }
}

#[tokio::test]
async fn a_browser_is_led_to_the_sign_in_and_back() {
    let (server, clock) = serving(guard(Reading::Token, true));
    let response = get(&server, "/", &["accept: text/html,*/*;q=0.8"]).await;
    assert_eq!((response.status(), value(response.headers(), "location")), (StatusCode::SEE_OTHER, "/sign-in"));

    let response =
        get(&server, "/sign-in?next=%23%2Fusage%22%3E%3Cscript%3E", &["accept-language: ko-KR,en;q=0.5"]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert!(value(&headers, "content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(value(&headers, "referrer-policy"), "same-origin", "else a browser hides the origin of the form");
    assert_eq!(value(&headers, "cache-control"), "no-store");
    let page = text(response).await;
    assert!(page.contains("<html lang=\"ko\">") && page.contains("로그인"), "{page}");
    assert!(page.contains("value=\"#/usage&quot;&gt;&lt;script&gt;\"") && !page.contains("<script"), "{page}");
    for file in
        page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1)).map(|rest| rest.split('"').next().unwrap())
    {
        assert_eq!(get(&server, file, &[]).await.status(), StatusCode::OK, "{file} is needed before the sign-in");
    }
    assert_eq!(get(&server, "/sign-in.html", &[&format!("authorization: Bearer {TOKEN}")]).await.status(), 404);

    let response = sign_in(&server, "token=another-long-token&next=%23%2Fusage", &[]).await;
    assert_eq!((response.status(), value(response.headers(), "set-cookie")), (StatusCode::UNAUTHORIZED, ""));
    let page = text(response).await;
    assert!(page.contains("role=\"alert\"") && page.contains("value=\"#/usage\""), "{page}");
    assert!(!page.contains("another-long-token"), "what was typed is not shown");
    assert_eq!(sign_in(&server, "token=+&next=", &[]).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&server, "%%%", &[]).await.status(), StatusCode::UNAUTHORIZED);

    let origin = ["host: 10.0.0.2:5050", "origin: http://10.0.0.2:5050"];
    let response = sign_in(&server, &format!("token=%20{TOKEN}%0A&next=%23%2Fusage"), &origin).await;
    assert_eq!((response.status(), value(response.headers(), "location")), (StatusCode::SEE_OTHER, "/#/usage"));
    assert_eq!(
        value(response.headers(), "set-cookie"),
        format!("factory_session={SESSION}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict")
    );
    let cookie = format!("cookie: factory_session={SESSION}");
    assert_eq!(get(&server, "/", &[&cookie]).await.status(), StatusCode::OK);
    let response = get(&server, "/sign-in?next=%23%2Fusage", &[&cookie]).await;
    assert_eq!((response.status(), value(response.headers(), "location")), (StatusCode::SEE_OTHER, "/#/usage"));

    let post = async |headers: &[&str]| server.send(request(Method::POST, "/sign-out", headers, "")).await;
    assert_eq!(post(&[&cookie]).await.status(), StatusCode::FORBIDDEN, "another site cannot sign anybody out");
    let response = post(&[&cookie, &format!("x-csrf-token: {CSRF}")]).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert!(value(response.headers(), "set-cookie").starts_with("factory_session=; Max-Age=0; Path=/"));
    assert_eq!(post(&[]).await.status(), StatusCode::NO_CONTENT, "nobody to sign out");

    clock.set(NOW + 30 * 86_400_000);
    assert_eq!(get(&server, "/api/health", &[&cookie]).await.status(), StatusCode::UNAUTHORIZED, "after thirty days");
}

#[tokio::test]
async fn a_sign_in_obeys_its_surroundings() {
    let (server, _) = serving(guard(Reading::Token, false));
    let form = format!("token={TOKEN}&next=https%3A%2F%2Fevil.example");
    let response = sign_in(&server, &form, &["host: f.example", "origin: https://f.example"]).await;
    assert!(value(response.headers(), "set-cookie").ends_with("; Secure"), "the browser speaks TLS");
    assert_eq!(value(response.headers(), "location"), "/");
    assert!(
        value(sign_in(&server, &form, &["x-forwarded-proto: https"]).await.headers(), "set-cookie").ends_with("Secure")
    );
    for origin in ["origin: https://evil.example", "origin: null"] {
        let response = sign_in(&server, &form, &["host: f.example", origin]).await;
        assert_eq!(
            (response.status(), value(response.headers(), "set-cookie")),
            (StatusCode::FORBIDDEN, ""),
            "{origin}"
        );
    }
    let big = format!("token={}", "x".repeat(20_000));
    assert_eq!(sign_in(&server, &big, &[]).await.status(), StatusCode::UNAUTHORIZED);

    let link = get(&server, "/sign-in", &["sec-fetch-site: cross-site", "sec-fetch-mode: navigate"]).await;
    assert!(text(link).await.contains("http-equiv=\"refresh\""), "the cookie comes with the second try");
    assert!(!text(get(&server, "/sign-in", &["sec-fetch-site: same-origin"]).await).await.contains("refresh"));

    let (open, _) = serving(Guard::default());
    for response in [get(&open, "/sign-in", &[]).await, sign_in(&open, "token=x", &[]).await] {
        assert_eq!((response.status(), value(response.headers(), "location")), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(value(response.headers(), "set-cookie"), "", "there is nothing to sign in to");
    }
}

#[tokio::test]
async fn control_is_for_those_who_may() {
    let (bearer, cookie) = (format!("authorization: Bearer {TOKEN}"), format!("cookie: factory_session={SESSION}"));
    let csrf = format!("x-csrf-token: {CSRF}");
    for (guard, headers, expected) in [
        (Guard::default(), vec![], (403, "--allow-control")),
        (Guard { allow_control: true, ..Guard::default() }, vec![], (401, "sign in")),
        (guard(Reading::Open, true), vec![], (401, "sign in")),
        (guard(Reading::Open, false), vec![&bearer], (403, "--allow-control")),
        (guard(Reading::Open, true), vec![&cookie], (403, "X-CSRF-Token")),
        (guard(Reading::Open, true), vec![&cookie, &csrf], (200, "browser")),
        (guard(Reading::Token, true), vec![&bearer], (200, "bearer")),
    ] {
        let act = post(|controller: Controller| async move { controller.who.word() });
        let door = Arc::new(Door::new(guard, Arc::new(ManualClock::at(NOW))));
        let router = Router::new().route("/api/act", act).layer(middleware::from_fn_with_state(door, check));
        let headers: Vec<&str> = headers.iter().map(|line| line.as_str()).collect();
        let response = router.oneshot(request(Method::POST, "/api/act", &headers, "")).await.unwrap();
        let status = response.status().as_u16();
        let said = text(response).await;
        assert!(status == expected.0 && said.contains(expected.1), "{headers:?}: {status} {said}");
    }
}
