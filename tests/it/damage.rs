//! A ledger that cannot be used never takes the page down.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::running::{Running, program, text};
use crate::support::{NOW, StateDir, call, header};

const SESSIONS: usize = 40;
const CALLS: usize = 50;

/// A state directory with 2,000 calls.
fn state() -> StateDir {
    let dir = StateDir::new();
    let rows: Vec<(String, serde_json::Value)> =
        (0..SESSIONS).map(|i| (format!("x{i}"), json!({"sessionId": format!("s{i}"), "updatedAt": NOW}))).collect();
    dir.index(&rows.iter().map(|(key, row)| (key.as_str(), row.clone())).collect::<Vec<_>>());
    for i in 0..SESSIONS {
        let calls = (0..CALLS).map(|j| {
            let at = format!("{:02}:{:02}:{:02}", j % 24, i, j);
            call(&format!("s{i}c{j}"), &at, [10, 1, 0, 0], None)
        });
        let lines: Vec<String> = std::iter::once(header(&format!("s{i}"))).chain(calls).collect();
        dir.transcript(&format!("s{i}.jsonl"), &lines);
    }
    dir
}

fn start(dir: &StateDir, data: &Path) -> Running {
    let state = format!("d={}", dir.root().display());
    let arguments = ["--log", "error", "--state-dir", &state, "--data-dir", data.to_str().unwrap()];
    Running::at_home(&TempDir::new().unwrap(), &arguments)
}

fn total(server: &Running) -> u64 {
    let answer = server.json("/api/usage?from=all&bucket=total");
    answer["totals"]["calls"].as_u64().unwrap_or_default()
}

fn until_read(server: &Running, calls: usize) {
    server.wait_until("all calls", |server| {
        server.json("/api/sources")["progress"]["complete"] == true && total(server) == calls as u64
    });
}

/// A data folder whose ledger has read everything.
fn filled(dir: &StateDir) -> TempDir {
    let data = TempDir::new().unwrap();
    let server = start(dir, data.path());
    until_read(&server, SESSIONS * CALLS);
    server.stop();
    data
}

fn ledger_of(data: &TempDir) -> std::path::PathBuf {
    data.path().join("ledger.sqlite")
}

fn set_aside(data: &Path) -> usize {
    let names = fs::read_dir(data).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("ledger.damaged-") && name.ends_with(".sqlite")).count()
}

fn ledger_status(server: &Running) -> (String, String) {
    let answer = server.json("/api/usage");
    let part = |name: &str| answer["ledger"][name].as_str().unwrap().to_owned();
    (part("status"), part("detail"))
}

fn doctor(dir: &StateDir, data: &Path) -> String {
    let home = TempDir::new().unwrap();
    let state = format!("d={}", dir.root().display());
    let arguments = ["doctor", "--port", "0", "--state-dir", &state, "--data-dir", data.to_str().unwrap()];
    text(&program(&home).args(arguments).output().unwrap().stdout)
}

/// Damages a ledger.
type Damage = fn(&Path);

/// Each way of damage before a start: set aside, said, made anew.
#[test]
fn a_damaged_ledger_is_set_aside_and_made_anew() {
    let dir = state();
    let damages: [(&str, Damage); 4] = [
        ("truncated", |file| {
            let length = fs::metadata(file).unwrap().len();
            fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length / 3 / 4096 * 4096 + 100).unwrap();
        }),
        ("no database", |file| {
            fs::write(file, "this is no database, but long enough to look like a header of one").unwrap();
        }),
        ("a page of noise", |file| {
            let mut open = fs::OpenOptions::new().write(true).open(file).unwrap();
            open.seek(SeekFrom::Start(4096)).unwrap();
            open.write_all(&vec![0x5a; 4096 * 6]).unwrap();
        }),
        ("another program's", |file| {
            fs::remove_file(file).unwrap();
            Connection::open(file).unwrap().execute_batch("create table bookmarks (url text)").unwrap();
        }),
    ];
    for (name, damage) in damages {
        let data = filled(&dir);
        damage(&ledger_of(&data));
        let server = start(&dir, data.path());
        until_read(&server, SESSIONS * CALLS);
        let (status, detail) = ledger_status(&server);
        assert_eq!(status, "rebuilt", "{name}: {detail}");
        assert!(detail.contains("ledger.damaged-"), "{name}: {detail}");
        assert_eq!(set_aside(data.path()), 1, "{name}");
        server.stop();
        let told = doctor(&dir, data.path());
        assert!(told.contains("set aside as ledger.damaged-"), "{name}: {told}");
    }
}

/// What no source holds any more is named.
#[test]
fn doctor_counts_what_could_not_be_rebuilt() {
    let dir = state();
    let data = filled(&dir);
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    let connection = Connection::open(ledger_of(&data)).unwrap();
    connection.pragma_update(None, "application_id", 7).unwrap();
    drop(connection);
    let server = start(&dir, data.path());
    until_read(&server, (SESSIONS - 1) * CALLS);
    server.stop();
    let told = doctor(&dir, data.path());
    assert!(told.contains("50 of its 2000 calls could not be rebuilt"), "{told}");
}

/// A ledger of a newer version is not touched.
#[test]
fn a_newer_ledger_is_left_alone() {
    let dir = state();
    let data = filled(&dir);
    Connection::open(ledger_of(&data)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(ledger_of(&data)).unwrap();
    let server = start(&dir, data.path());
    until_read(&server, SESSIONS * CALLS);
    let (status, detail) = ledger_status(&server);
    assert_eq!(status, "memory");
    assert!(detail.contains("schema 99") && detail.contains("newer version"), "{detail}");
    server.stop();
    assert_eq!((fs::read(ledger_of(&data)).unwrap(), set_aside(data.path())), (before, 0));
}

#[test]
fn a_second_server_is_told_who_writes() {
    let dir = state();
    let data = TempDir::new().unwrap();
    let first = start(&dir, data.path());
    let arguments = ["serve", "--port", "0", "--state-dir", dir.root().to_str().unwrap(), "--data-dir"];
    let home = TempDir::new().unwrap();
    let output = program(&home).args(arguments).arg(data.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains(&format!("in use by process {} since 20", first.child.id())), "{said}");
}

/// A folder on a file system of its own; none where this user may not make one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn of_kib(kib: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "none"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// The disk is full in the middle of a commit: said, nothing corrupt, and it goes on by itself.
#[test]
fn a_full_disk_is_said_and_waited_for() {
    // Room enough for ledger and log once the filler is gone, whenever the log is written back.
    let Some(disk) = SmallDisk::of_kib(5000) else {
        println!("left out: this user may not mount a small file system");
        return;
    };
    let dir = state();
    let data = disk.0.path();
    let filler = data.join("filler");
    fs::write(&filler, vec![0; 4500 * 1024]).unwrap();
    let server = start(&dir, data);
    server.wait_until("the failure", |server| ledger_status(server).0 == "failing");
    let (_, detail) = ledger_status(&server);
    assert!(detail.contains("the disk is full") && detail.contains("make room"), "{detail}");
    assert!(server.json("/api/sessions?limit=1")["total"].is_number(), "the page answers");
    assert!(total(&server) < (SESSIONS * CALLS) as u64);
    fs::remove_file(&filler).unwrap();
    until_read(&server, SESSIONS * CALLS);
    assert_eq!(ledger_status(&server), ("ok".to_owned(), String::new()));
    server.stop();
    let connection = Connection::open(data.join("ledger.sqlite")).unwrap();
    assert_eq!(factory_dashboard::store::sqlite::care::check(&connection).unwrap(), [""; 0]);
}

/// A folder that cannot be written: history lives in memory, and the page says so.
#[test]
fn a_read_only_folder_keeps_the_page_up() {
    let Some(disk) = SmallDisk::of_kib(8000) else {
        println!("left out: this user may not mount a small file system");
        return;
    };
    let dir = state();
    let data = disk.0.path();
    fs::create_dir_all(data.join("logs")).unwrap();
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(data).status().unwrap();
    assert!(remounted.success());
    let server = start(&dir, data);
    until_read(&server, SESSIONS * CALLS);
    let (status, detail) = ledger_status(&server);
    assert_eq!(status, "memory");
    assert!(detail.contains("read-only") && detail.contains("--data-dir"), "{detail}");
    // It can be written again: what is known moves into a ledger on the disk.
    let remounted = Command::new("mount").args(["-o", "remount,rw"]).arg(data).status().unwrap();
    assert!(remounted.success());
    server.wait_until("the ledger on the disk", |server| ledger_status(server).0 == "ok");
    until_read(&server, SESSIONS * CALLS);
    server.stop();
    let connection = Connection::open(data.join("ledger.sqlite")).unwrap();
    let calls: i64 = connection.query_row("select count(*) from calls", [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(calls).unwrap(), SESSIONS * CALLS);
}

/// A page goes bad while the server runs: it is found without anybody asking for it.
#[test]
fn damage_is_found_while_the_server_runs() {
    let dir = state();
    let data = filled(&dir);
    let server = start(&dir, data.path());
    until_read(&server, SESSIONS * CALLS);
    let length = fs::metadata(ledger_of(&data)).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(ledger_of(&data)).unwrap();
    for page in (8..length / 4096).step_by(3) {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0x5a; 4096]).unwrap();
    }
    server.wait_until("the damage", |server| ledger_status(server).0 == "rebuilt");
    until_read(&server, SESSIONS * CALLS);
    assert_eq!(set_aside(data.path()), 1);
    server.stop();
}
