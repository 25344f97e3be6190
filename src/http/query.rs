//! The query of `GET /api/sessions`: every parameter checked, all mistakes named at once.

use jiff::tz::TimeZone;

use super::error::ApiError;
use crate::domain::pricing::PriceBasis;
use crate::domain::session::SessionType;
use crate::domain::status::Status;

/// What the sessions are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The last update.
    Age,
    /// Money.
    Cost,
    /// Tokens now in the context window.
    Tokens,
    /// How full the context window is.
    Context,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct SessionQuery {
    /// Only sessions updated within so many minutes, or running.
    pub active: Option<i64>,
    /// Only these.
    pub status: Vec<Status>,
    /// Only these.
    pub types: Vec<SessionType>,
    /// Only these.
    pub agents: Vec<String>,
    /// Only these.
    pub models: Vec<String>,
    /// Only these.
    pub installations: Vec<String>,
    /// A part of key, label or model, in lower case.
    pub text: Option<String>,
    /// The order.
    pub sort: Sort,
    /// Whether the order is turned round: largest first.
    pub descending: bool,
    /// How many at most.
    pub limit: Option<usize>,
    /// How many to pass over.
    pub offset: usize,
    /// The price basis, unless the server's.
    pub basis: Option<PriceBasis>,
    /// The zone that days begin in, unless the server's.
    pub zone: Option<TimeZone>,
}

impl Default for SessionQuery {
    fn default() -> Self {
        Self {
            active: None,
            status: Vec::new(),
            types: Vec::new(),
            agents: Vec::new(),
            models: Vec::new(),
            installations: Vec::new(),
            text: None,
            sort: Sort::Age,
            descending: false,
            limit: None,
            offset: 0,
            basis: None,
            zone: None,
        }
    }
}

const ALLOWED: &str = "active, status, type, agent, model, installation, q, sort, order, limit, offset, basis, tz";

/// Reads the query string.
pub fn read(query: &str) -> Result<SessionQuery, ApiError> {
    let mut read = SessionQuery::default();
    let mut errors = Vec::new();
    let mut order = None;
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in pairs(query) {
        if seen.contains(&name) {
            errors.push(format!("Parameter '{name}' stands twice."));
            continue;
        }
        let result = match name.as_str() {
            "active" => number(&value, 1, 5_256_000).map(|minutes| read.active = i64::try_from(minutes).ok()),
            "status" => words(&value, &Status::ALL, Status::word).map(|list| read.status = list),
            "type" => words(&value, &SessionType::ALL, SessionType::word).map(|list| read.types = list),
            "agent" => {
                let _: () = read.agents = list(&value);
                Ok(())
            }
            "model" => {
                let _: () = read.models = list(&value);
                Ok(())
            }
            "installation" => {
                let _: () = read.installations = list(&value);
                Ok(())
            }
            "q" => {
                let _: () = read.text = Some(value.to_lowercase()).filter(|text| !text.is_empty());
                Ok(())
            }
            "sort" => one(
                &value,
                &[("age", Sort::Age), ("cost", Sort::Cost), ("tokens", Sort::Tokens), ("context", Sort::Context)],
            )
            .map(|sort| read.sort = sort),
            "order" => one(&value, &[("asc", false), ("desc", true)]).map(|descending| order = Some(descending)),
            "limit" => number(&value, 0, 100_000).map(|limit| read.limit = usize::try_from(limit).ok()),
            "offset" => number(&value, 0, u64::from(u32::MAX))
                .map(|offset| read.offset = usize::try_from(offset).unwrap_or(usize::MAX)),
            "basis" => basis(&value).map(|basis| read.basis = Some(basis)),
            "tz" => zone(&value).map(|zone| read.zone = Some(zone)),
            _ => {
                errors.push(format!("There is no parameter '{name}'; there are {ALLOWED}."));
                continue;
            }
        };
        if let Err(allowed) = result {
            errors.push(format!("'{value}' is not allowed for '{name}'; it must be {allowed}."));
        }
        seen.push(name);
    }
    // The newest first; of money and tokens the most first.
    read.descending = order.unwrap_or(read.sort != Sort::Age);
    if errors.is_empty() { Ok(read) } else { Err(ApiError::BadQuery(errors)) }
}

/// Reads a query that allows only these parameters.
pub fn only(query: &str, allowed: &[&str]) -> Result<Vec<(String, String)>, ApiError> {
    let pairs: Vec<(String, String)> = pairs(query).collect();
    let list = if allowed.is_empty() { "none here".to_owned() } else { allowed.join(", ") };
    let errors: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| !allowed.contains(&name.as_str()))
        .map(|(name, _)| format!("There is no parameter '{name}'; there are {list}."))
        .collect();
    if errors.is_empty() { Ok(pairs) } else { Err(ApiError::BadQuery(errors)) }
}

/// A price basis by its word.
pub fn basis(value: &str) -> Result<PriceBasis, String> {
    PriceBasis::from_word(value).ok_or_else(|| "auto, list, recorded or reference".to_owned())
}

/// A time zone by its IANA name.
pub fn zone(value: &str) -> Result<TimeZone, String> {
    TimeZone::get(value).map_err(|_| "an IANA time zone such as Asia/Seoul".to_owned())
}

/// Comma lists; every part trimmed, empty ones dropped.
pub fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Words of a fixed set.
pub fn words<T: Copy>(value: &str, all: &[T], word: impl Fn(T) -> &'static str) -> Result<Vec<T>, String> {
    let find = |part: &String| all.iter().copied().find(|item| word(*item) == part);
    let parts = list(value);
    let found: Option<Vec<T>> = parts.iter().map(find).collect();
    found
        .filter(|found| !found.is_empty())
        .ok_or_else(|| format!("any of {}", all.iter().map(|item| word(*item)).collect::<Vec<_>>().join(", ")))
}

fn one<T: Copy>(value: &str, all: &[(&str, T)]) -> Result<T, String> {
    all.iter()
        .find(|(word, _)| *word == value)
        .map(|(_, item)| *item)
        .ok_or_else(|| all.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or "))
}

/// A whole number within limits.
pub fn number(value: &str, from: u64, to: u64) -> Result<u64, String> {
    value
        .parse()
        .ok()
        .filter(|number| (from..=to).contains(number))
        .ok_or_else(|| format!("a whole number from {from} to {to}"))
}

/// The parameters, in order.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// `%41` and `+`; broken escapes stay as they are, broken UTF-8 is replaced.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], escaped) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', None) => out.push(b' '),
            (byte, None) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_named_at_once() {
        let Err(ApiError::BadQuery(errors)) = read("limit=-1&colour=red&status=busy&tz=Mars&order=up&q=a&q=b") else {
            panic!("refused")
        };
        assert_eq!(errors.len(), 6, "{errors:?}");
        assert!(
            errors[0].contains("'limit'")
                && errors[1].contains("'colour'")
                && errors[2].contains("active, idle, stale")
        );
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(decode("%ED%95%9C+a%2Cb%zz"), "한 a,b%zz");
        assert_eq!(read("q=%ED%95%9C").expect("fine").text.as_deref(), Some("한"));
    }

    #[test]
    fn the_order_follows_the_sort_unless_named() {
        assert!(!read("").expect("fine").descending);
        assert!(read("sort=cost").expect("fine").descending);
        assert!(!read("sort=cost&order=asc").expect("fine").descending);
    }
}
