//! The audit log behind the API.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[tokio::test]
async fn every_action_leaves_two_lines_without_its_words() {
    let mut floor = Floor::modern().await;
    let started = Reply::Gives(json!({"runId": "r", "status": "started"}));
    floor.gateway.script.on("chat.send", None, [started]);
    let answer = floor.session(json!({"action": "send", "message": "my secret plan"})).await;
    let text = floor.file();
    assert_eq!(text.lines().count(), 2);
    assert!(text.contains("\"messageLength\":14") && text.contains("\"pending\""), "{text}");
    for word in ["secret", TOKEN, GATEWAY_TOKEN] {
        assert!(!text.contains(word), "{text}");
    }
    let file = floor.data.path().join("audit.jsonl");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let expected = json!({"id": answer["auditId"], "at": NOW, "who": "bearer", "from": null, "installation": "test",
        "action": "send", "key": MAIN, "taskId": null, "outcome": "done", "detail": "started", "durationMs": 0});
    assert_eq!(floor.audit("").await, json!({"entries": [expected], "next": null}));
    floor.restart();
    assert_eq!(floor.audit("").await["entries"], json!([expected]), "it survives a restart");
}

#[tokio::test]
async fn the_log_is_read_in_pages() {
    let floor = Floor::modern().await;
    for action in ["stop", "reset", "stop"] {
        floor.session_of("agent:main:방/1", json!({"action": action})).await;
    }
    let first = floor.audit("?limit=2").await;
    let words = |page: &Value| -> Vec<String> {
        page["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (words(&first), &first["next"]),
        (vec!["stop".to_owned(), "reset".to_owned()], &first["entries"][1]["id"])
    );
    let second = floor.audit(&format!("?limit=2&before={}", first["next"].as_str().unwrap())).await;
    assert_eq!((words(&second), &second["next"]), (vec!["stop".to_owned()], &Value::Null));
    for query in ["?limit=0", "?limit=1001", "?before=x", "?page=2"] {
        assert_eq!(floor.server.get_any(&format!("/api/audit{query}")).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
}

/// What is turned away was asked for all the same.
#[tokio::test]
async fn an_action_that_finds_no_place_is_written_down() {
    let floor = Floor::modern().await;
    let script = Arc::clone(&floor.gateway.script);
    script.on("sessions.abort", None, [Reply::Hangs]);
    let stop = || floor.session_of("agent:main:방/1", json!({"action": "stop"}));
    let under_way = futures_util::future::join_all((0..64).map(|_| stop()));
    let one_more = async {
        let mut asked = 0;
        while asked < 64 {
            script.arrived.notified().await;
            asked += script.asked().len();
        }
        stop().await
    };
    let answer = tokio::select! {
        _ = under_way => panic!("nothing was answered"),
        answer = one_more => answer,
    };
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("64 actions are under way"), "{answer}");
    let entry = &floor.audit("?limit=1").await["entries"][0];
    assert_eq!((&entry["id"], &entry["outcome"]), (&answer["auditId"], &json!("refused")));
}

#[tokio::test]
async fn nothing_is_done_without_a_trace() {
    let floor = Floor::modern().await;
    std::fs::create_dir(floor.data.path().join("audit.jsonl")).unwrap();
    let body = json!({"action": "stop", "idempotencyKey": "k-1"});
    let answer = floor.session(body.clone()).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("audit log cannot be written"), "{answer}");
    assert_eq!(answer["auditId"], Value::Null);
    assert!(floor.gateway.script.asked().is_empty());
    std::fs::remove_dir(floor.data.path().join("audit.jsonl")).unwrap();
    assert_eq!(said(&floor.session(body).await).0, "done", "the key was not used up");
}
