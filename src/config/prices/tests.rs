//! Price lists and own prices, and the list in the program as a whole.

use super::*;
use crate::domain::pricing::PriceBook;
use crate::domain::usage::TokenUsage;

fn own(text: &str) -> Result<Vec<OwnPrice>, String> {
    own_prices(toml::from_str::<toml::Table>(text).unwrap()["price"].clone())
}

fn book() -> PriceBook {
    let list = embedded();
    PriceBook::new(list.as_of, list.source, list.models, vec![], Rates::REFERENCE)
}

#[test]
fn the_list_in_the_program_is_whole() {
    let list = embedded();
    assert!(
        midnight(&list.as_of) == Some(list.from) && list.source.contains("litellm"),
        "{} {}",
        list.as_of,
        list.source
    );
    assert!(list.models.len() > 300, "{}", list.models.len());
    assert!(EMBEDDED.len() < 120_000 && !EMBEDDED.contains("://"));
    for (model, price) in &list.models {
        assert!(!model.provider.is_empty() && !model.model.is_empty(), "{model}");
        // Nothing in the list costs more than $1,000 per million tokens, or nothing at all.
        let rates = [price.rates.input, price.rates.output, price.rates.cache_read, price.rates.cache_write];
        assert!(rates.iter().all(|rate| *rate <= 1_000_000_000) && rates.iter().any(|rate| *rate > 0), "{model}");
        assert!(price.tiers.windows(2).all(|pair| pair[0].above < pair[1].above), "{model}");
    }
    let names: Vec<_> = list.models.iter().map(|(model, _)| model).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "sorted, each once");
}

#[test]
fn every_listed_model_is_found_under_its_own_name() {
    let book = book();
    for entry in book.entries() {
        assert_eq!(book.price(&"home".into(), entry.model, 0), Some(entry.price), "{}", entry.model);
    }
}

#[test]
fn well_known_models_cost_what_their_makers_say() {
    let book = book();
    // 1,000 in and 2,000 out in billionths of a dollar: 1,000 x in + 2,000 x out dollars per million.
    for (provider, model, nanos) in [
        // 5 and 25.
        ("anthropic", "claude-opus-4-5", Some(55_000_000)),
        ("mock", "claude-opus-4.5", Some(55_000_000)),
        ("openrouter", "anthropic/claude-opus-4.5", Some(55_000_000)),
        // 3 and 15.
        ("anthropic", "claude-sonnet-4-5-20250929", Some(33_000_000)),
        // 15 and 75; the maker lists it no more, Bedrock does.
        ("anthropic", "claude-opus-4-1", Some(165_000_000)),
        // 1.25 and 10.
        ("openai-codex", "gpt-5", Some(21_250_000)),
        ("google", "models/gemini-2.5-pro", Some(21_250_000)),
        // 0.25 and 2.
        ("openai", "gpt-5-mini-2025-08-07", Some(4_250_000)),
        ("zai", "nonsense", None),
        // The list has `chat-latest` and `claude-opus-latest`, which are other names.
        ("mock", "chat", None),
        ("anthropic", "claude-opus", None),
    ] {
        let used = TokenUsage { input: 1000, output: 2000, ..TokenUsage::default() };
        let cost = book.list_cost(&"home".into(), &ModelRef::new(provider, model), &used, 0);
        assert_eq!(cost.map(crate::domain::money::Money::nanos), nanos, "{provider}/{model}");
    }
}

#[test]
fn missing_cache_rates_are_the_input_s() {
    let text = r#"{"asOf":"2026-11-24","source":"A","version":"1","models":[
        {"provider":"p","name":"m","in":10,"out":20,"cacheRead":1,"context":5,
         "tiers":[{"above":100,"in":30,"out":40},{"above":200,"in":50,"out":60,"cacheWrite":7}]}]}"#;
    let list = import(text).unwrap();
    assert_eq!((list.as_of.as_str(), list.source.as_str()), ("2026-11-24", "A 1"));
    let (model, price) = &list.models[0];
    let rates = |input, output, cache_read, cache_write| Rates { input, output, cache_read, cache_write };
    assert_eq!(model, &ModelRef::new("p", "m"));
    assert_eq!((price.rates, price.context_window), (rates(10, 20, 1, 10), Some(5)));
    // A tier without a cache rate keeps the ordinary one, where there is one.
    let tiers: Vec<_> = price.tiers.iter().map(|tier| (tier.above, tier.rates)).collect();
    assert_eq!(tiers, [(100, rates(30, 40, 1, 30)), (200, rates(50, 60, 1, 7))]);
}

#[test]
fn what_is_no_list_is_refused() {
    for (text, needle) in [
        ("", "not a price list"),
        ("[]", "not a price list"),
        (r#"{"asOf":"today","models":[]}"#, "today"),
        (r#"{"asOf":"2026-11-31","models":[]}"#, "2026-11-31"),
        (r#"{"asOf":"2026-11-24T00:00:00","models":[]}"#, "not a date"),
        (r#"{"asOf":"2026-11-24","models":[]}"#, "no models"),
        (
            r#"{"asOf":"2026-11-24","models":[{"provider":"p","name":"m","in":1,"out":0,"tiers":[{"above":0,"in":1,"out":1}]}]}"#,
            "above 0",
        ),
        (r#"{"asOf":"2026-11-24","models":[{"provider":"p","name":"m","in":-1,"out":0}]}"#, "-1"),
    ] {
        let error = import(text).unwrap_err();
        assert!(error.contains(needle), "{text}: {error}");
    }
}

#[test]
fn own_prices_are_dollars_per_million() {
    let prices = own(r#"
        [[price]]
        model = "llama"
        input = 0
        output = 0.0

        [[price]]
        provider = "acme"
        model = "m"
        input = 0.15
        output = 2
        cache-read = 0.015
        context-window = 32000
        tiers = [{ above = 200000, input = 0.3, output = 4 }]
    "#)
    .unwrap();
    let rates = |input, output, cache_read, cache_write| Rates { input, output, cache_read, cache_write };
    assert_eq!((&prices[0].model, prices[0].from), (&ModelRef::new("", "llama"), None));
    assert_eq!(prices[0].price.rates, Rates::default());
    assert_eq!(prices[1].model, ModelRef::new("acme", "m"));
    assert_eq!(prices[1].price.rates, rates(150_000, 2_000_000, 15_000, 150_000));
    assert_eq!(prices[1].price.tiers, [Tier { above: 200_000, rates: rates(300_000, 4_000_000, 15_000, 300_000) }]);
    assert_eq!((prices[1].price.context_window, prices[1].price.origin), (Some(32_000), PriceOrigin::Own));
}

#[test]
fn an_own_price_may_hold_from_a_day_on() {
    let table = |from: &str| format!("[[price]]\nmodel = \"m\"\ninput = 1\noutput = 2\nfrom = {from}\n");
    // 2026-11-01T00:00:00Z.
    for from in ["2026-11-01", "\"2026-11-01\""] {
        assert_eq!(own(&table(from)).unwrap()[0].from, Some(1_793_491_200_000), "{from}");
    }
    for from in ["2026-11-01T09:00:00", "2026-11-01T09:00:00Z", "09:00:00", "\"soon\"", "\"2026-11-31\"", "20261101"] {
        let error = own(&table(from)).unwrap_err();
        assert!(
            error.starts_with("price[0].from is ") && error.ends_with("must be a date such as 2026-11-01"),
            "{error}"
        );
    }
}

#[test]
fn wrong_own_prices_are_all_named() {
    let errors = own(r#"
        [[price]]
        model = ""
        input = -1
        output = nan
        cache_read = inf
        tiers = [{ above = 1, input = 1, output = 2e6, cache_write = -0.5 }]

        [[price]]
        model = "m"
        input = 1
        output = 2
        cache-reed = 3

        [[price]]
        model = "m"
        input = "a dollar"
        output = 2
    "#)
    .unwrap_err();
    for needle in [
        "price[0].model is \"\"",
        "price[0].input is -1; ",
        "price[0].output is NaN; ",
        "price[0].cache-read is inf; ",
        "price[0].tiers[0].output is 2000000; ",
        "price[0].tiers[0].cache-write is -0.5; ",
        "price[1]: unknown field `cache-reed`",
        "price[2]: invalid type: string \"a dollar\"",
    ] {
        assert_eq!(errors.matches(needle).count(), 1, "{needle}: {errors}");
    }
    assert_eq!(errors.matches("; price[").count(), 7, "{errors}");
    assert!(own("price = 5").unwrap_err().contains("[[price]]"));
}
