//! Counts what was not understood, by file and reason, within bounds.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::event::Skipped;

/// Beyond this many files only a count is kept.
const MAX_FILES: usize = 500;

/// No version of this program has more reasons.
const MAX_REASONS: usize = 200;

/// What one file gave: reason, how often, first line or row.
pub type FileSkips = Vec<(&'static str, u64, u64)>;

/// The log of one source.
#[derive(Debug, Default)]
pub struct SkipLog {
    files: BTreeMap<String, FileSkips>,
    beyond: u64,
}

impl SkipLog {
    /// Replaces what is known of a file that was read as a whole.
    pub fn replace(&mut self, file: &str, skips: FileSkips) {
        self.files.remove(file);
        self.add(file, skips);
    }

    /// Replaces a file's account by one reason, or by none.
    pub fn set(&mut self, file: &str, reason: Option<&'static str>) {
        self.replace(file, reason.map(|reason| (reason, 1, 0)).into_iter().collect());
    }

    /// Adds what was found in new lines of a file.
    pub fn add(&mut self, file: &str, skips: FileSkips) {
        if skips.is_empty() {
            return;
        }
        if self.files.len() >= MAX_FILES && !self.files.contains_key(file) {
            self.beyond += skips.iter().map(|(_, count, _)| count).sum::<u64>();
            return;
        }
        let known = self.files.entry(file.to_owned()).or_default();
        for (reason, count, line) in skips {
            match known.iter_mut().find(|(seen, ..)| *seen == reason) {
                Some((_, sum, _)) => *sum += count,
                None => known.push((reason, count, line)),
            }
        }
    }

    /// What is known of a file.
    pub fn of(&self, file: &str) -> &[(&'static str, u64, u64)] {
        self.files.get(file).map_or(&[], Vec::as_slice)
    }

    /// Forgets a file that is gone.
    pub fn forget(&mut self, file: &str) {
        self.files.remove(file);
    }

    /// Whether nothing was skipped.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.beyond == 0
    }

    /// The list for the report.
    pub fn list(&self) -> Vec<Skipped> {
        let mut list: Vec<Skipped> = self
            .files
            .iter()
            .flat_map(|(file, skips)| {
                skips.iter().map(|&(reason, count, line)| Skipped {
                    file: file.clone(),
                    reason,
                    count,
                    first_line: (line > 0).then_some(line),
                })
            })
            .collect();
        if self.beyond > 0 {
            list.push(Skipped {
                file: "(further files)".to_owned(),
                reason: "more than 500 files have skipped lines",
                count: self.beyond,
                first_line: None,
            });
        }
        list
    }
}

/// Remarks as they are kept from one start of the program to the next.
pub type SavedSkips = Vec<(String, u64, u64)>;

/// What is kept.
pub fn save(skips: &[(&'static str, u64, u64)]) -> SavedSkips {
    skips.iter().map(|(reason, count, line)| ((*reason).to_owned(), *count, *line)).collect()
}

/// Remarks of an earlier start. Their reasons are few, so each text is kept for good, once.
pub fn resume(saved: SavedSkips) -> FileSkips {
    static REASONS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut reasons = REASONS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = |text: String| match reasons.iter().find(|reason| **reason == text) {
        Some(reason) => *reason,
        None if reasons.len() >= MAX_REASONS => "record was not understood",
        None => {
            let reason: &'static str = text.leak();
            reasons.push(reason);
            reason
        }
    };
    saved.into_iter().map(|(reason, count, line)| (known(reason), count, line)).collect()
}
