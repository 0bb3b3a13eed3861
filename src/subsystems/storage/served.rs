//! Folders that somebody else serves, over a network or from a program: whoever asks them may wait for ever. Told from
//! the mount table and from links that lie outside of them; what is served itself is never asked.

use std::{
    collections::VecDeque,
    ffi::OsString,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Component, Path, PathBuf},
};

use rustix::io::Errno;

use crate::kernel::mounts::{self, Mount};

/// By their name in the table, without what stands after a dot.
const SERVED: [&str; 20] = [
    "9p", "afs", "autofs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse", "fuseblk", "gfs2", "lustre",
    "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "vboxsf", "virtiofs",
];
/// As many links as the kernel follows.
const LINKS_MAX: usize = 40;

pub fn mount_table() -> Vec<Mount> {
    std::fs::read("/proc/self/mountinfo").map(|table| mounts::parse(&table)).unwrap_or_default()
}

/// Whether a path as configured leads to, or over, a filesystem that is served. Blocking, on local disks only.
pub fn may_hang(table: &[Mount], path: &Path) -> bool {
    leads_over_served(table, path, |at| {
        rustix::fs::readlink(at, Vec::new()).map(|link| OsString::from_vec(link.into_bytes()).into())
    })
}

/// Name by name, as the kernel would go, but never a step into what is served.
fn leads_over_served(
    table: &[Mount],
    path: &Path,
    read_link: impl Fn(&Path) -> Result<PathBuf, Errno>,
) -> bool {
    let names = |path: &Path| -> Vec<OsString> {
        path.components().map(|part| part.as_os_str().to_owned()).collect()
    };
    let (mut at, mut ahead, mut links) = (PathBuf::from("/"), VecDeque::from(names(path)), 0);
    while let Some(name) = ahead.pop_front() {
        match Path::new(&name).components().next() {
            Some(Component::RootDir) => at = PathBuf::from("/"),
            Some(Component::ParentDir) => drop(at.pop()),
            Some(Component::Normal(name)) => {
                at.push(name);
                if is_served(table, &at) {
                    return true;
                }
                // Not a link, or not there.
                let Ok(to) = read_link(&at) else { continue };
                links += 1;
                if links > LINKS_MAX {
                    return false;
                }
                at.pop();
                names(&to).into_iter().rev().for_each(|name| ahead.push_front(name));
            }
            Some(Component::CurDir | Component::Prefix(_)) | None => {}
        }
    }
    false
}

/// Whether the nearest mount over this path, which holds no link, is served.
fn is_served(table: &[Mount], path: &Path) -> bool {
    let over = |mount: &&Mount| path.starts_with(&mount.path);
    // The longest is the nearest; of several mounted over each other the last.
    let nearest = table.iter().filter(over).max_by_key(|mount| mount.path.as_os_str().as_bytes().len());
    nearest.is_some_and(|mount| SERVED.contains(&mount.fstype.split('.').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_or_program_serves_is_known_without_asking_it() {
        let table = mounts::parse(
            b"29 1 0:26 / / rw - ext4 /dev/sda1 rw
40 29 0:50 / /srv/nas rw - nfs4 nas:/export rw
41 29 0:51 / /srv/phone rw - fuse.sshfs phone: rw
42 40 8:17 / /srv/nas/stick rw - vfat /dev/sdb1 rw
43 29 8:33 / /srv/disk rw - ext4 /dev/sdc1 rw
",
        );
        let links = [
            ("/mnt/films", "../srv/nas/films"),
            ("/mnt/all", "/srv"),
            ("/mnt/over", "films/../../disk"),
            ("/mnt/disk", "/srv/disk/deep"),
            ("/mnt/loop", "loop"),
            ("/srv/nas/local", "/srv/disk"),
        ];
        let read_link = |at: &Path| {
            assert!(!at.starts_with("/srv/nas") && !at.starts_with("/srv/phone"), "asked {at:?}");
            let link = links.iter().find(|(link, _)| at == Path::new(link));
            link.map(|(_, to)| PathBuf::from(to)).ok_or(Errno::INVAL)
        };
        for (path, want) in [
            ("/srv", false),
            ("/srv/nas", true),
            ("/srv/nas/films", true),
            ("/srv/nas2", false),
            // The disk is local, the way to it is not.
            ("/srv/nas/stick/x", true),
            ("/srv/nas/local", true),
            ("/srv/phone/DCIM", true),
            ("/srv/phone/../disk", true),
            ("/srv/disk", false),
            ("/mnt/films", true),
            ("/mnt/films/1999", true),
            ("/mnt/all", false),
            ("/mnt/all/nas", true),
            ("/mnt/all/./disk", false),
            ("/mnt/over", true),
            ("/mnt/disk/x", false),
            ("/mnt/loop/nas", false),
        ] {
            assert_eq!(leads_over_served(&table, Path::new(path), read_link), want, "{path}");
        }
        assert!(!leads_over_served(&[], Path::new("/srv"), read_link), "an unknown table hides nothing");
    }
}
