//! What eats the disk: results of scans below the configured roots.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, storage};
use crate::domain::{Place, Role};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// Each root with what was found last.
    #[serde(rename = "r")]
    Roots,
    #[serde(rename = "f")]
    Folder {
        #[serde(rename = "a")]
        at: Place,
        #[serde(rename = "t", default, skip_serializing_if = "is_first")]
        tab: Tab,
        #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
        page: u32,
    },
}

/// What of a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Tab {
    /// The folders below, the largest first.
    #[default]
    #[serde(rename = "f")]
    Folders,
    #[serde(rename = "b")]
    BigFiles,
    #[serde(rename = "k")]
    Kinds,
    /// Large files that nobody has touched for long.
    #[serde(rename = "o")]
    Untouched,
    /// What there is more of than at the scan before.
    #[serde(rename = "g")]
    Grown,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Walks everything below and adds it up. Opens no file.
    #[serde(rename = "s")]
    Scan(Place),
}

fn is_first(tab: &Tab) -> bool {
    *tab == Tab::default()
}

fn is_zero(page: &u32) -> bool {
    *page == 0
}

impl Tab {
    pub const ALL: [Tab; 5] = [Tab::Folders, Tab::BigFiles, Tab::Kinds, Tab::Untouched, Tab::Grown];
}

impl View {
    /// A folder's result from its beginning.
    pub fn folder(at: Place) -> View {
        View::Folder { at, tab: Tab::Folders, page: 0 }
    }

    pub(super) fn role(&self) -> Role {
        Role::Observer
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(match self {
            View::Roots => AnyView::Storage(storage::View::Roots),
            View::Folder { at, .. } => match at.parent() {
                Some(above) => AnyView::Usage(View::folder(above)),
                None => AnyView::Usage(View::Roots),
            },
        })
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        Risk::Change
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Scan(_) => "usage.scan",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Scan(at) => at.to_string(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        match self {
            Act::Scan(at) => AnyView::Usage(View::folder(at.clone())),
        }
    }
}
