//! The practice server against a scripted bot: what Telegram refuses is refused in its words, what it keeps is kept,
//! and nobody without the key looks in.

#[path = "pilot/mod.rs"]
mod pilot;

#[path = "practice/bot.rs"]
mod bot;
#[path = "practice/contract.rs"]
mod contract;
#[path = "practice/door.rs"]
mod door;
#[path = "practice/files.rs"]
mod files;
#[path = "practice/polls.rs"]
mod polls;
#[path = "practice/refusals.rs"]
mod refusals;
#[path = "practice/weather.rs"]
mod weather;
