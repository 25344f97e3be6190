//! The family of a session: its eldest ancestor and everything below it, whether OpenClaw still lists it or not.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Basis;
use super::find::Opened;
use crate::domain::SessionKey;
use crate::domain::money::Money;
use crate::domain::pricing::Costs;
use crate::domain::session_record::{KeptFamily, KeptRelative};
use crate::http::view::{Judgement, View};
use crate::http::wire::{FamilySum, Relative};

/// So many members are listed; the rest is in the sums.
const MOST_LISTED: usize = 1_000;

/// The members, and what they used.
pub(super) struct Family {
    /// Each before its children, the eldest ancestor first.
    pub(super) listed: Vec<Relative>,
    pub(super) omitted: usize,
    /// The session with everything below it.
    pub(super) branch: FamilySum,
    /// Everybody.
    pub(super) whole: FamilySum,
}

/// What some of them used together.
#[derive(Default)]
struct Sum {
    sessions: u64,
    tokens: u64,
    cost: Option<Money>,
    without_cost: u64,
}

/// A member: as OpenClaw lists it, or as the ledger remembers it.
#[derive(Clone, Copy, Default)]
struct Member<'a> {
    live: Option<&'a Judgement<'a>>,
    kept: Option<&'a KeptRelative>,
}

impl<'a> Member<'a> {
    fn parent(&self) -> Option<&'a SessionKey> {
        let live = self.live.map(|one| one.facts().entry.parent.as_ref());
        live.unwrap_or_else(|| self.kept.and_then(|kept| kept.parent.as_ref()))
    }

    fn began_at(&self) -> Option<i64> {
        let kept = self.kept.and_then(|kept| kept.began_at);
        kept.or_else(|| self.live.and_then(|one| one.facts().entry.started_at))
    }

    /// Tokens and cost, as far as they are known.
    fn used(&self, costs_of: &impl Fn(&KeptRelative) -> (u64, Costs), basis: Basis) -> Used {
        let totals = self.live.map(|one| &one.facts().totals);
        let (tokens, costs) = match (totals, self.kept) {
            (Some(totals), _) => (totals.usage.total(), totals.costs),
            (None, Some(kept)) if !kept.days.is_empty() => costs_of(kept),
            _ => return (None, None),
        };
        let (cost, unpriced) = costs.on(basis);
        (Some(tokens), (unpriced == 0).then_some(cost))
    }

    fn relative(&self, key: &SessionKey, depth: usize, (tokens, cost): Used) -> Relative {
        let label = match self.live {
            Some(one) => one.facts().entry.label.clone(),
            None => self.kept.and_then(|kept| kept.label.clone()),
        };
        Relative {
            key: key.to_string(),
            parent_key: self.parent().map(ToString::to_string),
            depth,
            label,
            task_name: key.task_name(),
            session_type: key.session_type().word(),
            status: self.live.map(|one| one.judged().status.word()),
            run_state: self.live.map(|one| one.judged().run_state.word()),
            stuck_since_ms: self.live.and_then(|one| one.judged().stuck_since),
            tokens,
            cost: cost.map(Money::dollars),
            gone: self.live.is_none(),
        }
    }
}

/// Tokens and cost.
type Used = (Option<u64>, Option<Money>);

impl Sum {
    fn add(&mut self, (tokens, cost): Used) {
        self.sessions += 1;
        self.tokens += tokens.unwrap_or_default();
        self.without_cost += u64::from(cost.is_none());
        if let Some(cost) = cost {
            self.cost = Some(self.cost.unwrap_or_default() + cost);
        }
    }

    fn shown(&self) -> FamilySum {
        FamilySum {
            sessions: self.sessions,
            tokens: self.tokens,
            cost: self.cost.map(Money::dollars),
            without_cost: self.without_cost,
        }
    }
}

/// The family of an opened session. Parents that go round in a circle are cut open.
pub(super) fn of(opened: &Opened, kept: &KeptFamily, view: &View<'_>, basis: Basis) -> Family {
    let installation = &opened.owner.installation;
    let mut members: HashMap<&SessionKey, Member<'_>> = HashMap::new();
    for one in view.sessions().filter(|one| one.facts().entry.owner.installation == *installation) {
        members.entry(&one.facts().entry.key).or_default().live = Some(one);
    }
    for one in &kept.members {
        members.entry(&one.key).or_default().kept = Some(one);
    }
    let mut children: BTreeMap<&SessionKey, Vec<&SessionKey>> = BTreeMap::new();
    for (key, member) in &members {
        if let Some(parent) = member.parent().filter(|parent| parent != key) {
            children.entry(parent).or_default().push(key);
        }
    }
    for of_one in children.values_mut() {
        // In the order in which they were spawned, as far as that is known.
        of_one.sort_by_key(|key| (members.get(*key).and_then(Member::began_at), *key));
    }
    let path = path_to(&opened.key, &members);
    let eldest = path.last().copied().unwrap_or(&opened.key);
    let above: HashSet<&SessionKey> = path.into_iter().collect();
    let costs_of = kept_costs(opened, kept);
    let (mut listed, mut omitted) = (Vec::new(), 0);
    let (mut branch, mut whole) = (Sum::default(), Sum::default());
    // How deep the opened session stands, while its branch is walked.
    let mut inside = None;
    let mut seen = HashSet::new();
    let mut open = vec![(eldest, 0)];
    while let Some((key, depth)) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        let member = members.get(key).copied().unwrap_or_default();
        let used = member.used(&costs_of, basis);
        inside = if *key == opened.key { Some(depth) } else { inside.filter(|top| depth > *top) };
        whole.add(used);
        if inside.is_some() {
            branch.add(used);
        }
        // Whoever is looked at is listed, with those above.
        if listed.len() < MOST_LISTED || above.contains(key) {
            listed.push(member.relative(key, depth, used));
        } else {
            omitted += 1;
        }
        open.extend(children.get(key).into_iter().flatten().rev().map(|child| (*child, depth + 1)));
    }
    Family { listed, omitted, branch: branch.shown(), whole: whole.shown() }
}

/// A session and those above it, the eldest last.
fn path_to<'a>(key: &'a SessionKey, members: &HashMap<&SessionKey, Member<'a>>) -> Vec<&'a SessionKey> {
    let mut path = vec![key];
    let mut seen = HashSet::from([key]);
    while let Some(parent) = path.last().and_then(|key| members.get(*key)).and_then(Member::parent) {
        if !seen.insert(parent) {
            break;
        }
        path.push(parent);
    }
    path
}

/// Prices what the ledger remembers of a member: tokens and costs.
fn kept_costs<'a>(opened: &'a Opened, kept: &'a KeptFamily) -> impl Fn(&KeptRelative) -> (u64, Costs) + 'a {
    let book = &opened.board.prices;
    move |member| {
        let mut costs = Costs::default();
        let mut tokens = 0;
        for (day, place, sums) in &member.days {
            let Some(key) = kept.keys.get(*place) else { continue };
            costs.add(&Costs::of_sums(key, sums, *day, book));
            tokens += sums.usage.total();
        }
        (tokens, costs)
    }
}
