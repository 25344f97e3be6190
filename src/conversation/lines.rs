//! Lines of a file, forwards and backwards, without reading the rest of it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use super::{LONGEST_LINE, Line};

/// How much is read at first; a long line makes it grow.
const CHUNK: usize = 64 << 10;

/// The lines that begin before `before`, or all, the newest first. A last line that is half written is passed over.
pub(crate) fn back(
    path: &Path,
    before: Option<u64>,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut region = Region { from: before.unwrap_or(size).min(size), bytes: Vec::new(), overlong: None };
    let mut is_open = before.is_none() || before > Some(size);
    loop {
        let is_whole = region.from == 0;
        match region.cut() {
            Cut::Line { at, next, from } => {
                let bytes = &region.bytes[from..];
                let skip = std::mem::take(&mut is_open) && next == size && !is_complete(bytes);
                let bytes = bytes.trim_ascii_end();
                if !skip && !bytes.is_empty() && each(Line { at, next, bytes: Some(bytes) }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                region.bytes.truncate(from);
            }
            Cut::Overlong { at, next, from } => {
                is_open = false;
                if each(Line { at, next, bytes: None }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                region.bytes.truncate(from);
            }
            Cut::Nothing if is_whole => return Ok(ControlFlow::Continue(())),
            Cut::Nothing => region.grow(&mut file)?,
        }
    }
}

/// Whether a line without a line break is whole: the program that writes it may be in the middle.
fn is_complete(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\n") || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// A part of a file that was read and not handed on: `bytes` begins at `from`.
struct Region {
    from: u64,
    bytes: Vec<u8>,
    /// Where a line that is too long ends, while its beginning is looked for.
    overlong: Option<u64>,
}

enum Cut {
    Line { at: u64, next: u64, from: usize },
    Overlong { at: u64, next: u64, from: usize },
    Nothing,
}

impl Region {
    /// The last line of the region: what stands behind the last line break but one.
    fn cut(&mut self) -> Cut {
        let next = self.from + self.bytes.len() as u64;
        let end = self.bytes.len() - usize::from(self.overlong.is_none() && self.bytes.ends_with(b"\n"));
        let from = match memchr::memrchr(b'\n', &self.bytes[..end]) {
            Some(found) => found + 1,
            None if self.from == 0 && !(self.bytes.is_empty() && self.overlong.is_none()) => 0,
            None => {
                if end > LONGEST_LINE {
                    self.overlong.get_or_insert(next);
                }
                if self.overlong.is_some() {
                    self.bytes.clear();
                }
                return Cut::Nothing;
            }
        };
        let at = self.from + from as u64;
        match self.overlong.take() {
            Some(next) => Cut::Overlong { at, next, from },
            None if end - from > LONGEST_LINE => Cut::Overlong { at, next, from },
            None => Cut::Line { at, next, from },
        }
    }

    /// Reads what stands before; as much again as is held, so that a long line is moved a few times only. No more
    /// than tells whether a line is too long.
    fn grow(&mut self, file: &mut File) -> io::Result<()> {
        let held = self.bytes.len();
        let more = (CHUNK.max(held.min((LONGEST_LINE + 2).saturating_sub(held))) as u64).min(self.from);
        self.from -= more;
        file.seek(SeekFrom::Start(self.from))?;
        let mut grown = Vec::with_capacity(usize::try_from(more).unwrap_or_default() + self.bytes.len());
        file.take(more).read_to_end(&mut grown)?;
        if (grown.len() as u64) < more {
            // The file shrank meanwhile: what stood there is another text now.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        grown.append(&mut self.bytes);
        self.bytes = grown;
        Ok(())
    }
}

/// The lines from `from` on, the oldest first; a half-written last line is passed over.
pub(super) fn forth(
    path: &Path,
    from: u64,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut file = File::open(path)?;
    if !begins_line(&mut file, from)? {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no line begins there"));
    }
    file.seek(SeekFrom::Start(from))?;
    stream(BufReader::with_capacity(CHUNK, file), from, each)
}

/// Whether a line begins at an offset, or the file ends there.
fn begins_line(file: &mut File, at: u64) -> io::Result<bool> {
    let size = file.metadata()?.len();
    if at == 0 || at > size {
        return Ok(at == 0);
    }
    let mut around = Vec::new();
    file.seek(SeekFrom::Start(at - 1))?;
    file.take(2).read_to_end(&mut around)?;
    // A whole last line may still lack its line break, or have got it meanwhile.
    Ok(matches!(around.as_slice(), [b'\n', ..] | [b'}'] | [b'}', b'\n' | b'\r']))
}

/// Lines of a stream whose first byte is number `at`.
pub(super) fn stream(
    mut input: impl BufRead,
    mut at: u64,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut input).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let mut next = at + read as u64;
        let is_overlong = read > LONGEST_LINE && !line.ends_with(b"\n");
        if is_overlong {
            next += pass_over(&mut input)?;
        } else if !line.ends_with(b"\n") && !is_complete(&line) {
            return Ok(ControlFlow::Continue(()));
        }
        let bytes = line.trim_ascii_end();
        let shown = Line { at, next, bytes: (!is_overlong).then_some(bytes) };
        if (is_overlong || !bytes.is_empty()) && each(shown).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        at = next;
    }
}

/// Reads to the end of a line without keeping it.
pub(super) fn pass_over(input: &mut impl BufRead) -> io::Result<u64> {
    let mut passed = 0;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(passed);
        }
        let (used, is_end) = match memchr::memchr(b'\n', buffer) {
            Some(found) => (found + 1, true),
            None => (buffer.len(), false),
        };
        input.consume(used);
        passed += used as u64;
        if is_end {
            return Ok(passed);
        }
    }
}

/// Where the next line of a file will begin: behind the last whole one.
pub(super) fn end(path: &Path) -> io::Result<u64> {
    let mut end = 0;
    let _ = back(path, None, &mut |line| {
        end = line.next;
        ControlFlow::Break(())
    })?;
    Ok(end)
}
