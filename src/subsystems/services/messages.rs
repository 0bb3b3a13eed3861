//! What the actor is asked and what it answers: plain snapshots, made into screens by the panels.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use ractor::RpcReplyPort;
use tokio::{sync::mpsc, time::Instant};

use super::{
    bus::{Bus, BusError, Changes},
    config::Config,
    lifeline::Lifeline,
    ops::{Evidence, Op},
    state::{Input, Link, Refusal},
    unit::{Details, Reading, TimerRow, Unit, UnitFile, Verb},
};
use crate::{
    domain::{BlobId, UnitName},
    intent::services::{Filter, Log},
    process::journal::{Entry, JournalError},
    supervision::{Asked, Status},
};

pub enum Msg {
    Status(RpcReplyPort<Status>),
    Glance(RpcReplyPort<Glimpse>),
    List(ListAsk, RpcReplyPort<ListPage>),
    Unit(UnitName, RpcReplyPort<UnitReport>),
    Diagnose(UnitName, RpcReplyPort<Diagnosis>),
    Log(Log, RpcReplyPort<Result<LogPage, JournalError>>),
    /// The zone is that of the file's times.
    LogFile {
        log: Log,
        tz: TimeZone,
        reply: RpcReplyPort<Result<LogFile, JournalError>>,
    },
    Act {
        verb: Verb,
        unit: UnitName,
        by: String,
        reply: RpcReplyPort<Result<(), Refusal>>,
    },
    Weigh(Verb, UnitName, RpcReplyPort<Weighed>),
    /// Names that begin with, then those that contain, these letters.
    Complete(String, RpcReplyPort<Vec<UnitName>>),
    Configure(Config),
    /// From the actor's own tasks and timers.
    Own(Own),
}

/// What the actor's own tasks bring back.
pub enum Own {
    Dial(u64),
    Linked {
        bus: Arc<dyn Bus>,
        changes: mpsc::Receiver<Changes>,
        version: String,
        units: Vec<Unit>,
    },
    Heard(Input),
    Sampled(Vec<Sample>),
    Files(Vec<UnitFile>),
    Follow {
        log: Log,
        lines: Vec<Entry>,
    },
    Lines {
        feed: u64,
        lines: Vec<Entry>,
    },
    FollowEnded {
        feed: u64,
    },
    /// Redraws what is under way.
    Tick(u64),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// CPU time of a unit at a moment, to make a rate of two.
#[derive(Debug, Clone)]
pub struct Sample {
    pub unit: UnitName,
    pub at: Instant,
    pub cpu: Duration,
}

/// For the dashboard.
#[derive(Debug, Clone)]
pub struct Glimpse {
    pub link: Link,
    pub watched: Vec<Unit>,
    /// All failed units, watched or not.
    pub failed: Vec<Unit>,
}

#[derive(Debug, Clone)]
pub struct ListAsk {
    pub filter: Filter,
    pub search: Option<String>,
    pub page: u32,
    pub per_page: usize,
}

#[derive(Debug, Clone)]
pub struct ListPage {
    pub link: Link,
    pub ask: ListAsk,
    /// Of all pages.
    pub found: usize,
    pub counts: Counts,
    pub rows: Vec<Row>,
    /// Why a part is missing.
    pub trouble: Option<BusError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub watched: usize,
    pub failed: usize,
    /// Loaded services.
    pub all: usize,
}

#[derive(Debug, Clone)]
pub enum Row {
    Unit(Box<UnitRow>),
    /// On disk, not loaded.
    File(UnitFile),
    Timer(TimerRow),
}

impl Row {
    pub fn name(&self) -> &UnitName {
        match self {
            Row::Unit(row) => &row.unit.name,
            Row::File(file) => &file.name,
            Row::Timer(timer) => &timer.name,
        }
    }
}

#[derive(Debug, Clone)]
pub struct UnitRow {
    pub unit: Unit,
    /// Only of the rows of this page, and only of units that are up.
    pub reading: Option<Reading>,
    pub load: Load,
    pub doing: Option<Verb>,
}

/// What a unit takes of the CPU, in percent of one core.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Over the time since it was last looked at.
    pub now: Option<f64>,
    /// Over its present run.
    pub average: Option<f64>,
}

#[derive(Debug)]
pub struct UnitReport {
    pub link: Link,
    pub name: UnitName,
    /// An error when it could not be read now; `last_known` is then all there is.
    pub details: Result<Details, BusError>,
    pub last_known: Option<Unit>,
    pub load: Load,
    /// Who can start it next, and when.
    pub timers: Vec<TimerRow>,
    /// Units that depend on it and are up now.
    pub dependants_up: Vec<UnitName>,
    pub op: Option<Op>,
    pub evidence: Option<Evidence>,
    pub crashes: Vec<Timestamp>,
    /// The last lines, of a unit that failed.
    pub log: Vec<Entry>,
    pub watched: bool,
    pub protected: bool,
    pub lifeline: Option<Lifeline>,
}

/// What is known when somebody asks why.
#[derive(Debug)]
pub struct Diagnosis {
    pub report: UnitReport,
    /// What it needs and is not up.
    pub missing: Vec<Unit>,
    /// Its warnings and errors of this boot, the newest, oldest first.
    pub complaints: Vec<Entry>,
    /// Its last lines, oldest first.
    pub last: Vec<Entry>,
}

/// What depends on a unit that is about to go down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weighed {
    /// Up now, and stopped with it; their dependants too.
    pub stop_with_it: Vec<UnitName>,
    /// Up now, and go on without it.
    pub wanted_by: Vec<UnitName>,
    /// Up now, and can start it again by themselves.
    pub triggers: Vec<UnitName>,
    /// Those of the stopped that somebody's way in hangs on; the unit itself first.
    pub lifelines: Vec<(UnitName, Lifeline)>,
    pub protected: bool,
    /// Not all could be asked in time.
    pub incomplete: bool,
}

/// One screen of a unit's journal.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// The journal has no more that fit.
    pub complete: bool,
    /// The number under which new lines are told, while it is followed.
    pub feed: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct LogFile {
    pub blob: BlobId,
    pub bytes: u64,
    pub lines: u64,
    /// Older lines were left out.
    pub cut: bool,
}
