//! The store's actor: takes requests to their lanes, prunes the core tables, answers for the store's health.

use std::{path::PathBuf, sync::Arc, sync::atomic::Ordering, time::Duration};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::task::JoinSet;

use super::{
    Durability,
    lane::{Job, Kind, Lane, lock},
    prune, transact,
};
use crate::{
    domain::Clock,
    supervision::{ActorCard, Asked, ChildSpec, Health, Port, RetryPolicy, Status, timer::Timer},
};

/// What has expired is cleared away soon after a start (one that is started anew every hour must not grow), then hourly.
const PRUNE_FIRST: Duration = Duration::from_secs(60);
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
/// What is under way at a stop may finish; a stuck disk must not hold the shutdown longer.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

pub enum Msg {
    Write(Job),
    Read(Job),
    /// The hour is over.
    Prune(u64),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

pub struct StoreActor;

#[derive(Clone)]
pub struct Arguments {
    pub file: PathBuf,
    pub clock: Arc<dyn Clock>,
}

/// The store as a part of the tree.
pub fn child(port: &Port<Msg>, arguments: Arguments) -> ChildSpec {
    let file = arguments.file.clone();
    ChildSpec::new("store", port, move || (StoreActor, arguments.clone()))
        .configured_by(file)
        .grace(CLOSE_WITHIN + Duration::from_millis(500))
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "store",
        parent: Some("root"),
        owns: "The database: one writing and one reading connection. Never knows what a room's rows mean, never blocks a reader for a writer.",
        messages: &["Write", "Read", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub struct State {
    writing: Arc<Lane>,
    reading: Arc<Lane>,
    clock: Arc<dyn Clock>,
    working: JoinSet<()>,
    next_prune: Timer,
}

impl Actor for StoreActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Arguments) -> Result<State, ActorProcessingErr> {
        let lane = |kind| Lane::new(kind, args.file.clone(), args.clock.clone());
        let mut next_prune = Timer::default();
        next_prune.arm(&myself, PRUNE_FIRST, Msg::Prune);
        Ok(State {
            writing: lane(Kind::Write),
            reading: lane(Kind::Read),
            clock: args.clock.clone(),
            working: JoinSet::new(),
            next_prune,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Msg>,
        msg: Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Write(job) => state.begin(Kind::Write, job),
            Msg::Read(job) => state.begin(Kind::Read, job),
            Msg::Prune(generation) => {
                if state.next_prune.fired(generation) {
                    state.prune();
                    state.next_prune.arm(&myself, PRUNE_EVERY, Msg::Prune);
                }
            }
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        let (writing, reading) = (state.writing.clone(), state.reading.clone());
        let working = std::mem::take(&mut state.working);
        let closing = async move {
            working.join_all().await;
            let mut closing = JoinSet::new();
            // The reader first: the last one to close folds the log into the file, and a reader cannot.
            closing.spawn_blocking(move || {
                reading.close();
                writing.close();
            });
            closing.join_all().await;
        };
        if tokio::time::timeout(CLOSE_WITHIN, closing).await.is_err() {
            tracing::warn!("store did not close in time; nothing acknowledged is lost");
        }
        Ok(())
    }
}

impl State {
    fn begin(&mut self, kind: Kind, job: Job) {
        while self.working.try_join_next().is_some() {}
        let lane = match kind {
            Kind::Write => &self.writing,
            Kind::Read => &self.reading,
        };
        if lane.push(job) {
            let lane = lane.clone();
            self.working.spawn_blocking(move || lane.work_off());
        }
    }

    fn prune(&mut self) {
        let now = self.clock.now();
        // Nobody waits for the answer, and the lane logs what goes wrong.
        let prune =
            Box::new(move |conn: &mut _| transact(conn, Durability::Normal, |tx| prune::core(tx, now)));
        let (job, _) = Job::new(Arc::default(), prune);
        self.begin(Kind::Write, job);
    }

    fn status(&self) -> Status {
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (w, r) = (&self.writing.tally, &self.reading.tally);
        let newest = [w, r].into_iter().filter_map(|t| lock(&t.last_error).clone()).max();
        let condition = [w, r].into_iter().find_map(|t| lock(&t.condition).clone());
        Status {
            health: condition.map_or(Health::Good, |(since, why, mend)| Health::Degraded {
                since,
                why,
                mend,
            }),
            counters: vec![
                ("writes".into(), count(&w.done)),
                ("reads".into(), count(&r.done)),
                ("failed".into(), count(&w.failed) + count(&r.failed)),
                ("refused".into(), count(&w.refused) + count(&r.refused)),
            ],
            last_error: newest,
        }
    }
}
