//! Each action, on every version: what is sent, and what an answer means.

use super::*;

#[tokio::test]
async fn a_stop_ends_the_whole_tree() {
    let tree = [MAIN, "agent:main:subagent:a", "agent:main:subagent:deep"];
    for (floor, method) in [(Floor::modern().await, "sessions.abort"), (Floor::old().await, "chat.abort")] {
        let answer = floor.session(json!({"action": "stop"})).await;
        assert_eq!(said(&answer), ("done", "aborted; 2 running sessions below it are stopped too"));
        let asked = floor.gateway.script.asked();
        assert_eq!((keys(&asked, method), asked.len()), (tree.map(str::to_owned).to_vec(), 3), "{asked:?}");
    }
}

#[tokio::test]
async fn what_does_not_run_is_told_apart() {
    let floor = Floor::modern().await;
    let script = &floor.gateway.script;
    let idle = || Reply::Gives(json!({"ok": true, "abortedRunId": null, "status": "no-active-run"}));
    script.on("sessions.abort", Some(MAIN), [idle()]);
    let answer = floor.session(json!({"action": "stop"})).await;
    assert_eq!(said(&answer), ("done", "it was not running itself; 2 running sessions below it are stopped too"));

    script.on("sessions.abort", None, [idle()]);
    assert_eq!(said(&floor.session(json!({"action": "stop"})).await), ("not_running", "no-active-run"));
    let alone = floor.session_of("agent:main:방/1", json!({"action": "stop"})).await;
    assert_eq!(said(&alone), ("not_running", "no-active-run"), "a key with a slash and Korean finds its way");

    script.on("sessions.abort", Some("agent:main:subagent:deep"), [Reply::Refuses("UNAVAILABLE", "not now")]);
    let answer = floor.session(json!({"action": "stop"})).await;
    assert_eq!(
        said(&answer),
        ("refused", "1 of 3 sessions of the tree could not be stopped. agent:main:subagent:deep: not now")
    );

    let old = Floor::old().await;
    let idle = Reply::Gives(json!({"ok": true, "aborted": false, "runIds": []}));
    old.gateway.script.on("chat.abort", None, [idle]);
    let alone = old.session_of("agent:main:방/1", json!({"action": "stop"})).await;
    assert_eq!(said(&alone), ("not_running", "no-active-run"));
    let answer = old.session(json!({"action": "stop"})).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("2026.3.13 finds no run to stop"), "{answer}");
}

#[tokio::test]
async fn every_action_is_answered_with_openclaw_s_own_outcome() {
    let refuses = |words| Reply::Refuses("INVALID_REQUEST", words);
    let main_stays = "Cannot delete the main session (agent:main:main).";
    for (action, method, reply, expected) in [
        ("reset", "sessions.reset", Reply::Gives(json!({"ok": true, "key": MAIN, "entry": {}})), ("done", "reset")),
        (
            "delete",
            "sessions.delete",
            Reply::Gives(json!({"ok": true, "deleted": true, "archived": ["x"]})),
            ("done", "deleted; its transcript is archived"),
        ),
        (
            "delete",
            "sessions.delete",
            Reply::Gives(json!({"ok": true, "deleted": false, "archived": []})),
            ("refused", "OpenClaw deleted nothing: it has no such session."),
        ),
        ("delete", "sessions.delete", refuses(main_stays), ("refused", main_stays)),
        (
            "compact",
            "sessions.compact",
            Reply::Gives(json!({"ok": true, "compacted": true, "result": {"tokensBefore": 9, "tokensAfter": 3}})),
            ("done", "compacted from 9 to 3 tokens"),
        ),
        (
            "compact",
            "sessions.compact",
            Reply::Gives(json!({"ok": true, "compacted": false, "kept": 12})),
            ("done", "nothing was compacted: the conversation is short"),
        ),
        (
            "compact",
            "sessions.compact",
            refuses("Session has an active run; retry after it finishes."),
            ("refused", "Session has an active run; retry after it finishes."),
        ),
        ("send", "chat.send", Reply::Gives(json!({"runId": "r", "status": "started"})), ("done", "started")),
        ("send", "chat.send", refuses("send blocked by session policy"), ("refused", "send blocked by session policy")),
    ] {
        for floor in [Floor::modern().await, Floor::old().await] {
            floor.gateway.script.on(method, None, [reply.clone()]);
            let body = if action == "send" {
                json!({"action": action, "message": "hello"})
            } else {
                json!({"action": action})
            };
            assert_eq!(said(&floor.session(body).await), expected, "{action}");
            let asked = floor.gateway.script.asked();
            let (name, params) = asked.last().unwrap();
            assert_eq!((asked.len(), name.as_str()), (2, method), "it was looked up first");
            let key = if action == "send" { &params["sessionKey"] } else { &params["key"] };
            assert_eq!(key, MAIN);
            if action == "send" {
                assert!(
                    params["message"] == "hello" && params["idempotencyKey"].as_str().unwrap().starts_with("factory-")
                );
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_openclaw_does_not_know_is_never_made() {
    for floor in [Floor::modern().await, Floor::old().await] {
        floor.gateway.script.on("sessions.describe", None, [Reply::Gives(json!({"session": null}))]);
        floor.gateway.script.on(
            "sessions.list",
            None,
            [Reply::Gives(json!({"sessions": [{"key": "agent:main:mainly"}]}))],
        );
        for action in ["reset", "compact", "delete", "restart", "send"] {
            let body =
                if action == "send" { json!({"action": action, "message": "x"}) } else { json!({"action": action}) };
            let answer = floor.session(body).await;
            assert!(said(&answer).0 == "refused" && said(&answer).1.starts_with("no such session"), "{answer}");
        }
        let methods = floor.gateway.script.methods();
        assert!(methods.iter().all(|method| method == "sessions.describe" || method == "sessions.list"), "{methods:?}");
    }
}

#[tokio::test]
async fn a_restart_sends_the_last_message_again() {
    let messages = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "[Sun 2026-11-22 14:50 UTC] write the report"}, {"type": "image"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "no"}]},
        {"role": "user", "content": "OpenClaw runtime context (internal):\nx"},
    ]});
    for (floor, abort) in [(Floor::modern().await, "sessions.abort"), (Floor::old().await, "chat.abort")] {
        let script = &floor.gateway.script;
        script.on("sessions.get", None, [Reply::Gives(messages.clone())]);
        let started = Reply::Gives(json!({"runId": "r", "status": "started"}));
        script.on("chat.send", None, [Reply::Refuses("UNAVAILABLE", "a run is still in progress"), started]);
        let answer = floor.session_of(MAIN, json!({"action": "restart", "idempotencyKey": "k-1"})).await;
        let detail = "aborted; 2 running sessions below it are stopped too; the last message was sent again, without its attachments: started";
        assert_eq!(said(&answer), ("done", detail));
        let asked = script.asked();
        let methods: Vec<&str> = asked.iter().skip(1).map(|(method, _)| method.as_str()).collect();
        assert_eq!(methods, ["sessions.get", abort, abort, abort, "sessions.get", "chat.send", "chat.send"]);
        let sent =
            |at: usize| (asked[at].1["message"].as_str().unwrap(), asked[at].1["idempotencyKey"].as_str().unwrap());
        assert_eq!((sent(6), sent(7)), (("write the report", "factory-1-k-1"), ("write the report", "factory-2-k-1")));

        script.on("chat.send", None, [Reply::Refuses("INVALID_REQUEST", "send blocked")]);
        let answer = floor.session(json!({"action": "restart"})).await;
        assert_eq!(said(&answer), ("refused", "It was stopped, but its last message was not sent again: send blocked"));
        script.asked();

        script.on("sessions.get", None, [Reply::Gives(json!({"messages": []}))]);
        let answer = floor.session(json!({"action": "restart"})).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains("was stopped, but OpenClaw holds no message"));
    }
}

fn user(text: &str, at: i64) -> Value {
    json!({"role": "user", "content": text, "timestamp": at})
}

/// What was written of an answer until somebody stopped it.
fn cut_off() -> Value {
    json!({"role": "assistant", "content": [], "stopReason": "stop", "openclawAbort": {"aborted": true}})
}

/// OpenClaw may store a message only when its run ends. One that was stopped before is not sent in its place.
#[tokio::test]
async fn a_restart_sends_the_message_of_the_run_that_it_stopped() {
    let restart = json!({"action": "restart"});
    let stored = |messages: &[Value]| Reply::Gives(json!({"messages": messages}));
    let before = [user("first", 1), cut_off()];
    let after = [user("first", 1), cut_off(), user("second", 2), cut_off()];
    let floor = Floor::modern().await;
    let script = &floor.gateway.script;
    script.on("chat.send", None, [Reply::Gives(json!({"status": "started"}))]);
    script.on("sessions.get", None, [stored(&before), stored(&before), stored(&after)]);
    assert_eq!(said(&floor.session(restart.clone()).await).0, "done");
    assert_eq!(script.asked().last().unwrap().1["message"], "second");

    script.on("sessions.get", None, [stored(&before)]);
    let answer = floor.session(restart.clone()).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("was stopped, but OpenClaw holds no message"));
    assert!(!script.methods().contains(&"chat.send".to_owned()), "the first was stopped for a reason");

    let failed = json!({"role": "assistant", "content": [], "stopReason": "error"});
    script.on("sessions.get", None, [stored(&[user("first", 1), failed])]);
    assert_eq!(said(&floor.session(restart).await).0, "done");
    assert_eq!(script.asked().last().unwrap().1["message"], "first", "a call failed, and the run went on");
}

/// Whatever goes wrong after a stop: that it was stopped is said.
#[tokio::test]
async fn a_restart_that_is_given_up_says_that_it_stopped() {
    let floor = Floor::modern().await;
    let script = &floor.gateway.script;
    let messages = || Reply::Gives(json!({"messages": [user("go", 1)]}));
    let given_up = "It was stopped, but its last message was not sent again: ";
    let deep = Some("agent:main:subagent:deep");
    script.on("sessions.get", None, [messages(), Reply::Refuses("UNAVAILABLE", "not now")]);
    assert_eq!(said(&floor.session(json!({"action": "restart"})).await), ("refused", &*format!("{given_up}not now")));
    script.on("sessions.get", None, [messages(), Reply::Leaves]);
    let answer = floor.session(json!({"action": "restart"})).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.starts_with(given_up), "{answer}");
    script.on("sessions.get", None, [messages()]).on("chat.send", None, [Reply::Leaves]);
    let answer = floor.session(json!({"action": "restart"})).await;
    let words = "It was stopped, and its last message may not have been sent again: The connection to OpenClaw was lost before it answered; it may still happen.";
    assert_eq!(said(&answer), ("unknown", words));
    script.on("sessions.abort", deep, [Reply::Refuses("UNAVAILABLE", "busy")]);
    let answer = floor.session(json!({"action": "restart"})).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.starts_with(given_up), "{answer}");
    script.on("sessions.get", None, [Reply::Leaves]);
    let answer = floor.session(json!({"action": "restart"})).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.ends_with("Nothing was done."), "{answer}");
}

/// A subagent that began a moment before the stop is known a moment after it.
#[tokio::test]
async fn what_was_spawned_a_moment_before_a_stop_is_stopped_too() {
    let floor = Floor::modern().await;
    let script = Arc::clone(&floor.gateway.script);
    let late = async {
        let mut seen = 0;
        while seen < 3 {
            script.arrived.notified().await;
            seen += script.asked().len();
        }
        let row = |parent: &str| json!({"sessionId": "s", "updatedAt": NOW - 5_000, "startedAt": NOW - 9_000, "status": "running", "spawnedBy": format!("agent:main:{parent}")});
        let dir = StateDir::new();
        dir.index(&[("main", row("none")), ("subagent:late", row("main"))]);
        floor.hub.publish(World::of(dir.root()).read().pipeline.board(NOW));
    };
    let (answer, ()) = tokio::join!(floor.session(json!({"action": "stop"})), late);
    assert_eq!(said(&answer), ("done", "aborted; 3 running sessions below it are stopped too"));
    assert_eq!(keys(&script.asked(), "sessions.abort"), ["agent:main:subagent:late"]);
}

#[tokio::test]
async fn silence_is_unknown_and_never_failed() {
    let patient = Floor::modern().await;
    let hasty = Floor::with_limit(Gateway::modern().await, Duration::from_secs(1));
    let unknown_after = [
        (&hasty, Reply::Hangs, "OpenClaw did not answer within 1 s; it may still happen."),
        (&patient, Reply::Leaves, "The connection to OpenClaw was lost before it answered; it may still happen."),
    ];
    for (floor, reply, words) in unknown_after {
        floor.gateway.script.on("sessions.reset", None, [reply.clone()]);
        assert_eq!(said(&floor.session(json!({"action": "reset"})).await), ("unknown", words));
        // Before something is asked for that changes something, nothing can have happened.
        floor.gateway.script.on("sessions.describe", None, [reply]);
        let answer = floor.session(json!({"action": "reset"})).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains("othing was done"), "{answer}");
    }
}

#[tokio::test]
async fn sessions_that_spawned_each_other_are_stopped_once() {
    let floor = Floor::modern().await;
    let running = |parent: &str| json!({"sessionId": parent, "updatedAt": NOW - 5_000, "startedAt": NOW - 9_000, "status": "running", "spawnedBy": format!("agent:main:{parent}")});
    let dir = StateDir::new();
    dir.index(&[("a", running("b")), ("b", running("a")), ("c", running("c"))]);
    floor.hub.publish(World::of(dir.root()).read().pipeline.board(NOW));
    let answer = floor.session_of("agent:main:a", json!({"action": "stop"})).await;
    assert_eq!(said(&answer), ("done", "aborted; 1 running session below it is stopped too"));
    assert_eq!(said(&floor.session_of("agent:main:c", json!({"action": "stop"})).await), ("done", "aborted"));
    assert_eq!(floor.gateway.script.methods().len(), 3);
}
