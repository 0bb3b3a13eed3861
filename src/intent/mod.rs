//! Intents: what a pilot can ask for, as plain data. A *view* is a pure read of one screen; an *act* changes
//! something. One file per room. Encoded for buttons by [`codec`].
//!
//! Variants carry short serde names, because a button holds 64 bytes. A name once given is never given to another
//! meaning: buttons of old messages are pressed years later.

pub mod alerts;
pub mod audit;
pub mod backup;
pub mod codec;
pub mod containers;
pub mod crew;
pub mod dashboard;
pub mod display;
pub mod jobs;
pub mod metrics;
pub mod processes;
pub mod schedule;
pub mod services;
pub mod sim;
pub mod smart;
pub mod storage;
pub mod transfers;
pub mod usage;

use serde::{Deserialize, Serialize};

use crate::domain::{Nonce, Role};

/// Which screen, with its page, sort, filter and selection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "h")]
    Dashboard(dashboard::View),
    #[serde(rename = "m")]
    Metrics(metrics::View),
    #[serde(rename = "s")]
    Services(services::View),
    #[serde(rename = "p")]
    Processes(processes::View),
    #[serde(rename = "c")]
    Containers(containers::View),
    #[serde(rename = "cr")]
    Crew(crew::View),
    #[serde(rename = "au")]
    Audit(audit::View),
    #[serde(rename = "j")]
    Jobs(jobs::View),
    #[serde(rename = "al")]
    Alerts(alerts::View),
    #[serde(rename = "sc")]
    Schedule(schedule::View),
    #[serde(rename = "si")]
    Sim(sim::View),
    #[serde(rename = "sm")]
    Smart(smart::View),
    #[serde(rename = "b")]
    Backup(backup::View),
    #[serde(rename = "f")]
    Storage(storage::View),
    #[serde(rename = "u")]
    Usage(usage::View),
    #[serde(rename = "t")]
    Transfers(transfers::View),
    #[serde(rename = "d")]
    Display(display::View),
}

/// Something that changes the server, or Cockpit itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "s")]
    Services(services::Act),
    #[serde(rename = "p")]
    Processes(processes::Act),
    #[serde(rename = "c")]
    Containers(containers::Act),
    #[serde(rename = "cr")]
    Crew(crew::Act),
    #[serde(rename = "j")]
    Jobs(jobs::Act),
    #[serde(rename = "sc")]
    Schedule(schedule::Act),
    #[serde(rename = "si")]
    Sim(sim::Act),
    #[serde(rename = "sm")]
    Smart(smart::Act),
    #[serde(rename = "b")]
    Backup(backup::Act),
    #[serde(rename = "f")]
    Storage(storage::Act),
    #[serde(rename = "u")]
    Usage(usage::Act),
    #[serde(rename = "t")]
    Transfers(transfers::Act),
    #[serde(rename = "d")]
    Display(display::Act),
    #[serde(rename = "al")]
    Alerts(alerts::Act),
}

/// How much an act can hurt. `Danger` is weighed and asked about first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    Change,
    Danger,
}

/// What a button, a command or a filled prompt stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Intent {
    #[serde(rename = "v")]
    View(View),
    #[serde(rename = "a")]
    Act(Act),
    /// Yes to the question that carries this nonce.
    #[serde(rename = "y")]
    Confirm(Nonce),
    /// Open this bubble's lease anew: *Live* and *Go on*.
    #[serde(rename = "l")]
    Live(View),
    /// What this view shows, as a file: its picture as it was drawn, its text uncut.
    #[serde(rename = "f")]
    File(View),
}

/// What the next text of a pilot fills in, and with which act or view the answer ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hole {
    /// Search words for the list of services.
    #[serde(rename = "ss")]
    ServicesSearch,
    /// Search words for the list of processes.
    #[serde(rename = "ps")]
    ProcessesSearch,
    /// A pid to be asked to end, as `/kill` takes it.
    #[serde(rename = "pk")]
    ProcessesKill,
    /// Search words for the flight recorder.
    #[serde(rename = "as")]
    AuditSearch,
    /// Search words for the journal of a unit; the other filters stay as they are.
    #[serde(rename = "sl")]
    ServiceLogSearch(services::Log),
    /// Search words for the list of containers.
    #[serde(rename = "cs")]
    ContainersSearch,
    /// Search words for a container's log; the other filters stay as they are.
    #[serde(rename = "cl")]
    ContainerLogSearch(containers::Log),
    /// A line of text for something in a folder.
    #[serde(rename = "fq")]
    Storage(storage::Ask),
    /// Until when a warning is to be quiet: "03:10", "90 min".
    #[serde(rename = "az")]
    AlertSnooze(i64),
}

impl View {
    pub const HOME: View = View::Dashboard(dashboard::View::Home);

    /// The least role that may see it.
    pub fn role(&self) -> Role {
        match self {
            View::Dashboard(_) | View::Metrics(_) | View::Services(_) | View::Display(_) => Role::Observer,
            View::Jobs(_) | View::Alerts(_) | View::Schedule(_) | View::Smart(_) => Role::Observer,
            View::Processes(view) => view.role(),
            View::Usage(view) => view.role(),
            View::Transfers(view) => view.role(),
            View::Containers(view) => view.role(),
            View::Backup(view) => view.role(),
            View::Storage(view) => view.role(),
            View::Crew(_) => Role::Pilot,
            View::Sim(_) => Role::Owner,
            View::Audit(_) => Role::Owner,
        }
    }

    /// Where *Back* leads: fixed, never history. `None` is the dashboard itself.
    pub fn parent(&self) -> Option<View> {
        match self {
            View::Dashboard(view) => view.parent(),
            View::Metrics(view) => view.parent(),
            View::Services(view) => view.parent(),
            View::Processes(view) => view.parent(),
            View::Containers(view) => view.parent(),
            View::Jobs(view) => view.parent(),
            View::Alerts(view) => view.parent(),
            View::Schedule(view) => view.parent(),
            View::Sim(view) => view.parent(),
            View::Smart(view) => view.parent(),
            View::Backup(view) => view.parent(),
            View::Storage(view) => view.parent(),
            View::Usage(view) => view.parent(),
            View::Transfers(view) => view.parent(),
            View::Display(view) => view.parent(),
            View::Audit(view) => view.parent(),
            View::Crew(view) => Some(view.parent()),
        }
    }
}

impl Act {
    /// Changes nothing on the server, and is allowed in practice too: it makes a file for the chat, works on files, of
    /// which practice has its own sample only, or quiets a warning of Cockpit's own.
    pub fn spares_the_server(&self) -> bool {
        match self {
            Act::Backup(act) => act.only_reads(),
            other => matches!(
                other,
                Act::Services(services::Act::LogFile(_))
                    | Act::Usage(usage::Act::Scan(_))
                    | Act::Storage(_)
                    | Act::Transfers(_)
                    | Act::Display(_)
                    | Act::Alerts(_)
                    | Act::Containers(containers::Act::LogFile(_) | containers::Act::SendLog { .. })
            ),
        }
    }

    pub fn risk(&self) -> Risk {
        match self {
            Act::Services(act) => act.risk(),
            Act::Processes(act) => act.risk(),
            Act::Containers(act) => act.risk(),
            Act::Crew(act) => act.risk(),
            Act::Jobs(act) => act.risk(),
            Act::Schedule(act) => act.risk(),
            Act::Sim(act) => act.risk(),
            Act::Smart(act) => act.risk(),
            Act::Backup(act) => act.risk(),
            Act::Storage(act) => act.risk(),
            Act::Usage(act) => act.risk(),
            Act::Transfers(act) => act.risk(),
            Act::Display(act) => act.risk(),
            Act::Alerts(act) => act.risk(),
        }
    }

    pub fn role(&self) -> Role {
        match self {
            Act::Services(act) => act.role(),
            Act::Processes(act) => act.role(),
            Act::Containers(act) => act.role(),
            Act::Crew(act) => act.role(),
            Act::Jobs(act) => act.role(),
            Act::Schedule(act) => act.role(),
            Act::Sim(act) => act.role(),
            Act::Smart(act) => act.role(),
            Act::Backup(act) => act.role(),
            Act::Storage(act) => act.role(),
            Act::Usage(act) => act.role(),
            Act::Transfers(act) => act.role(),
            Act::Display(act) => act.role(),
            Act::Alerts(act) => act.role(),
        }
    }

    /// The verb as the audit trail names it ("services.restart"). Stable: people search for it.
    pub fn verb(&self) -> &'static str {
        match self {
            Act::Services(act) => act.verb(),
            Act::Processes(act) => act.verb(),
            Act::Containers(act) => act.verb(),
            Act::Crew(act) => act.verb(),
            Act::Jobs(act) => act.verb(),
            Act::Schedule(act) => act.verb(),
            Act::Sim(act) => act.verb(),
            Act::Smart(act) => act.verb(),
            Act::Backup(act) => act.verb(),
            Act::Storage(act) => act.verb(),
            Act::Usage(act) => act.verb(),
            Act::Transfers(act) => act.verb(),
            Act::Display(act) => act.verb(),
            Act::Alerts(act) => act.verb(),
        }
    }

    /// What it is done to ("nginx.service"), for the audit trail and for refusals.
    pub fn subject(&self) -> String {
        match self {
            Act::Services(act) => act.subject(),
            Act::Processes(act) => act.subject(),
            Act::Containers(act) => act.subject(),
            Act::Crew(act) => act.subject(),
            Act::Jobs(act) => act.subject(),
            Act::Schedule(act) => act.subject(),
            Act::Sim(act) => act.subject(),
            Act::Smart(act) => act.subject(),
            Act::Backup(act) => act.subject(),
            Act::Storage(act) => act.subject(),
            Act::Usage(act) => act.subject(),
            Act::Transfers(act) => act.subject(),
            Act::Display(act) => act.subject(),
            Act::Alerts(act) => act.subject(),
        }
    }

    /// What a question about it names; `None` where what the rooms say of it names it.
    pub fn asked(&self) -> Option<String> {
        match self {
            Act::Storage(act) => act.asked(),
            other => Some(other.subject()),
        }
    }

    /// The screen to show when the act is cancelled or refused.
    pub fn origin(&self) -> View {
        match self {
            Act::Services(act) => act.origin(),
            Act::Processes(act) => act.origin(),
            Act::Containers(act) => act.origin(),
            Act::Crew(act) => act.origin(),
            Act::Jobs(act) => act.origin(),
            Act::Schedule(act) => act.origin(),
            Act::Sim(act) => act.origin(),
            Act::Smart(act) => act.origin(),
            Act::Backup(act) => act.origin(),
            Act::Storage(act) => act.origin(),
            Act::Usage(act) => act.origin(),
            Act::Transfers(act) => act.origin(),
            Act::Display(act) => act.origin(),
            Act::Alerts(act) => act.origin(),
        }
    }
}

impl Hole {
    /// The screen that asks; shown again when the answer is given up.
    pub fn origin(&self) -> View {
        match self {
            Hole::ServicesSearch => {
                View::Services(services::View::List { filter: services::Filter::All, search: None, page: 0 })
            }
            Hole::ProcessesSearch | Hole::ProcessesKill => View::Processes(processes::View::TOP),
            Hole::AuditSearch => View::Audit(audit::View::SEARCH),
            Hole::ServiceLogSearch(log) => View::Services(services::View::Log(log.clone())),
            Hole::ContainersSearch => View::Containers(containers::View::ALL),
            Hole::ContainerLogSearch(log) => View::Containers(containers::View::Log(log.clone())),
            Hole::Storage(ask) => View::Storage(ask.origin()),
            Hole::AlertSnooze(alert) => View::Alerts(alerts::View::Snooze(*alert)),
        }
    }
}
