//! Backups that can be trusted: restic and Borg, driven as the real programs.
//!
//! How it goes: `engine.rs` says what the room needs of an engine in its own words; `restic.rs` and `borg.rs` fulfil it
//! by running the programs through `process/` (argument lists, no shell, passwords only by file), and
//! `engine_fake.rs` in memory for the simulator.

pub mod access;
pub mod borg;
mod borg_judge;
mod borg_names;
mod borg_parse;
pub mod engine;
pub mod engine_error;
pub mod engine_fake;
mod environment;
mod fake_files;
mod flight;
pub mod restic;
mod restic_judge;
mod restic_parse;
