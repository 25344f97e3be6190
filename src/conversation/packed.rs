//! Lines of a packed transcript: it can only be read forwards, so what is asked for is gathered on the way.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::{LONGEST_LINE, Line, lines};
use crate::source::tail::unpacking;

/// How much of what was unpacked is held at a time.
const HELD: usize = 8 << 20;

/// The unpacked text of a packed file.
pub(super) fn of_file(path: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(Box::new(BufReader::new(unpacking(File::open(path)?)?)))
}

/// A text that is at hand.
pub(super) fn of_text(text: &Arc<[u8]>) -> Box<dyn BufRead> {
    Box::new(io::Cursor::new(Arc::clone(text)))
}

/// The lines from `from` on.
pub(super) fn forth(
    mut input: Box<dyn BufRead>,
    from: u64,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    if from == u64::MAX {
        // Nothing comes behind the end.
        return Ok(ControlFlow::Continue(()));
    }
    io::copy(&mut io::Read::take(&mut input, from), &mut io::sink()).map_err(damaged)?;
    lines::stream(input, from, each).map_err(damaged)
}

/// A packed text that ends too early was not cut while it was read: it does not grow.
fn damaged(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A line that was gathered: where it stands, where the next one does, its text.
type Held = (u64, u64, Option<Vec<u8>>);

/// The lines before `before`, the newest first. Where more is asked for than is held, the text is unpacked again.
pub(super) fn back(
    open: &mut dyn FnMut() -> io::Result<Box<dyn BufRead>>,
    before: Option<u64>,
    each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let mut before = before.unwrap_or(u64::MAX);
    loop {
        let mut held: VecDeque<Held> = VecDeque::new();
        let (mut size, mut is_all) = (0, true);
        let _ = lines::stream(open()?, 0, &mut |line| {
            if line.at >= before {
                return ControlFlow::Break(());
            }
            size += line.bytes.map_or(0, <[u8]>::len);
            held.push_back((line.at, line.next, line.bytes.map(<[u8]>::to_vec)));
            while size > HELD.max(LONGEST_LINE) || (size > HELD && held.len() > 1) {
                let Some((.., dropped)) = held.pop_front() else { break };
                size -= dropped.map_or(0, |bytes| bytes.len());
                is_all = false;
            }
            ControlFlow::Continue(())
        })
        .map_err(damaged)?;
        let Some((oldest, ..)) = held.front() else { return Ok(ControlFlow::Continue(())) };
        before = *oldest;
        for (at, next, bytes) in held.iter().rev() {
            if each(Line { at: *at, next: *next, bytes: bytes.as_deref() }).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if is_all {
            return Ok(ControlFlow::Continue(()));
        }
    }
}
