//! The alerts' eyes and mouth: what they look at the machine by, and who is told in which language.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::SignedDuration;

use super::deps::{Deps, Ports};
use crate::{
    alerts::{
        self, Alert, Alerts, Ask, Audience, DiskReading, Kind, Notice, Probe, Readings, SensorReading, Sink,
    },
    bridge::{Bridge, Charter, Pilot},
    config,
    domain::{ChatId, ChatKind, Clock, Reader},
    intent::{View, alerts::View as AlertView},
    store::Store,
    subsystems::{
        metrics::{messages as metrics, reading::Reading},
        services::{self, state::Link, unit::Unit},
    },
    supervision::{Health, Standing, Status, Tree},
    telegram::{gateway, outbox},
};

/// For one room's answer; a late one is not seen this time.
const ANSWER: Duration = Duration::from_secs(1);
/// Older figures say nothing about now: the room hangs, or the machine slept.
const FRESH: SignedDuration = SignedDuration::from_secs(90);
/// The outbox writes each notice to the disk first, or gives that up after 2 s.
const TAKEN: Duration = Duration::from_secs(5);

/// Asks the rooms that know, all at once.
pub fn probe(ports: &Ports, tree: Tree, clock: Arc<dyn Clock>) -> Probe {
    let ports = ports.clone();
    Arc::new(move |ask: Ask| {
        let (ports, tree, clock) = (ports.clone(), tree.clone(), clock.clone());
        Box::pin(async move {
            let machine =
                ports.metrics.call(ANSWER, |reply| metrics::Msg::Snapshot(metrics::Ask::default(), reply));
            let units = ports.services.call(ANSWER, services::Msg::Glance);
            let crew = async { if ask.actors { tree.crew().await.ok() } else { None } };
            let config = async {
                if ask.config { ports.config.call(ANSWER, config::Msg::Status).await.ok() } else { None }
            };
            let (machine, units, crew, config) = tokio::join!(machine, units, crew, config);
            let now = clock.now();
            let fresh = |reading: &&Reading| now.duration_since(reading.at) <= FRESH;
            let mut readings = match &machine {
                Ok(snapshot) => snapshot
                    .reading
                    .as_ref()
                    .filter(fresh)
                    .map(|reading| judged(reading, snapshot.sensors_known))
                    .unwrap_or_default(),
                Err(_) => Readings::default(),
            };
            readings.failed_units =
                units.ok().filter(|seen| matches!(seen.link, Link::Up { .. })).map(|seen| {
                    let word = |unit: Unit| (unit.name, unit.result.unwrap_or_else(|| "failed".into()));
                    seen.failed.into_iter().map(word).collect()
                });
            readings.parked = crew.map(|crew| {
                let parked = |standing: &Standing| matches!(standing, Standing::Parked { .. });
                let parked = crew.members.into_iter().filter(|member| parked(&member.standing));
                parked.map(|member| member.id).collect()
            });
            readings.config_refused =
                config.map(|Status { health, .. }| matches!(health, Health::Degraded { .. }));
            readings
        })
    })
}

/// What of a reading is judged.
fn judged(reading: &Reading, sensors_known: bool) -> Readings {
    let memory = reading.memory.filter(|memory| memory.total > 0).map(|memory| {
        let used = memory.total.saturating_sub(memory.available);
        ((used as f64 * 100.0 / memory.total as f64) as f32, memory.available)
    });
    let disks = reading.disks.iter().map(|disk| {
        // What it said before it fell silent is not what it is now.
        let space = disk.space.filter(|_| disk.silent_since.is_none());
        DiskReading {
            mount: disk.mount.path.to_string_lossy().into_owned(),
            share: space.and_then(|space| space.share()),
            free_bytes: space.map(|space| space.available_bytes),
        }
    });
    let sensors = reading
        .sensors
        .iter()
        .map(|heat| SensorReading { name: heat.sensor.label.clone(), celsius: heat.celsius });
    Readings {
        cpu: reading.cpu.map(|cpu| cpu.busy),
        memory,
        disks: Some(disks.collect()),
        sensors: sensors_known.then(|| hottest(sensors)),
        ..Readings::default()
    }
}

/// One of each name, as the pilot tells them apart by nothing else: the hottest.
fn hottest(sensors: impl Iterator<Item = SensorReading>) -> Vec<SensorReading> {
    let mut by_name: BTreeMap<String, Option<f32>> = BTreeMap::new();
    for SensorReading { name, celsius } in sensors {
        let known = by_name.entry(name).or_default();
        *known = known.iter().copied().chain(celsius).reduce(f32::max);
    }
    by_name.into_iter().map(|(name, celsius)| SensorReading { name, celsius }).collect()
}

/// Containers with a living warning, for the room that tells when it is over. `None` until the alerts can tell.
pub fn warned_containers(alerts: Alerts) -> crate::subsystems::containers::Warned {
    Arc::new(move || {
        let alerts = alerts.clone();
        Box::pin(async move {
            let living = alerts.living().await.ok()?;
            let subjects = living.iter().map(Alert::subject);
            Some(
                subjects
                    .filter(|subject| subject.kind == Kind::Container)
                    .map(|subject| subject.of)
                    .collect(),
            )
        })
    })
}

/// Hands a notice to the outbox once for each who is to be told, in their language. A group is told nothing unasked.
pub fn sink(deps: &Deps, bridge: Arc<Bridge>) -> Sink {
    let (outbox, store) = (deps.ports.outbox.clone(), deps.store.clone());
    Arc::new(move |notice: Notice| {
        let (outbox, store, bridge) = (outbox.clone(), store.clone(), bridge.clone());
        Box::pin(async move {
            let charter = bridge.papers.read();
            for (chat, pilot) in recipients(&notice, &charter) {
                let reader = reader(&store, &bridge, chat, pilot).await;
                let mut screen = alerts::panel::notice(&notice, &reader);
                screen.crumbs.insert(0, bridge.label(&reader));
                let told = outbox::Notice {
                    key: notice.key(),
                    chat,
                    reader,
                    screen,
                    view: Some(View::Alerts(AlertView::Alert(notice.alert.id))),
                    loud: notice.loud,
                };
                outbox
                    .call(TAKEN, |reply| outbox::Msg::Notice(Box::new(told), reply))
                    .await
                    .map_err(|error| error.to_string())?;
            }
            Ok(())
        })
    })
}

fn recipients<'a>(notice: &Notice, charter: &'a Charter) -> Vec<(ChatId, &'a Pilot)> {
    match notice.audience() {
        Audience::Role(least) => charter
            .pilots
            .iter()
            .filter(|pilot| pilot.role >= least)
            .map(|pilot| (ChatId(pilot.id.0), pilot))
            .collect(),
        // Whoever is no longer a pilot is told nothing more.
        Audience::Chat { chat, pilot } => {
            charter.pilot(pilot).map(|pilot| (chat, pilot)).into_iter().collect()
        }
    }
}

/// Nobody has just spoken, so the language is the one of their last visit.
async fn reader(store: &Store, bridge: &Bridge, chat: ChatId, pilot: &Pilot) -> Reader {
    let kind = if chat.0 == pilot.id.0 { ChatKind::Private } else { ChatKind::Group };
    let tag = store.read(move |conn| gateway::last_lang_tag(conn, chat)).await.ok().flatten();
    bridge.papers.reader(pilot, tag.as_deref(), kind, bridge.clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_sensors_with_one_name_the_hottest_counts() {
        let sensor = |name: &str, celsius| SensorReading { name: name.into(), celsius };
        let all = [
            sensor("Core", Some(40.0)),
            sensor("Core", None),
            sensor("Core", Some(60.0)),
            sensor("nvme", None),
        ];
        assert_eq!(hottest(all.into_iter()), [sensor("Core", Some(60.0)), sensor("nvme", None)]);
    }
}
