//! One simulated unit.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::unit::{Active, Can, Details, Exit, Links, Load, Patch, Reading, Timer, Unit};
use crate::domain::{Bytes, UnitName};

/// What a unit does when it is started or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Runs until it is stopped.
    Steady,
    /// Comes up, and dies a little later.
    DiesAfter { after: Duration, exit: i32 },
    /// Dies again and again until systemd gives up.
    CrashLoop { after: Duration, exit: i32 },
    /// Its program does not exist.
    Broken,
    /// Does not heed SIGTERM: is killed after this.
    SlowToStop { after: Duration },
    /// Runs once.
    Once { exit: i32 },
    /// systemd says no to every order.
    Refuses,
}

/// How a unit is set up.
#[derive(Debug, Clone)]
pub struct Way {
    pub description: String,
    pub behaviour: Behaviour,
    /// Up from the start.
    pub up: bool,
    /// To start, and to stop.
    pub takes: Duration,
    pub memory: Option<Bytes>,
    /// CPU time used, in percent of one core.
    pub cpu_percent: f64,
    pub file_state: &'static str,
    pub can_reload: bool,
    pub links: Links,
    /// Of a timer: how often it fires.
    pub every: Option<Duration>,
    /// How long it has been what it is.
    pub age: Duration,
}

impl Default for Way {
    fn default() -> Way {
        Way {
            description: String::new(),
            behaviour: Behaviour::Steady,
            up: true,
            takes: Duration::from_millis(300),
            memory: Some(Bytes(12 << 20)),
            cpu_percent: 0.1,
            file_state: "enabled",
            can_reload: false,
            links: Links::default(),
            every: None,
            age: Duration::from_secs(12 * 86_400 + 4 * 3600),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Model {
    pub unit: Unit,
    pub way: Way,
    /// Counts runs of all units: the present one of this unit.
    pub run: u32,
    pid: Option<u32>,
    active_since: Option<Timestamp>,
}

impl Model {
    pub fn new(name: UnitName, way: Way, run: u32, now: Timestamp) -> Model {
        let since = now - SignedDuration::try_from(way.age).unwrap_or_default();
        let once = matches!(way.behaviour, Behaviour::Once { .. });
        let is_service = name.as_str().ends_with(".service");
        let mut unit = Unit {
            description: way.description.clone(),
            active: if way.up { Active::Active } else { Active::Inactive },
            sub: match (way.up, way.every.is_some(), is_service) {
                (false, ..) => "dead".into(),
                (true, true, _) => "waiting".into(),
                (true, false, true) => "running".into(),
                (true, false, false) => "active".into(),
            },
            since: Some(since),
            result: Some("success".into()),
            restarts: is_service.then_some(0),
            oneshot: is_service.then_some(once),
            ..Unit::new(name)
        };
        if way.file_state == "masked" {
            unit.load = Load::Masked;
        }
        if once && !way.up {
            unit.exit = Some(Exit::Code(0));
        }
        let pid = (way.up && is_service).then_some(400 + run * 7);
        Model { active_since: way.up.then_some(since), unit, way, run, pid }
    }

    pub fn missing(name: UnitName) -> Model {
        let mut unit = Unit::new(name);
        (unit.load, unit.active, unit.sub) = (Load::NotFound, Active::Inactive, "dead".into());
        let way = Way { up: false, memory: None, file_state: "", ..Way::default() };
        Model { unit, way, run: 0, pid: None, active_since: None }
    }

    pub fn is_loaded(&self) -> bool {
        self.unit.active != Active::Inactive || self.way.file_state == "enabled"
    }

    pub fn move_to(&mut self, active: Active, sub: &str) {
        self.unit.active = active;
        self.unit.sub = sub.to_owned();
    }

    pub fn begin(&mut self, run: u32, now: Timestamp) {
        self.run = run;
        self.pid = Some(400 + run * 7);
        self.active_since = Some(now);
        self.unit.result = Some("success".into());
        self.unit.exit = None;
        self.unit.restarts = Some(0);
        self.move_to(Active::Active, "running");
    }

    pub fn end(&mut self, active: Active, sub: &str, result: &str, exit: Option<Exit>) {
        self.move_to(active, sub);
        self.unit.result = Some(result.to_owned());
        self.unit.exit = exit.or(self.unit.exit);
        self.pid = None;
    }

    pub fn forget(&mut self) {
        if self.unit.active == Active::Failed {
            self.end(Active::Inactive, "dead", "success", None);
        }
        self.unit.restarts = Some(0);
    }

    /// As ListUnits tells it: without the rest.
    pub fn row(&self) -> Unit {
        let Unit { name, description, load, active, sub, .. } = self.unit.clone();
        Unit { description, load, active, sub, ..Unit::new(name) }
    }

    pub fn patch(&self) -> Patch {
        let mut invocation = [0; 16];
        invocation[..4].copy_from_slice(&self.run.to_le_bytes());
        Patch {
            active: Some(self.unit.active),
            sub: Some(self.unit.sub.clone()),
            since: Some(self.unit.since),
            result: self.unit.result.clone(),
            exit: Some(self.unit.exit),
            restarts: self.unit.restarts,
            invocation: Some(invocation),
            condition_met: Some(true),
        }
    }

    pub fn reading(&self, now: Timestamp) -> Reading {
        let up = self.unit.active.is_up();
        let over = self.active_since.and_then(|since| Duration::try_from(now.duration_since(since)).ok());
        Reading {
            patch: self.patch(),
            active_since: self.active_since,
            oneshot: self.unit.oneshot,
            pid: self.pid,
            memory: self.way.memory.filter(|_| up),
            cpu: over
                .filter(|_| up && self.way.memory.is_some())
                .map(|over| over.mul_f64(self.way.cpu_percent / 100.0)),
        }
    }

    pub fn timer(&self, now: Timestamp) -> Option<Timer> {
        let every = i64::try_from(self.way.every?.as_secs()).ok()?.max(1);
        let at = |n: i64| Timestamp::from_second(n * every).ok();
        let last = now.as_second().div_euclid(every);
        Some(Timer { next: at(last + 1), last: at(last) })
    }

    pub fn details(&self, now: Timestamp) -> Details {
        let loaded = self.unit.load == Load::Loaded;
        Details {
            unit: self.unit.clone(),
            reading: self.reading(now),
            load_error: (self.unit.load == Load::NotFound)
                .then(|| format!("Unit {} not found.", self.unit.name)),
            file_state: self.way.file_state.to_owned(),
            memory_max: None,
            tasks: self.pid.map(|_| 4),
            says: None,
            can: Can { start: loaded, stop: loaded, reload: self.way.can_reload },
            needs_reload: false,
            links: self.way.links.clone(),
            timer: self.timer(now),
        }
    }
}
