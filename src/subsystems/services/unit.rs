//! systemd's units in our words: plain values, filled by the adapter, judged by the state, shown by the panel.
//!
//! What systemd did not say is `None`, never 0. Words that a newer systemd may invent are kept as [`Active::Other`].

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Bytes, UnitName},
    intent::services::Act,
};

/// ActiveState: what a unit is, whatever its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Active {
    Active,
    Reloading,
    Inactive,
    Failed,
    Activating,
    Deactivating,
    /// "maintenance", "refreshing" and what comes after systemd 252.
    #[default]
    Other,
}

impl Active {
    pub fn parse(word: &str) -> Active {
        match word {
            "active" => Active::Active,
            "reloading" | "refreshing" => Active::Reloading,
            "inactive" => Active::Inactive,
            "failed" => Active::Failed,
            "activating" => Active::Activating,
            "deactivating" => Active::Deactivating,
            _ => Active::Other,
        }
    }

    /// It does its work now.
    pub fn is_up(self) -> bool {
        matches!(self, Active::Active | Active::Reloading)
    }

    /// On its way from one state to another.
    pub fn is_moving(self) -> bool {
        matches!(self, Active::Activating | Active::Deactivating | Active::Reloading)
    }
}

/// LoadState: whether systemd could read the unit's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Load {
    #[default]
    Loaded,
    NotFound,
    /// Forbidden to start, by a link to /dev/null.
    Masked,
    /// "error", "bad-setting": the file is there, but wrong.
    Broken,
}

impl Load {
    pub fn parse(word: &str) -> Load {
        match word {
            "not-found" => Load::NotFound,
            "masked" => Load::Masked,
            "error" | "bad-setting" => Load::Broken,
            _ => Load::Loaded,
        }
    }
}

/// How the main process ended last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    Code(i32),
    Signal { number: i32, dumped: bool },
}

impl Exit {
    /// From ExecMainCode (waitid's `si_code`) and ExecMainStatus; `None` while it runs or never ran.
    pub fn of(code: i32, status: i32) -> Option<Exit> {
        match code {
            1 => Some(Exit::Code(status)),
            2 => Some(Exit::Signal { number: status, dumped: false }),
            3 => Some(Exit::Signal { number: status, dumped: true }),
            _ => None,
        }
    }
}

/// Identifies one run of a unit: a restart by systemd in between gives another one.
pub type Invocation = [u8; 16];

/// What the book holds of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub name: UnitName,
    /// From the unit's file: text from outside.
    pub description: String,
    pub load: Load,
    pub active: Active,
    /// "running", "dead", "auto-restart", "start-pre": of the unit's type.
    pub sub: String,
    /// When `active` became what it is. Known for units that were looked at or have changed.
    pub since: Option<Timestamp>,
    /// systemd's word for how it ended: "success", "exit-code", "oom-kill", …
    pub result: Option<String>,
    pub exit: Option<Exit>,
    /// Restarts by systemd itself since the last start by hand.
    pub restarts: Option<u32>,
    /// Runs once and ends: not running is its rest, not a fault.
    pub oneshot: Option<bool>,
}

impl Unit {
    pub fn new(name: UnitName) -> Unit {
        Unit {
            name,
            description: String::new(),
            load: Load::Loaded,
            active: Active::Other,
            sub: String::new(),
            since: None,
            result: None,
            exit: None,
            restarts: None,
            oneshot: None,
        }
    }

    pub fn apply(&mut self, patch: &Patch) {
        if let Some(active) = patch.active {
            self.active = active;
        }
        if let Some(sub) = &patch.sub {
            self.sub.clone_from(sub);
        }
        if let Some(since) = patch.since {
            self.since = since;
        }
        if let Some(result) = &patch.result {
            self.result = Some(result.clone());
        }
        if let Some(exit) = patch.exit {
            self.exit = exit;
        }
        if let Some(restarts) = patch.restarts {
            self.restarts = Some(restarts);
        }
    }

    /// systemd is about to start it again by itself.
    pub fn is_crash_looping(&self) -> bool {
        self.active == Active::Activating && self.sub == "auto-restart"
    }
}

/// What a signal said about a unit. `None` = not mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    pub active: Option<Active>,
    pub sub: Option<String>,
    pub since: Option<Option<Timestamp>>,
    pub result: Option<String>,
    pub exit: Option<Option<Exit>>,
    pub restarts: Option<u32>,
    pub invocation: Option<Invocation>,
    /// Whether the conditions of the last start were met.
    pub condition_met: Option<bool>,
}

impl Patch {
    /// The later word wins.
    pub fn merge(&mut self, later: Patch) {
        fn take<T>(slot: &mut Option<T>, later: Option<T>) {
            if later.is_some() {
                *slot = later;
            }
        }
        take(&mut self.active, later.active);
        take(&mut self.sub, later.sub);
        take(&mut self.since, later.since);
        take(&mut self.result, later.result);
        take(&mut self.exit, later.exit);
        take(&mut self.restarts, later.restarts);
        take(&mut self.invocation, later.invocation);
        take(&mut self.condition_met, later.condition_met);
    }
}

/// What a loaded unit uses right now, for one line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// State, result, exit and restarts, for units whose signals were not heard yet.
    pub patch: Patch,
    /// Start of the present run.
    pub active_since: Option<Timestamp>,
    pub oneshot: Option<bool>,
    pub pid: Option<u32>,
    pub memory: Option<Bytes>,
    /// CPU time of the present run.
    pub cpu: Option<Duration>,
}

/// All that a unit's screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub unit: Unit,
    pub reading: Reading,
    /// Why it could not be loaded.
    pub load_error: Option<String>,
    /// "enabled", "disabled", "static", "masked", …; empty where it has no file.
    pub file_state: String,
    /// The configured ceiling; `None` where there is none.
    pub memory_max: Option<Bytes>,
    pub tasks: Option<u64>,
    /// sd_notify's STATUS=: what the service says about itself.
    pub says: Option<String>,
    pub can: Can,
    /// Its file changed on disk since it was read.
    pub needs_reload: bool,
    pub links: Links,
    pub timer: Option<Timer>,
}

/// Which verbs make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Can {
    pub start: bool,
    pub stop: bool,
    pub reload: bool,
}

/// Who depends on a unit, seen from the unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// These stop with it: RequiredBy, RequisiteOf, BoundBy, ConsistsOf, PropagatesStopTo.
    pub stop_with_it: Vec<UnitName>,
    /// These asked for it and go on without it.
    pub wanted_by: Vec<UnitName>,
    /// Sockets, timers and paths that start it.
    pub triggered_by: Vec<UnitName>,
    /// What this timer, socket or path starts.
    pub triggers: Vec<UnitName>,
    /// It can't be without these: Requires, Requisite, BindsTo.
    pub needs: Vec<UnitName>,
}

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timer {
    pub next: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

/// A timer of the list of timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    pub name: UnitName,
    pub active: Active,
    pub activates: Option<UnitName>,
    pub timer: Timer,
}

/// A unit's file on disk, whether or not the unit is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFile {
    pub name: UnitName,
    /// "enabled", "disabled", "static", "masked", "generated", …
    pub state: String,
}

/// What can be done to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verb {
    Start,
    Stop,
    Restart,
    Reload,
    Enable,
    Disable,
    ResetFailed,
}

impl Verb {
    pub const ALL: [Verb; 7] = [
        Verb::Start,
        Verb::Stop,
        Verb::Restart,
        Verb::Reload,
        Verb::Enable,
        Verb::Disable,
        Verb::ResetFailed,
    ];

    pub fn on(self, unit: UnitName) -> Act {
        match self {
            Verb::Start => Act::Start(unit),
            Verb::Stop => Act::Stop(unit),
            Verb::Restart => Act::Restart(unit),
            Verb::Reload => Act::Reload(unit),
            Verb::Enable => Act::Enable(unit),
            Verb::Disable => Act::Disable(unit),
            Verb::ResetFailed => Act::ResetFailed(unit),
        }
    }

    /// `None` for acts that change no unit.
    pub fn of(act: &Act) -> Option<Verb> {
        Some(match act {
            Act::Start(_) => Verb::Start,
            Act::Stop(_) => Verb::Stop,
            Act::Restart(_) => Verb::Restart,
            Act::Reload(_) => Verb::Reload,
            Act::Enable(_) => Verb::Enable,
            Act::Disable(_) => Verb::Disable,
            Act::ResetFailed(_) => Verb::ResetFailed,
            Act::LogFile(_) => return None,
        })
    }

    /// Whether the unit is down afterwards, if only for a moment.
    pub fn takes_down(self) -> bool {
        matches!(self, Verb::Stop | Verb::Restart)
    }
}

/// How systemd's job for an act ended. "Done" does not mean healthy: the state is read afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    Done,
    Failed,
    Timeout,
    /// Another job took its place, or somebody took it back.
    Canceled,
    /// What it needs did not start.
    Dependency,
    Skipped,
    /// "invalid", "assert", "unsupported", "collected", "once".
    Other,
}

impl JobEnd {
    pub fn parse(word: &str) -> JobEnd {
        match word {
            "done" => JobEnd::Done,
            "failed" => JobEnd::Failed,
            "timeout" => JobEnd::Timeout,
            "canceled" => JobEnd::Canceled,
            "dependency" => JobEnd::Dependency,
            "skipped" => JobEnd::Skipped,
            _ => JobEnd::Other,
        }
    }
}
