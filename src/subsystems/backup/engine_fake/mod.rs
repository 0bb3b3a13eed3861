//! Both engines in memory, with a state: repositories with snapshots that grow, are forgotten and checked, locks that
//! stand in the way, failures that can be switched on. What takes long takes a few seconds of tokio's time and can be
//! stopped. Flies under `--sim` and in tests.
//!
//! Restores write small files of its own making below the folder they are given, and nowhere else.

mod acts;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;

use super::{engine::*, fake_files as files};
use crate::domain::{Bytes, Clock};

/// Breaks with `true`, mends with `false`.
pub type Play = Arc<dyn Fn(bool) + Send + Sync>;

/// Between two reports of something long, and how many there are.
const STEP: Duration = Duration::from_millis(250);
const STEPS: u64 = 24;

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
