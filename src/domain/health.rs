//! How the ledger is: whether what is seen is kept.

/// How the ledger is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LedgerStatus {
    /// Everything seen is kept.
    #[default]
    Ok,
    /// Everything seen is kept; what was kept before was damaged.
    Rebuilt,
    /// What is seen is kept only until the program ends.
    Memory,
    /// What is seen waits until it can be written.
    Failing,
}

impl LedgerStatus {
    /// The word of the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Rebuilt => "rebuilt",
            Self::Memory => "memory",
            Self::Failing => "failing",
        }
    }
}

/// The state of the ledger, in the user's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerHealth {
    /// How it is.
    pub status: LedgerStatus,
    /// What happened and what to do; empty when all is well.
    pub detail: String,
}
