//! Folders of our own that are gone again after use: what an engine writes goes here first.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Removed when it is dropped, if nobody did it before.
#[derive(Debug)]
pub struct Scratch {
    path: Option<PathBuf>,
}

/// Names that begin so are leftovers of a Cockpit that was killed.
pub const MARK: &str = ".cockpit-restore-";

impl Scratch {
    /// A new, empty folder for us alone, in `parent`, which is made if it is missing.
    ///
    /// # Errors
    /// `parent` cannot be made or written to.
    pub fn make(parent: &Path, what: &str) -> io::Result<Scratch> {
        fs::create_dir_all(parent)?;
        Scratch::within(parent, what)
    }

    /// As [`Scratch::make`], in a folder that is there.
    ///
    /// # Errors
    /// It cannot be written to.
    pub fn within(parent: &Path, what: &str) -> io::Result<Scratch> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        let path = parent.join(format!("{MARK}{what}-{}", data_encoding::HEXLOWER.encode(&random)));
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Scratch { path: Some(path) })
    }

    /// On the filesystem that `target` is or will be on, in a folder whose names nobody else can change: `first` (the
    /// plan's own path) or one above it.
    ///
    /// # Errors
    /// There is no such folder, or it cannot be written to.
    pub fn beside(target: &Path, first: &Path, what: &str) -> io::Result<Scratch> {
        let device = device_of(target)?;
        let me = rustix::process::geteuid().as_raw();
        let mut refused = io::Error::new(io::ErrorKind::NotFound, "no folder of ours on its filesystem");
        for folder in first.ancestors() {
            let Ok(meta) = fs::symlink_metadata(folder) else { continue };
            let ours = meta.is_dir() && meta.uid() == me && meta.mode() & 0o022 == 0;
            if !ours || meta.dev() != device {
                continue;
            }
            match Scratch::within(folder, what) {
                Ok(scratch) => return Ok(scratch),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    pub fn path(&self) -> &Path {
        self.path.as_deref().expect("it is taken away only by what consumes it")
    }

    /// Takes its time off the runtime.
    pub async fn remove(mut self) {
        if let Some(path) = self.path.take() {
            let removed = tokio::task::spawn_blocking(move || fs::remove_dir_all(&path)).await;
            if !matches!(removed, Ok(Ok(()))) {
                tracing::warn!(?removed, "a scratch folder stays behind");
            }
        }
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
        if let Some(path) = self.path.take() {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// A file without a name: it goes when nobody holds it. `folder` is made if it is missing.
///
/// # Errors
/// `folder` cannot be made or written to.
pub fn nameless(folder: &Path) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags};
    fs::create_dir_all(folder)?;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(file.into()),
        // A filesystem that knows no such files: made and unnamed at once.
        Err(_) => {
            let own = Scratch::within(folder, "file")?;
            fs::File::options().read(true).write(true).create_new(true).open(own.path().join("file"))
        }
    }
}

/// Removes what a Cockpit that was killed left in a folder: folders of ours with our mark, and nothing else. Only while
/// no restore and no proof runs: theirs look the same. Answers how many there were.
pub fn sweep(folder: &Path) -> u64 {
    let me = rustix::process::geteuid().as_raw();
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let mut swept = 0;
    for entry in entries.flatten() {
        if !entry.file_name().to_str().is_some_and(|name| name.starts_with(MARK)) {
            continue;
        }
        let Ok(meta) = entry.metadata() else { continue };
        // Of the entry itself: a link with such a name is somebody's trick.
        if meta.is_dir() && meta.uid() == me && fs::remove_dir_all(entry.path()).is_ok() {
            swept += 1;
        }
    }
    swept
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
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_scratch_folder_is_for_us_alone_and_goes_with_its_owner() {
        let dir = tempfile::tempdir().expect("a folder");
        let scratch = Scratch::make(&dir.path().join("new"), "t").expect("made");
        let path = scratch.path().to_owned();
        fs::write(path.join("f"), "x").expect("room");
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o700);
        drop(scratch);
        assert!(!path.exists());
        let scratch = Scratch::within(dir.path(), "t").expect("made");
        scratch.become_folder(&dir.path().join("final")).expect("renamed");
        assert!(dir.path().join("final").is_dir());
        let again = Scratch::within(dir.path(), "t").expect("made");
        assert!(again.become_folder(&dir.path().join("final")).is_err(), "nothing is replaced");
    }

    #[test]
    fn what_a_killed_cockpit_left_is_swept_and_nothing_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        for folder in [".cockpit-restore-home-0011/etc", "keep/x"] {
            fs::create_dir_all(at(folder)).expect("room");
        }
        fs::write(at(".cockpit-restore-home-0011/etc/passwd"), "x").expect("room");
        fs::write(at(".cockpit-restore-file"), "a file of somebody").expect("room");
        std::os::unix::fs::symlink(at("keep"), at(".cockpit-restore-link")).expect("room");
        assert_eq!(sweep(dir.path()), 1);
        assert!(!at(".cockpit-restore-home-0011").exists());
        assert!(at("keep/x").exists() && at(".cockpit-restore-file").exists());
        assert!(at(".cockpit-restore-link").symlink_metadata().is_ok());
        assert_eq!(sweep(&at("nowhere")), 0);
    }

    #[test]
    fn it_is_never_made_where_others_could_swap_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let (ours, open) = (dir.path().join("ours"), dir.path().join("ours/open"));
        fs::create_dir_all(&open).expect("room");
        fs::set_permissions(&ours, fs::Permissions::from_mode(0o755)).expect("ours");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("ours");
        let scratch = Scratch::beside(&open.join("not/yet/there"), &open, "t").expect("made");
        assert_eq!(scratch.path().parent(), Some(ours.as_path()));
    }
}
