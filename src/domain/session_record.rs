//! What the ledger keeps of one session, whether OpenClaw still lists it or not.

use super::rollup::{UsageKey, UsageSums};
use super::usage::ModelCall;
use super::{AgentRef, Millis, SessionId};

/// So many single calls of a session are told, the newest.
pub const MOST_CALLS: usize = 2_000;

/// Everything kept of a session.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The agent.
    pub owner: AgentRef,
    /// Its transcripts, oldest first.
    pub transcripts: Vec<KeptTranscript>,
    /// What the sums in `days` have in common.
    pub keys: Vec<UsageKey>,
    /// The sums of each UTC day: its start, the place of the key, the sums.
    pub days: Vec<(Millis, usize, UsageSums)>,
    /// Single calls, oldest first: the newest, [`MOST_CALLS`] at most.
    pub calls: Vec<ModelCall>,
}

/// A transcript as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTranscript {
    /// Its name.
    pub session_id: SessionId,
    /// Whether its session is listed no more: another one may have the key now.
    pub released: bool,
    /// When it began.
    pub began_at: Option<Millis>,
}
