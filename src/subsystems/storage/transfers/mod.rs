//! Files on their way: what pilots send is put into a folder, what they ask for is carried into the chat.
//!
//! Into a folder: a file that comes is noted by the dock (`dock.rs`, `store.rs`) and asked about; once a pilot said
//! where to, the one job of its chat (`receive.rs`) fetches it in pieces and lands it (`landing.rs`): written nameless,
//! complete on the disk, and only then given its name, never in another file's place. What waits survives a restart.
//! Into the chat (`send.rs`): a file is read where it lies (`parcel.rs`), in volumes where it is too large and the pilot
//! agreed (`volumes.rs`); a folder goes as an archive.
//!
//! Never holds a file in memory, never believes a name (`names.rs`), never overwrites.
//!
//! Limits: 50 files asked about together, 200 waiting in one chat, 99 volumes, one file on its way in each direction
//! and chat.

pub mod dock;
mod landing;
pub mod names;
mod panel;
mod parcel;
pub mod receive;
mod room;
pub mod send;
pub mod store;
#[cfg(test)]
pub(super) mod testing;
pub mod volumes;

pub use dock::{Kit, Msg, card, child};
pub use room::{Sent, Transfers};

use crate::{domain::Phrase, phrase};

/// A fault of Cockpit itself: the log is told what, the pilot that it was.
fn inside(what: impl std::fmt::Display) -> Phrase {
    tracing::error!(%what, "a transfer stumbled");
    phrase!("transfers-inside")
}
