//! Long tasks: backups, restores, scans, transfers, upgrades. Owns every running job, its record, its stop.
//!
//! A room starts a job with a typed runner and forgets it: the job belongs to the supervisor here, so a room that
//! panics or is reloaded finds it again by id or key, and a reload of the config never stops one. A job reports how far
//! it is (the newest counts), hears the stop (SIGINT, grace, SIGKILL for programs), has a deadline, and leaves a record
//! that outlives Cockpit: unfinished after a crash means interrupted, told with what to do; a program that outlived the
//! crash is found by pid, start time and boot, and watched to its end, so that its key stays taken.
//!
//! Never decides what a room may do, never retries a job by itself.
//!
//! Limits: 16 run at once, 200 ended are kept, 200 lines of log each, figures looked at once a second.

mod actor;
pub mod demo;
mod job;
pub mod panel;
mod program;
pub mod progress;
pub mod record;
mod room;
mod runner;
mod store;
mod survivor;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

pub use actor::{Msg, RUNNING_MAX};
pub use job::Hands;
pub use program::{Listener, PlainLog, Program};
pub use progress::{Figure, Progress, Unit};
pub use record::{Live, Record, Snapshot, StopWhy};
pub use room::JobsRoom;
pub use runner::{Blocking, Ending, Link, Runner, Running, Steps, clean};

use crate::{
    domain::{Asker, JobId, JobTitle, Phrase},
    phrase,
    store::{Store, StoreError},
    supervision::{ActorCard, CallError, ChildSpec, Port, RetryPolicy},
};

/// For an answer of the supervisor, which itself waits for the store at most twice.
const WITHIN: Duration = Duration::from_secs(5);

/// What to run, and on whose account.
pub struct JobOrder {
    pub title: JobTitle,
    /// At most one job of a key runs: a second request is shown the running one.
    pub key: Option<String>,
    pub asked_by: Asker,
    /// After this it is stopped, whatever it says.
    pub deadline: Duration,
    pub runner: Box<dyn Runner>,
}

impl std::fmt::Debug for JobOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobOrder").field("title", &self.title).field("key", &self.key).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    pub job: JobId,
    /// It ran already, for the same key.
    pub joined: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    #[error("jobs: {0}")]
    Away(#[from] CallError),
    /// Just started: what an earlier Cockpit left is still being looked up.
    #[error("jobs are still being sorted out after the start")]
    NotReady,
    #[error("{RUNNING_MAX} jobs run already")]
    TooMany,
    #[error("the job cannot be recorded")]
    Store(Phrase),
}

impl StartError {
    /// For the pilot, with what to do.
    pub fn phrase(&self) -> Phrase {
        match self {
            StartError::Away(_) => phrase!("jobs-refused-away"),
            StartError::NotReady => phrase!("jobs-refused-not-ready"),
            StartError::TooMany => phrase!("jobs-refused-too-many", count = RUNNING_MAX),
            StartError::Store(why) => phrase!("jobs-refused-store", why = why.clone()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StopError {
    #[error("jobs: {0}")]
    Away(#[from] CallError),
    #[error("this job does not run any more")]
    NotRunning,
}

#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("jobs: {0}")]
    Away(#[from] CallError),
    #[error("jobs: {0}")]
    Store(#[from] StoreError),
    /// Without an end and not running: what became of it is being looked up, or written, at this moment.
    #[error("jobs: this one is still being sorted out after a restart")]
    NotReady,
}

/// The way to the jobs for everybody; cheap to clone, survives restarts.
#[derive(Debug, Clone)]
pub struct Jobs {
    port: Port<Msg>,
    store: Store,
}

/// What `/jobs` lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Oldest first.
    pub running: Vec<Arc<Snapshot>>,
    /// Newest first.
    pub ended: Vec<Record>,
}

impl Jobs {
    pub fn new(port: Port<Msg>, store: Store) -> Jobs {
        Jobs { port, store }
    }

    /// Starts it, or finds the one that runs already for its key. Its record is on the disk when this answers.
    ///
    /// # Errors
    /// Nothing was started; [`StartError::phrase`] says why to the pilot. Only after a timeout it may have been.
    pub async fn start(&self, order: JobOrder) -> Result<Started, StartError> {
        self.port.call(WITHIN, |reply| Msg::Start(Box::new(order), reply)).await?
    }

    /// Tells it to stop; that it has is seen in its snapshot.
    ///
    /// # Errors
    /// It has ended already, or the jobs are away.
    pub async fn cancel(&self, job: JobId, by: Option<String>) -> Result<(), StopError> {
        let why = StopWhy::Cancelled { by };
        self.port.call(WITHIN, |reply| Msg::Stop { job, why, reply }).await?
    }

    /// Snapshots of one job as they come; of an ended one its last, and no more. `None`: there is no such job (any
    /// more).
    ///
    /// # Errors
    /// The jobs or the store are away.
    pub async fn watch(&self, job: JobId) -> Result<Option<watch::Receiver<Arc<Snapshot>>>, LookError> {
        if let Some(live) = self.port.call(WITHIN, |reply| Msg::Watch(job, reply)).await? {
            return Ok(Some(live));
        }
        let last = self.last(job).await?;
        Ok(last.map(|snapshot| watch::channel(Arc::new(snapshot)).1))
    }

    /// From the store, of one that does not run.
    async fn last(&self, job: JobId) -> Result<Option<Snapshot>, LookError> {
        match self.store.read(move |conn| store::get(conn, job)).await? {
            Some(record) if record.ended.is_none() => Err(LookError::NotReady),
            record => Ok(record.map(|record| Snapshot { record, live: None })),
        }
    }

    /// One job as it is, with its log.
    ///
    /// # Errors
    /// As [`Jobs::watch`].
    pub async fn get(&self, job: JobId) -> Result<Option<Snapshot>, LookError> {
        let Some(seen) = self.watch(job).await? else { return Ok(None) };
        let mut snapshot = Snapshot::clone(&seen.borrow());
        if snapshot.is_running()
            && let Some(log) = self.port.call(WITHIN, |reply| Msg::Log(job, reply)).await?
        {
            snapshot.record.log = log;
        }
        Ok(Some(snapshot))
    }

    /// The newest job of a key, running or ended: how a room finds its job again after a restart.
    ///
    /// # Errors
    /// As [`Jobs::watch`].
    pub async fn find(&self, key: &str) -> Result<Option<Snapshot>, LookError> {
        let key = key.to_owned();
        let found = self.store.read(move |conn| store::newest_of_key(conn, &key)).await?;
        match found {
            Some(record) => self.get(record.id).await,
            None => Ok(None),
        }
    }

    /// Waits until it has ended and answers its last snapshot. Put a deadline around it.
    ///
    /// # Errors
    /// As [`Jobs::watch`].
    pub async fn ended(&self, job: JobId) -> Result<Option<Snapshot>, LookError> {
        let Some(mut seen) = self.watch(job).await? else { return Ok(None) };
        if let Ok(last) = seen.wait_for(|snapshot| !snapshot.is_running()).await {
            return Ok(Some(Snapshot::clone(&last)));
        }
        // Its actor went without a word: the record is ended by the supervisor.
        self.last(job).await
    }

    /// What runs, and the last `limit` ended.
    ///
    /// # Errors
    /// As [`Jobs::watch`].
    pub async fn list(&self, limit: u32) -> Result<Listing, LookError> {
        let running = self.port.call(WITHIN, Msg::Running).await?;
        let ended = self.store.read(move |conn| store::ended(conn, limit)).await?;
        Ok(Listing { running, ended })
    }
}

/// The supervisor of jobs for the tree. It depends on nothing that a reload changes.
pub fn child(port: &Port<Msg>, hands: Hands) -> ChildSpec {
    ChildSpec::new("jobs", port, move || (actor::JobsActor, hands.clone())).grace(Duration::from_secs(6))
}

/// For the crew on paper.
pub fn card() -> ActorCard {
    ActorCard {
        id: "jobs",
        parent: Some("root"),
        owns: "Every running job, one actor each below it, and their records. Never retries one, never decides who may.",
        messages: &["Start", "Stop", "Watch", "Running", "Log", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

/// Each running job.
pub fn job_card() -> ActorCard {
    ActorCard {
        id: "job",
        parent: Some("jobs"),
        owns: "One job from start to end: its program or task, progress, deadline, record. Ends with it, is never started again.",
        messages: &["Stop"],
        policy: None,
    }
}
