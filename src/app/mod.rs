//! Wiring: the command line, the root of the tree, reload, signals.

pub mod memory;
pub mod signals;
