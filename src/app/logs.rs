//! Where the log of each installation is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::gateway_target;
use crate::config::Config;
use crate::domain::InstallationId;
use crate::gateway::connection::Caller;
use crate::gateway::methods::Purpose;
use crate::logs::{OpenLine, Place, Places, Told};

/// Simulated agents have no log.
pub(super) fn places(config: &Config, simulated: bool) -> Places {
    let config = config.clone();
    let lines: Mutex<HashMap<InstallationId, Arc<OpenLine>>> = Mutex::default();
    Box::new(move |id: &InstallationId| {
        let installation = config.installations.iter().find(|one| one.id == *id).filter(|_| !simulated);
        let Some(installation) = installation else {
            let why = if simulated { "These are simulated agents; they write none." } else { "Nobody writes one." };
            return Place { root: None, gateway: Err(why.to_owned()) };
        };
        let target = gateway_target(&config, installation).map_err(|error| format!("{error:#}"));
        let gateway = target.and_then(|target| {
            target.ok_or_else(|| {
                "Its settings name no log file and no gateway: set logging.file in openclaw.json, or start the gateway."
                    .to_owned()
            })
        });
        Place {
            root: Some(installation.root.clone()).filter(|root| root.is_dir()),
            gateway: gateway.map(|target| {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                let line = Arc::clone(lines.entry(id.clone()).or_default());
                Told { caller: Caller::new(target, Purpose::Watch).knowing(&line.wants_device), line }
            }),
        }
    })
}
