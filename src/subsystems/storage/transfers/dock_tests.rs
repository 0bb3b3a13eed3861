//! Files from the chat into folders, by a real dock with real folders.

use std::{fs, path::Path};

use super::*;
use crate::{
    domain::{Bytes, Place, Reader},
    intent::{
        View as AnyView,
        storage::Clash,
        transfers::{Act, View},
    },
    room::{Outcome, Room},
    screen::html,
    subsystems::storage::transfers::{
        room::Sent,
        testing::{There, World, order, start, world},
    },
};

impl World {
    /// A file comes, and is asked about in this batch.
    async fn comes(&self, name: &str, bytes: &[u8]) -> Batch {
        self.comes_as(name, There { reference: name.into(), bytes: bytes.into(), breaks: None, hangs: false })
            .await
    }

    async fn comes_as(&self, name: &str, there: There) -> Batch {
        let size = Some(Bytes(there.bytes.len() as u64));
        let reference = there.reference.clone();
        self.sky.0.lock().unwrap().insert(reference.clone(), Arc::new(there));
        let meta = crate::domain::BlobMeta { name: name.into(), size_bytes: None };
        let blob = self.room.kit.blobs.revive(&reference, meta).unwrap();
        let sent = Sent { blob, name: name.into(), size, at: None };
        let view = self.room.came(sent, &order()).await.unwrap();
        let AnyView::Transfers(View::Batch { batch, .. }) = view else { panic!("{view:?}") };
        batch
    }

    async fn save(&self, batch: Batch, at: &str) -> Outcome {
        self.save_so(batch, at, Clash::Ask).await
    }

    async fn save_so(&self, batch: Batch, at: &str, clash: Clash) -> Outcome {
        self.room.act(&Act::Save { batch, at: Place::parse(at).unwrap(), clash }, &order()).await
    }

    /// (name, state) of a batch, once none of it waits.
    async fn ended(&self, batch: Batch) -> Vec<store::Entry> {
        let wait = async {
            loop {
                let entries = self.store.handle().read(move |conn| store::batch(conn, batch)).await.unwrap();
                if entries.iter().all(|entry| entry.state != Fate::Queued) {
                    return entries;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it ends")
    }

    async fn screen(&self, batch: Batch) -> String {
        let reader: Reader = order().reader;
        html::plain(&self.room.view(&View::batch(batch), &reader).await, &reader)
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().join("root")
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_that_come_together_are_asked_about_once_and_saved_as_they_are() {
    let world = world().await;
    let big: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
    let batch = world.comes("a.bin", &big).await;
    assert_eq!(world.comes("../../b.txt", b"hello").await, batch);
    let asked = world.screen(batch).await;
    assert!(asked.contains("2 files") && asked.contains("Where should it go?"), "{asked}");
    assert!(names(&world.root()).is_empty(), "nothing is fetched before it is said where to");

    assert!(matches!(world.save(batch, "root").await, Outcome::Done { .. }));
    let ended = world.ended(batch).await;
    assert!(ended.iter().all(|entry| entry.state == Fate::Done), "{ended:?}");
    assert_eq!(names(&world.root()), ["a.bin", "b.txt"]);
    assert_eq!(fs::read(world.root().join("a.bin")).unwrap(), big);
    assert_eq!(fs::read(world.root().join("b.txt")).unwrap(), b"hello");

    // The next ones are asked about anew, and a second yes to the old ones does nothing.
    assert_ne!(world.comes("c", b"c").await, batch);
    assert!(matches!(world.save(batch, "root").await, Outcome::Refused { .. }));
}

#[tokio::test]
async fn a_taken_name_gets_a_number_and_what_fails_is_told_and_can_be_tried_again() {
    let world = world().await;
    fs::write(world.root().join("a.txt"), b"mine").unwrap();
    let batch = world.comes("a.txt", b"new").await;
    let broken =
        There { reference: "cut".into(), bytes: vec![7; 500_000], breaks: Some(300_000), hangs: false };
    assert_eq!(world.comes_as("cut.bin", broken).await, batch);
    let asked = world.save(batch, "root").await;
    let clash = AnyView::Transfers(View::Clash { batch, at: Place::parse("root").unwrap() });
    assert_eq!(asked, Outcome::Asked { next: clash.clone() });
    assert_eq!(names(&world.root()), ["a.txt"]);
    let AnyView::Transfers(question) = clash else { unreachable!() };
    let reader = order().reader;
    let question = html::plain(&world.room.view(&question, &reader).await, &reader);
    assert!(question.contains("a.txt") && !question.contains("cut.bin"), "{question}");
    world.save_so(batch, "root", Clash::KeepBoth).await;
    world.ended(batch).await;
    assert_eq!(names(&world.root()), ["a (2).txt", "a.txt"], "nothing half-done is left");
    assert_eq!(fs::read(world.root().join("a.txt")).unwrap(), b"mine");
    let told = world.screen(batch).await;
    assert!(
        told.contains("saved as a (2).txt")
            && told.contains("Telegram cannot be reached")
            && !told.contains("the line went"),
        "{told}"
    );

    let whole = There { reference: "cut".into(), bytes: vec![7; 500_000], breaks: None, hangs: false };
    world.sky.0.lock().unwrap().insert("cut".into(), Arc::new(whole));
    assert!(matches!(world.room.act(&Act::Again(batch), &order()).await, Outcome::Done { .. }));
    world.ended(batch).await;
    assert_eq!(fs::read(world.root().join("cut.bin")).unwrap(), vec![7; 500_000]);
}

#[tokio::test]
async fn what_is_replaced_lies_in_the_trash_and_a_folder_never_gives_way_to_a_file() {
    let world = world().await;
    fs::write(world.root().join("a.txt"), b"mine").unwrap();
    fs::create_dir(world.root().join("b.txt")).unwrap();
    let batch = world.comes("a.txt", b"new").await;
    assert_eq!(world.comes("b.txt", b"file").await, batch);
    assert_eq!(world.comes("c.txt", b"free").await, batch);
    world.save_so(batch, "root", Clash::Replace).await;
    let ended = world.ended(batch).await;
    assert!(ended.iter().all(|entry| entry.state == Fate::Done), "{ended:?}");
    assert_eq!(names(&world.root()), [".cockpit-trash", "a.txt", "b (2).txt", "b.txt", "c.txt"]);
    assert_eq!(fs::read(world.root().join("a.txt")).unwrap(), b"new");
    let trash = world.root().join(".cockpit-trash");
    let thrown: Vec<_> = fs::read_dir(&trash).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(thrown.len(), 1, "{thrown:?}");
    assert_eq!(fs::read(thrown[0].join("item")).unwrap(), b"mine");
}

#[tokio::test]
async fn places_that_cannot_be_written_to_are_refused_before_anything_is_fetched() {
    let world = world().await;
    std::os::unix::fs::symlink("/etc", world.root().join("out")).unwrap();
    let batch = world.comes("a", b"a").await;
    for place in ["locked", "root/missing", "root/out", "elsewhere"] {
        let refused = world.save(batch, place).await;
        assert!(matches!(refused, Outcome::Refused { .. }), "{place}: {refused:?}");
    }
    assert!(world.screen(batch).await.contains("Where should it go?"), "still asked");
    world.room.act(&Act::Decline(batch), &order()).await;
    assert!(world.screen(batch).await.contains("not saved"));
}

#[tokio::test]
async fn a_queue_survives_a_restart_and_a_cancel_empties_it() {
    let mut world = world().await;
    let batch = world.comes("late.txt", b"late").await;
    // Queued while nobody is there to start a job: as a crash right after the yes leaves it.
    let asked_by = asker();
    world.dock.stop(None);
    world.dock.wait(None).await.unwrap();
    let to = Goal { place: Place::parse("root").unwrap(), replace: false };
    let write =
        move |tx: &rusqlite::Transaction<'_>| store::queue(tx, batch, Fate::Offered, Some(&to), &asked_by);
    world.store.handle().write(Durability::Full, write).await.unwrap();
    world.dock = start(&world.room).await;
    world.ended(batch).await;
    assert_eq!(fs::read(world.root().join("late.txt")).unwrap(), b"late");

    let hangs = There { reference: "h".into(), bytes: vec![1; 9], breaks: None, hangs: true };
    let batch = world.comes_as("hangs", hangs).await;
    world.comes("behind", b"x").await;
    world.save(batch, "root").await;
    let jobs = world.room.kit.jobs.clone();
    let job = loop {
        match jobs.find(&receive::key(ChatId(7))).await {
            Ok(Some(job)) if job.is_running() => break job,
            _ => tokio::task::yield_now().await,
        }
    };
    jobs.cancel(job.record.id, Some("Dre".into())).await.unwrap();
    let ended = world.ended(batch).await;
    assert!(ended.iter().all(|entry| entry.state == Fate::Cancelled), "{ended:?}");
    assert_eq!(names(&world.root()), ["late.txt"]);
}

fn asker() -> Asker {
    Asker::Pilot { id: PilotId(7), name: "Dre".into(), chat: ChatId(7) }
}

#[tokio::test]
async fn more_than_can_wait_is_refused_in_words() {
    let world = world().await;
    let batch = world.comes("f0", b"x").await;
    for n in 1..store::BATCH_MAX {
        assert_eq!(world.comes(&format!("f{n}"), b"x").await, batch);
    }
    assert_ne!(world.comes("one more", b"x").await, batch, "a batch is no heap");
    for n in store::BATCH_MAX + 1..store::WAITING_MAX {
        world.comes(&format!("f{n}"), b"x").await;
    }
    let meta = crate::domain::BlobMeta { name: "x".into(), size_bytes: None };
    let blob = world.room.kit.blobs.revive("f0", meta).unwrap();
    let sent = Sent { blob, name: "x".into(), size: None, at: None };
    let refused = world.room.came(sent, &order()).await.unwrap_err();
    assert!(refused.contains("200 files wait already"), "{refused}");
}
