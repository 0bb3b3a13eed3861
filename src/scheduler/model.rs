//! The words of the scheduler: a task's rule, what is kept of it, its runs and how they ended. Pure data.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::domain::{JobId, JobOutcome, Phrase};

/// What to do about times at which nobody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// Run once, now, however many were missed.
    #[default]
    CatchUp,
    /// Say so, and wait for the next time.
    Report,
}

/// The rules of one task, without what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Stable and short, by the room that owns it: "backup.home".
    pub id: String,
    pub title: Phrase,
    pub plan: Plan,
    pub zone: TimeZone,
    /// Each run is delayed by less than this, by the same amount whenever it is computed.
    pub jitter: Duration,
    pub missed: Missed,
}

/// What is kept of a task over restarts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Due times up to here were handled.
    pub considered: Timestamp,
    /// Plan and zone this belongs to: a changed plan has missed nothing.
    pub plan: String,
    pub pause: Option<Pause>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who paused it, as the chat shows them.
    pub by: String,
    pub since: Timestamp,
    /// `None`: until it is resumed.
    pub until: Option<Timestamp>,
}

/// One line of a task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: i64,
    pub task: String,
    pub reason: Reason,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub job: Option<JobId>,
    pub result: RunResult,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    Due { due: Timestamp },
    Missed { count: u32, first_due: Timestamp },
    Asked { by: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum RunResult {
    Running,
    /// Ended at once, without a job.
    Done {
        summary: Option<Phrase>,
    },
    Job {
        outcome: JobOutcome,
    },
    Refused {
        why: Phrase,
    },
    /// The run before was still going on.
    Skipped,
    /// Nobody was there, and the policy is to say so only.
    NotRun,
    /// Cockpit went away before the job was started.
    Lost,
}

impl RunResult {
    pub fn is_open(&self) -> bool {
        *self == RunResult::Running
    }
}

/// What starting a task came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Launch {
    Job(JobId),
    Done(Option<Phrase>),
}

impl Rule {
    /// What [`Saved::plan`] is compared with.
    pub fn fingerprint(&self) -> String {
        format!("{} @ {}", self.plan.text(), self.zone.iana_name().unwrap_or("?"))
    }

    /// The due time with this task's delay for it: the same each time it is asked for.
    pub fn jittered(&self, due: Timestamp) -> Timestamp {
        let span = i64::try_from(self.jitter.as_secs()).unwrap_or(0);
        if span == 0 {
            return due;
        }
        // FNV-1a: the standard hasher may change between releases, and with it the times on the screen.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in self.id.bytes().chain(due.as_second().to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // The low bits of FNV follow the last bytes closely; fold the high ones in.
        let delay = i64::try_from((hash ^ (hash >> 32)) % span.unsigned_abs()).expect("less than the span");
        due.checked_add(SignedDuration::from_secs(delay)).unwrap_or(due)
    }
}
