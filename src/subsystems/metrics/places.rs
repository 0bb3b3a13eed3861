//! Which file systems are told of. Pure: the mount table and the config in, a list of places out.
//!
//! Without a list in the config: every real local file system, once per device, bind mounts and images left out.
//! With a list: `/` and what it names, whatever it is. At most [`PLACES_MAX`].

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::raw::{Mounted, Presence, Wanted};
use crate::kernel::mounts::Mount;

/// More would not fit on a screen, and each costs a system call per sample.
pub const PLACES_MAX: usize = 32;

/// Keep their data on a disk of this machine and answer statvfs from memory.
const LOCAL: [&str; 17] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "bcachefs", "f2fs", "jfs", "reiserfs", "nilfs2", "vfat",
    "exfat", "ntfs3", "hfsplus", "ufs", "fuseblk",
];

/// Answered by the kernel alone, though nothing is stored.
const IN_MEMORY: [&str; 5] = ["tmpfs", "devtmpfs", "ramfs", "overlay", "squashfs"];

/// What engines mount for themselves, below these.
const HIDDEN: [&str; 6] = [
    "/var/lib/docker/",
    "/var/lib/containers/",
    "/var/lib/kubelet/",
    "/var/lib/containerd/",
    "/snap/",
    "/run/",
];

/// `listed`: the config's list, `None` when it has none.
pub fn choose(mounts: &[Mount], listed: Option<&[PathBuf]>) -> Vec<Wanted> {
    let mut chosen = match listed {
        Some(paths) => named(mounts, paths),
        None => found(mounts),
    };
    chosen.truncate(PLACES_MAX);
    chosen
}

fn named(mounts: &[Mount], paths: &[PathBuf]) -> Vec<Wanted> {
    let root = PathBuf::from("/");
    let mut seen = HashSet::new();
    std::iter::once(&root)
        .chain(paths)
        .filter(|path| seen.insert(path.as_path()))
        .map(|path| Wanted {
            path: path.clone(),
            state: top(mounts, path).map_or(Presence::Missing, |mount| {
                if mount.fstype == "autofs" { Presence::Automatic } else { mounted(mounts, mount) }
            }),
            listed: true,
        })
        .collect()
}

fn found(mounts: &[Mount]) -> Vec<Wanted> {
    let mut candidates: Vec<&Mount> = mounts.iter().filter(|mount| is_told(mounts, mount)).collect();
    // The shortest path of a device is the one people know it by; the table's order decides between equals.
    candidates.sort_by_key(|mount| (mount.path.components().count(), mount.path.as_os_str().len()));
    let mut seen = HashSet::new();
    candidates.retain(|mount| seen.insert(same_storage(mount)));
    candidates.sort_by(|a, b| a.path.cmp(&b.path));
    candidates
        .into_iter()
        .map(|mount| Wanted { path: mount.path.clone(), state: mounted(mounts, mount), listed: false })
        .collect()
}

fn is_told(mounts: &[Mount], mount: &Mount) -> bool {
    if top(mounts, &mount.path).is_none_or(|visible| visible.id != mount.id) {
        return false;
    }
    if mount.path == Path::new("/") {
        return !matches!(mount.fstype.as_str(), "rootfs" | "ramfs" | "tmpfs");
    }
    let subvolume = matches!(mount.fstype.as_str(), "btrfs" | "bcachefs");
    let bound = mount.root != Path::new("/") && !subvolume;
    let hidden =
        HIDDEN.iter().any(|start| mount.path.as_os_str().as_encoded_bytes().starts_with(start.as_bytes()));
    // Looking at one below an automount keeps it from ever being unmounted.
    let automatic = above(mounts, mount).any(|mount| mount.fstype == "autofs");
    LOCAL.contains(&mount.fstype.as_str()) && !bound && !hidden && !automatic
}

/// What shares its room: a device, or a pool of ZFS whose data sets all have the same space left.
fn same_storage(mount: &Mount) -> (Option<String>, (u32, u32)) {
    if mount.fstype != "zfs" {
        return (None, mount.dev());
    }
    let pool = mount.source.to_string_lossy();
    (Some(pool.split('/').next().unwrap_or_default().to_owned()), (0, 0))
}

/// The mount that is seen at a path: the last one there.
fn top<'m>(mounts: &'m [Mount], path: &Path) -> Option<&'m Mount> {
    mounts.iter().rev().find(|mount| mount.path == path)
}

/// The mounts that a walk to this one's path goes through, and an automount covered by it.
fn above<'m>(mounts: &'m [Mount], mount: &'m Mount) -> impl Iterator<Item = &'m Mount> {
    mounts.iter().filter(|other| other.id != mount.id && mount.path.starts_with(&other.path))
}

fn mounted(mounts: &[Mount], mount: &Mount) -> Presence {
    let quick = |fstype: &str| {
        (LOCAL.contains(&fstype) || IN_MEMORY.contains(&fstype) || PSEUDO.contains(&fstype))
            && fstype != "fuseblk"
    };
    let guarded = !quick(&mount.fstype) || above(mounts, mount).any(|other| !quick(&other.fstype));
    Presence::Mounted(Mounted {
        fstype: mount.fstype.clone(),
        source: mount.source.to_string_lossy().into_owned(),
        dev: mount.dev(),
        read_only: mount.read_only || mount.super_read_only,
        stopped_writing: mount.super_read_only && !mount.read_only,
        guarded,
    })
}

/// The kernel's own, which other mounts may lie below.
const PSEUDO: [&str; 4] = ["proc", "sysfs", "rootfs", "cgroup2"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::mounts::parse;

    fn table() -> Vec<Mount> {
        parse(
            b"1 0 0:1 / / rw - rootfs rootfs rw
21 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw
22 21 8:1 / /boot/efi rw - vfat /dev/sda1 rw
23 21 0:22 / /proc rw - proc proc rw
24 21 0:23 / /dev/shm rw - tmpfs tmpfs rw
30 21 8:17 / /mnt/dre rw - ext4 /dev/sdb1 rw
31 21 8:17 /music /srv/music rw - ext4 /dev/sdb1 rw
32 21 8:33 / /srv/short rw - xfs /dev/sdc1 ro
33 21 8:33 / /srv/a/longer rw - xfs /dev/sdc1 ro
34 21 0:40 /@home /home rw - btrfs /dev/sdd1 rw
35 21 0:40 /@var /var rw - btrfs /dev/sdd1 rw
36 21 0:50 / /tank rw - zfs tank rw
37 36 0:51 / /tank/media rw - zfs tank/media rw
40 21 7:3 / /snap/core/1 ro - squashfs /dev/loop3 ro
41 21 0:60 / /mnt/nas rw - nfs4 nas:/export rw
42 41 8:49 / /mnt/nas/local rw - ext4 /dev/sde1 rw
43 21 0:70 / /mnt/ntfs rw - fuseblk /dev/sdf1 rw
44 21 0:80 / /mnt/auto rw - autofs systemd-1 rw
45 21 0:81 / /mnt/key rw - autofs systemd-1 rw
46 45 8:65 / /mnt/key rw - ext4 /dev/sdg1 rw
50 21 0:90 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
51 21 8:81 /etc/hosts /etc/hosts rw - ext4 /dev/sdh rw
52 21 0:95 / /run/user/0 rw - tmpfs tmpfs rw
",
        )
    }

    fn told(places: &[Wanted]) -> Vec<String> {
        places
            .iter()
            .map(|place| {
                let what = match &place.state {
                    Presence::Missing => "missing",
                    Presence::Automatic => "automatic",
                    Presence::Mounted(at) if at.guarded => "guarded",
                    Presence::Mounted(at) if at.stopped_writing => "stopped",
                    Presence::Mounted(_) => "ok",
                };
                format!("{} {what}", place.path.display())
            })
            .collect()
    }

    #[test]
    fn every_real_local_file_system_is_told_once() {
        assert_eq!(
            told(&choose(&table(), None)),
            [
                "/ ok",
                "/boot/efi ok",
                "/mnt/dre ok",
                "/mnt/nas/local guarded",
                "/mnt/ntfs guarded",
                "/srv/short stopped",
                "/tank ok",
                "/var ok",
            ]
        );
    }

    #[test]
    fn listed_places_are_told_whatever_they_are() {
        let list: Vec<PathBuf> =
            ["/mnt/nas", "/mnt/auto", "/mnt/key", "/mnt/gone", "/srv/music", "/dev/shm", "/"]
                .map(Into::into)
                .into();
        let places = choose(&table(), Some(&list));
        assert_eq!(
            told(&places),
            [
                "/ ok",
                "/mnt/nas guarded",
                "/mnt/auto automatic",
                "/mnt/key guarded",
                "/mnt/gone missing",
                "/srv/music ok",
                "/dev/shm ok",
            ]
        );
        assert!(places.iter().all(|place| place.listed));
    }

    #[test]
    fn a_container_s_root_is_told_though_it_is_an_overlay() {
        let mounts =
            parse(b"1 0 0:31 / / rw - overlay overlay rw\n2 1 254:0 /x /etc/hosts rw - ext4 /dev/vda rw\n");
        assert_eq!(told(&choose(&mounts, None)), ["/ ok"]);
    }

    #[test]
    fn a_thousand_mounts_stay_within_the_limit() {
        let text: String =
            (0..1000).map(|i| format!("{i} 1 9:{i} / /m/{i} rw - ext4 /dev/x{i} rw\n")).collect();
        assert_eq!(choose(&parse(text.as_bytes()), None).len(), PLACES_MAX);
    }
}
