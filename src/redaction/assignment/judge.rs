//! Whether what stands behind a name of a secret is one, or a word, a type, a piece of code.

use super::Value;
use super::sign::Place;
use crate::redaction::names::Kind;
use crate::redaction::values;

/// Whether a value is one that a name of this kind would have there.
pub fn plausible(name: &str, kind: Kind, value: &str, written: &Value) -> bool {
    let value = values::seen(value);
    if values::is_placeholder(value)
        || value.eq_ignore_ascii_case(name)
        || WORDS_INSTEAD.contains(&lower(value).as_str())
    {
        return false;
    }
    let (length, drawn) = (value.chars().count(), values::is_drawn(value));
    let blank = value.contains(char::is_whitespace);
    let signs = value.bytes().any(|byte| byte.is_ascii_punctuation() && !b"-_.,:/".contains(&byte));
    if written.quoted {
        let phrase = lower(name).ends_with("phrase") || lower(name) == "mnemonic" || lower(name).ends_with("cookie");
        return match kind {
            Kind::Password if blank && written.place == Place::Sure && is_phrase(value) => true,
            _ if blank && !phrase => drawn && kind == Kind::Password && signs && length <= 64,
            Kind::Password => length >= 4 && written.place != Place::Loose || length >= 6 && drawn,
            Kind::Token => {
                length >= 8 && drawn && !values::is_path(value) || length >= 24 && !value.contains(['-', '_', '/', '.'])
            }
        };
    }
    if values::is_code(value) || values::is_path(value) || value.starts_with(['[', '(', '{', '&', '*', '|']) {
        return false;
    }
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match (kind, written.place) {
        (Kind::Password, Place::Sure) => {
            length >= 6 && (drawn || signs || digits || written.last)
                || length >= 4 && (shouted(name) || drawn && length >= 5)
        }
        (Kind::Password, Place::Likely) => length >= 6 && (drawn || signs && length >= 8 || digits),
        (Kind::Password, Place::Loose) => length >= 6 && (drawn || signs && length >= 8),
        (Kind::Token, Place::Sure | Place::Likely) => length >= 8 && drawn,
        (Kind::Token, Place::Loose) => length >= 12 && drawn,
    }
}

/// Words that say nothing to each other: a passphrase, not a sentence about one.
fn is_phrase(value: &str) -> bool {
    let telling = |word: &str| word.len() < 3 || TELLING.contains(&word);
    let words: Vec<&str> = value.split(' ').collect();
    (3..=12).contains(&words.len())
        && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ')
        && !words.into_iter().any(telling)
}

const TELLING: &[&str] = &[
    "the",
    "and",
    "for",
    "you",
    "your",
    "must",
    "should",
    "enter",
    "password",
    "passphrase",
    "secret",
    "are",
    "was",
    "has",
    "not",
    "with",
    "this",
    "that",
    "here",
    "please",
    "required",
    "wrong",
    "invalid",
    "user",
    "confirm",
    "reset",
    "forgot",
];

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// `DB_PASSWORD`: a variable of the environment, whose value is no code.
pub fn shouted(name: &str) -> bool {
    !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Words that stand behind a name and are not its value.
const WORDS_INSTEAD: &[&str] = &[
    "string",
    "str",
    "text",
    "number",
    "boolean",
    "bool",
    "password",
    "passwd",
    "secret",
    "token",
    "bearer",
    "basic",
    "apikey",
    "api-key",
    "api_key",
    "api key",
    "hash",
    "hashed",
    "value",
    "empty",
    "missing",
    "invalid",
    "incorrect",
    "expired",
    "default",
    "stdin",
    "prompt",
    "include",
    "omit",
    "same-origin",
    "varchar",
    "any",
    "unknown",
    "object",
    "char",
    "input",
    "credentials",
    "field",
    "auto",
    "random",
    "generated",
    "enabled",
    "disabled",
    "always",
    "never",
];
