//! What the actor is asked and told, and what it answers.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::RpcReplyPort;

use super::{
    config::Config,
    report::{Device, Mute, Reading, Report},
    store::Past,
    verdict::{Earlier, Verdict},
    world::{Blind, DiskError, Found},
};
use crate::{
    domain::DiskId,
    supervision::{Asked, Status},
};

#[derive(Debug)]
pub enum Msg {
    Snapshot(RpcReplyPort<Arc<Snapshot>>),
    /// Read this disk as soon as possible, even if it has to wake up. `false`: there is no such disk.
    Check(DiskId, RpcReplyPort<bool>),
    /// Something happened to this disk (a test ended): read it again, as above, nobody waits.
    Freshen(DiskId),
    Configure(Config),
    Status(RpcReplyPort<Status>),
    Own(Own),
}

/// To itself.
#[derive(Debug)]
pub enum Own {
    Due(u64),
    Loaded(Result<Past, String>),
    Found(Result<Found, DiskError>),
    Read { device: Device, reading: Result<Reading, DiskError> },
    Kept(Result<(), String>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// Everything the screens show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The worst first, then by name.
    pub disks: Vec<Sheet>,
    pub blind: Vec<Blind>,
    /// Why no disk can be asked.
    pub trouble: Option<DiskError>,
    /// When the last round over all disks ended.
    pub round: Option<Timestamp>,
    /// A disk is being read now, or waits for it.
    pub busy: bool,
    pub interval: Duration,
}

/// One disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub id: DiskId,
    /// Where it is now, or was last.
    pub device: Device,
    /// What it said last, and when.
    pub report: Option<(Timestamp, Arc<Report>)>,
    pub verdict: Verdict,
    pub state: DiskState,
    /// To compare with.
    pub earlier: Option<Earlier>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskState {
    /// Not yet read since Cockpit started.
    Unread,
    Read,
    /// It sleeps since this time at least; what is shown is older.
    Asleep {
        since: Timestamp,
    },
    Mute(Mute),
    /// smartctl did not get an answer.
    Failed(DiskError),
    /// It is not there any more.
    Gone {
        since: Timestamp,
    },
}

impl Snapshot {
    pub fn disk(&self, id: &DiskId) -> Option<&Sheet> {
        self.disks.iter().find(|sheet| sheet.id == *id)
    }
}

impl Sheet {
    pub fn name(&self) -> String {
        self.device.short()
    }
}
