//! What this room needs of a backup engine, in its own words. Implemented by `restic.rs` and `borg.rs` over the real
//! programs and by `engine_fake.rs` in memory.
//!
//! A call with a [`Link`] can take hours: it belongs in a job ([`Work`]), reports its figures there, hears the stop
//! there (SIGINT, then it waits) and logs what the program says. The others are bounded by the adapter (60 s, listings
//! 10 minutes) and end when they are dropped: they only read, without taking the repository's lock.
//!
//! Policy is the room's: which calls may overlap (none that write), when, and what a failure means.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub use super::{
    access::{Access, IoShare, Limits, Password},
    engine_error::EngineError,
    model::*,
};
use crate::jobs::{Ending, Link, Runner, Running};

pub type Answer<'a, T> = BoxFuture<'a, Result<T, EngineError>>;
/// Where a listing goes, batch by batch; when its other end is dropped the listing ends early, as a success.
pub type Entries = mpsc::Sender<Vec<Entry>>;

/// Entries in one batch of a listing, at most.
pub const BATCH: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    Restic,
    Borg,
}

impl EngineKind {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            EngineKind::Restic => "restic",
            EngineKind::Borg => "Borg",
        }
    }
}

/// Both, as the app gives them to the room.
#[derive(Clone)]
pub struct Engines {
    pub restic: Arc<dyn Engine>,
    pub borg: Arc<dyn Engine>,
}

impl Engines {
    pub fn of(&self, kind: EngineKind) -> &Arc<dyn Engine> {
        match kind {
            EngineKind::Restic => &self.restic,
            EngineKind::Borg => &self.borg,
        }
    }
}

pub trait Engine: Send + Sync + 'static {
    fn kind(&self) -> EngineKind;

    /// [`Engine::folder`] costs one folder, not the whole snapshot. Without it the room keeps an index.
    fn lists_folders(&self) -> bool;

    /// Which program answers, and whether it is new enough.
    fn about(&self) -> Answer<'_, About>;

    /// Opens the repository and nothing more: is it there, does the password fit?
    fn probe<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository>;

    /// Makes a new, encrypted repository (for Borg: `repokey-blake2`; [`Password::Nothing`]: without encryption).
    fn init<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository>;

    fn backup<'a>(&'a self, at: &'a Access, order: &'a BackupOrder, link: &'a Link) -> Answer<'a, Summary>;

    /// Oldest first.
    fn snapshots<'a>(&'a self, at: &'a Access) -> Answer<'a, Vec<Snapshot>>;

    /// What lies directly in a folder of a snapshot, in the engine's order (by name). Answers how many were sent.
    fn folder<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        folder: &'a Path,
        entries: Entries,
    ) -> Answer<'a, u64>;

    /// Everything in a snapshot, in the engine's order. Answers how many were sent.
    fn walk<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        entries: Entries,
        link: &'a Link,
    ) -> Answer<'a, u64>;

    /// From the older to the newer. At most [`Diff::CHANGES_MAX`] changes are kept; the counts are of all.
    fn diff<'a>(&'a self, at: &'a Access, old: &'a Which, new: &'a Which, link: &'a Link)
    -> Answer<'a, Diff>;

    /// Removes one snapshot. Its space comes back with [`Engine::prune`].
    fn forget<'a>(&'a self, at: &'a Access, snapshot: &'a Which, link: &'a Link) -> Answer<'a, ()>;

    /// Applies a retention policy to the snapshots of one plan. With `rehearse` nothing is changed.
    fn retain<'a>(
        &'a self,
        at: &'a Access,
        of: &'a Scope,
        keep: &'a Keep,
        rehearse: bool,
        link: &'a Link,
    ) -> Answer<'a, Retained>;

    /// Frees what no snapshot needs any more.
    fn prune<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Freed>;

    /// Damage found is an answer, not an error: an error is a check that could not be carried out.
    fn check<'a>(&'a self, at: &'a Access, depth: Depth, link: &'a Link) -> Answer<'a, Checked>;

    /// How big the repository is. restic counts its index: seconds; over a network perhaps minutes.
    fn stats<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Stats>;

    /// Writes the chosen paths (folders with all in them) below `to`, an empty folder of our own, at their whole path.
    /// Overwrites without asking: never aim it at files that matter.
    fn restore<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        paths: &'a [PathBuf],
        to: &'a Path,
        link: &'a Link,
    ) -> Answer<'a, Restored>;

    /// Who holds the repository. Borg on another machine does not tell: see [`Locks`].
    fn locks<'a>(&'a self, at: &'a Access) -> Answer<'a, Locks>;

    /// Removes locks: all of them with `all` (another host may hold one!), else only those the engine itself sees to be
    /// stale.
    fn unlock<'a>(&'a self, at: &'a Access, all: bool) -> Answer<'a, ()>;
}

/// The runner of a job made of calls to engines: `Work::new(|link| async move { engine.backup(.., &link).await … })`.
/// After a stop it is waited for much longer than other steps: an engine cleans up and unlocks.
pub struct Work<F>(F);

impl Work<()> {
    /// From SIGINT to SIGKILL for an engine.
    pub const GRACE: Duration = Duration::from_secs(60);
    /// For what follows the engine's end: removing a scratch folder.
    const AFTER: Duration = Duration::from_secs(30);
}

impl<F, Fut> Work<F>
where
    F: FnOnce(Link) -> Fut + Send + 'static,
    Fut: Future<Output = Ending> + Send + 'static,
{
    pub fn new(work: F) -> Work<F> {
        Work(work)
    }
}

impl<F, Fut> Runner for Work<F>
where
    F: FnOnce(Link) -> Fut + Send + 'static,
    Fut: Future<Output = Ending> + Send + 'static,
{
    fn run(self: Box<Self>, link: Link) -> Running {
        Box::pin(async move { (self.0)(link).await })
    }

    fn dropped_after(&self) -> Option<Duration> {
        Some(Work::GRACE + Work::AFTER)
    }
}
