//! Everything that needs more than one module, in one binary. `support` holds the builders.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

mod access;
mod api;
mod architecture;
mod bad_input;
mod cli;
mod command;
mod config;
mod control;
mod damage;
mod db;
mod docs;
mod gateway;
mod gateway_alone;
mod gateway_contract;
mod gateway_faults;
mod gateway_refusals;
mod kills;
mod ledger;
mod live_changes;
mod logs;
mod opened;
mod prices;
mod push;
mod reconciliation;
mod redaction;
mod regression;
mod report;
mod samples;
mod splits;
mod support;
mod traps;
mod usage;
