//! `prices`: the price book in force, and another list taken in.

use std::path::Path;

use anyhow::{Context, Result};

use super::print;
use crate::app::price_book;
use crate::app::prices::keep;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, prices};
use crate::domain::pricing::{PriceEntry, Rates};

/// Prints the price book.
pub fn show(config: &Config, json: bool) -> Result<()> {
    let (book, now) = (price_book(config)?, SystemClock.now());
    let dollars = |pico: u64| {
        #[expect(clippy::cast_precision_loss, reason = "prices have few digits")]
        let dollars = pico as f64 / 1e6;
        dollars
    };
    let lists: Vec<&str> = book.list_dates().collect();
    if json {
        let models: Vec<_> = book.entries_at(now).map(|PriceEntry { model, price, .. }| {
            let Rates { input, output, cache_read, cache_write } = price.rates;
            serde_json::json!({
                "provider": &*model.provider, "model": &*model.model, "origin": price.origin.word(),
                "input": dollars(input), "output": dollars(output), "cacheRead": dollars(cache_read), "cacheWrite": dollars(cache_write),
            })
        }).collect();
        print(&serde_json::to_string_pretty(
            &serde_json::json!({ "asOf": book.as_of_at(now), "origin": book.source_at(now), "lists": lists, "models": models }),
        )?);
        return Ok(());
    }
    print(&format!("Prices of {}, from {}. US dollars per million tokens.", book.as_of_at(now), book.source_at(now)));
    if lists.len() > 1 {
        print(&format!("A call is priced by the list of its day: {}.", lists.join(", ")));
    }
    print("Own prices ([[price]] in factory.toml) come first, then those in openclaw.json, then this list.");
    print(&format!(
        "{:<44} {:>9} {:>9} {:>10} {:>11}  {}",
        "model", "input", "output", "cache read", "cache write", "origin"
    ));
    for PriceEntry { model, price, .. } in book.entries_at(now) {
        let Rates { input, output, cache_read, cache_write } = price.rates;
        print(&format!(
            "{:<44} {:>9.3} {:>9.3} {:>10.4} {:>11.4}  {}",
            model.to_string(),
            dollars(input),
            dollars(output),
            dollars(cache_read),
            dollars(cache_write),
            price.origin.word()
        ));
    }
    Ok(())
}

/// Checks a list and keeps it in the data folder.
pub fn import(config: &Config, file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let list = prices::import(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    let kept = keep(&config.data_dir, &list, &text)?;
    print(&format!(
        "{} models of {} are kept in {}; restart the server to use them.",
        list.models.len(),
        list.as_of,
        kept.display()
    ));
    let book = price_book(config)?;
    let present = book.as_of_at(SystemClock.now());
    if present != list.as_of {
        print(&format!(
            "They price the calls from {} on until another list does; in force now is the list of {present}.",
            list.as_of
        ));
    }
    Ok(())
}
