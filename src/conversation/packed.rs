//! Lines of a packed transcript: it can only be read forwards, so what is asked for is gathered on the way. Its end,
//! which is what is asked for first, may have been kept.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{LONGEST_LINE, Line, lines};
use crate::source::packed::Archive;
use crate::source::packed::ends::{End, Ends, Holding, Kept};

/// How much of what was unpacked is held at a time.
const HELD: usize = 8 << 20;

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
            io::copy(&mut io::Read::take(&mut text, from), &mut io::sink()).map_err(damaged)?;
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
        while before > 0 {
            let held = self.read(|text| Held::read(text, before).map_err(damaged))?;
            before = held.from;
            if held.back(each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
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
    /// Where each stands, where the next one does, its text.
    lines: VecDeque<(u64, u64, Option<Vec<u8>>)>,
    /// Where they begin: what stands before was not held.
    from: u64,
}

impl Held {
    fn read(text: impl BufRead, before: u64) -> io::Result<Self> {
        let mut held = Self { lines: VecDeque::new(), from: 0 };
        let mut size = 0;
        let _ = lines::stream(text, 0, &mut |line| {
            if line.at >= before {
                return ControlFlow::Break(());
            }
            size += line.bytes.map_or(0, <[u8]>::len);
            held.lines.push_back((line.at, line.next, line.bytes.map(<[u8]>::to_vec)));
            while size > HELD.max(LONGEST_LINE) || (size > HELD && held.lines.len() > 1) {
                let Some((_, next, dropped)) = held.lines.pop_front() else { break };
                size -= dropped.map_or(0, |bytes| bytes.len());
                held.from = next;
            }
            ControlFlow::Continue(())
        })?;
        Ok(held)
    }

    fn back(&self, each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        for (at, next, bytes) in self.lines.iter().rev() {
            each(Line { at: *at, next: *next, bytes: bytes.as_deref() })?;
        }
        ControlFlow::Continue(())
    }
}
