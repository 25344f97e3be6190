//! What stands between a name and its value, and how sure it makes that there is one.

/// How sure a place is that a value follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `"name": ` with the name in quotes, `name=`, an element of XML.
    Sure,
    /// `name: `, `name = `, which are also types and code.
    Likely,
    /// A blank behind a flag, `is`, a border of a table.
    Loose,
}

/// What was read before.
#[derive(Clone, Copy)]
pub struct Before {
    /// The name stands in quotes.
    pub quoted: bool,
    /// A blank follows it.
    pub blank: bool,
    /// A value may follow the name without a sign: it is a flag, a variable, or has a particle.
    pub alone: bool,
}

/// The length of the sign that a text begins with.
pub fn between(rest: &str, before: Before) -> Option<(usize, Place)> {
    if rest.starts_with("::") {
        return None;
    }
    let quote = |text: &str| text.starts_with(['"', '\'']);
    for (sign, place) in SIGNS {
        if rest.starts_with(sign) {
            let sure = match *sign {
                "=" => !before.blank,
                ":" => before.quoted,
                _ => false,
            };
            return Some((sign.len(), if sure { Place::Sure } else { *place }));
        }
    }
    if before.quoted
        && let Some(length) = beside(rest)
    {
        return Some((length, Place::Sure));
    }
    if before.quoted && rest.strip_prefix(',').is_some_and(|rest| quote(rest.trim_start())) {
        return Some((1, Place::Loose));
    }
    if before.blank
        && let Some(word) = ["is: ", "is "].iter().find(|word| rest.starts_with(**word))
    {
        return Some((word.len(), Place::Loose));
    }
    if rest.strip_prefix('(').is_some_and(quote) {
        return Some((1, Place::Loose));
    }
    (before.blank && (before.alone || quote(rest))).then_some((0, Place::Loose))
}

/// The longer first.
const SIGNS: &[(&str, Place)] = &[
    (":=", Place::Likely),
    ("=>", Place::Likely),
    ("==", Place::Likely),
    ("->", Place::Loose),
    ("→", Place::Loose),
    ("=", Place::Likely),
    (":", Place::Likely),
    ("：", Place::Likely),
    ("＝", Place::Likely),
    ("|", Place::Loose),
];

/// `"name": "API_KEY", "value": "…"`: the length of what stands between, from behind the first quote.
fn beside(rest: &str) -> Option<usize> {
    let rest_from = rest.trim_start_matches([',', ' ', '\\', '"']);
    let behind = rest_from.strip_prefix("value")?.trim_start_matches(['"', '\\', ' ']);
    let sign = behind.strip_prefix([':', '='])?;
    Some(rest.len() - sign.len())
}
