//! A client of OpenClaw's gateway: where it is, how it is greeted, what it is asked, what it answers.
//!
//! It judges nothing: `source::gateway` listens with it and may only read, `control` acts with it. Each has
//! a connection and, for versions that want one, a device identity of its own. Tokens leave this module in
//! the greeting alone.

pub mod connection;
pub mod device;
pub mod frames;
pub mod methods;
pub mod refusal;
pub mod settings;
