//! What restic prints, understood: JSON lines of 0.12 to 0.18, and text where it prints no JSON. Pure.
//!
//! Fields come and go between versions, so each is optional and unknown ones are passed over.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;

use super::engine::{
    Change, Diff, Entry, EntryKind, Holder, How, Kept, Lock, Retained, Snapshot, SnapshotId, Summary,
    Warning, Which,
};
use crate::{
    domain::Bytes,
    jobs::{Figure, Progress, Unit, clean},
};

/// One line of `backup --json` or `restore --json`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Status(Box<Progress>),
    Summary(Box<Summary>),
    Warning(Warning),
    /// The same trouble, found while counting ahead: it comes again when the file is saved.
    ScanWarning,
    /// 0.17 and newer: why it gave up.
    Exit(String),
    /// JSON that we do not know.
    Other,
    /// Not JSON.
    Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    message_type: String,
    percent_done: Option<f64>,
    total_files: Option<u64>,
    files_done: Option<u64>,
    files_restored: Option<u64>,
    total_bytes: Option<u64>,
    bytes_done: Option<u64>,
    bytes_restored: Option<u64>,
    seconds_remaining: Option<u64>,
    current_files: Option<Vec<String>>,
    error: Option<serde_json::Value>,
    during: Option<String>,
    item: Option<String>,
    message: Option<String>,
    files_new: Option<u64>,
    files_changed: Option<u64>,
    files_unmodified: Option<u64>,
    data_added: Option<u64>,
    data_added_packed: Option<u64>,
    total_files_processed: Option<u64>,
    total_bytes_processed: Option<u64>,
    total_duration: Option<f64>,
    snapshot_id: Option<String>,
}

pub(super) fn message(line: &str) -> Said {
    if !line.starts_with('{') {
        return Said::Text;
    }
    let Ok(message) = serde_json::from_str::<Message>(line) else { return Said::Text };
    match message.message_type.as_str() {
        "status" => Said::Status(Box::new(status(message))),
        "summary" => Said::Summary(Box::new(summary(message))),
        "error" if message.during.as_deref() == Some("scan") => Said::ScanWarning,
        "error" => Said::Warning(Warning {
            path: message.item.as_deref().filter(|item| !item.is_empty()).map(clean),
            why: clean(&why(message.error.as_ref(), message.message.as_deref())),
        }),
        "exit_error" => Said::Exit(message.message.unwrap_or_default()),
        _ => Said::Other,
    }
}

fn status(message: Message) -> Progress {
    let bytes = message.bytes_done.or(message.bytes_restored).unwrap_or(0);
    let files = message.files_done.or(message.files_restored).unwrap_or(0);
    Progress {
        figures: vec![
            Figure { done: bytes, total: message.total_bytes, unit: Unit::Bytes },
            Figure { done: files, total: message.total_files, unit: Unit::Files },
        ],
        share: message.percent_done.map(|share| share as f32),
        rate: None,
        eta_s: message.seconds_remaining.filter(|seconds| *seconds > 0),
        note: message.current_files.and_then(|files| files.into_iter().next()).map(|file| clean(&file)),
        step: None,
    }
}

fn summary(message: Message) -> Summary {
    let id = message.snapshot_id.as_deref().and_then(|id| SnapshotId::parse(id).ok());
    Summary {
        snapshot: id.map(|id| Which { id, name: None }),
        added: Bytes(message.data_added_packed.or(message.data_added).unwrap_or(0)),
        files_new: message.files_new,
        files_changed: message.files_changed,
        files_same: message.files_unmodified,
        files: message.total_files_processed.unwrap_or(0),
        bytes: Bytes(message.total_bytes_processed.unwrap_or(0)),
        took_ms: message.total_duration.map_or(0, |seconds| (seconds.max(0.0) * 1000.0) as u64),
        warnings: Default::default(),
    }
}

/// An error as Go writes it: `{}`, `{"message":"…"}`, `{"Op":"open","Path":"…","Err":13}`.
fn why(error: Option<&serde_json::Value>, message: Option<&str>) -> String {
    let error = error.unwrap_or(&serde_json::Value::Null);
    if let Some(text) = error.get("message").and_then(|text| text.as_str()).or(error.as_str()).or(message) {
        return text.to_owned();
    }
    if let Some(code) =
        error.get("Err").and_then(|code| code.as_i64()).and_then(|code| i32::try_from(code).ok())
    {
        return std::io::Error::from_raw_os_error(code).to_string();
    }
    "could not be read".to_owned()
}

/// A text line of `backup` on its error output that means something was left out.
pub(super) fn text_warning(line: &str) -> Option<Warning> {
    let line = clean(line);
    if let Some(path) = line.strip_suffix(" does not exist, skipping") {
        return Some(Warning { path: Some(path.to_owned()), why: "does not exist".to_owned() });
    }
    if let Some(rest) = line.strip_prefix("ignoring error for ") {
        let (path, why) = rest.split_once(": ").unwrap_or((rest, ""));
        return Some(Warning { path: Some(path.to_owned()), why: why.to_owned() });
    }
    let rest = line.strip_prefix("error: ")?;
    Some(Warning { path: None, why: rest.to_owned() })
}

#[derive(Deserialize)]
pub(super) struct RawSnapshot {
    id: Option<SnapshotId>,
    time: Option<Timestamp>,
    hostname: Option<String>,
    username: Option<String>,
    paths: Option<Vec<PathBuf>>,
    tags: Option<Vec<String>>,
    summary: Option<RawSummary>,
}

#[derive(Deserialize)]
struct RawSummary {
    total_files_processed: Option<u64>,
    total_bytes_processed: Option<u64>,
}

impl RawSnapshot {
    fn known(self) -> Option<Snapshot> {
        let summary = self.summary.as_ref();
        Some(Snapshot {
            size: summary.and_then(|summary| summary.total_bytes_processed).map(Bytes),
            files: summary.and_then(|summary| summary.total_files_processed),
            which: Which { id: self.id?, name: None },
            at: self.time?,
            host: self.hostname,
            user: self.username.filter(|user| !user.is_empty()),
            paths: self.paths.unwrap_or_default(),
            tags: self.tags.unwrap_or_default(),
        })
    }
}

/// `snapshots --json`, oldest first.
pub(super) fn snapshots(json: &str) -> Result<Vec<Snapshot>, serde_json::Error> {
    // "null" where there are none, in old versions.
    let raw: Option<Vec<RawSnapshot>> = serde_json::from_str(json.trim())?;
    let mut snapshots: Vec<Snapshot> =
        raw.unwrap_or_default().into_iter().filter_map(RawSnapshot::known).collect();
    snapshots.sort_by_key(|snapshot| snapshot.at);
    Ok(snapshots)
}

#[derive(Deserialize)]
struct RawGroup {
    keep: Option<Vec<RawSnapshot>>,
    remove: Option<Vec<RawSnapshot>>,
    reasons: Option<Vec<RawReason>>,
}

#[derive(Deserialize)]
struct RawReason {
    snapshot: RawReasoned,
    matches: Option<Vec<String>>,
}

/// Without its id before 0.17: known by its time and tree.
#[derive(Deserialize)]
struct RawReasoned {
    time: Option<Timestamp>,
}

/// The array in the output of `forget --json`.
pub(super) fn retained(json: &str) -> Result<Retained, serde_json::Error> {
    // Text may stand around it; the answer is one line.
    let line = json.lines().find(|line| line.starts_with('[')).unwrap_or("[]");
    let groups: Vec<RawGroup> = serde_json::from_str(line)?;
    let mut retained = Retained::default();
    for group in groups {
        let reasons = group.reasons.unwrap_or_default();
        let why = |at: Timestamp| {
            let reason = reasons.iter().find(|reason| reason.snapshot.time == Some(at));
            reason.and_then(|reason| reason.matches.clone()).unwrap_or_default()
        };
        let kept = |raw: RawSnapshot| {
            raw.known().map(|known| Kept { why: why(known.at), which: known.which, at: Some(known.at) })
        };
        retained.kept.extend(group.keep.into_iter().flatten().filter_map(kept));
        let kept = |raw: RawSnapshot| {
            raw.known().map(|known| Kept { why: Vec::new(), which: known.which, at: Some(known.at) })
        };
        retained.removed.extend(group.remove.into_iter().flatten().filter_map(kept));
    }
    Ok(retained)
}

#[derive(Deserialize)]
struct RawNode {
    #[serde(alias = "message_type")]
    struct_type: Option<String>,
    r#type: Option<String>,
    path: Option<String>,
    size: Option<u64>,
    mode: Option<u32>,
    mtime: Option<Timestamp>,
    linktarget: Option<String>,
}

/// One line of `ls --json`; `None` for the snapshot's own line and what is not understood.
pub(super) fn node(line: &str) -> Option<Entry> {
    let raw: RawNode = serde_json::from_str(line).ok()?;
    if raw.struct_type.as_deref() == Some("snapshot") {
        return None;
    }
    let kind = match raw.r#type.as_deref()? {
        "dir" => EntryKind::Folder,
        "file" => EntryKind::File,
        "symlink" => EntryKind::Link,
        _ => EntryKind::Other,
    };
    Some(Entry {
        path: PathBuf::from(raw.path?),
        kind,
        size: (kind == EntryKind::File).then_some(Bytes(raw.size.unwrap_or(0))),
        modified: raw.mtime,
        mode: raw.mode.map(|mode| mode & 0o7777),
        target: raw.linktarget.map(Into::into),
    })
}

#[derive(Deserialize)]
struct RawDiff {
    message_type: Option<String>,
    path: Option<PathBuf>,
    modifier: Option<String>,
    changed_files: Option<u64>,
    added: Option<RawCounts>,
    removed: Option<RawCounts>,
}

#[derive(Deserialize)]
struct RawCounts {
    files: Option<u64>,
    others: Option<u64>,
    bytes: Option<u64>,
}

/// Takes in one line of `diff --json`.
pub(super) fn diff(line: &str, diff: &mut Diff) {
    let Ok(raw) = serde_json::from_str::<RawDiff>(line) else { return };
    match raw.message_type.as_deref() {
        Some("change") => {
            let (Some(path), Some(modifier)) = (raw.path, raw.modifier) else { return };
            let how = match modifier.chars().next() {
                Some('+') => How::Added,
                Some('-') => How::Removed,
                Some('M') => How::Changed,
                Some('T') => How::Kind,
                _ => How::Meta,
            };
            // A folder whose times changed because something in it did says nothing new.
            let folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
            if diff.changes.len() < Diff::CHANGES_MAX && !(folder && how == How::Meta) {
                diff.changes.push(Change { path, how });
            }
        }
        Some("statistics") => {
            let count = |counts: &Option<RawCounts>| {
                counts.as_ref().map_or(0, |c| c.files.unwrap_or(0) + c.others.unwrap_or(0))
            };
            let bytes = |counts: &Option<RawCounts>| counts.as_ref().and_then(|c| c.bytes).map(Bytes);
            (diff.added, diff.removed) = (count(&raw.added), count(&raw.removed));
            (diff.added_bytes, diff.removed_bytes) = (bytes(&raw.added), bytes(&raw.removed));
            diff.changed = raw.changed_files.unwrap_or(0);
        }
        _ => {}
    }
}

#[derive(Deserialize)]
struct RawLock {
    time: Option<Timestamp>,
    exclusive: Option<bool>,
    hostname: Option<String>,
    username: Option<String>,
    pid: Option<u32>,
}

/// `cat lock ID`.
pub(super) fn lock(json: &str, here: &str, runs: impl Fn(u32) -> bool) -> Option<Lock> {
    let raw: RawLock = serde_json::from_str(json).ok()?;
    let holder = match raw.pid {
        Some(pid) if raw.hostname.as_deref() == Some(here) => {
            if runs(pid) {
                Holder::Runs
            } else {
                Holder::Gone
            }
        }
        _ => Holder::Unknown,
    };
    Some(Lock {
        host: raw.hostname.map(|host| clean(&host)),
        user: raw.username.map(|user| clean(&user)).filter(|user| !user.is_empty()),
        pid: raw.pid,
        since: raw.time,
        exclusive: raw.exclusive.unwrap_or(false),
        holder,
    })
}

/// "… already locked by PID 23563 on vm by root (UID 0, GID 0)".
pub(super) fn locked_by(line: &str, here: &str, runs: impl Fn(u32) -> bool) -> Option<Lock> {
    let (before, rest) = line.split_once("locked ")?;
    let exclusive = before.trim_end().ends_with("exclusively") || rest.starts_with("exclusively");
    let (_, rest) = rest.split_once("by PID ")?;
    let (pid, rest) = rest.split_once(" on ")?;
    let (host, rest) = rest.split_once(" by ").unwrap_or((rest, ""));
    let user = rest.split(" (").next().unwrap_or_default();
    let pid = pid.parse().ok()?;
    let holder = match host == here {
        true if runs(pid) => Holder::Runs,
        true => Holder::Gone,
        false => Holder::Unknown,
    };
    let user = (!user.is_empty()).then(|| clean(user));
    Some(Lock { host: Some(clean(host)), user, pid: Some(pid), since: None, exclusive, holder })
}

/// "[0:04] 37.50%  3 / 8 packs": share, done, total, of what.
pub(super) fn counter(line: &str) -> Option<(f32, u64, u64, &str)> {
    let (_, rest) = line.trim().strip_prefix('[')?.split_once("] ")?;
    let (share, rest) = rest.trim_start().split_once('%')?;
    let (done, rest) = rest.trim_start().split_once(" / ")?;
    let (total, what) = rest.split_once(' ')?;
    let share: f32 = share.trim().parse().ok()?;
    Some((share / 100.0, done.trim().parse().ok()?, total.trim().parse().ok()?, what.trim()))
}

/// "total prune:           3 blobs / 1.813 KiB".
pub(super) fn freed(line: &str) -> Option<Bytes> {
    let rest = line.trim().strip_prefix("total prune:")?;
    let (_, size) = rest.split_once('/')?;
    Bytes::parse(size.trim()).ok()
}

/// "restic 0.14.0 compiled with go1.19.8 on linux/amd64".
pub(super) fn version(text: &str) -> Option<String> {
    let version = text.trim().strip_prefix("restic ")?.split_whitespace().next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.chars().take(30).collect())
}

#[derive(Deserialize)]
struct RawConfig {
    id: Option<String>,
    version: Option<u32>,
}

/// `cat config`: its id and format.
pub(super) fn config(json: &str) -> Option<(String, Option<u32>)> {
    let raw: RawConfig = serde_json::from_str(json).ok()?;
    Some((raw.id.filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit()))?, raw.version))
}

#[derive(Deserialize)]
struct RawStats {
    total_size: u64,
    snapshots_count: Option<u64>,
}

/// `stats --json --mode raw-data`: bytes, snapshots.
pub(super) fn stats(json: &str) -> Option<(u64, Option<u64>)> {
    let raw: RawStats = serde_json::from_str(json.lines().find(|line| line.starts_with('{'))?).ok()?;
    Some((raw.total_size, raw.snapshots_count))
}

/// Remarks of `check` that are no damage.
pub(super) fn is_remark(line: &str) -> bool {
    [
        "not referenced in any index",
        "additional files were found",
        "non-critical",
        "mixed pack",
        "duplicate packs",
    ]
    .iter()
    .any(|remark| line.contains(remark))
}

/// Escapes what restic's patterns read as more than themselves. A byte that was no UTF-8 came to us as U+FFFD, and
/// stands for any one character.
pub(super) fn literal(path: &str) -> String {
    let mut literal = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '\\' | '*' | '?' | '[' => literal.extend(['\\', c]),
            char::REPLACEMENT_CHARACTER => literal.push('?'),
            c => literal.push(c),
        }
    }
    literal
}
