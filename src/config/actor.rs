//! The config's actor: hears that the file changed, a signal or a pilot; reads, checks, compares, hands the plan to
//! the app, and tells how it ended. One reload at a time; what comes meanwhile is one more afterwards.

use std::{collections::BTreeMap, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use jiff::Timestamp;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use super::{Config, Plan, Problem, Secrets, diff, load_file, watch::watch};
use crate::{
    audit::{Audit, Entry, Outcome},
    domain::{Clock, Lang, Told},
    events::{Event, Outlet},
    supervision::{ActorCard, Asked, ChildSpec, Health, Port, RetryPolicy, Status, Tasks, timer::Timer},
    t,
};

/// Editors write in several steps: the file is read when it has been still this long.
const STILL: Duration = Duration::from_millis(500);
/// Problems told in an event and in the audit trail; `check` tells all.
const TOLD_MAX: usize = 10;

/// Carries a plan out, whole or not at all; an error says why the old config still holds.
pub type Apply = Arc<dyn Fn(Plan) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// Why the config is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    FileChanged,
    Signal,
    Pilot,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Cause::FileChanged => "file changed",
            Cause::Signal => "signal",
            Cause::Pilot => "pilot",
        }
    }
}

/// How a reload ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reloaded {
    /// The file says what already holds.
    Unchanged,
    Applied {
        changed: Vec<&'static str>,
        warnings: Vec<Problem>,
    },
    /// There are errors in it, or what cannot change while the daemon runs. The old config holds.
    Refused {
        problems: Vec<Problem>,
    },
    /// The file cannot be read. The old config holds.
    Unreadable {
        why: String,
    },
    /// Good, but it could not be carried out. The old config holds.
    Failed {
        why: String,
    },
    /// This flight has no config file.
    NoFile,
}

pub enum Msg {
    Reload(Cause, Option<RpcReplyPort<Reloaded>>),
    /// The file is another one than before.
    Touched,
    /// It has been still for a while.
    Still(u64),
    Finished(Box<Ended>),
    /// The config that holds.
    Current(RpcReplyPort<Arc<Config>>),
    Status(RpcReplyPort<Status>),
}

/// A reload at its end; only the actor itself makes one.
pub struct Ended {
    cause: Cause,
    outcome: Reloaded,
    holds: Option<Arc<Config>>,
}

impl Asked for Msg {
    fn status(reply: RpcReplyPort<Status>) -> Msg {
        Msg::Status(reply)
    }
}

pub struct ConfigActor;

#[derive(Clone)]
pub struct Arguments {
    /// `None`: there is nothing to watch or reload.
    pub file: Option<PathBuf>,
    pub env: BTreeMap<String, String>,
    pub secrets: Secrets,
    /// What holds, shared over restarts of the actor.
    pub holds: Arc<std::sync::Mutex<Arc<Config>>>,
    pub apply: Apply,
    pub audit: Audit,
    pub outlet: Outlet,
    pub clock: Arc<dyn Clock>,
}

/// The watcher as a part of the tree.
pub fn child(port: &Port<Msg>, arguments: Arguments) -> ChildSpec {
    let file = arguments.file.clone();
    ChildSpec::new("config", port, move || (ConfigActor, arguments.clone())).configured_by(file)
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "config",
        parent: Some("root"),
        owns: "The config file: watched, read again, applied whole or refused whole. Never writes it.",
        messages: &["Reload", "Current", "Status"],
        policy: Some(RetryPolicy::child()),
    }
}

pub struct State {
    args: Arguments,
    tasks: Tasks,
    still: Timer,
    /// A reload is under way; these wait for its end.
    running: Option<Vec<RpcReplyPort<Reloaded>>>,
    /// Asked for meanwhile.
    next: Option<(Cause, Vec<RpcReplyPort<Reloaded>>)>,
    counted: Counted,
    last_error: Option<(Timestamp, String)>,
    health: Health,
}

#[derive(Default)]
struct Counted {
    reloads: u64,
    refused: u64,
}

impl Actor for ConfigActor {
    type Msg = Msg;
    type State = State;
    type Arguments = Arguments;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Arguments) -> Result<State, ActorProcessingErr> {
        let mut tasks = Tasks::new();
        if let Some(file) = args.file.clone() {
            tasks.spawn(watch(file, move || {
                let _ = myself.cast(Msg::Touched);
            }));
        }
        Ok(State {
            args,
            tasks,
            still: Timer::default(),
            running: None,
            next: None,
            counted: Counted::default(),
            last_error: None,
            health: Health::Good,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Msg>,
        msg: Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match msg {
            Msg::Reload(cause, reply) => state.ask(cause, reply, &myself),
            Msg::Touched => state.still.arm(&myself, STILL, Msg::Still),
            Msg::Still(generation) => {
                if state.still.fired(generation) {
                    state.ask(Cause::FileChanged, None, &myself);
                }
            }
            Msg::Finished(ended) => state.finish(*ended, &myself),
            Msg::Current(reply) => {
                let _ = reply.send(state.holds());
            }
            Msg::Status(reply) => {
                let _ = reply.send(state.status());
            }
        }
        Ok(())
    }
}

impl State {
    fn holds(&self) -> Arc<Config> {
        self.args.holds.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn ask(&mut self, cause: Cause, reply: Option<RpcReplyPort<Reloaded>>, myself: &ActorRef<Msg>) {
        let Some(file) = self.args.file.clone() else {
            if let Some(reply) = reply {
                let _ = reply.send(Reloaded::NoFile);
            }
            return;
        };
        if self.running.is_some() {
            self.next.get_or_insert_with(|| (cause, Vec::new())).1.extend(reply);
            return;
        }
        self.running = Some(reply.into_iter().collect());
        self.begin(cause, file, myself.clone());
    }

    fn begin(&mut self, cause: Cause, file: PathBuf, myself: ActorRef<Msg>) {
        let (env, secrets, apply) = (self.args.env.clone(), self.args.secrets, self.args.apply.clone());
        let old = self.holds();
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(async move {
            let (outcome, holds) = reload(file, env, secrets, old, apply).await;
            let _ = myself.cast(Msg::Finished(Box::new(Ended { cause, outcome, holds })));
        });
    }

    fn finish(&mut self, ended: Ended, myself: &ActorRef<Msg>) {
        let Ended { cause, outcome, holds } = ended;
        if let Some(config) = holds {
            *self.args.holds.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = config;
        }
        self.tell(cause, &outcome);
        for reply in self.running.take().unwrap_or_default() {
            let _ = reply.send(outcome.clone());
        }
        if let (Some((cause, replies)), Some(file)) = (self.next.take(), self.args.file.clone()) {
            self.running = Some(replies);
            self.begin(cause, file, myself.clone());
        }
    }

    /// One event (which is the log line) and one audit entry; silence where a touched file says the same as before.
    fn tell(&mut self, cause: Cause, outcome: &Reloaded) {
        self.counted.reloads += 1;
        let now = self.args.clock.now();
        let entry = |verb: &str, outcome: Outcome| {
            let entry = Entry::noted(now, "config", verb, self.file()).with("cause", cause.as_str());
            Entry { outcome, ..entry }
        };
        let (why, told) = match outcome {
            Reloaded::Unchanged | Reloaded::NoFile => {
                // Put back as it was after a refusal: what was wrong is over.
                if self.health != Health::Good {
                    self.args.outlet.happened(now, Event::ConfigApplied { changed: Vec::new() });
                }
                self.health = Health::Good;
                return;
            }
            Reloaded::Applied { changed, .. } => {
                self.args.audit.note(entry("config.applied", Outcome::Done).with("changed", changed.clone()));
                let changed = changed.iter().map(|section| (*section).to_owned()).collect();
                self.args.outlet.happened(now, Event::ConfigApplied { changed });
                self.health = Health::Good;
                return;
            }
            Reloaded::Refused { problems } => {
                let errors: Vec<String> =
                    problems.iter().filter(|p| !p.warning).map(ToString::to_string).collect();
                let why = Told::new(|lang| t!(lang, "crew-config-refused", n = errors.len()));
                (why, errors)
            }
            Reloaded::Unreadable { why } | Reloaded::Failed { why } => {
                (Told::from(why.as_str()), vec![why.clone()])
            }
        };
        let told: Vec<String> = told.into_iter().take(TOLD_MAX).collect();
        tracing::warn!(
            cause = cause.as_str(),
            why = why.in_lang(Lang::En),
            first = told.first(),
            "config refused, the old one holds"
        );
        self.args.audit.note(entry("config.refused", Outcome::Refused).with("problems", told.clone()));
        self.args.outlet.happened(now, Event::ConfigRefused { problems: told.clone() });
        self.counted.refused += 1;
        self.last_error = Some((now, told.into_iter().next().unwrap_or_default()));
        let mend = format!("cockpit-bot check --config {}", self.file());
        self.health = Health::Degraded { since: now, why, mend: mend.into() };
    }

    fn file(&self) -> String {
        self.args.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default()
    }

    fn status(&self) -> Status {
        Status {
            health: self.health.clone(),
            counters: vec![
                ("reloads".into(), self.counted.reloads),
                ("refused".into(), self.counted.refused),
            ],
            last_error: self.last_error.clone(),
        }
    }
}

async fn reload(
    file: PathBuf,
    env: BTreeMap<String, String>,
    secrets: Secrets,
    old: Arc<Config>,
    apply: Apply,
) -> (Reloaded, Option<Arc<Config>>) {
    let name = file.display().to_string();
    let loaded = tokio::task::spawn_blocking(move || load_file(&file, &env, secrets)).await;
    let loaded = match loaded.map_err(std::io::Error::other).and_then(|loaded| loaded) {
        Ok(loaded) => loaded,
        Err(error) => return (Reloaded::Unreadable { why: format!("cannot read {name}: {error}") }, None),
    };
    let Some(new) = loaded.config else { return (Reloaded::Refused { problems: loaded.problems }, None) };
    let diff = diff(&old, &new, &name);
    if !diff.refused.is_empty() {
        return (Reloaded::Refused { problems: diff.refused }, None);
    }
    if diff.changed.is_empty() {
        return (Reloaded::Unchanged, None);
    }
    let new = Arc::new(new);
    let plan = Plan { old, new: new.clone(), changed: diff.changed.clone() };
    match apply(plan).await {
        Ok(()) => (Reloaded::Applied { changed: diff.changed, warnings: loaded.problems }, Some(new)),
        Err(why) => (Reloaded::Failed { why }, None),
    }
}
