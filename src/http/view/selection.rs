//! Which sessions a query asks for, and in what order.

use super::Judgement;
use crate::domain::pricing::PriceBasis;
use crate::domain::status::RunState;
use crate::http::query::{SessionQuery, Sort};

/// Whether a query asks for it.
pub(super) fn matches(one: &Judgement<'_>, query: &SessionQuery) -> bool {
    let entry = &one.facts.entry;
    let model = one.facts.model.as_ref();
    let in_time =
        query.active.is_none_or(|minutes| one.age <= minutes * 60_000 || one.judged.run_state == RunState::Running);
    in_time
        && (query.status.is_empty() || query.status.contains(&one.judged.status))
        && (query.types.is_empty() || query.types.contains(&entry.key.session_type()))
        && allows(&query.agents, entry.owner.agent.as_str())
        && allows(&query.installations, entry.owner.installation.as_str())
        && (query.models.is_empty()
            || model.is_some_and(|model| {
                query.models.iter().any(|name| **name == *model.model || *name == model.to_string())
            }))
        && query.text.as_ref().is_none_or(|text| {
            let has = |part: &str| part.to_lowercase().contains(text);
            has(entry.key.as_str())
                || entry.label.as_deref().is_some_and(has)
                || model.is_some_and(|model| has(&model.model))
        })
}

/// Whether a value is one of those asked for; none asked for means any.
pub(super) fn allows(list: &[String], value: &str) -> bool {
    list.is_empty() || list.iter().any(|item| item == value)
}

/// Puts what was asked for in its order; what is like each other by age and key.
pub(super) fn sort(matching: &mut [Judgement<'_>], query: &SessionQuery, basis: PriceBasis) {
    let cost = |one: &Judgement<'_>| {
        let (cost, unpriced) = one.facts.totals.costs.on(basis);
        (unpriced == 0).then_some(cost)
    };
    let used = |one: &Judgement<'_>| one.facts.context_used;
    let fill = |one: &Judgement<'_>| {
        Some(
            one.facts.context_used.zip(one.facts.context_window).map(|(used, window)| used * 1_000_000 / window.max(1)),
        )
    };
    matching.sort_by(|a, b| {
        let order = match query.sort {
            Sort::Age => a.age.cmp(&b.age),
            Sort::Cost => cost(a).cmp(&cost(b)),
            Sort::Tokens => used(a).cmp(&used(b)),
            Sort::Context => fill(a).cmp(&fill(b)),
        };
        let order = if query.descending { order.reverse() } else { order };
        order.then_with(|| a.age.cmp(&b.age)).then_with(|| a.facts.entry.key.cmp(&b.facts.entry.key))
    });
}
