//! What a supervisor tells about its children: plain data for the Crew screen, the tests, later for metrics.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{retry::RetryPolicy, shell::Figures, status::Status};

/// Every child, in the order of start; a supervisor's own children follow it, with ids like "jobs/7".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crew {
    pub as_of: Timestamp,
    pub members: Vec<Member>,
}

impl Crew {
    pub fn get(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub id: String,
    pub standing: Standing,
    /// Starts after the first one, whatever they were for.
    pub restarts: u32,
    /// Failures and asked-for restarts, oldest first, the last twenty.
    pub past: Vec<Incident>,
    /// What it said of itself when asked for this.
    pub report: Report,
    /// Of the running instance.
    pub figures: Option<Figures>,
    pub policy: RetryPolicy,
    /// How long it may take to end.
    pub grace: Duration,
}

impl Member {
    /// The last failure, if any is remembered.
    pub fn last_failure(&self) -> Option<(Timestamp, &Ending)> {
        self.past.iter().rev().find_map(|incident| match &incident.cause {
            Cause::Failed(why) => Some((incident.at, why)),
            Cause::Asked | Cause::Replaced => None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Standing {
    /// For its turn to start.
    Waiting,
    Starting,
    Running {
        since: Timestamp,
    },
    /// Failed; tried again at `until`.
    BackOff {
        until: Timestamp,
    },
    /// Failed `failures` times in a row. `until`: the next slow try, if there is one.
    Parked {
        since: Timestamp,
        why: Ending,
        failures: u32,
        until: Option<Timestamp>,
    },
    /// Asked to end. `killed`: it did not, and is blocking its thread.
    Stopping {
        killed: bool,
    },
    Off,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// `took`: how long the question waited in its mailbox.
    Answered { status: Status, took: Duration },
    /// Runs, but gave no answer in time: busy or hung.
    Silent,
    /// Does not run.
    NotAsked,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub at: Timestamp,
    pub cause: Cause,
}

/// Why a child had to be started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    Failed(Ending),
    /// A pilot asked for it.
    Asked,
    /// Its config changed.
    Replaced,
}

/// How an instance came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Ending {
    #[error("could not start: {0}")]
    NotStarted(String),
    /// A handler returned an error or panicked.
    #[error("{0}")]
    Failed(String),
    #[error("was killed")]
    Killed,
    #[error("ended by itself{}", .0.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    Finished(Option<String>),
    #[error("did not stop within {0:?}, killed")]
    NotStopped(Duration),
}
