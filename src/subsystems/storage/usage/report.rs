//! The result: folders with their sums, in one compact arena, to be walked through without a new scan.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

use super::tally::{BigFile, Kind};

/// A folder of one report, by its place in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub(super) u32);

impl FolderId {
    pub const ROOT: FolderId = FolderId(0);
}

pub(super) struct Folder {
    pub parent: u32,
    name_at: u32,
    name_len: u16,
    pub bytes: u64,
    pub files: u32,
}

/// Grows while the walk runs; parents stand before their children.
#[derive(Default)]
pub(super) struct Arena {
    pub folders: Vec<Folder>,
    names: Vec<u8>,
}

impl Arena {
    /// `None` when it is full: the caller counts into the parent then.
    pub fn add(&mut self, parent: u32, name: &[u8]) -> Option<u32> {
        let id =
            u32::try_from(self.folders.len()).ok().filter(|_| self.folders.len() < super::FOLDERS_MAX)?;
        let name_at = u32::try_from(self.names.len()).ok()?;
        self.names.extend_from_slice(name);
        let name_len = u16::try_from(name.len()).ok()?;
        self.folders.push(Folder { parent, name_at, name_len, bytes: 0, files: 0 });
        Some(id)
    }

    pub fn name(&self, id: u32) -> &[u8] {
        let folder = &self.folders[id as usize];
        &self.names[folder.name_at as usize..][..usize::from(folder.name_len)]
    }
}

/// What a scan found. Bytes are allocated bytes, as `du` counts them.
pub struct Report {
    arena: Arena,
    pub bytes: u64,
    pub files: u64,
    pub folders: u64,
    pub largest: Vec<BigFile>,
    pub untouched: Vec<BigFile>,
    pub kinds: Vec<Kind>,
    /// Folders that could not be read, and the first of them by path below the root.
    pub unreadable: u64,
    pub unreadable_named: Vec<PathBuf>,
    /// Mount points that were not entered.
    pub other_filesystems: u64,
    /// Folders whose inside is named to nobody.
    pub(super) own: Vec<u32>,
    /// Cancelled: the sums are of what was walked until then.
    pub partial: bool,
}

/// One line of a folder's ranked list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    pub id: FolderId,
    pub name: OsString,
    /// With everything below.
    pub bytes: u64,
    pub files: u64,
}

/// One folder of the report; the first is the scanned one, its own parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderSums<'a> {
    pub id: u32,
    pub parent: u32,
    pub name: &'a [u8],
    pub bytes: u64,
    pub files: u64,
}

impl Report {
    #[expect(clippy::too_many_arguments, reason = "the one constructor, called once, by the walk")]
    pub(super) fn new(
        mut arena: Arena,
        largest: Vec<BigFile>,
        untouched: Vec<BigFile>,
        kinds: Vec<Kind>,
        unreadable: u64,
        unreadable_named: Vec<PathBuf>,
        other_filesystems: u64,
        partial: bool,
    ) -> Report {
        // Children stand behind their parents: one pass from the end carries all sums up.
        for id in (1..arena.folders.len()).rev() {
            let (bytes, files, parent) = {
                let folder = &arena.folders[id];
                (folder.bytes, folder.files, folder.parent as usize)
            };
            arena.folders[parent].bytes += bytes;
            arena.folders[parent].files = arena.folders[parent].files.saturating_add(files);
        }
        let (bytes, files) = arena.folders.first().map_or((0, 0), |root| (root.bytes, u64::from(root.files)));
        let folders = arena.folders.len() as u64;
        Report {
            arena,
            bytes,
            files,
            folders,
            largest,
            untouched,
            kinds,
            unreadable,
            unreadable_named,
            other_filesystems,
            own: Vec::new(),
            partial,
        }
    }

    /// All folders kept by name, parents before their children, each with the sums of everything below.
    pub fn folders_in_order(&self) -> impl Iterator<Item = FolderSums<'_>> {
        self.arena.folders.iter().enumerate().map(|(id, folder)| {
            let id = id as u32;
            FolderSums {
                id,
                parent: folder.parent,
                name: self.arena.name(id),
                bytes: folder.bytes,
                files: u64::from(folder.files),
            }
        })
    }

    /// The folders directly below, most bytes first.
    pub fn children(&self, of: FolderId) -> Vec<Child> {
        let mut children: Vec<Child> = self
            .arena
            .folders
            .iter()
            .enumerate()
            .skip(of.0 as usize + 1)
            .filter(|(_, folder)| folder.parent == of.0)
            .map(|(id, folder)| Child {
                id: FolderId(id as u32),
                name: OsString::from_vec(self.arena.name(id as u32).to_vec()),
                bytes: folder.bytes,
                files: u64::from(folder.files),
            })
            .collect();
        children.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        children
    }

    /// (bytes, files) with everything below; `None` for an id of another report.
    pub fn sums(&self, id: FolderId) -> Option<(u64, u64)> {
        self.arena.folders.get(id.0 as usize).map(|folder| (folder.bytes, u64::from(folder.files)))
    }

    pub fn parent(&self, id: FolderId) -> Option<FolderId> {
        (id != FolderId::ROOT)
            .then(|| self.arena.folders.get(id.0 as usize).map(|folder| FolderId(folder.parent)))?
    }

    /// Below the scanned folder; empty for itself.
    pub fn path(&self, id: FolderId) -> PathBuf {
        path_of(&self.arena, id.0)
    }

    /// The folder of this path below the root, by its bytes.
    pub fn find(&self, path: &std::path::Path) -> Option<FolderId> {
        use std::os::unix::ffi::OsStrExt;
        let mut at = 0u32;
        for part in path {
            let wanted = part.as_bytes();
            let found = (at as usize + 1..self.arena.folders.len())
                .find(|id| self.arena.folders[*id].parent == at && self.arena.name(*id as u32) == wanted)?;
            at = found as u32;
        }
        Some(FolderId(at))
    }
}

pub(super) fn path_of(arena: &Arena, id: u32) -> PathBuf {
    let mut parts = Vec::new();
    let mut at = id;
    while at != 0 {
        parts.push(OsString::from_vec(arena.name(at).to_vec()));
        at = arena.folders[at as usize].parent;
    }
    parts.iter().rev().collect()
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({} bytes in {} files, {} folders)", self.bytes, self.files, self.folders)
    }
}
