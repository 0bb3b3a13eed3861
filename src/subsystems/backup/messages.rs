//! What this room's actor hears, and what it tells the screens.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use ractor::RpcReplyPort;

use super::{
    config::{Config, PlanConfig},
    engine::{EngineError, Lock, Locks},
    plan::{Due, Facts, Waiting},
    scratch::Swept,
};
use crate::{
    domain::{JobId, JobTitle},
    intent::backup::PlanName,
    supervision::{Asked, Status},
};

pub enum Msg {
    Snapshot(RpcReplyPort<Arc<Board>>),
    /// Look at the repository anew; `false` for a plan that does not exist.
    Look(PlanName, RpcReplyPort<bool>),
    /// Something was done to this plan's repository.
    Freshen(PlanName),
    /// Something was put down to wait for its repository.
    Hold,
    Configure(Config),
    Status(RpcReplyPort<Status>),
    Own(Own),
}

/// From its own tasks and timer.
pub enum Own {
    Due(u64),
    Known(Result<Known, String>),
    Looked(PlanName, Result<Seen, EngineError>),
    /// Whether what waited has been started (or given up), or goes on waiting.
    Started(Held, Result<bool, String>),
    Since(Result<(), String>),
    Swept(Swept),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What the store and the jobs know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    pub facts: BTreeMap<PlanName, Facts>,
    pub running: Vec<Running>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub job: JobId,
    pub key: String,
    pub title: JobTitle,
}

/// Work that waits for its repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub plan: PlanName,
    pub waiting: Waiting,
}

/// A repository as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The engine's.
    pub version: String,
    pub locks: Locks,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Look {
    #[default]
    NotYet,
    Ready {
        at: Timestamp,
        seen: Seen,
    },
    Trouble {
        at: Timestamp,
        error: EngineError,
    },
}

impl Look {
    /// Whoever holds the repository, as far as it can be seen.
    pub fn locks(&self) -> &[Lock] {
        match self {
            Look::Ready { seen: Seen { locks: Locks::Seen(locks), .. }, .. } => locks,
            _ => &[],
        }
    }

    pub fn error(&self) -> Option<&EngineError> {
        match self {
            Look::Trouble { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// One plan as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub name: PlanName,
    pub plan: Arc<PlanConfig>,
    pub facts: Facts,
    pub due: Due,
    pub look: Look,
    pub looking: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Board {
    /// In the config's order.
    pub plans: Vec<Sheet>,
    /// The store has told what was before.
    pub known: bool,
}

impl Board {
    pub fn plan(&self, name: &PlanName) -> Option<&Sheet> {
        self.plans.iter().find(|sheet| sheet.name == *name)
    }
}
