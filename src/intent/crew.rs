//! The actors themselves.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::Role;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "l")]
    List,
    /// One actor, by its id in the tree ("services").
    #[serde(rename = "a")]
    Actor(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Stop it if it runs, forget its failures, start it.
    #[serde(rename = "r")]
    Restart(String),
    /// Read the config file again and apply it.
    #[serde(rename = "c")]
    Reload,
}

impl View {
    pub(super) fn parent(&self) -> AnyView {
        match self {
            View::List => AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Settings)),
            View::Actor(_) => AnyView::Crew(View::List),
        }
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Owner
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Restart(_) => "crew.restart",
            Act::Reload => "config.reload",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Restart(actor) => actor.clone(),
            Act::Reload => "cockpit.toml".into(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        match self {
            Act::Restart(actor) => AnyView::Crew(View::Actor(actor.clone())),
            Act::Reload => AnyView::Crew(View::List),
        }
    }
}
