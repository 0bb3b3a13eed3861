//! One flight: from a checked config to a running tree, reloads on the way, and an orderly end.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    deps::Deps,
    exit::Exit,
    memory,
    signals::{Asked, Signals},
    wiring,
    world::World,
};
use crate::{
    bridge::Bridge,
    config::{self, Cause, Config, Plan, Reloaded, Secrets},
    domain::{Clock, Flight, Lang},
    store::{self, Folder},
    subsystems::{crew::Reload, display::Tastes},
    supervision::{ChildSpec, Faults, Port, Tree},
    t,
};

/// A reload reads one small file and asks the supervisor; longer is a fault.
const RELOAD_MAX: Duration = Duration::from_secs(10);
/// Problems of a refused file told in the chat; `check` tells all.
const PROBLEMS_TOLD_MAX: usize = 5;

/// What a flight lays over each config that is read: practice has a Telegram and pilots of its own.
pub type Lay = Arc<dyn Fn(&mut Config) + Send + Sync>;

/// Everything decided before take-off.
pub struct Orders {
    pub config: Config,
    pub lay: Lay,
    /// Watched and reloaded; `None` for a flight without a file.
    pub file: Option<PathBuf>,
    pub env: BTreeMap<String, String>,
    pub secrets: Secrets,
    pub flight: Flight,
    /// Claimed: no other Cockpit works on it.
    pub folder: Folder,
    pub faults: Faults,
    pub clock: Arc<dyn Clock>,
}

/// In flight.
pub struct Flying {
    /// Resolves when the root is gone, which it never is by itself.
    root: ractor::concurrency::JoinHandle<()>,
    /// Held until the end: the watcher's way to apply a new config leads to it.
    yard: Arc<Yard>,
    /// Held until the end.
    _folder: Folder,
}

/// What a reload needs to make the children of a new config.
struct Yard {
    deps: Deps,
    world: World,
    bridge: Arc<Bridge>,
    tree: Tree,
    lay: Lay,
    watcher: Mutex<Option<ChildSpec>>,
}

impl Flying {
    /// Starts everything; returns when the tree has been told what to run, not when all of it runs.
    ///
    /// # Errors
    /// What keeps the daemon from working at all: the store's file, the runtime.
    pub async fn take_off(orders: Orders) -> Result<Flying, Exit> {
        let Orders { config: read, lay, file, env, secrets, flight, folder, faults, clock } = orders;
        let mut config = read.clone();
        lay(&mut config);
        let settings = store::prove(&folder.store_file(), &*clock)?;
        let tastes = Tastes::from_settings(&settings);
        let deps = Deps::new(clock.clone(), flight, folder.path().to_owned(), faults, tastes);
        let world = World::of(flight, &clock, folder.path());
        let (tree, root) = Tree::root(deps.around()).await.map_err(|error| Exit::Start(error.to_string()))?;
        let reload = reload(&deps.ports.config);
        let bridge = Arc::new(wiring::bridge(&deps, &world, &config, tree.clone(), reload));
        let yard = Arc::new(Yard { deps, world, bridge, tree, lay, watcher: Mutex::default() });
        let watcher = yard.watcher(config::Arguments {
            file,
            env,
            secrets,
            // As it was read: what is laid over it is no difference.
            holds: Arc::new(Mutex::new(Arc::new(read))),
            apply: yard.apply(),
            audit: yard.deps.audit.clone(),
            outlet: yard.deps.outlet.clone(),
            clock,
        });
        *yard.watcher.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(watcher);
        yard.run(&config).await.map_err(Exit::Start)?;
        Ok(Flying { root, yard, _folder: folder })
    }

    /// Until a signal asks for the end, which then comes in order and within ten seconds.
    ///
    /// # Errors
    /// Telegram refused the token, or the root died: the flight is over, and why.
    pub async fn until_the_end(mut self, mut signals: Signals) -> Result<(), Exit> {
        let mut breath = std::pin::pin!(memory::breathe());
        let end = loop {
            tokio::select! {
                () = &mut breath => {}
                asked = signals.next() => match asked {
                    Asked::Reload => self.reload(),
                    Asked::End => break Ok(()),
                },
                () = self.yard.deps.fatal.notified() => break Err(Exit::TokenRefused),
                _ = &mut self.root => return Err(Exit::Start("the root of the tree is gone".into())),
            }
        };
        tracing::info!("ending");
        match self.yard.tree.stop().await {
            Ok(killed) if killed.is_empty() => tracing::info!("ended"),
            Ok(killed) => tracing::warn!(?killed, "ended; some had to be killed"),
            Err(error) => tracing::warn!(%error, "ended without an answer"),
        }
        end
    }

    fn reload(&self) {
        if self.yard.deps.ports.config.cast(config::Msg::Reload(Cause::Signal, None)).is_err() {
            tracing::warn!("not reloaded: the config watcher is down");
        }
    }
}

impl Yard {
    fn watcher(&self, arguments: config::Arguments) -> ChildSpec {
        config::child(&self.deps.ports.config, arguments)
    }

    /// Carries a plan out: the children first, and only then the papers that people are judged by.
    fn apply(self: &Arc<Yard>) -> config::Apply {
        // Weak: the watcher holds this, and the yard holds the watcher.
        let yard = Arc::downgrade(self);
        Arc::new(move |plan: Plan| {
            let yard = yard.upgrade();
            Box::pin(async move {
                let Some(yard) = yard else { return Err("Cockpit is ending".to_owned()) };
                let mut config = (*plan.new).clone();
                (yard.lay)(&mut config);
                yard.run(&config).await
            })
        })
    }

    async fn run(&self, config: &Config) -> Result<(), String> {
        let watcher = self.watcher.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let mut children = wiring::children(&self.deps, &self.world, config, self.bridge.clone())?;
        // After the audit, before everything that a reload can change.
        children.splice(2..2, watcher);
        let applied = self.tree.apply(children).await.map_err(|error| error.to_string())?;
        tracing::info!(?applied, "crew");
        self.bridge.papers.replace(wiring::charter(config));
        self.bridge.rooms.metrics.thresholds.replace(wiring::thresholds(config));
        self.bridge.rooms.backup.replace_roots(wiring::restore_roots(config));
        Ok(())
    }
}

/// `/reload` and the button: waits for the outcome and puts it into words.
fn reload(port: &Port<config::Msg>) -> Reload {
    let port = port.clone();
    Arc::new(move |lang| {
        let port = port.clone();
        Box::pin(async move {
            let asked = port.call(RELOAD_MAX, |reply| config::Msg::Reload(Cause::Pilot, Some(reply))).await;
            match asked {
                Ok(outcome) => told(lang, outcome),
                Err(error) => Err(t!(lang, "reload-failed", why = error.to_string())),
            }
        })
    })
}

fn told(lang: Lang, outcome: Reloaded) -> Result<(), String> {
    match outcome {
        Reloaded::Unchanged | Reloaded::Applied { .. } => Ok(()),
        Reloaded::Refused { problems } => {
            let mut lines: Vec<String> =
                problems.iter().take(PROBLEMS_TOLD_MAX).map(ToString::to_string).collect();
            if problems.len() > PROBLEMS_TOLD_MAX {
                lines.push(t!(lang, "reload-more", n = problems.len() - PROBLEMS_TOLD_MAX));
            }
            Err(t!(lang, "reload-refused", problems = lines.join("\n")))
        }
        Reloaded::Unreadable { why } => Err(t!(lang, "reload-unreadable", why = why)),
        Reloaded::Failed { why } => Err(t!(lang, "reload-failed", why = why)),
        Reloaded::NoFile => Err(t!(lang, "reload-no-file")),
    }
}
