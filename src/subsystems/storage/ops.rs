//! What changes names in folders: quick, on the same filesystem, never over something that is there. Blocking.

use std::os::fd::AsFd;

use rustix::{
    fs::{Mode, RenameFlags, mkdirat, renameat_with},
    io::Errno,
};

use super::{
    fault::Fault,
    folder::{Folder, Meta},
    parts::PART,
    root::{Opened, is_trash},
};
use crate::domain::{FileName, RelPath, Stamp};

/// What stands at a place, if it is still what was shown. With the folder it is in and its name there.
///
/// # Errors
/// [`Fault::Changed`] where something else took the name, [`Fault::IsRoot`], [`Fault::MountPoint`], [`Fault::Guarded`].
pub fn take(opened: &Opened, path: &RelPath, stamp: Stamp) -> Result<(Folder, FileName, Meta), Fault> {
    let (folder, name) = opened.parent(path)?;
    let found = folder.look(&name)?;
    if opened.is_guarded(name.as_bytes(), found.id) {
        return Err(Fault::Guarded);
    }
    if found.stamp != stamp {
        return Err(Fault::Changed);
    }
    if found.mount_point {
        return Err(Fault::MountPoint);
    }
    Ok((folder, name, found))
}

/// # Errors
/// [`Fault::Exists`] where the name is taken; else as [`take`].
pub fn rename(opened: &Opened, path: &RelPath, stamp: Stamp, to: &FileName) -> Result<Meta, Fault> {
    opened.writable()?;
    free_of_us(to)?;
    let (folder, name, found) = take(opened, path, stamp)?;
    if name == *to {
        return Ok(found);
    }
    move_name(&folder, &name, &folder, to)?;
    sync(&folder);
    Ok(found)
}

/// # Errors
/// [`Fault::Exists`] where the name is taken; else as [`Opened::folder`].
pub fn new_folder(opened: &Opened, at: &RelPath, name: &FileName) -> Result<(), Fault> {
    opened.writable()?;
    free_of_us(name)?;
    let folder = opened.folder(at)?;
    mkdirat(&folder, name.as_bytes(), Mode::from_raw_mode(0o755))?;
    sync(&folder);
    Ok(())
}

/// Nothing gets a name that only Cockpit gives: it would be hidden, or taken for half-made.
fn free_of_us(name: &FileName) -> Result<(), Fault> {
    let ours = is_trash(name.as_bytes()) || name.as_bytes().starts_with(PART.as_bytes());
    if ours { Err(Fault::Guarded) } else { Ok(()) }
}

/// From one opened folder to another of the same filesystem; never over something.
///
/// # Errors
/// [`Fault::Exists`], [`Fault::OtherDisk`], [`Fault::IntoItself`] and what `rename(2)` says.
pub fn move_name(from: &Folder, name: &FileName, to: &Folder, new: &FileName) -> Result<(), Fault> {
    let moved = renameat_with(from, name.as_bytes(), to, new.as_bytes(), RenameFlags::NOREPLACE);
    moved.map_err(|errno| match errno {
        // A folder into itself; filesystems that cannot rename without replacing say the same.
        Errno::INVAL => Fault::IntoItself,
        other => other.into(),
    })
}

/// A new name outlives a power failure only when its folder was flushed. What cannot be flushed is no failure: the
/// rename itself has been done.
pub fn sync(folder: &impl AsFd) {
    if let Err(error) = rustix::fs::fsync(folder) {
        tracing::debug!(%error, "a folder was not flushed");
    }
}
