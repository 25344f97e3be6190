//! Numbers for names: agents, models, transcripts, and what sums have in common.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use crate::domain::rollup::{UsageKey, tier_of};
use crate::domain::session::SessionType;
use crate::domain::usage::ModelCall;
use crate::domain::{AgentRef, Millis, ModelRef, SessionKey, TranscriptRef};
use crate::store::StoreError;

/// The number that stands for "the record names no model".
const NO_MODEL: i64 = 0;

/// A transcript's row, as far as writing needs it.
#[derive(Clone, Debug)]
pub(super) struct TranscriptRow {
    pub(super) id: i64,
    pub(super) agent: i64,
    pub(super) key: Option<SessionKey>,
    pub(super) began_at: Option<Millis>,
    /// Its session is listed no more.
    pub(super) released: bool,
}

impl TranscriptRow {
    pub(super) fn session_type(&self) -> Option<SessionType> {
        self.key.as_ref().map(SessionKey::session_type)
    }
}

/// The parts of a [`UsageKey`] as numbers.
type KeyParts = (i64, Option<SessionType>, i64, u64, bool);

/// Every name that has a number.
#[derive(Debug, Default)]
pub(super) struct Names {
    agents: HashMap<AgentRef, i64>,
    models: HashMap<ModelRef, i64>,
    model_names: HashMap<i64, ModelRef>,
    pub(super) transcripts: HashMap<TranscriptRef, TranscriptRow>,
    keys: HashMap<KeyParts, i64>,
    pub(super) limits: Vec<u64>,
    /// Whether `--keep-raw` gave up any rows.
    pub(super) has_forgotten: bool,
}

impl Names {
    /// Reads the names.
    pub(super) fn load(connection: &Connection) -> Result<Self, StoreError> {
        let has_forgotten = connection.prepare("select 1 from forgotten_calls limit 1")?.exists([])?;
        let mut names = Self { limits: read_limits(connection)?, has_forgotten, ..Self::default() };
        let mut agents = HashMap::new();
        let mut statement = connection.prepare("select id, installation, agent from agents")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let owner = owner(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
            agents.insert(row.get::<_, i64>(0)?, owner.clone());
            names.agents.insert(owner, row.get(0)?);
        }
        for (id, model) in read_models(connection)? {
            names.models.insert(model.clone(), id);
            names.model_names.insert(id, model);
        }
        let mut statement =
            connection.prepare("select id, agent, session_id, session_key, began_at, released from transcripts")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let agent: i64 = row.get(1)?;
            let Some(owner) = agents.get(&agent).cloned() else { continue };
            let transcript = TranscriptRef { owner, session_id: row.get_ref(2)?.as_str()?.into() };
            let key = row.get_ref(3)?.as_str_or_null()?.map(SessionKey::from);
            names.transcripts.insert(
                transcript,
                TranscriptRow { id: row.get(0)?, agent, key, began_at: row.get(4)?, released: row.get(5)? },
            );
        }
        let mut statement =
            connection.prepare("select id, agent, session_type, model, tier, recorded from usage_keys")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = session_type(row.get_ref(2)?.as_str()?);
            let tier = u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default();
            names.keys.insert((row.get(1)?, kind, row.get(3)?, tier, row.get(5)?), row.get(0)?);
        }
        Ok(names)
    }

    /// The number of an agent.
    pub(super) fn agent(&mut self, connection: &Connection, owner: &AgentRef) -> rusqlite::Result<i64> {
        if let Some(id) = self.agents.get(owner) {
            return Ok(*id);
        }
        connection
            .prepare_cached("insert into agents (installation, agent) values (?1, ?2)")?
            .execute([owner.installation.as_str(), owner.agent.as_str()])?;
        let id = connection.last_insert_rowid();
        self.agents.insert(owner.clone(), id);
        Ok(id)
    }

    /// The number of an agent that has one.
    pub(super) fn known_agent(&self, owner: &AgentRef) -> Option<i64> {
        self.agents.get(owner).copied()
    }

    /// Every agent of an installation.
    pub(super) fn agents_of<'a>(&'a self, installation: &'a str) -> impl Iterator<Item = &'a AgentRef> {
        self.agents.keys().filter(move |owner| owner.installation.as_str() == installation)
    }

    /// The number of a model; none where the record names none.
    pub(super) fn model(&mut self, connection: &Connection, model: Option<&ModelRef>) -> rusqlite::Result<Option<i64>> {
        let Some(model) = model else { return Ok(None) };
        if let Some(id) = self.models.get(model) {
            return Ok(Some(*id));
        }
        connection
            .prepare_cached("insert into models (provider, model) values (?1, ?2)")?
            .execute([&*model.provider, &*model.model])?;
        let id = connection.last_insert_rowid();
        self.models.insert(model.clone(), id);
        self.model_names.insert(id, model.clone());
        Ok(Some(id))
    }

    /// The model of a number.
    pub(super) fn model_name(&self, id: Option<i64>) -> Option<ModelRef> {
        self.model_names.get(&id?).cloned()
    }

    /// The row of a transcript; a new one where there is none.
    pub(super) fn transcript(
        &mut self,
        connection: &Connection,
        transcript: &TranscriptRef,
    ) -> rusqlite::Result<TranscriptRow> {
        if let Some(row) = self.transcripts.get(transcript) {
            return Ok(row.clone());
        }
        let agent = self.agent(connection, &transcript.owner)?;
        connection
            .prepare_cached("insert into transcripts (agent, session_id) values (?1, ?2)")?
            .execute(params![agent, transcript.session_id.as_str()])?;
        let row =
            TranscriptRow { id: connection.last_insert_rowid(), agent, key: None, began_at: None, released: false };
        self.transcripts.insert(transcript.clone(), row.clone());
        Ok(row)
    }

    /// The number of what a call's sum has in common with others.
    pub(super) fn key(
        &mut self,
        connection: &Connection,
        (agent, kind): (i64, Option<SessionType>),
        model: Option<i64>,
        call: &ModelCall,
    ) -> rusqlite::Result<i64> {
        let tier = tier_of(call.usage.prompt(), &self.limits);
        let model = model.unwrap_or(NO_MODEL);
        self.key_of(connection, (agent, kind, model, tier, call.recorded.is_some()))
    }

    /// The number of a key with another session type.
    pub(super) fn key_of(&mut self, connection: &Connection, parts: KeyParts) -> rusqlite::Result<i64> {
        if let Some(id) = self.keys.get(&parts) {
            return Ok(*id);
        }
        let (agent, kind, model, tier, recorded) = parts;
        let kind = kind.map_or("", SessionType::word);
        let limit = i64::try_from(tier).unwrap_or(i64::MAX);
        connection
            .prepare_cached(
                "insert into usage_keys (agent, session_type, model, tier, recorded) values (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![agent, kind, model, limit, recorded])?;
        let id = connection.last_insert_rowid();
        self.keys.insert(parts, id);
        Ok(id)
    }
}

/// The limits that sums tell apart.
pub(super) fn read_limits(connection: &Connection) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare("select value from settings where name = 'tier_limits'")?;
    let text: Option<String> = statement.query_map([], |row| row.get(0))?.next().transpose()?;
    Ok(text.unwrap_or_default().split(',').filter_map(|limit| limit.parse().ok()).collect())
}

/// Every model by its number.
pub(super) fn read_models(connection: &Connection) -> rusqlite::Result<Vec<(i64, ModelRef)>> {
    let mut statement = connection.prepare("select id, provider, model from models")?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, ModelRef::new(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?))))?;
    rows.collect()
}

/// Every key by its number, of those above a number; without sessions.
pub(super) fn read_keys(connection: &Connection, after: i64) -> rusqlite::Result<HashMap<i64, UsageKey>> {
    let mut statement = connection.prepare(
        "select k.id, a.installation, a.agent, k.session_type, m.provider, m.model, k.tier, k.recorded
         from usage_keys k join agents a on a.id = k.agent left join models m on m.id = k.model where k.id > ?1",
    )?;
    let rows = statement.query_map([after], |row| {
        let model = match (row.get_ref(4)?.as_str_or_null()?, row.get_ref(5)?.as_str_or_null()?) {
            (Some(provider), Some(model)) => Some(ModelRef::new(provider, model)),
            _ => None,
        };
        let key = UsageKey {
            owner: owner(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?),
            session_type: session_type(row.get_ref(3)?.as_str()?),
            session: None,
            model,
            tier: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
            recorded: row.get(7)?,
        };
        Ok((row.get(0)?, key))
    })?;
    rows.collect()
}

/// An agent by its two names.
pub(super) fn owner(installation: &str, agent: &str) -> AgentRef {
    AgentRef { installation: installation.into(), agent: agent.into() }
}

/// The session type of a word; unknown for the empty one.
pub(super) fn session_type(word: &str) -> Option<SessionType> {
    SessionType::ALL.into_iter().find(|kind| kind.word() == word)
}
