//! What is known of a job: the durable record, and the snapshot of a running one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::progress::Progress;
use crate::{
    domain::{Asker, JobId, JobOutcome, JobTitle},
    process::Identity,
};

/// As it is kept in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: JobId,
    /// `None`: of a kind that this version does not know.
    pub title: Option<JobTitle>,
    /// Where a room said so, at most one job of a key runs.
    pub key: Option<String>,
    pub asked_by: Asker,
    pub started: Timestamp,
    /// When it was last known to be running, or its end.
    pub seen: Timestamp,
    pub ended: Option<Timestamp>,
    /// `None` while it runs, or where the outcome is of a kind that this version does not know.
    pub outcome: Option<JobOutcome>,
    pub progress: Progress,
    /// Oldest first, at most [`super::Link::LOG_LINES_MAX`].
    pub log: Vec<String>,
    /// The program at work for it.
    pub process: Option<Identity>,
}

impl Record {
    /// Seconds from its start to its end; of one that runs, to `now`.
    pub fn took_s(&self, now: Timestamp) -> u64 {
        let end = self.ended.unwrap_or(now);
        u64::try_from(end.duration_since(self.started).as_secs()).unwrap_or(0)
    }
}

/// Why a job is to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopWhy {
    Cancelled { by: Option<String> },
    TimeUp { after_s: u64 },
    Shutdown,
}

/// A job as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub record: Record,
    /// `None` once it has ended.
    pub live: Option<Live>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Live {
    /// Units of the leading figure per second.
    pub rate: Option<f64>,
    pub eta_s: Option<u64>,
    /// It was told to stop and has not ended yet.
    pub stopping: Option<StopWhy>,
    /// A program that outlived an earlier Cockpit: alive, but its words are not heard any more.
    pub survivor: bool,
}

impl Snapshot {
    pub fn is_running(&self) -> bool {
        self.live.is_some()
    }
}
