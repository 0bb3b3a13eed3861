//! How the machine is: processor, memory, disks, network, temperatures; now, and as history.

pub mod actor;
pub mod config;
pub mod groups;
pub mod history;
pub mod linux;
pub mod machine;
pub mod messages;
pub mod parse;
pub mod places;
pub mod raw;
pub mod reading;
pub mod ring;
pub mod rows;
pub mod sensors;
pub mod series;
pub mod state;
pub mod store;
pub mod world;
