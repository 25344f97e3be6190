//! One row of the ledger, with every name spelt out.

use std::sync::Arc;

use super::AgentRef;
use super::rollup::SessionName;
use super::usage::ModelCall;

/// A call and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Installation and agent.
    pub owner: AgentRef,
    /// Session key and id.
    pub session: Arc<SessionName>,
    /// The call.
    pub call: ModelCall,
}
