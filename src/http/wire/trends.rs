//! The shape of the last 24 hours.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/trends`: the last 24 hours in half-hour steps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendsResponse {
    /// When this was made.
    pub as_of: String,
    /// The start of the first step, in milliseconds since the epoch.
    pub start_ms: i64,
    /// The length of a step.
    pub step_ms: i64,
    /// How many steps.
    pub points: usize,
    /// Sessions with a model call in the step.
    pub active: Vec<u64>,
    /// Sessions known by the end of the step.
    pub sessions: Vec<u64>,
    /// Sessions with a model call in the hour before the end of the step.
    pub recently_used: Vec<u64>,
    /// US dollars over the life of the live sessions, by the end of the step.
    pub cost_total: Vec<f64>,
    /// Tokens over the life of the live sessions, by the end of the step.
    pub tokens_total: Vec<u64>,
    /// Tokens in all context windows by the end of the step.
    pub context_tokens: Vec<u64>,
    /// US dollars spent in the step, deleted sessions included.
    pub spent: Vec<f64>,
    /// US dollars from yesterday's midnight to this time of yesterday; null when nothing was.
    pub spent_yesterday_by_now: Option<f64>,
    /// The largest value of `active` since midnight.
    pub peak_active_today: u64,
}
