//! What can go wrong with the recorder, and what to do.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use crate::{domain::Phrase, phrase};

#[derive(Debug, Clone, thiserror::Error)]
pub enum AuditError {
    #[error("the flight recorder is not running")]
    Down,
    #[error("the flight recorder did not finish within {0:?}")]
    Timeout(Duration),
    #[error("the flight recorder has more to write than it can keep up with")]
    Busy,
    #[error("the flight recorder cannot write {path}")]
    Write { path: PathBuf, source: Arc<io::Error> },
}

impl AuditError {
    /// What is wrong, for a pilot: the end of a sentence.
    pub fn why(&self) -> Phrase {
        match self {
            AuditError::Down => phrase!("crew-audit-down"),
            AuditError::Timeout(_) => phrase!("crew-audit-late"),
            AuditError::Busy => phrase!("crew-audit-busy"),
            AuditError::Write { path, .. } => phrase!("crew-audit-write", path = path.display().to_string()),
        }
    }

    /// What to do about it, for a pilot: a whole sentence.
    pub fn mend(&self) -> Phrase {
        match self {
            AuditError::Down => phrase!("crew-mend-restarts"),
            AuditError::Timeout(_) | AuditError::Busy => phrase!("crew-mend-slow-disk"),
            AuditError::Write { path, source } => {
                let path = path.display().to_string();
                match source.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                        phrase!("crew-mend-full-disk", path = path)
                    }
                    _ => phrase!("crew-mend-rights", path = path),
                }
            }
        }
    }

    /// The same for the log, in English.
    pub fn hint(&self) -> String {
        match self {
            AuditError::Down => "It restarts by itself; Crew shows why it is away.".into(),
            AuditError::Timeout(_) | AuditError::Busy => {
                "The disk is very busy or very slow. Try again in a moment.".into()
            }
            AuditError::Write { path, source } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    format!("Free some space on that filesystem: df -h {}", path.display())
                }
                _ => format!("Check owner, mode and filesystem: ls -la {}", path.display()),
            },
        }
    }
}
