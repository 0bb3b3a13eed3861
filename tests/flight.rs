//! Whole flights: the real binary, spoken to as Telegram would, by the practice server inside this test. Only the
//! simulated server is acted on; what reads the real machine is compared with the kernel's own words.

#[path = "browser/flight.rs"]
#[expect(dead_code, reason = "the browser's tests use the rest")]
mod child;
#[path = "pilot/mod.rs"]
mod pilot;
#[path = "flight/ship.rs"]
mod ship;

#[path = "flight/acts.rs"]
mod acts;
#[path = "flight/away.rs"]
mod away;
#[path = "flight/backup.rs"]
mod backup;
#[path = "flight/backup_big.rs"]
mod backup_big;
#[path = "flight/backup_died.rs"]
mod backup_died;
#[path = "flight/backup_real.rs"]
mod backup_real;
#[path = "flight/backup_trouble.rs"]
mod backup_trouble;
#[path = "flight/cargo.rs"]
mod cargo;
#[path = "flight/depot.rs"]
mod depot;
#[path = "flight/display.rs"]
mod display;
#[path = "flight/door.rs"]
mod door;
#[path = "flight/engine.rs"]
mod engine;
#[path = "flight/exits.rs"]
mod exits;
#[path = "flight/files.rs"]
mod files;
#[path = "flight/ground.rs"]
mod ground;
#[path = "flight/life.rs"]
mod life;
#[path = "flight/numbers.rs"]
mod numbers;
#[path = "flight/parcels.rs"]
mod parcels;
#[path = "flight/print.rs"]
mod print;
#[path = "flight/typed.rs"]
mod typed;
#[path = "flight/usage.rs"]
mod usage;
#[path = "flight/weather.rs"]
mod weather;
