//! Half-made things: hidden names in the roots that are renamed once they are whole. Each is noted in the bot's data
//! folder before it is made, so that what a crash leaves behind is found again at the next start and removed: only what
//! an earlier life noted, only under a name of ours. Never walks a root. Blocking.

use std::{collections::BTreeSet, path::Path};

use super::{
    fault::Fault,
    folder::Kind,
    root::Roots,
    tree::{self, Alone},
};
use crate::{
    domain::{FileName, Place, RootName},
    store::notes::{Left, Note, Notes},
};

/// What the hidden names begin with.
pub const PART: &str = ".cockpit-part-";

/// What is noted in one data folder. Cheap to clone; clones are of the same life.
#[derive(Debug, Clone)]
pub struct Parts(Notes);

/// A hidden name that is noted; the note goes with it.
#[derive(Debug)]
pub struct Part {
    pub name: FileName,
    note: Option<Note>,
}

/// Noted by an earlier life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub place: Place,
    note: Left,
}

impl Parts {
    /// `data`: the bot's data folder.
    pub fn new(data: &Path) -> Parts {
        Parts(Notes::new(&data.join("parts")))
    }

    /// A new hidden name in this folder.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn begin(&self, at: &Place) -> Result<Part, Fault> {
        let name =
            FileName::new(format!("{PART}{}", random()?).as_bytes()).expect("letters, digits and dashes");
        let note = at.join(&name).ok().map(|place| self.0.write(place.to_string().as_bytes()));
        Ok(Part { name, note })
    }

    /// What earlier lives noted and did not finish. Notes of anything else go.
    pub fn leftovers(&self) -> Vec<Leftover> {
        let ours = |note: Left| {
            let place = std::str::from_utf8(&note.text).ok().and_then(|text| Place::parse(text).ok());
            let place = place.filter(is_ours);
            if place.is_none() {
                note.settle();
            }
            Some(Leftover { place: place?, note })
        };
        self.0.left().into_iter().filter_map(ours).collect()
    }
}

/// The roots in which something was left.
pub fn roots(leftovers: &[Leftover]) -> BTreeSet<RootName> {
    leftovers.iter().map(|leftover| leftover.place.root.clone()).collect()
}

impl Leftover {
    /// Removes it; how many bytes that were, `None` where nothing was left.
    ///
    /// # Errors
    /// It cannot be removed now; the note stays for the next start.
    pub fn clear(&self, roots: &Roots) -> Result<Option<u64>, Fault> {
        let done = self.remove(roots);
        match &done {
            Ok(_) => self.note.settle(),
            Err(_) => self.note.put_off(),
        }
        done
    }

    fn remove(&self, roots: &Roots) -> Result<Option<u64>, Fault> {
        let opened = roots.open(&self.place.root)?;
        opened.writable()?;
        let found = opened.parent(&self.place.path).and_then(|(folder, name)| {
            let found = folder.look(&name)?;
            Ok((folder, name, found))
        });
        let (folder, name, found) = match found {
            // Its folder may be gone as well.
            Err(Fault::Gone | Fault::NotFolder | Fault::Link) => return Ok(None),
            other => other?,
        };
        if !matches!(found.kind, Kind::File | Kind::Folder) {
            return Ok(None);
        }
        let sum = tree::count(&folder, &name, &Alone)?;
        tree::remove(&folder, &name, &Alone)?;
        Ok(Some(sum.bytes))
    }
}

fn is_ours(place: &Place) -> bool {
    place.path.name().is_some_and(|name| name.as_bytes().starts_with(PART.as_bytes()))
}

impl Part {
    /// It could not be removed: the note stays, for the next start.
    pub fn is_left(self) {
        if let Some(note) = self.note {
            note.stay();
        }
    }
}

fn random() -> Result<String, Fault> {
    let mut random = [0; 6];
    getrandom::fill(&mut random).map_err(|_| Fault::Other(rustix::io::Errno::IO))?;
    Ok(data_encoding::HEXLOWER.encode(&random))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::subsystems::storage::ground::{Ground, place};

    #[test]
    fn what_a_crash_left_goes_at_the_next_start_and_nothing_else() {
        let ground = Ground::new();
        ground.write("folder/keep.txt", "a pilot's");
        ground.write("folder/.cockpit-part-stranger", "nobody noted this one");
        let before = Parts::new(ground.data());
        let (file, tree) = (before.begin(&place("folder")).unwrap(), before.begin(&place("folder")).unwrap());
        ground.write(&format!("folder/{}", file.name), "half of it");
        ground.write(&format!("folder/{}/deep/x", tree.name), "and of a tree");
        // The life that made them goes without a word.
        let _ = (std::mem::ManuallyDrop::new(file), std::mem::ManuallyDrop::new(tree));
        assert_eq!(before.leftovers(), [], "its own are at work");

        let now = Parts::new(ground.data());
        let at_work = now.begin(&place("folder")).unwrap();
        ground.write(&format!("folder/{}", at_work.name), "being written");
        // A note that somebody tampered with names no other file.
        fs::write(ground.data().join("parts/x-1"), "r/folder/keep.txt").unwrap();
        let left = now.leftovers();
        assert_eq!(left.len(), 2, "{left:?}");
        let cleared: Vec<_> = left.iter().map(|one| one.clear(&ground.floor.roots).unwrap()).collect();
        assert_eq!(cleared.iter().flatten().sum::<u64>(), 23);
        let mut names = vec!["folder/".into(), "folder/.cockpit-part-stranger".into()];
        names.extend([format!("folder/{}", at_work.name), "folder/keep.txt".into()]);
        names.sort();
        assert_eq!(ground.tree(), names);
        drop(at_work);
        assert_eq!(fs::read_dir(ground.data().join("parts")).unwrap().count(), 0, "no note is left");
    }

    #[test]
    fn a_note_of_a_root_that_is_away_waits_for_it() {
        let ground = Ground::new();
        let before = Parts::new(ground.data());
        let part = std::mem::ManuallyDrop::new(before.begin(&place("gone")).unwrap());
        let now = Parts::new(ground.data());
        std::fs::rename(ground.root(""), ground.outside("unplugged")).unwrap();
        let left = now.leftovers();
        assert!(matches!(left[0].clear(&ground.floor.roots), Err(Fault::RootAway(_))));
        std::fs::rename(ground.outside("unplugged"), ground.root("")).unwrap();
        ground.write(&format!("gone/{}", part.name), "half");
        assert_eq!(now.leftovers()[0].clear(&ground.floor.roots), Ok(Some(4)));
        assert_eq!((now.leftovers(), ground.tree()), (Vec::new(), vec!["gone/".to_owned()]));
    }
}
