//! Folders and files as the kernel gives them: each name is opened relative to the folder before it, with no symbolic
//! link, no magic link and no way up (openat2). Devices, pipes and sockets are looked at, never opened. Blocking.

use std::{
    ffi::OsString,
    fs::File,
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStringExt,
    },
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rustix::{
    fs::{
        AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Statx, StatxAttributes, StatxFlags, openat2,
        statx,
    },
    io::Errno,
};

use super::fault::Fault;
use crate::domain::{Bytes, FileName, Stamp};

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

impl Folder {
    /// A root's own folder. The configured path may lead over links: it is the owner's word.
    ///
    /// # Errors
    /// [`Fault::RootAway`].
    pub fn top(path: &Path) -> Result<Folder, Fault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(Fault::RootAway)?;
        let id = id_of(&statx_fd(&fd).map_err(Fault::RootAway)?);
        Ok(Folder { fd, id })
    }

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
