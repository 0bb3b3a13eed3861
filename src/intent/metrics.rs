//! System status and its charts.

use serde::{Deserialize, Serialize};

use super::{View as AnyView, containers, dashboard, services};
use crate::domain::UnitName;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "s")]
    Status,
    #[serde(rename = "c")]
    Chart { metric: Metric, range: Range },
    /// Each file system with inodes, rates and state.
    #[serde(rename = "d")]
    Disks,
    /// Processor cores, modes, frequency, pressure.
    #[serde(rename = "p")]
    Processor,
    /// Every sensor with its limits.
    #[serde(rename = "t")]
    Sensors,
    /// Each network interface.
    #[serde(rename = "n")]
    Network,
    #[serde(rename = "g")]
    Group(Group),
}

/// What one service or container took, minute by minute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Group {
    /// As the history calls it: "nginx.service", "container:1f2e…".
    #[serde(rename = "o")]
    pub owner: String,
    /// A container's, whose id says nothing to a person.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<containers::Name>,
    #[serde(rename = "t")]
    pub take: Take,
    #[serde(rename = "r")]
    pub range: Range,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Take {
    #[serde(rename = "m")]
    Memory,
    #[serde(rename = "c")]
    Cpu,
}

impl Group {
    /// Of a systemd unit, over the last day.
    pub fn of_unit(unit: &UnitName, take: Take) -> View {
        View::Group(Group { owner: unit.to_string(), name: None, take, range: Range::Day })
    }

    /// Of a container by the engine's id (64 hexadecimal digits), over the last day.
    pub fn of_container(id: &str, name: containers::Name, take: Take) -> View {
        View::Group(Group { owner: format!("container:{id}"), name: Some(name), take, range: Range::Day })
    }

    /// What is on its screen stands on its owner's.
    fn parent(&self) -> AnyView {
        match (&self.name, UnitName::parse(&self.owner)) {
            (Some(name), _) => AnyView::Containers(containers::View::One(name.clone())),
            (None, Ok(unit)) => AnyView::Services(services::View::Unit(unit)),
            (None, Err(_)) => AnyView::Metrics(View::Status),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Metric {
    #[serde(rename = "c")]
    Cpu,
    #[serde(rename = "m")]
    Memory,
    #[serde(rename = "d")]
    Disks,
    #[serde(rename = "n")]
    Network,
    #[serde(rename = "t")]
    Temperature,
    /// Processor time by what it is spent on.
    #[serde(rename = "cm")]
    CpuModes,
    #[serde(rename = "cc")]
    CpuCores,
    #[serde(rename = "l")]
    Load,
    /// Read and written by all disks.
    #[serde(rename = "i")]
    DiskIo,
    /// Time lost waiting for the processor, memory and disks.
    #[serde(rename = "p")]
    Pressure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Range {
    #[serde(rename = "15m")]
    Quarter,
    #[serde(rename = "1h")]
    Hour,
    #[serde(rename = "6h")]
    Hours6,
    #[serde(rename = "24h")]
    Day,
    #[serde(rename = "7d")]
    Week,
    #[serde(rename = "30d")]
    Month,
}

impl Range {
    pub const ALL: [Range; 6] =
        [Range::Quarter, Range::Hour, Range::Hours6, Range::Day, Range::Week, Range::Month];

    pub fn seconds(self) -> i64 {
        match self {
            Range::Quarter => 15 * 60,
            Range::Hour => 3600,
            Range::Hours6 => 6 * 3600,
            Range::Day => 24 * 3600,
            Range::Week => 7 * 24 * 3600,
            Range::Month => 30 * 24 * 3600,
        }
    }
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::Status => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine))),
            View::Group(group) => Some(group.parent()),
            View::Chart { .. } | View::Disks | View::Processor | View::Sensors | View::Network => {
                Some(AnyView::Metrics(View::Status))
            }
        }
    }
}
