//! Entries and calls as the API shows them: priced, masked, cut.

use std::cmp::Reverse;

use super::Basis;
use super::find::Opened;
use crate::conversation::entry::{Answer, Body, Entry, Part};
use crate::conversation::runs::{Runs, ToolUse, one_line, summary};
use crate::conversation::shown::{LONGEST_TEXT, LONGEST_TOOL_TEXT, beginning, cut, shown};
use crate::domain::pricing::{Costs, PriceBasis};
use crate::domain::usage::ModelCall;
use crate::http::App;
use crate::http::wire::{AnswerRow, CompactionRow, MessageRow, NoteRow, PartRow, TokenFigures, ToolResultRow, ToolRow};
use crate::redaction::Redactor;

/// The longest id, key or name of a model, in characters.
const LONGEST_NAME: usize = 512;
/// The longest summary of a tool call, in characters.
const LONGEST_SUMMARY: usize = 200;

/// Shapes what is known of one session.
pub(super) struct Shaper<'a> {
    pub(super) app: &'a App,
    pub(super) opened: &'a Opened,
    pub(super) basis: Basis,
    pub(super) redactor: &'a Redactor,
    /// Whether texts are cut to what a page shows.
    pub(super) cuts: bool,
}

impl Shaper<'_> {
    pub(super) fn costs(&self, call: &ModelCall) -> Costs {
        Costs::of(call, &self.opened.board.prices, &self.opened.owner.installation)
    }

    /// US dollars of a call; none when its price is unknown.
    pub(super) fn cost(&self, call: &ModelCall) -> Option<f64> {
        let (cost, unpriced) = self.costs(call).on(self.basis);
        (unpriced == 0).then(|| cost.dollars())
    }

    /// A text without its secrets.
    pub(super) fn masked(&self, text: &str) -> String {
        self.redactor.mask(text).text.into_owned()
    }

    /// The beginning of a text without its secrets.
    pub(super) fn short(&self, text: &str, longest: usize) -> String {
        let (mut shown, _) = shown(text, longest, |text| self.masked(text));
        cut(&mut shown, longest);
        shown
    }

    /// The beginning of a text on one line without its secrets, which are looked for before it becomes one.
    pub(super) fn line(&self, text: &str, longest: usize) -> String {
        let (shown, _) = shown(text, longest, |text| one_line(&self.masked(text)));
        let mut line = shown;
        cut(&mut line, longest);
        line
    }

    /// What names something: an id, a key, a model.
    pub(super) fn named(&self, text: &str) -> String {
        self.short(text, LONGEST_NAME)
    }

    /// An entry; `masked` counts the secrets.
    pub(super) fn message(&self, entry: &Entry, masked: &mut usize) -> MessageRow {
        let mut row = MessageRow {
            id: entry.cursor.to_string(),
            entry_id: entry.id.as_deref().map(|id| self.named(id)),
            at: entry.at,
            parent_id: entry.parent.as_deref().filter(|_| !self.cuts).map(|id| self.named(id)),
            side_branch: self.cuts.then_some(entry.side_branch),
            ..MessageRow::default()
        };
        match &entry.body {
            Body::User(parts) => {
                row.kind = "user";
                row.parts = self.parts(parts, LONGEST_TEXT, masked);
            }
            Body::Assistant(answer) => {
                row.kind = "assistant";
                row.parts = self.parts(&answer.parts, LONGEST_TEXT, masked);
                row.answer = Some(self.answer(answer, masked));
            }
            Body::Tool(result) => {
                row.kind = "tool";
                row.parts = self.parts(&result.parts, LONGEST_TOOL_TEXT, masked);
                row.tool = Some(ToolResultRow {
                    call_id: self.named(&result.call_id),
                    tool_name: self.counted(&result.tool, masked),
                    is_error: result.is_error,
                    exit_code: result.exit_code,
                    duration_ms: result.duration_ms,
                    status: result.status.as_deref().map(|status| self.counted(status, masked)),
                    child_key: result.child_key.as_deref().map(|key| self.named(key)),
                });
            }
            Body::Note(note) => {
                row.kind = "note";
                let detail = note.detail.as_deref().map(|detail| self.cut(detail, LONGEST_TOOL_TEXT, masked).0);
                let (tokens_before, tokens_after) = (note.tokens_before, note.tokens_after);
                row.note = Some(NoteRow { note: note.what.word(), tokens_before, tokens_after, detail });
            }
            Body::Silent => {}
        }
        row
    }

    fn answer(&self, answer: &Answer, masked: &mut usize) -> AnswerRow {
        let call = answer.call.as_ref();
        let used = call.filter(|call| call.usage.total() > 0);
        AnswerRow {
            model: Some(self.named(&answer.model)).filter(|model| !model.is_empty() && !answer.injected),
            provider: self.named(&answer.provider),
            usage: used.map(|call| TokenFigures {
                input_tokens: call.usage.input,
                output_tokens: call.usage.output,
                cache_read_tokens: call.usage.cache_read,
                cache_write_tokens: call.usage.cache_write,
            }),
            cost: call.and_then(|call| self.cost(call)),
            cost_basis: used.map(|call| match self.basis {
                PriceBasis::Reference => "reference",
                PriceBasis::Recorded => "recorded",
                PriceBasis::Auto if call.recorded.is_some() => "recorded",
                PriceBasis::List | PriceBasis::Auto => "list",
            }),
            stop: self.named(&answer.stop),
            error: answer.error.as_deref().map(|error| self.cut(error, LONGEST_TOOL_TEXT, masked).0),
            aborted: answer.aborted,
            started_at: answer.started_at,
            injected: answer.injected,
        }
    }

    fn parts(&self, parts: &[Part], longest: usize, masked: &mut usize) -> Vec<PartRow> {
        parts.iter().enumerate().map(|(number, part)| self.part(number, part, longest, masked)).collect()
    }

    fn part(&self, number: usize, part: &Part, longest: usize, masked: &mut usize) -> PartRow {
        let row = PartRow { part: number, ..PartRow::default() };
        match part {
            Part::Text(text) | Part::Thinking(text) => {
                let kind = if matches!(part, Part::Text(_)) { "text" } else { "thinking" };
                let (text, cut) = self.cut(text, longest, masked);
                PartRow { r#type: kind.to_owned(), text: Some(text), cut, ..row }
            }
            Part::ToolCall { call_id, name, arguments } => {
                // All of it was masked: nothing at its edge is half a secret.
                let masked_whole = self.arguments(arguments, masked);
                let longest = if self.cuts { LONGEST_TOOL_TEXT } else { usize::MAX };
                let (shown, cut_at) = beginning(&masked_whole, longest);
                let mut shown = shown.to_owned();
                cut(&mut shown, longest);
                PartRow {
                    r#type: "toolCall".to_owned(),
                    call_id: Some(self.named(call_id)),
                    name: Some(self.counted(name, masked)),
                    summary: Some(self.summary(arguments)),
                    arguments: Some(shown),
                    cut: cut_at,
                    ..row
                }
            }
            Part::Other { kind, name, bytes, .. } => {
                let kind = if kind.is_empty() { "other" } else { kind };
                let name = Some(self.counted(name, masked)).filter(|name| !name.is_empty());
                PartRow { r#type: self.short(kind, 40), name, bytes: *bytes, ..row }
            }
        }
    }

    /// What a tool is called with, as JSON with line breaks, without secrets.
    pub(super) fn arguments(&self, arguments: &serde_json::Value, masked: &mut usize) -> String {
        let mut arguments = arguments.clone();
        *masked += self.redactor.mask_json(&mut arguments);
        let text = serde_json::to_string_pretty(&arguments).unwrap_or_default();
        // A name may be a secret too.
        let found = self.redactor.mask(&text);
        *masked += found.count;
        found.text.into_owned()
    }

    /// What a tool is called with, in short, without secrets.
    pub(super) fn summary(&self, arguments: &serde_json::Value) -> String {
        let mut arguments = arguments.clone();
        self.redactor.mask_json(&mut arguments);
        let mut text = summary(&arguments);
        cut(&mut text, LONGEST_SUMMARY);
        text
    }

    fn counted(&self, text: &str, masked: &mut usize) -> String {
        self.cut(text, LONGEST_SUMMARY, masked).0
    }

    /// The beginning of a text without its secrets, and how many characters there are in all when it was cut.
    fn cut(&self, text: &str, longest: usize, masked: &mut usize) -> (String, Option<usize>) {
        let longest = if self.cuts { longest } else { usize::MAX };
        shown(text, longest, |text| {
            let found = self.redactor.mask(text);
            *masked += found.count;
            found.text.into_owned()
        })
    }
}

/// The compactions in what was read.
pub(super) fn compactions(read: &Runs) -> Vec<CompactionRow> {
    let row = |one: &crate::conversation::runs::Compaction| CompactionRow {
        at: one.at,
        tokens_before: one.tokens_before,
        tokens_after: one.tokens_after,
    };
    read.compactions.iter().map(row).collect()
}

/// The tools in what was read, the most used first.
pub(super) fn tools(shaper: &Shaper<'_>, read: &Runs) -> Vec<ToolRow> {
    let row = |(name, used): (&String, &ToolUse)| ToolRow {
        name: shaper.short(name, LONGEST_SUMMARY),
        calls: used.calls,
        errors: used.errors,
        duration_ms: used.duration_ms,
    };
    let mut rows: Vec<ToolRow> = read.tools.iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.calls));
    rows
}
