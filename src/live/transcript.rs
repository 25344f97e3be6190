//! What the calls of one transcript sum up to, priced on every basis.
//!
//! Single calls are the ledger's business: it says which records are new, copies or better ones,
//! and gives back sums when prices change.

use std::sync::Arc;

use crate::domain::event::TranscriptTail;
use crate::domain::known::KnownTranscript;
use crate::domain::pricing::{Costs, PriceBook};
use crate::domain::rollup::UsageKey;
use crate::domain::usage::{CallOutcome, ModelCall, TokenUsage};
use crate::domain::{InstallationId, Millis, ModelRef};

/// Calls and tokens of one minute: days begin on a whole minute in every time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinuteUse {
    /// Minutes since the Unix epoch.
    pub minute: i64,
    /// Their costs.
    pub costs: Costs,
    /// All tokens.
    pub tokens: u64,
    /// The prompt of the last call in it: what was in the context then.
    pub context: u64,
}

impl MinuteUse {
    fn of(call: &ModelCall, costs: &Costs) -> Self {
        Self {
            minute: call.at.div_euclid(60_000),
            costs: *costs,
            tokens: call.usage.total(),
            context: call.usage.prompt(),
        }
    }
}

/// What calls sum up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Tokens.
    pub usage: TokenUsage,
    /// Calls.
    pub calls: u64,
    /// Of these, failed ones.
    pub errors: u64,
    /// Costs.
    pub costs: Costs,
    /// By model, in the order of first use; `None` where the record names no model.
    pub by_model: Vec<(Option<ModelRef>, Costs)>,
    /// The last two days and a bit, by minute.
    pub recent: Arc<Vec<MinuteUse>>,
    /// The last call that used tokens: when, and the size of its prompt.
    pub last_prompt: Option<(Millis, u64)>,
    /// The model of the last call that has one.
    pub last_model: Option<(Millis, ModelRef)>,
    /// The first call.
    pub first_at: Option<Millis>,
    /// What was used before the recent minutes begin: tokens and costs.
    pub before: (u64, Costs),
}

/// How far back minutes are kept: yesterday at this time, in any time zone.
pub const RECENT_MS: Millis = 50 * 3_600_000;

impl Totals {
    /// The totals of a transcript as the ledger knows it. `horizon` is where the recent minutes begin.
    fn of(known: &KnownTranscript, keys: &[UsageKey], book: &PriceBook, horizon: Millis) -> Self {
        let mut totals = Self {
            first_at: known.first_at,
            last_prompt: known.last_prompt,
            last_model: known.last_model.clone(),
            ..Self::default()
        };
        for (day, key, sums) in &known.days {
            let Some(key) = keys.get(*key as usize) else { continue };
            let costs = Costs::of_sums(key, sums, *day, book);
            totals.usage += sums.usage;
            totals.calls += sums.calls;
            totals.errors += sums.errors;
            totals.costs.add(&costs);
            totals.model(key.model.as_ref()).add(&costs);
        }
        totals.before = (totals.usage.total(), totals.costs);
        for call in known.recent.iter().filter(|call| call.at >= horizon) {
            let minute = MinuteUse::of(call, &Costs::of(call, book, &known.transcript.owner.installation));
            totals.before.0 -= minute.tokens;
            totals.before.1.subtract(&minute.costs);
            add_minute(Arc::make_mut(&mut totals.recent), minute);
        }
        totals
    }

    /// Adds one call. `horizon` is where the recent minutes begin.
    fn add_call(&mut self, call: &ModelCall, costs: &Costs, horizon: Millis) {
        self.usage += call.usage;
        self.calls += 1;
        self.errors += u64::from(call.outcome == CallOutcome::Failed);
        self.costs.add(costs);
        self.model(call.model.as_ref()).add(costs);
        let minute = MinuteUse::of(call, costs);
        if call.at < horizon {
            self.before.0 += minute.tokens;
            self.before.1.add(costs);
        } else {
            add_minute(Arc::make_mut(&mut self.recent), minute);
        }
    }

    /// Takes out a call that was added.
    fn take_call(&mut self, call: &ModelCall, costs: &Costs) {
        self.usage -= call.usage;
        self.calls -= 1;
        self.errors -= u64::from(call.outcome == CallOutcome::Failed);
        self.costs.subtract(costs);
        self.model(call.model.as_ref()).subtract(costs);
        let minute = call.at.div_euclid(60_000);
        let recent = Arc::make_mut(&mut self.recent);
        match recent.binary_search_by_key(&minute, |known| known.minute) {
            Ok(at) => {
                recent[at].tokens -= call.usage.total();
                recent[at].costs.subtract(costs);
            }
            Err(_) => {
                self.before.0 -= call.usage.total();
                self.before.1.subtract(costs);
            }
        }
    }

    /// Notes what a record says beside its figures, whether it counts here or is a copy.
    fn note(&mut self, call: &ModelCall) {
        if call.usage.total() > 0 {
            self.last_prompt = self.last_prompt.max(Some((call.at, call.usage.prompt())));
        }
        if let Some(model) =
            call.model.as_ref().filter(|_| self.last_model.as_ref().is_none_or(|(at, _)| call.at >= *at))
        {
            self.last_model = Some((call.at, model.clone()));
        }
        self.first_at = Some(self.first_at.map_or(call.at, |first| first.min(call.at)));
    }

    fn model(&mut self, model: Option<&ModelRef>) -> &mut Costs {
        let place = self.by_model.iter().position(|(known, _)| known.as_ref() == model);
        let place = place.unwrap_or_else(|| {
            self.by_model.push((model.cloned(), Costs::default()));
            self.by_model.len() - 1
        });
        &mut self.by_model[place].1
    }

    /// Adds the totals of another transcript.
    pub fn add(&mut self, other: &Self) {
        self.usage += other.usage;
        self.calls += other.calls;
        self.errors += other.errors;
        self.costs.add(&other.costs);
        for (model, costs) in &other.by_model {
            self.model(model.as_ref()).add(costs);
        }
        self.last_prompt = self.last_prompt.max(other.last_prompt);
        if let Some((at, model)) = &other.last_model
            && self.last_model.as_ref().is_none_or(|(mine, _)| at >= mine)
        {
            self.last_model = Some((*at, model.clone()));
        }
        self.first_at = [self.first_at, other.first_at].into_iter().flatten().min();
        self.before.0 += other.before.0;
        self.before.1.add(&other.before.1);
        if self.recent.is_empty() {
            self.recent = Arc::clone(&other.recent);
        } else if !other.recent.is_empty() {
            let recent = Arc::make_mut(&mut self.recent);
            for minute in other.recent.iter() {
                add_minute(recent, *minute);
            }
        }
    }

    /// Drops minutes that are too old to be asked for; their sums move to `before`.
    fn forget(&mut self, horizon: Millis) {
        let first = horizon.div_euclid(60_000);
        if self.recent.first().is_none_or(|minute| minute.minute >= first) {
            return;
        }
        let recent = Arc::make_mut(&mut self.recent);
        let keep = recent.partition_point(|minute| minute.minute < first);
        for minute in recent.drain(..keep) {
            self.before.0 += minute.tokens;
            self.before.1.add(&minute.costs);
        }
    }
}

fn add_minute(recent: &mut Vec<MinuteUse>, minute: MinuteUse) {
    let at = recent.partition_point(|known| known.minute < minute.minute);
    match recent.get_mut(at).filter(|known| known.minute == minute.minute) {
        Some(known) => {
            known.costs.add(&minute.costs);
            known.tokens += minute.tokens;
            known.context = minute.context;
        }
        None => recent.insert(at, minute),
    }
}

/// One transcript.
#[derive(Debug, Default)]
pub struct Transcript {
    /// What the calls sum up to.
    pub totals: Totals,
    /// How it ends.
    pub tail: Option<TranscriptTail>,
    /// Whether its bytes were only seen in a reset, deleted or archived form.
    pub archived: bool,
    /// Copies of calls that were seen again.
    pub copies: u64,
}

impl Transcript {
    /// A transcript of which nothing is known but where it was seen.
    #[must_use]
    pub fn new(archived: bool) -> Self {
        Self { archived, ..Self::default() }
    }

    /// A transcript as the ledger knows it.
    #[must_use]
    pub fn of(known: &KnownTranscript, keys: &[UsageKey], book: &PriceBook, horizon: Millis) -> Self {
        Self {
            totals: Totals::of(known, keys, book, horizon),
            tail: known.tail.clone(),
            archived: known.archived.unwrap_or(true),
            copies: known.copies,
        }
    }

    /// Takes in calls that were read; `known` names the places of those that are counted already.
    pub fn add(
        &mut self,
        calls: &[ModelCall],
        known: &[usize],
        book: &PriceBook,
        installation: &InstallationId,
        horizon: Millis,
    ) {
        let mut known = known.iter().peekable();
        for (place, call) in calls.iter().enumerate() {
            self.totals.note(call);
            if known.next_if_eq(&&place).is_none() {
                self.totals.add_call(call, &Costs::of(call, book, installation), horizon);
            }
        }
        self.totals.forget(horizon);
    }

    /// Counts a call that stood elsewhere, or in another form.
    pub fn put(&mut self, call: &ModelCall, book: &PriceBook, installation: &InstallationId, horizon: Millis) {
        self.totals.note(call);
        self.totals.add_call(call, &Costs::of(call, book, installation), horizon);
    }

    /// Takes out a call that counts elsewhere, or in another form.
    pub fn take(&mut self, call: &ModelCall, book: &PriceBook, installation: &InstallationId) {
        self.totals.take_call(call, &Costs::of(call, book, installation));
    }
}
