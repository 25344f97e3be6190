//! The sources: each one observes OpenClaw in its own way and reports events.
//!
//! A source never writes below a state directory, keeps no rule of its own, and knows neither
//! the store nor the page. It counts what it did not understand and goes on.

pub mod agent;
pub mod background;
pub mod bounded;
pub mod command;
pub mod database;
pub mod demo;
pub mod files;
pub mod gateway;
pub mod gateway_usage;
pub mod index;
pub mod lenient;
pub mod packed;
pub mod records;
pub mod skips;
pub mod sqlite;
pub mod state_dir;
pub mod tail;
pub mod tasks;
pub mod transcripts;
pub mod watch;

use tokio::sync::mpsc;

use crate::domain::event::Event;

/// Where a source sends what it observed. Bounded: a source that is too quick waits.
#[derive(Clone, Debug)]
pub struct EventSender(mpsc::Sender<Vec<Event>>);

/// The other end is gone: the program stops.
#[derive(Debug)]
pub struct Closed;

impl EventSender {
    /// A sender and the end that the pipeline reads.
    #[must_use]
    pub fn channel() -> (Self, mpsc::Receiver<Vec<Event>>) {
        let (sender, receiver) = mpsc::channel(32);
        (Self(sender), receiver)
    }

    /// Sends from a source's own thread; waits while the pipeline is busy.
    pub fn send_blocking(&self, events: Vec<Event>) -> Result<(), Closed> {
        if events.is_empty() {
            return if self.0.is_closed() { Err(Closed) } else { Ok(()) };
        }
        self.0.blocking_send(events).map_err(|_| Closed)
    }

    /// Wakes a pipeline that waits; one that has work is awake.
    pub fn wake(&self) {
        let _ = self.0.try_send(Vec::new());
    }

    /// Sends from a task.
    pub async fn send(&self, events: Vec<Event>) -> Result<(), Closed> {
        self.0.send(events).await.map_err(|_| Closed)
    }
}
