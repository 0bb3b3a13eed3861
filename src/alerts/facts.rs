//! What an alert is about, as plain data: kept in the store for years, rendered for each reader by the panel.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::snooze::Snooze;
use crate::{
    domain::{ChatId, DiskGrade, DiskId, JobId, JobOutcome, JobTitle, Phrase, PilotId, Role, UnitName},
    intent::backup::PlanName,
};

/// What kind of thing is wrong. There is one living alert of a kind on a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Cpu,
    Memory,
    Disk,
    Temperature,
    Unit,
    Container,
    /// Of a container's image: it was interrupted.
    Update,
    Job,
    Actor,
    Schedule,
    Config,
    /// What a disk's own watch over itself says.
    Health,
    /// A plan without the backup that it should have.
    Backup,
    /// A job that somebody asked for and no longer watches has ended well. Over as soon as it is told.
    Result,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Cpu => "cpu",
            Kind::Memory => "memory",
            Kind::Disk => "disk",
            Kind::Temperature => "temperature",
            Kind::Unit => "unit",
            Kind::Container => "container",
            Kind::Update => "update",
            Kind::Job => "job",
            Kind::Actor => "actor",
            Kind::Schedule => "schedule",
            Kind::Config => "config",
            Kind::Health => "health",
            Kind::Backup => "backup",
            Kind::Result => "result",
        }
    }

    /// Judged by a figure and a threshold.
    pub fn is_level(self) -> bool {
        matches!(self, Kind::Cpu | Kind::Memory | Kind::Disk | Kind::Temperature)
    }
}

/// Kind and subject: what there is one living alert of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    pub kind: Kind,
    /// A mount, a unit, a sensor; empty where there is only one.
    pub of: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look; told without a sound.
    Look,
    /// Something does not work, or soon will not; told with a sound.
    Bad,
}

/// What is known of the thing, at its newest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Facts {
    Level(Level),
    Unit {
        unit: UnitName,
        /// systemd's own word: "exit-code", "signal", "start-limit-hit".
        result: String,
    },
    Job {
        job: JobId,
        title: JobTitle,
        outcome: JobOutcome,
    },
    Actor {
        actor: String,
        why: String,
        restarts: u32,
    },
    RunsMissed {
        task: String,
        title: Phrase,
        missed: u32,
        first_due: Timestamp,
    },
    RunRefused {
        task: String,
        title: Phrase,
        why: Phrase,
    },
    /// It died by itself, or its health check fails (`exit` and `oom` are of a death).
    Container {
        container: String,
        unhealthy: bool,
        exit: Option<i64>,
        oom: bool,
        /// What the exit code means: "killed by SIGKILL".
        #[serde(default)]
        means: Option<Phrase>,
        /// Its last words.
        #[serde(default)]
        last: Vec<String>,
    },
    /// The update of a container was interrupted: the one before it waits to be put back.
    Half {
        container: String,
    },
    Config {
        /// Each with its place in the file.
        problems: Vec<String>,
    },
    Health {
        disk: DiskId,
        /// As the kernel named it then: "sda".
        device: String,
        grade: DiskGrade,
        finding: Phrase,
    },
    Overdue {
        plan: PlanName,
        due: Timestamp,
        last: Option<Timestamp>,
    },
    /// A backup went well. Over as soon as it is told.
    BackedUp {
        plan: PlanName,
        snapshot: Option<String>,
        added_bytes: u64,
        bytes: u64,
        files: u64,
        took_s: u64,
    },
    Result {
        job: JobId,
        title: JobTitle,
        outcome: JobOutcome,
        took_s: u64,
        chat: ChatId,
        pilot: PilotId,
    },
}

/// A figure against its threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub measure: Measure,
    /// Percent, or degrees Celsius.
    pub value: f32,
    pub peak: f32,
    pub above: f32,
    /// Above the threshold since then; the alert is raised later, when it has lasted.
    pub since: Timestamp,
    /// Of a disk: what is free. Of the memory: what is available.
    pub free_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Measure {
    Cpu,
    Memory,
    Disk { mount: String },
    Temperature { sensor: String },
}

impl Measure {
    pub fn subject(&self) -> Subject {
        let (kind, of) = match self {
            Measure::Cpu => (Kind::Cpu, ""),
            Measure::Memory => (Kind::Memory, ""),
            Measure::Disk { mount } => (Kind::Disk, mount.as_str()),
            Measure::Temperature { sensor } => (Kind::Temperature, sensor.as_str()),
        };
        Subject { kind, of: of.to_owned() }
    }
}

impl Facts {
    pub fn subject(&self) -> Subject {
        let (kind, of) = match self {
            Facts::Level(level) => return level.measure.subject(),
            Facts::Unit { unit, .. } => (Kind::Unit, unit.to_string()),
            Facts::Container { container, .. } => (Kind::Container, container.clone()),
            Facts::Half { container } => (Kind::Update, container.clone()),
            Facts::Job { title, .. } => (Kind::Job, title.identity()),
            Facts::Actor { actor, .. } => (Kind::Actor, actor.clone()),
            Facts::RunsMissed { task, .. } | Facts::RunRefused { task, .. } => (Kind::Schedule, task.clone()),
            Facts::Config { .. } => (Kind::Config, String::new()),
            Facts::Health { disk, .. } => (Kind::Health, disk.as_str().to_owned()),
            Facts::Overdue { plan, .. } => (Kind::Backup, plan.to_string()),
            Facts::BackedUp { plan, .. } => (Kind::Result, format!("backup {plan}")),
            Facts::Result { job, .. } => (Kind::Result, job.to_string()),
        };
        Subject { kind, of }
    }

    pub fn audience(&self) -> Audience {
        match self {
            Facts::Level(_) | Facts::Unit { .. } | Facts::Container { .. } | Facts::Health { .. } => {
                Audience::Role(Role::Observer)
            }
            Facts::Job { .. }
            | Facts::Half { .. }
            | Facts::RunsMissed { .. }
            | Facts::RunRefused { .. }
            | Facts::Overdue { .. }
            | Facts::BackedUp { .. } => Audience::Role(Role::Pilot),
            Facts::Actor { .. } | Facts::Config { .. } => Audience::Role(Role::Owner),
            Facts::Result { chat, pilot, .. } => Audience::Chat { chat: *chat, pilot: *pilot },
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Everybody of at least this role.
    Role(Role),
    /// This chat, in this pilot's language where it is theirs alone.
    Chat { chat: ChatId, pilot: PilotId },
}

/// How an alert came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Recovered,
    /// What it was about is no longer there: an unmounted disk.
    Gone,
    /// It ended while Cockpit was away; when exactly, nobody saw.
    WhileAway,
    /// The threshold was moved, or the watching switched off.
    NotWatched,
    /// Nothing to mend: it only had to be told.
    Told,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub id: i64,
    pub facts: Facts,
    pub severity: Severity,
    pub raised: Timestamp,
    /// When its facts were last told anew.
    pub changed: Timestamp,
    pub resolved: Option<(Timestamp, How)>,
    /// How often it has come, counted from 1: one that comes back soon is the same incident.
    pub times: u32,
    /// Getting worse begins a new message, as an edited one makes no sound; counted from 0.
    pub part: u32,
    /// Counts what is to be told; what the sink has is kept beside it.
    pub version: i64,
    /// Told without a sound until then, or until it gets worse.
    pub snoozed: Option<Snooze>,
}

impl Alert {
    pub fn subject(&self) -> Subject {
        self.facts.subject()
    }

    pub fn is_living(&self) -> bool {
        self.resolved.is_none()
    }
}

/// In which of its states a notice shows its alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Living,
    Resolved,
    /// It got worse: a newer message has taken over.
    Continued,
}

/// Something to be told, to be rendered for each recipient by [`super::panel::notice`].
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub alert: Alert,
    pub part: u32,
    pub state: State,
    /// With a sound, where the message is new.
    pub loud: bool,
    /// When what it says came about.
    pub at: Timestamp,
}

impl Notice {
    /// The same for all versions of one message: what has been sent under it is edited.
    pub fn key(&self) -> String {
        format!("alert:{}:{}", self.alert.id, self.part)
    }

    pub fn audience(&self) -> Audience {
        self.alert.facts.audience()
    }
}
