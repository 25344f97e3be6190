//! One line of OpenClaw's log. It writes one JSON object a line: numbered arguments, and `_meta` about them.

use serde_json::{Map, Value};

use crate::domain::Millis;
use crate::source::lenient::parse_time;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// For who looks for a mistake.
    Debug,
    /// What happens.
    Info,
    /// What may go wrong.
    Warn,
    /// What went wrong.
    Error,
    /// What ended the program.
    Fatal,
}

impl Level {
    const ALL: [(&'static str, Self); 6] = [
        ("trace", Self::Trace),
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
        ("fatal", Self::Fatal),
    ];

    /// The word used by the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("info", |(word, _)| word)
    }

    /// The level that a word names, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, level)| *level)
    }
}

/// A line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Option<Millis>,
    /// How grave it is.
    pub level: Level,
    /// The part of OpenClaw that wrote it.
    pub subsystem: Option<String>,
    /// What it says.
    pub message: String,
    /// Whether it names the session that was asked for.
    pub mine: bool,
}

/// Reads a line; one that is no JSON is a message as it stands. None for an empty one.
#[must_use]
pub fn parse(text: &str, mine: bool) -> Option<LogLine> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Ok(record) = serde_json::from_str::<Map<String, Value>>(text) else {
        return Some(LogLine { at: None, level: Level::Info, subsystem: None, message: text.to_owned(), mine });
    };
    let meta = record.get("_meta").and_then(Value::as_object);
    let of_meta = |name: &str| meta.and_then(|meta| meta.get(name)).and_then(Value::as_str);
    let at = record.get("time").and_then(Value::as_str).or_else(|| of_meta("date"));
    let subsystem = record.get("0").and_then(Value::as_str).and_then(subsystem_in);
    let arguments = (0..8).filter(|number| *number > 0 || subsystem.is_none());
    let said = arguments.filter_map(|number: u8| record.get(&number.to_string())).map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let mut message = said.collect::<Vec<_>>().join(" ");
    if message.is_empty() {
        record.get("message").and_then(Value::as_str).unwrap_or_default().clone_into(&mut message);
    }
    Some(LogLine {
        at: at.and_then(|at| parse_time(at.as_bytes())),
        level: of_meta("logLevelName").and_then(Level::from_word).unwrap_or(Level::Info),
        subsystem,
        message,
        mine,
    })
}

/// The first argument names the subsystem as JSON in a text: `{"subsystem":"gateway/ws"}`.
fn subsystem_in(argument: &str) -> Option<String> {
    let named: Map<String, Value> = argument.starts_with('{').then(|| serde_json::from_str(argument).ok()).flatten()?;
    let name = named.get("subsystem").or_else(|| named.get("module"))?.as_str()?;
    Some(name.to_owned())
}

/// The runs that a line names: `runId=…`, or `"runId":"…"` whatever the quotes are escaped with.
pub(super) fn runs_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("runId").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['"', '\\', '=', ':', ' ']);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        Some(&rest[..end]).filter(|run| run.len() >= 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_each_version() {
        let newer = r#"{"0":"{\"subsystem\":\"gateway/ws\"}","1":"res ✓ agent runId=477bb78e-05cb","_meta":{"date":"2026-11-27T13:33:56.883Z","logLevelName":"WARN"},"time":"2026-11-27T13:33:56.883+00:00","message":"other"}"#;
        let read = parse(newer, true).expect("a line");
        assert_eq!((read.level, read.subsystem.as_deref(), read.mine), (Level::Warn, Some("gateway/ws"), true));
        assert_eq!((read.message.as_str(), read.at), ("res ✓ agent runId=477bb78e-05cb", Some(1_795_786_436_883)));
        let object = r#"{"0":"{\"subsystem\":\"a\"}","1":{"event":"end","isError":true},"2":"run ended","_meta":{"logLevelName":"ERROR"}}"#;
        let read = parse(object, false).expect("a line");
        assert_eq!((read.message.as_str(), read.level), (r#"{"event":"end","isError":true} run ended"#, Level::Error));
        let oldest = r#"{"0":"started","_meta":{"logLevelName":"INFO"},"time":"2026-11-27T13:38:28.664Z"}"#;
        assert_eq!(parse(oldest, false).map(|line| (line.message, line.subsystem)), Some(("started".into(), None)));
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_stands() {
        let read = parse("Error: ENOSPC\r\n", false).expect("a line");
        assert_eq!((read.message.as_str(), read.level, read.at), ("Error: ENOSPC", Level::Info, None));
        assert_eq!(parse("  ", false), None);
    }

    #[test]
    fn runs_are_found_whatever_quotes_them() {
        let found = |text| runs_in(text).collect::<Vec<_>>();
        assert_eq!(
            found(r#"x runId=477bb78e-05cb conn=1 \"runId\": \"a6a3d312-7571\","#),
            ["477bb78e-05cb", "a6a3d312-7571"]
        );
        assert_eq!(found("runId=short runId"), Vec::<&str>::new());
    }
}
