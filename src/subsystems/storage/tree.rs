//! Whole trees below an opened folder: counted, removed, copied. Each step opens one name below an opened folder, so
//! that nothing put in the way leads out; no other filesystem is entered, no link followed, no device opened. Blocking.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    os::fd::AsFd,
};

use rustix::{
    fs::{
        AtFlags, Gid, Mode, Timespec, Timestamps, Uid, fchmod, fchown, futimens, mkdirat, symlinkat, unlinkat,
    },
    io::Errno,
};
use sha2::{Digest, Sha256};

use super::{
    archive::Guarded,
    fault::Fault,
    folder::{Folder, Kind, Meta},
};
use crate::domain::{Bytes, FileName};

/// Folders in folders; one opened folder is held for each.
const DEPTH_MAX: usize = 256;
/// Read and written at once.
const BLOCK: usize = 1 << 20;

/// What is in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Everything but folders.
    pub files: u64,
    pub folders: u64,
    /// Of the files, as their readers see them.
    pub bytes: u64,
    /// Devices, pipes and sockets among the files.
    pub special: u64,
    /// Not all was counted: the time was up, or it may not be read.
    pub partial: bool,
}

/// Who watches a long walk: told how far it is, and asked whether to go on.
pub trait Watch {
    fn stopped(&self) -> bool;
    /// So many bytes and files more, and at which name.
    fn passed(&self, name: &FileName, bytes: u64, files: u64);
}

/// Watched by nobody.
pub struct Alone;

impl Watch for Alone {
    fn stopped(&self) -> bool {
        false
    }
    fn passed(&self, _: &FileName, _: u64, _: u64) {}
}

/// Counts what stands under a name.
///
/// # Errors
/// It cannot be looked at. What cannot be read below makes the sum partial.
pub fn count(parent: &Folder, name: &FileName, watch: &dyn Watch) -> Result<Sum, Fault> {
    let found = parent.look(name)?;
    let mut sum = Sum::default();
    count_in(parent, name, &found, watch, 0, &mut sum);
    Ok(sum)
}

fn count_in(parent: &Folder, name: &FileName, found: &Meta, watch: &dyn Watch, depth: usize, sum: &mut Sum) {
    if found.kind != Kind::Folder {
        sum.files += 1;
        sum.bytes += if found.kind == Kind::File { found.size } else { 0 };
        sum.special += u64::from(matches!(found.kind, Kind::Special(_)));
        return;
    }
    sum.folders += 1;
    if depth >= DEPTH_MAX || watch.stopped() {
        sum.partial = true;
        return;
    }
    // Another filesystem's files are not this folder's.
    if found.mount_point {
        return;
    }
    let read = parent.folder(name).and_then(|folder| Ok((folder.names()?, folder)));
    let Ok((names, folder)) = read else {
        sum.partial = true;
        return;
    };
    for name in names {
        if watch.stopped() {
            sum.partial = true;
            return;
        }
        if let Ok(found) = folder.look(&name) {
            count_in(&folder, &name, &found, watch, depth + 1, sum);
        }
    }
}

/// Removes what stands under a name, for good. What vanishes under it is as good as removed.
///
/// # Errors
/// It stops at the first thing that cannot be removed: a mounted filesystem, missing rights, a stop.
pub fn remove(parent: &Folder, name: &FileName, watch: &dyn Watch) -> Result<(), Fault> {
    remove_in(parent, name, watch, 0)
}

fn remove_in(parent: &Folder, name: &FileName, watch: &dyn Watch, depth: usize) -> Result<(), Fault> {
    if watch.stopped() {
        return Err(Fault::Stopped);
    }
    let found = match parent.look(name) {
        Err(Fault::Gone) => return Ok(()),
        other => other?,
    };
    if found.mount_point || found.id.dev != parent.id.dev {
        return Err(Fault::MountPoint);
    }
    if found.kind != Kind::Folder {
        gone_is_fine(unlinkat(parent, name.as_bytes(), AtFlags::empty()))?;
        watch.passed(name, if found.kind == Kind::File { found.size } else { 0 }, 1);
        return Ok(());
    }
    if depth >= DEPTH_MAX {
        return Err(Fault::TooDeep);
    }
    let folder = match parent.folder(name) {
        Err(Fault::Gone) => return Ok(()),
        other => other?,
    };
    // Something was mounted, or put in its place, since it was looked at.
    if folder.id != found.id {
        return Err(Fault::Changed);
    }
    for name in folder.names()? {
        remove_in(&folder, &name, watch, depth + 1)?;
    }
    gone_is_fine(unlinkat(parent, name.as_bytes(), AtFlags::REMOVEDIR))?;
    Ok(())
}

fn gone_is_fine(done: Result<(), Errno>) -> Result<(), Fault> {
    match done {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Where a copy comes from and goes to.
pub struct Copying<'a> {
    pub watch: &'a dyn Watch,
    /// Each file is read again after it was written, and compared by its SHA-256.
    pub verify: bool,
    /// Cockpit's own, by name and inode: not to be copied to where it could be read.
    pub guarded: Guarded<'a>,
}

/// Copies what stands under a name to a new name that must be free. Rights, times and, where allowed, owners are kept;
/// devices, pipes and sockets are left out and counted.
///
/// # Errors
/// Half a copy may stand under the new name then; it is the caller's to remove.
pub fn copy(
    from: &Folder,
    name: &FileName,
    to: &Folder,
    new: &FileName,
    copying: &Copying<'_>,
) -> Result<Sum, Fault> {
    let mut sum = Sum::default();
    copy_in(from, name, to, new, copying, 0, &mut sum)?;
    Ok(sum)
}

fn copy_in(
    from: &Folder,
    name: &FileName,
    to: &Folder,
    new: &FileName,
    copying: &Copying<'_>,
    depth: usize,
    sum: &mut Sum,
) -> Result<(), Fault> {
    if copying.watch.stopped() {
        return Err(Fault::Stopped);
    }
    let found = match from.look(name) {
        // Below the top, what vanishes meanwhile is not copied.
        Err(Fault::Gone) if depth > 0 => return Ok(()),
        other => other?,
    };
    if (copying.guarded)(name.as_bytes(), found.id) {
        return Ok(());
    }
    match found.kind {
        Kind::Special(_) => sum.special += 1,
        Kind::Link => {
            let says = rustix::fs::readlinkat(from, name.as_bytes(), Vec::new())?;
            symlinkat(says.as_c_str(), to, new.as_bytes())?;
            sum.files += 1;
            copying.watch.passed(name, 0, 1);
        }
        Kind::File => {
            copy_file(from, name, to, new, copying).map_err(|fault| full(fault, to))?;
            sum.files += 1;
            sum.bytes += found.size;
        }
        Kind::Folder => {
            // What is mounted in it belongs to another filesystem.
            if found.mount_point && depth > 0 {
                return Ok(());
            }
            if depth >= DEPTH_MAX {
                return Err(Fault::TooDeep);
            }
            let source = from.folder(name)?;
            mkdirat(to, new.as_bytes(), Mode::from_raw_mode(0o700))
                .map_err(|errno| full(errno.into(), to))?;
            let target = to.folder(new)?;
            sum.folders += 1;
            for name in source.names()? {
                copy_in(&source, &name, &target, &name, copying, depth + 1, sum)?;
            }
            dress(&target, &found);
        }
    }
    Ok(())
}

/// How much is free belongs to "the disk is full".
pub fn full(fault: Fault, at: &Folder) -> Fault {
    match fault {
        Fault::Full { free: None } => Fault::Full { free: at.space().map(|space| space.free) },
        other => other,
    }
}

fn copy_file(
    from: &Folder,
    name: &FileName,
    to: &Folder,
    new: &FileName,
    copying: &Copying<'_>,
) -> Result<(), Fault> {
    let (mut source, found) = from.file(name)?;
    let mut target = to.create(new)?;
    let mut block = vec![0; BLOCK];
    let mut hash = Sha256::new();
    let mut told = false;
    loop {
        if copying.watch.stopped() {
            return Err(Fault::Stopped);
        }
        let read = source.read(&mut block)?;
        if read == 0 {
            break;
        }
        if copying.verify {
            hash.update(&block[..read]);
        }
        target.write_all(&block[..read])?;
        copying.watch.passed(name, read as u64, u64::from(!told));
        told = true;
    }
    if !told {
        copying.watch.passed(name, 0, 1);
    }
    dress(&target, &found);
    if copying.verify {
        target.sync_all()?;
        // From the disk, not from memory, where the kernel can be moved to.
        let _ = rustix::fs::fadvise(&target, 0, None, rustix::fs::Advice::DontNeed);
        target.rewind()?;
        if digest(&mut target, copying.watch)? != hash.finalize().as_slice() {
            return Err(Fault::Differs);
        }
    }
    Ok(())
}

/// The SHA-256 of what is left to be read.
fn digest(file: &mut File, watch: &dyn Watch) -> Result<Vec<u8>, Fault> {
    let mut block = vec![0; BLOCK];
    let mut hash = Sha256::new();
    loop {
        if watch.stopped() {
            return Err(Fault::Stopped);
        }
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(hash.finalize().to_vec());
        }
        hash.update(&block[..read]);
    }
}

/// The SHA-256 of a file as hexadecimal digits.
///
/// # Errors
/// It cannot be read to its end.
pub fn checksum(mut file: File, name: &FileName, watch: &dyn Watch) -> Result<String, Fault> {
    let mut block = vec![0; BLOCK];
    let mut hash = Sha256::new();
    loop {
        if watch.stopped() {
            return Err(Fault::Stopped);
        }
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(data_encoding::HEXLOWER.encode(&hash.finalize()));
        }
        hash.update(&block[..read]);
        watch.passed(name, read as u64, 0);
    }
}

/// Rights, owner and times as the original's. What is not allowed (an owner, without being root) or not possible on
/// this filesystem is left: a copy without its time is still a copy. Never sets "as its owner" (setuid) bits.
fn dress(copy: &impl AsFd, like: &Meta) {
    let _ = fchown(copy, Some(Uid::from_raw(like.uid)), Some(Gid::from_raw(like.gid)));
    let _ = fchmod(copy, Mode::from_raw_mode(like.mode & 0o1777));
    if let Some(at) = like.modified {
        let time = Timespec { tv_sec: at.as_second(), tv_nsec: at.subsec_nanosecond().into() };
        let _ = futimens(copy, &Timestamps { last_access: time, last_modification: time });
    }
}

/// Whether so many bytes fit; a little is left for the filesystem itself.
///
/// # Errors
/// [`Fault::Full`] with what is free.
pub fn must_fit(to: &Folder, bytes: u64) -> Result<(), Fault> {
    const SPARE: u64 = 1 << 20;
    match to.space() {
        Some(space) if space.free < Bytes(bytes.saturating_add(SPARE)) => {
            Err(Fault::Full { free: Some(space.free) })
        }
        _ => Ok(()),
    }
}
