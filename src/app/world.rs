//! The adapters of one flight: the real machine's, or a simulated server's with its board of failures.

use std::{path::Path, sync::Arc};

use crate::{
    domain::{Clock, Flight},
    kernel::cgroup::Owner,
    process::journal::{Journal, Journalctl},
    subsystems::{
        backup::{borg::Borg, engine::Engines, engine_fake::World as SimBackups, restic::Restic},
        containers::{Docking, engine_docker::Docker, engine_fake::World as SimEngine},
        metrics::{
            linux::Linux,
            machine::Machine,
            world::{Failure, Taker, Takers, World as SimMachine},
        },
        processes::{
            linux::{Pidfds, Proc},
            table::{Signals, Table},
            world::World as SimProcesses,
        },
        services::{bus::Systemd, systemd::Zbus, systemd_fake::World as SimSystemd},
        sim::{Sim, Toy},
        smart::{smartctl::Smartctl, smartctl_fake::World as SimDisks, world::Disks},
    },
};

/// What the rooms reach the server by. Cheap to clone.
#[derive(Clone)]
pub struct World {
    pub machine: Arc<dyn Machine>,
    pub systemd: Arc<dyn Systemd>,
    pub journal: Arc<dyn Journal>,
    pub disks: Arc<dyn Disks>,
    pub containers: Docking,
    pub processes: Arc<dyn Fn() -> Box<dyn Table> + Send + Sync>,
    pub signals: Arc<dyn Signals>,
    pub engines: Engines,
    /// Without toys on a real machine.
    pub sim: Sim,
}

impl World {
    /// `folder`: Cockpit's own, for what the engines of backups keep.
    pub fn of(flight: Flight, clock: &Arc<dyn Clock>, folder: &Path) -> World {
        match flight {
            Flight::Sim => World::simulated(clock),
            Flight::Real | Flight::Practice | Flight::HandsOn => World::real(folder),
        }
    }

    fn real(folder: &Path) -> World {
        World {
            machine: Arc::new(Linux::default()),
            systemd: Arc::new(Zbus::system()),
            journal: Arc::new(Journalctl::default()),
            disks: Arc::new(Smartctl::default()),
            containers: Arc::new(|socket| Arc::new(Docker::new(socket))),
            processes: Arc::new(|| Box::new(Proc::new())),
            signals: Arc::new(Pidfds::new()),
            engines: engines(folder),
            sim: Sim::default(),
        }
    }

    fn simulated(clock: &Arc<dyn Clock>) -> World {
        let backups = SimBackups::demo(clock.clone());
        let backup_toys = backups.toys().into_iter().map(|(id, says, play)| Toy { id, says, play });
        let processes = SimProcesses::new(clock.clone());
        let systemd = SimSystemd::demo(clock.clone());
        let engine = SimEngine::demo(clock.clone());
        let machine = SimMachine::new(clock.clone()).with(takers(&systemd, &engine));
        let disks = SimDisks::new(clock.now());
        let disk_toys = disks.toys().into_iter().map(|(id, says, play)| Toy { id, says, play });
        let engine_toys = engine.toys().into_iter().map(|(id, says, play)| Toy { id, says, play });
        let machine_toys = Failure::ALL.map(|failure| {
            let (machine, processes) = (machine.clone(), processes.clone());
            let play = move |on| {
                machine.play(failure, on);
                // Who did it is to be found in the table.
                match failure {
                    Failure::CpuHog => processes.hog(on),
                    Failure::MemoryLeak => processes.leak(on),
                    _ => {}
                }
            };
            Toy { id: failure.id(), says: failure.says(), play: Arc::new(play) }
        });
        let systemd_toys = systemd.toys().into_iter().map(|(id, says, play)| Toy { id, says, play });
        World {
            sim: Sim::new(
                machine_toys
                    .into_iter()
                    .chain(systemd_toys)
                    .chain(engine_toys)
                    .chain(disk_toys)
                    .chain(backup_toys)
                    .collect(),
            ),
            containers: Arc::new(move |_| Arc::new(engine.clone())),
            signals: Arc::new(processes.clone()),
            engines: backups.engines(),
            processes: Arc::new(move || Box::new(processes.clone())),
            machine: Arc::new(machine),
            disks: Arc::new(disks),
            journal: Arc::new(systemd.clone()),
            systemd: Arc::new(systemd),
        }
    }
}

/// What the simulated machine's services and containers take of it.
fn takers(systemd: &SimSystemd, engine: &SimEngine) -> Takers {
    let (systemd, engine) = (systemd.clone(), engine.clone());
    Arc::new(move || {
        let units = systemd.takers().into_iter().map(|taker| (Owner::Unit(taker.0), taker.1, taker.2));
        let containers =
            engine.takers().into_iter().map(|taker| (Owner::Container(taker.0), taker.1, taker.2));
        let taker = |(owner, memory_bytes, cpu_percent)| Taker { owner, memory_bytes, cpu_percent };
        units.chain(containers).map(taker).collect()
    })
}

/// The programs themselves, each with a folder of its own for what it keeps between runs.
fn engines(folder: &Path) -> Engines {
    Engines {
        restic: Arc::new(Restic::new(folder.join("restic"))),
        borg: Arc::new(Borg::new(folder.join("borg"))),
    }
}
