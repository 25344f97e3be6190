//! One test for each bug that was found, so that it stays found.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use rusqlite::Connection;
use serde_json::json;

use crate::support::{NOW, StateDir, World, call, header, one_session, tokens};

const SCHEMA: &str =
    "create table session_nodes(session_key text primary key, current_session_id text, entry_json text,
    updated_at integer, status text, archived_at integer, label text, entry_valid integer not null default 1) strict;
    create table session_windows(session_id text primary key, session_key text, updated_at integer) strict;
    create table transcript_events(session_id text not null, seq integer not null, event_json text, created_at integer,
    event_zstd blob, event_utf8_bytes integer, primary key(session_id, seq)) strict;";

/// A database of agent `main` with one session `main` whose two transcripts hold a call each.
fn database(dir: &StateDir) -> Connection {
    let database = empty_database(dir);
    fill(&database);
    database
}

fn empty_database(dir: &StateDir) -> Connection {
    dir.write("agents/main/agent/.keep", "");
    Connection::open(dir.path("agents/main/agent/openclaw-agent.sqlite")).unwrap()
}

fn fill(database: &Connection) {
    database.execute_batch(SCHEMA).unwrap();
    let entry = json!({"sessionId": "s2", "updatedAt": NOW}).to_string();
    database
        .execute(
            "insert into session_nodes values('agent:main:main', 's2', ?1, ?2, 'done', null, null, 1)",
            (entry, NOW),
        )
        .unwrap();
    for (id, tokens) in [("s1", 10), ("s2", 5)] {
        database.execute("insert into session_windows values(?1, 'agent:main:main', ?2)", (id, NOW)).unwrap();
        let line = call(id, "11:00:01", [tokens, 1, 0, 0], None);
        database
            .execute("insert into transcript_events values(?1, 0, ?2, 0, null, null)", (id, line.trim_end()))
            .unwrap();
    }
}

#[tokio::test]
async fn a_database_whose_tables_are_in_its_log_alone_is_seen() {
    let dir = one_session(&[header("s1"), call("s1", "11:00:01", [10, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    let database = empty_database(&dir);
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0], "no tables yet");
    fill(&database);
    let size = || std::fs::metadata(dir.path("agents/main/agent/openclaw-agent.sqlite")).unwrap().len();
    assert_eq!(size(), 4096, "nothing was written back into the file");
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 2, 0, 0]);
}

/// 2026.9.6 deletes the row of a run that is over, gives its window to the job and dates it back.
#[tokio::test]
async fn a_run_that_is_given_to_its_job_takes_its_spend_along() {
    let dir = StateDir::new();
    let database = database(&dir);
    let (job, run) = ("agent:main:cron:j", "agent:main:cron:j:run:r");
    for (key, id) in [(job, "s3"), (run, "s4")] {
        let entry = json!({"sessionId": id, "updatedAt": NOW}).to_string();
        let put = "insert into session_nodes values(?1, ?2, ?3, ?4, 'done', null, null, 1)";
        database.execute(put, (key, id, entry, NOW)).unwrap();
        database.execute("insert into session_windows values(?1, ?2, ?3)", (id, key, NOW)).unwrap();
        let line = call(id, "11:00:02", [100, 1, 0, 0], None);
        database
            .execute("insert into transcript_events values(?1, 0, ?2, 0, null, null)", (id, line.trim_end()))
            .unwrap();
    }
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session(job).await), [100, 1, 0, 0]);
    database.execute("delete from session_nodes where session_key = ?1", [run]).unwrap();
    world.read();
    database
        .execute("update session_windows set session_key = ?1, updated_at = ?2 where session_id = 's4'", (job, NOW - 9))
        .unwrap();
    assert_eq!(tokens(&world.read().session(job).await), [200, 2, 0, 0]);
}

#[tokio::test]
async fn a_session_that_comes_back_from_the_archive_is_listed_with_all_its_spend() {
    let dir = StateDir::new();
    let database = database(&dir);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 2, 0, 0]);
    let put = |archived: Option<i64>, updated: i64| {
        database.execute("update session_nodes set archived_at = ?1, updated_at = ?2", (archived, updated)).unwrap();
    };
    put(Some(NOW), NOW + 1);
    assert_eq!(world.read().get("/api/sessions").await["total"], json!(0));
    put(None, NOW + 2);
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 2, 0, 0]);
}

/// OpenClaw's retention puts sessions aside without touching `updated_at`.
#[tokio::test]
async fn a_row_that_changes_under_the_same_time_is_noticed() {
    let dir = StateDir::new();
    let database = database(&dir);
    let mut world = World::of(dir.root());
    assert_eq!(world.read().session("agent:main:main").await["label"], json!(null));
    let put = |change: &str| database.execute(&format!("update session_nodes set {change}"), ()).unwrap();
    put("label = 'renamed'");
    assert_eq!(world.read().session("agent:main:main").await["label"], json!("renamed"));
    put("status = 'failed'");
    assert_eq!(world.read().session("agent:main:main").await["runState"], json!("failed"));
    put("archived_at = 1");
    assert_eq!(world.read().get("/api/sessions").await["total"], json!(0));
}

/// `sessions.delete` with `deleteTranscript: false` on 2026.9.6 leaves the row, empty and under the same time.
#[tokio::test]
async fn a_deleted_session_whose_transcript_was_kept_is_listed_no_more() {
    let dir = StateDir::new();
    let database = database(&dir);
    let mut world = World::of(dir.root());
    let before = world.read().session("agent:main:main").await;
    database.execute("update session_nodes set entry_json = '{}', entry_valid = -1", ()).unwrap();
    let answer = world.read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["coverage"]["callsRead"]), (&json!(0), &json!(2)), "its calls still count");
    assert_eq!(World::of(dir.root()).read().get("/api/sessions").await["total"], json!(0));
    let entry = json!({"sessionId": "s2", "updatedAt": NOW}).to_string();
    database.execute("update session_nodes set entry_json = ?1, entry_valid = 1", [entry]).unwrap();
    assert_eq!(
        tokens(&world.read().session("agent:main:main").await),
        tokens(&before),
        "it is back with all its spend"
    );
}

/// OpenClaw keeps a second record for the turn that a subagent takes: its prompt is no title.
#[tokio::test]
async fn a_subagent_stands_in_the_queue_once_and_by_its_label() {
    let key = "agent:main:subagent:1";
    let dir = StateDir::new();
    let row = json!({"sessionId": "s1", "updatedAt": NOW, "startedAt": NOW, "status": "running", "label": "read papers", "spawnedBy": "agent:main:main"});
    dir.index(&[(key, row)]).write("tasks/.keep", "");
    let database = Connection::open(dir.path("tasks/runs.sqlite")).unwrap();
    database
        .execute_batch(
            "create table task_runs(task_id text primary key, runtime text, requester_session_key text, owner_key text,
            child_session_key text, agent_id text, label text, task text, status text, created_at integer, started_at integer);",
        )
        .unwrap();
    let put = |id: &str, runtime: &str, asked_by: &str, label: Option<&str>, at: i64| {
        database
            .execute(
                "insert into task_runs values(?1, ?2, ?3, ?3, ?4, 'main', ?5, '[Subagent Context] go', 'running', ?6, ?6)",
                (id, runtime, asked_by, key, label, at),
            )
            .unwrap();
    };
    let mut world = World::of(dir.root());
    put("turn", "cli", key, None, NOW);
    let queue = world.read().get("/api/sessions").await["taskQueue"].clone();
    assert_eq!((queue.as_array().unwrap().len(), &queue[0]["title"]), (1, &json!("read papers")), "only the turn");
    put("run", "subagent", "agent:main:main", Some("read papers"), NOW - 1);
    let queue = world.read().get("/api/sessions").await["taskQueue"].clone();
    assert_eq!((queue.as_array().unwrap().len(), &queue[0]["title"]), (1, &json!("read papers")));
    assert_eq!(queue[0]["parentKey"], json!("agent:main:main"));
}

#[tokio::test]
async fn a_migration_replaces_the_rows_of_the_old_index() {
    let dir = one_session(&[header("s1"), call("s1", "11:00:01", [10, 1, 0, 0], None)]);
    dir.index(&[
        ("main", json!({"sessionId": "s1", "updatedAt": NOW})),
        ("gone", json!({"sessionId": "g", "updatedAt": NOW})),
    ]);
    let mut world = World::of(dir.root());
    assert_eq!(world.read().get("/api/sessions").await["total"], json!(2));
    let _database = database(&dir);
    let answer = world.read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["coverage"]["sessionsKnown"]), (&json!(1), &json!(1)));
    assert_eq!(tokens(&answer["sessions"][0]), [15, 2, 0, 0], "the call that both hold counts once");
}

#[tokio::test]
async fn a_file_that_stays_unreadable_keeps_the_source_degraded() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    dir.write("agents/main/sessions/z.jsonl.deleted.2026-11-24T10-00-00.000Z.0a.zst", "no archive");
    let mut world = World::of(dir.root());
    for _ in 0..3 {
        assert_eq!(world.read().get("/api/health").await["status"], "degraded");
    }
    dir.write("agents/ops/agent/openclaw-agent.sqlite", "no database");
    let mut world = World::of(dir.root());
    std::fs::remove_file(dir.path("agents/main/sessions/z.jsonl.deleted.2026-11-24T10-00-00.000Z.0a.zst")).unwrap();
    for _ in 0..3 {
        assert_eq!(world.read().get("/api/health").await["status"], "degraded");
    }
}

#[tokio::test]
async fn a_state_directory_that_goes_away_leaves_what_was_known() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    let root = dir.path("openclaw");
    std::fs::create_dir(&root).unwrap();
    std::fs::rename(dir.path("agents"), root.join("agents")).unwrap();
    let mut world = World::of(&root);
    assert_eq!(world.read().get("/api/sessions").await["total"], json!(1));
    std::fs::rename(&root, dir.path("elsewhere")).unwrap();
    world.clock.set(NOW + 60_000);
    let answer = world.read().get("/api/sessions").await;
    assert_eq!(tokens(&answer["sessions"][0]), [10, 1, 0, 0]);
    assert_eq!(answer["coverage"]["asOf"], "2026-11-24T12:00:00.000Z", "as of the last reading");
    assert_eq!(world.get("/api/sources").await["sources"][0]["status"], "down");
}

#[tokio::test]
async fn a_session_without_a_time_was_never_updated() {
    let dir = StateDir::new();
    dir.index(&[("subagent:x", json!({"sessionId": "s1"}))]).write(
        "subagents/runs.json",
        json!({"version": 2, "runs": {"r": {"runId": "r", "childSessionKey": "agent:main:subagent:x",
            "createdAt": NOW, "startedAt": NOW}}})
        .to_string(),
    );
    let answer = World::of(dir.root()).read().get("/api/sessions").await;
    assert_eq!(answer["sessions"][0]["ageFormatted"], "never");
    assert_eq!(answer["taskQueue"][0]["ageFormatted"], "never");
}

#[tokio::test]
async fn the_etag_stays_while_nothing_changes_and_differs_after_a_restart() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    let first = etag(&mut world).await;
    world.clock.set(NOW + 20_000);
    assert_eq!(etag(&mut world).await, first, "the source only said that it still reads");
    let more = [header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None), call("b", "11:00:02", [1, 0, 0, 0], None)];
    dir.transcript("s1.jsonl", &more);
    assert_ne!(etag(&mut world).await, first);
    let mut later = World::starting_at(dir.root(), NOW + 21_000);
    assert_ne!(etag(&mut later).await, first);
}

async fn etag(world: &mut World) -> String {
    let server = world.read().server();
    let response = server.send(Request::get("/api/sessions").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.headers()["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_clock_that_runs_ahead_is_said() {
    let dir = StateDir::new();
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW + 3_600_000}))]);
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!(row["ageMs"], json!(0));
    assert_eq!(row["statusReason"], "dated in the future: the clocks do not agree");
}
