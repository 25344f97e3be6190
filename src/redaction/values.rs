//! What a value looks like: drawn by lot, a reference to somewhere else, or a word in its place.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

use super::rule::Candidate;
use super::scan::MASK;

/// How much of a value is judged.
const SEEN: usize = 256;

/// Letters and digits both.
pub fn mixed(candidate: &Candidate<'_>) -> bool {
    letters_and_digits(candidate.secret)
}

/// A digit at least.
pub fn digit(candidate: &Candidate<'_>) -> bool {
    candidate.secret.bytes().any(|byte| byte.is_ascii_digit())
}

/// Letters and digits both.
pub fn letters_and_digits(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Letters and digits both, or so many letters that go up and down as no words do.
pub fn is_drawn(value: &str) -> bool {
    let letters = value.as_bytes();
    let turns = letters.windows(2).filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase()).count();
    letters_and_digits(value)
        || (letters.len() >= 20 && turns * 5 > letters.len() * 2 && letters.iter().all(u8::is_ascii_alphabetic))
}

/// Drawn by lot: long, letters and digits both, few characters twice.
pub fn is_opaque(value: &str) -> bool {
    let value = seen(value);
    value.len() >= 12 && letters_and_digits(value) && entropy(value) >= 2.8
}

/// Bits per byte, as far as a short text can say.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length).map(|p| -p * p.log2()).sum()
}

/// `user:password` in base64, as RFC 7617 has it.
pub fn is_basic(value: &str) -> bool {
    let value = value.trim_end_matches('=').as_bytes();
    let decoded = BASE64_NOPAD.decode(value).or_else(|_| BASE64URL_NOPAD.decode(value));
    decoded
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .is_some_and(|text| text.contains(':') && text.len() >= 4 && !text.chars().any(char::is_control))
}

/// A value that stands for one: a reference, a word in its place, a mask.
pub fn is_placeholder(value: &str) -> bool {
    let value = seen(value).trim();
    if value.is_empty() || value.contains(MASK) || is_reference(value) {
        return true;
    }
    let first = value.chars().next();
    let second = value.chars().find(|c| Some(*c) != first);
    if value.chars().all(|c| Some(c) == first || Some(c) == second)
        || (value.len() < 16 && ["abc", "xyz", "foo", "bar", "baz"].contains(&value))
    {
        return true;
    }
    let drawn = value.len() >= 20
        && letters_and_digits(value)
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    if drawn {
        return false;
    }
    let lower = value.to_lowercase();
    INSTEAD.iter().any(|word| lower.contains(word)) || is_name_of_variable(value)
}

/// Words that people write where a secret belongs.
const INSTEAD: &[&str] = &[
    "your",
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "redacted",
    "masked",
    "hidden",
    "insert",
    "xxxx",
    "****",
    "...",
    "…",
    "•••",
    "todo",
    "dummy",
    "<",
    ">",
    "여기",
    "입력",
];

/// A variable, a command or a place where the value is kept.
fn is_reference(value: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if let Some(rest) = value.strip_prefix('$') {
        let upper = !rest.bytes().any(|byte| byte.is_ascii_lowercase());
        let named = plain(rest) && (upper || !rest.bytes().any(|byte| byte.is_ascii_digit()));
        return rest.starts_with(['{', '(']) || named;
    }
    if value.len() > 2 && value.starts_with('%') && value.ends_with('%') {
        return plain(&value[1..value.len() - 1]);
    }
    let lower = value.to_ascii_lowercase();
    ["{{", "#{", "<", "%s", "%(", "@@", "${"].iter().any(|start| lower.starts_with(start))
        || REFERENCES.iter().any(|start| lower.starts_with(start))
}

const REFERENCES: &[&str] = &[
    "process.env",
    "import.meta",
    "os.environ",
    "os.getenv",
    "getenv",
    "env(",
    "env.",
    "env:",
    "env[",
    "env!",
    "std::env",
    "deno.env",
    "bun.env",
    "system.getenv",
    "secrets.",
    "secret://",
    "vault:",
    "op://",
    "keychain:",
    "file:",
    "file://",
    "exec:",
    "ssm:",
    "sm://",
    "var.",
    "local.",
    "data.",
    "self.",
    "this.",
    "config.",
    "settings.",
    "options.",
    "args.",
    "params.",
    "props.",
    "req.",
    "request.",
    "await ",
    "new ",
    "async ",
    "function",
    "lambda",
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "required",
    "optional",
    "not set",
    "unset",
    "not-set",
];

/// `OPENAI_API_KEY` where its value belongs.
fn is_name_of_variable(value: &str) -> bool {
    let upper = value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let says = ["KEY", "TOKEN", "SECRET", "PASS", "PWD", "API"].iter().any(|word| value.contains(word));
    upper && value.contains('_') && (says || !digits)
}

/// The path of a file: slashes with words between them.
pub fn is_path(value: &str) -> bool {
    let value = seen(value);
    let starts = value.starts_with(['/', '~', '.']) || value.get(1..3) == Some(":\\");
    let parts = value.split(['/', '\\']).count();
    (starts && parts > 1 && value.len() / parts <= 12) || value.contains("://")
}

/// What code says in the place of a value: a call, an element, a member, a type.
pub fn is_code(value: &str) -> bool {
    let value = seen(value);
    let name = value.bytes().take_while(|byte| byte.is_ascii_alphabetic() || b"_.:>-?!".contains(byte)).count();
    if (name > 0 && value[name..].starts_with(['(', '['])) || value.contains("::") {
        return true;
    }
    let letters = value.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.len() < value.len() && TYPES.contains(&letters.to_ascii_lowercase().as_str()) {
        return true;
    }
    let member = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && part.bytes().filter(u8::is_ascii_digit).count() <= 2
    };
    value.contains('.') && value.split("?.").flat_map(|part| part.split('.')).all(member)
}

/// Types that end in a number.
const TYPES: &[&str] = &["u", "i", "f", "int", "uint", "float", "bytes", "sha", "base", "utf", "md", "char", "varchar"];

/// The beginning of a value, at a border of characters.
pub fn seen(value: &str) -> &str {
    let mut end = value.len().min(SEEN);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}
