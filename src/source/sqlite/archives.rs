//! The tables of archived transcripts: deleted and reset ones, and those put into the cold.

use std::path::Path;

use rusqlite::Connection;

use super::{SqliteReader, Trouble};
use crate::domain::event::Event;
use crate::domain::{SessionId, SessionKey, TranscriptRef};
use crate::source::database;
use crate::source::files::Reading;
use crate::source::packed::{TABLES, read_row};
use crate::source::records::Found;

impl SqliteReader {
    /// Transcripts that OpenClaw moved out of the rows: deleted, reset, or put into the cold.
    pub(super) fn read_archives(
        &mut self,
        connection: &Connection,
        path: &Path,
        reading: &mut Reading<'_>,
        found: &mut Found,
    ) -> Result<(), Trouble> {
        for (number, table) in TABLES.into_iter().enumerate() {
            if database::columns(connection, table)?.is_empty() {
                continue;
            }
            // A cold archive belongs to a session that still lives; the windows know which.
            let is_cold = number > 0;
            let (key, deleted) = if is_cold { ("null", "0") } else { ("session_key", "reason = 'deleted'") };
            let mut statement = connection.prepare(&format!(
                "select rowid, session_id, archive_name, {key}, {deleted}, archive_blob is not null from {table}"
            ))?;
            let mut rows = statement.query([])?;
            let mut fresh = Vec::new();
            while let Some(row) = rows.next()? {
                let name: String = row.get(2).unwrap_or_default();
                if !self.archives.contains(&name) {
                    fresh.push((
                        row.get::<_, i64>(0)?,
                        row.get::<_, String>(1)?,
                        name,
                        row.get::<_, Option<String>>(3)?.map(SessionKey::from),
                        row.get::<_, bool>(4)?,
                        row.get::<_, bool>(5)?,
                    ));
                }
            }
            drop(rows);
            for (row_id, id, name, key, deleted, is_here) in fresh {
                let transcript = TranscriptRef { owner: reading.owner.clone(), session_id: SessionId::from(id) };
                let mut read = Found::default();
                let place = (path.to_owned(), number, row_id);
                // Without a blob it was published as a file in `sessions/`, which is read there.
                if is_here && read_row(connection, place, reading.ends, reading.buffer, &mut read).is_err() {
                    read.skip("archived transcript is damaged", 0);
                }
                for (reason, count, line) in std::mem::take(&mut read.skipped) {
                    for _ in 0..count {
                        found.skip(reason, line);
                    }
                }
                let mut events = Vec::new();
                if let Some(key) = key {
                    let key = key.cron_job_key().unwrap_or(key);
                    events.push(Event::TranscriptOwned { transcript: transcript.clone(), key, deleted });
                }
                let (began_at, calls) = (read.began_at, read.calls);
                events.push(Event::CallsRead { transcript, archived: true, began_at, calls, tail: None });
                let place = format!("{}#{name}", reading.relative(path));
                events.extend(reading.positioned(place, Some(&())));
                (reading.sink)(events)?;
                self.archives.insert(name);
            }
        }
        Ok(())
    }
}
