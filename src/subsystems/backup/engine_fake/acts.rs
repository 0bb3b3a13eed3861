//! What the engines in memory do with their world: the whole of [`Engine`], with the time that each act takes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Fake, Repo, STEP, STEPS, files};
use crate::{
    domain::Bytes,
    jobs::{Figure, Link, Progress, Unit},
    subsystems::backup::engine::*,
};

const LIST: Duration = Duration::from_millis(60);

/// Waits a step, or hears the stop.
async fn step(link: &Link) -> Result<(), EngineError> {
    tokio::select! {
        () = tokio::time::sleep(STEP) => Ok(()),
        () = link.stopping() => Err(EngineError::Cancelled),
    }
}

async fn steps(link: &Link, total: u64, unit: Unit, note: &str) -> Result<(), EngineError> {
    for done in 0..=STEPS {
        let figures = vec![Figure { done: total * done / STEPS, total: Some(total), unit }];
        link.report(Progress { figures, note: Some(note.to_owned()), ..Progress::default() });
        step(link).await?;
    }
    Ok(())
}

async fn send(entries: Vec<Entry>, to: Entries) -> u64 {
    let mut sent = 0;
    for batch in entries.chunks(BATCH) {
        tokio::time::sleep(LIST).await;
        sent += batch.len() as u64;
        if to.send(batch.to_vec()).await.is_err() {
            break;
        }
    }
    sent
}

fn is_of(kind: EngineKind, snapshot: &Snapshot, scope: &Scope) -> bool {
    match (kind, &snapshot.which.name) {
        (EngineKind::Borg, Some(name)) => {
            crate::subsystems::backup::borg_names::is_archive_of(&scope.plan, name)
        }
        _ => snapshot.tags.contains(&scope.plan),
    }
}

impl Engine for Fake {
    fn kind(&self) -> EngineKind {
        self.kind
    }

    fn lists_folders(&self) -> bool {
        self.kind == EngineKind::Restic
    }

    fn about(&self) -> Answer<'_, About> {
        Box::pin(async move {
            if self.world.lock().missing {
                let program = self.kind.name().to_lowercase();
                return Err(crate::process::ProcessError::Missing { program }.into());
            }
            Ok(About { kind: self.kind, version: "0.0 (simulated)".into() })
        })
    }

    fn probe<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            tokio::time::sleep(LIST).await;
            drop(self.open(at)?);
            Ok(Repository { id: "5100".repeat(16), what: Some("simulated".into()) })
        })
    }

    fn init<'a>(&'a self, at: &'a Access) -> Answer<'a, Repository> {
        Box::pin(async move {
            match self.open(at).map(|_| ()) {
                Ok(()) => return Err(EngineError::Exists { at: at.shown() }),
                Err(EngineError::NoRepository { .. }) => {}
                Err(error) => return Err(error),
            }
            self.world.set(|inner| {
                inner.repositories.insert(at.repository.clone(), Repo::default());
            });
            self.probe(at).await
        })
    }

    fn backup<'a>(&'a self, at: &'a Access, order: &'a BackupOrder, link: &'a Link) -> Answer<'a, Summary> {
        Box::pin(async move {
            let _held = self.take(at)?;
            let tree = files::tree(&order.paths, 0);
            let (count, bytes) = files::weight(&tree);
            let paths: Vec<&Path> =
                tree.iter().filter(|entry| entry.kind == EntryKind::File).map(|entry| &*entry.path).collect();
            for done in 0..=STEPS {
                // Borg does not know beforehand how much there is.
                let total = |all: u64| (self.kind == EngineKind::Restic).then_some(all);
                let at_file = paths.get((done as usize * paths.len() / STEPS as usize).min(paths.len() - 1));
                link.report(Progress {
                    figures: vec![
                        Figure { done: bytes * done / STEPS, total: total(bytes), unit: Unit::Bytes },
                        Figure { done: count * done / STEPS, total: total(count), unit: Unit::Files },
                    ],
                    note: at_file.map(|path| path.display().to_string()),
                    ..Progress::default()
                });
                step(link).await?;
                if done == STEPS / 2 && self.world.lock().full {
                    let words = "write /mnt/dre/restic/data/59/59c6: no space left on device (simulated)";
                    return Err(EngineError::DiskFull(words.into()));
                }
            }
            let mut summary = self.world.store(self.kind, &at.repository, order);
            if self.world.lock().unreadable {
                for name in ["private/diary.txt", "private/keys.kdbx"] {
                    let path = order.paths.first().map(|path| path.join(name).display().to_string());
                    link.log(&format!("{}: permission denied", path.as_deref().unwrap_or(name)));
                    summary.warnings.push(Warning { path, why: "permission denied".into() });
                }
            }
            Ok(summary)
        })
    }

    fn snapshots<'a>(&'a self, at: &'a Access) -> Answer<'a, Vec<Snapshot>> {
        Box::pin(async move {
            tokio::time::sleep(LIST).await;
            let inner = self.open(at)?;
            Ok(inner.repositories[&at.repository]
                .snapshots
                .iter()
                .map(|stored| stored.snapshot.clone())
                .collect())
        })
    }

    fn folder<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        folder: &'a Path,
        entries: Entries,
    ) -> Answer<'a, u64> {
        Box::pin(async move {
            let mut tree = self.tree(at, snapshot)?;
            tree.retain(|entry| entry.path.parent() == Some(folder));
            Ok(send(tree, entries).await)
        })
    }

    fn walk<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        entries: Entries,
        link: &'a Link,
    ) -> Answer<'a, u64> {
        Box::pin(async move {
            let tree = self.tree(at, snapshot)?;
            step(link).await?;
            Ok(send(tree, entries).await)
        })
    }

    fn diff<'a>(
        &'a self,
        at: &'a Access,
        old: &'a Which,
        new: &'a Which,
        link: &'a Link,
    ) -> Answer<'a, Diff> {
        Box::pin(async move {
            step(link).await?;
            let (old, new) = (self.tree(at, old)?, self.tree(at, new)?);
            Ok(files::diff(&old, &new))
        })
    }

    fn forget<'a>(&'a self, at: &'a Access, snapshot: &'a Which, link: &'a Link) -> Answer<'a, ()> {
        Box::pin(async move {
            let _held = self.take(at)?;
            step(link).await?;
            let mut inner = self.open(at)?;
            let repo = inner.repositories.get_mut(&at.repository).expect("it was just opened");
            let before = repo.snapshots.len();
            repo.snapshots.retain(|stored| stored.snapshot.which.id != snapshot.id);
            repo.waste += files::new_on(1) * (before - repo.snapshots.len()) as u64;
            if repo.snapshots.len() == before { Err(EngineError::NoSnapshot) } else { Ok(()) }
        })
    }

    fn retain<'a>(
        &'a self,
        at: &'a Access,
        of: &'a Scope,
        keep: &'a Keep,
        rehearse: bool,
        link: &'a Link,
    ) -> Answer<'a, Retained> {
        Box::pin(async move {
            if keep.is_nothing() {
                return Err(EngineError::NothingThere("no rule says what to keep".to_owned()));
            }
            let _held = if rehearse { None } else { Some(self.take(at)?) };
            step(link).await?;
            let mut inner = self.open(at)?;
            let now = self.world.clock.now();
            let repo = inner.repositories.get_mut(&at.repository).expect("it was just opened");
            let ours: Vec<&Snapshot> = repo
                .snapshots
                .iter()
                .map(|stored| &stored.snapshot)
                .filter(|snapshot| is_of(self.kind, snapshot, of))
                .collect();
            let retained = files::retained(&ours, keep, now);
            if !rehearse {
                let gone: Vec<&SnapshotId> = retained.removed.iter().map(|kept| &kept.which.id).collect();
                repo.snapshots.retain(|stored| !gone.contains(&&stored.snapshot.which.id));
                repo.waste += files::new_on(1) * gone.len() as u64;
            }
            Ok(retained)
        })
    }

    fn prune<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Freed> {
        Box::pin(async move {
            let _held = self.take(at)?;
            steps(link, 40, Unit::Steps, "packs processed").await?;
            let mut inner = self.open(at)?;
            let repo = inner.repositories.get_mut(&at.repository).expect("it was just opened");
            Ok(Freed { bytes: Some(Bytes(std::mem::take(&mut repo.waste))) })
        })
    }

    fn check<'a>(&'a self, at: &'a Access, depth: Depth, link: &'a Link) -> Answer<'a, Checked> {
        Box::pin(async move {
            let unsupported = match self.kind {
                EngineKind::Restic => matches!(depth, Depth::Timed(_)),
                EngineKind::Borg => matches!(depth, Depth::Part { .. }),
            };
            if unsupported {
                return Err(EngineError::Unsupported { program: self.kind.name() });
            }
            let _held = self.take(at)?;
            steps(link, 120, Unit::Steps, "packs").await?;
            let mut checked = Checked { took: STEP * STEPS as u32, ..Checked::default() };
            if self.world.lock().damaged {
                let why = "Pack ID does not match, want 59c6610d, got 1967698d (simulated)".to_owned();
                checked.damage.push(Warning { path: None, why });
            }
            Ok(checked)
        })
    }

    fn stats<'a>(&'a self, at: &'a Access, link: &'a Link) -> Answer<'a, Stats> {
        Box::pin(async move {
            step(link).await?;
            let inner = self.open(at)?;
            let repo = &inner.repositories[&at.repository];
            let first = repo.snapshots.first().and_then(|stored| stored.snapshot.size).unwrap_or_default().0;
            let later: u64 = repo.snapshots.iter().skip(1).map(|stored| files::new_on(stored.age)).sum();
            let held =
                repo.snapshots.iter().filter_map(|stored| stored.snapshot.size).map(|size| size.0).sum();
            let snapshots = Some(repo.snapshots.len() as u64);
            Ok(Stats { stored: Bytes(first + later + repo.waste), held: Some(Bytes(held)), snapshots })
        })
    }

    fn restore<'a>(
        &'a self,
        at: &'a Access,
        snapshot: &'a Which,
        paths: &'a [PathBuf],
        to: &'a Path,
        link: &'a Link,
    ) -> Answer<'a, Restored> {
        Box::pin(async move {
            let mut tree = self.tree(at, snapshot)?;
            tree.retain(|entry| paths.iter().any(|path| entry.path.starts_with(path)));
            let total = files::weight(&tree).1;
            steps(link, total.max(1), Unit::Bytes, "").await?;
            let to = to.to_owned();
            let written = tokio::task::spawn_blocking(move || files::write(&tree, &to)).await;
            let written = written.map_err(|error| EngineError::Other(error.to_string()))?;
            written.map_err(|error| EngineError::Other(error.to_string()))
        })
    }

    fn locks<'a>(&'a self, at: &'a Access) -> Answer<'a, Locks> {
        Box::pin(async move {
            let inner = self.open(at)?;
            let repo = &inner.repositories[&at.repository];
            Ok(Locks::Seen(repo.busy.iter().chain(&repo.stale).cloned().collect()))
        })
    }

    fn unlock<'a>(&'a self, at: &'a Access, all: bool) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut inner = self.open(at)?;
            let repo = inner.repositories.get_mut(&at.repository).expect("it was just opened");
            // Its holder is on another machine: only who asks for all removes it.
            if all {
                repo.stale = None;
            }
            Ok(())
        })
    }
}
