//! What happened, as past-tense data, and where rooms say it. Subscribers are fixed at wiring.
//!
//! Calls go down the import order; this is the only way up.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Asker, DiskGrade, DiskId, JobId, JobOutcome, JobTitle, Phrase},
    intent::backup::PlanName,
    screen::Topic,
};

/// Something worth a log line, perhaps an audit row, perhaps a notice. Rooms add their variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An actor failed and was restarted, or was parked.
    ActorFailed {
        actor: String,
        why: String,
        restarts: u32,
        parked: bool,
    },
    /// A changed config file holds now, in these sections.
    ConfigApplied {
        changed: Vec<String>,
    },
    /// A changed config file was not taken; the old config holds. Each problem with its place.
    ConfigRefused {
        problems: Vec<String>,
    },
    /// One that was told as parked runs again and has held, or is no longer wanted (`removed`): nothing is left to do.
    ActorRecovered {
        actor: String,
        removed: bool,
    },
    UnitFailed {
        unit: crate::domain::UnitName,
        result: String,
    },
    UnitRecovered {
        unit: crate::domain::UnitName,
    },
    /// A container ended with an error that nobody asked for, or was killed for want of memory. A loop is told once.
    ContainerDied {
        container: String,
        exit: Option<i64>,
        oom: bool,
        /// What the exit code means, where it means something: "killed by SIGKILL".
        means: Option<Phrase>,
        /// The last lines of its log. Of all places only a notice shows them: they can hold secrets.
        #[serde(skip)]
        last: Vec<String>,
    },
    /// Its health check says so.
    ContainerUnhealthy {
        container: String,
        /// What its check said, and the last lines of its log.
        #[serde(skip)]
        last: Vec<String>,
    },
    /// One that was told as died or unhealthy has been up and well for 30 s, or was removed.
    ContainerRecovered {
        container: String,
    },
    /// All containers whose update was interrupted, by Cockpit's end or the engine's: told when they are others than before,
    /// and once after each connection. Those that are not among them are whole.
    UpdatesInterrupted {
        containers: Vec<String>,
    },
    /// A disk's verdict is another than before; for one seen for the first time, if it is not good.
    DiskHealthChanged {
        disk: DiskId,
        /// As the kernel names it now: "sda".
        device: String,
        grade: DiskGrade,
        /// `None`: seen for the first time.
        was: Option<DiskGrade>,
        /// The worst that was found, as a whole sentence.
        finding: Phrase,
    },
    /// A backup came to its end; not told of one that was cancelled.
    BackupEnded {
        plan: PlanName,
        started: Timestamp,
        end: BackupEnd,
    },
    /// There should have been a backup by now, and there was none.
    BackupOverdue {
        plan: PlanName,
        due: Timestamp,
        /// The last one that went through.
        last: Option<Timestamp>,
    },
    /// It is not, or no longer, overdue.
    BackupOnTime {
        plan: PlanName,
    },
    /// What a restore left that died with an earlier Cockpit was removed.
    RestoreCleared {
        place: String,
        bytes: u64,
    },
    JobEnded {
        job: JobId,
        title: JobTitle,
        asked_by: Asker,
        outcome: JobOutcome,
        took_s: u64,
    },
    /// Times at which a scheduled task should have run while Cockpit or the machine was off, and was not caught up.
    RunsMissed {
        task: String,
        title: Phrase,
        missed: u32,
        first_due: Timestamp,
    },
    /// A scheduled task could not even be started.
    RunRefused {
        task: String,
        title: Phrase,
        why: Phrase,
    },
    /// A scheduled task was started again after it could not be, or after missed runs.
    RunStarted {
        task: String,
    },
}

/// How a backup ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum BackupEnd {
    /// There is a snapshot; with `warnings`, something is not in it.
    Done {
        snapshot: Option<String>,
        /// New to the repository.
        added_bytes: u64,
        /// All that was looked at.
        bytes: u64,
        files: u64,
        took_s: u64,
        warnings: u64,
    },
    Failed {
        why: Phrase,
    },
}

type Hear<T> = Arc<dyn Fn(T) + Send + Sync>;

/// The way up for every room; cheap to clone. Neither method waits or fails.
#[derive(Clone)]
pub struct Outlet {
    changed: Hear<Topic>,
    happened: Hear<(Timestamp, Event)>,
}

impl Outlet {
    pub fn new(
        changed: impl Fn(Topic) + Send + Sync + 'static,
        happened: impl Fn((Timestamp, Event)) + Send + Sync + 'static,
    ) -> Outlet {
        Outlet { changed: Arc::new(changed), happened: Arc::new(happened) }
    }

    /// To nobody: for tests of a room alone.
    pub fn nowhere() -> Outlet {
        Outlet::new(|_| (), |_| ())
    }

    /// What screens of this topic show is no longer fresh.
    pub fn changed(&self, topic: Topic) {
        (self.changed)(topic);
    }

    pub fn happened(&self, at: Timestamp, event: Event) {
        (self.happened)((at, event));
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outlet")
    }
}
