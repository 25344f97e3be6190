//! Notices changes below a state directory and tells which paths they touched.
//!
//! Only the folders that are read are watched, never the agents' workspaces. What the watch
//! misses (a network drive, an overflowing queue), the periodic rescan finds.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use notify::event::{CreateKind, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::state_dir::{AGENT_FOLDERS, BACKGROUND_FOLDERS};

/// Changes that are taken at once.
const MAX_PATHS: usize = 10_000;
/// Changes that come this close together are read together.
const GATHER: Duration = Duration::from_millis(40);

/// What happened since the last look.
#[derive(Debug, PartialEq, Eq)]
pub enum Woken {
    /// These paths changed.
    Paths(BTreeSet<PathBuf>),
    /// Everything must be looked at: folders came or went, or changes were lost.
    Everything,
    /// Nothing happened in the time given.
    Quiet,
    /// The program stops.
    Stopped,
}

/// A message of the watcher, or the word to stop.
#[derive(Debug)]
pub enum Notice {
    /// From the operating system.
    Change(notify::Result<notify::Event>),
    /// From the program.
    Stop,
}

/// Watches one state directory.
#[derive(Debug)]
pub struct Watch {
    watcher: Option<RecommendedWatcher>,
    notices: Receiver<Notice>,
    watched: HashSet<PathBuf>,
    /// Why the watch does not work, when it does not.
    pub trouble: Option<String>,
}

impl Watch {
    /// A watch, and the sender that can stop it.
    pub fn new() -> (Self, std::sync::mpsc::Sender<Notice>) {
        let (sender, notices) = channel();
        let forward = sender.clone();
        let made = notify::recommended_watcher(move |change: notify::Result<notify::Event>| {
            // Reading, the program's own included, changes nothing and must not prolong the wait.
            if change.as_ref().is_ok_and(|event| event.kind.is_access()) {
                return;
            }
            // A closed channel means that the source has stopped.
            let _ = forward.send(Notice::Change(change));
        });
        let (watcher, trouble) = match made {
            Ok(watcher) => (Some(watcher), None),
            Err(error) => (None, Some(error.to_string())),
        };
        (Self { watcher, notices, watched: HashSet::new(), trouble }, sender)
    }

    /// Watches every folder that is there now and was not watched before.
    pub fn cover(&mut self, root: &Path, agents: impl Iterator<Item = PathBuf>) {
        let mut wanted = vec![root.to_owned(), root.join("agents")];
        wanted.extend(BACKGROUND_FOLDERS.iter().map(|name| root.join(name)));
        for agent in agents {
            wanted.extend(
                AGENT_FOLDERS.iter().map(|name| if name.is_empty() { agent.clone() } else { agent.join(name) }),
            );
        }
        let Some(watcher) = &mut self.watcher else { return };
        self.watched.retain(|path| path.is_dir());
        for path in wanted {
            if !path.is_dir() || self.watched.contains(&path) {
                continue;
            }
            match watcher.watch(&path, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(path);
                }
                Err(error) => self.trouble = Some(error.to_string()),
            }
        }
    }

    /// Waits for a change, then a moment for those that follow it: a moment from the first one, so that
    /// a steady stream of changes is read while it goes on.
    pub fn wait(&mut self, limit: Duration) -> Woken {
        let mut paths = BTreeSet::new();
        let mut everything = false;
        while !everything && paths.is_empty() {
            match self.notices.recv_timeout(limit) {
                Ok(Notice::Stop) | Err(RecvTimeoutError::Disconnected) => return Woken::Stopped,
                Ok(Notice::Change(change)) => everything |= !note(change, &mut paths, &mut self.watched),
                Err(RecvTimeoutError::Timeout) => return Woken::Quiet,
            }
        }
        std::thread::sleep(GATHER);
        while paths.len() < MAX_PATHS {
            match self.notices.try_recv() {
                Ok(Notice::Stop) | Err(TryRecvError::Disconnected) => return Woken::Stopped,
                Ok(Notice::Change(change)) => everything |= !note(change, &mut paths, &mut self.watched),
                Err(TryRecvError::Empty) => break,
            }
        }
        if everything { Woken::Everything } else { Woken::Paths(paths) }
    }
}

/// Notes the paths of a change; false when paths alone do not tell what to read.
fn note(change: notify::Result<notify::Event>, paths: &mut BTreeSet<PathBuf>, watched: &mut HashSet<PathBuf>) -> bool {
    let Ok(event) = change else { return false };
    if event.need_rescan() {
        return false;
    }
    match event.kind {
        // Files written into a new folder before it is watched are not reported.
        EventKind::Create(CreateKind::Folder) => return false,
        EventKind::Modify(ModifyKind::Name(_)) if event.paths.iter().any(|path| path.is_dir()) => return false,
        EventKind::Remove(_) => {
            for path in &event.paths {
                if watched.remove(path) {
                    return false;
                }
            }
        }
        _ => {}
    }
    paths.extend(event.paths);
    true
}
