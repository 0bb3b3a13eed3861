//! What can go wrong with the recorder, and what to do.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

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
