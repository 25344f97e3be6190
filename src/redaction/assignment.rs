//! `name = value` in any of the forms that people and programs write it: code, settings, JSON within
//! text, flags, XML, tables, prose. The name decides (`names.rs`), and the value must look the part.

use super::names::{self, Kind};
use super::scan::Span;
use super::values;

/// What the mask says.
pub const NAME: &str = "secret";

/// Words that a name of a secret holds.
pub const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "api key",
    "_key",
    "accesskey",
    "access-key",
    "access key",
    "private-key",
    "private key",
    "privatekey",
    "secret key",
    "secretkey",
    "authkey",
    "signing key",
    "signingkey",
    "encryptionkey",
    "encryption key",
    "accountkey",
    "masterkey",
    "sharedkey",
    "-key",
    "credential",
    "authorization",
    "bearer",
    "cookie",
    "mnemonic",
    "_pw",
    "_pat",
    "비밀번호",
    "비번",
    "암호",
    "패스워드",
    "토큰",
    "시크릿",
    "인증키",
    "비밀키",
    "api키",
    "api 키",
];

/// Reads the assignments of one text, from front to back.
pub struct Reader<'a> {
    text: &'a str,
    /// Where the last name ended.
    named: usize,
    /// Where the last value without quotes began and ended, because the next may lie within.
    bare: (usize, usize),
}

/// How a value is written.
struct Value {
    start: usize,
    end: usize,
    quoted: bool,
    /// How sure the place is that this is a value.
    place: Place,
}

/// What stands between name and value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `"name": ` with the name in quotes, `name=`, an element of XML.
    Sure,
    /// `name: `, `name = `, which are also types and code.
    Likely,
    /// A blank behind a flag, `is`, a border of a table.
    Loose,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, named: 0, bare: (0, 0) }
    }

    /// The secret that belongs to the name in which a word stands.
    pub fn read(&mut self, start: usize, end: usize) -> Option<Span> {
        if end <= self.named {
            return None;
        }
        let bytes = self.text.as_bytes();
        let from = start - bytes[..start].iter().rev().take(NAME_SIDE).take_while(|byte| in_name(**byte)).count();
        let to = end + bytes[end..].iter().take(NAME_SIDE).take_while(|byte| in_name(**byte)).count();
        self.named = to;
        let value = self.value(from, to)?;
        let name = &self.text[from..to];
        let kind = names::kind(&self.with_word_before(from, to))?;
        let text = &self.text[value.start..value.end];
        plausible(name, kind, text, &value).then_some(Span { start: value.start, end: value.end, rule: NAME })
    }

    /// A name with the word before it: `next page token`.
    fn with_word_before(&self, from: usize, to: usize) -> String {
        let before = &self.text.as_bytes()[..from];
        let word = match before {
            [.., b' '] => {
                before[..from - 1].iter().rev().take(NAME_SIDE).take_while(|b| b.is_ascii_alphabetic()).count()
            }
            _ => 0,
        };
        let name = self.text[from..to].trim_start_matches(['-', '.']);
        if word == 0 { name.to_owned() } else { format!("{} {name}", &self.text[from - 1 - word..from - 1]) }
    }

    /// The value behind a name, and what stands between.
    fn value(&mut self, from: usize, to: usize) -> Option<Value> {
        let bytes = self.text.as_bytes();
        let at = |place: usize| bytes.get(place).copied();
        let flag = self.text[from..to].starts_with('-');
        let element = from > 0 && bytes[from - 1] == b'<' && at(to) == Some(b'>');
        if element {
            return self.bare_value(to + 1, Place::Sure);
        }
        let mut place = to;
        place = self.particle(place);
        let particle = place > to;
        let closing = place;
        place += self.count(place, 3, |byte| byte == b'\\');
        let quoted_name = matches!(at(place), Some(b'"' | b'\'' | b'`'));
        place = if quoted_name { place + 1 } else { closing };
        place += self.count(place, 2, |byte| matches!(byte, b']' | b'*' | b'?' | b'!'));
        let blank = self.count(place, BLANKS, |byte| matches!(byte, b' ' | b'\t'));
        let rest = &self.text[place + blank..];
        let (length, sure) = if rest.starts_with(":=") || rest.starts_with("=>") || rest.starts_with("==") {
            (2, Place::Likely)
        } else if rest.starts_with('=') {
            (1, if blank == 0 { Place::Sure } else { Place::Likely })
        } else if rest.starts_with(':') {
            (1, if quoted_name { Place::Sure } else { Place::Likely })
        } else if rest.starts_with('：') || rest.starts_with('＝') {
            ('：'.len_utf8(), Place::Likely)
        } else if let Some(length) = beside(rest).filter(|_| quoted_name) {
            (length, Place::Sure)
        } else if rest.starts_with("is ") && blank > 0 {
            (2, Place::Loose)
        } else if rest.starts_with('|') || (rest.starts_with('(') && rest[1..].starts_with(['"', '\''])) {
            (1, Place::Loose)
        } else if blank > 0 && (flag || particle) {
            (0, Place::Loose)
        } else {
            return None;
        };
        place += blank + length;
        place += self.count(place, BLANKS, |byte| matches!(byte, b' ' | b'\t' | b'*'));
        self.value_at(place, sure, quoted_name)
    }

    fn value_at(&mut self, mut place: usize, sure: Place, quoted_name: bool) -> Option<Value> {
        let bytes = self.text.as_bytes();
        // The letter before a string of Python or Rust.
        if let [b'b' | b'r' | b'f' | b'u', b'"' | b'\'', ..] = bytes[place..] {
            place += 1;
        }
        let slashes = self.count(place, 7, |byte| byte == b'\\');
        let quote = bytes.get(place + slashes).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let Some(quote) = quote else {
            let value = self.bare_value(place, sure)?;
            return self.behind_type(&value).or(Some(value));
        };
        let start = place + slashes + 1;
        let limit = start + bytes[start..].iter().take(LONGEST).take_while(|b| !matches!(b, b'\n' | b'\r')).count();
        let end = (start..limit).find(|end| {
            bytes[*end] == quote && bytes[..*end].iter().rev().take_while(|byte| **byte == b'\\').count() <= slashes
        });
        // A quote that never closes belongs to a text that was cut, or it closed one that began before the name.
        let end = end.or((limit == bytes.len()).then_some(limit))?;
        let end = end - bytes[start..end].iter().rev().take(slashes).take_while(|byte| **byte == b'\\').count();
        let closes = !quoted_name
            && sure == Place::Likely
            && matches!(bytes.get(start), Some(b' ' | b')' | b',' | b'+' | b';' | b'}' | b']' | b':' | b'.'));
        (!closes && self.text.is_char_boundary(end)).then_some(Value { start, end, quoted: true, place: sure })
    }

    /// `name: Type = "value"`.
    fn behind_type(&mut self, value: &Value) -> Option<Value> {
        let after = value.end + self.count(value.end, BLANKS, |byte| byte == b' ');
        let rest = self.text.as_bytes().get(after..)?;
        let typed = value.place == Place::Likely && matches!(rest, [b'=', b' ', b'"' | b'\'' | b'`', ..]);
        typed.then(|| self.value_at(after + 2, Place::Likely, false)).flatten()
    }

    /// A value without quotes: up to a blank, less what follows it in a sentence or a list.
    fn bare_value(&mut self, start: usize, place: Place) -> Option<Value> {
        let bytes = self.text.as_bytes();
        if start < self.bare.0 || start >= self.bare.1 {
            let length = self.count(start, LONGEST, |byte| !byte.is_ascii_whitespace() && !b"\"'`<>".contains(&byte));
            self.bare = (start, start + length);
        }
        let whole = &bytes[start..self.bare.1];
        let mut end = whole.len();
        for (at, byte) in whole.iter().enumerate() {
            let next = whole.get(at + 1).copied();
            let ends = match byte {
                b';' => true,
                b'&' | b'#' | b',' => another_name(&whole[at + 1..]),
                b'\\' => matches!(next, Some(b'n' | b'r' | b't' | b'\\') | None),
                _ => false,
            };
            if ends {
                end = at;
                break;
            }
        }
        let trailing = whole[..end].iter().rev().take_while(|byte| b".,:)]}|*".contains(byte)).count();
        let mut end = start + end - trailing;
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (end > start && self.text.is_char_boundary(start)).then_some(Value { start, end, quoted: false, place })
    }

    /// Behind a Korean particle.
    fn particle(&self, place: usize) -> usize {
        let found = ["는", "은", "가", "이"].iter().find(|particle| self.text[place..].starts_with(**particle));
        place + found.map_or(0, |particle| particle.len())
    }

    fn count(&self, start: usize, most: usize, belongs: impl Fn(u8) -> bool) -> usize {
        self.text.as_bytes()[start.min(self.text.len())..].iter().take(most).take_while(|byte| belongs(**byte)).count()
    }
}

/// How far a name goes on, to either side.
const NAME_SIDE: usize = 48;

/// How many blanks may stand on either side of a sign.
const BLANKS: usize = 16;

/// The longest value.
const LONGEST: usize = 8 * 1024;

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether what follows a comma or `&` begins with another name and its sign.
fn another_name(rest: &[u8]) -> bool {
    let name = rest.iter().take(40).take_while(|byte| in_name(**byte) || **byte == b'.').count();
    rest.is_empty() || (name > 0 && matches!(rest.get(name), Some(b'=' | b':')))
}

/// `"name": "API_KEY", "value": "…"`: the length of what stands between, from behind the first quote.
fn beside(rest: &str) -> Option<usize> {
    let rest_from = rest.trim_start_matches([',', ' ', '\\', '"']);
    let behind = rest_from.strip_prefix("value")?.trim_start_matches(['"', '\\', ' ']);
    let sign = behind.strip_prefix([':', '='])?;
    Some(rest.len() - sign.len())
}

/// Whether a value is one that a name of this kind would have there.
fn plausible(name: &str, kind: Kind, value: &str, written: &Value) -> bool {
    if values::is_placeholder(value)
        || value.eq_ignore_ascii_case(name)
        || WORDS_INSTEAD.contains(&lower(value).as_str())
    {
        return false;
    }
    let (length, drawn) = (value.chars().count(), values::letters_and_digits(value));
    let blank = value.contains(char::is_whitespace);
    let signs = value.bytes().any(|byte| byte.is_ascii_punctuation() && !b"-_.,:/".contains(&byte));
    if written.quoted {
        let phrase = lower(name).ends_with("phrase") || lower(name) == "mnemonic" || lower(name).ends_with("cookie");
        return match kind {
            _ if blank && !phrase => drawn && kind == Kind::Password && signs && length <= 64,
            Kind::Password => length >= 4 && written.place != Place::Loose || length >= 6 && (drawn || signs),
            Kind::Token => {
                length >= 8 && drawn && !values::is_path(value) || length >= 24 && !value.contains(['-', '_', '/'])
            }
        };
    }
    if values::is_code(value) || values::is_path(value) || value.starts_with(['[', '(', '{', '&', '*', '|']) {
        return false;
    }
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match (kind, written.place) {
        (Kind::Password, Place::Sure) => {
            length >= 6 && (drawn || signs || digits) || length >= 4 && (shouted(name) || drawn && length >= 5)
        }
        (Kind::Password, Place::Likely) => length >= 6 && (drawn || signs && length >= 8 || digits),
        (Kind::Password, Place::Loose) => length >= 6 && (drawn || signs && length >= 8),
        (Kind::Token, Place::Sure | Place::Likely) => length >= 8 && drawn,
        (Kind::Token, Place::Loose) => length >= 12 && drawn,
    }
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// `DB_PASSWORD`: a variable of the environment, whose value is no code.
fn shouted(name: &str) -> bool {
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
