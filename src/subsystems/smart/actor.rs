//! The shell around the state: runs its effects as tasks of its own and answers the room. No handler waits.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef};

use super::{
    config::Config,
    messages::{Msg, Own},
    state::{Effect, Input, State},
    store::{self, Kept},
    world::Disks,
};
use crate::{
    domain::{Clock, Told},
    events::Outlet,
    locale,
    screen::Topic,
    store::{Durability, Store},
    supervision::{ActorCard, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
};

/// After the start: what must be quick comes first.
const FIRST: Duration = Duration::from_secs(3);

/// For what waits to be written when the daemon ends.
const LAST_WORDS: Duration = Duration::from_millis(1500);
/// Reports that wait while the store is away: a round of all disks; the next round brings newer ones.
const KEEP_MAX: usize = 64;

/// What the actor is made from; the same for each of its lives. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    pub disks: Arc<dyn Disks>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub outlet: Outlet,
}

/// For `actors.md`.
pub fn card() -> ActorCard {
    ActorCard {
        id: "smart",
        parent: Some("root"),
        owns: "What disks say of their health, read one after the other. Never wakes a sleeping one by itself, never writes to one.",
        messages: &["Snapshot", "Check", "Freshen", "Configure", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub fn child(port: &Port<Msg>, kit: Kit, config: Config) -> ChildSpec {
    let (to, new, made) = (port.clone(), config.clone(), config.clone());
    ChildSpec::new("smart", port, move || (SmartActor, (kit.clone(), made.clone())))
        .configured_by(config)
        .reconfigure(move || to.cast(Msg::Configure(new.clone())).is_ok())
}

#[derive(Debug)]
pub struct SmartActor;

pub struct Body {
    kit: Kit,
    state: State,
    timer: Timer,
    tasks: Tasks,
    /// At most one: reports are kept in the order they came.
    writer: Tasks,
    to_keep: Vec<Kept>,
    writes_failed: u64,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for SmartActor {
    type Msg = Msg;
    type State = Body;
    type Arguments = (Kit, Config);

    async fn pre_start(
        &self,
        me: ActorRef<Msg>,
        (kit, config): (Kit, Config),
    ) -> Result<Body, ActorProcessingErr> {
        let mut timer = Timer::default();
        timer.arm(&me, FIRST, |generation| Msg::Own(Own::Due(generation)));
        let state = State::new(config);
        Ok(Body {
            kit,
            state,
            timer,
            tasks: Tasks::new(),
            writer: Tasks::new(),
            to_keep: Vec::new(),
            writes_failed: 0,
            last_error: None,
        })
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, body: &mut Body) -> Result<(), ActorProcessingErr> {
        while body.tasks.try_join_next().is_some() {}
        let now = body.kit.clock.now();
        match msg {
            Msg::Snapshot(reply) => drop(reply.send(Arc::new(body.state.snapshot(now)))),
            Msg::Check(disk, reply) => {
                let known = body.state.knows(&disk);
                if known && !reply.is_closed() {
                    body.on(&me, Input::Check(disk));
                }
                let _ = reply.send(known);
            }
            Msg::Freshen(disk) => body.on(&me, Input::Check(disk)),
            Msg::Configure(config) => {
                let effects = body.state.configure(config);
                body.run(&me, effects);
            }
            Msg::Status(reply) => drop(reply.send(body.status())),
            Msg::Own(Own::Due(generation)) => {
                if body.timer.fired(generation) {
                    body.on(&me, Input::Due);
                }
            }
            Msg::Own(Own::Loaded(known)) => body.on(&me, Input::Loaded(known)),
            Msg::Own(Own::Found(found)) => body.on(&me, Input::Found(found)),
            Msg::Own(Own::Read { device, reading }) => body.on(&me, Input::Read { device, reading }),
            Msg::Own(Own::Kept(kept)) => {
                body.writer = Tasks::new();
                if let Err(error) = kept {
                    tracing::warn!(%error, "a disk's report is not kept");
                    body.writes_failed += 1;
                    body.last_error = Some((now, error));
                }
                body.keep(&me);
            }
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, body: &mut Body) -> Result<(), ActorProcessingErr> {
        let last = std::mem::take(&mut body.to_keep);
        let store = body.kit.store.clone();
        let words = async {
            while body.writer.join_next().await.is_some() {}
            write(store, last).await
        };
        if tokio::time::timeout(LAST_WORDS, words).await.is_ok_and(|kept| kept.is_ok()) {
            return Ok(());
        }
        tracing::warn!("the last reports of disks are not kept");
        Ok(())
    }
}

impl Body {
    fn on(&mut self, me: &ActorRef<Msg>, input: Input) {
        let effects = self.state.on(input, self.kit.clock.now());
        self.run(me, effects);
    }

    fn run(&mut self, me: &ActorRef<Msg>, effects: Vec<Effect>) {
        for effect in effects {
            self.effect(me, effect);
        }
    }

    fn effect(&mut self, me: &ActorRef<Msg>, effect: Effect) {
        let to = me.clone();
        let tell = move |own| drop(to.cast(Msg::Own(own)));
        let kit = self.kit.clone();
        match effect {
            Effect::Load => drop(self.tasks.spawn(async move { tell(Own::Loaded(load(&kit).await)) })),
            Effect::Find => drop(self.tasks.spawn(async move { tell(Own::Found(kit.disks.find().await)) })),
            Effect::Read { device, wake } => drop(self.tasks.spawn(async move {
                let reading = kit.disks.read(&device, wake).await;
                tell(Own::Read { device, reading });
            })),
            Effect::Keep(kept) => {
                if self.to_keep.len() < KEEP_MAX {
                    self.to_keep.push(*kept);
                }
                self.keep(me);
            }
            Effect::Arm(after) => self.timer.arm(me, after, |generation| Msg::Own(Own::Due(generation))),
            Effect::Changed => self.kit.outlet.changed(Topic::Smart),
            Effect::Happened(event) => {
                tracing::info!(?event, "disk health");
                self.kit.outlet.happened(self.kit.clock.now(), event);
            }
        }
    }

    /// Writes what waits, if nothing is being written.
    fn keep(&mut self, me: &ActorRef<Msg>) {
        if self.to_keep.is_empty() || !self.writer.is_empty() {
            return;
        }
        let (kept, to) = (std::mem::take(&mut self.to_keep), me.clone());
        let store = self.kit.store.clone();
        self.writer.spawn(async move {
            let kept = write(store, kept).await;
            let _ = to.cast(Msg::Own(Own::Kept(kept)));
        });
    }

    fn status(&self) -> Status {
        let counters = self.state.counters;
        let health = self.state.trouble().map_or(Health::Good, |(since, error)| Health::Degraded {
            since: *since,
            why: Told::new(|lang| locale::say(lang, &error.phrase())),
            mend: Told::new(|lang| locale::say(lang, &error.mend())),
        });
        Status {
            health,
            counters: [
                ("rounds", counters.rounds),
                ("reads", counters.reads),
                ("reads failed", counters.failed),
                ("found asleep", counters.asleep),
                ("writes failed", self.writes_failed),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            last_error: self.last_error.clone(),
        }
    }
}

async fn write(store: Store, kept: Vec<Kept>) -> Result<(), String> {
    if kept.is_empty() {
        return Ok(());
    }
    let all = move |tx: &rusqlite::Transaction<'_>| kept.iter().try_for_each(|kept| store::keep(tx, kept));
    store.write(Durability::Normal, all).await.map_err(|error| error.to_string())
}

/// What was known before, with the simulated past where there is one.
async fn load(kit: &Kit) -> Result<store::Past, String> {
    let (past, now) = (kit.disks.past(), kit.clock.now());
    let loaded = async {
        if !past.is_empty() {
            let seed = move |tx: &rusqlite::Transaction<'_>| {
                past.iter().try_for_each(|(disk, row)| store::add_row(tx, disk, row))
            };
            kit.store.write(Durability::Normal, seed).await?;
        }
        kit.store.read(move |conn| store::load(conn, now)).await
    };
    loaded.await.map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "actor_tests.rs"]
mod tests;
