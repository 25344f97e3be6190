//! Times, ages and levels as the API says them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::Millis;
use crate::domain::money::Money;
use crate::domain::pricing::{Costs, PriceBasis};

/// The start of the day.
pub fn midnight(now: Millis, zone: &TimeZone) -> Millis {
    let start = Timestamp::from_millisecond(now).ok().and_then(|at| at.to_zoned(zone.clone()).start_of_day().ok());
    start.map_or(now - now.rem_euclid(86_400_000), |start| start.timestamp().as_millisecond())
}

/// A time for the API.
pub fn rfc3339(at: Millis) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

/// `5s ago`: one unit, rounded down.
pub(super) fn ago(age: Millis) -> String {
    match age / 1000 {
        s if s < 60 => format!("{s}s ago"),
        s if s < 3600 => format!("{}m ago", s / 60),
        s if s < 86_400 => format!("{}h ago", s / 3600),
        s => format!("{}d ago", s / 86_400),
    }
}

/// `high` from a dollar, `medium` from ten cents.
pub(super) fn level(cost: Money) -> &'static str {
    match cost.nanos() {
        1_000_000_000.. => "high",
        100_000_000.. => "medium",
        _ => "low",
    }
}

/// With one decimal.
pub(super) fn percent(used: u64, window: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a percentage with one decimal")]
    let share = used as f64 * 1000.0 / window.max(1) as f64;
    share.round() / 10.0
}

/// What the cost of a session was counted on.
pub(super) fn cost_basis(costs: &Costs, basis: PriceBasis) -> &'static str {
    match basis {
        PriceBasis::Reference => "reference",
        PriceBasis::Recorded => "recorded",
        PriceBasis::List => "list",
        PriceBasis::Auto => match (costs.from_record > 0, costs.from_list > 0) {
            (true, true) => "mixed",
            (true, false) => "recorded",
            (false, _) => "list",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_rounded_down_to_one_unit() {
        for (age, words) in [
            (0, "0s ago"),
            (5_999, "5s ago"),
            (59_999, "59s ago"),
            (60_000, "1m ago"),
            (3_599_999, "59m ago"),
            (7_200_000, "2h ago"),
            (86_400_000 * 4 + 1, "4d ago"),
        ] {
            assert_eq!(ago(age), words);
        }
    }

    #[test]
    fn levels_change_at_the_cent() {
        for (nanos, word) in
            [(0, "low"), (99_999_999, "low"), (100_000_000, "medium"), (999_999_999, "medium"), (1_000_000_000, "high")]
        {
            assert_eq!(level(Money::from_nanos(nanos)), word);
        }
    }

    #[test]
    fn a_day_begins_at_the_zones_midnight() {
        let zone = TimeZone::get("Asia/Seoul").expect("known");
        // 2026-11-24T15:30:00Z is half past midnight of the 25th in Seoul.
        assert_eq!(midnight(1_795_534_200_000, &zone), 1_795_532_400_000);
        assert_eq!(rfc3339(1_795_532_400_000), "2026-11-24T15:00:00.000Z");
    }
}
