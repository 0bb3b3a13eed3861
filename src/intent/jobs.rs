//! Long tasks: backups, scans, upgrades.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView};
use crate::domain::{JobId, Role};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// The running ones, then the last ended, newest first.
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    #[serde(rename = "j")]
    Job(JobId),
    /// What its program said; page 0 is the newest.
    #[serde(rename = "g")]
    Log {
        #[serde(rename = "j")]
        job: JobId,
        #[serde(rename = "p", default)]
        page: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "x")]
    Cancel(JobId),
    /// Start the long task of the simulated server; refused on a real one.
    #[serde(rename = "d")]
    Simulate,
}

impl View {
    pub const LIST: View = View::List { page: 0 };

    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::HOME),
            View::Job(_) => Some(AnyView::Jobs(View::LIST)),
            View::Log { job, .. } => Some(AnyView::Jobs(View::Job(*job))),
        }
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Cancel(_) => "jobs.cancel",
            Act::Simulate => "jobs.simulate",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Cancel(job) => job.to_string(),
            Act::Simulate => String::new(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Jobs(match self {
            Act::Cancel(job) => View::Job(*job),
            Act::Simulate => View::LIST,
        })
    }
}
