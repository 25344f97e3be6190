//! Secrets that are planted are gone, what merely looks like one stays, and no text upsets the masks.

mod alike;
mod dice;
mod json;
mod own;
mod places;
mod planted;

use factory_dashboard::redaction::Redactor;
use proptest::prelude::*;

use dice::Dice;

fn redactor() -> Redactor {
    Redactor::new([])
}

/// A part of the secret that is still readable between the masks.
fn leak<'a>(secret: &'a str, masked: &str) -> Option<&'a str> {
    let masked: String = masked
        .split("[masked:")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once(']').unwrap().1 })
        .collect::<Vec<_>>()
        .join("\0");
    secret.lines().find_map(|line| {
        let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
        let fragment = starts.len().saturating_sub(1).min(6);
        starts.windows(fragment + 1).map(|window| &line[window[0]..window[fragment]]).find(|part| masked.contains(part))
    })
}

/// Complains about each text of which a part of the secret is left.
fn all_masked(planted: &[(String, String, String)]) {
    let redactor = redactor();
    let mut failed = Vec::new();
    for (what, text, secret) in planted {
        assert!(text.contains(secret), "{what}: the secret must be in the text");
        let masked = redactor.mask(text);
        if let Some(part) = leak(secret, &masked.text) {
            failed.push(format!("{what}: {part:?} is left in {:?}", masked.text));
        }
    }
    assert!(failed.is_empty(), "{} of {} leak:\n{}", failed.len(), planted.len(), failed.join("\n"));
}

#[test]
fn two_hundred_planted_secrets_are_masked() {
    let mut dice = Dice::new(5);
    let mut all: Vec<(String, String, String)> = Vec::new();
    for round in 0..2 {
        for (number, (issuer, token)) in planted::TOKENS.iter().enumerate() {
            let token = token(&mut dice);
            let (place, wrap) = planted::CONTEXTS[(number + round * 7) % planted::CONTEXTS.len()];
            all.push((format!("{issuer} in {place}"), wrap(&token), token));
        }
        for (what, place) in places::PLACES {
            let (text, secret) = place(&mut dice);
            all.push(((*what).to_owned(), text, secret));
        }
    }
    assert!(all.len() >= 200, "{} are not enough", all.len());
    all_masked(&all);
}

#[test]
fn every_token_is_found_in_every_context() {
    let mut dice = Dice::new(55);
    let mut all = Vec::new();
    for (issuer, token) in planted::TOKENS {
        for (place, wrap) in planted::CONTEXTS {
            let token = token(&mut dice);
            all.push((format!("{issuer} in {place}"), wrap(&token), token));
        }
    }
    all_masked(&all);
}

#[test]
fn every_place_keeps_its_secret_whatever_the_dice_say() {
    let mut dice = Dice::new(555);
    let mut all = Vec::new();
    for _ in 0..20 {
        for (what, place) in places::PLACES {
            let (text, secret) = place(&mut dice);
            all.push(((*what).to_owned(), text, secret));
        }
    }
    all_masked(&all);
}

#[test]
fn two_hundred_look_alikes_stay() {
    let redactor = redactor();
    let all = alike::all(&mut Dice::new(7));
    assert!(all.len() >= 200, "{} are not enough", all.len());
    let touched: Vec<String> = all
        .iter()
        .filter_map(|text| {
            let masked = redactor.mask(text);
            (masked.count > 0).then(|| format!("{text:?} became {:?}", masked.text))
        })
        .collect();
    assert!(touched.is_empty(), "{} of {} touched:\n{}", touched.len(), all.len(), touched.join("\n"));
}

#[test]
fn what_stands_around_a_secret_stays() {
    let masked = redactor().mask("first password=hunter2! then postgres://bob:pa55word@db/x last").text.into_owned();
    assert_eq!(masked, "first password=[masked:secret] then postgres://bob:[masked:url-password]@db/x last");
}

/// Hostile texts: many words that wake rules, none that holds. The time may grow with the length only.
#[test]
fn a_long_line_of_near_misses_is_no_trap() {
    let redactor = redactor();
    for piece in [
        "password=",
        "token:",
        "sk-",
        "eyJ.",
        "://a:",
        ":",
        ".",
        "-----BEGIN PRIVATE KEY-----",
        "key=\"",
        "a\\\"",
        "=x&key",
        "cookie:a=example ",
        "-p ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let _ = redactor.mask(&text);
    }
}

/// Pieces of what secrets are made of, so that random texts come near to them.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[A-Za-z0-9_-]{1,48}",
        prop::sample::select(vec![
            "password",
            "token",
            "=",
            ":",
            " ",
            "\"",
            "'",
            "\\",
            "\n",
            "sk-",
            "sk-ant-",
            "ghp_",
            "eyJ",
            ".",
            "://",
            "@",
            "Bearer ",
            "Basic ",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "-----END PRIVATE KEY",
            "-----BEGIN ",
            "AKIA",
            "비밀번호",
            "는 ",
            "&",
            "?key=",
            "api_key",
            "--token ",
            "[masked:openai]",
            "[masked:",
            "]",
            "PrIvAtE-LiNeS: 4\n",
            "<",
            ">",
            "Cookie: a=",
            "curl -u ",
            "Authorization: ",
            ";",
            ",",
            "`",
            "|",
            "is ",
            "$",
            "{",
            "key",
            "-p",
            "mysql ",
            "%",
            "Own_Secret_Value7",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_masked_text_is_masked_whole(text in texts()) {
        let redactor = Redactor::new(["Own_Secret_Value7".to_owned()]);
        let once = redactor.mask(&text);
        prop_assert_eq!(once.count == 0, matches!(once.text, std::borrow::Cow::Borrowed(_)));
        let twice = redactor.mask(&once.text);
        prop_assert_eq!(twice.count, 0, "{:?} became {:?}", once.text, twice.text);
        prop_assert!(!once.text.contains("Own_Secret_Value7"));
    }
}
