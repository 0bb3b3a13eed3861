//! The bridge: plain functions run in the gateway's per-update task: route, authorise, weigh, confirm, audit.

pub mod ship;
