//! What gateways say of who runs now.

use super::LiveState;
use crate::domain::status::RunWord;
use crate::domain::{AgentId, AgentRef, InstallationId, SessionKey};

impl LiveState {
    /// Takes a gateway's words.
    pub(super) fn hear_of_runs(&mut self, installation: &InstallationId, words: Vec<(SessionKey, RunWord)>) {
        for (key, word) in words {
            let is_listed = self.touch_key(installation, &key);
            let name = (installation.clone(), key);
            // What is not listed may yet be, if it runs; at rest it may as well be gone.
            if is_listed || word.sign().is_some() {
                self.runs.insert(name, word);
            } else {
                self.runs.remove(&name);
            }
        }
    }

    /// Falls back on what the files say.
    pub(super) fn forget_runs(&mut self, installation: &InstallationId) {
        let keys: Vec<SessionKey> =
            self.runs.keys().filter(|(of, _)| of == installation).map(|(_, key)| key.clone()).collect();
        for key in keys {
            self.touch_key(installation, &key);
            self.runs.remove(&(installation.clone(), key));
        }
    }

    /// Forgets that a session that is gone was at rest. One that runs may yet be listed.
    pub(super) fn forget_rest(&mut self, installation: &InstallationId, key: &SessionKey) {
        let name = (installation.clone(), key.clone());
        if matches!(self.runs.get(&name), Some(RunWord::Idle { .. })) {
            self.runs.remove(&name);
        }
    }

    /// Whether a session of that key is listed.
    fn touch_key(&mut self, installation: &InstallationId, key: &SessionKey) -> bool {
        // Nearly every key names its agent; `global` and `unknown` may be anybody's.
        let agents: Vec<AgentId> = match key.agent() {
            Some(agent) => vec![agent],
            None => self.sessions.keys().map(|(owner, _)| owner.agent.clone()).collect(),
        };
        let mut is_listed = false;
        for agent in agents {
            let name = (AgentRef { installation: installation.clone(), agent }, key.clone());
            if self.sessions.contains_key(&name) {
                self.dirty_sessions.insert(name);
                is_listed = true;
            }
        }
        is_listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::SourceKind;
    use crate::domain::pricing::{PriceBook, Rates};
    use crate::domain::session::SessionEntry;

    #[test]
    fn words_of_sessions_that_are_gone_are_not_kept() {
        let book = PriceBook::new(String::new(), String::new(), Vec::new(), Vec::new(), Rates::REFERENCE);
        let mut state = LiveState::new(book, 0);
        let owner = AgentRef { installation: "here".into(), agent: "main".into() };
        let [rests, works] = ["agent:main:rests", "agent:main:works"].map(SessionKey::from);
        let entries = [&rests, &works].map(|key| SessionEntry::new(owner.clone(), key.clone()));
        state.list_sessions(&owner, SourceKind::Files, entries.to_vec());
        let words = vec![
            (rests.clone(), RunWord::Idle { at: 1, stopped: false }),
            (works.clone(), RunWord::Running { since: Some(1), sign: 1 }),
        ];
        state.hear_of_runs(&owner.installation, words);
        state.list_sessions(&owner, SourceKind::Files, Vec::new());
        let kept = |state: &LiveState| state.runs.keys().map(|(_, key)| key.clone()).collect::<Vec<_>>();
        assert_eq!(kept(&state), std::slice::from_ref(&works));
        // Its last word may come after the list that it is gone from.
        let end = RunWord::Idle { at: 2, stopped: false };
        state.hear_of_runs(&owner.installation, vec![(rests, end), (works, end)]);
        assert!(kept(&state).is_empty());
    }
}
