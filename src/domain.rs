//! The vocabulary of the program: plain values and the rules over them.
//!
//! Deliberately absent: serialisation, files, sockets, clocks and randomness.
//! Time is always a parameter; every shape that leaves the program is made elsewhere.

pub mod envelope;
pub mod event;
pub mod health;
pub mod known;
pub mod ledger_row;
pub mod money;
pub mod pricing;
pub mod reconciliation;
pub mod rollup;
pub mod secret;
pub mod series;
pub mod session;
pub mod session_record;
pub mod status;
pub mod task;
pub mod usage;

use std::fmt;
use std::sync::Arc;

/// Milliseconds since the Unix epoch, UTC.
pub type Millis = i64;

macro_rules! id_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: AsRef<str>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(Arc::from(text.as_ref()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

id_newtype! {
    /// One state directory, named by its folder or by the user.
    InstallationId
}
id_newtype! {
    /// An OpenClaw agent: the folder below `agents/`.
    AgentId
}
id_newtype! {
    /// OpenClaw's routing key of a session; stable over resets.
    SessionKey
}
id_newtype! {
    /// One transcript generation of a session.
    SessionId
}
id_newtype! {
    /// A background task record.
    TaskId
}

/// A model as a provider names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelRef {
    /// The provider's name in OpenClaw's configuration; empty when unknown.
    pub provider: Arc<str>,
    /// The model's name, as sent to the provider.
    pub model: Arc<str>,
}

impl ModelRef {
    /// A reference from its two parts.
    #[must_use]
    pub fn new(provider: &str, model: &str) -> Self {
        Self { provider: Arc::from(provider), model: Arc::from(model) }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.provider.is_empty() {
            out.write_str(&self.model)
        } else {
            write!(out, "{}/{}", self.provider, self.model)
        }
    }
}

/// One agent of one installation: the scope in which session ids and keys are unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentRef {
    /// The installation that the agent belongs to.
    pub installation: InstallationId,
    /// The agent.
    pub agent: AgentId,
}

/// One transcript, wherever its bytes lie now.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TranscriptRef {
    /// The agent that wrote it.
    pub owner: AgentRef,
    /// The generation.
    pub session_id: SessionId,
}
