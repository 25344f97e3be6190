//! The source `gateway` against what real gateways said: who runs, and when everything is asked for anew.

use factory_dashboard::domain::event::Event;
use serde_json::{Value, json};

use crate::support::following::{Following, Told, reports, states};
use crate::support::scripted::{Push, Recording, ScriptedGateway};

const LIVE: &str = "agent:ops:live";

/// Whether an event begins or ends a run of the session that the recordings are about.
fn turn(frame: &Value) -> Option<bool> {
    let payload = &frame["payload"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if payload["sessionKey"] != LIVE {
        return None;
    }
    match (frame["event"].as_str()?, word(&payload["stream"]).as_str(), word(&payload["state"]).as_str()) {
        ("agent", "lifecycle", _) if payload["data"]["phase"] == "start" => Some(true),
        ("chat", _, "final" | "aborted") => Some(false),
        // 2026.9.6 counts a compaction as a run.
        ("sessions.changed", ..) if payload["phase"] == "message" => payload["session"]["hasActiveRun"].as_bool(),
        ("sessions.changed", ..) if payload["reason"] == "compact" => Some(false),
        _ => None,
    }
}

/// Plays the events of a recording one by one, and waits wherever a run begins or ends.
async fn play(version: &str, list: Value) -> Told {
    let recording = Recording::of(version);
    let gateway = ScriptedGateway::playing(recording.clone()).await;
    gateway.answer("sessions.list", Some(list));
    let mut following = Following::of(&gateway.url);
    // The recordings have gaps, and the list is that of one moment.
    following.timing.settle = following.timing.list_every;
    let mut told = following.start();
    told.until_well().await;
    let mut turns = 0;
    for frame in &recording.events {
        gateway.push(Push::Frame(frame.clone()));
        if let Some(runs) = turn(frame) {
            turns += 1;
            told.until_state(LIVE, runs).await;
        }
    }
    assert!(turns >= 4, "the recording was understood: {turns}");
    // What comes after the last event comes after all of them.
    fence(&gateway, &mut told, 1).await;
    assert_eq!(gateway.asked("sessions.list").len(), 1);
    told
}

/// Has a run begin of which nothing else is said, and waits until that is told.
async fn fence(gateway: &ScriptedGateway, told: &mut Told, number: usize) {
    let key = format!("agent:fence:{number}");
    gateway.event("agent", json!({"sessionKey": key, "runId": "f", "stream": "lifecycle", "data": {"phase": "start"}}));
    told.until_state(&key, true).await;
}

fn row(key: &str, runs: bool) -> Value {
    json!({"key": key, "sessionId": format!("id-{key}"), "updatedAt": 1_795_358_374_295_i64, "hasActiveRun": runs})
}

#[tokio::test]
async fn a_recording_of_2026_5_28_is_told_in_its_order() {
    let subagent = "agent:main:subagent:1cbbed00-185f-473b-995a-3abe95ee29de";
    let list = json!({"sessions": [row("agent:ops:longrun", true), row(subagent, true), row("agent:ops:main", false)]});
    let told = play("2026.5.28", list).await;
    assert_eq!(states(&told.events, LIVE), [true, false, true, false]);
    assert_eq!(states(&told.events, "agent:ops:longrun"), [true]);
    assert_eq!(states(&told.events, subagent), [true, false]);
    assert_eq!(states(&told.events, "agent:ops:main"), [false]);
    only_runs(&told.end().await);
}

#[tokio::test]
async fn a_recording_of_2026_9_6_is_told_in_its_order() {
    let told = play("2026.9.6", json!({"sessions": [row("agent:main:main", false)]})).await;
    assert_eq!(states(&told.events, LIVE), [true, false, true, false, true, false, true, false]);
    only_runs(&told.end().await);
}

#[tokio::test]
async fn a_recording_of_2026_3_13_is_told_in_its_order_to_a_device_that_proves_itself() {
    let list = Recording::of("2026.3.13").answers["sessions.list"].clone();
    let told = play("2026.3.13", list).await;
    assert_eq!(states(&told.events, LIVE), [true, false, true, false]);
    only_runs(&told.end().await);
}

/// Where files are read, they are the truth for all but who runs.
fn only_runs(events: &[Event]) {
    for event in events {
        assert!(matches!(event, Event::RunsChanged(..) | Event::SourceReported(_)), "{event:?}");
    }
}

/// 2026.3.13 lets us in without any right; only then a device is shown, and from then on at once.
#[tokio::test]
async fn a_device_is_shown_to_a_gateway_that_wants_one_and_to_no_other() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.3.13")).await;
    let mut told = Following::of(&gateway.url).start();
    told.until_well().await;
    gateway.push(Push::Close);
    gateway.until_asked("connect", 3).await;
    let shown: Vec<bool> = gateway.asked("connect").iter().map(|params| params["device"].is_object()).collect();
    assert_eq!(shown, [false, true, true]);
    told.end().await;
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let mut told = Following::of(&gateway.url).start();
    told.until_well().await;
    assert!(gateway.asked("connect")[0]["device"].is_null());
    assert_eq!(gateway.asked("sessions.subscribe"), [json!({})]);
    assert!(gateway.asked("tasks.list").is_empty() && gateway.asked("sessions.get").is_empty(), "the files have them");
    told.end().await;
}

#[tokio::test]
async fn a_model_that_streams_is_few_events() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let mut told = Following::of(&gateway.url).start();
    told.until_well().await;
    fence(&gateway, &mut told, 1).await;
    let text = "So far. ".repeat(200);
    for _ in 0..3_000 {
        let delta = json!({"sessionKey": "agent:fence:1", "runId": "f", "stream": "assistant", "data": {"text": text, "delta": "."}});
        gateway.event("agent", delta);
    }
    fence(&gateway, &mut told, 2).await;
    let words = told.end().await.into_iter().filter(|event| matches!(event, Event::RunsChanged(..))).count();
    // The list, two fences, and a sign of life for each two seconds that this took.
    assert!(words < 60, "{words} events of 3000 deltas");
}

/// Whatever comes while a list is awaited is reason for one more list, and no more.
#[tokio::test]
async fn events_that_say_too_little_are_one_more_list() {
    let seq = |seq: u64| Push::Frame(json!({"type": "event", "event": "tick", "payload": {}, "seq": seq}));
    let keyless =
        || Push::Frame(json!({"type": "event", "event": "sessions.changed", "payload": {"reason": "delete"}}));
    let unknown = || Push::Frame(json!({"type": "event", "event": "sessions.merged", "payload": {"sessionKey": LIVE}}));
    let bursts: [(&str, Vec<Push>); 4] = [
        ("gaps", (1..50).map(|number| seq(number * 3)).collect()),
        ("keyless events", (1..50).map(|_| keyless()).collect()),
        ("unknown events", (1..50).map(|_| unknown()).collect()),
        ("numbers at the limit", vec![seq(u64::MAX), seq(u64::MAX), seq(1), seq(u64::MAX)]),
    ];
    for (what, burst) in bursts {
        let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
        let mut told = Following::of(&gateway.url).start();
        told.until_well().await;
        // The next list is not answered until the burst has been heard.
        gateway.answer("sessions.list", None);
        gateway.push(unknown());
        gateway.until_asked("sessions.list", 2).await;
        for push in burst {
            gateway.push(push);
        }
        fence(&gateway, &mut told, 1).await;
        assert_eq!(gateway.asked("sessions.list").len(), 2, "{what}");
        gateway.answer("sessions.list", Some(json!({"sessions": []})));
        // The greeting, the subscription and the first list came before it.
        let answer = json!({"type": "res", "id": "4", "ok": true, "payload": {"sessions": []}});
        gateway.push(Push::Frame(answer));
        gateway.until_asked("sessions.list", 3).await;
        // Not a gap, and with a key: no reason for anything.
        gateway.push(Push::Frame(json!({"type": "event", "event": "tick", "payload": {}})));
        fence(&gateway, &mut told, 2).await;
        assert_eq!(gateway.asked("sessions.list").len(), 3, "{what}");
        told.end().await;
    }
}

/// 2026.5.28 knows no pages, and refuses a list that is asked for from an offset.
#[tokio::test]
async fn pages_are_asked_for_where_there_are_some() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        let recording = Recording::of("2026.5.28");
        peer.greet(&recording).await?;
        loop {
            let request = peer.request().await?;
            match (request["method"].as_str()?, request["params"]["offset"].as_u64()) {
                ("sessions.list", None) => {
                    peer.result(&request, json!({"hasMore": true, "sessions": [row("agent:a:one", true)]})).await?;
                }
                ("sessions.list", _) if peer.number == 0 => {
                    let error = json!({"code": "INVALID_REQUEST", "message": "unexpected property 'offset'"});
                    peer.refuse(&request, &error).await?;
                    peer.frame(json!({"type": "event", "event": "unheard.of", "payload": {}})).await?;
                    let again = peer.request().await?;
                    assert!(again["params"]["offset"].is_null());
                    peer.result(&again, json!({"hasMore": true, "sessions": [row("agent:a:one", true)]})).await?;
                    return peer.close().await;
                }
                ("sessions.list", Some(offset)) => {
                    assert!(offset <= 9_500, "not for ever");
                    let key = format!("agent:a:{offset}");
                    peer.result(&request, json!({"hasMore": true, "sessions": [row(&key, true)]})).await?;
                }
                _ => peer.result(&request, json!({})).await?,
            }
        }
    })
    .await;
    let mut told = Following::of(&gateway.url).start();
    told.until_state("agent:a:one", true).await;
    told.until_state("agent:a:9500", true).await;
    let events = told.end().await;
    assert!(reports(&events).any(|report| report.detail.contains("ended the connection")));
    assert_eq!(states(&events, "agent:a:500"), [true]);
}
