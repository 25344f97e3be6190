//! The session that a key names: live, or only kept in the ledger.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::session_record::SessionRecord;
use crate::domain::status::RunState;
use crate::domain::{AgentRef, SessionId, SessionKey};
use crate::http::App;
use crate::http::error::ApiError;
use crate::live::board::{Board, SessionFacts};

/// So many keys like the one that is not there are offered.
const NEAR: usize = 5;
/// A longer key is none that somebody mistyped.
const LONGEST_KEY: usize = 512;
/// Keys less alike than this are not.
const ALIKE: f64 = 0.7;

/// A session and everything that is kept of it.
pub(super) struct Opened {
    pub(super) key: SessionKey,
    pub(super) owner: AgentRef,
    pub(super) board: Arc<Board>,
    /// None when OpenClaw lists it no more.
    pub(super) facts: Option<Arc<SessionFacts>>,
    /// None when the ledger cannot be asked, or has no call of it.
    pub(super) record: Option<SessionRecord>,
}

impl Opened {
    /// Its transcripts, oldest first; the one in use last, even when it has no call yet.
    pub(super) fn transcripts(&self) -> Vec<SessionId> {
        let kept = self.record.iter().flat_map(|record| &record.transcripts);
        let mut ids: Vec<SessionId> = kept.map(|kept| kept.session_id.clone()).collect();
        if let Some(current) = self.facts.as_ref().and_then(|facts| facts.entry.session_id.clone()) {
            ids.retain(|id| *id != current);
            ids.push(current);
        }
        ids
    }

    /// Whether a run is in progress.
    pub(super) fn is_running(&self, app: &App) -> bool {
        let judged = self.facts.as_ref().map(|facts| facts.judge(app.clock.now(), &app.defaults.thresholds));
        judged.is_some_and(|judged| matches!(judged.run_state, RunState::Running | RunState::Queued))
    }
}

/// Finds it, without what it used; one that is not there is answered with keys like it.
pub(super) fn open(app: &App, key: &str, installation: Option<&str>) -> Result<Opened, ApiError> {
    // What simulated agents say is made up from their calls.
    find(app, key, installation, app.about.demo)
}

/// Finds it with its sums and calls.
pub(super) fn open_with_calls(app: &App, key: &str, installation: Option<&str>) -> Result<Opened, ApiError> {
    find(app, key, installation, true)
}

fn find(app: &App, key: &str, installation: Option<&str>, with_calls: bool) -> Result<Opened, ApiError> {
    let key = SessionKey::from(key);
    let board = app.hub.board();
    let is_meant = |owner: &AgentRef| installation.is_none_or(|name| owner.installation.as_str() == name);
    // What is live is told even while the ledger cannot be asked.
    let kept = app.history.session(&key, with_calls);
    let live: Vec<&Arc<SessionFacts>> = board.sessions.iter().filter(|facts| facts.entry.key == key).collect();
    if let (Err(error), true) = (&kept, live.is_empty()) {
        return Err(ApiError::Unavailable(error.to_string()));
    }
    let mut kept = kept.unwrap_or_default();
    let mut owners: BTreeSet<AgentRef> = live.iter().map(|facts| facts.entry.owner.clone()).collect();
    if owners.iter().all(|owner| !is_meant(owner)) {
        owners.extend(kept.iter().map(|record| record.owner.clone()));
    }
    owners.retain(is_meant);
    let several: BTreeSet<String> = owners.iter().map(|owner| owner.installation.to_string()).collect();
    if several.len() > 1 {
        let names = several.into_iter().collect::<Vec<_>>().join(", ");
        return Err(ApiError::Conflict(format!(
            "Several installations have a session '{key}': {names}. Name one as 'installation'."
        )));
    }
    let Some(owner) = owners.pop_first() else {
        return Err(ApiError::NoSession { near: near(&board, key.as_str()), key: key.to_string() });
    };
    let facts = live.into_iter().find(|facts| facts.entry.owner == owner).cloned();
    let place = kept.iter().position(|record| record.owner == owner);
    let mut record = place.map(|place| kept.swap_remove(place));
    // What is kept of an earlier session with this key is not part of the one that is listed now.
    if facts.is_some() && record.as_ref().is_some_and(|record| record.transcripts.iter().all(|kept| kept.released)) {
        record = None;
    }
    Ok(Opened { key, owner, board, facts, record })
}

/// Keys like one that is not there, the nearest first.
fn near(board: &Board, key: &str) -> Vec<String> {
    if key.len() > LONGEST_KEY {
        return Vec::new();
    }
    let end = |key: &str| key.splitn(3, ':').nth(2).unwrap_or(key).to_owned();
    let asked = end(key);
    let mut alike: Vec<(f64, &str)> = board
        .sessions
        .iter()
        .map(|facts| facts.entry.key.as_str())
        .map(|other| (strsim::jaro_winkler(key, other).max(strsim::jaro_winkler(&asked, &end(other))), other))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    alike.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
    alike.dedup_by_key(|(_, key)| *key);
    alike.into_iter().take(NEAR).map(|(_, key)| key.to_owned()).collect()
}
