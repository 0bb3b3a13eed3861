//! Disk health.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::{DiskId, Role};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List,
    #[serde(rename = "d")]
    Disk(DiskId),
    /// What the disk's firmware counts, as it says it.
    #[serde(rename = "a")]
    Attributes {
        #[serde(rename = "d")]
        disk: DiskId,
        #[serde(rename = "p", default)]
        page: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Read it now, even if it has to wake up for that.
    #[serde(rename = "c")]
    Check(DiskId),
    /// The disk's own test: two minutes, or hours.
    #[serde(rename = "t")]
    Test {
        #[serde(rename = "d")]
        disk: DiskId,
        #[serde(rename = "l")]
        long: bool,
    },
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(match self {
            View::List => AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Engine)),
            View::Disk(_) => AnyView::Smart(View::List),
            View::Attributes { disk, .. } => AnyView::Smart(View::Disk(disk.clone())),
        })
    }
}

impl Act {
    pub fn disk(&self) -> &DiskId {
        match self {
            Act::Check(disk) | Act::Test { disk, .. } => disk,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        // A test reads only, and the disk does it beside its work.
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Check(_) => "smart.check",
            Act::Test { .. } => "smart.test",
        }
    }

    pub(super) fn subject(&self) -> String {
        self.disk().to_string()
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Smart(View::Disk(self.disk().clone()))
    }
}
