//! What the actor is asked and what it answers: plain snapshots, made into screens by the panels.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use ractor::RpcReplyPort;
use tokio::time::Instant;

use super::{
    begun::Begun,
    compose::{Composer, Place, Service},
    config::Config,
    engine::{About, Engine, EngineError, Happenings, Verb},
    forecast::Forecast,
    halves::Half,
    logs::{Line, Lines},
    model::{Container, ContainerId, Details, Image, Network, Pruned, Reading, Usage, Volume},
    ops::{Doing, End, Evidence, Op, Step},
    state::{Input, Link, Refusal, Target},
    updates::Verdict,
};
use crate::{
    domain::BlobId,
    events::Event,
    intent::containers::{Filter, Log, Name, Prune, Stock},
    scheduler::Plan,
    supervision::{Asked, Status},
};

pub enum Msg {
    Status(RpcReplyPort<Status>),
    Glance(RpcReplyPort<Glimpse>),
    List(ListAsk, RpcReplyPort<ListPage>),
    One(OneAsk, RpcReplyPort<Report>),
    Project(Name, RpcReplyPort<ProjectReport>),
    Log(Log, RpcReplyPort<Result<LogPage, EngineError>>),
    /// Collects it on the disk. The zone is that of the file's times.
    LogFile {
        log: Log,
        tz: TimeZone,
        reply: RpcReplyPort<Result<u32, EngineError>>,
    },
    /// A collected one by its number; `None` when it was let go.
    FileOf(u32, RpcReplyPort<Option<LogFile>>),
    Stock(Stock, RpcReplyPort<StockReport>),
    UnusedVolumes(RpcReplyPort<Result<Vec<Volume>, EngineError>>),
    /// The unused volumes as they were listed last, if their hash is this one.
    Listed(u32, RpcReplyPort<Option<Vec<String>>>),
    Act {
        verb: Verb,
        target: Target,
        by: String,
        reply: RpcReplyPort<Result<(), Refusal>>,
    },
    /// Begun; its end is on the storage screen.
    Sweep {
        what: Sweep,
        by: String,
        reply: RpcReplyPort<Result<(), Refusal>>,
    },
    /// What a clearing-away would take.
    Forecast(Prune, RpcReplyPort<Forecast>),
    Updates(RpcReplyPort<UpdatesReport>),
    /// Asks the registries now; begun.
    Check(RpcReplyPort<Result<(), Refusal>>),
    /// Whether an update of these could be begun; which of them it would be, in the order they start.
    MayUpdate(Target, RpcReplyPort<Result<Vec<Name>, Refusal>>),
    /// Books one for an update: nothing else is done to it until [`Msg::Swap`] is through or it is let go.
    Book {
        name: Name,
        by: String,
        reply: RpcReplyPort<Result<Booked, Refusal>>,
    },
    /// Its image is here: puts the new one in its place. Answered when it has held or the old one is back.
    Swap {
        name: Name,
        by: String,
        service: Option<(Composer, Service)>,
        reply: RpcReplyPort<End>,
    },
    /// Ends a half update: the container before it takes its place again, or Compose makes the newer one.
    Mend {
        name: Name,
        how: Doing,
        by: String,
        reply: RpcReplyPort<Result<(), Refusal>>,
    },
    /// A half update by Compose stays as it is; nobody is to be told of it any more.
    LetGo(Name, RpcReplyPort<Result<(), Refusal>>),
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
    Sampled(ContainerId, Instant, Reading),
    /// Figures have come: screens are told of many at once.
    Figures(u64),
    /// What became known of one before it is told.
    Told(String, Timestamp, Event),
    /// Names that were warned of before this start.
    Warned(Vec<String>),
    /// What is known from the store.
    Loaded(Vec<(String, Verdict)>),
    /// Compose is about to be told.
    Begun(Begun),
    /// An update by Compose came to a good end.
    Ended(Name),
    Asked {
        done: usize,
        name: String,
        verdict: Verdict,
    },
    RoundOver,
    Sized(Result<Usage, EngineError>),
    Unused(Vec<Volume>),
    Collected(u32, LogFile),
    Swept(Sweep, String, Result<Pruned, EngineError>),
    /// An update was given up before anything was touched.
    Released(Target),
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

/// What one screen of a container needs.
#[derive(Debug, Clone)]
pub struct OneAsk {
    pub name: Name,
    /// Also what the engine must count first: the sizes of its volumes.
    pub whole: bool,
}

/// What is cleared away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    Prune(Prune),
    /// These, one by one; those that are in use by now stay.
    Volumes(Vec<String>),
}

/// A clearing that is under way.
#[derive(Debug, Clone)]
pub struct Sweeping {
    pub what: Sweep,
    pub by: String,
    pub since: Timestamp,
}

/// One that is over.
#[derive(Debug, Clone)]
pub struct Swept {
    pub what: Sweep,
    pub by: String,
    pub at: Timestamp,
    pub result: Result<Pruned, EngineError>,
}

#[derive(Debug)]
pub struct StockReport {
    /// `None` while something is cleared away: the engine does not count then.
    pub page: Option<Result<StockPage, EngineError>>,
    pub sweeping: Option<Sweeping>,
    pub swept: Option<Swept>,
}

/// Sizes of volumes, as far as the engine gave them.
#[derive(Debug, Clone, Default)]
pub struct Sizes {
    pub at: Option<Timestamp>,
    pub by_name: BTreeMap<String, u64>,
    /// They are being counted.
    pub come: bool,
}

/// Everything about newer images.
#[derive(Debug)]
pub struct UpdatesReport {
    pub link: Link,
    pub enabled: bool,
    pub schedule: Plan,
    pub checking: Option<(usize, usize)>,
    /// Running ones that are asked about, with what is known.
    pub rows: Vec<(Container, Option<Verdict>)>,
    /// Running ones that the config leaves out.
    pub left_out: usize,
}

/// An update may begin.
pub struct Booked {
    pub engine: Arc<dyn Engine>,
    /// Of an engine whose Compose can be asked.
    pub compose: Option<Place>,
    /// The names of its Compose service's containers.
    pub twins: Vec<String>,
    pub details: Details,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub container: Container,
    pub troubled: bool,
    pub doing: Option<Doing>,
    /// The registry has a newer image.
    pub newer: bool,
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
    pub halves: Vec<Half>,
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
    /// Containers with a newer image; `None` where nobody asks.
    pub newer: Option<usize>,
    /// Interrupted updates, of all pages.
    pub halves: Vec<Half>,
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
    pub sizes: Sizes,
    pub verdict: Option<Verdict>,
    /// Its update was interrupted.
    pub half: Option<Half>,
}

impl Report {
    /// There is no container of that name.
    pub fn is_of_none(&self) -> bool {
        self.known.is_none() && matches!(self.details, Err(EngineError::NotFound))
    }
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
    /// Updates of its services that were interrupted.
    pub halves: Vec<Half>,
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
    pub log: Log,
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
    /// With their sizes, as far as they were counted.
    Volumes(Vec<Volume>, Vec<Container>, Sizes),
    Networks(Vec<Network>, Vec<Container>),
}

/// For weighing what another act causes here.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub link: Link,
    pub containers: Vec<Container>,
    pub protected: Vec<String>,
    /// Updates by Compose that have begun.
    pub begun: Vec<Begun>,
}
