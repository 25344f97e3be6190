//! What failed: model calls over a whole life, tool calls, turns that no model answered.

use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answers, asks, list, message, with_text};
use crate::support::{call, one_session};

/// A call that ended badly.
fn failed(id: &str, second: u32, stop: &str, error: &str, tokens: u64) -> String {
    let rest = json!({"provider": "anthropic", "model": "claude-opus-4-5", "stopReason": stop, "errorMessage": error,
        "usage": {"input": tokens, "output": 0, "cost": {"total": 0.25}}});
    message(id, second, "assistant", json!([]), rest)
}

#[tokio::test]
async fn errors_are_grouped_by_what_was_said() {
    let text = [
        asks("a", 0, "go"),
        failed("b", 1, "error", "529 overloaded", 5),
        failed("c", 2, "error", "400 too long", 0),
        failed("d", 3, "error", "529 overloaded", 6),
        failed("e", 4, "aborted", "request timed out", 40),
        answers("f", 5, "done"),
    ];
    let detail = House::of(with_text(text.concat()).root()).detail(MAIN).await;
    let groups: Vec<Value> = list(&detail["errors"])
        .iter()
        .map(|one| json!([one["message"], one["count"], one["aborted"], one["wastedTokens"], one["wastedCost"]]))
        .collect();
    let expected = [
        json!(["529 overloaded", 2, false, 11, 0.5]),
        json!(["aborted", 1, true, 40, 0.25]),
        json!(["400 too long", 1, false, 0, 0.25]),
    ];
    assert_eq!(groups, expected);
    let at = |second: i64| json!(1_795_518_000_000 + second * 1000);
    assert_eq!((&detail["errors"][0]["firstAt"], &detail["errors"][0]["lastAt"]), (&at(1), &at(3)));
    assert_eq!(detail["errors"][0]["models"], json!(["anthropic/claude-opus-4-5"]));
    assert_eq!((&detail["usage"]["errors"], &detail["usage"]["aborted"]), (&json!(3), &json!(1)));
}

/// Kind, tool, words and number of each group.
fn kinds(detail: &Value) -> Vec<Value> {
    list(&detail["errors"]).iter().map(|one| json!([one["kind"], one["name"], one["message"], one["count"]])).collect()
}

#[tokio::test]
async fn tools_and_turns_without_an_answer_fail_too() {
    let calls = |id: &str, second| {
        let part = json!([{"type": "toolCall", "id": id, "name": "exec", "arguments": {"command": "make"}}]);
        message(
            &format!("call {id}"),
            second,
            "assistant",
            part,
            json!({"stopReason": "toolUse", "model": "m", "provider": "p"}),
        )
    };
    let gives = |id: &str, second, code: i64| {
        let rest = json!({"toolCallId": id, "toolName": "exec", "isError": code != 0, "details": {"exitCode": code}});
        message(
            &format!("result {id}"),
            second,
            "toolResult",
            json!([{"type": "text", "text": "no rule to make it"}]),
            rest,
        )
    };
    let unanswered = json!({"type": "custom_message", "customType": "run-failed-before-reply", "display": true, "id": "x",
        "timestamp": "2026-11-24T11:00:09.000Z", "content": "This turn ended before a reply: Agent database cleanup failed",
        "details": {"runId": "r", "error": "Agent database cleanup failed"}});
    let text = [
        asks("a", 0, "go"),
        calls("1", 1),
        gives("1", 2, 2),
        calls("2", 3),
        gives("2", 4, 2),
        calls("3", 5),
        gives("3", 6, 0),
        failed("b", 7, "error", "529 overloaded", 5),
        asks("c", 8, "again"),
        format!("{unanswered}\n"),
    ];
    let dir = with_text(text.concat());
    let detail = House::of(dir.root()).detail(MAIN).await;
    let expected = [
        json!(["tool", "exec", "no rule to make it", 2]),
        json!(["turn", "", "Agent database cleanup failed", 1]),
        json!(["model", "", "529 overloaded", 1]),
    ];
    assert_eq!(kinds(&detail), expected);
    let turn = &detail["errors"][1];
    assert_eq!(
        (&turn["firstAt"], &turn["wastedTokens"], &turn["wastedCost"]),
        (&json!(1_795_518_009_000_i64), &json!(0), &json!(0.0))
    );
    assert_eq!(detail["runs"][1]["state"], "failed");
    let page = House::of(dir.root()).page(MAIN, "limit=1").await;
    assert_eq!(
        (&page["messages"][0]["note"], &page["messages"][0]["detail"]),
        (&json!("unanswered"), &json!("Agent database cleanup failed"))
    );
    // Without message text the tool is named, not what it said.
    let silent = House::showing(dir.root(), false).detail(MAIN).await;
    assert_eq!(kinds(&silent)[0], json!(["tool", "exec", "", 2]));
}

#[tokio::test]
async fn a_failure_long_before_the_newest_calls_is_told() {
    let mut lines = vec![failed("first", 0, "error", "400 too long", 7)];
    let line = |number: usize| {
        let at = format!("12:{:02}:{:02}", number / 60, number % 60);
        call(&format!("c{number}"), &at, [1, 2, 0, 0], Some(0.001))
    };
    lines.extend((0..2_500).map(line));
    let detail = House::of(one_session(&lines).root()).detail(MAIN).await;
    assert_eq!((list(&detail["turns"]).len(), kinds(&detail)), (2_000, vec![json!(["model", "", "400 too long", 1])]));
    assert_eq!((&detail["errors"][0]["wastedTokens"], &detail["errorsOmitted"]), (&json!(7), &json!(0)));
}
