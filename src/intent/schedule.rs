//! What runs by itself, and when.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// One task by its id ("backup.home"), with its next and last runs.
    #[serde(rename = "t")]
    Task(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Now, besides its times.
    #[serde(rename = "r")]
    Run(String),
    #[serde(rename = "p")]
    Pause {
        #[serde(rename = "t")]
        task: String,
        /// `None`: until it is resumed.
        #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
        hours: Option<u32>,
    },
    #[serde(rename = "c")]
    Resume(String),
}

impl View {
    pub const LIST: View = View::List { page: 0 };

    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Settings))),
            View::Task(_) => Some(AnyView::Schedule(View::LIST)),
        }
    }
}

impl Act {
    pub fn task(&self) -> &str {
        match self {
            Act::Run(task) | Act::Pause { task, .. } | Act::Resume(task) => task,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Run(_) => "schedule.run",
            Act::Pause { .. } => "schedule.pause",
            Act::Resume(_) => "schedule.resume",
        }
    }

    pub(super) fn subject(&self) -> String {
        self.task().to_owned()
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Schedule(View::Task(self.task().to_owned()))
    }
}
