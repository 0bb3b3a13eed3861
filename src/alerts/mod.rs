//! Judges figures and decides about notices.

pub mod config;
