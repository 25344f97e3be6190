//! `GET /api/access`: what the one who asks may do.

use axum::Extension;
use axum::extract::OriginalUri;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::guard::caller::{Access, Caller};
use super::query;
use super::wire::AccessResponse;

/// What this request may do, and what a signed-in page must send back with every change.
#[utoipa::path(get, path = "/api/access",
    responses((status = 200, body = AccessResponse), (status = 400), (status = 401)))]
pub async fn access(Extension(access): Extension<Access>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    query::only(uri.query().unwrap_or_default(), &[])?;
    let body = AccessResponse {
        reader: match &access.caller {
            Caller::None => "open",
            Caller::Bearer => "bearer",
            Caller::Browser { .. } => "browser",
        },
        control: match access.controller() {
            Ok(_) => "allowed",
            Err(ApiError::ControlOff) => "off",
            Err(_) => "signIn",
        },
        csrf: match access.caller {
            Caller::Browser { csrf } => Some(csrf),
            _ => None,
        },
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
