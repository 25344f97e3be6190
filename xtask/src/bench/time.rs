//! Times as OpenClaw writes them and as the program answers them.

use anyhow::{Context, Result};

/// The length of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// The length of a UTC day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// Now, in milliseconds since the Unix epoch.
pub fn now() -> Result<i64> {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_millis())?)
}

/// `2026-11-24`
pub fn date(at: i64) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY_MS));
    format!("{year}-{month:02}-{day:02}")
}

/// `2026-11-24T09:00:00.000Z`
pub fn iso(at: i64) -> String {
    let rest = at.rem_euclid(DAY_MS);
    let (hours, minutes, seconds) = (rest / HOUR_MS, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", date(at), rest % 1000)
}

/// Reads `2026-11-24T09:00:00+09:00`.
pub fn parse(text: &str) -> Result<i64> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i64>().ok());
    let all = || {
        let days = days(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let clock = number(11, 13)? * HOUR_MS + number(14, 16)? * 60_000 + number(17, 19)? * 1000;
        let offset = number(20, 22)? * HOUR_MS + number(23, 25)? * 60_000;
        let sign = if text.as_bytes().get(19) == Some(&b'-') { -1 } else { 1 };
        Some(days * DAY_MS + clock - sign * offset)
    };
    all().with_context(|| format!("{text} is no time"))
}

/// Year, month and day of a day since 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    let mut year = 1970 + day.div_euclid(366);
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day).unwrap_or(1);
    (year, month, day - days(year, month, 1) + 1)
}

/// Days from 1970-01-01 to a day.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March ends with its leap day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year / 4 - year / 100 + year / 400;
    365 * year + leaps + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_there_and_back() {
        assert_eq!(iso(1_795_521_600_123), "2026-11-24T12:00:00.123Z");
        assert_eq!(date(1_709_164_800_000), "2024-02-29");
        assert_eq!(date(1_735_603_200_000), "2024-12-31");
        for text in ["2026-11-24T21:00:00+09:00", "2026-11-24T07:00:00-05:00", "2026-11-24T12:00:00+00:00"] {
            assert_eq!(parse(text).expect("a time"), 1_795_521_600_000, "{text}");
        }
        assert!(parse("2026-11-24").is_err());
    }
}
