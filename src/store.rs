//! The ledger: every model call for ever, kept in our own database.
//!
//! This module says what a store can do, in domain words; the engines are below it. No rule and
//! no price lives here: calls go in, sums come out, and whoever asks works out what they cost.

pub mod lock;
pub mod open;
pub mod schema;
pub mod sqlite;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::domain::event::{CallsKept, Event, Positions};
use crate::domain::known::Known;
use crate::domain::rollup::UsageSlice;
use crate::domain::session_record::{KeptFamily, SessionRecord};
use crate::domain::{InstallationId, Millis, SessionKey};

/// Why the ledger could not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no room for more.
    #[error("the disk is full")]
    Full,
    /// The folder or the file may not be written.
    #[error("the disk or the file is read-only")]
    ReadOnly,
    /// What is on the disk cannot be what was written.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// A newer version of this program made it.
    #[error("the ledger has schema {found}; this version knows {known}")]
    Newer {
        /// Its schema.
        found: i64,
        /// The latest schema that this version knows.
        known: i64,
    },
    /// Anything else, in the engine's words.
    #[error("the ledger cannot be used: {0}")]
    Other(String),
}

/// The one writer of the ledger.
pub trait Ledger: Send {
    /// Takes in what was observed, all of it or nothing: calls, sums, session rows and read
    /// positions in one transaction. Returns what became of the calls of each
    /// [`Event::CallsRead`], in order.
    fn commit(&mut self, events: &[Event]) -> Result<Vec<CallsKept>, StoreError>;

    /// Everything known, with the single calls since a moment.
    fn known(&mut self, recent_since: Millis) -> Result<Known, StoreError>;

    /// How far each place of an installation was read.
    fn positions(&mut self, installation: &InstallationId) -> Result<Positions, StoreError>;

    /// Gives up the single calls before a moment, by whole UTC days: their sums stay, and none is ever
    /// counted again. Returns how many were given up.
    fn forget_calls_before(&mut self, moment: Millis) -> Result<usize, StoreError>;

    /// Makes sums tell prompts above and below these limits apart; sums that do not yet are made anew.
    fn set_tier_limits(&mut self, limits: &BTreeSet<u64>) -> Result<(), StoreError>;
}

/// How finely sums are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Quarters of an hour.
    Slot,
    /// Days of a time zone.
    Day(TimeZone),
}

/// What can be asked of the ledger. Answers hold what is committed, and nothing else.
pub trait UsageHistory: Send + Sync {
    /// The sums of a range of time. The range is taken to whole slots: its start down, its end up.
    /// No cell reaches over the edge of a grain or over a change of price.
    fn usage(&self, range: Range<Millis>, grain: &Grain) -> Result<Arc<UsageSlice>, StoreError>;

    /// The same for each session: the keys name sessions.
    fn usage_by_session(&self, range: Range<Millis>, grain: &Grain) -> Result<UsageSlice, StoreError>;

    /// What is kept of the sessions with a key: one for each agent that has or had such a one. Sums and calls only
    /// where they are asked for.
    fn session(&self, key: &SessionKey, with_calls: bool) -> Result<Vec<SessionRecord>, StoreError>;

    /// What is kept of the family of a session.
    fn family(&self, installation: &InstallationId, key: &SessionKey) -> Result<KeptFamily, StoreError>;

    /// When the first call of all was made.
    fn first_call_at(&self) -> Result<Option<Millis>, StoreError>;
}

/// A history that can be replaced while it is asked: the ledger was made anew.
#[derive(Default)]
pub struct CurrentHistory {
    history: RwLock<Option<Arc<dyn UsageHistory>>>,
    damage: Damage,
}

/// Where somebody who finds the ledger damaged writes it down for its writer.
#[derive(Clone, Debug, Default)]
pub struct Damage(Arc<Mutex<Option<String>>>);

impl Damage {
    /// Writes down what is wrong.
    pub fn note(&self, what: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
    }

    /// What was written down since it was asked last.
    #[must_use]
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl CurrentHistory {
    /// Answers come from this history from now on.
    pub fn set(&self, history: Arc<dyn UsageHistory>) {
        *self.history.write().unwrap_or_else(PoisonError::into_inner) = Some(history);
    }

    /// Where damage is written down.
    #[must_use]
    pub fn damage(&self) -> Damage {
        self.damage.clone()
    }

    fn ask<T>(&self, question: impl Fn(&dyn UsageHistory) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let history = self.history.read().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = question(history.ok_or_else(|| StoreError::Other("it is not open yet".to_owned()))?.as_ref());
        if let Err(StoreError::Damaged(what)) = &answer {
            self.damage.note(what.clone());
        }
        answer
    }
}

impl UsageHistory for CurrentHistory {
    fn usage(&self, range: Range<Millis>, grain: &Grain) -> Result<Arc<UsageSlice>, StoreError> {
        self.ask(|history| history.usage(range.clone(), grain))
    }

    fn usage_by_session(&self, range: Range<Millis>, grain: &Grain) -> Result<UsageSlice, StoreError> {
        self.ask(|history| history.usage_by_session(range.clone(), grain))
    }

    fn session(&self, key: &SessionKey, with_calls: bool) -> Result<Vec<SessionRecord>, StoreError> {
        self.ask(|history| history.session(key, with_calls))
    }

    fn family(&self, installation: &InstallationId, key: &SessionKey) -> Result<KeptFamily, StoreError> {
        self.ask(|history| history.family(installation, key))
    }

    fn first_call_at(&self) -> Result<Option<Millis>, StoreError> {
        self.ask(|history| history.first_call_at())
    }
}
