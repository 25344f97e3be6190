//! JSON values that OpenClaw, a plugin or a crash may have written oddly.
//!
//! Each type here reads any JSON value without failing, so that one odd field costs that field
//! and not the record. What a value means is decided by the caller.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::Millis;

/// More tokens than any call can use: a larger figure is a mistake, not a measurement.
pub const MAX_TOKENS: u64 = 1_000_000_000;

/// A count of tokens, and what was wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// The count; 0 where it made no sense.
    pub value: u64,
    /// Why it was not taken as written.
    pub odd: Option<&'static str>,
}

/// A text, or nothing where the value is not one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text<'a>(pub Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text, unless it is missing or empty.
    pub fn some(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

/// The same, kept longer than the input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnText(pub Option<String>);

impl OwnText {
    /// The text, unless it is missing or empty.
    pub fn some(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

/// A time as milliseconds or as an ISO 8601 text, or nothing where the value is neither.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct When(pub Option<Millis>);

/// A number, or nothing where the value is not one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number(pub Option<f64>);

impl Number {
    /// The number as a count, where it is one.
    pub fn count(self) -> Option<u64> {
        let count = Count::from_float(self.0?);
        count.odd.is_none().then_some(count.value)
    }
}

/// A truth value; anything else is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flag(pub Option<bool>);

impl Count {
    fn odd(reason: &'static str) -> Self {
        Self { value: 0, odd: Some(reason) }
    }

    fn from_whole(value: u64) -> Self {
        if value > MAX_TOKENS {
            Self::odd("token count is beyond a billion, taken as 0")
        } else {
            Self { value, odd: None }
        }
    }

    fn from_float(value: f64) -> Self {
        if value < 0.0 {
            return Self::odd("token count is negative, taken as 0");
        }
        #[expect(clippy::cast_precision_loss, reason = "the limit is exact as a float")]
        if !value.is_finite() || value > MAX_TOKENS as f64 {
            return Self::odd("token count is beyond a billion, taken as 0");
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
        let whole = value.floor() as u64;
        let odd = (value.fract() != 0.0).then_some("token count is not a whole number, rounded down");
        Self { value: whole, odd }
    }
}

/// One visitor for all: it turns any JSON value into the few forms that matter.
struct AnyVisitor;

/// A JSON value without its insides.
enum Any<'a> {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Nested,
}

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }
    fn visit_unit<E>(self) -> Result<Any<'de>, E> {
        Ok(Any::Null)
    }
    fn visit_none<E>(self) -> Result<Any<'de>, E> {
        Ok(Any::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Any<'de>, E> {
        Ok(Any::Bool(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Any<'de>, E> {
        Ok(Any::Whole(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Any<'de>, E> {
        Ok(Any::Negative(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Any<'de>, E> {
        Ok(Any::Float(value))
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Any<'de>, E> {
        Ok(Any::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E>(self, value: &str) -> Result<Any<'de>, E> {
        Ok(Any::Text(Cow::Owned(value.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Any<'de>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Any::Nested)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Any<'de>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Any::Nested)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(match input.deserialize_any(AnyVisitor)? {
            Any::Null => Self::default(),
            Any::Whole(value) => Self::from_whole(value),
            Any::Negative(_) => Self::odd("token count is negative, taken as 0"),
            Any::Float(value) => Self::from_float(value),
            Any::Bool(_) | Any::Text(_) | Any::Nested => Self::odd("token count is not a number, taken as 0"),
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(match input.deserialize_any(AnyVisitor)? {
            Any::Text(text) => Self(Some(text)),
            _ => Self(None),
        })
    }
}

impl<'de> Deserialize<'de> for OwnText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self(Text::deserialize(input)?.0.map(Cow::into_owned)))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self(match input.deserialize_any(AnyVisitor)? {
            Any::Whole(millis) => i64::try_from(millis).ok().filter(|at| *at <= LAST_MILLIS),
            Any::Float(millis) if millis.is_finite() && millis >= 0.0 => {
                #[expect(clippy::cast_possible_truncation, reason = "saturates, then the range is checked")]
                let at = millis as i64;
                (at <= LAST_MILLIS).then_some(at)
            }
            Any::Text(text) => parse_time(text.as_bytes()),
            _ => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[expect(clippy::cast_precision_loss, reason = "figures of this size are already approximate")]
        Ok(Self(match input.deserialize_any(AnyVisitor)? {
            Any::Whole(value) => Some(value as f64),
            Any::Negative(value) => Some(value as f64),
            Any::Float(value) => Some(value),
            _ => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self(match input.deserialize_any(AnyVisitor)? {
            Any::Bool(value) => Some(value),
            Any::Whole(value) => Some(value != 0),
            _ => None,
        }))
    }
}

/// The end of the year 9999: what RFC 3339 can still write.
const LAST_MILLIS: Millis = 253_402_300_799_999;

/// Reads an ISO 8601 time. The form that OpenClaw writes (`2026-11-22T14:37:01.665Z`) is read by
/// hand because a cold scan meets hundreds of thousands of them; any other form by the library.
pub fn parse_time(text: &[u8]) -> Option<Millis> {
    parse_plain_time(text).or_else(|| {
        let text = std::str::from_utf8(text).ok()?;
        text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    })
}

fn parse_plain_time(text: &[u8]) -> Option<Millis> {
    if text.len() != 24 || text[23] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.')];
    if marks.iter().any(|&(at, mark)| text[at] != mark) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second, milli) = (number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?);
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None; // The library knows the lengths of months and refuses what does not exist.
    }
    // Days since 1970 by the civil calendar, years beginning in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milli)
}

/// A program that cuts a text may cut a character in two; half a surrogate pair is no JSON for a strict reader.
#[must_use]
pub fn whole_characters(text: &str) -> String {
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find('\\') {
        let (before, escape) = rest.split_at(found);
        whole.push_str(before);
        let is_low = |text: &str| unit(text).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        let length = match unit(escape) {
            Some(0xd800..0xdc00) if escape.get(6..).is_some_and(is_low) => 12,
            Some(_) => 6,
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        let is_half = length == 6 && unit(escape).is_some_and(|unit| (0xd800..0xe000).contains(&unit));
        whole.push_str(if is_half { "\\ufffd" } else { &escape[..length] });
        rest = &escape[length..];
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(json: &str) -> Count {
        serde_json::from_str(json).expect("every JSON value is read")
    }

    #[test]
    fn odd_counts_are_named() {
        assert_eq!(count("12"), Count { value: 12, odd: None });
        assert_eq!(count("12.0"), Count { value: 12, odd: None });
        assert_eq!(count("null"), Count { value: 0, odd: None });
        for (json, value) in
            [("-1", 0), ("1.5", 1), ("1e300", 0), ("18446744073709551615", 0), ("\"7\"", 0), ("[1]", 0)]
        {
            let read = count(json);
            assert_eq!(read.value, value, "{json}");
            assert!(read.odd.is_some(), "{json}");
        }
    }

    #[test]
    fn times_by_hand_equal_times_by_the_library() {
        for text in [
            "1970-01-01T00:00:00.000Z",
            "2000-02-28T23:59:59.999Z",
            "2026-11-22T14:37:01.665Z",
            "2024-12-15T00:00:00.001Z",
        ] {
            let library = text.parse::<jiff::Timestamp>().expect("valid").as_millisecond();
            assert_eq!(parse_plain_time(text.as_bytes()), Some(library), "{text}");
        }
    }

    #[test]
    fn other_forms_of_time_are_read_too() {
        assert_eq!(parse_time(b"2024-02-29T00:00:00.000Z"), Some(1_709_164_800_000));
        assert_eq!(parse_time(b"2026-11-22T23:37:01+09:00"), Some(1_795_358_221_000));
        for bad in ["2026-02-30T00:00:00.000Z", "yesterday", "", "2026-13-01T00:00:00.000Z"] {
            assert_eq!(parse_time(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn text_that_is_no_text_is_nothing() {
        for json in ["1", "{\"a\":[1,{}]}", "[]", "null", "true"] {
            assert_eq!(serde_json::from_str::<Text>(json).expect("read").some(), None, "{json}");
        }
    }
}
