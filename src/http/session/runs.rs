//! Runs as the API shows them.

use super::rows::Shaper;
use crate::conversation::runs::{MOST_STEPS, Run, RunEnd, Step, StepKind};
use crate::domain::pricing::Costs;
use crate::http::wire::{RunRow, StepRow};
use crate::live::board::SessionFacts;

/// How much of what was asked is shown, in characters.
const LONGEST_PROMPT: usize = 200;
/// How much of what a step failed with is shown.
pub(super) const LONGEST_ERROR: usize = 500;

impl Shaper<'_> {
    /// Runs, oldest first; the last of them goes on when the session runs.
    pub(super) fn runs(&self, runs: &[Run], is_running: bool) -> Vec<RunRow> {
        let last = runs.len().saturating_sub(1);
        runs.iter().enumerate().map(|(place, run)| self.run(run, is_running && place == last)).collect()
    }

    fn run(&self, run: &Run, is_running: bool) -> RunRow {
        let state = match run.end {
            _ if is_running => "running",
            RunEnd::Done => "done",
            RunEnd::Failed => "failed",
            // Nobody wrote down how it ended: it was cut off.
            RunEnd::Aborted | RunEnd::Open => "aborted",
        };
        let count = |is_of: &dyn Fn(&&Step) -> bool| run.steps.iter().filter(is_of).count() as u64;
        let mut costs = Costs::default();
        let mut tokens = 0;
        for call in run.steps.iter().filter_map(|step| step.call.as_ref()) {
            costs.add(&self.costs(call));
            tokens += call.usage.total();
        }
        let (cost, unpriced) = costs.on(self.basis);
        let omitted = run.steps.len().saturating_sub(MOST_STEPS);
        let prompt = run.prompt.as_ref().filter(|_| self.app.library.shows_messages);
        RunRow {
            id: run.cursor.to_string(),
            started_at: run.started_at,
            ended_at: (!is_running).then_some(run.last_at),
            state,
            trigger: match self.opened.key.session_type().word() {
                "main" => "user",
                other => other,
            },
            prompt: prompt.map(|prompt| self.line(prompt, LONGEST_PROMPT)),
            partial: run.prompt.is_none(),
            calls: count(&|step| step.kind == StepKind::Model),
            tools: count(&|step| matches!(step.kind, StepKind::Tool | StepKind::Subagent)),
            errors: count(&|step| step.error.is_some()),
            tokens,
            cost: (unpriced == 0).then(|| cost.dollars()),
            steps: run.steps[omitted..].iter().map(|step| self.step(step, run, is_running)).collect(),
            steps_omitted: omitted,
        }
    }

    fn step(&self, step: &Step, run: &Run, is_running: bool) -> StepRow {
        let shows = self.app.library.shows_messages;
        let detail = step.arguments.as_ref().filter(|_| shows).map(|arguments| self.summary(arguments));
        // A tool's own words are message text; a provider's are not.
        let error = step.error.as_ref().map(|error| {
            if shows || step.kind == StepKind::Model { self.line(error, LONGEST_ERROR) } else { String::new() }
        });
        StepRow {
            kind: step.kind.word(),
            name: self.short(&step.name, LONGEST_PROMPT),
            detail: detail.filter(|detail| !detail.is_empty()),
            started_at: step.started_at,
            ended_at: match step.kind {
                StepKind::Subagent => self.child_end(step),
                // A tool whose answer is not there, in a run that ended: it ended with the run.
                _ => step.ended_at.or((!is_running).then_some(run.last_at)),
            },
            error,
            exit_code: step.exit_code,
            tokens: step.call.as_ref().map(|call| call.usage.total()),
            cost: step.call.as_ref().and_then(|call| self.cost(call)),
            child_key: step.child_key.as_deref().map(|key| self.named(key)),
        }
    }

    /// Spawning takes a moment, the subagent works on: its own end is the end of the bar.
    fn child_end(&self, step: &Step) -> Option<i64> {
        let child = step.child_key.as_deref()?;
        let is_child = |facts: &&std::sync::Arc<SessionFacts>| {
            facts.entry.key.as_str() == child && facts.entry.owner.installation == self.opened.owner.installation
        };
        let Some(facts) = self.opened.board.sessions.iter().find(is_child) else { return step.ended_at };
        let judged = facts.judge(self.app.clock.now(), &self.app.defaults.thresholds);
        match judged.run_state.word() {
            "running" | "queued" => None,
            _ => facts.updated_at.max(step.ended_at),
        }
    }
}
