//! Runs what touches files: each request is a closure on a blocking thread of its own, a few at once, as a disk may
//! hang for minutes. Holds the roots of the config; knows nothing of what is asked.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::{
    sync::oneshot,
    task::{Id, JoinSet},
};

use super::{
    config::Config,
    parts::{self, Parts},
    root::Roots,
};
use crate::{
    audit::{Audit, Entry},
    domain::{Clock, Phrase, RootName, Told},
    phrase,
    supervision::{ActorCard, Asked, ChildSpec, Health, Port, RetryPolicy, Status},
    t,
};

/// Requests that touch files at once.
pub const WORKERS_MAX: usize = 16;
/// Of them for one root: a disk or server that hangs fills these, and the room says so at once; other roots go on.
pub const ROOT_WORKERS_MAX: usize = 4;

/// What a request works with. Cheap to clone; jobs take one along.
#[derive(Clone)]
pub struct Floor {
    pub roots: Roots,
    pub parts: Parts,
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Floor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Floor({} roots)", self.roots.all().len())
    }
}

type Run = Box<dyn FnOnce(&Floor) + Send>;

/// One request: what it is called in the log, which root it may have to wait for, and what is to be run.
pub struct Work {
    what: &'static str,
    root: Option<RootName>,
    run: Run,
    refuse: Box<dyn FnOnce() + Send>,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({})", self.what)
    }
}

#[derive(Debug)]
pub enum Msg {
    Work(Work),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AwayError {
    #[error("storage is being restarted")]
    Down,
    #[error("all storage workers are busy")]
    Busy,
    #[error("the disk did not answer in time")]
    Late,
}

impl AwayError {
    /// A whole sentence.
    pub fn phrase(self) -> Phrase {
        match self {
            AwayError::Down => phrase!("storage-away"),
            AwayError::Busy => phrase!("storage-busy"),
            AwayError::Late => phrase!("storage-late"),
        }
    }
}

/// Runs `f`, which touches this root only (`None`: none or several), on a thread of the actor and waits for its answer. After [`AwayError::Late`] it may still be carried out.
///
/// # Errors
/// The actor is away, all its threads are busy (a disk hangs), or this one takes too long.
pub async fn work<T: Send + 'static>(
    port: &Port<Msg>,
    root: Option<&RootName>,
    what: &'static str,
    within: Duration,
    f: impl FnOnce(&Floor) -> T + Send + 'static,
) -> Result<T, AwayError> {
    let (reply, answer) = oneshot::channel();
    let reply = Arc::new(std::sync::Mutex::new(Some(reply)));
    let take = |reply: &std::sync::Mutex<Option<oneshot::Sender<_>>>| {
        reply.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    };
    let refused = reply.clone();
    let run = move |floor: &Floor| {
        // Whoever asked may have gone: what was not begun is not done for nobody.
        let Some(reply) = take(&reply).filter(|reply| !reply.is_closed()) else { return };
        let _ = reply.send(Ok(f(floor)));
    };
    let refuse = move || {
        if let Some(reply) = take(&refused) {
            let _ = reply.send(Err(AwayError::Busy));
        }
    };
    let work = Work { what, root: root.cloned(), run: Box::new(run), refuse: Box::new(refuse) };
    port.cast(Msg::Work(work)).map_err(|_| AwayError::Down)?;
    match tokio::time::timeout(within, answer).await {
        Ok(Ok(answer)) => answer,
        // It panicked, or the actor went.
        Ok(Err(_)) => Err(AwayError::Down),
        Err(_) => Err(AwayError::Late),
    }
}

/// What the actor is made from; the same for each of its lives. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    /// The bot's data folder: never to be seen in the browser.
    pub data: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub audit: Audit,
    /// Of this process.
    pub parts: Parts,
}

impl Kit {
    pub fn floor(&self, config: &Config) -> Floor {
        Floor {
            roots: Roots::new(config, &self.data),
            parts: self.parts.clone(),
            config: Arc::new(config.clone()),
            clock: self.clock.clone(),
        }
    }
}

pub fn child(port: &Port<Msg>, kit: Kit, config: Config) -> ChildSpec {
    let made = config.clone();
    ChildSpec::new("storage", port, move || (StorageActor, (kit.floor(&made), kit.audit.clone())))
        .configured_by(config)
}

/// For `actors.md`.
pub fn card() -> ActorCard {
    ActorCard {
        id: "storage",
        parent: Some("root"),
        owns: "The roots, and the few threads that touch files. Never leaves a root, never follows a link, never opens a device.",
        messages: &["Work", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

#[derive(Debug)]
pub struct StorageActor;

pub struct Body {
    floor: Floor,
    workers: JoinSet<()>,
    /// Which root each of them works for.
    lanes: HashMap<Id, Option<RootName>>,
    done: Arc<AtomicU64>,
    refused: u64,
    panicked: u64,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for StorageActor {
    type Msg = Msg;
    type State = Body;
    type Arguments = (Floor, Audit);

    async fn pre_start(
        &self,
        _: ActorRef<Msg>,
        (floor, audit): (Floor, Audit),
    ) -> Result<Body, ActorProcessingErr> {
        let mut body = Body {
            floor,
            workers: JoinSet::new(),
            lanes: HashMap::new(),
            done: Arc::default(),
            refused: 0,
            panicked: 0,
            last_error: None,
        };
        body.clear_up(audit);
        Ok(body)
    }

    async fn handle(&self, _: ActorRef<Msg>, msg: Msg, body: &mut Body) -> Result<(), ActorProcessingErr> {
        body.sweep();
        match msg {
            Msg::Work(work) => body.begin(work),
            Msg::Status(reply) => drop(reply.send(body.status())),
        }
        Ok(())
    }
}

impl Body {
    fn begin(&mut self, work: Work) {
        let same = |lane: &&Option<RootName>| lane.is_some() && **lane == work.root;
        if self.workers.len() >= WORKERS_MAX || self.lanes.values().filter(same).count() >= ROOT_WORKERS_MAX {
            tracing::warn!(what = work.what, root = ?work.root, "refused: all storage workers are busy");
            self.refused += 1;
            (work.refuse)();
            return;
        }
        let (floor, done) = (self.floor.clone(), self.done.clone());
        let begun = self.workers.spawn_blocking(move || {
            (work.run)(&floor);
            done.fetch_add(1, Ordering::Relaxed);
        });
        self.lanes.insert(begun.id(), work.root);
    }

    /// Removes what earlier lives of the program left half-made; each root for itself, as one may hang.
    fn clear_up(&mut self, audit: Audit) {
        let left = self.floor.parts.leftovers();
        for root in parts::roots(&left) {
            let (left, audit) = (left.clone(), audit.clone());
            let run = move |floor: &Floor| {
                for one in left.iter().filter(|one| one.place.root == root) {
                    match one.clear(&floor.roots) {
                        Ok(Some(bytes)) => {
                            let place = one.place.to_string();
                            tracing::info!(%place, bytes, "left half-made by a crash, removed");
                            let entry = Entry::noted(floor.clock.now(), "storage", "storage.cleared", place);
                            audit.note(entry.with("bytes", bytes));
                        }
                        Ok(None) => {}
                        Err(fault) => tracing::warn!(place = %one.place, %fault, "half-made, not removed"),
                    }
                }
            };
            self.begin(Work { what: "clear up", root: None, run: Box::new(run), refuse: Box::new(|| {}) });
        }
    }

    fn sweep(&mut self) {
        while let Some(ended) = self.workers.try_join_next_with_id() {
            let id = match &ended {
                Ok((id, ())) => *id,
                Err(error) => error.id(),
            };
            self.lanes.remove(&id);
            if let Err(error) = ended {
                tracing::error!(%error, "a storage request panicked");
                self.panicked += 1;
                self.last_error = Some((self.floor.clock.now(), error.to_string()));
            }
        }
    }

    /// A root whose requests all wait.
    fn hanging(&self) -> Option<Told> {
        let named = self.lanes.values().flatten();
        let waiting = |root: &&RootName| {
            self.lanes.values().filter(|lane| lane.as_ref() == Some(*root)).count() >= ROOT_WORKERS_MAX
        };
        let root = named.clone().find(waiting)?;
        Some(Told::new(|lang| t!(lang, "crew-storage-waits-root", root = root.to_string())))
    }

    fn status(&self) -> Status {
        let busy = self.workers.len();
        let full = (busy >= WORKERS_MAX).then(|| Told::new(|lang| t!(lang, "crew-storage-waits")));
        let health = match full.or_else(|| self.hanging()) {
            None => Health::Good,
            Some(why) => Health::Degraded {
                since: self.floor.clock.now(),
                why,
                mend: Told::new(|lang| t!(lang, "crew-mend-hung-disk")),
            },
        };
        Status {
            health,
            counters: [
                ("requests", self.done.load(Ordering::Relaxed)),
                ("refused", self.refused),
                ("panicked", self.panicked),
                ("at work", busy as u64),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            last_error: self.last_error.clone(),
        }
    }
}
