//! The flight recorder.

use serde::{Deserialize, Serialize};

use super::View as AnyView;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// Newest first; page 0 is the newest.
    #[serde(rename = "l")]
    List {
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// One entry by its sequence number.
    #[serde(rename = "e")]
    Entry(u64),
    /// Entries that contain all these words, newest first. Without words: the screen that asks for them.
    #[serde(rename = "s")]
    Search {
        #[serde(rename = "w")]
        words: String,
        #[serde(rename = "p", default)]
        page: u32,
    },
    /// Whether every line is as it was written.
    #[serde(rename = "c")]
    Chain,
}

impl View {
    /// The screen that asks what to search for.
    pub const SEARCH: View = View::Search { words: String::new(), page: 0 };

    pub(super) fn parent(&self) -> Option<AnyView> {
        match self {
            View::List { .. } => Some(AnyView::HOME),
            View::Entry(_) | View::Search { .. } | View::Chain => {
                Some(AnyView::Audit(View::List { page: 0 }))
            }
        }
    }
}
