//! What OpenClaw wrote into its log: read from the end of the file, or told by its gateway.

mod file;
mod line;
mod tail;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use self::line::{Level, LogLine, parse};
pub use self::tail::OpenLine;
use crate::domain::InstallationId;
use crate::gateway::connection::Caller;

/// Where the log of an installation is.
pub struct Place {
    /// Its state directory, where there is one on this machine.
    pub root: Option<PathBuf>,
    /// Its gateway, or why there is none to be asked, in the user's words.
    pub gateway: Result<Told, String>,
}

/// A gateway that tells its log.
pub struct Told {
    /// Calls it.
    pub caller: Caller,
    /// What was called before.
    pub line: Arc<OpenLine>,
}

/// Finds the log of an installation.
pub type Places = Box<dyn Fn(&InstallationId) -> Place + Send + Sync>;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Only what came after this place.
    pub after: Option<After>,
    /// How many lines at most, the newest.
    pub limit: usize,
    /// This level and worse.
    pub level: Level,
    /// What names the session: its key and its transcripts.
    pub names: Vec<String>,
    /// Whether only its own lines are wanted.
    pub only_own: bool,
}

/// A place in a log, as a client hands it back: which file, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    file: u32,
    at: u64,
}

impl fmt::Display for After {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08x}-{:x}", self.file, self.at)
    }
}

impl After {
    /// Reads what [`After`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let cursor = crate::conversation::Cursor::parse(text)?;
        Some(Self { file: cursor.place, at: cursor.at })
    }
}

/// A part of a log.
#[derive(Debug, Default)]
pub struct Part {
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Where the next line will stand.
    pub after: Option<After>,
    /// Who told: `file` or `gateway`.
    pub source: &'static str,
    /// The name of the file.
    pub file: Option<String>,
    /// Why there is nothing, in the user's words.
    pub problem: Option<String>,
    /// Whether lines between the place that was asked for and these were left out.
    pub gap: bool,
}

/// Reads a part of an installation's log: the file that its settings name, else what its gateway tells, else the file
/// where OpenClaw writes unless told otherwise.
pub async fn read(place: Place, ask: Ask) -> Part {
    let root = place.root.clone();
    let asked = ask.clone();
    let named = on_disk(move || file::named(root.as_deref()?).and_then(|path| file::read(&path, &asked).ok())).await;
    if let Some(part) = named {
        return part;
    }
    let told = match &place.gateway {
        Ok(told) => tail::read(told, &ask).await,
        Err(why) => Err(why.clone()),
    };
    let why = match told {
        Ok(part) => return part,
        Err(why) => why,
    };
    let usual =
        on_disk(move || place.root.and_then(|root| file::usual(&root)).and_then(|path| file::read(&path, &ask).ok()));
    usual.await.unwrap_or_else(|| Part {
        source: "gateway",
        problem: Some(format!("No log of OpenClaw can be read. {why}")),
        ..Part::default()
    })
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

/// Chooses among lines that are oldest first: the newest that are asked for. A line is the session's own when it has
/// one of its names, or the run of such a line. Also says whether there are more that came after the place asked for.
fn choose(texts: &[String], ask: &Ask) -> (Vec<LogLine>, bool) {
    let names_it = |text: &str| ask.names.iter().any(|name| is_named(text, name));
    let own_runs: BTreeSet<&str> =
        texts.iter().filter(|text| names_it(text)).flat_map(|text| line::runs_in(text)).collect();
    let is_own = |text: &str| names_it(text) || line::runs_in(text).any(|run| own_runs.contains(run));
    let mut chosen: Vec<LogLine> = Vec::new();
    let mut gap = false;
    for text in texts.iter().rev() {
        if chosen.len() >= ask.limit {
            gap = ask.after.is_some();
            break;
        }
        let mine = is_own(text);
        if ask.only_own && !mine {
            continue;
        }
        chosen.extend(parse(text, mine).filter(|line| line.level >= ask.level));
    }
    chosen.reverse();
    (chosen, gap)
}

/// Whether a text has a name that does not go on: `agent:main:main` is not in `agent:main:main:thread:7`.
fn is_named(text: &str, name: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    text.match_indices(name).any(|(at, _)| {
        let mut behind = text[at + name.len()..].chars();
        match behind.next() {
            Some(':') => !goes_on(behind.next()),
            next => !goes_on(next),
        }
    })
}

/// Names a file in a place.
fn number(name: &str) -> u32 {
    u32::try_from(crate::source::records::hash(&[name.as_bytes()]) >> 32).unwrap_or_default()
}
