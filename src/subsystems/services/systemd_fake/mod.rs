//! A simulated systemd with state, for tests and for `--sim`: units start, stop, crash, loop, take their time or
//! refuse, and what they do is heard as changes and read in a journal. In memory; acts on nothing.
//!
//! It behaves as systemd 252 was seen to in the lab (`tests/lab_services.rs`), and passes the same contract test as the
//! adapter to the real one. Time is tokio's for what happens and the given clock's for what is shown.

mod cast;
mod connection;
mod journal;
mod model;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet};

pub use self::model::{Behaviour, Way};
use self::{connection::Listener, model::Model};
use super::{
    bus::Changes,
    unit::{Active, Exit, JobEnd, Unit},
};
use crate::{
    domain::{Clock, UnitName},
    process::journal::Entry,
};

/// Lines of the simulated journal.
const JOURNAL_MAX: usize = 5000;
/// systemd's defaults for restarting a crashed service: so often, then it gives up.
const BURST: u32 = 5;

/// Switches a failure on or off.
pub type Play = Arc<dyn Fn(bool) + Send + Sync>;

/// Cheap to clone: all clones are the same world.
#[derive(Clone)]
pub struct World {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<dyn Clock>,
    /// Lives that go on: a unit that dies later, a crash loop.
    lives: Arc<Mutex<JoinSet<()>>>,
    /// Counts lines of the journal, for those who follow it.
    said: watch::Sender<u64>,
}

struct Inner {
    units: BTreeMap<UnitName, Model>,
    listeners: Vec<Weak<Listener>>,
    up: bool,
    /// Counts connections that were cut.
    epoch: u64,
    /// All acts are refused.
    denies: bool,
    /// Added to each act.
    delay: Duration,
    runs: u32,
    journal: VecDeque<(u64, Option<UnitName>, Entry)>,
    lines: u64,
}

impl World {
    pub fn new(clock: Arc<dyn Clock>) -> World {
        World {
            inner: Arc::new(Mutex::new(Inner {
                units: BTreeMap::new(),
                listeners: Vec::new(),
                up: true,
                epoch: 0,
                denies: false,
                delay: Duration::ZERO,
                runs: 0,
                journal: VecDeque::new(),
                lines: 0,
            })),
            clock,
            lives: Arc::default(),
            said: watch::Sender::new(0),
        }
    }

    /// The simulated server's services: well-known ones, some with a fault to play with, and sixty others.
    pub fn demo(clock: Arc<dyn Clock>) -> World {
        let world = World::new(clock);
        cast::fill(&world);
        world
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, name: &str, way: Way) {
        let unit = UnitName::parse(name).expect("a unit name");
        let now = self.clock.now();
        let mut inner = self.lock();
        inner.runs += 1;
        let run = inner.runs;
        inner.units.insert(unit.clone(), Model::new(unit.clone(), way, run, now));
        inner.tell(|changes| changes.unit_appeared(unit.clone()));
    }

    pub fn remove(&self, name: &str) {
        let unit = UnitName::parse(name).expect("a unit name");
        let mut inner = self.lock();
        inner.units.remove(&unit);
        inner.tell(|changes| changes.unit_gone(unit.clone()));
    }

    /// The main process ends with an error, now.
    pub fn crash(&self, name: &str, exit: Exit) {
        let unit = UnitName::parse(name).expect("a unit name");
        self.say(&unit, 3, &format!("{}: giving up", unit.short()));
        self.fail(&unit, "exit-code", exit);
    }

    /// The kernel ends it for want of memory.
    pub fn out_of_memory(&self, name: &str) {
        let unit = UnitName::parse(name).expect("a unit name");
        self.say(&unit, 3, "A process of this unit has been killed by the OOM killer.");
        self.fail(&unit, "oom-kill", Exit::Signal { number: 9, dumped: false });
    }

    pub fn behave(&self, name: &str, behaviour: Behaviour) {
        let unit = UnitName::parse(name).expect("a unit name");
        if let Some(model) = self.lock().units.get_mut(&unit) {
            model.way.behaviour = behaviour;
        }
    }

    /// The bus is gone: connections break, new ones are refused.
    pub fn bus_away(&self) {
        let mut inner = self.lock();
        inner.up = false;
        inner.epoch += 1;
        for listener in inner.listeners.drain(..).filter_map(|listener| listener.upgrade()) {
            listener.cut();
        }
    }

    pub fn bus_back(&self) {
        self.lock().up = true;
    }

    /// systemd reads everything anew, as after daemon-reload or daemon-reexec.
    pub fn reread(&self) {
        self.lock().tell(|changes| changes.relist = true);
    }

    /// Polkit says no to every act.
    pub fn deny(&self, denies: bool) {
        self.lock().denies = denies;
    }

    pub fn delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    pub fn unit(&self, name: &str) -> Option<Unit> {
        let unit = UnitName::parse(name).expect("a unit name");
        self.lock().units.get(&unit).map(|model| model.unit.clone())
    }

    /// Failures for the simulator's board: (id, message id, what to do when it is switched on or off).
    pub fn toys(&self) -> Vec<(&'static str, &'static str, Play)> {
        let toy = |play: fn(&World, bool)| -> Play {
            let world = self.clone();
            Arc::new(move |on| play(&world, on))
        };
        vec![
            (
                "service-crashes",
                "services-toy-crash",
                toy(|world, on| {
                    if on {
                        world.say_words(
                            "nginx",
                            3,
                            "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
                        );
                        world.crash("nginx", Exit::Code(1));
                    } else {
                        world.set_up("nginx");
                    }
                }),
            ),
            (
                "service-oom",
                "services-toy-oom",
                toy(
                    |world, on| {
                        if on { world.out_of_memory("postgresql") } else { world.set_up("postgresql") }
                    },
                ),
            ),
            ("services-denied", "services-toy-denied", toy(World::deny)),
            (
                "services-slow",
                "services-toy-slow",
                toy(|world, on| {
                    world.delay(if on { Duration::from_secs(10) } else { Duration::ZERO });
                }),
            ),
            (
                "bus-away",
                "services-toy-bus",
                toy(|world, on| if on { world.bus_away() } else { world.bus_back() }),
            ),
        ]
    }

    /// What its running services take: (name, bytes of memory, percent of a core).
    pub fn takers(&self) -> Vec<(String, u64, f64)> {
        let inner = self.lock();
        let up = inner.units.values().filter(|model| model.unit.active.is_up());
        up.filter_map(|model| Some((model.unit.name.to_string(), model.way.memory?.0, model.way.cpu_percent)))
            .collect()
    }

    fn say_words(&self, name: &str, priority: u8, text: &str) {
        self.say(&UnitName::parse(name).expect("a unit name"), priority, text);
    }

    /// Runs again, as if somebody had mended it.
    fn set_up(&self, name: &str) {
        let unit = UnitName::parse(name).expect("a unit name");
        self.come_up(&unit);
    }

    /// Changes a unit and tells everybody.
    fn change(&self, unit: &UnitName, how: impl FnOnce(&mut Model)) {
        let now = self.clock.now();
        let mut inner = self.lock();
        let Some(model) = inner.units.get_mut(unit) else { return };
        let before = model.unit.active;
        how(model);
        if model.unit.active != before {
            model.unit.since = Some(now);
        }
        let patch = model.patch();
        inner.tell(|changes| changes.patches.entry(unit.clone()).or_default().merge(patch));
    }

    fn fail(&self, unit: &UnitName, result: &str, exit: Exit) {
        let result = result.to_owned();
        self.say_systemd(unit, 4, &format!("{unit}: Failed with result '{result}'."));
        self.change(unit, |model| model.end(Active::Failed, "failed", &result, Some(exit)));
    }

    fn come_up(&self, unit: &UnitName) -> u32 {
        let run = {
            let mut inner = self.lock();
            inner.runs += 1;
            inner.runs
        };
        let now = self.clock.now();
        self.change(unit, |model| model.begin(run, now));
        self.say_systemd(unit, 6, &format!("Started {unit}."));
        run
    }

    fn is_run(&self, unit: &UnitName, run: u32) -> bool {
        self.lock()
            .units
            .get(unit)
            .is_some_and(|model| model.run == run && model.unit.active == Active::Active)
    }

    fn live(&self, life: impl Future<Output = ()> + Send + 'static) {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        while lives.try_join_next().is_some() {}
        lives.spawn(life);
    }
}

impl Inner {
    fn tell(&mut self, what: impl FnOnce(&mut Changes)) {
        let mut changes = Changes::default();
        what(&mut changes);
        self.listeners.retain(|listener| {
            let Some(listener) = listener.upgrade() else { return false };
            listener.hear(&changes);
            true
        });
    }
}

impl World {
    async fn start(&self, unit: &UnitName, way: &Way) -> JobEnd {
        if self.lock().units.get(unit).is_some_and(|model| model.unit.active == Active::Active) {
            return JobEnd::Done;
        }
        self.say_systemd(unit, 6, &format!("Starting {unit}..."));
        self.change(unit, |model| model.move_to(Active::Activating, "start"));
        tokio::time::sleep(way.takes).await;
        if let Behaviour::Once { exit } = way.behaviour {
            self.say(unit, 6, "done");
            let (active, sub, result) = match exit {
                0 => (Active::Inactive, "dead", "success"),
                _ => (Active::Failed, "failed", "exit-code"),
            };
            self.change(unit, |model| model.end(active, sub, result, Some(Exit::Code(exit))));
            return if exit == 0 { JobEnd::Done } else { JobEnd::Failed };
        }
        let run = self.come_up(unit);
        match way.behaviour {
            // Type=simple: the job is done when the process exists; what it does then is another matter.
            Behaviour::Broken => {
                self.say_systemd(
                    unit,
                    3,
                    &format!("{unit}: Failed to locate executable: No such file or directory"),
                );
                self.fail(unit, "exit-code", Exit::Code(203));
            }
            Behaviour::DiesAfter { after, exit } => {
                let (world, unit) = (self.clone(), unit.clone());
                self.live(async move {
                    tokio::time::sleep(after).await;
                    if world.is_run(&unit, run) {
                        world.say(&unit, 3, "fatal: lost my marbles");
                        world.fail(&unit, "exit-code", Exit::Code(exit));
                    }
                });
            }
            Behaviour::CrashLoop { after, exit } => {
                let (world, unit) = (self.clone(), unit.clone());
                self.live(async move { world.crash_loop(unit, run, after, exit).await });
            }
            Behaviour::Steady
            | Behaviour::SlowToStop { .. }
            | Behaviour::Once { .. }
            | Behaviour::Refuses => {}
        }
        JobEnd::Done
    }

    async fn crash_loop(&self, unit: UnitName, mut run: u32, after: Duration, exit: i32) {
        for restart in 1..=BURST {
            tokio::time::sleep(after).await;
            if !self.is_run(&unit, run) {
                return;
            }
            self.say(&unit, 6, "going down");
            if restart == BURST {
                self.say_systemd(&unit, 4, &format!("{unit}: Start request repeated too quickly."));
                self.fail(&unit, "start-limit-hit", Exit::Code(exit));
                return;
            }
            self.change(&unit, |model| {
                model.end(Active::Activating, "auto-restart", "exit-code", Some(Exit::Code(exit)));
                model.unit.restarts = Some(restart);
            });
            tokio::time::sleep(Duration::from_millis(100)).await;
            let waits = self.lock().units.get(&unit).is_some_and(|model| model.unit.is_crash_looping());
            if !waits {
                return;
            }
            run = self.come_up(&unit);
            self.change(&unit, |model| model.unit.restarts = Some(restart));
        }
    }

    async fn stop(&self, unit: &UnitName, way: &Way) -> JobEnd {
        for dependant in &way.links.stop_with_it {
            self.change(dependant, |model| model.end(Active::Inactive, "dead", "success", None));
        }
        let runs = self.lock().units.get(unit).is_some_and(|model| model.unit.active != Active::Inactive);
        if !runs {
            return JobEnd::Done;
        }
        self.say_systemd(unit, 6, &format!("Stopping {unit}..."));
        self.change(unit, |model| model.move_to(Active::Deactivating, "stop-sigterm"));
        if let Behaviour::SlowToStop { after } = way.behaviour {
            tokio::time::sleep(after).await;
            self.say_systemd(unit, 4, &format!("{unit}: State 'stop-sigterm' timed out. Killing."));
            self.fail(unit, "timeout", Exit::Signal { number: 9, dumped: false });
        } else {
            tokio::time::sleep(way.takes).await;
            self.change(unit, |model| model.end(Active::Inactive, "dead", "success", None));
            self.say_systemd(unit, 6, &format!("Stopped {unit}."));
        }
        JobEnd::Done
    }
}

impl Inner {
    /// A unit nobody uses is on disk only.
    fn loaded(&self) -> impl Iterator<Item = &Model> {
        self.units.values().filter(|model| model.is_loaded())
    }

    fn look(&self, name: &UnitName) -> Model {
        self.units.get(name).cloned().unwrap_or_else(|| Model::missing(name.clone()))
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "World({} units)", self.lock().units.len())
    }
}
