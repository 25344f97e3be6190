//! `prices`: the price book in force, and a newer one taken in.

use std::path::Path;

use anyhow::{Context, Result};

use super::print;
use crate::app::price_book;
use crate::config::{Config, prices};
use crate::domain::pricing::{PriceEntry, Rates};

/// Prints the price book.
pub fn show(config: &Config, json: bool) -> Result<()> {
    let book = price_book(config)?;
    let dollars = |pico: u64| {
        #[expect(clippy::cast_precision_loss, reason = "prices have few digits")]
        let dollars = pico as f64 / 1e6;
        dollars
    };
    if json {
        let models: Vec<_> = book.entries().map(|PriceEntry { model, price, .. }| {
            let Rates { input, output, cache_read, cache_write } = price.rates;
            serde_json::json!({
                "provider": &*model.provider, "model": &*model.model, "origin": price.origin.word(),
                "input": dollars(input), "output": dollars(output), "cacheRead": dollars(cache_read), "cacheWrite": dollars(cache_write),
            })
        }).collect();
        print(&serde_json::to_string_pretty(
            &serde_json::json!({ "asOf": book.as_of(), "origin": book.source(), "models": models }),
        )?);
        return Ok(());
    }
    print(&format!("Prices of {}, from {}. US dollars per million tokens.", book.as_of(), book.source()));
    print("Own prices ([[price]] in factory.toml) come first, then those in openclaw.json, then this list.");
    print(&format!(
        "{:<44} {:>9} {:>9} {:>10} {:>11}  {}",
        "model", "input", "output", "cache read", "cache write", "origin"
    ));
    for PriceEntry { model, price, .. } in book.entries() {
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
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("{} cannot be made", config.data_dir.display()))?;
    let kept = config.data_dir.join("prices.json");
    std::fs::write(&kept, text).with_context(|| format!("{} cannot be written", kept.display()))?;
    print(&format!(
        "{} models of {} are now in {}; restart the server to use them.",
        list.models.len(),
        list.as_of,
        kept.display()
    ));
    Ok(())
}
