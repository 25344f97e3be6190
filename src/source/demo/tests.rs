//! What the demo promises: it is reproducible, plausible, and always has something to show.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::*;
use crate::domain::event::LastEntry;
use crate::domain::session::{SessionEntry, StoredStatus};
use crate::domain::status::{RunState, Signs, Status, Thresholds, judge};
use crate::domain::task::TaskStatus;
use crate::domain::usage::CallOutcome;
use crate::domain::{SessionKey, TaskId};

/// A Tuesday, 15:16 UTC.
const START: Millis = 1_795_533_360_000;
const DAY: Millis = 86_400_000;
const LIMITS: Thresholds = Thresholds { active_ms: 300_000, idle_ms: 3_600_000, stuck_ms: 600_000 };

/// What a reader of the events knows.
#[derive(Default)]
struct Reader {
    sessions: BTreeMap<String, Vec<SessionEntry>>,
    calls: HashMap<TranscriptRef, Vec<ModelCall>>,
    tails: HashMap<TranscriptRef, TranscriptTail>,
    archived: HashSet<TranscriptRef>,
    owners: HashMap<TranscriptRef, SessionKey>,
    identities: HashSet<u64>,
    tasks: Vec<Task>,
    jobs: usize,
    newest: Vec<ModelCall>,
}

impl Reader {
    fn read(&mut self, events: Vec<Event>) {
        self.newest.clear();
        for event in events {
            match event {
                Event::SessionsListed { owner, source, entries } => {
                    assert_eq!(source, SourceKind::Demo);
                    for entry in &entries {
                        let transcript =
                            TranscriptRef { owner: owner.clone(), session_id: entry.session_id.clone().unwrap() };
                        self.owners.insert(transcript, entry.key.clone());
                    }
                    self.sessions.insert(owner.agent.to_string(), entries);
                }
                Event::CallsRead { transcript, archived, calls, tail, .. } => {
                    for call in &calls {
                        assert!(self.identities.insert(call.identity), "two calls have one identity");
                    }
                    self.newest.extend(calls.clone());
                    self.calls.entry(transcript.clone()).or_default().extend(calls);
                    if archived {
                        self.archived.insert(transcript);
                    } else {
                        self.tails.insert(transcript, tail.unwrap());
                    }
                }
                Event::TasksListed(_, tasks) => self.tasks = tasks,
                Event::CronJobsListed(_, jobs) => self.jobs = jobs.len(),
                Event::TranscriptOwned { transcript, key, .. } => {
                    self.owners.insert(transcript, key);
                }
                Event::SourceReported(report) => assert_eq!(report.agents.len(), AGENTS.len()),
                other => panic!("the demo says {other:?}"),
            }
        }
    }

    fn entries(&self) -> impl Iterator<Item = &SessionEntry> {
        self.sessions.values().flatten()
    }

    fn judged(&self, now: Millis) -> Vec<(Status, RunState, bool)> {
        let judged = self.entries().map(|entry| {
            let transcript =
                TranscriptRef { owner: entry.owner.clone(), session_id: entry.session_id.clone().unwrap() };
            let open =
                self.tasks.iter().find(|task| task.status.is_open() && task.child_key.as_ref() == Some(&entry.key));
            let signs = Signs {
                stored: entry.status,
                aborted_last_run: entry.aborted_last_run,
                started_at: entry.started_at,
                tail: self.tails.get(&transcript),
                gateway: None,
                open_task: open.map(|task| task.status),
                last_sign_at: entry.updated_at,
            };
            let judged = judge(&signs, now, &LIMITS);
            (judged.status, judged.run_state, judged.stuck_since.is_some())
        });
        judged.collect()
    }

    fn stuck(&self, now: Millis) -> usize {
        self.judged(now).iter().filter(|(_, _, stuck)| *stuck).count()
    }

    /// List prices by session key; `None` for a model without one.
    fn costs(&self) -> BTreeMap<SessionKey, Option<Money>> {
        let mut costs = BTreeMap::new();
        for (transcript, calls) in &self.calls {
            let Some(key) = self.owners.get(transcript) else { continue };
            let sum = costs.entry(key.clone()).or_insert(Some(Money::ZERO));
            for call in calls {
                *sum = sum.zip(list_cost(call)).map(|(sum, cost)| sum + cost);
            }
        }
        costs
    }

    fn check(&self, now: Millis) {
        let count = self.entries().count();
        assert!((36..=48).contains(&count), "{count} sessions");
        let keys: HashSet<&SessionKey> = self.entries().map(|entry| &entry.key).collect();
        assert_eq!(keys.len(), count);
        for task in &self.tasks {
            assert!(keys.contains(task.child_key.as_ref().unwrap()), "{} has no session", task.title);
            assert_eq!(task.status.is_open(), task.ended_at.is_none());
        }
        for entry in self.entries() {
            assert!(entry.context_used <= entry.context_window);
            assert!(entry.updated_at <= Some(now) && entry.session_started_at <= entry.updated_at);
            assert!(entry.started_at <= entry.updated_at);
            assert_eq!(
                entry.status == Some(StoredStatus::Running),
                entry.started_at.is_some() && entry.ended_at.is_none()
            );
            assert!(entry.parent.as_ref().is_none_or(|parent| keys.contains(parent)), "{}", entry.key);
        }
        for call in &self.newest {
            assert!(call.usage.prompt() <= window(call), "{call:?}");
            assert!(call.at <= now);
        }
    }
}

fn model(call: &ModelCall) -> &'static Model {
    let name = &*call.model.as_ref().unwrap().model;
    let all =
        [&models::OPUS, &models::SONNET, &models::HAIKU, &models::GPT, &models::MINI, &models::GEMINI, &models::LLAMA];
    all.into_iter().find(|model| model.name == name).unwrap()
}

fn window(call: &ModelCall) -> u64 {
    model(call).window
}

fn list_cost(call: &ModelCall) -> Option<Money> {
    model(call).cost(&call.usage)
}

fn begin(seed: u64, start: Millis) -> (Simulator, Reader) {
    let mut simulator = Simulator::new(seed, start);
    let mut reader = Reader::default();
    reader.read(simulator.history());
    (simulator, reader)
}

#[test]
fn the_same_seed_gives_the_same_events() {
    let play = |seed| {
        let mut simulator = Simulator::new(seed, START);
        let mut all = vec![simulator.history()];
        all.extend((1..=500).map(|second| simulator.step(START + second * 1000)));
        all
    };
    let first = play(7);
    assert!(first == play(7));
    assert!(first != play(8));
}

#[test]
fn the_history_is_plausible() {
    for (seed, start) in [(1, START), (2, START), (3, START + 4 * DAY), (4, START + 9 * 3_600_000)] {
        let (_, reader) = begin(seed, start);
        reader.check(start);
        let calls: Vec<&ModelCall> = reader.calls.values().flatten().collect();
        assert!((15_000..=25_000).contains(&calls.len()), "{} calls", calls.len());
        let sum = |from: Millis, until: Millis| -> Money {
            calls.iter().filter(|call| (from..until).contains(&call.at)).filter_map(|call| list_cost(call)).sum()
        };
        let midnight = start - (15 * 60 + 16) * 60_000;
        let today = sum(midnight, start).dollars();
        let total = sum(0, start).dollars();
        assert!((1.0..=20.0).contains(&sum(start - 3_600_000, start).dollars()));
        let recorded = calls.iter().filter(|call| call.recorded.is_some()).count() * 100 / calls.len();
        assert!((20.0..=40.0).contains(&today), "{today} today");
        assert!((200.0..=700.0).contains(&total), "{total} in all");
        assert!((40..=60).contains(&recorded), "{recorded} % recorded");
        let oldest = calls.iter().map(|call| call.at).min().unwrap();
        assert!((start - 91 * DAY..start - 85 * DAY).contains(&oldest));
        for call in calls {
            assert!(call.at <= start && call.usage.prompt() <= window(call), "{call:?}");
        }
    }
}

#[test]
fn the_beginning_has_one_of_everything() {
    let (_, reader) = begin(1, START);
    let judged = reader.judged(START);
    for status in Status::ALL {
        assert!(judged.iter().any(|(one, ..)| *one == status), "{status:?}");
    }
    for state in [RunState::Running, RunState::Queued, RunState::Idle, RunState::Failed, RunState::Aborted] {
        assert!(judged.iter().any(|(_, one, _)| *one == state), "{state:?}");
    }
    assert_eq!(reader.stuck(START), 1);
    let kinds: BTreeSet<&str> = reader.entries().map(|entry| entry.key.kind()).collect();
    assert_eq!(kinds, BTreeSet::from(["cron", "direct", "group", "hook", "main", "subagent"]));
    assert!(reader.entries().any(|entry| entry.key.as_str().matches("subagent:").count() == 2));
    let fills =
        reader.entries().map(|entry| (entry.context_used.unwrap() * 100).div_ceil(entry.context_window.unwrap()));
    let fills: BTreeSet<u64> = fills.collect();
    assert!(fills.contains(&0) && fills.contains(&3) && fills.contains(&91), "{fills:?}");
    let costs = reader.costs();
    let dollars: Vec<f64> = costs.values().flatten().map(|cost| cost.dollars()).collect();
    assert!(dollars.iter().any(|cost| *cost > 40.0) && dollars.iter().any(|cost| *cost < 0.02), "{dollars:?}");
    assert_eq!(costs.values().filter(|cost| cost.is_none()).count(), 1);
    assert_eq!(reader.jobs, 14);
    let tails: Vec<&LastEntry> = reader.tails.values().map(|tail| &tail.last).collect();
    assert!(tails.iter().any(|last| matches!(last, LastEntry::Failed(words) if words.starts_with("429"))));
    assert!(reader.archived.len() > 300);
}

#[test]
fn the_factory_never_rests() {
    for seed in 1..=5 {
        let (mut simulator, mut reader) = begin(seed, START);
        let (mut failures, mut tasks_seen, mut waited) = (0, HashSet::<TaskId>::new(), HashSet::<TaskId>::new());
        let (mut last_call, mut spawned_at, mut recovered_at, mut cron) = (START, None, None, 0);
        for second in 1..=2000 {
            let now = START + second * 1000;
            reader.read(simulator.step(now));
            reader.check(now);
            failures += reader.newest.iter().filter(|call| call.outcome == CallOutcome::Failed).count();
            if !reader.newest.is_empty() {
                last_call = now;
            }
            assert!(now - last_call <= 30_000, "silence since {last_call}");
            for task in &reader.tasks {
                let fresh = tasks_seen.insert(task.id.clone()) && task.created_at > START;
                cron += u32::from(fresh && task.runtime == "cron");
                if fresh && task.status == TaskStatus::Queued {
                    waited.insert(task.id.clone());
                } else if waited.contains(&task.id) && task.status == TaskStatus::Running {
                    spawned_at = spawned_at.or(Some(second));
                }
            }
            let stuck = reader.stuck(now);
            assert!(stuck <= 1, "{stuck} stuck at {second}");
            recovered_at = recovered_at.or((stuck == 0).then_some(second));
        }
        assert!(failures > 0);
        assert!(spawned_at.is_some_and(|second| second <= 600) && recovered_at.is_some_and(|second| second <= 600));
        assert!((10..=30).contains(&cron), "{cron} scheduled runs");
    }
}

#[test]
fn a_run_falls_silent_again() {
    let (mut simulator, mut reader) = begin(3, START);
    let mut changes = vec![true];
    for step in 1..=2880 {
        let now = START + step * 5000;
        reader.read(simulator.step(now));
        let stuck = reader.stuck(now) == 1;
        if changes.last() != Some(&stuck) {
            changes.push(stuck);
        }
    }
    assert!(changes.len() >= 5, "{changes:?}");
}

#[test]
fn a_jump_of_the_clock_is_survived() {
    let (mut simulator, mut reader) = begin(1, START);
    reader.read(simulator.step(START + 30 * DAY));
    reader.check(START + 30 * DAY);
    assert!((10..400).contains(&reader.newest.len()), "{} calls", reader.newest.len());
    assert!(simulator.step(START + 30 * DAY - 5000).is_empty());
    let back = START + DAY;
    simulator.step(back);
    let events: usize = (1..=60).map(|second| simulator.step(back + second * 1000).len()).sum();
    assert!(events > 4, "it went on");
}
