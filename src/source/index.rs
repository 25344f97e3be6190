//! OpenClaw's session index → session entries: `sessions.json`, `session_nodes.entry_json` and
//! the rows that `openclaw sessions --json` prints. No IO.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::lenient::{Flag, Number, OwnText, When};
use crate::domain::money::Money;
use crate::domain::session::{SessionEntry, StoredStatus};
use crate::domain::usage::TokenUsage;
use crate::domain::{AgentRef, Millis, ModelRef, SessionId, SessionKey};

/// The longest label that is kept.
const MAX_LABEL: usize = 1000;
/// The longest key that is believed.
const MAX_KEY: usize = 2000;

/// A row as OpenClaw writes it; the large fields (`skillsSnapshot`, `systemPromptReport`) are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RawEntry {
    key: OwnText,
    agent_id: OwnText,
    session_id: OwnText,
    updated_at: When,
    age_ms: Number,
    session_started_at: When,
    status: OwnText,
    started_at: When,
    ended_at: When,
    aborted_last_run: Flag,
    last_run_error: OwnText,
    model_provider: OwnText,
    model: OwnText,
    context_tokens: Number,
    input_tokens: Number,
    output_tokens: Number,
    cache_read: Number,
    cache_write: Number,
    estimated_cost_usd: Number,
    total_tokens: Number,
    total_tokens_fresh: Flag,
    label: OwnText,
    display_name: OwnText,
    channel: OwnText,
    last_channel: OwnText,
    spawned_by: OwnText,
    parent_session_key: OwnText,
    archived_at: When,
    session_file: OwnText,
}

impl RawEntry {
    /// The key that a printed row carries.
    pub fn key(&self) -> Option<SessionKey> {
        self.key.some().filter(|key| key.len() <= MAX_KEY).map(SessionKey::from)
    }

    /// The agent that a printed row carries.
    pub fn agent(&self) -> Option<&str> {
        self.agent_id.some()
    }

    /// The file name in `sessionFile`, which may point to a folder that has long moved.
    pub fn session_file_name(&self) -> Option<&str> {
        self.session_file.some()?.rsplit(['/', '\\']).next()
    }

    /// The entry in the program's own words. `now` turns a printed age into a time.
    pub fn entry(&self, owner: AgentRef, key: SessionKey, now: Millis) -> SessionEntry {
        let usage = TokenUsage {
            input: self.input_tokens.count().unwrap_or_default(),
            output: self.output_tokens.count().unwrap_or_default(),
            cache_read: self.cache_read.count().unwrap_or_default(),
            cache_write: self.cache_write.count().unwrap_or_default(),
        };
        let fresh = self.total_tokens_fresh.0 != Some(false);
        let age = self.age_ms.0.filter(|age| (0.0..1e13).contains(age));
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        let by_age = age.map(|age| now - age as Millis);
        let model = self.model.some().filter(|model| *model != "gateway-injected");
        SessionEntry {
            session_id: self.session_id.some().map(SessionId::from),
            updated_at: self.updated_at.0.or(by_age),
            session_started_at: self.session_started_at.0,
            status: self.status.some().and_then(StoredStatus::from_word),
            started_at: self.started_at.0,
            ended_at: self.ended_at.0,
            aborted_last_run: self.aborted_last_run.0 == Some(true),
            last_run_error: self.last_run_error.some().map(|text| cut(text, 500)),
            model: model.map(|model| ModelRef::new(self.model_provider.some().unwrap_or_default(), model)),
            context_window: self.context_tokens.count().filter(|window| *window > 0),
            context_used: self.total_tokens.count().filter(|_| fresh),
            last_run_usage: (usage.total() > 0).then_some(usage),
            last_run_cost: self
                .estimated_cost_usd
                .0
                .and_then(Money::from_recorded_dollars)
                .filter(|cost| *cost > Money::ZERO),
            label: self.label.some().or(self.display_name.some()).map(|text| cut(text, MAX_LABEL)),
            channel: self.channel.some().or(self.last_channel.some()).map(|text| cut(text, 100)),
            parent: self.parent_session_key.some().or(self.spawned_by.some()).map(SessionKey::from),
            archived_at: self.archived_at.0,
            ..SessionEntry::new(owner, key)
        }
    }
}

/// The text, or its beginning and an ellipsis.
pub fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What an index holds, and what of it was not understood.
#[derive(Debug, Default)]
pub struct Index {
    /// Key and row, in the order of the file; a key that stands twice keeps its last row.
    pub rows: Vec<(SessionKey, RawEntry)>,
    /// Reasons, one for each row that was passed over.
    pub skipped: Vec<&'static str>,
}

/// Reads `sessions.json` as it streams by: with thousands of sessions it is too large to hold.
pub fn read_sessions_json(input: impl Read) -> Result<Index, serde_json::Error> {
    let mut index = Index::default();
    let mut input = serde_json::Deserializer::from_reader(input);
    IndexSeed(&mut index).deserialize(&mut input)?;
    input.end()?;
    Ok(index)
}

/// Reads one row's JSON.
pub fn read_entry(json: &[u8]) -> Result<RawEntry, serde_json::Error> {
    serde_json::from_slice(json)
}

struct IndexSeed<'a>(&'a mut Index);

impl<'de> DeserializeSeed<'de> for IndexSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for IndexSeed<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of session keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut places = std::collections::HashMap::new();
        while let Some(key) = fields.next_key::<String>()? {
            let MaybeEntry(row) = fields.next_value()?;
            let Some(row) = row else {
                self.0.skipped.push("session row is not an object");
                continue;
            };
            if key.is_empty() || key.len() > MAX_KEY {
                self.0.skipped.push("session key is empty or longer than 2000 bytes");
                continue;
            }
            let key = SessionKey::from(key);
            if let Some(&place) = places.get(&key) {
                self.0.skipped.push("session key stands twice: the last row counts");
                self.0.rows[place] = (key, *row);
            } else {
                places.insert(key.clone(), self.0.rows.len());
                self.0.rows.push((key, *row));
            }
        }
        Ok(())
    }
}

/// A row, or nothing where the value is not an object.
struct MaybeEntry(Option<Box<RawEntry>>);

impl<'de> Deserialize<'de> for MaybeEntry {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = MaybeEntry;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a session row")
    }
    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<MaybeEntry, A::Error> {
        let row = RawEntry::deserialize(serde::de::value::MapAccessDeserializer::new(fields))?;
        Ok(MaybeEntry(Some(Box::new(row))))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<MaybeEntry, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(MaybeEntry(None))
    }
    fn visit_unit<E>(self) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
    fn visit_bool<E>(self, _: bool) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
    fn visit_i64<E>(self, _: i64) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
    fn visit_u64<E>(self, _: u64) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
    fn visit_f64<E>(self, _: f64) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
    fn visit_str<E>(self, _: &str) -> Result<MaybeEntry, E> {
        Ok(MaybeEntry(None))
    }
}

/// What `openclaw sessions --json` printed.
#[derive(Debug, Deserialize)]
pub struct Printed {
    /// The rows.
    pub sessions: Vec<RawEntry>,
    /// Whether OpenClaw left rows out.
    #[serde(default, rename = "hasMore")]
    pub has_more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_rows_cost_only_themselves() {
        let json = r#"{"agent:a:main":{"sessionId":"s1","updatedAt":"soon","inputTokens":-3,"label":7},
            "agent:a:x":null,"agent:a:y":[1],"agent:a:main":{"sessionId":"s2","updatedAt":5}}"#;
        let index = read_sessions_json(json.as_bytes()).expect("valid JSON");
        assert_eq!(index.rows.len(), 1);
        assert_eq!(index.rows[0].1.session_id.some(), Some("s2"));
        assert_eq!(index.skipped.len(), 3);
    }

    #[test]
    fn a_long_label_is_cut_between_characters() {
        let cut = cut(&"한".repeat(1200), 1000);
        assert_eq!(cut.chars().count(), 1001);
    }
}
