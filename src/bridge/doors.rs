//! Which panels exist, and the doors in them: a room that is switched off has none.

use super::{Enabled, dashboard::Doors};
use crate::{
    domain::{Reader, Role},
    intent::{
        View, alerts, audit, backup, containers, crew, dashboard::Panel, display, jobs, metrics, processes,
        schedule, services, sim, smart, storage, usage,
    },
    t,
};

pub fn all(enabled: &Enabled, reader: &Reader) -> Vec<Doors> {
    let lang = reader.lang;
    let mut engine = Vec::new();
    if enabled.metrics {
        engine.push((t!(lang, "dashboard-door-status"), View::Metrics(metrics::View::Status)));
    }
    if enabled.services {
        let list = services::View::List { filter: services::Filter::Watched, search: None, page: 0 };
        engine.push((t!(lang, "dashboard-door-services"), View::Services(list)));
    }
    if enabled.smart {
        engine.push((t!(lang, "dashboard-door-smart"), View::Smart(smart::View::List)));
    }
    let mut cargo = Vec::new();
    if enabled.containers {
        cargo.push((t!(lang, "dashboard-door-containers"), View::Containers(containers::View::ALL)));
    }
    if enabled.storage {
        cargo.push((t!(lang, "storage-door"), View::Storage(storage::View::Roots)));
        cargo.push((t!(lang, "usage-door"), View::Usage(usage::View::Roots)));
    }
    if enabled.backup {
        cargo.push((t!(lang, "backup-crumb"), View::Backup(backup::View::List)));
    }
    if enabled.processes {
        engine.push((t!(lang, "dashboard-door-processes"), View::Processes(processes::View::TOP)));
    }
    let copilot = vec![(t!(lang, "dashboard-door-alerts"), View::Alerts(alerts::View::LIST))];
    let mut settings = vec![
        (t!(lang, "dashboard-door-jobs"), View::Jobs(jobs::View::LIST)),
        (t!(lang, "dashboard-door-schedule"), View::Schedule(schedule::View::LIST)),
    ];
    settings.push((t!(lang, "display-door"), View::Display(display::View::Mine)));
    if reader.role >= Role::Pilot {
        settings.push((t!(lang, "dashboard-door-crew"), View::Crew(crew::View::List)));
    }
    if reader.role >= Role::Owner {
        settings.push((t!(lang, "dashboard-door-audit"), View::Audit(audit::View::List { page: 0 })));
    }
    [(Panel::Engine, engine), (Panel::Cargo, cargo), (Panel::CoPilot, copilot), (Panel::Settings, settings)]
        .into_iter()
        .filter(|(_, rooms)| !rooms.is_empty())
        .map(|(panel, rooms)| Doors { panel, rooms })
        .collect()
}

/// The board of failures, on a simulated server only.
pub fn add_simulator(doors: &mut [Doors], reader: &Reader) {
    if let Some(settings) = doors.iter_mut().find(|doors| doors.panel == Panel::Settings) {
        settings.rooms.push((t!(reader.lang, "sim-door"), View::Sim(sim::View::List)));
    }
}

/// Why a view is not to be had: its section says `enabled = false`.
pub fn switched_off(view: &View, enabled: &Enabled, reader: &Reader) -> Option<String> {
    let lang = reader.lang;
    let (on, room, key) = match view {
        View::Metrics(_) => (enabled.metrics, t!(lang, "dashboard-door-status"), "metrics.enabled"),
        View::Services(_) => (enabled.services, t!(lang, "dashboard-door-services"), "services.enabled"),
        View::Containers(_) => {
            (enabled.containers, t!(lang, "dashboard-door-containers"), "containers.enabled")
        }
        View::Backup(_) => (enabled.backup, t!(lang, "backup-crumb"), "backup.enabled"),
        View::Storage(_) => (enabled.storage, t!(lang, "storage-door"), "storage.enabled"),
        View::Usage(_) => (enabled.storage, t!(lang, "usage-door"), "storage.enabled"),
        View::Transfers(_) => (enabled.storage, t!(lang, "transfers-crumb"), "storage.enabled"),
        View::Smart(_) => (enabled.smart, t!(lang, "dashboard-door-smart"), "smart.enabled"),
        View::Processes(_) => (enabled.processes, t!(lang, "dashboard-door-processes"), "processes.enabled"),
        View::Dashboard(_)
        | View::Crew(_)
        | View::Audit(_)
        | View::Jobs(_)
        | View::Alerts(_)
        | View::Schedule(_)
        | View::Display(_)
        | View::Sim(_) => return None,
    };
    (!on).then(|| t!(lang, "bridge-room-off", room = room, key = key))
}
