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
use factory_dashboard::http::guard::token::Token;
use factory_dashboard::http::guard::{Guard, Reading};
use factory_dashboard::hub::Hub;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::gateway_desk::{GATEWAY_TOKEN, Gateway, OLD, Reply};
use crate::support::history::CallList;
use crate::support::{NOW, Server, StateDir, THRESHOLDS, World, book, control_server};

mod actions;
mod log;
mod program;
mod repeats;
mod requests;

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
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"));
    (text("outcome"), text("detail"))
}

fn keys(asked: &[(String, Value)], method: &str) -> Vec<String> {
    let key = |params: &Value| params["key"].as_str().or(params["sessionKey"].as_str()).unwrap().to_owned();
    asked.iter().filter(|(name, _)| name == method).map(|(_, params)| key(params)).collect()
}
