//! The running source: what is appended is seen without a rescan.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use factory_dashboard::clock::SystemClock;
use factory_dashboard::domain::InstallationId;
use factory_dashboard::domain::event::Positions;
use factory_dashboard::hub::Hub;
use factory_dashboard::live::board::Board;
use factory_dashboard::pipeline;
use factory_dashboard::source::EventSender;
use factory_dashboard::source::files::{FilesReader, FilesSource};
use serde_json::json;

use crate::support::{NOW, StateDir, call, header, one_session, pipeline as new_pipeline};

/// Waits until the board says so; a bound so long that only a missed change reaches it.
async fn until(hub: &Hub, what: &str, is: impl Fn(&Board) -> bool) {
    let mut boards = hub.subscribe();
    let seen = tokio::time::timeout(Duration::from_secs(12), boards.wait_for(|board| is(board))).await;
    assert!(seen.is_ok_and(|board| board.is_ok()), "not seen: {what}");
}

fn input(board: &Board) -> u64 {
    board.sessions.iter().map(|facts| facts.totals.usage.input).sum()
}

#[tokio::test]
async fn appends_new_files_and_new_agents_are_followed() {
    let dir = one_session(&[header("s1"), call("a", "11:00:01", [10, 1, 0, 0], None)]);
    let (sender, mut receiver) = EventSender::channel();
    let mut kept = new_pipeline(NOW);
    let hub = Arc::new(Hub::new(kept.board(NOW)));
    let (name, root) = (InstallationId::from("test"), dir.root().to_owned());
    let files =
        FilesSource::start(FilesReader::new(name, root, Positions::new()), Arc::new(SystemClock), sender.clone())
            .unwrap();
    let (signals, shown) = (pipeline::Signals::default(), Arc::clone(&hub));
    let told = signals.clone();
    let running = std::thread::spawn(move || pipeline::run(&mut kept, &mut receiver, &shown, &SystemClock, &told));
    until(&hub, "the first reading", |board| input(board) == 10).await;

    let mut file = std::fs::File::options().append(true).open(dir.path("agents/main/sessions/s1.jsonl")).unwrap();
    file.write_all(call("b", "11:00:02", [5, 1, 0, 0], None).as_bytes()).unwrap();
    until(&hub, "an appended line", |board| input(board) == 15).await;

    dir.transcript("s2.jsonl", &[header("s2"), call("c", "11:00:03", [100, 1, 0, 0], None)]);
    dir.index(&[
        ("main", json!({"sessionId": "s1", "updatedAt": NOW})),
        ("x", json!({"sessionId": "s2", "updatedAt": NOW})),
    ]);
    until(&hub, "a new session", |board| input(board) == 115 && board.sessions.len() == 2).await;

    let other = StateDir::new();
    other
        .index(&[("main", json!({"sessionId": "n", "updatedAt": NOW}))])
        .transcript("n.jsonl", &[header("n"), call("n", "11:00:04", [1000, 1, 0, 0], None)]);
    std::fs::rename(other.path("agents/main"), dir.path("agents/ops")).unwrap();
    until(&hub, "a new agent", |board| input(board) == 1115).await;

    dir.index(&[("main", json!({"sessionId": "s1", "updatedAt": NOW}))]);
    until(&hub, "a deleted session", |board| board.sessions.len() == 2 && input(board) == 1015).await;
    // A line every 10 ms: they are seen while they come, not when they stop.
    let writer = std::thread::spawn(move || {
        for i in 0..300 {
            let line = call(&format!("steady{i}"), "11:30:00", [1, 1, 0, 0], None);
            file.write_all(line.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    until(&hub, "a steady stream", |board| (1016..1315).contains(&input(board))).await;
    assert!(!writer.is_finished(), "seen only after the last line");
    writer.join().unwrap();
    until(&hub, "its end", |board| input(board) == 1315).await;
    signals.stop.store(true, Ordering::Relaxed);
    sender.wake();
    assert!(matches!(running.join().unwrap(), pipeline::Ended::Stopped));
    files.stop();
}
