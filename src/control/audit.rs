//! The audit log: who did what to which session, when, from where, and how it ended.
//!
//! One JSON line is appended when an action begins and one when it ends, each on the disk before anything follows
//! from it. Nothing is ever taken out. The text of a message and tokens never get here.

mod backwards;
mod entry;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use self::backwards::Backwards;
pub use self::entry::Entry;
use self::entry::{Begun, Ended, Line};
use super::Outcome;
use crate::domain::Millis;

/// How many lines are kept where there is no file.
const MOST_IN_MEMORY: usize = 2000;
/// How many ends without a beginning are kept while reading: more are the work of somebody's editor.
const MOST_ENDS: usize = 10_000;
/// How an entry without an end of an earlier start is told.
const CUT_OFF: &str = "The program ended before OpenClaw answered; it may have happened.";

/// What is written when an action begins.
#[derive(Clone, Debug)]
pub struct Beginning<'a> {
    /// `bearer` or `browser`.
    pub who: &'a str,
    /// From which address.
    pub from: Option<String>,
    /// Whose session or task it is.
    pub installation: &'a str,
    /// The action's word.
    pub action: &'a str,
    /// The session.
    pub key: Option<&'a str>,
    /// The task.
    pub task_id: Option<&'a str>,
    /// How long the message is, in characters.
    pub message_length: Option<usize>,
}

enum Place {
    File(PathBuf),
    Memory(Vec<String>),
}

struct State {
    place: Place,
    last: u64,
}

/// The log.
pub struct AuditLog {
    state: Mutex<State>,
    /// What began before has no end any more.
    first: u64,
}

/// A part of the log.
#[derive(Debug, Default)]
pub struct Page {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub has_more: bool,
}

impl AuditLog {
    /// The log in a file, which need not be there yet.
    #[must_use]
    pub fn in_file(path: PathBuf) -> Self {
        let last = newest(&path).unwrap_or_default();
        Self { state: Mutex::new(State { place: Place::File(path), last }), first: last + 1 }
    }

    /// A log that ends with the program.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { state: Mutex::new(State { place: Place::Memory(Vec::new()), last: 0 }), first: 1 }
    }

    /// Writes that something begins, and gives its id. What cannot be written must not be done.
    pub fn begin(&self, what: &Beginning<'_>, now: Millis) -> io::Result<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Ids rise even when the clock goes back, and two of the same millisecond differ.
        let number = (state.last + 1).max(u64::try_from(now).unwrap_or_default() << 12);
        let id = entry::id(number);
        let line = Begun::new(&id, now, what);
        state.append(&serde_json::to_string(&line)?)?;
        state.last = number;
        Ok(id)
    }

    /// Writes how it ended.
    pub fn end(&self, id: &str, outcome: Outcome, detail: &str, duration_ms: Millis) -> io::Result<()> {
        let line =
            Ended { id: id.to_owned(), outcome: outcome.word().to_owned(), detail: detail.to_owned(), duration_ms };
        self.state.lock().unwrap_or_else(PoisonError::into_inner).append(&serde_json::to_string(&line)?)
    }

    /// The newest entries, or those before one; memory does not grow with the log.
    pub fn page(&self, limit: usize, before: Option<&str>) -> io::Result<Page> {
        let lines: Box<dyn Iterator<Item = io::Result<String>>> = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            match &state.place {
                Place::Memory(lines) => Box::new(lines.clone().into_iter().rev().map(Ok)),
                Place::File(path) => match File::open(path) {
                    Ok(file) => Box::new(Backwards::of(file)?),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Page::default()),
                    Err(error) => return Err(error),
                },
            }
        };
        let mut page = Page::default();
        let mut ends = std::collections::HashMap::new();
        for line in lines {
            match Line::read(&line?) {
                Some(Line::Ended(end)) if ends.len() < MOST_ENDS => {
                    ends.entry(end.id.clone()).or_insert(end);
                }
                Some(Line::Begun(begun)) => {
                    let end = ends.remove(&begun.id);
                    if before.is_some_and(|before| begun.id.as_str() >= before) {
                        continue;
                    }
                    if page.entries.len() == limit {
                        page.has_more = true;
                        break;
                    }
                    page.entries.push(self.entry(begun, end));
                }
                _ => {}
            }
        }
        Ok(page)
    }

    fn entry(&self, begun: Begun, end: Option<Ended>) -> Entry {
        let is_lost = end.is_none() && entry::number(&begun.id).is_some_and(|number| number < self.first);
        let mut entry = Entry::of(begun, end);
        if is_lost {
            Outcome::Unknown.word().clone_into(&mut entry.outcome);
            CUT_OFF.clone_into(&mut entry.detail);
        }
        entry
    }
}

impl State {
    fn append(&mut self, line: &str) -> io::Result<()> {
        match &mut self.place {
            Place::File(path) => append(path, line),
            Place::Memory(lines) => {
                if lines.len() >= MOST_IN_MEMORY {
                    lines.drain(..MOST_IN_MEMORY / 2);
                }
                lines.push(line.to_owned());
                Ok(())
            }
        }
    }
}

/// Opened each time: actions are rare, and a file that somebody moved away must not swallow what follows.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let (true, Some(folder)) = (is_new, folder) {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
    let mut text = String::new();
    let length = file.metadata()?.len();
    if length > 0 {
        // A crash may have cut the last line off: the next must not become a part of it.
        let mut last = [0_u8];
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push('\n');
        }
    }
    text.push_str(line);
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let (true, Some(folder)) = (is_new, folder) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The number of the newest entry.
fn newest(path: &Path) -> Option<u64> {
    Backwards::of(File::open(path).ok()?).ok()?.map_while(Result::ok).find_map(|line| match Line::read(&line)? {
        Line::Begun(begun) => entry::number(&begun.id),
        Line::Ended(_) => None,
    })
}

/// Whether a text can be the id of an entry.
#[must_use]
pub fn is_id(text: &str) -> bool {
    entry::number(text).is_some()
}

#[cfg(test)]
mod tests;
