//! Who may, as the page is told.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/access`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessResponse {
    /// `open` (without a token, on loopback), `bearer` (by the token) or `browser` (by a sign-in).
    pub reader: &'static str,
    /// `off` (not started with --allow-control), `signIn` (this request carries no token) or `allowed`.
    pub control: &'static str,
    /// What a signed-in page sends as `X-CSRF-Token` with everything that changes something.
    pub csrf: Option<String>,
}
