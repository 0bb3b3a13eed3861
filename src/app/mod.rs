//! Wiring: the command line, the root of the tree, reload, signals.

pub mod cli;
pub mod doctor;
pub mod exit;
pub mod memory;
pub mod signals;
