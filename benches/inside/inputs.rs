//! Inputs made in code with a fixed seed: transcripts, calls, and a year of them in a ledger.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use factory_dashboard::config::prices;
use factory_dashboard::domain::event::{Event, LastEntry, SourceKind, TranscriptTail};
use factory_dashboard::domain::money::Money;
use factory_dashboard::domain::pricing::{PriceBook, Rates};
use factory_dashboard::domain::session::SessionEntry;
use factory_dashboard::domain::usage::{CallOutcome, ModelCall, StopReason, TokenUsage};
use factory_dashboard::domain::{AgentRef, Millis, ModelRef, TranscriptRef};
use factory_dashboard::store::Ledger;
use factory_dashboard::store::sqlite::{SqliteLedger, file_in};
use tempfile::TempDir;

/// 2026-11-24T00:00:00Z.
pub const NOW: Millis = 1_795_478_400_000;
/// The length of a day.
pub const DAY_MS: Millis = 86_400_000;
/// Agents in a year of calls.
pub const AGENTS: usize = 20;
/// Sessions in it.
pub const SESSIONS: usize = 5000;
/// Calls in each of them: a fifth of what `cargo xtask bench` takes, so that it is made in seconds.
const CALLS_EACH: usize = 40;

const MODELS: [(&str, &str); 5] = [
    ("anthropic", "claude-opus-4-5"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-4-5"),
    ("openai", "gpt-5"),
    ("google", "gemini-2.5-pro"),
];

/// A small generator with a fixed start: the same inputs every time.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ (seed << 1))
    }

    pub fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// The prices that the program comes with.
pub fn book() -> PriceBook {
    let list = prices::embedded();
    let reference = Rates { input: 15_000_000, output: 75_000_000, cache_read: 0, cache_write: 0 };
    PriceBook::new(list.as_of, list.source, list.models, Vec::new(), reference)
}

/// A transcript as OpenClaw writes it, of about so many bytes, and the calls in it. One line in
/// three is a call; the others are twice as long.
pub fn transcript(seed: u64, bytes: usize) -> (Vec<u8>, usize) {
    let mut random = Random::new(seed);
    let filler = "lorem ipsum dolor sit amet, \\\"usage\\\":{\\\"input\\\":1} ".repeat(400);
    let mut text = format!("{{\"type\":\"session\",\"id\":\"s{seed}\",\"timestamp\":\"2026-11-24T00:00:00.000Z\"}}\n");
    let mut calls = 0;
    while text.len() < bytes {
        let at = NOW + i64::try_from(text.len()).unwrap_or_default();
        let size = usize::try_from(random.next(6000)).unwrap_or_default();
        let id = text.len();
        let _ = if random.next(3) == 0 {
            calls += 1;
            let words = &filler[..filler[..size / 2].rfind(' ').unwrap_or(0)];
            let [input, output, read] = [3000, 900, 90_000].map(|most| random.next(most) + 1);
            writeln!(
                text,
                "{{\"type\":\"message\",\"id\":\"{id:08x}\",\"timestamp\":\"2026-11-24T00:00:00.000Z\",\"message\":{{\"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"{words}\"}}],\"provider\":\"anthropic\",\"model\":\"claude-opus-4-5\",\"usage\":{{\"input\":{input},\"output\":{output},\"cacheRead\":{read},\"cacheWrite\":0,\"cost\":{{\"total\":0.01}}}},\"stopReason\":\"stop\",\"timestamp\":{at}}}}}"
            )
        } else {
            let words = &filler[..filler[..size].rfind(' ').unwrap_or(0)];
            writeln!(
                text,
                "{{\"type\":\"message\",\"id\":\"{id:08x}\",\"timestamp\":\"2026-11-24T00:00:00.000Z\",\"message\":{{\"role\":\"toolResult\",\"toolCallId\":\"c\",\"content\":[{{\"type\":\"text\",\"text\":\"{words}\"}}],\"details\":{{\"usage\":{{\"input\":9}}}},\"timestamp\":{at}}}}}"
            )
        };
    }
    (text.into_bytes(), calls)
}

/// The agent of a session.
pub fn owner(session: usize) -> AgentRef {
    AgentRef { installation: "bench".into(), agent: format!("agent-{:02}", session % AGENTS).into() }
}

/// A row of the session index.
pub fn entry(session: usize) -> SessionEntry {
    let kind = ["main", "subagent", "cron"][session % 3];
    let owner = owner(session);
    let key = format!("agent:{}:{kind}:{session:08}", owner.agent).into();
    SessionEntry {
        session_id: Some(format!("s{session}").into()),
        updated_at: Some(NOW),
        ..SessionEntry::new(owner, key)
    }
}

/// All sessions, as their agents list them.
pub fn listed() -> Vec<Event> {
    let agents = 0..AGENTS;
    let entries = |agent: usize| (agent..SESSIONS).step_by(AGENTS).map(entry).collect();
    agents
        .map(|agent| Event::SessionsListed { owner: owner(agent), source: SourceKind::Files, entries: entries(agent) })
        .collect()
}

/// Makes calls, each another one.
pub struct Caller {
    random: Random,
    models: Vec<ModelRef>,
}

impl Caller {
    pub fn new(seed: u64) -> Self {
        let models = MODELS.iter().map(|(provider, model)| ModelRef::new(provider, model)).collect();
        Self { random: Random::new(seed), models }
    }

    fn call(&mut self, at: Millis) -> ModelCall {
        let random = &mut self.random;
        let model = usize::try_from(random.next(5)).unwrap_or_default();
        ModelCall {
            identity: random.next(u64::MAX),
            at,
            model: Some(self.models[model].clone()),
            usage: TokenUsage {
                input: random.next(3000) + 1,
                output: random.next(900) + 1,
                cache_read: random.next(90_000),
                cache_write: random.next(2000),
            },
            recorded: None,
            outcome: CallOutcome::Answered,
            stop: StopReason::Stop,
            message_id: Some("0123abcd".into()),
            error: None,
        }
    }

    /// Calls of one session, one every so many milliseconds.
    pub fn read(&mut self, session: usize, calls: usize, from: Millis, every: Millis) -> Event {
        let at = |call: usize| from + i64::try_from(call).unwrap_or_default() * every;
        // OpenClaw records costs for some providers and not for others.
        let recorded = session.is_multiple_of(2).then_some(Money::from_nanos(1_000_000));
        let calls = (0..calls).map(|call| ModelCall { recorded, ..self.call(at(call)) });
        let calls: Vec<ModelCall> = calls.collect();
        let last = calls.last().map_or(from, |call| call.at);
        Event::CallsRead {
            transcript: TranscriptRef { owner: owner(session), session_id: format!("s{session}").into() },
            archived: false,
            began_at: Some(from),
            calls,
            tail: Some(TranscriptTail { at: last, last: LastEntry::Finished }),
        }
    }
}

/// A ledger with 200,000 calls in the year before [`NOW`].
pub struct Year {
    pub folder: TempDir,
    pub calls: u64,
    pub price_changes: BTreeSet<Millis>,
}

/// Made once for all benches that only ask.
pub static YEAR: LazyLock<Year> = LazyLock::new(Year::make);

impl Year {
    /// Makes one that may be written to.
    pub fn make() -> Self {
        let folder = TempDir::new().expect("a scratch folder");
        let price_changes = book().changes();
        let mut ledger = open(folder.path(), &price_changes);
        ledger.set_tier_limits(&book().tier_limits()).expect("the ledger takes limits");
        ledger.commit(&listed()).expect("the ledger takes sessions");
        let mut caller = Caller::new(1);
        let sessions: Vec<usize> = (0..SESSIONS).collect();
        for some in sessions.chunks(100) {
            let events: Vec<Event> = some.iter().map(|session| year_of(&mut caller, *session)).collect();
            ledger.commit(&events).expect("the ledger takes calls");
        }
        Self { folder, calls: (SESSIONS * CALLS_EACH) as u64, price_changes }
    }

    /// The writer.
    pub fn ledger(&self) -> SqliteLedger {
        open(self.folder.path(), &self.price_changes)
    }
}

fn year_of(caller: &mut Caller, session: usize) -> Event {
    let back = 1 + i64::try_from(caller.random.next(363)).unwrap_or_default();
    caller.read(session, CALLS_EACH, NOW - back * DAY_MS, 10 * 60_000)
}

/// Opens a ledger in a folder, or makes one.
pub fn open(folder: &Path, price_changes: &BTreeSet<Millis>) -> SqliteLedger {
    SqliteLedger::open(&file_in(folder), price_changes.clone()).expect("a ledger")
}
