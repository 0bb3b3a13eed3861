//! One file on its way into a folder: written where nobody sees it, complete on the disk before it gets its name, and
//! never in another file's place. What is not finished leaves nothing behind.
//!
//! Linux' nameless files (O_TMPFILE) where the filesystem has them: these vanish by themselves even if the machine
//! dies. Elsewhere a hidden name of Cockpit's own. Blocking, but for the writing.

use std::{
    fs::File,
    io::Write,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};

use rustix::{
    fs::{AtFlags, FallocateFlags, Mode, OFlags, RenameFlags, ResolveFlags, openat2},
    io::Errno,
};

use crate::{
    domain::FileName,
    subsystems::storage::{Fault, parts::Part},
};

/// "a.txt", "a (2).txt" and so on, until one is free; more of one name is no accident.
const NUMBERS_MAX: u32 = 999;
/// Readable to all while it is written to nobody but its owner.
const FINAL_MODE: u32 = 0o644;
const WRITING_MODE: u32 = 0o600;

/// A file being written.
#[derive(Debug)]
pub struct Landing {
    folder: OwnedFd,
    file: File,
    /// The hidden name, where there has to be one.
    hidden: Option<Part>,
}

/// What a folder's filesystem cannot do, so that tests can be of the one that cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lacks {
    pub nameless: bool,
    pub rename_noreplace: bool,
}

impl Landing {
    /// `hidden` gives the name that it has until it is whole, where the filesystem has no nameless files.
    ///
    /// # Errors
    /// As the kernel says; the folder is the caller's, opened beneath its root.
    pub fn begin(
        folder: &impl AsFd,
        hidden: impl FnOnce() -> Result<Part, Fault>,
        lacks: Lacks,
    ) -> Result<Landing, Fault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat2(folder, ".", flags, Mode::empty(), ResolveFlags::BENEATH)?;
        if !lacks.nameless {
            let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            match rustix::fs::openat(&folder, ".", flags, Mode::from_raw_mode(WRITING_MODE)) {
                Ok(file) => return Ok(Landing { folder, file: file.into(), hidden: None }),
                // Not to be had here, each filesystem with its own word for it.
                Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        let part = hidden()?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::RDWR | OFlags::CLOEXEC;
        let name = part.name.as_bytes();
        let file = rustix::fs::openat(&folder, name, flags, Mode::from_raw_mode(WRITING_MODE))?;
        Ok(Landing { folder, file: file.into(), hidden: Some(part) })
    }

    /// Takes the room on the disk at once, where the filesystem can: better now than in the middle.
    ///
    /// # Errors
    /// There is not so much room.
    pub fn reserve(&self, bytes: u64) -> Result<(), Errno> {
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, 0, bytes) {
            Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(errno),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// # Errors
    /// As the kernel says: a full disk above all.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Onto the disk, and then under its name, or under the next free number of it; which, is the answer.
    ///
    /// # Errors
    /// As the kernel says; nothing is left behind then.
    pub fn finish(mut self, name: &FileName, lacks: Lacks) -> Result<FileName, Errno> {
        self.as_if_the_owner_had();
        rustix::fs::fsync(&self.file)?;
        let mut number = 1;
        let placed = loop {
            let tried = if number == 1 { name.clone() } else { name.numbered(number) };
            match self.place(&tried, lacks) {
                Ok(()) => break tried,
                Err(Errno::EXIST) if number < NUMBERS_MAX => number += 1,
                Err(errno) => return Err(errno),
            }
        };
        self.hidden = None;
        // The name itself, too. Some filesystems cannot, and then have done so.
        let _ = rustix::fs::fsync(&self.folder);
        Ok(placed)
    }

    /// Readable as files are, and of the folder's owner where we may give it away: what root's Cockpit puts into a
    /// home belongs to whose home it is.
    fn as_if_the_owner_had(&self) {
        let _ = rustix::fs::fchmod(&self.file, Mode::from_raw_mode(FINAL_MODE));
        if rustix::process::geteuid().is_root()
            && let Ok(folder) = rustix::fs::fstat(&self.folder)
        {
            let (owner, group) =
                (rustix::fs::Uid::from_raw(folder.st_uid), rustix::fs::Gid::from_raw(folder.st_gid));
            let _ = rustix::fs::fchown(&self.file, Some(owner), Some(group));
        }
    }

    fn place(&self, name: &FileName, lacks: Lacks) -> Result<(), Errno> {
        let folder = &self.folder;
        let Some(hidden) = self.hidden.as_ref().map(|part| &part.name) else {
            let nameless = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            let flags = AtFlags::SYMLINK_FOLLOW;
            return rustix::fs::linkat(rustix::fs::CWD, nameless, folder, name.as_bytes(), flags);
        };
        if !lacks.rename_noreplace {
            let flags = RenameFlags::NOREPLACE;
            let renamed =
                rustix::fs::renameat_with(folder, hidden.as_bytes(), folder, name.as_bytes(), flags);
            match renamed {
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
                other => return other,
            }
        }
        // The name is taken first, by an empty file that only we can have made, and then that one is replaced.
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        drop(rustix::fs::openat(folder, name.as_bytes(), flags, Mode::from_raw_mode(WRITING_MODE))?);
        let renamed = rustix::fs::renameat(folder, hidden.as_bytes(), folder, name.as_bytes());
        if renamed.is_err() {
            let _ = rustix::fs::unlinkat(folder, name.as_bytes(), AtFlags::empty());
        }
        renamed
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(hidden) = &self.hidden {
            let _ = rustix::fs::unlinkat(&self.folder, hidden.name.as_bytes(), AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use super::*;
    use crate::{domain::Place, subsystems::storage::parts::Parts};

    const ALL: [Lacks; 3] = [
        Lacks { nameless: false, rename_noreplace: false },
        Lacks { nameless: true, rename_noreplace: false },
        Lacks { nameless: true, rename_noreplace: true },
    ];

    fn name(text: &str) -> FileName {
        FileName::new(text.as_bytes()).unwrap()
    }

    /// Noted in a data folder beside the tests' own.
    fn part(dir: &Path) -> Result<Part, Fault> {
        Parts::new(&dir.with_extension("data")).begin(&Place::parse("r").unwrap())
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        for lacks in ALL {
            let dir = tempfile::tempdir().unwrap();
            let folder = File::open(dir.path()).unwrap();
            let mut landing = Landing::begin(&folder, || part(dir.path()), lacks).unwrap();
            landing.reserve(11).unwrap();
            landing.write(b"hello ").unwrap();
            let shown: Vec<_> = names(dir.path()).into_iter().filter(|name| !name.starts_with('.')).collect();
            assert!(shown.is_empty(), "{lacks:?}: {shown:?}");
            landing.write(b"world").unwrap();
            assert_eq!(landing.finish(&name("a.txt"), lacks).unwrap(), name("a.txt"));
            assert_eq!(names(dir.path()), ["a.txt"], "{lacks:?}");
            assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), b"hello world");
            let mode = fs::metadata(dir.path().join("a.txt")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, FINAL_MODE);

            let mut given_up = Landing::begin(&folder, || part(dir.path()), lacks).unwrap();
            given_up.write(b"half of it").unwrap();
            drop(given_up);
            assert_eq!(names(dir.path()), ["a.txt"], "{lacks:?}: nothing is left of it");
        }
    }

    #[test]
    fn no_other_file_and_no_link_is_ever_replaced() {
        for lacks in ALL {
            let dir = tempfile::tempdir().unwrap();
            let outside = tempfile::tempdir().unwrap();
            let folder = File::open(dir.path()).unwrap();
            fs::write(dir.path().join("a.txt"), b"mine").unwrap();
            std::os::unix::fs::symlink(outside.path().join("target"), dir.path().join("a (2).txt")).unwrap();
            let mut landing = Landing::begin(&folder, || part(outside.path()), lacks).unwrap();
            landing.write(b"new").unwrap();
            assert_eq!(landing.finish(&name("a.txt"), lacks).unwrap(), name("a (3).txt"), "{lacks:?}");
            assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), b"mine");
            assert_eq!(fs::read(dir.path().join("a (3).txt")).unwrap(), b"new");
            assert!(!outside.path().join("target").exists());
        }
    }
}
