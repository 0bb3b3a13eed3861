//! What this room needs of a backup engine, in its own words. Implemented by `restic.rs` and `borg.rs` over the real
//! programs and by `engine_fake.rs` in memory.
//!
//! A call with a [`Link`] can take hours: it belongs in a job ([`Work`]), reports its figures there, hears the stop
//! there (SIGINT, then it waits) and logs what the program says. The others are bounded by the adapter (60 s, listings
//! 10 minutes) and end when they are dropped: they only read, without taking the repository's lock.
//!
//! Policy is the room's: which calls may overlap (none that write), when, and what a failure means.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub use super::{
    access::{Access, IoShare, Limits, Password},
    engine_error::EngineError,
};
use crate::{
    domain::Bytes,
    jobs::{Ending, Link, Runner, Running},
};

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub kind: EngineKind,
    /// "0.14.0".
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The engine's own id of it, hexadecimal.
    pub id: String,
    /// "repokey-blake2", "repository format 2".
    pub what: Option<String>,
}

/// Letters, digits: hexadecimal as both engines make them, 8 to 64 long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SnapshotId(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a snapshot's id")]
pub struct BadSnapshotId;

impl SnapshotId {
    /// # Errors
    /// Anything but 8 to 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<SnapshotId, BadSnapshotId> {
        let whole = (8..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
        if whole { Ok(SnapshotId(text.to_ascii_lowercase())) } else { Err(BadSnapshotId) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, as restic shows it.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl<'de> Deserialize<'de> for SnapshotId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<SnapshotId, D::Error> {
        let text = String::deserialize(deserializer)?;
        SnapshotId::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A snapshot to work on. Borg knows it by its name, so both go together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Which {
    pub id: SnapshotId,
    /// Borg's archive name; restic has none.
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub which: Which,
    pub at: Timestamp,
    /// Borg's listing does not say it.
    pub host: Option<String>,
    pub user: Option<String>,
    pub paths: Vec<PathBuf>,
    pub tags: Vec<String>,
    /// All it holds. Only newer versions of restic (0.17) say it in the listing.
    pub size: Option<Bytes>,
    pub files: Option<u64>,
}

/// What to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupOrder {
    /// The plan's name: restic's tag, the beginning of Borg's archive names. Letters, digits, `-`, `_`, `.`.
    pub plan: String,
    pub paths: Vec<PathBuf>,
    /// In the engine's own pattern language.
    pub excludes: Vec<String>,
    /// Further tags; Borg keeps them in the archive's comment.
    pub tags: Vec<String>,
    pub one_file_system: bool,
    /// Leave out folders marked by `CACHEDIR.TAG`.
    pub exclude_caches: bool,
    /// For Borg's archive name.
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// `None`: the engine made none, as nothing could be read.
    pub snapshot: Option<Which>,
    /// New to the repository after deduplication (as far as the engine tells, before compression).
    pub added: Bytes,
    pub files_new: Option<u64>,
    pub files_changed: Option<u64>,
    pub files_same: Option<u64>,
    /// All that was looked at.
    pub files: u64,
    pub bytes: Bytes,
    pub took_ms: u64,
    /// Not empty: some files are not in this snapshot.
    pub warnings: Warnings,
}

/// Something that was left out, said by the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Hostile text, already cleaned for a log line.
    pub path: Option<String>,
    pub why: String,
}

/// The first so many, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Warnings {
    pub first: Vec<Warning>,
    pub count: u64,
}

impl Warnings {
    pub const KEPT: usize = 50;

    pub fn push(&mut self, warning: Warning) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(warning);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Absolute, as it was on the saved machine.
    pub path: PathBuf,
    pub kind: EntryKind,
    /// Of files.
    pub size: Option<Bytes>,
    pub modified: Option<Timestamp>,
    /// Permission bits.
    pub mode: Option<u32>,
    /// Of a symbolic link.
    pub target: Option<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    Folder,
    File,
    Link,
    /// Sockets, devices, pipes.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// The first [`Diff::CHANGES_MAX`].
    pub changes: Vec<Change>,
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// New data, as far as the engine tells.
    pub added_bytes: Option<Bytes>,
    pub removed_bytes: Option<Bytes>,
}

impl Diff {
    pub const CHANGES_MAX: usize = 1000;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub path: PathBuf,
    pub how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    Added,
    Removed,
    /// Its content.
    Changed,
    /// Rights, owner, times.
    Meta,
    /// A file became a folder or the like.
    Kind,
}

/// Whose snapshots a retention policy is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// As in [`BackupOrder::plan`].
    pub plan: String,
    /// restic: only of this host.
    pub host: Option<String>,
}

/// How many to keep of each kind. Nothing set keeps everything, and is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    pub last: u32,
    pub hourly: u32,
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
    pub yearly: u32,
    /// All that are younger. Whole hours.
    pub within: Option<Duration>,
}

impl Keep {
    pub fn is_nothing(&self) -> bool {
        *self == Keep::default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retained {
    pub kept: Vec<Kept>,
    /// With a rehearsal: would be removed.
    pub removed: Vec<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub which: Which,
    pub at: Option<Timestamp>,
    /// The rules that keep it, in the engine's words: "daily snapshot", "weekly #2".
    pub why: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freed {
    /// `None`: the engine does not say.
    pub bytes: Option<Bytes>,
}

/// How deep a check goes. What an engine has no word for is [`EngineError::Unsupported`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Both: indexes, snapshots, folders; Borg reads the segments' checksums too.
    Structure,
    /// restic: and all data of part `part` (from 1) of `of`.
    Part { part: u32, of: u32 },
    /// Borg: the repository's checksums for at most this long; the next goes on where this ended.
    Timed(Duration),
    /// Both: every byte is read and decrypted.
    Everything,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// What is damaged, in the engine's words. Empty: sound.
    pub damage: Warnings,
    /// Not damage, but worth saying: data that nothing needs, old formats.
    pub remarks: Warnings,
    pub took: Duration,
}

impl Checked {
    pub fn sound(&self) -> bool {
        self.damage.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// What it takes on its disk.
    pub stored: Bytes,
    /// What the snapshots hold together, each counted whole.
    pub held: Option<Bytes>,
    pub snapshots: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Counted in the folder afterwards, not believed: files, links and others; not folders.
    pub files: u64,
    pub bytes: Bytes,
    pub folders: u64,
    pub warnings: Warnings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locks {
    /// All there are.
    Seen(Vec<Lock>),
    /// The engine has no way to look (Borg on another machine).
    Unseen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub host: Option<String>,
    pub user: Option<String>,
    pub pid: Option<u32>,
    pub since: Option<Timestamp>,
    pub exclusive: bool,
    pub holder: Holder,
}

/// Whether its holder lives, as far as this machine can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// On this host, and runs.
    Runs,
    /// On this host, and gone: the lock is stale.
    Gone,
    /// On another host, or not told.
    Unknown,
}

impl Lock {
    /// "backup@nas, process 4711", from outside: to be escaped where shown.
    pub fn who(&self) -> String {
        let host = match (&self.user, &self.host) {
            (Some(user), Some(host)) => format!("{user}@{host}"),
            (None, Some(host)) => host.clone(),
            (Some(user), None) => user.clone(),
            (None, None) => "?".to_owned(),
        };
        match self.pid {
            Some(pid) => format!("{host}, PID {pid}"),
            None => host,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hexadecimal_is_a_snapshots_id() {
        for (text, good) in [
            ("67aa21d4", true),
            ("67AA21D4832fbee0fece317616af6065522713e5fc34fcb1edc9caf6a1fb0367", true),
            ("67aa21d", false),
            ("--help12", false),
            ("latest00", false),
            ("67aa21d4:/etc", false),
            ("", false),
        ] {
            assert_eq!(SnapshotId::parse(text).is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn warnings_are_counted_beyond_those_kept() {
        let mut warnings = Warnings::default();
        for n in 0..200 {
            warnings.push(Warning { path: None, why: n.to_string() });
        }
        assert_eq!((warnings.first.len(), warnings.count), (Warnings::KEPT, 200));
    }
}
