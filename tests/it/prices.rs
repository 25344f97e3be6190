//! Prices of different days: kept lists, the list of an earlier release, own prices with a start.

use std::fs;
use std::path::Path;

use factory_dashboard::app::price_book;
use factory_dashboard::app::prices::keep;
use factory_dashboard::config::{Environment, Typed, prices, resolve};
use factory_dashboard::domain::money::Money;
use factory_dashboard::domain::pricing::{Costs, PriceBook};
use factory_dashboard::domain::usage::{CallOutcome, ModelCall};
use tempfile::TempDir;

use crate::support::history::made;

/// A list with one model, whose rates are dollars per million tokens.
fn list(as_of: &str, input: u64, output: u64) -> String {
    let (input, output) = (input * 1_000_000, output * 1_000_000);
    format!(
        r#"{{"asOf":"{as_of}","source":"a test","models":[{{"provider":"anthropic","name":"made-up","in":{input},"out":{output}}}]}}"#
    )
}

fn book(data_dir: &Path, own: &str) -> Result<PriceBook, String> {
    let file = data_dir.join("factory.toml");
    fs::write(&file, own).unwrap();
    let mut typed = Typed::default();
    typed.set("data-dir", [data_dir.display().to_string()]);
    let config = resolve(&typed, &Environment::default(), Some(&file)).unwrap();
    price_book(&config).map_err(|error| format!("{error:#}"))
}

/// What 1,000 input and 200 output tokens cost at a time, in millionths of a dollar.
fn cost(book: &PriceBook, at: &str) -> i64 {
    let call: ModelCall = made(at, "made-up", [1000, 200, 0, 0]).ended(CallOutcome::Answered).call;
    let costs = Costs::of(&call, book, &"test".into());
    assert_eq!(costs.auto_unknown, 0, "{at}");
    Money::nanos(costs.list) / 1000
}

#[test]
fn a_call_is_priced_by_the_list_of_its_day() {
    let folder = TempDir::new().unwrap();
    // The one list that an earlier release kept, and two that were imported since.
    fs::write(folder.path().join("prices.json"), list("2026-03-01", 10, 50)).unwrap();
    for text in [list("2026-09-15", 4, 20), list("2026-06-01", 5, 25)] {
        keep(folder.path(), &prices::import(&text).unwrap(), &text).unwrap();
    }
    let book = book(folder.path(), "").unwrap();
    for (at, micros) in [
        // Older than every list: the first one. 1,000 x 10 + 200 x 50 = 20,000 dollars per million.
        ("2025-01-01T00:00:00Z", 20_000),
        ("2026-03-01T00:00:00Z", 20_000),
        ("2026-05-31T23:59:59.999Z", 20_000),
        // 1,000 x 5 + 200 x 25 = 10,000.
        ("2026-06-01T00:00:00Z", 10_000),
        ("2026-09-14T23:59:59.999Z", 10_000),
        // 1,000 x 4 + 200 x 20 = 8,000.
        ("2026-09-15T00:00:00Z", 8_000),
    ] {
        assert_eq!(cost(&book, at), micros, "{at}");
    }
    let dates: Vec<&str> = book.list_dates().collect();
    assert_eq!(dates, ["2026-03-01", "2026-06-01", "2026-09-15", prices::embedded().as_of.as_str()]);
    assert_eq!(book.as_of_at(0), "2026-03-01");
}

#[test]
fn a_list_of_the_same_day_takes_the_place_of_the_other() {
    let folder = TempDir::new().unwrap();
    let today = prices::embedded().as_of;
    for text in [list("2026-06-01", 5, 25), list("2026-06-01", 6, 25), list(&today, 1, 1)] {
        keep(folder.path(), &prices::import(&text).unwrap(), &text).unwrap();
    }
    let book = book(folder.path(), "").unwrap();
    // 1,000 x 6 + 200 x 25 = 11,000; 1,000 x 1 + 200 x 1 = 1,200.
    assert_eq!((cost(&book, "2026-06-01T00:00:00Z"), cost(&book, "2026-12-01T00:00:00Z")), (11_000, 1_200));
    assert_eq!(book.list_dates().count(), 2);
}

#[test]
fn own_prices_hold_from_their_day_on() {
    let folder = TempDir::new().unwrap();
    let text = list("2026-06-01", 5, 25);
    keep(folder.path(), &prices::import(&text).unwrap(), &text).unwrap();
    let own = "
        [[price]]
        model = \"made-up\"
        input = 2
        output = 10
        from = 2026-11-01
        [[price]]
        model = \"made-up\"
        input = 3
        output = 15
        from = \"2026-08-01\"
        [[price]]
        model = \"another\"
        input = 7
        output = 7
        from = 2026-11-01
    ";
    let book = book(folder.path(), own).unwrap();
    for (at, micros) in [
        // The list: 10,000. Then 1,000 x 3 + 200 x 15 = 6,000. Then 1,000 x 2 + 200 x 10 = 4,000.
        ("2026-07-31T23:59:59.999Z", 10_000),
        ("2026-08-01T00:00:00Z", 6_000),
        ("2026-10-31T23:59:59.999Z", 6_000),
        ("2026-11-01T00:00:00Z", 4_000),
        ("2027-11-01T00:00:00Z", 4_000),
    ] {
        assert_eq!(cost(&book, at), micros, "{at}");
    }
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let shown = |when: &str| {
        let mut entries = book.entries_at(at(when));
        let entry = entries.find(|entry| &*entry.model.model == "made-up").unwrap();
        (entry.price.origin.word(), entry.price.rates.input)
    };
    assert_eq!(shown("2026-07-31T12:00:00Z"), ("list", 5_000_000));
    assert_eq!(shown("2026-10-31T12:00:00Z"), ("own", 3_000_000));
    assert_eq!(shown("2026-11-01T12:00:00Z"), ("own", 2_000_000));
}

#[test]
fn an_own_price_without_a_day_holds_always() {
    let folder = TempDir::new().unwrap();
    let own = "[[price]]\nmodel = \"made-up\"\ninput = 3\noutput = 15\n[[price]]\nmodel = \"made-up\"\ninput = 2\noutput = 10\nfrom = 2026-11-01";
    let book = book(folder.path(), own).unwrap();
    assert_eq!((cost(&book, "1999-01-01T00:00:00Z"), cost(&book, "2026-11-01T00:00:00Z")), (6_000, 4_000));
}

#[test]
fn a_kept_list_that_cannot_be_read_is_named() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("prices")).unwrap();
    fs::write(folder.path().join("prices/2026-06-01.json"), "{}").unwrap();
    let error = book(folder.path(), "").unwrap_err();
    assert!(error.contains("prices/2026-06-01.json") && error.contains("Import it again"), "{error}");
}
