//! What failed in a session, by what was said of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::rows::Shaper;
use super::runs::LONGEST_ERROR;
use crate::conversation::runs::{Runs, StepKind};
use crate::domain::Millis;
use crate::domain::pricing::Costs;
use crate::domain::usage::{CallOutcome, ModelCall};
use crate::http::wire::ErrorGroup;

/// What failures of one kind have in common: kind, tool, words, whether they were stopped.
type Alike = (&'static str, String, String, bool);

#[derive(Default)]
struct Groups(BTreeMap<Alike, (ErrorGroup, Costs)>);

impl Groups {
    fn note(&mut self, alike: Alike, at: Millis) -> &mut (ErrorGroup, Costs) {
        let noted = self.0.entry(alike).or_insert_with_key(|(kind, name, message, aborted)| {
            let (name, message) = (name.clone(), message.clone());
            let first = ErrorGroup { kind, name, message, aborted: *aborted, first_at: at, ..ErrorGroup::default() };
            (first, Costs::default())
        });
        noted.0.count += 1;
        noted.0.first_at = noted.0.first_at.min(at);
        noted.0.last_at = noted.0.last_at.max(at);
        noted
    }
}

/// Failed and stopped model calls, failed tool calls and turns without an answer, the most frequent first.
pub(super) fn errors(shaper: &Shaper<'_>, failures: &[ModelCall], read: &Runs) -> Vec<ErrorGroup> {
    let mut groups = Groups::default();
    for call in failures {
        let aborted = call.outcome == CallOutcome::Aborted;
        let message = call.error.as_deref().map_or_else(|| "aborted".to_owned(), |error| shaper.masked(error));
        let (group, costs) = groups.note(("model", String::new(), message, aborted), call.at);
        group.wasted_tokens += call.usage.total();
        costs.add(&shaper.costs(call));
        let model = call.model.as_ref().map(ToString::to_string);
        group.models.extend(model.filter(|model| !group.models.contains(model)));
    }
    let shows = shaper.app.library.shows_messages;
    for step in read.runs.iter().flat_map(|run| &run.steps) {
        let is_tool = matches!(step.kind, StepKind::Tool | StepKind::Subagent);
        let Some(error) = step.error.as_ref().filter(|_| is_tool) else { continue };
        let message = if shows { shaper.line(error, LONGEST_ERROR) } else { String::new() };
        groups.note(("tool", shaper.named(&step.name), message, false), step.ended_at.unwrap_or(step.started_at));
    }
    for turn in &read.unanswered {
        groups.note(("turn", String::new(), shaper.line(&turn.error, LONGEST_ERROR), false), turn.at);
    }
    let priced = |(group, costs): (ErrorGroup, Costs)| {
        let (cost, unpriced) = costs.on(shaper.basis);
        ErrorGroup { wasted_cost: (unpriced == 0).then(|| cost.dollars()), ..group }
    };
    let mut groups: Vec<ErrorGroup> = groups.0.into_values().map(priced).collect();
    groups.sort_by_key(|group| (Reverse(group.count), Reverse(group.last_at)));
    groups
}
