//! The processes as this room sees them: the seam between the room and the kernel, or a simulated world.

use futures_util::future::BoxFuture;

use super::parse::{Io, Port, Stat};
use crate::{intent::processes::ProcessId, kernel::cgroup::Owner};

/// One process at one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub stat: Stat,
    /// Only when asked for, and only of those this user may look into.
    pub io: Option<Io>,
}

/// What stays the same while a process lives; read once for each, when somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Empty for kernel threads and those that have ended.
    pub command: Option<Box<str>>,
    pub user: Option<u32>,
    pub owner: Option<Owner>,
}

/// Which of [`Known`] is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Want {
    pub command: bool,
    pub user: bool,
    pub owner: bool,
}

impl Want {
    pub const ALL: Want = Want { command: true, user: true, owner: true };
}

/// What only the screen of one process shows. `None` where this user may not look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    pub cgroup: Option<String>,
    pub open_files: Option<u64>,
    pub open_files_max: Option<u64>,
    pub ports: Option<Vec<Port>>,
    pub io: Option<Io>,
}

/// Reads; may take a tenth of a second, so never in the actor itself.
pub trait Table: Send + 'static {
    /// Every process, by ascending pid.
    fn scan(&mut self, io: bool, rows: &mut Vec<Row>);
    /// Adds what is wanted and not known yet.
    fn know(&mut self, stat: &Stat, want: Want, known: &mut Known);
    fn sheet(&mut self, pid: u32) -> Sheet;
    /// The pids that wait on a port of this machine, ascending; those of others only where this user may look.
    fn waiting_on(&mut self, port: u16) -> Vec<u32>;
    /// Memory of each service and container as its control group counts it, without droppable cache.
    fn group_memory(&mut self) -> Vec<(Owner, u64)>;
    fn user_name(&mut self, user: u32) -> String;
    fn boot(&self) -> Boot;
    /// Seconds since boot, suspended time included, as start times are counted.
    fn uptime_s(&mut self) -> f64;
    /// Gives back what memory it can.
    fn rest(&mut self);
}

/// What does not change until the next boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Boot {
    /// The first 32 bits of the boot id.
    pub id: u32,
    pub ticks_per_second: u64,
    pub page_bytes: u64,
    pub memory_bytes: u64,
    pub cores: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Term,
    Kill,
    Hup,
    Stop,
    Cont,
}

impl Signal {
    pub fn name(self) -> &'static str {
        match self {
            Signal::Term => "TERM",
            Signal::Kill => "KILL",
            Signal::Hup => "HUP",
            Signal::Stop => "STOP",
            Signal::Cont => "CONT",
        }
    }

    /// Whether the process is expected to end of it.
    pub fn ends(self) -> bool {
        matches!(self, Signal::Term | Signal::Kill)
    }
}

/// Why a signal was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// PID 1: the system would stop.
    Init,
    KernelThread,
    /// This very program.
    Own,
    /// It has ended; perhaps another one has its pid now.
    Gone,
    NotAllowed,
    /// Linux before 5.3 cannot hold on to a process.
    TooOld,
    Failed(String),
}

/// Done when the process has ended.
pub type Ending = BoxFuture<'static, ()>;

/// Sends signals; each call is a few quick system calls.
pub trait Signals: Send + Sync + 'static {
    /// # Errors
    /// Nothing was sent.
    fn send(&self, id: ProcessId, signal: Signal) -> Result<Ending, Refused>;
}
