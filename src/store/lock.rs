//! One writer: a lock on a file in the data folder, with the name of who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::domain::Millis;

/// The lock, held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

/// Who writes the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// Since when.
    pub since: Millis,
}

/// Why the lock could not be had.
#[derive(Debug)]
pub enum NotLocked {
    /// Another process has it; who, where the file tells.
    Held(Option<Holder>),
    /// The folder cannot be written.
    Failed(io::Error),
}

impl WriterLock {
    /// Takes the lock of a data folder.
    pub fn take(data_dir: &Path, now: Millis) -> Result<Self, NotLocked> {
        std::fs::create_dir_all(data_dir).map_err(NotLocked::Failed)?;
        let path = data_dir.join("ledger.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(NotLocked::Failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NotLocked::Held(read(&mut file))),
            Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
        }
        // Who reads this learns the name; the lock itself does not depend on it.
        let _ = file.set_len(0);
        let _ = writeln!(file, "{} {now}", std::process::id());
        Ok(Self { _file: file })
    }

    /// Who holds the lock of a data folder; `None` when nobody does.
    #[must_use]
    pub fn holder(data_dir: &Path) -> Option<Holder> {
        let mut file = OpenOptions::new().read(true).open(data_dir.join("ledger.lock")).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file),
            _ => None,
        }
    }
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(100).read_to_string(&mut text).ok()?;
    let (pid, since) = text.trim().split_once(' ')?;
    Some(Holder { pid: pid.parse().ok()?, since: since.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_has_it() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let first = WriterLock::take(folder.path(), 1_795_521_600_000).expect("free");
        let told = Holder { pid: std::process::id(), since: 1_795_521_600_000 };
        match WriterLock::take(folder.path(), 5) {
            Err(NotLocked::Held(holder)) => assert_eq!(holder, Some(told)),
            other => panic!("{other:?}"),
        }
        assert_eq!(WriterLock::holder(folder.path()), Some(told));
        drop(first);
        assert_eq!(WriterLock::holder(folder.path()), None);
        assert!(WriterLock::take(folder.path(), 6).is_ok());
    }
}
