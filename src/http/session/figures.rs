//! What a session used: over its life, by model, by call; and what failed.

use std::collections::BTreeMap;

use super::Basis;
use super::rows::Shaper;
use crate::domain::pricing::Costs;
use crate::domain::rollup::UsageSums;
use crate::domain::usage::{CallOutcome, ModelCall};
use crate::http::wire::{ErrorGroup, LifeFigures, ModelFigures, Turn};

/// The figures of a session.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) usage: LifeFigures,
    pub(super) by_model: Vec<ModelFigures>,
    pub(super) turns: Vec<Turn>,
    pub(super) turns_omitted: u64,
    pub(super) errors: Vec<ErrorGroup>,
}

/// Sums with their costs.
#[derive(Clone, Copy, Default)]
struct Total {
    sums: UsageSums,
    costs: Costs,
}

impl Total {
    fn add(&mut self, sums: &UsageSums, costs: &Costs) {
        self.sums.add(sums);
        self.costs.add(costs);
    }

    fn figures(&self, basis: Basis) -> LifeFigures {
        let (cost, unpriced) = self.costs.on(basis);
        LifeFigures {
            calls: self.sums.calls,
            errors: self.sums.errors,
            aborted: self.sums.aborted,
            input_tokens: self.sums.usage.input,
            output_tokens: self.sums.usage.output,
            cache_read_tokens: self.sums.usage.cache_read,
            cache_write_tokens: self.sums.usage.cache_write,
            cost: (unpriced == 0).then(|| cost.dollars()),
        }
    }
}

impl Figures {
    /// From the ledger; where it knows nothing, from the row's own counters.
    pub(super) fn of(shaper: &Shaper<'_>) -> Self {
        let Some(record) = &shaper.opened.record else { return Self::of_row(shaper) };
        let book = &shaper.opened.board.prices;
        let mut total = Total::default();
        let mut by_model: BTreeMap<Option<String>, Total> = BTreeMap::new();
        for (day, key, sums) in &record.days {
            let Some(key) = record.keys.get(*key) else { continue };
            let costs = Costs::of_sums(key, sums, *day, book);
            total.add(sums, &costs);
            by_model.entry(key.model.as_ref().map(ToString::to_string)).or_default().add(sums, &costs);
        }
        let mut models: Vec<(Option<String>, Total)> = by_model.into_iter().collect();
        models.sort_by_key(|(_, total)| std::cmp::Reverse(total.costs.on(shaper.basis).0));
        let by_model =
            models.into_iter().map(|(model, total)| ModelFigures { model, usage: total.figures(shaper.basis) });
        Self {
            usage: total.figures(shaper.basis),
            by_model: by_model.collect(),
            turns: record.calls.iter().map(|call| turn(shaper, call)).collect(),
            turns_omitted: total.sums.calls.saturating_sub(record.calls.len() as u64),
            errors: errors(shaper, &record.calls),
        }
    }

    fn of_row(shaper: &Shaper<'_>) -> Self {
        let Some(facts) = &shaper.opened.facts else { return Self::default() };
        let totals = &facts.totals;
        let sums =
            UsageSums { calls: totals.calls, errors: totals.errors, usage: totals.usage, ..UsageSums::default() };
        Self { usage: Total { sums, costs: totals.costs }.figures(shaper.basis), ..Self::default() }
    }
}

fn turn(shaper: &Shaper<'_>, call: &ModelCall) -> Turn {
    Turn {
        at: call.at,
        model: call.model.as_ref().map(ToString::to_string),
        context_tokens: call.usage.prompt(),
        input_tokens: call.usage.input,
        output_tokens: call.usage.output,
        cache_read_tokens: call.usage.cache_read,
        cache_write_tokens: call.usage.cache_write,
        cost: shaper.cost(call),
        stop: call.stop.word(),
        error: call.error.as_deref().map(|error| shaper.masked(error)),
    }
}

/// Failed and stopped calls by what was said of them, the most frequent first.
fn errors(shaper: &Shaper<'_>, calls: &[ModelCall]) -> Vec<ErrorGroup> {
    let mut groups: BTreeMap<(bool, String), (ErrorGroup, Costs)> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.outcome != CallOutcome::Answered) {
        let aborted = call.outcome == CallOutcome::Aborted;
        let message = call.error.as_deref().map_or_else(|| "aborted".to_owned(), |error| shaper.masked(error));
        let (group, costs) = groups.entry((aborted, message.clone())).or_insert_with(|| {
            let group = ErrorGroup {
                message,
                count: 0,
                first_at: call.at,
                last_at: call.at,
                models: Vec::new(),
                aborted,
                wasted_tokens: 0,
                wasted_cost: None,
            };
            (group, Costs::default())
        });
        group.count += 1;
        group.first_at = group.first_at.min(call.at);
        group.last_at = group.last_at.max(call.at);
        group.wasted_tokens += call.usage.total();
        costs.add(&shaper.costs(call));
        let model = call.model.as_ref().map(ToString::to_string);
        group.models.extend(model.filter(|model| !group.models.contains(model)));
    }
    let mut groups: Vec<ErrorGroup> = groups
        .into_values()
        .map(|(group, costs)| {
            let (cost, unpriced) = costs.on(shaper.basis);
            ErrorGroup { wasted_cost: (unpriced == 0).then(|| cost.dollars()), ..group }
        })
        .collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.count), std::cmp::Reverse(group.last_at)));
    groups
}
