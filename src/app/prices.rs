//! The price lists that are kept in the data folder, and the book of all of them.
//!
//! Every list that was ever imported stays, so that a call is priced by the rates of its day.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::config::Config;
use crate::config::prices::{OwnPrice, PriceList, embedded, import};
use crate::domain::Millis;
use crate::domain::pricing::PriceBook;

/// Every price: the user's own, then the lists of their days.
pub fn price_book(config: &Config) -> Result<PriceBook> {
    let mut lists = lists(&config.data_dir)?.into_iter();
    let (_, first) = lists.next().context("the program has a price list")?;
    let own = |from: Option<Millis>| {
        let these = config.own_prices.iter().filter(move |one| one.from == from);
        these.map(|OwnPrice { model, price, .. }| (model.clone(), price.clone())).collect()
    };
    let mut book = PriceBook::new(first.as_of, first.source, first.models, own(None), config.reference);
    for (from, list) in lists {
        book.add_list(from, list.as_of, list.source, list.models);
    }
    let mut days: Vec<Millis> = config.own_prices.iter().filter_map(|one| one.from).collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        book.add_own(day, own(Some(day)));
    }
    Ok(book)
}

/// The list in the program and the kept ones, by the day from which each holds. Of the same day the kept one counts.
fn lists(data_dir: &Path) -> Result<BTreeMap<Millis, PriceList>> {
    let mut lists = BTreeMap::new();
    let mut add = |list: PriceList| lists.insert(list.from, list);
    add(embedded());
    for path in kept(data_dir)? {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        let list = import(&text);
        add(list.map_err(|error| anyhow::anyhow!("{}: {error}. Import it again, or delete the file.", path.display()))?);
    }
    Ok(lists)
}

/// Where lists are kept: first the place of earlier versions, which kept one.
fn kept(data_dir: &Path) -> Result<Vec<PathBuf>> {
    let folder = data_dir.join("prices");
    let mut found = Vec::new();
    match fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                found.push(entry.with_context(|| format!("{} cannot be listed", folder.display()))?.path());
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be listed", folder.display())),
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    found.sort();
    found.insert(0, data_dir.join("prices.json"));
    Ok(found)
}

/// Keeps a list under its date, beside those of other dates.
pub fn keep(data_dir: &Path, list: &PriceList, text: &str) -> Result<PathBuf> {
    let folder = data_dir.join("prices");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join(format!("{}.json", list.as_of));
    fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}
