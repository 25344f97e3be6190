//! The source `gateway` where no files are read: sessions, tasks and calls come from it too.

use std::collections::BTreeSet;
use std::fs;

use factory_dashboard::domain::event::{Event, SourceKind, SourceStatus};
use factory_dashboard::domain::session::SessionEntry;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::following::{Following, Told, reports};
use crate::support::ledger::pipeline_in;
use crate::support::scripted::{Push, Recording, ScriptedGateway};
use crate::support::{NOW, World, fixture};

fn alone(gateway: &ScriptedGateway) -> Told {
    Following { is_alone: true, ..Following::of(&gateway.url) }.start()
}

/// The sessions that are left when all that was told is taken in its order.
fn sessions(events: &[Event]) -> BTreeSet<String> {
    let mut all: Vec<SessionEntry> = Vec::new();
    for event in events {
        match event {
            Event::AgentsListed { agents, .. } => all.retain(|entry| agents.contains(&entry.owner.agent)),
            Event::SessionsListed { owner, source, entries } => {
                assert_eq!(*source, SourceKind::Gateway);
                all.retain(|entry| entry.owner != *owner);
                all.extend(entries.iter().cloned());
            }
            Event::SessionsChanged { owner, upserts, removes, .. } => {
                all.retain(|entry| {
                    entry.owner != *owner
                        || !(removes.contains(&entry.key) || upserts.iter().any(|new| new.key == entry.key))
                });
                all.extend(upserts.iter().cloned());
            }
            _ => {}
        }
    }
    all.iter().map(|entry| entry.key.to_string()).collect()
}

fn keys<const N: usize>(keys: [&str; N]) -> BTreeSet<String> {
    keys.map(str::to_owned).into()
}

#[tokio::test]
async fn sessions_tasks_and_calls_of_a_recording_are_told() {
    let recording = Recording::of("2026.9.6");
    let gateway = ScriptedGateway::playing(recording.clone()).await;
    let main = json!({"key": "agent:main:main", "sessionId": "m", "updatedAt": 5, "hasActiveRun": false, "displayName": "Main"});
    gateway.answer("sessions.list", Some(json!({"sessions": [main]})));
    gateway.answer("tasks.list", Some(json!({"tasks": []})));
    gateway.answer("sessions.get", Some(json!({"messages": []})));
    let mut told = alone(&gateway);
    told.until_well().await;
    assert_eq!(sessions(&told.events), keys(["agent:main:main"]));
    gateway.until_asked("sessions.get", 1).await;
    let lists = gateway.asked("sessions.list").len();
    for frame in recording.events {
        gateway.push(Push::Frame(frame));
    }
    // The last event is a deletion without a key.
    gateway.until_asked("sessions.list", lists + 1).await;
    told.until("the session is gone", |events| {
        events.iter().any(|event| matches!(event, Event::SessionsChanged { removes, .. } if !removes.is_empty()))
    })
    .await;
    let events = told.end().await;
    assert_eq!(sessions(&events), keys(["agent:main:main"]));
    let live = events.iter().filter_map(|event| match event {
        Event::CallsRead { transcript, calls, .. } if transcript.owner.agent.as_str() == "ops" => Some(calls.len()),
        _ => None,
    });
    // Of four answers, OpenClaw itself wrote two.
    assert_eq!(live.sum::<usize>(), 2);
    assert!(events.iter().any(|event| matches!(event, Event::TasksListed(_, tasks) if tasks.len() == 1)));
}

/// The same call told live, given as stored, and read from its file is one call.
#[tokio::test]
async fn a_call_from_three_places_is_one_call() {
    let key = "agent:main:main";
    let id = "122db8c9-6250-4c6f-8178-e1327ff850eb";
    let root = fixture("2026.5.28");
    let text = fs::read_to_string(root.join(format!("agents/main/sessions/{id}.jsonl"))).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let messages: Vec<Value> = records
        .filter(|record| record["type"] == "message")
        .map(|mut record| {
            record["message"]["__openclaw"] = json!({"id": record["id"]});
            record["message"].take()
        })
        .collect();
    let calls = messages.iter().filter(|message| message["role"] == "assistant").count();
    assert!(calls > 5);
    let gateway = ScriptedGateway::playing(Recording::of("2026.5.28")).await;
    let row = json!({"key": key, "sessionId": id, "updatedAt": NOW, "hasActiveRun": false});
    gateway.answer("sessions.list", Some(json!({"sessions": [row]})));
    gateway.answer("sessions.get", Some(json!({"messages": messages})));
    let mut told = alone(&gateway);
    let stored = |events: &[Event]| -> usize {
        events.iter().map(|event| if let Event::CallsRead { calls, .. } = event { calls.len() } else { 0 }).sum()
    };
    told.until("what is stored", |events| stored(events) >= calls).await;
    for message in &messages {
        let id = &message["__openclaw"]["id"];
        gateway.event(
            "session.message",
            json!({"sessionKey": key, "sessionId": id_of(&row), "messageId": id, "message": message, "session": row}),
        );
    }
    told.until("what is heard", |events| stored(events) >= 2 * calls).await;
    let mut events = told.end().await;
    let data = TempDir::new().unwrap();
    let count = || -> i64 {
        let connection = rusqlite::Connection::open(data.path().join("ledger.sqlite")).unwrap();
        let query = "select count(*) from calls c join transcripts t on t.id = c.transcript where t.session_id = ?1";
        connection.query_row(query, [id], |row| row.get(0)).unwrap()
    };
    let mut pipeline = pipeline_in(data.path(), NOW);
    pipeline.take_in(&mut events, NOW).unwrap();
    assert_eq!(count(), i64::try_from(calls).unwrap(), "by the gateway alone");
    // Then the files are read into the same ledger.
    let mut world = World::of(&root);
    world.pipeline = pipeline;
    world.read();
    assert_eq!(count(), i64::try_from(calls).unwrap(), "with the file");
}

fn id_of(row: &Value) -> Value {
    row["sessionId"].clone()
}

#[tokio::test]
async fn what_vanished_while_nobody_listened_is_told_as_gone() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let row = |key: &str| json!({"key": key, "sessionId": "s", "updatedAt": 5, "hasActiveRun": true});
    gateway.answer("sessions.list", Some(json!({"sessions": [row("agent:a:main"), row("agent:b:main")]})));
    gateway.answer("sessions.get", Some(json!({"messages": []})));
    let mut told = alone(&gateway);
    told.until("both", |events| sessions(events) == keys(["agent:a:main", "agent:b:main"])).await;
    told.until_well().await;
    gateway.answer("sessions.list", Some(json!({"sessions": [row("agent:b:main")]})));
    gateway.push(Push::Close);
    told.until("one", |events| sessions(events) == keys(["agent:b:main"])).await;
    let events = told.end().await;
    assert!(events.iter().any(|event| matches!(event, Event::RunsForgotten(_))));
}

/// As of when that is what is shown is known, however it ended.
#[tokio::test]
async fn a_gateway_that_is_lost_was_read_before() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        if peer.number > 0 {
            return peer.close().await;
        }
        peer.greet(&Recording::of("2026.9.6")).await?;
        peer.serve(&Recording::of("2026.9.6")).await
    })
    .await;
    gateway.answer("sessions.list", Some(json!({"sessions": []})));
    let mut told = alone(&gateway);
    told.until_well().await;
    gateway.push(Push::Close);
    told.until_said("ended the connection").await;
    let events = told.end().await;
    let lost: Vec<_> = reports(&events).filter(|report| report.status == SourceStatus::Down).collect();
    assert!(!lost.is_empty() && lost.iter().all(|report| report.last_read_at.is_some()), "{lost:?}");
    assert!(lost[0].detail.ends_with(" It is tried again by itself."), "{lost:?}");
}

/// A gateway that has no time for a list says when to ask again, and is not hung up on.
#[tokio::test]
async fn a_list_that_is_put_off_is_asked_for_again() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let busy = json!({"code": "UNAVAILABLE", "message": "starting", "retryable": true, "retryAfterMs": 1});
    gateway.answer("sessions.list", Some(json!({"refused": busy})));
    let mut told = alone(&gateway);
    told.until_said("refused: starting").await;
    gateway.until_asked("sessions.list", 3).await;
    gateway.answer("sessions.list", Some(json!({"sessions": []})));
    told.until_well().await;
    told.end().await;
    assert_eq!(gateway.asked("connect").len(), 1);
}

/// A list of which not all came removes nothing, and the rest is counted.
#[tokio::test]
async fn more_sessions_than_can_be_listed_are_counted() {
    let gateway = ScriptedGateway::start(|mut peer| async move {
        peer.greet(&Recording::of("2026.5.28")).await?;
        loop {
            let request = peer.request().await?;
            match (request["method"].as_str()?, request["params"]["offset"].as_u64()) {
                ("sessions.list", Some(_)) => {
                    let error = json!({"code": "INVALID_REQUEST", "message": "unexpected property 'offset'"});
                    peer.refuse(&request, &error).await?;
                }
                ("sessions.list", None) => {
                    let rows = [json!({"key": "agent:a:1", "sessionId": "s"})];
                    let page = json!({"hasMore": true, "totalCount": 1_200, "sessions": rows});
                    peer.result(&request, page).await?;
                }
                _ => peer.result(&request, json!({})).await?,
            }
        }
    })
    .await;
    let mut told = alone(&gateway);
    told.until_well().await;
    told.until("all are counted", |events| {
        reports(events).last().is_some_and(|report| report.agents.iter().any(|agent| agent.sessions_known == 1_200))
    })
    .await;
    let events = told.end().await;
    assert_eq!(sessions(&events), keys(["agent:a:1"]));
    assert!(!events.iter().any(|event| matches!(event, Event::SessionsListed { .. } | Event::AgentsListed { .. })));
}

/// A session that cannot be read does not keep the others from being read.
#[tokio::test]
async fn a_refused_session_does_not_stop_the_reading() {
    let gateway = ScriptedGateway::playing(Recording::of("2026.9.6")).await;
    let rows: Vec<Value> = (0..5)
        .map(|number| json!({"key": format!("agent:a:{number}"), "sessionId": format!("s{number}"), "updatedAt": 5}))
        .collect();
    gateway.answer("sessions.list", Some(json!({"sessions": rows})));
    gateway.answer("sessions.get", Some(json!({"refused": {"code": "UNAVAILABLE", "message": "busy"}})));
    let told = alone(&gateway);
    gateway.until_asked("sessions.get", 5).await;
    let asked: BTreeSet<String> =
        gateway.asked("sessions.get").iter().map(|params| params["key"].to_string()).collect();
    assert_eq!(asked.len(), 5);
    told.end().await;
}
