//! Sessions opened over the API, and what a test reads from the same files by itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use factory_dashboard::clock::Clock;
use factory_dashboard::control::Limits;
use factory_dashboard::control::audit::AuditLog;
use factory_dashboard::control::desk::Desk;
use factory_dashboard::conversation::library::Library;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Positions;
use factory_dashboard::domain::health::LedgerHealth;
use factory_dashboard::http::guard::Guard;
use factory_dashboard::hub::Hub;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::source::files::FilesReader;
use factory_dashboard::source::packed::ends::Ends;
use factory_dashboard::store::UsageHistory;
use factory_dashboard::store::sqlite::SqliteLedger;
use http_body_util::BodyExt;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{NOW, Server, StateDir, THRESHOLDS, World, book, fixture, library_server};

/// A state directory that was read, its ledger, and its transcripts where they lie.
pub struct House {
    pub world: World,
    pub library: Arc<Library>,
    pub history: Arc<dyn UsageHistory>,
}

impl House {
    /// Everything below a state directory, read once.
    pub fn of(root: &Path) -> Self {
        Self::showing(root, true)
    }

    /// The same, with or without message text.
    pub fn showing(root: &Path, shows_messages: bool) -> Self {
        Self::with(root, shows_messages, Ends::default())
    }

    /// The same, with the ends of archives kept.
    pub fn keeping(root: &Path, ends: Ends) -> Self {
        Self::with(root, true, ends)
    }

    fn with(root: &Path, shows_messages: bool, ends: Ends) -> Self {
        let ledger = SqliteLedger::in_memory(book().changes()).unwrap();
        let history = ledger.history();
        let library = Library::new([(InstallationId::from("test"), root.to_owned())], shows_messages, ends.clone());
        let mut world = World::of(root);
        world.reader = FilesReader::new(InstallationId::from("test"), root.to_owned(), Positions::new()).keeping(ends);
        let pipeline = Pipeline::new(book(), Box::new(ledger), LedgerHealth::default(), NOW).unwrap();
        let masks = Arc::clone(&library);
        world.pipeline = pipeline.masking(Box::new(move || masks.redactor()));
        let mut house = Self { world, library, history };
        house.read();
        house
    }

    /// Reads what changed.
    pub fn read(&mut self) -> &mut Self {
        self.world.read();
        self
    }

    pub fn server(&mut self) -> Server {
        let hub = Arc::new(Hub::new(self.world.pipeline.board(self.world.clock.now())));
        let clock = Arc::clone(&self.world.clock);
        let nobody = Box::new(|_: &InstallationId| Err("There is no gateway here.".to_owned()));
        let told = Arc::clone(&clock) as Arc<dyn Clock>;
        let desk = Desk::new(Arc::clone(&hub), told, THRESHOLDS, nobody, Limits::default(), AuditLog::in_memory());
        let (history, library) = (Arc::clone(&self.history), Arc::clone(&self.library));
        library_server(hub, clock, Guard::default(), history, Arc::new(desk), library)
    }

    pub async fn get(&mut self, path: &str) -> Value {
        self.server().get(path).await
    }

    /// `GET /api/sessions/{key}`.
    pub async fn detail(&mut self, key: &str) -> Value {
        self.get(&path(key, "")).await
    }

    /// A page of messages.
    pub async fn page(&mut self, key: &str, query: &str) -> Value {
        self.get(&path(key, &format!("/messages?{query}"))).await
    }
}

/// The path of a session, its key percent-encoded, with what follows.
pub fn path(key: &str, rest: &str) -> String {
    format!("/api/sessions/{}{rest}", encoded(key))
}

/// Everything but letters and digits as `%XX`.
pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

/// The key of the only session of [`super::one_session`].
pub const MAIN: &str = "agent:main:main";

impl Server {
    /// An answer as it comes, whatever its type.
    pub async fn raw(&self, path: &str) -> (StatusCode, String) {
        let response = self.send(Request::get(path).body(Body::empty()).unwrap()).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The whole conversation, oldest first, walked backwards in pages of this many messages.
    pub async fn walk_back(&self, key: &str, limit: usize) -> Vec<Value> {
        let mut pages: Vec<Vec<Value>> = Vec::new();
        let mut before = String::new();
        loop {
            let page = self.get(&path(key, &format!("/messages?limit={limit}{before}"))).await;
            pages.push(list(&page["messages"]));
            let Some(place) = page["before"].as_str() else { break };
            before = format!("&before={place}");
        }
        pages.into_iter().rev().flatten().collect()
    }

    /// What came after a place, in pages of this many messages, and the place where it ends.
    pub async fn walk_forth(&self, key: &str, after: &str, limit: usize) -> (Vec<Value>, String) {
        let mut all = Vec::new();
        let mut after = after.to_owned();
        loop {
            let page = self.get(&path(key, &format!("/messages?limit={limit}&after={after}"))).await;
            assert_eq!(page["reset"], false, "{page}");
            let reached = page["after"].as_str().unwrap().to_owned();
            all.extend(list(&page["messages"]));
            if reached == after {
                return (all, after);
            }
            after = reached;
        }
    }
}

pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}")).clone()
}

/// The kind of a message, OpenClaw's id of it, its texts.
pub type Brief = (String, Option<String>, Vec<String>);

/// A message of the API in short.
pub fn brief(message: &Value) -> Brief {
    let owned = |value: &Value| value.as_str().map(str::to_owned);
    let text = |part: &Value| owned(&part["text"]).or_else(|| owned(&part["name"])).unwrap_or_default();
    let texts = message["parts"].as_array().into_iter().flatten().map(text).collect();
    (owned(&message["kind"]).unwrap(), owned(&message["entryId"]), texts)
}

pub fn briefs(messages: &[Value]) -> Vec<Brief> {
    messages.iter().map(brief).collect()
}

/// What the API is to show of the records of one transcript, read with nothing but a JSON parser.
pub fn expected(records: &[Value]) -> Vec<Brief> {
    records.iter().filter_map(expected_of).collect()
}

fn expected_of(record: &Value) -> Option<Brief> {
    let id = record["id"].as_str().map(str::to_owned);
    let kind = match (record["message"]["role"].as_str(), record["type"].as_str()?) {
        (Some("user"), _) => "user",
        (Some("assistant"), _) => "assistant",
        (Some("toolResult"), _) => "tool",
        (None, "compaction" | "reset" | "model_change" | "thinking_level_change") => "note",
        (None, "custom") if record["customType"] == "openclaw:prompt-error" => "note",
        (None, "custom_message") if record["customType"] == "openclaw:turn-aborted" => "note",
        (None, "custom_message") if record["display"] == true => "note",
        _ => return None,
    };
    let mut texts = match &record["message"]["content"] {
        Value::String(text) => vec![text.clone()],
        Value::Array(parts) => parts
            .iter()
            .map(|part| {
                let name = ["text", "thinking", "name"].into_iter().find_map(|name| part[name].as_str());
                name.unwrap_or_default().to_owned()
            })
            .collect(),
        _ => Vec::new(),
    };
    if let Some(first) = texts.first_mut().filter(|_| kind == "user") {
        *first = said(first).to_owned();
    }
    Some((kind.to_owned(), id, texts))
}

/// Older releases put a block about the sender and the time in brackets in front of what somebody says.
fn said(text: &str) -> &str {
    let text = if text.starts_with("Sender (untrusted") { text.split("```\n\n").last().unwrap() } else { text };
    match text.split_once(" UTC] ") {
        Some((time, said)) if time.starts_with('[') && time.len() == "[Sun 2026-11-22 14:44".len() => said,
        _ => text,
    }
}

/// Where one transcript ends and the next one begins.
pub fn begun_anew() -> Brief {
    ("note".to_owned(), None, Vec::new())
}

/// The records of a text of lines.
pub fn records(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter(Value::is_object).collect()
}

/// Every session of a recording that is listed, with the files or databases of its transcripts: agent, key, id.
pub fn listed(root: &Path) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for agent in fs::read_dir(root.join("agents")).unwrap().flatten() {
        let name = agent.file_name().into_string().unwrap();
        let database = agent.path().join("agent/openclaw-agent.sqlite");
        if database.is_file() {
            let connection = still(&database);
            let mut statement =
                connection.prepare("select session_key, current_session_id from session_nodes").unwrap();
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            all.extend(rows.map(|row| row.map(|(key, id)| (name.clone(), key, id)).unwrap()));
        } else {
            let text = fs::read_to_string(agent.path().join("sessions/sessions.json")).unwrap();
            let rows: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
            all.extend(
                rows.into_iter().map(|(key, row)| (name.clone(), key, row["sessionId"].as_str().unwrap().to_owned())),
            );
        }
    }
    // 3.13 may list a run of a job beside the job, with the same transcript: it is shown once, as the job.
    all.retain(|(_, key, _)| !key.contains(":run:"));
    all.sort();
    all
}

/// A database that nobody writes.
pub fn still(path: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{}?immutable=1", path.display()), flags).unwrap()
}

/// The records of a transcript in a recording, read by the test itself.
pub fn recorded(root: &Path, agent: &str, id: &str) -> Vec<Value> {
    let folder = root.join("agents").join(agent);
    let database = folder.join("agent/openclaw-agent.sqlite");
    if database.is_file() {
        let of_rows = rows_of(&still(&database), id);
        if !of_rows.is_empty() {
            return of_rows;
        }
    }
    let Some(path) = file_of(&folder.join("sessions"), id) else { return Vec::new() };
    let bytes = fs::read(&path).unwrap();
    let is_packed = path.extension().is_some_and(|extension| extension == "zst");
    let bytes = if is_packed { unpacked(&bytes) } else { bytes };
    records(&String::from_utf8(bytes).unwrap())
}

fn rows_of(connection: &Connection, id: &str) -> Vec<Value> {
    let sql = "select event_json, event_zstd from transcript_events where session_id = ?1 order by seq";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement
        .query_map([id], |row| {
            let (plain, packed): (Option<String>, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
            Ok(plain.unwrap_or_else(|| String::from_utf8(unpacked(&packed.unwrap())).unwrap()))
        })
        .unwrap();
    rows.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
}

fn file_of(folder: &Path, id: &str) -> Option<PathBuf> {
    let starts = |path: &PathBuf| {
        path.file_name().unwrap().to_str().unwrap().strip_prefix(id).is_some_and(|rest| rest.starts_with(".jsonl"))
    };
    fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).find(starts)
}

pub fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    zstd::Decoder::new(bytes).unwrap().read_to_end(&mut text).unwrap();
    text
}

/// A record of a message: id, seconds after eleven o'clock, role and content, with the rest of the message.
pub fn message(id: &str, second: u32, role: &str, content: Value, rest: Value) -> String {
    let at = format!("2026-11-24T11:{:02}:{:02}.000Z", second / 60, second % 60);
    let mut record = json!({"type": "message", "id": id, "parentId": null, "timestamp": at,
        "message": {"role": role, "content": content}});
    for (name, value) in rest.as_object().into_iter().flatten() {
        record["message"][name] = value.clone();
    }
    format!("{record}\n")
}

/// Somebody asks.
pub fn asks(id: &str, second: u32, text: &str) -> String {
    message(id, second, "user", json!(text), Value::Null)
}

/// A model answers.
pub fn answers(id: &str, second: u32, text: &str) -> String {
    message(id, second, "assistant", json!([{"type": "text", "text": text}]), answer("stop"))
}

/// What an assistant message has beside its content: 10 tokens in, 2 out, 1 cent.
pub fn answer(stop: &str) -> Value {
    json!({"provider": "anthropic", "model": "claude-opus-4-5", "stopReason": stop,
        "usage": {"input": 10, "output": 2, "cacheRead": 0, "cacheWrite": 0, "cost": {"total": 0.01}}})
}

/// A session `main` whose transcript has this text.
pub fn with_text(text: impl AsRef<[u8]>) -> StateDir {
    let dir = super::one_session(&[]);
    dir.write("agents/main/sessions/s1.jsonl", text);
    dir
}

/// What the messages are called in their transcripts.
pub fn ids(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|one| one["entryId"].as_str().unwrap_or("-")).collect()
}

/// Records as a transcript holds them.
pub fn lines(records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

/// A copy of the recording of 9.6 that a test may change.
pub fn recording() -> (StateDir, PathBuf) {
    let dir = StateDir::new();
    for name in ["agents/main/agent/openclaw-agent.sqlite", "state/openclaw.sqlite"] {
        dir.write(name, fs::read(fixture("2026.9.6").join(name)).unwrap());
    }
    let database = dir.path("agents/main/agent/openclaw-agent.sqlite");
    (dir, database)
}
