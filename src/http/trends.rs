//! The last 24 hours in half-hour steps: the small curves of the page.

use super::view::{Defaults, midnight, rfc3339};
use super::wire::TrendsResponse;
use crate::domain::Millis;
use crate::domain::money::Money;
use crate::domain::pricing::PriceBasis;
use crate::live::board::Board;
use jiff::tz::TimeZone;

const STEP_MS: Millis = 1_800_000;
const POINTS: usize = 48;

/// The curves.
pub fn trends(board: &Board, basis: PriceBasis, zone: &TimeZone, now: Millis) -> TrendsResponse {
    let end = (now.div_euclid(STEP_MS) + 1) * STEP_MS;
    let start = end - STEP_MS * 48;
    let mut curves = Curves::new(start);
    for facts in board.sessions.iter() {
        curves.add_session(facts, basis);
    }
    let midnight = midnight(now, zone);
    let yesterday = self::midnight(midnight - 1, zone);
    let by_now = yesterday + (now - midnight);
    let mut spent = [Money::ZERO; POINTS];
    let mut before = Money::ZERO;
    let all = board.sessions.iter().map(|facts| &facts.totals).chain(board.unowned.iter().map(|calls| &calls.totals));
    for minute in all.flat_map(|totals| totals.recent.iter()) {
        let at = minute.minute * 60_000;
        let cost = minute.costs.on(basis).0;
        if let Some(step) = step_of(start, at) {
            spent[step] += cost;
        }
        if (yesterday..by_now).contains(&at) {
            before += cost;
        }
    }
    let today = step_of(start, midnight.max(start)).unwrap_or_default();
    TrendsResponse {
        as_of: rfc3339(now),
        start_ms: start,
        step_ms: STEP_MS,
        points: POINTS,
        peak_active_today: curves.active[today..].iter().copied().max().unwrap_or_default(),
        active: curves.active.to_vec(),
        sessions: curves.sessions.to_vec(),
        recently_used: curves.recently_used.to_vec(),
        cost_total: curves.cost.iter().map(|cost| cost.dollars()).collect(),
        tokens_total: curves.tokens.to_vec(),
        context_tokens: curves.context.to_vec(),
        spent: spent.iter().map(|cost| cost.dollars()).collect(),
        spent_yesterday_by_now: (before > Money::ZERO).then(|| before.dollars()),
    }
}

/// The zone that a request asks for, or the server's.
pub fn zone_or(zone: Option<TimeZone>, defaults: &Defaults) -> TimeZone {
    zone.unwrap_or_else(|| defaults.zone.clone())
}

fn step_of(start: Millis, at: Millis) -> Option<usize> {
    usize::try_from((at - start).div_euclid(STEP_MS)).ok().filter(|step| *step < POINTS)
}

struct Curves {
    start: Millis,
    active: [u64; POINTS],
    sessions: [u64; POINTS],
    recently_used: [u64; POINTS],
    cost: [Money; POINTS],
    tokens: [u64; POINTS],
    context: [u64; POINTS],
}

impl Curves {
    fn new(start: Millis) -> Self {
        Self {
            start,
            active: [0; POINTS],
            sessions: [0; POINTS],
            recently_used: [0; POINTS],
            cost: [Money::ZERO; POINTS],
            tokens: [0; POINTS],
            context: [0; POINTS],
        }
    }

    fn add_session(&mut self, facts: &crate::live::board::SessionFacts, basis: PriceBasis) {
        let totals = &facts.totals;
        let began = totals.first_at.or(facts.entry.session_started_at).or(facts.updated_at);
        let (mut tokens, mut cost) = (totals.before.0, totals.before.1.on(basis).0);
        let mut context = facts.context_used.filter(|_| totals.recent.is_empty()).unwrap_or_default();
        let mut minutes = totals.recent.iter().peekable();
        let mut used_before = false;
        for step in 0..POINTS {
            let until = self.start + STEP_MS * (i64::try_from(step).unwrap_or_default() + 1);
            let from = until - STEP_MS;
            let mut used = false;
            while let Some(minute) = minutes.next_if(|minute| minute.minute * 60_000 < until) {
                tokens += minute.tokens;
                cost += minute.costs.on(basis).0;
                context = minute.context;
                used |= minute.minute * 60_000 >= from;
            }
            self.active[step] += u64::from(used);
            self.recently_used[step] += u64::from(used || used_before);
            self.sessions[step] += u64::from(began.is_some_and(|at| at < until));
            self.tokens[step] += tokens;
            self.cost[step] += cost;
            self.context[step] += context;
            used_before = used;
        }
    }
}
