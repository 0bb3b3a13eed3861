//! Reading a unit's journal for a screen, for a file, and live.
//!
//! Limits: a search looks through at most [`PAGE_MAX`] of time, a file holds at most [`FILE_BYTES_MAX`] of the newest
//! lines.

use std::{path::Path, sync::Arc, time::Duration};

use ractor::ActorRef;
use tokio::time::Instant;

use super::{
    logfile::Backwards,
    messages::{LogFile, LogPage, Msg, Own},
};
use crate::{
    domain::{Blobs, Clock, Words},
    intent::services::{Log, Since as LogSince},
    process::journal::{Entry, Journal, JournalError, Order, Query, Since},
};

/// For one screen: a search through a long journal stops here and says so.
pub const PAGE_MAX: Duration = Duration::from_secs(4);
/// For a file: Telegram takes 50 MB from a bot.
pub const FILE_BYTES_MAX: u64 = 45 << 20;
pub const FILE_MAX: Duration = Duration::from_secs(90);
/// Of one message in a file.
const FILE_TEXT_BYTES_MAX: usize = 64 << 10;
/// Lines that come together are told together.
const BATCH: Duration = Duration::from_millis(200);
const BATCH_LINES_MAX: usize = 200;

pub fn query(log: &Log, now: jiff::Timestamp) -> Query {
    let ago = |hours: i64| Since::At(now - jiff::SignedDuration::from_hours(hours));
    Query {
        priority: log.priority,
        since: match log.since {
            LogSince::Always => Since::Always,
            LogSince::Boot => Since::Boot,
            LogSince::Hour => ago(1),
            LogSince::Day => ago(24),
        },
        ..Query::of(log.unit.clone())
    }
}

pub fn wanted(log: &Log) -> impl Fn(&Entry) -> bool + Send + Sync + use<> {
    let words = Words::of(log.search.as_deref());
    move |entry| match &entry.text {
        Some(text) => words.all_in(text),
        None => words.is_empty(),
    }
}

/// The newest lines that the filters let through, oldest first.
pub async fn page(journal: &dyn Journal, log: &Log, clock: &dyn Clock) -> Result<LogPage, JournalError> {
    let mut entries = journal.open(query(log, clock.now())).await?;
    let (mut entries, complete) = entries.take(log.amount.lines(), PAGE_MAX, wanted(log)).await?;
    entries.reverse();
    Ok(LogPage { entries, complete, feed: None })
}

/// All that the filters let through, as a text file whose name is gone from the disk already.
pub async fn file(
    journal: &dyn Journal,
    log: &Log,
    clock: &dyn Clock,
    tz: &jiff::tz::TimeZone,
    scratch: &Path,
    blobs: &Blobs,
) -> Result<LogFile, JournalError> {
    let now = clock.now();
    let query = Query { text_bytes_max: FILE_TEXT_BYTES_MAX, ..query(log, now) };
    let mut entries = journal.open(query).await?;
    let wanted = wanted(log);
    let mut out =
        Backwards::create(scratch, FILE_BYTES_MAX).map_err(|e| JournalError::Failed(e.to_string()))?;
    let until = Instant::now() + FILE_MAX;
    let mut lines = 0;
    let mut cut = false;
    loop {
        // A journal that always has a next entry never lets the timeout be looked at.
        if Instant::now() >= until {
            cut = true;
            break;
        }
        let entry = match tokio::time::timeout_at(until, entries.next()).await {
            Ok(Some(Ok(entry))) => entry,
            Ok(Some(Err(error))) if lines == 0 => return Err(error),
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => {
                cut = true;
                break;
            }
        };
        if !wanted(&entry) {
            continue;
        }
        if !out.put(line(&entry, tz).as_bytes()).map_err(|e| JournalError::Failed(e.to_string()))? {
            cut = true;
            break;
        }
        lines += 1;
    }
    let stamp = now.to_zoned(tz.clone()).strftime("%Y%m%d-%H%M").to_string();
    // A unit's name has no slash in it; the backslash of \x2d is no good in a file's name.
    let name = format!("{}-{stamp}.log", log.unit.short().replace('\\', "_"));
    let (source, bytes) = out.finish(name).map_err(|e| JournalError::Failed(e.to_string()))?;
    Ok(LogFile { blob: blobs.put(source), bytes, lines, cut })
}

/// "2026-11-22T15:49:23.123+07:00 err nginx[86]: text", the further lines of a message indented.
fn line(entry: &Entry, tz: &jiff::tz::TimeZone) -> String {
    const WORDS: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    let mut line = match entry.at {
        Some(at) => at.to_zoned(tz.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
        None => "-".into(),
    };
    if let Some(word) = entry.priority.and_then(|p| WORDS.get(usize::from(p))) {
        line.push(' ');
        line.push_str(word);
    }
    line.push(' ');
    line.push_str(entry.source.as_deref().unwrap_or("-"));
    if let Some(pid) = entry.pid {
        line.push_str(&format!("[{pid}]"));
    }
    line.push_str(": ");
    line.push_str(&entry.text.as_deref().unwrap_or("-").replace('\n', "\n    "));
    line.push('\n');
    line
}

/// Brings new lines to the actor until it is aborted; a journalctl that ends is started again where it was.
pub async fn run(
    feed: u64,
    log: Log,
    mut cursor: Option<String>,
    journal: Arc<dyn Journal>,
    to: ActorRef<Msg>,
) {
    /// Ends in a row without a line between them.
    const FAILURES_MAX: u32 = 5;
    let wanted = wanted(&log);
    let mut failures = 0;
    while failures < FAILURES_MAX {
        let order = match &cursor {
            Some(cursor) => Order::After { cursor: cursor.clone() },
            None => Order::Follow { tail: 0 },
        };
        let query = Query { priority: log.priority, order, ..Query::of(log.unit.clone()) };
        if let Ok(mut entries) = journal.open(query).await {
            while let Some(Ok(first)) = entries.next().await {
                failures = 0;
                let mut lines = vec![first];
                let until = Instant::now() + BATCH;
                while lines.len() < BATCH_LINES_MAX {
                    match tokio::time::timeout_at(until, entries.next()).await {
                        Ok(Some(Ok(entry))) => lines.push(entry),
                        _ => break,
                    }
                }
                cursor = lines.iter().rev().find_map(|entry| entry.cursor.clone()).or(cursor);
                lines.retain(&wanted);
                if !lines.is_empty() && to.cast(Msg::Own(Own::Lines { feed, lines })).is_err() {
                    return;
                }
            }
        }
        failures += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let _ = to.cast(Msg::Own(Own::FollowEnded { feed }));
}
