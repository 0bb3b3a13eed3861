//! The data folder: made when missing, held by one daemon at a time.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::FlockOperation;

use super::StoreError;

/// A data folder that is ours as long as this value, or a clone of it, lives. The kernel lets the lock go when the
/// process ends, however it ends.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    _lock: Arc<File>,
    /// Removes the folder after the lock is let go.
    _temporary: Option<Arc<Removed>>,
}

impl Folder {
    /// Makes the folder where it is missing (for its owner only) and takes the lock.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when it cannot be made or written, [`StoreError::Locked`] when another daemon has it.
    pub fn claim(path: &Path) -> Result<Folder, StoreError> {
        let wrong = |source| StoreError::Folder { path: path.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(wrong)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(wrong)?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                // The number is for the message only; without it the message is still right.
                let _ = (&lock).take(16).read_to_string(&mut text);
                return Err(StoreError::Locked { path: path.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(errno) => return Err(wrong(errno.into())),
        }
        lock.set_len(0).and_then(|()| lock.rewind()).map_err(wrong)?;
        writeln!(lock, "{}", std::process::id()).map_err(wrong)?;
        Ok(Folder { path: path.to_owned(), _lock: Arc::new(lock), _temporary: None })
    }

    /// A new folder below the system's temporary one, removed with its contents when the last clone is dropped.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when the temporary folder cannot be written.
    pub fn temporary() -> Result<Folder, StoreError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random)
            .map_err(|e| StoreError::Folder { path: std::env::temp_dir(), source: io::Error::other(e) })?;
        let name = format!("cockpit-{}", data_encoding::HEXLOWER.encode(&random));
        let path = std::env::temp_dir().join(name);
        let folder = Folder::claim(&path)?;
        Ok(Folder { _temporary: Some(Arc::new(Removed(path))), ..folder })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn store_file(&self) -> PathBuf {
        self.path.join("cockpit.db")
    }

    pub fn audit_file(&self) -> PathBuf {
        self.path.join("audit.jsonl")
    }
}

#[derive(Debug)]
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // Nobody is left to tell; the system clears its temporary folder in time.
        let _ = fs::remove_dir_all(&self.0);
    }
}
