//! The program as a user starts it.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::fixture;
use crate::support::running::{Running, program, text};

fn run(arguments: &[&str]) -> Output {
    program(&TempDir::new().unwrap()).args(arguments).output().unwrap()
}

#[test]
fn wrong_usage_is_exit_code_2_with_every_mistake() {
    let output = run(&["--port", "x", "--refresh", "0"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--port: 'x'") && said.contains("--refresh: '0'"), "{said}");
    assert_eq!(run(&["--no-such-flag"]).status.code(), Some(2));
    let output = run(&["report", "--tz", "Mars", "--last", "7y"]);
    let said = text(&output.stderr);
    assert!(
        output.status.code() == Some(2) && said.contains("--tz: 'Mars'") && said.contains("--last: '7y'"),
        "{said}"
    );
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn doctor_tells_what_it_found() {
    let root = fixture("2026.9.6");
    let output = run(&["doctor", "--json", "--port", "0", "--state-dir", root.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let checks: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = |name: &str| {
        checks.as_array().unwrap().iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}"))["found"].as_str().unwrap().to_owned()
    };
    assert_eq!(found("agent main"), "SQLite layout (openclaw-agent.sqlite), 4 of 4 sessions read");
    assert!(
        found("readings").starts_with("8 sessions, 24 model calls (4 of sessions that were deleted or reset"),
        "{}",
        found("readings")
    );
    let missing = run(&["doctor", "--port", "0", "--state-dir", "/nonexistent"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stdout).contains("--state-dir"));
}

#[test]
fn prices_and_completions_are_printed() {
    assert!(text(&run(&["prices"]).stdout).contains("anthropic/claude-opus-4-5"));
    let list: Value = serde_json::from_slice(&run(&["prices", "--json"]).stdout).unwrap();
    let opus = list["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["provider"] == "anthropic" && one["model"] == "claude-opus-4-5")
        .unwrap();
    assert_eq!((&opus["input"], &opus["output"]), (&Value::from(5.0), &Value::from(25.0)));
    assert!(text(&run(&["completions", "bash"]).stdout).contains("factory-dashboard"));
}

#[test]
fn a_price_list_can_be_imported() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("list.json");
    let embedded = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/prices.json")).unwrap();
    std::fs::write(&file, embedded.replacen("2026", "2027", 1)).unwrap();
    let import = |path: &std::path::Path| program(&home).args(["prices", "import"]).arg(path).output().unwrap();
    let output = import(&file);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let date = factory_dashboard::config::prices::embedded().as_of;
    let later = date.replacen("2026", "2027", 1);
    assert!(text(&output.stdout).contains(&format!("prices/{later}.json")), "{}", text(&output.stdout));
    let shown = text(&program(&home).arg("prices").output().unwrap().stdout);
    assert!(
        shown.contains(&format!("priced by the list of its day: {date}, {later}.")),
        "no list is forgotten: {shown}"
    );
    std::fs::write(&file, "{}").unwrap();
    assert_eq!(import(&file).status.code(), Some(1));
}

#[test]
fn serve_listens_answers_and_stops_on_sigterm() {
    let root = fixture("2026.5.28");
    let (running, home) = Running::start(&["serve", "--state-dir", root.to_str().unwrap()]);
    assert!(running.get("/api/health").contains("\"status\":\"healthy\""));
    assert!(running.get("/").contains("Factory Dashboard"));
    let log = home.path().join(".local/share/factory-dashboard/logs");
    assert!(std::fs::read_dir(log).unwrap().count() > 0, "a log is kept");
    running.stop();
}

#[test]
fn a_busy_port_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["demo", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&format!("port {port} is in use")), "{}", text(&output.stderr));
}

#[test]
fn nothing_below_the_state_directory_changes() {
    let scratch = TempDir::new().unwrap();
    for version in ["2026.9.6", "2026.5.28", "2026.3.13"] {
        let copy = scratch.path().join(version);
        Command::new("cp").arg("-a").arg(fixture(version)).arg(&copy).status().unwrap();
        let print = || {
            let list = Command::new("sh").args(["-c", "find . ! -name '*-shm' -printf '%p %s %T@\\n' | sort; find . -type f ! -name '*-shm' -exec sha256sum {} + | sort"]).current_dir(&copy).output().unwrap();
            text(&list.stdout)
        };
        let before = print();
        let (running, _home) = Running::start(&["--state-dir", copy.to_str().unwrap()]);
        let answer = running.get("/api/sessions");
        assert!(answer.contains("200 OK"), "{answer}");
        drop(running);
        let output = run(&["doctor", "--port", "0", "--state-dir", copy.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(print(), before, "{version}");
    }
}
