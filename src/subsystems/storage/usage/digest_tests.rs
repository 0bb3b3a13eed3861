use std::{
    fs::{self, File},
    os::fd::AsFd,
    path::Path,
};

use super::*;
use crate::subsystems::storage::usage::{
    Options, Progress, packed,
    report::{Arena, FolderId},
    scan,
};

const NOW: Timestamp = Timestamp::constant(1_748_736_000, 0);

fn digest(root: &Path) -> Digest {
    let folder = File::open(root).unwrap();
    let report = scan(folder.as_fd(), Options::default(), &Progress::default()).unwrap();
    Digest::of(&report, NOW, Duration::from_millis(12))
}

/// (parent, name, own bytes, own files), the scanned folder first.
fn report(folders: &[(u32, &str, u64, u32)]) -> Report {
    let mut arena = Arena::default();
    for (parent, name, bytes, files) in folders {
        let id = arena.add(*parent, name.as_bytes()).unwrap() as usize;
        arena.folders[id].bytes = *bytes;
        arena.folders[id].files = *files;
    }
    Report::new(arena, Vec::new(), Vec::new(), Vec::new(), 0, Vec::new(), 0, false)
}

fn of(folders: &[(u32, &str, u64, u32)]) -> Digest {
    Digest::of(&report(folders), NOW, Duration::ZERO)
}

fn names(digest: &Digest, of: usize) -> Vec<String> {
    digest.children(of).into_iter().map(|at| String::from_utf8_lossy(&digest.nodes[at].name).into()).collect()
}

#[test]
fn a_tree_is_walked_from_what_was_kept() {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in
        [("a/x/one.iso", 900_000), ("a/two.bin", 100_000), ("b/three.txt", 300_000), ("four", 10)]
    {
        fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
        fs::write(dir.path().join(path), vec![7u8; bytes]).unwrap();
    }
    let digest = digest(dir.path());
    assert_eq!(names(&digest, 0), ["a", "b"]);
    let x = digest.find(b"a/x").unwrap();
    assert_eq!(digest.path(x), b"a/x");
    assert_eq!(digest.nodes[x].files, 1);
    assert_eq!(digest.nodes[0].bytes, digest.bytes);
    let of_children: u64 = digest.children(0).into_iter().map(|at| digest.nodes[at].bytes).sum();
    assert_eq!(digest.nodes[0].loose, digest.bytes - of_children);
    assert_eq!(digest.find(b"a/y"), None);
    assert_eq!(digest.largest[0].path, b"a/x/one.iso");
    assert_eq!(digest.inside(b"a", b"a/x/one.iso"), Some(&b"x/one.iso"[..]));
    assert_eq!(digest.inside(b"a", b"ab/one.iso"), None);
    assert_eq!(digest.inside(b"", b"four"), Some(&b"four"[..]));
}

#[test]
fn of_a_great_many_folders_the_small_ones_are_counted_where_they_lie() {
    let mut folders = vec![(0, "", 0, 0), (0, "deep", 5, 1)];
    let names: Vec<String> = (0..10_000).map(|n| format!("d{n}")).collect();
    folders.extend(names.iter().enumerate().map(|(n, name)| (1, name.as_str(), n as u64, 1)));
    let digest = of(&folders);
    assert!(digest.nodes.len() <= FOLDERS_KEPT_MAX, "{}", digest.nodes.len());
    let deep = &digest.nodes[1];
    assert_eq!(deep.left_out as usize + digest.nodes.len() - 2, 10_000);
    assert_eq!((deep.bytes, deep.files), (5 + (0..10_000u64).sum::<u64>(), 10_001));
    let kept: u64 = digest.nodes[2..].iter().map(|node| node.bytes).sum();
    assert_eq!(deep.loose, deep.bytes - kept);
    assert!(digest.nodes[2..].iter().all(|node| node.bytes > digest.cut_bytes));

    let empty: Vec<_> =
        std::iter::once((0, "", 9, 1)).chain(names.iter().map(|n| (0, n.as_str(), 0, 0))).collect();
    assert_eq!(of(&empty).nodes.len(), 1, "folders that take nothing are left out too");
}

#[test]
fn what_grew_is_told_once_and_where_it_lies() {
    let before = of(&[(0, "", 10, 1), (0, "a", 100, 1), (1, "b", 1000, 1), (0, "gone", 7, 1)]);
    let now =
        of(&[(0, "", 10, 1), (0, "a", 100, 1), (1, "b", 1500, 2), (0, "new", 40, 1), (3, "inner", 60, 1)]);
    let told: Vec<_> = now
        .grown_since(&before)
        .into_iter()
        .map(|growth| (String::from_utf8(now.path(growth.node)).unwrap(), growth.bytes, growth.new))
        .collect();
    assert_eq!(told, [("a/b".into(), 500, false), ("new".into(), 100, true)]);
    assert_eq!(now.grown_since(&now), []);
}

#[test]
fn a_folder_that_may_have_been_there_before_grew_by_at_least_so_much() {
    let names: Vec<String> = (0..6000).map(|n| format!("d{n}")).collect();
    let tree = |odd: u64| -> Vec<(u32, &str, u64, u32)> {
        let folder = |(n, name)| (0, name, if n == 0 { odd } else { 100 + n as u64 }, 1);
        std::iter::once((0, "", 1, 1))
            .chain(names.iter().map(String::as_str).enumerate().map(folder))
            .collect()
    };
    let (before, now) = (of(&tree(3)), of(&tree(1_000_000)));
    assert_eq!(before.find(b"d0"), None, "too small to be kept");
    let grown = now.grown_since(&before);
    assert_eq!(grown.len(), 1, "{grown:?}");
    assert_eq!((grown[0].bytes, grown[0].at_least), (1_000_000 - before.cut_bytes, true));
    // The other way round nothing grew.
    assert_eq!(before.grown_since(&now), []);
}

#[test]
fn a_digest_comes_back_from_the_store_as_it_was_and_rubbish_does_not() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("a\nb/c")).unwrap();
    fs::write(dir.path().join("a\nb/c/x.mp4"), vec![1; 50_000]).unwrap();
    let digest = digest(dir.path());
    let packed = packed::pack(&digest).unwrap();
    assert_eq!(packed::unpack(&packed), Some(digest));
    for length in 0..packed.len() {
        assert_eq!(packed::unpack(&packed[..length]), None, "{length}");
    }
    assert_eq!(packed::unpack(b"something else"), None);
}

#[test]
fn a_report_of_one_file_names_its_place() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("top"), b"x").unwrap();
    let folder = File::open(dir.path()).unwrap();
    let report = scan(folder.as_fd(), Options::default(), &Progress::default()).unwrap();
    assert_eq!(report.largest[0].folder, FolderId::ROOT);
    assert_eq!(Digest::of(&report, NOW, Duration::ZERO).largest[0].path, b"top");
}
