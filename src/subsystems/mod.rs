//! The rooms. None imports another's inside; links between them are intents.

pub mod backup;
pub mod containers;
pub mod crew;
pub mod display;
pub mod metrics;
pub mod processes;
pub mod services;
pub mod sim;
pub mod smart;
pub mod storage;
