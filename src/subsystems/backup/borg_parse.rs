//! What Borg prints, understood: JSON lines of its log (`--log-json`) and its answers (`--json`, `--json-lines`), 1.1 to
//! 1.4. Pure.
//!
//! Times in listings carry no zone: Borg is started with `TZ=UTC`, so they are read as UTC. Paths are stored without
//! their first `/`, which is put back here.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::Deserialize;

use super::engine::{
    Change, Diff, Entry, EntryKind, Holder, How, Kept, Lock, Snapshot, SnapshotId, Summary, Warning, Which,
};
use crate::{
    domain::Bytes,
    jobs::{Figure, Progress, Unit, clean},
};

/// One line of Borg's log.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Progress(Box<Progress>),
    Log(Log),
    /// JSON that we do not need.
    Other,
    /// Not JSON: the words of ssh or of Python.
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Log {
    pub level: Level,
    /// "borg.output.list" for lists.
    pub name: String,
    pub message: String,
    /// "LockTimeout", "PassphraseWrong".
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Raw {
    r#type: String,
    finished: bool,
    original_size: Option<u64>,
    nfiles: Option<u64>,
    path: Option<String>,
    message: Option<String>,
    levelname: Option<String>,
    name: Option<String>,
    msgid: Option<String>,
    current: Option<u64>,
    total: Option<u64>,
    info: Option<Vec<serde_json::Value>>,
}

pub(super) fn line(text: &str) -> Said {
    if !text.starts_with('{') {
        return Said::Text;
    }
    let Ok(raw) = serde_json::from_str::<Raw>(text) else { return Said::Text };
    match raw.r#type.as_str() {
        "archive_progress" if raw.finished => Said::Other,
        "archive_progress" => Said::Progress(Box::new(Progress {
            figures: vec![
                Figure { done: raw.original_size.unwrap_or(0), total: None, unit: Unit::Bytes },
                Figure { done: raw.nfiles.unwrap_or(0), total: None, unit: Unit::Files },
            ],
            note: raw.path.map(|path| clean(&path)).filter(|path| !path.is_empty()),
            ..Progress::default()
        })),
        "progress_percent" if raw.finished => Said::Other,
        "progress_percent" => Said::Progress(Box::new(percent(raw))),
        "log_message" => Said::Log(Log {
            level: match raw.levelname.as_deref() {
                Some("ERROR" | "CRITICAL") => Level::Error,
                Some("WARNING") => Level::Warning,
                _ => Level::Info,
            },
            name: raw.name.unwrap_or_default(),
            message: raw.message.unwrap_or_default(),
            id: raw.msgid.unwrap_or_default(),
        }),
        _ => Said::Other,
    }
}

/// Extraction counts bytes, everything else pieces.
fn percent(raw: Raw) -> Progress {
    let (done, total) = (raw.current.unwrap_or(0), raw.total.filter(|total| *total > 0));
    let unit = if raw.msgid.as_deref() == Some("extract") { Unit::Bytes } else { Unit::Steps };
    let first = raw.info.as_ref().and_then(|info| info.first()).and_then(|note| note.as_str());
    // "Checking segments 30.0%": the bar says the number.
    let words = raw.message.as_deref().unwrap_or_default();
    let words = words.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '%' || c == ' ');
    Progress {
        figures: vec![Figure { done, total, unit }],
        note: Some(clean(first.unwrap_or(words))).filter(|note| !note.is_empty()),
        ..Progress::default()
    }
}

/// A warning of `create` or `extract`: "/srv/x: open: [Errno 13] Permission denied: 'x'".
pub(super) fn warning(message: &str) -> Warning {
    let message = clean(message);
    if let Some((path, _)) = message.split_once(": file changed while") {
        return Warning { path: Some(path.to_owned()), why: message[path.len() + 2..].to_owned() };
    }
    let Some((before, rest)) = message.split_once(": [Errno ") else {
        return Warning { path: None, why: message };
    };
    // Before it stands what was tried, in one word: "open", "dir_open", "open_root".
    let is_step = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let path = match before.rsplit_once(": ") {
        Some((path, step)) if is_step(step) => path,
        _ => before,
    };
    let words = rest.split_once("] ").map_or(rest, |(_, words)| words);
    let why = words.split(": ").next().unwrap_or(words).to_owned();
    Warning { path: Some(path.to_owned()), why }
}

#[derive(Deserialize)]
struct RawCreate {
    archive: RawArchive,
}

#[derive(Deserialize)]
struct RawArchive {
    id: SnapshotId,
    name: String,
    start: Option<String>,
    duration: Option<f64>,
    stats: Option<RawArchiveStats>,
    hostname: Option<String>,
    username: Option<String>,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct RawArchiveStats {
    original_size: u64,
    deduplicated_size: u64,
    nfiles: u64,
}

#[derive(Deserialize)]
struct RawCache {
    stats: RawCacheStats,
}

#[derive(Deserialize)]
struct RawCacheStats {
    total_size: u64,
    unique_csize: u64,
}

/// `create --json`.
pub(super) fn created(json: &str) -> Result<Summary, serde_json::Error> {
    let RawCreate { archive } = serde_json::from_str(json)?;
    let stats = archive.stats.as_ref();
    Ok(Summary {
        snapshot: Some(Which { id: archive.id, name: Some(archive.name) }),
        added: Bytes(stats.map_or(0, |stats| stats.deduplicated_size)),
        files: stats.map_or(0, |stats| stats.nfiles),
        bytes: Bytes(stats.map_or(0, |stats| stats.original_size)),
        took_ms: archive.duration.map_or(0, |seconds| (seconds.max(0.0) * 1000.0) as u64),
        ..Summary::default()
    })
}

/// "2026-11-22T15:50:35.891870", in UTC as Borg was told; newer versions add their zone.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let at: DateTime = text.parse().ok()?;
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[derive(Deserialize)]
struct RawList {
    archives: Vec<serde_json::Value>,
    repository: RawRepository,
    encryption: Option<RawEncryption>,
}

#[derive(Deserialize)]
struct RawRepository {
    id: String,
}

#[derive(Deserialize)]
struct RawEncryption {
    mode: String,
}

/// `list --json`: the repository's id, its encryption, its archives, oldest first.
pub(super) fn list(json: &str) -> Result<(String, Option<String>, Vec<Snapshot>), serde_json::Error> {
    let raw: RawList = serde_json::from_str(json)?;
    // One archive that is not understood hides no other.
    let archives = raw.archives.into_iter().filter_map(|value| serde_json::from_value(value).ok());
    let mut archives: Vec<Snapshot> = archives.filter_map(known).collect();
    archives.sort_by_key(|snapshot| snapshot.at);
    Ok((clean(&raw.repository.id), raw.encryption.map(|encryption| clean(&encryption.mode)), archives))
}

fn known(raw: RawArchive) -> Option<Snapshot> {
    let tags = raw.comment.unwrap_or_default();
    Some(Snapshot {
        at: time(raw.start.as_deref()?)?,
        size: raw.stats.as_ref().map(|stats| Bytes(stats.original_size)),
        files: raw.stats.as_ref().map(|stats| stats.nfiles),
        which: Which { id: raw.id, name: Some(raw.name) },
        host: raw.hostname.filter(|host| !host.is_empty()),
        user: raw.username.filter(|user| !user.is_empty()),
        paths: Vec::new(),
        tags: tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
    })
}

/// `info --json`: stored bytes, held bytes.
pub(super) fn info(json: &str) -> Result<(u64, u64), serde_json::Error> {
    #[derive(Deserialize)]
    struct RawInfo {
        cache: RawCache,
    }
    let raw: RawInfo = serde_json::from_str(json)?;
    Ok((raw.cache.stats.unique_csize, raw.cache.stats.total_size))
}

#[derive(Deserialize)]
struct RawItem {
    r#type: String,
    mode: Option<String>,
    path: String,
    linktarget: Option<String>,
    mtime: Option<String>,
    size: Option<u64>,
}

/// One line of `list --json-lines ::ARCHIVE`.
pub(super) fn item(text: &str) -> Option<Entry> {
    let raw: RawItem = serde_json::from_str(text).ok()?;
    let kind = match raw.r#type.as_str() {
        "d" => EntryKind::Folder,
        // A hard link is a file.
        "-" | "h" => EntryKind::File,
        "l" => EntryKind::Link,
        _ => EntryKind::Other,
    };
    Some(Entry {
        path: absolute(&raw.path),
        kind,
        size: (kind == EntryKind::File).then_some(Bytes(raw.size.unwrap_or(0))),
        modified: raw.mtime.as_deref().and_then(time),
        mode: raw.mode.as_deref().and_then(mode),
        target: raw.linktarget.filter(|target| kind == EntryKind::Link && !target.is_empty()).map(Into::into),
    })
}

fn absolute(path: &str) -> PathBuf {
    let path = path.trim_start_matches('/');
    PathBuf::from(if path == "." { "/".to_owned() } else { format!("/{path}") })
}

/// "drwxr-sr-x" to 0o2755.
fn mode(text: &str) -> Option<u32> {
    let letters: Vec<char> = text.chars().skip(1).collect();
    if letters.len() != 9 {
        return None;
    }
    let mut mode = 0;
    for (index, letter) in letters.iter().enumerate() {
        let bit = 1 << (8 - index);
        let special = 1 << (11 - index / 3);
        mode |= match letter {
            '-' => 0,
            's' | 't' => bit | special,
            'S' | 'T' => special,
            _ => bit,
        };
    }
    Some(mode)
}

#[derive(Deserialize)]
struct RawDiff {
    path: String,
    changes: Vec<RawChange>,
}

#[derive(Deserialize)]
struct RawChange {
    r#type: String,
    added: Option<u64>,
    removed: Option<u64>,
    size: Option<u64>,
}

/// Takes in one line of `diff --json-lines`.
pub(super) fn diff(text: &str, diff: &mut Diff) {
    let Ok(raw) = serde_json::from_str::<RawDiff>(text) else { return };
    let mut how: Option<How> = None;
    let mut folder = false;
    for change in &raw.changes {
        let kind = change.r#type.as_str();
        folder |= kind.ends_with("directory");
        let (added, removed) = (change.added.unwrap_or(0), change.removed.unwrap_or(0));
        let new = match kind {
            kind if kind.starts_with("added") => {
                *diff.added_bytes.get_or_insert_default() = plus(diff.added_bytes, change.size.unwrap_or(0));
                How::Added
            }
            kind if kind.starts_with("removed") => {
                *diff.removed_bytes.get_or_insert_default() =
                    plus(diff.removed_bytes, change.size.unwrap_or(0));
                How::Removed
            }
            // The same content, looked at again.
            "modified" if change.added == Some(0) && change.removed == Some(0) => How::Meta,
            "modified" | "changed link" => {
                *diff.added_bytes.get_or_insert_default() = plus(diff.added_bytes, added);
                *diff.removed_bytes.get_or_insert_default() = plus(diff.removed_bytes, removed);
                How::Changed
            }
            _ => How::Meta,
        };
        // The strongest word of a line counts.
        let rank = |how: How| match how {
            How::Added | How::Removed => 3,
            How::Kind => 2,
            How::Changed => 1,
            How::Meta => 0,
        };
        how = Some(how.map_or(new, |old| if rank(new) > rank(old) { new } else { old }));
    }
    let Some(how) = how else { return };
    match how {
        How::Added if !folder => diff.added += 1,
        How::Removed if !folder => diff.removed += 1,
        How::Changed => diff.changed += 1,
        _ => {}
    }
    // Times alone say nothing new; rights and owners do.
    let only_times = raw.changes.iter().all(|change| {
        matches!(change.r#type.as_str(), "ctime" | "mtime")
            || (change.r#type == "modified" && change.added == Some(0) && change.removed == Some(0))
    });
    if !only_times && diff.changes.len() < Diff::CHANGES_MAX {
        diff.changes.push(Change { path: absolute(&raw.path), how });
    }
}

fn plus(so_far: Option<Bytes>, more: u64) -> Bytes {
    Bytes(so_far.unwrap_or_default().0.saturating_add(more))
}

/// A line of `prune --list`: kept or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pruned {
    Kept(Kept),
    Removed(Kept),
}

/// "Keeping archive (rule: daily #1):   dre-…   Sun, 2026-11-22 20:49:47 [8d9a3f…]".
pub(super) fn pruned(message: &str) -> Option<Pruned> {
    let (head, rest) = message.split_once("):").or_else(|| message.split_once(':'))?;
    let rest = rest.trim();
    let (before, id) = rest.strip_suffix(']')?.rsplit_once('[')?;
    let id = SnapshotId::parse(id).ok()?;
    // "NAME      Sun, 2026-11-22 20:49:47": the date is the last 25 characters or so, the name what stands before.
    let before = before.trim_end();
    let (name, date) = before.rsplit_once(", ")?;
    let name = name.rsplit_once(' ').map(|(name, _)| name.trim()).filter(|name| !name.is_empty())?;
    let date = date.split(' ').take(2).collect::<Vec<_>>().join("T");
    let at = time(&date);
    let which = Which { id, name: Some(name.to_owned()) };
    if let Some((_, rule)) = head.split_once("rule: ") {
        return Some(Pruned::Kept(Kept { which, at, why: vec![clean(rule)] }));
    }
    if head.starts_with("Keeping") {
        return Some(Pruned::Kept(Kept { which, at, why: Vec::new() }));
    }
    let removed = head.starts_with("Would prune") || head.starts_with("Pruning");
    removed.then_some(Pruned::Removed(Kept { which, at, why: Vec::new() }))
}

/// "compaction freed about 1.76 kB repository space."
pub(super) fn freed(message: &str) -> Option<Bytes> {
    let rest = message.strip_prefix("compaction freed about ")?;
    let size: Vec<&str> = rest.split_whitespace().take(2).collect();
    Bytes::parse(&size.join(" ")).ok()
}

/// "borg 1.2.4".
pub(super) fn version(text: &str) -> Option<String> {
    let version = text.trim().strip_prefix("borg ")?.split_whitespace().next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.chars().take(30).collect())
}

/// The roster in a repository's folder: `{"exclusive": [["host@node", pid, thread]], "shared": […]}`.
pub(super) fn roster(json: &str, judge: impl Fn(&str, u32) -> Holder) -> Vec<Lock> {
    type Raw = BTreeMap<String, Vec<(String, u64, serde_json::Value)>>;
    let raw: Raw = serde_json::from_str(json).unwrap_or_default();
    let mut locks = Vec::new();
    for (kind, holders) in raw {
        for (host, pid, _) in holders {
            locks.push(lock(&host, u32::try_from(pid).ok(), kind == "exclusive", &judge));
        }
    }
    locks
}

/// The name of a file in `lock.exclusive`: "host@node.PID-thread".
pub(super) fn exclusive(name: &str, judge: impl Fn(&str, u32) -> Holder) -> Option<Lock> {
    let (host, rest) = name.rsplit_once('.')?;
    let (pid, _) = rest.split_once('-')?;
    Some(lock(host, Some(pid.parse().ok()?), true, &judge))
}

fn lock(host: &str, pid: Option<u32>, exclusive: bool, judge: &impl Fn(&str, u32) -> Holder) -> Lock {
    Lock {
        holder: pid.map_or(Holder::Unknown, |pid| judge(host, pid)),
        host: Some(clean(host.split('@').next().unwrap_or(host))),
        user: None,
        pid,
        since: None,
        exclusive,
    }
}

/// What Borg reads as a placeholder in a name is doubled.
pub(super) fn plain(name: &str) -> String {
    name.replace('{', "{{").replace('}', "}}")
}
