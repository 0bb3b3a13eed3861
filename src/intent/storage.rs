//! Files below the configured roots. A place is named by root and path, as the kernel's bytes; what is to be changed
//! also by its stamp, so that a file which took the name of another in the meantime is never mistaken for it.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::{FileName, Place, Role, Target};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Sort {
    #[default]
    #[serde(rename = "n")]
    Name,
    /// The largest first.
    #[serde(rename = "s")]
    Size,
    /// The newest first.
    #[serde(rename = "t")]
    Time,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A folder's list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Folder {
    #[serde(rename = "f")]
    pub at: Place,
    #[serde(rename = "o", default, skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// With the names that begin with a dot.
    #[serde(rename = "h", default, skip_serializing_if = "is_default")]
    pub hidden: bool,
    #[serde(rename = "p", default, skip_serializing_if = "is_default")]
    pub page: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[serde(rename = "r")]
    Roots,
    #[serde(rename = "f")]
    Folder(Folder),
    /// One file, folder or link, with what can be done to it.
    #[serde(rename = "i")]
    Item(Place),
    /// Asks for a line of text.
    #[serde(rename = "q")]
    Ask(Ask),
}

/// What the next text is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ask {
    /// A new name.
    #[serde(rename = "r")]
    Rename(Target),
    /// The name of a new folder in this one.
    #[serde(rename = "d")]
    NewFolder(Place),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    #[serde(rename = "r")]
    Rename {
        #[serde(rename = "w")]
        what: Target,
        #[serde(rename = "n")]
        name: FileName,
    },
    #[serde(rename = "d")]
    NewFolder {
        #[serde(rename = "a")]
        at: Place,
        #[serde(rename = "n")]
        name: FileName,
    },
}

impl View {
    /// A folder's list from its beginning.
    pub fn folder(at: Place) -> View {
        View::Folder(Folder { at, sort: Sort::Name, hidden: false, page: 0 })
    }

    pub(super) fn role(&self) -> Role {
        match self {
            View::Roots | View::Folder(_) | View::Item(_) => Role::Observer,
            View::Ask(_) => Role::Pilot,
        }
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        let above = |place: &Place| place.parent().map_or(View::Roots, View::folder);
        Some(AnyView::Storage(match self {
            View::Roots => {
                return Some(AnyView::Dashboard(dashboard::View::Panel(dashboard::Panel::Cargo)));
            }
            View::Folder(folder) => above(&folder.at),
            View::Item(place) => above(place),
            View::Ask(ask) => ask.origin(),
        }))
    }
}

impl Ask {
    /// The screen it is asked from.
    pub fn origin(&self) -> View {
        match self {
            Ask::Rename(what) => View::Item(what.place.clone()),
            Ask::NewFolder(at) => View::folder(at.clone()),
        }
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Rename { .. } | Act::NewFolder { .. } => Risk::Change,
        }
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Rename { .. } => "storage.rename",
            Act::NewFolder { .. } => "storage.new_folder",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Rename { what, .. } => what.place.shown(),
            Act::NewFolder { at, name } => at.join(name).unwrap_or_else(|_| at.clone()).shown(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Storage(match self {
            Act::Rename { what, .. } => View::Item(what.place.clone()),
            Act::NewFolder { at, .. } => View::folder(at.clone()),
        })
    }
}
