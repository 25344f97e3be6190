//! The family of a session: listed members and those that OpenClaw deleted.

use std::fs;

use factory_dashboard::domain::{InstallationId, SessionKey};
use factory_dashboard::store::sqlite::SqliteLedger;
use factory_dashboard::store::{Ledger, UsageHistory};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::opened::{House, MAIN, answer, list, message, path};
use crate::support::{NOW, StateDir, book, call, header};

#[tokio::test]
async fn a_family_is_told_from_any_of_its_members() {
    let dir = StateDir::new();
    let row = |id: &str, parent: Option<&str>| {
        let mut row = json!({"sessionId": id, "updatedAt": NOW});
        if let Some(parent) = parent {
            row["spawnedBy"] = json!(format!("agent:main:{parent}"));
        }
        row
    };
    dir.index(&[
        ("main", row("s1", None)),
        ("subagent:a", row("s2", Some("main"))),
        ("subagent:a:subagent:b", row("s3", Some("subagent:a"))),
        ("subagent:c", row("s4", Some("subagent:d"))),
        ("subagent:d", row("s5", Some("subagent:c"))),
        ("subagent:orphan", row("s6", Some("gone"))),
    ]);
    dir.transcript("s3.jsonl", &[answer_line()]);
    let server = House::of(dir.root()).server();
    let keys = async |key: &str| -> Vec<(String, u64)> {
        let detail = server.get(&path(&format!("agent:main:{key}"), "")).await;
        let key = |one: &Value| one["key"].as_str().unwrap().trim_start_matches("agent:main:").to_owned();
        list(&detail["family"]).iter().map(|one| (key(one), one["depth"].as_u64().unwrap())).collect()
    };
    let whole = ["main", "subagent:a", "subagent:a:subagent:b"].map(str::to_owned);
    for key in &whole {
        assert_eq!(keys(key).await, whole.clone().into_iter().zip(0..).collect::<Vec<_>>(), "{key}");
    }
    assert_eq!(keys("subagent:c").await.len(), 2, "a circle is cut open");
    assert_eq!(keys("subagent:orphan").await, [("gone".to_owned(), 0), ("subagent:orphan".to_owned(), 1)]);
    let detail = server.get(&path(MAIN, "")).await;
    assert_eq!(list(&detail["family"])[2]["tokens"], 12);
}

fn answer_line() -> String {
    message("a", 1, "assistant", json!([{"type": "text", "text": "yes"}]), answer("stop"))
}

const CHILD: &str = "agent:main:subagent:a";

/// A session, its subagent and one of that; each but the last with calls of its own.
fn three() -> StateDir {
    let dir = StateDir::new();
    index(&dir, &["main", "subagent:a", "subagent:a:subagent:b"]);
    dir.transcript("main.jsonl", &[header("main"), call("m", "11:00:01", [100, 10, 0, 0], Some(0.5))]);
    dir.transcript(
        "subagent-a.jsonl",
        &[
            header("subagent-a"),
            call("a1", "11:00:02", [20, 2, 3, 4], Some(0.25)),
            call("a2", "11:00:03", [30, 3, 0, 0], Some(0.125)),
        ],
    );
    dir.transcript(
        "subagent-a-subagent-b.jsonl",
        &[header("subagent-a-subagent-b"), call("b", "11:00:04", [7, 1, 0, 0], Some(1.0))],
    );
    dir
}

/// Lists these sessions, each with the one before it as its parent.
fn index(dir: &StateDir, names: &[&str]) {
    let mut parent: Option<&str> = None;
    let mut rows = Vec::new();
    for name in names {
        let mut row =
            json!({"sessionId": name.replace(':', "-"), "updatedAt": NOW, "label": format!("call me {name}")});
        if let Some(parent) = parent {
            row["spawnedBy"] = json!(format!("agent:main:{parent}"));
        }
        rows.push((*name, row));
        parent = Some(name);
    }
    dir.index(&rows);
}

/// Key, depth, label, tokens, cost and whether it is gone, of each member.
fn told(detail: &Value) -> Vec<Value> {
    let one = |one: &Value| json!([one["key"], one["depth"], one["label"], one["tokens"], one["cost"], one["gone"]]);
    list(&detail["family"]).iter().map(one).collect()
}

#[tokio::test]
async fn who_was_deleted_keeps_its_place_and_its_figures() {
    let dir = three();
    let mut house = House::of(dir.root());
    let before = house.detail(MAIN).await;
    let sums = json!({"sessions": 3, "tokens": 180, "cost": 1.875, "withoutCost": 0});
    assert_eq!((&before["wholeFamily"], &before["branch"]), (&sums, &sums));
    index(&dir, &["main"]);
    for name in ["subagent-a", "subagent-a-subagent-b"] {
        fs::remove_file(dir.path(&format!("agents/main/sessions/{name}.jsonl"))).unwrap();
    }
    house.read();
    let expected = [
        json!([MAIN, 0, "call me main", 110, 0.5, false]),
        json!([CHILD, 1, "call me subagent:a", 62, 0.375, true]),
        json!(["agent:main:subagent:a:subagent:b", 2, "call me subagent:a:subagent:b", 8, 1.0, true]),
    ];
    let after = house.detail(MAIN).await;
    assert_eq!(told(&after), expected);
    assert_eq!((&after["wholeFamily"], &after["branch"], &after["familyOmitted"]), (&sums, &sums, &json!(0)));
    // The deleted one, opened, knows its name, its family and its own branch.
    let child = house.detail(CHILD).await;
    assert_eq!(told(&child), expected);
    assert_eq!((&child["label"], &child["gone"]), (&json!("call me subagent:a"), &json!(true)));
    assert_eq!(child["branch"], json!({"sessions": 2, "tokens": 70, "cost": 1.375, "withoutCost": 0}));
    assert_eq!(child["wholeFamily"], sums);
}

/// Siblings stand in the order in which they began, deleted or not.
#[tokio::test]
async fn the_order_of_siblings_does_not_change_when_one_goes() {
    let dir = StateDir::new();
    let names = ["subagent:c", "subagent:a", "subagent:b"];
    let list_them = |names: &[&str]| {
        let row = |name: &&str| json!({"sessionId": name.replace(':', "-"), "updatedAt": NOW, "spawnedBy": MAIN});
        let mut rows = vec![("main", json!({"sessionId": "main", "updatedAt": NOW}))];
        rows.extend(names.iter().map(|name| (*name, row(name))));
        dir.index(&rows);
    };
    list_them(&names);
    for (name, at) in names.iter().zip(["11:00:01", "11:00:02", "11:00:03"]) {
        let id = name.replace(':', "-");
        dir.transcript(&format!("{id}.jsonl"), &[call(&format!("x{id}"), at, [1, 1, 0, 0], None)]);
    }
    let mut house = House::of(dir.root());
    let order =
        |detail: &Value| -> Vec<Value> { list(&detail["family"])[1..].iter().map(|one| one["key"].clone()).collect() };
    let expected = names.map(|name| json!(format!("agent:main:{name}")));
    assert_eq!(order(&house.detail(MAIN).await), expected);
    list_them(&["subagent:c", "subagent:b"]);
    house.read();
    assert_eq!(order(&house.detail(MAIN).await), expected);
}

#[tokio::test]
async fn a_large_family_is_cut_but_counted() {
    let dir = StateDir::new();
    let row = |name: &str, parent: Option<&str>| {
        let mut row = json!({"sessionId": name, "updatedAt": NOW});
        if let Some(parent) = parent {
            row["spawnedBy"] = json!(parent);
        }
        row
    };
    let names: Vec<String> = (0..1_200).map(|number| format!("subagent:n{number:04}")).collect();
    let mut rows = vec![("main", row("main", None))];
    rows.extend(names.iter().map(|name| (name.as_str(), row(name, Some(MAIN)))));
    rows.push(("subagent:last", row("last", Some("agent:main:subagent:n1199"))));
    dir.index(&rows);
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    assert_eq!((list(&detail["family"]).len(), &detail["familyOmitted"]), (1_000, &json!(202)));
    assert_eq!(detail["wholeFamily"]["sessions"], 1_202);
    // Whoever is opened is listed with those above, wherever they stand.
    let last = house.detail("agent:main:subagent:last").await;
    let family = list(&last["family"]);
    let end: Vec<&Value> = family[family.len() - 2..].iter().map(|one| &one["key"]).collect();
    assert_eq!(end, ["agent:main:subagent:n1199", "agent:main:subagent:last"]);
    assert_eq!((family.len(), &last["branch"]["sessions"]), (1_002, &json!(1)));
}

/// A ledger of the first schema learns families from the rows that it holds.
#[test]
fn an_older_ledger_knows_the_families_of_what_it_lists() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("ledger.sqlite");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(include_str!("../../../src/store/schema/0001.sql")).unwrap();
    old.pragma_update(None, "application_id", 0x4644_4c47).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(
        r#"insert into agents values (1, 'test', 'main');
           insert into sessions values
             (1, 'agent:main:main', 'files', '{"aborted_last_run":false}'),
             (1, 'agent:main:subagent:a', 'files', '{"parent":"agent:main:main","label":"reads"}'),
             (1, 'agent:main:subagent:x', 'files', 'no JSON');"#,
    )
    .unwrap();
    drop(old);
    let mut ledger = SqliteLedger::open(&file, book().changes()).unwrap();
    let family = ledger.history().family(&InstallationId::from("test"), &SessionKey::from(MAIN)).unwrap();
    let mut members: Vec<_> = family
        .members
        .iter()
        .map(|one| (one.key.as_str(), one.parent.as_ref().map(SessionKey::as_str), one.label.as_deref()))
        .collect();
    members.sort_unstable();
    assert_eq!(members, [(MAIN, None, None), (CHILD, Some(MAIN), Some("reads"))]);
    ledger.commit(&[]).unwrap();
}
