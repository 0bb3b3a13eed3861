//! Which panels exist, and the doors in them: a room that is switched off has none.

use super::{Enabled, dashboard::Doors};
use crate::{
    domain::{Reader, Role},
    intent::{
        Intent, View, alerts, audit, backup, containers, crew, dashboard::Panel, display, jobs, metrics,
        processes, schedule, services, sim, smart, storage, usage,
    },
    screen::Screen,
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

/// A button into a room that is switched off leads nowhere: it is not shown. So rooms can point at each other without
/// knowing which of them are there.
pub fn close(screen: &mut Screen, enabled: &Enabled, reader: &Reader) {
    for row in &mut screen.rows {
        row.retain(|button| {
            !matches!(&button.intent, Intent::View(view) if switched_off(view, enabled, reader).is_some())
        });
    }
    screen.rows.retain(|row| !row.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ChatKind, Lang, Theme},
        screen::Button,
    };

    #[test]
    fn a_button_into_a_room_that_is_off_is_not_shown() {
        let reader = Reader {
            lang: Lang::En,
            tz: jiff::tz::TimeZone::UTC,
            role: Role::Owner,
            theme: Theme::Dark,
            chat: ChatKind::Private,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        let on = Enabled {
            metrics: true,
            services: true,
            containers: true,
            smart: true,
            storage: true,
            backup: true,
            processes: true,
        };
        let button = |view| vec![Button::view("x", view)];
        let screen = Screen {
            rows: vec![
                button(View::Backup(backup::View::Latest("/srv/a".into()))),
                button(View::Storage(storage::View::Roots)),
            ],
            ..Screen::default()
        };
        for (enabled, want) in [(on, 2), (Enabled { backup: false, ..on }, 1)] {
            let mut shown = screen.clone();
            close(&mut shown, &enabled, &reader);
            assert_eq!(shown.rows.len(), want);
        }
    }
}
