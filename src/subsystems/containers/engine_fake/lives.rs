//! How it goes aboard the simulated engine: runs begin and end, and what an act does.

use std::{sync::PoisonError, time::Duration};

use tokio::sync::mpsc;

use super::{Life, Mood, World};
use crate::subsystems::containers::{
    engine::{EngineError, Source, Verb},
    model::{Happening, Health, State, What},
};

/// As the engine's own pause before it starts a crashed one again.
const RESTART_AFTER: Duration = Duration::from_secs(2);
/// From its start to the first word of its health check.
const CHECK_AFTER: Duration = Duration::from_secs(2);

impl World {
    pub(super) fn tell(&self, name: &str, what: What) {
        let mut inner = self.lock();
        let Some(body) = inner.find(name) else { return };
        let happening = Happening {
            id: body.container.id.clone(),
            name: body.container.name.clone(),
            project: body.container.project().map(str::to_owned),
            what,
        };
        // One who does not listen loses words, as with the engine's own ring.
        inner.listeners.retain(|listener| {
            !matches!(listener.try_send(Ok(happening.clone())), Err(mpsc::error::TrySendError::Closed(_)))
        });
    }

    /// Begins a run; what it does later lives in a task.
    pub(super) fn start(&self, name: &str, again: bool) {
        let now = self.clock.now();
        let (run, life, checked) = {
            let mut inner = self.lock();
            inner.runs += 1;
            let run = inner.runs;
            let Some(body) = inner.find(name) else { return };
            body.container.state = State::Running;
            body.container.health = body.checked.then_some(Health::Starting);
            body.started = Some(now);
            body.oom = false;
            body.asked = false;
            body.run = run;
            body.restarts = if again { body.restarts + 1 } else { 0 };
            (run, body.life, body.checked)
        };
        self.tell(name, What::Started);
        let (world, name) = (self.clone(), name.to_owned());
        let live = async move {
            if let Life::Ends { after, code } = life {
                tokio::time::sleep(after).await;
                if world.is_run(&name, run) {
                    world.say(&name, Source::Err, "fatal: giving up");
                    world.end(&name, code, false);
                }
            } else if checked {
                tokio::time::sleep(CHECK_AFTER).await;
                if world.is_run(&name, run) {
                    let well = life != Life::Unwell;
                    world.health(&name, if well { Health::Healthy } else { Health::Unhealthy });
                }
            }
        };
        self.spawn(live);
    }

    fn is_run(&self, name: &str, run: u64) -> bool {
        self.lock().find(name).is_some_and(|body| body.run == run && body.container.state == State::Running)
    }

    pub(super) fn end(&self, name: &str, code: i64, oom: bool) {
        let now = self.clock.now();
        let again = {
            let mut inner = self.lock();
            let Some(body) = inner.find(name) else { return };
            let again = body.restarts_itself && !body.asked;
            body.container.state = if again { State::Restarting } else { State::Exited(Some(code)) };
            body.container.health = None;
            body.finished = Some(now);
            body.oom = oom;
            again.then_some(body.run)
        };
        self.tell(name, What::Died(Some(code)));
        let Some(run) = again else { return };
        let (world, name) = (self.clone(), name.to_owned());
        self.spawn(async move {
            tokio::time::sleep(RESTART_AFTER).await;
            let still = world
                .lock()
                .find(&name)
                .is_some_and(|body| body.run == run && body.container.state == State::Restarting);
            if still {
                world.start(&name, true);
            }
        });
    }

    fn spawn(&self, life: impl Future<Output = ()> + Send + 'static) {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        while lives.try_join_next().is_some() {}
        // Without a runtime (a test of a panel) nothing lives on.
        if tokio::runtime::Handle::try_current().is_ok() {
            lives.spawn(life);
        }
    }

    /// Waits out a hang, then says whether it is there.
    pub(super) async fn ready(&self) -> Result<(), EngineError> {
        let hung = tokio::time::timeout(Duration::from_secs(5), async {
            let mut said = self.said.subscribe();
            while self.lock().mood == Mood::Hung {
                if said.changed().await.is_err() {
                    break;
                }
            }
        });
        if hung.await.is_err() {
            return Err(EngineError::Slow(5));
        }
        match &self.lock().mood {
            Mood::Away(error) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    pub(super) async fn carry(&self, verb: Verb, name: &str) -> Result<(), EngineError> {
        self.ready().await?;
        let refused = |why: &str| Err(EngineError::Refused(why.to_owned()));
        let state = {
            let mut inner = self.lock();
            if let Mood::Refuses(why) = &inner.mood {
                return refused(why);
            }
            let Some(body) = inner.find(name) else { return Err(EngineError::NotFound) };
            if body.life == Life::Broken && matches!(verb, Verb::Start | Verb::Restart) {
                return refused(
                    "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated",
                );
            }
            body.container.state
        };
        let up = matches!(state, State::Running | State::Restarting | State::Paused);
        match verb {
            Verb::Start if !up => self.start(name, false),
            Verb::Start => {}
            Verb::Stop | Verb::Kill | Verb::Restart => {
                if up {
                    let signal = if verb == Verb::Kill { 9 } else { 15 };
                    if let Some(body) = self.lock().find(name) {
                        body.asked = true;
                    }
                    self.tell(name, What::Signalled(Some(signal)));
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    self.end(name, 128 + signal, false);
                    self.tell(name, What::Stopped);
                } else if verb == Verb::Kill {
                    return refused(&format!("Container {name} is not running"));
                }
                if verb == Verb::Restart {
                    self.start(name, false);
                }
            }
            Verb::Pause | Verb::Unpause => {
                let (from, to, what) = match verb {
                    Verb::Pause => (State::Running, State::Paused, What::Paused),
                    _ => (State::Paused, State::Running, What::Unpaused),
                };
                if state != from {
                    return refused(&format!("Container {name} is not in the right state for that"));
                }
                if let Some(body) = self.lock().find(name) {
                    body.container.state = to;
                }
                self.tell(name, what);
            }
            Verb::Remove if up => {
                return refused("You cannot remove a running container. Stop the container first");
            }
            Verb::Remove => {
                self.tell(name, What::Removed);
                self.lock().bodies.retain(|body| body.container.name != name);
            }
        }
        Ok(())
    }
}
