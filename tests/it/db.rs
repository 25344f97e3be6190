//! The care of the ledger from the command line, and reports beside a server and without one.

use std::path::Path;
use std::process::Output;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::running::{Running, program, text};
use crate::support::{StateDir, call, fixture, header, one_session};

/// The sums of the recording of 2026.9.6, by another reading of it (`fixtures/openclaw/README.md`).
const RECORDING: (u64, u64) = (24, 19_230);

fn run(data: &Path, state: &str, arguments: &[&str]) -> Output {
    let home = TempDir::new().unwrap();
    let mut command = program(&home);
    command.args(arguments).args(["--state-dir", state, "--data-dir"]).arg(data).output().unwrap()
}

fn lab() -> String {
    format!("lab={}", fixture("2026.9.6").display())
}

fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn report_reads_the_sources_itself_and_the_ledger_stays() {
    let data = TempDir::new().unwrap();
    let said = done(&run(data.path(), &lab(), &["report", "agents", "--json", "--tz", "Asia/Seoul"]));
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["totals"]["calls"], &report["totals"]["inputTokens"]), (&json!(24), &json!(19_230)));
    // Nothing is there to read any more, and the ledger still knows.
    let said = done(&run(data.path(), "lab=/nonexistent", &["report", "monthly", "--json"]));
    let again: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(again["totals"]["inputTokens"], 19_230);
    assert_eq!(again["rows"][0]["month"], "2026-11");
}

#[test]
fn report_reads_beside_a_server() {
    let dir: StateDir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], Some(0.5))]);
    let data = TempDir::new().unwrap();
    let state = format!("one={}", dir.root().display());
    let arguments = ["--state-dir", &state, "--data-dir", data.path().to_str().unwrap()];
    let server = Running::at_home(&TempDir::new().unwrap(), &arguments);
    server.wait_until("the call", |server| server.json("/api/usage?from=all&bucket=total")["totals"]["calls"] == 1);
    let said = done(&run(data.path(), &state, &["report", "--csv", "--tz", "UTC"]));
    assert!(said.contains("2026-11-24") && said.lines().count() == 2, "{said}");
    server.stop();
}

#[test]
fn the_ledger_is_shown_checked_copied_and_exported() {
    let data = TempDir::new().unwrap();
    let missing = run(data.path(), &lab(), &["db", "info"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("there is no ledger"));
    done(&run(data.path(), &lab(), &["report"]));
    let info = done(&run(data.path(), &lab(), &["db", "info"]));
    assert!(
        info.contains("24 in ") && info.contains("lab main: 12 calls") && info.contains("nobody writes it"),
        "{info}"
    );
    assert!(done(&run(data.path(), &lab(), &["db", "check"])).contains("whole"));

    let file = |name: &str| data.path().join(name);
    let write = |action: &str, name: &str| run(data.path(), &lab(), &["db", action, file(name).to_str().unwrap()]);
    done(&write("backup", "copy.sqlite"));
    let copy = rusqlite::Connection::open(file("copy.sqlite")).unwrap();
    let sums =
        |query: &str| copy.query_row(query, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap();
    assert_eq!(sums("select count(*), sum(input) from calls"), (24, 19_230));
    assert_eq!(write("backup", "copy.sqlite").status.code(), Some(1), "nothing is written over");

    for name in ["calls.csv", "calls.jsonl", "calls.parquet"] {
        assert!(done(&write("export", name)).contains("wrote 24 calls"), "{name}");
    }
    assert_eq!(from_csv(&file("calls.csv")), RECORDING);
    assert_eq!(from_lines(&file("calls.jsonl")), RECORDING);
    assert_eq!(from_parquet(&file("calls.parquet")), RECORDING);
    assert!(text(&write("export", "calls.xlsx").stderr).contains(".csv, .jsonl or .parquet"));
}

fn from_csv(file: &Path) -> (u64, u64) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
    let place = lines.next().unwrap().split(',').position(|name| name == "inputTokens").unwrap();
    // No text of the recording has a comma.
    lines.fold((0, 0), |(calls, input), line| {
        (calls + 1, input + line.split(',').nth(place).unwrap().parse::<u64>().unwrap())
    })
}

fn from_lines(file: &Path) -> (u64, u64) {
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.fold((0, 0), |(calls, input), row| (calls + 1, input + row["inputTokens"].as_u64().unwrap()))
}

fn from_parquet(file: &Path) -> (u64, u64) {
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.fold((0, 0), |(calls, input), row| (calls + 1, input + u64::try_from(row.get_long(8).unwrap()).unwrap()))
}
