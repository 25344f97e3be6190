//! The ends of large packed transcripts, kept so that the newest messages can be shown without unpacking a gigabyte.
//!
//! An end is a copy of what OpenClaw holds, so there are as few as can be: of large archives alone, readable by
//! nobody else, and gone when the archive is. Whatever fails here only costs time.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Archive;
use crate::source::database::Stamp;
use crate::source::records::hash;

/// How much of a text its end has at most: the newest runs are told from the last 4 MiB.
const HELD: usize = 5 << 20;
/// An archive of up to so much is unpacked in a moment.
const LARGE: u64 = 32 << 20;
/// The first line of a file is no longer than this.
const LONGEST_HEAD: u64 = 64 << 10;
/// What the name of a file ends with while it is written.
const UNDER_WAY: &str = "new";

/// A piece of an end is at least so long: who wants little need not unpack all.
const PIECE: usize = 256 << 10;

/// The last lines of a text.
#[derive(Debug)]
pub struct End {
    /// Where the first of them stands.
    pub from: u64,
    /// The lines.
    pub text: Vec<u8>,
}

/// Passes a text on and holds its end.
pub struct Holding<R> {
    input: R,
    size: u64,
    end: VecDeque<u8>,
}

impl<R: Read> Holding<R> {
    /// Nothing was read yet.
    pub fn new(input: R) -> Self {
        Self { input, size: 0, end: VecDeque::new() }
    }

    /// The end of what was read.
    pub fn end(self) -> End {
        let from = self.size - self.end.len() as u64;
        let mut text = Vec::from(self.end);
        // What was cut begins in the middle of a line.
        let cut = if from == 0 { 0 } else { memchr::memchr(b'\n', &text).map_or(text.len(), |at| at + 1) };
        text.drain(..cut);
        End { from: from + cut as u64, text }
    }
}

impl<R: Read> Read for Holding<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.size += read as u64;
        let held = &into[read.saturating_sub(HELD)..read];
        let over = (self.end.len() + held.len()).saturating_sub(HELD);
        self.end.drain(..over);
        self.end.extend(held);
        Ok(read)
    }
}

/// Where ends are kept, if they are.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    folder: Option<Arc<Path>>,
}

/// An end that was kept, in pieces that begin and end with lines.
pub struct Kept {
    file: File,
    /// Where the pieces begin in the file.
    start: u64,
    head: Head,
}

/// The first line of a file: whose end it is, and what follows.
#[derive(Serialize, Deserialize)]
struct Head {
    archive: Archive,
    stamp: Stamp,
    pieces: Vec<Piece>,
}

#[derive(Serialize, Deserialize)]
struct Piece {
    /// Where its first line stands in the transcript.
    from: u64,
    /// How long it is.
    size: usize,
    /// Where it lies behind the first line of the file, and how long it is there.
    packed: (u64, usize),
}

impl Kept {
    /// Where each piece begins in the transcript, oldest first.
    #[must_use]
    pub fn places(&self) -> Vec<u64> {
        self.head.pieces.iter().map(|piece| piece.from).collect()
    }

    /// The text of a piece.
    pub fn text(&self, piece: usize) -> io::Result<Vec<u8>> {
        let piece = self.head.pieces.get(piece).ok_or(io::ErrorKind::NotFound)?;
        let mut packed = vec![0; piece.packed.1.min(2 * HELD)];
        self.file.read_exact_at(&mut packed, self.start + piece.packed.0)?;
        zstd::bulk::decompress(&packed, piece.size.min(HELD))
    }
}

impl Ends {
    /// Ends kept in a folder; those whose archive is gone are removed.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        clear(folder, |file| {
            file.extension().is_some_and(|extension| extension != UNDER_WAY)
                && open(file).is_ok_and(|kept| kept.head.archive.stamp() == Some(kept.head.stamp))
        });
        Self { folder: Some(folder.into()) }
    }

    /// No ends are kept; those in a folder are removed.
    #[must_use]
    pub fn none(folder: &Path) -> Self {
        clear(folder, |_| false);
        Self::default()
    }

    /// Whether ends are kept at all.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// The end of an archive, where it was kept and is still that.
    #[must_use]
    pub fn find(&self, archive: &Archive) -> Option<Kept> {
        let kept = open(&self.file(archive)?).ok()?;
        let is_same = kept.head.archive == *archive && archive.stamp() == Some(kept.head.stamp);
        is_same.then_some(kept)
    }

    /// Keeps the end of an archive, if that is a large one and still what it was before it was read.
    pub fn keep(&self, archive: Archive, before: Option<Stamp>, end: &End) {
        let Some(file) = self.file(&archive).filter(|_| end.from + end.text.len() as u64 > LARGE) else { return };
        let Some(stamp) = archive.stamp().filter(|stamp| Some(*stamp) == before) else { return };
        if let Err(error) = write(&file, archive, stamp, end) {
            tracing::debug!(%error, file = %file.display(), "the end of an archive is not kept");
        }
    }

    /// An archive is gone.
    pub fn forget(&self, archive: &Archive) {
        if let Some(file) = self.file(archive) {
            // There is none of a small one.
            let _ = fs::remove_file(file);
        }
    }

    fn file(&self, archive: &Archive) -> Option<PathBuf> {
        let name = serde_json::to_vec(archive).ok()?;
        Some(self.folder.as_ref()?.join(format!("{:016x}.end", hash(&[&name]))))
    }
}

/// Removes the files of a folder but those that are still of use.
fn clear(folder: &Path, is_of_use: impl Fn(&Path) -> bool) {
    // Without the folder there is nothing to remove.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.path();
        if !is_of_use(&file)
            && let Err(error) = fs::remove_file(&file)
        {
            tracing::warn!(%error, file = %file.display(), "the end of an archive stays");
        }
    }
}

fn open(path: &Path) -> io::Result<Kept> {
    let file = File::open(path)?;
    let mut line = Vec::new();
    BufReader::new(&file).take(LONGEST_HEAD).read_until(b'\n', &mut line)?;
    Ok(Kept { head: serde_json::from_slice(&line)?, start: line.len() as u64, file })
}

fn write(path: &Path, archive: Archive, stamp: Stamp, end: &End) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let (mut pieces, mut all) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < end.text.len() {
        let rest = &end.text[at..];
        let least = rest.len().min(PIECE);
        let size = memchr::memchr(b'\n', &rest[least..]).map_or(rest.len(), |line_break| least + line_break + 1);
        let packed = zstd::bulk::compress(&rest[..size], zstd::DEFAULT_COMPRESSION_LEVEL)?;
        pieces.push(Piece { from: end.from + at as u64, size, packed: (all.len() as u64, packed.len()) });
        all.extend(packed);
        at += size;
    }
    let under_way = path.with_extension(UNDER_WAY);
    // Whoever writes the same already will be done in a moment.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&under_way)?;
    let written = (|| {
        let mut head = serde_json::to_vec(&Head { archive, stamp, pieces })?;
        head.push(b'\n');
        file.write_all(&head)?;
        file.write_all(&all)?;
        fs::rename(&under_way, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&under_way);
    }
    written
}
