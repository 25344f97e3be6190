//! Draws a table: columns side by side, as many as fit.
//!
//! Widths are those of a terminal, where an ideograph takes two columns. Nothing is cut where no
//! width is known. Deliberately absent: what the cells say (`text.rs`).

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const GAP: usize = 2;
/// A name is not cut below this width.
const LEAST: usize = 12;

/// Where a report appears; by default where width and colour mean nothing, such as in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Screen {
    /// How many columns there are.
    pub width: Option<usize>,
    /// Whether it takes colours.
    pub colour: bool,
}

/// How a column behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name: never left out, cut in the middle when all else is left out.
    Name,
    /// A text that can be left out; of those that can, the lowest number goes first.
    Text(u8),
    /// A figure that can be left out.
    Figure(u8),
    /// A figure that stays.
    Kept,
}

impl Kind {
    fn leaves(self) -> Option<u8> {
        match self {
            Self::Text(turn) | Self::Figure(turn) => Some(turn),
            Self::Name | Self::Kept => None,
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) kind: Kind,
}

/// How a line looks where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Dim,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
        }
    }
}

/// A line of a table; a cell may have several lines of its own.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) cells: Vec<Vec<String>>,
    pub(super) style: Style,
}

/// A table that was drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub(super) text: String,
    /// The columns that did not fit.
    pub(super) left_out: Vec<&'static str>,
    /// Whether names were cut.
    pub(super) is_cut: bool,
}

/// Draws the title, the lines, and the last line below a rule.
pub(super) fn draw(columns: &[Column], mut lines: Vec<Line>, last: Line, screen: Screen) -> Drawn {
    lines.push(last);
    let mut widths: Vec<usize> = (0..columns.len()).map(|place| needed(columns, &lines, place)).collect();
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let width = screen.width.unwrap_or(usize::MAX);
    while total(&shown, &widths) > width {
        let leaving = shown.iter().copied().filter_map(|place| Some((columns[place].kind.leaves()?, place))).min();
        let Some((_, place)) = leaving else { break };
        shown.retain(|one| *one != place);
    }
    let is_cut = narrow(columns, &shown, &mut widths, width);
    let mut table = Table { text: String::new(), columns, shown: &shown, widths: &widths, screen };
    let title = columns.iter().map(|column| vec![column.title.to_owned()]).collect();
    table.add(&Line { cells: title, style: Style::Bold });
    table.rule();
    for line in &lines[..lines.len() - 1] {
        table.add(line);
    }
    table.rule();
    table.add(&lines[lines.len() - 1]);
    let left_out = (0..columns.len()).filter(|place| !shown.contains(place)).map(|place| columns[place].title);
    Drawn { left_out: left_out.collect(), is_cut, text: table.text }
}

fn needed(columns: &[Column], lines: &[Line], place: usize) -> usize {
    let cells = lines.iter().filter_map(|line| line.cells.get(place)).flatten();
    cells.map(|text| text.width()).chain([columns[place].title.width()]).max().unwrap_or_default()
}

fn total(shown: &[usize], widths: &[usize]) -> usize {
    shown.iter().map(|place| widths[*place] + GAP).sum::<usize>().saturating_sub(GAP)
}

/// Takes from the widest names what is too much; true when there was any.
fn narrow(columns: &[Column], shown: &[usize], widths: &mut [usize], width: usize) -> bool {
    let mut is_cut = false;
    while total(shown, widths) > width {
        let names = shown.iter().copied().filter(|place| columns[*place].kind == Kind::Name && widths[*place] > LEAST);
        let Some(widest) = names.max_by_key(|place| widths[*place]) else { break };
        widths[widest] -= 1;
        is_cut = true;
    }
    is_cut
}

struct Table<'a> {
    text: String,
    columns: &'a [Column],
    shown: &'a [usize],
    widths: &'a [usize],
    screen: Screen,
}

impl Table<'_> {
    fn add(&mut self, line: &Line) {
        let height = self.shown.iter().map(|place| line.cells[*place].len()).max().unwrap_or_default();
        for row in 0..height {
            let mut text = String::new();
            for place in self.shown {
                let cell = line.cells[*place].get(row).map_or("", String::as_str);
                let cell = cut(cell, self.widths[*place]);
                let space = " ".repeat(self.widths[*place] - cell.width());
                let (before, after) = match self.columns[*place].kind {
                    Kind::Name | Kind::Text(_) => ("", space.as_str()),
                    Kind::Figure(_) | Kind::Kept => (space.as_str(), ""),
                };
                // Writing to a string cannot fail.
                let _ = write!(text, "{before}{cell}{after}{}", " ".repeat(GAP));
            }
            self.line(text.trim_end(), line.style);
        }
    }

    fn rule(&mut self) {
        self.line(&"─".repeat(total(self.shown, self.widths)), Style::Dim);
    }

    fn line(&mut self, text: &str, style: Style) {
        let code = if self.screen.colour { style.code() } else { "" };
        let reset = if code.is_empty() { "" } else { "\x1b[0m" };
        let _ = writeln!(self.text, "{code}{text}{reset}");
    }
}

/// A text that is too wide loses its middle.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let half = |chars: &mut dyn Iterator<Item = char>, room: usize| {
        let mut used = 0;
        let fits = |c: &char| {
            used += c.width().unwrap_or_default();
            used <= room
        };
        chars.take_while(fits).collect::<String>()
    };
    let room = width.saturating_sub(1);
    let head = half(&mut text.chars(), room.div_ceil(2));
    let tail: String = half(&mut text.chars().rev(), room - head.width()).chars().rev().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_cut_to_the_column() {
        for (text, width, expected) in [
            ("short", 5, "short"),
            ("agent:main:main", 9, "agen…main"),
            ("agent:main:main", 8, "agen…ain"),
            // An ideograph takes two columns.
            ("에이전트이름", 7, "에…이름"),
            ("에이전트이름", 12, "에이전트이름"),
        ] {
            let found = cut(text, width);
            assert_eq!(found, expected);
            assert!(found.width() <= width, "{found}");
        }
    }

    #[test]
    fn columns_leave_in_their_turn() {
        let column = |title, kind| Column { title, kind };
        let columns = [
            column("name", Kind::Name),
            column("second", Kind::Text(2)),
            column("first", Kind::Figure(1)),
            column("kept", Kind::Kept),
        ];
        let line = |name: &str| Line {
            cells: [name, "two", "1", "4"].map(|text| vec![text.to_owned()]).to_vec(),
            style: Style::Plain,
        };
        let drawn = |width| draw(&columns, vec![line("한국어")], line("all"), Screen { width, colour: false });
        let all = "\
name    second  first  kept
───────────────────────────
한국어  two         1     4
───────────────────────────
all     two         1     4
";
        assert_eq!(drawn(None), Drawn { text: all.to_owned(), left_out: vec![], is_cut: false });
        assert_eq!(drawn(Some(27)), drawn(None));
        for (width, left_out) in
            [(26, &["first"][..]), (20, &["first"]), (19, &["second", "first"]), (1, &["second", "first"])]
        {
            assert_eq!(drawn(Some(width)).left_out, left_out, "{width}");
        }
    }

    #[test]
    fn names_are_cut_when_nothing_else_can_leave() {
        let columns = [Column { title: "name", kind: Kind::Name }, Column { title: "cost", kind: Kind::Kept }];
        let line = |name: &str| Line { cells: vec![vec![name.to_owned()], vec!["$1".to_owned()]], style: Style::Bold };
        let drawn = draw(
            &columns,
            vec![line("agent:main:cron:995cc9c8")],
            line("all"),
            Screen { width: Some(20), colour: true },
        );
        assert!(drawn.is_cut && drawn.text.contains("\x1b[1magent:m…5cc9c8    $1\x1b[0m"), "{}", drawn.text);
    }
}
