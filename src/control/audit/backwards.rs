//! The lines of a file from its end, in blocks: memory does not grow with the file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How much is read at once.
const BLOCK: u64 = 64 << 10;
/// A longer line is none of ours.
const LONGEST: usize = 256 << 10;

/// Lines, the last first, without those that are empty or no text.
pub(super) struct Backwards {
    file: File,
    /// What lies before was not read yet.
    at: u64,
    /// What was read and not given, in the order of the file.
    rest: Vec<u8>,
    /// Whether the end of the rest belongs to a line that is too long.
    in_long: bool,
}

impl Backwards {
    /// From the present end of a file.
    pub(super) fn of(file: File) -> io::Result<Self> {
        let at = file.metadata()?.len();
        Ok(Self { file, at, rest: Vec::new(), in_long: false })
    }

    fn read_more(&mut self) -> io::Result<()> {
        let size = BLOCK.min(self.at);
        self.at -= size;
        self.file.seek(SeekFrom::Start(self.at))?;
        let mut block = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + self.rest.len());
        Read::by_ref(&mut self.file).take(size).read_to_end(&mut block)?;
        block.append(&mut self.rest);
        self.rest = block;
        Ok(())
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(at) = self.rest.iter().rposition(|byte| *byte == b'\n') {
                let line = self.rest.split_off(at + 1);
                self.rest.pop();
                return Ok(Some(if std::mem::take(&mut self.in_long) { Vec::new() } else { line }));
            }
            if self.rest.len() > LONGEST {
                self.rest.clear();
                self.in_long = true;
            }
            if self.at == 0 {
                let line = std::mem::take(&mut self.rest);
                return Ok((!line.is_empty() && !self.in_long).then_some(line));
            }
            self.read_more()?;
        }
    }
}

impl Iterator for Backwards {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_line() {
                Err(error) => {
                    // The end: a disk that fails once would be asked for ever.
                    (self.at, self.rest) = (0, Vec::new());
                    return Some(Err(error));
                }
                Ok(None) => return None,
                Ok(Some(line)) => match String::from_utf8(line) {
                    Ok(text) if !text.trim().is_empty() => return Some(Ok(text)),
                    _ => {}
                },
            }
        }
    }
}
