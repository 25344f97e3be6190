//! Where the transcripts of a session lie: files, rows of a database, packed archives.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::packed::Packed;
use super::{Line, lines, rows};
use crate::domain::{AgentId, SessionId};
use crate::source::packed::Archive;
use crate::source::packed::ends::Ends;
use crate::source::records::hash;
use crate::source::state_dir::{self, transcript_file};

/// What became of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceState {
    /// It can still grow.
    Live,
    /// A reset ended it.
    Reset,
    /// Its session was deleted.
    Deleted,
    /// OpenClaw moved it into an archive.
    Archived,
}

impl PlaceState {
    /// The word used by the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Reset => "reset",
            Self::Deleted => "deleted",
            Self::Archived => "archived",
        }
    }
}

/// How the lines are kept.
#[derive(Clone, Debug)]
pub(super) enum Medium {
    /// Lines of a file.
    File(PathBuf),
    /// Rows of a database.
    Rows(PathBuf),
    /// A text that can only be read from its beginning.
    Packed(Packed),
}

/// One transcript and where it lies.
#[derive(Clone, Debug)]
pub struct Place {
    /// Names it in a cursor; the same after a reset or a deletion, which only rename a file.
    pub number: u32,
    /// The transcript.
    pub session_id: SessionId,
    /// What became of it.
    pub state: PlaceState,
    /// How large it is, where that is known without reading it.
    pub bytes: Option<u64>,
    pub(super) medium: Medium,
}

impl Place {
    pub(super) fn new(session_id: &SessionId, state: PlaceState, bytes: Option<u64>, medium: Medium) -> Self {
        let kind: &[u8] = match medium {
            Medium::File(_) | Medium::Packed(Packed::Archive(Archive::File(_), _)) => b"file",
            Medium::Rows(_) => b"rows",
            Medium::Packed(Packed::Archive(Archive::Row(..), _)) => b"blob",
            Medium::Packed(Packed::Text(_)) => b"text",
        };
        let number = hash(&[session_id.as_str().as_bytes(), kind]);
        let number = u32::try_from(number >> 32).unwrap_or_default();
        Self { number, session_id: session_id.clone(), state, bytes, medium }
    }

    /// The lines before a place in it, or all, the newest first.
    pub fn back(
        &self,
        before: Option<u64>,
        each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        match &self.medium {
            Medium::File(path) => lines::back(path, before, each),
            Medium::Rows(path) => rows::back(path, &self.session_id, before, each),
            Medium::Packed(packed) => packed.back(before, each),
        }
    }

    /// The lines from a place in it on, the oldest first.
    pub fn forth(&self, from: u64, each: &mut dyn FnMut(Line<'_>) -> ControlFlow<()>) -> io::Result<ControlFlow<()>> {
        match &self.medium {
            Medium::File(path) => lines::forth(path, from, each),
            Medium::Rows(path) => rows::forth(path, &self.session_id, from, each),
            Medium::Packed(packed) => packed.forth(from, each),
        }
    }

    /// Where what comes next will stand.
    pub fn end(&self) -> io::Result<u64> {
        match &self.medium {
            Medium::File(path) => lines::end(path),
            Medium::Rows(path) => rows::end(path, &self.session_id),
            Medium::Packed(Packed::Text(text)) => Ok(text.len() as u64),
            // A packed transcript does not grow.
            Medium::Packed(Packed::Archive(..)) => Ok(u64::MAX),
        }
    }
}

/// Every transcript with one of these ids, in the order of the ids. Each is found once: rows before files.
pub(super) fn find(state_dir: &Path, agent: &AgentId, ids: &[SessionId], ends: &Ends) -> io::Result<Vec<Place>> {
    let Some(folder) = state_dir::agents(state_dir)?.remove(agent) else { return Ok(Vec::new()) };
    let mut found: Vec<Place> = Vec::new();
    let database = state_dir::database_path(&folder);
    if database.is_file() {
        found = rows::find(&database, ids, ends)?;
    }
    let missing: Vec<&SessionId> = ids.iter().filter(|id| found.iter().all(|place| place.session_id != **id)).collect();
    if !missing.is_empty() {
        found.extend(files(&folder.join("sessions"), &missing, ends)?);
    }
    let rank = |place: &Place| ids.iter().position(|id| *id == place.session_id);
    found.sort_by_key(rank);
    Ok(found)
}

fn files(folder: &Path, ids: &[&SessionId], ends: &Ends) -> io::Result<Vec<Place>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: Vec<(String, Place)> = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(file) = transcript_file(&name) else { continue };
        let Some(id) = ids.iter().find(|id| id.as_str() == file.stem) else { continue };
        let path = entry.path();
        let Ok(meta) = fs::metadata(&path) else { continue };
        if !meta.is_file() {
            continue;
        }
        let state = match (file.archived, file.reset_at.is_some()) {
            (false, _) => PlaceState::Live,
            (true, true) => PlaceState::Reset,
            (true, false) => PlaceState::Deleted,
        };
        let (medium, bytes) = if file.packed {
            (Medium::Packed(Packed::Archive(Archive::File(path), ends.clone())), None)
        } else {
            (Medium::File(path), Some(meta.len()))
        };
        found.push((name, Place::new(id, state, bytes, medium)));
    }
    // A live file is newer than what a reset or a deletion left of the same id; of those the name tells the time.
    found.sort_by(|(a, one), (b, other)| (one.state == PlaceState::Live, a).cmp(&(other.state == PlaceState::Live, b)));
    let mut places: Vec<Place> = Vec::new();
    for (name, mut place) in found {
        // Two files of one id: cursors must tell them apart.
        if places.iter().any(|known| known.number == place.number) {
            place.number ^= u32::try_from(hash(&[name.as_bytes()]) >> 40).unwrap_or(1) | 1;
        }
        places.push(place);
    }
    Ok(places)
}
