//! `doctor`: every check with what was found, why it matters, and what to do.

mod gateway;
mod ledger;
mod openclaw_usage;

use std::net::{SocketAddr, TcpListener};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use serde::Serialize;

use super::print;
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Installation};
use crate::domain::Millis;
use crate::domain::event::{AgentCoverage, Event, Layout, SourceStatus};
use crate::domain::health::LedgerHealth;
use crate::domain::pricing::{PriceBasis, PriceBook};
use crate::http::view::coverage;
use crate::live::board::Board;
use crate::pipeline::Pipeline;
use crate::source::Closed;
use crate::source::files::FilesReader;
use crate::store::StoreError;
use crate::store::sqlite::SqliteLedger;

/// How many reasons are listed before the rest is only counted.
const MAX_LISTED: usize = 20;
/// The name of the check that asks the command.
const COMMAND: &str = "OpenClaw sessions";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Note,
    Problem,
}

#[derive(Debug, Serialize)]
struct Check {
    check: String,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    todo: String,
}

fn check(
    name: impl Into<String>,
    verdict: Verdict,
    found: impl Into<String>,
    why: &str,
    todo: impl Into<String>,
) -> Check {
    Check { check: name.into(), verdict, found: found.into(), why: why.to_owned(), todo: todo.into() }
}

/// Runs every check; exit code 1 when there is a problem.
#[must_use]
pub fn run(config: &Config, json: bool) -> ExitCode {
    let now = SystemClock.now();
    let mut checks = vec![openclaw(config)];
    match app::price_book(config) {
        Ok(book) => {
            let mut state = match scratch(book, now) {
                Ok(state) => state,
                Err(error) => return problem(&error.to_string()),
            };
            for installation in &config.installations {
                read(installation, &mut state);
            }
            if app::uses_command(config) {
                checks.push(command(config, &mut state, now));
            }
            if app::asks_gateway(config) {
                openclaw_usage::ask(config, &mut state, now);
            }
            let board = state.board(now);
            let listed = checks.last().is_some_and(|one| one.check == COMMAND && one.verdict == Verdict::Ok);
            checks.extend(config.installations.iter().flat_map(|one| state_dir(one, &board, listed)));
            checks.push(readings(&board, now, config.price_basis));
            checks.push(skipped(&board));
            checks.push(prices(&board, config.price_basis));
            checks.push(clock(&board, now));
            checks.extend(ledger::checks(config, &board));
            let installations = config.installations.iter();
            checks.extend(installations.flat_map(|one| openclaw_usage::checks(one, &board, config.price_basis)));
        }
        Err(error) => checks.push(check(
            "price book",
            Verdict::Problem,
            format!("{error:#}"),
            "Without prices no cost can be shown.",
            "Import the list again, or delete it.",
        )),
    }
    checks.extend(gateway::checks(config));
    checks.push(port(config));
    checks.push(data_dir(config));
    if json {
        print(&serde_json::to_string_pretty(&checks).unwrap_or_default());
    } else {
        for one in &checks {
            print(&text(one));
        }
    }
    if checks.iter().any(|one| one.verdict == Verdict::Problem) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn text(one: &Check) -> String {
    let word = match one.verdict {
        Verdict::Ok => "ok     ",
        Verdict::Note => "note   ",
        Verdict::Problem => "PROBLEM",
    };
    let mut lines = format!("{word}  {}: {}", one.check, one.found.replace('\n', "\n           "));
    if one.verdict != Verdict::Ok {
        for (name, part) in [("why", &one.why), ("do", &one.todo)] {
            if !part.is_empty() {
                lines.extend(["\n           ", name, ": ", part]);
            }
        }
    }
    lines
}

/// Everything is read anew, into a ledger of its own: what the server keeps is not touched.
fn scratch(book: PriceBook, now: Millis) -> Result<Pipeline, StoreError> {
    let ledger = SqliteLedger::in_memory(book.changes())?;
    Pipeline::new(book, Box::new(ledger), LedgerHealth::default(), now)
}

fn problem(text: &str) -> ExitCode {
    print(text);
    ExitCode::FAILURE
}

fn read(installation: &Installation, state: &mut Pipeline) {
    let mut reader =
        FilesReader::new(installation.id.clone(), installation.root.clone(), std::collections::HashMap::new());
    let mut sink = |mut events: Vec<Event>| state.take_in(&mut events, SystemClock.now()).map_err(|_| Closed);
    // The sink never closes.
    let _ = reader.refresh(&SystemClock, &mut sink);
}

/// Asks the command once, where the server would.
fn command(config: &Config, state: &mut Pipeline, now: Millis) -> Check {
    let why = "Where there is no state directory, sessions are known from the command alone.";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let events = match runtime {
        Ok(runtime) => runtime.block_on(app::command_source(config).look(now)),
        Err(error) => return check(COMMAND, Verdict::Problem, error.to_string(), why, "Try again."),
    };
    let mut result = check(COMMAND, Verdict::Problem, "no answer", why, "Run 'openclaw sessions --json' yourself.");
    for event in &events {
        if let Event::SourceReported(report) = event {
            let listed: u64 = report.agents.iter().map(|agent| agent.sessions_known).sum();
            result.found =
                if report.detail.is_empty() { format!("{listed} sessions listed") } else { report.detail.clone() };
            result.verdict = match report.status {
                SourceStatus::Down => Verdict::Problem,
                SourceStatus::Degraded => Verdict::Note,
                SourceStatus::Ok | SourceStatus::Scanning => Verdict::Ok,
            };
        }
    }
    let mut events = events;
    if let Err(error) = state.take_in(&mut events, now) {
        result.found = error.to_string();
        result.verdict = Verdict::Problem;
    }
    result
}

fn openclaw(config: &Config) -> Check {
    let why = "The files are read without it; the command is only the last resort.";
    if !app::on_path(&config.openclaw) {
        return check(
            "OpenClaw command",
            Verdict::Note,
            format!("'{}' is not on the PATH", config.openclaw.display()),
            why,
            "Install OpenClaw, or name its command with --openclaw.",
        );
    }
    match version(config) {
        Ok(version) => check("OpenClaw command", Verdict::Ok, version, "", ""),
        Err(problem) => check(
            "OpenClaw command",
            Verdict::Note,
            problem,
            why,
            "Run 'openclaw --version' yourself to see what is wrong.",
        ),
    }
}

fn version(config: &Config) -> Result<String, String> {
    let run = async {
        let mut command = tokio::process::Command::new(&config.openclaw);
        command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        tokio::time::timeout(Duration::from_secs(10), command.output()).await
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    match runtime.block_on(run) {
        Err(_) => Err(format!("'{} --version' did not answer within 10 s", config.openclaw.display())),
        Ok(Err(error)) => Err(format!("'{}' could not be started: {error}", config.openclaw.display())),
        Ok(Ok(output)) if !output.status.success() => Err(format!("'{} --version' failed", config.openclaw.display())),
        Ok(Ok(output)) => {
            Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().chars().take(100).collect())
        }
    }
}

fn state_dir(installation: &Installation, board: &Board, listed: bool) -> Vec<Check> {
    let name = format!("state directory {}", installation.id);
    let place = installation.root.display();
    if let Err(error) = std::fs::read_dir(&installation.root) {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let todo = if missing {
            "Start OpenClaw once, or point to its folder with --state-dir."
        } else {
            "Run as the user that runs OpenClaw, or give this user the right to read."
        };
        return vec![check(
            name,
            if missing && listed { Verdict::Note } else { Verdict::Problem },
            format!("{place}: {error}"),
            "Sessions, tokens and costs are read from there.",
            todo,
        )];
    }
    let reports = || board.reports.iter().filter(|report| report.installation == installation.id);
    let agents: Vec<_> = reports().flat_map(|report| &report.agents).collect();
    if agents.is_empty() {
        return vec![check(
            name,
            Verdict::Note,
            format!("{place} holds no agents"),
            "There is nothing to show yet.",
            "Run an agent, or point to another folder with --state-dir.",
        )];
    }
    let mut checks = vec![check(name, Verdict::Ok, place.to_string(), "", "")];
    for agent in agents {
        let database = format!("agents/{}/agent/openclaw-agent.sqlite (database)", agent.agent);
        let mut skipped = reports().flat_map(|report| &report.skipped);
        let broken = skipped.find(|skipped| skipped.file == database).map(|skipped| skipped.reason);
        checks.push(agent_check(agent, broken));
    }
    checks
}

/// How an agent keeps its sessions, and how many were read; `broken` says why its database was not.
fn agent_check(agent: &AgentCoverage, broken: Option<&str>) -> Check {
    let layout = match (agent.layout, broken) {
        (_, Some(reason)) => reason,
        (Layout::Sqlite, _) => "SQLite layout (openclaw-agent.sqlite)",
        (Layout::Jsonl, _) => "JSON Lines layout (sessions.json and *.jsonl)",
        (other, _) => other.word(),
    };
    let missing = broken.is_some() || agent.sessions_read < agent.sessions_known;
    check(
        format!("agent {}", agent.agent),
        if missing { Verdict::Problem } else { Verdict::Ok },
        format!("{layout}, {} of {} sessions read", agent.sessions_read, agent.sessions_known),
        "Tokens and costs of the others are missing.",
        "See the skipped files below.",
    )
}

fn readings(board: &Board, now: Millis, basis: PriceBasis) -> Check {
    let coverage = coverage(board, basis, now);
    let unlisted: u64 = board.unowned.iter().map(|calls| calls.totals.calls).sum();
    let copies: u64 = board.unowned.iter().map(|calls| calls.copies).sum::<u64>()
        + board.sessions.iter().map(|facts| facts.copies).sum::<u64>();
    let found = format!(
        "{} sessions, {} model calls ({unlisted} of sessions that were deleted or reset, {copies} copies counted once)",
        coverage.sessions_known, coverage.calls_read
    );
    check("readings", Verdict::Ok, found, "", "")
}

fn skipped(board: &Board) -> Check {
    let all: Vec<_> =
        board.reports.iter().flat_map(|report| report.skipped.iter().map(move |skipped| (report, skipped))).collect();
    if all.is_empty() {
        return check("skipped records", Verdict::Ok, "none", "", "");
    }
    let unreadable =
        all.iter().any(|(_, skipped)| skipped.reason.contains("permission") || skipped.reason.contains("damaged"));
    let mut lines: Vec<String> = all
        .iter()
        .take(MAX_LISTED)
        .map(|(report, skipped)| {
            let line = skipped.first_line.map(|line| format!(", first at line {line}")).unwrap_or_default();
            format!("{} {}: {} ({} times{line})", report.installation, skipped.file, skipped.reason, skipped.count)
        })
        .collect();
    if all.len() > MAX_LISTED {
        lines.push(format!("and {} more", all.len() - MAX_LISTED));
    }
    let verdict = if unreadable { Verdict::Problem } else { Verdict::Note };
    check(
        "skipped records",
        verdict,
        lines.join("\n"),
        "What a record says is missing from the figures; the rest goes on.",
        "Give the right to read, or look at the lines named.",
    )
}

fn prices(board: &Board, basis: PriceBasis) -> Check {
    let mut unpriced = std::collections::BTreeMap::new();
    let totals =
        board.sessions.iter().map(|facts| &facts.totals).chain(board.unowned.iter().map(|calls| &calls.totals));
    let mut calls = 0_u64;
    for (model, costs) in totals.flat_map(|totals| &totals.by_model) {
        let unknown = costs.on(basis).1;
        calls += u64::from(costs.from_record + costs.from_list + costs.auto_unknown);
        if unknown > 0 {
            let name = model.as_ref().map_or_else(|| "(no model named)".to_owned(), ToString::to_string);
            *unpriced.entry(name).or_insert(0_u64) += u64::from(unknown);
        }
    }
    if unpriced.is_empty() {
        return check(
            "price coverage",
            Verdict::Ok,
            format!(
                "all {calls} calls that used tokens have a price (basis {}, list of {})",
                basis.word(),
                board.prices.as_of_at(board.made_at)
            ),
            "",
            "",
        );
    }
    let names: Vec<String> =
        unpriced.iter().map(|(model, calls)| format!("{model}: {calls} calls without a price")).collect();
    check(
        "price coverage",
        Verdict::Note,
        names.join("\n"),
        "Their cost is unknown and not part of any total.",
        "Add a [[price]] table for the model to factory.toml (README, 'Prices').",
    )
}

fn clock(board: &Board, now: Millis) -> Check {
    let ahead = board.sessions.iter().filter_map(|facts| facts.updated_at).filter(|at| *at > now + 60_000).count();
    if ahead == 0 {
        return check("clock", Verdict::Ok, "no session is dated in the future", "", "");
    }
    check(
        "clock",
        Verdict::Note,
        format!("{ahead} sessions are dated in the future"),
        "Their age shows as 0 until the clocks agree.",
        "Set the clock of the machine that runs OpenClaw, or of this one (NTP).",
    )
}

fn port(config: &Config) -> Check {
    match TcpListener::bind(SocketAddr::new(config.host, config.port)) {
        Ok(_) => check("port", Verdict::Ok, format!("{}:{} is free", config.host, config.port), "", ""),
        Err(error) => check(
            "port",
            Verdict::Note,
            format!("{}:{}: {error}", config.host, config.port),
            "The server cannot listen there; perhaps it runs already.",
            "Stop the program that uses the port, or choose another with --port.",
        ),
    }
}

fn data_dir(config: &Config) -> Check {
    let probe = config.data_dir.join(".doctor");
    let result = std::fs::create_dir_all(&config.data_dir)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match result {
        Ok(()) => check("data folder", Verdict::Ok, format!("{}, log in logs/", config.data_dir.display()), "", ""),
        Err(error) => check(
            "data folder",
            Verdict::Problem,
            format!("{}: {error}", config.data_dir.display()),
            "The ledger, the log and imported prices are kept there.",
            "Choose another folder with --data-dir.",
        ),
    }
}
