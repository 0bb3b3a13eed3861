//! Writes the trail: opens it after whatever happened to it, appends and flushes, starts a new file when one is full.
//! Blocking; the actor runs it on a blocking thread.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FallocateFlags, fallocate};

use super::{
    Entry,
    chain::{self, Seal},
    segment::{self, CURRENT, Segment},
};

/// Room on the disk that the file holds beyond its end, where the filesystem can: about 800 entries. On a full disk
/// nothing would be allowed any more, not even to delete what fills it, as nothing is done that is not recorded.
const RESERVE: u64 = 256 << 10;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A file is closed when it has this many bytes. 8 MiB are about 25,000 entries.
    pub file_bytes: u64,
    /// Finished files beyond this many are removed, the oldest first.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file_bytes: 8 << 20, files: 32 }
    }
}

pub struct Trail {
    folder: PathBuf,
    limits: Limits,
    file: File,
    size: u64,
    /// Up to here the file has its room on the disk.
    reserved: u64,
    /// The number of the current file's first entry; `None` while it has none.
    first: Option<u64>,
    last: u64,
    seal: Seal,
}

/// What a crash left behind the last whole entry, now in a file of its own.
#[derive(Debug)]
pub struct Torn {
    pub bytes: u64,
    pub kept_in: PathBuf,
}

impl Trail {
    /// Continues the chain where it ended.
    pub fn open(folder: &Path, limits: Limits) -> io::Result<(Trail, Option<Torn>)> {
        let path = folder.join(CURRENT);
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&path)?;
        let mut size = file.metadata()?.len();
        let segment = Segment::open(&path)?;
        let (first, last, end) = match &segment {
            Some(segment) => match segment.last()? {
                Some((line, end)) => (Some(segment.first), Some((line.seq, line.seal)), end),
                None => (None, None, 0),
            },
            None => (None, None, 0),
        };
        let mut torn = None;
        if end < size {
            torn = Some(set_aside(folder, &mut file, end, size)?);
            size = end;
        }
        let (last, seal) = match last {
            Some(last) => last,
            None => newest_rotated(folder)?.unwrap_or((0, Seal::NONE)),
        };
        sync_folder(folder)?;
        let mut trail =
            Trail { folder: folder.to_owned(), limits, file, size, reserved: 0, first, last, seal };
        trail.reserve();
        Ok((trail, torn))
    }

    /// Opens anew what somebody moved or cut under our hand. Numbers and seals go on from what we know was written,
    /// so that the gap shows.
    pub fn reopen(self) -> io::Result<(Trail, Option<Torn>)> {
        let (mut trail, torn) = Trail::open(&self.folder, self.limits)?;
        if trail.last < self.last {
            (trail.last, trail.seal) = (self.last, self.seal);
        }
        Ok((trail, torn))
    }

    /// Whether the file under our hand is still the trail: not removed, moved away or cut by somebody else.
    pub fn is_ours(&self) -> bool {
        let Ok(held) = self.file.metadata() else { return false };
        let Ok(there) = fs::metadata(self.folder.join(CURRENT)) else { return false };
        held.len() == self.size && (held.dev(), held.ino()) == (there.dev(), there.ino())
    }

    /// Appends all, flushes once, and answers their numbers and seals. After an error none of them is in the trail.
    pub fn append<'a>(
        &mut self,
        entries: impl IntoIterator<Item = &'a Entry>,
    ) -> io::Result<Vec<(u64, Seal)>> {
        if self.size >= self.limits.file_bytes {
            self.rotate()?;
        }
        let (mut seq, mut seal, mut first) = (self.last, self.seal, self.first);
        let mut text = String::new();
        let mut written = Vec::new();
        for entry in entries {
            seq += 1;
            let line;
            (line, seal) = chain::seal(seal, seq, entry, first.is_none());
            first = first.or(Some(seq));
            text.push_str(&line);
            text.push('\n');
            written.push((seq, seal));
        }
        if let Err(error) = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data()) {
            // Half a line may be there. If it cannot be cut off either, the next opening sets it aside.
            let _ = self.file.set_len(self.size);
            self.reserved = 0;
            return Err(error);
        }
        self.size += text.len() as u64;
        (self.last, self.seal, self.first) = (seq, seal, first);
        if self.size + RESERVE / 2 > self.reserved {
            self.reserve();
        }
        Ok(written)
    }

    /// Without it the trail works as well, until the disk is full.
    fn reserve(&mut self) {
        if fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.size, RESERVE).is_ok() {
            self.reserved = self.size + RESERVE;
        }
    }

    fn rotate(&mut self) -> io::Result<()> {
        let Some(first) = self.first else { return Ok(()) };
        fs::rename(self.folder.join(CURRENT), self.folder.join(segment::rotated_name(first)))?;
        self.file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.folder.join(CURRENT))?;
        (self.size, self.first) = (0, None);
        self.reserve();
        let rotated = segment::rotated(&self.folder)?;
        for (first, path) in rotated.iter().rev().skip(self.limits.files) {
            tracing::info!(first, "flight recorder removes its oldest file");
            fs::remove_file(path)?;
        }
        sync_folder(&self.folder)
    }
}

fn newest_rotated(folder: &Path) -> io::Result<Option<(u64, Seal)>> {
    for (_, path) in segment::rotated(folder)?.iter().rev() {
        if let Some(segment) = Segment::open(path)?
            && let Some((line, _)) = segment.last()?
        {
            return Ok(Some((line.seq, line.seal)));
        }
    }
    Ok(None)
}

/// Moves what stands behind the last whole entry into a file of its own: it is evidence, but no entry.
fn set_aside(folder: &Path, file: &mut File, end: u64, size: u64) -> io::Result<Torn> {
    let (mut number, mut aside, mut kept_in);
    number = 1;
    loop {
        kept_in = folder.join(format!("audit-torn-{number}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&kept_in) {
            Ok(file) => {
                aside = file;
                break;
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(e) => return Err(e),
        }
    }
    io::Seek::seek(file, io::SeekFrom::Start(end))?;
    io::copy(&mut io::Read::take(&mut *file, size - end), &mut aside)?;
    aside.sync_data()?;
    file.set_len(end)?;
    file.sync_data()?;
    Ok(Torn { bytes: size - end, kept_in })
}

/// A new or renamed file outlives a power failure only when its folder was flushed too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
