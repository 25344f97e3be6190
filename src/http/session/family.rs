//! The family of a session: its eldest ancestor and everything below it.

use std::collections::{BTreeMap, HashSet};

use super::Basis;
use super::find::Opened;
use crate::domain::SessionKey;
use crate::http::view::{Judgement, View};
use crate::http::wire::Relative;

/// Each relative before its children, the eldest ancestor first. Parents that go round in a circle are cut open.
pub(super) fn of(opened: &Opened, view: &View<'_>, basis: Basis) -> Vec<Relative> {
    let installation = &opened.owner.installation;
    let mut by_key: BTreeMap<&SessionKey, &Judgement<'_>> = BTreeMap::new();
    let mut children: BTreeMap<&SessionKey, Vec<&SessionKey>> = BTreeMap::new();
    for one in view.sessions().filter(|one| one.facts().entry.owner.installation == *installation) {
        let entry = &one.facts().entry;
        by_key.insert(&entry.key, one);
        if let Some(parent) = entry.parent.as_ref().filter(|parent| **parent != entry.key) {
            children.entry(parent).or_default().push(&entry.key);
        }
    }
    let mut seen = HashSet::from([&opened.key]);
    let mut eldest = &opened.key;
    while let Some(parent) = by_key.get(eldest).and_then(|one| one.facts().entry.parent.as_ref()) {
        if !seen.insert(parent) {
            break;
        }
        eldest = parent;
    }
    for of_one in children.values_mut() {
        // In the order in which they were spawned, as far as that is known.
        of_one.sort_by_key(|key| (by_key.get(*key).and_then(|one| one.facts().entry.started_at), *key));
    }
    let mut family = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![(eldest, 0)];
    while let Some((key, depth)) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        family.push(relative(key, depth, by_key.get(key).copied(), basis));
        open.extend(children.get(key).into_iter().flatten().rev().map(|child| (*child, depth + 1)));
    }
    family
}

fn relative(key: &SessionKey, depth: usize, one: Option<&Judgement<'_>>, basis: Basis) -> Relative {
    let entry = one.map(|one| &one.facts().entry);
    let costs = one.map(|one| one.facts().totals.costs.on(basis));
    Relative {
        key: key.to_string(),
        parent_key: entry.and_then(|entry| entry.parent.as_ref()).map(ToString::to_string),
        depth,
        label: entry.and_then(|entry| entry.label.clone()),
        task_name: key.task_name(),
        session_type: key.session_type().word(),
        status: one.map(|one| one.judged().status.word()),
        run_state: one.map(|one| one.judged().run_state.word()),
        stuck_since_ms: one.and_then(|one| one.judged().stuck_since),
        tokens: one.map(|one| one.facts().totals.usage.total()),
        cost: costs.filter(|(_, unpriced)| *unpriced == 0).map(|(cost, _)| cost.dollars()),
        gone: one.is_none(),
    }
}
