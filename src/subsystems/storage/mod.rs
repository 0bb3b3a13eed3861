//! Files below the configured roots: the browser, what is done to files, the trash, what fills the disk.
//!
//! How it goes: everything beneath a root is opened one name after the other by the kernel (`root.rs`, `folder.rs`): no
//! symbolic link, no way up, nothing of Cockpit's own. The room (`room.rs`) hands work to the actor, which runs it on a few blocking
//! threads of its own, as a disk may hang; `panel*.rs` draw what came back. What can take long is a job.
//!
//! Never opens devices, pipes or sockets; never overwrites without being told to; never follows a link. What is deleted
//! goes to a trash inside the root first.
//!
//! Limits: [`config::Config::ROOTS_MAX`] roots, [`actor::WORKERS_MAX`] requests at once.

pub mod actor;
pub mod archive;
#[cfg(test)]
mod attack_tests;
pub mod blob;
#[cfg(test)]
mod change_tests;
pub mod config;
#[cfg(test)]
mod disk_room_tests;
#[cfg(test)]
mod disk_tests;
pub mod fault;
pub mod folder;
#[cfg(test)]
mod ground;
pub mod image;
pub mod listing;
pub mod nightly;
pub mod ops;
mod panel;
mod panel_folder;
#[cfg(test)]
mod panel_folder_tests;
mod panel_item;
#[cfg(test)]
mod panel_item_tests;
mod panel_pick;
#[cfg(test)]
mod panel_testing;
mod panel_trash;
#[cfg(test)]
mod panel_trash_tests;
mod panel_view;
pub mod parts;
pub mod relocate;
mod room;
mod room_acts;
pub mod root;
mod served;
pub mod text;
pub mod transfers;
pub mod trash;
#[cfg(test)]
mod trash_tests;
pub mod tree;
pub mod usage;
mod words;
pub mod work;

pub use actor::{Floor, Kit, Msg, card, child};
pub use config::Config;
pub use fault::Fault;
pub use room::Storage;
pub use root::{Opened, Roots};
