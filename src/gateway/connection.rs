//! One connection: the handshake, requests, and what comes in.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::device::Device;
use super::frames::{self, Challenge, Fault, Incoming, plain};
use super::methods::{self, Purpose};
use super::refusal::Refusal;
use super::settings::{Address, Target};

/// How long each step of the handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a frame of ours may take to be sent.
const SENDING: Duration = Duration::from_secs(10);
/// No frame of a gateway is larger: it says so itself (`policy.maxPayload`, 25 MiB).
const MAX_FRAME: usize = 32 << 20;
/// How many frames in a row may be no frames that we know.
const MAX_GARBAGE: usize = 100;

/// What the gateway said of itself.
#[derive(Clone, Debug, Default)]
pub struct Hello {
    /// The wire protocol in use.
    pub protocol: u64,
    /// OpenClaw's version.
    pub version: String,
    /// The state directory that it works on.
    pub state_dir: Option<String>,
    methods: HashSet<String>,
    scopes: Option<HashSet<String>>,
}

impl Hello {
    /// Whether it offers a method. Some work without being offered; none of those is asked about.
    #[must_use]
    pub fn offers(&self, method: &str) -> bool {
        self.methods.contains(method)
    }
}

#[derive(Deserialize)]
struct RawHello {
    #[serde(default)]
    protocol: u64,
    #[serde(default)]
    server: Value,
    #[serde(default)]
    features: Value,
    #[serde(default)]
    snapshot: Value,
    #[serde(default)]
    auth: Value,
}

impl From<RawHello> for Hello {
    fn from(raw: RawHello) -> Self {
        let words = |value: Option<&Value>| -> Option<HashSet<String>> {
            Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        Self {
            protocol: raw.protocol,
            version: raw.server["version"].as_str().unwrap_or("unknown").chars().take(40).collect(),
            state_dir: raw.snapshot["stateDir"].as_str().map(str::to_owned),
            methods: words(raw.features.get("methods")).unwrap_or_default(),
            scopes: words(raw.auth.get("scopes")),
        }
    }
}

/// Whether a gateway wants a signed device: what one call learns the next one knows.
pub type WantsDevice = Arc<AtomicBool>;

/// Calls one gateway for one purpose.
#[derive(Debug)]
pub struct Caller {
    target: Target,
    purpose: Purpose,
    with_device: WantsDevice,
    patience: Duration,
}

impl Caller {
    /// Nobody is called yet.
    #[must_use]
    pub fn new(target: Target, purpose: Purpose) -> Self {
        Self { target, purpose, with_device: WantsDevice::default(), patience: HANDSHAKE }
    }

    /// How long each step of the handshake may take, where it is not as long as usual.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Knows what calls before it learned, and tells those after it.
    #[must_use]
    pub fn knowing(mut self, with_device: &WantsDevice) -> Self {
        self.with_device = Arc::clone(with_device);
        self
    }

    /// Where it calls.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.target.url
    }

    /// A connection with every scope that the purpose needs. A device is shown only to a gateway that asks
    /// for one, since each new device is an entry in its owner's list.
    pub async fn call(&self) -> Result<Connection, Refusal> {
        if self.with_device.load(Ordering::Relaxed) {
            return self.greet(true).await;
        }
        match self.greet(false).await {
            Err(refusal) if refusal.wants_device() => {
                let connection = self.greet(true).await?;
                self.with_device.store(true, Ordering::Relaxed);
                Ok(connection)
            }
            other => other,
        }
    }

    async fn greet(&self, with_device: bool) -> Result<Connection, Refusal> {
        let mut connection = Connection::open(&self.target.url, self.patience).await?;
        let challenge = connection.challenge(self.patience).await?;
        let auth = &self.target.auth;
        let proof = if with_device {
            let name = if self.purpose == Purpose::Watch { "watch.pk8" } else { "control.pk8" };
            let device = device_in(self.target.devices.join(name)).await?;
            Some(device.prove(&challenge, self.purpose, auth.token.as_ref().map_or("", |token| token.expose())))
        } else {
            None
        };
        let secret = match (&auth.token, &auth.password) {
            (Some(token), _) => Some(json!({"token": token.expose()})),
            (None, Some(password)) => Some(json!({"password": password.expose()})),
            (None, None) => None,
        };
        let had_secret = secret.is_some();
        let greeting = methods::connect(self.purpose, secret, proof.as_ref());
        let answer = connection.ask("connect", &greeting, self.patience).await?;
        let payload = answer.map_err(|fault| Refusal::of(fault, had_secret))?;
        let hello: RawHello =
            serde_json::from_str(payload.get()).map_err(|_| connection.no_gateway("its greeting is not understood"))?;
        connection.hello = hello.into();
        self.check(&connection, with_device)?;
        Ok(connection)
    }

    /// Whether it is the right gateway, and lets us do what we came for.
    fn check(&self, connection: &Connection, with_device: bool) -> Result<(), Refusal> {
        let hello = &connection.hello;
        if !(methods::PROTOCOLS.0..=methods::PROTOCOLS.1).contains(&hello.protocol) {
            return Err(Refusal::Protocol { expected: Some(hello.protocol) });
        }
        if let (Some(root), Some(state_dir)) = (&self.target.must_be_of, &hello.state_dir)
            && !is_same(root, Path::new(state_dir))
        {
            return Err(Refusal::OtherInstallation {
                url: self.target.url.to_string(),
                state_dir: state_dir.chars().take(300).collect(),
            });
        }
        // 2026.3.13 does not say which scopes it gave, and gives none without a device.
        let missing = match &hello.scopes {
            Some(given) => self.purpose.scopes().iter().find(|scope| !given.contains(**scope)),
            None if with_device => None,
            None => self.purpose.scopes().first(),
        };
        missing.map_or(Ok(()), |scope| Err(Refusal::MissingScope((*scope).to_owned())))
    }
}

/// A disk may take long.
async fn device_in(file: PathBuf) -> Result<Device, Refusal> {
    let load =
        move || Device::load_or_make(&file).map_err(|error| Refusal::Device(format!("{}: {error}", file.display())));
    tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| Err(Refusal::Device(error.to_string())))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // A folder that is not there is one of another machine or container: nothing is known.
    !other.is_dir() || real(one) == real(other)
}

/// An open connection.
pub struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    url: String,
    asked: u64,
    garbage: usize,
    /// What the gateway said of itself.
    pub hello: Hello,
}

impl Connection {
    async fn open(address: &Address, patience: Duration) -> Result<Self, Refusal> {
        let url = address.to_string();
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME))
            .read_buffer_size(16 << 10);
        let tls = if address.expose().starts_with("wss:") { tls().await } else { None };
        let connecting = connect_async_tls_with_config(address.expose(), Some(limits), true, tls);
        let socket = match timeout(patience, connecting).await {
            Err(_) => return Err(slow("the connection", patience)),
            Ok(Err(Error::Io(error))) => return Err(Refusal::of_io(&url, &error)),
            Ok(Err(Error::Url(error))) => return Err(Refusal::Unreachable { url, why: error.to_string() }),
            Ok(Err(error)) => return Err(Refusal::NotAGateway { url, what: error.to_string() }),
            Ok(Ok((socket, _))) => socket,
        };
        Ok(Self { socket, url, asked: 0, garbage: 0, hello: Hello::default() })
    }

    fn no_gateway(&self, what: &str) -> Refusal {
        Refusal::NotAGateway { url: self.url.clone(), what: what.to_owned() }
    }

    /// The first thing that a gateway says.
    async fn challenge(&mut self, patience: Duration) -> Result<Challenge, Refusal> {
        let deadline = Instant::now() + patience;
        loop {
            match timeout_at(deadline, self.next()).await {
                Err(_) => return Err(slow("connect.challenge", patience)),
                Ok(Ok(Incoming::Event { name, payload, .. })) if name == "connect.challenge" => {
                    let challenge = serde_json::from_str(payload.get());
                    return challenge.map_err(|_| self.no_gateway("its challenge is not understood"));
                }
                Ok(other) => {
                    other?;
                }
            }
        }
    }

    /// Sends a request, and gives the id that its answer will carry.
    pub async fn send(&mut self, method: &str, params: &Value) -> Result<String, Refusal> {
        self.asked += 1;
        let id = self.asked.to_string();
        let text = frames::request(&id, method, params);
        match timeout(SENDING, self.socket.send(Message::text(text))).await {
            Err(_) => Err(slow(method, SENDING)),
            Ok(Err(error)) => Err(closed(&error)),
            Ok(Ok(())) => Ok(id),
        }
    }

    /// The next thing that it says. What is no frame is passed over, as long as it is not all that comes.
    pub async fn next(&mut self) -> Result<Incoming, Refusal> {
        loop {
            match self.socket.next().await {
                None => return Err(Refusal::Closed("without a word".to_owned())),
                Some(Err(error)) => return Err(closed(&error)),
                Some(Ok(Message::Text(text))) => {
                    if let Some(frame) = frames::read(&text) {
                        self.garbage = 0;
                        return Ok(frame);
                    }
                    self.garbage += 1;
                }
                Some(Ok(Message::Binary(_))) => self.garbage += 1,
                Some(Ok(Message::Close(frame))) => {
                    let why = frame
                        .map(|frame| format!("{} {}", u16::from(frame.code), plain(&frame.reason)).trim().to_owned());
                    return Err(Refusal::Closed(why.unwrap_or_else(|| "without a reason".to_owned())));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            }
            if self.garbage > MAX_GARBAGE {
                return Err(self.no_gateway("it says nothing that can be understood"));
            }
        }
    }

    /// Asks and waits for the answer; what else comes meanwhile is passed over.
    pub async fn ask(
        &mut self,
        method: &str,
        params: &Value,
        limit: Duration,
    ) -> Result<Result<Box<RawValue>, Fault>, Refusal> {
        let asked = self.send(method, params).await?;
        let deadline = Instant::now() + limit;
        loop {
            match timeout_at(deadline, self.next()).await {
                Err(_) => return Err(slow(method, limit)),
                Ok(Ok(Incoming::Response { id, result })) if id == asked => return Ok(result),
                Ok(other) => {
                    other?;
                }
            }
        }
    }
}

fn slow(what: &str, limit: Duration) -> Refusal {
    Refusal::Slow { what: what.to_owned(), seconds: limit.as_secs() }
}

fn closed(error: &Error) -> Refusal {
    Refusal::Closed(match error {
        Error::Capacity(_) => format!("it sent more than {} MB at once", MAX_FRAME >> 20),
        other => plain(&other.to_string()),
    })
}

/// What `wss://` needs. The roots that this system trusts are many files: they are read once.
async fn tls() -> Option<Connector> {
    static KEPT: OnceLock<Option<Arc<rustls::ClientConfig>>> = OnceLock::new();
    let kept = tokio::task::spawn_blocking(|| KEPT.get_or_init(trusting_this_system).clone()).await;
    kept.ok().flatten().map(Connector::Rustls)
}

fn trusting_this_system() -> Option<Arc<rustls::ClientConfig>> {
    let mut roots = rustls::RootCertStore::empty();
    let found: Vec<CertificateDer<'static>> = rustls_native_certs::load_native_certs().certs;
    roots.add_parsable_certificates(found);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
