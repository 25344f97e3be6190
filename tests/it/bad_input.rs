//! Bad input: a clear word, and nothing lost.

use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::{Value, json};

use crate::support::{NOW, StateDir, World, assistant, call, header, one_session, tokens, user};

/// Between two good calls stands this line: both calls count, and the reason is named.
async fn check(line: &[u8], reason: &str) {
    let mut bytes = header("s1").into_bytes();
    bytes.extend_from_slice(call("a", "11:00:01", [10, 1, 0, 0], None).as_bytes());
    bytes.extend_from_slice(line);
    bytes.push(b'\n');
    bytes.extend_from_slice(call("b", "11:00:02", [5, 2, 0, 0], None).as_bytes());
    let dir = one_session(&[]);
    dir.write("agents/main/sessions/s1.jsonl", &bytes);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 3, 0, 0], "{reason}");
    let skipped = world.skipped().await;
    if reason.is_empty() {
        assert_eq!(skipped, []);
    } else {
        assert_eq!(skipped, [("agents/main/sessions/s1.jsonl".to_owned(), reason.to_owned(), 1)]);
    }
}

#[tokio::test]
async fn lines_that_are_not_understood_are_counted_with_their_reason() {
    check(b"{\"type\":\"message\",", "line is not JSON").await;
    check(b"hello", "line is not JSON").await;
    check(b"[1,2]", "line is not JSON").await;
    check(br#"{"type":"message","id":"u","message":{"role":"user","content":"cut"#, "line is not JSON").await;
    check(&vec![b'['; 100_000], "line is not JSON").await;
    check(
        br#"{"type":"message","id":"x","message":{"role":"assistant","usage":"none"}}"#,
        "record has another shape than OpenClaw writes",
    )
    .await;
}

/// Whoever cuts a provider's words may cut a character in two.
#[tokio::test]
async fn half_a_character_in_an_error_costs_no_tokens() {
    let line = r#"{"type":"message","id":"h","timestamp":"2026-11-24T11:00:01.000Z","message":{"role":"assistant",
        "provider":"anthropic","model":"claude-opus-4-5","stopReason":"error","errorMessage":"overloaded \ud83d",
        "usage":{"input":70,"output":3,"cacheRead":2,"cacheWrite":1}}}"#;
    let dir = one_session(&[header("s1"), format!("{}\n", line.replace('\n', ""))]);
    let mut world = World::of(dir.root());
    let row = world.read().session("agent:main:main").await;
    assert_eq!((tokens(&row), &row["lastError"]), ([70, 3, 2, 1], &json!("overloaded \u{fffd}")));
}

#[tokio::test]
async fn what_is_merely_unknown_is_no_mistake() {
    check(b"", "").await;
    check(br#"{"type":"hologram","id":1,"data":[{}]}"#, "").await;
    check(br#"{"type":7}"#, "").await;
    check(br#"{"type":"custom","customType":"openclaw:prompt-error","data":"odd"}"#, "").await;
    check(br#"{"type":"custom_message","customType":"run-failed-before-reply","details":7}"#, "").await;
    check("{\"type\":\"message\",\"message\":{\"role\":\"user\",\"content\":\"\u{202e}<b>\"}}".as_bytes(), "").await;
}

#[tokio::test]
async fn odd_figures_cost_only_themselves() {
    for (usage, sums, reason) in [
        (json!({"input": -5, "output": 2}), [0, 2, 0, 0], "token count is negative, taken as 0"),
        (json!({"input": 1.5, "output": 2}), [1, 2, 0, 0], "token count is not a whole number, rounded down"),
        (json!({"input": 1e18, "output": 2}), [0, 2, 0, 0], "token count is beyond a billion, taken as 0"),
        (json!({"input": "9", "output": 2}), [0, 2, 0, 0], "token count is not a number, taken as 0"),
        (json!({"output": 2, "cost": {"total": -1}}), [0, 2, 0, 0], "recorded cost makes no sense, taken as unknown"),
    ] {
        let dir = one_session(&[header("s1"), assistant("a", "11:00:01", usage, "stop")]);
        let mut world = World::of(dir.root());
        assert_eq!(tokens(&world.read().session("agent:main:main").await), sums, "{reason}");
        assert_eq!(world.skipped().await[0].1, reason);
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf8_lose_no_call() {
    let mut bytes = header("s1").into_bytes();
    let line = assistant("a", "11:00:01", json!({"input": 3, "output": 1}), "error")
        .replace("\"stopReason\"", "\"errorMessage\":\"??\",\"stopReason\"");
    bytes.extend(line.into_bytes().into_iter().map(|byte| if byte == b'?' { 0xff } else { byte }));
    let dir = one_session(&[]);
    dir.write("agents/main/sessions/s1.jsonl", &bytes);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [3, 1, 0, 0]);
    assert_eq!(world.skipped().await[0].1, "line is not UTF-8: odd characters were replaced");
}

#[tokio::test]
async fn very_long_lines_are_read_as_they_stream_by() {
    let long = "x".repeat(9 << 20);
    let talk = user("11:00:01").replace("hello", &long);
    let answer = assistant("a", "11:00:02", json!({"input": 3, "output": 1}), "stop").replace("\\\"usage\\\"", &long);
    let dir = one_session(&[header("s1"), talk, answer, call("b", "11:00:03", [1, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [4, 2, 0, 0]);
    assert_eq!(world.skipped().await, []);
}

#[tokio::test]
async fn a_half_written_line_waits_for_its_end() {
    let whole = call("b", "11:00:02", [5, 2, 0, 0], None);
    let (first, rest) = whole.split_at(whole.len() / 2);
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None), first.to_owned()]);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0]);
    assert_eq!(world.skipped().await[0].1, "last line is half written, will be read when it is whole");
    let path = dir.path("agents/main/sessions/s1.jsonl");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before + rest).unwrap();
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 3, 0, 0]);
    assert_eq!(world.skipped().await, []);
}

#[tokio::test]
async fn a_last_record_without_a_line_break_counts() {
    let last = call("b", "11:00:02", [5, 2, 0, 0], None);
    let dir = one_session(&[header("s1"), last.trim_end().to_owned()]);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [5, 2, 0, 0]);
    assert_eq!(world.skipped().await, []);
}

#[tokio::test]
async fn the_same_record_twice_is_one_call_and_a_corrected_one_replaces_it() {
    let dir = one_session(&[
        header("s1"),
        call("a", "11:00:01", [10, 1, 0, 0], None),
        call("a", "11:00:01", [10, 1, 0, 0], None),
        call("b", "11:00:02", [5, 2, 0, 0], None),
        call("b", "11:00:02", [5, 9, 0, 0], None),
    ]);
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!((tokens(&row), &row["calls"]), ([15, 10, 0, 0], &json!(2)));
}

#[tokio::test]
async fn files_that_shrink_or_are_replaced_are_read_anew_and_nothing_is_lost() {
    let dir = one_session(&[
        header("s1"),
        call("a", "11:00:01", [10, 1, 0, 0], None),
        call("b", "11:00:02", [5, 2, 0, 0], None),
    ]);
    let mut world = World::of(dir.root());
    world.read();
    dir.transcript("s1.jsonl", &[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 3, 0, 0], "what was spent stays spent");
    dir.transcript(
        "new",
        &[
            header("s1"),
            call("c", "11:00:03", [100, 100, 0, 0], None),
            user("11:00:04"),
            user("11:00:05"),
            user("11:00:06"),
        ],
    );
    std::fs::rename(dir.path("agents/main/sessions/new"), dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [115, 103, 0, 0]);
    std::fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [115, 103, 0, 0]);
}

#[tokio::test]
async fn labels_are_data() {
    let label = format!("<script>alert(1)</script>\u{202e}{}", "한".repeat(10_000));
    let dir = StateDir::new();
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW, "label": label}))]);
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    let shown = row["label"].as_str().unwrap();
    assert!(shown.starts_with("<script>alert(1)</script>\u{202e}한"), "nothing is taken out: the page escapes");
    assert_eq!(shown.chars().count(), 1001, "but it is cut");
}

#[tokio::test]
async fn a_clock_ahead_gives_age_zero() {
    let dir = StateDir::new();
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW + 86_400_000}))]);
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!((&row["ageMs"], &row["ageFormatted"], &row["status"]), (&json!(0), &json!("0s ago"), &json!("active")));
}

#[tokio::test]
async fn a_broken_index_keeps_the_rows_known_before() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    world.read();
    dir.write("agents/main/sessions/sessions.json", "{\"agent:main:main\": {\"sessionId\": ");
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0]);
    assert_eq!(world.skipped().await[0].0, "agents/main/sessions/sessions.json");
    assert_eq!(world.get("/api/health").await["status"], "degraded");
    assert_eq!(world.server().get_any("/api/health?strict=1").await.0, 503);
}

#[tokio::test]
async fn unreadable_files_are_named() {
    let dir = one_session(&[header("s1")]);
    dir.transcript("s2.jsonl", &[header("s2")]);
    let path = dir.path("agents/main/sessions/s2.jsonl");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("left out: this user (root) may read every file");
        return;
    }
    let mut world = World::of(dir.root());
    world.read();
    assert!(world.skipped().await[0].1.contains("permissions"));
}

#[tokio::test]
async fn links_that_lead_in_a_circle_are_not_followed() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    symlink(dir.path("agents"), dir.path("agents/loop")).unwrap();
    symlink(dir.path("agents/main"), dir.path("agents/twin")).unwrap();
    symlink(dir.path("agents/main/sessions/self.jsonl"), dir.path("agents/main/sessions/self.jsonl")).unwrap();
    let answer = World::of(dir.root()).read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["coverage"]["callsRead"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_damaged_archive_gives_what_came_before_the_damage() {
    let lines: String = (0..2000).map(|n| call(&format!("c{n}"), "11:00:01", [1, 0, 0, 0], None)).collect();
    let packed = zstd::encode_all(lines.as_bytes(), 3).unwrap();
    let dir = one_session(&[header("s1")]);
    dir.write("agents/main/sessions/d.jsonl.deleted.2026-11-24T10-00-00.000Z.00.zst", &packed[..packed.len() - 10]);
    dir.write("agents/main/sessions/e.jsonl.deleted.2026-11-24T10-00-00.000Z.00.zst", "not packed");
    let mut world = World::of(dir.root());
    world.read();
    let reasons: Vec<String> = world.skipped().await.into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(reasons, ["file is damaged: what came before the damage counts"; 2]);
}

fn database(dir: &StateDir, sql: &str) {
    let path = dir.path("agents/main/agent/openclaw-agent.sqlite");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_database_without_session_tables_is_the_older_layout() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    database(&dir, "create table memory(x)");
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0]);
    assert_eq!(world.get("/api/sources").await["sources"][0]["agents"][0]["layout"], "jsonl");
}

/// The tables as 2026.8.1 has them: no packed rows, no status.
const OLDER: &str = "create table session_nodes(session_key text primary key, current_session_id text, entry_json text, updated_at integer);
    create table session_windows(session_id text primary key, session_key text, updated_at integer);
    create table transcript_events(session_id text, seq integer, event_json text, created_at integer, primary key(session_id, seq));";

fn insert(seq: u32, row: &str) -> String {
    format!("insert into transcript_events values('s1', {seq}, '{}', 0);", row.trim().replace('\'', "''"))
}

#[tokio::test]
async fn an_older_schema_is_read_by_the_columns_that_it_has() {
    let dir = StateDir::new();
    let entry = json!({"sessionId": "s1", "updatedAt": NOW, "label": "older"});
    database(
        &dir,
        &format!(
            "{OLDER} insert into session_nodes values('agent:main:main', 's1', '{entry}', {NOW}); insert into session_windows values('s1', 'agent:main:main', 1); {}",
            insert(0, &call("a", "11:00:01", [10, 1, 0, 0], None))
        ),
    );
    let mut world = World::of(dir.root());
    let row = world.read().session("agent:main:main").await;
    assert_eq!((tokens(&row), &row["label"]), ([10, 1, 0, 0], &json!("older")));
    database(&dir, &insert(1, &call("b", "11:00:02", [5, 1, 0, 0], None)));
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [15, 2, 0, 0], "and followed");
}

#[tokio::test]
async fn rows_that_were_deleted_and_row_ids_used_again_hide_no_call() {
    let dir = StateDir::new();
    database(
        &dir,
        &format!(
            "{OLDER} insert into session_nodes values('agent:main:main', 's1', '{{}}', {NOW}); insert into session_windows values('s1', 'agent:main:main', 1); {}",
            insert(0, &call("a", "11:00:01", [10, 1, 0, 0], None))
        ),
    );
    let mut world = World::of(dir.root());
    world.read();
    // The row goes with its session, and another session's row takes its number.
    let other = insert(0, &call("b", "11:00:02", [5, 1, 0, 0], None)).replace("'s1'", "'s2'");
    database(
        &dir,
        &format!(
            "delete from transcript_events; insert into session_nodes values('agent:main:x', 's2', '{{}}', {NOW}); insert into session_windows values('s2', 'agent:main:x', 2); {other}"
        ),
    );
    assert_eq!(tokens(&world.read().session("agent:main:x").await), [5, 1, 0, 0]);
    assert_eq!(tokens(&world.session("agent:main:main").await), [10, 1, 0, 0]);
}

#[tokio::test]
async fn a_newer_schema_that_lacks_what_is_needed_is_named() {
    let dir = one_session(&[]);
    database(&dir, "create table session_nodes(key_of_the_future text)");
    let mut world = World::of(dir.root());
    world.read();
    let (file, reason, _) = world.skipped().await[0].clone();
    assert_eq!(
        (file.as_str(), reason.as_str()),
        ("agents/main/agent/openclaw-agent.sqlite (database)", "database has a schema that is not understood")
    );
}

#[tokio::test]
async fn a_corrupt_database_is_named_and_the_rest_goes_on() {
    let dir = StateDir::new();
    dir.write("agents/bad/agent/openclaw-agent.sqlite", [b"SQLite format 3\0".as_slice(), &[7; 5000]].concat());
    dir.write(
        "agents/worse/agent/openclaw-agent.sqlite",
        "no database at all, but long enough to have a header of one hundred bytes or more, which it is not",
    );
    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW}))]);
    let mut world = World::of(dir.root());
    assert_eq!(world.read().get("/api/sessions").await["total"], 1);
    let names: Vec<String> = world.skipped().await.into_iter().map(|(file, ..)| file).collect();
    assert!(
        names.iter().any(|name| name.starts_with("agents/bad/"))
            && names.iter().any(|name| name.starts_with("agents/worse/")),
        "{names:?}"
    );
    assert_eq!(world.get("/api/health").await["status"], "degraded");
}

#[tokio::test]
async fn a_locked_database_is_read_later() {
    let dir = StateDir::new();
    database(&dir, &format!("{OLDER} insert into session_nodes values('agent:main:main', 's1', '{{}}', {NOW});"));
    let path = dir.path("agents/main/agent/openclaw-agent.sqlite");
    let holder = rusqlite::Connection::open(&path).unwrap();
    // A rollback journal beside the file shows that somebody writes.
    holder
        .execute_batch(
            "pragma journal_mode = persist; begin exclusive; insert into session_windows values('x', 'y', 1);",
        )
        .unwrap();
    let mut world = World::of(dir.root());
    world.read();
    assert_eq!(world.skipped().await[0].1, "database is locked by another program, will be read again");
    holder.execute_batch("rollback").unwrap();
    assert_eq!(world.read().get("/api/sessions").await["total"], 1);
    assert_eq!(world.skipped().await, Vec::<(String, String, u64)>::new());
}

#[tokio::test]
async fn hostile_indexes_do_not_grow() {
    let dir = StateDir::new();
    let mut rows = serde_json::Map::new();
    rows.insert("x".repeat(5000), json!({"sessionId": "a"}));
    rows.insert(String::new(), json!({"sessionId": "b"}));
    for (name, odd) in [
        ("n", Value::Null),
        ("l", json!([1])),
        ("t", json!("text")),
        ("d", json!({"sessionId": {"deep": [[[]]]}, "updatedAt": "soon", "totalTokens": -1, "contextTokens": 1e300})),
    ] {
        rows.insert(name.to_owned(), odd);
    }
    dir.write("agents/main/sessions/sessions.json", serde_json::to_vec(&rows).unwrap());
    let mut world = World::of(dir.root());
    let answer = world.read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["sessions"][0]["ageFormatted"]), (&json!(1), &json!("never")));
    assert_eq!(world.skipped().await.iter().map(|(.., count)| count).sum::<u64>(), 5);
}
