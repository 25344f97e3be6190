//! A ledger over a list of calls: adds them up at every question, with none of the engine's means.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use factory_dashboard::domain::money::Money;
use factory_dashboard::domain::pricing::PriceBook;
use factory_dashboard::domain::rollup::{SLOT_MS, SessionName, UsageCell, UsageKey, UsageSlice, UsageSums, tier_of};
use factory_dashboard::domain::session_record::{KeptFamily, SessionRecord};
use factory_dashboard::domain::usage::{CallOutcome, ModelCall, StopReason, TokenUsage};
use factory_dashboard::domain::{AgentRef, InstallationId, ModelRef, SessionKey};
use factory_dashboard::store::{Grain, StoreError, UsageHistory};
use jiff::Timestamp;

/// A call with its session.
#[derive(Clone)]
pub struct Made {
    pub owner: AgentRef,
    pub session: SessionName,
    pub call: ModelCall,
}

/// A call of `agent main` in session `agent:main:main`, as the methods do not say otherwise.
pub fn made(at: &str, model: &str, usage: [u64; 4]) -> Made {
    let [input, output, cache_read, cache_write] = usage;
    Made {
        owner: AgentRef { installation: "test".into(), agent: "main".into() },
        session: SessionName { key: Some("agent:main:main".into()), session_id: "s1".into() },
        call: ModelCall {
            identity: 0,
            at: at.parse::<Timestamp>().unwrap().as_millisecond(),
            model: (!model.is_empty()).then(|| ModelRef::new("anthropic", model)),
            usage: TokenUsage { input, output, cache_read, cache_write },
            recorded: None,
            outcome: CallOutcome::Answered,
            stop: StopReason::Stop,
            message_id: None,
            error: None,
        },
    }
}

impl Made {
    pub fn by(mut self, installation: &str, agent: &str, key: Option<&str>, id: &str) -> Self {
        self.owner = AgentRef { installation: installation.into(), agent: agent.into() };
        self.session = SessionName { key: key.map(SessionKey::from), session_id: id.into() };
        self
    }

    pub fn recorded(mut self, dollars: f64) -> Self {
        self.call.recorded = Money::from_recorded_dollars(dollars);
        self
    }

    pub fn ended(mut self, outcome: CallOutcome) -> Self {
        self.call.outcome = outcome;
        self
    }
}

/// The ledger.
pub struct CallList {
    pub book: PriceBook,
    pub calls: Vec<Made>,
}

impl CallList {
    fn slice(&self, range: &Range<i64>, grain: &Grain, by_session: bool) -> UsageSlice {
        let limits: Vec<u64> = self.book.tier_limits().into_iter().collect();
        let (start, end) =
            (range.start.div_euclid(SLOT_MS) * SLOT_MS, (range.end + SLOT_MS - 1).div_euclid(SLOT_MS) * SLOT_MS);
        let mut keys: Vec<UsageKey> = Vec::new();
        let mut cells: BTreeMap<(i64, u32), UsageSums> = BTreeMap::new();
        for Made { owner, session, call } in self.calls.iter().filter(|made| (start..end).contains(&made.call.at)) {
            let key = UsageKey {
                owner: owner.clone(),
                session_type: session.key.as_ref().map(SessionKey::session_type),
                session: by_session.then(|| Arc::new(session.clone())),
                model: call.model.clone(),
                tier: tier_of(call.usage.prompt(), &limits),
                recorded: call.recorded.is_some(),
            };
            let number = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            let place = (self.stretch(call.at, grain).max(start), u32::try_from(number).unwrap());
            cells.entry(place).or_default().add(&UsageSums::of(call));
        }
        UsageSlice {
            keys: Arc::new(keys),
            cells: cells.into_iter().map(|((at, key), sums)| UsageCell { at, key, sums }).collect(),
        }
    }

    /// The start of the grain, or the last change of a price after it.
    fn stretch(&self, at: i64, grain: &Grain) -> i64 {
        let grain = match grain {
            Grain::Slot => at.div_euclid(SLOT_MS) * SLOT_MS,
            Grain::Day(zone) => {
                let day = Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone()).start_of_day();
                day.unwrap().timestamp().as_millisecond()
            }
        };
        self.book.changes().into_iter().filter(|change| *change <= at).max().map_or(grain, |change| change.max(grain))
    }
}

impl UsageHistory for CallList {
    fn usage(&self, range: Range<i64>, grain: &Grain) -> Result<Arc<UsageSlice>, StoreError> {
        Ok(Arc::new(self.slice(&range, grain, false)))
    }

    fn usage_by_session(&self, range: Range<i64>, grain: &Grain) -> Result<UsageSlice, StoreError> {
        Ok(self.slice(&range, grain, true))
    }

    fn session(&self, _: &SessionKey, _: bool) -> Result<Vec<SessionRecord>, StoreError> {
        Ok(Vec::new())
    }

    fn family(&self, _: &InstallationId, _: &SessionKey) -> Result<KeptFamily, StoreError> {
        Ok(KeptFamily::default())
    }

    fn first_call_at(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.calls.iter().map(|made| made.call.at).min())
    }
}

/// A ledger that can answer nothing.
pub struct Broken;

impl UsageHistory for Broken {
    fn usage(&self, _: Range<i64>, _: &Grain) -> Result<Arc<UsageSlice>, StoreError> {
        Err(StoreError::Full)
    }

    fn usage_by_session(&self, _: Range<i64>, _: &Grain) -> Result<UsageSlice, StoreError> {
        Err(StoreError::Full)
    }

    fn session(&self, _: &SessionKey, _: bool) -> Result<Vec<SessionRecord>, StoreError> {
        Err(StoreError::Full)
    }

    fn family(&self, _: &InstallationId, _: &SessionKey) -> Result<KeptFamily, StoreError> {
        Err(StoreError::Full)
    }

    fn first_call_at(&self) -> Result<Option<i64>, StoreError> {
        Ok(None)
    }
}
