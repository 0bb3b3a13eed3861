//! What can go wrong with the recorder, and what to do.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use crate::{domain::Lang, t};

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
    /// The same in the pilot's language.
    pub fn told(&self, lang: Lang) -> String {
        match self {
            AuditError::Down => t!(lang, "crew-audit-down"),
            AuditError::Timeout(_) => t!(lang, "crew-audit-late"),
            AuditError::Busy => t!(lang, "crew-audit-busy"),
            AuditError::Write { path, .. } => {
                t!(lang, "crew-audit-write", path = path.display().to_string())
            }
        }
    }

    pub fn mended(&self, lang: Lang) -> String {
        match self {
            AuditError::Down => t!(lang, "crew-mend-restarts"),
            AuditError::Timeout(_) | AuditError::Busy => t!(lang, "crew-mend-slow-disk"),
            AuditError::Write { path, source } => {
                let path = path.display().to_string();
                match source.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                        t!(lang, "crew-mend-full-disk", path = path)
                    }
                    _ => t!(lang, "crew-mend-rights", path = path),
                }
            }
        }
    }

    /// One sentence for the pilot.
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
