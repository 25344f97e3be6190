//! What the ledger keeps of one session, whether OpenClaw still lists it or not.

use super::rollup::{UsageKey, UsageSums};
use super::usage::ModelCall;
use super::{AgentRef, Millis, SessionId, SessionKey};

/// So many single calls of a session are told, the newest.
pub const MOST_CALLS: usize = 2_000;
/// So many calls without an answer are told besides, the newest.
pub const MOST_FAILURES: usize = 10_000;

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
    /// Calls that failed or were stopped, oldest first: the newest, [`MOST_FAILURES`] at most.
    pub failures: Vec<ModelCall>,
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

/// The family of a session as the ledger knows it: its ancestors, and everything below them.
#[derive(Clone, Debug, Default)]
pub struct KeptFamily {
    /// What the sums of all members have in common.
    pub keys: Vec<UsageKey>,
    /// The members, in no order.
    pub members: Vec<KeptRelative>,
}

/// A member of a family.
#[derive(Clone, Debug)]
pub struct KeptRelative {
    /// Its key.
    pub key: SessionKey,
    /// The session that spawned it, where one did.
    pub parent: Option<SessionKey>,
    /// The name that somebody gave it.
    pub label: Option<String>,
    /// When it began.
    pub began_at: Option<Millis>,
    /// The sums of each UTC day: its start, the place of the key, the sums. Only of a session that is listed no more.
    pub days: Vec<(Millis, usize, UsageSums)>,
}
