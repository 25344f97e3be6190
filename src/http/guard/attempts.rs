//! Slows down whoever guesses tokens: a pause for each address that grows with every wrong one.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::domain::Millis;

/// So many wrong tokens are a slip of the hand.
const FREE: u32 = 3;
const LONGEST_PAUSE: Millis = 60_000;
/// So long after the last wrong token it is forgotten.
const MEMORY: Millis = 15 * 60_000;
/// So many addresses are remembered.
const ADDRESSES: usize = 1024;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is the right one.
    Right,
    /// It is not.
    Wrong,
    /// Nobody looked at it: so many seconds must pass first.
    TooSoon(u64),
}

/// Who sent wrong tokens lately.
#[derive(Debug, Default)]
pub struct Attempts(HashMap<Whence, Failures>);

/// One that guesses; an IPv6 network of 64 bits is one household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Whence {
    Four(u32),
    Six(u64),
    Unknown,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Millis,
}

impl Failures {
    /// None, then 1 s, 2 s, 4 s …
    fn pause(self) -> Millis {
        match self.count.checked_sub(FREE + 1) {
            None => 0,
            Some(doubled) => (1000_i64 << doubled.min(6)).min(LONGEST_PAUSE),
        }
    }

    /// A clock that was set back ends every pause: better than one without end.
    fn is_forgotten(self, now: Millis) -> bool {
        !(0..MEMORY).contains(&(now - self.last))
    }
}

impl Attempts {
    /// Judges a token unless its sender must wait.
    pub fn judge(&mut self, from: Option<IpAddr>, now: Millis, is_right: impl FnOnce() -> bool) -> Judgement {
        let whence = Whence::of(from);
        let known = self.0.get(&whence).copied().filter(|failures| !failures.is_forgotten(now));
        let wait = known.map_or(0, |failures| failures.last + failures.pause() - now);
        if wait > 0 {
            return Judgement::TooSoon(u64::try_from(wait).unwrap_or_default().div_ceil(1000));
        }
        if is_right() {
            self.0.remove(&whence);
            return Judgement::Right;
        }
        if known.is_none() {
            self.make_room(now);
        }
        let count = known.map_or(0, |failures| failures.count).saturating_add(1);
        self.0.insert(whence, Failures { count, last: now });
        Judgement::Wrong
    }

    fn make_room(&mut self, now: Millis) {
        if self.0.len() < ADDRESSES {
            return;
        }
        self.0.retain(|_, failures| !failures.is_forgotten(now));
        while self.0.len() >= ADDRESSES {
            let Some(oldest) = self.0.iter().min_by_key(|(_, failures)| failures.last).map(|(whence, _)| *whence)
            else {
                return;
            };
            self.0.remove(&oldest);
        }
    }
}

impl Whence {
    fn of(from: Option<IpAddr>) -> Self {
        // An IPv4 address that came in by IPv6 is that IPv4 address, else they all would share one network.
        match from.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Self::Four(address.to_bits()),
            Some(IpAddr::V6(address)) => Self::Six((address.to_bits() >> 64) as u64),
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_521_600_000;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Sends a wrong token at once when it may.
    fn wrong(attempts: &mut Attempts, from: impl Into<Option<IpAddr>>, now: Millis) -> Judgement {
        attempts.judge(from.into(), now, || false)
    }

    #[test]
    fn the_pause_doubles_after_three_wrong_tokens() {
        let (mut attempts, from, mut now) = (Attempts::default(), at("10.0.0.1"), NOW);
        for _ in 0..3 {
            assert_eq!(wrong(&mut attempts, from, now), Judgement::Wrong, "three are free");
        }
        for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(wrong(&mut attempts, from, now), Judgement::Wrong);
            let looked_at = || panic!("nobody looks at a token in a pause");
            assert_eq!(attempts.judge(Some(from), now, looked_at), Judgement::TooSoon(pause));
            now += i64::try_from(pause).expect("small") * 1000;
            assert_eq!(attempts.judge(Some(from), now - 1, looked_at), Judgement::TooSoon(1), "still {pause} s");
        }
        assert_eq!(attempts.judge(Some(from), now, || true), Judgement::Right, "after the pause");
        assert_eq!(wrong(&mut attempts, from, now), Judgement::Wrong);
        assert_eq!(wrong(&mut attempts, from, now), Judgement::Wrong, "the right one cleared it");
    }

    #[test]
    fn addresses_are_kept_apart() {
        let mut attempts = Attempts::default();
        let exhaust = |attempts: &mut Attempts, from: Option<IpAddr>| {
            while wrong(attempts, from, NOW) == Judgement::Wrong {}
        };
        exhaust(&mut attempts, Some(at("10.0.0.1")));
        assert_eq!(wrong(&mut attempts, at("10.0.0.2"), NOW), Judgement::Wrong);
        assert!(matches!(wrong(&mut attempts, at("::ffff:10.0.0.1"), NOW), Judgement::TooSoon(_)), "the same one");
        assert_eq!(wrong(&mut attempts, at("::ffff:10.0.0.3"), NOW), Judgement::Wrong);
        exhaust(&mut attempts, Some(at("2001:db8:0:1::1")));
        assert!(matches!(wrong(&mut attempts, at("2001:db8:0:1:ffff::2"), NOW), Judgement::TooSoon(_)), "its /64");
        assert_eq!(wrong(&mut attempts, at("2001:db8:0:2::1"), NOW), Judgement::Wrong);
        exhaust(&mut attempts, None);
        assert!(matches!(wrong(&mut attempts, None, NOW), Judgement::TooSoon(_)));
    }

    #[test]
    fn it_forgets() {
        let (mut attempts, from) = (Attempts::default(), at("10.0.0.1"));
        let mut now = NOW;
        for _ in 0..20 {
            wrong(&mut attempts, from, now);
            now += 60_000;
        }
        now += MEMORY;
        for _ in 0..4 {
            assert_eq!(wrong(&mut attempts, from, now), Judgement::Wrong, "after a quarter of an hour");
        }
        assert_eq!(wrong(&mut attempts, from, now), Judgement::TooSoon(1));
        assert_eq!(wrong(&mut attempts, from, now - 3_600_000), Judgement::Wrong, "a clock that was set back");
    }

    #[test]
    fn the_oldest_addresses_make_room() {
        let mut attempts = Attempts::default();
        for number in 0..3000_u32 {
            wrong(&mut attempts, IpAddr::from(number.to_be_bytes()), NOW + i64::from(number));
            assert!(attempts.0.len() <= ADDRESSES);
        }
        assert!(attempts.0.contains_key(&Whence::Four(2999)) && !attempts.0.contains_key(&Whence::Four(0)));
    }
}
