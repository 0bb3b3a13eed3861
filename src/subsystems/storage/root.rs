//! The roots of the config, and what is Cockpit's own below them. A root is opened by its configured path; from there on
//! everything is reached name by name (`folder.rs`). No path is ever compared as text to decide what may be touched;
//! Cockpit's own folders are known by inode.
//!
//! A root is opened for each request anew: a disk that was mounted or unplugged meanwhile is seen, and none is kept
//! from being unmounted. Blocking; for the actor's threads and for jobs.

use std::{
    fs::File,
    os::fd::AsFd,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::{
    config,
    fault::Fault,
    folder::{FileId, Folder, Meta, lies_within, look_at, real_path},
    served::{may_hang, mount_table},
};
use crate::domain::{FileName, RelPath, RootName};

/// The trash's folder, at the top of each root.
pub const TRASH: &str = ".cockpit-trash";

pub(super) fn is_trash(name: &[u8]) -> bool {
    name == TRASH.as_bytes()
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
        let top = Folder::top(&root.path)?;
        let (mut guarded, mut kept) = (Vec::new(), Vec::new());
        if let Ok(data) = Folder::top(&self.data) {
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
            } else if let Ok(other) = Folder::top(&other.path) {
                guarded.extend(trash_of(&other));
                kept.push(other);
            }
        }
        Ok(Opened { root: root.clone(), top, guarded, kept })
    }
}

fn trash_of(top: &Folder) -> Option<FileId> {
    let found = look_at(top.as_fd(), TRASH.as_bytes()).ok()?;
    Some(found.id)
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
        let says = rustix::fs::readlinkat(&folder, name.as_bytes(), Vec::new())?.into_bytes();
        // Followed by the kernel, beneath the root only, and opened as a mere name. What comes out of it is a path
        // that is opened name by name again.
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let target = openat2(&self.top, path.as_bytes(), flags, Mode::empty(), resolve).ok();
        let beneath = target.and_then(|target| {
            let (target, top) = (real_path(&target), real_path(&self.top));
            let below = target.strip_prefix(top).ok()?;
            RelPath::new(below.as_os_str().as_encoded_bytes()).ok()
        });
        Ok((says, beneath))
    }
}
