//! The past: ninety days of calls, of the sessions that are listed and of those that are gone.
//!
//! A listed session is told backwards from how it stands now, so that its context and its cost are
//! the ones of the table; a deleted one is told forwards from its first call. The day is shaped so
//! that it is mid-afternoon when the demo begins, wherever the viewer is: the server's zone is not
//! known here, and a demo that begins at night should not look asleep.

use super::cast::{AGENTS, Part, Role};
use super::models::{Model, usual};
use super::random::Random;
use crate::domain::Millis;
use crate::domain::money::Money;
use crate::domain::usage::{CallOutcome, TokenUsage};

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// How far the history goes back.
pub(super) const DAYS: i64 = 90;
/// The time of day at which the demo begins, whatever the clocks say.
const BEGINS_AT: Millis = 15 * HOUR + 16 * 60_000;
/// What each hour of a day has of its work.
const RHYTHM: [u64; 24] =
    [22, 18, 16, 16, 18, 24, 36, 58, 84, 104, 112, 100, 78, 98, 112, 108, 104, 96, 72, 54, 48, 44, 36, 28];
/// Calls of deleted sessions on the last day, were it a whole working day.
const BUSY_DAY: i64 = 980;

/// A call before it has an identity.
pub(super) struct PastCall {
    pub(super) at: Millis,
    pub(super) usage: TokenUsage,
    pub(super) outcome: CallOutcome,
}

/// A transcript whose session is gone.
pub(super) struct Gone {
    pub(super) agent: &'static str,
    pub(super) model: &'static Model,
    pub(super) calls: Vec<PastCall>,
}

/// The calls of a listed session, oldest first.
pub(super) fn of_session(
    role: &Role,
    context: u64,
    began_at: Millis,
    now: Millis,
    random: &mut Random,
) -> Vec<PastCall> {
    if context == 0 {
        return Vec::new();
    }
    // The larger the steps, the sooner the context is empty: a cheap session has to fill it quickly.
    let mut usages = Vec::new();
    for stride in [1, 2, 4, 8, 16, 32] {
        let (told, whole) = backwards(role, context, stride, random);
        usages = told;
        if whole {
            break;
        }
    }
    let last_at = now - role.ago * 1000;
    let mut at = last_at;
    let mut calls = Vec::with_capacity(usages.len());
    let ran = last_at - began_at;
    let mut left_in_turn = (ran / 14_000).clamp(1, 10);
    let gap = (ran / 1000 / left_in_turn).clamp(5, 150);
    for usage in usages {
        calls.push(PastCall { at, usage, outcome: CallOutcome::Answered });
        left_in_turn -= 1;
        let before = at - random.seconds(gap / 2 + 1, gap * 3 / 2);
        at = if left_in_turn > 0 && at > began_at {
            before.max(began_at)
        } else if left_in_turn > 0 {
            before
        } else {
            left_in_turn = random.between(3, 14).cast_signed();
            before.min(began_at) - random.seconds(240, (4 + role.days * 3) * 3600)
        };
    }
    squeeze(&mut calls, began_at, now - role.days * DAY);
    match role.part {
        Part::Failed(_) => {
            calls.insert(0, PastCall { at: last_at, usage: TokenUsage::default(), outcome: CallOutcome::Failed });
        }
        Part::Aborted => calls[0].outcome = CallOutcome::Aborted,
        _ => {}
    }
    calls.reverse();
    calls
}

/// Calls from the last to the first, and whether the first one found an empty context.
fn backwards(role: &Role, context: u64, stride: u64, random: &mut Random) -> (Vec<TokenUsage>, bool) {
    let model = role.model;
    let base = (model.window / 24).min(context);
    // A run of a scheduled job begins anew; a conversation is compacted when its window is full.
    let full = if role.every > 0 { base * 3 } else { model.window * 89 / 100 };
    let (mut spent, mut whole, mut after) = (0, false, context);
    let mut told = Vec::new();
    while told.len() < 1500 {
        let before = after.saturating_sub(model.growth(random) * stride);
        let empties = before < base;
        let usage = model.usage(if empties { 0 } else { before }, after, empties, random);
        // A model without a price is told as if a call were half a cent.
        spent += model.cost(&usage).map_or(5_000_000, Money::nanos).unsigned_abs();
        told.push(usage);
        whole |= empties;
        if spent >= role.cents * 10_000_000 {
            break;
        }
        after = if empties { full - random.below(full / 20 + 1) } else { before };
    }
    (told, whole)
}

/// Pulls calls that lie before `first_at` into the time that the session has existed for.
fn squeeze(newest_first: &mut [PastCall], run_at: Millis, first_at: Millis) {
    let Some(oldest) = newest_first.last().map(|call| call.at).filter(|at| *at < first_at) else { return };
    for call in newest_first.iter_mut().filter(|call| call.at < run_at) {
        let share = (run_at - call.at) * 1000 / (run_at - oldest).max(1);
        call.at = run_at - (run_at - first_at).max(1000) * share / 1000;
    }
}

/// The transcripts of deleted sessions.
pub(super) fn of_the_gone(now: Millis, random: &mut Random) -> Vec<Gone> {
    let midnight = now - BEGINS_AT;
    let mut gone = Vec::new();
    for day in 0..DAYS {
        let begin = midnight - day * DAY;
        let mut left = planned(day, begin);
        while left > 0 {
            let one = transcript(begin, now, random);
            left -= i64::try_from(one.calls.len()).unwrap_or_default().max(1);
            if !one.calls.is_empty() {
                gone.push(one);
            }
        }
    }
    gone
}

/// How many calls a day has: more and more as the agents were given more to do, fewer on weekends.
fn planned(days_ago: i64, begin: Millis) -> i64 {
    // The first day of the epoch was a Thursday.
    let weekday = (begin.div_euclid(DAY) + 3).rem_euclid(7);
    // Halved every ten days, above a floor.
    let halvings = days_ago / 10;
    let step = BUSY_DAY >> halvings.min(20);
    let grown = step - step / 2 * (days_ago % 10) / 10;
    let whole = grown.max(BUSY_DAY / 13) + (begin / DAY * 37).rem_euclid(29);
    if days_ago == 0 {
        // Of the hours that are past, as the rhythm has it.
        let past: u64 = RHYTHM[..15].iter().sum();
        whole * past.cast_signed() / RHYTHM.iter().sum::<u64>().cast_signed()
    } else if weekday >= 5 {
        whole * 3 / 10
    } else {
        whole
    }
}

fn transcript(begin: Millis, now: Millis, random: &mut Random) -> Gone {
    let agent = random.pick(&AGENTS).unwrap_or(AGENTS[0]);
    let model = usual(agent, random);
    let hours = ((now - begin) / HOUR).clamp(1, 24);
    let mut at = begin + hour(hours, random) * HOUR + random.seconds(0, 3599);
    let mut before = 0;
    let mut after = model.window / 32 + random.below(6000);
    let mut calls = Vec::new();
    for _ in 0..random.between(4, 44) {
        at += if random.chance(8) { random.seconds(120, 900) } else { random.seconds(4, 40) };
        if at >= now - 60_000 {
            break;
        }
        if random.below(1000) < 12 {
            calls.push(PastCall { at, usage: TokenUsage::default(), outcome: CallOutcome::Failed });
            continue;
        }
        let usage = model.usage(before, after, before == 0, random);
        calls.push(PastCall { at, usage, outcome: CallOutcome::Answered });
        before = after;
        after += model.growth(random);
        if after > model.window * 9 / 10 {
            (before, after) = (0, model.window / 4);
        }
    }
    Gone { agent, model, calls }
}

/// One of the first `hours` hours of a day, by the rhythm.
fn hour(hours: i64, random: &mut Random) -> i64 {
    let open = &RHYTHM[..usize::try_from(hours).unwrap_or(24).min(24)];
    let mut drawn = random.below(open.iter().sum());
    let mut at = 0;
    for weight in open {
        if drawn < *weight {
            break;
        }
        drawn -= weight;
        at += 1;
    }
    at
}
