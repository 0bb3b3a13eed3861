//! What the actor carries besides the pure state: the connection, tasks, timers, samples and followed logs. Small
//! answers that need no bus are given here.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ractor::ActorRef;
use tokio::time::Instant;

use super::{
    bus::{Bus, BusError},
    config::Config,
    looks::Samples,
    messages::{Glimpse, Msg, Own},
    state::{Link, State},
    unit::{Active, UnitFile},
    words,
};
use crate::{
    domain::{Told, UnitName},
    process::journal::Entry,
    room::feeds::Feeds,
    supervision::{Health, RetryPolicy, Status, Tasks, dial::Dial, timer::Timer},
};

/// Tasks at the same time, of screens and acts together.
const TASKS_MAX: usize = 96;
/// A rate of CPU time is taken over at most this.
const SAMPLES_FRESH: Duration = Duration::from_secs(300);
const SAMPLE_AGE_MIN: Duration = Duration::from_secs(2);
const SAMPLES_MAX: usize = 2000;
/// Names offered for letters.
const COMPLETIONS_MAX: usize = 30;
/// Feeds of this room; other rooms number theirs elsewhere.
const FEED_BASE: u64 = 0x5e00_0000_0000;

/// The state, and the tasks and timers around it.
pub struct Shell {
    pub(super) state: State,
    pub(super) bus: Option<Arc<dyn Bus>>,
    pub(super) dial: Dial,
    pub(super) tick: Timer,
    pub(super) tasks: Tasks,
    /// Follows `changes` of the present connection.
    pub(super) listener: Tasks,
    pub(super) samples: Samples,
    pub(super) files: Option<(Instant, Vec<UnitFile>)>,
    pub(super) feeds: Feeds<Entry>,
    pub(super) counts: Counters,
    pub(super) last_error: Option<(jiff::Timestamp, String)>,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: u64,
    pub(super) changes: u64,
    pub(super) acts: u64,
    pub(super) failures: u64,
}

impl Shell {
    pub(super) fn new(config: &Config) -> Shell {
        Shell {
            state: State::new(config),
            bus: None,
            dial: Dial::new(RetryPolicy::reconnect()),
            tick: Timer::default(),
            tasks: Tasks::new(),
            listener: Tasks::new(),
            samples: HashMap::new(),
            files: None,
            feeds: Feeds::new(FEED_BASE),
            counts: Counters::default(),
            last_error: None,
        }
    }

    /// For a screen. Past the limit it is not begun: its reply port is dropped, and the asker hears that.
    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        if self.tasks.len() < TASKS_MAX {
            self.tasks.spawn(task);
        }
    }

    /// For the state, which counts on an answer.
    pub(super) fn must(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    pub(super) fn failed(&mut self, at: jiff::Timestamp, error: &BusError) {
        self.last_error = Some((at, error.to_string()));
        tracing::warn!(error = %error, "systemd not connected");
    }

    pub(super) fn dial_again(&mut self, me: &ActorRef<Msg>) {
        self.bus = None;
        self.dial.again(me, |g| Msg::Own(Own::Dial(g)));
    }

    pub(super) fn looked_at(&mut self, me: &ActorRef<Msg>) {
        self.dial.looked_at(me, |g| Msg::Own(Own::Dial(g)));
    }

    pub(super) fn sampled(&mut self, samples: impl Iterator<Item = (UnitName, (Instant, Duration))>) {
        self.samples.retain(|_, (at, _)| at.elapsed() < SAMPLES_FRESH);
        for (unit, sample) in samples {
            // Two looks within a moment: the older sample gives the better rate.
            if self.samples.get(&unit).is_some_and(|(at, _)| at.elapsed() < SAMPLE_AGE_MIN) {
                continue;
            }
            if self.samples.len() < SAMPLES_MAX || self.samples.contains_key(&unit) {
                self.samples.insert(unit, sample);
            }
        }
    }

    pub(super) fn glimpse(&self) -> Glimpse {
        Glimpse {
            link: self.state.link.clone(),
            watched: self.state.watched(),
            failed: self.state.failed().cloned().collect(),
        }
    }

    pub(super) fn complete(&self, text: &str) -> Vec<UnitName> {
        let letters = text.to_lowercase();
        let watched = self.state.watched();
        let mut found: Vec<(u8, &UnitName)> = watched
            .iter()
            .map(|unit| &unit.name)
            .chain(self.state.units().keys())
            .chain(self.files.iter().flat_map(|(_, files)| files.iter().map(|file| &file.name)))
            .filter_map(|name| {
                let full = name.as_str().to_lowercase();
                let rank = match () {
                    () if full == letters || name.short().to_lowercase() == letters => 0,
                    () if full.starts_with(&letters) => 1,
                    () if full.contains(&letters) => 2,
                    () => return None,
                };
                Some((rank, name))
            })
            .collect();
        found.sort();
        found.dedup();
        // What only contains the letters is offered when nothing begins with them.
        if found.first().is_some_and(|(rank, _)| *rank < 2) {
            found.retain(|(rank, _)| *rank < 2);
        }
        if found.is_empty() {
            // A whole name, as of a timer or a socket, of which the book holds only those in trouble: systemd knows.
            let whole = UnitName::parse(text).ok().filter(|name| name.as_str() == text);
            return whole.into_iter().collect();
        }
        found.into_iter().take(COMPLETIONS_MAX).map(|(_, name)| name.clone()).collect()
    }

    pub(super) fn status(&self) -> Status {
        let health = match &self.state.link {
            Link::Opening | Link::Up { .. } => Health::Good,
            Link::Down { since, error } => Health::Degraded {
                since: *since,
                why: Told::new(|lang| words::bus_error(lang, error)),
                mend: Told::new(|lang| words::bus_mend(lang, error)),
            },
        };
        let failed = self.state.units().values().filter(|unit| unit.active == Active::Failed).count();
        let counters = [
            ("units", self.state.units().len() as u64),
            ("failed", failed as u64),
            ("connections", self.counts.connections),
            ("changes", self.counts.changes),
            ("acts", self.counts.acts),
            ("failures", self.counts.failures),
            ("followed logs", self.feeds.count() as u64),
        ];
        Status {
            health,
            counters: counters.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            last_error: self.last_error.clone(),
        }
    }
}
