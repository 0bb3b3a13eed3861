//! Moving and copying to a picked folder. Within one filesystem a move is one rename; across, it copies, reads the copy
//! again, compares, and only then removes the original. A copy is made under a hidden name and gets its own at the end:
//! nobody finds half a file. Nothing is overwritten: what is to be replaced goes to the trash. Blocking.

use super::{
    actor::Floor,
    fault::Fault,
    folder::{Folder, Kind, lies_within},
    ops,
    root::Opened,
    trash::{self, Throw},
    tree::{self, Alone, Copying, Sum, Watch},
};
use crate::{
    domain::{FileName, Place, Target},
    intent::storage::{Clash, Relocation},
};

/// Larger ones are copied by a job.
const AT_ONCE_BYTES: u64 = 8 << 20;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocated {
    pub place: Place,
    pub sum: Sum,
    /// Nothing was copied: one rename.
    pub renamed: bool,
}

/// How it is to be done, and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Now.
    Small,
    /// By a job.
    Large,
}

/// Looks whether it can be done, and how long it would take.
///
/// # Errors
/// Why it cannot: [`Fault::Exists`] where the pilot is to be asked.
pub fn weigh(floor: &Floor, what: &Target, to: &Place, how: Relocation) -> Result<Effort, Fault> {
    let (from, into) = (floor.roots.open(&what.place.root)?, floor.roots.open(&to.root)?);
    let (folder, name, found) = ops::take(&from, &what.place.path, what.stamp)?;
    let target = into.folder(&to.path)?;
    into.writable()?;
    if how == Relocation::Move {
        from.writable()?;
        trash::check(&from, &folder, &name, &found)?;
    }
    not_into_itself(&target, found.kind, found.id)?;
    let same_folder = target.id == folder.id;
    if how == Relocation::Move && same_folder {
        return Err(Fault::Exists);
    }
    if !same_folder && target.look(&name).is_ok() {
        return Err(Fault::Exists);
    }
    Ok(effort(how, &found, &target))
}

/// After the pilot chose what becomes of the other one.
///
/// # Errors
/// It is not there any more.
pub fn effort_of(floor: &Floor, what: &Target, to: &Place, how: Relocation) -> Result<Effort, Fault> {
    let (from, into) = (floor.roots.open(&what.place.root)?, floor.roots.open(&to.root)?);
    let found = from.look(&what.place.path)?;
    Ok(effort(how, &found, &into.folder(&to.path)?))
}

fn effort(how: Relocation, found: &super::folder::Meta, target: &Folder) -> Effort {
    let renames = how == Relocation::Move && found.id.dev == target.id.dev;
    let small = found.kind != Kind::Folder && found.size <= AT_ONCE_BYTES;
    if renames || small { Effort::Small } else { Effort::Large }
}

fn not_into_itself(target: &Folder, kind: Kind, id: super::folder::FileId) -> Result<(), Fault> {
    if kind == Kind::Folder && lies_within(target, id)? {
        return Err(Fault::IntoItself);
    }
    Ok(())
}

/// What is to be moved or copied, and where to.
pub struct Order<'a> {
    pub what: &'a Target,
    pub to: &'a Place,
    pub how: Relocation,
    pub clash: Clash,
}

/// # Errors
/// The original is untouched then, but for a failure in the middle of removing it, which is told.
pub fn run(floor: &Floor, order: &Order<'_>, throw: &Throw<'_>) -> Result<Relocated, Fault> {
    let (what, to) = (order.what, order.to);
    let (from, into) = (floor.roots.open(&what.place.root)?, floor.roots.open(&to.root)?);
    into.writable()?;
    let (folder, name, found) = ops::take(&from, &what.place.path, what.stamp)?;
    let target = into.folder(&to.path)?;
    not_into_itself(&target, found.kind, found.id)?;
    let same_folder = target.id == folder.id;
    // A copy beside its original is always a second one.
    let clash = if same_folder && order.how == Relocation::Copy { Clash::KeepBoth } else { order.clash };
    if order.how == Relocation::Move {
        from.writable()?;
        trash::check(&from, &folder, &name, &found)?;
        if same_folder {
            return Err(Fault::Exists);
        }
        let sum = tree::count(&folder, &name, throw.watch)?;
        if found.id.dev == target.id.dev {
            match rename(&into, &folder, &name, &target, order, clash, throw) {
                // Two mounts of one filesystem: the kernel does not rename across them.
                Err(Fault::OtherDisk) => {}
                done => return done.map(|place| Relocated { place, sum, renamed: true }),
            }
        }
        if sum.special > 0 {
            return Err(Fault::Special);
        }
    }
    let moves = order.how == Relocation::Move;
    let how = Copied { floor, from: &from, order, clash, throw, verify: moves };
    let (place, sum) = copy(&into, &folder, &name, &target, &how)?;
    if moves {
        // Only what was copied is removed: a file changed or added meanwhile is not.
        let now = folder.look(&name)?;
        if now.stamp != what.stamp || found.kind == Kind::File && now.modified != found.modified {
            return Err(Fault::Changed);
        }
        if found.kind == Kind::Folder {
            let again = tree::count(&folder, &name, &Alone)?;
            if (again.files, again.bytes) != (sum.files, sum.bytes) {
                return Err(Fault::Changed);
            }
        }
        tree::remove(&folder, &name, &Alone)?;
        ops::sync(&folder);
    }
    Ok(Relocated { place, sum, renamed: false })
}

fn rename(
    into: &Opened,
    folder: &Folder,
    name: &FileName,
    target: &Folder,
    order: &Order<'_>,
    clash: Clash,
    throw: &Throw<'_>,
) -> Result<Place, Fault> {
    let new = trash::make_room(into, target, &order.to.path, name, clash, throw)?;
    ops::move_name(folder, name, target, &new)?;
    ops::sync(target);
    ops::sync(folder);
    order.to.join(&new).map_err(|_| Fault::TooLong)
}

struct Copied<'a> {
    floor: &'a Floor,
    from: &'a Opened,
    order: &'a Order<'a>,
    clash: Clash,
    throw: &'a Throw<'a>,
    verify: bool,
}

fn copy(
    into: &Opened,
    folder: &Folder,
    name: &FileName,
    target: &Folder,
    how: &Copied<'_>,
) -> Result<(Place, Sum), Fault> {
    let watch: &dyn Watch = how.throw.watch;
    let whole = tree::count(folder, name, watch)?;
    if watch.stopped() {
        return Err(Fault::Stopped);
    }
    tree::must_fit(target, whole.bytes)?;
    if how.clash == Clash::Ask && target.look(name).is_ok() {
        return Err(Fault::Exists);
    }
    let part = how.floor.parts.begin(how.order.to)?;
    let guarded = |name: &[u8], id| how.from.is_guarded(name, id);
    let copying = Copying { watch, verify: how.verify, guarded: &guarded };
    let copied = tree::copy(folder, name, target, &part.name, &copying);
    let placed = copied.and_then(|sum| {
        // A device alone is nothing that can be copied.
        if sum.files + sum.folders == 0 {
            return Err(Fault::NotFile);
        }
        let new = trash::make_room(into, target, &how.order.to.path, name, how.clash, how.throw)?;
        ops::move_name(target, &part.name, target, &new)?;
        ops::sync(target);
        Ok((how.order.to.join(&new).map_err(|_| Fault::TooLong)?, sum))
    });
    if placed.is_err()
        && let Err(fault) = tree::remove(target, &part.name, &Alone)
    {
        tracing::warn!(%fault, part = %part.name, "half a copy could not be removed");
        part.is_left();
    }
    placed
}
