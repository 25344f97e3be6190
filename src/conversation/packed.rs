//! Lines of a packed transcript: it can only be read forwards, so what is asked for is gathered on the way. Its end,
//! which is what is asked for first, may have been kept.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Line, lines};
use crate::source::packed::Archive;
use crate::source::packed::ends::{End, Ends, Holding, Kept};

/// So much before a place is held at first: more than any page.
const PAGE: u64 = 32 << 20;
/// So much from then on: with it, what a search looks through for one answer.
const STRETCH: u64 = 64 << 20;
/// It is held in pieces of so much, and packed.
const PIECE: usize = 256 << 10;
/// No more than so much when packed.
const MOST_PACKED: usize = 16 << 20;

/// A text that can only be read from its beginning.
#[derive(Clone, Debug)]
pub(super) enum Packed {
    /// Packed by OpenClaw.
    Archive(Archive, Ends),
    /// Made up: the simulator's.
    Text(Arc<[u8]>),
}

impl Packed {
    fn read<T>(&self, work: impl FnOnce(&mut dyn BufRead) -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::Archive(archive, _) => archive.read(work),
            Self::Text(text) => work(&mut &**text),
        }
    }

    /// The end that was kept.
    fn kept(&self) -> Option<Kept> {
        match self {
            Self::Archive(archive, ends) => ends.find(archive),
            Self::Text(_) => None,
        }
    }

    /// Unpacks it up to its end, which is kept where that is of use.
    fn end(&self) -> io::Result<End> {
        let read = || {
            self.read(|text| {
                let mut text = Holding::new(text);
                io::copy(&mut text, &mut io::sink()).map_err(damaged)?;
                Ok(text.end())
            })
        };
        let Self::Archive(archive, ends) = self else { return read() };
        let stamp = archive.stamp();
        let end = read()?;
        ends.keep(archive.clone(), stamp, &end);
        Ok(end)
    }

    /// The lines from `from` on.
    pub(super) fn forth(
        &self,
        from: u64,
        each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        if from == u64::MAX {
            // Nothing comes behind the end.
            return Ok(ControlFlow::Continue(()));
        }
        if let Self::Text(text) = self {
            // What is made up may be another text by now.
            let before = usize::try_from(from).ok().and_then(|from| text.get(..from));
            if before.is_none_or(|before| !before.is_empty() && !before.ends_with(b"\n")) {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "no line begins there"));
            }
        }
        let mut from = from;
        if let Some(kept) = self.kept() {
            let places = kept.places();
            let after = places.partition_point(|place| *place <= from);
            for piece in after.checked_sub(1).unwrap_or(places.len())..places.len() {
                // What cannot be read of it is unpacked.
                let Ok(text) = kept.text(piece) else { break };
                let skipped = usize::try_from(from - places[piece]).unwrap_or(usize::MAX);
                if lines::stream(text.get(skipped..).unwrap_or_default(), from, each)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                from = places[piece] + text.len() as u64;
                if piece + 1 == places.len() {
                    return Ok(ControlFlow::Continue(()));
                }
            }
        }
        self.read(|mut text| {
            io::copy(&mut (&mut text).take(from), &mut io::sink()).map_err(damaged)?;
            lines::stream(text, from, each).map_err(damaged)
        })
    }

    /// The lines before `before`, or all, the newest first. Where more is asked for than is held, the text is
    /// unpacked again.
    pub(super) fn back(
        &self,
        before: Option<u64>,
        each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        let mut before = before.unwrap_or(u64::MAX);
        if let Some(kept) = self.kept() {
            let places = kept.places();
            for piece in (0..places.partition_point(|from| *from < before)).rev() {
                let from = places[piece];
                // What cannot be read of it is unpacked.
                let Ok(text) = kept.text(piece) else { break };
                if back_in(&text, from, before, each)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                before = from;
            }
        } else if before == u64::MAX {
            let end = self.end()?;
            if back_in(&end.text, end.from, before, each)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            before = end.from;
        }
        // Whoever wants more than a page wants a lot more: then more is gathered at a time, and packed meanwhile.
        let mut reach = PAGE;
        while before > 0 {
            let held = self.read(|text| Held::read(text, before, reach).map_err(damaged))?;
            if held.back(each)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            // Within reach there may be no line that begins, only the end of a long one.
            (before, reach) = match (held.pieces.is_empty(), reach) {
                (true, u64::MAX) => break,
                (true, _) => (before, u64::MAX),
                (false, _) => (held.from, STRETCH),
            };
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// A packed text that ends too early was not cut while it was read: it does not grow.
fn damaged(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// The lines before a place in a text whose first byte is number `from`, the newest first.
fn back_in(
    text: &[u8],
    from: u64,
    before: u64,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut places = Vec::new();
    let _ = lines::stream(text, from, &mut |line| {
        if line.at >= before {
            return ControlFlow::Break(());
        }
        places.push((line.at, line.next));
        ControlFlow::Continue(())
    })?;
    let index = |at: u64| usize::try_from(at - from).unwrap_or(usize::MAX);
    for (at, next) in places.into_iter().rev() {
        let bytes = text.get(index(at)..index(next)).map(<[u8]>::trim_ascii_end);
        if each(Line { at, next, bytes }).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The last lines before a place.
struct Held {
    /// Oldest first.
    pieces: VecDeque<Piece>,
    /// Where they begin: what stands before was not held.
    from: u64,
}

/// Some lines and their text, which is packed once it is long.
#[derive(Default)]
struct Piece {
    /// Where each stands, where the next one does, and how long it is if it can be shown.
    lines: Vec<(u64, u64, Option<usize>)>,
    /// How long the text is.
    size: usize,
    text: Vec<u8>,
    is_packed: bool,
}

impl Held {
    /// Holds what stands within reach before a place.
    fn read(mut text: impl BufRead, before: u64, reach: u64) -> io::Result<Self> {
        let mut from = 0;
        if let Some(out_of_reach) = before.saturating_sub(reach).checked_sub(1) {
            from = io::copy(&mut (&mut text).take(out_of_reach), &mut io::sink())?;
            from += lines::pass_over(&mut text)?;
        }
        let mut held = Self { pieces: VecDeque::new(), from };
        let (mut failed, mut packed) = (Ok(()), 0);
        let _ = lines::stream(text, from, &mut |line| {
            if line.at >= before {
                return ControlFlow::Break(());
            }
            if held.pieces.back().is_none_or(|piece| piece.size >= PIECE) {
                failed = held.pieces.back_mut().map_or(Ok(0), Piece::pack).map(|size| packed += size);
                held.pieces.push_back(Piece::default());
            }
            while packed > MOST_PACKED && held.pieces.len() > 1 {
                let Some(piece) = held.pieces.pop_front() else { break };
                packed -= piece.text.len();
                held.from = piece.lines.last().map_or(held.from, |(_, next, _)| *next);
            }
            if let Some(piece) = held.pieces.back_mut() {
                piece.push(&line);
            }
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed.map(|()| held)
    }

    /// The newest first.
    fn back(&self, each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>) -> io::Result<ControlFlow<()>> {
        for piece in self.pieces.iter().rev() {
            let unpacked = piece.unpacked()?;
            let mut end = piece.size;
            for (at, next, size) in piece.lines.iter().rev() {
                let start = end - size.unwrap_or_default();
                let bytes = size.and_then(|_| unpacked.get(start..end));
                if each(Line { at: *at, next: *next, bytes }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                end = start;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Piece {
    fn push(&mut self, line: &Line<'_>) {
        self.lines.push((line.at, line.next, line.bytes.map(<[u8]>::len)));
        self.text.extend(line.bytes.unwrap_or_default());
        self.size = self.text.len();
    }

    /// How large it is from now on.
    fn pack(&mut self) -> io::Result<usize> {
        (self.text, self.is_packed) = (zstd::bulk::compress(&self.text, 1)?, true);
        self.text.shrink_to_fit();
        Ok(self.text.len())
    }

    fn unpacked(&self) -> io::Result<Cow<'_, [u8]>> {
        if self.is_packed {
            return zstd::bulk::decompress(&self.text, self.size).map(Cow::Owned);
        }
        Ok(Cow::Borrowed(&self.text))
    }
}
