//! What lies where below a state directory, and which layout each agent uses.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::database;
use crate::domain::AgentId;
use crate::domain::event::Layout;

/// The folders that are watched, for each agent and for the whole.
pub const AGENT_FOLDERS: [&str; 3] = ["", "sessions", "agent"];
/// The folders of tasks and jobs.
pub const BACKGROUND_FOLDERS: [&str; 4] = ["tasks", "state", "subagents", "cron"];

/// The agents with data: every real folder below `agents/`. A link is followed only when it does
/// not lead out of or back into the folder that it stands in.
pub fn agents(root: &Path) -> io::Result<BTreeMap<AgentId, PathBuf>> {
    let folder = root.join("agents");
    let mut agents = BTreeMap::new();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(agents),
        Err(error) => return Err(error),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        let is_folder = kind.is_dir() || (kind.is_symlink() && leads_to_folder(&path, &folder));
        if is_folder {
            agents.insert(AgentId::from(entry.file_name().to_string_lossy()), path);
        }
    }
    Ok(agents)
}

/// A link to a folder elsewhere is one more place; a link to a parent or sibling would be a loop or a copy.
fn leads_to_folder(link: &Path, parent: &Path) -> bool {
    let (Ok(target), Ok(parent)) = (link.canonicalize(), parent.canonicalize()) else { return false };
    target.is_dir() && !parent.starts_with(&target) && !target.starts_with(&parent)
}

/// Decides by the schema, not by the path: a database without session tables is not the SQLite layout.
pub fn layout(agent: &Path) -> Result<Layout, rusqlite::Error> {
    let path = database_path(agent);
    if !path.is_file() {
        return Ok(Layout::Jsonl);
    }
    let opened = database::open(&path)?;
    let has_sessions = !database::columns(&opened.connection, "session_nodes")?.is_empty();
    Ok(if has_sessions { Layout::Sqlite } else { Layout::Jsonl })
}

/// Where an agent's database is.
pub fn database_path(agent: &Path) -> PathBuf {
    agent.join("agent").join("openclaw-agent.sqlite")
}

/// A transcript file, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptFile {
    /// The session id in the name.
    pub stem: String,
    /// Whether the transcript was reset or deleted.
    pub archived: bool,
    /// Whether it is packed.
    pub packed: bool,
    /// When it was reset, where the name says so.
    pub reset_at: Option<i64>,
}

/// What a file name in `sessions/` means; `None` for everything that is no transcript.
pub fn transcript_file(name: &str) -> Option<TranscriptFile> {
    let (plain, packed) = match name.strip_suffix(".zst") {
        Some(plain) => (plain, true),
        None => (name, false),
    };
    let (stem, rest) = plain.split_once(".jsonl")?;
    if stem.is_empty() || stem.ends_with(".trajectory") {
        return None;
    }
    let archived = rest.starts_with(".reset.") || rest.starts_with(".deleted.");
    // OpenClaw packs into `….zst.<id>.stage` and renames it when it is whole.
    let is_unfinished = rest.contains(".zst.");
    if !(rest.is_empty() || archived) || is_unfinished {
        return None; // `.jsonl.lock`, an editor's back-up, …
    }
    let reset_at = rest.strip_prefix(".reset.").and_then(archive_time);
    Some(TranscriptFile { stem: stem.to_owned(), archived: archived || packed, packed, reset_at })
}

/// `2026-11-22T14-39-43.916Z`: a time whose colons became dashes.
fn archive_time(text: &str) -> Option<i64> {
    let text = text.get(..24)?;
    let (day, clock) = text.split_once('T')?;
    super::lenient::parse_time(format!("{day}T{}", clock.replace('-', ":")).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(&str, bool, bool)>) {
        let read = transcript_file(name);
        assert_eq!(read.as_ref().map(|file| (file.stem.as_str(), file.archived, file.packed)), expected, "{name}");
    }

    #[test]
    fn names_of_transcripts() {
        check("a1.jsonl", Some(("a1", false, false)));
        check("a1.jsonl.reset.2026-11-22T14-39-43.916Z", Some(("a1", true, false)));
        check("a1.jsonl.deleted.2026-11-22T14-39-44.935Z", Some(("a1", true, false)));
        check("a1.jsonl.deleted.2026-11-22T14-35-33.277Z.21ff.zst", Some(("a1", true, true)));
        for other in [
            "a1.trajectory.jsonl",
            "a1.trajectory-path.json",
            "a1.jsonl.lock",
            "a1.jsonl.deleted.2026-11-22T14-35-33.277Z.21ff.zst.97dc76f5.stage",
            "sessions.json",
            ".jsonl",
            ".usage-cost-cache.json",
            "a1.jsonl.bak",
        ] {
            check(other, None);
        }
    }

    #[test]
    fn the_time_of_a_reset_stands_in_the_name() {
        let file = transcript_file("a.jsonl.reset.2026-11-22T14-39-43.916Z").expect("a transcript");
        assert_eq!(file.reset_at, Some(1_795_358_383_916));
    }
}
