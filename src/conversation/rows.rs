//! Rows of a transcript in a database, forwards and backwards; archives in its tables.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};

use super::packed::Packed;
use super::places::Medium;
use super::{LONGEST_LINE, Line, Place, PlaceState};
use crate::domain::SessionId;
use crate::source::database;
use crate::source::packed::ends::Ends;
use crate::source::packed::{Archive, TABLES};

/// So many rows are read in one go: OpenClaw's checkpoints wait for a reader to end.
const ROWS_AT_ONCE: usize = 64;
/// The same in bytes: long rows come in smaller parts.
const BYTES_AT_ONCE: usize = 8 << 20;

fn broken(error: rusqlite::Error) -> io::Error {
    io::Error::other(error)
}

/// Works with a connection; once more when somebody began to write into a file that was taken for a still one.
fn with<T>(path: &Path, work: impl Fn(&Connection) -> rusqlite::Result<T>) -> io::Result<T> {
    for _ in 0..2 {
        let opened = database::open(path).map_err(broken)?;
        let done = work(&opened.connection);
        if opened.still_holds(path) {
            return done.map_err(broken);
        }
    }
    let opened = database::open(path).map_err(broken)?;
    work(&opened.connection).map_err(broken)
}

/// The transcripts with one of these ids: their rows, else an archive.
pub(super) fn find(path: &Path, ids: &[SessionId], ends: &Ends) -> io::Result<Vec<Place>> {
    with(path, |connection| {
        let mut found = Vec::new();
        if database::columns(connection, "transcript_events")?.is_empty() {
            return Ok(found);
        }
        let mut rows = connection.prepare("select 1 from transcript_events where session_id = ?1 limit 1")?;
        for id in ids {
            if rows.exists([id.as_str()])? {
                found.push(Place::new(id, PlaceState::Live, None, Medium::Rows(path.to_owned())));
                continue;
            }
            for (number, table) in TABLES.into_iter().enumerate() {
                let columns = database::columns(connection, table)?;
                if !columns.iter().any(|column| column == "archive_blob") {
                    continue;
                }
                let reason = if columns.iter().any(|column| column == "reason") { "reason" } else { "null" };
                let sql = format!(
                    "select rowid, {reason} from {table} where session_id = ?1 and archive_blob is not null
                     order by rowid desc limit 1"
                );
                let row = connection
                    .query_row(&sql, [id.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?)))
                    .optional()?;
                if let Some((row, reason)) = row {
                    let state = match reason.as_deref() {
                        Some("deleted") => PlaceState::Deleted,
                        Some("reset") => PlaceState::Reset,
                        _ => PlaceState::Archived,
                    };
                    let archive = Archive::Row(path.to_owned(), number, row);
                    found.push(Place::new(id, state, None, Medium::Packed(Packed::Archive(archive, ends.clone()))));
                    break;
                }
            }
        }
        Ok(found)
    })
}

/// The rows before number `before`, or all, the newest first.
pub(super) fn back(
    path: &Path,
    id: &SessionId,
    before: Option<u64>,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut before = before.and_then(|at| i64::try_from(at).ok()).unwrap_or(i64::MAX);
    loop {
        let (part, is_last) = part(path, id, "seq < ?2 order by seq desc", before)?;
        for (at, bytes) in &part {
            if each(line(*at, bytes.as_deref())).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let Some((last, _)) = part.last().filter(|_| !is_last) else {
            return Ok(ControlFlow::Continue(()));
        };
        before = *last;
    }
}

/// The rows from number `from` on, the oldest first.
pub(super) fn forth(
    path: &Path,
    id: &SessionId,
    from: u64,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    if from > 0 && from > end(path, id)? {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no row stands there"));
    }
    let mut from = i64::try_from(from).unwrap_or(i64::MAX);
    loop {
        let (part, is_last) = part(path, id, "seq >= ?2 order by seq", from)?;
        for (at, bytes) in &part {
            if each(line(*at, bytes.as_deref())).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let Some((last, _)) = part.last().filter(|_| !is_last) else {
            return Ok(ControlFlow::Continue(()));
        };
        from = last + 1;
    }
}

fn line(at: i64, bytes: Option<&[u8]>) -> Line<'_> {
    let at = at.unsigned_abs();
    Line { at, next: at + 1, bytes }
}

/// The number that the next row will have at least.
pub(super) fn end(path: &Path, id: &SessionId) -> io::Result<u64> {
    let last: Option<i64> = with(path, |connection| {
        connection
            .query_row("select max(seq) from transcript_events where session_id = ?1", [id.as_str()], |row| row.get(0))
    })?;
    Ok(last.map_or(0, |last| last.unsigned_abs() + 1))
}

/// A row: its number and its text.
type Numbered = (i64, Option<Vec<u8>>);

/// Some rows, and whether they are the last ones.
fn part(path: &Path, id: &SessionId, what: &str, bound: i64) -> io::Result<(Vec<Numbered>, bool)> {
    with(path, |connection| {
        let columns = database::columns(connection, "transcript_events")?;
        let is_packed = columns.iter().any(|column| column == "event_zstd");
        let more = if is_packed { "event_zstd, event_utf8_bytes" } else { "null, null" };
        let mut statement = connection.prepare(&format!(
            "select seq, event_json, {more} from transcript_events where session_id = ?1 and {what} limit {ROWS_AT_ONCE}"
        ))?;
        let mut rows = statement.query((id.as_str(), bound))?;
        let (mut part, mut size) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let bytes = text(row)?;
            size += bytes.as_ref().map_or(0, Vec::len);
            part.push((row.get(0)?, bytes));
            if size > BYTES_AT_ONCE {
                return Ok((part, false));
            }
        }
        let is_last = part.len() < ROWS_AT_ONCE;
        Ok((part, is_last))
    })
}

/// The text of a row; none where it is missing, damaged or too long.
fn text(row: &Row<'_>) -> rusqlite::Result<Option<Vec<u8>>> {
    if let Ok(json) = row.get_ref(1)?.as_bytes() {
        return Ok((json.len() <= LONGEST_LINE).then(|| json.to_vec()));
    }
    let size = usize::try_from(row.get::<_, Option<i64>>(3)?.unwrap_or_default()).unwrap_or_default();
    let Ok(blob) = row.get_ref(2)?.as_blob() else { return Ok(None) };
    Ok(zstd::bulk::decompress(blob, size.clamp(1, LONGEST_LINE)).ok())
}
