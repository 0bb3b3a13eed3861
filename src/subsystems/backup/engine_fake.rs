//! Both engines in memory, with a state: repositories with snapshots that grow, are forgotten and checked, locks that
//! stand in the way, failures that can be switched on. What takes long takes a few seconds of tokio's time and can be
//! stopped. Flies under `--sim` and in tests.
//!
//! Restores write small files of its own making below the folder they are given, and nowhere else.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;

use super::{engine::*, fake_files as files};
use crate::{
    domain::{Bytes, Clock},
    jobs::{Figure, Link, Progress, Unit},
};

/// Breaks with `true`, mends with `false`.
pub type Play = Arc<dyn Fn(bool) + Send + Sync>;

/// Between two reports of something long, and how many there are.
const STEP: Duration = Duration::from_millis(250);
const STEPS: u64 = 24;
const LIST: Duration = Duration::from_millis(60);

/// Cheap to clone; all clones are one world.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    repositories: BTreeMap<String, Repo>,
    made: u64,
    missing: bool,
    away: bool,
    full: bool,
    unreadable: bool,
    damaged: bool,
    wrong_password: bool,
}

#[derive(Default)]
struct Repo {
    snapshots: Vec<Stored>,
    /// A run at work has it.
    busy: Option<Lock>,
    /// Left behind by a machine that is gone.
    stale: Option<Lock>,
    /// Of forgotten snapshots, not pruned yet.
    waste: u64,
}

struct Stored {
    snapshot: Snapshot,
    /// Day of the file tree.
    age: u64,
}

impl World {
    /// Empty: each repository waits to be initialised.
    pub fn new(clock: Arc<dyn Clock>) -> World {
        World { clock, inner: Arc::default() }
    }

    /// The two repositories of the show: a home by restic, photos by Borg on another machine.
    pub fn demo(clock: Arc<dyn Clock>) -> World {
        let world = World::new(clock);
        let now = world.clock.now();
        let (home, photos) = (
            ("/mnt/dre/restic", "home", "/home"),
            ("ssh://backup@nas/./photos", "photos", "/mnt/dre/photos"),
        );
        for (kind, (at, plan, path), count, hours) in
            [(EngineKind::Restic, home, 12, 6), (EngineKind::Borg, photos, 7, 30)]
        {
            for age in (0..count).rev() {
                let when = now - SignedDuration::from_hours(hours + 24 * age);
                let order = BackupOrder {
                    plan: plan.into(),
                    paths: vec![path.into()],
                    excludes: Vec::new(),
                    tags: Vec::new(),
                    one_file_system: false,
                    exclude_caches: false,
                    now: when,
                };
                world.store(kind, at, &order);
            }
        }
        world
    }

    pub fn engines(&self) -> Engines {
        let engine = |kind| Arc::new(Fake { kind, world: self.clone() }) as Arc<dyn Engine>;
        Engines { restic: engine(EngineKind::Restic), borg: engine(EngineKind::Borg) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.lock());
    }

    /// The programs are not installed (any more).
    pub fn uninstall(&self, missing: bool) {
        self.set(|inner| inner.missing = missing);
    }

    /// No repository answers.
    pub fn unreach(&self, away: bool) {
        self.set(|inner| inner.away = away);
    }

    /// There is no room for more.
    pub fn fill(&self, full: bool) {
        self.set(|inner| inner.full = full);
    }

    /// Some files cannot be read.
    pub fn shut(&self, unreadable: bool) {
        self.set(|inner| inner.unreadable = unreadable);
    }

    /// Checks find damage.
    pub fn damage(&self, damaged: bool) {
        self.set(|inner| inner.damaged = damaged);
    }

    pub fn change_password(&self, wrong: bool) {
        self.set(|inner| inner.wrong_password = wrong);
    }

    /// A machine that is gone has left its lock on each repository.
    pub fn leave_lock(&self, left: bool) {
        let since = self.clock.now() - SignedDuration::from_hours(31);
        let lock = Lock {
            host: Some("old-laptop".into()),
            user: Some("dre".into()),
            pid: Some(4711),
            since: Some(since),
            exclusive: true,
            holder: Holder::Unknown,
        };
        self.set(|inner| {
            inner.repositories.values_mut().for_each(|repo| repo.stale = left.then(|| lock.clone()))
        });
    }

    /// Failures to play with: (id, the message that says it, how to play it).
    pub fn toys(&self) -> Vec<(&'static str, &'static str, Play)> {
        let toy = |id, says, play: fn(&World, bool)| {
            let world = self.clone();
            (id, says, Arc::new(move |on| play(&world, on)) as Play)
        };
        vec![
            toy("backup-unreadable", "backup-sim-unreadable", World::shut),
            toy("backup-full", "backup-sim-full", World::fill),
            toy("backup-away", "backup-sim-away", World::unreach),
            toy("backup-locked", "backup-sim-locked", World::leave_lock),
            toy("backup-damaged", "backup-sim-damaged", World::damage),
            toy("backup-password", "backup-sim-password", World::change_password),
            toy("backup-gone", "backup-sim-gone", World::uninstall),
        ]
    }

    /// Adds a snapshot, and says what was new in it.
    fn store(&self, kind: EngineKind, at: &str, order: &BackupOrder) -> Summary {
        let mut inner = self.lock();
        inner.made += 1;
        let made = inner.made;
        let repo = inner.repositories.entry(at.to_owned()).or_default();
        let age = repo.snapshots.last().map_or(0, |last| last.age + 1);
        let tree = files::tree(&order.paths, age);
        let (count, bytes) = files::weight(&tree);
        let added = if age == 0 { bytes } else { files::new_on(age) };
        // Any 64 digits do, if they differ from snapshot to snapshot.
        let id = format!("{:016x}", made.wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
        let name = (kind == EngineKind::Borg)
            .then(|| format!("{}-{}", order.plan, order.now.strftime("%Y-%m-%dT%H%M%SZ")));
        let which = Which { id: SnapshotId::parse(&id).expect("hexadecimal digits"), name };
        let mut tags = order.tags.clone();
        if kind == EngineKind::Restic {
            tags.insert(0, order.plan.clone());
        }
        let snapshot = Snapshot {
            which: which.clone(),
            at: order.now,
            host: Some("simulated".into()),
            user: Some("root".into()),
            paths: order.paths.clone(),
            tags,
            size: Some(Bytes(bytes)),
            files: Some(count),
        };
        repo.snapshots.push(Stored { snapshot, age });
        let new = if age == 0 { count } else { files::NEW_A_DAY };
        Summary {
            snapshot: Some(which),
            added: Bytes(added),
            files_new: Some(new),
            files_changed: Some(u64::from(age > 0)),
            files_same: Some(count.saturating_sub(new + u64::from(age > 0))),
            files: count,
            bytes: Bytes(bytes),
            took_ms: (STEP * STEPS as u32).as_millis() as u64,
            warnings: Warnings::default(),
        }
    }
}

struct Fake {
    kind: EngineKind,
    world: World,
}

/// Gives the lock back whatever happens.
struct Held<'a> {
    world: &'a World,
    at: &'a str,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.world.set(|inner| {
            if let Some(repo) = inner.repositories.get_mut(self.at) {
                repo.busy = None;
            }
        });
    }
}

impl Fake {
    /// What goes wrong before anything else.
    fn open(&self, at: &Access) -> Result<MutexGuard<'_, Inner>, EngineError> {
        let inner = self.world.lock();
        if inner.missing {
            let program = self.kind.name().to_lowercase();
            return Err(crate::process::ProcessError::Missing { program }.into());
        }
        if inner.away {
            return Err(EngineError::Unreachable("dial tcp 192.0.2.7:22: i/o timeout (simulated)".into()));
        }
        if !inner.repositories.contains_key(&at.repository) {
            return Err(EngineError::NoRepository { at: at.shown() });
        }
        if inner.wrong_password {
            return Err(EngineError::WrongPassword);
        }
        Ok(inner)
    }

    /// For what writes: takes the lock.
    fn take<'a>(&'a self, at: &'a Access) -> Result<Held<'a>, EngineError> {
        let mut inner = self.open(at)?;
        let repo = inner.repositories.get_mut(&at.repository).expect("it was just opened");
        if let Some(lock) = repo.busy.as_ref().or(repo.stale.as_ref()) {
            let words = format!("repository is already locked by {}", lock.who());
            return Err(EngineError::Locked { by: Some(Box::new(lock.clone())), words });
        }
        repo.busy = Some(Lock {
            host: Some("simulated".into()),
            user: Some("root".into()),
            pid: Some(std::process::id()),
            since: Some(self.world.clock.now()),
            exclusive: true,
            holder: Holder::Runs,
        });
        Ok(Held { world: &self.world, at: &at.repository })
    }

    fn tree(&self, at: &Access, which: &Which) -> Result<Vec<Entry>, EngineError> {
        let inner = self.open(at)?;
        let stored = inner.repositories[&at.repository].snapshots.iter();
        let found = stored.into_iter().find(|stored| stored.snapshot.which.id == which.id);
        found.map(|found| files::tree(&found.snapshot.paths, found.age)).ok_or(EngineError::NoSnapshot)
    }
}

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
        (EngineKind::Borg, Some(name)) => super::borg_names::is_archive_of(&scope.plan, name),
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
