//! Values as they were typed, set or written, each checked, every mistake kept.

use std::path::{Path, PathBuf};

use super::prices::{self, OwnPrice};
use super::{Environment, Installation, OPTIONS, Problem, SourceChoice, Typed};
use crate::domain::pricing::Rates;
use crate::domain::status::Thresholds;
use crate::domain::{InstallationId, Millis};

/// Options that are on or off: `true` and `false` in the file mean that for them alone.
const SWITCHES: [&str; 2] = ["allow-control", "no-messages"];

/// Looks for a value in its three places, in order.
pub(super) struct Reader<'a> {
    pub(super) typed: &'a Typed,
    pub(super) environment: &'a Environment,
    pub(super) table: toml::Table,
    pub(super) file: Option<PathBuf>,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, place: String, text: String) {
        self.problems.push(Problem { place, text });
    }

    pub(super) fn read_file(&mut self, named: Option<&Path>, default: Option<PathBuf>, home: Option<&Path>) {
        let wanted =
            named.map(Path::to_owned).or_else(|| self.environment.get("FACTORY_CONFIG").map(|path| expand(path, home)));
        let must_exist = wanted.is_some();
        let Some(path) = wanted.or(default) else { return };
        match std::fs::read_to_string(&path) {
            Ok(text) => match text.parse::<toml::Table>() {
                Ok(table) => {
                    self.table = table;
                    self.file = Some(path);
                }
                Err(error) => self.wrong(path.display().to_string(), format!("not valid TOML: {}", error.message())),
            },
            Err(error) if must_exist || error.kind() != std::io::ErrorKind::NotFound => {
                self.wrong(path.display().to_string(), format!("cannot be read: {error}"));
            }
            Err(_) => {}
        }
    }

    /// A misspelt key would silently do nothing.
    pub(super) fn check_names(&mut self) {
        let unknown: Vec<String> = self
            .table
            .keys()
            .filter(|key| !OPTIONS.contains(&key.as_str()) && !matches!(key.as_str(), "price" | "reference"))
            .cloned()
            .collect();
        for key in unknown {
            self.wrong(
                format!("{key} in factory.toml"),
                format!("no such key; allowed are {}, [reference] and [[price]]", OPTIONS.join(", ")),
            );
        }
    }

    /// The values of an option and where they stand.
    fn values(&mut self, name: &str) -> Option<(String, Vec<String>)> {
        if let Some(values) = self.typed.get(name) {
            return Some((format!("--{name}"), values.to_vec()));
        }
        let variable = format!("FACTORY_{}", name.replace('-', "_").to_uppercase());
        if let Some(value) = self.environment.get(&variable) {
            return Some((variable, vec![value.to_owned()]));
        }
        let place = format!("{name} in factory.toml");
        let value = self.table.get(name)?;
        let values = match value {
            toml::Value::Boolean(on) if SWITCHES.contains(&name) => Some(vec![on.to_string()]),
            toml::Value::Array(values) => values.iter().map(plain).collect(),
            value => plain(value).map(|value| vec![value]),
        };
        if values.is_none() {
            let text = format!("'{value}' is not allowed; it must be a text, a number or a list of texts");
            self.wrong(place.clone(), text);
        }
        Some((place, values?))
    }

    pub(super) fn one<T>(&mut self, name: &str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (place, values) = self.values(name)?;
        let [value] = &values[..] else {
            self.wrong(place, "takes one value".to_owned());
            return None;
        };
        let parsed = parse(value.trim());
        if parsed.is_none() {
            self.wrong(place, format!("'{value}' is not allowed; it must be {allowed}"));
        }
        parsed
    }

    /// A path; `~/` is the home folder.
    pub(super) fn path(&mut self, name: &str, home: Option<&Path>) -> Option<PathBuf> {
        self.one(name, "a path", |text| (!text.is_empty()).then(|| expand(text, home)))
    }

    pub(super) fn number(&mut self, name: &str, default: u64, range: std::ops::RangeInclusive<u64>) -> u64 {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.one(name, &allowed, |text| text.parse().ok().filter(|number| range.contains(number))).unwrap_or(default)
    }

    /// Off unless said otherwise.
    pub(super) fn switch(&mut self, name: &str) -> bool {
        let on = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Some(true),
            "false" | "off" | "no" | "0" => Some(false),
            _ => None,
        };
        self.one(name, "true or false (or on, off, yes, no, 1, 0)", on).unwrap_or(false)
    }

    /// `400d`; none for `off`.
    pub(super) fn keep_raw(&mut self) -> Option<Millis> {
        let days = |text: &str| match text {
            "off" => Some(0),
            _ => text.strip_suffix('d')?.parse::<i64>().ok().filter(|days| (7..=36_500).contains(days)),
        };
        let days = self.one("keep-raw", "off, or a number of days from 7d to 36500d such as 400d", days)?;
        (days > 0).then_some(days * 86_400_000)
    }

    pub(super) fn thresholds(&mut self) -> Thresholds {
        let before = self.problems.len();
        let [active, idle, stuck] =
            [("active-minutes", 5), ("idle-minutes", 60), ("stuck-minutes", 10)].map(|(name, default)| {
                Millis::try_from(self.number(name, default, 1..=525_600)).unwrap_or_default() * 60_000
            });
        if active >= idle && before == self.problems.len() {
            self.wrong(
                "--active-minutes".to_owned(),
                format!("{} must be smaller than --idle-minutes {}", active / 60_000, idle / 60_000),
            );
        }
        Thresholds { active_ms: active, idle_ms: idle, stuck_ms: stuck }
    }

    pub(super) fn sources(&mut self) -> SourceChoice {
        let none = SourceChoice { auto: false, files: false, gateway: false, command: false, demo: false };
        let Some((place, values)) = self.values("source") else { return SourceChoice { auto: true, ..none } };
        let mut choice = none;
        for word in values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "auto" => choice.auto = true,
                "files" => choice.files = true,
                "gateway" => choice.gateway = true,
                "command" => choice.command = true,
                "demo" => choice.demo = true,
                other => self.wrong(place.clone(), format!("'{other}' is not allowed; it must be auto, files, gateway, command or demo, or several of them with commas")),
            }
        }
        if choice == none && self.problems.is_empty() {
            self.wrong(place, "names no source; it must be auto, files, gateway, command or demo".to_owned());
        }
        choice
    }

    /// The address of a gateway. A secret in it would reach logs and pages, so none is taken.
    pub(super) fn gateway_url(&mut self) -> Option<String> {
        let allowed = "a WebSocket address such as ws://127.0.0.1:18789, without user, password or query";
        self.one("gateway", allowed, |text| {
            let rest = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"))?;
            let is_plain = !rest.is_empty() && !rest.contains(['@', '?', '#', ' ']) && !rest.starts_with('/');
            is_plain.then(|| text.to_owned())
        })
    }

    pub(super) fn installations(&mut self, home: Option<&Path>) -> Vec<Installation> {
        let (place, values) = self.values("state-dir").unwrap_or_else(|| {
            let default = self
                .environment
                .get("OPENCLAW_STATE_DIR")
                .map(str::to_owned)
                .or_else(|| Some(home?.join(".openclaw").to_string_lossy().into_owned()));
            ("--state-dir".to_owned(), default.into_iter().collect())
        });
        let mut installations: Vec<Installation> = Vec::new();
        for value in &values {
            let (name, path) = match value.split_once('=') {
                Some((name, path)) if !name.is_empty() && !name.contains('/') => (Some(name.to_owned()), path),
                _ => (None, value.as_str()),
            };
            let root = expand(path, home);
            let name = name
                .or_else(|| Some(root.file_name()?.to_string_lossy().trim_start_matches('.').to_owned()))
                .unwrap_or_else(|| "openclaw".to_owned());
            if installations.iter().any(|known| known.id.as_str() == name) {
                self.wrong(
                    place.clone(),
                    format!("two state directories are called '{name}'; name them with NAME=DIR"),
                );
            }
            installations.push(Installation { id: InstallationId::from(name), root });
        }
        installations
    }

    pub(super) fn prices(&mut self) -> Vec<OwnPrice> {
        let Some(value) = self.table.get("price").cloned() else { return Vec::new() };
        match prices::own_prices(value) {
            Ok(prices) => prices,
            Err(text) => {
                self.wrong("[[price]] in factory.toml".to_owned(), text);
                Vec::new()
            }
        }
    }

    pub(super) fn reference(&mut self) -> Rates {
        let mut rates = Rates { input: 15_000_000, output: 75_000_000, cache_read: 0, cache_write: 0 };
        let Some(value) = self.table.get("reference").cloned() else { return rates };
        let Some(table) = value.as_table() else {
            self.wrong(
                "reference in factory.toml".to_owned(),
                "must be a table with input, output, cache-read, cache-write".to_owned(),
            );
            return rates;
        };
        for (key, value) in table {
            let rate = match key.as_str() {
                "input" => &mut rates.input,
                "output" => &mut rates.output,
                "cache-read" => &mut rates.cache_read,
                "cache-write" => &mut rates.cache_write,
                _ => {
                    self.wrong(
                        format!("reference.{key} in factory.toml"),
                        "no such key; allowed are input, output, cache-read, cache-write".to_owned(),
                    );
                    continue;
                }
            };
            #[expect(clippy::cast_precision_loss, reason = "a price in dollars has few digits")]
            let dollars = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
            match dollars.filter(|dollars| (0.0..=1_000_000.0).contains(dollars)) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
                Some(dollars) => *rate = (dollars * 1e6).round() as u64,
                None => self.wrong(
                    format!("reference.{key} in factory.toml"),
                    format!("'{value}' is not allowed; it must be dollars per million tokens, 0 or more"),
                ),
            }
        }
        rates
    }
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn expand(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
