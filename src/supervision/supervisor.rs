//! The supervisor actor: executes what the plan decides. Owns its children's cells, timers and start tasks. Never waits
//! for a child in a handler; its own panic ends the process, so it does nothing that can fail.

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use tokio::{task::JoinSet, time::Instant};

use super::{
    crew::{Crew, Ending, Member, Report, Standing},
    faults::Faults,
    plan::{Applied, Effect, Failure, Moment, Phase, Plan, Refused},
    retry::Dice,
    shell::Meter,
    spec::ChildSpec,
    status::{Asked, Status},
    survey::{self, Found},
    timer::Timer,
};
use crate::{
    domain::Clock,
    events::{Event, Outlet},
    screen::Topic,
};

/// Longest reason kept of a failure, characters.
const WHY_MAX: usize = 300;
/// Callers that wait for one survey; more are turned away, as nobody looks at that many screens.
const WAITING_MAX: usize = 64;

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
    /// A start came to nothing. A failure later is a supervision event.
    NotStarted {
        actor: ActorId,
        why: String,
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
}

pub(super) struct State {
    around: Surroundings,
    plan: Plan,
    specs: BTreeMap<String, ChildSpec>,
    alive: HashMap<ActorId, Alive>,
    timers: HashMap<String, Timer>,
    /// Starts under way, and the survey.
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
            Msg::Settled(reply) => state.settled_waits.push(reply),
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
            Msg::NotStarted { actor, why } => state.ended(actor, Ending::NotStarted(cut(&why)), &me),
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
                state.ended(cell.get_id(), Ending::Failed(cut(&error.to_string())), &me);
            }
            SupervisionEvent::ActorTerminated(cell, remains, reason) => {
                // The state of an ended child is dropped here (RACTOR 2.2.13); a panic in that is the child's.
                let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(remains)));
                let how = match reason.as_deref() {
                    Some("killed") => Ending::Killed,
                    _ => Ending::Finished(reason.map(|why| cut(&why))),
                };
                state.ended(cell.get_id(), how, &me);
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

    fn apply(&mut self, specs: Vec<ChildSpec>, at: Moment, me: &ActorRef<Msg>) -> Result<Applied, Refused> {
        let desired = specs.iter().map(|spec| spec.desired.clone()).collect();
        let (applied, fx) = self.plan.apply(desired, at)?;
        self.specs.extend(specs.into_iter().map(|spec| (spec.desired.id.clone(), spec)));
        self.execute(fx, me);
        Ok(applied)
    }

    fn add(&mut self, spec: ChildSpec, me: &ActorRef<Msg>) -> Result<(), Refused> {
        let fx = self.plan.add(spec.desired.clone())?;
        self.specs.insert(spec.desired.id.clone(), spec);
        self.execute(fx, me);
        Ok(())
    }

    /// "jobs/7" is passed on to the supervisor "jobs".
    fn restart(
        &mut self,
        id: String,
        reply: RpcReplyPort<Result<(), Refused>>,
        at: Moment,
        me: &ActorRef<Msg>,
    ) {
        let below = id.split_once('/').and_then(|(parent, rest)| {
            Some((self.specs.get(parent)?.nested.as_ref()?.clone(), rest.to_owned()))
        });
        let Some((tree, rest)) = below else {
            let done = self.plan.restart(&id, at).map(|fx| self.execute(fx, me));
            let _ = reply.send(done);
            return;
        };
        // If it is down, the reply is dropped and the caller hears that at once.
        let _ = tree.port().cast(Msg::Restart(rest, reply));
    }

    fn started(&mut self, actor: ActorId, me: &ActorRef<Msg>) {
        let Some(alive) = self.alive.get(&actor) else { return };
        tracing::info!(actor = %alive.id, "actor started");
        let fx = self.plan.started(&alive.id, alive.run, self.now());
        self.execute(fx, me);
    }

    fn ended(&mut self, actor: ActorId, how: Ending, me: &ActorRef<Msg>) {
        let Some(alive) = self.alive.remove(&actor) else { return };
        (alive.spec.unbind)();
        let at = self.now();
        let fx = self.plan.ended(&alive.id, alive.run, how, at, &mut self.around.dice);
        self.execute(fx, me);
    }

    fn execute(&mut self, effects: Vec<Effect>, me: &ActorRef<Msg>) {
        let busy = !effects.is_empty();
        for effect in effects {
            match effect {
                Effect::Start { id, run } => self.start(id, run, me),
                Effect::Bind { id, run } => self.with(&id, run, |alive| (alive.bind)()),
                Effect::Stop { id, run, within } => self.with(&id, run, |alive| alive.stop(within)),
                Effect::Kill { id, run } => {
                    tracing::warn!(actor = %id, "actor did not stop in time: killed");
                    self.with(&id, run, |alive| alive.cell.kill());
                }
                Effect::Arm { id, turn, after } => {
                    let timer = self.timers.entry(id.clone()).or_default();
                    timer.arm(me, after, move |_| Msg::Due { id, turn });
                }
                Effect::Disarm { id } => drop(self.timers.remove(&id)),
                Effect::Reconfigure { id } => self.reconfigure(&id, me),
                Effect::Forget { id } => {
                    self.timers.remove(&id);
                    self.specs.remove(&id);
                }
                Effect::Tell(failure) => self.tell(failure),
                Effect::AllStopped { killed } => {
                    for reply in self.stop_waits.drain(..) {
                        let _ = reply.send(killed.clone());
                    }
                    me.stop(Some("all children are down".into()));
                }
            }
        }
        if busy {
            self.around.outlet.changed(Topic::Crew);
        }
    }

    fn start(&mut self, id: String, run: u64, me: &ActorRef<Msg>) {
        let Some(spec) = self.specs.get(&id).cloned() else {
            debug_assert!(false, "a desired child has its spec");
            return;
        };
        let (meter, launched) = spec.launch(me.get_cell(), self.around.faults.take(&id));
        let launched = match launched {
            Ok(launched) => launched,
            Err(why) => {
                let at = self.now();
                let fx = self.plan.ended(&id, run, Ending::NotStarted(cut(&why)), at, &mut self.around.dice);
                return self.execute(fx, me);
            }
        };
        let actor = launched.cell.get_id();
        let alive = Alive { id, run, cell: launched.cell, meter, bind: launched.bind, spec };
        self.alive.insert(actor, alive);
        let me = me.clone();
        self.tasks.spawn(async move {
            // A failed `pre_start` raises no supervision event (RACTOR 2.2.5).
            let why = match launched.starting.await {
                Ok(Ok(_running)) => return,
                Ok(Err(ractor::SpawnErr::StartupFailed(error))) => error.to_string(),
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            let _ = me.cast(Msg::NotStarted { actor, why });
        });
    }

    fn with(&self, id: &str, run: u64, act: impl FnOnce(&Alive)) {
        if let Some(alive) = self.alive.values().find(|alive| alive.run == run && alive.id == id) {
            act(alive);
        }
    }

    fn reconfigure(&mut self, id: &str, me: &ActorRef<Msg>) {
        let hand_over = self.specs.get(id).and_then(|spec| spec.reconfigure.clone());
        let taken = hand_over.is_some_and(|hand_over| {
            std::panic::catch_unwind(AssertUnwindSafe(|| hand_over())).unwrap_or(false)
        });
        if !taken {
            let fx = self.plan.reconfigure_refused(id, self.now());
            self.execute(fx, me);
        }
    }

    fn tell(&self, failure: Failure) {
        let Failure { id, why, restarts, parked } = failure;
        let why = why.to_string();
        if parked {
            tracing::error!(actor = %id, why, restarts, "actor parked");
        } else {
            tracing::warn!(actor = %id, why, restarts, "actor failed");
        }
        let event = Event::ActorFailed { actor: id, why, restarts, parked };
        self.around.outlet.happened(self.around.clock.now(), event);
    }

    fn tell_settled(&mut self) {
        if !self.settled_waits.is_empty() && self.plan.settled() {
            for reply in self.settled_waits.drain(..) {
                let _ = reply.send(());
            }
        }
    }

    fn status(&self) -> Status {
        let count = |wanted: fn(&Phase) -> bool| {
            self.plan.children().iter().filter(|child| wanted(&child.phase)).count() as u64
        };
        let restarts = self.plan.children().iter().map(|child| u64::from(child.restarts())).sum();
        Status {
            counters: vec![
                ("running".into(), count(|phase| *phase == Phase::Running)),
                ("parked".into(), count(|phase| matches!(phase, Phase::Parked { .. }))),
                ("restarts".into(), restarts),
            ],
            ..Status::default()
        }
    }

    /// Asks all children in a task of its own; one survey at a time answers all who wait.
    fn survey(&mut self, reply: RpcReplyPort<Crew>, me: &ActorRef<Msg>) {
        self.crew_waits.retain(|waiting| !waiting.is_closed());
        if self.crew_waits.len() >= WAITING_MAX {
            return;
        }
        self.crew_waits.push(reply);
        if self.surveying {
            return;
        }
        self.surveying = true;
        let asks = self.alive.values().map(|alive| survey::ask(&alive.id, &alive.spec, alive.meter.read()));
        let asks: Vec<_> = asks.collect();
        let me = me.clone();
        self.tasks.spawn(async move {
            let found = futures_util::future::join_all(asks).await;
            let _ = me.cast(Msg::Surveyed(found));
        });
    }

    fn surveyed(&mut self, found: Vec<Found>) {
        self.surveying = false;
        let mut found: HashMap<String, Found> = found.into_iter().map(|one| (one.id.clone(), one)).collect();
        let mut members = Vec::new();
        for child in self.plan.children() {
            let id = &child.desired.id;
            let meter = child.run.and_then(|run| {
                self.alive
                    .values()
                    .find(|alive| alive.run == run && alive.id == *id)
                    .map(|alive| &alive.meter)
            });
            let (report, below) = match (found.remove(id), &child.phase) {
                (Some(one), Phase::Running) => (one.report, one.below),
                _ => (Report::NotAsked, Vec::new()),
            };
            members.push(Member {
                id: id.clone(),
                standing: standing(child),
                restarts: child.restarts(),
                past: child.past.clone(),
                report,
                figures: meter.map(|meter| meter.read()),
                policy: child.desired.policy.clone(),
                grace: child.desired.grace,
            });
            members.extend(
                below.into_iter().map(|member| Member { id: format!("{id}/{}", member.id), ..member }),
            );
        }
        let crew = Crew { as_of: self.around.clock.now(), members };
        for reply in self.crew_waits.drain(..) {
            let _ = reply.send(crew.clone());
        }
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

fn standing(child: &super::plan::Child) -> Standing {
    match &child.phase {
        Phase::Waiting => Standing::Waiting,
        Phase::Starting => Standing::Starting,
        Phase::Running => match child.started {
            Some(at) => Standing::Running { since: at.wall },
            None => Standing::Starting,
        },
        Phase::BackOff { until } => Standing::BackOff { until: until.wall },
        Phase::Parked { since, why, failures, within, until } => Standing::Parked {
            since: since.wall,
            why: why.clone(),
            failures: *failures,
            within: *within,
            until: until.map(|until| until.wall),
        },
        Phase::Stopping { killed, .. } => Standing::Stopping { killed: *killed },
        Phase::Off => Standing::Off,
    }
}

fn cut(why: &str) -> String {
    let why = why.trim();
    match why.char_indices().nth(WHY_MAX) {
        Some((end, _)) => format!("{}…", &why[..end]),
        None => why.to_owned(),
    }
}
