//! The supervisor of running jobs: starts them, knows them by id and key, finds again what an earlier Cockpit left
//! unfinished. A job is its child and nobody else's, so a room's restart or a reload does not touch it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use tokio::sync::{oneshot, watch};

use super::{
    JobOrder, StartError, Started, StopError,
    job::{self, Hands, JobActor},
    record::{Live, Record, Snapshot, StopWhy},
    runner::{Link, Runner},
    store::{self, Begun},
    survivor::Survivor,
};
use crate::{
    domain::{Interruption, JobId, JobOutcome},
    events::Event,
    phrase,
    process::Identity,
    screen::Topic,
    store::Durability,
    supervision::{Asked, Health, Status, timer::Timer},
};

/// More at once than a server of this size can want; a flood of requests ends here.
pub const RUNNING_MAX: usize = 16;
/// The store is asked within a handler, so not for long.
const STORE_WITHIN: Duration = Duration::from_secs(2);
/// The store was away when unfinished jobs were to be looked up.
const RECOVER_AGAIN: Duration = Duration::from_secs(2);
/// For a program that outlived an earlier Cockpit, whose own deadline is not known.
const SURVIVOR_DEADLINE: Duration = Duration::from_secs(24 * 3600);
/// All jobs stop at once at a shutdown; each has its own grace within this.
const STOP_WITHIN: Duration = Duration::from_millis(5_500);

pub enum Msg {
    Start(Box<JobOrder>, RpcReplyPort<Result<Started, StartError>>),
    Stop { job: JobId, why: StopWhy, reply: RpcReplyPort<Result<(), StopError>> },
    Watch(JobId, RpcReplyPort<Option<watch::Receiver<Arc<Snapshot>>>>),
    Running(RpcReplyPort<Vec<Arc<Snapshot>>>),
    Log(JobId, RpcReplyPort<Option<Vec<String>>>),
    Recover(u64),
    Status(RpcReplyPort<Status>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

pub struct JobsActor;

pub struct State {
    hands: Hands,
    running: BTreeMap<JobId, Child>,
    recovered: bool,
    recover: Timer,
    started: u64,
    last_error: Option<(jiff::Timestamp, String)>,
}

struct Child {
    actor: ActorRef<job::Msg>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    link: Link,
}

impl Actor for JobsActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Hands;

    async fn pre_start(&self, me: ActorRef<Msg>, hands: Hands) -> Result<State, ActorProcessingErr> {
        let hands = Hands { store: hands.store.within(STORE_WITHIN), ..hands };
        let mut recover = Timer::default();
        recover.arm(&me, Duration::ZERO, Msg::Recover);
        let running = BTreeMap::new();
        Ok(State { hands, running, recovered: false, recover, started: 0, last_error: None })
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Start(_, reply) if reply.is_closed() => {}
            Msg::Start(order, reply) => {
                let started = state.start(&me, *order).await;
                let _ = reply.send(started);
            }
            Msg::Stop { job, why, reply } => {
                let _ = reply.send(state.stop(job, why));
            }
            Msg::Watch(job, reply) => {
                let _ = reply.send(state.running.get(&job).map(|child| child.snapshot.clone()));
            }
            Msg::Running(reply) => {
                let all = state.running.values().map(|child| child.snapshot.borrow().clone());
                let _ = reply.send(all.filter(|snapshot| snapshot.is_running()).collect());
            }
            Msg::Log(job, reply) => {
                let _ = reply.send(state.running.get(&job).map(|child| child.link.log_tail()));
            }
            Msg::Recover(generation) if state.recover.fired(generation) => state.recover(&me).await,
            Msg::Recover(_) => {}
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Msg>,
        event: SupervisionEvent,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorTerminated(cell, ..) => state.gone(&cell, None).await,
            SupervisionEvent::ActorFailed(cell, error) => state.gone(&cell, Some(error.to_string())).await,
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => {}
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        for child in state.running.values() {
            child.actor.stop(Some("shutdown".into()));
        }
        let all = async {
            for child in state.running.values() {
                let _ = child.actor.wait(None).await;
            }
        };
        if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
            tracing::warn!("some jobs did not stop in time and are killed");
        }
        Ok(())
    }
}

impl State {
    async fn start(&mut self, me: &ActorRef<Msg>, order: JobOrder) -> Result<Started, StartError> {
        if !self.recovered {
            // A program of an earlier Cockpit may still work on the same thing.
            return Err(StartError::NotReady);
        }
        let now = self.hands.clock.now();
        let (title, key, asked_by) = (order.title.clone(), order.key.clone(), order.asked_by.clone());
        let full = self.running.len() >= RUNNING_MAX;
        let begun = self
            .hands
            .store
            .write(Durability::Full, move |tx| {
                if full {
                    // Still, one that runs already is shown rather than refused.
                    return Ok(match &key {
                        Some(key) => store::running_of_key(tx, key)?.map(Begun::Running),
                        None => None,
                    });
                }
                store::begin(tx, &title, key.as_deref(), &asked_by, now).map(Some)
            })
            .await
            .map_err(|error| {
                self.last_error = Some((now, error.to_string()));
                StartError::Store(error.phrase())
            })?;
        let id = match begun {
            None => return Err(StartError::TooMany),
            Some(Begun::Running(job)) => return Ok(Started { job, joined: true }),
            Some(Begun::New(id)) => id,
        };
        let record = Record {
            id,
            title: Some(order.title),
            key: order.key,
            asked_by: order.asked_by,
            started: now,
            seen: now,
            ended: None,
            outcome: None,
            progress: Default::default(),
            log: Vec::new(),
            process: None,
        };
        tracing::info!(job = %id, title = ?record.title, "job started");
        self.spawn(me, record, order.runner, order.deadline, false).await;
        self.started += 1;
        Ok(Started { job: id, joined: false })
    }

    async fn spawn(
        &mut self,
        me: &ActorRef<Msg>,
        record: Record,
        runner: Box<dyn Runner>,
        deadline: Duration,
        survivor: bool,
    ) {
        let id = record.id;
        let live = Some(Live { survivor, ..Live::default() });
        let (snapshot, seen) = watch::channel(Arc::new(Snapshot { record: record.clone(), live }));
        let (link_out, link) = oneshot::channel();
        let hands = self.hands.clone();
        let args = job::Arguments { record, runner, deadline, survivor, snapshot, hands, link: link_out };
        let (actor, _) = Actor::spawn_linked(None, JobActor, args, me.get_cell())
            .await
            .expect("the start of a job does nothing that fails");
        let link = link.await.expect("given out by the start");
        self.running.insert(id, Child { actor, snapshot: seen, link });
        self.hands.outlet.changed(Topic::Jobs);
    }

    fn stop(&mut self, job: JobId, why: StopWhy) -> Result<(), StopError> {
        let child = self.running.get(&job).ok_or(StopError::NotRunning)?;
        child.actor.cast(job::Msg::Stop(why)).map_err(|_| StopError::NotRunning)
    }

    /// A child has ended. If it fell over itself, its record is ended for it.
    async fn gone(&mut self, cell: &ActorCell, error: Option<String>) {
        let found = self.running.iter().find(|(_, child)| child.actor.get_id() == cell.get_id());
        let Some(id) = found.map(|(id, _)| *id) else { return };
        let child = self.running.remove(&id).expect("just found");
        if let Some(error) = error {
            let outcome = JobOutcome::Failed { why: phrase!("jobs-failed-inside", why = error), mend: None };
            let mut record = child.snapshot.borrow().record.clone();
            record.log = child.link.log_tail();
            child.link.stop_token().cancel();
            self.end(record, outcome).await;
        }
        self.hands.outlet.changed(Topic::Jobs);
    }

    /// What an earlier Cockpit left without an end: programs that still live are watched, the rest is told.
    async fn recover(&mut self, me: &ActorRef<Msg>) {
        let left = match self.hands.store.read(store::unfinished).await {
            Ok(left) => left,
            Err(error) => {
                self.last_error = Some((self.hands.clock.now(), error.to_string()));
                self.recover.arm(me, RECOVER_AGAIN, Msg::Recover);
                return;
            }
        };
        for record in left {
            match record.process.clone().filter(Identity::alive) {
                Some(process) => {
                    tracing::warn!(job = %record.id, pid = process.pid, "program of an earlier job still runs");
                    let runner = Box::new(Survivor(process));
                    self.spawn(me, record, runner, SURVIVOR_DEADLINE, true).await;
                }
                None => {
                    let how = Interruption::Crash;
                    self.end(record, JobOutcome::Interrupted { how }).await;
                }
            }
        }
        self.recovered = true;
        self.hands.outlet.changed(Topic::Jobs);
    }

    /// Ends a record for which no actor is there.
    async fn end(&mut self, record: Record, outcome: JobOutcome) {
        let now = self.hands.clock.now();
        let Record { id, title, asked_by, progress, log, seen, started, .. } = record;
        let kept = outcome.clone();
        let write = move |tx: &rusqlite::Transaction<'_>| store::end(tx, id, &kept, &progress, &log, now);
        if let Err(error) = self.hands.store.write(Durability::Full, write).await {
            tracing::error!(job = %id, %error, "end of job not written");
            self.last_error = Some((now, error.to_string()));
        }
        tracing::warn!(job = %id, ?outcome, "job ended without its actor");
        if let Some(title) = title {
            let took_s = u64::try_from(seen.duration_since(started).as_secs()).unwrap_or(0);
            self.hands.outlet.happened(now, Event::JobEnded { job: id, title, asked_by, outcome, took_s });
        }
        self.hands.outlet.changed(Topic::Job(id));
    }

    fn status(&self) -> Status {
        Status {
            health: Health::Good,
            counters: vec![("running".into(), self.running.len() as u64), ("started".into(), self.started)],
            last_error: self.last_error.clone(),
        }
    }
}
