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
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "s")]
    Start(UnitName),
    #[serde(rename = "x")]
    Stop(UnitName),
    #[serde(rename = "r")]
    Restart(UnitName),
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine))),
            View::Unit(_) => {
                Some(AnyView::Services(View::List { filter: Filter::Watched, search: None, page: 0 }))
            }
        }
    }
}

impl Act {
    pub fn unit(&self) -> &UnitName {
        match self {
            Act::Start(unit) | Act::Stop(unit) | Act::Restart(unit) => unit,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Start(_) => Risk::Change,
            Act::Stop(_) | Act::Restart(_) => Risk::Danger,
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
        }
    }

    pub(super) fn subject(&self) -> String {
        self.unit().to_string()
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Services(View::Unit(self.unit().clone()))
    }
}
