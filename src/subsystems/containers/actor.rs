//! The shell around the state: runs its effects as tasks and timers, answers the room.
//!
//! No handler waits for the engine. Every task lives in the actor's own set and ends with it; at most 96 at a time,
//! past which an asker hears at once that nobody has time.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    config::Config,
    engine::{Dock, Engine, EngineError, Verb},
    follow,
    logs::{self, Line, Lines},
    messages::{LogPage, Msg, Own},
    ops::{self, Doing, End, Evidence, Step},
    shell::{FEED_BASE, Shell},
    state::{Effect, Input, Now, Refusal, STEADY, Target},
};
use crate::{
    domain::{Blobs, Clock},
    events::{Event, Outlet},
    intent::containers::Log,
    screen::Topic,
    store::Store,
    supervision::{ActorCard, ChildSpec, Port, RetryPolicy},
};

/// While an act is under way its screen is drawn anew this often.
pub(super) const TICK: Duration = Duration::from_secs(2);
/// Events that come together are one look at the list.
const RELIST_SOON: Duration = Duration::from_millis(200);
/// A hung engine sends no events: it is asked now and then, which takes it 5 ms.
const RELIST_LATE: Duration = Duration::from_secs(60);
/// Told when figures of the list have come.
pub const FIGURES: u64 = FEED_BASE | 0xffff_ffff;

/// Figures come one by one, of many containers: screens hear of them together.
const FIGURES_AFTER: Duration = Duration::from_millis(400);

/// Names of containers that are warned of; `None` while nobody can tell.
pub type Warned =
    Arc<dyn Fn() -> futures_util::future::BoxFuture<'static, Option<Vec<String>>> + Send + Sync>;
/// `None`: the usual sockets.
pub type Docking = Arc<dyn Fn(Option<&Path>) -> Arc<dyn Dock> + Send + Sync>;

/// What the room needs of the world. Cheap to clone.
#[derive(Clone)]
pub struct Setup {
    /// Makes the way to the engine from the config's socket.
    pub dock: Docking,
    pub outlet: Outlet,
    pub clock: Arc<dyn Clock>,
    pub blobs: Blobs,
    /// For log files on their way to a chat.
    pub scratch: PathBuf,
    pub store: Store,
    pub warned: Warned,
}

pub fn child(port: &Port<Msg>, setup: Setup, config: Config) -> ChildSpec {
    let (to, new) = (port.clone(), config.clone());
    let made = config.clone();
    ChildSpec::new("containers", port, move || (Keeper { setup: setup.clone() }, made.clone()))
        .configured_by(config)
        .reconfigure(move || to.cast(Msg::Configure(new.clone())).is_ok())
}

/// For the crew on paper.
pub fn card() -> ActorCard {
    ActorCard {
        id: "containers",
        parent: Some("root"),
        owns: "The connection to Docker or Podman, the book of containers, and what is done to them. Never shows or logs a secret unasked.",
        messages: &[
            "Glance",
            "List",
            "One",
            "Project",
            "Log",
            "LogFile",
            "FileOf",
            "Stock",
            "UnusedVolumes",
            "Listed",
            "Act",
            "Sweep",
            "Forecast",
            "Updates",
            "Check",
            "MayUpdate",
            "Book",
            "Swap",
            "Mend",
            "LetGo",
            "Snapshot",
            "Complete",
            "Configure",
            "Status",
        ],
        policy: Some(RetryPolicy::child()),
    }
}

/// Has no state of its own: what it is made with.
pub struct Keeper {
    pub setup: Setup,
}

impl Actor for Keeper {
    type Msg = Msg;
    type State = Shell;
    type Arguments = Config;

    async fn pre_start(&self, me: ActorRef<Msg>, config: Config) -> Result<Shell, ActorProcessingErr> {
        let mut shell = Shell::new(&config, (self.setup.dock)(config.socket.as_deref()));
        shell.dial.afresh(&me, |g| Msg::Own(Own::Dial(g)));
        self.load(&me, &mut shell);
        Ok(shell)
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, shell: &mut Shell) -> Result<(), ActorProcessingErr> {
        while shell.tasks.try_join_next().is_some() {}
        match msg {
            Msg::Status(reply) => drop(reply.send(shell.status())),
            Msg::Glance(reply) => {
                self.freshen(&me, shell);
                let _ = reply.send(shell.glimpse());
            }
            Msg::Snapshot(reply) => drop(reply.send(shell.snapshot())),
            Msg::List(ask, reply) => self.list(&me, shell, ask, reply),
            Msg::One(ask, reply) => self.one(&me, shell, ask, reply),
            Msg::Project(project, reply) => self.project(&me, shell, project, reply),
            Msg::Log(log, reply) => self.log(&me, shell, log, reply),
            Msg::LogFile { log, tz, reply } => self.log_file(&me, shell, log, tz, reply),
            Msg::FileOf(id, reply) => {
                let file = shell.files.iter().find(|(known, _)| *known == id).map(|(_, file)| file.clone());
                let _ = reply.send(file);
            }
            Msg::Stock(what, reply) => self.stock(&me, shell, what, reply),
            Msg::UnusedVolumes(reply) => self.unused_volumes(&me, shell, reply),
            Msg::Listed(hash, reply) => drop(reply.send(shell.listed_if(hash))),
            Msg::Act { verb, target, by, reply } => {
                let _ = reply.send(self.act(&me, shell, verb, target, by));
            }
            Msg::Sweep { what, by, reply } => drop(reply.send(self.sweep(&me, shell, what, by))),
            Msg::Forecast(what, reply) => self.forecast(shell, what, reply),
            Msg::Updates(reply) => drop(reply.send(shell.updates_report())),
            Msg::Check(reply) => drop(reply.send(self.check(&me, shell))),
            Msg::MayUpdate(target, reply) => drop(reply.send(shell.may_update(&target))),
            Msg::Book { name, by, reply } => self.book(&me, shell, name, by, reply),
            Msg::Swap { name, by, service, reply } => self.swap(&me, shell, name, by, service, reply),
            Msg::Mend { name, how, by, reply } => drop(reply.send(self.mend(&me, shell, name, how, by))),
            Msg::LetGo(name, reply) => {
                let _ = reply.send(self.let_go(shell, &name));
                self.relist_soon(&me, shell);
            }
            Msg::Complete(letters, reply) => drop(reply.send(shell.complete(&letters))),
            Msg::Configure(config) => self.configure(&me, shell, config),
            Msg::Own(own) => self.own(&me, shell, own),
        }
        Ok(())
    }
}

impl Keeper {
    pub(super) fn now(&self) -> Now {
        Now { at: self.setup.clock.now(), tick: Instant::now() }
    }

    fn own(&self, me: &ActorRef<Msg>, shell: &mut Shell, own: Own) {
        match own {
            Own::Dial(generation) if shell.dial.fired(generation) => self.dial(me, shell),
            Own::Linked { engine, about, happenings, list, dial } if shell.dial.is_latest(dial) => {
                self.linked(me, shell, engine, about, happenings, list)
            }
            Own::NotLinked { dial, error } if shell.dial.is_latest(dial) => self.down(me, shell, error),
            Own::Heard { link, input: Input::Down { error } } if link == shell.counts.connections => {
                self.down(me, shell, error);
            }
            Own::Heard { link, input } if link == shell.counts.connections && shell.engine.is_some() => {
                shell.counts.events += u64::from(matches!(input, Input::Happened(_)));
                self.take(me, shell, input);
            }
            Own::Settled(input) => self.take(me, shell, input),
            Own::Relist(generation) if shell.relist.fired(generation) => self.relist(me, shell),
            Own::Relisted { link, list } if link == shell.counts.connections && shell.engine.is_some() => {
                shell.listing = false;
                match list {
                    Ok(list) => {
                        shell.listed_at = Instant::now();
                        self.take(me, shell, Input::Listed(list));
                        let after = if shell.relist_again { RELIST_SOON } else { RELIST_LATE };
                        shell.relist_again = false;
                        // What was just listed may have wished for a second look already.
                        if !shell.relist_is_soon {
                            shell.relist.arm(me, after, |g| Msg::Own(Own::Relist(g)));
                        }
                    }
                    Err(error) => self.down(me, shell, error),
                }
            }
            Own::Sampled(id, at, reading) => {
                shell.samples.add(id, at, reading);
                shell.watches.end_unseen();
                if !shell.figures.is_armed() {
                    shell.figures.arm(me, FIGURES_AFTER, |g| Msg::Own(Own::Figures(g)));
                }
            }
            Own::Figures(generation) if shell.figures.fired(generation) => {
                self.setup.outlet.changed(Topic::Feed(FIGURES));
            }
            Own::Told(name, at, event) => self.told(shell, &name, at, event),
            Own::Warned(names) => self.take(me, shell, Input::Warned(names)),
            Own::Loaded(known) => shell.updates.load(known),
            Own::Begun(begun) => shell.state.begin(begun),
            Own::Ended(name) => self.ended(shell, &name),
            Own::Asked { done, name, verdict } => self.asked(shell, done, name, verdict),
            Own::RoundOver => self.round_over(shell),
            Own::Sized(usage) => self.sized(shell, usage),
            Own::Unused(volumes) => shell.listed = volumes,
            Own::Collected(id, file) => shell.collected(id, file),
            Own::Swept(what, by, result) => self.swept(shell, what, by, result),
            Own::Released(target) => {
                shell.state.released(&target);
                self.setup.outlet.changed(Topic::Containers);
            }
            Own::Step(target, step) => {
                shell.state.step(&target, step);
                self.setup.outlet.changed(Topic::Containers);
            }
            Own::Concluded(target, evidence) => {
                tracing::info!(target = %target.name(), doing = ?evidence.doing, good = evidence.good(), "act ended");
                shell.state.concluded(target, evidence);
                self.relist_soon(me, shell);
                self.setup.outlet.changed(Topic::Containers);
            }
            Own::Follow { log, lines } => self.follow(me, shell, log, lines),
            Own::Lines { feed, lines } => {
                if shell.feeds.add(feed, lines) {
                    self.setup.outlet.changed(Topic::Feed(feed));
                }
            }
            Own::FollowEnded { feed } => shell.feeds.end(feed),
            Own::Tick(generation) if shell.tick.fired(generation) && !shell.state.ops().is_empty() => {
                self.setup.outlet.changed(Topic::Containers);
                shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
            }
            // Of a timer that was armed anew, or of a connection that is over.
            Own::Linked { .. } | Own::NotLinked { .. } => {}
            Own::Dial(_) | Own::Heard { .. } | Own::Relist(_) | Own::Relisted { .. } => {}
            Own::Tick(_) | Own::Figures(_) => {}
        }
    }

    fn configure(&self, me: &ActorRef<Msg>, shell: &mut Shell, config: Config) {
        shell.state.configure(&config);
        shell.wanted = config.updates;
        if shell.socket == config.socket {
            return;
        }
        shell.dock = (self.setup.dock)(config.socket.as_deref());
        shell.socket = config.socket;
        // What was known of the other engine is not of this one.
        shell.forget(&config.protected);
        self.load(me, shell);
        shell.dial.afresh(me, |g| Msg::Own(Own::Dial(g)));
        self.setup.outlet.changed(Topic::Containers);
    }

    pub(super) fn take(&self, me: &ActorRef<Msg>, shell: &mut Shell, input: Input) {
        for effect in shell.state.on(input, self.now()) {
            match effect {
                Effect::Connect => shell.dial_again(me),
                Effect::Relist => self.relist_soon(me, shell),
                Effect::Settle { id, since } => {
                    let to = me.clone();
                    shell.must(async move {
                        tokio::time::sleep(STEADY).await;
                        let _ = to.cast(Msg::Own(Own::Settled(Input::Settled { id, since })));
                    });
                }
                Effect::Whole(name) => self.ended(shell, &name),
                Effect::Changed(topic) => self.setup.outlet.changed(topic),
                Effect::Happened(at, event) => {
                    shell.counts.failures += u64::from(!matches!(event, Event::ContainerRecovered { .. }));
                    self.tell(me, shell, at, event);
                }
            }
        }
    }

    pub(super) fn relist_soon(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        if shell.listing {
            shell.relist_again = true;
        } else if !shell.relist_is_soon {
            shell.relist_is_soon = true;
            shell.relist.arm(me, RELIST_SOON, |g| Msg::Own(Own::Relist(g)));
        }
    }

    fn relist(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        shell.relist_is_soon = false;
        let Ok(engine) = shell.engine() else { return };
        shell.listing = true;
        let (me, link) = (me.clone(), shell.counts.connections);
        shell.must(async move {
            let list = engine.list().await;
            let _ = me.cast(Msg::Own(Own::Relisted { link, list }));
        });
    }

    fn act(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        verb: Verb,
        target: Target,
        by: String,
    ) -> Result<(), Refusal> {
        let mine = shell.state.order(Doing::Act(verb), &target, &by, self.now())?;
        let engine = shell.engine().map_err(Refusal::NotLinked)?;
        shell.counts.acts += 1;
        tracing::info!(target = %target.name(), ?verb, "act begun");
        shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
        self.setup.outlet.changed(Topic::Containers);
        let (to, clock, began) = (me.clone(), self.setup.clock.clone(), Instant::now());
        let mine = ops::order(&mine, verb);
        shell.must(async move {
            let mut ends: Vec<(String, End)> = Vec::new();
            let mut lost: BTreeSet<String> = BTreeSet::new();
            let of = mine.len();
            for (i, container) in mine.into_iter().enumerate() {
                if of > 1 {
                    let step = Step { at: i + 1, of, container: container.name.clone() };
                    let _ = to.cast(Msg::Own(Own::Step(target.clone(), step)));
                }
                // What needs one that failed is not started upon it; the others are.
                let compose = container.compose.as_ref().filter(|_| verb.brings_up());
                let in_vain = compose.is_some_and(|of| of.depends_on.iter().any(|need| lost.contains(need)));
                let end = match container.address() {
                    _ if in_vain => End::NotTried,
                    Some(name) => ops::carry(&*engine, verb, &name).await,
                    None => End::Refused(EngineError::NotFound),
                };
                if let (false, Some(compose)) = (end.good(), compose) {
                    lost.insert(compose.service.clone());
                }
                ends.push((container.name, end));
            }
            let doing = Doing::Act(verb);
            let evidence = Evidence { doing, by, at: clock.now(), took: began.elapsed(), ends };
            conclude(&to, &*engine, target, evidence).await;
        });
        Ok(())
    }

    fn log(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        log: Log,
        reply: RpcReplyPort<Result<LogPage, EngineError>>,
    ) {
        let feed = log.follow.then(|| shell.feeds.number(&log));
        if let Some(lines) = feed.and_then(|feed| shell.feeds.look(feed)) {
            let _ = reply.send(Ok(LogPage { lines: Lines { lines, complete: true }, feed }));
            return;
        }
        let (engine, me, now) = (shell.engine(), me.clone(), self.setup.clock.now());
        shell.spawn(async move {
            let page = async {
                let engine = engine?;
                let started = started(&*engine, &log).await?;
                let ask = logs::ask(&log, now, started);
                logs::read(&*engine, &ask, log.amount.lines(), logs::PAGE_MAX, logs::wanted(&log)).await
            };
            let page = page.await;
            if let (Ok(lines), true) = (&page, log.follow) {
                let _ = me.cast(Msg::Own(Own::Follow { log: log.clone(), lines: lines.lines.clone() }));
            }
            let _ = reply.send(page.map(|lines| LogPage { lines, feed }));
        });
    }

    fn follow(&self, me: &ActorRef<Msg>, shell: &mut Shell, log: Log, lines: Vec<Line>) {
        let Ok(engine) = shell.engine() else { return };
        let (id, max) = (shell.feeds.number(&log), log.amount.lines());
        let run = follow::run(id, log, lines.last().cloned(), engine, me.clone());
        shell.feeds.begin(id, max, lines, run);
    }
}

/// The book is as the engine has it before an act is said to be over: what was just stopped can be removed at once.
pub(super) async fn conclude(me: &ActorRef<Msg>, engine: &dyn Engine, target: Target, evidence: Evidence) {
    if let Ok(list) = engine.list().await {
        let _ = me.cast(Msg::Own(Own::Settled(Input::Listed(list))));
    }
    let _ = me.cast(Msg::Own(Own::Concluded(target, evidence)));
}

/// When the present run began, where the log asks for that.
pub(super) async fn started(engine: &dyn Engine, log: &Log) -> Result<Option<jiff::Timestamp>, EngineError> {
    if log.since != crate::intent::containers::Since::Start {
        return Ok(None);
    }
    Ok(engine.inspect(log.name.as_str()).await?.started)
}
