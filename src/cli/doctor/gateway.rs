//! Whether each installation's gateway lets this program look, and act where that is wanted.

use super::{Check, Verdict, check};
use crate::app;
use crate::config::{Config, Installation};
use crate::domain::InstallationId;
use crate::gateway::connection::Caller;
use crate::gateway::methods::Purpose;
use crate::gateway::refusal::Refusal;
use crate::gateway::settings::Target;

const WHY: &str = "The gateway tells at once who runs, and is the only way to stop something.";

/// One check for each installation with a gateway, and another where control is allowed.
pub(super) fn checks(config: &Config) -> Vec<Check> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    let mut checks = Vec::new();
    for installation in config.installations.iter().filter(|_| app::uses_gateway(config) || config.allow_control) {
        let target = match target(config, installation) {
            Ok(Some(target)) => target,
            Ok(None) => continue,
            Err(failed) => {
                checks.push(failed);
                continue;
            }
        };
        let name = format!("gateway of {}", installation.id);
        if app::uses_gateway(config) {
            checks.push(runtime.block_on(try_it(name.clone(), target.clone(), Purpose::Watch)));
        }
        if config.allow_control {
            checks.push(runtime.block_on(try_it(format!("{name}, control"), target, Purpose::Control)));
        }
    }
    checks
}

fn target(config: &Config, installation: &Installation) -> Result<Option<Target>, Check> {
    let named = |id: &InstallationId| format!("gateway of {id}");
    app::gateway_target(config, installation).map_err(|error| {
        check(named(&installation.id), Verdict::Problem, format!("{error:#}"), WHY, "Mend --gateway-token-file.")
    })
}

async fn try_it(name: String, target: Target, purpose: Purpose) -> Check {
    let caller = Caller::new(target, purpose);
    match caller.call().await {
        Ok(connection) => {
            let (version, protocol) = (&connection.hello.version, connection.hello.protocol);
            check(
                name,
                Verdict::Ok,
                format!("OpenClaw {version} at {}, wire protocol {protocol}", caller.address()),
                "",
                "",
            )
        }
        // Nothing runs: that is no fault of anybody.
        Err(refusal @ Refusal::Unreachable { .. }) => check(name, Verdict::Note, refusal.to_string(), WHY, ""),
        Err(refusal) => check(name, Verdict::Problem, refusal.to_string(), WHY, ""),
    }
}
