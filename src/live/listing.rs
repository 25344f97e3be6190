//! The facts of all sessions in the order of their names, kept in parts: a change copies one part,
//! not the whole, however many sessions there are.

use std::sync::Arc;

use super::board::SessionFacts;
use crate::domain::{AgentRef, SessionKey};

/// How many sessions a part has at most.
const PART: usize = 64;

/// Sessions of a board, shared with those of the boards before as far as they are the same.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    parts: Vec<Arc<Vec<Arc<SessionFacts>>>>,
    len: usize,
}

impl Listing {
    /// A listing of facts that stand in the order of their names.
    pub(super) fn of(facts: impl Iterator<Item = Arc<SessionFacts>>) -> Self {
        let facts: Vec<Arc<SessionFacts>> = facts.collect();
        Self { len: facts.len(), parts: facts.chunks(PART).map(|part| Arc::new(part.to_vec())).collect() }
    }

    /// Puts new facts of a session in the place of those before; false when it is not listed.
    pub(super) fn replace(&mut self, facts: &Arc<SessionFacts>) -> bool {
        let name = name_of(facts);
        let after = self.parts.partition_point(|part| part.first().is_some_and(|first| name_of(first) <= name));
        let Some(part) = after.checked_sub(1).and_then(|at| self.parts.get_mut(at)) else { return false };
        let Ok(at) = part.binary_search_by(|known| name_of(known).cmp(&name)) else { return false };
        Arc::make_mut(part)[at] = Arc::clone(facts);
        true
    }

    /// Every session.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<SessionFacts>> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

fn name_of(facts: &SessionFacts) -> (&AgentRef, &SessionKey) {
    (&facts.entry.owner, &facts.entry.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::SourceKind;
    use crate::domain::pricing::{PriceBook, Rates};
    use crate::domain::session::SessionEntry;

    fn facts(number: usize, children: u64) -> Arc<SessionFacts> {
        let owner = AgentRef { installation: "here".into(), agent: "main".into() };
        let entry = SessionEntry::new(owner, SessionKey::from(format!("agent:main:{number:05}")));
        let book = PriceBook::new(String::new(), String::new(), Vec::new(), Vec::new(), Rates::REFERENCE);
        Arc::new(SessionFacts::new(entry, SourceKind::Files, None, 0, None, None, None, children, &book))
    }

    fn children(listing: &Listing) -> Vec<u64> {
        listing.iter().map(|facts| facts.children).collect()
    }

    #[test]
    fn one_change_copies_one_part() {
        let before = Listing::of((0..200).map(|number| facts(2 * number, 0)));
        let mut after = before.clone();
        for number in [0, 126, 128, 398] {
            assert!(after.replace(&facts(number, 7)));
        }
        let changed: Vec<usize> =
            children(&after).iter().enumerate().filter(|(_, of)| **of == 7).map(|(at, _)| at).collect();
        assert_eq!(changed, [0, 63, 64, 199]);
        assert_eq!(children(&before), vec![0; 200], "boards before stay as they were");
        assert_eq!((after.len(), after.parts.len()), (200, 4));
        assert!(Arc::ptr_eq(&before.parts[2], &after.parts[2]), "what is the same is shared");
    }

    #[test]
    fn what_is_not_listed_is_not_replaced() {
        let mut listing = Listing::of((1..200).map(|number| facts(2 * number, 0)));
        for number in [0, 3, 399, 1000] {
            assert!(!listing.replace(&facts(number, 7)), "{number}");
        }
        assert!(!Listing::default().replace(&facts(1, 7)));
        assert_eq!(children(&listing), vec![0; 199]);
    }
}
