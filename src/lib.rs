//! Factory Dashboard: one live page for everything that OpenClaw agents do.
//!
//! Bytes come in at [`source`], become events, are folded into one state by [`live`], and leave
//! through [`hub`] and [`http`]. `docs/ARCHITECTURE.md` is the map.

pub mod domain;

pub mod clock;
pub mod config;

pub mod live;

pub mod gateway;
pub mod hub;
pub mod redaction;
pub mod source;
pub mod store;

pub mod control;
pub mod conversation;
pub mod http;
pub mod logs;
pub mod pipeline;

pub mod app;
pub mod cli;
