//! The shell around the state: looks at repositories, asks the store and the jobs, registers what runs by itself. No
//! handler waits.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef};

use super::{
    config::{Config, PlanConfig},
    desk::Desk,
    engine::{EngineError, Holder, Locks},
    messages::{Held, Known, Msg, Own, Running, Seen},
    plan::Facts,
    state::{Effect, Input, State},
    store::{self, Held as Row},
    tasks,
};
use crate::{
    intent::backup::PlanName,
    screen::Topic,
    store::Durability,
    supervision::{ActorCard, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
};

/// After the start: what must be quick comes first.
const FIRST: Duration = Duration::from_secs(1);
/// A listing of ten thousand snapshots.
const STORE_WITHIN: Duration = Duration::from_secs(30);
/// How many repositories are looked at at a time; restic takes some memory.
const LOOKS_MAX: usize = 2;

/// For `actors.md`.
pub fn card() -> ActorCard {
    ActorCard {
        id: "backup",
        parent: Some("root"),
        owns: "How each backup plan stands: last success, overdue, what waits for its repository. Never runs an engine that writes: that is a job.",
        messages: &["Snapshot", "Look", "Freshen", "Hold", "Configure", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub fn child(port: &Port<Msg>, desk: Desk, config: Config) -> ChildSpec {
    let (to, new, made) = (port.clone(), config.clone(), config.clone());
    ChildSpec::new("backup", port, move || (BackupActor, (desk.clone(), made.clone())))
        .configured_by(config)
        .reconfigure(move || to.cast(Msg::Configure(new.clone())).is_ok())
}

#[derive(Debug)]
pub struct BackupActor;

pub struct Body {
    desk: Desk,
    state: State,
    timer: Timer,
    tasks: Tasks,
    looks: Arc<tokio::sync::Semaphore>,
    last_error: Option<(Timestamp, String)>,
}

impl Actor for BackupActor {
    type Msg = Msg;
    type State = Body;
    type Arguments = (Desk, Config);

    async fn pre_start(
        &self,
        me: ActorRef<Msg>,
        (desk, config): (Desk, Config),
    ) -> Result<Body, ActorProcessingErr> {
        let mut timer = Timer::default();
        timer.arm(&me, FIRST, |generation| Msg::Own(Own::Due(generation)));
        tasks::register(&desk, &config);
        let state = State::new(config, desk.zone.clone());
        Ok(Body {
            desk,
            state,
            timer,
            tasks: Tasks::new(),
            looks: Arc::new(tokio::sync::Semaphore::new(LOOKS_MAX)),
            last_error: None,
        })
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, body: &mut Body) -> Result<(), ActorProcessingErr> {
        while body.tasks.try_join_next().is_some() {}
        match msg {
            Msg::Snapshot(reply) => {
                let _ = reply.send(Arc::new(body.state.board(body.desk.clock.now())));
            }
            Msg::Look(plan, reply) => {
                let known = body.state.config().plan(&plan).is_some();
                if known && !reply.is_closed() {
                    body.on(&me, Input::Look(plan));
                }
                let _ = reply.send(known);
            }
            Msg::Freshen(plan) => body.on(&me, Input::Freshen(plan)),
            Msg::Hold => body.on(&me, Input::Hold),
            Msg::Configure(config) => {
                tasks::register(&body.desk, &config);
                let effects = body.state.configure(config);
                body.run(&me, effects);
            }
            Msg::Status(reply) => drop(reply.send(body.status())),
            Msg::Own(own) => body.own(&me, own),
        }
        Ok(())
    }
}

impl Body {
    fn own(&mut self, me: &ActorRef<Msg>, own: Own) {
        match own {
            Own::Due(generation) => {
                if self.timer.fired(generation) {
                    self.on(me, Input::Due);
                }
            }
            Own::Known(known) => {
                if let Err(error) = &known {
                    self.failed(error.clone());
                }
                self.on(me, Input::Known(known));
            }
            Own::Looked(plan, result) => {
                if let Err(error) = &result {
                    tracing::info!(plan = %plan, %error, "repository not ready");
                }
                self.on(me, Input::Looked(plan, result));
            }
            Own::Started(held, started) => {
                if let Err(error) = &started {
                    self.failed(error.clone());
                }
                self.on(me, Input::Started(held, started.unwrap_or(false)));
            }
            Own::Swept(swept) => self.on(me, Input::Swept(swept)),
            Own::Since(kept) => {
                if let Err(error) = kept {
                    self.failed(error);
                }
            }
        }
    }

    fn on(&mut self, me: &ActorRef<Msg>, input: Input) {
        let effects = self.state.on(input, self.desk.clock.now());
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
        let desk = self.desk.clone();
        match effect {
            Effect::Know => {
                self.tasks.spawn(async move { tell(Own::Known(known(&desk).await)) });
            }
            Effect::Look(name) => {
                let Some(plan) = self.state.config().plan(&name).cloned() else { return };
                let turn = self.looks.clone();
                self.tasks.spawn(async move {
                    let _turn = turn.acquire().await;
                    let seen = look(&desk, &name, &plan).await;
                    tell(Own::Looked(name, seen));
                });
            }
            Effect::Since(plans) => {
                let now = desk.clock.now();
                let write = move |tx: &rusqlite::Transaction<'_>| {
                    plans.iter().try_for_each(|plan| {
                        store::change(tx, plan, |facts| facts.since = facts.since.or(Some(now))).map(drop)
                    })
                };
                self.tasks.spawn(async move {
                    let kept = desk.store.write(Durability::Normal, write).await;
                    tell(Own::Since(kept.map_err(|error| error.to_string())));
                });
            }
            Effect::Start(held) => {
                let plan = self.state.config().plan(&held.plan).cloned();
                self.tasks.spawn(async move {
                    let Some(plan) = plan else { return };
                    let started = start(&desk, &held, &plan).await;
                    tell(Own::Started(held, started));
                });
            }
            Effect::GiveUp(held) => {
                self.tasks.spawn(async move {
                    let forgotten = forget(&desk, &held).await.map(|()| true);
                    tell(Own::Started(held, forgotten));
                });
            }
            Effect::Sweep => {
                self.tasks.spawn(async move {
                    let swept = tokio::task::spawn_blocking(move || desk.scratch.sweep()).await;
                    tell(Own::Swept(swept.unwrap_or_default()));
                });
            }
            Effect::Arm(after) => self.timer.arm(me, after, |generation| Msg::Own(Own::Due(generation))),
            Effect::Changed => self.desk.outlet.changed(Topic::Backup),
            Effect::Happened(event) => self.desk.outlet.happened(self.desk.clock.now(), event),
        }
    }

    fn failed(&mut self, error: String) {
        tracing::warn!(error, "backup");
        self.last_error = Some((self.desk.clock.now(), error));
    }

    fn status(&self) -> Status {
        let plans = self.state.config().plans.len() as u64;
        Status {
            health: Health::Good,
            counters: [
                ("plans", plans),
                ("looks", self.state.looks_done),
                ("held", self.state.held() as u64),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            last_error: self.last_error.clone(),
        }
    }
}

/// Starts what waited. `false`: its repository is busy again.
async fn start(desk: &Desk, held: &Held, plan: &PlanConfig) -> Result<bool, String> {
    let Held { plan: name, waiting } = held;
    let order = desk.order(name, plan, waiting.chore.into(), waiting.asked_by.clone());
    let started = desk.jobs.start(order).await.map_err(|error| error.to_string())?;
    if started.joined {
        return Ok(false);
    }
    forget(desk, held).await.map(|()| true)
}

async fn forget(desk: &Desk, held: &Held) -> Result<(), String> {
    let waiting = held.waiting.clone();
    let forgotten = desk.change(&held.plan, move |facts| facts.waits_no_more(&waiting)).await;
    forgotten.map(drop).map_err(|error| error.to_string())
}

async fn known(desk: &Desk) -> Result<Known, String> {
    let facts = desk.store.read(store::facts).await.map_err(|error| error.to_string())?;
    let listing = desk.jobs.list(0).await.map_err(|error| error.to_string())?;
    let running = listing.running.iter().filter_map(|snapshot| {
        let record = &snapshot.record;
        Some(Running { job: record.id, key: record.key.clone()?, title: record.title.clone()? })
    });
    Ok(Known { facts, running: running.collect() })
}

/// Is it there, does the password fit, who holds it, what is in it. Reads only, beside whatever runs.
async fn look(desk: &Desk, name: &PlanName, plan: &PlanConfig) -> Result<Seen, EngineError> {
    let engine = desk.engines.of(plan.engine);
    let at = desk.access(plan);
    let about = engine.about().await?;
    let seen = |locks| Seen { version: about.version.clone(), locks };
    // Each of these opens the repository anew, which costs half a second by design of the key: none is asked in vain.
    let listed = match engine.snapshots(&at).await {
        Ok(listed) => listed,
        Err(error) => return at_work(error).map(seen),
    };
    let locks = engine.locks(&at).await.unwrap_or(Locks::Unseen);
    let snapshots: Vec<Row> = listed.into_iter().map(Row::from).collect();
    let (name, now) = (name.clone(), desk.clock.now());
    let own = |held: &&Row| held.is_of(name.as_str(), &plan.paths, desk.host.as_deref());
    let count = snapshots.iter().filter(own).count() as u64;
    let others = snapshots.len() as u64 - count;
    let newest = snapshots.iter().filter(own).max_by_key(|held| held.at).cloned();
    let write = move |tx: &rusqlite::Transaction<'_>| {
        store::list(tx, &name, &snapshots)?;
        let change = |facts: &mut Facts| {
            facts.listed = Some((now, count));
            facts.others = others;
            if let Some(newest) = &newest {
                facts.adopt(newest);
            }
        };
        store::change(tx, &name, change).map(drop)
    };
    let kept = desk.store.within(STORE_WITHIN).write(Durability::Normal, write).await;
    kept.map_err(|error| EngineError::Other(error.to_string()))?;
    Ok(seen(locks))
}

/// Borg lets nobody look while somebody works with a repository. Where that is a process of this machine nothing is
/// wrong, and who it is, is all that there is to see.
fn at_work(error: EngineError) -> Result<Locks, EngineError> {
    match error {
        EngineError::Locked { by: Some(lock), .. } if lock.holder == Holder::Runs => {
            Ok(Locks::Seen(vec![*lock]))
        }
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subsystems::backup::engine::Lock;

    #[test]
    fn a_repository_that_a_process_of_this_machine_works_with_is_not_in_trouble() {
        let locked = |holder| {
            let lock = Lock { host: None, user: None, pid: Some(7), since: None, exclusive: true, holder };
            EngineError::Locked { by: Some(Box::new(lock)), words: String::new() }
        };
        assert!(matches!(at_work(locked(Holder::Runs)), Ok(Locks::Seen(locks)) if locks.len() == 1));
        for trouble in [locked(Holder::Gone), locked(Holder::Unknown), EngineError::WrongPassword] {
            assert_eq!(at_work(trouble.clone()), Err(trouble));
        }
    }
}
