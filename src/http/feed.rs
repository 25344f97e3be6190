//! The push: numbered changes for any number of readers, worked out and written once.
//!
//! One task for each time zone that somebody reads in, since days begin at its midnight. A reader holds
//! a place in a bounded queue of shared messages: one that falls behind loses its place and begins anew
//! with the present, so it costs nobody else time or memory.

mod delta;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::error::ApiError;
use super::query::SessionQuery;
use super::view::{Defaults, View};
use super::wire::StreamMessage;
use crate::clock::Clock;
use crate::domain::Millis;
use crate::hub::Hub;
use crate::live::board::Board;
use delta::Shown;

/// The least time between two messages.
const PAUSE: Duration = Duration::from_millis(100);
/// How often what time alone changes is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest silence: a browser sees no ping, so this is its sign that the push lives.
const SILENCE: Duration = Duration::from_secs(10);
/// How many messages a reader may be behind.
const QUEUE: usize = 64;
/// How many readers there may be.
const MAX_READERS: usize = 4096;

/// A message, written once for all readers.
#[derive(Debug)]
pub struct Frame {
    seq: u64,
    /// The frame of a WebSocket: a header, then the message.
    framed: Bytes,
    message_at: usize,
    event: OnceLock<Bytes>,
}

impl Frame {
    fn new(seq: u64, message: &impl Serialize) -> Self {
        let json = serde_json::to_vec(message).unwrap_or_else(|error| {
            tracing::error!(%error, "a message of the push could not be written");
            br#"{"type":"resync"}"#.to_vec()
        });
        let header = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
        let length = json.len() as u64;
        let message_at = header.len(length);
        let mut framed = Vec::with_capacity(message_at + json.len());
        // Writing to memory does not fail.
        let _ = header.format(length, &mut framed);
        framed.extend_from_slice(&json);
        Self { seq, framed: framed.into(), message_at, event: OnceLock::new() }
    }

    /// The whole frame of a WebSocket; a server's frames are not masked, so it is the same for every reader.
    #[must_use]
    pub fn framed(&self) -> Bytes {
        self.framed.clone()
    }

    /// The message itself.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.framed[self.message_at..]
    }

    /// The same as a server-sent event.
    #[must_use]
    pub fn event(&self) -> Bytes {
        let make = || [format!("id: {}\ndata: ", self.seq).as_bytes(), self.json(), b"\n\n"].concat().into();
        self.event.get_or_init(make).clone()
    }
}

/// Everything that is pushed.
pub struct Feeds {
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    defaults: Defaults,
    by_zone: Mutex<HashMap<String, Arc<Feed>>>,
    readers: AtomicUsize,
}

impl Feeds {
    /// Nothing is worked out until somebody reads.
    #[must_use]
    pub fn new(hub: Arc<Hub>, clock: Arc<dyn Clock>, defaults: Defaults) -> Arc<Self> {
        Arc::new(Self { hub, clock, defaults, by_zone: Mutex::default(), readers: AtomicUsize::new(0) })
    }

    /// A new reader in this zone, or the server's.
    pub async fn join(self: &Arc<Self>, zone: Option<TimeZone>) -> Result<Reader, ApiError> {
        let place = Place::take(self)?;
        let name = zone.as_ref().and_then(TimeZone::iana_name).unwrap_or_default().to_owned();
        let subscribe = |feed: &Arc<Feed>| (Arc::clone(feed), feed.sender.subscribe());
        let known = lock(&self.by_zone).get(&name).map(subscribe);
        let (feed, receiver) = if let Some(known) = known {
            known
        } else {
            // All that there is is judged for it: nobody waits for that but this reader.
            let feeds = Arc::clone(self);
            let made = tokio::task::spawn_blocking(move || Arc::new(Feed::new(&feeds, zone)));
            let made = made.await.map_err(|_| ApiError::Internal)?;
            subscribe(lock(&self.by_zone).entry(name.clone()).or_insert_with(|| {
                tokio::spawn(Arc::clone(&made).run(Arc::clone(self), name));
                made
            }))
        };
        Ok(Reader { feed, receiver, seq: None, _place: place })
    }

    /// Forgets a feed that nobody reads; false while somebody does.
    fn forget(&self, name: &str, feed: &Feed) -> bool {
        let mut by_zone = lock(&self.by_zone);
        let is_unused = feed.sender.receiver_count() == 0;
        if is_unused {
            by_zone.remove(name);
        }
        is_unused
    }
}

/// One of the places for readers, free again when it is dropped.
struct Place(Arc<Feeds>);

impl Place {
    fn take(feeds: &Arc<Feeds>) -> Result<Self, ApiError> {
        let place = Self(Arc::clone(feeds));
        let taken = feeds.readers.fetch_add(1, Ordering::Relaxed);
        if taken >= MAX_READERS { Err(ApiError::TooManyReaders(taken)) } else { Ok(place) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The changes in one time zone.
struct Feed {
    query: SessionQuery,
    defaults: Defaults,
    sender: broadcast::Sender<Arc<Frame>>,
    state: Mutex<State>,
    /// The first message of new readers, until the next change; one of them makes it for all.
    hello: tokio::sync::Mutex<Option<Arc<Frame>>>,
}

struct State {
    seq: u64,
    shown: Shown,
    sent_at: Instant,
}

impl Feed {
    fn new(feeds: &Feeds, zone: Option<TimeZone>) -> Self {
        let query = SessionQuery { zone, ..SessionQuery::default() };
        let (board, now) = (feeds.hub.board(), feeds.clock.now());
        let view = View::unsorted(&board, &query, &feeds.defaults, now);
        let shown = Shown::of(Arc::clone(&board), &view, now);
        let state = Mutex::new(State { seq: 1, shown, sent_at: Instant::now() });
        let (sender, _) = broadcast::channel(QUEUE);
        Self { query, defaults: feeds.defaults.clone(), sender, state, hello: tokio::sync::Mutex::default() }
    }

    /// Tells of every change as long as somebody reads.
    async fn run(self: Arc<Self>, feeds: Arc<Feeds>, name: String) {
        let mut boards = feeds.hub.subscribe();
        loop {
            let changed = tokio::time::timeout(LOOK_EVERY, boards.changed()).await;
            if matches!(changed, Ok(Err(_))) || feeds.forget(&name, &self) {
                return;
            }
            let board = Arc::clone(&boards.borrow_and_update());
            let (feed, now) = (Arc::clone(&self), feeds.clock.now());
            match tokio::task::spawn_blocking(move || feed.step(&board, now)).await {
                // Nobody listening is no fault: the next look ends the feed. Readers are woken from here, where a
                // worker of the runtime can go on with them, and not from the thread that made the message.
                Ok(Some(frame)) => drop(self.sender.send(frame)),
                Ok(None) => {}
                Err(error) if error.is_cancelled() => return,
                // Readers wait for this task, and nobody begins another while it is there: it goes on.
                Err(error) => tracing::error!(%error, zone = name, "what changed could not be worked out"),
            }
            // Whatever comes meanwhile is part of the next message.
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// What is new, or a sign of life where nothing is for long.
    fn step(&self, board: &Arc<Board>, now: Millis) -> Option<Arc<Frame>> {
        let mut state = lock(&self.state);
        let view = View::unsorted(board, &self.query, &self.defaults, now);
        let next = Shown::of(Arc::clone(board), &view, now);
        let (is_new, change) = state.shown.change(&next, &view, state.seq + 1);
        if !is_new && state.sent_at.elapsed() < SILENCE {
            return None;
        }
        let frame = Arc::new(Frame::new(change.seq, &StreamMessage::Change(Box::new(change))));
        *state = State { seq: frame.seq, shown: next, sent_at: Instant::now() };
        drop(state);
        *self.hello.blocking_lock() = None;
        Some(frame)
    }

    /// Everything, as of the last message.
    async fn hello(self: &Arc<Self>) -> Option<Arc<Frame>> {
        let mut kept = self.hello.lock().await;
        let feed = Arc::clone(self);
        let before = kept.take();
        let make = move || {
            let (seq, board, now) = {
                let state = lock(&feed.state);
                (state.seq, Arc::clone(&state.shown.board), state.shown.now)
            };
            if let Some(same) = before.filter(|frame| frame.seq == seq) {
                return same;
            }
            let snapshot = Box::new(View::new(&board, &feed.query, &feed.defaults, now).response());
            Arc::new(Frame::new(seq, &StreamMessage::Hello { seq, snapshot }))
        };
        let frame = tokio::task::spawn_blocking(make).await.ok()?;
        *kept = Some(Arc::clone(&frame));
        Some(frame)
    }
}

/// One reader.
pub struct Reader {
    feed: Arc<Feed>,
    receiver: broadcast::Receiver<Arc<Frame>>,
    /// The number of the last message; none before the first.
    seq: Option<u64>,
    _place: Place,
}

impl Reader {
    /// The next message, when there is one. None at the end of the program.
    pub async fn next(&mut self) -> Option<Arc<Frame>> {
        let Some(known) = self.seq else {
            let hello = self.feed.hello().await?;
            self.seq = Some(hello.seq);
            return Some(hello);
        };
        loop {
            match self.receiver.recv().await {
                Ok(frame) if frame.seq <= known => {}
                Ok(frame) => {
                    self.seq = Some(frame.seq);
                    return Some(frame);
                }
                Err(RecvError::Lagged(_)) => {
                    self.receiver = self.receiver.resubscribe();
                    self.seq = None;
                    return Some(Arc::new(Frame::new(known, &StreamMessage::Resync)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is half done when it panics: a message is sent whole or not at all.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
