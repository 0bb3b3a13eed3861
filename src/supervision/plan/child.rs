//! One child in the plan: what is desired of it, and where it is in its life.

use std::{any::Any, sync::Arc, time::Duration};

use super::{
    super::{
        crew::{Cause, Ending, Incident},
        retry::{RetryPolicy, Tries},
    },
    Effect, Moment, remember,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    pub id: String,
    pub fingerprint: u64,
    pub config: Option<Config>,
    pub policy: RetryPolicy,
    /// For a graceful end.
    pub grace: Duration,
    /// Can take a changed config without a restart.
    pub live: bool,
    /// Has an end of its own and is not started again.
    pub once: bool,
}

impl Desired {
    /// Needs no restart. Policy and grace are the supervisor's own matter: they change without one.
    pub fn same(&self, other: &Desired) -> bool {
        self.fingerprint == other.fingerprint && self.config == other.config
    }
}

/// A config of any type, comparable.
#[derive(Clone)]
pub struct Config {
    value: Arc<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl Config {
    pub fn new<C: PartialEq + Send + Sync + 'static>(value: C) -> Config {
        fn same<C: PartialEq + 'static>(a: &dyn Any, b: &dyn Any) -> bool {
            a.downcast_ref::<C>().zip(b.downcast_ref::<C>()).is_some_and(|(a, b)| a == b)
        }
        Config { value: Arc::new(value), same: same::<C> }
    }
}

impl PartialEq for Config {
    fn eq(&self, other: &Config) -> bool {
        (self.same)(self.value.as_ref(), other.value.as_ref())
    }
}

impl std::fmt::Debug for Config {
    /// A config may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Config(..)")
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// For its turn to start.
    Waiting,
    Starting,
    Running,
    /// Failed; will be tried again.
    BackOff {
        until: Moment,
    },
    /// Failed too often. `until`: the next slow try, if there is one.
    Parked {
        since: Moment,
        why: Ending,
        /// In a row.
        failures: u32,
        until: Option<Moment>,
    },
    /// Asked to end, perhaps killed, not gone yet.
    Stopping {
        then: Then,
        killed: bool,
    },
    /// Down for good, as everything stops.
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Start,
    Remove,
}

#[derive(Debug)]
pub struct Child {
    pub desired: Desired,
    pub phase: Phase,
    /// The instance that is alive, if one is.
    pub run: Option<u64>,
    /// The timer that counts.
    pub turn: u64,
    pub started: Option<Moment>,
    pub starts: u32,
    pub past: Vec<Incident>,
    /// Somebody was told that it is parked, and not yet that it is well.
    pub told_parked: bool,
    pub(super) tries: Tries,
    /// What it was given to end by itself.
    pub(super) patience: Duration,
}

impl Child {
    pub(super) fn new(desired: Desired) -> Child {
        Child {
            desired,
            phase: Phase::Waiting,
            run: None,
            turn: 0,
            started: None,
            starts: 0,
            past: Vec::new(),
            told_parked: false,
            tries: Tries::default(),
            patience: Duration::ZERO,
        }
    }

    pub fn leaving(&self) -> bool {
        matches!(self.phase, Phase::Stopping { then: Then::Remove, .. })
    }

    pub fn restarts(&self) -> u32 {
        self.starts.saturating_sub(1)
    }

    /// Nothing is left of it.
    pub(super) fn forget(&self, fx: &mut Vec<Effect>) {
        let id = self.desired.id.clone();
        if self.told_parked {
            fx.push(Effect::Well { id: id.clone(), removed: true });
        }
        fx.push(Effect::Forget { id });
    }

    pub(super) fn note(&mut self, at: Moment, cause: Cause) {
        remember(&mut self.past, Incident { at: at.wall, cause });
    }

    pub(super) fn stop(&mut self, then: Then, within: Duration, turn: u64, fx: &mut Vec<Effect>) {
        self.phase = Phase::Stopping { then, killed: false };
        self.turn = turn;
        self.patience = within;
        let Some(run) = self.run else { return };
        let id = self.desired.id.clone();
        fx.push(Effect::Stop { id: id.clone(), run, within });
        fx.push(Effect::Arm { id, turn, after: within });
    }
}
