//! The shape of usage over time.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/usage`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageResponse {
    /// Where the range begins, in the zone's own time.
    pub from: String,
    /// Where it ends; this moment is no longer part of it.
    pub to: String,
    /// The zone in which hours, days, weeks and months begin.
    pub tz: String,
    /// `hour`, `day`, `week`, `month` or `total`.
    pub bucket: &'static str,
    /// What is kept apart.
    pub by: Vec<&'static str>,
    /// The price basis.
    pub basis: &'static str,
    /// The groups, the dearest first.
    pub groups: Vec<UsageGroup>,
    /// What each listed group sums up to.
    pub group_totals: Vec<UsageValue>,
    /// How many groups are not listed because of `limit`.
    pub groups_left_out: usize,
    /// Every bucket of the range, the empty ones too.
    pub buckets: Vec<UsageBucket>,
    /// Everything, groups that are not listed included.
    pub totals: UsageFigures,
    /// Models without a price on this basis.
    pub unpriced_models: Vec<String>,
    /// The first call that the ledger knows, in milliseconds since the epoch.
    pub first_call_at: Option<i64>,
    /// How the ledger is.
    pub ledger: LedgerRow,
}

/// How the ledger is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    /// `ok`, `catching-up`, `rebuilt`, `memory` or `failing`.
    pub status: &'static str,
    /// What happened and what to do; empty when all is well.
    pub detail: String,
}

/// What the calls of a group have in common: a field for each dimension asked for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageGroup {
    /// The session, with whose it is.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub session: Option<UsageSession>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The model; empty when no record names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The model's provider; empty when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `main`, `subagent`, `cron`, or empty when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// The installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<String>,
}

/// A session, listed or long gone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageSession {
    /// OpenClaw's key; `agent:<agent>:<session id>` where nothing tells the key.
    pub session: String,
    /// The installation.
    pub installation: String,
    /// The agent.
    pub agent: String,
    /// `main`, `subagent`, `cron`, or empty when unknown.
    pub r#type: &'static str,
    /// The name that somebody gave it, while it is listed.
    pub label: Option<String>,
}

/// One stretch of time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageBucket {
    /// Its beginning, in the zone's own time.
    pub start: String,
    /// Its end, which is the beginning of the next one.
    pub end: String,
    /// The listed groups with calls in it.
    pub values: Vec<UsageValue>,
    /// Everything in it.
    pub totals: UsageFigures,
}

/// The figures of a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageValue {
    /// The place in `groups`.
    pub group: usize,
    /// The figures.
    #[serde(flatten)]
    pub figures: UsageFigures,
}

/// Calls, tokens and money.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageFigures {
    /// Model calls.
    pub calls: u64,
    /// Of these, failed ones.
    pub errors: u64,
    /// Of these, aborted ones.
    pub aborted: u64,
    /// Uncached input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Tokens read from caches.
    pub cache_read_tokens: u64,
    /// Tokens written to caches.
    pub cache_write_tokens: u64,
    /// US dollars, without calls that have no price; null when no call that used tokens has one.
    pub cost: Option<f64>,
    /// Calls that used tokens and have no price on this basis.
    pub unpriced_calls: u64,
}
