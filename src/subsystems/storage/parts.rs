//! Half-made things: hidden names in the roots that are renamed once they are whole. Each is noted in the bot's data
//! folder before it is made, so that what a crash leaves behind is found again at the next start and removed: only what
//! an earlier life noted, only under a name of ours. Never walks a root. Blocking.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    fault::Fault,
    root::{Kind, Roots},
    tree::{self, Alone},
};
use crate::domain::{FileName, Place, RootName};

/// What the hidden names begin with.
pub const PART: &str = ".cockpit-part-";
/// Notes that are looked at; more were surely not left by crashes.
const NOTES_MAX: usize = 1000;
/// A note of a root that is away, or not in the config any more, is kept so long.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// A note is one path.
const NOTE_BYTES_MAX: u64 = 16 << 10;

/// The notes of one data folder. Cheap to clone; clones are of the same life.
#[derive(Debug, Clone)]
pub struct Parts {
    folder: Arc<Path>,
    /// What tells this process from those before it.
    life: Arc<str>,
}

/// A hidden name that is noted; the note goes with it.
#[derive(Debug)]
pub struct Part {
    pub name: FileName,
    note: Option<PathBuf>,
}

/// One note of an earlier life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub place: Place,
    note: PathBuf,
}

impl Parts {
    /// `data`: the bot's data folder.
    pub fn new(data: &Path) -> Parts {
        Parts { folder: data.join("parts").into(), life: random().unwrap_or_default().into() }
    }

    /// A new hidden name in this folder. Where it cannot be noted (the data folder's disk is full), the work goes on.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn begin(&self, at: &Place) -> Result<Part, Fault> {
        let random = random()?;
        let name = FileName::new(format!("{PART}{random}").as_bytes()).expect("letters, digits and dashes");
        let note = at.join(&name).ok().and_then(|place| {
            let written = self.write(&random, &place);
            if let Err(error) = &written {
                tracing::warn!(%error, "a half-made file cannot be noted");
            }
            written.ok()
        });
        Ok(Part { name, note })
    }

    fn write(&self, random: &str, place: &Place) -> std::io::Result<PathBuf> {
        fs::create_dir_all(&self.folder)?;
        let note = self.folder.join(format!("{}-{random}", self.life));
        let mut file = fs::File::options().write(true).create_new(true).open(&note)?;
        file.write_all(place.to_string().as_bytes())?;
        // After a power failure it is to be there, as is what it tells of.
        file.sync_all()?;
        Ok(note)
    }

    /// What earlier lives noted and did not finish. Notes that cannot be read go.
    pub fn leftovers(&self) -> Vec<Leftover> {
        let Ok(notes) = fs::read_dir(&self.folder) else { return Vec::new() };
        let own = format!("{}-", self.life);
        let notes = notes.flatten().filter(|note| !note.file_name().to_string_lossy().starts_with(&own));
        let read = notes.take(NOTES_MAX).filter_map(|note| {
            let small = note.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= NOTE_BYTES_MAX);
            let text = if small { fs::read_to_string(note.path()).ok() } else { None };
            let place = text.and_then(|text| Place::parse(&text).ok()).filter(is_ours);
            if place.is_none() {
                let _ = fs::remove_file(note.path());
            }
            Some(Leftover { place: place?, note: note.path() })
        });
        read.collect()
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
        let old = || {
            let made = self.note.metadata().and_then(|meta| meta.modified()).ok();
            made.and_then(|made| made.elapsed().ok()).is_some_and(|age| age > KEPT)
        };
        if done.is_ok() || old() {
            let _ = fs::remove_file(&self.note);
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
    pub fn is_left(mut self) {
        self.note = None;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(note) = &self.note {
            let _ = fs::remove_file(note);
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
