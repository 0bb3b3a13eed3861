//! Telegram: updates in, screens out. Knows Telegram and nothing about servers; the server side is behind
//! [`crate::bridge::ship::Ship`].

pub mod api;
pub mod config;
pub mod failure;
pub mod methods;
