//! A lane is one connection and the requests that wait for it, worked off one by one on a blocking thread of the
//! runtime (which also keeps paused test clocks still while it works). There are two: writing and reading, so that a
//! long read never holds up a commit.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{StoreError, error, open};
use crate::{
    domain::{Clock, Told},
    locale::say,
};

/// Requests that may wait in one lane. At 0.1 ms each a full lane is 0.1 s of work; on a stuck disk it is the point
/// where callers are told instead of kept.
const WAITING_MAX: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Write,
    Read,
}

/// One request: what to do with the connection, and the way back to the caller.
pub struct Job {
    /// Set when the caller has gone.
    gone: Arc<AtomicBool>,
    task: Box<dyn Task>,
}

/// How often a running request looks whether anybody still waits, in steps of SQLite's machine: some 0.1 ms.
const STEPS: i32 = 10_000;

/// Hides the answer's type from the lane.
trait Task: Send {
    fn refuse(self: Box<Self>, error: StoreError);
    /// Works, lets the lane note how it went, and only then answers: who has an answer finds the status in step.
    fn work(self: Box<Self>, conn: &mut Connection, path: &Path, note: &mut dyn FnMut(Option<Trouble>));
}

/// What the lane remembers of a failed request; the error itself goes to the caller.
struct Trouble {
    why: String,
    mend: String,
    /// The two for a pilot.
    told: (Told, Told),
    condition: bool,
    spoils: bool,
}

impl Trouble {
    fn of(error: &StoreError) -> Trouble {
        Trouble {
            why: error::chain(error),
            mend: error.hint(),
            told: (Told::new(|lang| say(lang, &error.why())), Told::new(|lang| say(lang, &error.mend()))),
            condition: error.is_condition(),
            spoils: error.spoils_connection(),
        }
    }
}

/// What to do with the connection. Boxed: the way there and back is compiled once for each kind of answer, and not for
/// each request that the program knows.
pub type Work<T> = Box<dyn FnOnce(&mut Connection) -> rusqlite::Result<T> + Send>;

struct Typed<T> {
    work: Work<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send> Task for Typed<T> {
    fn refuse(self: Box<Self>, error: StoreError) {
        let _ = self.answer.send(Err(error));
    }

    fn work(self: Box<Self>, conn: &mut Connection, path: &Path, note: &mut dyn FnMut(Option<Trouble>)) {
        let Typed { work, answer } = *self;
        // A transaction under way is rolled back while the panic unwinds; the connection stays good.
        let result = match catch_unwind(AssertUnwindSafe(|| work(conn))) {
            Ok(result) => result.map_err(|e| StoreError::of(e, path)),
            Err(panic) => Err(StoreError::Panicked(words(&*panic))),
        };
        note(result.as_ref().err().map(Trouble::of));
        let _ = answer.send(result);
    }
}

impl Job {
    pub fn new<T: Send + 'static>(
        gone: Arc<AtomicBool>,
        work: Work<T>,
    ) -> (Job, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, waiting) = oneshot::channel();
        (Job { gone, task: Box::new(Typed { work, answer }) }, waiting)
    }
}

pub struct Lane {
    kind: Kind,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    line: Mutex<Line>,
    /// Held by the one worker while it works.
    desk: Mutex<Option<Connection>>,
    pub tally: Tally,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Job>,
    working: bool,
}

/// Counters and conditions, for the actor's status.
#[derive(Default)]
pub struct Tally {
    pub done: AtomicU64,
    pub failed: AtomicU64,
    pub refused: AtomicU64,
    pub last_error: Mutex<Option<(Timestamp, String)>>,
    /// Since when the store as a whole cannot work, why, and what to do.
    pub condition: Mutex<Option<(Timestamp, Told, Told)>>,
}

impl Lane {
    pub fn new(kind: Kind, path: PathBuf, clock: Arc<dyn Clock>) -> Arc<Lane> {
        Arc::new(Lane {
            kind,
            path,
            clock,
            line: Mutex::default(),
            desk: Mutex::new(None),
            tally: Tally::default(),
        })
    }

    /// Puts a request in line. `true`: nobody works in this lane, so the caller is to start [`Lane::work_off`].
    #[must_use]
    pub fn push(&self, job: Job) -> bool {
        let mut line = lock(&self.line);
        if line.waiting.len() >= WAITING_MAX {
            drop(line);
            self.tally.refused.fetch_add(1, Ordering::Relaxed);
            job.task.refuse(StoreError::Busy);
            return false;
        }
        line.waiting.push_back(job);
        !std::mem::replace(&mut line.working, true)
    }

    /// Blocking: works until nobody waits.
    pub fn work_off(&self) {
        let mut desk = lock(&self.desk);
        while let Some(job) = self.next() {
            // For whom nobody waits, nothing is begun.
            if !job.gone.load(Ordering::Relaxed) {
                self.work(&mut desk, job);
            }
        }
    }

    /// Blocking: folds the log and lets the file go.
    pub fn close(&self) {
        lock(&self.desk).take();
    }

    fn next(&self) -> Option<Job> {
        let mut line = lock(&self.line);
        let next = line.waiting.pop_front();
        line.working = next.is_some();
        next
    }

    fn work(&self, desk: &mut Option<Connection>, job: Job) {
        let mut spoilt = false;
        match self.connection(desk) {
            Ok(conn) => {
                // Asked while it runs, and not told once: a word that comes between two statements would be lost, and
                // an endless one would hold the lane for ever. What is broken off is rolled back.
                let gone = job.gone;
                if let Err(error) = conn.progress_handler(STEPS, Some(move || gone.load(Ordering::Relaxed))) {
                    tracing::warn!(%error, "a request cannot be broken off");
                }
                job.task.work(conn, &self.path, &mut |trouble| {
                    spoilt = trouble.as_ref().is_some_and(|t| t.spoils);
                    self.note(trouble);
                });
                let _ = conn.progress_handler(0, None::<fn() -> bool>);
            }
            Err(error) => {
                self.note(Some(Trouble::of(&error)));
                job.task.refuse(error);
            }
        }
        if spoilt {
            *desk = None;
        }
    }

    fn connection<'a>(&self, desk: &'a mut Option<Connection>) -> Result<&'a mut Connection, StoreError> {
        let conn = match desk.take() {
            Some(conn) => conn,
            None => match self.kind {
                Kind::Write => open::writer(&self.path, self.clock.now())?,
                Kind::Read => open::reader(&self.path, self.clock.now())?,
            },
        };
        Ok(desk.insert(conn))
    }

    fn note(&self, trouble: Option<Trouble>) {
        let tally = &self.tally;
        let Some(trouble) = trouble else {
            tally.done.fetch_add(1, Ordering::Relaxed);
            if lock(&tally.condition).take().is_some() {
                tracing::info!(lane = ?self.kind, "store works again");
            }
            return;
        };
        tally.failed.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now();
        *lock(&tally.last_error) = Some((now, trouble.why.clone()));
        if trouble.condition {
            let mut condition = lock(&tally.condition);
            // Said once when it begins, not once for each request that meets it.
            if condition.is_none() {
                tracing::error!(lane = ?self.kind, why = trouble.why, mend = trouble.mend, "store cannot work");
            }
            let since = condition.as_ref().map_or(now, |(since, ..)| *since);
            *condition = Some((since, trouble.told.0, trouble.told.1));
        } else {
            tracing::warn!(lane = ?self.kind, why = trouble.why, "store request failed");
        }
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".into())
}
