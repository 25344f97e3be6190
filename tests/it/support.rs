//! Builders: a state directory in a scratch folder, one reading of it, requests against the router.

pub mod following;
pub mod gateway_desk;
pub mod history;
pub mod ledger;
pub mod opened;
pub mod running;
pub mod scripted;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use factory_dashboard::clock::{Clock, ManualClock};
use factory_dashboard::config::prices;
use factory_dashboard::control::Limits;
use factory_dashboard::control::audit::AuditLog;
use factory_dashboard::control::desk::Desk;
use factory_dashboard::conversation::library::Library;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Positions;
use factory_dashboard::domain::health::LedgerHealth;
use factory_dashboard::domain::pricing::{PriceBasis, PriceBook, Rates};
use factory_dashboard::domain::status::Thresholds;
use factory_dashboard::http::cache::AnswerCache;
use factory_dashboard::http::feed::Feeds;
use factory_dashboard::http::guard::Guard;
use factory_dashboard::http::view::Defaults;
use factory_dashboard::http::{About, App, router};
use factory_dashboard::hub::Hub;
use factory_dashboard::logs::Place;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::source::files::FilesReader;
use factory_dashboard::source::packed::ends::Ends;
use factory_dashboard::store::UsageHistory;
use factory_dashboard::store::sqlite::SqliteLedger;
use http_body_util::BodyExt;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use self::history::CallList;

/// 2026-11-24T12:00:00Z.
pub const NOW: i64 = 1_795_521_600_000;

pub const THRESHOLDS: Thresholds = Thresholds { active_ms: 300_000, idle_ms: 3_600_000, stuck_ms: 600_000 };

pub fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/openclaw").join(version).join("state-dir")
}

pub fn book() -> PriceBook {
    let list = prices::embedded();
    let reference = Rates { input: 15_000_000, output: 75_000_000, cache_read: 0, cache_write: 0 };
    PriceBook::new(list.as_of, list.source, list.models, Vec::new(), reference)
}

/// A state directory that a test fills.
pub struct StateDir {
    folder: TempDir,
}

impl StateDir {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// `sessions.json` of agent `main`: keys without `agent:main:` and their fields.
    pub fn index(&self, rows: &[(&str, Value)]) -> &Self {
        let map: serde_json::Map<String, Value> =
            rows.iter().map(|(key, row)| (format!("agent:main:{key}"), row.clone())).collect();
        self.write("agents/main/sessions/sessions.json", serde_json::to_vec(&map).unwrap())
    }

    /// A transcript of agent `main`.
    pub fn transcript(&self, name: &str, lines: &[String]) -> &Self {
        self.write(&format!("agents/main/sessions/{name}"), lines.concat())
    }
}

/// A state directory with one session `main` (id `s1`) and these lines as its transcript.
pub fn one_session(lines: &[String]) -> StateDir {
    let dir = StateDir::new();
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW - 5_000}))]).transcript("s1.jsonl", lines);
    dir
}

pub fn header(id: &str) -> String {
    format!("{}\n", json!({"type": "session", "version": 3, "id": id, "timestamp": "2026-11-24T11:00:00.000Z"}))
}

pub fn user(at: &str) -> String {
    format!(
        "{{\"type\":\"message\",\"id\":\"u{at}\",\"parentId\":null,\"timestamp\":\"2026-11-24T{at}.000Z\",\"message\":{{\"role\":\"user\",\"content\":\"hello\"}}}}\n"
    )
}

/// An assistant message of claude-opus-4-5; `cost` in dollars.
pub fn call(id: &str, at: &str, usage: [u64; 4], cost: Option<f64>) -> String {
    let [input, output, read, write] = usage;
    let mut usage = json!({"input": input, "output": output, "cacheRead": read, "cacheWrite": write});
    if let Some(cost) = cost {
        usage["cost"] = json!({"total": cost});
    }
    assistant(id, at, usage, "stop")
}

pub fn assistant(id: &str, at: &str, usage: Value, stop: &str) -> String {
    let message = json!({"role": "assistant", "content": [{"type": "text", "text": "\"usage\":{\"input\":7}"}], "provider": "anthropic",
        "model": "claude-opus-4-5", "usage": usage, "stopReason": stop, "timestamp": 1_795_500_000_000_i64});
    format!(
        "{}\n",
        json!({"type": "message", "id": id, "parentId": null, "timestamp": format!("2026-11-24T{at}.000Z"), "message": message})
    )
}

/// A pipeline with a ledger in memory.
pub fn pipeline(now: i64) -> Pipeline {
    pipeline_with(book(), now)
}

pub fn pipeline_with(book: PriceBook, now: i64) -> Pipeline {
    let ledger = SqliteLedger::in_memory(BTreeSet::new()).unwrap();
    Pipeline::new(book, Box::new(ledger), LedgerHealth::default(), now).unwrap()
}

/// A reader, the state that it fills, and a clock that stands still.
pub struct World {
    pub reader: FilesReader,
    pub pipeline: Pipeline,
    pub clock: Arc<ManualClock>,
}

impl World {
    pub fn of(root: &Path) -> Self {
        Self::starting_at(root, NOW)
    }

    pub fn starting_at(root: &Path, now: i64) -> Self {
        Self {
            reader: FilesReader::new(InstallationId::from("test"), root.to_owned(), Positions::new()),
            pipeline: pipeline(now),
            clock: Arc::new(ManualClock::at(now)),
        }
    }

    /// Reads what changed.
    pub fn read(&mut self) -> &mut Self {
        let (pipeline, clock) = (&mut self.pipeline, &self.clock);
        self.reader
            .refresh(clock.as_ref(), &mut |mut events| {
                pipeline.take_in(&mut events, clock.now()).unwrap();
                Ok(())
            })
            .unwrap();
        self
    }

    pub fn server(&mut self) -> Server {
        server(Hub::new(self.pipeline.board(self.clock.now())), Arc::clone(&self.clock), Guard::default())
    }

    /// The answer to a request.
    pub async fn get(&mut self, path: &str) -> Value {
        self.server().get(path).await
    }

    /// One session's row.
    pub async fn session(&mut self, key: &str) -> Value {
        let answer = self.get("/api/sessions").await;
        let rows = answer["sessions"].as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no {key} in {rows:#?}")).clone()
    }

    /// What was not understood: file, reason, count.
    pub async fn skipped(&mut self) -> Vec<(String, String, u64)> {
        let answer = self.get("/api/sources").await;
        let list = answer["sources"][0]["skipped"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list.iter().map(|one| (text(&one["file"]), text(&one["reason"]), one["count"].as_u64().unwrap())).collect()
    }
}

pub struct Server {
    pub router: axum::Router,
    pub feeds: Arc<Feeds>,
}

/// A server whose ledger holds nothing.
pub fn server(hub: Hub, clock: Arc<ManualClock>, guard: Guard) -> Server {
    server_with(hub, clock, guard, Arc::new(CallList { book: book(), calls: Vec::new() }))
}

pub fn server_with(hub: Hub, clock: Arc<ManualClock>, guard: Guard, history: Arc<dyn UsageHistory>) -> Server {
    server_of(Arc::new(hub), clock, guard, history)
}

/// A server of a hub that goes on being told.
pub fn push_server(hub: Arc<Hub>, clock: Arc<ManualClock>) -> Server {
    server_of(hub, clock, Guard::default(), Arc::new(CallList { book: book(), calls: Vec::new() }))
}

fn server_of(hub: Arc<Hub>, clock: Arc<ManualClock>, guard: Guard, history: Arc<dyn UsageHistory>) -> Server {
    let nobody = Box::new(|_: &InstallationId| Err("There is no gateway here.".to_owned()));
    let facts = (Arc::clone(&hub), Arc::clone(&clock) as Arc<dyn Clock>);
    let desk = Desk::new(facts.0, facts.1, THRESHOLDS, nobody, Limits::default(), AuditLog::in_memory());
    control_server(hub, clock, guard, history, Arc::new(desk))
}

/// A server where actions are handed in at this desk.
pub fn control_server(
    hub: Arc<Hub>,
    clock: Arc<ManualClock>,
    guard: Guard,
    history: Arc<dyn UsageHistory>,
    desk: Arc<Desk>,
) -> Server {
    library_server(hub, clock, guard, history, desk, Library::new([], true, Ends::default()))
}

/// A server that reads transcripts of this library.
pub fn library_server(
    hub: Arc<Hub>,
    clock: Arc<ManualClock>,
    guard: Guard,
    history: Arc<dyn UsageHistory>,
    desk: Arc<Desk>,
    library: Arc<Library>,
) -> Server {
    let defaults = Defaults { thresholds: THRESHOLDS, basis: PriceBasis::Auto, zone: TimeZone::UTC };
    let feeds = Feeds::new(Arc::clone(&hub), Arc::clone(&clock) as Arc<dyn Clock>, defaults.clone());
    let app = App {
        feeds: Arc::clone(&feeds),
        library,
        logs: Box::new(|_| Place { root: None, gateway: Err("There is no gateway here.".to_owned()) }),
        desk,
        hub,
        clock,
        defaults,
        about: About { refresh_seconds: 10, started_at: NOW, ..About::default() },
        history,
        answers: AnswerCache::default(),
        openapi: String::new(),
    };
    Server { router: router(app, guard), feeds }
}

impl Server {
    /// Serves at a port of this machine until the test ends.
    pub async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, self.router.clone()).into_future());
        address
    }

    pub async fn send(&self, request: Request<Body>) -> axum::http::Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.get_any(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub async fn get_any(&self, path: &str) -> (StatusCode, Value) {
        let response = self.send(Request::get(path).body(Body::empty()).unwrap()).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

/// The four token sums of a row.
pub fn tokens(row: &Value) -> [u64; 4] {
    ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"].map(|name| row[name].as_u64().unwrap())
}
