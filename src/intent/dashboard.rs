//! The front page and the menus of panels.

use serde::{Deserialize, Serialize};

use super::View as AnyView;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "h")]
    Home,
    /// The doors of one panel: Engine Room, Cargo Bay, …
    #[serde(rename = "p")]
    Panel(Panel),
    /// The list of commands.
    #[serde(rename = "?")]
    Help,
}

/// A panel groups rooms, as the pilot reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Panel {
    #[serde(rename = "e")]
    Engine,
    #[serde(rename = "c")]
    Cargo,
    #[serde(rename = "n")]
    Navigation,
    #[serde(rename = "s")]
    Settings,
    #[serde(rename = "p")]
    CoPilot,
}

impl View {
    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::Home => None,
            View::Panel(_) | View::Help => Some(AnyView::HOME),
        }
    }
}
