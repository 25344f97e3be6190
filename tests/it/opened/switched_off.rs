//! `--no-messages`: figures without a word of what was said.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answer, answers, asks, list, message, path, with_text};
use crate::support::{NOW, StateDir, World};

#[tokio::test]
async fn no_word_of_what_was_said_is_told() {
    let call = json!([{"type": "toolCall", "id": "t", "name": "exec", "arguments": {"command": "cat walnut.txt"}}]);
    let result = json!({"toolCallId": "t", "toolName": "exec", "isError": true, "details": {"exitCode": 1}});
    let mut failed = answer("error");
    failed["errorMessage"] = json!("529 overloaded");
    let dir = with_text(
        [
            asks("a", 0, "where is the walnut"),
            message("b", 1, "assistant", call, answer("toolUse")),
            message("c", 2, "toolResult", json!([{"type": "text", "text": "no walnut here"}]), result),
            format!("{}\n", json!({"type": "compaction", "id": "d", "summary": "the walnut story", "tokensBefore": 9})),
            message("e", 3, "assistant", json!([]), failed),
            answers("f", 4, "the walnut is gone"),
        ]
        .concat(),
    );
    let mut house = House::showing(dir.root(), false);
    let detail = house.detail(MAIN).await;
    assert!(!detail.to_string().contains("walnut"), "{detail:#}");
    assert_eq!((&detail["messages"], &detail["runs"][0]["prompt"]), (&json!("off"), &Value::Null));
    let steps = list(&detail["runs"][0]["steps"]);
    assert!(steps.iter().all(|step| step["detail"].is_null()));
    let tool = steps.iter().find(|step| step["kind"] == "tool").unwrap();
    assert_eq!((&tool["error"], &tool["exitCode"], &tool["name"]), (&json!(""), &json!(1), &json!("exec")));
    // What the provider said is no message: figures and failures stay.
    assert_eq!(detail["errors"][0]["message"], "529 overloaded");
    assert_eq!((&detail["usage"]["calls"], &detail["tools"][0]["errors"]), (&json!(3), &json!(1)));
    let server = house.server();
    assert!(!server.get(&path(MAIN, "/runs")).await.to_string().contains("walnut"));
    for rest in ["/messages", "/messages?q=walnut", "/messages/00000000-0", "/export", "/export?format=json"] {
        let (status, problem) = server.get_any(&path(MAIN, rest)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{rest}");
        assert!(problem["detail"].as_str().unwrap().contains("--no-messages"), "{problem}");
    }
    // Not even whether a session is there is told below it.
    assert_eq!(server.get_any(&path("agent:main:nobody", "/messages")).await.0, StatusCode::FORBIDDEN);
}

#[test]
fn a_task_without_a_label_has_no_title() {
    let dir = StateDir::new();
    let run = |key: &str, label: Option<&str>| {
        json!({"runId": key, "childSessionKey": format!("agent:main:subagent:{key}"), "task": "find the walnut", "label": label,
            "requesterSessionKey": "agent:main:main", "createdAt": NOW, "startedAt": NOW})
    };
    let runs = json!({"version": 2, "runs": {"a1": run("a1", None), "b2": run("b2", Some("quick check"))}});
    dir.write("subagents/runs.json", runs.to_string());
    let titles = |hides: bool| {
        let mut world = World::of(dir.root());
        world.pipeline = crate::support::pipeline(NOW).hiding_prompts(hides);
        let board = world.read().pipeline.board(NOW);
        let mut titles: Vec<String> = board.tasks.iter().map(|task| task.title.clone()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(false), ["find the walnut", "quick check"]);
    assert_eq!(titles(true), ["", "quick check"]);
}
