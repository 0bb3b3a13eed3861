//! A simulated engine with state, for tests and for `--sim`: containers start, end, crash in a loop, fall ill, and the
//! engine itself goes away, refuses or hangs. In memory; acts on nothing.
//!
//! It behaves as Docker 20.10 was seen to in the lab: a stop is a signal and then an end, a crash is an end alone, a
//! restart policy brings back what nobody asked to end. Time is tokio's for what happens, the clock's for what is shown.

mod answers;
mod cast;
mod lives;

pub use cast::Role;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    engine::{EngineError, Source},
    model::{
        Compose, Container, Details, Happening, Health, HealthLine, Image, Network, State, Variable, Volume,
        What,
    },
};
use crate::domain::Clock;

const LOG_LINES_MAX: usize = 500;
const EVENTS_MAX: usize = 256;
/// Switches a failure on or off.
pub type Play = Arc<dyn Fn(bool) + Send + Sync>;

/// How it goes once it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    Steady,
    /// Ends by itself after a while.
    Ends {
        after: Duration,
        code: i64,
    },
    /// Its health check says no.
    Unwell,
    /// The engine can not start it.
    Broken,
}

/// What the engine itself does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mood {
    #[default]
    Well,
    /// Connections break, new ones end so.
    Away(EngineError),
    /// Answers nothing.
    Hung,
    /// Acts are refused with these words.
    Refuses(String),
}

#[derive(Clone)]
pub(super) struct Body {
    container: Container,
    life: Life,
    checked: bool,
    restarts_itself: bool,
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    oom: bool,
    restarts: u64,
    run: u64,
    asked: bool,
    env: Vec<Variable>,
    memory: u64,
    memory_limit: Option<u64>,
    /// Processor time, permille of one core.
    permille: u64,
    log: VecDeque<(Timestamp, Source, String)>,
}

struct Inner {
    bodies: Vec<Body>,
    volumes: Vec<Volume>,
    networks: Vec<Network>,
    images: Vec<Image>,
    build_cache: u64,
    /// What the registry has under a name, where it is newer than what is here, and how it goes once it runs.
    registry: BTreeMap<String, (String, Life)>,
    registry_away: bool,
    /// Its files are this machine's: then Compose can be asked.
    here: bool,
    /// Of images that were fetched.
    lives: BTreeMap<String, Life>,
    made: u64,
    mood: Mood,
    listeners: Vec<mpsc::Sender<Result<Happening, EngineError>>>,
    runs: u64,
}

/// Cheap to clone: all clones are the same engine.
#[derive(Clone)]
pub struct World {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<dyn Clock>,
    lives: Arc<Mutex<JoinSet<()>>>,
    /// Counts log lines, and changes of mood.
    said: watch::Sender<u64>,
}

impl World {
    pub fn new(clock: Arc<dyn Clock>) -> World {
        World {
            inner: Arc::new(Mutex::new(Inner {
                bodies: Vec::new(),
                volumes: Vec::new(),
                networks: Vec::new(),
                images: Vec::new(),
                build_cache: 0,
                registry: BTreeMap::new(),
                registry_away: false,
                here: false,
                lives: BTreeMap::new(),
                made: 0,
                mood: Mood::Well,
                listeners: Vec::new(),
                runs: 0,
            })),
            clock,
            lives: Arc::default(),
            said: watch::Sender::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn mood(&self, mood: Mood) {
        let mut inner = self.lock();
        if let Mood::Away(_) = mood {
            inner.listeners.clear();
        }
        inner.mood = mood;
        drop(inner);
        self.said.send_modify(|n| *n += 1);
    }

    pub fn live(&self, name: &str, life: Life) {
        if let Some(body) = self.lock().find(name) {
            body.life = life;
        }
    }

    /// The registry has a newer image of that name, which goes so once it runs.
    pub fn publish(&self, image: &str, life: Life) {
        let mut inner = self.lock();
        inner.made += 1;
        let digest = format!("sha256:{:064x}", 0xbeef_0000 + inner.made);
        inner.registry.insert(image.to_owned(), (digest, life));
    }

    /// The registry is what the engine's images are again.
    pub fn withdraw(&self, image: &str) {
        self.lock().registry.remove(image);
    }

    /// A project's file lies in this folder, and says what its containers were made with.
    #[cfg(test)]
    pub fn lies_in(&self, project: &str, folder: &str) {
        let mut inner = self.lock();
        inner.here = true;
        let of = |body: &mut Body| body.container.compose.take_if(|of| of.project == project);
        for body in &mut inner.bodies {
            if let Some(mut compose) = of(body) {
                compose.working_dir = Some(folder.to_owned());
                compose.config_files = vec![format!("{folder}/compose.yml")];
                compose.config_hash = Some(format!("hash-of-{}", compose.service));
                body.container.compose = Some(compose);
            }
        }
    }

    pub fn registry_away(&self, away: bool) {
        self.lock().registry_away = away;
    }

    /// Its main process ends now, by itself.
    pub fn crash(&self, name: &str, code: i64) {
        self.end(name, code, false);
    }

    pub fn out_of_memory(&self, name: &str) {
        self.say(name, Source::Err, "allocating 64 MiB");
        self.tell(name, What::Oom);
        self.end(name, 137, true);
    }

    pub fn health(&self, name: &str, health: Health) {
        if let Some(body) = self.lock().find(name) {
            body.container.health = Some(health);
        }
        self.tell(name, What::Health(health));
    }

    pub fn say(&self, name: &str, source: Source, line: &str) {
        let now = self.clock.now();
        if let Some(body) = self.lock().find(name) {
            body.log.push_back((now, source, line.to_owned()));
            let excess = body.log.len().saturating_sub(LOG_LINES_MAX);
            body.log.drain(..excess);
        }
        self.said.send_modify(|n| *n += 1);
    }

    pub fn container(&self, name: &str) -> Option<Container> {
        self.lock().find(name).map(|body| body.container.clone())
    }

    fn worded(&self, body: &Body) -> Container {
        let mut container = body.container.clone();
        let ago = |at: Option<Timestamp>| {
            let seconds = at.map_or(0, |at| self.clock.now().as_second() - at.as_second()).max(0);
            match seconds {
                0..60 => format!("{seconds} seconds"),
                60..3600 => format!("{} minutes", seconds / 60),
                3600..86_400 => format!("{} hours", seconds / 3600),
                _ => format!("{} days", seconds / 86_400),
            }
        };
        container.status = match container.state {
            State::Running => format!("Up {}", ago(body.started)),
            State::Paused => format!("Up {} (Paused)", ago(body.started)),
            State::Exited(code) => {
                format!("Exited ({}) {} ago", code.unwrap_or_default(), ago(body.finished))
            }
            State::Restarting => format!("Restarting (1) {} ago", ago(body.finished)),
            _ => "Created".into(),
        };
        container
    }

    fn details(&self, body: &Body) -> Details {
        let container = self.worded(body);
        let unwell = container.health == Some(Health::Unhealthy);
        Details {
            command: "/bin/serve --port 80".into(),
            started: body.started,
            finished: body.finished,
            oom: body.oom,
            error: None,
            pid: (container.state == State::Running).then_some(4242),
            health_log: body.checked.then(|| {
                let output = if unwell { "wget: server returned error: HTTP/1.0 503" } else { "" };
                let line = HealthLine { at: body.started, exit: i64::from(unwell), output: output.into() };
                vec![line]
            }),
            failing_streak: body.checked.then_some(if unwell { 5 } else { 0 }),
            restart_policy: if body.restarts_itself { "unless-stopped".into() } else { "no".into() },
            restarts: body.restarts,
            addresses: container.networks.iter().map(|n| (n.clone(), Some("172.20.0.3".into()))).collect(),
            env: body.env.clone(),
            memory_limit: body.memory_limit,
            terminal: false,
            compose_labels: container.compose.iter().flat_map(labels).collect(),
            check_max: body.checked.then_some(Duration::from_secs(30)),
            auto_remove: false,
            container,
        }
    }

    fn used(&self, inner: &Inner, volume: &str) -> u64 {
        let uses = |body: &&Body| body.container.mounts.iter().any(|mount| mount.source == volume);
        inner.bodies.iter().filter(uses).count() as u64
    }
}

fn labels(compose: &Compose) -> Vec<(String, String)> {
    [
        ("project", compose.project.clone()),
        ("project.config_files", compose.config_files.join(",")),
        ("project.working_dir", compose.working_dir.clone().unwrap_or_default()),
        ("service", compose.service.clone()),
    ]
    .map(|(name, value)| (format!("{}{name}", Compose::PREFIX), value))
    .into()
}

impl Inner {
    fn find(&mut self, name: &str) -> Option<&mut Body> {
        self.bodies.iter_mut().find(|body| body.container.name == name || body.container.id.0 == name)
    }
}
