//! Reads the prices that a user gave OpenClaw, from the text of `openclaw.json`.
//!
//! That file is somebody else's and JSON5: what is odd in it is passed over, and only a text
//! that is no JSON5 at all is an error. Deliberately absent: everything else in that file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::pico_per_token;
use crate::domain::ModelRef;
use crate::domain::pricing::{ModelPrice, PriceOrigin, Rates};

/// Nesting that no configuration has; a parser that recurses must not meet more.
const MAX_DEPTH: usize = 100;

#[derive(Deserialize, Default)]
struct Config {
    #[serde(default)]
    models: Value,
}

/// The prices below `models.providers`, sorted. A model whose rates are all zero has no price:
/// OpenClaw writes that when nobody gave it one. A missing rate is zero, as it is for OpenClaw.
pub fn from_openclaw_config(text: &str) -> Result<Vec<(ModelRef, ModelPrice)>, String> {
    let config: Config = parse_openclaw_config(text)?;
    let providers = config.models["providers"].as_object().into_iter().flatten();
    let models = providers.flat_map(|(provider, settings)| {
        settings["models"].as_array().into_iter().flatten().filter_map(|model| read_model(provider, model))
    });
    // The first entry of a model counts, as it does for OpenClaw.
    let mut prices = BTreeMap::new();
    for (model, price) in models {
        prices.entry(model).or_insert(price);
    }
    Ok(prices.into_iter().collect())
}

/// Some part of the text of an `openclaw.json`. What is wrong with it is said in a few words.
pub fn parse_openclaw_config<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    if depth(text) > MAX_DEPTH {
        return Err(format!("nested more than {MAX_DEPTH} levels deep"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    json5::from_str(text).map_err(|error| error.to_string())
}

fn read_model(provider: &str, model: &Value) -> Option<(ModelRef, ModelPrice)> {
    let name = model["id"].as_str().filter(|name| !name.is_empty())?;
    let cost = model["cost"].as_object()?;
    let rate = |key| cost.get(key).and_then(Value::as_f64).map_or(Some(0), pico_per_token);
    let rates = Rates {
        input: rate("input")?,
        output: rate("output")?,
        cache_read: rate("cacheRead")?,
        cache_write: rate("cacheWrite")?,
    };
    if rates == Rates::default() {
        return None;
    }
    let context_window = model["contextWindow"].as_u64().filter(|tokens| *tokens > 0);
    let price = ModelPrice { rates, tiers: Vec::new(), context_window, origin: PriceOrigin::OpenClaw };
    Some((ModelRef::new(provider, name), price))
}

/// How deep brackets nest at most, outside of strings and comments.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('{' | '[', _) => now += 1,
            ('}' | ']', _) => now = now.saturating_sub(1),
            ('"' | '\'', _) => skip_string(&mut chars, c),
            ('/', Some('/')) => {
                skip_until(&mut chars, |_, c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}'));
            }
            ('/', Some('*')) => {
                chars.next();
                skip_until(&mut chars, |before, c| before == '*' && c == '/');
            }
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn skip_string(chars: &mut impl Iterator<Item = char>, quote: char) {
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            c if c == quote => return,
            _ => {}
        }
    }
}

/// Skips until `ends` holds for a character and the one before it.
fn skip_until(chars: &mut impl Iterator<Item = char>, ends: impl Fn(char, char) -> bool) {
    let mut before = ' ';
    for c in chars.by_ref() {
        if ends(before, c) {
            return;
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_json5_and_skips_what_has_no_price() {
        let text = r#"{
            // As the wizard leaves it.
            gateway: { port: 18789 },
            models: { mode: 'merge', providers: {
                mock: { baseUrl: "http://127.0.0.1:1/v1", models: [
                    { id: "claude-opus-4-5", contextWindow: 200000, cost: { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 } },
                    { id: "claude-opus-4-5", cost: { input: 1, output: 1 } },
                    { id: "not-priced", contextWindow: 32000, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } },
                    { id: "no-cost" }, { id: 5 }, "odd", null, { cost: { input: 1 } },
                    { id: "negative", cost: { input: -1, output: 2 } },
                    { id: "infinite", cost: { input: Infinity, output: 2 } },
                ] },
                bare: { models: [{ id: "half", contextWindow: "big", cost: { input: 1.5, output: "?" } }] },
                odd: 7, empty: { models: {} },
            } },
        }"#;
        let prices = from_openclaw_config(text).unwrap();
        let half = Rates { input: 1_500_000, ..Rates::default() };
        let opus = Rates { input: 5_000_000, output: 25_000_000, cache_read: 500_000, cache_write: 6_250_000 };
        let found: Vec<_> = prices.iter().map(|(m, p)| (m.to_string(), p.rates, p.context_window)).collect();
        // JSON has no infinity: the value is as good as missing.
        let infinite = Rates { output: 2_000_000, ..Rates::default() };
        let expected = [
            ("bare/half".to_owned(), half, None),
            ("mock/claude-opus-4-5".to_owned(), opus, Some(200_000)),
            ("mock/infinite".to_owned(), infinite, None),
        ];
        assert_eq!(found, expected);
        assert!(prices.iter().all(|(_, price)| price.origin == PriceOrigin::OpenClaw));
    }

    #[test]
    fn odd_shapes_are_no_prices() {
        for text in ["{}", "{models: null}", "{models: []}", "{models: {providers: 'x'}}", "\u{feff}{}", "// c\n{}"] {
            assert_eq!(from_openclaw_config(text), Ok(vec![]), "{text}");
        }
    }

    #[test]
    fn what_is_no_json5_is_an_error() {
        let deep = |part: &str| part.repeat(100_000);
        for text in [
            "",
            "{",
            "{models: {providers:",
            &deep("["),
            &deep("{a:"),
            &deep("[//]\n"),
            &deep("[/*]*/"),
            &deep("[/**/"),
            &deep("['\\']',"),
        ] {
            assert!(from_openclaw_config(text).is_err(), "{}", text.len());
        }
    }

    #[test]
    fn only_real_brackets_nest() {
        for (text, expected) in [("[[]]", 2), ("'[[[' // [[\n{", 1), ("/* [ */ [\"\\\"[[\"]", 1), ("]]][", 1)] {
            assert_eq!(depth(text), expected, "{text}");
        }
    }
}
