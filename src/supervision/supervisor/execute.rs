//! Carrying out what the plan decided.

use std::panic::AssertUnwindSafe;

use ractor::{ActorId, ActorRef, RpcReplyPort};

use super::{
    super::{
        crew::Ending,
        plan::{Applied, Effect, Moment, Refused},
        spec::ChildSpec,
    },
    Alive, Msg, State, cut,
};
use crate::{events::Event, screen::Topic};

impl State {
    pub(super) fn apply(
        &mut self,
        specs: Vec<ChildSpec>,
        at: Moment,
        me: &ActorRef<Msg>,
    ) -> Result<Applied, Refused> {
        let desired = specs.iter().map(|spec| spec.desired.clone()).collect();
        let (applied, fx) = self.plan.apply(desired, at)?;
        self.specs.extend(specs.into_iter().map(|spec| (spec.desired.id.clone(), spec)));
        self.execute(fx, me);
        Ok(applied)
    }

    pub(super) fn add(&mut self, spec: ChildSpec, me: &ActorRef<Msg>) -> Result<(), Refused> {
        let fx = self.plan.add(spec.desired.clone())?;
        self.specs.insert(spec.desired.id.clone(), spec);
        self.execute(fx, me);
        Ok(())
    }

    /// "jobs/7" is passed on to the supervisor "jobs".
    pub(super) fn restart(
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

    pub(super) fn started(&mut self, actor: ActorId, me: &ActorRef<Msg>) {
        let Some(alive) = self.alive.get(&actor) else { return };
        tracing::info!(actor = %alive.id, "actor started");
        let fx = self.plan.started(&alive.id, alive.run, self.now());
        self.execute(fx, me);
    }

    /// Nobody reaches it any more, but what it holds (a lock, a socket) may not be dropped yet: see [`State::gone`].
    pub(super) fn dying(&mut self, actor: ActorId, how: Ending) {
        if let Some(alive) = self.alive.get_mut(&actor) {
            (alive.spec.unbind)();
            alive.how = Some(how);
        }
    }

    pub(super) fn gone(&mut self, actor: ActorId, not_started: Option<String>, me: &ActorRef<Msg>) {
        let Some(mut alive) = self.alive.remove(&actor) else { return };
        (alive.spec.unbind)();
        let not_started = not_started.map(|why| Ending::NotStarted(cut(&why)));
        // Its own event comes first, as supervision events go before messages; one without any was ended by force.
        let how = alive.how.take().or(not_started).unwrap_or(Ending::Killed);
        let at = self.now();
        let fx = self.plan.ended(&alive.id, alive.run, how, at, &mut self.around.dice);
        self.execute(fx, me);
    }

    pub(super) fn execute(&mut self, effects: Vec<Effect>, me: &ActorRef<Msg>) {
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
                Effect::Well { id, removed } => {
                    tracing::info!(actor = %id, removed, "actor recovered");
                    let event = Event::ActorRecovered { actor: id, removed };
                    self.around.outlet.happened(self.around.clock.now(), event);
                }
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

    pub(super) fn start(&mut self, id: String, run: u64, me: &ActorRef<Msg>) {
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
        let alive = Alive { id, run, cell: launched.cell, meter, bind: launched.bind, spec, how: None };
        self.alive.insert(actor, alive);
        let me = me.clone();
        self.tasks.spawn(async move {
            // A failed `pre_start` raises no supervision event (RACTOR 2.2.5), and the event of a failure is sent
            // before the state is dropped: only the end of the actor's own task is the end.
            let not_started = match launched.starting.await {
                Ok(Ok(running)) => {
                    let _ = running.await;
                    None
                }
                Ok(Err(ractor::SpawnErr::StartupFailed(error))) => Some(error.to_string()),
                Ok(Err(error)) => Some(error.to_string()),
                Err(error) => Some(error.to_string()),
            };
            let _ = me.cast(Msg::Gone { actor, not_started });
        });
    }

    pub(super) fn with(&self, id: &str, run: u64, act: impl FnOnce(&Alive)) {
        if let Some(alive) = self.alive.values().find(|alive| alive.run == run && alive.id == id) {
            act(alive);
        }
    }

    pub(super) fn reconfigure(&mut self, id: &str, me: &ActorRef<Msg>) {
        let hand_over = self.specs.get(id).and_then(|spec| spec.reconfigure.clone());
        let taken = hand_over.is_some_and(|hand_over| {
            std::panic::catch_unwind(AssertUnwindSafe(|| hand_over())).unwrap_or(false)
        });
        if !taken {
            let fx = self.plan.reconfigure_refused(id, self.now());
            self.execute(fx, me);
        }
    }
}
