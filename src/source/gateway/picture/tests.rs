//! The picture of one gateway: what comes of answers and events, and that none of them can break it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn picture(is_alone: bool) -> Picture {
    Picture::new(InstallationId::from("test"), is_alone)
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

fn text(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn owner(agent: &str) -> AgentRef {
    AgentRef { installation: InstallationId::from("test"), agent: AgentId::from(agent) }
}

impl Picture {
    fn list_one(&mut self, page: &Value, asked: Millis, now: Millis) -> bool {
        self.list(&[raw(page)], asked, now)
    }

    fn lifecycle(&mut self, key: &str, run: &str, phase: &str, now: Millis) {
        let event = json!({"sessionKey": key, "runId": run, "stream": "lifecycle", "data": {"phase": phase}});
        assert!(!self.hear("agent", &raw(&event), now));
    }

    /// Takes a list of rows with these keys, asked for at once, and gives what it tells.
    fn list_keys(&mut self, keys: &[&str], more: &Value, now: Millis) -> Vec<Event> {
        let row = |key: &&str| json!({"key": key, "sessionId": format!("id of {key}"), "hasActiveRun": true});
        let mut page = json!({"sessions": keys.iter().map(row).collect::<Vec<_>>()});
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert!(self.list_one(&page, now, now));
        self.drain()
    }

    fn words(&mut self) -> Vec<(String, bool)> {
        let events = self.drain().into_iter().filter_map(|event| match event {
            Event::RunsChanged(_, words) => Some(words),
            _ => None,
        });
        events.flatten().map(|(key, word)| (key.to_string(), word.sign().is_some())).collect()
    }
}

#[test]
fn a_run_starts_gives_signs_and_ends() {
    let mut picture = picture(false);
    picture.lifecycle("agent:a:b", "r1", "start", 1_000);
    assert_eq!(picture.words(), [("agent:a:b".to_owned(), true)]);
    let delta = json!({"sessionKey": "agent:a:b", "runId": "r1", "stream": "assistant", "data": {"text": "…"}});
    for at in 1_001..1_500 {
        picture.hear("agent", &raw(&delta), at);
    }
    assert!(picture.drain().is_empty(), "a model that streams gives many signs, of which few are told");
    picture.hear("agent", &raw(&delta), 4_000);
    assert_eq!(picture.words(), [("agent:a:b".to_owned(), true)]);
    // The end of a run before this one.
    picture.lifecycle("agent:a:b", "r0", "end", 4_100);
    assert!(picture.drain().is_empty());
    picture.lifecycle("agent:a:b", "r1", "end", 4_200);
    assert_eq!(picture.words(), [("agent:a:b".to_owned(), false)]);
    picture.hear("agent", &raw(&delta), 9_000);
    assert!(picture.drain().is_empty(), "the last words after the end begin nothing");
}

#[test]
fn what_was_heard_since_a_list_was_asked_for_is_newer_than_the_list() {
    let mut picture = picture(false);
    picture.lifecycle("agent:a:new", "r1", "start", 2_000);
    picture.lifecycle("agent:a:old", "r2", "start", 500);
    picture.lifecycle("agent:a:gone", "r3", "start", 500);
    picture.words();
    let page = json!({"sessions": [{"key": "agent:a:new", "hasActiveRun": false}, {"key": "agent:a:old", "hasActiveRun": false}]});
    assert!(picture.list_one(&page, 1_000, 2_100));
    let mut words = picture.words();
    words.sort();
    assert_eq!(words, [("agent:a:gone".to_owned(), false), ("agent:a:old".to_owned(), false)]);
    picture.lifecycle("agent:a:new", "r1", "end", 3_000);
    picture.words();
    let page = json!({"sessions": [{"key": "agent:a:new", "hasActiveRun": true}]});
    assert!(picture.list_one(&page, 2_900, 3_100));
    assert!(picture.words().is_empty(), "it ended after the list was made");
    assert!(picture.list_one(&page, 3_200, 3_300));
    assert_eq!(picture.words(), [("agent:a:new".to_owned(), true)]);
}

#[test]
fn a_list_that_is_not_understood_takes_nothing_away() {
    let mut picture = picture(true);
    let row = json!({"key": "agent:a:b", "sessionId": "s", "hasActiveRun": true, "updatedAt": 5});
    assert!(picture.list_one(&json!({"sessions": [row]}), 10, 10));
    assert!(picture.drain().iter().any(|event| matches!(event, Event::SessionsListed { .. })));
    for wrong in [json!(null), json!({}), json!([]), json!({"sessions": null}), json!({"sessions": {}}), json!("x")] {
        assert!(!picture.list_one(&wrong, 20, 20), "{wrong}");
        assert!(picture.drain().is_empty(), "{wrong}");
    }
    // One odd row costs that row.
    assert!(picture.list_one(&json!({"sessions": [7, {"key": 1}, row]}), 30, 30));
    assert!(picture.drain().is_empty());
}

#[test]
fn one_odd_task_costs_that_task() {
    let mut picture = picture(true);
    let task = json!({"id": "t", "status": "running", "createdAt": 1});
    picture.list_tasks(&[raw(&json!({"tasks": [7, null, "x", {"id": 4}, task]}))]);
    let events = picture.drain();
    let [Event::TasksListed(_, tasks)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(tasks.len(), 1);
}

#[test]
fn keys_without_number_or_end_fill_no_memory() {
    let mut picture = picture(true);
    for number in 0..MAX_SESSIONS + 500 {
        let row = json!({"sessionKey": format!("agent:a:{number}"), "sessionId": "s", "hasActiveRun": true});
        picture.hear("sessions.changed", &raw(&row), 5);
        if number % 100 == 0 {
            picture.drain();
        }
    }
    let long = json!({"sessionKey": "k".repeat(MAX_KEY + 1), "sessionId": "s", "hasActiveRun": true});
    assert!(picture.hear("sessions.changed", &raw(&long), 5));
    assert_eq!(picture.runs.len(), MAX_SESSIONS);
    assert_eq!(picture.rows.values().map(BTreeMap::len).sum::<usize>(), MAX_SESSIONS);
    // What a list does not name is told as ended, and then forgotten.
    assert!(picture.list_one(&json!({"sessions": []}), 6, 6));
    assert_eq!(picture.words().len(), MAX_SESSIONS);
    assert!(picture.list_one(&json!({"sessions": []}), 7, 7));
    assert!(picture.runs.is_empty() && picture.rows.is_empty());
}

/// JSON that a transcript's reader and a value cannot hold, though it is JSON.
#[test]
fn json_at_its_limits_ends_nothing() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let odd = [deep.as_str(), "1e999", "\"\\ud800\"", "-0", "123456789012345678901234567890", "{\"a\":1,\"a\":2}"];
    for value in odd {
        let message = format!("{{\"role\":\"assistant\",\"content\":{value},\"usage\":{{\"input\":{value}}}}}");
        let row = format!(
            "{{\"key\":\"agent:a:b\",\"sessionId\":\"s\",\"updatedAt\":{value},\"startedAt\":{value},\"hasActiveRun\":true}}"
        );
        let event = format!(
            "{{\"sessionKey\":\"agent:a:b\",\"sessionId\":\"s\",\"messageId\":\"m\",\"message\":{message},\"session\":{row},\"data\":{value}}}"
        );
        for name in ["session.message", "sessions.changed", "agent", "chat", "task", "session.tool"] {
            let mut picture = picture(true);
            picture.hear(name, &text(&event), 5);
            picture.hear(name, &text(value), 5);
            picture.list(&[text(&format!("{{\"sessions\":[{row},{value}]}}"))], 5, 5);
            picture.list_tasks(&[text(&format!("{{\"tasks\":[{value},{row}]}}"))]);
            picture.take_messages(
                &owner("a"),
                &"agent:a:b".into(),
                &text(&format!("{{\"messages\":[{message},{value}]}}")),
            );
            picture.hear(name, &text(&event), 6);
            picture.drain();
        }
    }
}

/// JSON that is made of the words that matter, in places where they may not belong.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "agent:a:b",
        "agent:a:subagent:c",
        "start",
        "end",
        "error",
        "delete",
        "upserted",
        "lifecycle",
        "assistant",
        "final",
        "delta",
        "running",
        "completed",
        "s1",
        "",
        "2026-11-24T12:00:00Z",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "sessionKey",
        "key",
        "session",
        "sessions",
        "sessionId",
        "hasActiveRun",
        "startedAt",
        "updatedAt",
        "agentId",
        "reason",
        "phase",
        "stream",
        "state",
        "data",
        "runId",
        "message",
        "messages",
        "messageId",
        "task",
        "tasks",
        "action",
        "status",
        "id",
        "createdAt",
        "hasMore",
        "usage",
        "role",
        "content",
        "timestamp",
        "__openclaw",
        "cost",
    ]);
    leaf.prop_recursive(4, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..9).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_is_said_ends_the_program(
        said in prop::collection::vec((0_usize..9, any_json()), 1..12),
        is_alone in any::<bool>(),
        times in prop::collection::vec(0_i64..2_000_000_000_000, 12),
    ) {
        let names = ["agent", "chat", "sessions.changed", "session.message", "task", "unheard.of"];
        let mut picture = picture(is_alone);
        for ((what, value), now) in said.into_iter().zip(times) {
            let value = raw(&value);
            match what {
                6 => { picture.list(&[value.clone(), value], now / 2, now); }
                7 => picture.list_tasks(&[value]),
                8 => { picture.take_messages(&owner("a"), &"agent:a:b".into(), &value); }
                event => { picture.hear(names[event], &value, now); }
            }
            picture.unread();
            picture.coverage();
            picture.drain();
        }
    }
}

#[test]
fn a_list_that_is_cut_off_ends_and_removes_nothing() {
    let mut picture = picture(true);
    let keys = ["agent:a:1", "agent:a:2", "agent:b:1"];
    picture.list_keys(&keys, &json!({}), 1_000);
    let events = picture.list_keys(&["agent:a:2", "agent:a:3"], &json!({"hasMore": true, "totalCount": 700}), 2_000);
    let told: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::SessionsChanged { upserts, removes, .. } => (upserts.len(), removes.len()),
            Event::RunsChanged(_, words) => (words.len(), 0),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(1, 0), (1, 0)], "one row is new and runs; the others are as they were");
    let coverage = picture.coverage();
    let known: Vec<u64> = coverage.iter().map(|agent| agent.sessions_known).collect();
    assert_eq!(known, [3 + 698, 1], "{coverage:?}");
    picture.list_keys(&["agent:a:2"], &json!({"hasMore": false, "totalCount": 1}), 3_000);
    let coverage = picture.coverage();
    assert_eq!((coverage.len(), coverage[0].sessions_known), (1, 1), "a whole list is the truth again");
}

#[test]
fn sessions_of_one_key_are_read_for_each_agent_once() {
    let mut picture = picture(true);
    let row = |agent: &str| json!({"key": "global", "agentId": agent, "sessionId": format!("id of {agent}")});
    assert!(picture.list_one(&json!({"sessions": [row("a"), row("b")]}), 1_000, 1_000));
    let mut read = Vec::new();
    while let Some((owner, key)) = picture.unread() {
        picture.take_messages(&owner, &key, RawValue::NULL);
        read.push(owner.agent.to_string());
        assert!(read.len() <= 2, "for ever");
    }
    assert_eq!(read, ["a", "b"]);
}

#[test]
fn all_pages_of_tasks_are_one_list() {
    let mut picture = picture(true);
    let page = |id: &str, more: Value| {
        let mut page = json!({"tasks": [{"id": id, "status": "running", "createdAt": 5}]});
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        raw(&page)
    };
    let pages = [page("t-1", json!({"nextCursor": "1"})), page("t-2", json!({}))];
    assert_eq!(pages.each_ref().map(|page| Picture::next_tasks(page)), [Some("1".to_owned()), None]);
    assert_eq!(Picture::next_tasks(&raw(&json!({"tasks": [], "nextCursor": "1"}))), None, "not for ever");
    picture.list_tasks(&pages);
    let events = picture.drain();
    assert!(matches!(&events[..], [Event::TasksListed(_, tasks)] if tasks.len() == 2), "{events:?}");
}
