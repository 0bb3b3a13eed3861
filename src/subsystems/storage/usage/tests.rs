use std::{
    fs::{self, File},
    os::fd::AsFd,
    path::Path,
    sync::atomic::Ordering,
};

use super::*;

fn run(root: &Path) -> Report {
    let folder = File::open(root).unwrap();
    scan(folder.as_fd(), Options::default(), &Progress::default()).unwrap()
}

/// As `du -s -x -B1` counts.
fn du(root: &Path) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a test asks the real du")]
    let out = std::process::Command::new("du").args(["-s", "-x", "-B1"]).arg(root).output().ok()?;
    String::from_utf8(out.stdout).ok()?.split_whitespace().next()?.parse().ok()
}

fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let at = |path: &str| dir.path().join(path);
    fs::create_dir_all(at("photos/2019")).unwrap();
    fs::create_dir_all(at("empty/deep/deeper")).unwrap();
    for n in 0..50 {
        fs::write(at(&format!("photos/2019/IMG_{n}.JPG")), vec![1u8; 10_000 + n * 1000]).unwrap();
    }
    fs::write(at("big.iso"), vec![7u8; 3 << 20]).unwrap();
    fs::hard_link(at("big.iso"), at("photos/same.iso")).unwrap();
    std::os::unix::fs::symlink("/", at("photos/whole-machine")).unwrap();
    fs::write(at("name\nwith <b>everything<b> \u{202e}\u{1F980}"), b"x").unwrap();
    dir
}

#[test]
fn the_sum_is_what_du_says_and_hard_links_count_once() {
    let dir = sample();
    let report = run(dir.path());
    assert_eq!(report.files, 53, "50 photos, one of two links, the symbolic link itself, the strange name");
    assert_eq!(report.folders, 6);
    assert_eq!((report.unreadable, report.other_filesystems, report.partial), (0, 0, false));
    match du(dir.path()) {
        Some(du) => assert_eq!(report.bytes, du),
        None => eprintln!("skipped: no du on this machine"),
    }
}

#[test]
fn folders_are_ranked_found_and_named() {
    let dir = sample();
    let report = run(dir.path());
    let top: Vec<_> = report.children(FolderId::ROOT).into_iter().map(|child| child.name).collect();
    assert_eq!(top, ["photos", "empty"]);
    let year = report.find(Path::new("photos/2019")).unwrap();
    assert_eq!(report.path(year), Path::new("photos/2019"));
    assert_eq!(report.sums(year).unwrap().1, 50);
    assert_eq!(report.parent(year).map(|id| report.path(id)), Some("photos".into()));
    assert_eq!(report.parent(FolderId::ROOT), None);
    assert_eq!(report.find(Path::new("photos/1999")), None);
    assert_eq!(
        &*report.largest[0].name,
        if report.largest[0].folder == FolderId::ROOT { &b"big.iso"[..] } else { b"same.iso" }
    );
    let kinds: Vec<_> = report.kinds.iter().map(|kind| (kind.ending.as_str(), kind.files)).collect();
    assert_eq!(kinds[..2], [("iso", 1), ("jpg", 50)]);
}

#[test]
fn a_cancelled_walk_ends_and_says_so() {
    let dir = sample();
    let progress = Progress::default();
    progress.cancel.store(true, Ordering::Relaxed);
    let folder = File::open(dir.path()).unwrap();
    let report = scan(folder.as_fd(), Options::default(), &progress).unwrap();
    assert!(report.partial);
    assert!(report.folders < 6 || report.files < 53);
}

#[test]
fn one_thread_or_many_count_the_same() {
    let dir = sample();
    let folder = File::open(dir.path()).unwrap();
    for threads in [1, 2, 8] {
        let report =
            scan(folder.as_fd(), Options { threads, own: Vec::new() }, &Progress::default()).unwrap();
        assert_eq!((report.files, report.folders), (53, 6), "{threads} threads");
    }
}

#[test]
fn folders_vanishing_under_the_walk_are_survived() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..400 {
        fs::create_dir_all(dir.path().join(format!("d{n}/e"))).unwrap();
        fs::write(dir.path().join(format!("d{n}/e/f")), b"x").unwrap();
    }
    let root = dir.path().to_owned();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for n in 0..400 {
                let _ = fs::remove_dir_all(root.join(format!("d{n}")));
            }
        });
        for _ in 0..20 {
            let report = run(dir.path());
            assert_eq!(report.unreadable, 0, "vanished is not unreadable");
        }
    });
}

#[test]
fn a_mount_point_is_not_entered() {
    // /proc is another filesystem on every Linux this runs on; only the counting of the border is looked at.
    let Ok(folder) = File::open("/") else { return eprintln!("skipped: / is not readable") };
    let progress = Progress::default();
    std::thread::scope(|scope| {
        let walk = scope.spawn(|| scan(folder.as_fd(), Options::default(), &progress).unwrap());
        while progress.folders.load(Ordering::Relaxed) < 200 && !walk.is_finished() {
            std::thread::yield_now();
        }
        progress.cancel.store(true, Ordering::Relaxed);
        let report = walk.join().unwrap();
        assert!(report.find(Path::new("proc/self")).is_none());
    });
}

#[test]
fn what_is_cockpits_own_is_counted_and_nothing_of_its_inside_is_named() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().unwrap();
    for (at, bytes) in [("photos/a.jpg", 20_000), (".cockpit-trash/1/item/secret.jpg", 90_000)] {
        fs::create_dir_all(dir.path().join(at).parent().unwrap()).unwrap();
        fs::write(dir.path().join(at), vec![1; bytes]).unwrap();
    }
    let trash = dir.path().join(".cockpit-trash");
    let options = Options { own: vec![fs::metadata(&trash).unwrap().ino()], ..Options::default() };
    let folder = fs::File::open(dir.path()).unwrap();
    let report = scan(folder.as_fd(), options, &Progress::default()).unwrap();
    assert_eq!(Some(report.bytes), du(dir.path()).or(Some(report.bytes)), "counted as du counts");
    let digest = Digest::of(&report, jiff::Timestamp::UNIX_EPOCH, std::time::Duration::ZERO);
    let names: Vec<_> = digest.nodes.iter().map(|node| String::from_utf8_lossy(&node.name)).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let own = digest.find(b".cockpit-trash").unwrap();
    assert!(digest.is_own(own) && !digest.is_own(digest.find(b"photos").unwrap()));
    assert_eq!(digest.trashed(0), digest.nodes[own].bytes);
    assert_eq!(Some(digest.trashed(0)), du(&trash).or(Some(digest.trashed(0))));
    let listed: Vec<_> = digest.largest.iter().map(|file| file.path.clone()).collect();
    assert_eq!(listed, [b"photos/a.jpg".to_vec()]);
}
