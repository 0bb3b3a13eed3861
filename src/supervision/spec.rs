//! A child as it is desired: its id, how to start it, when to replace it, how patient to be with it.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use ractor::{Actor, ActorCell, ActorRuntime, SpawnErr, concurrency::JoinHandle};

use super::{
    faults::Fault,
    plan::{Config, Desired},
    port::{CallError, Port},
    retry::RetryPolicy,
    shell::{Kit, Meter, Shell},
    status::{Asked, Status},
    tree::Tree,
};

/// For a graceful end, unless the child says otherwise. All together have less than ten seconds.
pub const GRACE: Duration = Duration::from_secs(2);
/// For a start: connecting comes later, so this is plenty.
pub const START_MAX: Duration = Duration::from_secs(10);
/// For one message; far past what a handler may take, so what gets here hangs.
pub const HANDLER_MAX: Duration = Duration::from_secs(30);

type Starter = dyn Fn(&Launch) -> Result<Launched, String> + Send + Sync;
type Asker =
    dyn Fn(Duration) -> Pin<Box<dyn Future<Output = Result<Status, CallError>> + Send>> + Send + Sync;

/// Cheap to clone. Two specs of one id are the same when their fingerprints are.
#[derive(Clone)]
pub struct ChildSpec {
    pub(super) desired: Desired,
    pub(super) start: Arc<Starter>,
    pub(super) unbind: Arc<dyn Fn() + Send + Sync>,
    pub(super) ask: Arc<Asker>,
    pub(super) reconfigure: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    /// A supervisor itself: asked for its own children, and stopped by asking.
    pub(super) nested: Option<Tree>,
    start_limit: Duration,
    handler_limit: Duration,
}

/// What the supervisor gives to a start.
pub(super) struct Launch {
    pub supervisor: ActorCell,
    pub id: Arc<str>,
    pub meter: Arc<Meter>,
    pub fault: Option<Fault>,
    pub start_limit: Duration,
    pub handler_limit: Duration,
}

/// A start under way.
pub(super) struct Launched {
    pub cell: ActorCell,
    pub starting: JoinHandle<Result<JoinHandle<()>, SpawnErr>>,
    /// Lets messages in; called when it has started.
    pub bind: Box<dyn Fn() + Send + Sync>,
}

impl ChildSpec {
    /// `make` builds the actor anew for each start; it must be quick, and may panic (the start has failed then).
    /// The port is bound while the actor runs.
    pub fn new<A>(
        id: &str,
        port: &Port<A::Msg>,
        make: impl Fn() -> (A, A::Arguments) + Send + Sync + 'static,
    ) -> ChildSpec
    where
        A: Actor,
        A::Msg: Asked,
    {
        let (bound, unbound, asked) = (port.clone(), port.clone(), port.clone());
        ChildSpec {
            desired: Desired {
                id: id.to_owned(),
                fingerprint: 0,
                config: None,
                policy: RetryPolicy::child(),
                grace: GRACE,
                live: false,
                once: false,
            },
            start: Arc::new(move |launch| start(&make, &bound, launch)),
            unbind: Arc::new(move || unbound.unbind()),
            ask: Arc::new(move |within| {
                let port = asked.clone();
                Box::pin(async move { port.call(within, A::Msg::status).await })
            }),
            reconfigure: None,
            nested: None,
            start_limit: START_MAX,
            handler_limit: HANDLER_MAX,
        }
    }

    pub fn id(&self) -> &str {
        &self.desired.id
    }

    /// A hash of everything its start depends on. When it differs from the running one's, the child is replaced.
    pub fn fingerprint(mut self, fingerprint: u64) -> ChildSpec {
        self.desired.fingerprint = fingerprint;
        self
    }

    /// Everything its start depends on, kept and compared as it is (secrets too, which a hash of `Debug` would miss).
    /// Several parts go in as a tuple. Adds to the fingerprint.
    pub fn configured_by<C: PartialEq + Send + Sync + 'static>(mut self, config: C) -> ChildSpec {
        self.desired.config = Some(Config::new(config));
        self
    }

    pub fn policy(mut self, policy: RetryPolicy) -> ChildSpec {
        self.desired.policy = policy;
        self
    }

    /// How long it may take to end by itself (its running handler, then `post_stop`) before it is killed.
    pub fn grace(mut self, grace: Duration) -> ChildSpec {
        self.desired.grace = grace;
        self
    }

    /// How long one message may take before the child counts as hung ([`HANDLER_MAX`]).
    pub fn handler_limit(mut self, limit: Duration) -> ChildSpec {
        self.handler_limit = limit;
        self
    }

    /// How long `pre_start` and `post_start` may take each ([`START_MAX`]).
    pub fn start_limit(mut self, limit: Duration) -> ChildSpec {
        self.start_limit = limit;
        self
    }

    /// Hands a changed config to the running child instead of replacing it. Called on the *new* spec, must not wait;
    /// `false` means it cannot be done live, and the child is replaced.
    pub fn reconfigure(mut self, hand_over: impl Fn() -> bool + Send + Sync + 'static) -> ChildSpec {
        self.desired.live = true;
        self.reconfigure = Some(Arc::new(hand_over));
        self
    }

    /// It has an end: never started again, forgotten when it is over. A failure is still told.
    pub fn once(mut self) -> ChildSpec {
        self.desired.once = true;
        self
    }

    pub(super) fn launch(
        &self,
        supervisor: ActorCell,
        fault: Option<Fault>,
    ) -> (Arc<Meter>, Result<Launched, String>) {
        let launch = Launch {
            supervisor,
            id: self.desired.id.as_str().into(),
            meter: Arc::new(Meter::new()),
            fault,
            start_limit: self.start_limit,
            handler_limit: self.handler_limit,
        };
        let started = (self.start)(&launch);
        (launch.meter, started)
    }
}

impl std::fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ChildSpec").field(&self.desired).finish()
    }
}

fn start<A>(
    make: &impl Fn() -> (A, A::Arguments),
    port: &Port<A::Msg>,
    launch: &Launch,
) -> Result<Launched, String>
where
    A: Actor,
    A::Msg: Asked,
{
    let (actor, arguments) =
        std::panic::catch_unwind(AssertUnwindSafe(make)).map_err(|panic| panic_text(panic.as_ref()))?;
    let kit = Kit {
        id: launch.id.clone(),
        meter: launch.meter.clone(),
        start_limit: launch.start_limit,
        handler_limit: launch.handler_limit,
        fault: launch.fault.clone(),
    };
    let shell = Shell::new(actor, kit);
    // No name: the registry of names is global to the process (RACTOR 2.2.10).
    let (actor, starting) =
        ActorRuntime::spawn_linked_instant(None, shell, arguments, launch.supervisor.clone())
            .map_err(|error| error.to_string())?;
    let (cell, port) = (actor.get_cell(), port.clone());
    Ok(Launched { cell, starting, bind: Box::new(move || port.bind(actor.clone())) })
}

pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panicked".to_owned())
}
