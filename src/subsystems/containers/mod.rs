//! Containers of Docker or Podman: which run, which are in trouble, how they are, and putting them right.
//!
//! How it goes: `engine_docker/` turns the engine's socket into plain values and a stream of events (`engine.rs` is the
//! border), `state.rs` keeps the book and decides what follows, `ops.rs` follows one act to its evidence, `logs.rs`
//! puts log streams together, `actor.rs` with `linking.rs`, `looking.rs`, `shelves.rs` and `updating.rs` runs the effects, `panel*.rs` draw.
//! `weigh.rs` and `forecast.rs` say what would follow of an act before it is done.
//! Figures are asked for only while somebody looks. Where the config wants it, `updates.rs` has the engine ask
//! registries for newer images; an update is a job (`update_job.rs`) that fetches, and a swap (`renew.rs`, `blueprint.rs`,
//! or Compose itself by `compose.rs`) that ends with the new container well or the old one back.
//!
//! Never starts the engine's command line, never says "started" of a container that has not held for five seconds,
//! never shows a variable's value to anyone but an owner who asked for it, and never logs one.

pub mod actor;
pub mod begun;
mod blueprint;
pub mod compose;
pub mod config;
mod digests;
pub mod engine;
pub mod engine_docker;
pub mod engine_fake;
mod follow;
mod forecast;
mod halves;
mod linking;
mod logs;
mod looking;
mod looks;
pub mod messages;
pub mod model;
pub mod ops;
mod panel;
mod panel_details;
mod panel_done;
mod panel_glance;
mod panel_log;
mod panel_one;
mod panel_project;
mod panel_stock;
mod panel_updates;
pub mod renew;
mod room;
mod shell;
mod shelves;
pub mod state;
mod stock;
mod store;
mod update_job;
pub mod updates;
mod updating;
mod weigh;
mod words;

#[cfg(test)]
mod tests;

pub use actor::{Docking, Setup, Warned, card, child};
pub use config::Config;
pub use messages::Msg;
pub use room::Containers;
pub use updating::tasks;
