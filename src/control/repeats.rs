//! The memory of idempotency keys: whoever asks twice is answered twice, and OpenClaw is asked once.

use std::collections::HashMap;

use tokio::sync::watch;

use super::Answer;
use crate::domain::Millis;

/// How long a key is remembered.
pub const REMEMBERED: Millis = 600_000;
/// How many are remembered.
const MOST: usize = 1000;

/// Brings the answer, once there is one.
pub(super) type Coming = watch::Receiver<Option<Answer>>;

/// What a key was given for: a hash, since a message need not be kept for it.
pub(super) type Print = [u8; 32];

struct Known {
    print: Print,
    at: Millis,
    coming: Coming,
}

/// The keys of the last minutes.
#[derive(Default)]
pub(super) struct Repeats {
    known: HashMap<String, Known>,
}

/// What is known of a key.
pub(super) enum Seen {
    /// Nothing.
    New,
    /// The same was asked for; this is or will be its answer.
    Before(Coming),
    /// It stands for something else.
    Other,
}

impl Repeats {
    /// Looks a key up.
    pub(super) fn look(&mut self, key: &str, print: &Print, now: Millis) -> Seen {
        // What is still under way is kept however long it takes.
        self.known.retain(|_, known| now - known.at < REMEMBERED || known.coming.borrow().is_none());
        match self.known.get(key) {
            None => Seen::New,
            Some(known) if known.print == *print => Seen::Before(known.coming.clone()),
            Some(_) => Seen::Other,
        }
    }

    /// Remembers a key; the oldest that has its answer makes room.
    pub(super) fn keep(&mut self, key: String, print: Print, now: Millis, coming: Coming) {
        if self.known.len() >= MOST {
            let ended = self.known.iter().filter(|(_, known)| known.coming.borrow().is_some());
            if let Some(oldest) = ended.min_by_key(|(_, known)| known.at).map(|(key, _)| key.clone()) {
                self.known.remove(&oldest);
            }
        }
        self.known.insert(key, Known { print, at: now, coming });
    }

    /// Forgets what was never begun.
    pub(super) fn forget(&mut self, key: &str) {
        self.known.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Outcome;

    fn ended() -> Coming {
        watch::Sender::new(Some(Answer { outcome: Outcome::Done, detail: String::new(), audit_id: None })).subscribe()
    }

    #[test]
    fn a_key_stands_for_one_thing_for_ten_minutes() {
        let mut repeats = Repeats::default();
        assert!(matches!(repeats.look("k", &[1; 32], 0), Seen::New));
        repeats.keep("k".to_owned(), [1; 32], 0, ended());
        assert!(matches!(repeats.look("k", &[1; 32], 1), Seen::Before(_)));
        assert!(matches!(repeats.look("k", &[2; 32], 1), Seen::Other));
        assert!(matches!(repeats.look("k", &[2; 32], REMEMBERED), Seen::New));
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_under_way() {
        let mut repeats = Repeats::default();
        let under_way = watch::Sender::new(None);
        repeats.keep("slow".to_owned(), [0; 32], 0, under_way.subscribe());
        for number in 0..2 * MOST {
            repeats.keep(number.to_string(), [0; 32], 1, ended());
        }
        assert_eq!(repeats.known.len(), MOST);
        assert!(matches!(repeats.look("slow", &[0; 32], 2 * REMEMBERED), Seen::Before(_)));
        assert_eq!(repeats.known.len(), 1);
    }
}
