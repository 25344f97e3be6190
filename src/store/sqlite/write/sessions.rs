//! Session rows, and whose transcript it is.

use std::collections::{HashMap, HashSet};

use rusqlite::params;

use super::super::names::TranscriptRow;
use super::super::rows;
use super::calls::{COLUMNS, read_call};
use super::{DAY_MS, Writer};
use crate::domain::event::SourceKind;
use crate::domain::rollup::tier_of;
use crate::domain::session::{SessionEntry, SessionType};
use crate::domain::{AgentId, AgentRef, InstallationId, SessionKey, TranscriptRef};
use crate::store::StoreError;

impl Writer<'_> {
    pub(super) fn agents_listed(
        &mut self,
        installation: &InstallationId,
        source: SourceKind,
        agents: &[AgentId],
    ) -> Result<(), StoreError> {
        let known = self.names.agents_of(installation.as_str());
        let gone: Vec<AgentRef> = known.filter(|owner| !agents.contains(&owner.agent)).cloned().collect();
        for owner in gone {
            self.sessions_listed(&owner, source, &[])?;
        }
        Ok(())
    }

    pub(super) fn sessions_listed(
        &mut self,
        owner: &AgentRef,
        source: SourceKind,
        entries: &[SessionEntry],
    ) -> Result<(), StoreError> {
        let listed: HashSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let agent = self.names.agent(self.step, owner)?;
        let mut statement =
            self.step.prepare_cached("select session_key from sessions where agent = ?1 and source = ?2")?;
        let keys = statement.query_map(params![agent, source.word()], |row| row.get::<_, String>(0))?;
        let keys = keys.collect::<rusqlite::Result<Vec<_>>>()?;
        let gone: Vec<SessionKey> =
            keys.iter().filter(|key| !listed.contains(key.as_str())).map(SessionKey::from).collect();
        self.sessions_removed(owner, source, &gone)?;
        self.sessions_written(owner, source, entries)
    }

    pub(super) fn sessions_removed(
        &mut self,
        owner: &AgentRef,
        source: SourceKind,
        keys: &[SessionKey],
    ) -> Result<(), StoreError> {
        let Some(agent) = self.names.known_agent(owner).filter(|_| !keys.is_empty()) else { return Ok(()) };
        let mut remove =
            self.step.prepare_cached("delete from sessions where agent = ?1 and session_key = ?2 and source = ?3")?;
        let mut release =
            self.step.prepare_cached("update transcripts set released = 1 where agent = ?1 and session_key = ?2")?;
        let mut released = HashSet::new();
        for key in keys {
            remove.execute(params![agent, key.as_str(), source.word()])?;
            if !self.is_listed(agent, key)? {
                release.execute(params![agent, key.as_str()])?;
                released.insert(key);
            }
        }
        for row in self.names.transcripts.values_mut().filter(|row| row.agent == agent) {
            row.released |= row.key.as_ref().is_some_and(|key| released.contains(key));
        }
        Ok(())
    }

    pub(super) fn sessions_written(
        &mut self,
        owner: &AgentRef,
        source: SourceKind,
        entries: &[SessionEntry],
    ) -> Result<(), StoreError> {
        let agent = self.names.agent(self.step, owner)?;
        for entry in entries {
            self.step
                .prepare_cached(
                    "insert into sessions (agent, session_key, source, entry) values (?1, ?2, ?3, ?4)
                     on conflict (agent, session_key, source) do update set entry = excluded.entry
                     where entry <> excluded.entry",
                )?
                .execute(params![agent, entry.key.as_str(), source.word(), rows::entry_to_text(entry)])?;
            if let Some(parent) = &entry.parent {
                self.step
                    .prepare_cached(
                        "insert into families (session_key, agent, parent_key, label) values (?1, ?2, ?3, ?4)
                         on conflict (session_key, agent) do update
                         set parent_key = excluded.parent_key, label = coalesce(excluded.label, label)
                         where parent_key <> excluded.parent_key or label is not coalesce(excluded.label, label)",
                    )?
                    .execute(params![entry.key.as_str(), agent, parent.as_str(), entry.label])?;
            }
            if let Some(session_id) = &entry.session_id {
                self.own(&TranscriptRef { owner: owner.clone(), session_id: session_id.clone() }, &entry.key, false)?;
            }
        }
        Ok(())
    }

    /// Notes whose transcript it is. Calls that were counted for another type of session move.
    /// A deleted transcript is no part of the session that may have its key now.
    pub(super) fn own(
        &mut self,
        transcript: &TranscriptRef,
        key: &SessionKey,
        deleted: bool,
    ) -> Result<(), StoreError> {
        let before = self.names.transcript(self.step, transcript)?;
        let is_same = before.key.as_ref() == Some(key);
        if is_same && before.released == deleted {
            return Ok(());
        }
        let released = deleted || !self.is_listed(before.agent, key)?;
        if is_same && before.released == released {
            return Ok(());
        }
        let after = TranscriptRow { key: Some(key.clone()), released, ..before.clone() };
        self.step
            .prepare_cached("update transcripts set session_key = ?2, released = ?3 where id = ?1")?
            .execute(params![after.id, key.as_str(), released])?;
        let (from, to) = (before.session_type(), after.session_type());
        self.names.transcripts.insert(transcript.clone(), after);
        if from != to {
            self.recount(before.id, before.agent, from, to)?;
        }
        Ok(())
    }

    /// Whether any source lists a session.
    fn is_listed(&self, agent: i64, key: &SessionKey) -> Result<bool, StoreError> {
        let mut listed = self.step.prepare_cached("select 1 from sessions where agent = ?1 and session_key = ?2")?;
        Ok(listed.exists(params![agent, key.as_str()])?)
    }

    /// Moves the calls of a transcript from one type of session to another. Sums whose calls were
    /// given up stay where they are.
    fn recount(
        &mut self,
        transcript: i64,
        agent: i64,
        from: Option<SessionType>,
        to: Option<SessionType>,
    ) -> Result<(), StoreError> {
        // Its days tell where to look: calls of a time stand together. What this transaction counted
        // so far is not among the days yet.
        self.flush()?;
        let days = "select min(day), max(day) + 1 from transcript_days where transcript = ?1";
        let days = self
            .step
            .prepare_cached(days)?
            .query_row([transcript], |row| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?)))?;
        let Some((first, end)) = days else { return Ok(()) };
        let query = format!("select {COLUMNS} from calls where at >= ?1 and at < ?2 and transcript = ?3");
        let mut statement = self.step.prepare_cached(&query)?;
        let range = [first * DAY_MS, end * DAY_MS, transcript];
        let calls = statement.query_map(range, read_call)?.collect::<rusqlite::Result<Vec<_>>>()?;
        for (call, _, model) in calls {
            let key = self.names.key(self.step, (agent, from), model, &call)?;
            self.count((transcript, key), &call, true);
            let key = self.names.key(self.step, (agent, to), model, &call)?;
            self.count((transcript, key), &call, false);
        }
        Ok(())
    }

    /// Moves every call whose prompt falls into another size class than with the limits before.
    pub(super) fn reclassify(&mut self, before: &[u64]) -> Result<(), StoreError> {
        let limits = self.names.limits.clone();
        // Prompts below the lowest new limit stay where they are.
        let lowest = limits.iter().filter(|limit| !before.contains(limit)).min().copied().unwrap_or(u64::MAX);
        let mut statement =
            self.step.prepare(&format!("select {COLUMNS} from calls where input + cache_read + cache_write > ?1"))?;
        let rows: HashMap<i64, TranscriptRow> =
            self.names.transcripts.values().map(|row| (row.id, row.clone())).collect();
        let mut calls = statement.query([i64::try_from(lowest).unwrap_or(i64::MAX)])?;
        while let Some(row) = calls.next()? {
            let (call, transcript, model) = read_call(row)?;
            let prompt = call.usage.prompt();
            let (from, to) = (tier_of(prompt, before), tier_of(prompt, &limits));
            let Some(row) = rows.get(&transcript).filter(|_| from != to) else { continue };
            let parts =
                |tier| (row.agent, row.session_type(), model.unwrap_or_default(), tier, call.recorded.is_some());
            let from = self.names.key_of(self.step, parts(from))?;
            self.count((transcript, from), &call, true);
            let to = self.names.key_of(self.step, parts(to))?;
            self.count((transcript, to), &call, false);
        }
        drop(calls);
        drop(statement);
        self.flush()
    }
}
