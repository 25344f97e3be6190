//! The embedded front end. In a debug build the files are read from the source tree.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::cache::{self, Encoding};
use super::error::ApiError;

#[derive(RustEmbed)]
#[folder = "web/"]
#[exclude = "tests/*"]
#[exclude = "sign-in.html"]
#[exclude = "*.sh"]
#[exclude = "*.py"]
#[exclude = "*SUMS"]
struct Web;

/// Files are packed once for ever.
const QUALITY: i32 = 5;

/// Packed bodies by path and hash: each file is packed once.
static PACKED: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);

/// Serves a file; `/` is the page.
pub fn serve(uri: &Uri, method: &Method, headers: &HeaderMap) -> Result<Response, ApiError> {
    let path = match uri.path() {
        "/" => "index.html",
        other => other.trim_start_matches('/'),
    };
    let file = Web::get(path).ok_or_else(|| ApiError::NotFound(uri.path().to_owned()))?;
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return Ok((allow, ApiError::MethodNotAllowed(uri.path().to_owned())).into_response());
    }
    let etag = etag(&file);
    let fixed = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if cache::has(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)))];
    if is_text(path) && cache::accepted(headers) == Encoding::Brotli {
        let name = format!("{path} {}", etag.to_str().unwrap_or_default());
        let mut packed = PACKED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let body = packed.entry(name).or_insert_with(|| cache::brotli(&file.data, QUALITY)).clone();
        return Ok((fixed, kind, [(header::CONTENT_ENCODING, HeaderValue::from_static("br"))], body).into_response());
    }
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Ok((fixed, kind, body).into_response())
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let hex = data_encoding::HEXLOWER.encode(&hash[..12]);
    HeaderValue::from_str(&format!("W/\"{hex}\"")).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

fn is_text(path: &str) -> bool {
    !matches!(path.rsplit('.').next(), Some("png" | "woff2" | "ico"))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}
