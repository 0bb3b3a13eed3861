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

/// The largest files that the configured server hands over and takes.
pub fn limits(config: &config::Config) -> crate::domain::Limits {
    let (fetch, deliver) =
        if config.is_local() { (api::LOCAL_MAX, api::LOCAL_MAX) } else { (api::DOWN_MAX, api::UP_MAX) };
    crate::domain::Limits { fetch, deliver }
}
