//! Puts OpenClaw's own figures beside what is counted here, transcript by transcript.
//!
//! Done at the moment when they come, and kept: a call made later would be a difference that is none.

use std::collections::{BTreeMap, HashMap};

use super::transcript::{Totals, Transcript};
use crate::domain::reconciliation::{Comparison, OpenClawTotals};
use crate::domain::usage::TokenUsage;
use crate::domain::{AgentId, InstallationId, Millis, SessionId, TranscriptRef};

/// OpenClaw may not have counted calls that are younger than this.
const LATE_MS: Millis = 60_000;

/// What OpenClaw says of a transcript, by agent and session id.
type Theirs<'a> = HashMap<(&'a AgentId, &'a SessionId), TokenUsage>;

/// Every agent that either side knows.
pub(super) fn compare(
    transcripts: &HashMap<TranscriptRef, Transcript>,
    installation: &InstallationId,
    totals: &OpenClawTotals,
) -> BTreeMap<AgentId, Comparison> {
    let empty = Comparison { asked_at: totals.asked_at, is_whole: totals.is_whole, ..Comparison::default() };
    let mut found: BTreeMap<AgentId, Comparison> = totals
        .agents
        .iter()
        .map(|(agent, figures)| (agent.clone(), Comparison { theirs: *figures, ..empty }))
        .collect();
    let mut theirs = Theirs::new();
    for (agent, id, usage) in &totals.transcripts {
        *theirs.entry((agent, id)).or_default() += *usage;
    }
    let listed = listed(totals);
    for (name, transcript) in transcripts.iter().filter(|(name, _)| name.owner.installation == *installation) {
        let agent = &name.owner.agent;
        let comparison = found.entry(agent.clone()).or_insert(empty);
        comparison.ours += transcript.totals.usage;
        comparison.costs.add(&transcript.totals.costs);
        let counted = theirs.remove(&(agent, &name.session_id));
        // An agent whose transcripts OpenClaw does not name in full is compared as a whole only.
        if listed.get(agent).copied().unwrap_or_default() == comparison.theirs.usage {
            place(comparison, &transcript.totals, counted, totals.asked_at);
        }
    }
    for ((agent, _), usage) in theirs.into_iter().filter(|(_, usage)| usage.total() > 0) {
        if let Some(comparison) = found.get_mut(agent)
            && listed.get(agent) == Some(&comparison.theirs.usage)
        {
            comparison.unread.add(0, usage.total());
        }
    }
    found
}

/// What the transcripts named sum up to.
fn listed(totals: &OpenClawTotals) -> HashMap<&AgentId, TokenUsage> {
    let mut sums: HashMap<&AgentId, TokenUsage> = HashMap::new();
    for (agent, _, usage) in &totals.transcripts {
        *sums.entry(agent).or_default() += *usage;
    }
    sums
}

/// Notes in which part of the difference a transcript belongs.
fn place(comparison: &mut Comparison, ours: &Totals, counted: Option<TokenUsage>, asked_at: Millis) {
    let (here, there) = (ours.usage.total(), counted.unwrap_or_default().total());
    if there > here {
        return comparison.less.add(ours.calls, there - here);
    }
    let more = here - there;
    if more == 0 {
        return;
    }
    let since = (asked_at - LATE_MS).div_euclid(60_000);
    let young: u64 = ours.recent.iter().filter(|minute| minute.minute >= since).map(|minute| minute.tokens).sum();
    if more <= young {
        comparison.late.add(ours.calls, more);
    } else if counted.is_none() {
        comparison.forgotten.add(ours.calls, more);
    } else {
        comparison.more.add(ours.calls, more);
    }
}
