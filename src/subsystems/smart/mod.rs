//! Disk health: what the disks' own firmware says of them (S.M.A.R.T.), in plain words.
//!
//! How it goes: `smartctl.rs` runs smartctl through `process/`, `parse.rs` turns its JSON into a [`report::Report`]
//! (any field may be missing), `verdict.rs` judges it beside what the disk counted a week ago (`store.rs`), `state.rs`
//! decides what is read when, `actor.rs` runs that, `panel.rs` draws. A self-test is a job (`selftest.rs`).
//!
//! Reads each disk once an hour by default, one after the other, and never wakes a sleeping one unless a pilot asks
//! for it. Never writes to a disk; a self-test reads only.
//!
//! Limits: 64 disks; USB bridges and RAID controllers that smartctl does not recognise by itself need a line in the
//! config; virtual disks say nothing, and the screen says so.

pub mod actor;
pub mod config;
pub mod messages;
mod panel;
pub mod parse;
pub mod report;
mod room;
pub mod selftest;
pub mod smartctl;
pub mod smartctl_fake;
pub mod state;
pub mod store;
pub mod verdict;
mod words;
pub mod world;

pub use actor::{Kit, card, child};
pub use config::Config;
pub use messages::Msg;
pub use room::Smart;
