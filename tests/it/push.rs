//! The push over a real socket: what a reader puts together from it is what `GET /api/sessions` says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use factory_dashboard::clock::{Clock, ManualClock};
use factory_dashboard::http::feed::Reader;
use factory_dashboard::hub::Hub;
use factory_dashboard::pipeline::Pipeline;
use factory_dashboard::source::demo::Simulator;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{NOW, Server, pipeline, push_server};

/// A bound so long that only a fault reaches it.
const LIMIT: Duration = Duration::from_secs(20);

/// Simulated agents behind a real listener.
struct Floor {
    simulator: Simulator,
    pipeline: Pipeline,
    clock: Arc<ManualClock>,
    hub: Arc<Hub>,
    server: Server,
    address: std::net::SocketAddr,
}

impl Floor {
    async fn open() -> Self {
        let mut simulator = Simulator::new(3, NOW);
        let mut pipeline = pipeline(NOW);
        pipeline.take_in(&mut simulator.history(), NOW).unwrap();
        let (clock, hub) = (Arc::new(ManualClock::at(NOW)), Arc::new(Hub::new(pipeline.board(NOW))));
        let server = push_server(Arc::clone(&hub), Arc::clone(&clock));
        let address = server.listen().await;
        Self { simulator, pipeline, clock, hub, server, address }
    }

    /// Time goes by, and agents work.
    fn step(&mut self, ms: i64) {
        let now = self.clock.now() + ms;
        self.clock.set(now);
        self.pipeline.take_in(&mut self.simulator.step(now), now).unwrap();
        self.hub.publish(self.pipeline.board(now));
    }

    async fn stream(&self, query: &str) -> Follower {
        let url = format!("ws://{}/api/stream{query}", self.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Follower { socket, seq: 0, shown: Value::Null, rows: BTreeMap::new() }
    }

    /// What the API says, in the form that a follower puts together.
    async fn truth(&self) -> (BTreeMap<String, Value>, Value) {
        let mut answer = self.server.get("/api/sessions").await;
        (rows(&answer["sessions"].take()), ageless(answer))
    }
}

/// A reader as a browser is one.
struct Follower {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    seq: u64,
    shown: Value,
    rows: BTreeMap<String, Value>,
}

impl Follower {
    async fn next(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(LIMIT, self.socket.next()).await.expect("a message");
            if let Message::Text(text) = message.unwrap().unwrap() {
                let message: Value = serde_json::from_str(&text).unwrap();
                self.take(message.clone());
                return message;
            }
        }
    }

    fn take(&mut self, mut message: Value) {
        match message["type"].as_str().unwrap() {
            "hello" => {
                self.seq = message["seq"].as_u64().unwrap();
                self.shown = message["snapshot"].take();
                self.rows = rows(&self.shown["sessions"].take());
            }
            "change" => {
                assert_eq!(message["seq"], self.seq + 1, "no gap");
                self.seq += 1;
                for gone in message["removed"].as_array().unwrap() {
                    assert!(self.rows.remove(&name(gone)).is_some(), "{gone}");
                }
                self.rows.extend(rows(&message["upserts"]));
                for part in ["stats", "tokenStats", "taskQueue", "coverage", "total", "fetchedAt"] {
                    self.shown[part] = message[part].take();
                }
            }
            other => assert_eq!(other, "resync"),
        }
    }

    fn shown(&self) -> (BTreeMap<String, Value>, Value) {
        (self.rows.clone(), ageless(self.shown.clone()))
    }

    async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        for _ in 0..2000 {
            if is(self) {
                return;
            }
            self.next().await;
        }
        panic!("not seen: {what}");
    }
}

fn name(row: &Value) -> String {
    format!("{} {}", row["installation"], row["key"])
}

/// Rows by name, without what the clock alone changes.
fn rows(list: &Value) -> BTreeMap<String, Value> {
    let ageless = |row: &Value| {
        let mut row = row.clone();
        for field in ["ageMs", "ageFormatted"] {
            row.as_object_mut().unwrap().remove(field);
        }
        row
    };
    list.as_array().unwrap().iter().map(|row| (name(row), ageless(row))).collect()
}

fn ageless(mut answer: Value) -> Value {
    answer["fetchedAt"] = Value::Null;
    answer["coverage"]["asOf"] = Value::Null;
    for item in answer["taskQueue"].as_array_mut().unwrap() {
        for field in ["ageFormatted", "durationMs"] {
            item.as_object_mut().unwrap().remove(field);
        }
    }
    answer
}

#[tokio::test]
async fn changes_put_together_are_what_the_api_says() {
    let mut floor = Floor::open().await;
    let mut early = floor.stream("").await;
    assert_eq!(early.next().await["type"], "hello");
    assert_eq!(early.shown(), floor.truth().await);
    let mut late = None;
    for round in 0..40 {
        floor.step(if round % 10 == 9 { 400_000 } else { 3_000 });
        if round == 20 {
            let mut follower = floor.stream("").await;
            assert_eq!(follower.next().await["type"], "hello");
            late = Some(follower);
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    let truth = floor.truth().await;
    assert!(early.rows != truth.0, "something happened");
    for follower in [&mut early, late.as_mut().unwrap()] {
        follower.until("the truth", |follower| follower.shown() == truth).await;
    }
}

#[tokio::test]
async fn a_change_holds_what_changed_and_time_alone_changes_statuses() {
    let mut floor = Floor::open().await;
    let mut follower = floor.stream("").await;
    follower.next().await;
    floor.step(60_000);
    let changed = follower.next().await["upserts"].as_array().unwrap().len();
    assert!((1..follower.rows.len() / 2).contains(&changed), "{changed} of {}", follower.rows.len());
    let before = follower.shown.clone();
    // Nobody says anything for a day: what runs is stuck, and the rest stale.
    floor.clock.set(NOW + 90_000_000);
    let truth = floor.truth().await;
    follower.until("the statuses of a day later", |follower| follower.shown() == truth).await;
    assert_ne!(follower.shown["stats"], before["stats"]);
}

#[tokio::test]
async fn that_clocks_agree_again_is_told() {
    let floor = Floor::open().await;
    floor.clock.set(NOW - 3_600_000);
    let mut follower = floor.stream("").await;
    follower.next().await;
    let is_ahead = |(rows, _): &(BTreeMap<String, Value>, Value)| {
        rows.values().any(|row| row["statusReason"].as_str().unwrap().starts_with("dated in the future"))
    };
    assert!(is_ahead(&follower.shown()));
    floor.clock.set(NOW);
    let truth = floor.truth().await;
    assert!(!is_ahead(&truth));
    follower.until("no session is dated ahead", |follower| follower.shown() == truth).await;
}

/// Without sockets, in a time that passes as fast as everybody is done.
#[tokio::test(start_paused = true)]
async fn a_reader_that_stands_still_is_told_to_begin_anew_and_holds_up_nobody() {
    let mut floor = Floor::open().await;
    let join = || floor.server.feeds.join(None);
    let (mut idle, mut awake) = (join().await.unwrap(), join().await.unwrap());
    let read = async |reader: &mut Reader| -> Value {
        let frame = tokio::time::timeout(LIMIT, reader.next()).await.expect("a message").expect("goes on");
        serde_json::from_slice(frame.json()).unwrap()
    };
    assert_eq!(read(&mut idle).await["seq"], 1);
    assert_eq!(read(&mut awake).await["seq"], 1);
    for seq in 2..=80 {
        floor.step(400_000);
        assert_eq!(read(&mut awake).await["seq"], seq, "none is lost to who listens");
    }
    assert_eq!(read(&mut idle).await, json!({"type": "resync"}));
    let anew = read(&mut idle).await;
    assert_eq!((&anew["type"], &anew["seq"]), (&json!("hello"), &json!(80)));
    assert_eq!(rows(&anew["snapshot"]["sessions"]), floor.truth().await.0);
    floor.step(400_000);
    assert_eq!((read(&mut idle).await["seq"].clone(), read(&mut awake).await["seq"].clone()), (json!(81), json!(81)));
}

/// A browser sees no ping: when nothing happens, that is said.
#[tokio::test(start_paused = true)]
async fn silence_is_broken_every_ten_seconds() {
    let floor = Floor::open().await;
    let mut reader = floor.server.feeds.join(None).await.unwrap();
    reader.next().await.unwrap();
    let began = tokio::time::Instant::now();
    let frame = tokio::time::timeout(LIMIT, reader.next()).await.expect("a message").unwrap();
    let message: Value = serde_json::from_slice(frame.json()).unwrap();
    assert_eq!((&message["type"], &message["upserts"]), (&json!("change"), &json!([])));
    assert!((9..=12).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn server_sent_events_say_the_same() {
    let mut floor = Floor::open().await;
    let mut follower = floor.stream("?tz=Asia/Seoul").await;
    let hello = follower.next().await;
    let mut socket = TcpStream::connect(floor.address).await.unwrap();
    let request = format!("GET /api/events?tz=Asia/Seoul HTTP/1.1\r\nhost: {}\r\n\r\n", floor.address);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(socket).lines();
    let mut next = async |beginning: &str| loop {
        let line = tokio::time::timeout(LIMIT, lines.next_line()).await.unwrap().unwrap().expect("goes on");
        if let Some(rest) = line.strip_prefix(beginning) {
            return rest.to_owned();
        }
    };
    assert_eq!(next("content-type: ").await, "text/event-stream");
    for expected in [hello, {
        floor.step(60_000);
        follower.next().await
    }] {
        assert_eq!(next("id: ").await, expected["seq"].to_string());
        assert_eq!(serde_json::from_str::<Value>(&next("data: ").await).unwrap(), expected);
    }
}

#[tokio::test]
async fn mistakes_are_named() {
    let floor = Floor::open().await;
    let (status, problem) = floor.server.get_any("/api/stream?tz=Mars").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("'Mars'"), "{problem}");
    let (status, problem) = floor.server.get_any("/api/stream").await;
    assert_eq!(status, StatusCode::UPGRADE_REQUIRED);
    assert!(problem["detail"].as_str().unwrap().contains("/api/events"), "{problem}");
}
