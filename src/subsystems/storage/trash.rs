//! The trash: a folder `.cockpit-trash` at the top of each root, on the root's own filesystem, for its owner only. Each
//! deleted thing is an entry of its own, `<id>/item`, beside `<id>/info.json` with where it was, when and by whom it
//! was deleted. The note is written before the thing is moved: a crash leaves an entry without a thing, never a thing
//! without its note. What is read here is as foreign as any file. Blocking.

use std::{
    io::{Read, Write},
    time::Duration,
};

use jiff::Timestamp;
use rustix::fs::{AtFlags, Mode, mkdirat, unlinkat};
use serde::{Deserialize, Serialize};

use super::{
    fault::Fault,
    folder::{Folder, Kind, Meta},
    ops,
    root::{Opened, TRASH},
    tree::{self, Alone, Sum, Watch},
};
use crate::{
    domain::{FileName, Place, RelPath, Stamp},
    intent::storage::{Clash, ThrownId},
};

const ITEM: &str = "item";
const INFO: &str = "info.json";
/// A note is some hundred bytes; a path takes up to 12 KiB when each byte is escaped.
const INFO_MAX: u64 = 32 << 10;
/// Entries that are listed; more are emptied all the same.
pub const LISTED_MAX: usize = 10_000;

/// What is written beside a deleted thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Info {
    /// Where it was.
    place: Place,
    deleted: Timestamp,
    by: String,
    files: u64,
    bytes: u64,
    /// Not all of it could be counted in time.
    partial: bool,
}

/// A deleted thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thrown {
    pub id: ThrownId,
    pub place: Place,
    pub deleted: Timestamp,
    pub by: String,
    pub sum: Sum,
    pub kind: Kind,
}

fn file_name(text: &str) -> FileName {
    FileName::new(text.as_bytes()).expect("a fixed name, or an id, which is a name")
}

/// The trash of a root; `None` where there is none yet.
fn open(opened: &Opened) -> Result<Option<Folder>, Fault> {
    match opened.top().folder(&file_name(TRASH)) {
        Ok(folder) if folder.id.dev != opened.top().id.dev => Err(Fault::OtherDisk),
        Ok(folder) => Ok(Some(folder)),
        Err(Fault::Gone) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn open_or_make(opened: &Opened) -> Result<Folder, Fault> {
    if let Some(trash) = open(opened)? {
        return Ok(trash);
    }
    match mkdirat(opened.top(), TRASH, Mode::from_raw_mode(0o700)) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(errno) => return Err(errno.into()),
    }
    open(opened)?.ok_or(Fault::Gone)
}

/// Who deletes, and when.
#[derive(Clone, Copy)]
pub struct Throw<'a> {
    pub by: &'a str,
    pub now: Timestamp,
    pub watch: &'a dyn Watch,
}

/// Moves something to the trash of its root.
///
/// # Errors
/// [`Fault::OtherDisk`] where it lies on a filesystem mounted below the root: there is no trash for it. As
/// [`ops::take`], and [`Opened::may_go`].
pub fn throw(opened: &Opened, path: &RelPath, stamp: Stamp, how: &Throw<'_>) -> Result<Thrown, Fault> {
    opened.writable()?;
    let (folder, name, found) = ops::take(opened, path, stamp)?;
    check(opened, &folder, &name, &found)?;
    let sum = tree::count(&folder, &name, how.watch)?;
    let trash = open_or_make(opened)?;
    let (id, entry) = new_entry(&trash, how.now)?;
    let place = Place { root: opened.root.name.clone(), path: path.clone() };
    let info = Info {
        place: place.clone(),
        deleted: how.now,
        by: how.by.chars().take(64).collect(),
        files: sum.files,
        bytes: sum.bytes,
        partial: sum.partial,
    };
    let moved = write_info(&entry, &info)
        .and_then(|()| ops::move_name(&folder, &name, &entry, &file_name(ITEM)))
        .and_then(|()| still_it(&folder, &name, &entry, stamp));
    if let Err(fault) = moved {
        drop_entry(&trash, &id, &entry);
        return Err(tree::full(fault, &trash));
    }
    ops::sync(&entry);
    ops::sync(&trash);
    ops::sync(&folder);
    Ok(Thrown { id, place, deleted: how.now, by: info.by, sum, kind: found.kind })
}

/// Between the look and the move something else may have taken the name: then it goes back where it was.
fn still_it(folder: &Folder, name: &FileName, entry: &Folder, stamp: Stamp) -> Result<(), Fault> {
    if entry.look(&file_name(ITEM))?.stamp == stamp {
        return Ok(());
    }
    ops::move_name(entry, &file_name(ITEM), folder, name)?;
    Err(Fault::Changed)
}

/// What must hold before something may be deleted or moved away.
pub fn check(opened: &Opened, folder: &Folder, name: &FileName, found: &Meta) -> Result<(), Fault> {
    if found.kind == Kind::Folder {
        let inside = folder.folder(name)?;
        if inside.id != found.id {
            return Err(Fault::Changed);
        }
        opened.may_go(&inside)?;
    }
    Ok(())
}

fn new_entry(trash: &Folder, now: Timestamp) -> Result<(ThrownId, Folder), Fault> {
    let mut random = [0; 5];
    getrandom::fill(&mut random).map_err(|_| Fault::Other(rustix::io::Errno::IO))?;
    let text = format!("{}-{}", now.strftime("%Y%m%dT%H%M%S"), data_encoding::HEXLOWER.encode(&random));
    let id = ThrownId::parse(&text).expect("digits, letters and a dash");
    let name = file_name(id.as_str());
    mkdirat(trash, name.as_bytes(), Mode::from_raw_mode(0o700))
        .map_err(|errno| tree::full(errno.into(), trash))?;
    Ok((id, trash.folder(&name)?))
}

fn write_info(entry: &Folder, info: &Info) -> Result<(), Fault> {
    let mut file = entry.create(&file_name(INFO))?;
    let text = serde_json::to_vec(info).expect("plain data with string keys");
    file.write_all(&text)?;
    // The thing must never be there without its note.
    file.sync_all()?;
    Ok(())
}

/// After a failure: an empty entry helps nobody. One that still holds something stays.
fn drop_entry(trash: &Folder, id: &ThrownId, entry: &Folder) {
    if matches!(entry.look(&file_name(ITEM)), Err(Fault::Gone)) {
        let _ = unlinkat(entry, INFO, AtFlags::empty());
        let _ = unlinkat(trash, id.as_str(), AtFlags::REMOVEDIR);
    }
}

/// All that can be restored, newest first.
///
/// # Errors
/// The root or its trash cannot be opened. Damaged entries are left out.
pub fn list(opened: &Opened) -> Result<Vec<Thrown>, Fault> {
    let Some(trash) = open(opened)? else { return Ok(Vec::new()) };
    let ids = trash.names()?;
    let ids = ids.iter().filter_map(|name| ThrownId::parse(&name.to_string()));
    let mut all: Vec<Thrown> =
        ids.take(LISTED_MAX).filter_map(|id| one_of(opened, &trash, &id).ok()).collect();
    all.sort_by(|a, b| b.deleted.cmp(&a.deleted).then_with(|| b.id.cmp(&a.id)));
    Ok(all)
}

/// # Errors
/// [`Fault::Gone`], or [`Fault::Damaged`] where its note cannot be read.
pub fn get(opened: &Opened, id: &ThrownId) -> Result<Thrown, Fault> {
    let trash = open(opened)?.ok_or(Fault::Gone)?;
    one_of(opened, &trash, id)
}

fn one_of(opened: &Opened, trash: &Folder, id: &ThrownId) -> Result<Thrown, Fault> {
    let entry = trash.folder(&file_name(id.as_str()))?;
    let found = entry.look(&file_name(ITEM))?;
    let (file, _) = entry.file(&file_name(INFO)).map_err(|_| Fault::Damaged)?;
    let mut text = Vec::new();
    file.take(INFO_MAX).read_to_end(&mut text)?;
    let info: Info = serde_json::from_slice(&text).map_err(|_| Fault::Damaged)?;
    // A root can be renamed in the config; its trash is still its own.
    let place = Place { root: opened.root.name.clone(), path: info.place.path };
    if place.path.is_root() {
        return Err(Fault::Damaged);
    }
    let sum = Sum { files: info.files, bytes: info.bytes, partial: info.partial, ..Sum::default() };
    Ok(Thrown { id: id.clone(), place, deleted: info.deleted, by: info.by, sum, kind: found.kind })
}

/// Puts it back where it was; folders that are gone are made again.
///
/// # Errors
/// [`Fault::Exists`] where the place is taken and the pilot was not asked yet.
pub fn restore(
    opened: &Opened,
    id: &ThrownId,
    clash: Clash,
    how: &Throw<'_>,
) -> Result<(Thrown, Place), Fault> {
    opened.writable()?;
    let trash = open(opened)?.ok_or(Fault::Gone)?;
    let thrown = one_of(opened, &trash, id)?;
    let entry = trash.folder(&file_name(id.as_str()))?;
    let (Some(above), Some(name)) = (thrown.place.path.parent(), thrown.place.path.name()) else {
        return Err(Fault::Damaged);
    };
    let folder = make_way(opened, &above)?;
    let name = make_room(opened, &folder, &above, &name, clash, how)?;
    ops::move_name(&entry, &file_name(ITEM), &folder, &name)?;
    ops::sync(&folder);
    drop_entry(&trash, id, &entry);
    ops::sync(&trash);
    let path = above.join(&name).map_err(|_| Fault::TooLong)?;
    Ok((thrown, Place { root: opened.root.name.clone(), path }))
}

/// The name to be used in a folder: free, numbered, or freed by moving what has it to the trash.
///
/// # Errors
/// [`Fault::Exists`] where the pilot is to be asked.
pub fn make_room(
    opened: &Opened,
    folder: &Folder,
    path: &RelPath,
    name: &FileName,
    clash: Clash,
    how: &Throw<'_>,
) -> Result<FileName, Fault> {
    let there = match folder.look(name) {
        Err(Fault::Gone) => return Ok(name.clone()),
        other => other?,
    };
    match clash {
        Clash::Ask => Err(Fault::Exists),
        Clash::Replace => {
            let path = path.join(name).map_err(|_| Fault::TooLong)?;
            throw(opened, &path, there.stamp, how)?;
            Ok(name.clone())
        }
        Clash::KeepBoth => free_name(folder, name),
    }
}

/// "report (2).txt": the first that is free.
///
/// # Errors
/// Too many are taken.
pub fn free_name(folder: &Folder, name: &FileName) -> Result<FileName, Fault> {
    /// More of one name are surely a mistake.
    const TRIES: u32 = 10_000;
    for number in 2..TRIES {
        let name = name.numbered(number);
        match folder.look(&name) {
            Err(Fault::Gone) => return Ok(name),
            other => other?,
        };
    }
    Err(Fault::Exists)
}

/// Opens a folder, making what is missing of it.
fn make_way(opened: &Opened, path: &RelPath) -> Result<Folder, Fault> {
    let mut so_far = RelPath::root();
    let mut folder = opened.folder(&so_far)?;
    for name in path.parts() {
        so_far = so_far.join(&name).map_err(|_| Fault::TooLong)?;
        folder = match opened.folder(&so_far) {
            Err(Fault::Gone) => {
                mkdirat(&folder, name.as_bytes(), Mode::from_raw_mode(0o755))?;
                opened.folder(&so_far)?
            }
            other => other?,
        };
    }
    Ok(folder)
}

/// Removes one entry for good, whatever is in it.
///
/// # Errors
/// As [`tree::remove`].
pub fn purge(opened: &Opened, id: &ThrownId, watch: &dyn Watch) -> Result<(), Fault> {
    opened.writable()?;
    let trash = open(opened)?.ok_or(Fault::Gone)?;
    tree::remove(&trash, &file_name(id.as_str()), watch)
}

/// Removes everything in the trash for good, damaged entries too.
///
/// # Errors
/// As [`tree::remove`], at the first entry that cannot be removed.
pub fn empty(opened: &Opened, watch: &dyn Watch) -> Result<(), Fault> {
    opened.writable()?;
    let Some(trash) = open(opened)? else { return Ok(()) };
    trash.names()?.iter().try_for_each(|name| tree::remove(&trash, name, watch))
}

/// Deletes something for good, without the trash's delay. It is taken out of sight first, so that nothing is found
/// half deleted and nothing can take its place in the middle.
///
/// # Errors
/// As [`throw`]; on another filesystem than the root's, and on a disk so full that the trash cannot take it, it is
/// deleted where it stands.
pub fn destroy(opened: &Opened, path: &RelPath, stamp: Stamp, how: &Throw<'_>) -> Result<(), Fault> {
    match throw(opened, path, stamp, &Throw { watch: &Alone, ..*how }) {
        Ok(thrown) => purge(opened, &thrown.id, how.watch),
        Err(Fault::OtherDisk | Fault::Full { .. }) => {
            let (folder, name, found) = ops::take(opened, path, stamp)?;
            check(opened, &folder, &name, &found)?;
            tree::remove(&folder, &name, how.watch)
        }
        Err(fault) => Err(fault),
    }
}

/// Entries that cannot be restored, as their note or their thing is missing or damaged, and that are older than `keep`
/// by their own name.
///
/// # Errors
/// The trash cannot be read.
pub fn remains(opened: &Opened, keep: Duration, now: Timestamp) -> Result<Vec<ThrownId>, Fault> {
    let Some(trash) = open(opened)? else { return Ok(Vec::new()) };
    let made = |id: &ThrownId| {
        let stamp = id.as_str().split('-').next().unwrap_or_default();
        jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", stamp)
            .ok()?
            .in_tz("UTC")
            .ok()
            .map(|at| at.timestamp())
    };
    let old = |id: &ThrownId| {
        let age = made(id).and_then(|made| Duration::try_from(now.duration_since(made)).ok());
        age.is_some_and(|age| age > keep)
    };
    let broken = |id: &ThrownId| {
        matches!(one_of(opened, &trash, id), Err(Fault::Gone | Fault::Damaged | Fault::NotFile))
    };
    let ids = trash.names()?.into_iter().filter_map(|name| ThrownId::parse(&name.to_string()));
    Ok(ids.filter(|id| old(id) && broken(id)).collect())
}

/// Which entries have had their time: the older ones, then the oldest while all together are too big. Pure.
pub fn due(all: &[Thrown], keep: Duration, max_bytes: u64, now: Timestamp) -> Vec<ThrownId> {
    let mut newest_first: Vec<&Thrown> = all.iter().collect();
    newest_first.sort_by_key(|thrown| std::cmp::Reverse(thrown.deleted));
    let mut bytes = 0_u64;
    let over = newest_first.into_iter().filter(|thrown| {
        bytes = bytes.saturating_add(thrown.sum.bytes);
        let age = Duration::try_from(now.duration_since(thrown.deleted)).unwrap_or_default();
        age > keep || bytes > max_bytes
    });
    over.map(|thrown| thrown.id.clone()).collect()
}
