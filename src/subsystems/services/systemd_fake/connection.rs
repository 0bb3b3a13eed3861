//! A connection to the simulated bus: what is asked over it, and what is heard over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
};

use super::{Behaviour, Inner, World, model::Model};
use crate::{
    domain::UnitName,
    subsystems::services::{
        bus::{Answer, Bus, BusError, Changes, Link, Systemd},
        unit::{Details, JobEnd, Links, Load, Reading, TimerRow, Unit, UnitFile, Verb},
    },
};

const CHANGES_MAX: usize = 16;

/// One connection's ear: what its reader has not taken yet is merged, as the real adapter does.
#[derive(Default)]
pub(super) struct Listener {
    /// The changes, and whether the connection is over.
    pending: Mutex<(Changes, bool)>,
    wake: Notify,
}

impl Listener {
    fn lock(&self) -> MutexGuard<'_, (Changes, bool)> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hear(&self, changes: &Changes) {
        self.lock().0.merge(changes.clone());
        self.wake.notify_one();
    }

    pub(super) fn cut(&self) {
        self.lock().1 = true;
        self.wake.notify_one();
    }

    async fn run(self: Arc<Listener>, out: mpsc::Sender<Changes>) {
        loop {
            self.wake.notified().await;
            let (changes, over) = {
                let mut pending = self.lock();
                (std::mem::take(&mut pending.0), pending.1)
            };
            if over || (!changes.is_empty() && out.send(changes).await.is_err()) {
                return;
            }
        }
    }
}

impl Systemd for World {
    fn connect(&self) -> Answer<'_, Link> {
        Box::pin(async {
            let mut inner = self.lock();
            if !inner.up {
                return Err(BusError::NoBus {
                    address: "the simulated bus".into(),
                    why: "switched off on the simulator's board".into(),
                });
            }
            let (tell, changes) = mpsc::channel(CHANGES_MAX);
            let listener = Arc::new(Listener::default());
            inner.listeners.push(Arc::downgrade(&listener));
            let mut tasks = JoinSet::new();
            tasks.spawn(listener.run(tell));
            let bus = Arc::new(FakeBus { world: self.clone(), epoch: inner.epoch, _tasks: tasks });
            Ok(Link { bus, changes })
        })
    }
}

struct FakeBus {
    world: World,
    epoch: u64,
    /// Hands on what is heard; ends with the connection.
    _tasks: JoinSet<()>,
}

impl FakeBus {
    /// Every answer comes from a connection that stands.
    fn read<T>(&self, read: impl FnOnce(&Inner) -> Result<T, BusError>) -> Result<T, BusError> {
        let inner = self.world.lock();
        if !inner.up || inner.epoch != self.epoch { Err(BusError::Lost) } else { read(&inner) }
    }

    async fn carry(&self, verb: Verb, unit: &UnitName) -> Result<JobEnd, BusError> {
        let (way, load, delay) = self.read(|inner| {
            let model = inner.units.get(unit).ok_or_else(|| BusError::NoSuchUnit(unit.clone()))?;
            if inner.denies {
                return Err(BusError::Denied("Interactive authentication required.".into()));
            }
            Ok((model.way.clone(), model.unit.load, inner.delay))
        })?;
        if way.behaviour == Behaviour::Refuses {
            return Err(BusError::Refused(
                "Operation refused, unit may be requested by dependency only.".into(),
            ));
        }
        if load == Load::Masked && matches!(verb, Verb::Start | Verb::Restart) {
            return Err(BusError::Masked(unit.clone()));
        }
        if verb == Verb::Reload && !way.can_reload {
            return Err(BusError::Refused(format!("Job type reload is not applicable for unit {unit}.")));
        }
        tokio::time::sleep(delay).await;
        let end = match verb {
            Verb::Start => self.world.start(unit, &way).await,
            Verb::Stop => self.world.stop(unit, &way).await,
            Verb::Restart => {
                self.world.stop(unit, &way).await;
                self.world.start(unit, &way).await
            }
            Verb::Reload => {
                tokio::time::sleep(way.takes).await;
                self.world.say_systemd(unit, 6, &format!("Reloaded {unit}."));
                JobEnd::Done
            }
            Verb::Enable | Verb::Disable => {
                if !matches!(way.file_state, "enabled" | "disabled") {
                    return Err(BusError::NoInstall(unit.clone()));
                }
                let to = if verb == Verb::Enable { "enabled" } else { "disabled" };
                self.world.change(unit, |model| model.way.file_state = to);
                self.world.lock().tell(|changes| changes.files = true);
                JobEnd::Done
            }
            Verb::ResetFailed => {
                self.world.change(unit, |model| model.forget());
                JobEnd::Done
            }
        };
        // A connection that broke meanwhile carries no answer.
        self.read(|_| Ok(end))
    }
}

impl Bus for FakeBus {
    fn version(&self) -> Answer<'_, String> {
        Box::pin(async { self.read(|_| Ok("252 (simulated)".into())) })
    }

    fn units(&self) -> Answer<'_, Vec<Unit>> {
        Box::pin(async { self.read(|inner| Ok(inner.loaded().map(Model::row).collect())) })
    }

    fn loaded<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>> {
        Box::pin(async {
            self.read(|inner| {
                Ok(inner.loaded().filter(|m| names.contains(&m.unit.name)).map(Model::row).collect())
            })
        })
    }

    fn inspect<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Unit>> {
        Box::pin(async { self.read(|inner| Ok(names.iter().map(|name| inner.look(name).row()).collect())) })
    }

    fn readings<'a>(&'a self, names: &'a [UnitName]) -> Answer<'a, Vec<Reading>> {
        let now = self.world.clock.now();
        Box::pin(async move {
            self.read(|inner| Ok(names.iter().map(|name| inner.look(name).reading(now)).collect()))
        })
    }

    fn details<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Details> {
        let now = self.world.clock.now();
        Box::pin(async move { self.read(|inner| Ok(inner.look(unit).details(now))) })
    }

    fn links<'a>(&'a self, unit: &'a UnitName) -> Answer<'a, Links> {
        Box::pin(async { self.read(|inner| Ok(inner.look(unit).way.links)) })
    }

    fn files(&self) -> Answer<'_, Vec<UnitFile>> {
        Box::pin(async {
            self.read(|inner| {
                let services =
                    inner.units.values().filter(|model| model.unit.name.as_str().ends_with(".service"));
                let file = |model: &Model| UnitFile {
                    name: model.unit.name.clone(),
                    state: model.way.file_state.to_owned(),
                };
                Ok(services.map(file).collect())
            })
        })
    }

    fn timers(&self) -> Answer<'_, Vec<TimerRow>> {
        let now = self.world.clock.now();
        Box::pin(async move {
            self.read(|inner| {
                let timers = inner.loaded().filter(|model| model.unit.name.as_str().ends_with(".timer"));
                let row = |model: &Model| TimerRow {
                    name: model.unit.name.clone(),
                    active: model.unit.active,
                    activates: model.way.links.triggers.first().cloned(),
                    timer: model.timer(now).unwrap_or_default(),
                };
                Ok(timers.map(row).collect())
            })
        })
    }

    fn act<'a>(&'a self, verb: Verb, unit: &'a UnitName) -> Answer<'a, JobEnd> {
        Box::pin(self.carry(verb, unit))
    }
}
