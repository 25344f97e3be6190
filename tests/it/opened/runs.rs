//! Runs: what was asked, and the model and tool calls that answered it.

use serde_json::{Value, json};

use crate::support::opened::{House, MAIN, answer, answers, asks, list, message, path, with_text};
use crate::support::{NOW, StateDir, one_session};

/// Eleven o'clock on the day of the records.
const ELEVEN: i64 = 1_795_518_000_000;

fn at(second: i64) -> Value {
    json!(ELEVEN + second * 1000)
}

fn calls_tool(id: &str, second: u32, calls: Value) -> String {
    message(id, second, "assistant", calls, answer("toolUse"))
}

fn tool_call(id: &str, name: &str, arguments: Value) -> Value {
    json!({"type": "toolCall", "id": id, "name": name, "arguments": arguments})
}

fn result(id: &str, second: u32, call: &str, text: &str, details: Value) -> String {
    let rest = json!({"toolCallId": call, "toolName": "exec", "details": details, "isError": false});
    message(id, second, "toolResult", json!([{"type": "text", "text": text}]), rest)
}

async fn runs_of(text: &[String]) -> Vec<Value> {
    let dir = with_text(text.concat());
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    list(&detail["runs"])
}

fn kinds(run: &Value) -> Vec<String> {
    list(&run["steps"])
        .iter()
        .map(|step| format!("{} {}", step["kind"].as_str().unwrap(), step["name"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn each_question_begins_a_run() {
    let runs = runs_of(&[
        asks("a", 0, "first\n  question"),
        answers("b", 1, "yes"),
        asks("c", 10, "second"),
        asks("d", 11, "and one more thing"),
        answers("e", 12, "no"),
    ])
    .await;
    let brief: Vec<Value> = runs
        .iter()
        .map(|run| json!([run["prompt"], run["state"], run["startedAt"], run["endedAt"], run["calls"], run["tokens"]]))
        .collect();
    let expected =
        [json!(["first question", "done", at(0), at(1), 1, 12]), json!(["second", "done", at(10), at(12), 1, 12])];
    assert_eq!(brief, expected);
    assert_eq!(runs[0]["trigger"], "user");
}

#[tokio::test]
async fn how_a_run_ended() {
    let failed = |id: &str, second| {
        let rest = json!({"stopReason": "error", "errorMessage": "529 overloaded", "provider": "p", "model": "m"});
        message(id, second, "assistant", json!([]), rest)
    };
    let aborted = |id: &str, second| {
        message(id, second, "assistant", json!([]), json!({"stopReason": "aborted", "provider": "p", "model": "m"}))
    };
    let injected = |id: &str, second| {
        let rest = json!({"stopReason": "stop", "provider": "openclaw", "model": "gateway-injected",
            "openclawAbort": {"aborted": true, "origin": "rpc"}});
        message(id, second, "assistant", json!([{"type": "text", "text": "so far"}]), rest)
    };
    let dir = with_text(
        [
            asks("a", 0, "1"),
            failed("b", 1),
            asks("c", 10, "2"),
            aborted("d", 11),
            asks("e", 20, "3"),
            injected("f", 21),
            asks("g", 30, "4"),
            answers("h", 31, "ok"),
            asks("i", 40, "5"),
            calls_tool("j", 41, json!([tool_call("t", "exec", json!({"command": "sleep"}))])),
        ]
        .concat(),
    );
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": ELEVEN, "status": "done"}))]);
    let runs = list(&House::of(dir.root()).detail(MAIN).await["runs"]);
    let states: Vec<&str> = runs.iter().map(|run| run["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["failed", "aborted", "aborted", "done", "aborted"], "nobody wrote down how the last one ended");
    assert_eq!((&runs[0]["steps"][0]["error"], &runs[0]["errors"]), (&json!("529 overloaded"), &json!(1)));
    assert_eq!(runs[2]["calls"], 0, "what OpenClaw wrote itself is no call");
    assert_eq!(runs[4]["steps"][1]["endedAt"], at(41), "its tool ended with it");
}

#[tokio::test]
async fn the_last_run_of_a_running_session_goes_on() {
    let lines = [
        asks("a", 0, "1"),
        answers("b", 1, "ok"),
        asks("c", 10, "2"),
        calls_tool("d", 11, json!([tool_call("t", "exec", json!({"command": "sleep"}))])),
    ];
    let dir = one_session(&lines);
    dir.index(&[(
        "main",
        json!({"sessionId": "s1", "updatedAt": NOW - 1_000, "status": "running", "startedAt": NOW - 5_000}),
    )]);
    let detail = House::of(dir.root()).detail(MAIN).await;
    assert_eq!(detail["session"]["runState"], "running");
    let runs = list(&detail["runs"]);
    assert_eq!((&runs[0]["state"], &runs[1]["state"]), (&json!("done"), &json!("running")));
    assert_eq!((&runs[1]["endedAt"], &runs[1]["steps"][1]["endedAt"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn tools_have_their_time_their_exit_code_and_their_words() {
    let two = json!([
        tool_call("t1", "exec", json!({"command": "make\n all", "cwd": "/x"})),
        tool_call("t2", "read", json!({"path": "/etc/hosts"})),
    ]);
    let text = [
        asks("a", 0, "go"),
        calls_tool("b", 1, two),
        result("c", 4, "t2", "127.0.0.1", json!({})),
        result("d", 6, "t1", "no rule\nto make", json!({"exitCode": 2, "durationMs": 4900})),
        answers("e", 7, "it failed"),
    ];
    let dir = with_text(text.concat());
    let detail = House::of(dir.root()).detail(MAIN).await;
    let run = &detail["runs"][0];
    assert_eq!(kinds(run), ["model claude-opus-4-5", "tool exec", "tool read", "model claude-opus-4-5"]);
    let steps = list(&run["steps"]);
    let brief =
        |step: &Value| json!([step["detail"], step["startedAt"], step["endedAt"], step["error"], step["exitCode"]]);
    assert_eq!(brief(&steps[1]), json!(["make all", at(1), at(6), "no rule to make", 2]));
    assert_eq!(brief(&steps[2]), json!(["/etc/hosts", at(1), at(4), null, null]));
    assert_eq!((&run["tools"], &run["errors"]), (&json!(2), &json!(1)));
    let tools = json!([
        {"name": "exec", "calls": 1, "errors": 1, "durationMs": 5000},
        {"name": "read", "calls": 1, "errors": 0, "durationMs": 3000},
    ]);
    assert_eq!(detail["tools"], tools);
}

#[tokio::test]
async fn a_spawned_session_ends_when_it_ends() {
    let child = "agent:main:subagent:c1";
    let spawn = tool_call("t", "sessions_spawn", json!({"task": "look it up", "label": "librarian"}));
    let lines = [
        asks("a", 0, "go"),
        calls_tool("b", 1, json!([spawn])),
        result("c", 2, "t", &json!({"status": "accepted", "childSessionKey": child}).to_string(), json!({})),
        answers("d", 3, "it is on its way"),
    ];
    let dir = StateDir::new();
    dir.transcript("s1.jsonl", &lines).transcript("s2.jsonl", &[asks("x", 2, "look"), answers("y", 90, "found")]);
    let row = |id: &str, at: i64| json!({"sessionId": id, "updatedAt": at});
    dir.index(&[("main", row("s1", ELEVEN)), ("subagent:c1", row("s2", ELEVEN))]);
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    let step = &detail["runs"][0]["steps"][1];
    assert_eq!((&step["kind"], &step["childKey"], &step["endedAt"]), (&json!("subagent"), &json!(child), &at(90)));
    assert_eq!(step["detail"], "librarian");
    let of_child = house.detail(child).await;
    assert_eq!(of_child["runs"][0]["trigger"], "subagent");
}

#[tokio::test]
async fn pauses_before_a_first_call_and_before_a_retry_are_told() {
    let call = |id: &str, second: u32, began: i64, stop: &str| {
        let mut rest = answer(stop);
        rest["timestamp"] = json!(ELEVEN + began * 1000);
        if stop == "error" {
            rest["errorMessage"] = json!("529 overloaded");
        }
        message(id, second, "assistant", json!([]), rest)
    };
    let runs =
        runs_of(&[asks("a", 0, "go"), call("b", 6, 5, "error"), call("c", 17, 16, "error"), call("d", 18, 17, "stop")])
            .await;
    let expected =
        ["wait start", "model claude-opus-4-5", "wait retry", "model claude-opus-4-5", "model claude-opus-4-5"];
    assert_eq!(kinds(&runs[0]), expected, "half a second is no pause");
    let times =
        |place: usize| (runs[0]["steps"][place]["startedAt"].clone(), runs[0]["steps"][place]["endedAt"].clone());
    assert_eq!((times(0), times(2)), ((at(0), at(5)), (at(6), at(16))));
    assert_eq!((&runs[0]["state"], &runs[0]["errors"]), (&json!("done"), &json!(2)));
}

fn compaction(second: u32, is_timed: bool) -> String {
    let mut record = json!({"type": "compaction", "id": "k", "parentId": null, "summary": "what was said", "tokensBefore": 900, "tokensAfter": 90});
    if is_timed {
        record["timestamp"] = json!(format!("2026-11-24T11:00:{second:02}.000Z"));
    }
    format!("{record}\n")
}

#[tokio::test]
async fn compactions_stand_where_they_happened() {
    for is_timed in [true, false] {
        let text = [asks("a", 0, "go"), answers("b", 1, "yes"), compaction(1, is_timed), answers("c", 3, "more")];
        let detail = House::of(with_text(text.concat()).root()).detail(MAIN).await;
        assert_eq!(detail["compactions"], json!([{"at": at(1), "tokensBefore": 900, "tokensAfter": 90}]), "{is_timed}");
        assert_eq!(kinds(&detail["runs"][0])[1], "compaction compaction");
        assert_eq!(detail["runs"][0]["startedAt"], at(0));
    }
}

#[tokio::test]
async fn a_result_without_its_call_is_a_step_of_its_own() {
    let runs =
        runs_of(&[result("a", 10, "lost", "hi", json!({"durationMs": 4000, "exitCode": 0})), answers("b", 11, "done")])
            .await;
    assert_eq!(kinds(&runs[0])[0], "tool exec");
    assert_eq!((&runs[0]["steps"][0]["startedAt"], &runs[0]["steps"][0]["endedAt"]), (&at(6), &at(10)));
    assert_eq!(runs[0]["prompt"], Value::Null);
}

/// Ids that are missing or stand twice: results answer the calls in their order.
#[tokio::test]
async fn calls_without_an_id_are_answered_in_their_order() {
    for id in ["", "same"] {
        let two = json!([tool_call(id, "first", json!({})), tool_call(id, "second", json!({}))]);
        let text = [
            asks("a", 0, "go"),
            calls_tool("b", 1, two),
            result("c", 2, id, "1", json!({})),
            result("d", 5, id, "2", json!({})),
            answers("e", 6, "done"),
        ];
        let runs = runs_of(&text).await;
        let tools: Vec<Value> = list(&runs[0]["steps"])
            .iter()
            .filter(|step| step["kind"] == "tool")
            .map(|step| json!([step["name"], step["endedAt"]]))
            .collect();
        assert_eq!(tools, [json!(["first", at(2)]), json!(["second", at(5)])], "{id:?}");
    }
}

fn without_time(line: &str) -> String {
    let mut record: Value = serde_json::from_str(line).unwrap();
    record.as_object_mut().unwrap().remove("timestamp");
    format!("{record}\n")
}

#[tokio::test]
async fn entries_without_a_time_do_not_begin_in_1970() {
    let runs = runs_of(&[
        without_time(&asks("a", 0, "go")),
        answers("b", 5, "yes"),
        without_time(&asks("c", 0, "and")),
        without_time(&answers("d", 0, "no")),
    ])
    .await;
    let times: Vec<[&Value; 2]> = runs.iter().map(|run| [&run["startedAt"], &run["endedAt"]]).collect();
    assert_eq!(times, [[&at(5), &at(5)], [&at(5), &at(5)]]);
    let steps: Vec<Value> = runs.iter().flat_map(|run| list(&run["steps"])).collect();
    assert!(steps.iter().all(|step| step["startedAt"].as_i64().unwrap() >= ELEVEN), "{steps:#?}");
}

/// An aborted first run leaves two headers and entries out of their order (3.13, 5.28).
#[tokio::test]
async fn two_headers_and_entries_out_of_order_upset_nothing() {
    let head = |second: u32| {
        format!(
            "{}\n",
            json!({"type": "session", "version": 3, "id": "s1", "timestamp": format!("2026-11-24T11:00:{second:02}.000Z")})
        )
    };
    let text = [head(0), answers("b", 9, "late"), head(1), asks("a", 2, "go"), answers("c", 5, "yes")];
    let dir = with_text(text.concat());
    let mut house = House::of(dir.root());
    let runs = list(&house.detail(MAIN).await["runs"]);
    assert_eq!(runs.iter().map(|run| &run["prompt"]).collect::<Vec<_>>(), [&Value::Null, &json!("go")]);
    assert!(runs.iter().all(|run| run["startedAt"].as_i64() <= run["endedAt"].as_i64()), "{runs:#?}");
    let ids: Vec<Value> = house.server().walk_back(MAIN, 2).await.iter().map(|one| one["entryId"].clone()).collect();
    assert_eq!(ids, ["b", "a", "c"]);
}

/// Runs come 4 MB at a time; walking back gives each run once and none is cut in two.
#[tokio::test]
async fn earlier_runs_are_read_on_demand() {
    let filler = "x".repeat(150_000);
    let text: Vec<String> = (0..40)
        .flat_map(|number| {
            let second = number * 10;
            let id = |part: &str| format!("{part}{number}");
            [
                asks(&id("q"), second, &format!("question {number}")),
                calls_tool(&id("t"), second + 1, json!([tool_call(&id("c"), "read", json!({"path": "/x"}))])),
                result(&id("r"), second + 2, &id("c"), &filler, json!({})),
                answers(&id("a"), second + 3, "ok"),
            ]
        })
        .collect();
    let dir = with_text(text.concat());
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    let mut runs = list(&detail["runs"]);
    assert!(runs.len() < 40 && detail["readBytes"].as_u64() < detail["ofBytes"].as_u64());
    let mut before = detail["runsBefore"].clone();
    while let Some(place) = before.as_str() {
        let earlier = house.get(&path(MAIN, &format!("/runs?before={place}"))).await;
        runs.splice(0..0, list(&earlier["runs"]));
        before = earlier["runsBefore"].clone();
    }
    let prompts: Vec<String> = runs.iter().map(|run| run["prompt"].as_str().unwrap_or("?").to_owned()).collect();
    assert_eq!(prompts, (0..40).map(|number| format!("question {number}")).collect::<Vec<_>>());
    assert!(runs.iter().all(|run| run["calls"] == 2 && run["tools"] == 1 && run["state"] == "done"));
}

/// More than 4 MB of what is no record at the end: what stands before is still there to ask for.
#[tokio::test]
async fn runs_before_a_stretch_of_noise_are_found() {
    let noise = format!("{}\n", "no record ".repeat(10_000)).repeat(45);
    let dir = with_text([asks("a", 0, "go"), answers("b", 1, "yes"), noise].concat());
    let mut house = House::of(dir.root());
    let detail = house.detail(MAIN).await;
    let before = detail["runsBefore"].as_str().expect("there is more");
    let earlier = house.get(&path(MAIN, &format!("/runs?before={before}"))).await;
    assert_eq!(earlier["runs"][0]["prompt"], "go");
}
