//! What the ledger answers → the rows of a report, each with the models in it.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;

use super::{Order, Request};
use crate::domain::pricing::{PriceBasis, PriceBook};
use crate::domain::series::{
    Buckets, Dimension, Figures, Group, GroupSession, NO_MODEL, Question, Series, Step, resolve,
};
use crate::domain::{AgentRef, Millis};
use crate::store::{Grain, UsageHistory};

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The name of its stretch of time, where time is cut.
    pub(super) time: Option<String>,
    /// What its calls have in common, in the order of the dimensions.
    pub(super) labels: Vec<String>,
    /// More of its session, where sessions are kept apart.
    pub(super) session: Option<GroupSession>,
    /// Everything.
    pub(super) figures: Figures,
    /// The models, the dearest first.
    pub(super) models: Vec<(String, Figures)>,
}

/// The rows with their sum.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) range: Range<Millis>,
    pub(super) zone: TimeZone,
    pub(super) basis: PriceBasis,
    pub(super) rows: Vec<Row>,
    pub(super) totals: Figures,
    pub(super) unpriced_models: Vec<String>,
}

impl Report {
    pub(super) fn of(
        history: &dyn UsageHistory,
        book: &PriceBook,
        basis: PriceBasis,
        zone: &TimeZone,
        now: Millis,
        request: &Request,
    ) -> Result<Self> {
        let step = request.view.step();
        let first = history.first_call_at()?;
        let Some(range) = resolve(request.from, request.to, step, zone, now, first) else {
            bail!("there is no time between --from and --to");
        };
        let buckets = Buckets::of(&range, step, zone).ok().with_context(|| {
            format!("that is more than {} {}s; choose a shorter time with --from or --last", Buckets::MAX, step.word())
        })?;
        let question = Question { dimensions: asked(&request.dimensions), basis, ..Question::default() };
        let grain = if step == Step::Hour { Grain::Slot } else { Grain::Day(zone.clone()) };
        let series = if question.dimensions.contains(&Dimension::Session) {
            Series::of(&history.usage_by_session(range.clone(), &grain)?, &buckets, &question, book)
        } else {
            Series::of(&*history.usage(range.clone(), &grain)?, &buckets, &question, book)
        };
        let mut rows = rows(&series, &question.dimensions, request.dimensions.len(), step, zone);
        arrange(&mut rows, step, request.order);
        let (totals, unpriced_models) = (series.totals, series.unpriced_models);
        Ok(Self { range, zone: zone.clone(), basis, rows, totals, unpriced_models })
    }
}

/// The dimensions of the rows, and the model: every row names its models.
fn asked(shown: &[Dimension]) -> Vec<Dimension> {
    let model = (!shown.contains(&Dimension::Model)).then_some(Dimension::Model);
    shown.iter().copied().chain(model).collect()
}

/// Rows in the order of time; groups that differ only by their model become one.
fn rows(series: &Series, asked: &[Dimension], shown: usize, step: Step, zone: &TimeZone) -> Vec<Row> {
    let model = asked.iter().position(|dimension| *dimension == Dimension::Model).unwrap_or_default();
    let mut rows = Vec::new();
    for bucket in &series.buckets {
        let time = (step != Step::Total).then(|| step.label(bucket.range.start, zone));
        let mut places: HashMap<(&[String], Option<&AgentRef>), usize> = HashMap::new();
        for (group, figures) in &bucket.values {
            let Group { labels, session } = &series.groups[*group].0;
            let place = (&labels[..shown], session.as_ref().map(|session| &session.owner));
            let place = *places.entry(place).or_insert_with(|| {
                let (time, labels, session) = (time.clone(), labels[..shown].to_vec(), session.clone());
                rows.push(Row { time, labels, session, figures: Figures::default(), models: Vec::new() });
                rows.len() - 1
            });
            let row: &mut Row = &mut rows[place];
            row.figures.add(figures);
            let name = if labels[model].is_empty() { NO_MODEL } else { &labels[model] };
            row.models.push((name.to_owned(), *figures));
        }
    }
    rows
}

fn arrange(rows: &mut [Row], step: Step, order: Option<Order>) {
    for row in &mut *rows {
        row.models.sort_by(|(one, figures), (other, others)| figures.rank(others).then_with(|| one.cmp(other)));
    }
    let rank = |a: &Row, b: &Row| a.figures.rank(&b.figures).then_with(|| a.labels.cmp(&b.labels));
    let ascending = order.map(|order| order == Order::Asc);
    if step == Step::Total {
        rows.sort_by(rank);
        if ascending == Some(true) {
            rows.reverse();
        }
    } else {
        if ascending == Some(false) {
            rows.reverse();
        }
        for same in rows.chunk_by_mut(|a, b| a.time == b.time) {
            same.sort_by(rank);
        }
    }
}
