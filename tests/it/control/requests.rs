//! Requests that are no actions, tasks, and gateways that cannot be used.

use factory_dashboard::domain::event::Positions;
use factory_dashboard::gateway::settings::Address;
use factory_dashboard::source::files::FilesReader;

use super::*;

#[tokio::test]
async fn a_gateway_that_cannot_be_used_is_a_refusal_with_what_to_do() {
    let floor = Floor::modern().await;
    for (target, words) in [
        ("ws://127.0.0.1:1", "No gateway answers"),
        (floor.gateway.url.as_str(), "refuses the token"),
        ("", "No gateway is known"),
    ] {
        let (mut of, url) = (floor.gateway.target(floor.data.path()), target.to_owned());
        of.url = Address::of(&url);
        of.auth.token = factory_dashboard::domain::secret::Secret::of("another-token");
        let answers = move |_: &InstallationId| {
            if url.is_empty() { Err("No gateway is known for this.".to_owned()) } else { Ok(of.clone()) }
        };
        let clock = Arc::clone(&floor.clock) as Arc<dyn Clock>;
        let log = AuditLog::in_memory();
        let desk = Desk::new(Arc::clone(&floor.hub), clock, THRESHOLDS, Box::new(answers), Limits::default(), log);
        let server = served(&floor.hub, &floor.clock, desk);
        let (_, answer) = post(&server, &format!("/api/sessions/{MAIN}/actions"), r#"{"action":"stop"}"#).await;
        assert!(said(&answer).0 == "refused" && said(&answer).1.contains(words), "{answer}");
        assert_eq!(server.get("/api/audit").await["entries"][0]["outcome"], "refused");
    }
    assert!(floor.gateway.script.asked().is_empty());
}

#[tokio::test]
async fn tasks_are_cancelled_where_openclaw_can() {
    let mut world = World::of(&crate::support::fixture("2026.9.6"));
    let hub = Arc::new(Hub::new(world.read().pipeline.board(NOW)));
    let task = hub.board().tasks[0].id.to_string();
    let (data, path) = (TempDir::new().unwrap(), format!("/api/tasks/{task}/actions"));
    let gateway = Gateway::modern().await;
    for (reply, expected) in [
        (json!({"found": true, "cancelled": true}), ("done", "cancelled")),
        (
            json!({"found": true, "cancelled": false, "reason": "Task is already terminal."}),
            ("not_running", "Task is already terminal."),
        ),
        (json!({"found": false, "cancelled": false, "reason": "Task not found."}), ("refused", "Task not found.")),
    ] {
        gateway.script.on("tasks.cancel", None, [Reply::Gives(reply)]);
        let server = serve(&hub, &world.clock, &gateway, &data, LIMIT);
        let (status, answer) = post(&server, &path, r#"{"action":"cancel"}"#).await;
        assert_eq!((status, said(&answer)), (StatusCode::OK, expected));
        let entry = &server.get("/api/audit").await["entries"][0];
        assert_eq!((&entry["taskId"], &entry["key"], &entry["action"]), (&json!(task), &json!(null), &json!("cancel")));
    }
    assert_eq!(gateway.script.asked()[0], ("tasks.cancel".to_owned(), json!({"taskId": task})));
    let old = Gateway::start(3, "2026.3.13", &OLD).await;
    let server = serve(&hub, &world.clock, &old, &data, LIMIT);
    let (_, answer) = post(&server, &path, r#"{"action":"cancel"}"#).await;
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("2026.3.13 cannot cancel tasks"));
    assert_eq!(post(&server, "/api/tasks/none/actions", r#"{"action":"cancel"}"#).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_before_anything_is_done() {
    let floor = Floor::modern().await;
    let path = format!("/api/sessions/{MAIN}/actions");
    let big = format!(r#"{{"action":"send","message":"{}"}}"#, "x".repeat(70_000));
    for (path, body, status, words) in [
        (path.as_str(), "{", StatusCode::BAD_REQUEST, "no JSON"),
        (&path, r#"{"action":"explode","force":true}"#, StatusCode::BAD_REQUEST, "'force'"),
        (&path, &big, StatusCode::PAYLOAD_TOO_LARGE, "64 KB"),
        (&format!("{path}?force=1"), r#"{"action":"stop"}"#, StatusCode::BAD_REQUEST, "'force'"),
        ("/api/sessions/agent%3Amain%3Anone/actions", r#"{"action":"stop"}"#, StatusCode::NOT_FOUND, "agent:main:none"),
        ("/api/sessions/%FF/actions", r#"{"action":"stop"}"#, StatusCode::BAD_REQUEST, "UTF-8"),
        (&path, r#"{"action":"stop","installation":"there"}"#, StatusCode::NOT_FOUND, "'there'"),
    ] {
        let (got, problem) = post(&floor.server, path, body).await;
        assert!(got == status && problem["detail"].as_str().unwrap().contains(words), "{path} {body:.60}: {problem}");
    }
    let unsigned = Request::post(&path).body(Body::from(r#"{"action":"stop"}"#)).unwrap();
    assert_eq!(floor.server.send(unsigned).await.status(), StatusCode::UNAUTHORIZED);
    let (status, _) = floor.server.get_any(&path).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(floor.gateway.script.asked().is_empty() && floor.file().is_empty(), "none of it is an action");
}

#[tokio::test]
async fn a_key_of_two_installations_must_be_told_apart() {
    let floor = Floor::modern().await;
    let (first, twin) = (sessions(), sessions());
    let mut world = World::of(first.root());
    world.read();
    let mut reader = FilesReader::new(InstallationId::from("twin"), twin.root().to_owned(), Positions::new());
    let (pipeline, clock) = (&mut world.pipeline, &world.clock);
    reader
        .refresh(clock.as_ref(), &mut |mut events| {
            pipeline.take_in(&mut events, NOW).unwrap();
            Ok(())
        })
        .unwrap();
    floor.hub.publish(world.pipeline.board(NOW));
    let path = format!("/api/sessions/{MAIN}/actions");
    let (status, problem) = post(&floor.server, &path, r#"{"action":"stop"}"#).await;
    assert!(status == StatusCode::CONFLICT && problem["detail"].as_str().unwrap().contains("test, twin"), "{problem}");
    let answer = floor.session(json!({"action": "stop", "installation": "twin"})).await;
    assert_eq!(said(&answer).0, "done");
    assert_eq!(floor.audit("").await["entries"][0]["installation"], "twin");
}
