//! Answers kept from request to request: made once per change and at most once a second,
//! compressed once, and only when somebody takes the body.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// So many different queries are remembered.
const MAX_ENTRIES: usize = 64;
/// Smaller bodies are sent as they are.
const MIN_COMPRESSED: usize = 1400;

/// What makes a body: called when one is needed, off the request's thread.
type Make = Box<dyn Fn() -> Result<Vec<u8>, ApiError> + Send + Sync>;

/// An answer: its name, and its body once somebody needed it.
pub struct Answer {
    moment: (u64, i64),
    etag: HeaderValue,
    make: Make,
    /// Nothing until it is asked for, and after an error: the next one who asks tries again.
    plain: Mutex<Option<Bytes>>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Answer {
    /// An answer for a moment (board version and second) with the fingerprint of its data.
    pub fn new(moment: (u64, i64), fingerprint: u64, make: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::trying(moment, fingerprint, move || Ok(make()))
    }

    /// The same where making the body can fail.
    pub fn trying(
        moment: (u64, i64),
        fingerprint: u64,
        make: impl Fn() -> Result<Vec<u8>, ApiError> + Send + Sync + 'static,
    ) -> Self {
        let etag =
            HeaderValue::from_str(&format!("W/\"{fingerprint:016x}\"")).unwrap_or(HeaderValue::from_static("W/\"0\""));
        Self {
            moment,
            etag,
            make: Box::new(make),
            plain: Mutex::default(),
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    fn plain(&self) -> Result<Bytes, ApiError> {
        let mut plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*plain {
            return Ok(made.clone());
        }
        Ok(plain.insert(Bytes::from((self.make)()?)).clone())
    }

    fn body(&self, encoding: Encoding) -> Result<(Bytes, Encoding), ApiError> {
        let plain = self.plain()?;
        Ok(match encoding {
            _ if plain.len() < MIN_COMPRESSED => (plain, Encoding::Identity),
            Encoding::Identity => (plain, Encoding::Identity),
            Encoding::Brotli => (self.brotli.get_or_init(|| brotli(&plain, ANSWER_QUALITY)).clone(), encoding),
            Encoding::Gzip => (self.gzip.get_or_init(|| gzip(&plain)).clone(), encoding),
        })
    }
}

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

/// Half the time of 5 for the same size, on large answers.
const ANSWER_QUALITY: i32 = 4;

/// Packs once, for a cache.
pub fn brotli(plain: &[u8], quality: i32) -> Bytes {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let settings =
        ::brotli::enc::BrotliEncoderParams { quality, lgwin: 20, size_hint: plain.len(), ..Default::default() };
    match ::brotli::BrotliCompress(&mut &plain[..], &mut packed, &settings) {
        Ok(_) => Bytes::from(packed),
        Err(_) => Bytes::copy_from_slice(plain),
    }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut packer = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::new(6));
    match packer.write_all(plain).and_then(|()| packer.finish()) {
        Ok(packed) => Bytes::from(packed),
        Err(_) => Bytes::copy_from_slice(plain),
    }
}

/// The best encoding that a client takes.
pub fn accepted(headers: &HeaderMap) -> Encoding {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepts.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            words.next() == Some(name) && !words.any(|word| matches!(word, "q=0" | "q=0.0"))
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// Whether the client has this very data already.
pub fn has(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let strip = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let (Some(Ok(asked)), Ok(mine)) = (headers.get(header::IF_NONE_MATCH).map(HeaderValue::to_str), etag.to_str())
    else {
        return false;
    };
    asked.split(',').any(|tag| tag.trim() == "*" || strip(tag) == strip(mine))
}

/// Answers by request.
#[derive(Default)]
pub struct AnswerCache {
    entries: Mutex<HashMap<String, Arc<Answer>>>,
}

impl AnswerCache {
    /// The answer of this moment: the kept one, or a new one.
    pub fn answer(&self, request: &str, moment: (u64, i64), make: impl FnOnce() -> Answer) -> Arc<Answer> {
        if let Some(kept) = self.lock().get(request).filter(|kept| kept.moment == moment) {
            return Arc::clone(kept);
        }
        let made = Arc::new(make());
        let mut entries = self.lock();
        // An answer keeps the board that it was made from: none of an older board stays.
        entries.retain(|_, kept| kept.moment.0 == moment.0);
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert(request.to_owned(), Arc::clone(&made));
        made
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Answer>>> {
        // Nothing panics while the lock is held, and a cache may be used after it did.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends an answer, or the word that nothing changed.
pub async fn respond(answer: Arc<Answer>, headers: &HeaderMap) -> Result<Response, ApiError> {
    let etag = answer.etag.clone();
    let fixed = [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if has(headers, &answer.etag) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let wanted = accepted(headers);
    let (body, encoding) =
        tokio::task::spawn_blocking(move || answer.body(wanted)).await.map_err(|_| ApiError::Internal)??;
    let mut response = (fixed, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if encoding != Encoding::Identity {
        let name = if encoding == Encoding::Brotli { "br" } else { "gzip" };
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    Ok(response)
}
