//! Every call of the ledger as a file for other programs.

#[cfg(feature = "parquet")]
mod columns;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;

use crate::domain::SessionKey;
use crate::domain::ledger_row::LedgerRow;
use crate::domain::money::Money;
use crate::domain::usage::CallOutcome;
use crate::http::usage::csv;
use crate::store::StoreError;
use crate::store::sqlite::care;

/// A call as it is written. Money is what OpenClaw recorded, in US dollars.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    at: String,
    installation: &'a str,
    agent: &'a str,
    session_key: Option<&'a str>,
    session_id: &'a str,
    message_id: Option<&'a str>,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    input_tokens: u64,
    output_tokens: u64,
    cache_read_tokens: u64,
    cache_write_tokens: u64,
    recorded_cost: Option<f64>,
    outcome: &'static str,
    stop_reason: &'static str,
    error: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(row: &'a LedgerRow) -> Self {
        let call = &row.call;
        Self {
            at: Timestamp::from_millisecond(call.at).map_or_else(|_| String::new(), |at| format!("{at:.3}")),
            installation: row.owner.installation.as_str(),
            agent: row.owner.agent.as_str(),
            session_key: row.session.key.as_ref().map(SessionKey::as_str),
            session_id: row.session.session_id.as_str(),
            message_id: call.message_id.as_deref(),
            provider: call.model.as_ref().map(|model| &*model.provider),
            model: call.model.as_ref().map(|model| &*model.model),
            input_tokens: call.usage.input,
            output_tokens: call.usage.output,
            cache_read_tokens: call.usage.cache_read,
            cache_write_tokens: call.usage.cache_write,
            recorded_cost: call.recorded.map(Money::dollars),
            outcome: match call.outcome {
                CallOutcome::Answered => "answered",
                CallOutcome::Failed => "failed",
                CallOutcome::Aborted => "aborted",
            },
            stop_reason: call.stop.word(),
            error: call.error.as_deref(),
        }
    }

    fn cells(&self) -> [String; 16] {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        [
            self.at.clone(),
            self.installation.to_owned(),
            self.agent.to_owned(),
            text(self.session_key),
            self.session_id.to_owned(),
            text(self.message_id),
            text(self.provider),
            text(self.model),
            self.input_tokens.to_string(),
            self.output_tokens.to_string(),
            self.cache_read_tokens.to_string(),
            self.cache_write_tokens.to_string(),
            self.recorded_cost.map(|cost| cost.to_string()).unwrap_or_default(),
            self.outcome.to_owned(),
            self.stop_reason.to_owned(),
            text(self.error),
        ]
    }
}

const HEADER: &str = "at,installation,agent,sessionKey,sessionId,messageId,provider,model,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,recordedCost,outcome,stopReason,error";

#[cfg(feature = "parquet")]
const ENDINGS: &str = ".csv, .jsonl or .parquet";
#[cfg(not(feature = "parquet"))]
const ENDINGS: &str = ".csv or .jsonl";

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// Writes the file; returns how many calls are in it.
pub(super) fn run(connection: &Connection, file: &Path) -> Result<u64> {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let form = match ending.as_str() {
        "csv" => Form::Csv,
        "jsonl" | "ndjson" => Form::JsonLines,
        #[cfg(feature = "parquet")]
        "parquet" => Form::Parquet,
        _ => bail!("{} must end in {ENDINGS}: the ending says the format", file.display()),
    };
    let failed = || format!("{} cannot be written", file.display());
    let out = File::create_new(file).with_context(failed)?;
    let written = match form {
        #[cfg(feature = "parquet")]
        Form::Parquet => columns::write(connection, out),
        form => lines(connection, BufWriter::with_capacity(1 << 16, out), form),
    };
    written.with_context(failed)
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    JsonLines,
    #[cfg(feature = "parquet")]
    Parquet,
}

/// A line for each call.
fn lines(connection: &Connection, mut out: impl Write, form: Form) -> Result<u64, Stopped> {
    let mut calls = 0;
    if form == Form::Csv {
        write!(out, "{HEADER}\r\n")?;
    }
    care::each_call(connection, |row| -> Result<(), Stopped> {
        calls += 1;
        let row = Row::of(row);
        if form == Form::Csv {
            out.write_all(csv::row(row.cells().iter().map(String::as_str)).as_bytes())?;
        } else {
            serde_json::to_writer(&mut out, &row).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(calls)
}
