//! Weather: what goes wrong between the bot and this server when somebody asks for it. Owns the fault panel's state
//! and the flood limits. The page's own calls are never touched.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};

use super::refusal::Refusal;

/// Set as a whole by the fault panel or a test. All off by default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Faults {
    /// Every answer comes this much later, at most [`LATENCY_MS_MAX`].
    pub latency_ms: u64,
    pub trouble: Trouble,
    /// For `status`: 400 to 599.
    pub status: u16,
    /// For `status`: the description; Telegram's usual one when absent.
    pub description: Option<String>,
    /// For `status` 429 and the flood limits, in seconds.
    pub retry_after_s: u64,
    /// Only these methods are in trouble; all when empty. Case does not matter.
    pub methods: Vec<String>,
    /// How many more calls are in trouble; until switched off when absent.
    pub times: Option<u32>,
    /// Each confirmed update is delivered once more.
    pub duplicates: bool,
    /// Telegram's flood limits, as far as they are known.
    pub flood: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Trouble {
    #[default]
    Off,
    /// Connections are reset before the call is read.
    Reset,
    /// No answer until the weather changes.
    Hang,
    /// The call is carried out and its answer is lost.
    Lost,
    /// An error status.
    Status,
}

pub(super) const LATENCY_MS_MAX: u64 = 60_000;

impl Default for Faults {
    fn default() -> Faults {
        Faults {
            latency_ms: 0,
            trouble: Trouble::Off,
            status: 500,
            description: None,
            retry_after_s: 3,
            methods: Vec::new(),
            times: None,
            duplicates: false,
            flood: false,
        }
    }
}

impl Faults {
    /// Why these settings make no sense.
    pub fn problem(&self) -> Option<String> {
        if self.latency_ms > LATENCY_MS_MAX {
            return Some(format!("latency_ms is at most {LATENCY_MS_MAX}"));
        }
        if !(400..=599).contains(&self.status) {
            return Some("status is between 400 and 599".to_owned());
        }
        None
    }

    /// What a call to a method meets. Counts `times` down, and switches the trouble off after the last.
    pub fn meet(&mut self, method: &str) -> Trouble {
        if self.trouble == Trouble::Off || !self.concerns(method) {
            return Trouble::Off;
        }
        let met = self.trouble;
        if let Some(left) = &mut self.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.trouble = Trouble::Off;
                self.times = None;
            }
        }
        met
    }

    pub fn concerns(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|m| m.eq_ignore_ascii_case(method))
    }

    pub fn refusal(&self) -> Refusal {
        Refusal::chosen(self.status, self.description.clone(), self.retry_after_s)
    }
}

/// Messages a window may hold. Telegram publishes no exact numbers: its FAQ says one a second in a chat with short
/// bursts, 20 a minute in a group, 30 a second in all.
const PRIVATE: (usize, Duration) = (20, Duration::from_secs(20));
const GROUP: (usize, Duration) = (20, Duration::from_secs(60));
const ALL: (usize, Duration) = (30, Duration::from_secs(1));

/// When messages were sent and edited lately, per chat; chat 0 stands for all.
#[derive(Debug, Default)]
pub(super) struct Flood {
    sent: HashMap<i64, VecDeque<Instant>>,
}

impl Flood {
    /// Counts a message to a chat (negative: a group), or says how many seconds to wait.
    pub fn admit(&mut self, chat: i64, now: Instant) -> Result<(), u64> {
        let limits = [(chat, if chat < 0 { GROUP } else { PRIVATE }), (0, ALL)];
        for (key, (most, window)) in limits {
            let times = self.sent.entry(key).or_default();
            while times.front().is_some_and(|first| now.duration_since(*first) >= window) {
                times.pop_front();
            }
            if times.len() >= most
                && let Some(first) = times.front()
            {
                let left = window.saturating_sub(now.duration_since(*first));
                return Err(left.as_secs() + 1);
            }
        }
        for (key, _) in limits {
            self.sent.entry(key).or_default().push_back(now);
        }
        Ok(())
    }
}
