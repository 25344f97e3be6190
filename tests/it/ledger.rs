//! The ledger: one row for each call, whatever happens to the bytes it came from.

mod sums;

use std::fs;

use factory_dashboard::domain::event::{Event, Positions};
use factory_dashboard::domain::usage::ModelCall;
use factory_dashboard::domain::{InstallationId, SessionKey};
use factory_dashboard::source::files::FilesReader;
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::ledger::{pipeline_in, rows_in, sums_are_right};
use crate::support::{NOW, StateDir, World, call, fixture, header, one_session, tokens};
use sums::{FROM, model_call, transcript};

/// A reader over a ledger in a folder, as after a start of the program.
fn start(dir: &StateDir, data: &TempDir) -> World {
    let mut pipeline = pipeline_in(data.path(), NOW);
    let id = InstallationId::from("test");
    let positions = pipeline.ledger().positions(&id).unwrap();
    World { reader: FilesReader::new(id, dir.root().to_owned(), positions), pipeline, ..World::of(dir.root()) }
}

fn calls_in(data: &TempDir) -> i64 {
    let connection = Connection::open(data.path().join("ledger.sqlite")).unwrap();
    connection.query_row("select count(*) from calls", [], |row| row.get(0)).unwrap()
}

fn data() -> TempDir {
    TempDir::new().unwrap()
}

/// The rows of a ledger that read a state directory as it lies there.
fn read_anew(dir: &StateDir) -> Vec<String> {
    let data = data();
    start(dir, &data).read();
    rows_in(data.path())
}

#[test]
fn what_openclaw_deletes_stays() {
    let (dir, data) = (one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], Some(0.5))]), data());
    let mut world = start(&dir, &data);
    world.read();
    let before = rows_in(data.path());
    assert_eq!(calls_in(&data), 1);
    dir.index(&[]);
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    world.read();
    drop(world);
    start(&dir, &data).read();
    fs::rename(dir.path("agents"), dir.path("gone")).unwrap();
    start(&dir, &data).read();
    assert_eq!(rows_in(data.path()), before);
}

fn owners_in(data: &TempDir) -> Vec<(String, Option<String>)> {
    let connection = Connection::open(data.path().join("ledger.sqlite")).unwrap();
    let query =
        "select distinct t.session_id, t.session_key from calls c join transcripts t on t.id = c.transcript order by 1";
    let mut statement = connection.prepare(query).unwrap();
    let owners = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    owners.collect::<Result<_, _>>().unwrap()
}

fn named(pairs: [(&str, Option<&str>); 3]) -> Vec<(String, Option<String>)> {
    pairs.map(|(id, key)| (id.to_owned(), key.map(str::to_owned))).to_vec()
}

/// The key of a deleted session, from what OpenClaw leaves: a trajectory (2026.5.28) or the table of archives (2026.9.6).
#[tokio::test]
async fn a_ledger_made_after_a_deletion_knows_whose_spend_it_was() {
    let main = "agent:main:main";
    let (dir, data) = (one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], None)]), data());
    let deleted = |id: &str| format!("{id}.jsonl.deleted.2026-11-24T11-30-00.000Z");
    dir.transcript(&deleted("old"), &[header("old"), call("b", "10:00:01", [20, 1, 0, 0], None)]);
    dir.transcript(&deleted("who"), &[header("who"), call("c", "10:00:02", [40, 1, 0, 0], None)]);
    let line = json!({"traceSchema": "openclaw-trajectory", "sessionKey": main}).to_string() + "\n";
    dir.write("agents/main/sessions/old.trajectory.jsonl", line);
    let mut world = start(&dir, &data);
    assert_eq!(tokens(&world.read().session(main).await), [10, 1, 2, 3], "a deleted one is no part of its successor");
    assert_eq!(owners_in(&data), named([("old", Some(main)), ("s1", Some(main)), ("who", None)]));
    let mut world = start(&dir, &data);
    assert_eq!(tokens(&world.read().session(main).await), [10, 1, 2, 3], "nor after a restart");
}

#[tokio::test]
async fn archives_in_a_database_say_whose_they_were() {
    let (dir, data) = (StateDir::new(), data());
    let key = |name: &str| format!("agent:main:{name}");
    dir.write("agents/main/agent/.keep", "");
    let database = Connection::open(dir.path("agents/main/agent/openclaw-agent.sqlite")).unwrap();
    database
        .execute_batch(
            "create table session_nodes (session_key text primary key, current_session_id text, entry_json text, updated_at integer);
             create table session_windows (session_id text primary key, session_key text, updated_at integer);
             create table transcript_events (session_id text, seq integer, event_json text, created_at integer,
               primary key(session_id, seq));
             create table session_transcript_archives (session_id text, session_key text, reason text, archive_name text unique,
               archive_blob blob);",
        )
        .unwrap();
    let entry = json!({"sessionId": "now", "updatedAt": NOW}).to_string();
    database.execute("insert into session_nodes values(?1, 'now', ?2, ?3)", (key("main"), entry, NOW)).unwrap();
    database.execute("insert into session_windows values('now', ?1, ?2)", (key("main"), NOW)).unwrap();
    let archived =
        [("reset", "main", "reset", 10), ("deleted", "main", "deleted", 20), ("gone", "subagent:x", "deleted", 40)];
    for (id, name, reason, tokens) in archived {
        let lines = header(id) + &call(id, "10:00:01", [tokens, 1, 0, 0], None);
        database
            .execute(
                "insert into session_transcript_archives values(?1, ?2, ?3, ?1 || '.jsonl', ?4)",
                (id, key(name), reason, lines.as_bytes()),
            )
            .unwrap();
    }
    let mut world = start(&dir, &data);
    assert_eq!(
        tokens(&world.read().session("agent:main:main").await),
        [10, 1, 0, 0],
        "what was reset, not what was deleted"
    );
    let (main, gone) = (key("main"), key("subagent:x"));
    let expected = [("deleted", Some(main.as_str())), ("gone", Some(gone.as_str())), ("reset", Some(main.as_str()))];
    assert_eq!(owners_in(&data), named(expected));
    sums_are_right(&Connection::open(data.path().join("ledger.sqlite")).unwrap());
}

#[tokio::test]
async fn a_start_knows_everything_before_a_source_speaks() {
    let (dir, data) = (StateDir::new(), data());
    dir.index(&[
        ("main", json!({"sessionId": "s1", "updatedAt": NOW - 5_000, "label": "회의록"})),
        ("subagent:x", json!({"sessionId": "s2", "updatedAt": NOW - 9_000, "spawnedBy": "agent:main:main"})),
    ])
    .transcript("s1.jsonl", &[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], Some(0.5))])
    .transcript("s2.jsonl", &[header("s2"), call("b", "11:10:01", [7, 1, 0, 0], None)])
    .transcript(
        "s0.jsonl.deleted.2026-11-20T14-39-44.935Z",
        &[header("s0"), call("c", "09:00:01", [9, 0, 0, 0], None)],
    );
    let mut world = start(&dir, &data);
    let first = world.read().get("/api/sessions").await;
    drop(world);
    let second = start(&dir, &data).get("/api/sessions").await;
    for part in ["sessions", "stats", "tokenStats", "taskQueue", "total"] {
        assert_eq!(first[part], second[part], "{part}");
    }
    assert_eq!(second["coverage"]["callsRead"], 3);
}

#[test]
fn a_second_start_reads_nothing_twice() {
    let (dir, data) = (one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], None)]), data());
    start(&dir, &data).read();
    // The bytes change and the size and times do not: only a reading from the start would see it.
    let path = dir.path("agents/main/sessions/s1.jsonl");
    let times = fs::metadata(&path).unwrap().modified().unwrap();
    let text = fs::read_to_string(&path).unwrap().replace("\"input\":10", "\"input\":99");
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    file.set_modified(times).unwrap();
    start(&dir, &data).read();
    let rows = rows_in(data.path());
    assert!(rows.iter().all(|row| !row.contains("Integer(99)")), "{rows:#?}");
    // And what is appended is read from where the first start stopped.
    std::io::Write::write_all(&mut file, call("b", "11:00:02", [5, 1, 0, 0], None).as_bytes()).unwrap();
    start(&dir, &data).read();
    assert_eq!(calls_in(&data), 2);
}

#[test]
fn a_file_renamed_between_two_starts_is_the_same_transcript() {
    let (dir, data) = (one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 2, 3], None)]), data());
    start(&dir, &data).read();
    let folder = dir.path("agents/main/sessions");
    fs::rename(folder.join("s1.jsonl"), folder.join("s1.jsonl.reset.2026-11-24T11-30-00.000Z")).unwrap();
    let mut world = start(&dir, &data);
    world.read();
    drop(world);
    assert_eq!(calls_in(&data), 1);
    let connection = Connection::open(data.path().join("ledger.sqlite")).unwrap();
    let copies: i64 = connection.query_row("select sum(copies) from transcripts", [], |row| row.get(0)).unwrap();
    assert_eq!(copies, 0, "it was read again");
}

#[test]
fn a_forked_session_does_not_count_its_parents_calls() {
    let shared = call("a", "11:00:01", [10, 1, 2, 3], Some(0.5));
    let early = header("s9").replace("11:00:00.000", "10:00:00.000");
    for (first, second) in [("b.jsonl", "a.jsonl"), ("a.jsonl", "b.jsonl")] {
        let dir = StateDir::new();
        // The parent began at ten, the fork at eleven; which file is read first does not matter.
        dir.transcript(first, &[early.clone(), shared.clone()])
            .transcript(second, &[header("s1"), shared.clone(), call("n", "11:30:00", [4, 4, 0, 0], None)]);
        let rows = read_anew(&dir);
        let of = |id: &str| rows.iter().filter(|row| row.starts_with("Integer") && row.contains(id)).count();
        assert_eq!((of("\"s9\""), of("\"s1\"")), (1, 1), "{rows:#?}");
    }
}

#[test]
fn recordings_of_three_versions_have_right_sums() {
    let data = data();
    for version in ["2026.3.13", "2026.5.28", "2026.9.6"] {
        let mut pipeline = pipeline_in(data.path(), NOW);
        let mut reader = FilesReader::new(InstallationId::from(version), fixture(version), Positions::new());
        let mut sink = |mut events| {
            pipeline.take_in(&mut events, NOW).unwrap();
            Ok(())
        };
        reader.refresh(&factory_dashboard::clock::ManualClock::at(NOW), &mut sink).unwrap();
    }
    assert!(calls_in(&data) > 60);
    sums_are_right(&Connection::open(data.path().join("ledger.sqlite")).unwrap());
}

fn whole() -> String {
    let mut lines = vec![header("s1")];
    for i in 0..12_u64 {
        let cost = (i % 3 == 0).then_some(0.25);
        lines.push(call(
            &format!("c{i}"),
            &format!("{:02}:{:02}:01", 2 * i, i),
            [10 + i, i, 250_000 * (i % 2), 0],
            cost,
        ));
        if i % 4 == 0 {
            // The same call again, grown: streamed first, then final.
            lines.push(call(&format!("c{i}"), &format!("{:02}:{:02}:01", 2 * i, i), [10 + i, i + 5, 0, 0], cost));
        }
    }
    lines.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_into_appends_and_any_restart_gives_the_same(cuts in prop::collection::vec((0_usize..5000, any::<bool>()), 0..6)) {
        let text = whole().into_bytes();
        let reference = read_anew(&one_session(&[String::from_utf8(text.clone()).unwrap()]));
        let (dir, data) = (one_session(&[]), data());
        let mut world = start(&dir, &data);
        let mut cuts: Vec<(usize, bool)> = cuts.into_iter().map(|(at, again)| (at.min(text.len()), again)).collect();
        cuts.push((text.len(), false));
        cuts.sort_unstable();
        for (cut, again) in cuts {
            dir.write("agents/main/sessions/s1.jsonl", &text[..cut]);
            world.read();
            if again {
                drop(world);
                world = start(&dir, &data);
            }
        }
        drop(world);
        prop_assert_eq!(rows_in(data.path()), reference);
    }

    #[test]
    fn any_order_of_sources_gives_the_same(order in Just((0..EVENTS).collect::<Vec<usize>>()).prop_shuffle()) {
        let told = |order: &[usize]| {
            let data = data();
            let mut pipeline = pipeline_in(data.path(), NOW);
            for place in order {
                pipeline.take_in(&mut vec![observed()[*place].clone()], NOW).unwrap();
            }
            drop(pipeline);
            sums_are_right(&Connection::open(data.path().join("ledger.sqlite")).unwrap());
            rows_in(data.path())
        };
        prop_assert_eq!(told(&order), told(&(0..EVENTS).collect::<Vec<_>>()));
    }
}

const EVENTS: usize = 9;

/// The same calls from several places: a live file, a copy cut short, a fork, an archive; and whose they are.
fn observed() -> Vec<Event> {
    let read = |agent: &str, id: &str, began_at: i64, calls: Vec<ModelCall>| Event::CallsRead {
        transcript: transcript(agent, id),
        archived: id == "old",
        began_at: Some(began_at),
        calls,
        tail: None,
    };
    let own = |id: &str, key: &str| Event::TranscriptOwned {
        transcript: transcript("a", id),
        key: SessionKey::from(key),
        deleted: false,
    };
    vec![
        read("a", "s1", 10, vec![model_call(1, FROM + 5, 7), model_call(2, FROM + 900_005, 7)]),
        read("a", "s1", 10, vec![model_call(1, FROM + 5, 3)]),
        read(
            "a",
            "fork",
            20,
            vec![model_call(1, FROM + 5, 7), model_call(2, FROM + 900_005, 9), model_call(3, FROM, 1)],
        ),
        read("b", "copy", 10, vec![model_call(1, FROM + 5, 7)]),
        read("a", "old", 5, vec![model_call(3, FROM, 1), model_call(4, FROM + 86_400_000, 1)]),
        own("s1", "agent:a:main"),
        own("fork", "agent:a:subagent:x"),
        own("old", "agent:a:cron:j"),
        read("a", "s1", 10, vec![]),
    ]
}
