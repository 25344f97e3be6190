//! Facts + a query + the time → the answer to `GET /api/sessions`.

mod coverage;
mod queue;
mod selection;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::query::SessionQuery;
use super::wire::{Coverage, SessionRow, SessionsResponse, Stats, TokenStats};
use crate::domain::money::Money;
use crate::domain::pricing::PriceBasis;
use crate::domain::session::SessionType;
use crate::domain::status::{Judged, RunState, Status, Thresholds};
use crate::domain::{AgentRef, Millis, SessionKey};
use crate::live::board::{Board, SessionFacts};

use coverage::as_of;
pub use coverage::coverage;
use selection::{allows, matches, sort};
use words::{ago, cost_basis, level, percent};
pub use words::{midnight, rfc3339};

/// How often the age of a silent source is told anew.
const BEHIND_STEP_MS: Millis = 10_000;
/// A session dated further ahead than this speaks of clocks that do not agree.
const AHEAD_MS: Millis = 60_000;
/// What is said of it then.
const AHEAD: &str = "dated in the future: the clocks do not agree";

/// What the server assumes where a query says nothing.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The limits of status.
    pub thresholds: Thresholds,
    /// The price basis.
    pub basis: PriceBasis,
    /// The zone that days begin in.
    pub zone: TimeZone,
}

/// A session with the verdict on it.
pub struct Judgement<'a> {
    facts: &'a Arc<SessionFacts>,
    judged: Judged,
    age: Millis,
}

impl<'a> Judgement<'a> {
    /// What is known of it.
    pub(super) fn facts(&self) -> &'a Arc<SessionFacts> {
        self.facts
    }

    /// The verdict.
    pub(super) fn judged(&self) -> Judged {
        self.judged
    }

    /// `5s ago`; `never` where no time is known.
    fn ago(&self) -> String {
        if self.facts.updated_at.is_some() { ago(self.age) } else { "never".to_owned() }
    }
}

/// The sessions that match a query, judged and in order.
pub struct View<'a> {
    board: &'a Board,
    query: &'a SessionQuery,
    basis: PriceBasis,
    zone: TimeZone,
    now: Millis,
    matching: Vec<Judgement<'a>>,
}

impl<'a> View<'a> {
    /// Judges, selects and sorts.
    pub fn new(board: &'a Board, query: &'a SessionQuery, defaults: &Defaults, now: Millis) -> Self {
        let mut view = Self::unsorted(board, query, defaults, now);
        sort(&mut view.matching, query, view.basis);
        view
    }

    /// Judges and selects; the order is that of the board.
    pub(super) fn unsorted(board: &'a Board, query: &'a SessionQuery, defaults: &Defaults, now: Millis) -> Self {
        let basis = query.basis.unwrap_or(defaults.basis);
        let judge = |facts: &'a Arc<SessionFacts>| {
            let age = facts.updated_at.map_or(Millis::MAX, |at| (now - at).max(0));
            let mut judged = facts.judge(now, &defaults.thresholds);
            if facts.updated_at.is_some_and(|at| at > now + AHEAD_MS) {
                judged.reason = AHEAD;
            }
            Judgement { facts, judged, age }
        };
        let matching = board.sessions.iter().map(judge).filter(|one| matches(one, query)).collect();
        let zone = query.zone.clone().unwrap_or_else(|| defaults.zone.clone());
        Self { board, query, basis, zone, now, matching }
    }

    /// Names the data: changes with it, not with the clock alone.
    pub fn fingerprint(&self) -> u64 {
        let mut print = Print::default();
        print.add(self.board.data_version);
        print.add(self.matching.len() as u64);
        for one in &self.matching {
            print.add(
                one.judged.status as u64 * 8
                    + one.judged.run_state as u64
                    + u64::from(one.judged.stuck_since.is_some()) * 64
                    + u64::from(one.judged.reason == AHEAD) * 128,
            );
        }
        // While a source is silent, how far behind it is belongs to the data.
        let behind = as_of(&self.board.reports, self.now).map_or(-1, |at| (self.now - at) / BEHIND_STEP_MS);
        print.add(behind.unsigned_abs());
        let (today, hour) = self.spent();
        print.add(today.nanos().unsigned_abs());
        print.add(hour.nanos().unsigned_abs());
        print.0
    }

    /// The whole answer.
    pub fn response(&self) -> SessionsResponse {
        let range = self.matching.iter().skip(self.query.offset).take(self.query.limit.unwrap_or(usize::MAX));
        SessionsResponse {
            sessions: range.map(|one| self.row(one)).collect(),
            stats: self.stats(),
            token_stats: self.token_stats(),
            task_queue: self.task_queue(),
            total: self.matching.len(),
            fetched_at: self.fetched_at(),
            coverage: self.coverage(),
        }
    }

    /// How much of the truth these numbers hold.
    pub(super) fn coverage(&self) -> Coverage {
        coverage(self.board, self.basis, self.now)
    }

    /// When it is so.
    pub(super) fn fetched_at(&self) -> String {
        rfc3339(self.now)
    }

    /// What matches.
    pub(super) fn matching(&self) -> &[Judgement<'a>] {
        &self.matching
    }

    /// Every session that matches, with its verdict.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &Judgement<'a>> {
        self.matching.iter()
    }

    /// The session of an agent with this key.
    pub(super) fn row_of(&self, owner: &AgentRef, key: &SessionKey) -> Option<SessionRow> {
        let is_it = |one: &&Judgement<'_>| one.facts.entry.key == *key && one.facts.entry.owner == *owner;
        self.matching.iter().find(is_it).map(|one| self.row(one))
    }

    /// One session as the API shows it.
    pub(super) fn row(&self, one: &Judgement<'_>) -> SessionRow {
        let Judgement { facts, judged, age } = one;
        let entry = &facts.entry;
        let (cost, unpriced) = facts.totals.costs.on(self.basis);
        let age = if *age == Millis::MAX { 0 } else { *age };
        let window = facts.context_window;
        SessionRow {
            key: entry.key.to_string(),
            session_type: entry.key.session_type().word(),
            status: judged.status.word(),
            age_ms: age,
            age_formatted: one.ago(),
            task_name: entry.key.task_name(),
            model: facts.model.as_ref().map(|model| model.model.to_string()),
            input_tokens: facts.totals.usage.input,
            output_tokens: facts.totals.usage.output,
            total_tokens: facts.context_used.unwrap_or_default(),
            context_tokens: window.unwrap_or_default(),
            cost: (unpriced == 0).then(|| cost.dollars()),
            installation: entry.owner.installation.to_string(),
            agent_id: entry.owner.agent.to_string(),
            session_id: entry.session_id.as_ref().map(ToString::to_string),
            kind: entry.key.kind(),
            channel: entry.channel.clone(),
            label: entry.label.clone(),
            parent_key: entry.parent.as_ref().map(ToString::to_string),
            child_count: facts.children,
            updated_at: facts.updated_at,
            cache_read_tokens: facts.totals.usage.cache_read,
            cache_write_tokens: facts.totals.usage.cache_write,
            context_percent: facts.context_used.zip(window).map(|(used, window)| percent(used, window)),
            cost_level: (unpriced == 0).then(|| level(cost)),
            cost_basis: cost_basis(&facts.totals.costs, self.basis),
            run_state: judged.run_state.word(),
            last_error: facts.last_error().filter(|_| judged.run_state == RunState::Failed).map(str::to_owned),
            status_reason: judged.reason,
            stuck_since_ms: judged.stuck_since,
            calls: facts.totals.calls,
            unpriced_calls: unpriced,
        }
    }

    /// Counts over everything that matches.
    pub(super) fn stats(&self) -> Stats {
        let count = |is: &dyn Fn(&Judgement<'_>) -> bool| self.matching.iter().filter(|one| is(one)).count();
        let status = |status: Status| count(&|one| one.judged.status == status);
        let kind = |kind: SessionType| count(&|one| one.facts.entry.key.session_type() == kind);
        Stats {
            active: status(Status::Active),
            idle: status(Status::Idle),
            stale: status(Status::Stale),
            main: kind(SessionType::Main),
            subagent: kind(SessionType::Subagent),
            cron: kind(SessionType::Cron),
            running: count(&|one| one.judged.run_state == RunState::Running),
            stuck: count(&|one| one.judged.stuck_since.is_some()),
            failed: count(&|one| one.judged.run_state == RunState::Failed),
        }
    }

    /// Tokens and money over everything that matches.
    pub(super) fn token_stats(&self) -> TokenStats {
        let mut stats = TokenStats::default();
        let mut cost = Money::ZERO;
        let mut unpriced = BTreeSet::new();
        for one in &self.matching {
            let totals = &one.facts.totals;
            stats.total_input += totals.usage.input;
            stats.total_output += totals.usage.output;
            stats.total_cache_read += totals.usage.cache_read;
            stats.total_cache_write += totals.usage.cache_write;
            stats.total_context += one.facts.context_used.unwrap_or_default();
            cost += totals.costs.on(self.basis).0;
            for (model, costs) in &totals.by_model {
                if costs.on(self.basis).1 > 0 {
                    unpriced.insert(
                        model.as_ref().map_or_else(|| "(no model named)".to_owned(), |model| model.model.to_string()),
                    );
                }
            }
        }
        let (today, hour) = self.spent();
        stats.total_cost = cost.dollars();
        stats.unpriced_models = unpriced.into_iter().collect();
        stats.spent_today = today.dollars();
        stats.spent_last_hour = hour.dollars();
        stats
    }

    /// Money since midnight and in the last 60 minutes.
    fn spent(&self) -> (Money, Money) {
        let midnight = midnight(self.now, &self.zone).div_euclid(60_000);
        let hour = (self.now - 3_600_000).div_euclid(60_000);
        let (mut today, mut last) = (Money::ZERO, Money::ZERO);
        for recent in self.recents() {
            for minute in recent.iter().rev().take_while(|minute| minute.minute >= midnight.min(hour)) {
                let cost = minute.costs.on(self.basis).0;
                if minute.minute >= midnight {
                    today += cost;
                }
                if minute.minute > hour {
                    last += cost;
                }
            }
        }
        (today, last)
    }

    fn recents(&self) -> impl Iterator<Item = &Arc<Vec<crate::live::transcript::MinuteUse>>> {
        // A deleted session has neither status nor label, so any filter but these two excludes it.
        let query = self.query;
        let whole = query.active.is_none()
            && query.status.is_empty()
            && query.types.is_empty()
            && query.models.is_empty()
            && query.text.is_none();
        let unowned = self.board.unowned.iter().filter(move |calls| {
            whole
                && allows(&query.agents, calls.owner.agent.as_str())
                && allows(&query.installations, calls.owner.installation.as_str())
        });
        self.matching.iter().map(|one| &one.facts.totals.recent).chain(unowned.map(|calls| &calls.totals.recent))
    }
}

#[derive(Default)]
struct Print(u64);

impl Print {
    fn add(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
