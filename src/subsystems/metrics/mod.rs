//! How the machine is: processor, memory, disks, network, temperatures; now, and as history.
//!
//! # Theory of operation
//! Every `metrics.interval` one pass over open files of /proc and /sys ([`linux`], 0.1 ms, no program started) gives
//! counters ([`raw`]); two passes give a [`reading`]. Readings go into a [`ring`] of six hours in memory. At each full
//! minute the ring's last minute becomes one wide row ([`rows`]) of the [`store`], one transaction; there it is kept for
//! 14 days, and in quarters of an hour for a year. [`judge`] says what is wrong, [`forecast`] when a disk will be full
//! (looked at each quarter of an hour, from the history), [`panel`] says it to the pilot.
//!
//! What can wait for hardware or a network is done aside, never in a pass: mounts that are not local (asked every 30 s,
//! told as silent after 3 s, never asked twice at once), sensors of disks (once a minute, and only of disks that
//! work: asking a resting one would wake it), control groups of services and containers (once a minute, into the
//! history). Frequencies are read when somebody looks.
//!
//! # What it never does
//! Start a program; draw a line over a gap (a suspended machine, a clock that jumped, a daemon that was off); show a
//! zero for what is not known; prune a history at once because a clock says so.
//!
//! # Limits
//! 32 mounts, 64 sensors, 16 single cores in charts, 48 services and containers in each minute's row, 1,024 names in
//! all; 4.5 MiB of memory at the very most, 0.7 on an ordinary machine.

pub mod actor;
pub mod boot;
pub mod config;
pub mod forecast;
pub mod groups;
pub mod history;
pub mod judge;
pub mod linux;
pub mod machine;
pub mod messages;
pub mod panel;
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
pub mod updates;
pub mod world;

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use crate::{
    domain::Reader,
    intent::metrics::View,
    room::{Glance, Order, Outcome, Room},
    screen::Screen,
    supervision::Port,
    t,
};

use messages::{Ask, History, Msg, Query, Snapshot};
use panel::status::Holder;

/// The registration value.
pub const ID: &str = "metrics";

/// A snapshot is a copy of what the actor has: it answers at once or not at all.
const ANSWER: Duration = Duration::from_millis(250);
/// Reads the store.
const CHART: Duration = Duration::from_secs(3);

/// The processes with the most memory, from the room that knows them; empty when it is off or late.
pub type AskHolders = Arc<dyn Fn() -> BoxFuture<'static, Vec<Holder>> + Send + Sync>;

/// The room.
#[derive(Clone)]
pub struct Metrics {
    pub port: Port<Msg>,
    /// They come from another section of the config.
    pub thresholds: judge::Shared,
    pub holders: AskHolders,
}

impl Metrics {
    /// With the thresholds of the shipped config, and nobody to name processes.
    pub fn new(port: Port<Msg>) -> Metrics {
        Metrics {
            port,
            thresholds: judge::Shared::default(),
            holders: Arc::new(|| Box::pin(std::future::ready(Vec::new()))),
        }
    }

    pub async fn snapshot(&self, frequency: bool) -> Option<Arc<Snapshot>> {
        let cpu_above = self.thresholds.get().cpu_above.map(|limit| limit.0);
        self.port.call(ANSWER, |reply| Msg::Snapshot(Ask { cpu_above, frequency }, reply)).await.ok()
    }

    /// What services, containers and users take, at most a minute ago.
    pub async fn groups(&self) -> Option<groups::Groups> {
        self.port.call(ANSWER, Msg::Groups).await.ok()
    }

    async fn history(&self, query: Query) -> Option<History> {
        self.port.call(CHART, |reply| Msg::History(query, reply)).await.ok()?.ok()
    }

    async fn try_view(&self, view: &View, reader: &Reader) -> Option<Screen> {
        let thresholds = self.thresholds.get();
        Some(match view {
            View::Status => {
                let (snapshot, holders) = tokio::join!(self.snapshot(true), (self.holders)());
                panel::status::view(&*snapshot?, &holders, &thresholds, reader)
            }
            View::Chart { metric, range } => {
                let from = reader.now - SignedDuration::from_secs(range.seconds());
                let query = Query { lines: panel::chart::lines(*metric), from, to: reader.now };
                let (snapshot, history) = tokio::join!(self.snapshot(false), self.history(query));
                panel::chart::view((*metric, *range), &history?, &*snapshot?, &thresholds, reader)
            }
            View::Group(group) => {
                let from = reader.now - SignedDuration::from_secs(group.range.seconds());
                let query = Query { lines: panel::group::lines(group), from, to: reader.now };
                let (groups, history) = tokio::join!(self.groups(), self.history(query));
                panel::group::view(group, &history?, &groups?, reader)
            }
            View::Disks | View::Processor | View::Sensors | View::Network => {
                let snapshot = self.snapshot(*view == View::Processor).await?;
                panel::details::view(view, &snapshot, &thresholds, reader)
            }
        })
    }
}

/// Reading has no acts.
#[derive(Debug, Clone, Copy)]
pub enum NoAct {}

impl Room for Metrics {
    type View = View;
    type Act = NoAct;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        let screen = self.try_view(view, reader).await;
        screen.unwrap_or_else(|| panel::unavailable(reader, t!(reader.lang, "metrics-crumb")))
    }

    async fn act(&self, act: &NoAct, _: &Order) -> Outcome {
        match *act {}
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.snapshot(false).await {
            Some(snapshot) => panel::glance::glance(&snapshot, &self.thresholds.get(), reader),
            None => Glance { blocks: panel::unavailable(reader, String::new()).blocks, ..Glance::default() },
        }
    }
}
