//! The rules as a table of cases: what was found, and the words of the reasons given.

use super::*;
use crate::domain::pricing::Costs;
use crate::domain::reconciliation::OpenClawFigures;
use crate::domain::usage::TokenUsage;

const READ: Reading = Reading { unread_sessions: 0, skipped: 0, copies: 0 };

fn usage(tokens: u64) -> TokenUsage {
    TokenUsage { input: tokens, output: 0, cache_read: 0, cache_write: 0 }
}

fn dollars(cents: i128) -> Money {
    Money::from_picos(cents * 10_000_000_000)
}

/// Tokens and cents here, tokens and cents there.
fn found(ours: u64, cost: i128, theirs: u64, their_cost: i128) -> Comparison {
    Comparison {
        is_whole: true,
        ours: usage(ours),
        costs: Costs { auto: dollars(cost), list: dollars(cost + 50), ..Costs::default() },
        theirs: OpenClawFigures { usage: usage(theirs), cost: dollars(their_cost), calls_without_cost: 0 },
        ..Comparison::default()
    }
}

fn part(sessions: u64, calls: u64, tokens: u64) -> Part {
    Part { sessions, calls, tokens }
}

fn check(name: &str, found: &Comparison, basis: PriceBasis, reading: &Reading, words: &[&str]) {
    let reasons = explain(found, basis, reading);
    let given: Vec<_> = reasons.iter().map(|reason| reason.kind.word()).collect();
    assert_eq!(given, words, "{name}");
    for reason in reasons {
        assert!(reason.text().ends_with('.') && !reason.text().contains(" 0 "), "{name}: {}", reason.text());
    }
}

#[test]
fn each_difference_has_its_reasons() {
    let auto = |name, found: Comparison, words: &[&str]| check(name, &found, PriceBasis::Auto, &READ, words);
    auto("the same", found(100, 5, 100, 5), &["equal"]);
    auto("nothing on both sides", found(0, 0, 0, 0), &["equal"]);
    auto("the same so far", Comparison { is_whole: false, ..found(100, 5, 100, 5) }, &["adding-up", "equal"]);
    auto(
        "deleted there",
        Comparison { forgotten: part(2, 3, 40), ..found(100, 5, 60, 3) },
        &["forgotten", "cost-of-tokens"],
    );
    auto("shortened there", Comparison { more: part(1, 4, 40), ..found(100, 5, 60, 5) }, &["more"]);
    auto("just now", Comparison { late: part(1, 1, 40), ..found(100, 5, 60, 5) }, &["late"]);
    auto("only there", Comparison { unread: part(1, 0, 40), ..found(60, 5, 100, 5) }, &["unread"]);
    auto("more there", Comparison { less: part(1, 0, 40), ..found(60, 5, 100, 5) }, &["less"]);
    auto("no rule", found(100, 5, 60, 5), &["unknown"]);
    auto("no rule the other way", found(60, 5, 100, 5), &["unknown"]);
    let other = TokenUsage { input: 60, output: 40, cache_read: 0, cache_write: 0 };
    auto("other kinds", Comparison { ours: other, ..found(100, 5, 100, 5) }, &["other-kinds"]);
    auto("another cost", found(100, 5, 100, 6), &["same-tokens", "unknown-cost"]);
}

#[test]
fn what_was_not_read_is_named_only_where_openclaw_counts_more() {
    let reading = Reading { unread_sessions: 1, skipped: 2, copies: 3 };
    let auto = |name, found: Comparison, words: &[&str]| check(name, &found, PriceBasis::Auto, &reading, words);
    auto("the same", found(100, 5, 100, 5), &["equal"]);
    auto("more here", Comparison { forgotten: part(1, 1, 40), ..found(100, 5, 60, 5) }, &["forgotten"]);
    auto(
        "more there",
        Comparison { less: part(1, 0, 40), ..found(60, 5, 100, 5) },
        &["less", "sessions-unread", "skipped", "copies"],
    );
    auto("not listed", found(60, 5, 100, 5), &["sessions-unread", "skipped", "copies"]);
}

#[test]
fn costs_differ_by_prices() {
    let with = |derived, unpriced, there| {
        let mut found = found(100, 5, 100, 3);
        found.costs.from_list = derived;
        found.costs.auto_unknown = unpriced;
        found.theirs.calls_without_cost = there;
        found
    };
    let auto = |name, found: Comparison, words: &[&str]| check(name, &found, PriceBasis::Auto, &READ, words);
    auto("priced here only", with(4, 0, 4), &["same-tokens", "no-cost-there"]);
    auto("some without a price on both sides", with(3, 1, 4), &["same-tokens", "no-cost-there"]);
    auto("two prices", with(4, 0, 0), &["same-tokens", "own-prices"]);
    auto("priced there only", with(0, 4, 0), &["same-tokens", "no-price-here"]);
    check("another basis", &with(4, 0, 4), PriceBasis::List, &READ, &["same-tokens", "basis"]);
}

#[test]
fn rounding_is_no_difference() {
    let mut found = found(100, 500_000, 100, 500_000);
    found.theirs.cost = Money::from_picos(found.theirs.cost.picos() + 4_000_000_000);
    assert_eq!(found.cost(PriceBasis::Auto), Money::ZERO);
    found.theirs.cost = Money::from_picos(found.theirs.cost.picos() + 4_000_000_000);
    assert_ne!(found.cost(PriceBasis::Auto), Money::ZERO);
}

#[test]
fn sentences_have_figures_that_are_read_easily() {
    let reason = Reason { kind: ReasonKind::Forgotten, sessions: 1, calls: 2, tokens: 1_234_567 };
    assert_eq!(
        reason.text(),
        "OpenClaw has no transcript any more of 1 session with 2 calls and 1,234,567 tokens: deleted or pruned there, kept here."
    );
}
