//! The desk where actions are handed in: whom it calls, and where its audit log is.

use std::sync::Arc;

use super::gateways;
use crate::clock::Clock;
use crate::config::Config;
use crate::control::Limits;
use crate::control::audit::AuditLog;
use crate::control::desk::{Desk, Gateways};
use crate::domain::InstallationId;
use crate::hub::Hub;

/// Simulated agents have no gateway and leave no trace on the disk.
pub(super) fn desk(config: &Config, simulated: bool, hub: &Arc<Hub>, clock: &Arc<dyn Clock>) -> Arc<Desk> {
    let log = if simulated { AuditLog::in_memory() } else { AuditLog::in_file(config.data_dir.join("audit.jsonl")) };
    let gateways = gateways_of(config.clone(), simulated);
    let (hub, clock) = (Arc::clone(hub), Arc::clone(clock));
    Arc::new(Desk::new(hub, clock, config.thresholds, gateways, Limits::default(), log))
}

fn gateways_of(config: Config, simulated: bool) -> Gateways {
    Box::new(move |id: &InstallationId| {
        if simulated {
            return Err("These are simulated agents; they cannot be stopped or changed.".to_owned());
        }
        gateways::whom(&config, id)
    })
}
