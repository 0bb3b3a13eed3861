//! The one idea of "again": how long to wait after a failure, and when to stop trying. Pure: time and chance come in
//! as arguments. Serves child actors, reconnects and the outbox.
//!
//! Never sleeps, never decides what is retried.

use std::{collections::VecDeque, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// The waits are `grace`, then `base` doubled each time up to `cap`, each moved by chance within `jitter`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Before the first try: many things mend themselves at once.
    pub grace: Duration,
    /// Before the second try; doubled for each one after.
    pub base: Duration,
    /// No wait is longer, jitter included.
    pub cap: Duration,
    /// The share of a wait that chance may add or take away, 0.0 to 1.0. It keeps a crowd from coming back in step.
    pub jitter: f64,
    /// What ran well for this long is forgiven: its next failure is its first.
    pub forget_after: Duration,
    /// `None`: tried for ever.
    pub give_up: Option<GiveUp>,
}

/// So many failures in so short a time are no accident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveUp {
    /// At least 1.
    pub failures: u32,
    pub within: Duration,
    /// After giving up: one slow try each time this has passed. `None`: only on request.
    pub retry_every: Option<Duration>,
}

impl RetryPolicy {
    /// For an actor: quick at first, parked after five failures in a minute, looked at again every five minutes.
    pub fn child() -> RetryPolicy {
        RetryPolicy {
            grace: Duration::from_millis(100),
            base: Duration::from_millis(250),
            cap: Duration::from_secs(30),
            jitter: 0.2,
            forget_after: Duration::from_secs(60),
            give_up: Some(GiveUp {
                failures: 5,
                within: Duration::from_secs(60),
                retry_every: Some(Duration::from_secs(300)),
            }),
        }
    }

    /// For a daemon that is away (no bus, no engine): for ever, at most a minute apart.
    pub fn reconnect() -> RetryPolicy {
        RetryPolicy {
            grace: Duration::from_millis(500),
            base: Duration::from_secs(1),
            cap: Duration::from_secs(60),
            jitter: 0.2,
            forget_after: Duration::from_secs(60),
            give_up: None,
        }
    }

    /// The wait before try number `row` (1 is the first after a failure), moved by `chance` (0.0 to 1.0).
    pub fn wait(&self, row: u32, chance: f64) -> Duration {
        let plain = if row <= 1 {
            self.grace
        } else {
            // 2^31 steps are past any cap; saturating keeps the sum in range.
            self.base.saturating_mul(1u32 << (row - 2).min(31))
        };
        let moved = 1.0 + self.jitter.clamp(0.0, 1.0) * (2.0 * chance.clamp(0.0, 1.0) - 1.0);
        plain.min(self.cap).mul_f64(moved).min(self.cap)
    }
}

/// What has failed so far, under one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tries {
    /// Failures in a row.
    row: u32,
    /// Times of the last failures, at most as many as the policy gives up after.
    recent: VecDeque<Instant>,
    given_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Again {
        after: Duration,
    },
    /// So many failures in a row, and too many of them in too short a time.
    GaveUp {
        failures: u32,
        retry_after: Option<Duration>,
    },
}

impl Tries {
    /// Notes a failure of what had run for `ran`, and says what to do.
    pub fn failed(&mut self, policy: &RetryPolicy, ran: Duration, now: Instant, dice: &mut Dice) -> Verdict {
        if ran >= policy.forget_after {
            self.forget();
        }
        self.row = self.row.saturating_add(1);
        if let Some(limit) = &policy.give_up {
            self.recent.push_back(now);
            while self.recent.len() > limit.failures.max(1) as usize
                || self.recent.front().is_some_and(|at| now.duration_since(*at) > limit.within)
            {
                self.recent.pop_front();
            }
            // A slow try after giving up has one chance: it is not allowed the whole series again.
            if self.given_up || self.recent.len() >= limit.failures.max(1) as usize {
                self.given_up = true;
                return Verdict::GaveUp { failures: self.row, retry_after: limit.retry_every };
            }
        }
        Verdict::Again { after: policy.wait(self.row, dice.roll()) }
    }

    /// It works, or somebody asked for a fresh start: nothing is held against it.
    pub fn forget(&mut self) {
        *self = Tries::default();
    }

    /// Failures in a row so far.
    pub fn row(&self) -> u32 {
        self.row
    }
}

/// Chance from a seed (SplitMix64): the same seed, the same waits. Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Seeded by the kernel.
    pub fn random() -> Dice {
        // Without a random source all waits are still right, only in step with those of other machines.
        Dice(getrandom::u64().unwrap_or(0))
    }

    /// 0.0 up to, not including, 1.0.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn plain() -> RetryPolicy {
        RetryPolicy { jitter: 0.0, ..RetryPolicy::child() }
    }

    #[test]
    fn waits_double_from_the_base_up_to_the_cap() {
        let policy = plain();
        let waits: Vec<u128> = (1..=10).map(|row| policy.wait(row, 0.5).as_millis()).collect();
        assert_eq!(waits, [100, 250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(policy.wait(u32::MAX, 0.9), policy.cap, "no overflow");
    }

    #[test]
    fn jitter_stays_within_its_share_and_under_the_cap() {
        let policy = RetryPolicy { jitter: 0.2, ..plain() };
        assert_eq!(policy.wait(4, 0.0), MS(800));
        assert_eq!(policy.wait(4, 1.0), MS(1200));
        assert_eq!(policy.wait(30, 1.0), policy.cap);
        let mut dice = Dice::new(7);
        for _ in 0..1000 {
            let wait = policy.wait(4, dice.roll());
            assert!((MS(800)..=MS(1200)).contains(&wait), "{wait:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let waits = |seed| {
            let (mut dice, policy) = (Dice::new(seed), RetryPolicy::reconnect());
            (1..9).map(|row| policy.wait(row, dice.roll())).collect::<Vec<_>>()
        };
        assert_eq!(waits(42), waits(42));
        assert_ne!(waits(42), waits(43));
    }

    #[test]
    fn five_failures_in_a_minute_are_enough_and_a_slow_try_has_one_chance() {
        let (policy, mut dice, mut tries) = (plain(), Dice::new(1), Tries::default());
        let mut now = Instant::now();
        for _ in 0..4 {
            let Verdict::Again { after } = tries.failed(&policy, MS(0), now, &mut dice) else {
                panic!("early")
            };
            now += after;
        }
        let parked = tries.failed(&policy, MS(0), now, &mut dice);
        let Verdict::GaveUp { failures: 5, retry_after: Some(slow) } = parked else { panic!("{parked:?}") };
        now += slow;
        assert!(matches!(
            tries.failed(&policy, MS(900), now, &mut dice),
            Verdict::GaveUp { failures: 6, .. }
        ));
        now += slow;
        // The slow try held for a minute: forgiven, and treated as new.
        assert_eq!(tries.failed(&policy, MS(61_000), now, &mut dice), Verdict::Again { after: MS(100) });
    }

    #[test]
    fn rare_failures_never_add_up() {
        let (policy, mut dice, mut tries) = (plain(), Dice::new(1), Tries::default());
        let mut now = Instant::now();
        for _ in 0..100 {
            assert!(matches!(tries.failed(&policy, MS(20_000), now, &mut dice), Verdict::Again { .. }));
            now += MS(20_000);
        }
        assert_eq!(tries.row(), 100);
        tries.forget();
        assert_eq!(tries.row(), 0);
    }

    #[test]
    fn a_policy_without_an_end_never_gives_up() {
        let (policy, mut dice, mut tries) = (RetryPolicy::reconnect(), Dice::new(1), Tries::default());
        let now = Instant::now();
        for _ in 0..1000 {
            assert!(matches!(tries.failed(&policy, MS(0), now, &mut dice), Verdict::Again { .. }));
        }
        assert!(tries.recent.is_empty(), "nothing is kept that nobody asks for");
    }
}
