//! The way to every file: a root is opened by its configured path, and from there on each name is opened by the kernel
//! relative to the folder before it, with no symbolic link, no magic link and no way up (openat2). No path is ever
//! compared as text to decide what may be touched; Cockpit's own folders are known by inode.
//!
//! A root is opened for each request anew: a disk that was mounted or unplugged meanwhile is seen, and none is kept
//! from being unmounted. Blocking; for the actor's threads and for jobs.

use std::{
    ffi::OsString,
    fs::File,
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStringExt,
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rustix::{
    fs::{
        AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Statx, StatxAttributes, StatxFlags, openat2,
        statx,
    },
    io::Errno,
};

use super::{config, fault::Fault};
use crate::{
    domain::{Bytes, FileName, RelPath, RootName, Stamp},
    kernel::mounts,
};

/// The trash's folder, at the top of each root.
pub const TRASH: &str = ".cockpit-trash";

pub(super) fn is_trash(name: &[u8]) -> bool {
    name == TRASH.as_bytes()
}

/// Which inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    pub dev: (u32, u32),
    pub ino: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Folder,
    File,
    Link,
    /// A device, pipe or socket: shown, never opened.
    Special(Special),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Special {
    Block,
    Char,
    Pipe,
    Socket,
    Unknown,
}

/// What the kernel says of one file without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    pub id: FileId,
    pub stamp: Stamp,
    pub kind: Kind,
    /// Apparent size.
    pub size: u64,
    /// What it takes on the disk.
    pub allocated: u64,
    pub modified: Option<Timestamp>,
    pub born: Option<Timestamp>,
    /// Permission bits, `0o7777`.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub links: u32,
    /// A filesystem is mounted here.
    pub mount_point: bool,
}

/// One configured root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub name: RootName,
    pub path: PathBuf,
    pub read_only: bool,
    sample: bool,
}

/// All roots of one config. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Roots {
    list: Arc<[Root]>,
    /// The bot's data folder.
    data: Arc<Path>,
}

/// A root's folder, opened. Everything below is reached through it.
#[derive(Debug)]
pub struct Opened {
    pub root: Root,
    top: Folder,
    guarded: Vec<FileId>,
    /// Folders that must stay where they are: Cockpit's own, the trashes, the tops of other roots.
    kept: Vec<Folder>,
}

/// An opened folder beneath a root.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    pub id: FileId,
}

/// Space of a filesystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub total: Bytes,
    /// To whoever is not root.
    pub free: Bytes,
}

impl Roots {
    pub fn new(config: &config::Config, data: &Path) -> Roots {
        let named = config.roots.iter().filter_map(|root| {
            let name = RootName::parse(&root.name).ok()?;
            Some(Root { name, path: root.path.clone(), read_only: root.read_only, sample: root.sample })
        });
        Roots { list: named.collect(), data: data.into() }
    }

    pub fn all(&self) -> &[Root] {
        &self.list
    }

    /// # Errors
    /// There is no such root, its folder is not there, or it lies within the bot's own data.
    pub fn open(&self, name: &RootName) -> Result<Opened, Fault> {
        let root = self.list.iter().find(|root| root.name == *name).ok_or(Fault::NoRoot)?;
        let top = open_top(&root.path)?;
        let (mut guarded, mut kept) = (Vec::new(), Vec::new());
        if let Ok(data) = open_top(&self.data) {
            // A sample lies in the data folder on purpose.
            if !root.sample && lies_within(&top, data.id)? {
                return Err(Fault::Guarded);
            }
            guarded.push(data.id);
            kept.push(data);
        }
        let table = if self.list.len() > 1 { mount_table() } else { Vec::new() };
        for other in self.list.iter() {
            if other.name == root.name {
                guarded.extend(trash_of(&top));
            } else if may_hang(&table, &other.path) {
                // A server that is away must not hold up this root. It is a filesystem of its own: what holds its
                // mount point is never deleted, and its trash is known by its name.
            } else if let Ok(other) = open_top(&other.path) {
                guarded.extend(trash_of(&other));
                kept.push(other);
            }
        }
        Ok(Opened { root: root.clone(), top, guarded, kept })
    }
}

pub(super) fn mount_table() -> Vec<mounts::Mount> {
    std::fs::read("/proc/self/mountinfo").map(|table| mounts::parse(&table)).unwrap_or_default()
}

/// Whether a path as configured lies on a filesystem that somebody else serves: over a network, or a program.
pub(super) fn may_hang(table: &[mounts::Mount], path: &Path) -> bool {
    const SERVED: [&str; 14] = [
        "9p", "afs", "autofs", "beegfs", "ceph", "cifs", "davfs", "fuse", "fuseblk", "gfs2", "lustre", "nfs",
        "smb3", "smbfs",
    ];
    let over = |mount: &&mounts::Mount| path.starts_with(&mount.path);
    // The longest is the nearest; of several mounted over each other the last.
    let nearest = table.iter().filter(over).max_by_key(|mount| mount.path.as_os_str().len());
    nearest.is_some_and(|mount| {
        let plain = mount.fstype.split('.').next().unwrap_or_default();
        SERVED.contains(&plain) || plain == "nfs4"
    })
}

fn trash_of(top: &Folder) -> Option<FileId> {
    let found = look_at(top.as_fd(), TRASH.as_bytes()).ok()?;
    Some(found.id)
}

/// The configured path itself may lead over links: it is the owner's word.
fn open_top(path: &Path) -> Result<Folder, Fault> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(Fault::RootAway)?;
    let id = id_of(&statx_fd(&fd).map_err(Fault::RootAway)?);
    Ok(Folder { fd, id })
}

/// Whether a folder is that one or lies in it: up to the top, as the kernel leads.
pub(super) fn lies_within(folder: &Folder, that: FileId) -> Result<bool, Fault> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut at = folder.again()?;
    loop {
        if at.id == that {
            return Ok(true);
        }
        let fd = rustix::fs::openat(&at.fd, "..", flags, Mode::empty())?;
        let id = id_of(&statx_fd(&fd)?);
        if id == at.id {
            return Ok(false);
        }
        at = Folder { fd, id };
    }
}

/// Where the kernel says it is; only for words and for the comparison with the mount table.
pub fn real_path(folder: &impl AsFd) -> PathBuf {
    use std::os::fd::AsRawFd;
    let link = format!("/proc/self/fd/{}", folder.as_fd().as_raw_fd());
    rustix::fs::readlink(link, Vec::new())
        .map(|path| PathBuf::from(OsString::from_vec(path.into_bytes())))
        .unwrap_or_default()
}

impl Opened {
    pub fn top(&self) -> &Folder {
        &self.top
    }

    /// # Errors
    /// The root is read-only by the config.
    pub fn writable(&self) -> Result<(), Fault> {
        if self.root.read_only { Err(Fault::ReadOnly) } else { Ok(()) }
    }

    /// Whether this is Cockpit's own: not to be seen. A trash is known by its name as well: a root that does not
    /// answer cannot be asked which one is its own.
    pub fn is_guarded(&self, name: &[u8], id: FileId) -> bool {
        is_trash(name) || self.guarded.contains(&id)
    }

    /// Inodes of Cockpit's own folders on this device.
    pub fn guarded_on(&self, dev: (u32, u32)) -> Vec<u64> {
        self.guarded.iter().filter(|id| id.dev == dev).map(|id| id.ino).collect()
    }

    /// Whether something lies in this folder, or is it, that must stay where it is: Cockpit's own, another root, a
    /// mounted filesystem.
    ///
    /// # Errors
    /// [`Fault::Guarded`] or [`Fault::MountPoint`] if so.
    pub fn may_go(&self, folder: &Folder) -> Result<(), Fault> {
        for kept in &self.kept {
            if lies_within(kept, folder.id)? {
                return Err(Fault::Guarded);
            }
        }
        // A mount table that cannot be read stops nothing: what is deleted never crosses into a mount anyway.
        let here = real_path(folder);
        if mount_table().iter().any(|mount| mount.path.starts_with(&here)) {
            return Err(Fault::MountPoint);
        }
        Ok(())
    }

    /// Opens a folder, name by name.
    ///
    /// # Errors
    /// A part is missing, is no folder, is a link, or is Cockpit's own.
    pub fn folder(&self, path: &RelPath) -> Result<Folder, Fault> {
        let mut at = self.top.again()?;
        for name in path.parts() {
            if is_trash(name.as_bytes()) {
                return Err(Fault::Guarded);
            }
            at = at.folder(&name)?;
            if self.guarded.contains(&at.id) {
                return Err(Fault::Guarded);
            }
        }
        Ok(at)
    }

    /// The folder that holds it, and its name there.
    ///
    /// # Errors
    /// [`Fault::IsRoot`], or as [`Opened::folder`].
    pub fn parent(&self, path: &RelPath) -> Result<(Folder, FileName), Fault> {
        let (Some(parent), Some(name)) = (path.parent(), path.name()) else { return Err(Fault::IsRoot) };
        Ok((self.folder(&parent)?, name))
    }

    /// What stands at this place; a link is not followed.
    ///
    /// # Errors
    /// As [`Opened::folder`].
    pub fn look(&self, path: &RelPath) -> Result<Meta, Fault> {
        if path.is_root() {
            return self.top.meta();
        }
        let (folder, name) = self.parent(path)?;
        let found = folder.look(&name)?;
        if self.is_guarded(name.as_bytes(), found.id) {
            return Err(Fault::Guarded);
        }
        Ok(found)
    }

    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// [`Fault::NotFile`] for everything that is none; else as [`Opened::folder`].
    pub fn file(&self, path: &RelPath) -> Result<(File, Meta), Fault> {
        let (folder, name) = self.parent(path)?;
        folder.file(&name)
    }

    /// What a link says, and the place it leads to if that lies beneath this root.
    ///
    /// # Errors
    /// It is no link, or as [`Opened::folder`].
    pub fn link(&self, path: &RelPath) -> Result<(Vec<u8>, Option<RelPath>), Fault> {
        let (folder, name) = self.parent(path)?;
        let says = rustix::fs::readlinkat(&folder.fd, name.as_bytes(), Vec::new())?.into_bytes();
        // Followed by the kernel, beneath the root only, and opened as a mere name. What comes out of it is a path
        // that is opened name by name again.
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let target = openat2(&self.top.fd, path.as_bytes(), flags, Mode::empty(), resolve).ok();
        let beneath = target.and_then(|target| {
            let (target, top) = (real_path(&target), real_path(&self.top));
            let below = target.strip_prefix(top).ok()?;
            RelPath::new(below.as_os_str().as_encoded_bytes()).ok()
        });
        Ok((says, beneath))
    }
}

impl Folder {
    /// A second handle on the same folder, with a reading position of its own.
    ///
    /// # Errors
    /// It may not be read (any more).
    pub fn again(&self) -> Result<Folder, Fault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Folder { fd: openat2(&self.fd, ".", flags, Mode::empty(), ResolveFlags::BENEATH)?, id: self.id })
    }

    /// # Errors
    /// It is missing, a link, or no folder.
    pub fn folder(&self, name: &FileName) -> Result<Folder, Fault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match open_one(&self.fd, name, flags) {
            // A link is no folder either; told apart for the words only.
            Err(Errno::NOTDIR) if self.look(name).is_ok_and(|found| found.kind == Kind::Link) => {
                return Err(Fault::Link);
            }
            other => other?,
        };
        let id = id_of(&statx_fd(&fd)?);
        Ok(Folder { fd, id })
    }

    /// What stands under this name; a link is not followed.
    ///
    /// # Errors
    /// It is missing.
    pub fn look(&self, name: &FileName) -> Result<Meta, Fault> {
        Ok(look_at(self.fd.as_fd(), name.as_bytes())?)
    }

    /// # Errors
    /// As `statx(2)`.
    pub fn meta(&self) -> Result<Meta, Fault> {
        Ok(meta(&statx_fd(&self.fd)?))
    }

    /// Opens a regular file for reading. It is first held by name only and looked at; what is no regular file is never
    /// opened, whatever takes its name in between.
    ///
    /// # Errors
    /// It is missing, or [`Fault::NotFile`].
    pub fn file(&self, name: &FileName) -> Result<(File, Meta), Fault> {
        let held = open_one(&self.fd, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC)?;
        let found = meta(&statx_fd(&held)?);
        match found.kind {
            Kind::File => {}
            Kind::Link => return Err(Fault::Link),
            Kind::Folder | Kind::Special(_) => return Err(Fault::NotFile),
        }
        Ok((reopen(&held)?, found))
    }

    /// Makes a new file of this name, to be written; for its owner only until somebody says otherwise.
    ///
    /// # Errors
    /// [`Fault::Exists`], whatever it is that has the name.
    pub fn create(&self, name: &FileName) -> Result<File, Fault> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        Ok(File::from(openat2(&self.fd, name.as_bytes(), flags, Mode::from_raw_mode(0o600), resolve)?))
    }

    /// All names in it, in no order.
    ///
    /// # Errors
    /// As `getdents(2)`.
    pub fn names(&self) -> Result<Vec<FileName>, Fault> {
        let reading = self.again()?;
        let mut buffer = vec![MaybeUninit::uninit(); 32 << 10];
        let mut entries = RawDir::new(&reading, &mut buffer);
        let mut names = Vec::new();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => names.extend(FileName::new(entry.file_name().to_bytes())),
                // The folder was removed while it was read.
                Err(Errno::NOENT) => break,
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(names)
    }

    pub fn space(&self) -> Option<Space> {
        let told = rustix::fs::fstatvfs(&self.fd).ok()?;
        let bytes = |blocks: u64| Bytes(blocks.saturating_mul(told.f_frsize));
        Some(Space { total: bytes(told.f_blocks), free: bytes(told.f_bavail) })
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The very inode that is held, opened for reading.
fn reopen(held: &OwnedFd) -> Result<File, Errno> {
    use std::os::fd::AsRawFd;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    rustix::fs::open(format!("/proc/self/fd/{}", held.as_raw_fd()), flags, Mode::empty()).map(File::from)
}

/// One name below an opened folder.
fn open_one(folder: &OwnedFd, name: &FileName, flags: OFlags) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    openat2(folder, name.as_bytes(), flags, Mode::empty(), resolve)
}

fn statx_fd(fd: &OwnedFd) -> Result<Statx, Errno> {
    statx(fd, "", AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC, WANTED)
}

pub(super) fn look_at(folder: BorrowedFd<'_>, name: &[u8]) -> Result<Meta, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
    Ok(meta(&statx(folder, name, flags, WANTED)?))
}

const WANTED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::BTIME);

fn id_of(found: &Statx) -> FileId {
    FileId { dev: (found.stx_dev_major, found.stx_dev_minor), ino: found.stx_ino }
}

fn meta(found: &Statx) -> Meta {
    let time =
        |t: rustix::fs::StatxTimestamp| Timestamp::new(t.tv_sec, i32::try_from(t.tv_nsec).unwrap_or(0)).ok();
    let has_birth = StatxFlags::from_bits_retain(found.stx_mask).contains(StatxFlags::BTIME);
    let id = id_of(found);
    let birth = if has_birth { (found.stx_btime.tv_sec, found.stx_btime.tv_nsec) } else { (0, 0) };
    Meta {
        id,
        stamp: stamp(id, birth),
        kind: match FileType::from_raw_mode(found.stx_mode.into()) {
            FileType::Directory => Kind::Folder,
            FileType::RegularFile => Kind::File,
            FileType::Symlink => Kind::Link,
            FileType::BlockDevice => Kind::Special(Special::Block),
            FileType::CharacterDevice => Kind::Special(Special::Char),
            FileType::Fifo => Kind::Special(Special::Pipe),
            FileType::Socket => Kind::Special(Special::Socket),
            FileType::Unknown => Kind::Special(Special::Unknown),
        },
        size: found.stx_size,
        allocated: found.stx_blocks * 512,
        modified: time(found.stx_mtime),
        born: has_birth.then(|| time(found.stx_btime)).flatten(),
        mode: u32::from(found.stx_mode) & 0o7777,
        uid: found.stx_uid,
        gid: found.stx_gid,
        links: found.stx_nlink,
        mount_point: found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT),
    }
}

/// FNV-1a over what does not change in a file's life. 48 bits: short in a button, and an accident is one in 10^14.
fn stamp(id: FileId, birth: (i64, u32)) -> Stamp {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let words =
        [u64::from(id.dev.0) << 32 | u64::from(id.dev.1), id.ino, birth.0.cast_unsigned(), birth.1.into()];
    for byte in words.iter().flat_map(|word| word.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Stamp(hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_that_a_server_or_program_serves_are_known_without_asking_them() {
        let table = mounts::parse(
            b"29 1 0:26 / / rw - ext4 /dev/sda1 rw
40 29 0:50 / /srv/nas rw - nfs4 nas:/export rw
41 29 0:51 / /srv/phone rw - fuse.sshfs phone: rw
42 40 8:17 / /srv/nas/stick rw - vfat /dev/sdb1 rw
",
        );
        for (path, want) in [
            ("/srv", false),
            ("/srv/nas", true),
            ("/srv/nas/films", true),
            ("/srv/nas2", false),
            ("/srv/nas/stick/x", false),
            ("/srv/phone/DCIM", true),
        ] {
            assert_eq!(may_hang(&table, Path::new(path)), want, "{path}");
        }
        assert!(!may_hang(&[], Path::new("/srv")), "an unknown table hides nothing");
    }
}
