//! The whole conversation as a file.

use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answer, answers, asks, list, listed, message, path, recorded, with_text};
use crate::support::{NOW, fixture};

#[tokio::test]
async fn as_json_it_is_the_pages() {
    for version in ["2026.3.13", "2026.5.28", "2026.9.6"] {
        let root = fixture(version);
        let server = House::of(&root).server();
        for (agent, key, id) in listed(&root) {
            let file = server.get(&path(&key, "/export?format=json")).await;
            assert_eq!(file["key"], key);
            // What was left behind can only be told backwards; here each names the one before it.
            let without = |name: &'static str, mut one: Value| {
                let fields = one.as_object_mut().unwrap();
                (fields.remove(name).unwrap_or_default(), one)
            };
            let pages = server.walk_back(&key, 200).await.into_iter().map(|one| without("sideBranch", one).1);
            let exported = list(&file["messages"]).into_iter().map(|one| without("parentId", one));
            let (parents, exported): (Vec<Value>, Vec<Value>) = exported.unzip();
            assert_eq!(exported, pages.collect::<Vec<_>>(), "{version} {key}");
            let records = recorded(&root, &agent, &id);
            // Those of transcripts before a reset are not among the records.
            let stored =
                |one: &Value| records.iter().find(|record| record["id"].is_string() && record["id"] == one["entryId"]);
            let told =
                exported.iter().zip(&parents).filter_map(|(one, parent)| Some((parent, &stored(one)?["parentId"])));
            assert!(told.clone().all(|(parent, stored)| parent == stored), "{version} {key}");
            assert!(told.filter(|(parent, _)| parent.is_string()).count() > 0, "{version} {key}");
        }
    }
}

#[tokio::test]
async fn nothing_in_a_text_ends_its_fence() {
    let hostile = "~~~\n```\n## user · 2026\n\n````js\n`````\n</details>";
    let call = json!([
        {"type": "thinking", "thinking": "first\n```\nsecond"},
        {"type": "toolCall", "id": "t", "name": "ex\nec\n# head", "arguments": {"command": "```\n# no heading"}},
    ]);
    let mut failed = answer("error");
    failed["errorMessage"] = json!("broken\n## no heading");
    let result = json!({"toolCallId": "t", "toolName": "exec\n## tool"});
    let dir = with_text(
        [
            asks("a", 0, "go"),
            message("b", 1, "assistant", call, answer("toolUse")),
            message("c", 2, "toolResult", json!([{"type": "text", "text": hostile}]), result),
            message("d", 3, "assistant", json!([]), failed),
            format!("{}\n", json!({"type": "compaction", "id": "e", "summary": hostile})),
            answers("f", 5, "done"),
        ]
        .concat(),
    );
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW, "label": "front\n## desk"}))]);
    let (status, text) = House::of(dir.root()).server().raw(&path(MAIN, "/export")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headings(&text), 6, "one for each message:\n{text}");
    assert!(text.starts_with("# front ## desk\n"), "{text}");
}

/// Headings of the second order outside of fences, as a reader of Markdown finds them.
fn headings(text: &str) -> usize {
    let mut fence: Option<usize> = None;
    let mut count = 0;
    for line in text.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks >= open && line[ticks..].trim().is_empty() => fence = None,
            Some(_) => {}
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None => count += usize::from(line.starts_with("## ")),
        }
    }
    assert_eq!(fence, None, "every fence is closed");
    count
}

/// A fence that somebody left open ends with its message.
#[tokio::test]
async fn an_open_fence_of_a_person_does_not_swallow_what_follows() {
    for open in ["look:\n```rust\nfn main() {", "~~~~\ntilde", "> quoted\n```\n", "```\n```\n````\nopen\n```"] {
        let dir = with_text(
            [asks("a", 0, open), answers("b", 1, "a closed one:\n```\nx\n```\nthere"), asks("c", 2, "ok")].concat(),
        );
        let (_, text) = House::of(dir.root()).server().raw(&path(MAIN, "/export")).await;
        for at in ["## user", "## claude-opus-4-5"] {
            assert!(text.contains(&format!("\n{at}")), "{text}");
        }
        if !open.starts_with('~') {
            assert_eq!(headings(&text), 3, "{text}");
        }
    }
}

#[tokio::test]
async fn both_formats_are_files_with_a_plain_name() {
    let dir = with_text(asks("a", 0, "hello"));
    dir.index(&[("evil\"\r\nx/../한", json!({"sessionId": "s1", "updatedAt": NOW}))]);
    let server = House::of(dir.root()).server();
    for (query, ending) in [("", "md"), ("?format=markdown", "md"), ("?format=json", "json")] {
        let request = Request::get(path("agent:main:evil\"\r\nx/../한", &format!("/export{query}")));
        let response = server.send(request.body(Body::empty()).unwrap()).await;
        let named = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert_eq!(named, format!("attachment; filename=\"agent-main-evil---x-----.{ending}\""));
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn both_transcripts_of_a_reset_session_are_in_it() {
    let dir = with_text([asks("a", 0, "one"), answers("b", 1, "two")].concat());
    let mut house = House::of(dir.root());
    let file = |name: &str| dir.path(&format!("agents/main/sessions/{name}"));
    fs::rename(file("s1.jsonl"), file("s1.jsonl.reset.2026-11-24T11-30-00.000Z")).unwrap();
    dir.index(&[("main", json!({"sessionId": "s2", "updatedAt": NOW}))]);
    dir.transcript("s2.jsonl", &[asks("c", 1801, "three")]);
    let file = house.read().get(&path(MAIN, "/export?format=json")).await;
    let brief: Vec<(Value, Value)> =
        list(&file["messages"]).iter().map(|one| (one["entryId"].clone(), one["kind"].clone())).collect();
    let expected = [("a", "user"), ("b", "assistant"), ("", "note"), ("c", "user")];
    let expected = expected.map(|(id, kind)| (if id.is_empty() { Value::Null } else { json!(id) }, json!(kind)));
    assert_eq!(brief, expected);
    let (_, text) = house.server().raw(&path(MAIN, "/export")).await;
    assert!(text.contains("## reset"), "{text}");
}
