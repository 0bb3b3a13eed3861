//! What is changed: collisions, copies, folders of many entries, names as they are.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use super::{
    fault::Fault,
    ground::{Ground, names, path, place, throw, wish},
    listing::{self, Wish},
    relocate::{self, Effort},
    trash,
};
use crate::{
    domain::Place,
    intent::storage::{Clash, Relocation, Sort},
};

#[test]
fn collisions_ask_keep_both_or_replace_into_the_trash() {
    let ground = Ground::new();
    ground.write("a.txt", "new");
    ground.write("to/a.txt", "old");
    let (what, to) = (ground.target("a.txt"), place("to"));
    let run = |clash, how| {
        let order = relocate::Order { what: &what, to: &to, how, clash };
        relocate::run(&ground.floor, &order, &throw())
    };
    for how in [Relocation::Copy, Relocation::Move] {
        assert_eq!(relocate::weigh(&ground.floor, &what, &to, how).err(), Some(Fault::Exists));
        assert_eq!(run(Clash::Ask, how).err(), Some(Fault::Exists));
    }
    assert_eq!(ground.tree(), ["a.txt", "to/", "to/a.txt"]);
    let kept = run(Clash::KeepBoth, Relocation::Copy).unwrap();
    assert_eq!(kept.place, place("to/a (2).txt"));
    run(Clash::Replace, Relocation::Move).unwrap();
    assert_eq!(ground.tree(), ["to/", "to/a (2).txt", "to/a.txt"]);
    assert_eq!(fs::read_to_string(ground.root("to/a.txt")).unwrap(), "new");
    let opened = ground.open();
    let thrown = trash::list(&opened).unwrap();
    assert_eq!(thrown[0].place, place("to/a.txt"));
    // And what was replaced comes back, beside it.
    let id = &thrown[0].id;
    assert_eq!(trash::restore(&opened, id, Clash::Ask, &throw()).err(), Some(Fault::Exists));
    let (_, back) = trash::restore(&opened, id, Clash::KeepBoth, &throw()).unwrap();
    assert_eq!(back, place("to/a (3).txt"));
    assert_eq!(fs::read_to_string(ground.root("to/a (3).txt")).unwrap(), "old");
}

#[test]
fn a_folder_never_goes_into_itself() {
    let ground = Ground::new();
    ground.write("a/b/c.txt", "x");
    let what = ground.target("a");
    for to in ["a", "a/b"] {
        for how in [Relocation::Move, Relocation::Copy] {
            let asked = relocate::weigh(&ground.floor, &what, &place(to), how);
            assert_eq!(asked.err(), Some(Fault::IntoItself), "{to}");
            let order = relocate::Order { what: &what, to: &place(to), how, clash: Clash::KeepBoth };
            assert_eq!(relocate::run(&ground.floor, &order, &throw()).err(), Some(Fault::IntoItself));
        }
    }
    assert_eq!(relocate::weigh(&ground.floor, &what, &place(""), Relocation::Copy), Ok(Effort::Large));
}

#[test]
fn a_copy_has_the_rights_and_times_of_its_original_but_no_setuid_bit() {
    let ground = Ground::new();
    ground.write("tool", "#!/bin/sh\n");
    fs::set_permissions(ground.root("tool"), fs::Permissions::from_mode(0o4751)).unwrap();
    let long_ago = fs::File::options().write(true).open(ground.root("tool")).unwrap();
    long_ago.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    let what = ground.target("tool");
    let order =
        relocate::Order { what: &what, to: &place(""), how: Relocation::Copy, clash: Clash::KeepBoth };
    let copied = relocate::run(&ground.floor, &order, &throw()).unwrap();
    assert_eq!(copied.place, place("tool (2)"));
    let (like, copy) =
        (ground.open().look(&path("tool")).unwrap(), ground.open().look(&copied.place.path).unwrap());
    assert_eq!((copy.mode, copy.modified), (0o751, like.modified));
}

#[test]
fn a_hundred_thousand_entries_are_paged_and_sorted() {
    let ground = Ground::new();
    fs::create_dir(ground.root("many")).unwrap();
    let many = ground.root("many");
    for n in 0..100_000_u32 {
        rustix::fs::openat(
            rustix::fs::CWD,
            many.join(format!("file-{:05}", n.wrapping_mul(7919) % 100_000)),
            rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::CLOEXEC,
            0o600.into(),
        )
        .unwrap();
    }
    fs::write(many.join("file-77777"), [0; 5000]).unwrap();
    fs::create_dir(many.join("zoo")).unwrap();
    let opened = ground.open();
    // How long it takes is measured by benches/usage.rs.
    let first = listing::list(&opened, &path("many"), &wish(Sort::Name, 0)).unwrap();
    assert_eq!(names(&first)[..3], ["zoo", "file-00000", "file-00001"]);
    assert_eq!((first.total, first.folders), (100_001, 1));
    let last = listing::list(&opened, &path("many"), &wish(Sort::Name, u32::MAX)).unwrap();
    assert_eq!((last.page, names(&last)), (12_500, vec!["file-99999".to_owned()]));
    let largest = listing::list(&opened, &path("many"), &wish(Sort::Size, 0)).unwrap();
    assert_eq!(names(&largest)[..2], ["zoo", "file-77777"]);
}

#[test]
fn hostile_names_are_listed_and_work_as_targets() {
    let ground = Ground::new();
    let odd: [&[u8]; 7] = [
        b"two\nlines",
        b"<b>&amp;",
        "a\u{202e}b".as_bytes(),
        b"latin-\xe9\xff",
        b"-rf",
        b"100%41",
        &[b'x'; 255],
    ];
    for name in odd {
        use std::os::unix::ffi::OsStrExt;
        fs::write(ground.root("").join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    let opened = ground.open();
    let listed = listing::list(&opened, &path(""), &Wish { per_page: 20, ..wish(Sort::Name, 0) }).unwrap();
    assert_eq!(listed.entries.len(), odd.len());
    for entry in &listed.entries {
        let place = place("").join(&entry.name).unwrap();
        // As a button carries it.
        let text = serde_json::to_string(&place).unwrap();
        let back: Place = serde_json::from_str(&text).unwrap();
        let (file, found) = opened.file(&back.path).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut { file }, &mut bytes).unwrap();
        assert_eq!(bytes, entry.name.as_bytes());
        let thrown = trash::throw(&opened, &back.path, found.stamp, &throw()).unwrap();
        assert_eq!(trash::get(&opened, &thrown.id).unwrap().place, back);
        trash::restore(&opened, &thrown.id, Clash::Ask, &throw()).unwrap();
        opened.file(&back.path).unwrap();
    }
}
