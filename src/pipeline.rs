//! The one loop: collect what was observed, keep it, fold it in, publish the facts.
//!
//! It owns the state and the ledger; nobody else touches them. It knows no source, only events.
//! What is published is committed: what could not be written waits here, and the sources with it.

mod masks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::domain::Millis;
use crate::domain::event::Event;
use crate::domain::health::{LedgerHealth, LedgerStatus};
use crate::domain::pricing::PriceBook;
use crate::hub::Hub;
use crate::live::LiveState;
use crate::live::board::Board;
use crate::live::transcript::RECENT_MS;
use crate::store::{Damage, Ledger, StoreError};

pub use self::masks::RedactorNow;

/// While events pour in, facts are published this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// A transaction takes in no more calls than the batch that reaches this number.
const CALLS_AT_ONCE: usize = 32_768;
/// From so many calls on it is a cold scan: waiting a moment for more makes fewer, cheaper transactions,
/// because calls of one moment lie in many files.
const CALLS_OF_A_SCAN: usize = 2048;
/// How long more is waited for then.
const MOMENT: Duration = Duration::from_millis(2);
/// How often, before what came is taken.
const MOMENTS: u32 = 5;
/// How often calls that are too old are looked for.
const TIDY_EVERY_MS: Millis = 6 * 3_600_000;
/// How long the ledger is left alone after it could not be written.
const RETRY: Duration = Duration::from_secs(2);

/// Why the loop ended.
#[derive(Debug)]
pub enum Ended {
    /// It was asked to, or every source is gone.
    Stopped,
    /// The ledger is damaged: it has to be made anew.
    Damaged(String),
    /// The ledger can be opened now, which it could not before.
    Openable,
}

/// What others tell the loop. Who wants it to be heard at once wakes the loop with an empty batch.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// Set when the program stops.
    pub stop: Arc<AtomicBool>,
    /// Filled when somebody finds the ledger damaged.
    pub damage: Damage,
    /// Set when a ledger that could not be opened can be.
    pub openable: Arc<AtomicBool>,
}

/// The state with its ledger.
pub struct Pipeline {
    state: LiveState,
    ledger: Box<dyn Ledger>,
    health: LedgerHealth,
    redactor_now: RedactorNow,
    hides_prompts: bool,
    /// How long single calls are kept, and when that was last seen to.
    keep_raw: Option<Millis>,
    tidied_at: Millis,
}

impl Pipeline {
    /// A pipeline that knows what the ledger knows.
    pub fn new(
        book: PriceBook,
        mut ledger: Box<dyn Ledger>,
        health: LedgerHealth,
        now: Millis,
    ) -> Result<Self, StoreError> {
        let mut state = LiveState::new(book, now);
        state.set_ledger(health.clone());
        let known = ledger.known(now - RECENT_MS)?;
        state.learn(known, now);
        ledger.set_tier_limits(&state.prices().tier_limits())?;
        Ok(Self {
            state,
            ledger,
            health,
            redactor_now: masks::by_form(),
            hides_prompts: false,
            keep_raw: None,
            tidied_at: 0,
        })
    }

    /// Masks the installations' own secrets too in what is observed.
    #[must_use]
    pub fn masking(self, redactor_now: RedactorNow) -> Self {
        Self { redactor_now, ..self }
    }

    /// Keeps no title that may be what somebody wrote.
    #[must_use]
    pub fn hiding_prompts(self, hides_prompts: bool) -> Self {
        Self { hides_prompts, ..self }
    }

    /// Keeps single calls for so long, and their sums for ever.
    #[must_use]
    pub fn keeping_raw_for(self, keep_raw: Option<Millis>) -> Self {
        Self { keep_raw, ..self }
    }

    /// Gives up single calls that are old enough, now and then.
    fn tidy(&mut self, now: Millis) {
        let Some(keep) = self.keep_raw.filter(|_| now - self.tidied_at >= TIDY_EVERY_MS) else { return };
        self.tidied_at = now;
        match self.ledger.forget_calls_before(now - keep) {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "gave up single calls that are older than --keep-raw; their sums stay"),
            Err(error) => tracing::warn!(%error, "old single calls could not be given up; tried again later"),
        }
    }

    /// Keeps events and folds them in: all of them, or none and they are still there.
    pub fn take_in(&mut self, events: &mut Vec<Event>, now: Millis) -> Result<(), StoreError> {
        if self.hides_prompts {
            masks::hide_prompts(events);
        }
        masks::mask(events, &self.redactor_now);
        let kept = self.ledger.commit(events)?;
        self.state.apply_all(std::mem::take(events), kept, now);
        if self.state.is_stale() {
            self.ledger.set_tier_limits(&self.state.prices().tier_limits())?;
            self.state.recount(&self.ledger.known(now - RECENT_MS)?, now);
        }
        Ok(())
    }

    /// The facts as they stand.
    pub fn board(&mut self, now: Millis) -> Board {
        self.state.board(now)
    }

    /// How the ledger was when it was opened.
    #[must_use]
    pub fn health(&self) -> &LedgerHealth {
        &self.health
    }

    /// The prices in force, those of each installation included.
    #[must_use]
    pub fn prices(&self) -> PriceBook {
        self.state.prices().clone()
    }

    /// The ledger.
    pub fn ledger(&mut self) -> &mut dyn Ledger {
        self.ledger.as_mut()
    }
}

/// Runs until every source is gone, it is asked to stop, or the ledger is damaged. Blocks: it has a
/// thread of its own.
pub fn run(
    pipeline: &mut Pipeline,
    events: &mut Receiver<Vec<Event>>,
    hub: &Hub,
    clock: &dyn Clock,
    signals: &Signals,
) -> Ended {
    let mut published: Option<Instant> = None;
    while let Some(mut batch) = next_batch(events) {
        loop {
            if signals.stop.load(Ordering::Relaxed) {
                return Ended::Stopped;
            }
            if let Some(what) = signals.damage.take() {
                return Ended::Damaged(what);
            }
            if signals.openable.swap(false, Ordering::Relaxed) {
                return Ended::Openable;
            }
            let result = pipeline.take_in(&mut batch, clock.now());
            pipeline.note(&result);
            match result {
                Ok(()) => break,
                Err(StoreError::Damaged(what)) => return Ended::Damaged(what),
                Err(_) => {
                    hub.publish(pipeline.board(clock.now()));
                    std::thread::sleep(RETRY);
                }
            }
        }
        pipeline.tidy(clock.now());
        // A quiet channel is told at once; a busy one in steps, so that a cold scan is not
        // slowed down by its own progress.
        if events.is_empty() || published.is_none_or(|at| at.elapsed() >= PUBLISH_EVERY) {
            hub.publish(pipeline.board(clock.now()));
            published = Some(Instant::now());
        }
    }
    Ended::Stopped
}

/// Everything that waits, up to a bound: one transaction.
fn next_batch(events: &mut Receiver<Vec<Event>>) -> Option<Vec<Event>> {
    let calls = |batch: &[Event]| -> usize {
        batch.iter().map(|event| if let Event::CallsRead { calls, .. } = event { calls.len() } else { 1 }).sum()
    };
    let mut batch = events.blocking_recv()?;
    let mut size = calls(&batch);
    let mut waited = 0;
    while size < CALLS_AT_ONCE {
        match events.try_recv() {
            Ok(more) => {
                size += calls(&more);
                batch.extend(more);
                waited = 0;
            }
            Err(_) if size >= CALLS_OF_A_SCAN && waited < MOMENTS => {
                std::thread::sleep(MOMENT);
                waited += 1;
            }
            Err(_) => break,
        }
    }
    Some(batch)
}

impl Pipeline {
    /// Says once when the ledger cannot be written, and once when it can again.
    fn note(&mut self, result: &Result<(), StoreError>) {
        let health = match result {
            Ok(()) => self.health.clone(),
            Err(error) => LedgerHealth {
                status: LedgerStatus::Failing,
                detail: format!(
                    "The usage ledger cannot be written: {error}. New calls wait and are written as soon as that is possible; {}.",
                    what_to_do(error)
                ),
            },
        };
        let failed = health.status == LedgerStatus::Failing;
        if failed != self.failing() {
            if failed {
                tracing::error!("{}", health.detail);
            } else {
                tracing::info!("the usage ledger can be written again");
            }
        }
        self.state.set_ledger(health);
    }

    fn failing(&self) -> bool {
        self.state.ledger().status == LedgerStatus::Failing
    }
}

fn what_to_do(error: &StoreError) -> &'static str {
    match error {
        StoreError::Full => "make room on the disk of the data folder",
        StoreError::ReadOnly => "make the data folder writable",
        _ => "see the log for details",
    }
}
