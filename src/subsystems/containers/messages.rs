//! What the actor is asked and what it answers: plain snapshots, made into screens by the panels.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use ractor::RpcReplyPort;
use tokio::time::Instant;

use super::{
    config::Config,
    engine::{About, Engine, EngineError, Happenings, Verb},
    logs::{Line, Lines},
    model::{Container, ContainerId, Details, Image, Network, Pruned, Reading, Usage, Volume},
    ops::{Evidence, Op, Step},
    state::{Input, Link, Refusal, Target},
};
use crate::{
    domain::BlobId,
    intent::containers::{Filter, Log, Name, Prune, Stock},
    supervision::{Asked, Status},
};

pub enum Msg {
    Status(RpcReplyPort<Status>),
    Glance(RpcReplyPort<Glimpse>),
    List(ListAsk, RpcReplyPort<ListPage>),
    One(Name, RpcReplyPort<Report>),
    Project(Name, RpcReplyPort<ProjectReport>),
    Log(Log, RpcReplyPort<Result<LogPage, EngineError>>),
    /// The zone is that of the file's times.
    LogFile {
        log: Log,
        tz: TimeZone,
        reply: RpcReplyPort<Result<LogFile, EngineError>>,
    },
    Stock(Stock, RpcReplyPort<Result<StockPage, EngineError>>),
    UnusedVolumes(RpcReplyPort<Result<Vec<Volume>, EngineError>>),
    Act {
        verb: Verb,
        target: Target,
        by: String,
        reply: RpcReplyPort<Result<(), Refusal>>,
    },
    Prune(Prune, RpcReplyPort<Result<Pruned, EngineError>>),
    /// Removes these, one by one; those that are in use by now stay.
    RemoveVolumes(Vec<String>, RpcReplyPort<Result<Pruned, EngineError>>),
    /// Answered from what is known, without the engine.
    Snapshot(RpcReplyPort<Snapshot>),
    /// Names that begin with, then those that contain, these letters.
    Complete(String, RpcReplyPort<Vec<String>>),
    Configure(Config),
    /// From the actor's own tasks and timers.
    Own(Own),
}

/// What the actor's own tasks bring back.
pub enum Own {
    Dial(u64),
    Linked {
        engine: Arc<dyn Engine>,
        about: About,
        happenings: Happenings,
        list: Vec<Container>,
        dial: u64,
    },
    /// Of the connection with this number.
    Heard {
        link: u64,
        input: Input,
    },
    /// It could not be connected.
    NotLinked {
        dial: u64,
        error: EngineError,
    },
    Settled(Input),
    Relist(u64),
    Relisted {
        link: u64,
        list: Result<Vec<Container>, EngineError>,
    },
    Sampled(Vec<(ContainerId, Instant, Reading)>),
    SamplesOver,
    Step(Target, Step),
    Concluded(Target, Evidence),
    Lines {
        feed: u64,
        lines: Vec<Line>,
    },
    FollowEnded {
        feed: u64,
    },
    Follow {
        log: Log,
        lines: Vec<Line>,
    },
    /// Redraws what is under way.
    Tick(u64),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What a container takes, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Percent of one processor, over the last two looks.
    pub cpu: Option<f64>,
    pub memory: Option<u64>,
    pub memory_limit: Option<u64>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub container: Container,
    pub troubled: bool,
    pub doing: Option<Verb>,
    pub figures: Figures,
    /// Figures are being asked for.
    pub figures_come: bool,
}

/// For the dashboard.
#[derive(Debug, Clone)]
pub struct Glimpse {
    pub link: Link,
    pub running: usize,
    pub stopped: usize,
    pub troubled: Vec<Container>,
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
    /// In the order of the screen: by project, what is troubled first.
    pub rows: Vec<Row>,
    /// Of the projects on this page: (running, all).
    pub projects: BTreeMap<String, (usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub running: usize,
    pub stopped: usize,
    pub troubled: usize,
}

#[derive(Debug)]
pub struct Report {
    pub link: Link,
    pub name: Name,
    /// An error when it could not be read now; `known` is then all there is.
    pub details: Result<Details, EngineError>,
    pub known: Option<Row>,
    pub op: Option<Op>,
    pub evidence: Option<Evidence>,
    pub protected: bool,
    /// The last lines, of one in trouble.
    pub log: Vec<Line>,
}

#[derive(Debug)]
pub struct ProjectReport {
    pub link: Link,
    pub project: Name,
    /// In the order they are started.
    pub rows: Vec<Row>,
    pub op: Option<Op>,
    pub evidence: Option<Evidence>,
    pub protected: Vec<String>,
}

/// One screen of a log.
#[derive(Debug, Clone)]
pub struct LogPage {
    pub lines: Lines,
    /// The number under which new lines are told, while it is followed.
    pub feed: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    pub blob: BlobId,
    pub bytes: u64,
    pub lines: u64,
    /// Older lines were left out: they did not fit.
    pub cut: bool,
    /// Its end was reached in time.
    pub complete: bool,
}

#[derive(Debug, Clone)]
pub enum StockPage {
    Usage(Usage),
    Images(Vec<Image>, Vec<Container>),
    Volumes(Vec<Volume>, Vec<Container>),
    Networks(Vec<Network>, Vec<Container>),
}

/// For weighing what another act causes here.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub link: Link,
    pub containers: Vec<Container>,
    pub protected: Vec<String>,
}
