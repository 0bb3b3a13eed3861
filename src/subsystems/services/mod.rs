//! systemd's services: which run, which failed, how they are, and putting them right.
//!
//! How it goes: `systemd/` turns D-Bus into plain values and a stream of changes (`bus.rs` is the border), `state.rs`
//! keeps the book and decides what follows, `ops.rs` follows one act to its evidence, `actor.rs` runs the effects,
//! `panel*.rs` draw. What only a screen needs is read when somebody looks; nothing here polls.
//!
//! Never reads `systemctl`'s output, never puts a name through a shell, never says "restarted" of a unit that has not
//! been up for three seconds since. Without a bus the watched units are still listed, as unknown, with the reason.

pub mod actor;
pub mod bus;
pub mod config;
pub mod diagnose;
mod follow;
mod input;
mod lifeline;
mod logfile;
mod looks;
pub mod messages;
pub mod ops;
mod panel;
mod panel_diagnose;
mod panel_log;
mod panel_unit;
mod room;
mod shell;
pub mod state;
mod survey;
pub mod systemd;
pub mod systemd_fake;
pub mod unit;
mod words;

#[cfg(test)]
mod actor_tests;
#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod panel_tests;
#[cfg(test)]
mod state_tests;

pub use actor::{Setup, card, child, own_unit};
pub use config::Config;
pub use messages::Msg;
pub use room::Services;
