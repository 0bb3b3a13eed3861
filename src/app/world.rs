//! The adapters of one flight: the real machine's, or a simulated server's with its board of failures.

use std::sync::Arc;

use crate::{
    domain::{Clock, Flight},
    process::journal::{Journal, Journalctl},
    subsystems::{
        metrics::{linux::Linux, machine::Machine, world as metrics_world},
        services::{bus::Systemd, systemd::Zbus},
        sim::{Sim, Toy},
    },
};

/// What the rooms reach the server by. Cheap to clone.
#[derive(Clone)]
pub struct World {
    pub machine: Arc<dyn Machine>,
    pub systemd: Arc<dyn Systemd>,
    pub journal: Arc<dyn Journal>,
    /// Without toys on a real machine.
    pub sim: Sim,
}

impl World {
    pub fn of(flight: Flight, clock: &Arc<dyn Clock>) -> World {
        match flight {
            Flight::Sim => World::simulated(clock),
            Flight::Real | Flight::Practice | Flight::HandsOn => World::real(),
        }
    }
}
