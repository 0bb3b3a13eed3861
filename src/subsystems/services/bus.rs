//! What this room needs of systemd, in its own words. Implemented by [`super::systemd`] over D-Bus and by
//! [`super::systemd_fake`] in memory; both pass the same contract test.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::Arc,
};

use tokio::sync::mpsc;

use super::unit::{Details, JobEnd, Links, Patch, Reading, TimerRow, Unit, UnitFile, Verb};
use crate::domain::UnitName;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, BusError>> + Send + 'a>>;

/// Where connections come from. One try each: trying again is the actor's.
pub trait Systemd: Send + Sync + 'static {
    /// Connects and subscribes; answers within [`CONNECT_MAX`](super::systemd::CONNECT_MAX).
    fn connect(&self) -> Answer<'_, Link>;
}

/// One connection. It is over when `changes` ends; a new one is then asked for.
pub struct Link {
    pub bus: Arc<dyn Bus>,
    pub changes: mpsc::Receiver<Changes>,
}

/// Each call is bounded by the adapter (5 s), except [`Bus::act`], which lasts as long as systemd's job.
pub trait Bus: Send + Sync {
    /// "252.38-1~deb12u1", as systemd says it.
    fn version(&self) -> Answer<'_, String>;
    /// All loaded units, with what a list says of them; see [`Bus::readings`] for the rest.
    fn units(&self) -> Answer<'_, Vec<Unit>>;
    /// Those of the named units that are loaded. Loads none.
    fn loaded<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>>;
    /// Loads the named units to see what they are; what does not exist comes as [`Load::NotFound`](super::unit::Load).
    fn inspect<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>>;
    /// In the order of the names, which are of loaded units. What could not be read is a default.
    fn readings<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Reading>>;
    fn details<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Details>;
    fn links<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Links>;
    /// Files of services, except templates.
    fn files(&self) -> Answer<'_, Vec<UnitFile>>;
    fn timers(&self) -> Answer<'_, Vec<TimerRow>>;
    /// Carries out and waits for the end of systemd's job; verbs without a job end as [`JobEnd::Done`].
    fn act<'a>(&'a self, verb: Verb, unit: &'a UnitName) -> Answer<'a, JobEnd>;
}

/// What happened since the last word, merged per unit: a failure comes as several signals within 0.1 ms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    pub patches: BTreeMap<UnitName, Patch>,
    /// Loaded.
    pub appeared: BTreeSet<UnitName>,
    /// Unloaded: no longer of interest to systemd, so neither running nor failed.
    pub gone: BTreeSet<UnitName>,
    /// The world may be another: list all again (daemon-reload, daemon-reexec).
    pub relist: bool,
    /// Unit files were enabled, disabled, added or removed.
    pub files: bool,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }

    /// What came later wins.
    pub fn merge(&mut self, later: Changes) {
        for unit in later.gone {
            self.unit_gone(unit);
        }
        for unit in later.appeared {
            self.unit_appeared(unit);
        }
        for (unit, patch) in later.patches {
            self.patches.entry(unit).or_default().merge(patch);
        }
        self.relist |= later.relist;
        self.files |= later.files;
    }

    pub fn unit_appeared(&mut self, unit: UnitName) {
        self.gone.remove(&unit);
        self.appeared.insert(unit);
    }

    pub fn unit_gone(&mut self, unit: UnitName) {
        self.appeared.remove(&unit);
        self.patches.remove(&unit);
        self.gone.insert(unit);
    }
}

/// What the pilot is told, and how to mend it, is in `words.rs`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// This machine was not started by systemd (a container, another init).
    #[error("this machine was not started by systemd")]
    NoSystemd,
    #[error("no D-Bus at {address}: {why}")]
    NoBus { address: String, why: String },
    /// The connection broke during the call; whether it was carried out is not known.
    #[error("the connection to systemd was lost")]
    Lost,
    #[error("systemd did not answer within {0} s")]
    Slow(u64),
    #[error("no unit {0}")]
    NoSuchUnit(UnitName),
    #[error("{0} is masked")]
    Masked(UnitName),
    /// Its file does not say when to start it: there is nothing to enable.
    #[error("{0} has no [Install] section")]
    NoInstall(UnitName),
    #[error("not allowed: {0}")]
    Denied(String),
    /// systemd said no; its own words.
    #[error("systemd refused: {0}")]
    Refused(String),
    /// An answer of another shape than expected.
    #[error("systemd's answer was not understood: {0}")]
    Garbled(String),
}
