//! Where the log of each installation is.

use super::gateway_target;
use crate::config::Config;
use crate::domain::InstallationId;
use crate::gateway::connection::Caller;
use crate::gateway::methods::Purpose;
use crate::logs::{Place, Places};

/// Simulated agents have no log.
pub(super) fn places(config: &Config, simulated: bool) -> Places {
    let config = config.clone();
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
            gateway: gateway.map(|target| Caller::new(target, Purpose::Watch)),
        }
    })
}
