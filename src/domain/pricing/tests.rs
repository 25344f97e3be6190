//! The price book, by cases whose costs were computed by hand.

use super::*;

fn rates(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Rates {
    Rates { input, output, cache_read, cache_write }
}

fn listed(rates: Rates) -> ModelPrice {
    ModelPrice { rates, tiers: vec![], context_window: Some(200_000), origin: PriceOrigin::Embedded }
}

fn stated(origin: PriceOrigin, input: u64) -> ModelPrice {
    ModelPrice { rates: rates(input, 0, 0, 0), tiers: vec![], context_window: None, origin }
}

const LONG: Rates = Rates { input: 6_000_000, output: 22_500_000, cache_read: 600_000, cache_write: 7_500_000 };

fn list() -> Vec<(ModelRef, ModelPrice)> {
    let mut sonnet = listed(rates(3_000_000, 15_000_000, 300_000, 3_750_000));
    sonnet.tiers = vec![Tier { above: 200_000, rates: LONG }];
    let opus = || listed(rates(5_000_000, 25_000_000, 500_000, 6_250_000));
    [
        ("amazon-bedrock", "anthropic.claude-opus-4-5-20251101-v1:0", opus()),
        ("amazon-bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0", listed(rates(5_500_000, 0, 0, 0))),
        ("amazon-bedrock", "anthropic.claude-opus-4-20250514-v1:0", listed(rates(15_000_000, 0, 0, 0))),
        ("anthropic", "claude-opus-4-5", opus()),
        ("anthropic", "claude-sonnet-4", sonnet),
        ("google", "gemini-2.5-pro", listed(rates(1_250_000, 0, 0, 0))),
        ("groq", "openai/gpt-oss-120b", listed(rates(150_000, 0, 0, 0))),
        ("openai", "gpt-4o", listed(rates(2_500_000, 0, 0, 0))),
        ("openai", "gpt-4o-2024-05-13", listed(rates(5_000_000, 0, 0, 0))),
        ("openai", "gpt-5-mini", listed(rates(250_000, 0, 0, 0))),
        ("qwen", "glm-5.2", listed(rates(1, 0, 0, 0))),
        ("qwen", "kimi-k2", listed(rates(2, 0, 0, 0))),
        ("zai", "glm-5.2", listed(rates(1_400_000, 0, 0, 0))),
    ]
    .map(|(provider, model, price)| (ModelRef::new(provider, model), price))
    .to_vec()
}

fn book_with(own: Vec<(ModelRef, ModelPrice)>) -> PriceBook {
    PriceBook::new("2026-11-24".to_owned(), "a test".to_owned(), list(), own, Rates::REFERENCE)
}

fn usage(input: u64, output: u64, cache_read: u64, cache_write: u64) -> TokenUsage {
    TokenUsage { input, output, cache_read, cache_write }
}

fn cost(provider: &str, model: &str, usage: &TokenUsage) -> Option<i64> {
    let cost = book_with(vec![]).list_cost(&"home".into(), &ModelRef::new(provider, model), usage, 0);
    cost.map(Money::nanos)
}

#[test]
fn the_contract_s_example() {
    let used = usage(1000, 2000, 0, 0);
    // 1,000 x $5/M + 2,000 x $25/M = $0.005 + $0.050 = $0.055.
    assert_eq!(cost("anthropic", "claude-opus-4-5", &used), Some(55_000_000));
    // 1,000 x $15/M + 2,000 x $75/M = $0.015 + $0.150 = $0.165.
    assert_eq!(book_with(vec![]).reference_cost(&used).nanos(), 165_000_000);
    // Caches are free at the flat rate.
    assert_eq!(book_with(vec![]).reference_cost(&usage(0, 0, 5_000, 5_000)), Money::ZERO);
}

#[test]
fn each_bucket_has_its_own_rate() {
    for (used, nanos) in [
        // 1 x 5,000,000 pico = 5,000 nano.
        (usage(1, 0, 0, 0), 5_000),
        (usage(0, 1, 0, 0), 25_000),
        (usage(0, 0, 1, 0), 500),
        (usage(0, 0, 0, 1), 6_250),
        // FORMATS' example: 1040 x 5 + 52 x 25 + 200 x 0.5 = 5200 + 1300 + 100 = 6600 dollars per million = $0.0066.
        (usage(1040, 52, 200, 0), 6_600_000),
    ] {
        assert_eq!(cost("anthropic", "claude-opus-4-5", &used), Some(nanos), "{used:?}");
    }
}

#[test]
fn a_long_prompt_pays_the_tier_for_all_its_tokens() {
    for (used, nanos) in [
        // 200,000 x $3/M = $0.60; exactly at the border is not above it.
        (usage(200_000, 0, 0, 0), 600_000_000),
        // 200,001 x $6/M = $1.200006.
        (usage(200_001, 0, 0, 0), 1_200_006_000),
        // Cached tokens are part of the prompt: 1 x 6 + 150,000 x 0.6 + 50,000 x 7.5 + 10 x 22.5
        // = 6 + 90,000 + 375,000 + 225 = 465,231 dollars per million.
        (usage(1, 10, 150_000, 50_000), 465_231_000),
        // The answer is not: 100 x 3 + 300,000 x 15 = 4,500,300 dollars per million.
        (usage(100, 300_000, 0, 0), 4_500_300_000),
    ] {
        assert_eq!(cost("anthropic", "claude-sonnet-4", &used), Some(nanos), "{used:?}");
    }
}

#[test]
fn the_highest_exceeded_tier_counts_in_any_order() {
    let tier = |above, input| Tier { above, rates: rates(input, 0, 0, 0) };
    let mut price = listed(rates(1, 0, 0, 0));
    price.tiers = vec![tier(128_000, 3), tier(32_000, 2)];
    for (prompt, input) in [(32_000, 1), (32_001, 2), (128_000, 2), (128_001, 3), (u64::MAX, 3)] {
        assert_eq!(price.rates_for(prompt).input, input, "{prompt}");
    }
}

#[test]
fn costs_are_exact() {
    // Three buckets of 400 pico-dollars are 1,200: nothing is rounded on the way.
    assert_eq!(rates(499, 0, 0, 0).cost(&usage(1, 0, 0, 0)).picos(), 499);
    assert_eq!(rates(400, 400, 400, 0).cost(&usage(1, 1, 1, 0)).picos(), 1200);
}

#[test]
fn absurd_counts_saturate() {
    let max = usage(u64::MAX, u64::MAX, u64::MAX, u64::MAX);
    assert_eq!(cost("anthropic", "claude-sonnet-4", &max), Some(i64::MAX));
    let dear = rates(u64::MAX, u64::MAX, u64::MAX, u64::MAX);
    assert_eq!(dear.cost(&max).nanos(), i64::MAX);
}

#[test]
fn more_tokens_are_never_cheaper_within_a_tier() {
    let counts = [0, 1, 7, 999, 49_999];
    let price = &list()[4].1;
    let all = || counts.iter().flat_map(|a| counts.iter().map(move |b| (*a, *b)));
    for ((input, output), (read, write)) in all().flat_map(|left| all().map(move |right| (left, right))) {
        let base = price.cost(&usage(input, output, read, write));
        for more in [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)] {
            let used = usage(input + more.0, output + more.1, read + more.2, write + more.3);
            assert!(price.cost(&used) >= base, "{used:?}");
        }
    }
}

#[test]
fn unknown_is_not_free() {
    assert_eq!(cost("anthropic", "claude-zebra", &usage(1, 0, 0, 0)), None);
    assert_eq!(cost("anthropic", "claude-zebra", &TokenUsage::default()), Some(0));
}

#[test]
fn names_are_found_in_every_spelling() {
    for (provider, model, input) in [
        ("anthropic", "claude-opus-4-5", Some(5_000_000)),
        ("anthropic", "claude-opus-4.5", Some(5_000_000)),
        ("anthropic", "claude-opus-4-5-20251101", Some(5_000_000)),
        ("", "claude-opus-4-5", Some(5_000_000)),
        ("", "anthropic/claude-opus-4-5", Some(5_000_000)),
        ("mock", "claude-opus-4-5", Some(5_000_000)),
        ("mockanth", "Claude-Opus-4-5", Some(5_000_000)),
        ("openrouter", "anthropic/claude-opus-4.5", Some(5_000_000)),
        ("google-vertex", "claude-opus-4-5@20251101", Some(5_000_000)),
        // Bedrock keeps its regional price, and an unlisted region has the base price.
        ("amazon-bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0", Some(5_500_000)),
        ("amazon-bedrock", "eu.anthropic.claude-opus-4-5-20251101-v1:0", Some(5_000_000)),
        ("mock", "us.anthropic.claude-opus-4-5-20251101-v1:0", Some(5_000_000)),
        // A model that its maker no longer lists.
        ("anthropic", "claude-opus-4-20250514", Some(15_000_000)),
        ("google", "models/gemini-2.5-pro", Some(1_250_000)),
        ("google-gemini-cli", "gemini-2.5-pro", Some(1_250_000)),
        // A dated price is its own; an unlisted date has the undated one's.
        ("openai", "gpt-4o-2024-05-13", Some(5_000_000)),
        ("mock", "gpt-4o-2024-05-13", Some(5_000_000)),
        ("openai", "gpt-4o-2024-11-20", Some(2_500_000)),
        // The maker's price counts before a reseller's.
        ("mock", "glm-5.2", Some(1_400_000)),
        ("qwen", "glm-5.2", Some(1)),
        ("dashscope", "glm-5.2", Some(1)),
        ("mock", "kimi-k2", Some(2)),
        // A host's price is only its own.
        ("groq", "openai/gpt-oss-120b", Some(150_000)),
        ("groq", "gpt-oss-120b", Some(150_000)),
        ("", "groq/openai/gpt-oss-120b", Some(150_000)),
        ("mock", "gpt-oss-120b", None),
        // No list price holds on the user's own machine.
        ("ollama", "gpt-4o", None),
        ("openrouter", "anthropic/claude-opus-4.5:free", Some(0)),
        ("mock", "gpt-4o:free", None),
        // Never by prefix.
        ("openai", "gpt-5", None),
        ("openai", "gpt-4", None),
        ("openai", "gpt-5-mini-max", None),
        ("anthropic", "claude-opus", None),
        ("anthropic", "", None),
        ("", "", None),
        ("", "/", None),
    ] {
        let book = book_with(vec![]);
        let found = book.price(&"home".into(), &ModelRef::new(provider, model), 0).map(|price| price.rates.input);
        assert_eq!(found, input, "{provider}/{model}");
    }
}

#[test]
fn own_prices_count_before_openclaw_s_before_the_list_s() {
    let opus = ModelRef::new("anthropic", "claude-opus-4-5");
    let (home, work) = ("home".into(), "work".into());
    let mut book = book_with(vec![(ModelRef::new("", "llama"), stated(PriceOrigin::Own, 7))]);
    let openclaw = vec![(opus.clone(), stated(PriceOrigin::OpenClaw, 8))];
    assert!(book.set_openclaw(&home, openclaw.clone()));
    assert!(!book.set_openclaw(&home, openclaw));
    assert!(!book.set_openclaw(&work, vec![]));
    let origin = |book: &PriceBook, at: &InstallationId, model: &ModelRef| book.price(at, model, 0).map(|p| p.origin);
    assert_eq!(origin(&book, &home, &opus), Some(PriceOrigin::OpenClaw));
    assert_eq!(origin(&book, &work, &opus), Some(PriceOrigin::Embedded));
    assert_eq!(origin(&book, &work, &ModelRef::new("ollama", "llama")), Some(PriceOrigin::Own));
    // The window comes from the first price that knows it.
    assert_eq!(book.context_window(&home, &opus), Some(200_000));

    let mut book = book_with(vec![(opus.clone(), stated(PriceOrigin::Own, 9))]);
    book.set_openclaw(&home, vec![(opus.clone(), stated(PriceOrigin::OpenClaw, 8))]);
    assert_eq!(origin(&book, &home, &opus), Some(PriceOrigin::Own));
    let origins: Vec<_> = book.entries().map(|entry| entry.price.origin.word()).take(3).collect();
    assert_eq!(origins, ["own", "openclaw", "list"]);
    // A price of one provider says nothing about another's, but a call without a provider takes it.
    assert_eq!(origin(&book, &home, &ModelRef::new("mock", "claude-opus-4-5")), Some(PriceOrigin::Embedded));
    assert_eq!(origin(&book, &home, &ModelRef::new("", "claude-opus-4-5")), Some(PriceOrigin::Own));
    // Taking the prices away is a change too.
    assert!(book.set_openclaw(&home, vec![]));
    assert_eq!(book.entries().count(), 1 + list().len());
}

#[test]
fn words_and_bases_match() {
    for basis in PriceBasis::ALL {
        assert_eq!(PriceBasis::from_word(basis.word()), Some(basis));
    }
    assert_eq!(PriceBasis::from_word("Auto"), None);
    assert_eq!((book_with(vec![]).as_of_at(0), book_with(vec![]).source_at(0)), ("2026-11-24", "a test"));
}
