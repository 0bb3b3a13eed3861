//! What can go wrong with the store, in words for the pilot and with what to do.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::ErrorCode;

use crate::{domain::Phrase, phrase};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store is not running")]
    Down,
    #[error("the store gave no answer within {0:?}")]
    Timeout(Duration),
    /// Too many requests wait already.
    #[error("the store has more to do than it can keep up with")]
    Busy,
    /// The closure handed in panicked; nothing of it was written.
    #[error("a request to the store went wrong inside: {0}")]
    Panicked(String),
    #[error("cannot use the data folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("another Cockpit{} already works on {path}", .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked { path: PathBuf, pid: Option<u32> },
    #[error("{path} was written by a newer Cockpit (schema step {found}, this one knows up to {known})")]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("schema step {number} of {path} is not the one this Cockpit knows")]
    Altered { path: PathBuf, number: u32 },
    #[error("{path} is a database of another program")]
    Foreign { path: PathBuf },
    #[error("{path} is damaged")]
    Corrupt { path: PathBuf, source: rusqlite::Error },
    #[error("no space is left for {path}")]
    DiskFull { path: PathBuf, source: rusqlite::Error },
    #[error("{path} cannot be opened or written")]
    NotWritable { path: PathBuf, source: rusqlite::Error },
    #[error("another program holds {path} locked")]
    Held { path: PathBuf, source: rusqlite::Error },
    #[error("the disk under {path} answers with errors")]
    Disk { path: PathBuf, source: rusqlite::Error },
    /// The statement itself: a constraint, a wrong type.
    #[error("the store refused a statement")]
    Statement(#[from] rusqlite::Error),
}

impl StoreError {
    pub(super) fn of(source: rusqlite::Error, path: &Path) -> StoreError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Corrupt { path, source }
            }
            Some(ErrorCode::DiskFull) => StoreError::DiskFull { path, source },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::NotWritable { path, source }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Held { path, source },
            Some(ErrorCode::SystemIoFailure) => StoreError::Disk { path, source },
            _ => StoreError::Statement(source),
        }
    }

    /// What a person can do about it; one sentence, with the line to type where there is one.
    pub fn hint(&self) -> String {
        match self {
            StoreError::Down => "It restarts by itself; Crew shows why it is away.".into(),
            StoreError::Timeout(_) | StoreError::Busy => {
                "The disk is very busy or very slow. Try again in a moment.".into()
            }
            StoreError::Panicked(_) | StoreError::Statement(_) => {
                "This is a fault in Cockpit: its log has the details.".into()
            }
            StoreError::Folder { path, .. } => format!(
                "Make it writable for the user Cockpit runs as, or set data.dir to another folder: sudo install -d -m 700 {}",
                path.display()
            ),
            StoreError::Locked { .. } => {
                "Stop the other one (systemctl stop cockpit-bot), or give this one a data.dir of its own."
                    .into()
            }
            StoreError::Newer { .. } => {
                "Run the newer version again, or give this one a data.dir of its own.".into()
            }
            StoreError::Altered { path, .. } | StoreError::Foreign { path } => {
                format!("Move it aside and start again: mv {0} {0}.aside", path.display())
            }
            StoreError::Corrupt { path, .. } => rescue(path),
            StoreError::DiskFull { path, .. } => {
                format!("Free some space on that filesystem: df -h {}", parent(path).display())
            }
            StoreError::NotWritable { path, .. } => format!(
                "Check owner and mode of the folder and its files, and that the filesystem is not read-only: ls -la {}",
                parent(path).display()
            ),
            StoreError::Held { path, .. } => {
                format!("Close the program that has it open: fuser -v {}", path.display())
            }
            StoreError::Disk { .. } => "Look at the kernel's log: journalctl -k -p err".into(),
        }
    }

    /// For a pilot: why, and what to do.
    pub fn phrase(&self) -> Phrase {
        phrase!("crew-store-said", why = self.why(), mend = self.mend())
    }

    /// What is wrong, for a pilot: the end of a sentence.
    pub fn why(&self) -> Phrase {
        let path = |path: &Path| path.display().to_string();
        match self {
            StoreError::Down => phrase!("crew-store-down"),
            StoreError::Timeout(_) => phrase!("crew-store-slow"),
            StoreError::Busy => phrase!("crew-store-busy"),
            StoreError::Panicked(_) | StoreError::Statement(_) => phrase!("crew-store-stumbled"),
            StoreError::Corrupt { path: at, .. } => phrase!("crew-store-corrupt", path = path(at)),
            StoreError::DiskFull { path: at, .. } => phrase!("crew-store-full", path = path(at)),
            StoreError::NotWritable { path: at, .. } | StoreError::Folder { path: at, .. } => {
                phrase!("crew-store-unwritable", path = path(at))
            }
            StoreError::Held { path: at, .. } | StoreError::Locked { path: at, .. } => {
                phrase!("crew-store-held", path = path(at))
            }
            StoreError::Disk { path: at, .. } => phrase!("crew-store-disk", path = path(at)),
            StoreError::Newer { path: at, .. }
            | StoreError::Altered { path: at, .. }
            | StoreError::Foreign { path: at } => phrase!("crew-store-other", path = path(at)),
        }
    }

    /// What to do about it, for a pilot: a whole sentence.
    pub fn mend(&self) -> Phrase {
        let path = |path: &Path| path.display().to_string();
        match self {
            StoreError::Down => phrase!("crew-mend-restarts"),
            StoreError::Timeout(_) | StoreError::Busy => phrase!("crew-mend-slow-disk"),
            StoreError::Panicked(_) | StoreError::Statement(_) => phrase!("crew-mend-own-log"),
            StoreError::Corrupt { path: at, .. } => phrase!("crew-mend-corrupt", path = path(at)),
            StoreError::DiskFull { path: at, .. } => phrase!("crew-mend-full-disk", path = path(parent(at))),
            StoreError::NotWritable { path: at, .. } => phrase!("crew-mend-rights", path = path(parent(at))),
            StoreError::Folder { path: at, .. } => phrase!("crew-mend-rights", path = path(at)),
            StoreError::Held { path: at, .. } | StoreError::Locked { path: at, .. } => {
                phrase!("crew-mend-held", path = path(at))
            }
            StoreError::Disk { .. } => phrase!("crew-mend-kernel-log"),
            StoreError::Newer { .. } | StoreError::Altered { .. } | StoreError::Foreign { .. } => {
                phrase!("crew-mend-other-store")
            }
        }
    }

    /// The connection itself is not to be trusted any more: it is opened anew before the next request.
    pub(super) fn spoils_connection(&self) -> bool {
        matches!(self, StoreError::Corrupt { .. } | StoreError::NotWritable { .. } | StoreError::Disk { .. })
    }

    /// Not one request's fault: the store as a whole cannot do its work.
    pub(super) fn is_condition(&self) -> bool {
        !matches!(self, StoreError::Statement(_) | StoreError::Panicked(_) | StoreError::Timeout(_))
    }
}

/// What to do with a damaged file.
pub fn rescue(path: &Path) -> String {
    format!(
        "Stop Cockpit, save what can be saved (sqlite3 {0} .recover | sqlite3 {0}.new), move the file aside and start again.",
        path.display()
    )
}

/// The error with all its sources, as one line for logs and status.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
