//! What was typed, set and written → what it means: flag, then variable, then file, then default.
//!
//! Every mistake is reported at once, with the key, the value and what is allowed.
#![expect(clippy::disallowed_methods, reason = "this file owns the environment")]

pub mod prices;
mod reader;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::domain::InstallationId;
use crate::domain::Millis;
use crate::domain::pricing::{PriceBasis, Rates};
use crate::domain::secret::Secret;
use crate::domain::status::Thresholds;
use prices::OwnPrice;
use reader::Reader;

/// Options as text, by their name without dashes in front; lists have several values.
#[derive(Clone, Debug, Default)]
pub struct Typed(Vec<(&'static str, Vec<String>)>);

impl Typed {
    /// Notes the values of an option that was given.
    pub fn set(&mut self, name: &'static str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.push((name, values));
        }
    }

    fn get(&self, name: &str) -> Option<&[String]> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, values)| values.as_slice())
    }
}

/// Every option that can stand in the environment (`FACTORY_<NAME>`) and in `factory.toml`.
pub const OPTIONS: [&str; 18] = [
    "host",
    "port",
    "state-dir",
    "source",
    "gateway",
    "gateway-token-file",
    "openclaw",
    "active",
    "data-dir",
    "refresh",
    "active-minutes",
    "idle-minutes",
    "stuck-minutes",
    "price-basis",
    "keep-raw",
    "allow-control",
    "token-file",
    "log",
];

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where the value stands: `--port`, `FACTORY_PORT`, `port in factory.toml`.
    pub place: String,
    /// What is wrong and what is allowed.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.text)
    }
}

/// A state directory with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// How it is called.
    pub id: InstallationId,
    /// Where it lies.
    pub root: PathBuf,
}

/// Which sources to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceChoice {
    /// Files; a gateway where one answers; the command where neither is there.
    pub auto: bool,
    /// The state directories.
    pub files: bool,
    /// A running gateway.
    pub gateway: bool,
    /// The `openclaw` command.
    pub command: bool,
    /// The simulator.
    pub demo: bool,
}

/// What the options mean.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen at.
    pub host: IpAddr,
    /// The port; 0 picks one.
    pub port: u16,
    /// The state directories.
    pub installations: Vec<Installation>,
    /// The sources.
    pub sources: SourceChoice,
    /// The OpenClaw command.
    pub openclaw: PathBuf,
    /// The gateway of the first installation, unless `openclaw.json` tells.
    pub gateway_url: Option<String>,
    /// The file with that gateway's token.
    pub gateway_token_file: Option<PathBuf>,
    /// The token in OpenClaw's own variable.
    pub gateway_token: Option<Secret>,
    /// How far back the command looks, in minutes.
    pub command_active_minutes: u64,
    /// Our own folder.
    pub data_dir: PathBuf,
    /// The polling interval of page and command, in seconds.
    pub refresh_seconds: u64,
    /// The limits of status.
    pub thresholds: Thresholds,
    /// The price basis where a request names none.
    pub price_basis: PriceBasis,
    /// How long single calls are kept beside their sums; for ever unless set.
    pub keep_raw: Option<Millis>,
    /// Whether those who have the token may stop, restart and delete.
    pub allow_control: bool,
    /// Whether what was said in sessions stays unread.
    pub no_messages: bool,
    /// The bearer token's file.
    pub token_file: Option<PathBuf>,
    /// What is logged: `error`, `warn`, `info`, `debug`.
    pub log: String,
    /// The flat rate of the basis `reference`.
    pub reference: Rates,
    /// The user's own prices.
    pub own_prices: Vec<OwnPrice>,
    /// The configuration file, where one was read.
    pub file: Option<PathBuf>,
    /// The home folder, for shorter paths in messages.
    pub home: Option<PathBuf>,
}

/// The environment, as far as it matters.
#[derive(Clone, Debug, Default)]
pub struct Environment(Vec<(String, String)>);

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// Variables made up for a test.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// A variable that is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

/// Works out what the options mean, or every mistake in them.
pub fn resolve(typed: &Typed, environment: &Environment, config_file: Option<&Path>) -> Result<Config, Vec<Problem>> {
    let home = environment.get("HOME").map(PathBuf::from);
    let default_file = folder(environment, "XDG_CONFIG_HOME", ".config").map(|folder| folder.join("factory.toml"));
    let mut reading = Reader { typed, environment, table: toml::Table::new(), file: None, problems: Vec::new() };
    reading.read_file(config_file, default_file, home.as_deref());
    reading.check_names();
    let own_prices = reading.prices();
    let reference = reading.reference();
    let config = Config {
        host: reading
            .one("host", "an IP address such as 127.0.0.1 or ::1", |text| {
                if text == "localhost" { Some(IpAddr::from([127, 0, 0, 1])) } else { text.parse().ok() }
            })
            .unwrap_or(IpAddr::from([127, 0, 0, 1])),
        port: reading.one("port", "a whole number from 0 to 65535", |text| text.parse().ok()).unwrap_or(5050),
        installations: reading.installations(home.as_deref()),
        sources: reading.sources(),
        openclaw: reading.path("openclaw", home.as_deref()).unwrap_or_else(|| PathBuf::from("openclaw")),
        gateway_url: reading.gateway_url(),
        gateway_token_file: reading.path("gateway-token-file", home.as_deref()),
        gateway_token: environment.get("OPENCLAW_GATEWAY_TOKEN").and_then(Secret::of),
        command_active_minutes: reading.number("active", 60, 1..=5_256_000),
        data_dir: reading
            .path("data-dir", home.as_deref())
            .or_else(|| folder(environment, "XDG_DATA_HOME", ".local/share"))
            .unwrap_or_else(|| PathBuf::from("factory-dashboard-data")),
        refresh_seconds: reading.number("refresh", 10, 1..=3600),
        thresholds: reading.thresholds(),
        price_basis: reading
            .one("price-basis", "auto, list, recorded or reference", PriceBasis::from_word)
            .unwrap_or(PriceBasis::Auto),
        keep_raw: reading.keep_raw(),
        allow_control: reading.switch("allow-control"),
        no_messages: reading.switch("no-messages"),
        token_file: reading.path("token-file", home.as_deref()),
        log: reading
            .one("log", "error, warn, info or debug", |text| {
                matches!(text, "error" | "warn" | "info" | "debug").then(|| text.to_owned())
            })
            .unwrap_or_else(|| "info".to_owned()),
        reference,
        own_prices,
        file: reading.file.take(),
        home,
    };
    if reading.problems.is_empty() { Ok(config) } else { Err(reading.problems) }
}

fn folder(environment: &Environment, variable: &str, below_home: &str) -> Option<PathBuf> {
    let base = environment
        .get(variable)
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(environment.get("HOME")?).join(below_home)))?;
    Some(base.join("factory-dashboard"))
}
