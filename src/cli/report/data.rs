//! A report for programs: JSON with the figures of the API, and CSV.

use anyhow::Result;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Request;
use super::rows::{Report, Row};
use crate::domain::series::{Dimension, Figures, Step, local_rfc3339};
use crate::domain::session::SessionType;
use crate::http::usage::{csv, figures};
use crate::http::wire::UsageFigures;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    from: String,
    to: String,
    tz: &'a str,
    basis: &'static str,
    rows: Vec<RowData<'a>>,
    totals: Totals,
    unpriced_models: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowData<'a> {
    #[serde(flatten)]
    names: Names<'a>,
    #[serde(flatten)]
    totals: Totals,
    models: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breakdown: Option<Vec<ModelData<'a>>>,
}

#[derive(Serialize)]
struct ModelData<'a> {
    model: &'a str,
    #[serde(flatten)]
    totals: Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    #[serde(flatten)]
    figures: UsageFigures,
    total_tokens: u64,
}

impl Totals {
    fn of(sums: &Figures) -> Self {
        Self { figures: figures(sums), total_tokens: sums.tokens() }
    }
}

/// What a row stands for: field and value.
struct Names<'a>(Vec<(&'static str, &'a str)>);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Writes it as JSON.
pub(super) fn json(report: &Report, request: &Request) -> Result<String> {
    let answer = Answer {
        from: local_rfc3339(report.range.start, &report.zone),
        to: local_rfc3339(report.range.end, &report.zone),
        tz: report.zone.iana_name().unwrap_or("local"),
        basis: report.basis.word(),
        rows: report.rows.iter().map(|row| row_data(row, request)).collect(),
        totals: Totals::of(&report.totals),
        unpriced_models: &report.unpriced_models,
    };
    Ok(serde_json::to_string_pretty(&answer)? + "\n")
}

fn row_data<'a>(row: &'a Row, request: &Request) -> RowData<'a> {
    let mut names: Vec<(&'static str, &'a str)> = Vec::new();
    names.extend(time_field(request.view.step()).zip(row.time.as_deref()));
    names
        .extend(request.dimensions.iter().map(|dimension| dimension.word()).zip(row.labels.iter().map(String::as_str)));
    if let Some(session) = &row.session {
        let of_session = [
            (Dimension::Installation, session.owner.installation.as_str()),
            (Dimension::Agent, session.owner.agent.as_str()),
            (Dimension::Type, session.session_type.map(SessionType::word).unwrap_or_default()),
        ];
        let unsaid = of_session.into_iter().filter(|(dimension, _)| !request.dimensions.contains(dimension));
        names.extend(unsaid.map(|(dimension, value)| (dimension.word(), value)));
    }
    let breakdown = request
        .breakdown
        .then(|| row.models.iter().map(|(model, sums)| ModelData { model, totals: Totals::of(sums) }).collect());
    RowData {
        names: Names(names),
        totals: Totals::of(&row.figures),
        models: row.models.iter().map(|(model, _)| model.as_str()).collect(),
        breakdown,
    }
}

/// What the time of a row is called.
fn time_field(step: Step) -> Option<&'static str> {
    match step {
        Step::Hour => Some("hour"),
        Step::Day => Some("date"),
        Step::Week => Some("week"),
        Step::Month => Some("month"),
        Step::Total => None,
    }
}

/// Writes it as CSV; with a breakdown a line for each model in the place of the row.
pub(super) fn csv(report: &Report, request: &Request) -> String {
    let dimensions = request.dimensions.iter().map(|dimension| dimension.word());
    let model = request.breakdown.then_some(Dimension::Model.word());
    let names = time_field(request.view.step()).into_iter().chain(dimensions).chain(model);
    let mut text = csv::row(names.chain(csv::FIGURES));
    for row in &report.rows {
        let names = || row.time.iter().chain(&row.labels).map(String::as_str);
        let mut add = |model: Option<&str>, sums: &Figures| {
            let cells = csv::cells(sums);
            text.push_str(&csv::row(names().chain(model).chain(cells.iter().map(String::as_str))));
        };
        if request.breakdown {
            row.models.iter().for_each(|(model, sums)| add(Some(model), sums));
        } else {
            add(None, &row.figures);
        }
    }
    text
}
