//! The shapes of `GET /api/sessions/{key}/logs`.

use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/sessions/{key}/logs`
#[derive(Debug, Serialize, ToSchema)]
pub struct LogsResponse {
    /// The lines, oldest first.
    pub lines: Vec<LogRow>,
    /// Names where the next line will stand, for `after`.
    pub after: Option<String>,
    /// Who told: `file` or `gateway`.
    pub source: &'static str,
    /// The name of the log file.
    pub file: Option<String>,
    /// Why there is nothing, and what to do.
    pub problem: Option<String>,
    /// Whether lines between the place named by `after` and these were left out: more came than are told at once.
    pub gap: bool,
    /// How many secrets were masked in these lines.
    pub masked: usize,
}

/// One line of OpenClaw's log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogRow {
    /// When it was written, in milliseconds since the epoch.
    pub at: Option<i64>,
    /// `trace`, `debug`, `info`, `warn`, `error` or `fatal`.
    pub level: &'static str,
    /// The part of OpenClaw that wrote it.
    pub subsystem: Option<String>,
    /// What it says.
    pub message: String,
    /// Whether it names the session.
    pub mine: bool,
}
