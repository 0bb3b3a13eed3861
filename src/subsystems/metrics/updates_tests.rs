//! Versions as dpkg orders them, and counts over folders like apt's.

use super::*;

#[test]
fn versions_are_ordered_as_dpkg_does() {
    use Ordering::{Equal, Greater, Less};
    for (a, b, want) in [
        ("1.0", "1.0", Equal),
        ("1.0", "1.1", Less),
        ("1.9", "1.10", Less),
        ("1:1.0", "2.0", Greater),
        ("1.0~rc1", "1.0", Less),
        ("1.0~rc1-1", "1.0-1", Less),
        ("1.0-1", "1.0-1+deb12u1", Less),
        ("1.0-1~bpo12+1", "1.0-1", Less),
        ("1.0a", "1.0+", Less),
        ("1.0.0", "1.0-0", Greater),
        ("2.36-9+deb12u8", "2.36-9+deb12u10", Less),
        ("252.38-1~deb12u1", "252.36-1~deb12u1", Greater),
        ("1.001", "1.1", Equal),
        ("0:1.0", "1.0", Equal),
        ("7.88.1-10+deb12u14", "7.88.1-10+deb12u5", Greater),
    ] {
        assert_eq!(compare(a, b), want, "{a} {b}");
        assert_eq!(compare(b, a), want.reverse(), "{b} {a}");
    }
}

/// Against the program whose order it is, where there is one.
#[test]
fn dpkg_agrees() {
    let pairs =
        [("1.0~~", "1.0~"), ("1.2-3", "1.2-3.1"), ("2:0", "1:9"), ("1.0-1", "1.0-1ubuntu1"), ("9a", "9b")];
    for (a, b) in pairs {
        #[expect(clippy::disallowed_methods, reason = "the test's own child, without a shell")]
        let asked = std::process::Command::new("dpkg").args(["--compare-versions", a, "lt", b]).status();
        let Ok(status) = asked else {
            println!("skipped: no dpkg here");
            return;
        };
        assert_eq!(compare(a, b) == Ordering::Less, status.success(), "{a} {b}");
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

const STATUS: &str = "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.88.1-10+deb12u5\n\
    Description: x\n more text: with a colon\n\n\
    Package: held\nStatus: hold ok installed\nArchitecture: all\nVersion: 1\n\n\
    Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n\
    Package: fresh\nStatus: install ok installed\nArchitecture: all\nVersion: 3\n\n\
    Package: two\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n\
    Package: two\nStatus: install ok installed\nArchitecture: i386\nVersion: 1\n";
const MAIN: &str = "Package: held\nArchitecture: all\nVersion: 2\n\nPackage: gone\nArchitecture: all\nVersion: 2\n\n\
    Package: fresh\nArchitecture: all\nVersion: 3\n\nPackage: two\nArchitecture: amd64\nVersion: 2\n\n\
    Package: other\nArchitecture: amd64\nVersion: 9";
const SECURITY: &str = "Package: curl\nVersion: 7.88.1-10+deb12u14\nArchitecture: amd64\n";
const LISTS: &str = "var/lib/apt/lists";

fn debian() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "var/lib/dpkg/status", STATUS);
    let list =
        |suite: &str| format!("{LISTS}/deb.debian.org_debian_dists_{suite}_main_binary-amd64_Packages");
    write(root.path(), &list("bookworm"), MAIN);
    write(root.path(), &list("bookworm-security"), SECURITY);
    let later = "Package: fresh\nArchitecture: all\nVersion: 99\n";
    write(root.path(), &list("bookworm-backports"), later);
    let release = format!("{LISTS}/deb.debian.org_debian_dists_bookworm-backports_InRelease");
    write(root.path(), &release, "Origin: Debian Backports\nNotAutomatic: yes\n");
    root
}

fn counted(root: &Path) -> Option<(usize, usize)> {
    Counted::default().look(root).map(|updates| (updates.pending, updates.security))
}

#[test]
fn what_is_newer_in_apts_lists_is_counted() {
    let root = debian();
    assert_eq!(counted(root.path()), Some((2, 1)));
    let mut kept = Counted::default();
    assert!(kept.look(root.path()).unwrap().as_of.is_some());
    write(root.path(), "var/lib/dpkg/status", &STATUS.replace("7.88.1-10+deb12u5", "7.88.1-10+deb12u14"));
    // The file's time must differ, whatever the clock's grain.
    let status = File::options().write(true).open(root.path().join("var/lib/dpkg/status")).unwrap();
    status.set_modified((Timestamp::now() + jiff::SignedDuration::from_secs(5)).into()).unwrap();
    assert_eq!(kept.look(root.path()).map(|updates| (updates.pending, updates.security)), Some((1, 0)));
}

#[test]
fn ubuntus_own_count_comes_first() {
    let root = debian();
    let says = "\n12 updates can be applied immediately.\n3 of these updates are standard security updates.\nTo see these additional updates run: apt list --upgradable\n";
    write(root.path(), "var/lib/update-notifier/updates-available", says);
    assert_eq!(counted(root.path()), Some((12, 3)));
    assert_eq!(told("0 updates can be applied immediately.\n"), Some((0, 0)));
    assert_eq!(told("7 packages can be updated.\n2 updates are security updates.\n"), Some((7, 2)));
    assert_eq!(told("Something else"), None);
}

#[test]
fn what_cannot_be_counted_is_unknown_and_not_none() {
    assert_eq!(counted(tempfile::tempdir().unwrap().path()), None);
    let pinned = debian();
    write(
        pinned.path(),
        "etc/apt/preferences.d/mine",
        "Package: *\nPin: release a=testing\nPin-Priority: 900\n",
    );
    assert_eq!(counted(pinned.path()), None);
    let forbidden = debian();
    write(forbidden.path(), "etc/apt/preferences.d/no", "Package: x\nPin: release *\nPin-Priority: -10\n");
    assert_eq!(counted(forbidden.path()), Some((2, 1)));
    let packed = debian();
    write(packed.path(), &format!("{LISTS}/mirror_dists_x_main_binary-amd64_Packages.xz"), "?");
    assert_eq!(counted(packed.path()), None);
}
