//! The tree: which children a config desires, each built from the same dependencies. Called at start and at each
//! reload; what is the same has the same fingerprint and is left alone.

use std::{sync::Arc, time::Duration};

use super::{alerting, deps::Deps, world::World};
use crate::{
    alerts::{self, AlertsRoom},
    audit,
    bridge::{Bridge, Charter, Enabled, Papers, Pilot, Rooms, SimLog},
    charts,
    config::{Config, Language},
    domain::{Bytes, Flight, Lang, Percent, PilotId},
    jobs::{self, JobsRoom},
    scheduler::{self, ScheduleRoom},
    screen::Picture,
    store,
    subsystems::{
        backup, containers,
        crew::{Crew, Reload},
        display::Display,
        metrics::{self, actor::Kit, judge::Thresholds, panel::status::Holder},
        processes, services, smart, storage,
    },
    supervision::{ChildSpec, Tree},
    telegram::{self, line::Line},
};

/// What of the config the bridge works by.
pub fn charter(config: &Config) -> Charter {
    let pilots = config.pilots.0.iter();
    Charter {
        name: config.ship.name(),
        timezone: config.ship.zone(),
        lang: match config.ship.language {
            Language::Auto => None,
            Language::En => Some(Lang::En),
            Language::Id => Some(Lang::Id),
        },
        theme: config.ship.theme,
        pilots: pilots.map(|p| Pilot { id: p.id, role: p.role, name: p.name.clone() }).collect(),
        enabled: Enabled {
            metrics: config.metrics.enabled,
            services: config.services.enabled,
            containers: config.containers.enabled,
            processes: config.processes.enabled,
            smart: config.smart.enabled,
            storage: config.storage.enabled,
            backup: config.backup.enabled,
        },
    }
}

/// The rooms, which exist whether or not their actors run: a port to nobody says so at once.
pub fn bridge(deps: &Deps, world: &World, config: &Config, tree: Tree, reload: Reload) -> Bridge {
    let ports = &deps.ports;
    let files = storage_room(deps);
    Bridge {
        rooms: Rooms {
            metrics: metrics_room(deps, config),
            services: services::Services { port: ports.services.clone() },
            processes: processes::Processes::new(ports.processes.clone()),
            smart: smart::Smart {
                port: ports.smart.clone(),
                jobs: deps.jobs.clone(),
                disks: world.disks.clone(),
            },
            containers: containers::Containers { port: ports.containers.clone(), jobs: deps.jobs.clone() },
            storage: files.clone(),
            usage: storage::usage::Usage {
                storage: files.clone(),
                jobs: deps.jobs.clone(),
                clock: deps.clock.clone(),
                outlet: deps.outlet.clone(),
            },
            backup: backup::Backup::new(desk(deps, world, config), restore_roots(config)),
            transfers: storage::transfers::Transfers {
                kit: transfers_kit(deps),
                port: ports.transfers.clone(),
                scratch: deps.folder.join("scratch"),
            },
            crew: Crew { tree, reload },
            audit: audit::FlightRecorder { port: ports.audit.clone(), folder: deps.folder.clone() },
            jobs: JobsRoom { jobs: deps.jobs.clone(), flight: deps.flight },
            alerts: AlertsRoom { alerts: deps.alerts.clone() },
            schedule: ScheduleRoom { schedule: deps.schedule.clone(), flight: deps.flight },
            display: Display {
                tastes: deps.tastes.clone(),
                store: deps.store.clone(),
                clock: deps.clock.clone(),
            },
            sim: world.sim.clone(),
        },
        papers: Papers::new(charter(config), deps.tastes.clone(), deps.flight),
        store: deps.store.clone(),
        audit: deps.audit.clone(),
        clock: deps.clock.clone(),
        sim_log: SimLog { file: deps.folder.join("sim-acts.jsonl") },
    }
}

/// All children but the config's watcher, in the order of start; they end in the reverse one.
///
/// # Errors
/// No HTTP client can be made, or there is no token, in words.
pub fn children(
    deps: &Deps,
    world: &World,
    config: &Config,
    bridge: Arc<Bridge>,
) -> Result<Vec<ChildSpec>, String> {
    let mut children = vec![audit::child(&deps.ports.audit, deps.desk.clone()), store_child(deps)];
    // The alerts before all that they hear of: what nobody hears is not told.
    children.push(alerts_child(deps, config, bridge.clone()));
    children.extend([jobs_child(deps), scheduler_child(deps, config)]);
    if config.metrics.enabled {
        children.push(metrics_child(deps, world, config));
    }
    if config.services.enabled {
        children.push(services_child(deps, world, config));
    }
    if config.processes.enabled {
        children.push(processes_child(deps, world));
    }
    if config.smart.enabled {
        children.push(smart_child(deps, world, config));
    }
    let updates = containers::tasks(&deps.ports.containers, &config.containers, config.ship.zone());
    deps.schedule.register("containers", updates);
    if config.containers.enabled {
        children.push(containers_child(deps, world, config));
    }
    if config.backup.enabled {
        children.push(backup_child(deps, world, config));
    }
    if config.storage.enabled {
        children.push(storage_child(deps, config));
        children.push(storage::transfers::child(&deps.ports.transfers, transfers_kit(deps)));
    } else {
        deps.schedule.register("storage", Vec::new());
    }
    children.extend(telegram_children(deps, config, bridge)?);
    Ok(children)
}

fn telegram_children(deps: &Deps, config: &Config, bridge: Arc<Bridge>) -> Result<[ChildSpec; 2], String> {
    let token = config.telegram.token.clone().ok_or("there is no bot token")?;
    let line =
        Line::new(&config.telegram, token, deps.blobs.clone(), deps.store.clone(), deps.clock.clone())?;
    deps.courier.learn(telegram::limits(&config.telegram));
    telegram::gateway::revive(&deps.blobs, &line);
    let (outbox, gateway) = (&deps.ports.outbox, &deps.ports.gateway);
    let draw: telegram::outbox::Draw = Arc::new(draw);
    let ship = bridge.clone();
    // A group has no pilot of its own.
    let welcome: telegram::outbox::Welcome =
        Arc::new(move |chat| chat.0 < 0 || ship.papers.read().pilot(PilotId(chat.0)).is_some());
    let told = telegram::gateway::told(gateway);
    Ok([
        telegram::outbox::child(outbox, line.clone(), draw.clone(), told, welcome),
        telegram::gateway::child(gateway, outbox, bridge, line, draw),
    ])
}

fn draw(picture: &Picture) -> Result<Vec<u8>, String> {
    let drawn = match picture {
        Picture::Chart(chart) => charts::render_chart(chart),
        Picture::Treemap(map) => charts::render_treemap(map),
        Picture::Blob(_) => return Err("a blob is a picture already".into()),
    };
    drawn.map_err(|error| error.to_string())
}

fn store_child(deps: &Deps) -> ChildSpec {
    let arguments = store::Arguments { file: deps.folder.join("cockpit.db"), clock: deps.clock.clone() };
    store::child(&deps.ports.store, arguments)
}

fn jobs_child(deps: &Deps) -> ChildSpec {
    let hands =
        jobs::Hands { store: deps.store.clone(), clock: deps.clock.clone(), outlet: deps.outlet.clone() };
    jobs::child(&deps.ports.jobs, hands)
}

fn alerts_child(deps: &Deps, config: &Config, bridge: Arc<Bridge>) -> ChildSpec {
    let hands = alerts::Hands {
        store: deps.store.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
        probe: alerting::probe(&deps.ports, bridge.rooms.crew.tree.clone(), deps.clock.clone()),
        sink: alerting::sink(deps, bridge),
    };
    alerts::child(&deps.ports.alerts, config.alerts.clone(), hands)
}

fn scheduler_child(deps: &Deps, config: &Config) -> ChildSpec {
    if deps.flight == Flight::Sim {
        let copy = scheduler::simulated(deps.jobs.clone(), config.ship.zone());
        deps.schedule.register("simulated", vec![copy]);
    }
    let hands = scheduler::Hands {
        store: deps.store.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
        jobs: deps.jobs.clone(),
        audit: Some(deps.audit.clone()),
        tasks: deps.tasks.clone(),
        unattended: deps.flight.acts_unattended(),
    };
    scheduler::child(&deps.ports.scheduler, hands)
}

fn metrics_child(deps: &Deps, world: &World, config: &Config) -> ChildSpec {
    let kit = Kit {
        config: config.metrics.clone(),
        machine: world.machine.clone(),
        journal: world.journal.clone(),
        store: deps.store.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
    };
    metrics::actor::child(&deps.ports.metrics, kit)
}

fn smart_child(deps: &Deps, world: &World, config: &Config) -> ChildSpec {
    let kit = smart::Kit {
        disks: world.disks.clone(),
        store: deps.store.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
    };
    smart::child(&deps.ports.smart, kit, config.smart.clone())
}

fn containers_child(deps: &Deps, world: &World, config: &Config) -> ChildSpec {
    let setup = containers::Setup {
        dock: world.containers.clone(),
        outlet: deps.outlet.clone(),
        clock: deps.clock.clone(),
        blobs: deps.blobs.clone(),
        scratch: deps.folder.join("scratch"),
        store: deps.store.clone(),
        warned: super::alerting::warned_containers(deps.alerts.clone()),
    };
    containers::child(&deps.ports.containers, setup, config.containers.clone())
}

fn storage_room(deps: &Deps) -> storage::Storage {
    storage::Storage {
        port: deps.ports.storage.clone(),
        jobs: deps.jobs.clone(),
        audit: deps.audit.clone(),
        blobs: deps.blobs.clone(),
        outlet: deps.outlet.clone(),
        shelf: storage::usage::Shelf::new(deps.store.clone()),
    }
}

fn backup_child(deps: &Deps, world: &World, config: &Config) -> ChildSpec {
    backup::child(&deps.ports.backup, desk(deps, world, config), backup_plans(deps, config))
}

/// A simulated server without plans of its own has those of the show.
fn backup_plans(deps: &Deps, config: &Config) -> backup::Config {
    if deps.flight == Flight::Sim && config.backup.plans.is_empty() {
        return backup::Config { plans: backup::config::simulated(), ..config.backup.clone() };
    }
    config.backup.clone()
}

/// What everything done to a repository needs.
fn desk(deps: &Deps, world: &World, config: &Config) -> backup::Desk {
    backup::Desk {
        engines: world.engines.clone(),
        store: deps.store.clone(),
        jobs: deps.jobs.clone(),
        schedule: deps.schedule.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
        blobs: deps.blobs.clone(),
        courier: Arc::new(deps.courier.clone()),
        port: deps.ports.backup.clone(),
        zone: config.ship.zone(),
        host: host_name(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(std::path::PathBuf::from),
        scratch: deps.scratches.clone(),
        simulated: deps.flight == Flight::Sim,
    }
}

/// As the kernel has it, which is what engines write into snapshots.
fn host_name() -> Option<String> {
    let name = rustix::system::uname();
    name.nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Where a restore may make a folder: the storage's roots that can be written to.
pub fn restore_roots(config: &Config) -> Vec<(String, std::path::PathBuf)> {
    let roots = config.storage.roots.iter().filter(|root| config.storage.enabled && !root.read_only);
    roots.map(|root| (root.name.clone(), root.path.clone())).collect()
}

fn transfers_kit(deps: &Deps) -> storage::transfers::Kit {
    storage::transfers::Kit {
        storage: storage_room(deps),
        store: deps.store.clone(),
        jobs: deps.jobs.clone(),
        blobs: deps.blobs.clone(),
        courier: Arc::new(deps.courier.clone()),
        audit: deps.audit.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
    }
}

fn storage_child(deps: &Deps, config: &Config) -> ChildSpec {
    let kit = storage::Kit {
        data: deps.folder.clone(),
        clock: deps.clock.clone(),
        audit: deps.audit.clone(),
        parts: deps.half_made.clone(),
    };
    let tasks = if config.storage.roots.iter().any(|root| !root.read_only) {
        let floor = kit.floor(&config.storage);
        vec![storage::nightly::task(floor, deps.jobs.clone(), deps.audit.clone(), config.ship.zone())]
    } else {
        Vec::new()
    };
    deps.schedule.register("storage", tasks);
    storage::child(&deps.ports.storage, kit, config.storage.clone())
}

/// The status screen names those with the most memory, which another room knows.
fn metrics_room(deps: &Deps, config: &Config) -> metrics::Metrics {
    /// Named on the status screen.
    const HOLDERS: usize = 3;
    let room = metrics::Metrics::new(deps.ports.metrics.clone());
    room.thresholds.replace(thresholds(config));
    let processes = processes::Processes::new(deps.ports.processes.clone());
    let holders = move || -> futures_util::future::BoxFuture<'static, Vec<Holder>> {
        let processes = processes.clone();
        Box::pin(async move {
            let holders = processes.holders(HOLDERS).await;
            holders.into_iter().map(|(name, bytes)| Holder { name, memory: Bytes(bytes) }).collect()
        })
    };
    metrics::Metrics { holders: Arc::new(holders), ..room }
}

/// What the dashboard judges the machine by: the rules of the alerts.
pub fn thresholds(config: &Config) -> Thresholds {
    let alerts = &config.alerts;
    let percent = |rule: Option<alerts::config::Threshold>| rule.map(|rule| Percent(rule.above));
    Thresholds {
        cpu_above: percent(alerts.cpu()),
        cpu_for: alerts.cpu().map_or(Duration::ZERO, |rule| rule.lasting),
        memory_above: percent(alerts.memory()),
        disk_above: percent(alerts.disk()),
        temperature_above: alerts.temperature().map(|rule| rule.above),
    }
}

fn processes_child(deps: &Deps, world: &World) -> ChildSpec {
    let kit = processes::actor::Kit {
        table: world.processes.clone(),
        signals: world.signals.clone(),
        clock: deps.clock.clone(),
        outlet: deps.outlet.clone(),
    };
    processes::actor::child(&deps.ports.processes, kit)
}

fn services_child(deps: &Deps, world: &World, config: &Config) -> ChildSpec {
    let setup = services::Setup {
        systemd: world.systemd.clone(),
        journal: world.journal.clone(),
        outlet: deps.outlet.clone(),
        clock: deps.clock.clone(),
        blobs: deps.blobs.clone(),
        scratch: deps.folder.join("scratch"),
        own: services::own_unit(),
    };
    services::child(&deps.ports.services, setup, config.services.clone())
}
