//! Integer money. Formatting for people is elsewhere.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// An amount in trillionths of a US dollar (pico-dollars).
///
/// A rate is a whole number of pico-dollars per token, so every cost is exact and sums are too:
/// tokens that were added up first cost the same as calls that were priced one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(i128);

/// The largest amount that a single record may claim: a million dollars.
const MAX_DOLLARS: f64 = 1_000_000.0;
/// Pico-dollars in a billionth of a dollar.
const NANO: i128 = 1000;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from trillionths of a dollar.
    #[must_use]
    pub const fn from_picos(picos: i128) -> Self {
        Self(picos)
    }

    /// Trillionths of a dollar.
    #[must_use]
    pub const fn picos(self) -> i128 {
        self.0
    }

    /// An amount from billionths of a dollar.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos as i128 * NANO)
    }

    /// Billionths of a dollar, rounded down; the largest number where the amount is beyond it.
    #[must_use]
    pub fn nanos(self) -> i64 {
        i64::try_from(self.0.div_euclid(NANO)).unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })
    }

    /// The amount that a record states in dollars, rounded to the nearest billionth.
    /// `None` for what cannot be a cost: negative, not finite, or beyond a million dollars.
    #[must_use]
    pub fn from_recorded_dollars(dollars: f64) -> Option<Self> {
        if !(0.0..=MAX_DOLLARS).contains(&dollars) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked: at most 1e15")]
        Some(Self::from_nanos((dollars * 1e9).round() as i64))
    }

    /// Dollars as a float, for the API: the nearest to a billionth of a dollar.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 9 million dollars")]
    pub fn dollars(self) -> f64 {
        let nanos = self.0.saturating_add(NANO / 2).div_euclid(NANO);
        nanos as f64 / 1e9
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_dollars_round_once() {
        // 0.05317500000000001 is what a float sum of three real costs looks like.
        assert_eq!(Money::from_recorded_dollars(0.053_175_000_000_000_01), Some(Money::from_nanos(53_175_000)));
        assert_eq!(Money::from_recorded_dollars(0.0), Some(Money::ZERO));
    }

    #[test]
    fn impossible_costs_are_no_money() {
        for bad in [-0.01, f64::NAN, f64::INFINITY, 2_000_000.0] {
            assert_eq!(Money::from_recorded_dollars(bad), None, "{bad}");
        }
    }
}
