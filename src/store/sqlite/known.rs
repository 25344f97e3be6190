//! What the program begins with: session rows, transcripts with their sums, recent calls.

use std::collections::HashMap;

use rusqlite::Connection;

use super::names::{owner, read_keys, read_models};
use super::rows::{entry_from_text, prices_from_text, source_from};
use super::sums::{self, COLUMNS};
use super::write::DAY_MS;
use super::write::calls::{COLUMNS as CALL, read_call, read_tail};
use crate::domain::event::SourceKind;
use crate::domain::known::{Known, KnownTranscript};
use crate::domain::pricing::ModelPrice;
use crate::domain::session::SessionEntry;
use crate::domain::{InstallationId, Millis, ModelRef, SessionKey, TranscriptRef};
use crate::store::StoreError;

/// Reads it in one transaction.
pub(super) fn load(connection: &mut Connection, recent_since: Millis) -> Result<Known, StoreError> {
    let step = connection.transaction()?;
    let mut known = Known { sessions: sessions(&step)?, prices: stated_prices(&step)?, ..Known::default() };
    let models: HashMap<i64, _> = read_models(&step)?.into_iter().collect();
    let mut places = HashMap::new();
    let mut statement = step.prepare(
        "select t.id, a.installation, a.agent, t.session_id, t.session_key, t.released, t.archived, t.copies,
           t.first_at, t.tail_at, t.tail_kind, t.tail_error, t.prompt_at, t.prompt, t.model_at, t.model
         from transcripts t join agents a on a.id = t.agent",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let owner = owner(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        let key = row.get_ref(4)?.as_str_or_null()?.map(SessionKey::from);
        let prompt: Option<i64> = row.get(13)?;
        places.insert(row.get::<_, i64>(0)?, known.transcripts.len());
        known.transcripts.push(KnownTranscript {
            transcript: TranscriptRef { owner, session_id: row.get_ref(3)?.as_str()?.into() },
            session: key.filter(|_| row.get::<_, bool>(5).is_ok_and(|released| !released)),
            archived: row.get(6)?,
            copies: u64::try_from(row.get::<_, i64>(7)?).unwrap_or_default(),
            first_at: row.get(8)?,
            tail: read_tail(row, 9)?,
            last_prompt: row.get::<_, Option<i64>>(12)?.zip(prompt.and_then(|prompt| u64::try_from(prompt).ok())),
            last_model: row
                .get::<_, Option<i64>>(14)?
                .zip(row.get::<_, Option<i64>>(15)?.and_then(|id| models.get(&id).cloned())),
            days: Vec::new(),
            recent: Vec::new(),
        });
    }
    let mut keys = HashMap::new();
    for (id, key) in read_keys(&step, 0)? {
        keys.insert(id, u32::try_from(known.keys.len()).unwrap_or(u32::MAX));
        known.keys.push(key);
    }
    let mut statement = step.prepare(&format!("select transcript, day, key, {COLUMNS} from transcript_days"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Some(&place), Some(&key)) = (places.get(&row.get(0)?), keys.get(&row.get(2)?)) else { continue };
        known.transcripts[place].days.push((row.get::<_, i64>(1)? * DAY_MS, key, sums::read(row, 3)?));
    }
    let mut statement = step.prepare(&format!("select {CALL} from calls where at >= ?1"))?;
    let mut rows = statement.query([recent_since])?;
    while let Some(row) = rows.next()? {
        let (mut call, transcript, model) = read_call(row)?;
        call.model = model.and_then(|id| models.get(&id).cloned());
        if let Some(&place) = places.get(&transcript) {
            known.transcripts[place].recent.push(call);
        }
    }
    Ok(known)
}

fn sessions(connection: &Connection) -> Result<Vec<(SourceKind, SessionEntry)>, StoreError> {
    let mut sessions = Vec::new();
    let mut statement = connection.prepare(
        "select a.installation, a.agent, s.session_key, s.source, s.entry
         from sessions s join agents a on a.id = s.agent",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(source) = source_from(row.get_ref(3)?.as_str()?) else { continue };
        let owner = owner(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
        let key = SessionKey::from(row.get_ref(2)?.as_str()?);
        sessions.push((source, entry_from_text(owner, key, row.get_ref(4)?.as_str()?)));
    }
    Ok(sessions)
}

/// Installations and the prices that they state.
pub type Prices = Vec<(InstallationId, Vec<(ModelRef, ModelPrice)>)>;

/// The prices in the `openclaw.json` of each installation, as they were last seen.
pub fn stated_prices(connection: &Connection) -> Result<Prices, StoreError> {
    let mut statement = connection.prepare("select installation, prices from prices")?;
    let rows = statement
        .query_map([], |row| Ok((row.get_ref(0)?.as_str()?.into(), prices_from_text(row.get_ref(1)?.as_str()?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
