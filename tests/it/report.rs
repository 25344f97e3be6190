//! `report` over a list of calls: the text at several widths, JSON, CSV, and what is refused.

use clap::Parser;
use factory_dashboard::cli::report::{ReportArgs, Request, Screen, render};
use factory_dashboard::domain::pricing::PriceBasis;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::history::{CallList, Made, made};
use crate::support::{NOW, book};
use crate::usage::calls;

#[derive(Parser)]
struct Typed {
    #[command(flatten)]
    report: ReportArgs,
}

/// The calls of `usage.rs`, one of a far month, and an agent whose names are odd.
fn more_calls() -> Vec<Made> {
    let mut calls = calls();
    // 1,000,000 x $5/M + 100,000 x $25/M = $7.50.
    calls.push(made("2026-09-30T16:00:00Z", "claude-opus-4-5", [1_000_000, 100_000, 0, 0]));
    // 2,000 x $3/M = $0.006.
    let odd = made("2026-11-24T02:00:00Z", "claude-sonnet-4-5", [2000, 0, 0, 0]);
    calls.push(odd.by("test", "회계 담당", Some("agent:회계 담당:slack:channel:\u{1b}[2J가나다"), "s5"));
    calls
}

fn request(options: &str) -> Result<Request, Vec<String>> {
    let words = std::iter::once("report").chain(options.split_whitespace());
    Request::read(&Typed::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")).report)
}

fn try_report(options: &str, screen: Screen) -> Result<String, String> {
    let history = CallList { book: book(), calls: more_calls() };
    let zone = TimeZone::get("Asia/Seoul").unwrap();
    let request = request(options).unwrap();
    render(&history, &book(), PriceBasis::Auto, &zone, NOW, &request, &screen).map_err(|error| format!("{error:#}"))
}

fn at_width(width: usize, options: &str) -> String {
    try_report(options, Screen { width: Some(width), colour: false }).unwrap()
}

fn piped(options: &str) -> String {
    try_report(options, Screen::default()).unwrap()
}

fn json_of(options: &str) -> Value {
    serde_json::from_str(&piped(&format!("{options} --json"))).unwrap()
}

#[test]
fn days_at_several_widths() {
    let widths = [140, 80, 60, 40].map(|width| format!("{width}:\n{}", at_width(width, "daily")));
    insta::assert_snapshot!(widths.join("\n"));
}

#[test]
fn every_view_as_a_file() {
    let options = [
        "daily",
        "daily --order desc --by agent",
        "hourly",
        "weekly",
        "monthly --breakdown",
        "agents",
        "models",
        "sessions",
    ];
    let all = options.map(|options| format!("report {options}\n{}", piped(options)));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn names_are_cut_on_a_narrow_terminal_only() {
    let narrow = at_width(46, "sessions");
    insta::assert_snapshot!(narrow);
    assert!(piped("sessions").contains("agent:회계 담당:slack:channel:\\u{1b}[2J가나다"));
}

#[test]
fn colours_are_for_terminals() {
    let coloured = try_report("models", Screen { width: Some(120), colour: true }).unwrap();
    assert!(coloured.contains("\u{1b}[1mTotal") && !piped("models").contains('\u{1b}'));
}

#[test]
fn json_has_the_figures_of_the_api() {
    insta::assert_json_snapshot!(json_of("daily --last 2d"));
    let sessions = json_of("sessions --last 2d");
    let first = json!({"session": "agent:main:main", "installation": "test", "agent": "main", "type": "main", "calls": 1,
        "errors": 0, "aborted": 0, "inputTokens": 1000, "outputTokens": 0, "cacheReadTokens": 10000,
        "cacheWriteTokens": 1000, "totalTokens": 12000, "cost": 0.02, "unpricedCalls": 0, "models": ["claude-opus-4-5"]});
    assert_eq!(sessions["rows"][0], first);
    for (options, field, value) in [
        ("hourly", "hour", "2026-11-24T10:00:00+09:00"),
        ("weekly --order desc", "week", "2026-11-23"),
        ("monthly --order desc", "month", "2026-11"),
        ("agents --last 7d", "agent", "main"),
        ("models --order asc", "model", "mystery"),
    ] {
        assert_eq!(json_of(options)["rows"][0][field], value, "{options}");
    }
    let month = &json_of("monthly --breakdown --last 1m")["rows"][0];
    // 0.055 + 0.02; 0.018 + 0.006.
    let costs: Vec<_> =
        month["breakdown"].as_array().unwrap().iter().map(|one| (&one["model"], &one["cost"])).collect();
    let expected = [(json!("claude-opus-4-5"), json!(0.075)), (json!("claude-sonnet-4-5"), json!(0.024))];
    assert_eq!(costs[..2], expected.each_ref().map(|(model, cost)| (model, cost)));
    assert_eq!(month["cost"], 0.099);
}

#[test]
fn csv_has_a_line_for_each_row() {
    let expected = [
        "week,agent,calls,errors,aborted,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,unpricedCalls",
        "2026-11-16,main,1,0,0,1000,2000,0,0,0.055,0",
        "2026-11-23,main,2,1,0,2000,1000,10000,1000,0.038,0",
        "2026-11-23,회계 담당,1,0,0,2000,0,0,0,0.006,0",
        "2026-11-23,ops,2,0,1,500,100,0,0,,1",
        "",
    ];
    let found = piped("weekly --from 2026-11-01 --by agent --csv");
    assert_eq!(found.split("\r\n").collect::<Vec<_>>(), expected);
    let found = piped("monthly --last 1m --basis list --breakdown --csv");
    let models: Vec<_> =
        found.split("\r\n").map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "month model",
        "2026-11 claude-opus-4-5",
        "2026-11 claude-sonnet-4-5",
        "2026-11 (no model named)",
        "2026-11 mystery",
        "",
    ];
    assert_eq!(models, expected);
}

#[test]
fn ranges_follow_the_options() {
    for (options, calls) in [
        ("daily", 7),
        ("daily --from 2026-11-22 --to 2026-11-22", 1),
        ("daily --last today", 3),
        ("daily --tz UTC --last today", 3),
        ("daily --tz UTC --from 2026-11-22 --to 2026-11-22", 2),
        ("daily --from 2026-11-22T15:00:00Z --to 2026-11-23T03:00:00Z", 1),
        ("hourly", 3),
        ("hourly --from 2026-11-22", 6),
        ("monthly --last 1m", 6),
        ("monthly --last 2m", 7),
    ] {
        assert_eq!(json_of(options)["totals"]["calls"], calls, "{options}");
    }
    assert!(piped("daily --to 2020-01-01 --from 2020-01-01").contains("no model calls in this time"));
    let error = try_report("hourly --from 2020-01-01", Screen::default()).unwrap_err();
    assert!(error.contains("more than 20000 hours"), "{error}");
    assert!(try_report("daily --from 2027-01-01", Screen::default()).unwrap_err().contains("no time between"));
}

#[test]
fn every_mistake_is_named_at_once() {
    let problems = request("--from soon --to 2026-13-01 --tz Mars --by colour --basis guess").unwrap_err();
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert!(problems[0].starts_with("--from: 'soon' is not allowed; it must be a day such as"), "{}", problems[0]);
    assert!(request("--last 7y").unwrap_err()[0].contains("such as 7d"));
    assert!(request("--from 2026-11-02 --to 2026-11-01").unwrap_err()[0].contains("later than --to"));
    for refused in ["yearly", "--json --csv", "--last 7d --from 2026-11-01", "--order up"] {
        let words = std::iter::once("report").chain(refused.split_whitespace());
        assert!(Typed::try_parse_from(words).is_err(), "{refused}");
    }
}
