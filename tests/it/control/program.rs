//! The program as a whole: it finds the gateway by itself, and leaves simulated agents alone.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::running::{Running, text};

use super::*;

fn act(running: &Running, key: &str, body: &str) -> Value {
    let mut stream = TcpStream::connect(&running.address).unwrap();
    write!(
        stream,
        "POST /api/sessions/{}/actions HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        encode(key),
        running.address,
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_of_an_installation_is_asked() {
    let gateway = Gateway::modern().await;
    let dir = sessions();
    let port: u16 = gateway.url.rsplit(':').next().unwrap().parse().unwrap();
    let settings = json!({"gateway": {"port": port, "auth": {"token": GATEWAY_TOKEN}}});
    dir.write("openclaw.json", settings.to_string()).write("token", TOKEN);
    tokio::task::spawn_blocking(move || {
        let home = TempDir::new().unwrap();
        let (root, data) = (dir.root().display(), home.path().join("data"));
        let arguments = [
            "--allow-control".to_owned(),
            "--source=files".to_owned(),
            format!("--state-dir={root}"),
            format!("--data-dir={}", data.display()),
        ];
        // The token of the data folder: on loopback it is for control alone.
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join("token"), TOKEN).unwrap();
        let running = Running::at_home(&home, &arguments);
        running.wait_until("the session", |running| running.json("/api/sessions")["total"] == 6);
        let answer = act(&running, "agent:main:방/1", r#"{"action":"stop"}"#);
        assert_eq!(said(&answer), ("done", "aborted"));
        let entry = &running.json("/api/audit")["entries"][0];
        assert_eq!((&entry["outcome"], &entry["from"]), (&json!("done"), &json!("127.0.0.1")));
        running.stop();
        let log = std::fs::read_to_string(data.join("audit.jsonl")).unwrap();
        assert_eq!(log.lines().count(), 2);
        let anew = Running::at_home(&home, &arguments);
        assert_eq!(&anew.json("/api/audit")["entries"][0]["id"], &answer["auditId"]);
    })
    .await
    .unwrap();
    assert_eq!(gateway.script.methods(), ["sessions.abort"]);
}

#[test]
fn simulated_agents_are_left_alone() {
    let home = TempDir::new().unwrap();
    let token = home.path().join("control-token");
    std::fs::write(&token, TOKEN).unwrap();
    let data = home.path().join("data");
    let arguments = [
        "demo".to_owned(),
        "--allow-control".to_owned(),
        format!("--token-file={}", token.display()),
        format!("--data-dir={}", data.display()),
    ];
    let running = Running::at_home(&home, &arguments);
    let mut answer = Value::Null;
    // The first agents are there a moment after the start.
    for _ in 0..3000 {
        answer = act(&running, "agent:support:main", r#"{"action":"stop"}"#);
        if answer["status"] != 404 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(said(&answer).0 == "refused" && said(&answer).1.contains("simulated"), "{answer}");
    assert!(!data.join("audit.jsonl").exists(), "nothing is left on the disk");
}
