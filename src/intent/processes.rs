//! Processes. A process is named by pid, start time and boot, so that a pid used again is never mistaken for it.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

/// One process of one boot, whatever becomes of its pid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, u64, u32)", into = "(u32, u64, u32)")]
pub struct ProcessId {
    pub pid: u32,
    /// As in `/proc/PID/stat`, in clock ticks since boot.
    pub start_ticks: u64,
    /// The first 32 bits of the kernel's boot id.
    pub boot: u32,
}

impl From<(u32, u64, u32)> for ProcessId {
    fn from((pid, start_ticks, boot): (u32, u64, u32)) -> ProcessId {
        ProcessId { pid, start_ticks, boot }
    }
}

impl From<ProcessId> for (u32, u64, u32) {
    fn from(id: ProcessId) -> (u32, u64, u32) {
        (id.pid, id.start_ticks, id.boot)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "t")]
    Top {
        #[serde(rename = "o")]
        sort: Sort,
        #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// Summed by service, container or login session.
    #[serde(rename = "g")]
    Groups {
        #[serde(rename = "o")]
        sort: Sort,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// The processes of one group, by its name as [`View::Groups`] lists it.
    #[serde(rename = "m")]
    Members {
        #[serde(rename = "n")]
        owner: String,
        #[serde(rename = "o")]
        sort: Sort,
        #[serde(rename = "p", default)]
        page: u32,
    },
    #[serde(rename = "p")]
    Process(ProcessId),
    /// Whatever has this pid now, as somebody typed it.
    #[serde(rename = "n")]
    Pid(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sort {
    #[serde(rename = "c")]
    Cpu,
    #[serde(rename = "m")]
    Memory,
    #[serde(rename = "i")]
    Io,
}

impl Sort {
    pub const ALL: [Sort; 3] = [Sort::Cpu, Sort::Memory, Sort::Io];
}

/// A signal to one process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Ask it to end.
    #[serde(rename = "t")]
    Term(ProcessId),
    #[serde(rename = "k")]
    Kill(ProcessId),
    #[serde(rename = "h")]
    Hup(ProcessId),
    #[serde(rename = "s")]
    Stop(ProcessId),
    #[serde(rename = "c")]
    Cont(ProcessId),
}

impl View {
    pub const TOP: View = View::Top { sort: Sort::Cpu, search: None, page: 0 };

    pub(super) fn role(&self) -> Role {
        match self {
            View::Top { .. } | View::Groups { .. } | View::Members { .. } => Role::Observer,
            // A command line tells more than a name.
            View::Process(_) | View::Pid(_) => Role::Pilot,
        }
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(match self {
            View::Top { .. } => AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine)),
            View::Groups { .. } | View::Process(_) | View::Pid(_) => AnyView::Processes(View::TOP),
            View::Members { sort, .. } => AnyView::Processes(View::Groups { sort: *sort, page: 0 }),
        })
    }
}

impl Act {
    pub fn process(&self) -> ProcessId {
        match self {
            Act::Term(id) | Act::Kill(id) | Act::Hup(id) | Act::Stop(id) | Act::Cont(id) => *id,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        match self {
            // A program without a handler dies of HUP as well.
            Act::Term(_) | Act::Kill(_) | Act::Hup(_) | Act::Stop(_) => Risk::Danger,
            Act::Cont(_) => Risk::Change,
        }
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Term(_) => "processes.term",
            Act::Kill(_) => "processes.kill",
            Act::Hup(_) => "processes.hup",
            Act::Stop(_) => "processes.stop",
            Act::Cont(_) => "processes.cont",
        }
    }

    pub(super) fn subject(&self) -> String {
        format!("pid {}", self.process().pid)
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Processes(View::Process(self.process()))
    }
}
