//! Files on their way: from the chat into a folder, and from a folder into the chat.

use serde::{Deserialize, Serialize};

use super::{
    Risk, View as AnyView,
    storage::{self, Clash},
};
use crate::domain::{Place, Role, Target};

/// Files that were sent together, by the number of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Batch(pub i64);

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// Where to put them; then how far they are; then where they are.
    #[serde(rename = "b")]
    Batch {
        #[serde(rename = "b")]
        batch: Batch,
        /// The folder that was looked at when they came.
        #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
        here: Option<Place>,
    },
    /// Another folder for them.
    #[serde(rename = "k")]
    Pick {
        #[serde(rename = "b")]
        batch: Batch,
        #[serde(rename = "a")]
        at: Place,
        #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
        page: u32,
    },
    /// Names are taken there: keep both, replace, cancel.
    #[serde(rename = "c")]
    Clash {
        #[serde(rename = "b")]
        batch: Batch,
        #[serde(rename = "a")]
        at: Place,
    },
    /// How a file or folder would go into the chat, where that needs a word first.
    #[serde(rename = "s")]
    Send(Target),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Fetches the files and puts them there.
    #[serde(rename = "s")]
    Save {
        #[serde(rename = "b")]
        batch: Batch,
        #[serde(rename = "a")]
        at: Place,
        /// What becomes of names that are taken there.
        #[serde(rename = "c", default, skip_serializing_if = "is_ask")]
        clash: Clash,
    },
    /// Those that failed, once more.
    #[serde(rename = "r")]
    Again(Batch),
    /// They are not wanted here.
    #[serde(rename = "d")]
    Decline(Batch),
    /// Into the chat: a file as it is, or in volumes where the pilot agreed; a folder as an archive.
    #[serde(rename = "o")]
    Send {
        #[serde(rename = "w")]
        what: Target,
        #[serde(rename = "v", default, skip_serializing_if = "is_false")]
        volumes: bool,
    },
}

fn is_zero(page: &u32) -> bool {
    *page == 0
}

fn is_ask(clash: &Clash) -> bool {
    *clash == Clash::Ask
}

fn is_false(value: &bool) -> bool {
    !value
}

impl View {
    pub fn batch(batch: Batch) -> View {
        View::Batch { batch, here: None }
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn parent(&self) -> Option<AnyView> {
        Some(match self {
            View::Batch { here: Some(at), .. } => AnyView::Storage(storage::View::folder(at.clone())),
            View::Batch { here: None, .. } => AnyView::Storage(storage::View::Roots),
            // The folder that was found on the way is offered there.
            View::Pick { batch, at, .. } | View::Clash { batch, at } => {
                AnyView::Transfers(View::Batch { batch: *batch, here: Some(at.clone()) })
            }
            View::Send(what) => AnyView::Storage(storage::View::Item(what.place.clone())),
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
            Act::Save { .. } => "transfers.save",
            Act::Again(_) => "transfers.again",
            Act::Decline(_) => "transfers.decline",
            Act::Send { .. } => "transfers.send",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::Save { at, .. } => at.to_string(),
            Act::Again(batch) | Act::Decline(batch) => batch.0.to_string(),
            Act::Send { what, .. } => what.place.to_string(),
        }
    }

    pub(super) fn origin(&self) -> AnyView {
        match self {
            Act::Save { batch, .. } | Act::Again(batch) | Act::Decline(batch) => {
                AnyView::Transfers(View::batch(*batch))
            }
            Act::Send { what, .. } => AnyView::Storage(storage::View::Item(what.place.clone())),
        }
    }
}
