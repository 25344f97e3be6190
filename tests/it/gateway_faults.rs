//! Gateways that misbehave: the source says how, goes on living, and heals without help.

use std::future::Future;
use std::pin::Pin;

use factory_dashboard::domain::event::SourceStatus;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::following::{Following, hasty, reports};
use crate::support::scripted::{Peer, Push, Recording, ScriptedGateway};

type Misdeed = fn(Peer) -> Pin<Box<dyn Future<Output = Option<()>> + Send>>;

macro_rules! misdeed {
    ($peer:ident => $body:block) => {
        |mut $peer| {
            Box::pin(async move {
                let _ = &mut $peer;
                $body
            })
        }
    };
}

fn recording() -> Recording {
    Recording::of("2026.9.6")
}

/// Goes on listening and says nothing more.
async fn silence(mut peer: Peer) -> Option<()> {
    loop {
        peer.request().await?;
    }
}

/// What the gateway does, and what of it is told.
const MISDEEDS: [(&str, &str, Misdeed); 19] = [
    ("closes before the challenge", "ended the connection", misdeed!(peer => { peer.close().await })),
    (
        "closes after the challenge",
        "ended the connection",
        misdeed!(peer => {
            peer.frame(recording().challenge).await?;
            peer.close().await
        }),
    ),
    (
        "closes instead of greeting",
        "ended the connection",
        misdeed!(peer => {
            peer.challenge(&recording()).await?;
            peer.close().await
        }),
    ),
    (
        "closes after the greeting",
        "ended the connection",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            peer.close().await
        }),
    ),
    (
        "closes after the subscription",
        "ended the connection",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            let request = peer.request().await?;
            peer.result(&request, json!({"subscribed": true})).await?;
            peer.close().await
        }),
    ),
    (
        "closes in the middle of a list",
        "ended the connection",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            peer.request().await?;
            let request = peer.request().await?;
            peer.result(&request, json!({"hasMore": true, "sessions": [{"key": "agent:a:b", "hasActiveRun": true}]})).await?;
            peer.request().await?;
            peer.close().await
        }),
    ),
    ("says nothing", "did not answer connect.challenge", misdeed!(peer => { silence(peer).await })),
    (
        "never greets",
        "did not answer connect",
        misdeed!(peer => {
            peer.challenge(&recording()).await?;
            silence(peer).await
        }),
    ),
    (
        "never answers",
        "did not answer sessions.",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            silence(peer).await
        }),
    ),
    (
        "answers with other ids",
        "did not answer sessions.",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            loop {
                peer.request().await?;
                for id in ["0", "999", "", "r1"] {
                    peer.result(&json!({"id": id}), json!({"sessions": []})).await?;
                }
                peer.result(&json!({"id": 2}), json!({"sessions": []})).await?;
            }
        }),
    ),
    (
        "talks garbage",
        "nothing that can be understood",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            loop {
                peer.send(Message::text("garbage")).await?;
            }
        }),
    ),
    (
        "talks binary",
        "nothing that can be understood",
        misdeed!(peer => {
            loop {
                peer.send(Message::binary(vec![0, 159, 146, 150])).await?;
            }
        }),
    ),
    (
        "talks nothings",
        "nothing that can be understood",
        misdeed!(peer => {
            loop {
                peer.send(Message::text("")).await?;
                peer.frame(json!({})).await?;
            }
        }),
    ),
    (
        "says far too much at once",
        "more than 32 MB",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            let text = format!("{{\"type\":\"event\",\"event\":\"x\",\"payload\":\"{}\"}}", "x".repeat(40 << 20));
            peer.send(Message::text(text)).await?;
            silence(peer).await
        }),
    ),
    (
        "greets with something else",
        "its greeting is not understood",
        misdeed!(peer => {
            let request = peer.challenge(&recording()).await?;
            peer.result(&request, json!(["hello"])).await?;
            silence(peer).await
        }),
    ),
    (
        "challenges with something else",
        "its challenge is not understood",
        misdeed!(peer => {
            peer.frame(json!({"type": "event", "event": "connect.challenge", "payload": {"nonce": 5}})).await?;
            silence(peer).await
        }),
    ),
    (
        "lists something else",
        "answer to sessions.list is not understood",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            loop {
                let request = peer.request().await?;
                peer.result(&request, json!({"sessions": "none"})).await?;
            }
        }),
    ),
    (
        "goes on and on before the challenge",
        "did not answer connect.challenge",
        misdeed!(peer => {
            loop {
                peer.frame(json!({"type": "event", "event": "unheard.of", "payload": "x".repeat(1_000)})).await?;
            }
        }),
    ),
    (
        "goes on and on instead of answering",
        "did not answer sessions.",
        misdeed!(peer => {
            peer.greet(&recording()).await?;
            for number in 0_u64.. {
                let event = json!({"type": "event", "event": "unheard.of", "payload": {"sessionKey": number}, "seq": number * 2});
                peer.frame(event).await?;
            }
            None
        }),
    ),
];

/// Each does it to the first two connections, and behaves from then on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_misbehaviour_ends_or_wedges_the_source() {
    for (what, words, misdeed) in MISDEEDS {
        let gateway = ScriptedGateway::start(move |mut peer| async move {
            if peer.number < 2 {
                return misdeed(peer).await;
            }
            peer.greet(&recording()).await?;
            peer.serve(&recording()).await
        })
        .await;
        let mut told = Following { timing: hasty(), ..Following::of(&gateway.url) }.start();
        told.until_said(words).await;
        told.until_well().await;
        told.until_state("agent:ops:live", true).await;
        let events = told.end().await;
        for report in reports(&events) {
            let is_well = report.status == SourceStatus::Ok || report.status == SourceStatus::Scanning;
            assert_eq!(is_well, report.detail.is_empty(), "{what}: {report:?}");
            assert!(report.detail.len() < 500, "{what}: {report:?}");
        }
    }
}

/// What is odd, and no reason to end the connection.
#[tokio::test]
async fn oddities_in_between_change_nothing() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        peer.greet(&recording()).await?;
        let subscribe = peer.request().await?;
        let list = peer.request().await?;
        let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
        for odd in ["garbage", "", "null", "[]", "{\"type\":\"res\"}", "{\"type\":\"event\",\"event\":7}", &deep] {
            peer.send(Message::text(odd.to_owned())).await?;
        }
        for name in ["agent", "chat", "task", "session.message", "sessions.changed", "unheard.of"] {
            let text = format!("{{\"type\":\"event\",\"event\":\"{name}\",\"payload\":{deep},\"seq\":{{}}}}");
            peer.send(Message::text(text)).await?;
            peer.send(Message::binary(vec![1, 2, 3])).await?;
            peer.send(Message::Ping(vec![0; 100].into())).await?;
        }
        // Out of order, and twice.
        let row = |runs: bool| json!({"sessions": [{"key": "agent:a:b", "hasActiveRun": runs}]});
        peer.result(&list, row(true)).await?;
        peer.result(&list, row(false)).await?;
        peer.refuse(&list, &json!({"code": "UNAVAILABLE"})).await?;
        peer.result(&subscribe, json!(null)).await?;
        peer.refuse(&subscribe, &json!("no")).await?;
        peer.serve(&Recording { answers: [("sessions.list".to_owned(), row(true))].into(), ..recording() }).await
    })
    .await;
    let mut told = Following::of(&gateway.url).start();
    told.until_state("agent:a:b", true).await;
    gateway.event("agent", json!({"sessionKey": "agent:a:b", "stream": "lifecycle", "data": {"phase": "end"}}));
    told.until_state("agent:a:b", false).await;
    assert_eq!(gateway.asked("connect").len(), 1, "the first connection holds");
    told.end().await;
}

/// A slow answer is said once and forgotten with the answer.
#[tokio::test]
async fn a_slow_gateway_is_called_slow_until_it_answers() {
    let gateway = ScriptedGateway::playing(recording()).await;
    gateway.answer("sessions.list", None);
    let mut following = Following { timing: hasty(), ..Following::of(&gateway.url) };
    (following.timing.lost, following.timing.silence) = (following.timing.list_every, following.timing.list_every);
    let mut told = following.start();
    told.until_said("did not answer sessions.list").await;
    let answer = json!({"type": "res", "id": "3", "ok": true, "payload": {"sessions": []}});
    gateway.push(Push::Frame(answer));
    told.until_well().await;
    assert_eq!(gateway.asked("connect").len(), 1);
    told.end().await;
}
