//! What engines are asked for and what they answer, as plain data in this room's own words: snapshots, their entries,
//! comparisons, checks, locks. Texts in it come from outside: they are cleaned where they are shown.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::engine::EngineKind;
use crate::domain::Bytes;

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
