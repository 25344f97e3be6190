//! A gateway that follows a script: it plays what real ones said, and whatever a test wants it to do wrong.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use futures_util::{SinkExt, StreamExt};
use ring::digest;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A bound so long that only a fault reaches it.
pub const LIMIT: Duration = Duration::from_secs(20);
/// The token that the scripted gateway wants.
pub const TOKEN: &str = "scripted-token";

/// What a real gateway said.
#[derive(Clone)]
pub struct Recording {
    pub challenge: Value,
    pub hello: Value,
    /// Answers by method.
    pub answers: BTreeMap<String, Value>,
    /// Event frames in their order.
    pub events: Vec<Value>,
}

impl Recording {
    pub fn of(version: &str) -> Self {
        let file = format!("fixtures/openclaw/{version}/frames-live.ndjson");
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let frames = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["frame"].take());
        let (mut asked, mut answers, mut events) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for frame in frames {
            let word = |name: &str| frame[name].as_str().map(str::to_owned);
            match frame["type"].as_str().unwrap() {
                "req" => drop(asked.insert(word("id").unwrap(), word("method").unwrap())),
                "res" if frame["ok"] == true => {
                    drop(answers.insert(asked[&word("id").unwrap()].clone(), frame["payload"].clone()));
                }
                "event" => events.push(frame.clone()),
                _ => {}
            }
        }
        let challenge = events.remove(0);
        assert_eq!(challenge["event"], "connect.challenge");
        let mut hello = answers.remove("connect").unwrap();
        hello["auth"]["scopes"] = match hello["auth"]["scopes"].take() {
            Value::Null => Value::Null,
            _ => json!(["operator.read"]),
        };
        Self { challenge, hello, answers, events }
    }
}

/// What a test has it send, whatever the script does.
#[derive(Clone)]
pub enum Push {
    Frame(Value),
    Close,
}

/// A script in progress at a port of this machine.
pub struct ScriptedGateway {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// Requests of all connections, in the order in which they came.
    requests: watch::Sender<Vec<Value>>,
    pushes: broadcast::Sender<Push>,
    answers: Mutex<BTreeMap<String, Option<Value>>>,
}

/// A client of the scripted gateway.
pub struct Peer {
    /// How many came before it.
    pub number: usize,
    socket: WebSocketStream<TcpStream>,
    shared: Arc<Shared>,
    pushes: broadcast::Receiver<Push>,
}

impl ScriptedGateway {
    /// Does with each connection what the script says.
    pub async fn start<F>(script: impl Fn(Peer) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            requests: watch::channel(Vec::new()).0,
            pushes: broadcast::channel(20_000).0,
            answers: Mutex::default(),
        });
        let of_task = Arc::clone(&shared);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { continue };
                let pushes = of_task.pushes.subscribe();
                tokio::spawn(script(Peer { number, socket, shared: Arc::clone(&of_task), pushes }));
            }
        });
        Self { url, shared }
    }

    /// Plays a recording: greets, answers, says what the test has it say.
    pub async fn playing(recording: Recording) -> Self {
        Self::start(move |mut peer| {
            let recording = recording.clone();
            async move {
                peer.greet(&recording).await?;
                peer.serve(&recording).await
            }
        })
        .await
    }

    /// From now on it gives this answer to a method; none at all without one.
    pub fn answer(&self, method: &str, answer: Option<Value>) {
        self.shared.answers.lock().unwrap().insert(method.to_owned(), answer);
    }

    pub fn push(&self, push: Push) {
        // Nobody may be connected.
        let _ = self.shared.pushes.send(push);
    }

    pub fn event(&self, name: &str, payload: Value) {
        self.push(Push::Frame(json!({"type": "event", "event": name, "payload": payload})));
    }

    /// Parameters of the requests for a method, of all connections.
    pub fn asked(&self, method: &str) -> Vec<Value> {
        let requests = self.shared.requests.borrow();
        requests.iter().filter(|request| request["method"] == method).map(|request| request["params"].clone()).collect()
    }

    /// Waits until a method was asked for so often.
    pub async fn until_asked(&self, method: &str, count: usize) {
        let mut requests = self.shared.requests.subscribe();
        let seen = |all: &Vec<Value>| all.iter().filter(|request| request["method"] == method).count() >= count;
        let waited = tokio::time::timeout(LIMIT, requests.wait_for(seen)).await.is_ok();
        assert!(waited, "{method} was asked for {} times and not {count}", self.asked(method).len());
    }
}

/// Each step ends with none when the client has gone.
impl Peer {
    pub async fn send(&mut self, message: Message) -> Option<()> {
        self.socket.send(message).await.ok()
    }

    pub async fn frame(&mut self, frame: Value) -> Option<()> {
        self.send(Message::text(frame.to_string())).await
    }

    pub async fn result(&mut self, request: &Value, payload: Value) -> Option<()> {
        self.frame(json!({"type": "res", "id": request["id"], "ok": true, "payload": payload})).await
    }

    pub async fn refuse(&mut self, request: &Value, error: &Value) -> Option<()> {
        self.frame(json!({"type": "res", "id": request["id"], "ok": false, "error": error})).await
    }

    pub async fn close(mut self) -> Option<()> {
        self.socket.close(None).await.ok()
    }

    /// The next request.
    pub async fn request(&mut self) -> Option<Value> {
        loop {
            if let Message::Text(text) = self.socket.next().await?.ok()? {
                let request: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(request["type"], "req");
                self.shared.requests.send_modify(|requests| requests.push(request.clone()));
                return Some(request);
            }
        }
    }

    /// Challenges, and gives the greeting of the client.
    pub async fn challenge(&mut self, recording: &Recording) -> Option<Value> {
        self.frame(recording.challenge.clone()).await?;
        let request = self.request().await?;
        assert_eq!(request["method"], "connect");
        if !request["params"]["device"].is_null() {
            verify(&request["params"], &recording.challenge["payload"]);
        }
        Some(request)
    }

    /// The whole handshake, as that version does it.
    pub async fn greet(&mut self, recording: &Recording) -> Option<()> {
        let request = self.challenge(recording).await?;
        assert_eq!(request["params"]["auth"]["token"], TOKEN);
        self.result(&request, recording.hello.clone()).await
    }

    /// Answers what is asked, and says what the test has it say.
    pub async fn serve(&mut self, recording: &Recording) -> Option<()> {
        loop {
            let request = tokio::select! {
                push = self.pushes.recv() => {
                    match push.ok()? {
                        Push::Frame(frame) => self.frame(frame).await?,
                        Push::Close => return self.socket.close(None).await.ok(),
                    }
                    continue;
                }
                message = self.socket.next() => match message?.ok()? {
                    Message::Text(text) => serde_json::from_str::<Value>(&text).unwrap(),
                    _ => continue,
                },
            };
            let method = request["method"].as_str().unwrap().to_owned();
            let set = self.shared.answers.lock().unwrap().get(&method).cloned();
            match set.unwrap_or_else(|| recording.answers.get(&method).cloned()) {
                Some(error) if !error["refused"].is_null() => self.refuse(&request, &error["refused"]).await?,
                Some(answer) => self.result(&request, answer).await?,
                None => {}
            }
            self.shared.requests.send_modify(|requests| requests.push(request));
        }
    }
}

/// Holds the device of a greeting against the challenge, with none of the program's means.
fn verify(params: &Value, challenge: &Value) {
    let (device, client) = (&params["device"], &params["client"]);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let key = BASE64URL_NOPAD.decode(word(&device["publicKey"]).as_bytes()).unwrap();
    assert_eq!(word(&device["id"]), HEXLOWER.encode(digest::digest(&digest::SHA256, &key).as_ref()));
    assert_eq!((&device["nonce"], &device["signedAt"]), (&challenge["nonce"], &challenge["ts"]));
    let scopes: Vec<String> = params["scopes"].as_array().unwrap().iter().map(word).collect();
    let text = [
        "v3".to_owned(),
        word(&device["id"]),
        word(&client["id"]),
        word(&client["mode"]),
        word(&params["role"]),
        scopes.join(","),
        challenge["ts"].to_string(),
        word(&params["auth"]["token"]),
        word(&challenge["nonce"]),
        word(&client["platform"]).to_lowercase(),
        client["deviceFamily"].as_str().unwrap_or_default().to_owned(),
    ];
    let signature = BASE64URL_NOPAD.decode(word(&device["signature"]).as_bytes()).unwrap();
    UnparsedPublicKey::new(&ED25519, key).verify(text.join("|").as_bytes(), &signature).unwrap();
}
