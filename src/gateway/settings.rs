//! Where an installation's gateway is and how it is entered, as its `openclaw.json` says.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::config::prices::parse_openclaw_config;
use crate::domain::secret::Secret;

/// The gateway's port where `openclaw.json` names none.
pub const DEFAULT_PORT: u16 = 18789;
/// A larger `openclaw.json` is none.
const MAX_BYTES: u64 = 16 << 20;

/// What a gateway is entered with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auth {
    /// The shared token.
    pub token: Option<Secret>,
    /// Or the shared password.
    pub password: Option<Secret>,
}

/// `ws://…` or `wss://…`. A user, a password or a query in it may be secret: they are for the connection alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// As it was given.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// All of it, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// As much of it as anybody may see.
impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = path.split(['?', '#']).next().unwrap_or_default();
        match host.rsplit_once('@') {
            Some((_, host)) => write!(out, "{scheme}://{host}{path}"),
            // Behind a password with a sign that ends a host: where it stops is anybody's guess.
            None if rest.contains('@') => write!(out, "{scheme}://…"),
            None => write!(out, "{scheme}://{host}{path}"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// Tells whom to call, or in words why that is not known. It is asked before each call, so that what was changed
/// meanwhile holds.
pub type Whom = Arc<dyn Fn() -> Result<Target, String> + Send + Sync>;

/// Whom to call.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where.
    pub url: Address,
    /// What it is entered with.
    pub auth: Auth,
    /// The state directory that it must speak for, where the address was not named by the user.
    pub must_be_of: Option<PathBuf>,
    /// The folder of our device keys.
    pub devices: PathBuf,
}

/// The gateway's settings in `openclaw.json`; what is odd there is as if it were not there.
#[derive(Debug, Default, Deserialize)]
pub struct Settings {
    #[serde(default)]
    gateway: Value,
}

impl Settings {
    /// None without the file: such a folder may be a copy beside the gateway of another installation.
    #[must_use]
    pub fn of(root: &Path) -> Option<Self> {
        let file = root.join("openclaw.json");
        if std::fs::metadata(&file).ok()?.len() > MAX_BYTES {
            return None;
        }
        let bytes = std::fs::read(file).ok()?;
        Some(parse_openclaw_config(&String::from_utf8_lossy(&bytes)).unwrap_or_default())
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.gateway.pointer(pointer)?.as_str()
    }

    /// The port on this machine.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.gateway.pointer("/port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        port.filter(|port| *port > 0).unwrap_or(DEFAULT_PORT)
    }

    /// Whether the gateway runs on another machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.text("/mode") == Some("remote")
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> Option<Address> {
        if self.is_remote() {
            return self.text("/remote/url").map(Address::of);
        }
        let scheme = if self.gateway.pointer("/tls/enabled") == Some(&Value::Bool(true)) { "wss" } else { "ws" };
        Some(Address::of(format!("{scheme}://127.0.0.1:{}", self.port())))
    }

    /// What it is entered with. A value that only names where the secret is (`${VARIABLE}`) is none.
    #[must_use]
    pub fn auth(&self) -> Auth {
        let part = if self.is_remote() { "/remote" } else { "/auth" };
        let secret = |name: &str| {
            self.text(&format!("{part}/{name}")).filter(|text| !text.starts_with("${")).and_then(Secret::of)
        };
        Auth { token: secret("token"), password: secret("password") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("openclaw.json"), text).unwrap();
        Settings::of(folder.path()).unwrap()
    }

    #[test]
    fn the_address_is_read_whatever_else_stands_there() {
        let found = settings("{gateway: {port: 19001, /* no */ mode: 'local', auth: {token: 't-1'}}, other: [1]}");
        assert_eq!((found.port(), found.is_remote()), (19001, false));
        assert_eq!(found.url(), Some(Address::of("ws://127.0.0.1:19001")));
        assert_eq!(found.auth().token, Secret::of("t-1"));
        let far = settings(
            "{gateway: {mode: 'remote', remote: {url: 'wss://far', token: 't-2', password: 'p'}, auth: {token: 'x'}}}",
        );
        assert_eq!((far.url(), far.auth().token), (Some(Address::of("wss://far")), Secret::of("t-2")));
        for odd in [
            "",
            "{",
            "[]",
            "{}",
            "{gateway: 7}",
            "{gateway: {}}",
            "{gateway: {port: 'x'}}",
            "{gateway: {port: 700000}}",
        ] {
            let odd = settings(odd);
            assert_eq!((odd.port(), odd.is_remote(), odd.auth()), (DEFAULT_PORT, false, Auth::default()));
        }
        assert_eq!(settings("{gateway: {auth: {token: '${GATEWAY_TOKEN}'}}}").auth(), Auth::default());
        assert!(Settings::of(Path::new("/nonexistent")).is_none());
    }

    #[test]
    fn what_may_be_secret_in_an_address_is_not_shown() {
        for (address, shown) in [
            ("wss://far:443/path", "wss://far:443/path"),
            ("wss://far?token=secret", "wss://far"),
            ("wss://far/path?token=se@cret#x", "wss://…"),
            ("wss://far/#secret", "wss://far/"),
            ("wss://user:secret@far/path?a=b", "wss://far/path"),
            ("wss://user:se@cret@far", "wss://far"),
            ("wss://user:sec?ret@far", "wss://…"),
            ("wss://user:sec/ret@far/?x=secret", "wss://…"),
            ("far?token=secret", "://far"),
        ] {
            let address = Address::of(address);
            assert_eq!((address.to_string(), format!("{address:?}")), (shown.to_owned(), shown.to_owned()));
        }
    }
}
