//! Calls: each one once, under the transcript that had it first.

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Statement, params};

use super::super::names::{TranscriptRow, owner};
use super::super::rows::{outcome_from, outcome_number, tail_from, tail_parts};
use super::Writer;
use crate::domain::event::{CallsKept, TranscriptTail};
use crate::domain::money::Money;
use crate::domain::usage::{ModelCall, StopReason, TokenUsage};
use crate::domain::{Millis, TranscriptRef};
use crate::store::StoreError;

const INSERT: &str = "insert into calls (at, identity, transcript, model, message_id, stop_reason, error, outcome,
    input, output, cache_read, cache_write, recorded) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    on conflict do nothing";
/// The columns of [`read_call`].
pub(in super::super) const COLUMNS: &str = "identity, at, model, input, output, cache_read, cache_write, recorded,
    outcome, stop_reason, message_id, error, transcript";

impl Writer<'_> {
    pub(super) fn calls_read(
        &mut self,
        transcript: &TranscriptRef,
        archived: bool,
        began_at: Option<Millis>,
        calls: &[ModelCall],
        tail: Option<&TranscriptTail>,
    ) -> Result<CallsKept, StoreError> {
        let mut row = self.names.transcript(self.step, transcript)?;
        if let Some(began_at) = began_at.filter(|at| row.began_at.is_none_or(|known| *at < known)) {
            row.began_at = Some(began_at);
            self.names.transcripts.insert(transcript.clone(), row.clone());
        }
        let mut kept = CallsKept::default();
        let mut insert = self.step.prepare_cached(INSERT)?;
        for (place, call) in calls.iter().enumerate() {
            if self.names.has_forgotten && self.is_forgotten(call)? {
                kept.known.push(place);
                kept.copies += 1;
                continue;
            }
            let model = self.names.model(self.step, call.model.as_ref())?;
            if insert_call(&mut insert, row.id, model, call)? {
                let key = self.names.key(self.step, (row.agent, row.session_type()), model, call)?;
                self.count((row.id, key), call, false);
            } else {
                kept.known.push(place);
                self.seen_again(transcript, &row, call, &mut kept)?;
            }
        }
        self.update_transcript(&row, archived, calls, tail, kept.copies)?;
        Ok(kept)
    }

    fn is_forgotten(&self, call: &ModelCall) -> Result<bool, StoreError> {
        let mut statement = self.step.prepare_cached("select 1 from forgotten_calls where identity = ?1")?;
        Ok(statement.exists([call.identity.cast_signed()])?)
    }

    /// A record of a known call: a copy, a fuller record, or the first holder of a copy.
    fn seen_again(
        &mut self,
        transcript: &TranscriptRef,
        row: &TranscriptRow,
        call: &ModelCall,
        kept: &mut CallsKept,
    ) -> Result<(), StoreError> {
        let query = format!("select {COLUMNS} from calls where identity = ?1");
        let identity = call.identity.cast_signed();
        let known = self.step.prepare_cached(&query)?.query_row([identity], read_call).optional()?;
        // The identity alone is unique, so what stood in the way has it.
        let Some((mut known, holder, model)) = known else { return Ok(()) };
        known.model = self.names.model_name(model);
        let is_fuller = call.says_more_than(&known);
        let (holder, holder_row) =
            if holder == row.id { (transcript.clone(), row.clone()) } else { self.holder(holder)? };
        let is_earlier = holder_row.id != row.id && rank(transcript, row) < rank(&holder, &holder_row);
        if !is_fuller || holder_row.id != row.id {
            kept.copies += 1;
        }
        if !is_fuller && !is_earlier {
            return Ok(());
        }
        let key = self.names.key(self.step, (holder_row.agent, holder_row.session_type()), model, &known)?;
        self.count((holder_row.id, key), &known, true);
        self.step.prepare_cached("delete from calls where identity = ?1")?.execute([identity])?;
        let better = if is_fuller { call.clone() } else { known.clone() };
        let (to, to_row) = if is_earlier { (transcript.clone(), row.clone()) } else { (holder.clone(), holder_row) };
        let model = self.names.model(self.step, better.model.as_ref())?;
        let mut insert = self.step.prepare_cached(INSERT)?;
        insert_call(&mut insert, to_row.id, model, &better)?;
        let key = self.names.key(self.step, (to_row.agent, to_row.session_type()), model, &better)?;
        self.count((to_row.id, key), &better, false);
        kept.removed.push((holder, known));
        kept.added.push((to, better));
        Ok(())
    }

    /// The transcript of a number.
    fn holder(&self, id: i64) -> Result<(TranscriptRef, TranscriptRow), StoreError> {
        let mut statement = self.step.prepare_cached(
            "select a.installation, a.agent, t.session_id
             from transcripts t join agents a on a.id = t.agent where t.id = ?1",
        )?;
        let transcript = statement.query_row([id], |row| {
            let owner = owner(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
            Ok(TranscriptRef { owner, session_id: row.get_ref(2)?.as_str()?.into() })
        })?;
        let row = self.names.transcripts.get(&transcript).cloned();
        let row = row.ok_or_else(|| StoreError::Other(format!("transcript {id} has no name")))?;
        Ok((transcript, row))
    }

    fn update_transcript(
        &mut self,
        row: &TranscriptRow,
        archived: bool,
        calls: &[ModelCall],
        tail: Option<&TranscriptTail>,
        copies: u64,
    ) -> Result<(), StoreError> {
        let first = calls.iter().map(|call| call.at).min();
        let used = calls.iter().filter(|call| call.usage.total() > 0);
        let prompt = used.map(|call| (call.at, i64::try_from(call.usage.prompt()).unwrap_or(i64::MAX))).max();
        let named = calls.iter().filter(|call| call.model.is_some()).max_by_key(|call| call.at);
        let model = self.names.model(self.step, named.and_then(|call| call.model.as_ref()))?;
        let (tail_at, tail_kind, tail_error) = tail_parts(tail);
        self.step.prepare_cached(UPDATE)?.execute(params![
            row.id,
            archived,
            row.began_at,
            i64::try_from(copies).unwrap_or(i64::MAX),
            first,
            tail_at,
            tail_kind,
            tail_error,
            prompt.map(|(at, _)| at),
            prompt.map(|(_, prompt)| prompt),
            named.map(|call| call.at),
            model,
        ])?;
        Ok(())
    }
}

/// The later end, prompt and model stay, the earlier beginning; a null changes nothing.
const UPDATE: &str = "update transcripts set
    archived = min(coalesce(archived, 1), ?2), began_at = ?3, copies = copies + ?4,
    first_at = min(coalesce(first_at, ?5), coalesce(?5, first_at)),
    tail_kind = case when ?6 >= coalesce(tail_at, ?6) then ?7 else tail_kind end,
    tail_error = case when ?6 >= coalesce(tail_at, ?6) then ?8 else tail_error end,
    tail_at = max(coalesce(tail_at, ?6), coalesce(?6, tail_at)),
    prompt = case when ?9 > coalesce(prompt_at, ?9 - 1) then ?10
      when ?9 = prompt_at then max(prompt, ?10) else prompt end,
    prompt_at = max(coalesce(prompt_at, ?9), coalesce(?9, prompt_at)),
    model = case when ?11 >= coalesce(model_at, ?11) then ?12 else model end,
    model_at = max(coalesce(model_at, ?11), coalesce(?11, model_at))
  where id = ?1";

/// Of two transcripts with the same call, the one that began first has it; the rest is a copy.
fn rank<'a>(transcript: &'a TranscriptRef, row: &TranscriptRow) -> (Millis, &'a TranscriptRef) {
    (row.began_at.unwrap_or(Millis::MAX), transcript)
}

fn insert_call(
    insert: &mut Statement<'_>,
    transcript: i64,
    model: Option<i64>,
    call: &ModelCall,
) -> Result<bool, StoreError> {
    let count = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    let changed = insert.execute(params![
        call.at,
        call.identity.cast_signed(),
        transcript,
        model,
        call.message_id.as_deref(),
        call.stop.word(),
        call.error.as_deref(),
        outcome_number(call.outcome),
        count(call.usage.input),
        count(call.usage.output),
        count(call.usage.cache_read),
        count(call.usage.cache_write),
        call.recorded.map(Money::nanos),
    ])?;
    Ok(changed > 0)
}

/// A call without its model, its transcript's number, its model's number.
pub(in super::super) fn read_call(row: &Row<'_>) -> rusqlite::Result<(ModelCall, i64, Option<i64>)> {
    let count = |at: usize| row.get::<_, i64>(at).map(|value| u64::try_from(value).unwrap_or_default());
    let text = |at: usize| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str_or_null()?.map(Box::from));
    let call = ModelCall {
        identity: row.get::<_, i64>(0)?.cast_unsigned(),
        at: row.get(1)?,
        model: None,
        usage: TokenUsage { input: count(3)?, output: count(4)?, cache_read: count(5)?, cache_write: count(6)? },
        recorded: row.get::<_, Option<i64>>(7)?.map(Money::from_nanos),
        outcome: outcome_from(row.get(8)?)
            .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(8, Type::Integer, "no such outcome".into()))?,
        stop: StopReason::from_word(row.get_ref(9)?.as_str()?),
        message_id: text(10)?,
        error: text(11)?,
    };
    Ok((call, row.get(12)?, row.get(2)?))
}

/// The end of a transcript, from its three columns.
pub(in super::super) fn read_tail(row: &Row<'_>, from: usize) -> rusqlite::Result<Option<TranscriptTail>> {
    let (at, kind, error): (Option<Millis>, Option<String>, Option<String>) =
        (row.get(from)?, row.get(from + 1)?, row.get(from + 2)?);
    Ok(at.zip(kind).and_then(|(at, kind)| tail_from(at, &kind, error)))
}
