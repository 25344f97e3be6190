//! The ledger: whether it is whole, what it lost, and how it stands against what OpenClaw holds now.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{Check, Verdict, check};
use crate::app::local_time;
use crate::cli::db::incident_text;
use crate::config::Config;
use crate::live::board::Board;
use crate::store::StoreError;
use crate::store::lock::WriterLock;
use crate::store::sqlite::care::{self, Contents};
use crate::store::sqlite::{file_in, read_only};

const WHY: &str = "History, reports and totals come from it; it outlives what OpenClaw deletes.";

/// Every check of the ledger; `board` holds what the sources have now.
pub(super) fn checks(config: &Config, board: &Board) -> Vec<Check> {
    let file = file_in(&config.data_dir);
    if !file.exists() {
        let found = format!("{} is not there yet", file.display());
        return vec![check("ledger", Verdict::Note, found, WHY, "Start the server; it makes the ledger.")];
    }
    let look = read_only(&file).and_then(|ledger| Ok((damage(&ledger)?, care::contents(&ledger)?)));
    match look {
        Ok((None, contents)) => {
            let mut checks = vec![whole(config, &contents)];
            checks.extend(contents.incidents.iter().map(incident));
            checks.extend(against_sources(config, board, &contents));
            checks
        }
        Ok((Some(what), _)) => vec![damaged(&what)],
        Err(error) => vec![damaged(&error.to_string())],
    }
}

fn damage(ledger: &Connection) -> Result<Option<String>, StoreError> {
    match care::quick_check(ledger) {
        Err(StoreError::Damaged(what)) => Ok(Some(what)),
        other => other.map(|()| None),
    }
}

fn damaged(what: &str) -> Check {
    let todo = "Start the server: it sets a damaged ledger aside and makes a new one from what OpenClaw still has. If it is locked or unreadable, see to its permissions.";
    check("ledger", Verdict::Problem, what.to_owned(), WHY, todo)
}

fn whole(config: &Config, contents: &Contents) -> Check {
    let span = contents
        .span
        .map(|(first, last)| format!(", from {} to {}", local_time(first), local_time(last)))
        .unwrap_or_default();
    let given_up = contents
        .raw_since
        .map(|since| {
            format!("; {} single calls before {} were given up, their sums stay", contents.forgotten, local_time(since))
        })
        .unwrap_or_default();
    let writer = WriterLock::holder(&config.data_dir)
        .map(|holder| format!("; process {} writes it since {}", holder.pid, local_time(holder.since)))
        .unwrap_or_default();
    let found =
        format!("whole, {} calls in {} transcripts{span}{given_up}{writer}", contents.calls, contents.transcripts);
    check("ledger", Verdict::Ok, found, "", "")
}

fn incident(incident: &care::Incident) -> Check {
    let verdict = if incident.lost() == Some(0) { Verdict::Ok } else { Verdict::Note };
    let todo = "The damaged file is kept beside the ledger; restore a backup to have the missing calls again.";
    check(
        "ledger damage",
        verdict,
        incident_text(incident),
        "Calls that no source holds any more are missing from all totals.",
        todo,
    )
}

/// For each agent: calls that the sources hold now, and calls in the ledger.
fn against_sources(config: &Config, board: &Board, contents: &Contents) -> Vec<Check> {
    let mut held: BTreeMap<(String, String), u64> = BTreeMap::new();
    let listed = board.sessions.iter().map(|facts| (&facts.entry.owner, facts.totals.calls));
    let unlisted = board.unowned.iter().map(|calls| (&calls.owner, calls.totals.calls));
    for (owner, calls) in listed.chain(unlisted) {
        *held.entry((owner.installation.to_string(), owner.agent.to_string())).or_default() += calls;
    }
    let writes = WriterLock::holder(&config.data_dir).is_some();
    let all: std::collections::BTreeSet<_> = held.keys().chain(contents.agents.keys()).cloned().collect();
    all.into_iter()
        .map(|name| {
            let now = held.get(&name).copied().unwrap_or_default();
            let kept = contents.agents.get(&name).copied().unwrap_or_default();
            let (installation, agent) = &name;
            let title = format!("ledger of {installation} {agent}");
            if kept >= now {
                let more = match kept - now {
                    0 => "all of them held by OpenClaw".to_owned(),
                    gone => format!("{gone} of them deleted, pruned or packed away by OpenClaw since"),
                };
                return check(title, Verdict::Ok, format!("{kept} calls, {more}"), "", "");
            }
            let found = format!("{kept} calls; OpenClaw holds {now}");
            let todo = if writes {
                "The server is reading them; look again in a minute."
            } else {
                "Start the server, or run 'factory-dashboard report': either reads them in."
            };
            check(title, Verdict::Note, found, "What is not in the ledger is lost when OpenClaw deletes it.", todo)
        })
        .collect()
}
