//! What the book of units hears and what it wants done: plain values between the actor and its state.

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bus::{BusError, Changes},
    unit::{Details, JobEnd, Unit, Verb},
};
use crate::{
    domain::UnitName,
    events::Event,
    screen::{LogLine, Topic},
};

#[derive(Debug, Clone, Copy)]
pub struct Now {
    pub at: Timestamp,
    pub tick: Instant,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// Not tried yet.
    Opening,
    Up {
        since: Timestamp,
        version: String,
    },
    Down {
        since: Timestamp,
        error: BusError,
    },
}

/// `link` numbers tell what a connection that is gone still had to say.
#[derive(Debug)]
pub enum Input {
    Linked {
        link: u64,
        version: String,
        units: Vec<Unit>,
    },
    NotLinked {
        error: BusError,
    },
    Lost {
        link: u64,
    },
    Changed {
        link: u64,
        changes: Changes,
    },
    /// All units anew, by [`Effect::Survey`].
    Surveyed {
        link: u64,
        units: Result<Vec<Unit>, BusError>,
    },
    /// Some units, by [`Effect::Read`]; a name without a unit is not loaded.
    Read {
        link: u64,
        names: Vec<UnitName>,
        units: Result<Vec<Unit>, BusError>,
    },
    JobEnded {
        op: u64,
        unit: UnitName,
        end: Result<JobEnd, BusError>,
    },
    TookTooLong {
        op: u64,
        unit: UnitName,
    },
    Looked {
        op: u64,
        unit: UnitName,
        seen: Box<Result<Details, BusError>>,
    },
    Settled {
        op: u64,
        unit: UnitName,
    },
    Told {
        op: u64,
        unit: UnitName,
        log: Vec<LogLine>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Try to connect, after the wait that the policy says.
    Connect,
    Survey,
    Read(Vec<UnitName>),
    Carry {
        op: u64,
        verb: Verb,
        unit: UnitName,
    },
    Look {
        op: u64,
        unit: UnitName,
    },
    Settle {
        op: u64,
        unit: UnitName,
    },
    Tail {
        op: u64,
        unit: UnitName,
        since: Timestamp,
    },
    /// The list of unit files is no longer right.
    ForgetFiles,
    Changed(Topic),
    Happened(Timestamp, Event),
}

/// Why an act was not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Protected,
    /// It would take the whole server down.
    WholeServer,
    Busy {
        verb: Verb,
        by: String,
        since: Timestamp,
    },
    TooMany,
    NotLinked(BusError),
}
