//! Session rows by who says them, and whose transcript it is.

use std::collections::HashSet;

use super::{LiveState, Session};
use crate::domain::event::SourceKind;
use crate::domain::session::SessionEntry;
use crate::domain::{AgentRef, SessionKey, TranscriptRef};

impl LiveState {
    /// Takes a whole list of one source: what is not in it is gone there.
    pub(super) fn list_sessions(&mut self, owner: &AgentRef, source: SourceKind, entries: Vec<SessionEntry>) {
        let listed: HashSet<SessionKey> = entries.iter().map(|entry| entry.key.clone()).collect();
        let mine = self.sessions.iter().filter(|((agent, key), session)| {
            agent == owner && !listed.contains(key) && session.rows.iter().any(|(kind, _)| *kind == source)
        });
        let removes = mine.map(|((_, key), _)| key.clone()).collect();
        self.change_sessions(owner, source, entries, removes);
    }

    /// Takes changes of one source; the best source speaks for a session.
    pub(super) fn change_sessions(
        &mut self,
        owner: &AgentRef,
        source: SourceKind,
        upserts: Vec<SessionEntry>,
        removes: Vec<SessionKey>,
    ) {
        for key in removes {
            let name = (owner.clone(), key);
            let Some(session) = self.sessions.get_mut(&name) else { continue };
            session.rows.retain(|(kind, _)| *kind != source);
            if session.rows.is_empty() {
                // Its spend stays, as that of a deleted session.
                for id in self.sessions.remove(&name).map(|session| session.transcripts).unwrap_or_default() {
                    self.owners.remove(&TranscriptRef { owner: owner.clone(), session_id: id });
                }
                self.dirty_agents.insert(owner.clone());
                self.forget_rest(&owner.installation, &name.1);
            }
            self.dirty_sessions.insert(name);
            self.dirty_children = true;
        }
        for entry in upserts {
            let name = (owner.clone(), entry.key.clone());
            let transcript =
                entry.session_id.clone().map(|session_id| TranscriptRef { owner: owner.clone(), session_id });
            let session = self.sessions.entry(name.clone()).or_insert_with(|| {
                self.dirty_children = true;
                Session::default()
            });
            match session.rows.iter_mut().find(|(kind, _)| *kind == source) {
                Some((_, row)) if *row == entry => continue,
                Some((_, row)) => {
                    self.dirty_children |= row.parent != entry.parent;
                    *row = entry;
                }
                None => {
                    session.rows.push((source, entry));
                    session.rows.sort_by_key(|(kind, _)| *kind);
                }
            }
            self.dirty_sessions.insert(name.clone());
            if let Some(transcript) = transcript {
                self.own(&transcript, &name.1);
            }
        }
    }

    /// Notes whose transcript it is. A session keeps every transcript that it ever had.
    pub(super) fn own(&mut self, transcript: &TranscriptRef, key: &SessionKey) {
        let name = (transcript.owner.clone(), key.clone());
        let Some(session) = self.sessions.get_mut(&name) else { return };
        if self.owners.get(transcript) == Some(key) {
            return;
        }
        session.transcripts.insert(transcript.session_id.clone());
        self.dirty_sessions.insert(name);
        self.dirty_agents.insert(transcript.owner.clone());
        if let Some(before) = self.owners.insert(transcript.clone(), key.clone()) {
            let name = (transcript.owner.clone(), before);
            if let Some(session) = self.sessions.get_mut(&name) {
                session.transcripts.remove(&transcript.session_id);
            }
            self.dirty_sessions.insert(name);
        }
    }
}
