//! What every part is given: ports and handles, all made before any actor, so that wiring has no cycles.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::Notify;

use super::courier::OutboxCourier;
use crate::{
    alerts::{self, Alerts},
    audit::{self, Audit},
    config,
    domain::{Blobs, Clock, Flight},
    events::Outlet,
    jobs::{self, Jobs},
    scheduler::{self, Schedule, TaskBook},
    store::{self, Store},
    subsystems::{backup, containers, display::Tastes, metrics, processes, services, smart, storage},
    supervision::{Dice, Faults, Port, Surroundings},
    telegram::{gateway, outbox},
};

/// Every actor's address.
#[derive(Clone, Default)]
pub struct Ports {
    pub store: Port<store::Msg>,
    pub audit: Port<audit::Msg>,
    pub config: Port<config::Msg>,
    pub alerts: Port<alerts::Msg>,
    pub jobs: Port<jobs::Msg>,
    pub scheduler: Port<scheduler::Msg>,
    pub metrics: Port<metrics::messages::Msg>,
    pub services: Port<services::Msg>,
    pub processes: Port<processes::messages::Msg>,
    pub smart: Port<smart::Msg>,
    pub containers: Port<containers::Msg>,
    pub backup: Port<backup::Msg>,
    pub storage: Port<storage::Msg>,
    pub transfers: Port<storage::transfers::Msg>,
    pub gateway: Port<gateway::Msg>,
    pub outbox: Port<outbox::Msg>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Deps {
    pub ports: Ports,
    pub store: Store,
    pub audit: Audit,
    /// The recorder's files, made once for all its lives.
    pub desk: audit::Arguments,
    pub alerts: Alerts,
    pub jobs: Jobs,
    pub schedule: Schedule,
    /// What runs by itself, of all rooms.
    pub tasks: TaskBook,
    pub blobs: Blobs,
    /// Files that are being made in the roots.
    pub half_made: storage::parts::Parts,
    /// Folders that restores work in.
    pub scratches: backup::scratch::Scratches,
    /// Carries files into chats, for the rooms.
    pub courier: OutboxCourier,
    pub outlet: Outlet,
    /// Rung when Telegram refuses the token: nothing can ever work then.
    pub fatal: Arc<Notify>,
    pub clock: Arc<dyn Clock>,
    pub flight: Flight,
    pub folder: PathBuf,
    pub faults: Faults,
    /// How each pilot reads.
    pub tastes: Tastes,
}

impl Deps {
    pub fn new(
        clock: Arc<dyn Clock>,
        flight: Flight,
        folder: PathBuf,
        faults: Faults,
        tastes: Tastes,
    ) -> Deps {
        let ports = Ports::default();
        let store = Store::new(ports.store.clone());
        let fatal = Arc::new(Notify::new());
        let outlet = super::hear::outlet(&ports, fatal.clone());
        let tasks = TaskBook::default();
        let limits = audit::Limits::default();
        Deps {
            desk: audit::Arguments::new(folder.clone(), limits, clock.clone(), outlet.clone()),
            audit: Audit::new(ports.audit.clone()),
            alerts: Alerts::new(ports.alerts.clone(), store.clone()),
            jobs: Jobs::new(ports.jobs.clone(), store.clone()),
            schedule: Schedule::new(ports.scheduler.clone(), store.clone(), tasks.clone()),
            tasks,
            blobs: Blobs::default(),
            half_made: storage::parts::Parts::new(&folder),
            scratches: backup::scratch::Scratches::new(&folder),
            courier: OutboxCourier::new(ports.outbox.clone()),
            outlet,
            fatal,
            store,
            ports,
            clock,
            flight,
            folder,
            faults,
            tastes,
        }
    }

    /// What a supervisor is given.
    pub fn around(&self) -> Surroundings {
        Surroundings {
            clock: self.clock.clone(),
            outlet: self.outlet.clone(),
            faults: self.faults.clone(),
            dice: Dice::random(),
        }
    }
}
