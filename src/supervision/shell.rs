//! The wrapper around each child: counts its messages, times its handlers, ends one that hangs, and lets faults in
//! (feature `faults`). Transparent otherwise.
//!
//! Limits: a handler that takes over [`SLOW`] is named in the log; one over the child's own limit is dropped and the
//! actor fails, to be started anew. A handler that blocks its thread cannot be ended by anyone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use serde::{Deserialize, Serialize};
use tokio::{sync::oneshot, time::Instant};

use super::{
    faults::{Fault, Kind},
    status::Asked,
    timer::Timer,
};

/// A handler awaits only what is bounded by about this (RACTOR 2.5).
pub const SLOW: Duration = Duration::from_secs(2);

/// Figures of one running instance, written by its shell and read by its supervisor without asking it.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    handled: AtomicU64,
    busy_us: AtomicU64,
    slowest_us: AtomicU64,
    /// Microseconds from `started` to the begin of the handler that runs now, plus one; 0 = idle.
    begun_us: AtomicU64,
}

/// What a meter showed at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub up: Duration,
    /// Messages, the children's events among them.
    pub handled: u64,
    /// Time in handlers, waits inside them included.
    pub busy: Duration,
    pub slowest: Duration,
    /// How long the handler that runs now has been running.
    pub in_handler: Option<Duration>,
}

impl Meter {
    pub(super) fn new() -> Meter {
        Meter {
            started: Instant::now(),
            handled: AtomicU64::new(0),
            busy_us: AtomicU64::new(0),
            slowest_us: AtomicU64::new(0),
            begun_us: AtomicU64::new(0),
        }
    }

    fn since_start_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn read(&self) -> Figures {
        let now_us = self.since_start_us();
        let begun = self.begun_us.load(Relaxed).checked_sub(1);
        Figures {
            up: Duration::from_micros(now_us),
            handled: self.handled.load(Relaxed),
            busy: Duration::from_micros(self.busy_us.load(Relaxed)),
            slowest: Duration::from_micros(self.slowest_us.load(Relaxed)),
            in_handler: begun.map(|begun| Duration::from_micros(now_us.saturating_sub(begun))),
        }
    }
}

/// Begin and end of one handler, also when its future is dropped.
struct Lap<'a> {
    meter: &'a Meter,
    begun_us: u64,
}

impl Lap<'_> {
    fn begin(meter: &Meter) -> Lap<'_> {
        let begun_us = meter.since_start_us();
        meter.begun_us.store(begun_us + 1, Relaxed);
        Lap { meter, begun_us }
    }
}

impl Drop for Lap<'_> {
    fn drop(&mut self) {
        let took_us = self.meter.since_start_us().saturating_sub(self.begun_us);
        self.meter.begun_us.store(0, Relaxed);
        self.meter.handled.fetch_add(1, Relaxed);
        self.meter.busy_us.fetch_add(took_us, Relaxed);
        self.meter.slowest_us.fetch_max(took_us, Relaxed);
    }
}

/// What a shell is given besides its actor.
pub(super) struct Kit {
    pub id: Arc<str>,
    pub meter: Arc<Meter>,
    /// For `pre_start` and `post_start` each.
    pub start_limit: Duration,
    pub handler_limit: Duration,
    pub fault: Option<Fault>,
}

pub(super) struct Shell<A> {
    actor: A,
    kit: Kit,
}

pub(super) struct Inner<A: Actor> {
    state: A::State,
    /// Pokes an actor that gets no messages, so that its fault can happen.
    fault_timer: Timer,
    fault_at: Option<Instant>,
}

#[derive(Debug, thiserror::Error)]
enum Overdue {
    #[error("took over {0:?} to start")]
    Start(Duration),
    #[error("hung: one message took over {0:?}")]
    Handler(Duration),
}

impl<A: Actor> Shell<A> {
    pub(super) fn new(actor: A, kit: Kit) -> Shell<A> {
        Shell { actor, kit }
    }

    async fn timed(&self, work: impl Future<Output = Result<(), ActorProcessingErr>> + Send) -> Done {
        let _lap = Lap::begin(&self.kit.meter);
        let mut work = std::pin::pin!(work);
        if let Ok(done) = tokio::time::timeout(SLOW.min(self.kit.handler_limit), &mut work).await {
            return done;
        }
        if self.kit.handler_limit > SLOW {
            tracing::warn!(actor = %self.kit.id, over_s = SLOW.as_secs(), "slow handler");
        }
        let rest = self.kit.handler_limit.saturating_sub(SLOW);
        match tokio::time::timeout(rest, work).await {
            Ok(done) => done,
            Err(_) => Err(Overdue::Handler(self.kit.handler_limit).into()),
        }
    }

    async fn misbehave(&self, inner: &mut Inner<A>) -> Done {
        let due = inner.fault_at.is_some_and(|at| Instant::now() >= at);
        let Some(fault) = self.kit.fault.as_ref().filter(|_| due) else { return Ok(()) };
        inner.fault_at = None;
        match fault.kind {
            Kind::Fail => Err("fault on purpose: fail".into()),
            Kind::Panic => panic!("fault on purpose: panic"),
            Kind::Hang => std::future::pending().await,
        }
    }
}

type Done = Result<(), ActorProcessingErr>;

impl<A: Actor> Actor for Shell<A>
where
    A::Msg: Asked,
{
    type Msg = A::Msg;
    type State = Inner<A>;
    type Arguments = A::Arguments;

    async fn pre_start(
        &self,
        myself: ActorRef<A::Msg>,
        arguments: A::Arguments,
    ) -> Result<Inner<A>, ActorProcessingErr> {
        let limit = self.kit.start_limit;
        let starting = self.actor.pre_start(myself.clone(), arguments);
        let state = tokio::time::timeout(limit, starting).await.map_err(|_| Overdue::Start(limit))??;
        let mut inner = Inner { state, fault_timer: Timer::default(), fault_at: None };
        if let Some(fault) = &self.kit.fault {
            inner.fault_at = Some(Instant::now() + fault.after);
            // Nobody waits for the answer of a poke.
            inner.fault_timer.arm(&myself, fault.after, |_| A::Msg::status(oneshot::channel().0.into()));
        }
        Ok(inner)
    }

    async fn post_start(&self, myself: ActorRef<A::Msg>, inner: &mut Inner<A>) -> Done {
        let limit = self.kit.start_limit;
        let starting = self.actor.post_start(myself, &mut inner.state);
        tokio::time::timeout(limit, starting).await.map_err(|_| Overdue::Start(limit))?
    }

    /// The supervisor's grace bounds it.
    async fn post_stop(&self, myself: ActorRef<A::Msg>, inner: &mut Inner<A>) -> Done {
        self.actor.post_stop(myself, &mut inner.state).await
    }

    async fn handle(&self, myself: ActorRef<A::Msg>, message: A::Msg, inner: &mut Inner<A>) -> Done {
        self.timed(async {
            self.misbehave(inner).await?;
            self.actor.handle(myself, message, &mut inner.state).await
        })
        .await
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<A::Msg>,
        event: SupervisionEvent,
        inner: &mut Inner<A>,
    ) -> Done {
        self.timed(self.actor.handle_supervisor_evt(myself, event, &mut inner.state)).await
    }
}
