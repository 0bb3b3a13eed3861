//! The supervisor actor: executes what the plan decides. Owns its children's cells, timers and start tasks. Never waits
//! for a child in a handler; its own panic ends the process, so it does nothing that can fail.

mod execute;
mod telling;

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use tokio::{task::JoinSet, time::Instant};

use super::{
    crew::{Crew, Ending},
    faults::Faults,
    plan::{Applied, Moment, Plan, Refused},
    retry::Dice,
    shell::Meter,
    spec::ChildSpec,
    status::{Asked, Status},
    survey::Found,
    timer::Timer,
};
use crate::{domain::Clock, events::Outlet};

/// Longest reason kept of a failure, characters.
const WHY_MAX: usize = 300;
pub enum Msg {
    Apply(Vec<ChildSpec>, RpcReplyPort<Result<Applied, Refused>>),
    Add(Box<ChildSpec>, RpcReplyPort<Result<(), Refused>>),
    Remove(String, RpcReplyPort<Result<(), Refused>>),
    Restart(String, RpcReplyPort<Result<(), Refused>>),
    Crew(RpcReplyPort<Crew>),
    /// Answered when nothing is starting or stopping.
    Settled(RpcReplyPort<()>),
    /// Answered with those that had to be killed, when all are down; then the supervisor ends too.
    Stop {
        within: Duration,
        reply: Option<RpcReplyPort<Vec<String>>>,
    },
    Status(RpcReplyPort<Status>),
    /// A child's timer.
    Due {
        id: String,
        turn: u64,
    },
    /// An instance is gone for good, with all it held. `not_started`: it never ran.
    Gone {
        actor: ActorId,
        not_started: Option<String>,
    },
    /// What the children said.
    Surveyed(Vec<Found>),
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

/// What a supervisor is given. Cheap to clone; the children get none of it.
#[derive(Clone)]
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
    pub faults: Faults,
    /// For the jitter of the waits.
    pub dice: Dice,
}

/// Makes the children a supervisor starts with, at each start of its own.
pub(super) type Crewing = Arc<dyn Fn() -> Vec<ChildSpec> + Send + Sync>;

pub(super) struct Supervisor {
    /// `None`: it waits for an `Apply`.
    pub children: Option<Crewing>,
}

/// An instance that has not ended.
struct Alive {
    id: String,
    run: u64,
    cell: ActorCell,
    meter: Arc<Meter>,
    bind: Box<dyn Fn() + Send + Sync>,
    /// The spec it was started from; the desired one may be newer.
    spec: ChildSpec,
    /// How it came to its end, once that is known.
    how: Option<Ending>,
}

pub(super) struct State {
    around: Surroundings,
    plan: Plan,
    specs: BTreeMap<String, ChildSpec>,
    alive: HashMap<ActorId, Alive>,
    timers: HashMap<String, Timer>,
    /// One for each instance, waiting for its end; and the survey.
    tasks: JoinSet<()>,
    surveying: bool,
    crew_waits: Vec<RpcReplyPort<Crew>>,
    settled_waits: Vec<RpcReplyPort<()>>,
    stop_waits: Vec<RpcReplyPort<Vec<String>>>,
}

impl Actor for Supervisor {
    type Msg = Msg;
    type State = State;
    type Arguments = Surroundings;

    async fn pre_start(&self, _: ActorRef<Msg>, around: Surroundings) -> Result<State, ActorProcessingErr> {
        Ok(State {
            around,
            plan: Plan::default(),
            specs: BTreeMap::new(),
            alive: HashMap::new(),
            timers: HashMap::new(),
            tasks: JoinSet::new(),
            surveying: false,
            crew_waits: Vec::new(),
            settled_waits: Vec::new(),
            stop_waits: Vec::new(),
        })
    }

    async fn post_start(&self, me: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        if let Some(children) = &self.children {
            state.apply(children(), state.now(), &me)?;
        }
        Ok(())
    }

    async fn handle(
        &self,
        me: ActorRef<Msg>,
        message: Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        while state.tasks.try_join_next().is_some() {}
        let at = state.now();
        match message {
            Msg::Apply(specs, reply) => drop(reply.send(state.apply(specs, at, &me))),
            Msg::Add(spec, reply) => drop(reply.send(state.add(*spec, &me))),
            Msg::Remove(id, reply) => {
                let done = state.plan.remove(&id).map(|fx| state.execute(fx, &me));
                let _ = reply.send(done);
            }
            Msg::Restart(id, reply) => state.restart(id, reply, at, &me),
            Msg::Crew(reply) => state.survey(reply, &me),
            Msg::Settled(reply) => {
                state.settled_waits.retain(|waiting| !waiting.is_closed());
                state.settled_waits.push(reply);
            }
            Msg::Stop { within, reply } => {
                state.stop_waits.extend(reply);
                let fx = state.plan.stop_all(within, at);
                state.execute(fx, &me);
            }
            Msg::Status(reply) => drop(reply.send(state.status())),
            Msg::Due { id, turn } => {
                let fx = state.plan.due(&id, turn, at);
                state.execute(fx, &me);
            }
            Msg::Gone { actor, not_started } => state.gone(actor, not_started, &me),
            Msg::Surveyed(found) => state.surveyed(found),
        }
        state.tell_settled();
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        me: ActorRef<Msg>,
        event: SupervisionEvent,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorStarted(cell) => state.started(cell.get_id(), &me),
            SupervisionEvent::ActorFailed(cell, error) => {
                state.dying(cell.get_id(), Ending::Failed(cut(&error.to_string())));
            }
            SupervisionEvent::ActorTerminated(cell, remains, reason) => {
                // The state of an ended child is dropped here (RACTOR 2.2.13); a panic in that is the child's.
                let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(remains)));
                let how = match reason.as_deref() {
                    Some("killed") => Ending::Killed,
                    _ => Ending::Finished(reason.map(|why| cut(&why))),
                };
                state.dying(cell.get_id(), how);
            }
            SupervisionEvent::ProcessGroupChanged(_) => {}
        }
        state.tell_settled();
        Ok(())
    }

    /// Reached with children alive only when somebody stopped the supervisor without [`Msg::Stop`]: they would be
    /// killed where they stand (RACTOR 2.2.2).
    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        let mut left: Vec<Alive> = state.alive.drain().map(|(_, alive)| alive).collect();
        left.sort_by_key(|alive| std::cmp::Reverse(alive.run));
        for alive in left {
            (alive.spec.unbind)();
            alive.cell.stop(Some("the supervisor ends".into()));
            if alive.cell.wait(Some(alive.spec.desired.grace)).await.is_err() {
                alive.cell.kill();
            }
        }
        Ok(())
    }
}

impl State {
    fn now(&self) -> Moment {
        Moment { instant: Instant::now(), wall: self.around.clock.now() }
    }
}

impl Alive {
    fn stop(&self, within: Duration) {
        (self.spec.unbind)();
        match &self.spec.nested {
            // Its own children are stopped in order, which `stop` would not wait for.
            Some(_) => {
                let within = within.mul_f64(0.9);
                let _ = self.cell.send_message(Msg::Stop { within, reply: None });
            }
            None => self.cell.stop(Some("asked to stop".into())),
        }
    }
}

fn cut(why: &str) -> String {
    let why = why.trim();
    match why.char_indices().nth(WHY_MAX) {
        Some((end, _)) => format!("{}…", &why[..end]),
        None => why.to_owned(),
    }
}
