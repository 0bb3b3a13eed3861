//! One page of a folder. The folder is read whole each time, which 100,000 entries allow: only names and kinds are
//! kept, and only what the page or the order needs is looked at closely. Blocking.

use std::mem::MaybeUninit;

use jiff::Timestamp;
use rustix::{
    fs::{FileType, RawDir},
    io::Errno,
};

use super::{
    fault::Fault,
    folder::{FileId, Folder, Kind, Space, Special, look_at},
    root::{Opened, Root},
};
use crate::{
    domain::{FileName, RelPath},
    intent::storage::Sort,
};

/// One read of folder entries; 64 KiB hold some two thousand.
const ENTRIES_BYTES: usize = 64 << 10;
/// Entries of one folder that are sorted and paged; what is beyond is counted and told.
pub const ENTRIES_MAX: usize = 500_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: FileName,
    pub kind: Kind,
    /// `None`: it vanished, or may not be looked at.
    pub size: Option<u64>,
    pub modified: Option<Timestamp>,
    /// Another filesystem is mounted here.
    pub mount_point: bool,
    /// What a folder holds, where it is known.
    pub holds: Option<u64>,
}

/// How a folder is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    pub sort: Sort,
    pub hidden: bool,
    /// Folders alone: to pick one.
    pub folders_only: bool,
    pub page: u32,
    pub per_page: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub root: Root,
    pub entries: Vec<Entry>,
    /// The page that is shown: the last one where the asked one does not exist (any more).
    pub page: u32,
    /// What the wish lets through.
    pub total: usize,
    pub folders: usize,
    /// Names that begin with a dot, shown or not.
    pub hidden: usize,
    /// More than [`ENTRIES_MAX`]: so many were left out.
    pub left_out: usize,
    pub space: Option<Space>,
}

struct Raw {
    name: Box<[u8]>,
    kind: Kind,
    /// What the order goes by, besides the name.
    key: i64,
}

/// # Errors
/// The folder cannot be opened or read.
pub fn list(opened: &Opened, path: &RelPath, wish: &Wish) -> Result<Listing, Fault> {
    list_with(opened, path, wish, &|_| None)
}

/// With what is known of how much the folders in it hold.
///
/// # Errors
/// The folder cannot be opened or read.
pub fn list_with(
    opened: &Opened,
    path: &RelPath,
    wish: &Wish,
    holds: &dyn Fn(&[u8]) -> Option<u64>,
) -> Result<Listing, Fault> {
    let folder = opened.folder(path)?;
    let mut read = read(opened, &folder, wish)?;
    if wish.sort != Sort::Name {
        for raw in &mut read.raw {
            // What vanished is last.
            raw.key = look_at_raw(&folder, &raw.name).map_or(i64::MIN, |found| match wish.sort {
                Sort::Size if found.kind == Kind::Folder => {
                    holds(&raw.name).map_or(0, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX))
                }
                Sort::Size | Sort::Name => i64::try_from(found.size).unwrap_or(i64::MAX),
                Sort::Time => found.modified.map_or(i64::MIN, Timestamp::as_second),
            });
        }
    }
    let total = read.raw.len();
    let pages = total.div_ceil(wish.per_page).max(1);
    let page = (wish.page as usize).min(pages - 1);
    let (from, to) = (page * wish.per_page, ((page + 1) * wish.per_page).min(total));
    let entries = cut(&mut read.raw, from, to).iter().filter_map(|raw| entry(&folder, raw, holds)).collect();
    Ok(Listing {
        root: opened.root.clone(),
        entries,
        page: u32::try_from(page).unwrap_or(u32::MAX),
        total,
        folders: read.folders,
        hidden: read.hidden,
        left_out: read.left_out,
        space: folder.space(),
    })
}

/// The sorted items `from..to`, without sorting all others.
fn cut(all: &mut [Raw], from: usize, to: usize) -> &[Raw] {
    if from >= to {
        return &[];
    }
    if from > 0 {
        all.select_nth_unstable_by(from, order);
    }
    let rest = &mut all[from..];
    if to - from < rest.len() {
        rest.select_nth_unstable_by(to - from, order);
    }
    let page = &mut rest[..to - from];
    page.sort_unstable_by(order);
    page
}

/// Folders first; then what the wish says, the largest or newest first; then by name, letters alike in both cases.
fn order(a: &Raw, b: &Raw) -> std::cmp::Ordering {
    let folder = |raw: &Raw| raw.kind != Kind::Folder;
    let lower = |name: &[u8]| name.first().map(u8::to_ascii_lowercase);
    folder(a)
        .cmp(&folder(b))
        .then_with(|| b.key.cmp(&a.key))
        // Most names differ in their first letter already.
        .then_with(|| lower(&a.name).cmp(&lower(&b.name)))
        .then_with(|| {
            a.name.iter().map(u8::to_ascii_lowercase).cmp(b.name.iter().map(u8::to_ascii_lowercase))
        })
        .then_with(|| a.name.cmp(&b.name))
}

struct Read {
    raw: Vec<Raw>,
    folders: usize,
    hidden: usize,
    left_out: usize,
}

fn read(opened: &Opened, folder: &Folder, wish: &Wish) -> Result<Read, Fault> {
    // A reading position of its own.
    let reading = folder.again()?;
    let mut buffer = vec![MaybeUninit::uninit(); ENTRIES_BYTES];
    let mut entries = RawDir::new(&reading, &mut buffer);
    let mut read = Read { raw: Vec::new(), folders: 0, hidden: 0, left_out: 0 };
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            // The folder was removed while it was read.
            Err(Errno::NOENT) => break,
            Err(errno) => return Err(errno.into()),
        };
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match kind_of(entry.file_type()) {
            Some(kind) => kind,
            None => match look_at_raw(folder, name) {
                Some(found) => found.kind,
                None => continue,
            },
        };
        let id = FileId { dev: folder.id.dev, ino: entry.ino() };
        if opened.is_guarded(name, id) {
            continue;
        }
        let hidden = name.first() == Some(&b'.');
        read.hidden += usize::from(hidden);
        if hidden && !wish.hidden || wish.folders_only && kind != Kind::Folder {
            continue;
        }
        read.folders += usize::from(kind == Kind::Folder);
        if read.raw.len() == ENTRIES_MAX {
            read.left_out += 1;
            continue;
        }
        read.raw.push(Raw { name: name.into(), kind, key: 0 });
    }
    Ok(read)
}

/// `None` where the filesystem does not tell it with the name.
fn kind_of(kind: FileType) -> Option<Kind> {
    Some(match kind {
        FileType::Directory => Kind::Folder,
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Link,
        FileType::BlockDevice => Kind::Special(Special::Block),
        FileType::CharacterDevice => Kind::Special(Special::Char),
        FileType::Fifo => Kind::Special(Special::Pipe),
        FileType::Socket => Kind::Special(Special::Socket),
        FileType::Unknown => return None,
    })
}

fn look_at_raw(folder: &Folder, name: &[u8]) -> Option<super::folder::Meta> {
    use std::os::fd::AsFd;
    look_at(folder.as_fd(), name).ok()
}

fn entry(folder: &Folder, raw: &Raw, holds: &dyn Fn(&[u8]) -> Option<u64>) -> Option<Entry> {
    // Some odd filesystems hand out names that no file can have.
    let name = FileName::new(&raw.name).ok()?;
    let found = folder.look(&name).ok();
    Some(Entry {
        name,
        kind: found.as_ref().map_or(raw.kind, |found| found.kind),
        size: found.as_ref().map(|found| found.size),
        modified: found.as_ref().and_then(|found| found.modified),
        // What is mounted there was not measured with it.
        holds: if raw.kind == Kind::Folder { holds(&raw.name) } else { None },
        mount_point: found.is_some_and(|found| found.mount_point),
    })
}
