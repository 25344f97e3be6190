//! What the ledger knows when the program starts: enough to show everything before any source speaks.

use super::event::{SourceKind, TranscriptTail};
use super::pricing::ModelPrice;
use super::rollup::{UsageKey, UsageSums};
use super::session::SessionEntry;
use super::usage::ModelCall;
use super::{InstallationId, Millis, ModelRef, SessionKey, TranscriptRef};

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The rows of each source's index.
    pub sessions: Vec<(SourceKind, SessionEntry)>,
    /// Every transcript.
    pub transcripts: Vec<KnownTranscript>,
    /// What the sums in `transcripts` have in common.
    pub keys: Vec<UsageKey>,
    /// The prices in each installation's `openclaw.json`.
    pub prices: Vec<(InstallationId, Vec<(ModelRef, ModelPrice)>)>,
}

/// A transcript and what its calls sum up to.
#[derive(Clone, Debug)]
pub struct KnownTranscript {
    /// Its name.
    pub transcript: TranscriptRef,
    /// Its session, where that is known and still listed.
    pub session: Option<SessionKey>,
    /// Whether it was only seen in a reset, deleted or archived form; `None` when it was never read.
    pub archived: Option<bool>,
    /// Copies of calls that were seen again.
    pub copies: u64,
    /// How it ends.
    pub tail: Option<TranscriptTail>,
    /// The first call.
    pub first_at: Option<Millis>,
    /// The last call that used tokens: when, and the size of its prompt.
    pub last_prompt: Option<(Millis, u64)>,
    /// The model of the last call that has one.
    pub last_model: Option<(Millis, ModelRef)>,
    /// The sums of each UTC day: its start, the place of the key, the sums.
    pub days: Vec<(Millis, u32, UsageSums)>,
    /// The calls since the moment that was asked for.
    pub recent: Vec<ModelCall>,
}
