//! The rows of transcripts, plain and packed.

use rusqlite::Connection;

use super::{SqliteReader, Trouble};
use crate::domain::event::Event;
use crate::domain::{SessionId, TranscriptRef};
use crate::source::Closed;
use crate::source::database;
use crate::source::files::Reading;
use crate::source::records::{Found, TranscriptReader};

/// The largest row that is unpacked; OpenClaw packs up to 4 MiB.
const MAX_UNPACKED_ROW: usize = 16 << 20;
/// Calls are handed on when so many were found.
const BATCH: usize = 4096;
/// So many rows are read in one go: OpenClaw's checkpoints wait for a reader to end.
const ROWS_AT_ONCE: i64 = 2000;

impl SqliteReader {
    /// New rows by row id; when rows were deleted meanwhile, by each session's own sequence.
    pub(super) fn read_events(
        &mut self,
        connection: &Connection,
        reading: &mut Reading<'_>,
        found: &mut Found,
    ) -> Result<(), Trouble> {
        let columns = database::columns(connection, "transcript_events")?;
        let packed = columns.iter().any(|column| column == "event_zstd");
        let list = if packed {
            "rowid, session_id, seq, event_json, event_zstd, event_utf8_bytes"
        } else {
            "rowid, session_id, seq, event_json, null, null"
        };
        if let Some((row_id, id, seq)) = &self.last_row {
            let same = connection
                .prepare_cached("select 1 from transcript_events where rowid = ?1 and session_id = ?2 and seq = ?3")?
                .exists((row_id, id.as_str(), seq))?;
            if !same {
                self.last_row = None;
            }
        }
        let from = self.last_row.as_ref().map_or(-1, |(row_id, ..)| *row_id);
        let mut rows_of = RowBatch::default();
        let mut statement = connection
            .prepare(&format!("select {list} from transcript_events where rowid > ?1 order by rowid limit ?2"))?;
        let mut rows = statement.query([from, ROWS_AT_ONCE])?;
        let mut last: Option<(i64, i64)> = None;
        let mut read = 0;
        loop {
            let Some(row) = rows.next()? else {
                let Some((row_id, _)) = last.filter(|_| read == ROWS_AT_ONCE) else { break };
                drop(rows);
                rows = statement.query([row_id, ROWS_AT_ONCE])?;
                read = 0;
                continue;
            };
            read += 1;
            let (row_id, seq): (i64, i64) = (row.get(0)?, row.get(2)?);
            let id = row.get_ref(1)?.as_str().unwrap_or_default();
            if rows_of.session.as_ref().is_none_or(|session| session.as_str() != id)
                || rows_of.found.calls.len() >= BATCH
            {
                let is_other = rows_of.session.as_ref().is_none_or(|session| session.as_str() != id);
                self.hand_on(&mut rows_of, reading, found)?;
                if is_other {
                    // The model in use and the header are each session's own.
                    rows_of.reader = TranscriptReader::default();
                }
                rows_of.session = Some(SessionId::from(id));
                rows_of.until =
                    self.last_seq.get(rows_of.session.as_ref().expect("set in the line above")).copied().unwrap_or(-1);
            }
            last = Some((row_id, seq));
            // Re-reading after deletions meets known rows again; they need not be parsed.
            if seq <= rows_of.until && from == -1 && self.scanned {
                continue;
            }
            rows_of.until = rows_of.until.max(seq);
            let line = u64::try_from(row_id).unwrap_or_default();
            match (row.get_ref(3)?.as_bytes(), row.get_ref(4)?.as_blob()) {
                (Ok(json), _) => rows_of.reader.line(json, line, &mut rows_of.found),
                (_, Ok(blob)) => rows_of.packed(blob, row.get(5).unwrap_or_default(), line),
                _ => rows_of.found.skip("transcript row is empty", line),
            }
        }
        let session = rows_of.session.clone();
        self.hand_on(&mut rows_of, reading, found)?;
        if let (Some((row_id, seq)), Some(session)) = (last, session) {
            self.last_row = Some((row_id, session, seq));
        }
        Ok(())
    }

    fn hand_on(&mut self, rows: &mut RowBatch, reading: &mut Reading<'_>, found: &mut Found) -> Result<(), Closed> {
        let read = std::mem::take(&mut rows.found);
        for (reason, count, line) in read.skipped {
            for _ in 0..count {
                found.skip(reason, line);
            }
        }
        let Some(session_id) = rows.session.take() else { return Ok(()) };
        self.last_seq.insert(session_id.clone(), rows.until);
        if read.calls.is_empty() && read.tail.is_none() {
            return Ok(());
        }
        let archived = self.windows.get(&session_id).is_some_and(|key| self.archived.contains_key(key));
        let transcript = TranscriptRef { owner: reading.owner.clone(), session_id };
        let began_at = rows.reader.header.as_ref().and_then(|(_, at)| *at);
        let (calls, tail) = (read.calls, read.tail);
        (reading.sink)(vec![Event::CallsRead { transcript, archived, began_at, calls, tail }])
    }
}

/// Rows of one session that stand together.
#[derive(Default)]
struct RowBatch {
    session: Option<SessionId>,
    reader: TranscriptReader,
    found: Found,
    until: i64,
    unpacker: Option<zstd::bulk::Decompressor<'static>>,
}

impl RowBatch {
    fn packed(&mut self, blob: &[u8], size: i64, line: u64) {
        let size = usize::try_from(size).unwrap_or_default().clamp(1, MAX_UNPACKED_ROW);
        if self.unpacker.is_none() {
            self.unpacker = zstd::bulk::Decompressor::new().ok();
        }
        match self.unpacker.as_mut().map(|unpacker| unpacker.decompress(blob, size)) {
            Some(Ok(json)) => self.reader.line(&json, line, &mut self.found),
            _ => self.found.skip("packed transcript row is damaged", line),
        }
    }
}
