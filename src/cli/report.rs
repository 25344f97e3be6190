//! `report`: usage and cost as a table, as JSON or as CSV.
//!
//! What was typed becomes a [`Request`] first, so that a mistake is named before anything is read.
//! `report/rows.rs` adds up, `report/text.rs` and `report/data.rs` write, `report/table.rs` draws.

mod data;
mod open;
mod rows;
mod table;
mod text;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use self::rows::Report;
pub use self::table::Screen;
use super::{finish, say};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Environment};
use crate::domain::Millis;
use crate::domain::pricing::{PriceBasis, PriceBook};
use crate::domain::series::{Dimension, Last, Moment, Start, Step};
use crate::http::query;
use crate::http::usage::dimensions;
use crate::store::UsageHistory;

/// How wide a terminal is that does not say so.
const WIDTH: usize = 80;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// A row for each day.
    Daily,
    /// A row for each hour; the last 24 unless said otherwise.
    Hourly,
    /// A row for each week, from Monday.
    Weekly,
    /// A row for each month.
    Monthly,
    /// A row for each agent.
    Agents,
    /// A row for each model.
    Models,
    /// A row for each session.
    Sessions,
}

impl View {
    fn step(self) -> Step {
        match self {
            Self::Hourly => Step::Hour,
            Self::Daily => Step::Day,
            Self::Weekly => Step::Week,
            Self::Monthly => Step::Month,
            Self::Agents | Self::Models | Self::Sessions => Step::Total,
        }
    }

    fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Agents => Some(Dimension::Agent),
            Self::Models => Some(Dimension::Model),
            Self::Sessions => Some(Dimension::Session),
            _ => None,
        }
    }

    /// Everything, as far as a table of it can be read.
    fn start(self) -> Start {
        match self {
            Self::Hourly => Last::parse("24h").map_or(Start::First, Start::Last),
            _ => Start::First,
        }
    }
}

/// Which way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// The oldest or the cheapest first.
    Asc,
    /// The newest or the dearest first.
    Desc,
}

/// The options of `report`, as typed.
#[derive(Clone, Debug, Args)]
pub struct ReportArgs {
    /// What a row stands for.
    #[arg(value_enum, default_value_t = View::Daily)]
    view: View,
    /// First day (2026-11-01), or a time in RFC 3339 [default: everything; hourly: the last 24 hours].
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day, which belongs to the report, or a time, which does not [default: today].
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// So many hours, days, weeks from Monday or months of the calendar, this one included: 24h, 7d, 4w, 3m; or today.
    #[arg(long, value_name = "SPAN", conflicts_with = "from")]
    last: Option<String>,
    /// IANA time zone in which days begin [default: the system's].
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Keep apart by any of agent, model, provider, type, session, installation, with commas.
    #[arg(long, value_name = "LIST")]
    by: Option<String>,
    /// Price basis: auto, list, recorded, reference [default: that of --price-basis].
    #[arg(long, value_name = "BASIS")]
    basis: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print comma-separated values.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Which way round [default: time asc, cost desc].
    #[arg(long, value_enum)]
    order: Option<Order>,
    /// Show each model below its row.
    #[arg(long)]
    breakdown: bool,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Csv,
}

/// What the options of `report` mean.
#[derive(Clone, Debug)]
pub struct Request {
    view: View,
    from: Start,
    to: Option<Moment>,
    zone: Option<TimeZone>,
    basis: Option<PriceBasis>,
    dimensions: Vec<Dimension>,
    form: Form,
    order: Option<Order>,
    breakdown: bool,
}

impl Request {
    /// Checks what was typed; every mistake is named.
    pub fn read(args: &ReportArgs) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let moment = |text: &str| Moment::parse(text).ok_or_else(|| Moment::ALLOWED.to_owned());
        let last = |text: &str| Last::parse(text).ok_or_else(|| Last::ALLOWED.to_owned());
        let from = value(&mut problems, "--from", args.from.as_deref(), moment);
        let to = value(&mut problems, "--to", args.to.as_deref(), moment);
        let span = value(&mut problems, "--last", args.last.as_deref(), last);
        let zone = value(&mut problems, "--tz", args.tz.as_deref(), query::zone);
        let basis = value(&mut problems, "--basis", args.basis.as_deref(), query::basis);
        let by = value(&mut problems, "--by", args.by.as_deref(), dimensions).unwrap_or_default();
        if let (Some(Moment::Day(first)), Some(Moment::Day(last))) = (from, to)
            && first > last
        {
            problems.push(format!("--from: {first} is later than --to {last}"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let own = args.view.dimension();
        let dimensions: Vec<_> = own.into_iter().chain(by.into_iter().filter(|one| Some(*one) != own)).collect();
        Ok(Self {
            view: args.view,
            from: from.map(Start::At).or(span.map(Start::Last)).unwrap_or(args.view.start()),
            to,
            zone,
            basis,
            // A row of a single model has no models below it.
            breakdown: args.breakdown && !dimensions.contains(&Dimension::Model),
            dimensions,
            form: match (args.json, args.csv) {
                (true, _) => Form::Json,
                (_, true) => Form::Csv,
                _ => Form::Text,
            },
            order: args.order,
        })
    }
}

/// The value of an option that was given; a wrong one is noted.
fn value<T>(
    problems: &mut Vec<String>,
    name: &str,
    typed: Option<&str>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let typed = typed?;
    let read = read(typed.trim()).map_err(|allowed| {
        problems.push(format!("{name}: '{typed}' is not allowed; it must be {allowed}"));
    });
    read.ok()
}

/// The command: checks what was typed, opens what there is to report of, prints.
#[must_use]
pub fn run(config: &Config, args: &ReportArgs) -> ExitCode {
    let request = match Request::read(args) {
        Ok(request) => request,
        Err(problems) => {
            say("The options have mistakes:");
            for problem in problems {
                say(&format!("  {problem}"));
            }
            return ExitCode::from(2);
        }
    };
    finish(open::open(config).and_then(|(history, book)| {
        print(history.as_ref(), &book, config.price_basis, &TimeZone::system(), SystemClock.now(), &request)
    }))
}

/// Prints a report. Basis and zone are those of the configuration; the request may name others.
pub fn print(
    history: &dyn UsageHistory,
    book: &PriceBook,
    basis: PriceBasis,
    zone: &TimeZone,
    now: Millis,
    request: &Request,
) -> Result<()> {
    let text = render(history, book, basis, zone, now, request, &screen())?;
    // Nobody is left to read when the pipe is closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The report as it is printed on a screen.
pub fn render(
    history: &dyn UsageHistory,
    book: &PriceBook,
    basis: PriceBasis,
    zone: &TimeZone,
    now: Millis,
    request: &Request,
    screen: &Screen,
) -> Result<String> {
    let zone = request.zone.as_ref().unwrap_or(zone);
    let report = Report::of(history, book, request.basis.unwrap_or(basis), zone, now, request)?;
    Ok(match request.form {
        Form::Text => text::write(&report, request, screen),
        Form::Json => data::json(&report, request)?,
        Form::Csv => data::csv(&report, request),
    })
}

fn screen() -> Screen {
    let out = std::io::stdout();
    if !out.is_terminal() {
        return Screen::default();
    }
    let environment = Environment::of_process();
    let columns = || environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
    let width = terminal_size::terminal_size_of(&out).map(|(width, _)| usize::from(width.0)).or_else(columns);
    let colour = environment.get("NO_COLOR").is_none() && environment.get("TERM") != Some("dumb");
    Screen { width: Some(width.unwrap_or(WIDTH)), colour }
}
