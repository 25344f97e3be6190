//! What a report is made of: the ledger of a running server, or one that is brought up to date here.

use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::super::say;
use crate::app::{local_time, price_book, progress};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Installation};
use crate::domain::Millis;
use crate::domain::event::{Event, Positions};
use crate::domain::health::LedgerStatus;
use crate::domain::pricing::PriceBook;
use crate::pipeline::Pipeline;
use crate::source::Closed;
use crate::source::files::FilesReader;
use crate::store::lock::{Holder, NotLocked, WriterLock};
use crate::store::open::{self, OpenLedger};
use crate::store::sqlite::{SqliteHistory, file_in, read_only, stated_prices};
use crate::store::{StoreError, UsageHistory};

/// A reading that takes longer than this shows how far it is.
const PATIENCE_MS: Millis = 1000;
/// A transaction takes in no more calls than the batch that reaches this number.
const CALLS_AT_ONCE: usize = 8192;

/// The past, and what it costs.
pub(super) type Ready = (Arc<dyn UsageHistory>, PriceBook);

/// Opens the ledger. Where a server writes it, it is read as it stands; otherwise the sources are read first.
pub(super) fn open(config: &Config) -> Result<Ready> {
    let book = price_book(config)?;
    match WriterLock::take(&config.data_dir, SystemClock.now()) {
        Err(NotLocked::Held(holder)) => beside(config, book, holder),
        // What cannot be locked cannot be written: the ledger then lives in memory, and says so.
        Err(NotLocked::Failed(_)) => update(config, book),
        Ok(lock) => {
            let ready = update(config, book);
            drop(lock);
            ready
        }
    }
}

/// A server keeps the ledger up to date.
fn beside(config: &Config, mut book: PriceBook, holder: Option<Holder>) -> Result<Ready> {
    let file = file_in(&config.data_dir);
    let who = holder.map_or_else(String::new, |holder| {
        format!("; process {} writes it since {}", holder.pid, local_time(holder.since))
    });
    let connection = read_only(&file).with_context(|| format!("{} cannot be read{who}", file.display()))?;
    for (installation, prices) in stated_prices(&connection)? {
        book.set_openclaw(&installation, prices);
    }
    let history = SqliteHistory::beside_the_writer(connection, book.changes());
    Ok((Arc::new(history), book))
}

/// Reads what is new into the ledger.
fn update(config: &Config, book: PriceBook) -> Result<Ready> {
    let now = SystemClock.now();
    let OpenLedger { ledger, health } = open::open(&config.data_dir, &book.changes(), now, None)?;
    if health.status != LedgerStatus::Ok {
        say(&health.detail);
    }
    let history = ledger.history();
    let pipeline = Pipeline::new(book, Box::new(ledger), health, now)?;
    let mut pipeline = pipeline.keeping_raw_for(config.keep_raw);
    if config.sources.auto || config.sources.files {
        for installation in &config.installations {
            if !installation.root.is_dir() {
                say(&format!("there is no OpenClaw state directory {}", installation.root.display()));
                continue;
            }
            let positions = pipeline.ledger().positions(&installation.id)?;
            read(installation, positions, &mut pipeline, now)
                .with_context(|| format!("what {} holds could not be kept", installation.root.display()))?;
        }
    }
    let book = pipeline.prices();
    Ok((history, book))
}

fn read(
    installation: &Installation,
    positions: Positions,
    pipeline: &mut Pipeline,
    began: Millis,
) -> Result<(), StoreError> {
    let is_terminal = std::io::stderr().is_terminal();
    let mut reader = FilesReader::new(installation.id.clone(), installation.root.clone(), positions);
    let (mut pending, mut size, mut failed, mut shown) = (Vec::new(), 0, None, false);
    let mut sink = |events: Vec<Event>| {
        for event in &events {
            match event {
                Event::CallsRead { calls, .. } => size += calls.len(),
                Event::SourceReported(report) if SystemClock.now() - began > PATIENCE_MS && is_terminal => {
                    let sum = |of: fn(&_) -> u64| report.agents.iter().map(of).sum();
                    progress::line(sum(|agent| agent.sessions_read), sum(|agent| agent.sessions_known), true);
                    shown = true;
                }
                _ => {}
            }
        }
        pending.extend(events);
        if size < CALLS_AT_ONCE {
            return Ok(());
        }
        size = 0;
        pipeline.take_in(&mut pending, SystemClock.now()).map_err(|error| {
            failed = Some(error);
            Closed
        })
    };
    let _ = reader.refresh(&SystemClock, &mut sink);
    if shown {
        progress::clear();
    }
    match failed {
        Some(error) => Err(error),
        None => pipeline.take_in(&mut pending, SystemClock.now()),
    }
}
