//! A scan as a job: walks at idle priority, tells how far it is, keeps the result. Cancelled, it keeps nothing.

use std::{
    os::fd::AsFd,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    Options, Progress as Counted, Report, ScanError,
    digest::Digest,
    packed, scan,
    store::{self, Sum},
};
use crate::{
    domain::{Asker, Bytes, Clock, JobTitle, Phrase, Place},
    events::Outlet,
    jobs::{Ending, JobOrder, Link, Progress, Runner, Running, Unit, progress::Figure},
    kernel::priority,
    phrase,
    screen::Topic,
    store::{Durability, Store},
    subsystems::storage::{Fault, folder::Folder},
};

/// How often the counts are passed on.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// A cold disk of some ten million files takes an hour or two; longer is a disk that hangs.
const DEADLINE: Duration = Duration::from_secs(6 * 3600);
/// A guess is a guess: the bar waits here for the end.
const SHARE_MAX: f32 = 0.98;
/// A row of a few hundred KiB, on a busy disk.
const KEEP_WITHIN: Duration = Duration::from_secs(20);

/// At most one scan of a folder runs.
pub fn key(of: &Place) -> String {
    format!("usage:{of}")
}

/// What a scan needs.
pub struct Subject {
    pub of: Place,
    /// That very folder, opened beneath its root.
    pub folder: Folder,
    /// Inodes of Cockpit's own folders on its filesystem.
    pub own: Vec<u64>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

struct Scan(Subject);

pub fn order(subject: Subject, asked_by: Asker) -> JobOrder {
    JobOrder {
        title: JobTitle::Scan { path: subject.of.shown() },
        key: Some(key(&subject.of)),
        asked_by,
        deadline: DEADLINE,
        runner: Box::new(Scan(subject)),
    }
}

impl Runner for Scan {
    fn run(self: Box<Self>, link: Link) -> Running {
        Box::pin(run(self.0, link))
    }

    /// The walk looks at the stop before each folder.
    fn dropped_after(&self) -> Option<Duration> {
        None
    }
}

type Found = Result<(Digest, Vec<u8>), Phrase>;

async fn run(subject: Subject, link: Link) -> Ending {
    let last = {
        let of = subject.of.clone();
        // Only for the bar: without it there is none.
        let read = subject.store.read(move |conn| store::history(conn, &of, 1)).await;
        read.unwrap_or_default().pop()
    };
    let counted = Arc::new(Counted::default());
    let Subject { of, folder, own, store, clock, outlet } = subject;
    let at = clock.now();
    let work = {
        let counted = counted.clone();
        tokio::task::spawn_blocking(move || quietly(move || walked(&folder, own, &counted, at)))
    };
    tokio::pin!(work);
    let mut tell = tokio::time::interval(TELL_EVERY);
    let found: Found = loop {
        tokio::select! {
            found = &mut work => match found {
                Ok(found) => break found,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // Only the end of the runtime cancels a blocking task.
                    Err(_) => return Ending::Stopped,
                },
            },
            _ = tell.tick() => link.report(progress(&counted, last.as_ref())),
            () = link.stopping(), if !counted.cancel.load(Ordering::Relaxed) => {
                counted.cancel.store(true, Ordering::Relaxed);
            }
        }
    };
    link.report(progress(&counted, None));
    match found {
        Err(why) => Ending::Failed { why, mend: None },
        Ok((digest, _)) if digest.partial => Ending::Stopped,
        Ok((digest, packed)) => {
            let ending = keep(&store, of, digest, packed).await;
            outlet.changed(Topic::Storage);
            ending
        }
    }
}

/// On a thread of its own, which gives way to everybody and is never used for anything else.
fn quietly(work: impl FnOnce() -> Found + Send) -> Found {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("usage".into()).spawn_scoped(scope, || {
            priority::give_way();
            work()
        });
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(found)) => found,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(phrase!("usage-failed", why = Fault::from(error).phrase())),
        }
    })
}

fn walked(folder: &Folder, own: Vec<u64>, counted: &Counted, at: Timestamp) -> Found {
    let started = Instant::now();
    let report: Report =
        scan(folder.as_fd(), Options { own, ..Options::default() }, counted).map_err(|error| {
            let (ScanError::Root(cause) | ScanError::Thread(cause)) = error;
            phrase!("usage-failed", why = Fault::from(cause).phrase())
        })?;
    let digest = Digest::of(&report, at, started.elapsed());
    drop(report);
    let packed =
        packed::pack(&digest).map_err(|error| phrase!("usage-failed", why = Fault::from(error).phrase()))?;
    Ok((digest, packed))
}

async fn keep(store: &Store, of: Place, digest: Digest, packed: Vec<u8>) -> Ending {
    let size = Bytes(digest.bytes).to_string();
    let summary = match digest.unreadable {
        0 => phrase!("usage-done", size = size, files = digest.files, folders = digest.folders),
        closed => phrase!("usage-done-unreadable", size = size, files = digest.files, closed = closed),
    };
    let store = store.within(KEEP_WITHIN);
    match store.write(Durability::Normal, move |tx| store::put(tx, &of, &digest, &packed)).await {
        Err(error) => Ending::Failed { why: phrase!("usage-not-kept", why = error.phrase()), mend: None },
        Ok(()) => Ending::Done { summary: Some(summary) },
    }
}

/// The bar is a guess by what was there last time; without a last time there is none.
fn progress(counted: &Counted, last: Option<&Sum>) -> Progress {
    let (files, bytes) = (counted.files.load(Ordering::Relaxed), counted.bytes.load(Ordering::Relaxed));
    let figure = |done, unit| Figure { done, total: None, unit };
    let share = last.filter(|last| last.files > 0).map(|last| {
        let share = files as f64 / last.files as f64;
        (share as f32).min(SHARE_MAX)
    });
    Progress {
        figures: vec![figure(files, Unit::Files), figure(bytes, Unit::Bytes)],
        share,
        ..Progress::default()
    }
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
