//! `GET /api/stream` and `GET /api/events`: the same messages over a WebSocket and as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{OriginalUri, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::tz::TimeZone;
use tokio::time::{Instant, MissedTickBehavior};

use super::App;
use super::error::ApiError;
use super::feed::Reader;
use super::query;
use super::wire::StreamMessage;

/// How often a WebSocket is asked whether somebody is there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A WebSocket from which nothing came for so long is closed.
const IDLE: Duration = Duration::from_mins(1);
/// How long one message may take to be sent.
const SENDING: Duration = Duration::from_secs(30);
/// Readers have nothing to say: pings and a farewell.
const MAX_INCOMING: usize = 4096;

/// Follows everything over a WebSocket: `hello` with a snapshot, then numbered changes.
#[utoipa::path(get, path = "/api/stream",
    params(("tz" = Option<String>, Query, description = "IANA time zone that days begin in")),
    responses((status = 101, body = StreamMessage, description = "each text message is one of these"), (status = 400), (status = 426), (status = 503)))]
pub async fn stream(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let zone = zone(uri.query().unwrap_or_default())?;
    let upgrade = upgrade.map_err(|_| ApiError::NoWebSocket)?;
    let reader = app.feeds.join(zone)?;
    Ok(upgrade
        .read_buffer_size(MAX_INCOMING)
        .write_buffer_size(0)
        .max_message_size(MAX_INCOMING)
        .max_frame_size(MAX_INCOMING)
        .on_upgrade(move |socket| push(socket, reader)))
}

/// Sends until the reader is gone.
async fn push(mut socket: WebSocket, mut reader: Reader) {
    let mut pings = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let message = tokio::select! {
            frame = reader.next() => match frame {
                Some(frame) => Message::Text(frame.text()),
                None => break,
            },
            incoming = socket.recv() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {
                    heard = Instant::now();
                    continue;
                }
            },
            _ = pings.tick() => {
                if heard.elapsed() >= IDLE {
                    break;
                }
                Message::Ping(axum::body::Bytes::new())
            }
        };
        if !matches!(tokio::time::timeout(SENDING, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = tokio::time::timeout(SENDING, socket.send(Message::Close(None))).await;
}

/// Follows everything as server-sent events, for where `WebSocket` is blocked.
#[utoipa::path(get, path = "/api/events",
    params(("tz" = Option<String>, Query, description = "IANA time zone that days begin in")),
    responses((status = 200, body = StreamMessage, content_type = "text/event-stream", description = "the data of each event is one of these"), (status = 400), (status = 503)))]
pub async fn events(State(app): State<Arc<App>>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    let reader = app.feeds.join(zone(uri.query().unwrap_or_default())?)?;
    let frames = stream::unfold(reader, |mut reader| async {
        let frame = reader.next().await?;
        Some((Ok::<_, Infallible>(frame.event()), reader))
    });
    // A proxy that collects the answer before it passes it on would make a push of nothing.
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}

fn zone(asked: &str) -> Result<Option<TimeZone>, ApiError> {
    let pairs = query::only(asked, &["tz"])?;
    let Some((_, name)) = pairs.first() else { return Ok(None) };
    let wrong = |allowed| ApiError::BadQuery(vec![format!("'{name}' is not allowed for 'tz'; it must be {allowed}.")]);
    query::zone(name).map(Some).map_err(wrong)
}
