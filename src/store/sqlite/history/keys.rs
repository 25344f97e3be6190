//! The keys of the sums, by their numbers: read once, then only those that are new.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::super::names::read_keys;
use crate::domain::rollup::UsageKey;
use crate::store::StoreError;

/// Keys are only ever added, so that a key keeps its place.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) list: Arc<Vec<UsageKey>>,
    places: HashMap<i64, u32>,
    last: i64,
}

impl Keys {
    /// Reads the keys that came since.
    pub(super) fn catch_up(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut fresh: Vec<(i64, UsageKey)> = read_keys(connection, self.last)?.into_iter().collect();
        if fresh.is_empty() {
            return Ok(());
        }
        fresh.sort_unstable_by_key(|(id, _)| *id);
        let list = Arc::make_mut(&mut self.list);
        for (id, key) in fresh {
            self.places.insert(id, u32::try_from(list.len()).unwrap_or(u32::MAX));
            self.last = id;
            list.push(key);
        }
        Ok(())
    }

    /// Where a key stands in the list.
    pub(super) fn place(&self, id: i64) -> Option<u32> {
        self.places.get(&id).copied()
    }
}
