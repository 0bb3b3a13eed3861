//! systemd units.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::{Role, UnitName};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List {
        #[serde(rename = "f")]
        filter: Filter,
        #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        #[serde(rename = "p", default)]
        page: u32,
    },
    #[serde(rename = "u")]
    Unit(UnitName),
    /// The journal of one unit.
    #[serde(rename = "g")]
    Log(Log),
    /// Why it is as it is, and what to try.
    #[serde(rename = "d")]
    Diagnose(UnitName),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Filter {
    /// Watched units, and every failed one.
    #[serde(rename = "w")]
    Watched,
    #[serde(rename = "f")]
    Failed,
    #[serde(rename = "a")]
    All,
    /// Timers, the next to fire first.
    #[serde(rename = "t")]
    Timers,
}

/// Which lines of a unit's journal. Filters do not change the order: oldest first, the newest at the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Log {
    #[serde(rename = "u")]
    pub unit: UnitName,
    #[serde(rename = "n", default, skip_serializing_if = "is_default")]
    pub amount: Amount,
    /// Lines at least this severe: a syslog priority, 0 (emergency) to 7 (debug).
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    #[serde(rename = "s", default, skip_serializing_if = "is_default")]
    pub since: Since,
    /// Lines that contain these words, whatever their case.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// New lines are shown as they come, while the bubble is live.
    #[serde(rename = "f", default, skip_serializing_if = "is_default")]
    pub follow: bool,
}

/// How many lines a log screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Amount {
    #[default]
    #[serde(rename = "5")]
    Fifty,
    #[serde(rename = "2")]
    TwoHundred,
}

impl Amount {
    pub fn lines(self) -> usize {
        match self {
            Amount::Fifty => 50,
            Amount::TwoHundred => 200,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Since {
    /// As far back as the journal goes.
    #[default]
    #[serde(rename = "a")]
    Always,
    #[serde(rename = "b")]
    Boot,
    #[serde(rename = "h")]
    Hour,
    #[serde(rename = "d")]
    Day,
}

impl Log {
    pub fn of(unit: UnitName) -> Log {
        Log {
            unit,
            amount: Amount::default(),
            priority: None,
            since: Since::default(),
            search: None,
            follow: false,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "s")]
    Start(UnitName),
    #[serde(rename = "x")]
    Stop(UnitName),
    #[serde(rename = "r")]
    Restart(UnitName),
    #[serde(rename = "l")]
    Reload(UnitName),
    /// Starts at boot from now on.
    #[serde(rename = "e")]
    Enable(UnitName),
    #[serde(rename = "d")]
    Disable(UnitName),
    /// Forgets that it failed, and how often it was restarted.
    #[serde(rename = "f")]
    ResetFailed(UnitName),
    /// The journal as a file: all that the filters let through, not only what the screen shows.
    #[serde(rename = "g")]
    LogFile(Log),
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine))),
            View::Unit(_) => {
                Some(AnyView::Services(View::List { filter: Filter::Watched, search: None, page: 0 }))
            }
            View::Log(Log { unit, .. }) | View::Diagnose(unit) => {
                Some(AnyView::Services(View::Unit(unit.clone())))
            }
        }
    }
}

impl Act {
    pub fn unit(&self) -> &UnitName {
        match self {
            Act::Start(unit)
            | Act::Stop(unit)
            | Act::Restart(unit)
            | Act::Reload(unit)
            | Act::Enable(unit)
            | Act::Disable(unit)
            | Act::ResetFailed(unit)
            | Act::LogFile(Log { unit, .. }) => unit,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Start(_) | Act::Reload(_) | Act::Enable(_) | Act::ResetFailed(_) | Act::LogFile(_) => {
                Risk::Change
            }
            Act::Stop(_) | Act::Restart(_) | Act::Disable(_) => Risk::Danger,
        }
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Start(_) => "services.start",
            Act::Stop(_) => "services.stop",
            Act::Restart(_) => "services.restart",
            Act::Reload(_) => "services.reload",
            Act::Enable(_) => "services.enable",
            Act::Disable(_) => "services.disable",
            Act::ResetFailed(_) => "services.reset-failed",
            Act::LogFile(_) => "services.log-file",
        }
    }

    pub(super) fn subject(&self) -> String {
        self.unit().to_string()
    }

    pub(super) fn origin(&self) -> AnyView {
        match self {
            Act::LogFile(log) => AnyView::Services(View::Log(log.clone())),
            _ => AnyView::Services(View::Unit(self.unit().clone())),
        }
    }
}
