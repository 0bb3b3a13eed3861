//! How fast: Telegram takes about one message a second in a private chat with short bursts, 20 a minute in a group,
//! 30 a second in all. A burst in a private chat is a person going through menus, twenty screens as fast as they read;
//! what is too fast all the same is told by Telegram, and waited for.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::ChatId;

/// Tokens come back steadily up to `burst`; each message takes one.
#[derive(Debug, Clone)]
pub struct Bucket {
    burst: f64,
    per_s: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn new(burst: f64, per_s: f64, now: Instant) -> Bucket {
        Bucket { burst, per_s, tokens: burst, at: now }
    }

    /// For one chat. Groups have negative ids.
    pub fn of_chat(chat: ChatId, now: Instant) -> Bucket {
        if chat.0 < 0 { Bucket::new(5.0, 20.0 / 60.0, now) } else { Bucket::new(20.0, 1.0, now) }
    }

    /// For the bot as a whole.
    pub fn of_all(now: Instant) -> Bucket {
        Bucket::new(30.0, 30.0, now)
    }

    /// When `need` tokens are (or were) there.
    pub fn when(&self, need: f64, now: Instant) -> Instant {
        let missing = need - self.level(now);
        if missing <= 0.0 { now } else { now + Duration::from_secs_f64(missing / self.per_s) }
    }

    pub fn take(&mut self, now: Instant) {
        self.tokens = self.level(now) - 1.0;
        self.at = now;
    }

    pub fn is_full(&self, now: Instant) -> bool {
        self.level(now) >= self.burst
    }

    fn level(&self, now: Instant) -> f64 {
        (self.tokens + now.saturating_duration_since(self.at).as_secs_f64() * self.per_s).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_each_period() {
        let start = Instant::now();
        for (chat, burst, period) in [(5, 20, Duration::from_secs(1)), (-5, 5, Duration::from_secs(3))] {
            let mut bucket = Bucket::of_chat(ChatId(chat), start);
            let mut now = start;
            let mut waits = Vec::new();
            for _ in 0..burst + 3 {
                let when = bucket.when(1.0, now);
                waits.push((when - now).as_secs_f64().round());
                now = when;
                bucket.take(now);
            }
            let period = period.as_secs_f64();
            assert!(waits[..burst].iter().all(|wait| *wait == 0.0), "{waits:?}");
            assert_eq!(waits[burst..], [period, period, period]);
            assert!(!bucket.is_full(now));
            assert!(bucket.is_full(now + Duration::from_secs(60)));
        }
    }
}
