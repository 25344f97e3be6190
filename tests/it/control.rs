//! Actions against a scripted gateway: what is sent, what is answered, what is written down.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use factory_dashboard::clock::{Clock, ManualClock};
use factory_dashboard::control::Limits;
use factory_dashboard::control::audit::AuditLog;
use factory_dashboard::control::desk::Desk;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Positions;
use factory_dashboard::http::guard::token::Token;
use factory_dashboard::http::guard::{Guard, Reading};
use factory_dashboard::hub::Hub;
use factory_dashboard::source::files::FilesReader;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::gateway_desk::{GATEWAY_TOKEN, Gateway, OLD, Reply};
use crate::support::history::CallList;
use crate::support::{NOW, Server, StateDir, THRESHOLDS, World, book, control_server};

mod log;
mod repeats;

const TOKEN: &str = "a-long-enough-token";
/// A bound so long that only a fault reaches it.
const LIMIT: Duration = Duration::from_mins(1);
const MAIN: &str = "agent:main:main";

/// A session with two that it spawned, one of which spawned another; one that is another's; and an idle one.
fn sessions() -> StateDir {
    let running = |parent: &str| json!({"sessionId": "s", "updatedAt": NOW - 5_000, "startedAt": NOW - 9_000, "status": "running", "spawnedBy": format!("agent:main:{parent}")});
    let dir = StateDir::new();
    dir.index(&[
        ("main", json!({"sessionId": "m", "updatedAt": NOW - 5_000, "startedAt": NOW - 9_000, "status": "running"})),
        ("subagent:a", running("main")),
        ("subagent:done", json!({"sessionId": "d", "updatedAt": NOW - 5_000, "status": "done", "spawnedBy": MAIN})),
        ("subagent:deep", running("subagent:done")),
        ("subagent:other", running("elsewhere")),
        ("방/1", json!({"sessionId": "k", "updatedAt": NOW - 5_000, "status": "done"})),
    ]);
    dir
}

struct Floor {
    gateway: Gateway,
    server: Server,
    hub: Arc<Hub>,
    data: TempDir,
    clock: Arc<ManualClock>,
    _dir: StateDir,
}

impl Floor {
    async fn modern() -> Self {
        Self::of(Gateway::modern().await)
    }

    async fn old() -> Self {
        let gateway = Gateway::start(3, "2026.3.13", &OLD).await;
        gateway
            .script
            .on(
                "sessions.list",
                None,
                [Reply::Gives(json!({"sessions": [{"key": "agent:main:mainly"}, {"key": MAIN}]}))],
            )
            .on("chat.abort", None, [Reply::Gives(json!({"ok": true, "aborted": true, "runIds": ["r"]}))]);
        Self::of(gateway)
    }

    fn of(gateway: Gateway) -> Self {
        Self::with_limit(gateway, LIMIT)
    }

    fn with_limit(gateway: Gateway, limit: Duration) -> Self {
        let dir = sessions();
        let mut world = World::of(dir.root());
        let hub = Arc::new(Hub::new(world.read().pipeline.board(NOW)));
        let data = TempDir::new().unwrap();
        let clock = Arc::clone(&world.clock);
        let server = serve(&hub, &clock, &gateway, &data, limit);
        Self { gateway, server, hub, data, clock, _dir: dir }
    }

    /// The same data folder, begun anew.
    fn restart(&mut self) {
        self.server = serve(&self.hub, &self.clock, &self.gateway, &self.data, LIMIT);
    }

    async fn session(&self, body: Value) -> Value {
        self.session_of(MAIN, body).await
    }

    async fn session_of(&self, key: &str, body: Value) -> Value {
        let (status, answer) =
            post(&self.server, &format!("/api/sessions/{}/actions", encode(key)), &body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    async fn audit(&self, query: &str) -> Value {
        self.server.get(&format!("/api/audit{query}")).await
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.data.path().join("audit.jsonl")).unwrap_or_default()
    }
}

fn serve(hub: &Arc<Hub>, clock: &Arc<ManualClock>, gateway: &Gateway, data: &TempDir, limit: Duration) -> Server {
    let target = gateway.target(&data.path().join("devices"));
    let desk = Desk::new(
        Arc::clone(hub),
        Arc::clone(clock) as Arc<dyn Clock>,
        THRESHOLDS,
        Box::new(move |_: &InstallationId| Ok(target.clone())),
        Limits { usual: limit, clearing: limit, compact: limit },
        AuditLog::in_file(data.path().join("audit.jsonl")),
    );
    served(hub, clock, desk)
}

fn served(hub: &Arc<Hub>, clock: &Arc<ManualClock>, desk: Desk) -> Server {
    let guard = Guard { token: Some(Token::new(TOKEN)), reading: Reading::Open, allow_control: true };
    let history = Arc::new(CallList { book: book(), calls: Vec::new() });
    control_server(Arc::clone(hub), Arc::clone(clock), guard, history, Arc::new(desk))
}

async fn post(server: &Server, path: &str, body: &str) -> (StatusCode, Value) {
    let request =
        Request::post(path).header("authorization", format!("Bearer {TOKEN}")).body(Body::from(body.to_owned()));
    let response = server.send(request.unwrap()).await;
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn encode(key: &str) -> String {
    key.bytes().flat_map(|byte| ['%', hex(byte >> 4), hex(byte & 15)]).collect()
}

fn hex(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit)])
}

fn said(answer: &Value) -> (&str, &str) {
    (answer["outcome"].as_str().unwrap(), answer["detail"].as_str().unwrap())
}

fn keys(asked: &[(String, Value)], method: &str) -> Vec<String> {
    let key = |params: &Value| params["key"].as_str().or(params["sessionKey"].as_str()).unwrap().to_owned();
    asked.iter().filter(|(name, _)| name == method).map(|(_, params)| key(params)).collect()
}

#[tokio::test]
async fn a_stop_ends_the_whole_tree() {
    let tree = [MAIN, "agent:main:subagent:a", "agent:main:subagent:deep"];
    for (floor, method) in [(Floor::modern().await, "sessions.abort"), (Floor::old().await, "chat.abort")] {
        let answer = floor.session(json!({"action": "stop"})).await;
        assert_eq!(said(&answer), ("done", "aborted; 2 running sessions below it are stopped too"));
        let asked = floor.gateway.script.asked();
        assert_eq!((keys(&asked, method), asked.len()), (tree.map(str::to_owned).to_vec(), 3), "{asked:?}");
    }
}

#[tokio::test]
async fn what_does_not_run_is_told_apart() {
    let floor = Floor::modern().await;
    let script = &floor.gateway.script;
    let idle = || Reply::Gives(json!({"ok": true, "abortedRunId": null, "status": "no-active-run"}));
    script.on("sessions.abort", Some(MAIN), [idle()]);
    let answer = floor.session(json!({"action": "stop"})).await;
    assert_eq!(said(&answer), ("done", "it was not running itself; 2 running sessions below it are stopped too"));

    script.on("sessions.abort", None, [idle()]);
    assert_eq!(said(&floor.session(json!({"action": "stop"})).await), ("not_running", "no-active-run"));
    let alone = floor.session_of("agent:main:방/1", json!({"action": "stop"})).await;
    assert_eq!(said(&alone), ("not_running", "no-active-run"), "a key with a slash and Korean finds its way");

    script.on("sessions.abort", Some("agent:main:subagent:deep"), [Reply::Refuses("UNAVAILABLE", "not now")]);
    let answer = floor.session(json!({"action": "stop"})).await;
    assert_eq!(
        said(&answer),
        ("refused", "1 of 3 sessions of the tree could not be stopped. agent:main:subagent:deep: not now")
    );

    let old = Floor::old().await;
    let idle = Reply::Gives(json!({"ok": true, "aborted": false, "runIds": []}));
    old.gateway.script.on("chat.abort", None, [idle]);
    let alone = old.session_of("agent:main:방/1", json!({"action": "stop"})).await;
    assert_eq!(said(&alone), ("not_running", "no-active-run"));
    let answer = old.session(json!({"action": "stop"})).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("2026.3.13 finds no run to stop"), "{answer}");
}

#[tokio::test]
async fn every_action_is_answered_with_openclaw_s_own_outcome() {
    let refuses = |words| Reply::Refuses("INVALID_REQUEST", words);
    let main_stays = "Cannot delete the main session (agent:main:main).";
    for (action, method, reply, expected) in [
        ("reset", "sessions.reset", Reply::Gives(json!({"ok": true, "key": MAIN, "entry": {}})), ("done", "reset")),
        (
            "delete",
            "sessions.delete",
            Reply::Gives(json!({"ok": true, "deleted": true, "archived": ["x"]})),
            ("done", "deleted; its transcript is archived"),
        ),
        (
            "delete",
            "sessions.delete",
            Reply::Gives(json!({"ok": true, "deleted": false, "archived": []})),
            ("refused", "OpenClaw deleted nothing: it has no such session."),
        ),
        ("delete", "sessions.delete", refuses(main_stays), ("refused", main_stays)),
        (
            "compact",
            "sessions.compact",
            Reply::Gives(json!({"ok": true, "compacted": true, "result": {"tokensBefore": 9, "tokensAfter": 3}})),
            ("done", "compacted from 9 to 3 tokens"),
        ),
        (
            "compact",
            "sessions.compact",
            Reply::Gives(json!({"ok": true, "compacted": false, "kept": 12})),
            ("done", "nothing was compacted: the conversation is short"),
        ),
        (
            "compact",
            "sessions.compact",
            refuses("Session has an active run; retry after it finishes."),
            ("refused", "Session has an active run; retry after it finishes."),
        ),
        ("send", "chat.send", Reply::Gives(json!({"runId": "r", "status": "started"})), ("done", "started")),
        ("send", "chat.send", refuses("send blocked by session policy"), ("refused", "send blocked by session policy")),
    ] {
        for floor in [Floor::modern().await, Floor::old().await] {
            floor.gateway.script.on(method, None, [reply.clone()]);
            let body = if action == "send" {
                json!({"action": action, "message": "hello"})
            } else {
                json!({"action": action})
            };
            assert_eq!(said(&floor.session(body).await), expected, "{action}");
            let asked = floor.gateway.script.asked();
            let (name, params) = asked.last().unwrap();
            assert_eq!((asked.len(), name.as_str()), (2, method), "it was looked up first");
            let key = if action == "send" { &params["sessionKey"] } else { &params["key"] };
            assert_eq!(key, MAIN);
            if action == "send" {
                assert!(
                    params["message"] == "hello" && params["idempotencyKey"].as_str().unwrap().starts_with("factory-")
                );
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_openclaw_does_not_know_is_never_made() {
    for floor in [Floor::modern().await, Floor::old().await] {
        floor.gateway.script.on("sessions.describe", None, [Reply::Gives(json!({"session": null}))]);
        floor.gateway.script.on(
            "sessions.list",
            None,
            [Reply::Gives(json!({"sessions": [{"key": "agent:main:mainly"}]}))],
        );
        for action in ["reset", "compact", "delete", "restart", "send"] {
            let body =
                if action == "send" { json!({"action": action, "message": "x"}) } else { json!({"action": action}) };
            let answer = floor.session(body).await;
            assert!(said(&answer).0 == "refused" && said(&answer).1.starts_with("no such session"), "{answer}");
        }
        let methods = floor.gateway.script.methods();
        assert!(methods.iter().all(|method| method == "sessions.describe" || method == "sessions.list"), "{methods:?}");
    }
}

#[tokio::test]
async fn a_restart_sends_the_last_message_again() {
    let messages = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "[Sun 2026-11-22 14:50 UTC] write the report"}, {"type": "image"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "no"}]},
        {"role": "user", "content": "OpenClaw runtime context (internal):\nx"},
    ]});
    for (floor, abort) in [(Floor::modern().await, "sessions.abort"), (Floor::old().await, "chat.abort")] {
        let script = &floor.gateway.script;
        script.on("sessions.get", None, [Reply::Gives(messages.clone())]);
        let started = Reply::Gives(json!({"runId": "r", "status": "started"}));
        script.on("chat.send", None, [Reply::Refuses("UNAVAILABLE", "a run is still in progress"), started]);
        let answer = floor.session_of(MAIN, json!({"action": "restart", "idempotencyKey": "k-1"})).await;
        let detail = "aborted; 2 running sessions below it are stopped too; the last message was sent again, without its attachments: started";
        assert_eq!(said(&answer), ("done", detail));
        let asked = script.asked();
        let methods: Vec<&str> = asked.iter().skip(1).map(|(method, _)| method.as_str()).collect();
        assert_eq!(methods, ["sessions.get", abort, abort, abort, "chat.send", "chat.send"]);
        let sent =
            |at: usize| (asked[at].1["message"].as_str().unwrap(), asked[at].1["idempotencyKey"].as_str().unwrap());
        assert_eq!((sent(5), sent(6)), (("write the report", "factory-k-1"), ("write the report", "factory-k-1-2")));

        script.on("chat.send", None, [Reply::Refuses("INVALID_REQUEST", "send blocked")]);
        let answer = floor.session(json!({"action": "restart"})).await;
        assert_eq!(said(&answer), ("refused", "It was stopped, but its last message was not sent again: send blocked"));
        script.asked();

        script.on("sessions.get", None, [Reply::Gives(json!({"messages": []}))]);
        let answer = floor.session(json!({"action": "restart"})).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains("left as it is"));
        assert!(!script.methods().iter().any(|method| method == abort), "what cannot begin again is not stopped");
    }
}

#[tokio::test]
async fn silence_is_unknown_and_never_failed() {
    let patient = Floor::modern().await;
    let hasty = Floor::with_limit(Gateway::modern().await, Duration::from_secs(1));
    let unknown_after = [
        (&hasty, Reply::Hangs, "OpenClaw did not answer within 1 s; it may still happen."),
        (&patient, Reply::Leaves, "The connection to OpenClaw was lost before it answered; it may still happen."),
    ];
    for (floor, reply, words) in unknown_after {
        floor.gateway.script.on("sessions.reset", None, [reply.clone()]);
        assert_eq!(said(&floor.session(json!({"action": "reset"})).await), ("unknown", words));
        // Before something is asked for that changes something, nothing can have happened.
        floor.gateway.script.on("sessions.describe", None, [reply]);
        let answer = floor.session(json!({"action": "reset"})).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains("othing was done"), "{answer}");
    }
}

#[tokio::test]
async fn a_gateway_that_cannot_be_used_is_a_refusal_with_what_to_do() {
    let floor = Floor::modern().await;
    for (target, words) in [
        ("ws://127.0.0.1:1", "No gateway answers"),
        (floor.gateway.url.as_str(), "refuses the token"),
        ("", "No gateway is known"),
    ] {
        let (mut of, url) = (floor.gateway.target(floor.data.path()), target.to_owned());
        of.url.clone_from(&url);
        of.auth.token = factory_dashboard::domain::secret::Secret::of("another-token");
        let answers = move |_: &InstallationId| {
            if url.is_empty() { Err("No gateway is known for this.".to_owned()) } else { Ok(of.clone()) }
        };
        let clock = Arc::clone(&floor.clock) as Arc<dyn Clock>;
        let log = AuditLog::in_memory();
        let desk = Desk::new(Arc::clone(&floor.hub), clock, THRESHOLDS, Box::new(answers), Limits::default(), log);
        let server = served(&floor.hub, &floor.clock, desk);
        let (_, answer) = post(&server, &format!("/api/sessions/{MAIN}/actions"), r#"{"action":"stop"}"#).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains(words), "{answer}");
        assert_eq!(server.get("/api/audit").await["entries"][0]["outcome"], "refused");
    }
    assert!(floor.gateway.script.asked().is_empty());
}

#[tokio::test]
async fn tasks_are_cancelled_where_openclaw_can() {
    let mut world = World::of(&crate::support::fixture("2026.9.6"));
    let hub = Arc::new(Hub::new(world.read().pipeline.board(NOW)));
    let task = hub.board().tasks[0].id.to_string();
    let (data, path) = (TempDir::new().unwrap(), format!("/api/tasks/{task}/actions"));
    let gateway = Gateway::modern().await;
    for (reply, expected) in [
        (json!({"found": true, "cancelled": true}), ("done", "cancelled")),
        (
            json!({"found": true, "cancelled": false, "reason": "Task is already terminal."}),
            ("not_running", "Task is already terminal."),
        ),
        (json!({"found": false, "cancelled": false, "reason": "Task not found."}), ("refused", "Task not found.")),
    ] {
        gateway.script.on("tasks.cancel", None, [Reply::Gives(reply)]);
        let server = serve(&hub, &world.clock, &gateway, &data, LIMIT);
        let (status, answer) = post(&server, &path, r#"{"action":"cancel"}"#).await;
        assert_eq!((status, said(&answer)), (StatusCode::OK, expected));
        let entry = &server.get("/api/audit").await["entries"][0];
        assert_eq!((&entry["taskId"], &entry["key"], &entry["action"]), (&json!(task), &json!(null), &json!("cancel")));
    }
    assert_eq!(gateway.script.asked()[0], ("tasks.cancel".to_owned(), json!({"taskId": task})));
    let old = Gateway::start(3, "2026.3.13", &OLD).await;
    let server = serve(&hub, &world.clock, &old, &data, LIMIT);
    let (_, answer) = post(&server, &path, r#"{"action":"cancel"}"#).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("2026.3.13 cannot cancel tasks"));
    assert_eq!(post(&server, "/api/tasks/none/actions", r#"{"action":"cancel"}"#).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_before_anything_is_done() {
    let floor = Floor::modern().await;
    let path = format!("/api/sessions/{MAIN}/actions");
    let big = format!(r#"{{"action":"send","message":"{}"}}"#, "x".repeat(70_000));
    for (path, body, status, words) in [
        (path.as_str(), "{", StatusCode::BAD_REQUEST, "no JSON"),
        (&path, r#"{"action":"explode","force":true}"#, StatusCode::BAD_REQUEST, "'force'"),
        (&path, &big, StatusCode::PAYLOAD_TOO_LARGE, "64 KB"),
        (&format!("{path}?force=1"), r#"{"action":"stop"}"#, StatusCode::BAD_REQUEST, "'force'"),
        ("/api/sessions/agent%3Amain%3Anone/actions", r#"{"action":"stop"}"#, StatusCode::NOT_FOUND, "agent:main:none"),
        ("/api/sessions/%FF/actions", r#"{"action":"stop"}"#, StatusCode::BAD_REQUEST, "UTF-8"),
        (&path, r#"{"action":"stop","installation":"there"}"#, StatusCode::NOT_FOUND, "'there'"),
    ] {
        let (got, problem) = post(&floor.server, path, body).await;
        assert!(got == status && problem["detail"].as_str().unwrap().contains(words), "{path} {body:.60}: {problem}");
    }
    let unsigned = Request::post(&path).body(Body::from(r#"{"action":"stop"}"#)).unwrap();
    assert_eq!(floor.server.send(unsigned).await.status(), StatusCode::UNAUTHORIZED);
    let (status, _) = floor.server.get_any(&path).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(floor.gateway.script.asked().is_empty() && floor.file().is_empty(), "none of it is an action");
}

#[tokio::test]
async fn a_key_of_two_installations_must_be_told_apart() {
    let floor = Floor::modern().await;
    let (first, twin) = (sessions(), sessions());
    let mut world = World::of(first.root());
    world.read();
    let mut reader = FilesReader::new(InstallationId::from("twin"), twin.root().to_owned(), Positions::new());
    let (pipeline, clock) = (&mut world.pipeline, &world.clock);
    reader
        .refresh(clock.as_ref(), &mut |mut events| {
            pipeline.take_in(&mut events, NOW).unwrap();
            Ok(())
        })
        .unwrap();
    floor.hub.publish(world.pipeline.board(NOW));
    let path = format!("/api/sessions/{MAIN}/actions");
    let (status, problem) = post(&floor.server, &path, r#"{"action":"stop"}"#).await;
    assert!(status == StatusCode::CONFLICT && problem["detail"].as_str().unwrap().contains("test, twin"), "{problem}");
    let answer = floor.session(json!({"action": "stop", "installation": "twin"})).await;
    assert_eq!(said(&answer).0, "done");
    assert_eq!(floor.audit("").await["entries"][0]["installation"], "twin");
}
