//! The rooms upon disks that are full or do not answer: what is left behind, what is said, and that others go on.

use std::{fs, os::fd::AsRawFd, path::Path, time::Duration};

use super::{
    actor::{AwayError, ROOT_WORKERS_MAX, WORKERS_MAX},
    transfers::testing::{There, World, order, world},
};
use crate::{
    domain::{BlobMeta, FileWork, JobOutcome, JobTitle, Lang, Place, RootName},
    intent::{
        View as AnyView,
        storage::{self, Act, Clash},
        transfers,
    },
    locale::say,
    process::small_disk::{goes_on_in_a_namespace, small},
    room::{Outcome, Room},
    screen::html,
};

const HERE: &str = "subsystems::storage::disk_room_tests::";

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Of the filesystem below, bytes.
fn free(at: &Path) -> u64 {
    let told = rustix::fs::statvfs(at).unwrap();
    told.f_bavail * told.f_frsize
}

impl World {
    async fn buttons(&self, view: &storage::View) -> Vec<String> {
        let screen = self.room.kit.storage.view(view, &order().reader).await;
        screen.rows.into_iter().flatten().map(|button| button.label).collect()
    }

    async fn shows(&self, view: &storage::View) -> String {
        let reader = order().reader;
        html::plain(&self.room.kit.storage.view(view, &reader).await, &reader)
    }
}

#[tokio::test]
async fn a_disk_that_fills_in_the_middle_of_a_transfer_keeps_nothing_of_it() {
    if goes_on_in_a_namespace(&format!(
        "{HERE}a_disk_that_fills_in_the_middle_of_a_transfer_keeps_nothing_of_it"
    )) {
        return;
    }
    let world = world().await;
    let root = world.dir.path().join("root");
    if !small(&root, "18m") {
        return;
    }
    let before = free(&root);
    // Longer than the disk has room for, and nobody said how long: found out in the middle.
    let there = There { reference: "f".into(), bytes: vec![7; 19_900_000], breaks: None, hangs: false };
    world.sky.0.lock().unwrap().insert("f".into(), std::sync::Arc::new(there));
    let meta = BlobMeta { name: "film.mkv".into(), size_bytes: None };
    let blob = world.room.kit.blobs.revive("f", meta).unwrap();
    let sent = transfers_sent(blob);
    let view = world.room.came(sent, &order()).await.unwrap();
    let AnyView::Transfers(transfers::View::Batch { batch, .. }) = view else { panic!("{view:?}") };
    let at = Place::parse("root").unwrap();
    world.room.act(&transfers::Act::Save { batch, at, clash: Clash::Ask }, &order()).await;
    let reader = order().reader;
    let wait = async {
        loop {
            let screen = world.room.view(&transfers::View::batch(batch), &reader).await;
            let text = html::plain(&screen, &reader);
            if text.contains("The disk is full") {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("a clear sentence");
    assert_eq!(names(&root), [] as [&str; 0]);
    assert_eq!(free(&root), before, "not even without a name is anything left");
    assert!(fs::read_dir(world.dir.path().join("data/parts")).map_or(0, Iterator::count) == 0);
}

fn transfers_sent(blob: crate::domain::BlobId) -> super::transfers::Sent {
    super::transfers::Sent { blob, name: "film.mkv".into(), size: None, at: None }
}

#[tokio::test]
async fn an_archive_that_does_not_fit_is_not_left_half_packed() {
    if goes_on_in_a_namespace(&format!("{HERE}an_archive_that_does_not_fit_is_not_left_half_packed")) {
        return;
    }
    let world = world().await;
    let root = world.dir.path().join("root");
    if !small(&root, "8m") {
        return;
    }
    fs::create_dir(root.join("folder")).unwrap();
    // Noise, which does not become smaller: the archive would take as much again.
    let mut noise = vec![0; 5 << 20];
    getrandom::fill(&mut noise).unwrap();
    fs::write(root.join("folder/noise"), noise).unwrap();
    let what = world.target("root/folder").await;
    let started = world.room.kit.storage.act(&Act::Archive(what), &order()).await;
    let Outcome::Started { job, .. } = started else { panic!("{started:?}") };
    let ended = world.room.kit.jobs.ended(job).await.unwrap().unwrap().record;
    assert!(
        matches!(ended.title, Some(JobTitle::Files { work: FileWork::Archive, .. })),
        "{:?}",
        ended.title
    );
    let Some(JobOutcome::Failed { why, .. }) = ended.outcome else { panic!("{:?}", ended.outcome) };
    assert!(say(Lang::En, &why).contains("The disk is full"), "{}", say(Lang::En, &why));
    assert!(say(Lang::Id, &why).contains("penuh"), "{}", say(Lang::Id, &why));
    assert_eq!(names(&root), ["folder"]);
}

#[tokio::test]
async fn on_a_full_disk_what_fills_it_can_be_deleted_for_good() {
    if goes_on_in_a_namespace(&format!("{HERE}on_a_full_disk_what_fills_it_can_be_deleted_for_good")) {
        return;
    }
    let world = world().await;
    let root = world.dir.path().join("root");
    if !small(&root, "4m") {
        return;
    }
    fs::write(root.join("small"), "x").unwrap();
    let view = |name: &str| storage::View::Item(Place::parse(&format!("root/{name}")).unwrap());
    let to_the_trash = || async { world.buttons(&view("small")).await.contains(&"🗑 Delete".to_owned()) };
    assert!(to_the_trash().await);
    let mut log = fs::File::create(root.join("log")).unwrap();
    while std::io::Write::write_all(&mut log, &[1; 4096]).is_ok() {}
    drop(log);
    let what = world.target("root/log").await;
    let thrown = world.room.kit.storage.act(&Act::Throw(what.clone()), &order()).await;
    assert!(
        matches!(&thrown, Outcome::Refused { why, .. } if why.contains("The disk is full")),
        "{thrown:?}"
    );
    assert!(world.shows(&view("log")).await.contains("no room left even for the trash"));
    assert!(world.buttons(&view("log")).await.contains(&"✖ Delete for good".to_owned()));
    let gone = world.room.kit.storage.act(&Act::Destroy(what), &order()).await;
    assert!(matches!(gone, Outcome::Done { .. }), "{gone:?}");
    assert!(free(&root) > 3 << 20 && !root.join("log").exists());
    assert!(to_the_trash().await);
}

/// A filesystem whose server never answers: whoever asks it anything waits until it is dropped.
fn silent(at: &Path) -> Option<fs::File> {
    let device = fs::File::options().read(true).write(true).open("/dev/fuse");
    let Ok(device) = device else {
        println!("skipped: no /dev/fuse, so no filesystem that hangs: {device:?}");
        return None;
    };
    rustix::io::fcntl_setfd(&device, rustix::io::FdFlags::empty()).unwrap();
    let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
    #[expect(clippy::disallowed_methods, reason = "in the test's own mount namespace")]
    let mounted = std::process::Command::new("mount")
        .args(["-i", "-t", "fuse", "-o", &options, "nobody"])
        .arg(at)
        .status();
    if mounted.is_ok_and(|status| status.success()) {
        return Some(device);
    }
    println!("skipped: no filesystem of a program can be mounted");
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_does_not_answer_holds_up_no_other() {
    if goes_on_in_a_namespace(&format!("{HERE}a_root_that_does_not_answer_holds_up_no_other")) {
        return;
    }
    let world = world().await;
    fs::write(world.dir.path().join("root/a.txt"), "a").unwrap();
    let Some(device) = silent(&world.dir.path().join("locked")) else { return };
    let roots = world.shows(&storage::View::Roots).await;
    assert!(roots.contains("locked: It does not answer") && roots.contains("free"), "{roots}");

    // More who ask for it than there are threads for one root: told at once, and not one thread of the others' is taken.
    let locked = RootName::parse("locked").unwrap();
    let asks = (0..WORKERS_MAX + 2).map(|_| {
        let name = locked.clone();
        world.room.kit.storage.brief(&locked, "ask", move |floor| floor.roots.open(&name).map(drop))
    });
    let answers = futures_util::future::join_all(asks).await;
    let late = answers.iter().filter(|answer| matches!(answer, Err(AwayError::Late))).count();
    assert!(late < ROOT_WORKERS_MAX, "one was taken by the list of roots: {answers:?}");
    assert!(
        answers.iter().all(|answer| matches!(answer, Err(AwayError::Late | AwayError::Busy))),
        "{answers:?}"
    );
    let folder = storage::View::folder(Place::parse("root").unwrap());
    let shown = world.shows(&folder).await;
    assert!(shown.contains("1 file"), "{shown}");
    // The server is gone for good: those who wait for it are let go.
    drop(device);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_is_a_link_to_what_does_not_answer_holds_up_no_other() {
    let name = "a_root_that_is_a_link_to_what_does_not_answer_holds_up_no_other";
    if goes_on_in_a_namespace(&format!("{HERE}{name}")) {
        return;
    }
    let world = world().await;
    fs::write(world.dir.path().join("root/a.txt"), "a").unwrap();
    fs::create_dir(world.dir.path().join("far")).unwrap();
    let Some(device) = silent(&world.dir.path().join("far")) else { return };
    fs::remove_dir(world.dir.path().join("locked")).unwrap();
    std::os::unix::fs::symlink("far/films", world.dir.path().join("locked")).unwrap();
    let folder = storage::View::folder(Place::parse("root").unwrap());
    // To keep both apart each root looks at the other, but not there.
    let shown = tokio::time::timeout(Duration::from_secs(10), world.shows(&folder)).await;
    drop(device);
    assert!(shown.expect("an answer").contains("1 file"));
}
