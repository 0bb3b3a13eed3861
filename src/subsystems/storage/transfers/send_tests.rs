//! Files and folders into the chat.

use std::{fs, sync::atomic::Ordering};

use sha2::{Digest as _, Sha256};

use crate::{
    domain::{Place, Target},
    intent::{
        View as AnyView,
        transfers::{Act, View},
    },
    jobs::Snapshot,
    room::{Outcome, Room},
    subsystems::storage::transfers::testing::{World, order, world},
};

impl World {
    pub async fn target(&self, place: &str) -> Target {
        let place = Place::parse(place).unwrap();
        let asked = place.clone();
        let look = move |floor: &crate::subsystems::storage::Floor| {
            floor.roots.open(&asked.root).unwrap().look(&asked.path).unwrap().stamp
        };
        let stamp = self.room.kit.storage.work(None, "look", look).await.unwrap();
        Target { place, stamp }
    }

    async fn sends(&self, what: &Target, volumes: bool) -> Outcome {
        self.room.act(&Act::Send { what: what.clone(), volumes }, &order()).await
    }

    async fn sent(&self, what: &Target, volumes: bool) -> Snapshot {
        let Outcome::Started { job, .. } = self.sends(what, volumes).await else { panic!("no job") };
        let ended = self.room.kit.jobs.ended(job);
        tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.unwrap().unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_file_arrives_as_it_is_also_when_the_line_broke_meanwhile() {
    let world = world().await;
    let content: Vec<u8> = (0..400_000u32).flat_map(u32::to_le_bytes).collect();
    fs::write(world.dir.path().join("root/film (1).mkv"), &content).unwrap();
    let what = world.target("root/film (1).mkv").await;
    world.post.breaks.store(2, Ordering::Relaxed);
    let ended = world.sent(&what, false).await;
    assert!(ended.record.outcome.unwrap().is_success());
    let arrived = world.post.arrived.lock().unwrap().clone();
    assert_eq!(arrived.len(), 1);
    assert_eq!((arrived[0].0.as_str(), &arrived[0].2), ("film (1).mkv", &content));
}

#[tokio::test]
async fn a_larger_one_is_asked_about_and_goes_in_volumes_that_join_to_it() {
    let world = world().await;
    world.post.limit.store(100_000, Ordering::Relaxed);
    let content: Vec<u8> = (0..90_000u32).flat_map(u32::to_le_bytes).collect();
    fs::write(world.dir.path().join("root/my disk.img"), &content).unwrap();
    let what = world.target("root/my disk.img").await;
    let Outcome::Asked { next } = world.sends(&what, false).await else { panic!("it is asked first") };
    assert_eq!(next, AnyView::Transfers(View::Send(what.clone())));
    assert!(world.post.arrived.lock().unwrap().is_empty());

    let ended = world.sent(&what, true).await;
    assert!(ended.record.outcome.clone().unwrap().is_success(), "{ended:?}");
    let arrived = world.post.arrived.lock().unwrap().clone();
    let names: Vec<&str> = arrived.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(
        names,
        ["my_disk.img.001", "my_disk.img.002", "my_disk.img.003", "my_disk.img.004", "my_disk.img.join.txt"]
    );
    let joined: Vec<u8> = arrived[..4].iter().flat_map(|(.., bytes)| bytes.clone()).collect();
    assert_eq!(joined, content);
    let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(&content));
    let word = String::from_utf8(arrived[4].2.clone()).unwrap();
    assert!(word.contains(&sum) && word.contains("cat my_disk.img.[0-9][0-9][0-9]"), "{word}");
}

#[tokio::test]
async fn what_cannot_be_carried_is_told_before_it_is_tried() {
    let world = world().await;
    world.post.limit.store(10, Ordering::Relaxed);
    let at = |name: &str| world.dir.path().join("root").join(name);
    fs::write(at("empty"), b"").unwrap();
    fs::write(at("vast"), vec![1; 5000]).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", at("link")).unwrap();
    for name in ["empty", "link"] {
        let what = world.target(&format!("root/{name}")).await;
        let refused = world.sends(&what, true).await;
        assert!(matches!(refused, Outcome::Refused { .. }), "{name}: {refused:?}");
    }
    let what = world.target("root/vast").await;
    let reader = order().reader;
    let screen = world.room.view(&View::Send(what.clone()), &reader).await;
    let text = crate::screen::html::plain(&screen, &reader);
    assert!(text.contains("more than 99 volumes") && screen.rows.is_empty(), "{text}");

    // Another file took its name since it was shown.
    let old = Target { stamp: crate::domain::Stamp(what.stamp.0 ^ 1), ..what };
    assert!(matches!(world.sends(&old, true).await, Outcome::Refused { .. }));
    assert!(world.post.arrived.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_folder_arrives_as_an_archive_without_what_is_no_file() {
    let world = world().await;
    let root = world.dir.path().join("root");
    fs::create_dir_all(root.join("docs/deep")).unwrap();
    fs::write(root.join("docs/a.txt"), b"hello").unwrap();
    fs::write(root.join("docs/deep/b\n.bin"), vec![9; 70_000]).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("docs/link")).unwrap();
    let what = world.target("root/docs").await;
    assert!(matches!(world.sends(&what, false).await, Outcome::Asked { .. }), "asked about first");
    let ended = world.sent(&what, true).await;
    assert!(ended.record.outcome.clone().unwrap().is_success(), "{ended:?}");
    let arrived = world.post.arrived.lock().unwrap().clone();
    assert_eq!((arrived.len(), arrived[0].0.as_str()), (1, "docs.tar.zst"));
    let unpacked = zstd::stream::decode_all(&arrived[0].2[..]).unwrap();
    let mut found = Vec::new();
    for entry in tar::Archive::new(&unpacked[..]).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let link = entry.link_name().unwrap().map(|name| name.to_string_lossy().into_owned());
        found.push((path.trim_end_matches('/').to_owned(), bytes.len(), link));
    }
    found.sort();
    assert_eq!(
        found,
        [
            ("docs".into(), 0, None),
            ("docs/a.txt".into(), 5, None),
            ("docs/deep".into(), 0, None),
            ("docs/deep/b\n.bin".into(), 70_000, None),
            ("docs/link".into(), 0, Some("/etc/passwd".to_owned())),
        ]
    );
    assert_eq!(fs::read_dir(world.dir.path().join("scratch")).unwrap().count(), 0, "nothing is left");
}
