//! How long to wait for what: fit for a real gateway; tests have no time for it.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

use crate::gateway::connection::HANDSHAKE;
use crate::gateway::refusal::Refusal;

/// Every delay of the source.
#[derive(Clone, Debug)]
pub struct Timing {
    /// How long each step of the handshake may take.
    pub handshake: Duration,
    /// What was heard is told on this long after the first of it.
    pub gather: Duration,
    /// How long an event that says too little waits for others like it, before everything is asked for anew.
    pub settle: Duration,
    /// The least time between two whole lists.
    pub list_pause: Duration,
    /// How often everything is asked for anew, whatever is heard.
    pub list_every: Duration,
    /// The same where sessions cannot be subscribed to (2026.3.13).
    pub poll_every: Duration,
    /// An answer that takes longer than this is slow; one that takes far longer will not come.
    pub slow: Duration,
    /// That.
    pub lost: Duration,
    /// A gateway says something every 30 s. One that says nothing for so long is gone.
    pub silence: Duration,
    /// How often the report says that all is well.
    pub report_every: Duration,
    /// The first and the longest pause between two attempts to connect. A connection that held for longer than the
    /// longest was a good one.
    pub retry: (Duration, Duration),
    /// The pause after a refusal that only its owner can mend.
    pub retry_refused: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            handshake: HANDSHAKE,
            gather: Duration::from_millis(50),
            settle: Duration::from_millis(400),
            list_pause: Duration::from_secs(2),
            list_every: Duration::from_secs(45),
            poll_every: Duration::from_secs(4),
            slow: Duration::from_secs(15),
            lost: Duration::from_mins(1),
            silence: Duration::from_secs(95),
            report_every: Duration::from_secs(15),
            retry: (Duration::from_secs(1), Duration::from_secs(30)),
            retry_refused: Duration::from_secs(30),
        }
    }
}

impl Timing {
    /// How many attempts have failed in a row when a connection held for so long: one that lets us in only to hang up
    /// is not called at once again and again.
    pub(super) fn attempts_after(&self, attempts: u32, held: Duration) -> u32 {
        if held >= self.retry.1 { 0 } else { attempts }
    }

    /// Doubles from attempt to attempt, with up to half of it more by chance: many dashboards shall not call at once.
    pub(super) fn pause(&self, attempt: u32, refusal: &Refusal) -> Duration {
        let (least, most) = self.retry;
        let base = (least * 2_u32.saturating_pow(attempt.saturating_sub(1).min(10))).min(most);
        let base = if refusal.is_lasting() { self.retry_refused } else { base };
        let mut chance = [0];
        // Without chance, nothing is lost but the spreading.
        let _ = SystemRandom::new().fill(&mut chance);
        base + base * u32::from(chance[0]) / 512
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connection_that_held_is_a_new_beginning() {
        let timing = Timing::default();
        assert_eq!(timing.attempts_after(5, Duration::ZERO), 5);
        assert_eq!(timing.attempts_after(5, Duration::from_secs(29)), 5);
        assert_eq!(timing.attempts_after(5, Duration::from_secs(30)), 0);
    }

    #[test]
    fn pauses_grow_to_a_limit_and_are_spread() {
        let timing = Timing::default();
        let closed = Refusal::Closed("1006".to_owned());
        for (attempt, least) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (1_000, 30), (u32::MAX, 30)]
        {
            let least = Duration::from_secs(least);
            for _ in 0..50 {
                let pause = timing.pause(attempt, &closed);
                assert!(pause >= least && pause < least * 3 / 2, "attempt {attempt}: {pause:?}");
            }
        }
        let pauses: std::collections::BTreeSet<Duration> = (0..50).map(|_| timing.pause(9, &closed)).collect();
        assert!(pauses.len() > 5, "by chance: {pauses:?}");
        assert!(timing.pause(1, &Refusal::WrongToken) >= Duration::from_secs(30));
    }
}
