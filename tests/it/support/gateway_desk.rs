//! A scripted gateway that actions are sent to, over a real WebSocket.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use factory_dashboard::gateway::settings::{Address, Auth, Target};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

/// The token that it wants.
pub const GATEWAY_TOKEN: &str = "the-gateways-own-token";

/// The methods that count here, by version.
pub const MODERN: [&str; 9] = [
    "sessions.describe",
    "sessions.list",
    "sessions.abort",
    "chat.abort",
    "chat.send",
    "sessions.reset",
    "sessions.compact",
    "sessions.delete",
    "tasks.cancel",
];
pub const OLD: [&str; 6] =
    ["sessions.list", "chat.abort", "chat.send", "sessions.reset", "sessions.compact", "sessions.delete"];

/// What it does when it is asked.
#[derive(Clone, Debug)]
pub enum Reply {
    Gives(Value),
    Refuses(&'static str, &'static str),
    /// Never answers.
    Hangs,
    /// Ends the connection.
    Leaves,
    /// Answers once [`Script::go_on`] is called.
    Waits(Value),
}

struct Rule {
    method: &'static str,
    key: Option<String>,
    replies: VecDeque<Reply>,
}

/// What it was asked and what it answers.
#[derive(Default)]
pub struct Script {
    asked: Mutex<Vec<(String, Value)>>,
    rules: Mutex<Vec<Rule>>,
    go: Notify,
    pub arrived: Notify,
}

impl Script {
    /// What a method answers about a session, one after the other; the last for ever.
    pub fn on(&self, method: &'static str, key: Option<&str>, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let rule = Rule { method, key: key.map(str::to_owned), replies: replies.into_iter().collect() };
        self.rules.lock().unwrap().insert(0, rule);
        self
    }

    /// Answers what waits.
    pub fn go_on(&self) {
        self.go.notify_one();
    }

    /// What was asked since the last time: methods and their parameters.
    pub fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Only the methods.
    pub fn methods(&self) -> Vec<String> {
        self.asked().into_iter().map(|(method, _)| method).collect()
    }

    fn reply(&self, method: &str, params: &Value) -> Reply {
        self.asked.lock().unwrap().push((method.to_owned(), params.clone()));
        self.arrived.notify_one();
        let key = params["key"].as_str().or(params["sessionKey"].as_str());
        let mut rules = self.rules.lock().unwrap();
        let rule =
            rules.iter_mut().find(|rule| rule.method == method && (rule.key.is_none() || rule.key.as_deref() == key));
        match rule {
            None => Reply::Refuses("INVALID_REQUEST", "unknown method"),
            Some(rule) if rule.replies.len() > 1 => rule.replies.pop_front().unwrap(),
            Some(rule) => rule.replies[0].clone(),
        }
    }
}

/// A running gateway.
pub struct Gateway {
    pub script: Arc<Script>,
    pub url: String,
}

impl Gateway {
    /// One of 2026.9.6 that knows every session and stops every run.
    pub async fn modern() -> Self {
        let gateway = Self::start(4, "2026.9.6", &MODERN).await;
        gateway.script.on("sessions.describe", None, [Reply::Gives(json!({"session": {"kind": "direct"}}))]).on(
            "sessions.abort",
            None,
            [Reply::Gives(json!({"ok": true, "abortedRunId": "r", "status": "aborted"}))],
        );
        gateway
    }

    pub async fn start(protocol: u64, version: &'static str, methods: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let script = Arc::new(Script::default());
        let shared = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared), protocol, version, methods));
            }
        });
        Self { script, url }
    }

    pub fn target(&self, devices: &Path) -> Target {
        let auth = Auth { token: factory_dashboard::domain::secret::Secret::of(GATEWAY_TOKEN), password: None };
        Target { url: Address::of(&self.url), auth, must_be_of: None, devices: devices.to_owned() }
    }
}

async fn serve(stream: TcpStream, script: Arc<Script>, protocol: u64, version: &str, methods: &[&str]) -> Option<()> {
    let mut socket = tokio_tungstenite::accept_async(stream).await.ok()?;
    let challenge = json!({"type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": 1}});
    socket.send(Message::text(challenge.to_string())).await.ok()?;
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else { continue };
        let request: Value = serde_json::from_str(&text).unwrap();
        let (id, params) = (&request["id"], &request["params"]);
        let method = request["method"].as_str().unwrap();
        let fault = |code: &str, message: &str| json!({"type": "res", "id": id, "ok": false, "error": {"code": code, "message": message}});
        let give = |payload: Value| json!({"type": "res", "id": id, "ok": true, "payload": payload});
        let answer = if method == "connect" {
            if params["auth"]["token"] == GATEWAY_TOKEN {
                give(json!({"type": "hello-ok", "protocol": protocol, "server": {"version": version},
                    "features": {"methods": methods}, "auth": {"role": "operator", "scopes": params["scopes"]}}))
            } else {
                fault("INVALID_REQUEST", "unauthorized: gateway token mismatch")
            }
        } else {
            match script.reply(method, params) {
                Reply::Gives(payload) => give(payload),
                Reply::Refuses(code, message) => fault(code, message),
                Reply::Hangs => continue,
                Reply::Leaves => return None,
                Reply::Waits(payload) => {
                    script.go.notified().await;
                    give(payload)
                }
            }
        };
        socket.send(Message::text(answer.to_string())).await.ok()?;
    }
}
