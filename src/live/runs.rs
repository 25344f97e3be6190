//! What gateways say of who runs now.

use super::LiveState;
use crate::domain::status::RunWord;
use crate::domain::{AgentId, AgentRef, InstallationId, SessionKey};

impl LiveState {
    /// Takes a gateway's words.
    pub(super) fn hear_of_runs(&mut self, installation: &InstallationId, words: Vec<(SessionKey, RunWord)>) {
        for (key, word) in words {
            self.touch_key(installation, &key);
            self.runs.insert((installation.clone(), key), word);
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

    fn touch_key(&mut self, installation: &InstallationId, key: &SessionKey) {
        // Nearly every key names its agent; `global` and `unknown` may be anybody's.
        let agents: Vec<AgentId> = match key.agent() {
            Some(agent) => vec![agent],
            None => self.sessions.keys().map(|(owner, _)| owner.agent.clone()).collect(),
        };
        for agent in agents {
            let name = (AgentRef { installation: installation.clone(), agent }, key.clone());
            if self.sessions.contains_key(&name) {
                self.dirty_sessions.insert(name);
            }
        }
    }
}
