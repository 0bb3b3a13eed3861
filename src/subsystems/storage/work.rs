//! What takes long, as jobs: copying, moving across filesystems, deleting trees, checksums, archives, and the nightly
//! emptying of the trash. A job works with the roots it began with, reports where it is, hears the stop between two
//! files and two blocks, and records what it changed with path and bytes.

use std::{fs::File, io::Write, time::Duration};

use tokio::time::Instant;

use super::{
    actor::Floor,
    archive::{self, Packed, Packing},
    fault::Fault,
    folder::Folder,
    relocate,
    root::Opened,
    trash::{self, Throw},
    tree::{self, Alone, Sum, Watch},
};
use crate::{
    audit::{Audit, Entry, Outcome as Recorded},
    domain::{Asker, Bytes, FileName, FileWork, JobTitle, Place, RootName, Target},
    events::Outlet,
    intent::storage::{Clash, Relocation, ThrownId},
    jobs::{Blocking, Ending, Figure, JobOrder, Link, Progress, Unit},
    phrase,
    room::Order,
    screen::Topic,
};

/// A disk of many terabytes over USB.
const DEADLINE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a job is to do.
#[derive(Debug, Clone)]
pub enum Task {
    Relocate { what: Target, to: Place, how: Relocation, clash: Clash },
    Destroy(Target),
    Purge { root: RootName, id: ThrownId },
    Empty(RootName),
    Checksum(Target),
    Archive(Target),
}

/// What each job needs. Cheap to clone.
#[derive(Clone)]
pub struct Tools {
    pub floor: Floor,
    pub audit: Audit,
    pub outlet: Outlet,
}

impl Task {
    fn title(&self) -> JobTitle {
        let (work, path) = match self {
            Task::Relocate { what, how: Relocation::Move, .. } => (FileWork::Move, what.place.shown()),
            Task::Relocate { what, how: Relocation::Copy, .. } => (FileWork::Copy, what.place.shown()),
            Task::Destroy(what) => (FileWork::Delete, what.place.shown()),
            Task::Purge { root, .. } | Task::Empty(root) => (FileWork::EmptyTrash, root.to_string()),
            Task::Checksum(what) => (FileWork::Checksum, what.place.shown()),
            Task::Archive(what) => (FileWork::Archive, what.place.shown()),
        };
        JobTitle::Files { work, path: crate::screen::text::clean(&path) }
    }

    /// At most one job works on one thing.
    fn key(&self) -> String {
        match self {
            Task::Relocate { what, .. }
            | Task::Destroy(what)
            | Task::Checksum(what)
            | Task::Archive(what) => {
                format!("storage:{}", what.place)
            }
            Task::Purge { root, .. } | Task::Empty(root) => trash_key(root),
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Task::Relocate { how: Relocation::Move, .. } => "storage.moved",
            Task::Relocate { how: Relocation::Copy, .. } => "storage.copied",
            Task::Destroy(_) | Task::Purge { .. } => "storage.deleted",
            Task::Empty(_) => "storage.emptied",
            Task::Checksum(_) => "storage.checksum",
            Task::Archive(_) => "storage.archived",
        }
    }

    fn subject(&self) -> String {
        match self {
            Task::Relocate { what, .. }
            | Task::Destroy(what)
            | Task::Checksum(what)
            | Task::Archive(what) => what.place.to_string(),
            Task::Purge { root, id } => format!("{root}: {}", id.as_str()),
            Task::Empty(root) => root.to_string(),
        }
    }
}

fn trash_key(root: &RootName) -> String {
    format!("storage-trash:{root}")
}

/// The job of a task that a pilot asked for.
pub fn order(task: Task, tools: Tools, order: Order) -> JobOrder {
    let asked_by = Asker::Pilot { id: order.pilot, name: order.pilot_name.clone(), chat: order.chat };
    let (title, key) = (task.title(), task.key());
    let runner = Blocking::new(move |link| run(&task, &tools, &order, link));
    JobOrder { title, key: Some(key), asked_by, deadline: DEADLINE, runner: Box::new(runner) }
}

fn run(task: &Task, tools: &Tools, order: &Order, link: &Link) -> Ending {
    let done = carry_out(task, &tools.floor, &order.pilot_name, link);
    let now = tools.floor.clock.now();
    let recorded = match &done {
        Ok(_) => Recorded::Done,
        Err(_) => Recorded::Failed,
    };
    let mut entry = Entry::ordered(order, now, task.verb(), task.subject(), recorded);
    match &done {
        Ok(done) => {
            entry = entry.with("bytes", done.sum.bytes).with("files", done.sum.files);
            if let Some(to) = &done.to {
                entry = entry.with("to", to.to_string());
            }
        }
        Err(fault) => entry = entry.with("why", fault.to_string()),
    }
    tools.audit.note(entry);
    tools.outlet.changed(Topic::Storage);
    match done {
        Ok(done) => Ending::Done { summary: Some(done.says) },
        Err(Fault::Stopped) => Ending::Stopped,
        Err(fault) => Ending::Failed { why: fault.phrase(), mend: None },
    }
}

struct Done {
    sum: Sum,
    to: Option<Place>,
    says: crate::domain::Phrase,
}

fn carry_out(task: &Task, floor: &Floor, by: &str, link: &Link) -> Result<Done, Fault> {
    let now = floor.clock.now();
    let counting = Counting(link);
    match task {
        Task::Relocate { what, to, how, clash } => {
            let sum = count(floor, &what.place, &counting)?;
            let watch = Telling::new(link, &sum);
            let asked = relocate::Order { what, to, how: *how, clash: *clash };
            let done = relocate::run(floor, &asked, &Throw { by, now, watch: &watch })?;
            let says = phrase!(
                "storage-did-copy",
                path = done.place.shown(),
                size = Bytes(done.sum.bytes).to_string(),
                files = done.sum.files
            );
            Ok(Done { sum: done.sum, to: Some(done.place), says })
        }
        Task::Destroy(what) => {
            let sum = count(floor, &what.place, &counting)?;
            let watch = Telling::new(link, &sum);
            let opened = floor.roots.open(&what.place.root)?;
            trash::destroy(&opened, &what.place.path, what.stamp, &Throw { by, now, watch: &watch })?;
            Ok(deleted(sum))
        }
        Task::Purge { root, id } => {
            let opened = floor.roots.open(root)?;
            let sum = trash::get(&opened, id)?.sum;
            trash::purge(&opened, id, &Telling::new(link, &sum))?;
            Ok(deleted(sum))
        }
        Task::Empty(root) => {
            let opened = floor.roots.open(root)?;
            let sum = total(&trash::list(&opened)?);
            trash::empty(&opened, &Telling::new(link, &sum))?;
            Ok(deleted(sum))
        }
        Task::Checksum(what) => {
            let (file, meta) = floor.roots.open(&what.place.root)?.file(&what.place.path)?;
            if meta.stamp != what.stamp {
                return Err(Fault::Changed);
            }
            let sum = Sum { files: 1, bytes: meta.size, ..Sum::default() };
            let name = what.place.path.name().ok_or(Fault::IsRoot)?;
            let hex = tree::checksum(file, &name, &Telling::new(link, &sum))?;
            Ok(Done { sum, to: None, says: phrase!("storage-did-checksum", hex = hex) })
        }
        Task::Archive(what) => archive(floor, what, link),
    }
}

/// `folder.tar.zst` beside the folder, made under a hidden name; never over something that is there.
fn archive(floor: &Floor, what: &Target, link: &Link) -> Result<Done, Fault> {
    let opened = floor.roots.open(&what.place.root)?;
    opened.writable()?;
    let (parent, name) = opened.parent(&what.place.path)?;
    let folder = opened.folder(&what.place.path)?;
    if folder.meta()?.stamp != what.stamp {
        return Err(Fault::Changed);
    }
    let counted = tree::count(&parent, &name, &Counting(link))?;
    let telling = Telling::new(link, &counted);
    let above = what.place.parent().ok_or(Fault::IsRoot)?;
    let part = floor.parts.begin(&above)?;
    let file = parent.create(&part.name)?;
    let packed = pack(&opened, &folder, &name, file, &telling).and_then(|packed| {
        let called = ending(&name, b".tar.zst");
        let called = if parent.look(&called).is_ok() { trash::free_name(&parent, &called)? } else { called };
        super::ops::move_name(&parent, &part.name, &parent, &called)?;
        super::ops::sync(&parent);
        Ok((packed, called))
    });
    let (packed, called) = match packed {
        Ok(done) => done,
        Err(fault) => {
            let _ = tree::remove(&parent, &part.name, &Alone);
            return Err(tree::full(fault, &parent));
        }
    };
    let size = parent.look(&called)?.size;
    let place = above.join(&called).map_err(|_| Fault::TooLong)?;
    let sum = Sum { files: packed.files, folders: packed.folders, bytes: packed.bytes, ..Sum::default() };
    let says = phrase!(
        "storage-did-archive",
        path = place.shown(),
        size = Bytes(size).to_string(),
        whole = Bytes(packed.bytes).to_string(),
        left_out = packed.left_out
    );
    Ok(Done { sum, to: Some(place), says })
}

fn pack(
    opened: &Opened,
    folder: &Folder,
    name: &FileName,
    file: File,
    telling: &Telling<'_>,
) -> Result<Packed, Fault> {
    let before = std::cell::Cell::new((0, 0));
    let tell = |packed: &Packed, name: &FileName| {
        let (bytes, files) = before.replace((packed.bytes, packed.files));
        telling.passed(name, packed.bytes.saturating_sub(bytes), packed.files.saturating_sub(files));
    };
    let packing = Packing {
        name: name.clone(),
        guarded: &|name, id| opened.is_guarded(name, id),
        stop: &|| telling.stopped(),
        tell: &tell,
    };
    let out = file.try_clone()?;
    let (packed, mut out) = archive::pack(folder, std::io::BufWriter::with_capacity(1 << 18, out), &packing)?;
    out.flush()?;
    file.sync_all()?;
    Ok(packed)
}

/// The name with an ending, cut where it would be too long.
fn ending(name: &FileName, ending: &[u8]) -> FileName {
    let bytes = name.as_bytes();
    let kept = bytes.len().min(FileName::BYTES_MAX - ending.len());
    FileName::new(&[&bytes[..kept], ending].concat()).expect("a name and letters, not too long")
}

fn deleted(sum: Sum) -> Done {
    let says = phrase!("storage-did-delete", size = Bytes(sum.bytes).to_string(), files = sum.files);
    Done { sum, to: None, says }
}

fn count(floor: &Floor, place: &Place, watch: &dyn Watch) -> Result<Sum, Fault> {
    let opened = floor.roots.open(&place.root)?;
    let (folder, name) = opened.parent(&place.path)?;
    let sum = tree::count(&folder, &name, watch)?;
    if watch.stopped() { Err(Fault::Stopped) } else { Ok(sum) }
}

/// All of a trash together.
pub fn total(all: &[trash::Thrown]) -> Sum {
    all.iter().fold(Sum::default(), |sum, thrown| Sum {
        files: sum.files + thrown.sum.files,
        bytes: sum.bytes + thrown.sum.bytes,
        partial: sum.partial || thrown.sum.partial,
        ..sum
    })
}

/// While it is counted how much there is.
struct Counting<'a>(&'a Link);

impl Watch for Counting<'_> {
    fn stopped(&self) -> bool {
        self.0.is_stopping()
    }
    fn passed(&self, _: &FileName, _: u64, _: u64) {}
}

/// Tells the job how far it is.
struct Telling<'a> {
    link: &'a Link,
    total: Sum,
    done: std::cell::Cell<(u64, u64)>,
    told: std::cell::Cell<Option<Instant>>,
}

impl<'a> Telling<'a> {
    /// Figures are looked at once a second.
    const EVERY: Duration = Duration::from_millis(200);

    fn new(link: &'a Link, total: &Sum) -> Telling<'a> {
        let telling = Telling { link, total: *total, done: Default::default(), told: Default::default() };
        telling.tell(None);
        telling
    }

    fn tell(&self, name: Option<&FileName>) {
        let (bytes, files) = self.done.get();
        let whole = |total: u64| (!self.total.partial).then_some(total);
        let figure = |done, total, unit| Figure { done, total: whole(total), unit };
        self.link.report(Progress {
            figures: vec![
                figure(bytes, self.total.bytes, Unit::Bytes),
                figure(files, self.total.files, Unit::Files),
            ],
            note: name.map(FileName::shown),
            ..Progress::default()
        });
        self.told.set(Some(Instant::now()));
    }
}

impl Watch for Telling<'_> {
    fn stopped(&self) -> bool {
        self.link.is_stopping()
    }

    fn passed(&self, name: &FileName, bytes: u64, files: u64) {
        let (before, seen) = self.done.get();
        self.done.set((before + bytes, seen + files));
        if self.told.get().is_none_or(|told| told.elapsed() >= Self::EVERY) {
            self.tell(Some(name));
        }
    }
}
