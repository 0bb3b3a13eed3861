//! To come.

pub mod usage;
