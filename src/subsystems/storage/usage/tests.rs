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
