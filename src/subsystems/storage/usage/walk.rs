//! The walk: a few threads over one stack of folders, everything relative to opened folders.

use std::{
    collections::HashSet,
    ffi::{CStr, CString},
    mem::MaybeUninit,
    os::fd::{BorrowedFd, OwnedFd},
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, StatxFlags, openat2, statx},
    io::Errno,
};

use super::{
    UNREADABLE_NAMED_MAX,
    report::{Arena, FolderId, Report, path_of},
    tally::Tally,
};

/// One read of folder entries; 32 KiB hold some eight hundred.
const ENTRIES_BYTES: usize = 32 << 10;
/// Statx counts blocks of this size, whatever the filesystem's own.
const BLOCK_BYTES: u64 = 512;

#[derive(Debug, Clone)]
pub struct Options {
    /// At least 1. Two are as fast as more on a disk, and leave the machine alone.
    pub threads: usize,
    /// Inodes of folders on this filesystem that are counted, and whose inside is named to nobody.
    pub own: Vec<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options { threads: 2, own: Vec::new() }
    }
}

/// Shared with whoever watches: counters that only grow, and the stop.
#[derive(Debug, Default)]
pub struct Progress {
    pub files: AtomicU64,
    pub folders: AtomicU64,
    pub bytes: AtomicU64,
    pub cancel: AtomicBool,
}

#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("cannot read the folder")]
    Root(#[source] std::io::Error),
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
}

/// A folder to be walked: opened relative to its parent, by the name in the arena.
struct Task {
    parent: Arc<OwnedFd>,
    id: u32,
}

struct Stack {
    tasks: Vec<Task>,
    /// Threads at work, who may push more.
    busy: usize,
}

struct Walk<'a> {
    stack: Mutex<Stack>,
    news: Condvar,
    arena: Mutex<Arena>,
    /// Inodes with several names that were counted.
    linked: Mutex<HashSet<u64>>,
    unreadable: Mutex<(u64, Vec<u32>)>,
    other_filesystems: AtomicU64,
    own: Vec<u64>,
    /// Those of `own` that were met.
    met: Mutex<Vec<u32>>,
    progress: &'a Progress,
}

/// Walks everything below `root` on the calling thread and `threads - 1` others, and returns when done or cancelled.
/// Blocking: for a thread of its own.
///
/// # Errors
/// The folder itself cannot be read. What cannot be read below is counted in the report.
pub fn scan(root: BorrowedFd<'_>, options: Options, progress: &Progress) -> Result<Report, ScanError> {
    let threads = options.threads.max(1);
    let own = open(root, c".").map_err(|errno| ScanError::Root(errno.into()))?;
    let mut arena = Arena::default();
    arena.add(0, b"").expect("a new arena has room");
    let walk = Walk {
        stack: Mutex::new(Stack { tasks: Vec::new(), busy: 1 }),
        news: Condvar::new(),
        arena: Mutex::new(arena),
        linked: Mutex::default(),
        unreadable: Mutex::default(),
        other_filesystems: AtomicU64::new(0),
        own: options.own,
        met: Mutex::default(),
        progress,
    };
    let tally = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let work = || walk.work(Tally::default(), vec![MaybeUninit::uninit(); ENTRIES_BYTES]);
                std::thread::Builder::new().name("usage".into()).spawn_scoped(scope, work)
            })
            .collect();
        let mut tally = Tally::default();
        let mut buffer = vec![MaybeUninit::uninit(); ENTRIES_BYTES];
        walk.folder(Arc::new(own), 0, &mut tally, &mut buffer);
        walk.done_with_one();
        tally = walk.work(tally, buffer);
        for other in others.into_iter().flatten() {
            tally.merge(other.join().unwrap_or_default());
        }
        tally
    });
    Ok(walk.report(tally))
}

impl Walk<'_> {
    /// Takes folders until none is left and nobody can bring more.
    fn work(&self, mut tally: Tally, mut buffer: Vec<MaybeUninit<u8>>) -> Tally {
        let mut name = Vec::with_capacity(256);
        while let Some(task) = self.next() {
            name.clear();
            name.extend_from_slice(lock(&self.arena).name(task.id));
            // Names come from the kernel's entries, which end at their first zero.
            let opened = CString::new(name.as_slice())
                .map_err(|_| Errno::INVAL)
                .and_then(|name| open(&task.parent, &name));
            match opened {
                Ok(folder) => {
                    drop(task.parent);
                    self.folder(Arc::new(folder), task.id, &mut tally, &mut buffer);
                }
                // A mount point: another filesystem's bytes are not this one's.
                Err(Errno::XDEV) => {
                    self.other_filesystems.fetch_add(1, Ordering::Relaxed);
                }
                // Vanished, or replaced by something else, since it was listed.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {}
                Err(_) => self.unreadable(task.id),
            }
            self.done_with_one();
        }
        tally
    }

    fn next(&self) -> Option<Task> {
        let mut stack = lock(&self.stack);
        loop {
            if self.progress.cancel.load(Ordering::Relaxed) {
                stack.tasks.clear();
            }
            if let Some(task) = stack.tasks.pop() {
                stack.busy += 1;
                return Some(task);
            }
            if stack.busy == 0 {
                self.news.notify_all();
                return None;
            }
            stack = self.news.wait(stack).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done_with_one(&self) {
        let mut stack = lock(&self.stack);
        stack.busy -= 1;
        if stack.busy == 0 && stack.tasks.is_empty() {
            self.news.notify_all();
        }
    }

    /// Counts one folder's files and puts its folders on the stack.
    fn folder(&self, folder: Arc<OwnedFd>, id: u32, tally: &mut Tally, buffer: &mut [MaybeUninit<u8>]) {
        let (ino, mut bytes) = own_bytes(&folder);
        if self.own.contains(&ino) {
            lock(&self.met).push(id);
        }
        let mut files = 0u32;
        let mut below: Vec<u32> = Vec::new();
        let mut entries = RawDir::new(&*folder, buffer);
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // Removed while it was read.
                Err(Errno::NOENT) => break,
                Err(_) => {
                    self.unreadable(id);
                    break;
                }
            };
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            let kind = entry.file_type();
            if kind == FileType::Directory {
                below.extend(lock(&self.arena).add(id, name.to_bytes()));
                continue;
            }
            let Ok(found) = look(&folder, name) else { continue };
            // Some filesystems do not tell the type with the name.
            if kind == FileType::Unknown
                && FileType::from_raw_mode(found.stx_mode.into()) == FileType::Directory
            {
                below.extend(lock(&self.arena).add(id, name.to_bytes()));
                continue;
            }
            if found.stx_nlink > 1 && !lock(&self.linked).insert(found.stx_ino) {
                continue;
            }
            let size = found.stx_blocks * BLOCK_BYTES;
            bytes += size;
            files += 1;
            tally.file(
                FolderId(id),
                name.to_bytes(),
                size,
                found.stx_atime.tv_sec.max(found.stx_mtime.tv_sec),
            );
        }
        self.count(id, bytes, files);
        if !below.is_empty() {
            let mut stack = lock(&self.stack);
            stack.tasks.extend(below.into_iter().map(|id| Task { parent: folder.clone(), id }));
            drop(stack);
            self.news.notify_all();
        }
    }

    fn count(&self, id: u32, bytes: u64, files: u32) {
        let mut arena = lock(&self.arena);
        let folder = &mut arena.folders[id as usize];
        folder.bytes += bytes;
        folder.files += files;
        drop(arena);
        self.progress.folders.fetch_add(1, Ordering::Relaxed);
        self.progress.files.fetch_add(u64::from(files), Ordering::Relaxed);
        self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn unreadable(&self, id: u32) {
        let mut unreadable = lock(&self.unreadable);
        unreadable.0 += 1;
        if unreadable.1.len() < UNREADABLE_NAMED_MAX {
            unreadable.1.push(id);
        }
    }

    fn report(self, tally: Tally) -> Report {
        let arena = self.arena.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (unreadable, ids) = self.unreadable.into_inner().unwrap_or_else(PoisonError::into_inner);
        let named: Vec<PathBuf> = ids.into_iter().map(|id| path_of(&arena, id)).collect();
        let (largest, untouched, kinds) = tally.finish();
        let partial = self.progress.cancel.load(Ordering::Relaxed);
        let own = self.met.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut report = Report::new(
            arena,
            largest,
            untouched,
            kinds,
            unreadable,
            named,
            self.other_filesystems.into_inner(),
            partial,
        );
        report.own = own;
        report
    }
}

/// Opens a folder by its own name below an opened one; no symbolic link, no way up, no other filesystem.
fn open(parent: impl std::os::fd::AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    openat2(parent, name, flags, Mode::empty(), resolve)
}

fn look(folder: &OwnedFd, name: &CStr) -> Result<rustix::fs::Statx, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
    let wanted = StatxFlags::TYPE
        | StatxFlags::BLOCKS
        | StatxFlags::NLINK
        | StatxFlags::INO
        | StatxFlags::ATIME
        | StatxFlags::MTIME;
    statx(folder, name, flags, wanted)
}

/// The folder's inode, and what it takes itself for its entries.
fn own_bytes(folder: &OwnedFd) -> (u64, u64) {
    let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
    let told = statx(folder, c"", flags, StatxFlags::BLOCKS | StatxFlags::INO);
    told.map_or((0, 0), |own| (own.stx_ino, own.stx_blocks * BLOCK_BYTES))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
