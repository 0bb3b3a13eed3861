//! The dock: the queue of files that pilots sent. Notes what came, hands it to the one job of its chat, and starts that
//! job; also for what an earlier Cockpit left waiting. Moves no byte itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    receive,
    store::{self, Arrival, Goal, State as Fate, Waiting},
};
use crate::{
    audit::Audit,
    domain::{Asker, Blobs, ChatId, Clock, Courier, JobOutcome, PilotId},
    events::Outlet,
    intent::transfers::Batch,
    jobs::Jobs,
    screen::Topic,
    store::{Durability, Store, StoreError},
    subsystems::storage::Storage,
    supervision::{ActorCard, Asked, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
};

/// Files that come this soon after each other are asked about together.
const TOGETHER: Duration = Duration::from_secs(60);
/// The store is asked within a handler, so not for long.
const STORE_WITHIN: Duration = Duration::from_secs(2);
/// The jobs are not ready right after the start, and the store may be away.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// A job of this chat that is just ending is waited for.
const ENDING_WITHIN: Duration = Duration::from_secs(60);
/// Batches that are remembered as being open.
const OPEN_MAX: usize = 200;

/// What the dock and its jobs work with. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    pub storage: Storage,
    pub store: Store,
    pub jobs: Jobs,
    pub blobs: Blobs,
    pub courier: Arc<dyn Courier>,
    pub audit: Audit,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

pub enum Msg {
    /// A file came. The batch it is in; `None` when too many wait.
    Arrived(Arrival, Option<Batch>, RpcReplyPort<Result<Option<Batch>, StoreError>>),
    /// A pilot said where to (or: those that failed, again).
    Queue {
        batch: Batch,
        to: Option<Goal>,
        asked_by: Asker,
        reply: RpcReplyPort<Result<bool, StoreError>>,
    },
    /// From the job of a chat: what is next. After `None` that job is not given anything any more.
    Next(ChatId, RpcReplyPort<Result<Option<Waiting>, StoreError>>),
    /// The job of a chat went without having asked to the end.
    Left(ChatId),
    Own(Own),
    Status(RpcReplyPort<Status>),
}

pub enum Own {
    Look(u64),
    /// No job of this chat is there (any more), and why.
    Closed(ChatId, Option<String>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// For `actors.md`.
pub fn card() -> ActorCard {
    ActorCard {
        id: "transfers",
        parent: Some("root"),
        owns: "The queue of files that pilots sent: what came, where it goes, which is next. One job of each chat fetches them.",
        messages: &["Arrived", "Queue", "Next", "Left", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub fn child(port: &Port<Msg>, kit: Kit) -> ChildSpec {
    let own = port.clone();
    ChildSpec::new("transfers", port, move || (Dock, (kit.clone(), own.clone())))
}

#[derive(Debug)]
pub struct Dock;

pub struct State {
    kit: Kit,
    /// Its own address, which the jobs ask: it outlives this actor.
    port: Port<Msg>,
    /// Chats that have a job, as far as is known here.
    lanes: HashMap<ChatId, u64>,
    lane: u64,
    open: HashMap<(ChatId, PilotId), (Batch, Instant)>,
    look: Timer,
    tasks: Tasks,
    came: u64,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for Dock {
    type Msg = Msg;
    type State = State;
    type Arguments = (Kit, Port<Msg>);

    async fn pre_start(
        &self,
        me: ActorRef<Msg>,
        (kit, port): (Kit, Port<Msg>),
    ) -> Result<State, ActorProcessingErr> {
        let kit = Kit { store: kit.store.within(STORE_WITHIN), ..kit };
        let mut look = Timer::default();
        look.arm(&me, Duration::ZERO, |generation| Msg::Own(Own::Look(generation)));
        Ok(State {
            kit,
            port,
            lanes: HashMap::new(),
            lane: 0,
            open: HashMap::new(),
            look,
            tasks: Tasks::new(),
            came: 0,
            last_error: None,
        })
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        while state.tasks.try_join_next().is_some() {}
        match msg {
            Msg::Arrived(_, _, reply) if reply.is_closed() => {}
            Msg::Arrived(file, join, reply) => drop(reply.send(state.arrived(file, join).await)),
            Msg::Queue { reply, .. } if reply.is_closed() => {}
            Msg::Queue { batch, to, asked_by, reply } => {
                let _ = reply.send(state.queue(&me, batch, to, asked_by).await);
            }
            Msg::Next(chat, reply) => drop(reply.send(state.next(chat).await)),
            Msg::Left(chat) => state.left(&me, chat),
            Msg::Own(Own::Look(generation)) => {
                if state.look.fired(generation) {
                    state.look(&me).await;
                }
            }
            Msg::Own(Own::Closed(chat, why)) => state.closed(&me, chat, why),
            Msg::Status(reply) => drop(reply.send(state.status())),
        }
        Ok(())
    }
}

impl State {
    async fn arrived(&mut self, file: Arrival, join: Option<Batch>) -> Result<Option<Batch>, StoreError> {
        let (now, wall) = (Instant::now(), self.kit.clock.now());
        let key = (file.chat, file.pilot);
        self.open.retain(|_, (_, last)| now.duration_since(*last) < TOGETHER);
        let join = self.open.get(&key).map(|(batch, _)| *batch).or(join);
        let batch =
            self.kit.store.write(Durability::Full, move |tx| store::arrived(tx, &file, join, wall)).await?;
        if let Some(batch) = batch {
            self.came += 1;
            if self.open.len() < OPEN_MAX {
                self.open.insert(key, (batch, now));
            }
            self.kit.outlet.changed(topic(batch));
        }
        Ok(batch)
    }

    /// Whether anything of that batch is on its way now.
    async fn queue(
        &mut self,
        me: &ActorRef<Msg>,
        batch: Batch,
        to: Option<Goal>,
        asked_by: Asker,
    ) -> Result<bool, StoreError> {
        let from = if to.is_some() { Fate::Offered } else { Fate::Failed };
        let write =
            move |tx: &rusqlite::Transaction<'_>| store::queue(tx, batch, from, to.as_ref(), &asked_by);
        let chat = self.kit.store.write(Durability::Full, write).await?;
        self.open.retain(|_, (open, _)| *open != batch);
        if let Some(chat) = chat {
            self.start(me, chat);
            self.kit.outlet.changed(topic(batch));
        }
        Ok(chat.is_some())
    }

    async fn next(&mut self, chat: ChatId) -> Result<Option<Waiting>, StoreError> {
        let waiting = self.kit.store.read(move |conn| store::waiting(conn, chat)).await?;
        if waiting.is_none() {
            // In one step with the look: whatever is queued from now on starts a job of its own.
            self.lanes.remove(&chat);
        }
        Ok(waiting)
    }

    /// What an earlier Cockpit, or a job that fell over, left in the queue.
    async fn look(&mut self, me: &ActorRef<Msg>) {
        match self.kit.store.read(store::chats_waiting).await {
            Ok(chats) => chats.into_iter().for_each(|chat| self.start(me, chat)),
            Err(error) => {
                self.last_error = Some((self.kit.clock.now(), error.to_string()));
                self.look.arm(me, LOOK_AGAIN, |generation| Msg::Own(Own::Look(generation)));
            }
        }
    }

    fn start(&mut self, me: &ActorRef<Msg>, chat: ChatId) {
        if self.lanes.contains_key(&chat) {
            return;
        }
        self.lane += 1;
        self.lanes.insert(chat, self.lane);
        let (kit, port, me) = (self.kit.clone(), self.port.clone(), me.clone());
        self.tasks.spawn(async move {
            let closed = match begin(&kit, &port, chat).await {
                Ok(true) => return,
                Ok(false) => None,
                Err(why) => Some(why),
            };
            let _ = me.cast(Msg::Own(Own::Closed(chat, closed)));
        });
    }

    /// Cancelled by a pilot, the rest of the queue goes too; whatever else it was, the rest is taken up again.
    fn left(&mut self, me: &ActorRef<Msg>, chat: ChatId) {
        let (kit, me) = (self.kit.clone(), me.clone());
        self.tasks.spawn(async move {
            let why = match tokio::time::timeout(ENDING_WITHIN, outcome(&kit, chat)).await {
                Ok(Some(JobOutcome::Cancelled { .. } | JobOutcome::TimedOut { .. })) => {
                    let cancel = move |tx: &rusqlite::Transaction<'_>| store::cancel_waiting(tx, chat);
                    kit.store.write(Durability::Full, cancel).await.err().map(|error| error.to_string())
                }
                Ok(_) => Some("the job of this chat ended early".to_owned()),
                Err(_) => Some("the job of this chat does not end".to_owned()),
            };
            kit.outlet.changed(Topic::Storage);
            let _ = me.cast(Msg::Own(Own::Closed(chat, why)));
        });
    }

    fn closed(&mut self, me: &ActorRef<Msg>, chat: ChatId, why: Option<String>) {
        self.lanes.remove(&chat);
        if let Some(why) = why {
            tracing::warn!(%chat, why, "files wait for their turn");
            self.last_error = Some((self.kit.clock.now(), why));
            self.look.arm(me, LOOK_AGAIN, |generation| Msg::Own(Own::Look(generation)));
        }
    }

    fn status(&self) -> Status {
        Status {
            health: Health::Good,
            counters: vec![
                ("files came".into(), self.came),
                ("chats at work".into(), self.lanes.len() as u64),
            ],
            last_error: self.last_error.clone(),
        }
    }
}

/// The topic of a batch's screen.
pub fn topic(batch: Batch) -> Topic {
    /// Apart from the numbers that other rooms give to their feeds, which count from 1.
    const BATCHES: u64 = 1 << 48;
    Topic::Feed(BATCHES + batch.0.unsigned_abs())
}

/// Starts the job of a chat; one that is just ending is waited for first. `false`: nothing waits any more.
///
/// # Errors
/// None could be started; in words for the log.
async fn begin(kit: &Kit, port: &Port<Msg>, chat: ChatId) -> Result<bool, String> {
    loop {
        let waiting = kit.store.read(move |conn| store::waiting(conn, chat)).await;
        let Some(waiting) = waiting.map_err(|error| error.to_string())? else {
            return Ok(false);
        };
        let order = receive::order(kit.clone(), port.clone(), chat, &waiting);
        let started = kit.jobs.start(order).await.map_err(|error| error.to_string())?;
        if !started.joined {
            return Ok(true);
        }
        let ended = tokio::time::timeout(ENDING_WITHIN, kit.jobs.ended(started.job)).await;
        ended.map_err(|_| "an earlier job does not end".to_owned())?.map_err(|error| error.to_string())?;
    }
}

/// How the newest job of a chat ended.
async fn outcome(kit: &Kit, chat: ChatId) -> Option<JobOutcome> {
    let newest = kit.jobs.find(&receive::key(chat)).await.ok()??;
    kit.jobs.ended(newest.record.id).await.ok()??.record.outcome
}

#[cfg(test)]
#[path = "dock_tests.rs"]
mod tests;
