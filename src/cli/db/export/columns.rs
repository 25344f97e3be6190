//! Apache Parquet: the same columns as the other forms, packed with zstd.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use rusqlite::Connection;

use super::{Row, Stopped};
use crate::domain::Millis;
use crate::store::sqlite::care;

/// Calls in one group of rows: what is held in memory at once.
const GROUP: usize = 65_536;

/// Money is billionths of a US dollar, as the ledger keeps it; times are milliseconds, UTC.
const SCHEMA: &str = "message calls {
    required int64 at (TIMESTAMP(MILLIS, true));
    required byte_array installation (STRING);
    required byte_array agent (STRING);
    optional byte_array sessionKey (STRING);
    required byte_array sessionId (STRING);
    optional byte_array messageId (STRING);
    optional byte_array provider (STRING);
    optional byte_array model (STRING);
    required int64 inputTokens;
    required int64 outputTokens;
    required int64 cacheReadTokens;
    required int64 cacheWriteTokens;
    optional int64 recordedCostNanos;
    required byte_array outcome (STRING);
    required byte_array stopReason (STRING);
    optional byte_array error (STRING);
}";

/// One column of a group: values that are there, and for each row whether it has one.
#[derive(Default)]
struct Column<T> {
    values: Vec<T>,
    is_there: Vec<i16>,
}

impl<T> Column<T> {
    fn push(&mut self, value: Option<T>) {
        self.is_there.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// A group of rows.
#[derive(Default)]
struct Group {
    rows: usize,
    at: Column<i64>,
    texts: [Column<ByteArray>; 7],
    tokens: [Column<i64>; 4],
    cost: Column<i64>,
    ends: [Column<ByteArray>; 3],
}

impl Group {
    fn push(&mut self, at: Millis, row: &Row<'_>, nanos: Option<i64>) {
        self.rows += 1;
        self.at.push(Some(at));
        let texts = [
            Some(row.installation),
            Some(row.agent),
            row.session_key,
            Some(row.session_id),
            row.message_id,
            row.provider,
            row.model,
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text.map(ByteArray::from));
        }
        let tokens = [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens];
        for (column, count) in self.tokens.iter_mut().zip(tokens) {
            column.push(Some(i64::try_from(count).unwrap_or(i64::MAX)));
        }
        self.cost.push(nanos);
        for (column, text) in self.ends.iter_mut().zip([Some(row.outcome), Some(row.stop_reason), row.error]) {
            column.push(text.map(ByteArray::from));
        }
    }

    /// Writes the columns in the order of the schema.
    fn write(&self, file: &mut SerializedFileWriter<File>) -> Result<(), ParquetError> {
        let mut group = file.next_row_group()?;
        number(&mut group, &self.at)?;
        for column in &self.texts {
            text(&mut group, column)?;
        }
        for column in self.tokens.iter().chain([&self.cost]) {
            number(&mut group, column)?;
        }
        for column in &self.ends {
            text(&mut group, column)?;
        }
        group.close().map(|_| ())
    }
}

fn number(group: &mut SerializedRowGroupWriter<'_, File>, column: &Column<i64>) -> Result<(), ParquetError> {
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    writer.typed::<Int64Type>().write_batch(&column.values, Some(&column.is_there), None)?;
    writer.close()
}

fn text(group: &mut SerializedRowGroupWriter<'_, File>, column: &Column<ByteArray>) -> Result<(), ParquetError> {
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    writer.typed::<ByteArrayType>().write_batch(&column.values, Some(&column.is_there), None)?;
    writer.close()
}

/// Writes the file; returns how many calls are in it.
pub(super) fn write(connection: &Connection, out: File) -> Result<u64, Stopped> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let packed = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(packed))?;
    let mut group = Group::default();
    let mut calls = 0;
    care::each_call(connection, |call| -> Result<(), Stopped> {
        calls += 1;
        group.push(call.call.at, &Row::of(call), call.call.recorded.map(crate::domain::money::Money::nanos));
        if group.rows == GROUP {
            std::mem::take(&mut group).write(&mut file)?;
        }
        Ok(())
    })?;
    if group.rows > 0 {
        group.write(&mut file)?;
    }
    file.close()?;
    Ok(calls)
}
