//! What a session used: over its life, by model, by call; and what failed.

use std::collections::BTreeMap;

use super::Basis;
use super::errors::errors;
use super::rows::Shaper;
use crate::conversation::runs::Runs;
use crate::domain::pricing::Costs;
use crate::domain::rollup::UsageSums;
use crate::domain::usage::ModelCall;
use crate::http::wire::{ErrorGroup, LifeFigures, ModelFigures, Turn};

/// The figures of a session.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) usage: LifeFigures,
    pub(super) by_model: Vec<ModelFigures>,
    pub(super) turns: Vec<Turn>,
    pub(super) turns_omitted: u64,
    pub(super) errors: Vec<ErrorGroup>,
    pub(super) errors_omitted: u64,
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
    pub(super) fn of(shaper: &Shaper<'_>, read: &Runs) -> Self {
        let Some(record) = &shaper.opened.record else { return Self::of_row(shaper, read) };
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
        let without_answer = total.sums.errors + total.sums.aborted;
        Self {
            usage: total.figures(shaper.basis),
            by_model: by_model.collect(),
            turns: record.calls.iter().map(|call| turn(shaper, call)).collect(),
            turns_omitted: total.sums.calls.saturating_sub(record.calls.len() as u64),
            errors: errors(shaper, &record.failures, read),
            errors_omitted: without_answer.saturating_sub(record.failures.len() as u64),
        }
    }

    fn of_row(shaper: &Shaper<'_>, read: &Runs) -> Self {
        let errors = errors(shaper, &[], read);
        let Some(facts) = &shaper.opened.facts else { return Self { errors, ..Self::default() } };
        let totals = &facts.totals;
        let sums =
            UsageSums { calls: totals.calls, errors: totals.errors, usage: totals.usage, ..UsageSums::default() };
        Self { usage: Total { sums, costs: totals.costs }.figures(shaper.basis), errors, ..Self::default() }
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
