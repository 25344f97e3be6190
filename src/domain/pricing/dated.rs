//! Values that hold from a day on: a price list, or what somebody stated.

use crate::domain::Millis;

/// Values in the order of the time from which each holds.
#[derive(Clone, Debug)]
pub struct Dated<T>(Vec<(Millis, T)>);

impl<T> Default for Dated<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Dated<T> {
    /// Adds a value; one that holds from the same time is replaced.
    pub fn insert(&mut self, from: Millis, value: T) {
        match self.0.binary_search_by_key(&from, |(start, _)| *start) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (from, value)),
        }
    }

    /// The value in force at this time; `None` before the first one.
    #[must_use]
    pub fn at(&self, when: Millis) -> Option<&T> {
        let after = self.0.partition_point(|(from, _)| *from <= when);
        Some(&self.0[after.checked_sub(1)?].1)
    }

    /// The first value.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.0.first().map(|(_, value)| value)
    }

    /// The last value.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }

    /// The times at which the value changes.
    pub fn changes(&self) -> impl Iterator<Item = Millis> + '_ {
        self.0.iter().skip(1).map(|(from, _)| *from)
    }

    /// Every value with the time from which it holds.
    pub fn iter(&self) -> impl Iterator<Item = (Millis, &T)> {
        self.0.iter().map(|(from, value)| (*from, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_moment() {
        let mut dated = Dated::default();
        for (from, value) in [(20, 'b'), (10, 'a'), (30, 'x'), (30, 'c')] {
            dated.insert(from, value);
        }
        let at = |when| dated.at(when).copied();
        assert_eq!([9, 10, 19, 20, 30, 99].map(at), [None, Some('a'), Some('a'), Some('b'), Some('c'), Some('c')]);
        assert_eq!(dated.changes().collect::<Vec<_>>(), [20, 30]);
    }
}
