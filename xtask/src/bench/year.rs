//! A state directory with a year of calls behind it, and what they sum up to by the hour, and by day,
//! agent and model.
//!
//! It takes a while to write, so one that lies there is used again while it is fresh.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::state::{Random, Truth};
use super::time::{DAY_MS, HOUR_MS, iso, now};

/// Agents.
pub const AGENTS: usize = 20;
/// Models, each with a list price.
pub const MODELS: [(&str, &str); 5] = [
    ("anthropic", "claude-opus-4-5"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-4-5"),
    ("openai", "gpt-5"),
    ("google", "gemini-2.5-pro"),
];
/// Sessions.
pub const SESSIONS: usize = 5000;
/// How long a state directory whose calls end "now" is taken for one.
const FRESH_MS: i64 = 6 * HOUR_MS;
/// Changes when the content does: what lies there is made anew.
const MADE_BY: u64 = 2;
/// Calls between two questions: one after the other, as tools answer.
const TURN: usize = 8;

/// Calls, failed ones, and tokens: input, output, cache read, cache write.
pub type Sums = [u64; 6];

/// The state directory and its truth.
pub struct Year {
    /// Where it lies.
    pub dir: PathBuf,
    /// When it was made; the calls end before that, and begin 365 days before it.
    pub made_at: i64,
    /// How many calls were asked for.
    calls: usize,
    /// The sums of each hour of the Unix epoch.
    hours: Vec<Sums>,
    /// The sums of each day and each pair of agent and model.
    days: Vec<Sums>,
}

/// Makes one with so many calls, or takes the one that lies there.
pub fn make(dir: &Path, calls: usize) -> Result<Year> {
    if let Some(kept) = kept(dir, calls, now()?) {
        return Ok(kept);
    }
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    let made_at = now()?;
    let hours = vec![Sums::default(); 367 * 24];
    let days = vec![Sums::default(); 367 * AGENTS * MODELS.len()];
    let mut year = Year { dir: dir.to_owned(), made_at, calls, hours, days };
    let mut random = Random::new();
    let mut indexes: Vec<Map<String, Value>> = vec![Map::new(); AGENTS];
    for session in 0..SESSIONS {
        let calls = calls / SESSIONS + usize::from(session < calls % SESSIONS);
        let (key, row) = year.write_session(session, calls, &mut random)?;
        indexes[session % AGENTS].insert(key, row);
    }
    for (agent, index) in indexes.iter().enumerate() {
        fs::write(year.sessions_of(agent).join("sessions.json"), serde_json::to_vec(index)?)?;
    }
    year.keep()?;
    Ok(year)
}

fn kept(dir: &Path, calls: usize, now: i64) -> Option<Year> {
    let note: Value = serde_json::from_slice(&fs::read(note_of(dir)).ok()?).ok()?;
    let made_at = note["madeAt"].as_i64()?;
    let same = note["madeBy"] == MADE_BY && note["calls"] == calls && (0..FRESH_MS).contains(&(now - made_at));
    let sums = |name: &str| -> Option<Vec<Sums>> { serde_json::from_value(note[name].clone()).ok() };
    let year = || Some(Year { dir: dir.to_owned(), made_at, calls, hours: sums("hours")?, days: sums("days")? });
    if same && dir.is_dir() { year() } else { None }
}

fn note_of(dir: &Path) -> PathBuf {
    dir.with_extension("made.json")
}

impl Year {
    /// Notes that the state directory is as it was made.
    pub fn keep(&self) -> Result<()> {
        let Self { made_at, calls, hours, days, .. } = self;
        let note = json!({"madeBy": MADE_BY, "calls": calls, "madeAt": made_at, "hours": hours, "days": days});
        Ok(fs::write(note_of(&self.dir), serde_json::to_vec(&note)?)?)
    }

    /// Notes that it is being changed.
    pub fn give_up(&self) -> Result<()> {
        Ok(fs::remove_file(note_of(&self.dir))?)
    }

    /// Where the first hour and day begin.
    fn origin(&self) -> i64 {
        (self.made_at - 366 * DAY_MS).div_euclid(DAY_MS) * DAY_MS
    }

    /// The sums of a range of whole hours.
    pub fn between(&self, from: i64, to: i64) -> Sums {
        let hour = |at: i64| usize::try_from((at - self.origin()) / HOUR_MS).unwrap_or_default().min(self.hours.len());
        self.hours[hour(from)..hour(to)].iter().fold(Sums::default(), add)
    }

    /// The sums of a UTC day, by the number of an agent and a model.
    pub fn on(&self, day: i64, agent: usize, model: usize) -> Sums {
        self.place(day, agent, model).map(|place| self.days[place]).unwrap_or_default()
    }

    fn place(&self, at: i64, agent: usize, model: usize) -> Option<usize> {
        let day = usize::try_from((at - self.origin()) / DAY_MS).ok()?;
        Some((day * AGENTS + agent) * MODELS.len() + model).filter(|place| *place < self.days.len())
    }

    /// Everything.
    pub fn truth(&self) -> Truth {
        let [calls, _, tokens @ ..] = self.hours.iter().fold(Sums::default(), add);
        Truth { tokens, calls }
    }

    fn count(&mut self, at: i64, agent: usize, model: usize, sums: &Sums) {
        let hour = usize::try_from((at - self.origin()) / HOUR_MS).unwrap_or_default();
        self.hours[hour] = add(self.hours[hour], sums);
        if let Some(place) = self.place(at, agent, model) {
            self.days[place] = add(self.days[place], sums);
        }
    }

    fn sessions_of(&self, agent: usize) -> PathBuf {
        self.dir.join("agents").join(agent_name(agent)).join("sessions")
    }

    /// The transcript of a session.
    pub fn transcript(&self, session: usize) -> PathBuf {
        self.sessions_of(session % AGENTS).join(format!("{}.jsonl", session_id(session)))
    }

    /// Conversations last weeks, with hours between two turns; spawned work and scheduled runs some hours.
    fn write_session(&mut self, session: usize, calls: usize, random: &mut Random) -> Result<(String, Value)> {
        let agent = session % AGENTS;
        let (kind, longest) = [("main", 30 * DAY_MS), ("subagent", 5 * HOUR_MS), ("cron", 3 * HOUR_MS)][session % 3];
        let length = longest / 4 + below(random, longest / 2);
        let began = self.made_at - 300_000 - length - below(random, 365 * DAY_MS - length - 600_000);
        let home = usize::try_from(random.next(5))?;
        let recorded = random.next(2) == 0;
        fs::create_dir_all(self.sessions_of(agent))?;
        let mut file = BufWriter::new(File::create(self.transcript(session))?);
        let (id, start) = (session_id(session), iso(began));
        writeln!(
            file,
            "{{\"type\":\"session\",\"version\":3,\"id\":\"{id}\",\"timestamp\":\"{start}\",\"cwd\":\"/home/demo\"}}"
        )?;
        let turns = calls.div_ceil(TURN).max(1);
        let pause = length / i64::try_from(turns)?;
        let mut at = began;
        for call in 0..calls {
            if call % TURN == 0 {
                at = began + i64::try_from(call / TURN)? * pause + below(random, pause / 4);
                file.write_all(question(call, at, random).as_bytes())?;
            }
            at += 2000 + below(random, 20_000);
            let model = if random.next(10) == 0 { usize::try_from(random.next(5))? } else { home };
            let (line, sums) = answer(session, call, at, model, recorded, random);
            self.count(at, agent, model, &sums);
            file.write_all(line.as_bytes())?;
        }
        let (provider, model) = MODELS[home];
        let row = json!({"sessionId": id, "updatedAt": at, "sessionStartedAt": began, "modelProvider": provider, "model": model,
            "contextTokens": 200_000, "totalTokens": 40_000, "totalTokensFresh": true, "label": format!("session {session}"), "status": "done"});
        Ok((format!("agent:{}:{kind}:{id}", agent_name(agent)), row))
    }
}

/// The name of an agent.
pub fn agent_name(agent: usize) -> String {
    format!("agent-{agent:02}")
}

fn session_id(session: usize) -> String {
    format!("{session:08x}-0000-4000-8000-000000000000")
}

/// One call as a line, and what it counts for.
pub fn answer(
    session: usize,
    call: usize,
    at: i64,
    model: usize,
    recorded: bool,
    random: &mut Random,
) -> (String, Sums) {
    let (provider, name) = MODELS[model];
    let failed = random.next(100) == 0;
    let usage = if failed {
        [0; 4]
    } else {
        [random.next(3000) + 1, random.next(900) + 1, random.next(120_000), random.next(2000)]
    };
    let [input, output, read, write] = usage;
    let total: u64 = usage.iter().sum();
    let cost = if recorded && !failed {
        format!(",\"cost\":{{\"total\":0.0{:02}}}", random.next(99) + 1)
    } else {
        String::new()
    };
    let stop = match random.next(10) {
        _ if failed => "error\",\"errorMessage\":\"overloaded",
        0..3 => "stop",
        _ => "toolUse",
    };
    let line = format!(
        "{{\"type\":\"message\",\"id\":\"{session:04x}{call:04x}\",\"parentId\":null,\"timestamp\":\"{}\",\"message\":{{\"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"On it.\"}}],\"api\":\"messages\",\"provider\":\"{provider}\",\"model\":\"{name}\",\"usage\":{{\"input\":{input},\"output\":{output},\"cacheRead\":{read},\"cacheWrite\":{write},\"totalTokens\":{total}{cost}}},\"stopReason\":\"{stop}\",\"timestamp\":{at}}}}}\n",
        iso(at)
    );
    (line, [1, u64::from(failed), input, output, read, write])
}

fn question(call: usize, at: i64, random: &mut Random) -> String {
    let words = "please look at it ".repeat(usize::try_from(random.next(40)).unwrap_or_default());
    format!(
        "{{\"type\":\"message\",\"id\":\"u{call:07x}\",\"parentId\":null,\"timestamp\":\"{}\",\"message\":{{\"role\":\"user\",\"content\":[{{\"type\":\"text\",\"text\":\"{words}\"}}],\"timestamp\":{at}}}}}\n",
        iso(at)
    )
}

fn below(random: &mut Random, limit: i64) -> i64 {
    let limit = u64::try_from(limit).unwrap_or(1).max(1);
    i64::try_from(random.next(limit)).unwrap_or_default()
}

fn add(mut sums: Sums, other: &Sums) -> Sums {
    for (sum, more) in sums.iter_mut().zip(other) {
        *sum += more;
    }
    sums
}
