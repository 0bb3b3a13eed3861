//! The flight recorder: who asked for what, and what became of it. JSON lines in `<data.dir>/audit.jsonl`, each sealed
//! with a hash over itself and the seal before it.
//!
//! Owns those files and nothing else writes them. [`Audit::record`] returns after the line is on the disk. Never
//! rewrites a line; a line that a crash tore is set aside in a file of its own, and that is recorded.
//!
//! The chain finds lines that were changed, taken out or moved. It cannot find the work of someone who may write the
//! folder *and* seals everything anew: for that, each entry's number and seal also go to the log (the journal), and
//! `cockpit-bot audit verify` prints the last seal to compare with.
//!
//! Limits: [`entry::TEXT_MAX`] bytes a text, [`entry::DETAILS_MAX`] details; [`trail::Limits`] for the files; 1,024
//! entries waiting.

mod actor;
pub mod chain;
mod entry;
mod error;
mod panel;
pub mod reader;
mod room;
mod search;
pub mod segment;
#[cfg(test)]
mod tests;
mod trail;
mod verify;

use std::time::Duration;

use tokio::sync::oneshot;

pub use actor::{Arguments, AuditActor, Msg, card, child};
pub use entry::{Entry, Outcome, Who};
pub use error::AuditError;
pub use reader::Reader;
pub use room::FlightRecorder;
pub use search::Found;
pub use trail::Limits;
pub use verify::{Break, Verdict, report, verify};

use crate::supervision::Port;

/// How long a line may take to reach the disk.
pub const WITHIN: Duration = Duration::from_secs(5);

/// The way to the recorder for everybody; cheap to clone, survives restarts of the actor.
#[derive(Debug, Clone)]
pub struct Audit {
    port: Port<Msg>,
}

impl Audit {
    pub fn new(port: Port<Msg>) -> Audit {
        Audit { port }
    }

    /// Writes the entry and answers its number once it is on the disk. What is recorded at the same time shares one
    /// flush.
    ///
    /// # Errors
    /// The recorder is down, overloaded or late, or the disk refuses: what was to be recorded first must then not be
    /// done. After [`AuditError::Timeout`] the line may still reach the disk.
    pub async fn record(&self, entry: Entry) -> Result<u64, AuditError> {
        let (reply, written) = oneshot::channel();
        self.port.cast(Msg::Record(Box::new(entry), Some(reply))).map_err(|_| AuditError::Down)?;
        match tokio::time::timeout(WITHIN, written).await {
            Ok(answer) => answer.unwrap_or(Err(AuditError::Down)),
            Err(_) => Err(AuditError::Timeout(WITHIN)),
        }
    }

    /// Hands the entry over without waiting: for what has already happened and cannot be held back.
    pub fn note(&self, entry: Entry) {
        let verb = entry.verb.clone();
        if self.port.cast(Msg::Record(Box::new(entry), None)).is_err() {
            tracing::warn!(verb, "not recorded: the flight recorder is down");
        }
    }
}
