//! A report for people: the table, what it is of, and what it does not say.

use super::rows::{Report, Row};
use super::table::{Column, Drawn, Kind, Line, Screen, Style, draw};
use super::{Request, View};
use crate::domain::money::Money;
use crate::domain::pricing::PriceBasis;
use crate::domain::series::{Dimension, Figures, NO_MODEL, date_of};

/// The figures, in the order of the table; those with caches go first when room is short.
const FIGURES: [Column; 6] = [
    Column { title: "Input", kind: Kind::Figure(4) },
    Column { title: "Output", kind: Kind::Figure(5) },
    Column { title: "Cache write", kind: Kind::Figure(2) },
    Column { title: "Cache read", kind: Kind::Figure(3) },
    Column { title: "Total tokens", kind: Kind::Kept },
    Column { title: "Cost", kind: Kind::Kept },
];

/// Writes it.
pub(super) fn write(report: &Report, request: &Request, screen: &Screen) -> String {
    let headline = headline(report, request);
    if report.rows.is_empty() {
        return format!("{headline}\nThere are no model calls in this time.\n");
    }
    let layout = Layout { request, models: models_have_a_column(request), is_wide: screen.width.is_none() };
    let lines = report.rows.iter().flat_map(|row| layout.lines(row)).collect();
    let drawn = draw(&layout.columns(), lines, layout.last(report), *screen);
    let notes: Vec<String> = notes(report, &drawn).into_iter().map(|note| format!("\n{note}\n")).collect();
    format!("{headline}\n\n{}{}", drawn.text, notes.concat())
}

fn headline(report: &Report, request: &Request) -> String {
    let by = match request.view {
        View::Daily => "day",
        View::Hourly => "hour",
        View::Weekly => "week",
        View::Monthly => "month",
        View::Agents => "agent",
        View::Models => "model",
        View::Sessions => "session",
    };
    let [first, last] = [report.range.start, report.range.end - 1].map(|at| date_of(at, &report.zone));
    let days = if first == last { first.to_string() } else { format!("{first} to {last}") };
    let zone = report.zone.iana_name().map(|name| format!(", {name}")).unwrap_or_default();
    let (word, basis) = (report.basis.word(), basis_in_words(report.basis));
    format!("Usage by {by}, {days}{zone}. Basis {word}: {basis}.")
}

fn basis_in_words(basis: PriceBasis) -> &'static str {
    match basis {
        PriceBasis::Auto => "what OpenClaw recorded, else the price of the day",
        PriceBasis::List => "the price of the day",
        PriceBasis::Recorded => "what OpenClaw recorded",
        PriceBasis::Reference => "one flat rate for every model",
    }
}

fn models_have_a_column(request: &Request) -> bool {
    !request.breakdown && !request.dimensions.contains(&Dimension::Model)
}

struct Layout<'a> {
    request: &'a Request,
    models: bool,
    /// Whether a line may be as long as it likes.
    is_wide: bool,
}

impl Layout<'_> {
    fn columns(&self) -> Vec<Column> {
        let name = |title| Column { title, kind: Kind::Name };
        let time = match self.request.view {
            View::Daily => Some("Date"),
            View::Hourly => Some("Hour"),
            View::Weekly => Some("Week from"),
            View::Monthly => Some("Month"),
            View::Agents | View::Models | View::Sessions => None,
        };
        let dimensions = self.request.dimensions.iter().map(|dimension| match dimension {
            Dimension::Agent => "Agent",
            Dimension::Model => "Model",
            Dimension::Provider => "Provider",
            Dimension::Type => "Type",
            Dimension::Session => "Session",
            Dimension::Installation => "Installation",
        });
        let models = self.models.then_some(Column { title: "Models", kind: Kind::Text(1) });
        time.into_iter().chain(dimensions).map(name).chain(models).chain(FIGURES).collect()
    }

    /// A row, and its models below it where they are asked for.
    fn lines(&self, row: &Row) -> Vec<Line> {
        let labels = self.request.dimensions.iter().zip(&row.labels).map(|(dimension, label)| named(*dimension, label));
        let names = row.time.as_deref().into_iter().chain(labels).map(clean);
        let models: Vec<String> = row.models.iter().map(|(model, _)| clean(model)).collect();
        // In a file a row is a line, so that it can be searched.
        let models = if self.is_wide { vec![models.join(", ")] } else { models };
        let mut lines = vec![self.line(names.collect(), models, &row.figures, Style::Plain)];
        if self.request.breakdown {
            let below = row.models.iter().map(|(model, figures)| {
                self.line(vec![format!("  {}", clean(model))], Vec::new(), figures, Style::Dim)
            });
            lines.extend(below);
        }
        lines
    }

    fn last(&self, report: &Report) -> Line {
        self.line(vec!["Total".to_owned()], Vec::new(), &report.totals, Style::Bold)
    }

    fn line(&self, names: Vec<String>, models: Vec<String>, figures: &Figures, style: Style) -> Line {
        let count = self.columns().len() - FIGURES.len() - usize::from(self.models);
        let mut cells: Vec<Vec<String>> = names.into_iter().map(|name| vec![name]).collect();
        cells.resize(count, Vec::new());
        if self.models {
            cells.push(models);
        }
        cells.extend(self::figures(figures).map(|figure| vec![figure]));
        Line { cells, style }
    }
}

fn figures(figures: &Figures) -> [String; 6] {
    let usage = &figures.sums.usage;
    let tokens = [usage.input, usage.output, usage.cache_write, usage.cache_read, figures.tokens()].map(grouped);
    let [input, output, write, read, total] = tokens;
    [input, output, write, read, total, cost(figures)]
}

/// `$1,234.56`; at least that where some calls have no price, and a dash where none has one.
fn cost(figures: &Figures) -> String {
    let Some(cost) = figures.cost() else { return "—".to_owned() };
    let at_least = if figures.unpriced > 0 { "≥" } else { "" };
    let cents = (cost.nanos() + 5_000_000).div_euclid(10_000_000);
    if cents == 0 && cost > Money::ZERO {
        return format!("{at_least}<$0.01");
    }
    format!("{at_least}${}.{:02}", grouped((cents / 100).unsigned_abs()), cents % 100)
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The name of a group, or words for it where it has none.
fn named(dimension: Dimension, label: &str) -> &str {
    match dimension {
        _ if !label.is_empty() => label,
        Dimension::Model => NO_MODEL,
        _ => "(unknown)",
    }
}

/// A name without characters that move the cursor or turn the writing round.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            clean.extend(c.escape_default());
        } else {
            clean.push(c);
        }
    }
    clean
}

fn notes(report: &Report, drawn: &Drawn) -> Vec<String> {
    let mut notes = Vec::new();
    if report.totals.unpriced > 0 {
        let names: Vec<String> = report.unpriced_models.iter().map(|name| clean(name)).collect();
        let names = names.join(", ");
        let count = match report.totals.unpriced {
            1 => "1 call".to_owned(),
            count => format!("{} calls", grouped(count)),
        };
        let what_to_do = match report.basis {
            PriceBasis::Recorded => "OpenClaw recorded no cost there; --basis auto takes the price of the day then.",
            _ => "Give the model a [[price]] in factory.toml, or choose --basis reference.",
        };
        notes.push(format!("The cost is without {count} that no price is known for (— and ≥): {names}. {what_to_do}"));
    }
    if !drawn.left_out.is_empty() {
        let columns = drawn.left_out.join(", ");
        notes.push(format!("Left out for want of room: {columns}. A wider terminal shows them, and so does a file."));
    }
    if drawn.is_cut {
        notes.push("Names are cut to fit; in a file they are whole.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn costs_are_rounded_to_the_cent_and_honest() {
        let figures = |nanos, used, unpriced| {
            let mut figures = Figures { priced: Money::from_nanos(nanos), unpriced, ..Figures::default() };
            figures.sums.used = used;
            cost(&figures)
        };
        for (nanos, used, unpriced, text) in [
            (0, 0, 0, "$0.00"),
            (4_999_999, 1, 0, "<$0.01"),
            (5_000_000, 1, 0, "$0.01"),
            (1_234_567_890_000, 1, 0, "$1,234.57"),
            (0, 2, 2, "—"),
            (1_000_000_000, 3, 2, "≥$1.00"),
        ] {
            assert_eq!(figures(nanos, used, unpriced), text);
        }
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\n\u{202e}c한"), "a\\u{1b}[2Jb\\n\\u{202e}c한");
    }
}
