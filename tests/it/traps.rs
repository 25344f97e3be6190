//! The known traps of OpenClaw's formats, one test each.

use serde_json::json;

use crate::support::{NOW, StateDir, World, assistant, call, header, one_session, tokens, user};

#[tokio::test]
async fn tokens_are_the_sum_of_the_transcript_not_the_last_runs_counters() {
    let dir = StateDir::new();
    dir.index(&[(
        "main",
        json!({"sessionId": "s1", "updatedAt": NOW, "inputTokens": 5, "outputTokens": 6, "totalTokens": 900}),
    )])
    .transcript(
        "s1.jsonl",
        &[header("s1"), call("a", "11:00:01", [100, 20, 3, 4], None), call("b", "11:00:02", [1000, 200, 30, 40], None)],
    );
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!(tokens(&row), [1100, 220, 33, 44]);
    assert_eq!(row["totalTokens"], 900);
}

#[tokio::test]
async fn without_a_transcript_the_rows_own_counters_stand() {
    let dir = StateDir::new();
    dir.index(&[(
        "main",
        json!({"sessionId": "gone", "updatedAt": NOW, "inputTokens": 1000, "outputTokens": 2000,
        "cacheRead": 7, "model": "claude-opus-4-5", "sessionFile": "/home/somebody/else.jsonl"}),
    )]);
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!(tokens(&row), [1000, 2000, 7, 0]);
    // 1000 × $5 + 2000 × $25 + 7 × $0.50, each for a million.
    assert!((row["cost"].as_f64().unwrap() - 0.055_003_5).abs() < 1e-9);
}

#[tokio::test]
async fn a_run_alias_shares_its_session() {
    let dir = StateDir::new();
    dir.index(&[
        ("cron:job", json!({"sessionId": "s1", "updatedAt": NOW})),
        ("cron:job:run:s1", json!({"sessionId": "s1", "updatedAt": NOW})),
        ("cron:job:run:s0", json!({"sessionId": "s0", "updatedAt": NOW})),
    ])
    .transcript("s1.jsonl", &[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)])
    .transcript("s0.jsonl", &[header("s0"), call("b", "10:00:01", [5, 1, 0, 0], None)]);
    let answer = World::of(dir.root()).read().get("/api/sessions").await;
    assert_eq!(answer["total"], 1);
    assert_eq!(answer["sessions"][0]["key"], "agent:main:cron:job");
    assert_eq!(tokens(&answer["sessions"][0]), [15, 2, 0, 0], "earlier runs belong to the job");
}

#[tokio::test]
async fn an_injected_note_is_no_model() {
    let injected = format!(
        "{}\n",
        json!({"type": "message", "id": "n", "timestamp": "2026-11-24T11:59:59.000Z", "message": {
        "role": "assistant", "provider": "openclaw", "model": "gateway-injected", "stopReason": "stop", "content": [],
        "usage": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "cost": {"total": 0}}, "openclawAbort": {"aborted": true}}})
    );
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None), injected]);
    let mut world = World::of(dir.root());
    let row = world.read().session("agent:main:main").await;
    assert_eq!(
        (&row["model"], &row["calls"], &row["runState"]),
        (&json!("claude-opus-4-5"), &json!(1), &json!("aborted"))
    );
    assert_eq!(world.get("/api/sessions").await["tokenStats"]["unpricedModels"], json!([]));
}

#[tokio::test]
async fn a_reset_transcript_still_belongs_to_its_key() {
    let dir = StateDir::new();
    // The new session began when the old file was renamed.
    dir.index(&[
        ("main", json!({"sessionId": "new", "updatedAt": NOW, "sessionStartedAt": 1_795_514_400_100_i64})),
        ("other", json!({"sessionId": "o", "updatedAt": NOW})),
    ])
    .transcript("new.jsonl", &[header("new"), call("b", "11:00:01", [1000, 100, 0, 0], None)])
    .transcript(
        "old.jsonl.reset.2026-11-24T10-00-00.000Z",
        &[header("old"), call("a", "09:00:01", [10, 1, 0, 0], None)],
    );
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [1010, 101, 0, 0]);
    assert_eq!(tokens(&world.session("agent:main:other").await), [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_reset_without_a_written_start_belongs_to_the_only_conversation_begun_since() {
    // 2026.3.13: no sessionStartedAt, and the new file begins with the next turn, here an hour later.
    let rows = |other_since: bool| {
        let dir = StateDir::new();
        dir.index(&[
            ("main", json!({"sessionId": "new", "updatedAt": NOW})),
            ("subagent:x", json!({"sessionId": "sub", "updatedAt": NOW})),
            ("discord:group:1", json!({"sessionId": "group", "updatedAt": NOW})),
        ])
        .transcript("new.jsonl", &[header("new"), call("b", "11:00:01", [1000, 100, 0, 0], None)])
        .transcript("sub.jsonl", &[header("sub")])
        .transcript(
            "old.jsonl.reset.2026-11-24T10-00-00.000Z",
            &[header("old").replace("T11", "T08"), call("a", "09:00:01", [10, 1, 0, 0], None)],
        );
        let group = if other_since { header("group") } else { header("group").replace("T11", "T07") };
        dir.transcript("group.jsonl", &[group]);
        dir
    };
    let dir = rows(false);
    assert_eq!(tokens(&World::of(dir.root()).read().session("agent:main:main").await), [1010, 101, 0, 0]);
    let dir = rows(true);
    let mut world = World::of(dir.root());
    assert_eq!(
        tokens(&world.read().session("agent:main:main").await),
        [1000, 100, 0, 0],
        "better none than a wrong one"
    );
    assert_eq!(world.get("/api/sessions").await["coverage"]["callsRead"], json!(2), "but nothing is lost");
}

#[tokio::test]
async fn a_reset_seen_while_running_keeps_the_spend() {
    let dir = one_session(&[header("s1"), call("a", "09:00:01", [10, 1, 0, 0], None)]);
    let mut world = World::of(dir.root());
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0]);
    let sessions = dir.path("agents/main/sessions");
    std::fs::rename(sessions.join("s1.jsonl"), sessions.join("s1.jsonl.reset.2026-11-24T10-00-00.000Z")).unwrap();
    dir.index(&[("main", json!({"sessionId": "s2", "updatedAt": NOW}))]);
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [10, 1, 0, 0]);
    dir.transcript("s2.jsonl", &[header("s2"), call("b", "11:00:01", [1, 1, 0, 0], None)]);
    assert_eq!(tokens(&world.read().session("agent:main:main").await), [11, 2, 0, 0]);
}

#[tokio::test]
async fn two_headers_in_one_file_are_one_transcript() {
    let dir = one_session(&[
        header("s1"),
        call("a", "11:00:02", [10, 1, 0, 0], None),
        header("s1"),
        call("b", "11:00:01", [5, 2, 0, 0], None),
    ]);
    assert_eq!(tokens(&World::of(dir.root()).read().session("agent:main:main").await), [15, 3, 0, 0]);
}

#[tokio::test]
async fn deleted_sessions_are_no_rows_but_their_calls_are_read() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], Some(0.5))]);
    let packed =
        zstd::encode_all(format!("{}{}", header("z"), call("z", "11:30:00", [7, 7, 0, 0], Some(0.25))).as_bytes(), 3)
            .unwrap();
    dir.transcript(
        "d.jsonl.deleted.2026-11-24T10-00-00.000Z",
        &[header("d"), call("d", "11:20:00", [3, 3, 0, 0], Some(0.125))],
    )
    .write("agents/main/sessions/z.jsonl.deleted.2026-11-24T10-00-00.000Z.0123abcd.zst", packed);
    let mut world = World::of(dir.root());
    let answer = world.read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["coverage"]["callsRead"]), (&json!(1), &json!(3)));
    assert_eq!(answer["tokenStats"]["totalCost"], json!(0.5), "of the live sessions");
    assert_eq!(answer["tokenStats"]["spentToday"], json!(0.875), "of the day, whoever spent it");
    assert_eq!(world.get("/api/sessions?type=main").await["tokenStats"]["spentToday"], json!(0.5));
    assert_eq!(world.get("/api/sources").await["sources"][0]["agents"][0]["archivedCalls"], json!(2));
}

#[tokio::test]
async fn an_unknown_cost_is_not_free() {
    let unknown = |id: &str, usage: serde_json::Value| {
        assistant(id, "11:00:01", usage, "stop").replace("claude-opus-4-5", "my-own-model")
    };
    for usage in [json!({"input": 10, "output": 5, "cost": {"total": 0}}), json!({"input": 10, "output": 5})] {
        let dir = one_session(&[header("s1"), unknown("a", usage)]);
        let mut world = World::of(dir.root());
        let answer = world.read().get("/api/sessions").await;
        assert_eq!(answer["sessions"][0]["cost"], json!(null));
        assert_eq!(answer["tokenStats"]["unpricedModels"], json!(["my-own-model"]));
        assert_eq!(answer["coverage"]["unpricedCalls"], json!(1));
        let reference = world.get("/api/sessions?basis=reference").await;
        // 10 × $15 + 5 × $75 for a million.
        assert_eq!(reference["sessions"][0]["cost"], json!(0.000_525));
    }
}

#[tokio::test]
async fn the_users_own_prices_come_first() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [1_000_000, 0, 0, 0], None)]);
    dir.write("openclaw.json", "{ // JSON5\n models: { providers: { anthropic: { models: [{ id: 'claude-opus-4-5', cost: { input: 3, output: 4, cacheRead: 0, cacheWrite: 0 } }] } } } }");
    let row = World::of(dir.root()).read().session("agent:main:main").await;
    assert_eq!((&row["cost"], &row["costBasis"], &row["costLevel"]), (&json!(3.0), &json!("list"), &json!("high")));
}

#[tokio::test]
async fn each_basis_has_its_own_cost() {
    let dir = one_session(&[
        header("s1"),
        call("a", "11:00:01", [1000, 2000, 0, 0], Some(0.04)),
        call("b", "11:00:02", [1000, 2000, 0, 0], Some(0.0)),
    ]);
    let mut world = World::of(dir.root());
    world.read();
    // A recorded cost of zero with tokens is unknown, so `auto` takes $0.055 for the second call.
    for (basis, cost, words) in [
        ("auto", json!(0.095), "mixed"),
        ("list", json!(0.11), "list"),
        ("recorded", json!(null), "recorded"),
        ("reference", json!(0.33), "reference"),
    ] {
        let answer = world.get(&format!("/api/sessions?basis={basis}")).await;
        assert_eq!(
            (&answer["sessions"][0]["cost"], &answer["sessions"][0]["costBasis"]),
            (&cost, &json!(words)),
            "{basis}"
        );
    }
}

#[tokio::test]
async fn a_trajectory_file_is_no_session() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    dir.transcript("s1.trajectory.jsonl", &[header("s1"), call("t", "11:00:01", [999, 9, 0, 0], None)]);
    let answer = World::of(dir.root()).read().get("/api/sessions").await;
    assert_eq!((&answer["total"], &answer["coverage"]["callsRead"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_migrated_copy_counts_once() {
    let lines = [header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)];
    let dir = one_session(&lines);
    dir.transcript("session-sqlite-import-archive/s1.jsonl.imported-2026", &lines)
        .transcript("s1 (copy).jsonl", &lines);
    let mut world = World::of(dir.root());
    let answer = world.read().get("/api/sessions").await;
    assert_eq!((tokens(&answer["sessions"][0]), &answer["coverage"]["callsRead"]), ([10, 1, 0, 0], &json!(1)));
    assert_eq!(world.get("/api/sources").await["sources"][0]["agents"][0]["duplicateCalls"], json!(1));
}

#[tokio::test]
async fn offline_states_come_from_the_end_of_the_transcript() {
    let failed = assistant("a", "11:58:00", json!({"input": 0, "output": 0}), "error")
        .replace("\"stopReason\"", "\"errorMessage\":\"429 rate limit\",\"stopReason\"");
    for (last, state) in [
        (user("11:58:00"), "running"),
        (assistant("a", "11:58:00", json!({}), "toolUse"), "running"),
        (failed, "failed"),
        (assistant("a", "11:58:00", json!({}), "aborted"), "aborted"),
        (assistant("a", "11:58:00", json!({}), "stop"), "idle"),
    ] {
        let dir = one_session(&[header("s1"), last]);
        let row = World::of(dir.root()).read().session("agent:main:main").await;
        assert_eq!(row["runState"], state);
        assert_eq!(row["lastError"], if state == "failed" { json!("429 rate limit") } else { json!(null) });
    }
}

#[tokio::test]
async fn a_silent_run_is_stuck() {
    let dir = StateDir::new();
    dir.index(&[(
        "subagent:x",
        json!({"sessionId": "s1", "updatedAt": NOW - 700_000, "status": "running", "startedAt": NOW - 900_000}),
    )]);
    let answer = World::of(dir.root()).read().get("/api/sessions").await;
    assert_eq!(answer["sessions"][0]["stuckSinceMs"], json!(NOW - 700_000));
    assert_eq!((&answer["stats"]["stuck"], &answer["stats"]["active"]), (&json!(1), &json!(1)));
}
