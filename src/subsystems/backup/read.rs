//! Looking into snapshots: one folder at a time where the engine can, else by an index that a job makes. Either goes
//! to the store batch by batch, so that a snapshot of a million entries is never in memory.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{
    desk::Desk,
    engine::{BATCH, EngineError, Entry, Which},
    index::{self, Page},
    messages::Sheet,
    ops::{Done, Subject},
    store::Held,
};
use crate::{
    intent::backup::{Browse, PlanName},
    jobs::{Ending, Link, Progress, Unit},
    phrase,
    store::{Durability, Store, StoreError},
};

/// Lines of a folder on one screen, each with two buttons.
pub const PER_PAGE: u32 = 8;
/// Somebody waits for it.
const FOLDER_WITHIN: Duration = Duration::from_secs(25);
/// Batches under way between engine and store.
const BATCHES_AHEAD: usize = 4;
/// Forgetting an index of a million entries.
const SLOW_WITHIN: Duration = Duration::from_secs(120);

/// What is to be shown of a folder.
#[derive(Debug, PartialEq)]
pub enum Folder {
    Page(Page),
    /// This engine lists all or nothing: a job has to make the index first.
    NoIndex,
    Failed(EngineError),
}

pub async fn folder(desk: &Desk, sheet: &Sheet, held: &Held, browse: &Browse) -> Folder {
    let path = Path::new(&browse.folder);
    match page(desk, browse, path).await {
        Ok(Some(page)) => return Folder::Page(page),
        Ok(None) => {}
        Err(error) => return Folder::Failed(EngineError::Other(error.to_string())),
    }
    let engine = desk.engines.of(sheet.plan.engine);
    if !engine.lists_folders() {
        return Folder::NoIndex;
    }
    let at = desk.access(&sheet.plan);
    let (to, from) = mpsc::channel(BATCHES_AHEAD);
    let listing = engine.folder(&at, &held.which, path, to);
    let keeping = keep(&desk.store, &sheet.name, &browse.snapshot, from, desk.now(), |_| ());
    let both = async { tokio::join!(listing, keeping) };
    let (listed, kept) = match tokio::time::timeout(FOLDER_WITHIN, both).await {
        Ok(both) => both,
        Err(_) => return Folder::Failed(EngineError::Slow(FOLDER_WITHIN)),
    };
    if let Err(error) = listed {
        return Folder::Failed(error);
    }
    let (name, snapshot, whole, now) =
        (sheet.name.clone(), browse.snapshot.clone(), path.to_owned(), desk.now());
    let done = match kept {
        Ok(_) => {
            desk.store
                .write(Durability::Normal, move |tx| {
                    index::folder_is_whole(tx, &name, &snapshot, &whole, now)
                })
                .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => match page(desk, browse, path).await {
            Ok(page) => Folder::Page(page.unwrap_or_default()),
            Err(error) => Folder::Failed(EngineError::Other(error.to_string())),
        },
        Err(error) => Folder::Failed(EngineError::Other(error.to_string())),
    }
}

async fn page(desk: &Desk, browse: &Browse, path: &Path) -> Result<Option<Page>, StoreError> {
    let (plan, snapshot, path, page) =
        (browse.plan.clone(), browse.snapshot.clone(), path.to_owned(), browse.page);
    desk.store.read(move |conn| index::page(conn, &plan, &snapshot, &path, PER_PAGE, page)).await
}

/// Takes batches until the listing ends, and answers how many entries there were. When the store fails, the listing
/// ends early.
async fn keep(
    store: &Store,
    plan: &PlanName,
    snapshot: &str,
    mut from: mpsc::Receiver<Vec<Entry>>,
    now: Timestamp,
    mut told: impl FnMut(u64),
) -> Result<u64, StoreError> {
    let mut count = 0;
    while let Some(batch) = from.recv().await {
        debug_assert!(batch.len() <= BATCH);
        count += batch.len() as u64;
        let (plan, snapshot) = (plan.clone(), snapshot.to_owned());
        store.write(Durability::Normal, move |tx| index::add(tx, &plan, &snapshot, &batch, now)).await?;
        told(count);
    }
    Ok(count)
}

/// The job that lists all of a snapshot into the store.
pub async fn index(subject: &Subject, which: &Which, link: &Link) -> Done {
    let store = subject.desk.store.within(SLOW_WITHIN);
    let (name, snapshot) = (subject.name.clone(), which.id.as_str().to_owned());
    let (plan, id) = (name.clone(), snapshot.clone());
    store.write(Durability::Normal, move |tx| index::forget(tx, &plan, &id)).await?;
    let (plan, id) = (name.clone(), snapshot.clone());
    let held = store.read(move |conn| super::store::snapshot(conn, &plan, &id)).await?;
    let expected = held.and_then(|held| held.files);
    let (to, from) = mpsc::channel(BATCHES_AHEAD);
    let tell = |count| link.report(Progress::of(count, expected.filter(|all| *all >= count), Unit::Files));
    let now = subject.desk.now();
    let (listed, kept) = tokio::join!(
        subject.engine.walk(&subject.at, which, to, link),
        keep(&store, &name, &snapshot, from, now, tell)
    );
    listed?;
    let entries = kept?;
    let now = subject.desk.now();
    store
        .write(Durability::Normal, move |tx| index::snapshot_is_whole(tx, &name, &snapshot, entries, now))
        .await?;
    Ok(Ending::Done { summary: Some(phrase!("backup-indexed", count = entries)) })
}
