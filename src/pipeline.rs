//! The one loop: collect what was observed, fold it in, publish the facts.
//!
//! It owns the state; nobody else touches it. It knows no source, only events.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::domain::event::Event;
use crate::hub::Hub;
use crate::live::LiveState;

/// While events pour in, facts are published this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// How many batches are taken at once.
const TAKE: usize = 32;

/// Runs until every source is gone.
pub async fn run(mut state: LiveState, mut events: Receiver<Vec<Event>>, hub: Arc<Hub>, clock: Arc<dyn Clock>) {
    let mut batches = Vec::with_capacity(TAKE);
    let mut published: Option<Instant> = None;
    while events.recv_many(&mut batches, TAKE).await > 0 {
        let now = clock.now();
        for event in batches.drain(..).flatten() {
            state.apply(event, now);
        }
        // A quiet channel is told at once; a busy one in steps, so that a cold scan is not
        // slowed down by its own progress.
        if events.is_empty() || published.is_none_or(|at| at.elapsed() >= PUBLISH_EVERY) {
            hub.publish(state.board(now));
            published = Some(Instant::now());
        }
    }
}
