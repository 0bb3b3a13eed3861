//! Warnings, living and past.

use serde::{Deserialize, Serialize};

use super::{View as AnyView, dashboard};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// The living ones, worst first, then the last resolved.
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// One, by its number in the store.
    #[serde(rename = "a")]
    Alert(i64),
}

impl View {
    pub const LIST: View = View::List { page: 0 };

    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::CoPilot))),
            View::Alert(_) => Some(AnyView::Alerts(View::LIST)),
        }
    }
}
