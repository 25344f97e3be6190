//! Adds up the last year of days in the machine's time zone, so that the first to ask need not wait for it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::progress;
use crate::domain::Millis;
use crate::hub::Hub;
use crate::live::board::Board;
use crate::store::{Grain, UsageHistory};

/// What a page asks for at most without being told dates.
const YEAR_MS: Millis = 366 * 86_400_000;

/// Waits until the sources are read, since every commit drops the days that it touches.
pub(super) async fn days(hub: Arc<Hub>, history: Arc<dyn UsageHistory>, zone: TimeZone, now: Millis) {
    let is_read = |board: &Arc<Board>| progress::of(board).is_none();
    if hub.subscribe().wait_for(is_read).await.is_err() {
        return;
    }
    let adding = tokio::task::spawn_blocking(move || history.usage(now - YEAR_MS..now, &Grain::Day(zone)));
    if let Ok(Err(error)) = adding.await {
        tracing::warn!(%error, "the days of the last year could not be added up");
    }
}
