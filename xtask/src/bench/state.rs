//! Made-up state directories with known sums, in both layouts of OpenClaw.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// How much to make.
pub struct Shape {
    /// What it is called.
    pub name: &'static str,
    /// Sessions, over three agents.
    pub sessions: usize,
    /// Messages.
    pub messages: usize,
    /// Of so many messages one is a call of a model.
    pub one_call_in: usize,
    /// About how many bytes of transcripts.
    pub bytes: usize,
}

/// What a reader must find.
#[derive(Default)]
pub struct Truth {
    /// Input, output, cache read, cache write.
    pub tokens: [u64; 4],
    /// Model calls.
    pub calls: u64,
}

const AGENTS: [&str; 3] = ["main", "ops", "research"];
const DAY_MS: i64 = 86_400_000;
/// 2026-11-01T00:00:00Z.
const START_MS: i64 = 1_793_491_200_000;

/// A small generator with a fixed start: the same bytes every time.
pub struct Random(u64);

impl Random {
    /// A generator at its start.
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// A number below a limit.
    pub fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Makes the JSON Lines layout anew; the truth is counted while writing.
pub fn make(dir: &Path, shape: &Shape) -> Result<Truth> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    let mut random = Random::new();
    let mut truth = Truth::default();
    let per_session = shape.messages / shape.sessions;
    let text = shape.bytes / shape.messages;
    let filler = "lorem ipsum dolor sit amet, \\\"usage\\\":{\\\"input\\\":1} ".repeat(2000);
    let mut indexes: Vec<serde_json::Map<String, Value>> = vec![serde_json::Map::new(); AGENTS.len()];
    for agent in AGENTS {
        fs::create_dir_all(dir.join("agents").join(agent).join("sessions"))?;
    }
    for session in 0..shape.sessions {
        let agent = session % AGENTS.len();
        let id = format!("{session:08x}-0000-4000-8000-000000000000");
        let folder = dir.join("agents").join(AGENTS[agent]).join("sessions");
        let mut file = BufWriter::new(File::create(folder.join(format!("{id}.jsonl")))?);
        let mut at = START_MS + (i64::try_from(session)? % 20) * DAY_MS;
        writeln!(
            file,
            "{{\"type\":\"session\",\"version\":3,\"id\":\"{id}\",\"timestamp\":\"{}\",\"cwd\":\"/home/demo\"}}",
            iso(at)
        )?;
        for message in 0..per_session {
            at += 1000 + i64::try_from(random.next(20_000))?;
            let size = usize::try_from(random.next(2 * text as u64 - 600).max(20))?.min(filler.len() - 60);
            let words = |size: usize| &filler[..filler[..size].rfind(' ').unwrap_or(0)];
            // No two records of OpenClaw have the same id: two calls of the same moment would be one.
            let number = session << 16 | message;
            let line = if (message + 1) % shape.one_call_in == 0 {
                call_line(number, at, words(size / 2), &mut random, &mut truth)
            } else {
                other_line(number, at, words(size), &mut random)
            };
            file.write_all(line.as_bytes())?;
        }
        let kind = ["main", "subagent", "cron"][session % 3];
        let key = format!("agent:{}:{kind}:{id}", AGENTS[agent]);
        indexes[agent].insert(key, json!({"sessionId": id, "updatedAt": at, "modelProvider": "anthropic", "model": "claude-opus-4-5",
            "contextTokens": 200_000, "totalTokens": 40_000, "totalTokensFresh": true, "label": format!("session {session}"), "status": "done"}));
    }
    for (agent, index) in AGENTS.iter().zip(indexes) {
        let path = dir.join("agents").join(agent).join("sessions/sessions.json");
        fs::write(path, serde_json::to_vec(&index)?)?;
    }
    Ok(truth)
}

fn other_line(number: usize, at: i64, text: &str, random: &mut Random) -> String {
    let time = iso(at);
    if random.next(4) == 0 {
        format!(
            "{{\"type\":\"message\",\"id\":\"u{number:07x}\",\"parentId\":null,\"timestamp\":\"{time}\",\"message\":{{\"role\":\"user\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}],\"timestamp\":{at}}}}}\n"
        )
    } else {
        format!(
            "{{\"type\":\"message\",\"id\":\"t{number:07x}\",\"parentId\":null,\"timestamp\":\"{time}\",\"message\":{{\"role\":\"toolResult\",\"toolCallId\":\"c\",\"toolName\":\"exec\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}],\"details\":{{\"usage\":{{\"input\":9}}}},\"isError\":false,\"timestamp\":{at}}}}}\n"
        )
    }
}

fn call_line(number: usize, at: i64, text: &str, random: &mut Random, truth: &mut Truth) -> String {
    let usage = [random.next(3000), random.next(900) + 1, random.next(90_000), random.next(2000)];
    for (sum, tokens) in truth.tokens.iter_mut().zip(usage) {
        *sum += tokens;
    }
    truth.calls += 1;
    let [input, output, read, write] = usage;
    let time = iso(at);
    let cost = if random.next(2) == 0 {
        format!(
            ",\"cost\":{{\"input\":0.1,\"output\":0.1,\"cacheRead\":0,\"cacheWrite\":0,\"total\":0.0{}}}",
            random.next(99) + 1
        )
    } else {
        String::new()
    };
    format!(
        "{{\"type\":\"message\",\"id\":\"a{number:07x}\",\"parentId\":null,\"timestamp\":\"{time}\",\"message\":{{\"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}],\"api\":\"anthropic-messages\",\"provider\":\"anthropic\",\"model\":\"claude-opus-4-5\",\"usage\":{{\"input\":{input},\"output\":{output},\"cacheRead\":{read},\"cacheWrite\":{write},\"totalTokens\":{}{cost}}},\"stopReason\":\"stop\",\"timestamp\":{at},\"responseId\":\"r{number}\"}}}}\n",
        usage.iter().sum::<u64>()
    )
}

/// The same content as OpenClaw 2026.9.6 keeps it: rows, those that pack well as zstd.
pub fn to_sqlite(dir: &Path) -> Result<PathBuf> {
    let made = dir.with_extension("sqlite");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    for agent in AGENTS {
        let folder = made.join("agents").join(agent).join("agent");
        fs::create_dir_all(&folder)?;
        let mut database = rusqlite::Connection::open(folder.join("openclaw-agent.sqlite"))?;
        database.execute_batch(SCHEMA)?;
        let transaction = database.transaction()?;
        let sessions = dir.join("agents").join(agent).join("sessions");
        let index: serde_json::Map<String, Value> = serde_json::from_slice(&fs::read(sessions.join("sessions.json"))?)?;
        for (key, entry) in &index {
            let id = entry["sessionId"].as_str().context("no id")?;
            let updated = entry["updatedAt"].as_i64();
            transaction.execute(
                "insert into session_nodes values(?1, ?2, ?3, ?4, 'done', null, null, null, null)",
                (key, id, entry.to_string(), updated),
            )?;
            transaction.execute("insert into session_windows values(?1, ?2, ?3)", (id, key, updated))?;
            let mut insert =
                transaction.prepare_cached("insert into transcript_events values(?1, ?2, ?3, 0, ?4, ?5)")?;
            for (seq, line) in fs::read_to_string(sessions.join(format!("{id}.jsonl")))?.lines().enumerate() {
                let packed = if line.len() > 1900 {
                    Some(zstd::bulk::compress(line.as_bytes(), 3)?).filter(|packed| packed.len() * 10 < line.len() * 9)
                } else {
                    None
                };
                let size = packed.is_some().then(|| i64::try_from(line.len())).transpose()?;
                insert.execute((id, i64::try_from(seq)?, packed.is_none().then_some(line), packed, size))?;
            }
        }
        transaction.commit()?;
    }
    Ok(made)
}

/// The same content after OpenClaw 2026.9.6 deleted it: each transcript packed, under the name that it gives it.
pub fn to_packed(dir: &Path) -> Result<PathBuf> {
    let made = dir.with_extension("packed");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    for agent in AGENTS {
        let (from, to) = [dir, &made].map(|dir| dir.join("agents").join(agent).join("sessions")).into();
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(from)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).context("no name")?;
            if name == "sessions.json" {
                fs::copy(&path, to.join(name))?;
                continue;
            }
            let packed = fs::File::create(to.join(format!("{name}.deleted.2026-11-22T14-35-33.277Z.21ff.zst")))?;
            zstd::stream::copy_encode(fs::File::open(&path)?, packed, 3)?;
        }
    }
    Ok(made)
}

const SCHEMA: &str = "create table session_nodes(session_key text primary key, current_session_id text, entry_json text, updated_at integer, status text,
    archived_at integer, label text, parent_session_key text, spawned_by text) strict;
    create index by_update on session_nodes(updated_at desc, session_key);
    create table session_windows(session_id text primary key, session_key text, updated_at integer) strict;
    create table transcript_events(session_id text not null, seq integer not null, event_json text, created_at integer not null, event_zstd blob,
    event_utf8_bytes integer, primary key(session_id, seq)) strict;";

/// Appends one answer to the first session.
pub fn append(dir: &Path, round: usize) -> Result<()> {
    let path = dir.join("agents/main/sessions/00000000-0000-4000-8000-000000000000.jsonl");
    let at = START_MS + 30 * DAY_MS + i64::try_from(round)?;
    let line = call_line(0x0fff_0000 + round, at, "hello", &mut Random(round as u64 + 7), &mut Truth::default());
    let mut file = File::options().append(true).open(path)?;
    file.write_all(line.replace("\"input\":0,", "\"input\":1,").as_bytes())?;
    Ok(())
}

/// The days of November 2026 are all that is needed.
fn iso(at: i64) -> String {
    let since = at - START_MS;
    let (day, rest) = (since / DAY_MS, since % DAY_MS);
    format!(
        "2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        11 + day / 30,
        day % 30 + 1,
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1000 % 60,
        rest % 1000
    )
}
