//! A folder as one `tar.zst`, streamed: never whole in memory. Everything is opened beneath the folder by the kernel,
//! name by name; links are kept as links, devices, pipes and sockets are left out, as are other filesystems and what
//! belongs to Cockpit. Blocking.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read, Write},
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, RawDir},
    io::Errno,
};
use tar::{Builder, EntryType, Header};

use super::{
    fault::Fault,
    folder::{FileId, Folder, Kind, Meta},
};
use crate::{
    domain::FileName,
    jobs::{Link, Progress, Unit, progress::Figure},
};

/// Deeper folders are no tree any more. One opened folder is held for each.
const DEPTH_MAX: usize = 256;
/// zstd's own default: three times smaller than nothing, a hundred MB a second.
const LEVEL: i32 = 3;
/// One read of folder entries.
const ENTRIES_BYTES: usize = 32 << 10;

/// What is in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Packed {
    pub files: u64,
    pub folders: u64,
    /// Of the files, before they were compressed.
    pub bytes: u64,
    /// Left out: devices, pipes, sockets, other filesystems, Cockpit's own, and what could not be read.
    pub left_out: u64,
}

/// Tells what is Cockpit's own, by its name and inode.
pub type Guarded<'a> = &'a dyn Fn(&[u8], FileId) -> bool;

/// How it is packed.
pub struct Packing<'a> {
    /// What the folder is called in the archive.
    pub name: FileName,
    /// Not to be packed.
    pub guarded: Guarded<'a>,
    /// Asked before each file and each block.
    pub stop: &'a dyn Fn() -> bool,
    /// Told after each file and now and then within one: the counts, and the file.
    pub tell: &'a dyn Fn(&Packed, &FileName),
}

/// Packs everything below `folder` into `sink`.
///
/// # Errors
/// The sink fails (a full disk), the folder itself cannot be read, or it was stopped.
pub fn pack(folder: &Folder, sink: impl Write, packing: &Packing<'_>) -> Result<(Packed, impl Write), Fault> {
    let encoder = zstd::stream::write::Encoder::new(sink, LEVEL)?;
    let mut tar = Builder::new(encoder);
    let mut packed = Packed::default();
    let top = folder.again()?;
    let path = PathBuf::from(OsStr::from_bytes(packing.name.as_bytes()));
    one_folder(&mut tar, &top, &path, 0, packing, &mut packed)?;
    let encoder = tar.into_inner()?;
    Ok((packed, encoder.finish()?))
}

fn one_folder(
    tar: &mut Builder<impl Write>,
    folder: &Folder,
    path: &Path,
    depth: usize,
    packing: &Packing<'_>,
    packed: &mut Packed,
) -> Result<(), Fault> {
    if depth > DEPTH_MAX {
        return Err(Fault::TooLong);
    }
    let mut header = header_of(&folder.meta()?, EntryType::Directory, 0);
    tar.append_data(&mut header, path, io::empty())?;
    packed.folders += 1;
    for name in names(folder)? {
        if (packing.stop)() {
            return Err(Fault::Stopped);
        }
        // Vanished since it was listed.
        let Ok(meta) = folder.look(&name) else { continue };
        if (packing.guarded)(name.as_bytes(), meta.id) || meta.mount_point {
            packed.left_out += 1;
            continue;
        }
        let path = path.join(OsStr::from_bytes(name.as_bytes()));
        match meta.kind {
            Kind::Folder => match folder.folder(&name) {
                Ok(below) => one_folder(tar, &below, &path, depth + 1, packing, packed)?,
                Err(_) => packed.left_out += 1,
            },
            Kind::File => match folder.file(&name) {
                Ok((file, meta)) => one_file(tar, file, &meta, &path, &name, packing, packed)?,
                Err(_) => packed.left_out += 1,
            },
            Kind::Link => one_link(tar, folder, &name, &meta, &path, packed)?,
            Kind::Special(_) => packed.left_out += 1,
        }
        (packing.tell)(packed, &name);
    }
    Ok(())
}

fn one_file(
    tar: &mut Builder<impl Write>,
    file: File,
    meta: &Meta,
    path: &Path,
    name: &FileName,
    packing: &Packing<'_>,
    packed: &mut Packed,
) -> Result<(), Fault> {
    let mut header = header_of(meta, EntryType::Regular, meta.size);
    let before = *packed;
    let mut exact = Exact { file, left: meta.size, read: 0, name, before, packing };
    let written = tar.append_data(&mut header, path, &mut exact);
    packed.files += 1;
    packed.bytes += exact.read;
    if (packing.stop)() {
        return Err(Fault::Stopped);
    }
    Ok(written?)
}

fn one_link(
    tar: &mut Builder<impl Write>,
    folder: &Folder,
    name: &FileName,
    meta: &Meta,
    path: &Path,
    packed: &mut Packed,
) -> Result<(), Fault> {
    match rustix::fs::readlinkat(folder, name.as_bytes(), Vec::new()) {
        Ok(says) => {
            let mut header = header_of(meta, EntryType::Symlink, 0);
            tar.append_link(&mut header, path, OsStr::from_bytes(says.as_bytes()))?;
            packed.files += 1;
        }
        Err(_) => packed.left_out += 1,
    }
    Ok(())
}

fn header_of(meta: &Meta, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(meta.mode);
    header.set_uid(meta.uid.into());
    header.set_gid(meta.gid.into());
    let changed = meta.modified.map_or(0, |at| u64::try_from(at.as_second()).unwrap_or(0));
    header.set_mtime(changed);
    header
}

/// Exactly as many bytes as the header says, whatever becomes of the file meanwhile: cut, or filled with zeros.
struct Exact<'a> {
    file: File,
    left: u64,
    read: u64,
    name: &'a FileName,
    before: Packed,
    packing: &'a Packing<'a>,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.packing.stop)() {
            return Err(io::Error::other("stopped"));
        }
        let wanted = usize::try_from(self.left).unwrap_or(buffer.len()).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = match self.file.read(&mut buffer[..wanted])? {
            0 => {
                buffer[..wanted].fill(0);
                wanted
            }
            read => read,
        };
        self.left -= read as u64;
        self.read += read as u64;
        let told = Packed { bytes: self.before.bytes + self.read, ..self.before };
        (self.packing.tell)(&told, self.name);
        Ok(read)
    }
}

/// All names in a folder, sorted: the same folder makes the same archive.
fn names(folder: &Folder) -> Result<Vec<FileName>, Fault> {
    let own = folder.again()?;
    let mut buffer = vec![MaybeUninit::uninit(); ENTRIES_BYTES];
    let mut entries = RawDir::new(&own, &mut buffer);
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => names.extend(FileName::new(entry.file_name().to_bytes()).ok()),
            Err(Errno::NOENT) => break,
            Err(errno) => return Err(errno.into()),
        }
    }
    names.sort();
    Ok(names)
}

/// Packs into a file without a name in `scratch`, which goes when it is closed.
///
/// # Errors
/// As [`pack`]; the scratch folder cannot be made.
pub fn pack_to_scratch(
    folder: &Folder,
    name: &FileName,
    guarded: Guarded<'_>,
    scratch: &Path,
    link: &Link,
) -> Result<(File, u64), Fault> {
    std::fs::create_dir_all(scratch)?;
    let file = nameless(scratch)?;
    let packing = Packing {
        name: name.clone(),
        guarded,
        stop: &|| link.is_stopping(),
        tell: &|packed, name| {
            let figure = |done, unit| Figure { done, total: None, unit };
            link.report(Progress {
                figures: vec![figure(packed.bytes, Unit::Bytes), figure(packed.files, Unit::Files)],
                note: Some(name.shown()),
                ..Progress::default()
            });
        },
    };
    let (packed, mut out) = pack(folder, io::BufWriter::with_capacity(256 << 10, &file), &packing)?;
    out.flush()?;
    drop(out);
    if packed.left_out > 0 {
        link.log(&format!("{} left out: no regular files, or not to be read", packed.left_out));
    }
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

fn nameless(scratch: &Path) -> Result<File, Fault> {
    let mode = Mode::from_raw_mode(0o600);
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(scratch, flags, mode) {
        Ok(file) => return Ok(file.into()),
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => {}
        Err(errno) => return Err(errno.into()),
    }
    // A filesystem without nameless files: made and unnamed at once.
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|_| Fault::Other(Errno::IO))?;
    let path = scratch.join(format!("pack-{}", data_encoding::HEXLOWER.encode(&random)));
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(&path, flags, mode)?;
    rustix::fs::unlinkat(rustix::fs::CWD, &path, AtFlags::empty())?;
    Ok(file.into())
}
