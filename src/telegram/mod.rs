//! Telegram: updates in, screens out. Knows Telegram and nothing about servers; the server side is behind
//! [`crate::bridge::ship::Ship`].

pub mod api;
#[cfg(test)]
mod bot_api;
pub mod config;
pub mod content;
pub mod failure;
pub mod gateway;
pub mod line;
pub mod methods;
pub mod outbox;
mod seal;
