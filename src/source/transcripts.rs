//! The transcript files of one agent: live, reset, deleted, packed.
//!
//! Each file is read once and then only where it grew. What the calls mean for a session is
//! not decided here.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;

use super::Closed;
use super::database::{Stamp, stamp};
use super::files::Reading;
use super::records::Found;
use super::state_dir::{TranscriptFile, transcript_file};
use super::tail::{FileTail, read_zstd};
use crate::domain::event::Event;
use crate::domain::{Millis, SessionId, TranscriptRef};

/// What is known of one file.
#[derive(Debug)]
struct Known {
    file: TranscriptFile,
    stamp: Option<Stamp>,
    tail: FileTail,
    session_id: SessionId,
    failed: bool,
}

/// The folder `sessions/` of one agent.
#[derive(Debug, Default)]
pub struct TranscriptFolder {
    files: HashMap<String, Known>,
    scanned: bool,
}

impl TranscriptFolder {
    /// Reads every file that changed since the last look.
    pub fn refresh(&mut self, folder: &Path, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                reading.skips.set(&reading.relative(folder), Some(io_reason(&error)));
                *reading.failed = true;
                return Ok(());
            }
        };
        let mut seen = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(file) = transcript_file(&name) else { continue };
            if !entry
                .file_type()
                .is_ok_and(|kind| kind.is_file() || (kind.is_symlink() && folder.join(&name).is_file()))
            {
                continue;
            }
            self.know(&name, file, folder);
            seen.push(name);
        }
        let gone: Vec<String> = self.files.keys().filter(|name| !seen.contains(name)).cloned().collect();
        for name in &gone {
            self.files.remove(name);
            reading.skips.forget(&reading.relative(&folder.join(name)));
        }
        seen.sort_unstable();
        reading.skips.forget(&reading.relative(folder));
        for name in seen {
            self.read(folder, &name, reading)?;
        }
        *reading.failed |= self.files.values().any(|known| known.failed);
        self.scanned = true;
        Ok(())
    }

    /// Reads one file that is said to have changed; false when it was not known before.
    pub fn touch(&mut self, folder: &Path, name: &str, reading: &mut Reading<'_>) -> Result<bool, Closed> {
        if !self.files.contains_key(name) || stamp(&folder.join(name)).is_none() {
            return Ok(false);
        }
        self.read(folder, name, reading)?;
        Ok(true)
    }

    /// Transcripts that were not deleted: session id, and the time of the reset where there was one.
    pub fn kept(&self) -> impl Iterator<Item = (&SessionId, Option<Millis>)> {
        let kept = |known: &&Known| !known.file.archived || known.file.reset_at.is_some();
        self.files.values().filter(kept).map(|known| (&known.session_id, known.file.reset_at))
    }

    /// When each transcript began, by its header.
    pub fn starts(&self) -> impl Iterator<Item = (&SessionId, Millis)> {
        self.files.values().filter_map(|known| Some((&known.session_id, known.tail.began_at()?)))
    }

    /// Whether a session's transcript was read, or is not there to be read.
    pub fn is_read(&self, session_id: &str) -> bool {
        self.files.get(&format!("{session_id}.jsonl")).is_none_or(|known| known.stamp.is_some() && !known.failed)
    }

    /// Notes a file; a renamed one keeps the place up to which it was read.
    fn know(&mut self, name: &str, file: TranscriptFile, folder: &Path) {
        if self.files.contains_key(name) {
            return;
        }
        let session_id = SessionId::from(&file.stem);
        let before = self.scanned.then(|| stamp(&folder.join(name))).flatten().and_then(|(device, inode, ..)| {
            let same = |known: &Known| known.stamp.is_some_and(|stamp| (stamp.0, stamp.1) == (device, inode));
            let old = self.files.iter().find(|(_, known)| same(known)).map(|(old, _)| old.clone())?;
            self.files.remove(&old)
        });
        let known = match before {
            Some(known) => Known { file, stamp: None, ..known },
            None => Known { file, stamp: None, tail: FileTail::default(), session_id, failed: false },
        };
        self.files.insert(name.to_owned(), known);
    }

    fn read(&mut self, folder: &Path, name: &str, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let path = folder.join(name);
        let Some(known) = self.files.get_mut(name) else { return Ok(()) };
        let now = stamp(&path);
        if now.is_none() || now == known.stamp {
            return Ok(());
        }
        let mut found = Found::default();
        let result = if known.file.packed {
            File::open(&path).and_then(|file| read_zstd(file, reading.buffer, &mut found))
        } else {
            known.tail.read(&path, known.file.archived, reading.buffer, &mut found)
        };
        let relative = reading.relative(&path);
        known.failed = result.is_err();
        *reading.failed |= known.failed;
        known.stamp = now;
        if known.file.packed || known.tail.restarted {
            reading.skips.forget(&relative);
        }
        reading.skips.replace(&format!("{relative} (end)"), known.tail.end_skipped.clone());
        reading.skips.add(&relative, std::mem::take(&mut found.skipped));
        if let Err(error) = result {
            reading.skips.replace(&relative, vec![(io_reason(&error), 1, 0)]);
        }
        if let Some(id) = found.session_id.take().or_else(|| known.tail.session_id()) {
            known.session_id = id;
        }
        if found.calls.is_empty() && found.tail.is_none() {
            return Ok(());
        }
        let transcript = TranscriptRef { owner: reading.owner.clone(), session_id: known.session_id.clone() };
        let archived = known.file.archived;
        (reading.sink)(vec![Event::CallsRead { transcript, archived, calls: found.calls, tail: found.tail }])
    }
}

/// The user's word for why a file could not be read.
pub fn io_reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "file may not be read: check its permissions",
        io::ErrorKind::NotFound => "file vanished while it was read",
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            "file is damaged: what came before the damage counts"
        }
        _ => "file could not be read",
    }
}
