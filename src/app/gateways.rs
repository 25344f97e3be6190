//! Which gateway speaks for an installation, and what it is entered with.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::config::{Config, Installation};
use crate::domain::InstallationId;
use crate::domain::secret::Secret;
use crate::gateway::settings::{Address, Auth, DEFAULT_PORT, Settings, Target};

/// Whether a gateway is followed at all.
#[must_use]
pub fn uses_gateway(config: &Config) -> bool {
    config.sources.gateway || config.sources.auto
}

/// Whether an installation is known from its gateway alone.
#[must_use]
pub fn is_alone(config: &Config, installation: &Installation) -> bool {
    !((config.sources.files || config.sources.auto) && installation.root.is_dir())
}

/// Whether it is no fault when no gateway answers.
#[must_use]
pub fn is_optional(config: &Config) -> bool {
    !config.sources.gateway && config.gateway_url.is_none()
}

/// Whom to call for an installation now, or what to do about it.
pub fn whom(config: &Config, id: &InstallationId) -> Result<Target, String> {
    let installation = config.installations.iter().find(|one| one.id == *id);
    let target = installation.map_or(Ok(None), |installation| gateway_target(config, installation));
    target.map_err(|error| format!("{error:#}"))?.ok_or_else(|| {
        format!(
            "No gateway is known for '{id}', and only OpenClaw's gateway can do this. Start it with 'openclaw gateway', and say where it is with --gateway, unless it is in openclaw.json."
        )
    })
}

/// Whom to call for an installation; none when nothing tells where its gateway is.
pub fn gateway_target(config: &Config, installation: &Installation) -> Result<Option<Target>> {
    let is_first = config.installations.first().is_some_and(|first| first.id == installation.id);
    let settings = Settings::of(&installation.root);
    let named = config.gateway_url.as_deref().filter(|_| is_first).map(Address::of);
    let is_named = named.is_some();
    let known = || settings.as_ref().and_then(Settings::url);
    let default =
        || (config.sources.gateway && is_first).then(|| Address::of(format!("ws://127.0.0.1:{DEFAULT_PORT}")));
    let Some(url) = named.or_else(known).or_else(default) else { return Ok(None) };
    let mut auth = settings.as_ref().map(Settings::auth).unwrap_or_default();
    if let Some(file) = config.gateway_token_file.as_deref().filter(|_| is_first) {
        auth = Auth { token: Some(token_in(file)?), password: None };
    } else if auth == Auth::default() && is_first {
        // It is one gateway's. The others shall not be shown it.
        auth.token.clone_from(&config.gateway_token);
    }
    let is_local = !is_named && settings.as_ref().is_some_and(|settings| !settings.is_remote());
    Ok(Some(Target {
        url,
        auth,
        must_be_of: is_local.then(|| installation.root.clone()),
        devices: config.data_dir.join("devices"),
    }))
}

fn token_in(file: &Path) -> Result<Secret> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the gateway's token file {} cannot be read", file.display()))?;
    let Some(token) = Secret::of(&text) else {
        bail!("the gateway's token file {} is empty", file.display());
    };
    Ok(token)
}
