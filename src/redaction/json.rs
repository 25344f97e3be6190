//! Secrets in JSON: in every string, and whole where the name of a member says so.

use serde_json::Value;

use super::{Redactor, names, scan, values};

/// Masks a value in its place, without recursion, because a stranger decides how deep it is.
pub fn mask(redactor: &Redactor, value: &mut Value) -> usize {
    let mut count = 0;
    let mut open = vec![(value, false)];
    while let Some((value, named)) = open.pop() {
        match value {
            Value::String(text) if named && !values::is_placeholder(text) && text.chars().count() >= SHORTEST => {
                *text = format!("{}member]", scan::MASK);
                count += 1;
            }
            Value::String(text) => {
                let masked = redactor.mask(text);
                if masked.count > 0 {
                    count += masked.count;
                    *text = masked.text.into_owned();
                }
            }
            Value::Array(items) => open.extend(items.iter_mut().map(|item| (item, named))),
            Value::Object(members) => {
                let pair = names_a_secret(members);
                let secret_key = members.contains_key("kty");
                for (name, member) in members.iter_mut() {
                    let named = names::kind(name).is_some()
                        || (pair && name == "value")
                        || (secret_key && KEY_PARTS.contains(&name.as_str()))
                        || (name == "auth" && member.as_str().is_some_and(values::is_basic));
                    if named && names::kind(name) == Some(names::Kind::Password) && member.is_number() {
                        *member = Value::String(format!("{}member]", scan::MASK));
                        count += 1;
                    } else {
                        open.push((member, named));
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    count
}

/// Shorter than this is nobody's secret, and tokens of a model are often so short.
const SHORTEST: usize = 4;

/// The private members of a JSON Web Key (RFC 7518).
const KEY_PARTS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "k"];

/// `{"name": "API_KEY", "value": …}`.
fn names_a_secret(members: &serde_json::Map<String, Value>) -> bool {
    ["name", "key"]
        .iter()
        .any(|name| members.get(*name).and_then(Value::as_str).is_some_and(|n| names::kind(n).is_some()))
}
