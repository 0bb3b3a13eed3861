//! Filesystems of the test's own: small ones that are full, others below the root, one that does not answer. In a mount
//! namespace that nobody else sees; where that is not allowed, the test says so and is skipped.

use std::{fs, os::unix::fs::symlink};

use super::{
    fault::Fault,
    ground::{Ground, name, path, place, throw},
    relocate::{self, Effort},
    trash::{self, Throw},
    tree::{self, Alone, Watch},
};
use crate::{
    domain::FileName,
    intent::storage::{Clash, Relocation},
    process::small_disk::{goes_on_in_a_namespace, small},
};

const HERE: &str = "subsystems::storage::disk_tests::";

#[test]
fn a_full_disk_leaves_no_half_copies() {
    if goes_on_in_a_namespace(&format!("{HERE}a_full_disk_leaves_no_half_copies")) {
        return;
    }
    let ground = Ground::new();
    if !small(&ground.root("small"), "4m") {
        return;
    }
    fs::write(ground.root("big"), vec![7; 3 << 20]).unwrap();
    fs::create_dir(ground.root("folder")).unwrap();
    fs::write(ground.root("folder/big"), vec![7; 2 << 20]).unwrap();
    let to = place("small");
    let copy = |what: &str, clash| {
        let what = ground.target(what);
        let order = relocate::Order { what: &what, to: &to, how: Relocation::Copy, clash };
        relocate::run(&ground.floor, &order, &throw())
    };
    copy("folder", Clash::Ask).unwrap();
    // Known before it is begun.
    assert!(matches!(copy("big", Clash::Ask), Err(Fault::Full { free: Some(_) })));
    // Found out in the middle: a file that grows while it is copied.
    let opened = ground.open();
    let (from, into) = (opened.folder(&path("")).unwrap(), opened.folder(&path("small")).unwrap());
    let copying = tree::Copying { watch: &Alone, verify: false, guarded: &|_, _| false };
    let fault = tree::copy(&from, &name("big"), &into, &name("part"), &copying);
    assert!(matches!(fault, Err(Fault::Full { free: Some(_) })), "{fault:?}");
    tree::remove(&into, &name("part"), &Alone).unwrap();
    assert_eq!(
        ground.tree(),
        ["big", "folder/", "folder/big", "small/", "small/folder/", "small/folder/big"]
    );
}

/// Somebody else fills the disk as soon as the first block is there.
struct Filling(std::path::PathBuf);

impl Watch for Filling {
    fn stopped(&self) -> bool {
        false
    }
    fn passed(&self, _: &FileName, _: u64, _: u64) {
        while fs::File::options()
            .create(true)
            .append(true)
            .open(&self.0)
            .and_then(|mut file| std::io::Write::write_all(&mut file, &[1; 64 << 10]))
            .is_ok()
        {}
    }
}

#[test]
fn a_disk_that_fills_in_the_middle_keeps_the_original_and_nothing_half_copied() {
    let name = "a_disk_that_fills_in_the_middle_keeps_the_original_and_nothing_half_copied";
    if goes_on_in_a_namespace(&format!("{HERE}{name}")) {
        return;
    }
    let ground = Ground::new();
    if !small(&ground.root("small"), "8m") {
        return;
    }
    fs::create_dir(ground.root("folder")).unwrap();
    fs::write(ground.root("folder/big"), vec![7; 5 << 20]).unwrap();
    let filling = Filling(ground.root("small/filler"));
    for how in [Relocation::Copy, Relocation::Move] {
        let what = ground.target("folder");
        let order = relocate::Order { what: &what, to: &place("small"), how, clash: Clash::Ask };
        let done = relocate::run(&ground.floor, &order, &Throw { watch: &filling, ..throw() });
        assert!(matches!(done, Err(Fault::Full { free: Some(_) })), "{done:?}");
        assert_eq!(ground.tree(), ["folder/", "folder/big", "small/", "small/filler"]);
        assert_eq!(fs::read_dir(ground.data().join("parts")).unwrap().count(), 0);
        fs::remove_file(ground.root("small/filler")).unwrap();
    }
}

#[test]
fn another_filesystem_below_the_root_is_kept_apart() {
    if goes_on_in_a_namespace(&format!("{HERE}another_filesystem_below_the_root_is_kept_apart")) {
        return;
    }
    let ground = Ground::new();
    if !small(&ground.root("disk/mounted"), "16m") {
        return;
    }
    ground.write("disk/mounted/file.txt", "on the other");
    ground.write("tree/a/b.txt", "here");
    symlink("a/b.txt", ground.root("tree/link")).unwrap();
    let opened = ground.open();
    let take = |at: &str| (path(at), opened.look(&path(at)).unwrap().stamp);
    // The mount point, and a folder that holds one.
    for (at, why) in [("disk/mounted", Fault::MountPoint), ("disk", Fault::MountPoint)] {
        let (path, stamp) = take(at);
        assert_eq!(trash::throw(&opened, &path, stamp, &throw()).err(), Some(why.clone()), "{at}");
        assert_eq!(trash::destroy(&opened, &path, stamp, &throw()).err(), Some(why), "{at}");
    }
    let (disk, disk_name) = opened.parent(&path("disk")).unwrap();
    assert_eq!(tree::remove(&disk, &disk_name, &Alone).err(), Some(Fault::MountPoint));
    // There is no trash for what lies there; for good it goes.
    let (at, stamp) = take("disk/mounted/file.txt");
    assert_eq!(trash::throw(&opened, &at, stamp, &throw()).err(), Some(Fault::OtherDisk));
    assert!(ground.root("disk/mounted/file.txt").exists());
    // Moving there copies, compares, removes.
    let (what, to) = (ground.target("tree"), place("disk/mounted"));
    assert_eq!(relocate::weigh(&ground.floor, &what, &to, Relocation::Move), Ok(Effort::Large));
    let order = relocate::Order { what: &what, to: &to, how: Relocation::Move, clash: Clash::Ask };
    let moved = relocate::run(&ground.floor, &order, &throw()).unwrap();
    assert_eq!((moved.renamed, moved.sum.files, moved.place), (false, 2, place("disk/mounted/tree")));
    assert_eq!(fs::read_to_string(ground.root("disk/mounted/tree/a/b.txt")).unwrap(), "here");
    assert!(fs::symlink_metadata(ground.root("disk/mounted/tree/link")).unwrap().is_symlink());
    assert!(!ground.root("tree").exists());
    trash::destroy(&opened, &at, stamp, &throw()).unwrap();
    assert!(!ground.root("disk/mounted/file.txt").exists());
}
