//! The simulated engines keep the promises of the real ones.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    access::{Access, Password},
    engine::*,
    engine_fake::World,
};
use crate::{domain::Clock, jobs::Link};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }
}

fn order() -> BackupOrder {
    BackupOrder {
        plan: "home".into(),
        paths: vec!["/home".into()],
        excludes: Vec::new(),
        tags: Vec::new(),
        one_file_system: false,
        exclude_caches: false,
        now: Noon.now(),
    }
}

fn at() -> Access {
    Access::new("/mnt/dre/restic", Password::File("/nowhere".into()))
}

#[tokio::test(start_paused = true)]
async fn a_simulated_backup_grows_the_repository_and_comes_back() {
    let world = World::demo(Arc::new(Noon));
    let engine = world.engines().restic;
    let (at, link) = (at(), Link::loose());
    let before = engine.snapshots(&at).await.unwrap();
    let summary = engine.backup(&at, &order(), &link).await.unwrap();
    assert_eq!(engine.snapshots(&at).await.unwrap().len(), before.len() + 1);
    assert_eq!(link.progress().share(), Some(1.0));
    let which = summary.snapshot.clone().unwrap();
    let diff = engine.diff(&at, &before.last().unwrap().which, &which, &link).await.unwrap();
    assert!(diff.added > 0 && diff.added_bytes == Some(summary.added), "{diff:?} {summary:?}");

    let scratch = tempfile::tempdir().unwrap();
    let paths = ["/home/dre/notes".into(), "/home/dre/.bashrc".into()];
    let restored = engine.restore(&at, &which, &paths, scratch.path(), &link).await.unwrap();
    assert_eq!(restored.files, 5);
    assert!(scratch.path().join("home/dre/notes/two\nlines.md").is_file());
    assert!(!scratch.path().join("home/dre/photos").exists());
}

#[tokio::test(start_paused = true)]
async fn two_runs_never_overlap_and_a_stop_gives_the_lock_back() {
    let world = World::demo(Arc::new(Noon));
    let engine = world.engines().restic;
    let (at, link, order) = (at(), Link::loose(), order());
    let (first, ()) = tokio::join!(engine.backup(&at, &order, &link), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let second = engine.prune(&at, &Link::loose()).await;
        assert!(
            matches!(second, Err(EngineError::Locked { by: Some(lock), .. }) if lock.holder == Holder::Runs)
        );
        link.stop_token().cancel();
    });
    assert_eq!(first, Err(EngineError::Cancelled));
    assert_eq!(engine.locks(&at).await, Ok(Locks::Seen(Vec::new())));
}

#[tokio::test(start_paused = true)]
async fn each_toy_breaks_one_thing_and_mends_it() {
    let world = World::demo(Arc::new(Noon));
    let engine = world.engines().restic;
    let (at, order) = (at(), order());
    for (id, _, play) in world.toys() {
        play(true);
        let link = Link::loose();
        let backup = engine.backup(&at, &order, &link).await;
        let checked = engine.check(&at, Depth::Structure, &link).await;
        let broken = match (&backup, &checked) {
            (Ok(summary), Ok(checked)) => !summary.warnings.is_empty() || !checked.sound(),
            _ => true,
        };
        assert!(broken, "{id} breaks nothing");
        play(false);
        let summary = engine.backup(&at, &order, &link).await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(summary.warnings.is_empty(), "{id}");
        assert!(engine.check(&at, Depth::Structure, &link).await.unwrap().sound(), "{id}");
    }
}
