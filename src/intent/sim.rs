//! The simulated server's failures to play with. Exists under `--sim` only.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Lets a failure happen, by its id ("disk-fills").
    #[serde(rename = "b")]
    Break(String),
    /// Puts it right.
    #[serde(rename = "m")]
    Mend(String),
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Settings)))
    }
}

impl Act {
    pub fn toy(&self) -> &str {
        match self {
            Act::Break(toy) | Act::Mend(toy) => toy,
        }
    }

    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Owner
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Break(_) => "sim.break",
            Act::Mend(_) => "sim.mend",
        }
    }

    pub(super) fn subject(&self) -> String {
        self.toy().to_owned()
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Sim(View::List)
    }
}
