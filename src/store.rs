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
use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::domain::event::{CallsKept, Event, Positions};
use crate::domain::known::Known;
use crate::domain::rollup::UsageSlice;
use crate::domain::{InstallationId, Millis};

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

    /// When the first call of all was made.
    fn first_call_at(&self) -> Result<Option<Millis>, StoreError>;
}

/// A history that can be replaced while it is asked: the ledger was made anew.
#[derive(Default)]
pub struct CurrentHistory(RwLock<Option<Arc<dyn UsageHistory>>>);

impl CurrentHistory {
    /// Answers come from this history from now on.
    pub fn set(&self, history: Arc<dyn UsageHistory>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(history);
    }

    fn get(&self) -> Result<Arc<dyn UsageHistory>, StoreError> {
        let history = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        history.ok_or_else(|| StoreError::Other("it is not open yet".to_owned()))
    }
}

impl UsageHistory for CurrentHistory {
    fn usage(&self, range: Range<Millis>, grain: &Grain) -> Result<Arc<UsageSlice>, StoreError> {
        self.get()?.usage(range, grain)
    }

    fn usage_by_session(&self, range: Range<Millis>, grain: &Grain) -> Result<UsageSlice, StoreError> {
        self.get()?.usage_by_session(range, grain)
    }

    fn first_call_at(&self) -> Result<Option<Millis>, StoreError> {
        self.get()?.first_call_at()
    }
}
