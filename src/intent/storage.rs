//! Files below the configured roots. A place is named by root and path, as the kernel's bytes; what is to be changed
//! also by its stamp, so that a file which took the name of another in the meantime is never mistaken for it.

use serde::{Deserialize, Serialize};

use super::{Risk, View as AnyView, dashboard};
use crate::domain::{FileName, Place, Role, RootName, Target};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Relocation {
    #[serde(rename = "m")]
    Move,
    #[serde(rename = "c")]
    Copy,
}

/// What is done where the name is taken already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Clash {
    #[default]
    #[serde(rename = "a")]
    Ask,
    /// The new one gets a number.
    #[serde(rename = "k")]
    KeepBoth,
    /// The old one goes to the trash.
    #[serde(rename = "r")]
    Replace,
}

/// One entry of a trash: digits, letters and dashes, at most 40.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ThrownId(String);

impl ThrownId {
    const CHARS_MAX: usize = 40;

    pub fn parse(text: &str) -> Option<ThrownId> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (plain && (1..=Self::CHARS_MAX).contains(&text.len())).then(|| ThrownId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ThrownId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<ThrownId, &'static str> {
        ThrownId::parse(&text).ok_or("no entry of a trash")
    }
}

impl From<ThrownId> for String {
    fn from(id: ThrownId) -> String {
        id.0
    }
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

/// Something on its way to another folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Going {
    #[serde(rename = "w")]
    pub what: Target,
    #[serde(rename = "h")]
    pub how: Relocation,
    #[serde(rename = "t")]
    pub to: Place,
}

impl Going {
    /// Moved to where it is.
    pub fn is_there(&self) -> bool {
        self.how == Relocation::Move && self.what.place.parent().as_ref() == Some(&self.to)
    }
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
    /// A file as text, page by page.
    #[serde(rename = "t")]
    Text {
        #[serde(rename = "a")]
        at: Place,
        #[serde(rename = "p", default, skip_serializing_if = "is_default")]
        page: u32,
    },
    /// A file as a picture.
    #[serde(rename = "m")]
    Image(Place),
    /// Which folder something goes to; `to` is the one that is shown.
    #[serde(rename = "k")]
    Pick {
        #[serde(rename = "g")]
        going: Going,
        #[serde(rename = "p", default, skip_serializing_if = "is_default")]
        page: u32,
    },
    /// Which root something goes to.
    #[serde(rename = "kr")]
    PickRoot {
        #[serde(rename = "w")]
        what: Target,
        #[serde(rename = "h")]
        how: Relocation,
    },
    /// The name is taken there: keep both, replace, cancel.
    #[serde(rename = "c")]
    Clash(Going),
    #[serde(rename = "x")]
    Trash {
        #[serde(rename = "r")]
        root: RootName,
        #[serde(rename = "p", default, skip_serializing_if = "is_default")]
        page: u32,
    },
    /// One deleted thing.
    #[serde(rename = "xi")]
    Thrown {
        #[serde(rename = "r")]
        root: RootName,
        #[serde(rename = "i")]
        id: ThrownId,
    },
    /// Its old place is taken: keep both, replace, cancel.
    #[serde(rename = "xc")]
    RestoreClash {
        #[serde(rename = "r")]
        root: RootName,
        #[serde(rename = "i")]
        id: ThrownId,
    },
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
    /// A text, to become a file in this folder.
    #[serde(rename = "n")]
    Note(Place),
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
    #[serde(rename = "n")]
    Note {
        #[serde(rename = "a")]
        at: Place,
        #[serde(rename = "n")]
        name: FileName,
        #[serde(rename = "t")]
        text: String,
    },
    #[serde(rename = "m")]
    Relocate {
        #[serde(rename = "g")]
        going: Going,
        #[serde(rename = "c", default, skip_serializing_if = "is_default")]
        clash: Clash,
    },
    /// To the trash.
    #[serde(rename = "x")]
    Throw(Target),
    /// For good, past the trash.
    #[serde(rename = "xx")]
    Destroy(Target),
    #[serde(rename = "xr")]
    Restore {
        #[serde(rename = "r")]
        root: RootName,
        #[serde(rename = "i")]
        id: ThrownId,
        #[serde(rename = "c", default, skip_serializing_if = "is_default")]
        clash: Clash,
    },
    /// One deleted thing, for good.
    #[serde(rename = "xp")]
    Purge {
        #[serde(rename = "r")]
        root: RootName,
        #[serde(rename = "i")]
        id: ThrownId,
    },
    /// A whole trash, for good.
    #[serde(rename = "xe")]
    Empty(RootName),
    #[serde(rename = "s")]
    Checksum(Target),
    /// A folder as a tar.zst beside it.
    #[serde(rename = "z")]
    Archive(Target),
}

impl View {
    /// A folder's list from its beginning.
    pub fn folder(at: Place) -> View {
        View::Folder(Folder { at, sort: Sort::Name, hidden: false, page: 0 })
    }

    pub(super) fn role(&self) -> Role {
        match self {
            View::Roots | View::Folder(_) | View::Item(_) => Role::Observer,
            View::Trash { .. } | View::Thrown { .. } => Role::Observer,
            // What is in a file is not everybody's.
            View::Text { .. } | View::Image(_) => Role::Pilot,
            View::Ask(_) | View::Pick { .. } | View::PickRoot { .. } => Role::Pilot,
            View::Clash(_) | View::RestoreClash { .. } => Role::Pilot,
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
            View::Text { at, .. } | View::Image(at) => View::Item(at.clone()),
            View::Pick { going, .. } | View::Clash(going) => View::Item(going.what.place.clone()),
            View::PickRoot { what, .. } => View::Item(what.place.clone()),
            View::Trash { root, .. } => View::folder(Place::root(root.clone())),
            View::Thrown { root, .. } => View::Trash { root: root.clone(), page: 0 },
            View::RestoreClash { root, id } => View::Thrown { root: root.clone(), id: id.clone() },
        }))
    }
}

impl Ask {
    /// The screen it is asked from.
    pub fn origin(&self) -> View {
        match self {
            Ask::Rename(what) => View::Item(what.place.clone()),
            Ask::NewFolder(at) | Ask::Note(at) => View::folder(at.clone()),
        }
    }
}

impl Act {
    pub(super) fn risk(&self) -> Risk {
        match self {
            Act::Rename { .. } | Act::NewFolder { .. } | Act::Note { .. } | Act::Relocate { .. } => {
                Risk::Change
            }
            Act::Restore { .. } | Act::Checksum(_) | Act::Archive(_) => Risk::Change,
            Act::Throw(_) | Act::Destroy(_) | Act::Purge { .. } | Act::Empty(_) => Risk::Danger,
        }
    }

    pub(super) fn role(&self) -> Role {
        Role::Pilot
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Act::Rename { .. } => "storage.rename",
            Act::NewFolder { .. } => "storage.new_folder",
            Act::Note { .. } => "storage.note",
            Act::Relocate { going: Going { how: Relocation::Move, .. }, .. } => "storage.move",
            Act::Relocate { going: Going { how: Relocation::Copy, .. }, .. } => "storage.copy",
            Act::Throw(_) => "storage.trash",
            Act::Destroy(_) => "storage.delete",
            Act::Restore { .. } => "storage.restore",
            Act::Purge { .. } => "storage.purge",
            Act::Empty(_) => "storage.empty_trash",
            Act::Checksum(_) => "storage.checksum",
            Act::Archive(_) => "storage.archive",
        }
    }

    pub(super) fn subject(&self) -> String {
        match self {
            Act::NewFolder { at, name } | Act::Note { at, name, .. } => {
                at.join(name).unwrap_or_else(|_| at.clone()).shown()
            }
            Act::Restore { root, id, .. } | Act::Purge { root, id } => format!("{root}: {}", id.as_str()),
            Act::Empty(root) => root.to_string(),
            Act::Relocate { going, .. } => going.what.place.shown(),
            Act::Rename { what, .. }
            | Act::Throw(what)
            | Act::Destroy(what)
            | Act::Checksum(what)
            | Act::Archive(what) => what.place.shown(),
        }
    }

    /// What a question is about; `None` where only the room can say it in words.
    pub(super) fn asked(&self) -> Option<String> {
        let of_the_trash = matches!(self, Act::Purge { .. } | Act::Restore { .. });
        (!of_the_trash).then(|| self.subject())
    }

    pub(super) fn origin(&self) -> AnyView {
        AnyView::Storage(match self {
            Act::NewFolder { at, .. } | Act::Note { at, .. } => View::folder(at.clone()),
            Act::Restore { root, id, .. } | Act::Purge { root, id } => {
                View::Thrown { root: root.clone(), id: id.clone() }
            }
            Act::Empty(root) => View::Trash { root: root.clone(), page: 0 },
            Act::Relocate { going, .. } => View::Item(going.what.place.clone()),
            Act::Rename { what, .. }
            | Act::Throw(what)
            | Act::Destroy(what)
            | Act::Checksum(what)
            | Act::Archive(what) => View::Item(what.place.clone()),
        })
    }
}
