//! Whatever a name, a link or a race tries: nothing outside the root is read or touched.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    actor::Floor,
    fault::Fault,
    folder::Kind,
    ground::{Ground, floor, name, names, path, place, throw, wish},
    listing, ops, relocate,
    root::Roots,
    trash,
    tree::{self, Alone},
};
use crate::{
    domain::RootName,
    intent::storage::{Clash, Relocation, Sort},
};

#[test]
fn a_link_is_shown_and_never_followed() {
    let ground = Ground::new();
    ground.write("inside/file.txt", "inside");
    symlink(ground.outside(""), ground.root("out")).unwrap();
    symlink("../outside/secret.txt", ground.root("up")).unwrap();
    symlink("inside", ground.root("in")).unwrap();
    symlink("loop", ground.root("loop")).unwrap();
    let opened = ground.open();
    for (through, wanted) in [("out", "out/secret.txt"), ("in", "in/file.txt"), ("loop", "loop/x")] {
        assert_eq!(opened.look(&path(through)).unwrap().kind, Kind::Link, "{through}");
        assert_eq!(opened.folder(&path(through)).err(), Some(Fault::Link), "{through}");
        assert_eq!(opened.file(&path(wanted)).err(), Some(Fault::Link), "{wanted}");
        assert_eq!(opened.look(&path(wanted)).err(), Some(Fault::Link), "{wanted}");
    }
    assert_eq!(opened.file(&path("up")).err(), Some(Fault::Link));
    // What is beneath the root is named, to be opened name by name; what leads out is not.
    assert_eq!(opened.link(&path("in")).unwrap().1, Some(path("inside")));
    assert_eq!(opened.link(&path("out")).unwrap().1, None);
    assert_eq!(opened.link(&path("up")).unwrap().1, None);
    assert_eq!(opened.link(&path("loop")).unwrap().1, None);
}

#[test]
fn deleting_and_copying_a_link_means_the_link() {
    let ground = Ground::new();
    symlink(ground.outside(""), ground.root("out")).unwrap();
    ground.write("folder/a.txt", "a");
    symlink(ground.outside(""), ground.root("folder/out")).unwrap();
    let opened = ground.open();
    let copy = relocate::Order {
        what: &ground.target("folder"),
        to: &place(""),
        how: Relocation::Copy,
        clash: Clash::Ask,
    };
    assert_eq!(relocate::run(&ground.floor, &copy, &throw()).unwrap().sum.files, 2);
    assert!(fs::symlink_metadata(ground.root("folder (2)/out")).unwrap().is_symlink());
    for victim in ["out", "folder", "folder (2)"] {
        let target = ground.target(victim);
        trash::destroy(&opened, &target.place.path, target.stamp, &throw()).unwrap();
    }
    assert_eq!(ground.tree(), [] as [&str; 0]);
    assert_eq!(fs::read_to_string(ground.outside("secret.txt")).unwrap(), "outside");
}

/// Exchanges two names again and again until told to stop.
fn swapping(one: PathBuf, other: PathBuf, work: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let flags = rustix::fs::RenameFlags::EXCHANGE;
                let cwd = rustix::fs::CWD;
                let _ = rustix::fs::renameat_with(cwd, &one, cwd, &other, flags);
            }
        });
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        stop.store(true, Ordering::Relaxed);
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
    });
}

#[test]
fn a_folder_exchanged_for_a_link_in_the_middle_leads_nowhere() {
    let ground = Ground::new();
    ground.write("a/secret.txt", "inside");
    symlink(ground.outside(""), ground.root("b")).unwrap();
    let (mut read, mut refused) = (0, 0);
    swapping(ground.root("a"), ground.root("b"), || {
        for _ in 0..4000 {
            match ground.open().file(&path("a/secret.txt")) {
                Ok((file, _)) => {
                    let text = std::io::read_to_string(file).unwrap();
                    assert_eq!(text, "inside");
                    read += 1;
                }
                Err(fault) => {
                    assert!(matches!(fault, Fault::Link | Fault::Gone | Fault::NotFolder), "{fault}");
                    refused += 1;
                }
            }
            let _ = ops::new_folder(&ground.open(), &path("a"), &name("made"));
        }
    });
    assert!(read + refused == 4000);
    assert_eq!(fs::read_dir(ground.outside("")).unwrap().count(), 1, "nothing was made outside");
}

#[test]
fn a_tree_that_is_exchanged_while_it_is_deleted_takes_nothing_outside_along() {
    let ground = Ground::new();
    for n in 0..50 {
        fs::write(ground.outside(&format!("{n}.txt")), "outside").unwrap();
    }
    for round in 0..40 {
        for n in 0..20 {
            ground.write(&format!("victim/deep/{n}.txt"), "inside");
        }
        symlink(ground.outside(""), ground.root("victim/bait")).unwrap();
        swapping(ground.root("victim/deep"), ground.root("victim/bait"), || {
            let opened = ground.open();
            let (folder, name) = opened.parent(&path("victim")).unwrap();
            let _ = tree::remove(&folder, &name, &Alone);
        });
        let left = ground.root("victim");
        if left.exists() {
            fs::remove_dir_all(left).unwrap();
        }
        assert_eq!(fs::read_dir(ground.outside("")).unwrap().count(), 51, "round {round}");
    }
}

#[test]
fn what_took_the_name_of_the_shown_file_is_not_touched() {
    let ground = Ground::new();
    ground.write("report.txt", "shown");
    let shown = ground.target("report.txt");
    // Written beside it and renamed over it, as editors do.
    ground.write("new", "another");
    fs::rename(ground.root("new"), ground.root("report.txt")).unwrap();
    let opened = ground.open();
    let path = &shown.place.path;
    assert_eq!(trash::throw(&opened, path, shown.stamp, &throw()).err(), Some(Fault::Changed));
    assert_eq!(trash::destroy(&opened, path, shown.stamp, &throw()).err(), Some(Fault::Changed));
    assert_eq!(ops::rename(&opened, path, shown.stamp, &name("x")).err(), Some(Fault::Changed));
    let asked = relocate::weigh(&ground.floor, &shown, &place(""), Relocation::Copy);
    assert_eq!(asked.err(), Some(Fault::Changed));
    assert_eq!(fs::read_to_string(ground.root("report.txt")).unwrap(), "another");
    assert_eq!(trash::list(&opened).unwrap(), []);
}

#[test]
fn a_name_exchanged_between_question_and_move_goes_back() {
    let ground = Ground::new();
    ground.write("shown", "shown");
    ground.write("other", "other");
    let shown = ground.target("shown");
    swapping(ground.root("shown"), ground.root("other"), || {
        for _ in 0..300 {
            let opened = ground.open();
            if let Ok(thrown) = trash::throw(&opened, &shown.place.path, shown.stamp, &throw()) {
                let item = ground.root(super::root::TRASH).join(thrown.id.as_str()).join("item");
                assert_eq!(fs::read_to_string(&item).unwrap(), "shown", "only what was meant");
                trash::restore(&opened, &thrown.id, Clash::KeepBoth, &throw()).unwrap();
                break;
            }
        }
    });
    let mut texts: Vec<String> =
        ground.tree().iter().map(|name| fs::read_to_string(ground.root(name)).unwrap()).collect();
    texts.sort();
    assert_eq!(texts, ["other", "shown"], "both are still there: {:?}", ground.tree());
}

#[test]
fn one_name_of_a_hard_link_goes_and_the_others_stay() {
    let ground = Ground::new();
    fs::hard_link(ground.outside("secret.txt"), ground.root("linked")).unwrap();
    let opened = ground.open();
    let target = ground.target("linked");
    assert_eq!(opened.look(&path("linked")).unwrap().links, 2);
    trash::destroy(&opened, &target.place.path, target.stamp, &throw()).unwrap();
    assert_eq!(fs::read_to_string(ground.outside("secret.txt")).unwrap(), "outside");
}

#[test]
fn devices_pipes_and_sockets_are_never_opened() {
    let ground = Ground::new();
    let pipe = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, ground.root("pipe"), pipe, 0o600.into(), 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(ground.root("socket")).unwrap();
    let opened = ground.open();
    // Opening the pipe for reading would wait for a writer for ever.
    for odd in ["pipe", "socket"] {
        assert_eq!(opened.file(&path(odd)).err(), Some(Fault::NotFile), "{odd}");
        assert!(matches!(opened.look(&path(odd)).unwrap().kind, Kind::Special(_)), "{odd}");
    }
    ground.write("folder/file", "x");
    fs::rename(ground.root("pipe"), ground.root("folder/pipe")).unwrap();
    let order = relocate::Order {
        what: &ground.target("folder"),
        to: &place(""),
        how: Relocation::Copy,
        clash: Clash::Ask,
    };
    let copied = relocate::run(&ground.floor, &order, &throw()).unwrap().sum;
    assert_eq!((copied.files, copied.special), (1, 1));
    let device = rustix::fs::mknodat(
        rustix::fs::CWD,
        ground.root("null"),
        rustix::fs::FileType::CharacterDevice,
        0o600.into(),
        rustix::fs::makedev(1, 3),
    );
    match device {
        Ok(()) => assert_eq!(opened.file(&path("null")).err(), Some(Fault::NotFile)),
        Err(errno) => println!("skipped: a device cannot be made here: {errno}"),
    }
}

#[test]
fn cockpits_own_folders_are_neither_seen_nor_moved_from_a_wider_root() {
    let ground = Ground::new();
    ground.write("inner/file", "x");
    fs::create_dir(ground.root("var")).unwrap();
    fs::rename(ground.data(), ground.root("var/data")).unwrap();
    fs::write(ground.root("var/data/cockpit.db"), "db").unwrap();
    let inner = ground.root("inner");
    let floor = floor(&[("r", &ground.root("")), ("inner", &inner)], &ground.root("var/data"));
    // Both get a trash.
    ground.write("x", "x");
    for (root, file) in [("r", "x"), ("inner", "file")] {
        let opened = floor.roots.open(&RootName::parse(root).unwrap()).unwrap();
        let found = opened.look(&path(file)).unwrap();
        trash::throw(&opened, &path(file), found.stamp, &throw()).unwrap();
    }
    let opened = floor.roots.open(&RootName::parse("r").unwrap()).unwrap();
    let trash = super::root::TRASH;
    for own in ["var/data".to_owned(), trash.to_owned(), format!("inner/{trash}")] {
        assert_eq!(opened.folder(&path(&own)).err(), Some(Fault::Guarded), "{own}");
        assert_eq!(opened.look(&path(&own)).err(), Some(Fault::Guarded), "{own}");
    }
    assert_eq!(opened.file(&path("var/data/cockpit.db")).err(), Some(Fault::Guarded));
    let listed = listing::list(&opened, &path("var"), &wish(Sort::Name, 0)).unwrap();
    assert_eq!(names(&listed), [] as [&str; 0]);
    assert_eq!(names(&listing::list(&opened, &path(""), &wish(Sort::Name, 0)).unwrap()), ["inner", "var"]);
    for kept in ["var", "inner"] {
        let stamp = opened.look(&path(kept)).unwrap().stamp;
        assert_eq!(trash::throw(&opened, &path(kept), stamp, &throw()).err(), Some(Fault::Guarded), "{kept}");
    }
    // A copy of what holds them is made without them: it could be read where it lies.
    let what =
        |at: &str| crate::domain::Target { place: place(at), stamp: opened.look(&path(at)).unwrap().stamp };
    for (at, copy) in [("var", "var (2)"), ("inner", "inner (2)")] {
        let order = relocate::Order {
            what: &what(at),
            to: &place(""),
            how: Relocation::Copy,
            clash: Clash::KeepBoth,
        };
        relocate::run(&floor, &order, &throw()).unwrap();
        assert_eq!(std::fs::read_dir(ground.root(copy)).unwrap().count(), 0, "{at}");
    }
    // Nothing gets the name by which a trash is known, or by which half-made files are.
    for ours in [trash, ".cockpit-part-1"] {
        assert_eq!(
            ops::new_folder(&opened, &path("inner"), &name(ours)).err(),
            Some(Fault::Guarded),
            "{ours}"
        );
        let inner = what("inner");
        let renamed = ops::rename(&opened, &inner.place.path, inner.stamp, &name(ours));
        assert_eq!(renamed.err(), Some(Fault::Guarded), "{ours}");
    }
    // A root within the data folder would show it from inside.
    let within = super::ground::floor(&[("w", &ground.root("var/data"))], &ground.root("var/data"));
    assert_eq!(within.roots.open(&RootName::parse("w").unwrap()).err(), Some(Fault::Guarded));
}

#[test]
fn the_root_itself_stays() {
    let ground = Ground::new();
    let opened = ground.open();
    let stamp = opened.look(&path("")).unwrap().stamp;
    assert_eq!(trash::throw(&opened, &path(""), stamp, &throw()).err(), Some(Fault::IsRoot));
    assert_eq!(trash::destroy(&opened, &path(""), stamp, &throw()).err(), Some(Fault::IsRoot));
    assert_eq!(ops::rename(&opened, &path(""), stamp, &name("x")).err(), Some(Fault::IsRoot));
}

#[test]
fn a_read_only_root_changes_nothing() {
    let ground = Ground::new();
    ground.write("a", "a");
    let mut config = (*ground.floor.config).clone();
    config.roots[0].read_only = true;
    let floor = Floor { roots: Roots::new(&config, &ground.outside("")), ..ground.floor.clone() };
    let opened = floor.roots.open(&RootName::parse("r").unwrap()).unwrap();
    let target = ground.target("a");
    assert_eq!(
        trash::throw(&opened, &target.place.path, target.stamp, &throw()).err(),
        Some(Fault::ReadOnly)
    );
    assert_eq!(ops::new_folder(&opened, &path(""), &name("x")).err(), Some(Fault::ReadOnly));
    assert_eq!(
        ops::rename(&opened, &target.place.path, target.stamp, &name("b")).err(),
        Some(Fault::ReadOnly)
    );
    assert_eq!(relocate::weigh(&floor, &target, &place(""), Relocation::Copy).err(), Some(Fault::ReadOnly));
    assert_eq!(ground.tree(), ["a"]);
}
