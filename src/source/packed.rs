//! Transcripts that OpenClaw packed: files of an agent's folder, and values in the tables of its database. They can
//! only be read forwards.

pub mod ends;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::PathBuf;

use rusqlite::blob::Blob;
use rusqlite::{Connection, MAIN_DB};
use serde::{Deserialize, Serialize};

use self::ends::{Ends, Holding};
use super::database::{self, Stamp};
use super::records::{Found, hash};
use super::tail::{LineBuffer, read_stream};

/// What an archive may unpack to: beyond it the rest is not read.
const MAX_UNPACKED: u64 = 4 << 30;
/// The most memory that an archive may ask for while it is unpacked, as a power of two.
const MAX_WINDOW_LOG: u32 = 24;
/// How much is read or unpacked at once.
const CHUNK: usize = 256 << 10;
/// What a packed text begins with; a table may hold a plain one too.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The tables of archived transcripts.
pub const TABLES: [&str; 2] = ["session_transcript_archives", "session_transcript_cold_archives"];

/// Where a packed transcript lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Archive {
    /// A file.
    File(PathBuf),
    /// A value in a database: its file, which of the [`TABLES`], the row.
    Row(PathBuf, usize, i64),
}

impl Archive {
    /// Tells whether it is still what it was; `None` when it is not there.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        let (path, table, row) = match self {
            Self::File(path) => return database::stamp(path),
            Self::Row(path, table, row) => (path, TABLES.get(*table)?, row),
        };
        if !path.is_file() {
            return None;
        }
        let sql = format!("select session_id, length(archive_blob) from {table} where rowid = ?1");
        let (id, size) = database::open(path)
            .ok()?
            .connection
            .query_row(&sql, [row], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)))
            .ok()?;
        Some((0, hash(&[id.as_bytes()]), size?.unsigned_abs(), *row))
    }

    /// Hands its text to a reader.
    pub fn read<T>(&self, work: impl FnOnce(&mut dyn BufRead) -> io::Result<T>) -> io::Result<T> {
        let (path, table, row) = match self {
            Self::File(path) => return work(&mut BufReader::with_capacity(CHUNK, unpacking(File::open(path)?)?)),
            Self::Row(path, table, row) => (path, *table, *row),
        };
        let opened = database::open(path).map_err(io::Error::other)?;
        let done = unpacked(value(&opened.connection, table, row)?, work);
        if !opened.still_holds(path) {
            return Err(io::Error::other("the database was changed while it was read"));
        }
        done
    }
}

/// Reads a packed file for the ledger, from start to end.
pub fn read_file(path: PathBuf, ends: &Ends, buffer: &mut LineBuffer, found: &mut Found) -> io::Result<()> {
    let text = unpacking(File::open(&path)?)?;
    read(Archive::File(path), text, ends, buffer, found)
}

/// The same of a value in a database.
pub fn read_row(
    connection: &Connection,
    (path, table, row): (PathBuf, usize, i64),
    ends: &Ends,
    buffer: &mut LineBuffer,
    found: &mut Found,
) -> io::Result<()> {
    let value = value(connection, table, row)?;
    unpacked(value, |text| read(Archive::Row(path, table, row), text, ends, buffer, found))
}

/// Reads a text and keeps its end on the way.
fn read(archive: Archive, text: impl Read, ends: &Ends, buffer: &mut LineBuffer, found: &mut Found) -> io::Result<()> {
    if !ends.are_kept() {
        return read_stream(text, buffer, found);
    }
    let stamp = archive.stamp();
    let mut text = Holding::new(text);
    read_stream(&mut text, buffer, found)?;
    ends.keep(archive, stamp, &text.end());
    Ok(())
}

fn value(connection: &Connection, table: usize, row: i64) -> io::Result<Blob<'_>> {
    let table = TABLES.get(table).ok_or(io::ErrorKind::NotFound)?;
    connection.blob_open(MAIN_DB, *table, "archive_blob", row, true).map_err(io::Error::other)
}

/// Hands on what is in a value, packed or plain.
fn unpacked<T>(mut value: Blob<'_>, work: impl FnOnce(&mut dyn BufRead) -> io::Result<T>) -> io::Result<T> {
    let mut start = [0; MAGIC.len()];
    let read = value.read(&mut start)?;
    value.rewind()?;
    let mut value = BufReader::with_capacity(CHUNK, value);
    if start[..read] == MAGIC {
        return work(&mut BufReader::with_capacity(CHUNK, unpacking(value)?));
    }
    work(&mut value)
}

/// What is in a packed file; one that would fill the memory or never end is cut.
fn unpacking<R: Read>(input: R) -> io::Result<impl Read> {
    let mut unpacked = zstd::stream::read::Decoder::new(input)?;
    unpacked.window_log_max(MAX_WINDOW_LOG)?;
    Ok(unpacked.take(MAX_UNPACKED))
}
