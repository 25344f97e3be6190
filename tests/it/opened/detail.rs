//! `GET /api/sessions/{key}`: figures, errors, keys of any spelling, and sessions that are gone.

use std::fs;
use std::sync::Arc;

use axum::http::StatusCode;
use factory_dashboard::conversation::library::Library;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Positions;
use factory_dashboard::source::files::FilesReader;
use factory_dashboard::source::packed::ends::Ends;
use serde_json::{Value, json};

use crate::support::history::Broken;
use crate::support::opened::{House, MAIN, answers, asks, list, message, path, with_text};
use crate::support::{NOW, StateDir, call, header, one_session};

#[tokio::test]
async fn figures_are_sums_of_the_calls() {
    let dir = one_session(&[
        header("s1"),
        call("a", "11:00:01", [100, 20, 30, 5], Some(0.01)),
        call("b", "11:00:02", [1000, 200, 0, 0], Some(0.5)),
    ]);
    let detail = House::of(dir.root()).detail(MAIN).await;
    let expected = json!({"calls": 2, "errors": 0, "aborted": 0, "inputTokens": 1100, "outputTokens": 220,
        "cacheReadTokens": 30, "cacheWriteTokens": 5, "cost": 0.51});
    assert_eq!(detail["usage"], expected);
    let turns = list(&detail["turns"]);
    assert_eq!(turns.iter().map(|turn| &turn["contextTokens"]).collect::<Vec<_>>(), [&json!(135), &json!(1000)]);
    assert_eq!(turns.iter().map(|turn| &turn["cost"]).collect::<Vec<_>>(), [&json!(0.01), &json!(0.5)]);
    assert_eq!((&detail["firstCallAt"], &detail["lastCallAt"]), (&turns[0]["at"], &turns[1]["at"]));
    assert_eq!(detail["session"]["cost"], detail["usage"]["cost"]);
    assert_eq!((&detail["gone"], &detail["messages"]), (&json!(false), &json!("on")));
}

#[tokio::test]
async fn what_has_no_price_costs_nobody_knows_what() {
    let unpriced = json!({"provider": "mock", "model": "mystery", "stopReason": "stop",
        "usage": {"input": 7, "output": 3, "cost": {"total": 0}}});
    let text = [asks("a", 1, "hello"), message("b", 2, "assistant", json!([]), unpriced), answers("c", 3, "yes")];
    let detail = House::of(with_text(text.concat()).root()).detail(MAIN).await;
    assert_eq!(detail["usage"]["cost"], Value::Null);
    let costs: Vec<(Value, Value)> =
        list(&detail["usageByModel"]).iter().map(|row| (row["model"].clone(), row["cost"].clone())).collect();
    assert!(costs.contains(&(json!("mock/mystery"), Value::Null)), "{costs:?}");
    assert!(costs.contains(&(json!("anthropic/claude-opus-4-5"), json!(0.01))), "{costs:?}");
    assert_eq!(detail["runs"][0]["cost"], Value::Null);
    assert_eq!(detail["turns"][0]["cost"], Value::Null);
}

#[tokio::test]
async fn of_many_calls_the_newest_are_told_and_all_are_counted() {
    let line = |number: usize| {
        let at = format!("{:02}:{:02}:{:02}", number / 3600, number / 60 % 60, number % 60);
        call(&format!("c{number}"), &at, [1, 2, 0, 0], Some(0.001))
    };
    let lines: Vec<String> = (0..2_003).map(line).collect();
    let dir = one_session(&lines);
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    assert_eq!((list(&detail["turns"]).len(), &detail["turnsOmitted"]), (2_000, &json!(3)));
    assert_eq!((&detail["usage"]["calls"], &detail["usage"]["outputTokens"]), (&json!(2_003), &json!(4_006)));
    let times: Vec<i64> = list(&detail["turns"]).iter().map(|turn| turn["at"].as_i64().unwrap()).collect();
    let midnight = 1_795_478_400_000;
    assert!(times.iter().zip(3..).all(|(at, second)| *at == midnight + second * 1000), "oldest first, none twice");
    // One run holds all these calls: its newest steps are told.
    let run = &list(&detail["runs"])[0];
    assert_eq!((&run["calls"], list(&run["steps"]).len(), &run["stepsOmitted"]), (&json!(2_003), 200, &json!(1_803)));
}

#[tokio::test]
async fn a_deleted_session_is_answered_from_the_ledger() {
    let text = [asks("a", 1, "hello"), answers("b", 2, "yes")].concat();
    let dir = with_text(&text);
    let mut house = House::of(dir.root());
    let live = house.detail(MAIN).await;
    let file = |name: &str| dir.path(&format!("agents/main/sessions/{name}"));
    fs::rename(file("s1.jsonl"), file("s1.jsonl.deleted.2026-11-24T11-50-00.000Z")).unwrap();
    dir.index(&[]);
    let gone = house.read().detail(MAIN).await;
    assert_eq!((&gone["session"], &gone["gone"], &gone["messages"]), (&Value::Null, &json!(true), &json!("on")));
    assert_eq!((&gone["usage"], &gone["turns"]), (&live["usage"], &live["turns"]));
    assert_eq!(gone["transcripts"], json!([{"sessionId": "s1", "state": "deleted", "bytes": text.len()}]));
    assert_eq!(gone["runs"][0]["state"], "done");
    let ids: Vec<Value> = house.server().walk_back(MAIN, 1).await.iter().map(|one| one["entryId"].clone()).collect();
    assert_eq!(ids, ["a", "b"]);
    // Its file goes too: the spend stays.
    fs::remove_file(file("s1.jsonl.deleted.2026-11-24T11-50-00.000Z")).unwrap();
    let gone = house.read().detail(MAIN).await;
    assert_eq!((&gone["messages"], &gone["transcripts"][0]["state"]), (&json!("none"), &json!("missing")));
    assert_eq!(gone["usage"], live["usage"]);
    assert_eq!(house.page(MAIN, "").await["messages"], json!([]));
}

/// Another session took the key of one that is gone: its spend is not theirs.
#[tokio::test]
async fn a_new_session_with_an_old_key_begins_at_nothing() {
    let dir = with_text([asks("a", 1, "hello"), answers("b", 2, "yes")].concat());
    let mut house = House::of(dir.root());
    fs::rename(
        dir.path("agents/main/sessions/s1.jsonl"),
        dir.path("agents/main/sessions/s1.jsonl.deleted.2026-11-24T11-50-00.000Z"),
    )
    .unwrap();
    dir.index(&[]);
    house.read();
    dir.index(&[("main", json!({"sessionId": "s2", "updatedAt": NOW}))]);
    dir.transcript("s2.jsonl", &[asks("c", 3001, "again"), answers("d", 3002, "yes")]);
    let detail = house.read().detail(MAIN).await;
    assert_eq!((&detail["gone"], &detail["usage"]["calls"]), (&json!(false), &json!(1)));
    assert_eq!(list(&detail["transcripts"]).len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_there_is_answered_with_keys_like_it() {
    let dir = StateDir::new();
    dir.index(&[
        ("main", json!({"sessionId": "s1", "updatedAt": NOW})),
        ("discord:group:kitchen", json!({"sessionId": "s2", "updatedAt": NOW})),
    ]);
    let server = House::of(dir.root()).server();
    for rest in ["", "/runs", "/messages", "/messages/00000000-0", "/export"] {
        let (status, problem) = server.get_any(&path("agent:main:discord:group:kitchn", rest)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{rest}: {problem}");
        assert_eq!(problem["near"][0], "agent:main:discord:group:kitchen", "{rest}: {problem}");
    }
    let (status, problem) = server.get_any(&path("완전히 다른 것", "")).await;
    assert_eq!((status, problem.get("near")), (StatusCode::NOT_FOUND, None), "{problem}");
}

#[tokio::test]
async fn keys_of_any_spelling_are_opened() {
    let keys = [
        "discord:group:부엌 이야기",
        "whatsapp:direct:+82 10-1234",
        "explicit:a/b/c",
        "explicit:50%25 & more?x=1#y",
        "explicit:..",
        "topic:\"quoted\"\\'",
        "emoji:🦞",
    ];
    let dir = StateDir::new();
    let row = |number: usize| json!({"sessionId": format!("s{number}"), "updatedAt": NOW});
    let rows: Vec<(&str, Value)> = keys.iter().enumerate().map(|(number, key)| (*key, row(number))).collect();
    dir.index(&rows);
    for number in 0..keys.len() {
        dir.transcript(&format!("s{number}.jsonl"), &[asks("a", 1, "hello"), answers("b", 2, "yes")]);
    }
    let server = House::of(dir.root()).server();
    for key in keys {
        let key = format!("agent:main:{key}");
        let detail = server.get(&path(&key, "")).await;
        assert_eq!((&detail["key"], &detail["session"]["key"]), (&json!(key), &json!(key)));
        assert_eq!(list(&server.get(&path(&key, "/messages")).await["messages"]).len(), 2, "{key}");
        assert_eq!(list(&server.get(&path(&key, "/runs")).await["runs"]).len(), 1, "{key}");
        assert_eq!(server.raw(&path(&key, "/export")).await.0, StatusCode::OK, "{key}");
    }
    let (status, _) = server.get_any("/api/sessions/%ff%fe").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "no UTF-8");
}

/// The same key in two installations.
fn two_installations(dir: &StateDir, other: &StateDir) -> House {
    let mut house = House::of(dir.root());
    let mut reader = FilesReader::new(InstallationId::from("lab"), other.root().to_owned(), Positions::new());
    let (pipeline, clock) = (&mut house.world.pipeline, Arc::clone(&house.world.clock));
    reader
        .refresh(clock.as_ref(), &mut |mut events| {
            pipeline.take_in(&mut events, NOW).unwrap();
            Ok(())
        })
        .unwrap();
    let roots = [("test", dir), ("lab", other)].map(|(name, dir)| (InstallationId::from(name), dir.root().to_owned()));
    house.library = Library::new(roots, true, Ends::default());
    house
}

#[tokio::test]
async fn of_several_installations_one_has_to_be_named() {
    let dir = with_text([asks("a", 1, "here"), answers("b", 2, "yes")].concat());
    let other = with_text(asks("c", 1, "there"));
    let server = two_installations(&dir, &other).server();
    for rest in ["", "/runs", "/messages", "/export"] {
        let (status, problem) = server.get_any(&path(MAIN, rest)).await;
        assert_eq!(status, StatusCode::CONFLICT, "{rest}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("lab, test"), "{detail}");
    }
    for (installation, id) in [("test", "a"), ("lab", "c")] {
        let page = server.get(&path(MAIN, &format!("/messages?installation={installation}"))).await;
        assert_eq!((&page["installation"], &page["messages"][0]["entryId"]), (&json!(installation), &json!(id)));
        let detail = server.get(&path(MAIN, &format!("?installation={installation}"))).await;
        assert_eq!(detail["installation"], installation);
        assert_eq!(detail["usage"]["calls"], u64::from(installation == "test"));
    }
    let (status, _) = server.get_any(&path(MAIN, "?installation=elsewhere")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_live_is_told_while_the_ledger_cannot_be_asked() {
    let dir = with_text([asks("a", 1, "hello"), answers("b", 2, "yes")].concat());
    let mut house = House::of(dir.root());
    let before = house.detail(MAIN).await;
    house.history = Arc::new(Broken);
    let detail = house.detail(MAIN).await;
    assert_eq!(detail["usage"], before["usage"], "from the row's own figures");
    assert_eq!((&detail["turns"], &detail["usageByModel"]), (&json!([]), &json!([])));
    assert_eq!((&detail["runs"], &detail["session"]), (&before["runs"], &before["session"]));
    assert_eq!(list(&house.page(MAIN, "").await["messages"]).len(), 2);
    let (status, problem) = house.server().get_any(&path("agent:main:gone", "")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "whether it was there is not known: {problem}");
    assert!(problem["detail"].as_str().unwrap().contains("ledger"), "{problem}");
}

#[tokio::test]
async fn parameters_that_make_no_sense_are_named() {
    let dir = with_text(asks("a", 1, "hello"));
    let server = House::of(dir.root()).server();
    for rest in [
        "?what=1",
        "?basis=guess",
        "/messages?limit=0",
        "/messages?limit=201",
        "/messages?before=here",
        "/messages?before=00000000-1&after=00000000-1",
        "/messages?before=00000000-1",
        "/export?format=pdf",
        "/runs?before=-",
    ] {
        let (status, problem) = server.get_any(&path(MAIN, rest)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{rest}: {problem}");
    }
    for id in ["nothing", "00000000-0", "zzzzzzzz-1"] {
        let (status, _) = server.get_any(&path(MAIN, &format!("/messages/{id}"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{id}");
    }
    let page = server.get(&path(MAIN, "/messages")).await;
    let id = page["messages"][0]["id"].as_str().unwrap();
    assert_eq!(server.get_any(&path(MAIN, &format!("/messages/{id}?part=1"))).await.0, StatusCode::NOT_FOUND);
    let unknown = server.get(&path(MAIN, "/messages?after=00000000-1")).await;
    assert_eq!((&unknown["reset"], list(&unknown["messages"]).len()), (&json!(true), 1));
}

#[tokio::test]
async fn an_answer_is_sent_again_only_when_something_changed() {
    let dir = with_text([asks("a", 1, "hello"), answers("b", 2, "yes")].concat());
    let mut house = House::of(dir.root());
    let tag = async |house: &mut House| {
        let request = axum::http::Request::get(path(MAIN, "")).body(axum::body::Body::empty()).unwrap();
        house.server().send(request).await.headers()["etag"].clone()
    };
    let first = tag(&mut house).await;
    assert_eq!(tag(&mut house).await, first);
    dir.write("openclaw.json", "{gateway: {auth: {token: 'hello-is-now-a-secret'}}}");
    let masked = tag(&mut house).await;
    assert_ne!(masked, first, "other words are masked now");
    dir.transcript("s1.jsonl", &[asks("a", 1, "hello"), answers("b", 2, "yes"), asks("c", 3, "more")]);
    assert_ne!(tag(&mut house).await, masked, "somebody asked");
}
