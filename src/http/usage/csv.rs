//! A series as comma-separated values (RFC 4180), safe to open in a spreadsheet.

use jiff::tz::TimeZone;

use super::figures;
use crate::domain::series::{Bucket, Dimension, Figures, Group, Series, local_rfc3339};

/// The columns of figures.
pub const FIGURES: [&str; 9] = [
    "calls",
    "errors",
    "aborted",
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "cost",
    "unpricedCalls",
];

/// A row for each bucket and group with calls; a bucket without calls gives one of zeros. A session is
/// followed by what tells it from another with the same key.
pub(super) fn table(dimensions: &[Dimension], zone: &TimeZone, series: &Series) -> String {
    let by_session = dimensions.contains(&Dimension::Session);
    let owners = [Dimension::Installation, Dimension::Agent];
    let owners = owners.map(|one| (by_session && !dimensions.contains(&one)).then_some(one));
    let words = dimensions.iter().chain(owners.iter().flatten()).map(|dimension| dimension.word());
    let mut text = row(["start", "end"].into_iter().chain(words).chain(FIGURES));
    let labels_of = |group: &Group| {
        let names = group.session.as_ref().map(|one| [one.owner.installation.to_string(), one.owner.agent.to_string()]);
        let names = owners.iter().zip(names.unwrap_or_default()).filter_map(|(owner, name)| owner.map(|_| name));
        group.labels.iter().cloned().chain(names).collect()
    };
    let labels: Vec<Vec<String>> = series.groups.iter().map(|(group, _)| labels_of(group)).collect();
    let no_group = vec![String::new(); dimensions.len() + owners.iter().flatten().count()];
    for Bucket { range, values, totals } in &series.buckets {
        let [start, end] = [range.start, range.end].map(|at| local_rfc3339(at, zone));
        let mut add = |labels: &[String], sums: &Figures| {
            let figures = cells(sums);
            let all = [&start, &end].into_iter().chain(labels).chain(&figures);
            text.push_str(&row(all.map(String::as_str)));
        };
        for (group, sums) in values {
            add(&labels[*group], sums);
        }
        if totals.sums.calls == 0 {
            add(&no_group, totals);
        }
    }
    text
}

/// Figures in the order of [`FIGURES`]; an unknown cost is empty.
#[must_use]
pub fn cells(sums: &Figures) -> [String; 9] {
    let row = figures(sums);
    [
        row.calls.to_string(),
        row.errors.to_string(),
        row.aborted.to_string(),
        row.input_tokens.to_string(),
        row.output_tokens.to_string(),
        row.cache_read_tokens.to_string(),
        row.cache_write_tokens.to_string(),
        row.cost.map(|cost| cost.to_string()).unwrap_or_default(),
        row.unpriced_calls.to_string(),
    ]
}

/// One line.
pub fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = cells.map(cell).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// A cell, quoted where it must be. What a spreadsheet would take for a formula gets a ' in front.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+82", "'+82"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("한글", "한글"),
        ] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(row(["a", "b,c"].into_iter()), "a,\"b,c\"\r\n");
    }
}
