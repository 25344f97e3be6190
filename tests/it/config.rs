//! Options: flag, then variable, then file, then default; every mistake named at once.

use std::path::Path;

use factory_dashboard::app::gateway_target;
use factory_dashboard::config::{Config, Environment, Typed, resolve};
use factory_dashboard::domain::pricing::PriceBasis;
use tempfile::TempDir;

fn typed(pairs: &[(&'static str, &str)]) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in pairs {
        typed.set(name, [(*value).to_owned()]);
    }
    typed
}

fn with_file(text: &str, flags: &[(&'static str, &str)], variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("factory.toml");
    std::fs::write(&file, text).unwrap();
    let mut environment = vec![("HOME", "/home/somebody")];
    environment.extend_from_slice(variables);
    resolve(&typed(flags), &Environment::of(&environment), Some(&file))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn defaults_are_those_of_the_contract() {
    let config = resolve(&Typed::default(), &Environment::of(&[("HOME", "/home/somebody")]), None).unwrap();
    assert_eq!((config.host.to_string().as_str(), config.port, config.refresh_seconds), ("127.0.0.1", 5050, 10));
    assert_eq!(config.installations[0].root, Path::new("/home/somebody/.openclaw"));
    assert_eq!(config.installations[0].id.as_str(), "openclaw");
    assert_eq!(config.data_dir, Path::new("/home/somebody/.local/share/factory-dashboard"));
    assert_eq!(
        (config.thresholds.active_ms, config.thresholds.idle_ms, config.thresholds.stuck_ms),
        (300_000, 3_600_000, 600_000)
    );
    assert_eq!(config.price_basis, PriceBasis::Auto);
    assert!(config.sources.auto);
}

#[test]
fn flag_beats_variable_beats_file() {
    let file = "port = 1\nrefresh = 20\nprice-basis = \"list\"";
    let config = with_file(file, &[("port", "3")], &[("FACTORY_PORT", "2"), ("FACTORY_REFRESH", "30")]).unwrap();
    assert_eq!((config.port, config.refresh_seconds, config.price_basis), (3, 30, PriceBasis::List));
}

#[test]
fn every_mistake_is_named_at_once() {
    let file = "colour = 1\nrefresh = 0\n[reference]\ninput = -1\n[[price]]\nmodel = \"x\"\ninput = -2.0\noutput = 1.0";
    let problems = with_file(file, &[("port", "70000"), ("source", "files,moon")], &[("FACTORY_PRICE_BASIS", "guess")])
        .unwrap_err();
    let all = problems.join("\n");
    for part in [
        "colour in factory.toml",
        "refresh in factory.toml",
        "'0'",
        "reference.input",
        "[[price]]",
        "--port: '70000'",
        "from 0 to 65535",
        "'moon'",
        "FACTORY_PRICE_BASIS: 'guess'",
        "auto, list, recorded or reference",
    ] {
        assert!(all.contains(part), "{part} is missing in\n{all}");
    }
}

#[test]
fn control_is_off_unless_it_is_switched_on() {
    assert!(!with_file("", &[], &[]).unwrap().allow_control);
    for (text, on) in [("true", true), ("on", true), ("1", true), ("TRUE", true), ("false", false), ("off", false)] {
        assert_eq!(with_file("", &[], &[("FACTORY_ALLOW_CONTROL", text)]).unwrap().allow_control, on, "{text}");
        let file = format!("allow-control = \"{text}\"");
        assert_eq!(with_file(&file, &[], &[]).unwrap().allow_control, on, "{text} in the file");
    }
    for (file, on) in [("allow-control = true", true), ("allow-control = 1", true), ("allow-control = false", false)] {
        assert_eq!(with_file(file, &[], &[]).unwrap().allow_control, on, "{file}");
    }
    let beaten = with_file("allow-control = true", &[("allow-control", "false")], &[("FACTORY_ALLOW_CONTROL", "on")]);
    assert!(!beaten.unwrap().allow_control, "the flag beats both");
    let problems = with_file("allow-control = 2\nport = true", &[], &[]).unwrap_err().join("\n");
    assert!(
        problems.contains("allow-control in factory.toml: '2'") && problems.contains("true or false"),
        "{problems}"
    );
    assert!(problems.contains("port in factory.toml: 'true'"), "{problems}");
    let problems = with_file("", &[], &[("FACTORY_ALLOW_CONTROL", "perhaps")]).unwrap_err().join("\n");
    assert!(problems.contains("FACTORY_ALLOW_CONTROL: 'perhaps'"), "{problems}");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let missing =
        resolve(&Typed::default(), &Environment::default(), Some(Path::new("/nonexistent/factory.toml"))).unwrap_err();
    assert!(missing[0].text.contains("cannot be read"));
    assert!(with_file("port = ", &[], &[]).unwrap_err()[0].contains("not valid TOML"));
}

#[test]
fn state_directories_have_names() {
    let mut flags = Typed::default();
    flags.set("state-dir", ["work=/data/one".to_owned(), "/data/two/.openclaw".to_owned(), "~/three".to_owned()]);
    let config = resolve(&flags, &Environment::of(&[("HOME", "/home/somebody")]), None).unwrap();
    let names: Vec<_> =
        config.installations.iter().map(|one| (one.id.to_string(), one.root.display().to_string())).collect();
    assert_eq!(
        names,
        [
            ("work".into(), "/data/one".into()),
            ("openclaw".into(), "/data/two/.openclaw".into()),
            ("three".into(), "/home/somebody/three".into())
        ] as [(String, String); 3]
    );
    let mut twins = Typed::default();
    twins.set("state-dir", ["/a/x".to_owned(), "/b/x".to_owned()]);
    assert!(resolve(&twins, &Environment::default(), None).unwrap_err()[0].text.contains("two state directories"));
}

/// The token of one gateway is not shown to another, which may be far away.
#[test]
fn the_gateway_s_token_is_the_first_installation_s() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut typed = Typed::default();
    typed.set(
        "state-dir",
        [("a", &first), ("b", &second)].map(|(name, dir)| format!("{name}={}", dir.path().display())),
    );
    std::fs::write(first.path().join("openclaw.json"), "{}").unwrap();
    std::fs::write(second.path().join("openclaw.json"), "{gateway: {mode: 'remote', remote: {url: 'ws://far'}}}")
        .unwrap();
    let environment = Environment::of(&[("HOME", "/home/somebody"), ("OPENCLAW_GATEWAY_TOKEN", "its-token")]);
    let config = resolve(&typed, &environment, None).unwrap();
    let has_token = |at: usize| {
        let target = gateway_target(&config, &config.installations[at]).unwrap().unwrap();
        (target.url.to_string(), target.auth.token.is_some())
    };
    assert_eq!(has_token(0), ("ws://127.0.0.1:18789".to_owned(), true));
    assert_eq!(has_token(1), ("ws://far".to_owned(), false));
}
