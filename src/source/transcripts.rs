//! The transcript files of one agent: live, reset, deleted, packed.
//!
//! Each file is read once and then only where it grew. What the calls mean for a session is
//! not decided here.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Closed;
use super::database::{Stamp, stamp};
use super::files::Reading;
use super::packed::{Archive, read_file};
use super::records::Found;
use super::skips::{self, SavedSkips};
use super::state_dir::{TranscriptFile, transcript_file};
use super::tail::{FileTail, SavedTail};
use crate::domain::event::Event;
use crate::domain::{Millis, SessionId, TranscriptRef};

/// What is kept of a file from one start of the program to the next.
#[derive(Serialize, Deserialize)]
struct Saved {
    stamp: Option<Stamp>,
    tail: SavedTail,
    session_id: String,
    skipped: SavedSkips,
    end_skipped: SavedSkips,
}

/// What is known of one file.
#[derive(Debug)]
struct Known {
    file: TranscriptFile,
    stamp: Option<Stamp>,
    tail: FileTail,
    session_id: SessionId,
    /// What was read and not handed on yet.
    found: Found,
    failed: bool,
}

/// The folder `sessions/` of one agent.
#[derive(Debug, Default)]
pub struct TranscriptFolder {
    files: HashMap<String, Known>,
    /// Which file a kept place was, by device and inode: made for the first file whose name has none.
    places: Option<HashMap<(u64, u64), String>>,
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
        let mut seen = HashSet::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(file) = transcript_file(&name) else { continue };
            if !entry
                .file_type()
                .is_ok_and(|kind| kind.is_file() || (kind.is_symlink() && folder.join(&name).is_file()))
            {
                continue;
            }
            self.know(&name, file, folder, reading);
            seen.insert(name);
        }
        let gone: Vec<String> = self.files.keys().filter(|name| !seen.contains(*name)).cloned().collect();
        for name in &gone {
            let path = folder.join(name);
            let place = reading.relative(&path);
            if self.files.remove(name).is_some_and(|known| known.file.packed) {
                reading.ends.forget(&Archive::File(path));
            }
            reading.skips.forget(&place);
            reading.position(place, None::<&Saved>)?;
        }
        let mut seen: Vec<String> = seen.into_iter().collect();
        seen.sort_unstable();
        reading.skips.forget(&reading.relative(folder));
        for name in seen {
            self.read(folder, &name, reading)?;
        }
        *reading.failed |= self.files.values().any(|known| known.failed);
        self.places = None;
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

    /// Transcripts that were deleted, and of whose session nothing else is left.
    pub fn deleted(&self) -> HashSet<SessionId> {
        let kept: HashSet<&SessionId> = self.kept().map(|(id, _)| id).collect();
        let every = self.files.values().map(|known| &known.session_id);
        every.filter(|id| !kept.contains(id)).cloned().collect()
    }

    /// When each transcript began, by its header.
    pub fn starts(&self) -> impl Iterator<Item = (&SessionId, Millis)> {
        self.files.values().filter_map(|known| Some((&known.session_id, known.tail.began_at()?)))
    }

    /// Whether a session's transcript was read, or is not there to be read.
    pub fn is_read(&self, session_id: &str) -> bool {
        self.is_file_read(&format!("{session_id}.jsonl"))
    }

    /// The same of one file.
    pub fn is_file_read(&self, name: &str) -> bool {
        self.files.get(name).is_none_or(|known| known.stamp.is_some() && !known.failed)
    }

    /// Notes a file; one that was read before keeps the place up to which it was read, renamed or not.
    fn know(&mut self, name: &str, file: TranscriptFile, folder: &Path, reading: &mut Reading<'_>) {
        if self.files.contains_key(name) {
            return;
        }
        let session_id = SessionId::from(&file.stem);
        let renamed = self.scanned.then(|| stamp(&folder.join(name))).flatten().and_then(|(device, inode, ..)| {
            let same = |known: &Known| known.stamp.is_some_and(|stamp| (stamp.0, stamp.1) == (device, inode));
            let old = self.files.iter().find(|(_, known)| same(known)).map(|(old, _)| old.clone())?;
            self.files.remove(&old)
        });
        let known = match renamed {
            Some(known) => Known { file, stamp: None, ..known },
            None => match self.saved(folder, name, reading) {
                Some((saved, stamp)) => {
                    let place = reading.relative(&folder.join(name));
                    reading.skips.replace(&place, skips::resume(saved.skipped));
                    reading.skips.replace(&format!("{place} (end)"), skips::resume(saved.end_skipped));
                    let session_id = SessionId::from(saved.session_id);
                    Known {
                        file,
                        stamp,
                        tail: FileTail::resume(saved.tail),
                        session_id,
                        found: Found::default(),
                        failed: false,
                    }
                }
                None => Known {
                    file,
                    stamp: None,
                    tail: FileTail::default(),
                    session_id,
                    found: Found::default(),
                    failed: false,
                },
            },
        };
        self.files.insert(name.to_owned(), known);
    }

    /// What was kept of a file that still lies there, under this name or another, with its stamp if that is the same.
    fn saved(&mut self, folder: &Path, name: &str, reading: &Reading<'_>) -> Option<(Saved, Option<Stamp>)> {
        if reading.positions.is_empty() {
            return None;
        }
        let path = folder.join(name);
        let now = stamp(&path)?;
        if let Some(saved) = reading.saved::<Saved>(&reading.relative(&path)) {
            let stamp = saved.stamp.filter(|before| *before == now);
            return Some((saved, stamp));
        }
        // OpenClaw renamed it meanwhile: a reset or a deletion. What was read of it need not be read again.
        let places = self.places.get_or_insert_with(|| places(&reading.relative(folder), reading));
        reading.saved(places.get(&(now.0, now.1))?).map(|saved| (saved, None))
    }

    fn read(&mut self, folder: &Path, name: &str, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let path = folder.join(name);
        let Some(known) = self.files.get_mut(name) else { return Ok(()) };
        let now = stamp(&path);
        if now.is_none() || now == known.stamp {
            return Ok(());
        }
        loop {
            let more = known.read_part(&path, reading);
            known.stamp = now.filter(|_| !more);
            known.hand_on(reading.relative(&path), reading)?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// The places kept of a folder, by the file that each was.
fn places(folder: &str, reading: &Reading<'_>) -> HashMap<(u64, u64), String> {
    let below = reading.positions.keys().filter(|place| Path::new(place).parent() == Some(Path::new(folder)));
    below.filter_map(|place| Some((reading.saved::<Saved>(place)?.tail.file, place.clone()))).collect()
}

impl Known {
    /// Reads what is new, or a part of it; true when there is more.
    fn read_part(&mut self, path: &Path, reading: &mut Reading<'_>) -> bool {
        let found = &mut self.found;
        let result = if self.file.packed {
            read_file(path.to_owned(), reading.ends, reading.buffer, found).map(|()| false)
        } else {
            self.tail.read(path, self.file.archived, reading.buffer, found)
        };
        let relative = reading.relative(path);
        self.failed = result.is_err();
        *reading.failed |= self.failed;
        if self.file.packed || self.tail.restarted {
            reading.skips.forget(&relative);
        }
        reading.skips.replace(&format!("{relative} (end)"), self.tail.end_skipped.clone());
        reading.skips.add(&relative, std::mem::take(&mut found.skipped));
        if let Err(error) = &result {
            reading.skips.replace(&relative, vec![(io_reason(error), 1, 0)]);
        }
        if let Some(id) = found.session_id.take().or_else(|| self.tail.session_id()) {
            self.session_id = id;
        }
        result.unwrap_or(false)
    }

    /// Hands on what was read, and how far that was: both or neither is kept.
    fn hand_on(&mut self, place: String, reading: &mut Reading<'_>) -> Result<(), Closed> {
        let found = std::mem::take(&mut self.found);
        let mut events = Vec::with_capacity(2);
        if !(found.calls.is_empty() && found.tail.is_none()) {
            events.push(Event::CallsRead {
                transcript: TranscriptRef { owner: reading.owner.clone(), session_id: self.session_id.clone() },
                archived: self.file.archived,
                began_at: self.tail.began_at().or(found.began_at),
                calls: found.calls,
                tail: found.tail,
            });
        }
        if !self.failed {
            let saved = Saved {
                stamp: self.stamp,
                tail: self.tail.save(),
                session_id: self.session_id.to_string(),
                skipped: skips::save(reading.skips.of(&place)),
                end_skipped: skips::save(&self.tail.end_skipped),
            };
            events.extend(reading.positioned(place, Some(&saved)));
        }
        (reading.sink)(events)
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
