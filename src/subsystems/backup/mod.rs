//! Backups that can be trusted: restic and Borg, driven as the real programs.
//!
//! How it goes: `engine.rs` says what the room needs of an engine in its own words; `restic.rs` and `borg.rs` fulfil it
//! by running the programs through `process/` (argument lists, no shell, passwords only by file), and
//! `engine_fake.rs` in memory for the simulator.
//!
//! The room: `config.rs` holds the plans, `plan.rs` what is known of one and when it is overdue, `state.rs` and
//! `actor.rs` how all stand; `ops.rs` is everything that can be done to a repository, each a job (`run.rs`,
//! `verify.rs`, `prove.rs`, `restore.rs`); `store.rs` and `index.rs` keep what was found; the `panel_*` draw.
//!
//! At most one operation of a repository runs. A restore never writes over anything by itself: it goes to a folder of
//! our own first. A lock is never removed by itself unless its holder is gone on this very machine.
//!
//! Limits: 32 plans; what is listed of snapshots is as old as the screen says.

pub mod access;
pub mod actor;
pub mod borg;
mod borg_judge;
mod borg_names;
mod borg_parse;
mod borg_work;
mod common;
pub mod config;
pub mod desk;
pub mod engine;
pub mod engine_error;
pub mod engine_fake;
mod environment;
mod fake_files;
mod flight;
mod index;
mod merge;
pub mod messages;
mod model;
pub mod ops;
mod panel;
mod panel_browse;
mod panel_latest;
mod panel_snapshots;
mod panel_verify;
mod parcel;
pub mod plan;
mod prove;
mod read;
pub mod restic;
mod restic_judge;
mod restic_parse;
mod restic_work;
mod restore;
pub mod room;
mod run;
pub mod scratch;
pub mod state;
pub mod store;
mod tasks;
mod verify;
mod views;
mod weigh;
mod words;

pub use actor::{card, child};
pub use config::Config;
pub use desk::Desk;
pub use messages::Msg;
pub use room::Backup;

#[cfg(test)]
mod engine_fake_tests;
#[cfg(test)]
mod parse_tests;
#[cfg(test)]
mod room_tests;
#[cfg(test)]
mod tests;
