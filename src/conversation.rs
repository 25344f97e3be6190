//! What was said in a session, read from where OpenClaw keeps it when somebody opens the session.
//!
//! Nothing is kept but the ends of large archives, and no transcript is read as a whole: a page is read backwards
//! from the end, or from a place that an earlier page named. A conversation is all transcripts of a session in the order of their time: a reset
//! begins another one, and a deleted one may still lie there.

pub mod entry;
pub mod library;
pub mod lines;
mod packed;
pub mod page;
mod places;
mod rows;
pub mod runs;
mod secrets;
pub mod shown;

use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use memchr::memmem;

use self::packed::Packed;
pub use self::places::{Place, PlaceState};
use crate::domain::usage::ModelCall;
use crate::domain::{AgentId, SessionId};
use crate::source::demo::talk;
use crate::source::packed::ends::Ends;

/// A line of a transcript longer than this is not read: its size is shown instead.
pub const LONGEST_LINE: usize = 32 << 20;

/// How much of a conversation is looked through for the ids of its runs.
const RUNS_READ: u64 = 1 << 20;

/// What a line that is too long counts for.
const PASSED_OVER: u64 = 1 << 20;

/// A place in a conversation, as a client hands it back: which transcript, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Names the transcript.
    pub place: u32,
    /// The offset of a line or the number of a row.
    pub at: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08x}-{:x}", self.place, self.at)
    }
}

impl Cursor {
    /// Reads what [`Cursor`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (place, at) = text.split_once('-')?;
        let is_hex = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if place.len() != 8 || !is_hex(place, 8) || !is_hex(at, 16) {
            return None;
        }
        Some(Self { place: u32::from_str_radix(place, 16).ok()?, at: u64::from_str_radix(at, 16).ok()? })
    }
}

/// One line of a transcript and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its offset or number.
    pub at: u64,
    /// Where the next one stands.
    pub next: u64,
    /// Its text without the line break; `None` when it is too long to be read.
    pub bytes: Option<&'a [u8]>,
}

impl Line<'_> {
    /// How much was read for it; passing over a line that is too long costs a part of reading it.
    fn size(&self) -> u64 {
        self.bytes.map_or(PASSED_OVER, |bytes| bytes.len() as u64)
    }
}

/// All transcripts of a session, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// The transcripts that can be read.
    pub places: Vec<Place>,
}

/// What is called for each line: the transcript, the line. A break ends the reading.
pub type EachLine<'a> = dyn FnMut(&Place, Line<'_>) -> ControlFlow<()> + 'a;

impl Conversation {
    /// Finds the transcripts of a session below a state directory. `ids` names them, oldest first.
    pub fn find(state_dir: &Path, agent: &AgentId, ids: &[SessionId], ends: &Ends) -> io::Result<Self> {
        Ok(Self { places: places::find(state_dir, agent, ids, ends)? })
    }

    /// The transcript that the simulator makes up from the calls of a session.
    #[must_use]
    pub fn simulated(id: &SessionId, calls: &[ModelCall]) -> Self {
        let text = talk::transcript(id, calls);
        let size = Some(text.len() as u64);
        Self { places: vec![Place::new(id, PlaceState::Live, size, places::Medium::Packed(Packed::Text(text.into())))] }
    }

    /// How many bytes all transcripts have, as far as that can be told.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.places.iter().filter_map(|place| place.bytes).sum()
    }

    /// Whether this place is in one of the transcripts.
    #[must_use]
    pub fn holds(&self, cursor: Cursor) -> bool {
        self.place(cursor).is_some()
    }

    fn place(&self, cursor: Cursor) -> Option<usize> {
        self.places.iter().position(|place| place.number == cursor.place)
    }

    /// The lines before a place, or all, the newest first. Breaks come through as breaks.
    pub fn back(&self, before: Option<Cursor>, each: &mut EachLine<'_>) -> io::Result<ControlFlow<()>> {
        let from = before.and_then(|cursor| self.place(cursor)).unwrap_or(self.places.len().wrapping_sub(1));
        for (index, place) in self.places.iter().enumerate().take(from.wrapping_add(1)).rev() {
            let before = before.filter(|_| index == from).map(|cursor| cursor.at);
            if place.back(before, &mut |line| each(place, line))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The ids of runs that the end of the conversation names. Of the three versions only the newest names them all.
    pub fn latest_runs(&self) -> io::Result<Vec<String>> {
        let mut runs: Vec<String> = Vec::new();
        let mut read = 0;
        let _ = self.back(None, &mut |_, line| {
            read += line.size();
            let run = line.bytes.and_then(run_in);
            runs.extend(run.filter(|run| !runs.contains(run)));
            if read > RUNS_READ { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(runs)
    }

    /// The lines from a place on, or all, the oldest first.
    pub fn forth(&self, from: Option<Cursor>, each: &mut EachLine<'_>) -> io::Result<ControlFlow<()>> {
        let first = from.and_then(|cursor| self.place(cursor)).unwrap_or_default();
        for (index, place) in self.places.iter().enumerate().skip(first) {
            let from = from.filter(|_| index == first).map_or(0, |cursor| cursor.at);
            if place.forth(from, &mut |line| each(place, line))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The run that a line is of: the first that is named behind OpenClaw's own mark.
fn run_in(line: &[u8]) -> Option<String> {
    let marks = [&br#""__openclaw":{"#[..], br#""openclawAbort":{"#, br#""openclaw:prompt-error""#];
    let behind = marks.iter().find_map(|mark| memmem::find(line, mark).map(|at| &line[at..]))?;
    let named = &behind[memmem::find(behind, br#""runId":""#)? + 9..];
    let run = &named[..memchr::memchr(b'"', named).filter(|length| (8..=100).contains(length))?];
    std::str::from_utf8(run).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_as_it_was_written() {
        for cursor in [Cursor { place: 0, at: 0 }, Cursor { place: u32::MAX, at: u64::MAX }] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for odd in
            ["", "-", "1-2", "0000000g-1", "00000000-", "00000000-+1", "00000000-11111111111111111", "+0000000-1"]
        {
            assert_eq!(Cursor::parse(odd), None, "{odd}");
        }
    }
}
