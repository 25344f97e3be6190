//! A series → `GET /api/usage`.

use std::collections::HashMap;

use super::Asked;
use crate::domain::event::SourceStatus;
use crate::domain::health::LedgerStatus;
use crate::domain::series::{Bucket, Dimension, Figures, Group, Series, local_rfc3339};
use crate::domain::session::SessionType;
use crate::domain::{AgentRef, SessionKey};
use crate::http::wire::{LedgerRow, UsageBucket, UsageFigures, UsageGroup, UsageResponse, UsageSession, UsageValue};
use crate::live::board::Board;

/// The names of the listed sessions.
type Labels<'a> = HashMap<(&'a AgentRef, &'a SessionKey), &'a str>;

/// The whole answer.
pub(super) fn response(asked: &Asked, series: &Series, board: &Board) -> UsageResponse {
    let question = &asked.question;
    let by_session = question.dimensions.contains(&Dimension::Session);
    let labels = if by_session { labels(board) } else { Labels::default() };
    let group = |group: &Group| self::group(&question.dimensions, group, &labels);
    let local = |at| local_rfc3339(at, &asked.zone);
    UsageResponse {
        from: local(asked.range.start),
        to: local(asked.range.end),
        tz: asked.zone.iana_name().unwrap_or("local").to_owned(),
        bucket: asked.step.word(),
        by: question.dimensions.iter().map(|dimension| dimension.word()).collect(),
        basis: question.basis.word(),
        groups: series.groups.iter().map(|(one, _)| group(one)).collect(),
        group_totals: series.groups.iter().enumerate().map(|(place, (_, sums))| value(place, sums)).collect(),
        groups_left_out: series.left_out,
        buckets: series.buckets.iter().map(|one| bucket(one, &local)).collect(),
        totals: figures(&series.totals),
        unpriced_models: series.unpriced_models.clone(),
        first_call_at: asked.first_call_at,
        ledger: ledger(board),
    }
}

/// How the ledger is; while a source reads for the first time, it is not whole yet.
#[must_use]
pub fn ledger(board: &Board) -> LedgerRow {
    let health = &board.ledger;
    let reading = board.reports.is_empty() || board.reports.iter().any(|one| one.status == SourceStatus::Scanning);
    let status = match health.status {
        LedgerStatus::Ok if reading => "catching-up",
        status => status.word(),
    };
    LedgerRow { status, detail: health.detail.clone() }
}

/// Figures as the API states them.
#[must_use]
pub fn figures(figures: &Figures) -> UsageFigures {
    let sums = &figures.sums;
    UsageFigures {
        calls: sums.calls,
        errors: sums.errors,
        aborted: sums.aborted,
        input_tokens: sums.usage.input,
        output_tokens: sums.usage.output,
        cache_read_tokens: sums.usage.cache_read,
        cache_write_tokens: sums.usage.cache_write,
        cost: figures.cost().map(crate::domain::money::Money::dollars),
        unpriced_calls: figures.unpriced,
    }
}

fn value(group: usize, sums: &Figures) -> UsageValue {
    UsageValue { group, figures: figures(sums) }
}

fn bucket(bucket: &Bucket, local: &impl Fn(i64) -> String) -> UsageBucket {
    UsageBucket {
        start: local(bucket.range.start),
        end: local(bucket.range.end),
        values: bucket.values.iter().map(|(group, sums)| value(*group, sums)).collect(),
        totals: figures(&bucket.totals),
    }
}

fn labels(board: &Board) -> Labels<'_> {
    let named = board.sessions.iter().filter_map(|facts| {
        let entry = &facts.entry;
        Some(((&entry.owner, &entry.key), entry.label.as_deref()?))
    });
    named.collect()
}

fn group(dimensions: &[Dimension], group: &Group, labels: &Labels<'_>) -> UsageGroup {
    let mut row = UsageGroup::default();
    for (dimension, label) in dimensions.iter().zip(&group.labels) {
        let label = label.clone();
        match (dimension, &group.session) {
            (Dimension::Session, Some(session)) => {
                let owner = &session.owner;
                let name = session.key.as_ref().and_then(|key| labels.get(&(owner, key)));
                row.session = Some(UsageSession {
                    session: label,
                    installation: owner.installation.to_string(),
                    agent: owner.agent.to_string(),
                    r#type: session.session_type.map(SessionType::word).unwrap_or_default(),
                    label: name.map(|name| (*name).to_owned()),
                });
            }
            // A session says these of itself.
            (Dimension::Agent | Dimension::Type | Dimension::Installation, Some(_)) | (Dimension::Session, None) => {}
            (Dimension::Agent, None) => row.agent = Some(label),
            (Dimension::Type, None) => row.r#type = Some(label),
            (Dimension::Installation, None) => row.installation = Some(label),
            (Dimension::Model, _) => row.model = Some(label),
            (Dimension::Provider, _) => row.provider = Some(label),
        }
    }
    row
}
