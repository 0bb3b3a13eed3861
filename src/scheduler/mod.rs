//! What runs by itself, and when. Owns the book of tasks, their due times, pauses and history; never does the work: a
//! task starts a job, and the scheduler hears how it ended.
//!
//! Rooms register their tasks ([`Schedule::register`]); the book of tasks outlives the actor. Each due time is handled
//! once: it is on the disk before anything is started. Times at which nobody was there are caught up once or reported, by
//! each task's policy; a run that still goes on is not started a second time. In practice nothing runs by itself, and
//! the screens show when it would.
//!
//! Limits: intervals from a minute to 366 days; 100 past runs of each task; a clock that was set, or a machine that
//! slept, is noticed within a minute.

mod actor;
mod model;
pub mod panel;
pub mod plan;
mod room;
pub mod state;
mod store;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};

pub use actor::{Hands, Msg};
pub use model::{Launch, Missed, Pause, Reason, Rule, Run, RunResult};
pub use plan::{Form, Plan, PlanError};
pub use room::ScheduleRoom;

use crate::{
    domain::{Asker, JobId, Phrase},
    jobs::{Jobs, demo},
    phrase,
    store::{Store, StoreError},
    supervision::{ActorCard, CallError, ChildSpec, Port, RetryPolicy},
};

/// For an answer of the actor, which waits for nobody but the store.
const WITHIN: Duration = Duration::from_secs(3);
/// For "run now": the task's own start is awaited, but not for ever.
const RUN_WITHIN: Duration = Duration::from_secs(10);
/// Next runs that are shown.
pub const COMING: usize = 3;

type Starting = Pin<Box<dyn Future<Output = Result<Launch, Phrase>> + Send>>;

/// Starts the task's job on somebody's account; answers quickly, as the work is the job's.
pub type RunTask = Arc<dyn Fn(Asker) -> Starting + Send + Sync>;

/// Something that runs by itself.
#[derive(Clone)]
pub struct Task {
    pub rule: Rule,
    pub run: RunTask,
}

/// The tasks of all rooms. Survives the actor's restarts; cheap to clone.
#[derive(Clone, Default)]
pub struct TaskBook {
    by_owner: Arc<RwLock<BTreeMap<String, Vec<Task>>>>,
}

impl TaskBook {
    fn set(&self, owner: &str, tasks: Vec<Task>) {
        self.by_owner.write().unwrap_or_else(PoisonError::into_inner).insert(owner.to_owned(), tasks);
    }

    /// One of each id; a second of the same is a fault in a room, and is left out.
    fn rules(&self) -> Vec<Rule> {
        let mut rules = BTreeMap::new();
        for (owner, tasks) in self.by_owner.read().unwrap_or_else(PoisonError::into_inner).iter() {
            for task in tasks {
                if rules.insert(task.rule.id.clone(), task.rule.clone()).is_some() {
                    tracing::error!(owner, task = task.rule.id, "two tasks of one id");
                }
            }
        }
        rules.into_values().collect()
    }

    fn run_of(&self, task: &str) -> Option<RunTask> {
        let by_owner = self.by_owner.read().unwrap_or_else(PoisonError::into_inner);
        by_owner.values().flatten().find(|known| known.rule.id == task).map(|known| known.run.clone())
    }
}

impl std::fmt::Debug for TaskBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TaskBook({} tasks)", self.rules().len())
    }
}

/// One task as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub rule: Rule,
    pub standing: Standing,
    /// The next few runs, jitter included.
    pub coming: Vec<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    Waiting,
    Running { since: Timestamp, job: Option<JobId> },
    Paused(Pause),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    #[error("scheduler: {0}")]
    Away(#[from] CallError),
    #[error("the scheduler is still reading what was")]
    NotReady,
    #[error("there is no such task")]
    Unknown,
    #[error("its last run still goes on")]
    Running(Option<JobId>),
    #[error("could not be started: {}", .0.id)]
    Refused(Phrase),
}

#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("scheduler: {0}")]
    Store(#[from] StoreError),
}

/// The way to the scheduler for everybody; cheap to clone, survives restarts.
#[derive(Debug, Clone)]
pub struct Schedule {
    port: Port<Msg>,
    store: Store,
    tasks: TaskBook,
}

impl Schedule {
    pub fn new(port: Port<Msg>, store: Store, tasks: TaskBook) -> Schedule {
        Schedule { port, store, tasks }
    }

    /// From now on these are all tasks of this owner (a room's name). Ids begin with the owner's: "backup.home".
    pub fn register(&self, owner: &str, tasks: Vec<Task>) {
        self.tasks.set(owner, tasks);
        // While the actor is away the book waits for it.
        let _ = self.port.cast(Msg::TasksChanged);
    }

    /// Runs a task besides its times. `None`: it was through at once, or starts a job later than can be waited for.
    ///
    /// # Errors
    /// It runs already, or could not be started.
    pub async fn run_now(&self, task: &str, asked_by: Asker) -> Result<Option<JobId>, RunError> {
        let task = task.to_owned();
        match self.port.call(RUN_WITHIN, |reply| Msg::RunNow { task, asked_by, reply }).await {
            Err(CallError::Timeout(_)) => Ok(None),
            answer => answer?,
        }
    }

    /// # Errors
    /// There is no such task, or the pause could not be written down.
    pub async fn pause(&self, task: &str, pause: Pause) -> Result<(), RunError> {
        let (task, pause) = (task.to_owned(), Some(pause));
        self.port.call(WITHIN, |reply| Msg::Pause { task, pause, reply }).await?
    }

    /// # Errors
    /// As [`Schedule::pause`].
    pub async fn resume(&self, task: &str) -> Result<(), RunError> {
        let (task, pause) = (task.to_owned(), None);
        self.port.call(WITHIN, |reply| Msg::Pause { task, pause, reply }).await?
    }

    /// All tasks, by id, each with its newest run.
    ///
    /// # Errors
    /// The scheduler or the store is away.
    pub async fn list(&self) -> Result<Vec<(Overview, Option<Run>)>, LookError> {
        let tasks = self.port.call(WITHIN, Msg::Overview).await.map_err(RunError::from)??;
        let mut newest = self.store.read(store::newest).await?;
        let with_run = |overview: Overview| {
            let run = newest.remove(&overview.rule.id);
            (overview, run)
        };
        Ok(tasks.into_iter().map(with_run).collect())
    }

    /// One task with its last `limit` runs, newest first.
    ///
    /// # Errors
    /// As [`Schedule::list`].
    pub async fn get(&self, task: &str, limit: u32) -> Result<Option<(Overview, Vec<Run>)>, LookError> {
        let tasks = self.port.call(WITHIN, Msg::Overview).await.map_err(RunError::from)??;
        let Some(overview) = tasks.into_iter().find(|overview| overview.rule.id == task) else {
            return Ok(None);
        };
        let task = task.to_owned();
        let runs = self.store.read(move |conn| store::history(conn, &task, limit)).await?;
        Ok(Some((overview, runs)))
    }
}

/// The task of the simulated server: its long job, nightly. Registered on a simulated server only.
pub fn simulated(jobs: Jobs, zone: TimeZone) -> Task {
    let rule = Rule {
        id: "simulated.copy".into(),
        title: phrase!("schedule-title-simulated"),
        plan: Plan::parse("daily 02:30").expect("a plan of ours"),
        zone,
        jitter: Duration::from_secs(600),
        missed: Missed::CatchUp,
    };
    let run = move |asked_by| -> Starting {
        let jobs = jobs.clone();
        Box::pin(async move {
            let started = jobs.start(demo::order(asked_by, demo::LENGTH)).await;
            started.map(|started| Launch::Job(started.job)).map_err(|error| error.phrase())
        })
    };
    Task { rule, run: Arc::new(run) }
}

/// The scheduler for the tree. Its tasks come from the rooms, so no config of its own can change.
pub fn child(port: &Port<Msg>, hands: Hands) -> ChildSpec {
    ChildSpec::new("scheduler", port, move || (actor::SchedulerActor, hands.clone()))
}

/// For the crew on paper.
pub fn card() -> ActorCard {
    ActorCard {
        id: "scheduler",
        parent: Some("root"),
        owns: "What runs by itself: due times, pauses, history. Never does the work, never handles a time twice.",
        messages: &["TasksChanged", "RunNow", "Pause", "Overview", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}
