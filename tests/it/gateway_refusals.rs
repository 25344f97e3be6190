//! Gateways that do not let us in, and what is none: each is told in words that say what to do.

use std::sync::{Arc, Mutex};

use factory_dashboard::domain::event::SourceStatus;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::following::{Following, hasty, reports};
use crate::support::scripted::{Recording, ScriptedGateway, TOKEN};

fn recording() -> Recording {
    Recording::of("2026.9.6")
}

/// What is refused in the greeting, and the words for it.
fn refusals() -> Vec<(Value, &'static str)> {
    let code =
        |code: &str, message: &str, details: Value| json!({"code": code, "message": message, "details": details});
    vec![
        (
            code("INVALID_REQUEST", "unauthorized: gateway token mismatch", json!({"code": "AUTH_TOKEN_MISMATCH"})),
            "refuses the token",
        ),
        (
            code("NOT_PAIRED", "pairing required", json!({"code": "PAIRING_REQUIRED", "requestId": "r-17"})),
            "openclaw devices approve r-17",
        ),
        (
            code("INVALID_REQUEST", "protocol mismatch", json!({"code": "PROTOCOL_MISMATCH", "expectedProtocol": 7})),
            "speaks version 7",
        ),
        (
            code("FORBIDDEN", "missing scope: operator.read", json!({"code": "MISSING_SCOPE"})),
            "without the right 'operator.read'",
        ),
        (
            code("INVALID_REQUEST", "too many failed attempts", json!({"code": "AUTH_RATE_LIMITED"})),
            "too many wrong tokens",
        ),
        (code("UNAVAILABLE", "starting", json!(null)), "refused: starting (UNAVAILABLE)"),
        (json!("no"), "refused:"),
    ]
}

#[tokio::test]
async fn whoever_refuses_us_is_told_in_words_that_help() {
    for (error, words) in refusals() {
        let gateway = ScriptedGateway::start(move |mut peer| {
            let error = error.clone();
            async move {
                // A device may be tried as well.
                if peer.number < 2 {
                    let request = peer.challenge(&recording()).await?;
                    peer.refuse(&request, &error).await?;
                    return peer.close().await;
                }
                peer.greet(&recording()).await?;
                peer.serve(&recording()).await
            }
        })
        .await;
        let mut told = Following::of(&gateway.url).start();
        told.until_said(words).await;
        told.until_well().await;
        let events = told.end().await;
        assert!(reports(&events).all(|report| report.detail.is_empty() || report.detail.contains(words)), "{words}");
    }
}

#[tokio::test]
async fn a_gateway_that_wants_a_token_is_not_called_a_stranger() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        let request = peer.challenge(&recording()).await?;
        assert!(request["params"]["auth"].is_null());
        let details = json!({"code": "DEVICE_IDENTITY_REQUIRED"});
        let error = json!({"code": "NOT_PAIRED", "message": "device identity required", "details": details});
        peer.refuse(&request, &error).await?;
        peer.close().await
    })
    .await;
    let mut told = Following { token: None, ..Following::of(&gateway.url) }.start();
    told.until_said("wants a token and none was found").await;
    told.end().await;
    assert!(
        gateway.asked("connect").iter().all(|params| params["device"].is_null()),
        "nothing is paired without a token"
    );
}

/// Whatever is mended is taken up at the next attempt: the token, or the file that it stands in.
#[tokio::test]
async fn a_token_that_is_mended_is_taken_up() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        let request = peer.challenge(&recording()).await?;
        if request["params"]["auth"]["token"] != TOKEN {
            let details = json!({"code": "AUTH_TOKEN_MISMATCH"});
            let error = json!({"code": "INVALID_REQUEST", "message": "unauthorized", "details": details});
            peer.refuse(&request, &error).await?;
            return peer.close().await;
        }
        peer.result(&request, recording().hello).await?;
        peer.serve(&recording()).await
    })
    .await;
    let token = Arc::new(Mutex::new(Err("the token's file cannot be read".to_owned())));
    let present = Arc::clone(&token);
    let mut told = Following::of(&gateway.url).start_with(move || present.lock().unwrap().clone());
    told.until_said("the token's file cannot be read").await;
    *token.lock().unwrap() = Ok(Some("an old one"));
    told.until_said("refuses the token").await;
    *token.lock().unwrap() = Ok(Some(TOKEN));
    told.until_well().await;
    told.end().await;
}

#[tokio::test]
async fn nothing_secret_of_an_address_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut told = Following::of(&format!("ws://user:secret-1@{address}/path?token=secret-2")).start();
    told.until_said(&format!("No gateway answers at ws://{address}/path ")).await;
    let events = told.end().await;
    assert!(!format!("{events:?}").contains("secret"), "{events:?}");
}

/// One that takes the connection and no more is slow, and not away: that is told even where none need run.
#[tokio::test]
async fn a_gateway_that_hangs_is_told_from_one_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let mut told = Following { is_optional: true, timing: hasty(), ..Following::of(&url) }.start();
    told.until_said("did not answer the connection within").await;
    told.end().await;
    drop(listener);
}

#[tokio::test]
async fn the_gateway_of_another_installation_is_not_believed() {
    let (ours, theirs) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
    let mut recording = recording();
    recording.hello["snapshot"]["stateDir"] = theirs.path().to_str().unwrap().into();
    let gateway = ScriptedGateway::playing(recording).await;
    let following =
        |root: &std::path::Path| Following { must_be_of: Some(root.to_owned()), ..Following::of(&gateway.url) };
    let mut told = following(ours.path()).start();
    told.until_said(&format!("speaks for {}", theirs.path().display())).await;
    let events = told.end().await;
    assert!(reports(&events).all(|report| report.status == SourceStatus::Degraded));
    let mut told = following(theirs.path()).start();
    told.until_well().await;
    told.end().await;
}

#[tokio::test]
async fn no_gateway_is_a_fault_only_where_one_was_named_or_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("ws://{address}");
    let mut told = Following::of(&url).start();
    told.until_said("No gateway answers at ws://").await;
    told.end().await;
    let mut told = Following { is_optional: true, ..Following::of(&url) }.start();
    // It goes on calling in silence, and hears the one that comes.
    let listener = loop {
        match TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let (stream, _) = listener.accept().await.unwrap();
    assert!(told.events.is_empty());
    drop(stream);
    told.until_said("is no OpenClaw gateway").await;
    assert!(reports(&told.events).all(|report| !report.detail.contains("No gateway answers")));
    // What was said does not stay when it is true no more.
    drop(listener);
    told.until_said("No gateway answers").await;
    told.end().await;
}

/// A page that answers every path, as OpenClaw's own port does for a wrong one, is no gateway.
#[tokio::test]
async fn a_web_server_is_no_gateway() {
    let app = axum::Router::new().fallback(|| async { "hello" });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app).into_future());
    let mut told = Following { is_alone: true, is_optional: true, ..Following::of(&url) }.start();
    told.until_said("is no OpenClaw gateway").await;
    let events = told.end().await;
    assert!(reports(&events).all(|report| report.status == SourceStatus::Down));
}
