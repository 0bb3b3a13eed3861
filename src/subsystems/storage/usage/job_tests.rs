//! Scans as jobs, of real folders, with a real store.

use std::{fs, path::Path};

use super::*;
use crate::{
    domain::SystemClock,
    store::testing,
    subsystems::storage::{Roots, config},
};

fn subject(dir: &Path, store: &Store) -> Subject {
    let root = config::Root { name: "t".into(), path: dir.to_owned(), read_only: true, sample: false };
    let config = config::Config { roots: vec![root], ..config::Config::default() };
    let of = Place::parse("t").unwrap();
    let opened = Roots::new(&config, Path::new("/nonexistent")).open(&of.root).unwrap();
    Subject {
        folder: opened.folder(&of.path).unwrap(),
        own: Vec::new(),
        of,
        store: store.clone(),
        clock: Arc::new(SystemClock),
        outlet: Outlet::nowhere(),
    }
}

fn fill(dir: &Path, folders: usize) {
    for n in 0..folders {
        fs::create_dir(dir.join(format!("d{n}"))).unwrap();
        fs::write(dir.join(format!("d{n}/f.txt")), vec![7; 5000]).unwrap();
    }
}

#[tokio::test]
async fn a_scan_is_kept_with_its_tree_and_the_next_knows_how_far_it_is() {
    let store = testing::temp().await;
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 30);
    let link = Link::loose();
    let ending = run(subject(dir.path(), &store), link.clone()).await;
    assert!(matches!(&ending, Ending::Done { summary: Some(said) } if said.id == "usage-done"), "{ending:?}");
    let told = link.progress();
    assert_eq!((told.figures[0].done, told.share()), (30, None), "no bar where nothing is known");
    let of = Place::parse("t/d7").unwrap();
    let kept = store.read(move |conn| store::newest_with(conn, &of)).await.unwrap().unwrap();
    assert_eq!((kept.digest.files, kept.digest.folders), (30, 31));

    assert_eq!(progress(&Counted::default(), None).share(), None);
    let half = Counted::default();
    half.files.store(15, Ordering::Relaxed);
    let last = Sum { at: Timestamp::UNIX_EPOCH, bytes: 1, files: 30 };
    assert_eq!(progress(&half, Some(&last)).share(), Some(0.5));
    half.files.store(300, Ordering::Relaxed);
    assert_eq!(progress(&half, Some(&last)).share(), Some(SHARE_MAX), "never full before the end");
}

#[tokio::test]
async fn a_cancelled_scan_keeps_nothing() {
    let store = testing::temp().await;
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 400);
    let link = Link::loose();
    link.stop_token().cancel();
    let ending = run(subject(dir.path(), &store), link).await;
    let of = Place::parse("t").unwrap();
    let kept = store.read(move |conn| store::newest_with(conn, &of)).await.unwrap();
    // It may have been through before the stop was heard; half of it is never kept.
    match ending {
        Ending::Stopped => assert_eq!(kept, None),
        Ending::Done { .. } => assert_eq!(kept.map(|kept| kept.digest.files), Some(400)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_told_and_not_called_a_success() {
    let store = testing::temp().await;
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 2);
    store.take_away();
    let ending = run(subject(dir.path(), &store), Link::loose()).await;
    assert!(matches!(&ending, Ending::Failed { why, .. } if why.id == "usage-not-kept"), "{ending:?}");
}
