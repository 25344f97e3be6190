//! What is asked for twice is done once, and what was begun is seen through.

use super::*;

#[tokio::test]
async fn two_requests_with_one_key_are_one_action() {
    let floor = Floor::modern().await;
    let script = Arc::clone(&floor.gateway.script);
    script.on("sessions.reset", None, [Reply::Waits(json!({"ok": true}))]);
    let body = json!({"action": "reset", "idempotencyKey": "k-1"});
    let both = async {
        tokio::join!(floor.session(body.clone()), floor.session(body.clone()), async {
            while script.asked().iter().all(|(method, _)| method != "sessions.reset") {
                script.arrived.notified().await;
            }
            let other = json!({"action": "delete", "idempotencyKey": "k-1"}).to_string();
            let path = format!("/api/sessions/{MAIN}/actions");
            let (status, problem) = post(&floor.server, &path, &other).await;
            assert!(status == StatusCode::CONFLICT && problem["detail"].as_str().unwrap().contains("idempotencyKey"));
            script.go_on();
        })
    };
    let (first, second, ()) = both.await;
    assert_eq!((said(&first).0, &first), ("done", &second));
    assert_eq!(floor.session(body.clone()).await, first, "and later");
    assert_eq!(floor.audit("").await["entries"].as_array().unwrap().len(), 1);
    assert!(script.asked().is_empty(), "OpenClaw was asked once");

    floor.clock.set(NOW + 600_000);
    script.on("sessions.reset", None, [Reply::Gives(json!({"ok": true}))]);
    assert_ne!(floor.session(body).await["auditId"], first["auditId"], "ten minutes later it is another one");
}

#[tokio::test]
async fn without_a_key_each_request_is_an_action() {
    let floor = Floor::modern().await;
    for _ in 0..2 {
        floor.session_of("agent:main:방/1", json!({"action": "stop"})).await;
    }
    assert_eq!(floor.gateway.script.methods(), ["sessions.abort", "sessions.abort"]);
}

#[tokio::test]
async fn a_browser_that_goes_away_cuts_nothing_off() {
    let floor = Floor::modern().await;
    let script = Arc::clone(&floor.gateway.script);
    script.on("sessions.reset", None, [Reply::Waits(json!({"ok": true}))]);
    let request = floor.session(json!({"action": "reset"}));
    tokio::select! {
        _ = request => panic!("nothing was answered yet"),
        () = async {
            while script.asked().iter().all(|(method, _)| method != "sessions.reset") {
                script.arrived.notified().await;
            }
        } => {}
    }
    assert_eq!(floor.audit("").await["entries"][0]["outcome"], "pending");
    script.go_on();
    while floor.audit("").await["entries"][0]["outcome"] == "pending" {
        tokio::task::yield_now().await;
    }
    assert_eq!(floor.audit("").await["entries"][0]["outcome"], "done");
}
