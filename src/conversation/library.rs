//! Whose transcripts may be read, and what is masked in them.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::Conversation;
use crate::domain::{AgentRef, InstallationId, SessionId};
use crate::redaction::{Redactor, own_secrets, own_secrets_of_env_file};
use crate::source::database::{Stamp, stamp};
use crate::source::records::hash;
use crate::source::state_dir;

/// The largest file that is looked through for OpenClaw's own secrets.
const LARGEST: u64 = 16 << 20;

/// What masks an installation's secrets, and the stamps of the files that they are from.
type Kept = (Vec<Option<Stamp>>, Redactor);

/// The state directories, and whether message text is shown at all.
#[derive(Debug, Default)]
pub struct Library {
    roots: BTreeMap<InstallationId, PathBuf>,
    /// Whether message text is shown at all.
    pub shows_messages: bool,
    redactors: Mutex<HashMap<InstallationId, Kept>>,
}

impl Library {
    /// A library of these state directories.
    #[must_use]
    pub fn new(roots: impl IntoIterator<Item = (InstallationId, PathBuf)>, shows_messages: bool) -> Arc<Self> {
        Arc::new(Self { roots: roots.into_iter().collect(), shows_messages, redactors: Mutex::default() })
    }

    /// The state directory of an installation, where there is one on this machine.
    #[must_use]
    pub fn root(&self, installation: &InstallationId) -> Option<&Path> {
        self.roots.get(installation).map(PathBuf::as_path)
    }

    /// The transcripts of a session, oldest first.
    pub fn conversation(&self, owner: &AgentRef, ids: &[SessionId]) -> io::Result<Conversation> {
        match self.root(&owner.installation) {
            Some(root) => Conversation::find(root, &owner.agent, ids),
            None => Ok(Conversation::default()),
        }
    }

    /// Names what is masked: changes with the files that hold secrets.
    #[must_use]
    pub fn masks(&self, installation: &InstallationId) -> u64 {
        let (_, stamps) = self.secret_files(installation);
        hash(&[format!("{stamps:?}").as_bytes()])
    }

    /// What masks the secrets of an installation, its own among them. Made anew when a file that holds them changes.
    #[must_use]
    pub fn redactor(&self, installation: &InstallationId) -> Redactor {
        let (files, stamps) = self.secret_files(installation);
        let mut redactors = self.redactors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, redactor)) = redactors.get(installation)
            && *before == stamps
        {
            return redactor.clone();
        }
        let redactor = Redactor::new(files.iter().flat_map(|file| secrets_of(file)));
        redactors.insert(installation.clone(), (stamps, redactor.clone()));
        redactor
    }

    fn secret_files(&self, installation: &InstallationId) -> (Vec<PathBuf>, Vec<Option<Stamp>>) {
        let files = self.root(installation).map(secret_files).unwrap_or_default();
        let stamps = files.iter().map(|file| stamp(file)).collect();
        (files, stamps)
    }
}

/// The files of a state directory that hold secrets.
fn secret_files(root: &Path) -> Vec<PathBuf> {
    let mut files = vec![root.join("openclaw.json"), root.join(".env"), root.join("credentials").join("oauth.json")];
    for folder in state_dir::agents(root).unwrap_or_default().into_values() {
        for name in ["auth-profiles.json", "auth.json", "models.json"] {
            files.push(folder.join("agent").join(name));
        }
    }
    files
}

/// The secrets in one file; none where it cannot be read: what it holds is not known then.
fn secrets_of(file: &Path) -> Vec<String> {
    let is_small = fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
    let Some(text) = is_small.then(|| fs::read_to_string(file).ok()).flatten() else { return Vec::new() };
    if file.file_name().is_some_and(|name| name == ".env") {
        return own_secrets_of_env_file(&text);
    }
    json5::from_str::<Value>(&text).map(|value| own_secrets(&value)).unwrap_or_default()
}
