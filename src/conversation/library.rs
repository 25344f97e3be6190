//! Whose transcripts may be read, and what is masked in them.
#![expect(clippy::disallowed_methods, reason = "how long ago a file was read, not what time it is")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Conversation, secrets};
use crate::domain::{AgentRef, InstallationId, SessionId};
use crate::redaction::Redactor;
use crate::source::database::{Stamp, stamps};
use crate::source::packed::ends::Ends;

/// A database changes with every message, its secrets hardly ever: it is read again after so long.
const KNOWN_FOR: Duration = Duration::from_secs(10);

/// What is known of the secrets of all installations: agents of one may have seen those of another, and installations
/// may share a log.
#[derive(Debug, Default)]
struct Kept {
    files: HashMap<PathBuf, KeptFile>,
    redactor: Redactor,
    /// Counts how often the secrets changed.
    version: u64,
}

/// The secrets of one file, and what the file was when they were read.
#[derive(Debug)]
struct KeptFile {
    stamps: (Option<Stamp>, Option<Stamp>),
    read_at: Instant,
    secrets: Vec<String>,
}

/// The state directories, and whether message text is shown at all.
#[derive(Debug, Default)]
pub struct Library {
    roots: BTreeMap<InstallationId, PathBuf>,
    /// Where the ends of packed transcripts are kept.
    pub ends: Ends,
    /// Whether message text is shown at all.
    pub shows_messages: bool,
    kept: Mutex<Kept>,
}

impl Library {
    /// A library of these state directories.
    #[must_use]
    pub fn new(
        roots: impl IntoIterator<Item = (InstallationId, PathBuf)>,
        shows_messages: bool,
        ends: Ends,
    ) -> Arc<Self> {
        Arc::new(Self { roots: roots.into_iter().collect(), ends, shows_messages, kept: Mutex::default() })
    }

    /// The state directory of an installation, where there is one on this machine.
    #[must_use]
    pub fn root(&self, installation: &InstallationId) -> Option<&Path> {
        self.roots.get(installation).map(PathBuf::as_path)
    }

    /// The transcripts of a session, oldest first.
    pub fn conversation(&self, owner: &AgentRef, ids: &[SessionId]) -> io::Result<Conversation> {
        match self.root(&owner.installation) {
            Some(root) => Conversation::find(root, &owner.agent, ids, &self.ends),
            None => Ok(Conversation::default()),
        }
    }

    /// Names what is masked: changes with the secrets.
    #[must_use]
    pub fn masks(&self) -> u64 {
        self.known().1
    }

    /// What masks secrets, those of OpenClaw itself among them. Made anew when these change.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        self.known().0
    }

    fn known(&self) -> (Redactor, u64) {
        let files: BTreeSet<PathBuf> = self.roots.values().flat_map(|root| secrets::files(root)).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.files.len();
        kept.files.retain(|file, _| files.contains(file));
        let mut is_changed = kept.files.len() < before;
        for file in files {
            is_changed |= kept.read(file);
        }
        if is_changed {
            kept.redactor = Redactor::new(kept.files.values().flat_map(|file| file.secrets.iter().cloned()));
            kept.version += 1;
        }
        (kept.redactor.clone(), kept.version)
    }
}

impl Kept {
    /// Reads a file that changed; whether its secrets did.
    fn read(&mut self, file: PathBuf) -> bool {
        let stamps = stamps(&file);
        let is_database = secrets::is_database(&file);
        if let Some(known) = self.files.get(&file)
            && (known.stamps == stamps || (is_database && known.read_at.elapsed() < KNOWN_FOR))
        {
            return false;
        }
        let secrets = secrets::of_file(&file);
        let is_same = self.files.get(&file).map_or(secrets.is_empty(), |known| known.secrets == secrets);
        self.files.insert(file, KeptFile { stamps, read_at: Instant::now(), secrets });
        !is_same
    }
}
