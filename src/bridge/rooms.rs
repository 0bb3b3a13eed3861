//! Every room the bridge can ask. A new one is a field here and an arm in each match: forgetting is a compile error.

use futures_util::future::BoxFuture;

use super::{
    Bridge, ask,
    dashboard::{self, Said},
    doors,
    ship::Visit,
};
use crate::{
    alerts::AlertsRoom,
    audit::FlightRecorder,
    domain::{Flight, Reader, Role},
    intent::{
        Act, View,
        dashboard::{Panel, View as DashboardView},
    },
    jobs::JobsRoom,
    room::{Consequence, Glance, Order, Outcome, Room},
    scheduler::ScheduleRoom,
    screen::Screen,
    subsystems::{
        backup::Backup, containers::Containers, crew::Crew, display::Display, metrics::Metrics,
        processes::Processes, services::Services, sim::Sim, smart::Smart, storage::Storage,
        storage::transfers::Transfers, storage::usage::Usage,
    },
    t,
};

pub struct Rooms {
    pub metrics: Metrics,
    pub services: Services,
    pub processes: Processes,
    pub containers: Containers,
    pub smart: Smart,
    pub storage: Storage,
    pub usage: Usage,
    pub backup: Backup,
    pub transfers: Transfers,
    pub jobs: JobsRoom,
    pub alerts: AlertsRoom,
    pub schedule: ScheduleRoom,
    pub crew: Crew,
    pub audit: FlightRecorder,
    pub display: Display,
    pub sim: Sim,
}

impl Bridge {
    pub(super) async fn route(&self, view: &View, visit: &Visit) -> Screen {
        let reader = &visit.reader;
        match view {
            View::Dashboard(view) => self.dashboard(view, reader).await,
            View::Metrics(view) => self.rooms.metrics.view(view, reader).await,
            View::Smart(view) => self.rooms.smart.view(view, reader).await,
            View::Backup(view) => self.rooms.backup.view(view, reader).await,
            View::Storage(view) => self.rooms.storage.view(view, reader).await,
            View::Usage(view) => self.rooms.usage.view(view, reader).await,
            View::Transfers(view) => self.rooms.transfers.view(view, reader).await,
            View::Containers(view) => self.rooms.containers.view(view, reader).await,
            View::Services(view) => self.rooms.services.view(view, reader).await,
            View::Processes(view) => self.rooms.processes.view(view, reader).await,
            View::Crew(view) => self.rooms.crew.view(view, reader).await,
            View::Audit(view) => self.rooms.audit.view(view, reader).await,
            View::Jobs(view) => self.rooms.jobs.view(view, reader).await,
            View::Alerts(view) => self.rooms.alerts.view(view, reader).await,
            View::Schedule(view) => self.rooms.schedule.view(view, reader).await,
            View::Display(view) => {
                self.rooms.display.view(view, visit.pilot, self.papers.read().enabled.metrics, reader)
            }
            View::Sim(view) => self.rooms.sim.view(view, reader).await,
        }
    }

    pub(super) async fn carry_out(&self, act: &Act, order: &Order) -> Outcome {
        match act {
            Act::Backup(act) => self.rooms.backup.act(act, order).await,
            Act::Storage(act) => self.rooms.storage.act(act, order).await,
            Act::Usage(act) => self.rooms.usage.act(act, order).await,
            Act::Transfers(act) => self.rooms.transfers.act(act, order).await,
            Act::Containers(act) => self.rooms.containers.act(act, order).await,
            Act::Services(act) => self.rooms.services.act(act, order).await,
            Act::Processes(act) => self.rooms.processes.act(act, order).await,
            Act::Crew(act) => self.rooms.crew.act(act, order).await,
            Act::Jobs(act) => self.rooms.jobs.act(act, order).await,
            Act::Schedule(act) => self.rooms.schedule.act(act, order).await,
            Act::Display(act) => self.rooms.display.act(act, order).await,
            Act::Sim(act) => self.rooms.sim.act(act, order).await,
            Act::Smart(act) => self.rooms.smart.act(act, order).await,
            Act::Alerts(act) => self.rooms.alerts.act(act, order).await,
        }
    }

    /// What each concerned room says of an act, all asked at once: (the room's name, its answer or `None` if late).
    pub(super) async fn weigh(&self, act: &Act, reader: &Reader) -> Vec<(String, Option<Vec<Consequence>>)> {
        let rooms = &self.rooms;
        let mut names = Vec::new();
        let mut asks: Vec<BoxFuture<'_, Vec<Consequence>>> = Vec::new();
        let enabled = self.papers.read().enabled;
        macro_rules! ask {
            ($($room:ident $on:expr, $name:literal);+ $(;)?) => {$(
                if $on && rooms.$room.concerned(act) {
                    names.push(t!(reader.lang, $name));
                    asks.push(Box::pin(rooms.$room.weigh(act, reader)));
                }
            )+};
        }
        ask! {
            services enabled.services, "dashboard-door-services";
            processes enabled.processes, "dashboard-door-processes";
            containers enabled.containers, "dashboard-door-containers";
            backup enabled.backup, "backup-crumb";
            storage enabled.storage, "storage-door";
        }
        names.into_iter().zip(ask::all(asks).await).collect()
    }

    async fn dashboard(&self, view: &DashboardView, reader: &Reader) -> Screen {
        let enabled = self.papers.read().enabled;
        let mut doors = doors::all(&enabled, reader);
        if self.papers.flight == Flight::Sim && reader.role >= Role::Owner {
            doors::add_simulator(&mut doors, reader);
        }
        match view {
            DashboardView::Home => {
                let said = self.glances(None, reader).await;
                dashboard::home(&self.label(reader), said, &doors, enabled.metrics, reader)
            }
            DashboardView::Panel(panel) => {
                dashboard::panel(*panel, self.glances(Some(*panel), reader).await, &doors, reader)
            }
            DashboardView::Help => super::commands::help(reader),
        }
    }

    /// What the rooms of one panel, or of all, say at a glance.
    async fn glances(&self, only: Option<Panel>, reader: &Reader) -> Vec<Said> {
        let rooms = &self.rooms;
        let enabled = self.papers.read().enabled;
        let mut named = Vec::new();
        let mut asks: Vec<BoxFuture<'_, Glance>> = Vec::new();
        macro_rules! ask {
            ($($room:ident $on:expr, $panel:expr, $name:literal);+ $(;)?) => {$(
                if $on && only.is_none_or(|panel| panel == $panel) {
                    named.push((t!(reader.lang, $name), $panel));
                    asks.push(Box::pin(rooms.$room.glance(reader)));
                }
            )+};
        }
        ask! {
            metrics enabled.metrics, Panel::Engine, "dashboard-door-status";
            services enabled.services, Panel::Engine, "dashboard-door-services";
            smart enabled.smart, Panel::Engine, "dashboard-door-smart";
            alerts true, Panel::CoPilot, "dashboard-door-alerts";
            containers enabled.containers, Panel::Cargo, "dashboard-door-containers";
            backup enabled.backup, Panel::Cargo, "backup-crumb";
            jobs true, Panel::Settings, "dashboard-door-jobs";
            crew true, Panel::Settings, "dashboard-door-crew";
        }
        let said = named.into_iter().zip(ask::all(asks).await);
        said.map(|((room, panel), glance)| Said { room, glance, panel }).collect()
    }
}
