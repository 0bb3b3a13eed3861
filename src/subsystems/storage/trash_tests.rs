use std::{fs, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    fault::Fault,
    folder::Kind,
    ground::{Ground, place, throw},
    root::TRASH,
    trash::{self, Throw, Thrown},
    tree::{Alone, Sum, Watch},
};
use crate::{
    domain::{Clock, FileName},
    intent::storage::{Clash, ThrownId},
};

fn throw_at(ground: &Ground, at: &str) -> Thrown {
    let target = ground.target(at);
    trash::throw(&ground.open(), &target.place.path, target.stamp, &throw()).unwrap()
}

#[test]
fn what_is_deleted_comes_back_where_it_was() {
    let ground = Ground::new();
    ground.write("photos/2019/a.jpg", "12345");
    ground.write("photos/2019/deep/b.jpg", "678");
    let thrown = throw_at(&ground, "photos/2019");
    assert_eq!((thrown.sum.files, thrown.sum.folders, thrown.sum.bytes), (2, 2, 8));
    assert_eq!(ground.tree(), ["photos/"]);
    // Its folder is made again where it is gone, too.
    fs::remove_dir(ground.root("photos")).unwrap();
    let opened = ground.open();
    let listed = trash::list(&opened).unwrap();
    assert_eq!((listed.len(), listed[0].by.as_str(), listed[0].kind), (1, "Dre", Kind::Folder));
    let (_, back) = trash::restore(&opened, &thrown.id, Clash::Ask, &throw()).unwrap();
    assert_eq!(back, place("photos/2019"));
    assert_eq!(
        ground.tree(),
        ["photos/", "photos/2019/", "photos/2019/a.jpg", "photos/2019/deep/", "photos/2019/deep/b.jpg"]
    );
    assert_eq!(fs::read_dir(ground.root(TRASH)).unwrap().count(), 0, "no note is left");
}

#[test]
fn the_trash_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::new();
    ground.write("a", "a");
    throw_at(&ground, "a");
    assert_eq!(fs::metadata(ground.root(TRASH)).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn purging_one_leaves_the_others_and_emptying_leaves_none() {
    let ground = Ground::new();
    for name in ["a", "b", "c"] {
        ground.write(name, name);
    }
    let first = throw_at(&ground, "a");
    throw_at(&ground, "b");
    throw_at(&ground, "c");
    let opened = ground.open();
    trash::purge(&opened, &first.id, &Alone).unwrap();
    assert_eq!(trash::get(&opened, &first.id).err(), Some(Fault::Gone));
    assert_eq!(trash::list(&opened).unwrap().len(), 2);
    // Damaged and foreign entries go with the rest.
    fs::create_dir(ground.root(TRASH).join("damaged")).unwrap();
    fs::write(ground.root(TRASH).join("stray"), "x").unwrap();
    trash::empty(&opened, &Alone).unwrap();
    assert_eq!(fs::read_dir(ground.root(TRASH)).unwrap().count(), 0);
}

#[test]
fn a_trash_that_is_a_link_is_no_trash() {
    let ground = Ground::new();
    ground.write("a", "a");
    std::os::unix::fs::symlink(ground.outside(""), ground.root(TRASH)).unwrap();
    let opened = ground.open();
    let target = ground.target("a");
    assert_eq!(trash::throw(&opened, &target.place.path, target.stamp, &throw()).err(), Some(Fault::Link));
    assert_eq!(trash::empty(&opened, &Alone).err(), Some(Fault::Link));
    assert_eq!(ground.tree(), ["a"]);
    assert_eq!(fs::read_dir(ground.outside("")).unwrap().count(), 1);
}

#[test]
fn a_note_that_was_tampered_with_leads_nowhere() {
    let ground = Ground::new();
    ground.write("a", "a");
    let thrown = throw_at(&ground, "a");
    let note = ground.root(TRASH).join(thrown.id.as_str()).join("info.json");
    let good = fs::read_to_string(&note).unwrap();
    let opened = ground.open();
    for bad in [
        good.replace("r/a", "r/../outside/a"),
        good.replace("r/a", "/etc/passwd"),
        good.replace("r/a", "r"),
        "{}".to_owned(),
        "x".repeat(1 << 20),
    ] {
        fs::write(&note, bad).unwrap();
        assert_eq!(trash::restore(&opened, &thrown.id, Clash::Ask, &throw()).err(), Some(Fault::Damaged));
        assert_eq!(trash::list(&opened).unwrap(), []);
    }
    // A folder on the way back became a link out.
    fs::write(&note, good.replace("r/a", "r/way/a")).unwrap();
    std::os::unix::fs::symlink(ground.outside(""), ground.root("way")).unwrap();
    assert_eq!(trash::restore(&opened, &thrown.id, Clash::Ask, &throw()).err(), Some(Fault::Link));
    assert!(!ground.outside("a").exists());
}

#[test]
fn entries_are_named_so_that_no_path_is_made_of_them() {
    for bad in ["", "..", "a/b", "a.b", "ä", &"x".repeat(41)] {
        assert_eq!(ThrownId::parse(bad), None, "{bad}");
    }
    assert!(serde_json::from_str::<ThrownId>("\"../x\"").is_err());
}

/// Stops after so many files.
struct After(std::cell::Cell<u32>);

impl Watch for After {
    fn stopped(&self) -> bool {
        self.0.get() == 0
    }
    fn passed(&self, _: &FileName, _: u64, files: u64) {
        self.0.set(self.0.get().saturating_sub(u32::try_from(files).unwrap()));
    }
}

#[test]
fn a_deletion_that_is_stopped_is_told_and_can_go_on() {
    let ground = Ground::new();
    for n in 0..20 {
        ground.write(&format!("many/{n}"), "x");
    }
    let thrown = throw_at(&ground, "many");
    let opened = ground.open();
    assert_eq!(trash::purge(&opened, &thrown.id, &After(5.into())).err(), Some(Fault::Stopped));
    trash::empty(&opened, &Alone).unwrap();
    assert_eq!(fs::read_dir(ground.root(TRASH)).unwrap().count(), 0);
}

#[test]
fn a_copy_that_is_stopped_leaves_nothing() {
    let ground = Ground::new();
    for n in 0..20 {
        ground.write(&format!("many/{n}"), "x");
    }
    let what = ground.target("many");
    let (to, how) = (place(""), crate::intent::storage::Relocation::Copy);
    let order = super::relocate::Order { what: &what, to: &to, how, clash: Clash::Ask };
    let watch = After(5.into());
    let stopped = super::relocate::run(&ground.floor, &order, &Throw { watch: &watch, ..throw() });
    assert_eq!(stopped.err(), Some(Fault::Stopped));
    assert!(ground.tree().iter().all(|name| name.starts_with("many/")), "{:?}", ground.tree());
}

#[test]
fn age_and_size_decide_what_has_had_its_time() {
    let now = super::ground::Fixed.now();
    let thrown = |name: &str, days: i64, bytes: u64| Thrown {
        id: ThrownId::parse(name).unwrap(),
        place: place(name),
        deleted: now - SignedDuration::from_hours(24 * days),
        by: "Dre".into(),
        sum: Sum { files: 1, bytes, ..Sum::default() },
        kind: Kind::File,
    };
    let all = [thrown("old", 31, 1), thrown("big", 3, 500), thrown("small", 2, 400), thrown("new", 1, 300)];
    let due = |days: u64, max: u64, now: Timestamp| -> Vec<String> {
        let keep = Duration::from_secs(days * 86_400);
        trash::due(&all, keep, max, now).iter().map(|id| id.as_str().to_owned()).collect()
    };
    assert_eq!(due(30, 10_000, now), ["old"]);
    assert_eq!(due(30, 1000, now), ["big", "old"], "the oldest go until the rest fits");
    assert_eq!(due(30, 700, now), ["big", "old"]);
    assert_eq!(due(30, 100, now), ["new", "small", "big", "old"]);
    // A clock that was set back deletes nothing.
    assert_eq!(due(30, 10_000, now - SignedDuration::from_hours(24 * 365)), [] as [&str; 0]);
}

#[test]
fn what_a_crash_left_in_the_trash_goes_when_its_time_is_up_and_no_sooner() {
    let ground = Ground::new();
    ground.write("whole.txt", "whole");
    let whole = throw_at(&ground, "whole.txt");
    let trash = ground.root(TRASH);
    // A note without its thing, and a thing without its note: one old, one of now.
    for entry in ["20240101T000000-00aa", "20261122T000000-00bb"] {
        fs::create_dir(trash.join(entry)).unwrap();
        fs::write(trash.join(entry).join("item"), "half").unwrap();
    }
    fs::create_dir(trash.join("20240102T000000-00cc")).unwrap();
    let now = super::ground::Fixed.now();
    let mut left = trash::remains(&ground.open(), Duration::from_secs(30 * 86_400), now).unwrap();
    left.sort();
    let left: Vec<&str> = left.iter().map(ThrownId::as_str).collect();
    assert_eq!(left, ["20240101T000000-00aa", "20240102T000000-00cc"]);
    assert_eq!(trash::list(&ground.open()).unwrap(), [whole]);
}
