//! Telegram: updates in, screens out. Knows Telegram and nothing about servers; the server side is behind [`ship::Ship`].

pub mod config;
pub use crate::bridge::ship;
