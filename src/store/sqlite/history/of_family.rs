//! The family of a session, those that OpenClaw lists no more among it.

use rusqlite::{Connection, params};

use super::super::sums::{self, COLUMNS};
use super::super::write::DAY_MS;
use super::of_session::KeyPlaces;
use crate::domain::session_record::{KeptFamily, KeptRelative};
use crate::domain::{InstallationId, SessionKey};
use crate::store::StoreError;

/// Up to the eldest ancestor, and down again to everybody. `union` takes nobody twice: a circle has an end.
const WHOLE: &str = "
with recursive
  mine (id) as (select id from agents where installation = ?1),
  up (k) as (
    select ?2
    union select f.parent_key from families f join up on f.session_key = up.k where f.agent in mine),
  whole (k) as (
    select k from up
    union select f.session_key from families f join whole on f.parent_key = whole.k where f.agent in mine)
select whole.k, f.parent_key, f.label,
  exists (select 1 from sessions s where s.agent in mine and s.session_key = whole.k)
from whole left join families f on f.session_key = whole.k and f.agent in mine
group by whole.k";

pub(super) fn family(
    connection: &mut Connection,
    installation: &InstallationId,
    key: &SessionKey,
) -> Result<KeptFamily, StoreError> {
    let step = connection.transaction()?;
    let mut members = Vec::new();
    let mut statement = step.prepare_cached(WHOLE)?;
    let mut rows = statement.query(params![installation.as_str(), key.as_str()])?;
    while let Some(row) = rows.next()? {
        let key = SessionKey::from(row.get_ref(0)?.as_str()?);
        let parent = row.get::<_, Option<String>>(1)?.map(SessionKey::from);
        let member = KeptRelative { key, parent, label: row.get(2)?, began_at: None, days: Vec::new() };
        members.push((member, row.get::<_, bool>(3)?));
    }
    drop(rows);
    let mut places = KeyPlaces::read(&step)?;
    let mut statement = step.prepare_cached(&format!(
        "select coalesce(t.began_at, t.first_at), d.day, d.key, {COLUMNS}
         from transcripts t left join transcript_days d on d.transcript = t.id and not ?3
         where t.agent in (select id from agents where installation = ?1) and t.session_key = ?2"
    ))?;
    for (member, is_listed) in &mut members {
        let mut rows = statement.query(params![installation.as_str(), member.key.as_str(), *is_listed])?;
        while let Some(row) = rows.next()? {
            let began_at: Option<i64> = row.get(0)?;
            member.began_at = [member.began_at, began_at].into_iter().flatten().min();
            let Some(day) = row.get::<_, Option<i64>>(1)? else { continue };
            if let Some(place) = places.of(row.get(2)?) {
                member.days.push((day * DAY_MS, place, sums::read(row, 3)?));
            }
        }
    }
    let members = members.into_iter().map(|(member, _)| member).collect();
    Ok(KeptFamily { keys: places.keys, members })
}
