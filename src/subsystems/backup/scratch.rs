//! Folders of our own that are gone again after use: what an engine writes goes here first. Each is noted before it is
//! made, so that what a died restore leaves is found by the next life of the program: only what an earlier life noted,
//! only under a name of ours.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use crate::store::notes::{Note, Notes};

/// What their names begin with.
pub const MARK: &str = ".cockpit-restore-";

/// Where they are made. Cheap to clone; clones are of the same life.
#[derive(Debug, Clone)]
pub struct Scratches {
    own: PathBuf,
    notes: Notes,
}

/// Removed when it is dropped, if nobody did it before.
#[derive(Debug)]
pub struct Scratch {
    path: Option<PathBuf>,
    note: Option<Note>,
}

/// What became of the folders that earlier lives left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// With their bytes.
    pub removed: Vec<(PathBuf, u64)>,
    /// Not to be had now: their disk may be away.
    pub waiting: u64,
}

impl Scratches {
    /// `data`: the bot's data folder.
    pub fn new(data: &Path) -> Scratches {
        Scratches { own: data.join("scratch"), notes: Notes::new(&data.join("restores")) }
    }

    /// The folder of our own.
    pub fn own(&self) -> &Path {
        &self.own
    }

    /// A new, empty folder for us alone, in the bot's data folder.
    ///
    /// # Errors
    /// It cannot be written to.
    pub async fn make(&self, what: &str) -> io::Result<Scratch> {
        let what = what.to_owned();
        self.aside(move |all| {
            fs::create_dir_all(&all.own)?;
            all.new_in(&all.own, &what)
        })
        .await
    }

    /// As [`Scratches::make`], in a folder that is there.
    ///
    /// # Errors
    /// It cannot be written to.
    pub async fn within(&self, parent: &Path, what: &str) -> io::Result<Scratch> {
        let (parent, what) = (parent.to_owned(), what.to_owned());
        self.aside(move |all| all.new_in(&parent, &what)).await
    }

    /// On the filesystem that `target` is or will be on, in a folder whose names nobody else can change: `first` (the
    /// plan's own path) or one above it.
    ///
    /// # Errors
    /// There is no such folder, or it cannot be written to.
    pub async fn beside(&self, target: &Path, first: &Path, what: &str) -> io::Result<Scratch> {
        let (target, first, what) = (target.to_owned(), first.to_owned(), what.to_owned());
        self.aside(move |all| all.new_beside(&target, &first, &what)).await
    }

    async fn aside(
        &self,
        work: impl FnOnce(&Scratches) -> io::Result<Scratch> + Send + 'static,
    ) -> io::Result<Scratch> {
        let all = self.clone();
        tokio::task::spawn_blocking(move || work(&all)).await.map_err(io::Error::other)?
    }

    fn new_in(&self, parent: &Path, what: &str) -> io::Result<Scratch> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        let path = parent.join(format!("{MARK}{what}-{}", data_encoding::HEXLOWER.encode(&random)));
        // By its number the folder is known again; another disk, or none, may be mounted there then.
        let number = fs::metadata(parent)?.ino().to_string();
        let note = self.notes.write(&[number.as_bytes(), b"\0", path.as_os_str().as_bytes()].concat());
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Scratch { path: Some(path), note: Some(note) })
    }

    fn new_beside(&self, target: &Path, first: &Path, what: &str) -> io::Result<Scratch> {
        let device = device_of(target)?;
        let me = rustix::process::geteuid().as_raw();
        let mut refused = io::Error::new(io::ErrorKind::NotFound, "no folder of ours on its filesystem");
        for folder in first.ancestors() {
            let Ok(meta) = fs::symlink_metadata(folder) else { continue };
            let ours = meta.is_dir() && meta.uid() == me && meta.mode() & 0o022 == 0;
            if !ours || meta.dev() != device {
                continue;
            }
            match self.new_in(folder, what) {
                Ok(scratch) => return Ok(scratch),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// A file without a name, in the folder of our own: it goes when nobody holds it.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn nameless(&self) -> io::Result<fs::File> {
        use rustix::fs::{Mode, OFlags};
        fs::create_dir_all(&self.own)?;
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        match rustix::fs::open(&self.own, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(file.into()),
            // A filesystem that knows no such files: made and unnamed at once.
            Err(_) => {
                let made = self.new_in(&self.own, "file")?;
                fs::File::options().read(true).write(true).create_new(true).open(made.path().join("file"))
            }
        }
    }

    /// Removes what earlier lives left, of which no engine may be at work any more. Blocking.
    pub fn sweep(&self) -> Swept {
        let mut swept = Swept::default();
        for left in self.notes.left() {
            match sweep(&left.text) {
                Ok(removed) => {
                    swept.removed.extend(removed);
                    left.settle();
                }
                Err(error) => {
                    tracing::info!(%error, "what a died restore left is not to be had");
                    swept.waiting += 1;
                    left.put_off();
                }
            }
        }
        swept
    }
}

/// What one note tells of; `None` where nothing of ours is left.
fn sweep(note: &[u8]) -> io::Result<Option<(PathBuf, u64)>> {
    let Some(split) = note.iter().position(|byte| *byte == 0) else { return Ok(None) };
    let (number, path) = (&note[..split], Path::new(OsStr::from_bytes(&note[split + 1..])));
    let ours = |name: &OsStr| name.as_bytes().starts_with(MARK.as_bytes());
    let (Some(parent), true) = (path.parent(), path.file_name().is_some_and(ours)) else { return Ok(None) };
    // Of the entry itself: a link with such a name is somebody's trick.
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw() => {
            let bytes = tally(path).bytes;
            remove(path)?;
            Ok(Some((path.to_owned(), bytes)))
        }
        Ok(_) => Ok(None),
        Err(_) if fs::metadata(parent)?.ino().to_string().as_bytes() == number => Ok(None),
        Err(error) => Err(error),
    }
}

/// With all that is in it. Folders come back with the rights they were saved with, which may be none to write.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            each(folder, &mut |path, meta| {
                if meta.is_dir() {
                    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
                }
            });
            fs::remove_dir_all(folder)
        }
        other => other,
    }
}

/// What lies in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub files: u64,
    pub bytes: u64,
    pub folders: u64,
}

/// Counted where it lies. Blocking.
pub fn tally(folder: &Path) -> Tally {
    let mut sum = Tally::default();
    each(folder, &mut |path, meta| {
        if meta.is_dir() {
            sum.folders += u64::from(path != folder);
        } else {
            sum.files += 1;
            sum.bytes += if meta.is_file() { meta.len() } else { 0 };
        }
    });
    sum
}

/// A folder and all below it, each before what is in it. No link is followed out of it.
fn each(folder: &Path, told: &mut impl FnMut(&Path, &fs::Metadata)) {
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        told(&path, &meta);
        if meta.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            open.extend(entries.map(|entry| entry.path()));
        }
    }
}

impl Scratch {
    pub fn path(&self) -> &Path {
        self.path.as_deref().expect("it is taken away only by what consumes it")
    }

    /// Takes its time off the runtime.
    pub async fn remove(self) {
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }

    /// It becomes `to`, which must not exist.
    ///
    /// # Errors
    /// `to` exists, or is on another filesystem.
    pub fn become_folder(mut self, to: &Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, self.path(), CWD, to, RenameFlags::NOREPLACE)?;
        self.path = None;
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(path) = self.path.take() else { return };
        if let Err(error) = remove(&path) {
            tracing::warn!(%error, "a scratch folder stays behind until the next start");
            if let Some(note) = self.note.take() {
                note.stay();
            }
        }
    }
}

/// Of a path that may not be there (yet): that of the nearest folder above it.
pub fn device_of(path: &Path) -> io::Result<u64> {
    for folder in path.ancestors() {
        match fs::symlink_metadata(folder) {
            Ok(meta) => return Ok(meta.dev()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratches(dir: &Path) -> Scratches {
        Scratches::new(&dir.join("data"))
    }

    #[tokio::test]
    async fn a_scratch_folder_is_for_us_alone_and_goes_with_its_owner() {
        let dir = tempfile::tempdir().expect("a folder");
        let all = scratches(dir.path());
        let scratch = all.make("t").await.expect("made");
        let path = scratch.path().to_owned();
        fs::write(path.join("f"), "x").expect("room");
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o700);
        scratch.remove().await;
        assert!(!path.exists());
        let scratch = all.within(dir.path(), "t").await.expect("made");
        scratch.become_folder(&dir.path().join("final")).expect("renamed");
        assert!(dir.path().join("final").is_dir());
        let again = all.within(dir.path(), "t").await.expect("made");
        assert!(again.become_folder(&dir.path().join("final")).is_err(), "nothing is replaced");
        assert_eq!(scratches(dir.path()).sweep(), Swept::default(), "no note is left");
    }

    #[tokio::test]
    async fn what_a_died_restore_left_is_swept_by_the_next_life_and_nothing_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("keep/x")).expect("room");
        fs::create_dir(at(".cockpit-restore-stranger")).expect("room");
        let before = scratches(dir.path());
        let died = std::mem::ManuallyDrop::new(before.within(dir.path(), "home").await.expect("made"));
        fs::create_dir(died.path().join("etc")).expect("room");
        fs::write(died.path().join("etc/passwd"), "four").expect("room");
        // Saved without the right to write, and so restored.
        fs::set_permissions(died.path().join("etc"), fs::Permissions::from_mode(0o500)).expect("ours");
        let moved = std::mem::ManuallyDrop::new(before.within(dir.path(), "home").await.expect("made"));
        fs::rename(moved.path(), at("restored")).expect("ours");
        let swapped = std::mem::ManuallyDrop::new(before.within(dir.path(), "home").await.expect("made"));
        fs::remove_dir(swapped.path()).expect("ours");
        std::os::unix::fs::symlink(at("keep"), swapped.path()).expect("room");
        assert_eq!(before.sweep(), Swept::default(), "its own are at work");

        let now = scratches(dir.path());
        let at_work = now.within(dir.path(), "home").await.expect("made");
        // A note that somebody tampered with names no other folder.
        for (name, text) in [("x-1", format!("1\0{}", at("keep").display())), ("x-2", "no path".into())] {
            fs::write(at("data/restores").join(name), text).expect("room");
        }
        let swept = now.sweep();
        assert_eq!(swept, Swept { removed: vec![(died.path().to_owned(), 4)], waiting: 0 });
        assert!(!died.path().exists() && at_work.path().exists());
        assert!(at("keep/x").exists() && at("restored").exists() && at(".cockpit-restore-stranger").exists());
        assert!(swapped.path().symlink_metadata().is_ok());
        drop(at_work);
        assert_eq!(fs::read_dir(at("data/restores")).expect("there").count(), 0, "no note is left");
    }

    #[tokio::test]
    async fn what_was_left_on_a_disk_that_is_away_waits_for_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let (disk, away) = (dir.path().join("disk"), dir.path().join("away"));
        fs::create_dir(&disk).expect("room");
        let died = scratches(dir.path()).within(&disk, "home").await.expect("made");
        let died = std::mem::ManuallyDrop::new(died);
        let waits = Swept { waiting: 1, ..Swept::default() };
        fs::rename(&disk, &away).expect("ours");
        assert_eq!(scratches(dir.path()).sweep(), waits, "not there at all");
        fs::create_dir(&disk).expect("room");
        assert_eq!(scratches(dir.path()).sweep(), waits, "the bare folder it is mounted on");
        fs::remove_dir(&disk).expect("ours");
        fs::rename(&away, &disk).expect("ours");
        assert_eq!(scratches(dir.path()).sweep().removed, [(died.path().to_owned(), 0)]);
        assert_eq!(scratches(dir.path()).sweep(), Swept::default());
    }

    #[tokio::test]
    async fn it_is_never_made_where_others_could_swap_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let (ours, open) = (dir.path().join("ours"), dir.path().join("ours/open"));
        fs::create_dir_all(&open).expect("room");
        fs::set_permissions(&ours, fs::Permissions::from_mode(0o755)).expect("ours");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("ours");
        let made = scratches(dir.path()).beside(&open.join("not/yet/there"), &open, "t").await;
        assert_eq!(made.expect("made").path().parent(), Some(ours.as_path()));
    }
}
