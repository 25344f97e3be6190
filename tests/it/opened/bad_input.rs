//! What no program should have written: shown as far as it goes, and in words where it does not.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;

use axum::http::StatusCode;
use factory_dashboard::conversation::Line;
use factory_dashboard::conversation::page::{self, Ask};
use factory_dashboard::source::packed::ends::Ends;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::paging::of;
use crate::support::StateDir;
use crate::support::opened::{
    House, MAIN, answer, answers, asks, briefs, expected, ids, lines, list, message, path, recorded, recording,
    records, with_text,
};

#[tokio::test]
async fn a_tool_result_of_ten_megabytes_is_cut_and_can_be_had_whole() {
    let long = "가나다라 lorem\n".repeat(500_000);
    let characters = 500_000 * 11;
    assert!(long.len() > 10 << 20 || long.chars().count() == characters);
    let result = message(
        "b",
        1,
        "toolResult",
        json!([{"type": "text", "text": &long}]),
        json!({"toolCallId": "t", "toolName": "exec"}),
    );
    let dir = with_text([asks("a", 0, "go"), result, answers("c", 2, "done")].concat());
    let server = House::of(dir.root()).server();
    let all = server.walk_back(MAIN, 50).await;
    assert_eq!(ids(&all), ["a", "b", "c"]);
    let part = &all[1]["parts"][0];
    assert_eq!(part["cut"], characters);
    let shown = part["text"].as_str().unwrap();
    assert_eq!((shown.chars().count(), long.starts_with(shown)), (16_000, true));
    let id = all[1]["id"].as_str().unwrap();
    let (status, whole) = server.raw(&path(MAIN, &format!("/messages/{id}?part=0"))).await;
    assert_eq!((status, whole == long), (StatusCode::OK, true));
    let whole = server.get(&path(MAIN, &format!("/messages/{id}"))).await;
    assert_eq!((whole["parts"][0]["text"] == long, &whole["parts"][0]["cut"]), (true, &Value::Null));
}

#[tokio::test]
async fn a_line_of_forty_megabytes_is_named_and_its_neighbours_are_read() {
    let long = asks("b", 1, &"x".repeat(40 << 20));
    let dir = with_text([asks("a", 0, "before"), long, answers("c", 2, "behind")].concat());
    let mut house = House::of(dir.root());
    let server = house.server();
    let all = server.walk_back(MAIN, 2).await;
    assert_eq!((ids(&all), &all[1]["note"]), (vec!["a", "-", "c"], &json!("tooLong")));
    let (rest, _) = server.walk_forth(MAIN, all[0]["id"].as_str().unwrap(), 2).await;
    assert_eq!(ids(&rest), ["a", "-", "c"]);
    let detail = house.detail(MAIN).await;
    assert_eq!((&detail["runs"][0]["prompt"], &detail["runs"][0]["state"]), (&json!("before"), &json!("done")));
}

/// The longest line that is read, and one byte more: both directions agree.
#[test]
fn the_limit_of_a_line_is_the_same_in_both_directions() {
    for (over, is_read) in [(0, true), (1, false)] {
        let text = ["first".to_owned(), "x".repeat((32 << 20) + over), "last\n".to_owned()].join("\n");
        let dir = with_text(text);
        let conversation = of(&dir, &["s1"]);
        let (mut back, mut forth) = (Vec::new(), Vec::new());
        let length = |line: Line<'_>| line.bytes.map(<[u8]>::len);
        let _ = conversation.back(None, &mut |_, line| {
            back.push(length(line));
            ControlFlow::Continue(())
        });
        let _ = conversation.forth(None, &mut |_, line| {
            forth.push(length(line));
            ControlFlow::Continue(())
        });
        back.reverse();
        assert_eq!(forth, [Some(5), is_read.then_some(32 << 20), Some(4)], "{over} over");
        assert_eq!(back, forth, "{over} over");
    }
}

#[tokio::test]
async fn what_is_no_text_is_named_with_its_size() {
    let content = json!([
        {"type": "image", "data": "QUJD".repeat(1000), "mimeType": "image/png"},
        {"type": "file", "name": "plan.pdf"},
        {"type": "text", "text": "\u{0}\u{1}\u{7f}\u{202e}nus\u{feff}"},
        {"type": "text"},
        {},
        "just a text",
        7,
        null,
    ]);
    let dir = with_text([message("a", 0, "user", content, Value::Null), answers("b", 1, "nice")].concat());
    let page = House::of(dir.root()).page(MAIN, "").await;
    let parts: Vec<Value> = list(&page["messages"][0]["parts"])
        .iter()
        .map(|part| json!([part["type"], part.get("name"), part.get("bytes"), part.get("text")]))
        .collect();
    assert_eq!(parts[0], json!(["image", "image/png", 3000, null]));
    assert_eq!(parts[1], json!(["file", "plan.pdf", null, null]));
    assert_eq!(parts[2], json!(["text", null, null, "\u{0}\u{1}\u{7f}\u{202e}nus\u{feff}"]));
    assert_eq!(parts[3], json!(["text", null, null, ""]));
    assert_eq!(parts[4], json!(["other", null, null, null]));
    assert_eq!(parts[5], json!(["text", null, null, "just a text"]));
    assert_eq!(parts.len(), 6);
}

#[tokio::test]
async fn half_a_surrogate_does_not_lose_the_message() {
    // A JavaScript program that cuts a text may cut an emoji in two.
    let text = asks("a", 0, "cut here#").replace('#', "\\ud83d") + &asks("b", 1, "#x \\").replace('#', "\\udc00");
    let dir = with_text([text, answers("c", 2, "yes").replace("yes", "\\uD83D\\uDE00 \\ud83dA \\\\ud83d")].concat());
    let mut house = House::of(dir.root());
    let page = house.page(MAIN, "").await;
    let texts: Vec<String> = briefs(&list(&page["messages"])).into_iter().flat_map(|(_, _, texts)| texts).collect();
    assert_eq!(texts, ["cut here\u{fffd}", "\u{fffd}x \\", "😀 \u{fffd}A \\ud83d"]);
    assert_eq!(house.detail(MAIN).await["usage"]["calls"], 1);
}

#[tokio::test]
async fn nesting_without_end_loses_that_line_only() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = asks("b", 1, "#").replace("\"#\"", &deep);
    let arguments = format!("{{\"a\":{}1{}}}", "[".repeat(60), "]".repeat(60));
    let calls = message(
        "c",
        2,
        "assistant",
        json!([{"type": "toolCall", "id": "t", "name": "exec", "arguments": "#"}]),
        answer("toolUse"),
    );
    let dir =
        with_text([asks("a", 0, "go"), nested, calls.replace("\"#\"", &arguments), answers("d", 3, "ok")].concat());
    let mut house = House::of(dir.root());
    let all = house.server().walk_back(MAIN, 1).await;
    assert_eq!(ids(&all), ["a", "c", "d"]);
    assert!(all[1]["parts"][0]["arguments"].as_str().unwrap().contains('1'));
    assert_eq!(house.detail(MAIN).await["runs"][0]["state"], "done");
}

#[tokio::test]
async fn wrong_types_and_missing_fields_cost_no_more_than_themselves() {
    let odd = [
        json!({"type": "message"}),
        json!({"type": "message", "message": "text"}),
        json!({"type": "message", "message": {}}),
        json!({"type": "message", "message": {"role": 7, "content": "x"}}),
        json!({"type": "message", "id": "u", "timestamp": [], "message": {"role": "user", "content": {"text": "x"}}}),
        json!({"type": "message", "id": 12, "parentId": {}, "timestamp": "yesterday", "message": {"role": "user"}}),
        json!({"type": "message", "id": "v", "timestamp": -1e300, "message": {"role": "assistant", "content": null,
            "usage": "much", "stopReason": 3, "errorMessage": [], "timestamp": true, "provider": 1, "model": null}}),
        json!({"type": "message", "id": "w", "message": {"role": "toolResult", "content": 5, "details": [],
            "isError": "no", "toolCallId": {}, "toolName": 0}}),
        json!({"type": "message", "id": "x", "message": {"role": "assistant",
            "content": [{"type": "toolCall", "id": 1, "name": [], "arguments": 7}, {"type": 5}, [1]]}}),
        json!({"type": "compaction", "id": "y", "summary": 1, "tokensBefore": "many", "tokensAfter": -4}),
        json!({"type": "custom", "customType": "openclaw:prompt-error", "id": "z", "data": "x"}),
        json!({"type": 3, "id": "!"}),
        json!({}),
    ];
    let text = lines(&odd);
    let dir = with_text([asks("a", 0, "go"), text, answers("b", 9, "done")].concat());
    let mut house = House::of(dir.root());
    for limit in [1, 50] {
        let all = house.server().walk_back(MAIN, limit).await;
        assert_eq!(ids(&all), ["a", "u", "-", "v", "w", "x", "y", "z", "b"], "by {limit}");
    }
    let detail = house.detail(MAIN).await;
    assert!(list(&detail["runs"]).iter().all(|run| run["startedAt"].as_i64() <= run["endedAt"].as_i64()));
    assert_eq!(house.server().raw(&path(MAIN, "/export")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn ids_that_stand_twice_are_two_messages() {
    let dir = with_text([asks("a", 0, "one"), asks("a", 1, "two"), answers("a", 2, "three")].concat());
    let all = House::of(dir.root()).server().walk_back(MAIN, 1).await;
    assert_eq!(ids(&all), ["a", "a", "a"]);
    let places: std::collections::BTreeSet<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(places.len(), 3);
}

#[test]
fn a_file_that_vanishes_after_it_was_found_is_an_error_not_an_end() {
    let dir = with_text(asks("a", 1, "one"));
    let conversation = of(&dir, &["s1"]);
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    let error = page::page(&conversation, &Ask { before: None, limit: 9, search: None }).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn without_its_folder_or_its_file_a_session_has_no_messages() {
    let dir = with_text([asks("a", 1, "one"), answers("b", 2, "two")].concat());
    let mut house = House::of(dir.root());
    fs::remove_file(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    let detail = house.detail(MAIN).await;
    assert_eq!((&detail["messages"], &detail["usage"]["calls"]), (&json!("none"), &json!(1)));
    fs::rename(dir.path("agents/main/sessions"), dir.path("elsewhere")).unwrap();
    let server = house.server();
    for rest in ["", "/runs", "/messages", "/export"] {
        assert_eq!(server.raw(&path(MAIN, rest)).await.0, StatusCode::OK, "{rest}");
    }
    fs::rename(dir.path("agents"), dir.path("nowhere")).unwrap();
    assert_eq!(server.get(&path(MAIN, "/messages")).await["messages"], json!([]));
}

#[tokio::test]
async fn links_are_followed_as_everywhere_in_the_house() {
    let outside = StateDir::new();
    outside.write("elsewhere.jsonl", asks("x", 1, "moved to a larger disk"));
    let dir = with_text(asks("a", 1, "one"));
    let sessions = |name: &str| dir.path(&format!("agents/main/sessions/{name}"));
    fs::remove_file(sessions("s1.jsonl")).unwrap();
    symlink(outside.path("elsewhere.jsonl"), sessions("s1.jsonl")).unwrap();
    // A twin of the agent, a circle, a folder and a link to nothing are no transcripts.
    symlink(dir.path("agents/main"), dir.path("agents/twin")).unwrap();
    symlink(sessions("s2.jsonl"), sessions("s2.jsonl")).unwrap();
    fs::create_dir(sessions("s3.jsonl")).unwrap();
    symlink(dir.path("nothing"), sessions("s4.jsonl")).unwrap();
    let found = of(&dir, &["s1", "s2", "s3", "s4"]);
    assert_eq!(found.places.len(), 1);
    assert_eq!(ids(&House::of(dir.root()).server().walk_back(MAIN, 9).await), ["x"]);
    let twin = factory_dashboard::conversation::Conversation::find(
        dir.root(),
        &"twin".into(),
        &["s1".into()],
        &Ends::default(),
    )
    .unwrap();
    assert!(twin.places.is_empty(), "it would be a copy");
    // Neither an id nor an agent can name a way out.
    for (agent, id) in [("../../elsewhere", "s1"), ("main", "../../../elsewhere"), ("main", "/etc/passwd"), (".", "s1")]
    {
        let found = factory_dashboard::conversation::Conversation::find(
            dir.root(),
            &agent.into(),
            &[id.into()],
            &Ends::default(),
        )
        .unwrap();
        assert!(found.places.is_empty(), "{agent} {id}");
    }
}

#[tokio::test]
async fn a_database_that_is_locked_or_damaged_is_said_in_words() {
    let (dir, database) = recording();
    let server = House::of(dir.root()).server();
    let said = expected(&recorded(dir.root(), "main", "ff3a4536-e04e-47ea-a5b4-67e24c1d4c82"));
    assert_eq!(briefs(&server.walk_back(MAIN, 50).await), said);

    let lock = Connection::open(&database).unwrap();
    lock.execute_batch(
        "pragma journal_mode = delete; pragma locking_mode = exclusive; begin exclusive; create table x (y)",
    )
    .unwrap();
    let (status, problem) = server.get_any(&path(MAIN, "/messages")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("damaged or busy"), "{problem}");
    lock.execute_batch("rollback").unwrap();
    drop(lock);
    assert_eq!(briefs(&server.walk_back(MAIN, 50).await), said, "the next question is answered");

    fs::write(&database, "this is no database, but long enough to look like the header of one to a reader").unwrap();
    for rest in ["", "/runs", "/messages", "/export"] {
        let (status, problem) = server.get_any(&path(MAIN, rest)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{rest}: {problem}");
    }
}

#[tokio::test]
async fn rows_grow_and_are_written_anew() {
    let (dir, database) = recording();
    let id = "ff3a4536-e04e-47ea-a5b4-67e24c1d4c82";
    let server = House::of(dir.root()).server();
    let page = server.get(&path(MAIN, "/messages?limit=1")).await;
    let writer = Connection::open(&database).unwrap();
    let add = |seq: i64, text: &str| {
        let sql = "insert into transcript_events (session_id, seq, event_json, created_at) values (?1, ?2, ?3, 0)";
        writer.execute(sql, (id, seq, text.trim_end())).unwrap();
    };
    // A number may be left out, and a row may hold what is no record.
    for (seq, text) in [(26, asks("x", 1, "one")), (30, "[]".to_owned()), (31, answers("y", 2, "two"))] {
        add(seq, &text);
    }
    let after = page["after"].as_str().unwrap();
    for limit in [1, 50] {
        assert_eq!(ids(&server.walk_forth(MAIN, after, limit).await.0), ["x", "y"], "by {limit}");
    }
    let (_, after) = server.walk_forth(MAIN, after, 50).await;
    writer.execute("delete from transcript_events where session_id = ?1", [id]).unwrap();
    add(0, &asks("new", 3, "begun anew"));
    let again = server.get(&path(MAIN, &format!("/messages?after={after}"))).await;
    assert_eq!((&again["reset"], ids(&list(&again["messages"]))), (&json!(true), vec!["new"]));
}

#[tokio::test]
async fn many_rows_are_read_in_parts() {
    let (dir, database) = recording();
    let id = "ff3a4536-e04e-47ea-a5b4-67e24c1d4c82";
    let mut writer = Connection::open(&database).unwrap();
    let step = writer.transaction().unwrap();
    for number in 0..300 {
        let text = if number % 3 == 0 {
            answers(&format!("n{number}"), 2, &"long ".repeat(2000))
        } else {
            asks(&format!("n{number}"), 1, "short")
        };
        let text = text.trim_end();
        if number % 3 == 0 {
            let packed = zstd::bulk::compress(text.as_bytes(), 3).unwrap();
            let sql = "insert into transcript_events (session_id, seq, event_zstd, event_utf8_bytes, created_at, navigation_json)
                select ?1, ?2, ?3, ?4, 0, navigation_json from transcript_events where navigation_json is not null limit 1";
            let size = i64::try_from(text.len()).unwrap();
            step.execute(sql, (id, 100 + number, packed, size)).unwrap();
        } else {
            let sql = "insert into transcript_events (session_id, seq, event_json, created_at) values (?1, ?2, ?3, 0)";
            step.execute(sql, (id, 100 + number, text)).unwrap();
        }
    }
    step.commit().unwrap();
    let server = House::of(dir.root()).server();
    let said = {
        let mut statement = writer
            .prepare("select event_json, event_zstd from transcript_events where session_id = ?1 order by seq")
            .unwrap();
        let rows = statement.query_map([id], |row| {
            let (plain, packed): (Option<String>, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
            Ok(plain.unwrap_or_else(|| String::from_utf8(crate::support::opened::unpacked(&packed.unwrap())).unwrap()))
        });
        let lines: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
        expected(&records(&lines.join("\n")))
    };
    assert!(said.len() > 300);
    for limit in [37, 64, 200] {
        assert_eq!(briefs(&server.walk_back(MAIN, limit).await), said, "by {limit}");
    }
    let first = server.walk_back(MAIN, 200).await.remove(0);
    assert_eq!(briefs(&server.walk_forth(MAIN, first["id"].as_str().unwrap(), 64).await.0), said);
}
