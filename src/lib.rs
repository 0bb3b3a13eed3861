//! Cockpit: a Telegram chat as the control panel of a Linux server.
//!
//! Imports go downwards only (held by `tests/tidy.rs`); the map is in `actors.md`:
//! `app` → `telegram`, `practice` → `bridge` → `config` → `subsystems` → `jobs`, `alerts`, `scheduler`,
//! `audit`, `events`, `store`, `process`, `kernel`, `supervision` → `screen`, `charts`, `locale` → `intent` → `domain`.

pub mod app;
pub mod bridge;
pub mod config;
pub mod practice;
pub mod telegram;

pub mod subsystems;

pub mod alerts;
pub mod audit;
pub mod events;
pub mod jobs;
pub mod kernel;
pub mod process;
pub mod room;
pub mod scheduler;
pub mod store;
pub mod supervision;

pub mod charts;
pub mod locale;
pub mod screen;

pub mod intent;

pub mod domain;
