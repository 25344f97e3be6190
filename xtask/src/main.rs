//! The project's chores as code: `cargo xtask check`, `e2e`, `bench`, `prices`, `gateway-schema`.

#![expect(clippy::disallowed_methods, reason = "chores read the environment and tell how long they took")]

mod bench;
mod check;
mod gateway_schema;
mod licences;
mod prices;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask check [--no-e2e]   everything that CI runs; installs what it needs and says so
cargo xtask e2e                the browser and OpenClaw tests alone
cargo xtask bench              measures the release build; writes docs/BENCHMARKS.md; with the names of parts
                               (cold scan ledger push page idle) it only prints them
cargo xtask prices FILE …      makes data/prices.json from LiteLLM's price list
cargo xtask gateway-schema FILE  cuts OpenClaw's published protocol.schema.json to what our requests need";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("check") => check::run(&arguments[1..]),
        Some("e2e") => check::e2e(),
        Some("bench") => bench::run(check::root(), &check::target()),
        Some("prices") => prices::run(&arguments[1..]),
        Some("gateway-schema") => gateway_schema::run(&arguments[1..]),
        _ => Err(anyhow::anyhow!("{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
