//! The values of OpenClaw's own secrets: which they are, and where they stand in a text.

use aho_corasick::{AhoCorasick, MatchKind};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use serde_json::Value;

use super::scan::Span;
use super::{names, values};

/// Fewer characters than this are an ordinary word.
const SHORTEST: usize = 8;

/// Every form of every value, in one automaton; none when there are no values.
pub struct OwnSecrets(Option<AhoCorasick>);

impl OwnSecrets {
    pub fn of(values: impl IntoIterator<Item = String>) -> Self {
        let mut forms: Vec<String> = Vec::new();
        for value in values {
            let value = value.trim();
            if value.chars().count() >= SHORTEST {
                forms.push(value.to_owned());
                forms.extend(other_forms(value));
            }
        }
        forms.sort_unstable();
        forms.dedup();
        let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms);
        Self(built.ok().filter(|_| !forms.is_empty()))
    }

    /// Adds where the values stand.
    pub fn find(&self, text: &str, spans: &mut Vec<Span>) {
        let Some(words) = &self.0 else { return };
        spans.extend(words.find_iter(text).map(|hit| Span { start: hit.start(), end: hit.end(), rule: "own-secret" }));
    }
}

/// How a value looks in an address, in JSON, and within base64 at each of its three places.
fn other_forms(value: &str) -> Vec<String> {
    let mut forms = vec![in_address(value, true), in_address(value, false)];
    if let Ok(quoted) = serde_json::to_string(value) {
        forms.push(quoted[1..quoted.len() - 1].to_owned());
    }
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(value.as_bytes());
        // The last characters hold bits of what follows.
        let whole = bytes.len() * 8 / 6;
        for encoding in [BASE64_NOPAD, BASE64URL_NOPAD] {
            forms.push(encoding.encode(&bytes)[skipped..whole].to_owned());
        }
    }
    forms.retain(|form| form != value && form.len() >= SHORTEST);
    forms
}

/// RFC 3986: everything but letters, digits and `-._~` as `%XX`.
fn in_address(value: &str, upper: bool) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else if upper {
            let _ = write!(out, "%{byte:02X}");
        } else {
            let _ = write!(out, "%{byte:02x}");
        }
    }
    out
}

/// The values of secrets in `openclaw.json`, `auth-profiles.json` and their like, by the names of
/// their members. References to a variable, a file or a command are no values.
#[must_use]
pub fn own_secrets(config: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(config, false)];
    while let Some((value, named)) = open.pop() {
        match value {
            Value::String(text) if named => found.extend(kept(text)),
            Value::Array(items) => open.extend(items.iter().map(|item| (item, named))),
            Value::Object(members) if !is_reference(members) => {
                let profile = members.get("type").and_then(Value::as_str).is_some_and(|kind| PROFILES.contains(&kind));
                for (name, member) in members {
                    let named = names::kind(name).is_some() || (profile && PROFILE_PARTS.contains(&name.as_str()));
                    open.push((member, named));
                }
            }
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The values of variables in a `.env` file whose names say that they are secrets.
#[must_use]
pub fn own_secrets_of_env_file(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
            names::kind(name.trim()).filter(|_| !name.starts_with('#'))?;
            let value = value.trim();
            let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.split(*quote).next());
            kept(quoted.unwrap_or_else(|| value.split(" #").next().unwrap_or(value).trim()))
        })
        .collect()
}

/// How credentials are marked in `auth-profiles.json`.
const PROFILES: &[&str] = &["api_key", "token", "oauth"];

/// What such a profile keeps secret.
const PROFILE_PARTS: &[&str] = &["key", "token", "access", "refresh"];

/// `{"source": "env", "provider": "default", "id": "OPENAI_API_KEY"}`.
fn is_reference(members: &serde_json::Map<String, Value>) -> bool {
    members.contains_key("source") && members.contains_key("id")
}

/// A value that is worth looking for.
fn kept(text: &str) -> Option<String> {
    let text = text.trim();
    (text.chars().count() >= SHORTEST && !values::is_placeholder(text)).then(|| text.to_owned())
}
