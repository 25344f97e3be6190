//! Entries → runs: what was asked, and the model and tool calls that answered it. No IO but the gathering.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::ops::ControlFlow;

use super::entry::{Answer, Body, Entry, Part, ToolResult, What};
use super::{Conversation, Cursor, Line, Place};
use crate::domain::Millis;
use crate::domain::usage::ModelCall;

/// How much of a transcript is read for runs; what is older is read when it is asked for.
const READ: u64 = 4 << 20;
/// How many steps of a run are kept: the newest.
pub const MOST_STEPS: usize = 200;
/// A pause before a model call is shown from this length on.
const WAIT_MS: Millis = 1_000;
/// So much of a text is kept, in characters: more than is shown, for what is masked later.
const KEPT: usize = 8_192;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The model finished.
    Done,
    /// The last model call failed.
    Failed,
    /// It was stopped.
    Aborted,
    /// It goes on, or nobody wrote down how it ended.
    Open,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A model call.
    Model,
    /// A tool call.
    Tool,
    /// A tool call that spawned a session.
    Subagent,
    /// Older messages were replaced by a summary.
    Compaction,
    /// Nothing happened: before a retry, or before the first call.
    Wait,
}

impl StepKind {
    /// The word used by the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Tool => "tool",
            Self::Subagent => "subagent",
            Self::Compaction => "compaction",
            Self::Wait => "wait",
        }
    }
}

/// A part of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// The model or the tool; `retry` or `start` of a wait.
    pub name: String,
    /// What a tool was called with.
    pub arguments: Option<serde_json::Value>,
    /// When it began.
    pub started_at: Millis,
    /// When it ended, where it did.
    pub ended_at: Option<Millis>,
    /// What it failed with.
    pub error: Option<String>,
    /// The exit code of a command.
    pub exit_code: Option<i64>,
    /// The model call, as the ledger has it.
    pub call: Option<ModelCall>,
    /// The session that it spawned.
    pub child_key: Option<String>,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its first entry.
    pub cursor: Cursor,
    /// When it began.
    pub started_at: Millis,
    /// The time of its last entry.
    pub last_at: Millis,
    /// How it ended.
    pub end: RunEnd,
    /// The beginning of what was asked; none where the run's beginning was not read.
    pub prompt: Option<String>,
    /// Its steps, in the order of their start.
    pub steps: Vec<Step>,
}

/// Tool calls of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToolUse {
    /// How often it was called.
    pub calls: u64,
    /// How often it failed.
    pub errors: u64,
    /// How long all calls took.
    pub duration_ms: i64,
}

/// A compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// When.
    pub at: Millis,
    /// Prompt tokens before.
    pub tokens_before: Option<u64>,
    /// Prompt tokens after.
    pub tokens_after: Option<u64>,
}

/// A turn that ended before a model was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// When.
    pub at: Millis,
    /// OpenClaw's words.
    pub error: String,
}

/// Runs that were read together.
#[derive(Debug, Default)]
pub struct Runs {
    /// The runs, oldest first.
    pub runs: Vec<Run>,
    /// The compactions in the same entries.
    pub compactions: Vec<Compaction>,
    /// The turns in them that no model answered.
    pub unanswered: Vec<Unanswered>,
    /// The tools in them.
    pub tools: BTreeMap<String, ToolUse>,
    /// Where earlier runs end; `None` when these are all.
    pub before: Option<Cursor>,
    /// How many bytes were read.
    pub read: u64,
}

/// Reads the newest runs, or those before a place.
pub fn read(conversation: &Conversation, before: Option<Cursor>) -> io::Result<Runs> {
    let mut entries = Vec::new();
    let (mut read, mut reached) = (0, None);
    let result = conversation.back(before, &mut |place: &Place, line: Line<'_>| {
        if read >= READ {
            return ControlFlow::Break(());
        }
        read += line.size();
        reached = Some(Cursor { place: place.number, at: line.at });
        entries.extend(Entry::read(place, &line));
        ControlFlow::Continue(())
    });
    let is_more = match result {
        Ok(flow) => flow.is_break(),
        // What was read is told; whoever asks for what stands before it is told of the error.
        Err(_) if !entries.is_empty() => true,
        Err(error) => return Err(error),
    };
    entries.reverse();
    let mut runs = Runs { read, ..gather(&entries) };
    if is_more {
        // The oldest run may have begun before: it is left to the next reading, unless it is the only one.
        if runs.runs.len() > 1 && runs.runs[0].prompt.is_none() {
            runs.runs.remove(0);
        }
        let first = runs.runs.first().map(|run| run.cursor);
        runs.before = first.or(reached);
    }
    Ok(runs)
}

/// The runs in these entries, oldest first. Those of side branches are among them: they took time and money.
#[must_use]
pub fn gather(entries: &[Entry]) -> Runs {
    let mut runs = Runs::default();
    let mut open: Option<Building> = None;
    // An entry without a time stands at that of the entry before it; the first ones, at the first time that is known.
    let mut at = entries.iter().find_map(|entry| entry.at).unwrap_or_default();
    for entry in entries {
        at = entry.at.unwrap_or(at);
        match &entry.body {
            Body::User(parts) => {
                if open.as_ref().is_none_or(|run| run.has_answers) {
                    runs.runs.extend(open.take().map(|run| run.done(&mut runs.tools)));
                    open = Some(Building::new(entry, at, Some(first_text(parts))));
                }
                open.as_mut().expect("opened in the lines above").sees(at);
            }
            Body::Assistant(answer) => open.get_or_insert_with(|| Building::new(entry, at, None)).answer(answer, at),
            Body::Tool(result) => open.get_or_insert_with(|| Building::new(entry, at, None)).result(result, at),
            Body::Note(note) => match note.what {
                What::Compaction => {
                    let (tokens_before, tokens_after) = (note.tokens_before, note.tokens_after);
                    runs.compactions.push(Compaction { at, tokens_before, tokens_after });
                    if let Some(run) = &mut open {
                        run.instant(StepKind::Compaction, "compaction", at);
                    }
                }
                What::Unanswered => {
                    let error = note.detail.as_deref().map(beginning).unwrap_or_default();
                    runs.unanswered.push(Unanswered { at, error });
                    if let Some(run) = open.as_mut().filter(|run| !run.has_answers) {
                        run.sees(at);
                        run.run.end = RunEnd::Failed;
                    }
                }
                What::Aborted => {
                    if let Some(run) = &mut open {
                        run.run.end = RunEnd::Aborted;
                    }
                }
                _ => {}
            },
            Body::Silent => {}
        }
    }
    runs.runs.extend(open.map(|run| run.done(&mut runs.tools)));
    runs
}

/// A run whose entries are still coming.
struct Building {
    run: Run,
    has_answers: bool,
    /// Steps that wait for a tool's answer, by the id of the call; several where ids are missing or stand twice.
    waiting: HashMap<String, VecDeque<usize>>,
    failed_at: Option<Millis>,
}

impl Building {
    fn new(entry: &Entry, at: Millis, prompt: Option<String>) -> Self {
        let started_at = match &entry.body {
            Body::Assistant(answer) => answer.started_at.filter(|_| prompt.is_none()).unwrap_or(at),
            _ => at,
        };
        let run = Run { cursor: entry.cursor, started_at, last_at: at, end: RunEnd::Open, prompt, steps: Vec::new() };
        Self { run, has_answers: false, waiting: HashMap::new(), failed_at: None }
    }

    /// Notes an entry's time.
    fn sees(&mut self, at: Millis) {
        self.run.last_at = self.run.last_at.max(at);
    }

    fn instant(&mut self, kind: StepKind, name: &str, at: Millis) {
        self.sees(at);
        self.run.steps.push(Step { ended_at: Some(at), ..step(kind, name, at) });
    }

    fn answer(&mut self, answer: &Answer, at: Millis) {
        let before = self.run.last_at;
        self.sees(at);
        let is_first = !self.has_answers;
        self.has_answers = true;
        self.run.end = match answer.stop.as_str() {
            _ if answer.aborted => RunEnd::Aborted,
            "error" => RunEnd::Failed,
            "toolUse" => RunEnd::Open,
            _ => RunEnd::Done,
        };
        if answer.injected {
            return;
        }
        let started_at = answer.started_at.unwrap_or(before).min(at);
        let waited_since = self.failed_at.take().or(is_first.then_some(self.run.started_at));
        if let Some(since) = waited_since.filter(|since| started_at - since >= WAIT_MS) {
            let name = if is_first { "start" } else { "retry" };
            self.run.steps.push(Step { ended_at: Some(started_at), ..step(StepKind::Wait, name, since) });
        }
        let error = answer.error.clone().filter(|_| answer.stop == "error");
        if error.is_some() {
            self.failed_at = Some(at);
        }
        let model = Step { error, call: answer.call.clone(), ..step(StepKind::Model, &answer.model, started_at) };
        self.run.steps.push(Step { ended_at: Some(at), ..model });
        for part in &answer.parts {
            let Part::ToolCall { call_id, name, arguments } = part else { continue };
            self.waiting.entry(call_id.clone()).or_default().push_back(self.run.steps.len());
            let arguments = Some(arguments.clone());
            self.run.steps.push(Step { arguments, ..step(StepKind::Tool, name, at) });
        }
    }

    fn result(&mut self, result: &ToolResult, at: Millis) {
        self.sees(at);
        let waiting = self.waiting.get_mut(&result.call_id).and_then(VecDeque::pop_front);
        let place = waiting.unwrap_or_else(|| {
            // Its call was not read: the time that it took tells when it began.
            let began = at - result.duration_ms.unwrap_or_default().max(0);
            self.run.steps.push(step(StepKind::Tool, &result.tool, began));
            self.run.steps.len() - 1
        });
        let step = &mut self.run.steps[place];
        step.ended_at = Some(at);
        step.exit_code = result.exit_code;
        step.child_key.clone_from(&result.child_key);
        if result.child_key.is_some() {
            step.kind = StepKind::Subagent;
        }
        let failed = result.is_error || result.exit_code.is_some_and(|code| code != 0);
        step.error = failed.then(|| first_text(&result.parts));
    }

    fn done(mut self, tools: &mut BTreeMap<String, ToolUse>) -> Run {
        self.run.steps.sort_by_key(|step| step.started_at);
        let of_tools = |step: &&Step| matches!(step.kind, StepKind::Tool | StepKind::Subagent);
        for step in self.run.steps.iter().filter(of_tools) {
            let used = tools.entry(step.name.clone()).or_default();
            used.calls += 1;
            used.errors += u64::from(step.error.is_some());
            let took = step.ended_at.map_or(0, |ended_at| ended_at.saturating_sub(step.started_at).max(0));
            used.duration_ms = used.duration_ms.saturating_add(took);
        }
        self.run
    }
}

fn step(kind: StepKind, name: &str, started_at: Millis) -> Step {
    Step {
        kind,
        name: name.to_owned(),
        arguments: None,
        started_at,
        ended_at: None,
        error: None,
        exit_code: None,
        call: None,
        child_key: None,
    }
}

/// The beginning of the first text, as it stands there: a secret may be told by its line breaks.
fn first_text(parts: &[Part]) -> String {
    let text = parts.iter().find_map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None });
    beginning(text.unwrap_or_default())
}

fn beginning(text: &str) -> String {
    text.chars().take(KEPT).collect()
}

/// What a tool is called with, on one line: the command, the path, or whatever stands first.
#[must_use]
pub fn summary(arguments: &serde_json::Value) -> String {
    const TELLING: [&str; 9] = ["command", "cmd", "path", "file_path", "url", "query", "pattern", "label", "task"];
    let text = match arguments {
        serde_json::Value::Object(fields) => {
            let telling = TELLING.iter().find_map(|name| fields.get(*name).and_then(serde_json::Value::as_str));
            telling.or_else(|| fields.values().find_map(serde_json::Value::as_str)).map(str::to_owned)
        }
        serde_json::Value::String(text) => Some(text.clone()),
        _ => None,
    };
    one_line(&text.unwrap_or_default())
}

/// The beginning of a text on one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().take(KEPT).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
