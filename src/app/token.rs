//! The token: read from its file, or made up, kept in the data folder and shown once.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::config::Config;
use crate::http::guard::token::Token;
use crate::http::guard::{Guard, Reading};

/// What is shorter can be guessed.
const SHORTEST: usize = 16;

/// The rules of this server: who may look, and who may act. Simulated agents leave no trace on the disk.
pub(super) fn guard(config: &Config, simulated: bool) -> Result<Guard> {
    let allow_control = config.allow_control;
    let (token, reading) = match &config.token_file {
        Some(path) => (Some(read(path)?), Reading::Token),
        None if !config.host.is_loopback() => (Some(own(config, simulated)?), Reading::Token),
        None if allow_control => (Some(own(config, simulated)?), Reading::Open),
        None => (None, Reading::Open),
    };
    Ok(Guard { token: token.map(|text| Token::new(&text)), reading, allow_control })
}

fn read(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("the token file {} cannot be read", path.display()))?;
    let token = text.trim();
    if token.len() < SHORTEST {
        bail!(
            "the token in {} is shorter than {SHORTEST} characters; make one with: head -c 24 /dev/urandom | base64 > FILE",
            path.display()
        );
    }
    if token.chars().any(|c| !c.is_ascii_graphic() && c != ' ') {
        bail!(
            "the token in {} has characters that a request cannot carry; make one with: head -c 24 /dev/urandom | base64 > FILE",
            path.display()
        );
    }
    Ok(token.to_owned())
}

/// The token of the data folder, made at the first start that needs one.
fn own(config: &Config, simulated: bool) -> Result<String> {
    let path = config.data_dir.join("token");
    if simulated {
        let token = make()?;
        print(config, &token, "it holds until the program ends");
        return Ok(token);
    }
    match fs::metadata(&path) {
        Ok(facts) => {
            let token = read(&path)
                .with_context(|| format!("remove {} and start again, and a new token is made", path.display()))?;
            say(&format!("{}: {}", why(config), path.display()));
            if facts.permissions().mode() & 0o077 != 0 {
                say(&format!("others on this machine can read that file: chmod 600 {}", path.display()));
            }
            Ok(token)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let token = make()?;
            match keep(&path, &token) {
                Ok(()) => print(config, &token, &format!("kept in {}", path.display())),
                // A folder that cannot be written is no reason to show nothing.
                Err(error) => print(
                    config,
                    &token,
                    &format!("it holds until the program ends, since it cannot be kept in {}: {error}", path.display()),
                ),
            }
            Ok(token)
        }
        Err(error) => Err(error).with_context(|| format!("the token file {} cannot be read", path.display())),
    }
}

fn make() -> Result<String> {
    let mut bytes = [0_u8; 24];
    #[expect(clippy::disallowed_methods, reason = "the one place where a secret is made")]
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random token could be made: {error}"))?;
    Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

/// For its owner's eyes from the first byte on; one that is there already is never written over.
fn keep(path: &Path, token: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{token}").and_then(|()| file.sync_all()).inspect_err(|_| {
        // Half a token would stop the next start.
        let _ = fs::remove_file(path);
    })
}

fn why(config: &Config) -> String {
    if config.host.is_loopback() {
        "control needs the token".to_owned()
    } else {
        format!("{} is not a loopback address, so readers need the token", config.host)
    }
}

/// Past the log, which is a file: to the terminal alone.
fn print(config: &Config, token: &str, until: &str) {
    say(&format!("{} (shown once; {until}): {token}", why(config)));
}

fn say(text: &str) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}
