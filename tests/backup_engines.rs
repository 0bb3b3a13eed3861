//! The real restic and the real Borg on temporary repositories. What this machine lacks prints "skipped: why".
#![expect(clippy::unwrap_used, reason = "what goes wrong here is a failed test, with the line it failed in")]

#[path = "backup_engines/trouble.rs"]
mod trouble;
#[path = "backup_engines/yard.rs"]
mod yard;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use cockpit_bot::{
    domain::Bytes,
    jobs::Link,
    subsystems::backup::engine::{
        Depth, EngineError, EngineKind, EntryKind, Holder, How, Keep, Locks, Password, Scope, SnapshotId,
        Which,
    },
};
use yard::{Yard, below, endless, modest, noise, yards};

#[tokio::test]
async fn from_the_first_byte_to_the_restored_one() {
    for yard in yards() {
        let (engine, at, kind) = (&yard.engine, &yard.at, yard.engine.kind());
        let link = Link::loose();
        assert!(engine.about().await.unwrap().version.contains('.'));
        let Err(EngineError::NoRepository { .. }) = engine.probe(at).await else { panic!("{kind:?}") };
        let made = engine.init(at).await.unwrap();
        modest(Path::new(&at.repository));
        assert_eq!(engine.probe(at).await.unwrap(), made);
        let Err(EngineError::Exists { .. }) = engine.init(at).await else { panic!("{kind:?}") };

        yard.fill();
        yard.write("left.tmp", "excluded");
        let first = yard.back_up(1).await;
        assert!(first.warnings.is_empty(), "{first:?}");
        assert!(first.added > Bytes(3_000_000) && first.files >= 9, "{first:?}");
        assert!(link.progress().figures.is_empty());

        let (old, stays) = (first.snapshot.unwrap(), yard.data().join("plain.txt"));
        fs::write(&stays, "changed").unwrap();
        fs::remove_file(yard.data().join("-dash")).unwrap();
        yard.write("fresh.txt", "fresh");
        let second = yard.back_up(2).await;
        let new = second.snapshot.clone().unwrap();
        assert!(second.added < Bytes(100_000), "{second:?}");

        let snapshots = engine.snapshots(at).await.unwrap();
        assert_eq!(
            snapshots.iter().map(|snapshot| &snapshot.which).collect::<Vec<_>>(),
            [&old, &new],
            "{kind:?}"
        );
        assert!(
            snapshots.iter().all(|snapshot| snapshot.tags.contains(&"nightly".to_owned())),
            "{snapshots:?}"
        );
        assert!(snapshots.iter().all(|snapshot| snapshot.host.is_some() && snapshot.user.is_some()));

        let diff = engine.diff(at, &old, &new, &link).await.unwrap();
        assert_eq!((diff.added, diff.removed, diff.changed), (1, 1, 1), "{kind:?} {diff:?}");
        for (name, how) in [("fresh.txt", How::Added), ("-dash", How::Removed), ("plain.txt", How::Changed)] {
            let path = yard.data().join(name);
            assert!(
                diff.changes.iter().any(|change| change.path == path && change.how == how),
                "{kind:?} {diff:?}"
            );
        }

        for depth in [Depth::Structure, Depth::Everything] {
            let checked = engine.check(at, depth, &link).await.unwrap();
            assert!(checked.sound(), "{kind:?} {checked:?}");
        }
        let partly = match kind {
            EngineKind::Restic => Depth::Part { part: 1, of: 2 },
            EngineKind::Borg => Depth::Timed(Duration::from_secs(5)),
        };
        assert!(engine.check(at, partly, &link).await.unwrap().sound());

        browse(&yard, &old).await;
        restore_three(&yard, &old).await;

        let stats = engine.stats(at, &link).await.unwrap();
        assert!(stats.stored > Bytes(3_000_000) && stats.stored < Bytes(4_000_000), "{stats:?}");
        retention(&yard, &old, &new).await;
    }
}

async fn browse(yard: &Yard, which: &Which) {
    let all = yard.entries(which, None).await;
    let mut direct: Vec<PathBuf> =
        yard.entries(which, Some(&yard.data())).await.into_iter().map(|entry| entry.path).collect();
    direct.sort();
    let mut names: Vec<PathBuf> = all
        .iter()
        .map(|entry| entry.path.clone())
        .filter(|path| path.parent() == Some(yard.data().as_path()))
        .collect();
    names.sort();
    assert_eq!(direct, names);
    assert_eq!(names.len(), 8, "{names:?}");
    let find = |name: &str| {
        let path = yard.data().join(name);
        all.iter().find(|entry| entry.path == path).unwrap_or_else(|| panic!("{name} in {all:#?}"))
    };
    let file = find("new\nline.txt");
    assert_eq!((file.kind, file.size), (EntryKind::File, Some(Bytes(4))));
    let age = file.modified.expect("a time").duration_until(jiff::Timestamp::now());
    assert!(age.as_secs().abs() < 3600, "not in UTC: {age:?}");
    assert_eq!((find("link").kind, find("sub").kind), (EntryKind::Link, EntryKind::Folder));
    let gone = Which { id: SnapshotId::parse("00000000").unwrap(), name: Some("nothing".into()) };
    let (to, _from) = tokio::sync::mpsc::channel(1);
    let error = yard.engine.folder(&yard.at, &gone, &yard.data(), to).await.unwrap_err();
    assert_eq!(error, EngineError::NoSnapshot);
}

async fn restore_three(yard: &Yard, which: &Which) {
    let names = [
        "new\nline.txt",
        "sub/rocket 🚀.txt",
        "[a]*?/st*r [1].txt",
        "back\\slash",
        "sub/deep",
        "{now}",
        "-dash",
    ];
    let paths: Vec<PathBuf> = names.iter().map(|name| yard.data().join(name)).collect();
    let scratch = yard.scratch("scratch of three");
    let link = Link::loose();
    let restored = yard.engine.restore(&yard.at, which, &paths, &scratch, &link).await.unwrap();
    assert!(restored.warnings.is_empty(), "{restored:?}");
    assert_eq!(restored.files, 7, "{restored:?}");
    for name in
        ["new\nline.txt", "sub/rocket 🚀.txt", "[a]*?/st*r [1].txt", "back\\slash", "sub/deep/blob", "{now}"]
    {
        let original = yard.data().join(name);
        assert_eq!(fs::read(below(&scratch, &original)).unwrap(), fs::read(&original).unwrap(), "{name:?}");
    }
    // What was deleted since comes back, and the glob's neighbour was not asked for.
    assert_eq!(fs::read(below(&scratch, &yard.data().join("-dash"))).unwrap(), b"dash");
    assert!(!below(&scratch, &yard.data().join("[a]*?/star 1.txt")).exists());
}

async fn retention(yard: &Yard, old: &Which, new: &Which) {
    let (engine, at, link) = (&yard.engine, &yard.at, Link::loose());
    let scope = Scope { plan: "home".into(), host: None };
    let keep = Keep { last: 1, ..Keep::default() };
    let Err(EngineError::NothingThere(_)) = engine.retain(at, &scope, &Keep::default(), true, &link).await
    else {
        panic!("keeping nothing was not refused");
    };
    let rehearsed = engine.retain(at, &scope, &keep, true, &link).await.unwrap();
    let ids = |kept: &[cockpit_bot::subsystems::backup::engine::Kept]| {
        kept.iter().map(|kept| kept.which.clone()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&rehearsed.kept), ids(&rehearsed.removed)), (vec![new.clone()], vec![old.clone()]));
    assert!(!rehearsed.kept[0].why.is_empty(), "{rehearsed:?}");
    assert_eq!(engine.snapshots(at).await.unwrap().len(), 2, "a rehearsal changed something");
    let other = Scope { plan: "hom".into(), host: None };
    assert_eq!(engine.retain(at, &other, &keep, false, &link).await.unwrap().removed, []);
    let done = engine.retain(at, &scope, &keep, false, &link).await.unwrap();
    assert_eq!(ids(&done.removed), vec![old.clone()]);
    assert_eq!(engine.snapshots(at).await.unwrap().len(), 1);
    assert!(engine.prune(at, &link).await.unwrap().bytes.is_some());
    assert_eq!(engine.forget(at, old, &link).await, Err(EngineError::NoSnapshot));
    engine.forget(at, new, &link).await.unwrap();
    assert_eq!(engine.snapshots(at).await.unwrap(), []);
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_a_missing_one() {
    for mut yard in yards() {
        yard.init().await;
        let key = yard.folder.path().join("other key");
        yard.at.password = Password::File(key.clone());
        let missing = yard.engine.snapshots(&yard.at).await.unwrap_err();
        assert!(matches!(&missing, EngineError::NoPassword { .. }), "{missing:?}");
        fs::write(&key, "wrong\n").unwrap();
        assert_eq!(yard.engine.snapshots(&yard.at).await, Err(EngineError::WrongPassword));
        let link = Link::loose();
        assert_eq!(
            yard.engine.backup(&yard.at, &yard.order(1), &link).await,
            Err(EngineError::WrongPassword)
        );
        assert!(
            !link.log_tail().iter().any(|line| line.contains("wrong\n") || line.contains("correct horse"))
        );
    }
}

#[tokio::test]
async fn paths_that_are_not_there_are_named() {
    for yard in yards() {
        yard.init().await;
        yard.fill();
        let mut order = yard.order(1);
        order.paths.push("/nowhere/at all".into());
        let summary = yard.engine.backup(&yard.at, &order, &Link::loose()).await.unwrap();
        let warning = summary.warnings.first.first().expect("a warning");
        assert_eq!(warning.path.as_deref(), Some("/nowhere/at all"), "{warning:?}");
        order.paths = vec!["/nowhere/at all".into()];
        order.now = "2026-11-22T02:30:09Z".parse().unwrap();
        let error = yard.engine.backup(&yard.at, &order, &Link::loose()).await.unwrap_err();
        assert!(matches!(&error, EngineError::NothingThere(words) if words.contains("exist")), "{error:?}");
    }
}

#[tokio::test]
async fn damage_is_found_and_named() {
    for yard in yards() {
        yard.init().await;
        yard.write("blob", noise(2_000_000));
        yard.back_up(1).await;
        let data = PathBuf::from(&yard.at.repository).join("data");
        let mut files = Vec::new();
        let mut open = vec![data];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
                if entry.path().is_dir() { open.push(entry.path()) } else { files.push(entry) }
            }
        }
        files.sort_by_key(|file| file.metadata().unwrap().len());
        let biggest = files.last().expect("a pack").path();
        let mut bytes = fs::read(&biggest).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8].iter_mut().for_each(|byte| *byte ^= 0xff);
        let writable = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        fs::set_permissions(&biggest, writable).unwrap();
        fs::write(&biggest, bytes).unwrap();

        let checked = yard.engine.check(&yard.at, Depth::Everything, &Link::loose()).await.unwrap();
        assert!(!checked.sound(), "{:?} {checked:?}", yard.engine.kind());
        assert!(!checked.damage.first[0].why.is_empty(), "{checked:?}");
    }
}

/// Waits for a condition of the outside world, at most half a minute.
async fn eventually(what: &str, mut met: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if met().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within 30 s: {what}");
}

fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

async fn held(yard: &Yard) -> Vec<cockpit_bot::subsystems::backup::engine::Lock> {
    match yard.engine.locks(&yard.at).await {
        Ok(Locks::Seen(locks)) => locks,
        _ => Vec::new(),
    }
}

/// Waits until the engine holds its lock, and stops its clock there.
async fn frozen(yard: &Yard) -> u32 {
    let mut pid = 0;
    eventually("it holds a lock and runs", async || {
        let locks = held(yard).await;
        pid = locks.iter().find(|lock| lock.holder == Holder::Runs).and_then(|lock| lock.pid).unwrap_or(0);
        pid != 0
    })
    .await;
    signal(pid, rustix::process::Signal::STOP);
    pid
}

#[tokio::test]
async fn a_stop_waits_until_the_lock_is_gone() {
    for yard in yards() {
        yard.init().await;
        endless(&yard.data().join("big"));
        let (link, order) = (Link::loose(), yard.order(1));
        let (ended, ()) = tokio::join!(yard.engine.backup(&yard.at, &order, &link), async {
            // Frozen, so that it cannot end before it is told to stop.
            let pid = frozen(&yard).await;
            link.stop_token().cancel();
            signal(pid, rustix::process::Signal::CONT);
        });
        assert_eq!(ended, Err(EngineError::Cancelled));
        assert_eq!(held(&yard).await, []);
        assert_eq!(yard.engine.snapshots(&yard.at).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_killed_engine_leaves_a_lock_that_is_seen_to_be_stale_and_removed() {
    for yard in yards() {
        let kind = yard.engine.kind();
        yard.init().await;
        endless(&yard.data().join("big"));
        let (link, order) = (Link::loose(), yard.order(1));
        let mut pid = 0;
        let (ended, ()) = tokio::join!(yard.engine.backup(&yard.at, &order, &link), async {
            pid = frozen(&yard).await;
            // While it lives nobody else may change anything, and is told who holds it.
            let error = yard.engine.prune(&yard.at, &Link::loose()).await.unwrap_err();
            let EngineError::Locked { by, .. } = &error else { panic!("{kind:?}: {error:?}") };
            let by = by.as_ref().unwrap_or_else(|| panic!("{kind:?}: nobody named"));
            assert_eq!((by.pid, by.holder), (Some(pid), Holder::Runs), "{kind:?}");
            signal(pid, rustix::process::Signal::KILL);
        });
        assert!(matches!(&ended, Err(EngineError::Killed(how)) if how.contains("SIGKILL")), "{ended:?}");
        let locks = held(&yard).await;
        assert_eq!(
            locks.iter().map(|lock| (lock.pid, lock.holder)).collect::<Vec<_>>(),
            [(Some(pid), Holder::Gone)]
        );
        yard.engine.unlock(&yard.at, false).await.unwrap();
        assert_eq!(held(&yard).await, []);
        fs::remove_file(yard.data().join("big")).unwrap();
        assert!(yard.back_up(2).await.snapshot.is_some());
    }
}
