//! What the actor is asked and what it answers.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::RpcReplyPort;

use super::{
    boot::LastEnd,
    config::Config,
    forecast::{Forecast, Forecasts},
    groups::Groups,
    machine::{Frequency, Host},
    raw::{Sensor, Space, Stock, Supply},
    reading::{Disk, Reading},
    series::Series,
    updates::Updates,
};
use crate::{
    charts::Point,
    kernel::cgroup::Usage,
    supervision::{Asked, Status},
};

#[derive(Debug)]
pub enum Msg {
    /// It is time; with the timer's generation.
    Sample(u64),
    Snapshot(Ask, RpcReplyPort<Arc<Snapshot>>),
    History(Query, RpcReplyPort<Result<History, Busy>>),
    /// What services, containers and users take: the last look, at most a minute old. A look older than ten seconds
    /// starts the next.
    Groups(RpcReplyPort<Groups>),
    /// The changed section of the config.
    Configure(Config),
    /// An errand came back.
    Back(Back),
    /// The minutes up to this one (unix time, s) are in the store, or why not.
    Written {
        upto: i64,
        result: Result<(), String>,
    },
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What a snapshot is to tell beyond the last reading.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask {
    /// Since when the processor has been above this share.
    pub cpu_above: Option<f32>,
    /// Costs a look at every core.
    pub frequency: bool,
}

/// How the machine is, and was a moment ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub interval: Duration,
    /// `None` until the first pass.
    pub reading: Option<Reading>,
    pub host: Arc<Host>,
    /// Sensors have been looked for: an empty list means that there are none.
    pub sensors_known: bool,
    pub frequency: Option<Frequency>,
    /// `None` = unknown.
    pub updates: Option<Updates>,
    pub last_end: Option<LastEnd>,
    /// The processor's load over the last 15 minutes, oldest first; `None` is a gap.
    pub cpu_tail: Vec<Option<f32>>,
    /// Whole minutes above [`Ask::cpu_above`], without a break until now.
    pub cpu_above_since: Option<Timestamp>,
    /// Of what comes to its end in a time that can be told.
    pub forecasts: Arc<Forecasts>,
}

impl Snapshot {
    /// What is foreseen of a disk's bytes or inodes, what there is of them now, and how long that lasts.
    pub fn foreseen(&self, disk: &Disk, stock: Stock) -> Option<(&Forecast, Supply, Duration)> {
        let forecast = self.forecasts.get(&(disk.mount.path.clone(), stock))?;
        let supply = disk.space?.supply(stock)?;
        Some((forecast, supply, forecast.full_in(supply)?))
    }

    pub fn full_in(&self, disk: &Disk, stock: Stock) -> Option<Duration> {
        self.foreseen(disk, stock).map(|(.., left)| left)
    }
}

/// Which lines of history, over which while.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub lines: Lines,
    pub from: Timestamp,
    pub to: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Lines {
    Named(Vec<Series>),
    /// The share of every disk known in that while.
    Disks,
    Heat,
    /// In memory only: the last hours.
    Cores,
}

impl Lines {
    /// Looked at once a minute and kept as minutes only: neither samples nor quarters of an hour know them.
    pub fn are_of_groups(&self) -> bool {
        let of_group = |series: &Series| matches!(series, Series::GroupMemory(_) | Series::GroupCpu(_));
        matches!(self, Lines::Named(named) if named.iter().all(of_group))
    }

    pub fn wants(&self, series: &Series) -> bool {
        match self {
            Lines::Named(named) => named.contains(series),
            Lines::Disks => matches!(series, Series::DiskShare(_)),
            Lines::Heat => matches!(series, Series::Heat(_)),
            Lines::Cores => matches!(series, Series::Core(_)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct History {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Those without any value in the while are left out, except named ones.
    pub lines: Vec<Line>,
    /// Points further apart than this have a gap between them, s.
    pub gap_s: f64,
    /// The store did not answer: only what is in memory is here.
    pub in_part: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub series: Series,
    pub points: Vec<Point>,
}

/// Too many ask for history at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many ask for charts at once")]
pub struct Busy;

/// What may take its time, done aside.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    Host,
    FindSensors,
    Heat(Vec<Arc<Sensor>>),
    Space(PathBuf),
    Groups,
    Updates,
}

/// With what an errand came back.
#[derive(Debug)]
pub enum Back {
    Host(Host),
    Sensors(Vec<Arc<Sensor>>),
    /// By the sensor's id.
    Heat(Vec<(String, Option<f32>)>),
    Space(PathBuf, Option<Space>),
    Groups(Vec<Usage>),
    Updates(Option<Updates>),
    /// `None`: the history did not answer.
    Foreseen(Option<Forecasts>),
    /// Asked once in the actor's life.
    LastEnd(Option<LastEnd>),
    /// It died on the way.
    Lost(Errand),
}
