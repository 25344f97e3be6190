//! Reads what was appended to a transcript since the last look, in proportion to what was appended.
//!
//! It keeps the place after the last whole line. A file that shrank, was replaced or begins
//! otherwise is read anew from its start: a call read twice is still one call (`live`).

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::records::{Found, HEAD, TranscriptReader, hash};
use super::skips::FileSkips;
use crate::domain::{Millis, ModelRef, SessionId};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;
/// A longer line is parsed as it streams by instead of being held.
const MAX_HELD_LINE: usize = 1024 * 1024;
/// How many bytes of a file's start tell that it is still the same file.
const PRINT: usize = 256;
/// A reading stops after so many calls, so that a long file is handed on in parts.
const MAX_CALLS: usize = 4096;

const HALF_LINE: &str = "last line is half written, will be read when it is whole";

/// One buffer for all files of a source, so that a cold scan allocates nothing per file.
#[derive(Default)]
pub struct LineBuffer {
    bytes: Vec<u8>,
}

/// The place up to which one file was read.
#[derive(Debug, Default)]
pub struct FileTail {
    device_and_inode: (u64, u64),
    offset: u64,
    lines: u64,
    start: Print,
    reader: TranscriptReader,
    /// What was not understood after the last line break: it is read again when more follows.
    pub end_skipped: FileSkips,
    /// Whether the last reading began at the start of the file.
    pub restarted: bool,
}

/// What tells that a file still begins the same: a hash of its first bytes, never these themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    bytes: usize,
    hash: u64,
}

impl Print {
    fn of(start: &[u8]) -> Self {
        Self { bytes: start.len(), hash: hash(&[start]) }
    }
}

/// A [`FileTail`] as it is kept from one start of the program to the next.
#[derive(Debug, Serialize, Deserialize)]
pub struct SavedTail {
    /// Device and inode.
    pub file: (u64, u64),
    offset: u64,
    lines: u64,
    start: Print,
    /// Provider and model of the last model change.
    model: Option<(String, String)>,
    /// Session id and time in the header.
    header: Option<(String, Option<Millis>)>,
}

impl FileTail {
    /// What is kept.
    pub fn save(&self) -> SavedTail {
        SavedTail {
            file: self.device_and_inode,
            offset: self.offset,
            lines: self.lines,
            start: self.start,
            model: self.reader.current().map(|model| (model.provider.to_string(), model.model.to_string())),
            header: self.reader.header.as_ref().map(|(id, at)| (id.to_string(), *at)),
        }
    }

    /// A tail that goes on where an earlier one stopped.
    pub fn resume(saved: SavedTail) -> Self {
        let model = saved.model.map(|(provider, model)| ModelRef::new(&provider, &model));
        let header = saved.header.map(|(id, at)| (SessionId::from(id), at));
        Self {
            device_and_inode: saved.file,
            offset: saved.offset,
            lines: saved.lines,
            start: saved.start,
            reader: TranscriptReader::resume(model, header),
            ..Self::default()
        }
    }

    /// The session id in the file's first header.
    pub fn session_id(&self) -> Option<SessionId> {
        self.reader.header.as_ref().map(|(id, _)| id.clone())
    }

    /// When the transcript began, by its first header.
    pub fn began_at(&self) -> Option<Millis> {
        self.reader.header.as_ref().and_then(|(_, at)| *at)
    }

    /// Reads what is new; true when there is more of it. With `ended`, the writer is done: a last line
    /// without a break counts as a line.
    pub fn read(&mut self, path: &Path, ended: bool, buffer: &mut LineBuffer, found: &mut Found) -> io::Result<bool> {
        let mut file = File::open(path)?;
        let meta = file.metadata()?;
        let id = (meta.dev(), meta.ino());
        if id != self.device_and_inode || meta.len() < self.offset || !self.starts_the_same(&mut file)? {
            *self = Self { device_and_inode: id, ..Self::default() };
        }
        if self.start.bytes < PRINT {
            self.start = Print::of(&read_start(&mut file)?);
        }
        self.restarted = self.offset == 0;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut lines = Lines { reader: &mut self.reader, number: self.lines, found };
        let end = lines.read_all(&mut file, self.offset, buffer, Some(path))?;
        self.offset = end.offset;
        let number = lines.number;
        self.lines = number;
        self.end_skipped.clear();
        if end.more {
            return Ok(true);
        }
        let rest = &buffer.bytes[..end.rest];
        // OpenClaw writes a line and its break at once, but a copied or cut file may lack the last
        // break. A whole record counts; reading it again later changes nothing.
        if ended || is_whole(rest) {
            let mut last = Found { tail: found.tail.take(), ..Found::default() };
            self.reader.clone().line(rest, number + 1, &mut last);
            found.calls.append(&mut last.calls);
            found.tail = last.tail;
            self.end_skipped = last.skipped;
        } else if !rest.is_empty() {
            self.end_skipped.push((HALF_LINE, 1, 0));
        }
        Ok(false)
    }

    fn starts_the_same(&self, file: &mut File) -> io::Result<bool> {
        if self.start.bytes == 0 {
            return Ok(true);
        }
        let now = read_start(file)?;
        Ok(now.get(..self.start.bytes).is_some_and(|start| Print::of(start) == self.start))
    }
}

/// Reads a whole transcript from any input.
pub fn read_stream(mut input: impl Read, buffer: &mut LineBuffer, found: &mut Found) -> io::Result<()> {
    let mut reader = TranscriptReader::default();
    let mut lines = Lines { reader: &mut reader, number: 0, found };
    let end = lines.read_all(&mut input, 0, buffer, None)?;
    if end.rest > 0 {
        lines.one(&buffer.bytes[..end.rest]);
    }
    if let Some((id, at)) = reader.header {
        found.session_id = Some(id);
        found.began_at = at;
    }
    Ok(())
}

fn read_start(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::with_capacity(PRINT);
    file.take(PRINT as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn is_whole(rest: &[u8]) -> bool {
    rest.trim_ascii_end().ends_with(b"}") && serde_json::from_slice::<serde::de::IgnoredAny>(rest).is_ok()
}

/// Where reading stopped.
struct End {
    /// The place after the last line break.
    offset: u64,
    /// How many bytes follow it; they stand at the start of the buffer.
    rest: usize,
    /// Whether reading stopped before the end.
    more: bool,
}

struct Lines<'a> {
    reader: &'a mut TranscriptReader,
    number: u64,
    found: &'a mut Found,
}

impl Lines<'_> {
    fn one(&mut self, line: &[u8]) {
        self.number += 1;
        self.reader.line(line, self.number, self.found);
    }

    /// Reads to the end of the input. `path` names the file again where a long line needs a second look.
    fn read_all(
        &mut self,
        input: &mut impl Read,
        mut offset: u64,
        buffer: &mut LineBuffer,
        path: Option<&Path>,
    ) -> io::Result<End> {
        let mut filled = 0;
        loop {
            if buffer.bytes.len() < filled + CHUNK {
                buffer.bytes.resize(filled + CHUNK, 0);
            }
            let read = read_some(input, &mut buffer.bytes[filled..filled + CHUNK])?;
            if read == 0 {
                return Ok(End { offset, rest: filled, more: false });
            }
            let searched = filled;
            filled += read;
            let used = self.whole_lines(&buffer.bytes[..filled], searched);
            offset += used as u64;
            // Only a file can be read again from a place in it.
            if path.is_some() && self.found.calls.len() >= MAX_CALLS {
                return Ok(End { offset, rest: 0, more: true });
            }
            buffer.bytes.copy_within(used..filled, 0);
            filled -= used;
            if filled > MAX_HELD_LINE {
                let Some(after) = self.long_line(input, offset, &buffer.bytes[..filled], path)? else {
                    return Ok(End { offset, rest: 0, more: false });
                };
                let (length, rest) = after;
                offset += length;
                buffer.bytes[..rest.len()].copy_from_slice(&rest);
                filled = rest.len();
            }
        }
    }

    /// Reads every whole line; no break lies before `searched`. Returns how many bytes were used.
    fn whole_lines(&mut self, bytes: &[u8], searched: usize) -> usize {
        let mut start = 0;
        for at in memchr::memchr_iter(b'\n', &bytes[searched..]) {
            let end = searched + at;
            self.one(&bytes[start..end]);
            start = end + 1;
        }
        start
    }

    /// Passes over a line that is too long to hold. Returns its length with the break, and what was
    /// read beyond it; `None` where the input ends inside the line.
    fn long_line(
        &mut self,
        input: &mut impl Read,
        offset: u64,
        held: &[u8],
        path: Option<&Path>,
    ) -> io::Result<Option<(u64, Vec<u8>)>> {
        let head = held[..HEAD].to_vec();
        let mut length = held.len() as u64;
        let mut chunk = vec![0; CHUNK];
        let rest = loop {
            let read = read_some(input, &mut chunk)?;
            if read == 0 {
                return Ok(None);
            }
            if let Some(at) = memchr::memchr(b'\n', &chunk[..read]) {
                length += at as u64 + 1;
                break chunk[at + 1..read].to_vec();
            }
            length += read as u64;
        };
        self.number += 1;
        if !self.reader.skip_by_head(&head, self.found) {
            match path {
                Some(path) => {
                    let mut file = File::open(path)?;
                    file.seek(SeekFrom::Start(offset))?;
                    self.reader.long_line(BufReader::with_capacity(CHUNK, file.take(length)), self.number, self.found);
                }
                None => self.found.skip("line in an archive is longer than 1 MiB", self.number),
            }
        }
        Ok(Some((length, rest)))
    }
}

fn read_some(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
