//! `GET /api/stream` and `GET /api/events`: the same messages over a WebSocket and as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt, stream};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use jiff::tz::TimeZone;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

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
/// What is kept ready for it, for each reader.
const READ_BUFFER: usize = 256;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Follows everything over a WebSocket: `hello` with a snapshot, then numbered changes.
#[utoipa::path(get, path = "/api/stream",
    params(("tz" = Option<String>, Query, description = "IANA time zone that days begin in")),
    responses((status = 101, body = StreamMessage, description = "each text message is one of these"), (status = 400), (status = 426), (status = 503)))]
pub async fn stream(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    mut request: Request,
) -> Result<Response, ApiError> {
    let zone = zone(uri.query().unwrap_or_default())?;
    let answer = create_response_with_body(&request, Body::empty).map_err(|_| ApiError::NoWebSocket)?;
    let reader = app.feeds.join(zone).await?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_INCOMING))
            .max_frame_size(Some(MAX_INCOMING));
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        push(socket, reader).await;
    });
    Ok(answer)
}

/// What one turn of a push has to send.
enum Next {
    Frame(Bytes),
    Ping,
}

/// Sends until the reader is gone.
async fn push(mut socket: Socket, mut reader: Reader) {
    let mut pings = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut owes_answer) = (Instant::now(), false);
    loop {
        let next = tokio::select! {
            biased;
            frame = reader.next() => match frame {
                Some(frame) => Next::Frame(frame.framed()),
                None => break,
            },
            incoming = socket.next() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {
                    heard = Instant::now();
                    owes_answer = true;
                    continue;
                }
            },
            _ = pings.tick() => {
                if heard.elapsed() >= IDLE {
                    break;
                }
                Next::Ping
            }
        };
        let sending = send(&mut socket, next, std::mem::take(&mut owes_answer));
        if !matches!(tokio::time::timeout(SENDING, sending).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = tokio::time::timeout(SENDING, socket.close(None)).await;
}

/// A frame goes out as it is, past the library, which would copy it for every reader and keep the room of the
/// largest; before it goes what the library has to say itself to what it heard, so that neither cuts into the other.
async fn send(socket: &mut Socket, next: Next, owes_answer: bool) -> Result<(), Error> {
    match next {
        Next::Frame(framed) => {
            if owes_answer {
                socket.flush().await?;
            }
            Ok(socket.get_mut().write_all(&framed).await?)
        }
        Next::Ping => socket.send(Message::Ping(Bytes::new())).await,
    }
}

/// Follows everything as server-sent events, for where `WebSocket` is blocked.
#[utoipa::path(get, path = "/api/events",
    params(("tz" = Option<String>, Query, description = "IANA time zone that days begin in")),
    responses((status = 200, body = StreamMessage, content_type = "text/event-stream", description = "the data of each event is one of these"), (status = 400), (status = 503)))]
pub async fn events(State(app): State<Arc<App>>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    let reader = app.feeds.join(zone(uri.query().unwrap_or_default())?).await?;
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
