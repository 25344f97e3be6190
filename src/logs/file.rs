//! The log file: which one it is, and its end.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use super::{After, Ask, Part, choose, number};
use crate::conversation::lines;

/// How much of a log is looked through at once.
const READ: u64 = 4 << 20;
/// Where OpenClaw writes unless told otherwise.
const USUAL: &str = "/tmp/openclaw";

/// The file that the settings of a state directory name.
pub(super) fn named(root: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(root.join("openclaw.json")).ok()?;
    let settings: Value = json5::from_str(&text).ok()?;
    let file = settings.get("logging")?.get("file")?.as_str()?;
    // `~` is the home of who runs OpenClaw: the state directory lies in it, unless it was put elsewhere.
    match file.strip_prefix("~/") {
        Some(rest) => Some(root.parent()?.join(rest)),
        None => Some(PathBuf::from(file)),
    }
}

/// The newest file where OpenClaw writes unless told otherwise: one for each day.
pub(super) fn usual(root: &Path) -> Option<PathBuf> {
    // Anybody may make files in that folder: only those of who runs OpenClaw are its log.
    let owner = fs::metadata(root).ok()?.uid();
    let is_own = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_symlink() && meta.uid() == owner);
    if !is_own(Path::new(USUAL)) {
        return None;
    }
    let is_log = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("openclaw-") && path.extension().is_some_and(|ending| ending == "log")
    };
    let changed =
        |path: &PathBuf| fs::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let files = fs::read_dir(USUAL).ok()?.flatten().map(|entry| entry.path());
    files.filter(is_log).filter(|path| is_own(path) && path.is_file()).max_by_key(changed)
}

/// The end of a file, or what came after a place in it.
pub(super) fn read(path: &Path, ask: &Ask) -> io::Result<Part> {
    let file = number(&path.to_string_lossy());
    // A place in another file, or behind the end of one that was begun anew, is no place in this one.
    let size = fs::metadata(path)?.len();
    let after = ask.after.filter(|after| after.file == file && after.at <= size).map_or(0, |after| after.at);
    let mut texts: Vec<String> = Vec::new();
    let (mut read, mut end) = (0, after);
    let mut is_cut = false;
    let _ = lines::back(path, None, &mut |line| {
        if line.at < after || read >= READ {
            is_cut = line.at >= after && ask.after.is_some();
            return ControlFlow::Break(());
        }
        end = end.max(line.next);
        if let Some(bytes) = line.bytes {
            read += bytes.len() as u64;
            texts.push(String::from_utf8_lossy(bytes).into_owned());
        }
        ControlFlow::Continue(())
    })?;
    texts.reverse();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (lines, gap) = choose(&texts, ask);
    Ok(Part {
        lines,
        after: Some(After { file, at: end }),
        source: "file",
        file: name,
        problem: None,
        gap: gap || is_cut,
    })
}
