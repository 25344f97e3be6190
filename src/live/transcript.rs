//! The calls of one transcript: each one once, priced on every basis.
//!
//! Calls stay in memory in a packed form, so that a copy is recognised, a corrected record
//! replaces the first one, and a change of prices can be applied to what was read long ago.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::domain::event::TranscriptTail;
use crate::domain::money::Money;
use crate::domain::pricing::PriceBook;
use crate::domain::usage::{CallOutcome, ModelCall, TokenUsage};
use crate::domain::{InstallationId, Millis, ModelRef};

/// What calls cost on each basis, and how many of them have no price on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// What OpenClaw recorded, else the list price.
    pub auto: Money,
    /// List prices.
    pub list: Money,
    /// What OpenClaw recorded.
    pub recorded: Money,
    /// The flat rate.
    pub reference: Money,
    /// Calls whose price is unknown on the basis `auto`.
    pub auto_unknown: u32,
    /// Calls whose price is unknown on the basis `list`.
    pub list_unknown: u32,
    /// Calls for which nothing was recorded although tokens were used.
    pub recorded_unknown: u32,
    /// Calls that the basis `auto` takes from the record.
    pub from_record: u32,
    /// Calls that the basis `auto` takes from the price book.
    pub from_list: u32,
}

impl Costs {
    /// The costs of one call.
    #[must_use]
    pub fn of(call: &ModelCall, book: &PriceBook, installation: &InstallationId) -> Self {
        if call.usage.total() == 0 && call.recorded.is_none() {
            return Self::default();
        }
        let list = call.model.as_ref().and_then(|model| book.list_cost(installation, model, &call.usage, call.at));
        let auto = call.recorded.or(list);
        Self {
            auto: auto.unwrap_or_default(),
            list: list.unwrap_or_default(),
            recorded: call.recorded.unwrap_or_default(),
            reference: book.reference_cost(&call.usage),
            auto_unknown: u32::from(auto.is_none()),
            list_unknown: u32::from(list.is_none()),
            recorded_unknown: u32::from(call.recorded.is_none()),
            from_record: u32::from(call.recorded.is_some()),
            from_list: u32::from(call.recorded.is_none() && list.is_some()),
        }
    }

    /// Adds other costs.
    pub fn add(&mut self, other: &Self) {
        self.auto += other.auto;
        self.list += other.list;
        self.recorded += other.recorded;
        self.reference += other.reference;
        self.auto_unknown += other.auto_unknown;
        self.list_unknown += other.list_unknown;
        self.recorded_unknown += other.recorded_unknown;
        self.from_record += other.from_record;
        self.from_list += other.from_list;
    }
}

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
    /// Adds one call. `horizon` is where the recent minutes begin.
    fn add_call(&mut self, call: &ModelCall, costs: &Costs, horizon: Millis) {
        self.usage += call.usage;
        self.calls += 1;
        self.errors += u64::from(call.outcome == CallOutcome::Failed);
        self.costs.add(costs);
        match self.by_model.iter_mut().find(|(model, _)| *model == call.model) {
            Some((_, sum)) => sum.add(costs),
            None => self.by_model.push((call.model.clone(), *costs)),
        }
        if call.usage.total() > 0 && self.last_prompt.is_none_or(|(at, _)| call.at >= at) {
            self.last_prompt = Some((call.at, call.usage.prompt()));
        }
        if let Some(model) =
            call.model.as_ref().filter(|_| self.last_model.as_ref().is_none_or(|(at, _)| call.at >= *at))
        {
            self.last_model = Some((call.at, model.clone()));
        }
        self.first_at = Some(self.first_at.map_or(call.at, |first| first.min(call.at)));
        let minute = MinuteUse {
            minute: call.at.div_euclid(60_000),
            costs: *costs,
            tokens: call.usage.total(),
            context: call.usage.prompt(),
        };
        if call.at < horizon {
            self.before.0 += minute.tokens;
            self.before.1.add(costs);
        } else {
            add_minute(Arc::make_mut(&mut self.recent), minute);
        }
    }

    /// Adds the totals of another transcript.
    pub fn add(&mut self, other: &Self) {
        self.usage += other.usage;
        self.calls += other.calls;
        self.errors += other.errors;
        self.costs.add(&other.costs);
        for (model, costs) in &other.by_model {
            match self.by_model.iter_mut().find(|(known, _)| known == model) {
                Some((_, sum)) => sum.add(costs),
                None => self.by_model.push((model.clone(), *costs)),
            }
        }
        self.last_prompt = later(self.last_prompt, other.last_prompt);
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

fn later(a: Option<(Millis, u64)>, b: Option<(Millis, u64)>) -> Option<(Millis, u64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.0 >= a.0 { b } else { a }),
        (a, b) => a.or(b),
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

/// A call in few bytes: there may be hundreds of thousands of them.
#[derive(Clone, Copy, Debug)]
struct PackedCall {
    identity: u64,
    at: Millis,
    /// Nano-dollars, or -1 for unknown.
    recorded: i64,
    tokens: [u32; 4],
    /// Place in the transcript's list of models.
    model: u16,
    outcome: CallOutcome,
}

/// A transcript that names more models than this is broken; further ones count as unknown.
const MAX_MODELS: usize = 500;

/// Identities are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct SameHasher(u64);

impl Hasher for SameHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// One transcript.
#[derive(Debug, Default)]
pub struct Transcript {
    calls: Vec<PackedCall>,
    places: HashMap<u64, u32, BuildHasherDefault<SameHasher>>,
    models: Vec<Option<ModelRef>>,
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

    /// Takes in calls; a copy of a known one changes nothing, a corrected one replaces it.
    pub fn add(&mut self, calls: Vec<ModelCall>, book: &PriceBook, installation: &InstallationId, horizon: Millis) {
        self.calls.reserve(calls.len());
        self.places.reserve(calls.len());
        let mut corrected = false;
        for mut call in calls {
            if self.models.len() >= MAX_MODELS && !self.models.contains(&call.model) {
                call.model = None;
            }
            let packed = self.pack(&call);
            match self.places.get(&call.identity) {
                Some(&place) => {
                    let known = &mut self.calls[place as usize];
                    if known.tokens == packed.tokens && known.recorded == packed.recorded {
                        self.copies += 1;
                    } else {
                        *known = packed;
                        corrected = true;
                    }
                }
                None => {
                    let place =
                        u32::try_from(self.calls.len()).expect("a transcript has fewer than four billion calls");
                    self.places.insert(call.identity, place);
                    self.calls.push(packed);
                    self.totals.add_call(&call, &Costs::of(&call, book, installation), horizon);
                }
            }
        }
        if corrected {
            self.reprice(book, installation, horizon);
        }
        self.totals.forget(horizon);
    }

    /// Sums everything up anew: the prices or a call changed.
    pub fn reprice(&mut self, book: &PriceBook, installation: &InstallationId, horizon: Millis) {
        let mut totals = Totals::default();
        for packed in &self.calls {
            let call = self.unpack(packed);
            totals.add_call(&call, &Costs::of(&call, book, installation), horizon);
        }
        self.totals = totals;
    }

    fn pack(&mut self, call: &ModelCall) -> PackedCall {
        let model = match self.models.iter().position(|known| *known == call.model) {
            Some(place) => place,
            None => {
                self.models.push(call.model.clone());
                self.models.len() - 1
            }
        };
        // Counts beyond a billion were refused when the record was read.
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let usage = &call.usage;
        PackedCall {
            identity: call.identity,
            at: call.at,
            recorded: call.recorded.map_or(-1, Money::nanos),
            tokens: [small(usage.input), small(usage.output), small(usage.cache_read), small(usage.cache_write)],
            model: u16::try_from(model).unwrap_or(u16::MAX),
            outcome: call.outcome,
        }
    }

    fn unpack(&self, packed: &PackedCall) -> ModelCall {
        let [input, output, cache_read, cache_write] = packed.tokens.map(u64::from);
        ModelCall {
            identity: packed.identity,
            at: packed.at,
            model: self.models.get(usize::from(packed.model)).cloned().flatten(),
            usage: TokenUsage { input, output, cache_read, cache_write },
            recorded: (packed.recorded >= 0).then(|| Money::from_nanos(packed.recorded)),
            outcome: packed.outcome,
        }
    }
}
