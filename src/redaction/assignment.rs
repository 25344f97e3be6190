//! `name = value` in any of the forms that people and programs write it: code, settings, JSON within
//! text, flags, XML, tables, prose. The name decides (`names.rs`), and the value must look the part.

mod judge;
mod sign;

use super::names::{self, Kind};
use super::scan::Span;
use sign::{Before, Place};

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
    "pw",
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
    "비밀 키",
    "시크릿 키",
    "액세스 키",
    "인증 키",
];

/// Reads the assignments of one text, from front to back.
pub struct Reader<'a> {
    text: &'a str,
    /// Where the last name ended.
    named: usize,
    /// Where the last value without quotes began and ended, because the next may lie within.
    bare: (usize, usize),
    /// How often it was judged.
    judged: usize,
}

/// How a value is written.
struct Value {
    start: usize,
    end: usize,
    quoted: bool,
    /// Whether nothing of a list or a call follows, as it does in code.
    last: bool,
    /// How sure the place is that this is a value.
    place: Place,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, named: 0, bare: (0, 0), judged: 0 }
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
        let mut kind = names::kind(name)?;
        if kind == Kind::Token {
            kind = names::kind(&self.with_word_before(from, to))?;
        }
        let text = &self.text[value.start..value.end];
        judge::plausible(name, kind, text, &value).then_some(Span { start: value.start, end: value.end, rule: NAME })
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
        let element = from > 0 && bytes[from - 1] == b'<' && at(to) == Some(b'>');
        if element {
            let value = self.bare_value(to + 1, Place::Sure)?;
            return bytes[self.bare.1..].starts_with(b"</").then_some(Value { end: self.bare.1, ..value });
        }
        let closing = self.particle(to);
        let slashes = self.count(closing, 3, |byte| byte == b'\\');
        let quoted = matches!(at(closing + slashes), Some(b'"' | b'\''));
        let code = at(closing) == Some(b'`');
        let place = if code {
            closing + 1
        } else if quoted {
            closing + slashes + 1
        } else {
            closing
        };
        let place = place + self.count(place, 2, |byte| matches!(byte, b']' | b'*' | b'?' | b'!'));
        let blank = self.count(place, BLANKS, |byte| matches!(byte, b' ' | b'\t'));
        let name = &self.text[from..to];
        let alone = name.starts_with('-') || closing > to || named_by_itself(name);
        let (length, sure) = sign::between(&self.text[place + blank..], Before { quoted, blank: blank > 0, alone })?;
        let place = place + blank + length;
        let place = place + self.count(place, BLANKS, |byte| matches!(byte, b' ' | b'\t' | b'*'));
        self.value_at(place, sure, quoted)
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
            return if self.is_type(&value) { self.behind_type(&value) } else { Some(value) };
        };
        let start = place + slashes + 1;
        let limit = bytes.len().min(start + LONGEST);
        let closes = |end: usize| {
            bytes[end] == quote && bytes[..end].iter().rev().take_while(|byte| **byte == b'\\').count() <= slashes
        };
        let end = (start..limit).find(|end| matches!(bytes[*end], b'\n' | b'\r') || closes(*end));
        let end = end.filter(|end| bytes[*end] == quote);
        // A quote that never closes belongs to a text that was cut, or it closed one that began before the name.
        let end = end.or((limit == bytes.len() && !self.text[start..].contains(['\n', '\r'])).then_some(limit))?;
        let end = end - bytes[start..end].iter().rev().take(slashes).take_while(|byte| **byte == b'\\').count();
        let closed_before = !quoted_name
            && sure == Place::Likely
            && matches!(bytes.get(start), Some(b' ' | b')' | b',' | b'+' | b';' | b'}' | b']' | b':' | b'.'));
        (!closed_before && self.text.is_char_boundary(end)).then_some(Value {
            start,
            end,
            quoted: true,
            last: false,
            place: sure,
        })
    }

    /// Whether ` = ` follows, as it does in `name: Type = "value"`.
    fn is_type(&self, value: &Value) -> bool {
        value.place == Place::Likely && self.text.as_bytes()[value.end..].starts_with(b" = ")
    }

    fn behind_type(&mut self, value: &Value) -> Option<Value> {
        let start = value.end + " = ".len();
        let quoted = matches!(self.text.as_bytes().get(start), Some(b'"' | b'\'' | b'`'));
        quoted.then(|| self.value_at(start, Place::Likely, false)).flatten()
    }

    /// A value without quotes: up to a blank, less what follows it in a sentence or a list.
    fn bare_value(&mut self, start: usize, place: Place) -> Option<Value> {
        let bytes = self.text.as_bytes();
        if start < self.bare.0 || start >= self.bare.1 {
            self.bare = (start, start + bare_length(&bytes[start..bytes.len().min(start + LONGEST)]));
            self.judged = 0;
        }
        // Names within the value of a name are a few in an address and thousands in a trap.
        self.judged += 1;
        if self.judged > JUDGED {
            return None;
        }
        let whole = &bytes[start..self.bare.1];
        if whole.ends_with(b"...") {
            return None;
        }
        let trailing = whole.iter().rev().take_while(|byte| b".,:)]}|*".contains(byte)).count();
        let last = trailing == 0 && !self.text[..start].ends_with(['(', ',']);
        let mut end = self.bare.1 - trailing;
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (end > start && self.text.is_char_boundary(start)).then_some(Value { start, end, quoted: false, last, place })
    }

    /// Behind a Korean particle.
    fn particle(&self, place: usize) -> usize {
        let found =
            ["는", "은", "가", "이", "를", "을"].iter().find(|particle| self.text[place..].starts_with(**particle));
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

/// How often names are looked for within one value.
const JUDGED: usize = 32;

/// How long a value without quotes is, less what follows it in a list.
fn bare_length(bytes: &[u8]) -> usize {
    let ends = |at: usize| {
        let next = bytes.get(at + 1).copied();
        match bytes[at] {
            b'"' | b'\'' | b'`' | b'<' | b'>' | b';' => true,
            b'&' | b'#' | b',' => another_name(&bytes[at + 1..]),
            b'\\' => matches!(next, Some(b'n' | b'r' | b't' | b'\\' | b'"' | b'\'') | None),
            byte => byte.is_ascii_whitespace(),
        }
    };
    (0..bytes.len()).find(|at| ends(*at)).unwrap_or(bytes.len())
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether what follows a comma or `&` begins with another name and its sign.
fn another_name(rest: &[u8]) -> bool {
    let name = rest.iter().take(40).take_while(|byte| in_name(**byte) || **byte == b'.').count();
    rest.is_empty() || (name > 0 && matches!(rest.get(name), Some(b'=' | b':')))
}

/// Names that are no words of a sentence: a value may follow without a sign.
fn named_by_itself(name: &str) -> bool {
    !name.is_ascii() || (name.contains('_') && judge::shouted(name))
}
