//! The shell around the state: runs its effects as tasks and timers, answers the room.
//!
//! No handler waits for the bus. Every task lives in the actor's own set and ends with it; at most 96 at a time,
//! past which an asker hears at once that nobody has time.

use std::{path::PathBuf, sync::Arc, time::Duration};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::{sync::mpsc, time::Instant};

use super::{
    bus::{Bus, BusError, Changes, Systemd},
    config::Config,
    follow, lifeline,
    looks::{self, Learnt, Sheet, Shelf},
    messages::{Diagnosis, ListAsk, ListPage, LogPage, Msg, Own, UnitReport},
    ops::{ACT_MAX, STEADY},
    shell::Shell,
    state::{Effect, Input, Link, Now},
    survey,
    unit::Unit,
};
use crate::{
    domain::{Blobs, Clock, UnitName},
    events::Outlet,
    intent::services::Log,
    process::journal::{Entry, Journal, JournalError},
    screen::{LogLine, Topic},
    supervision::{ActorCard, ChildSpec, Port, RetryPolicy, Tasks},
};

/// While an act is under way its screen is drawn anew this often.
const TICK: Duration = Duration::from_secs(2);
/// What signals said before a job's end arrives merged, up to 10 ms after it: it counts for the look.
const SIGNALS_FIRST: Duration = Duration::from_millis(25);
/// The list of unit files is read again after this, or when systemd says it changed.
const FILES_FRESH: Duration = Duration::from_secs(120);
/// Lines shown with an act that went wrong.
const TAIL_LINES: usize = 5;
const TAIL_MAX: Duration = Duration::from_secs(2);

/// What the room needs of the world. Cheap to clone.
#[derive(Clone)]
pub struct Setup {
    pub systemd: Arc<dyn Systemd>,
    pub journal: Arc<dyn Journal>,
    pub outlet: Outlet,
    pub clock: Arc<dyn Clock>,
    pub blobs: Blobs,
    /// For log files on their way to a chat.
    pub scratch: PathBuf,
    /// The unit Cockpit itself runs in.
    pub own: Option<UnitName>,
}

/// The unit this process runs in, if it runs in one.
pub fn own_unit() -> Option<UnitName> {
    lifeline::unit_of_cgroup(&std::fs::read_to_string("/proc/self/cgroup").ok()?)
}

pub fn child(port: &Port<Msg>, setup: Setup, config: Config) -> ChildSpec {
    let (to, new) = (port.clone(), config.clone());
    let made = config.clone();
    ChildSpec::new("services", port, move || (Keeper { setup: setup.clone() }, made.clone()))
        .configured_by(config)
        .reconfigure(move || to.cast(Msg::Configure(new.clone())).is_ok())
}

pub fn card() -> ActorCard {
    ActorCard {
        id: "services",
        parent: Some("root"),
        owns: "systemd's units as they are, and at most one act on each. Never polls, starts no program but journalctl.",
        messages: &[
            "Glance",
            "List",
            "Unit",
            "Diagnose",
            "Log",
            "LogFile",
            "Act",
            "Weigh",
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
        let mut shell = Shell::new(&config);
        shell.dial.afresh(&me, |g| Msg::Own(Own::Dial(g)));
        Ok(shell)
    }

    async fn handle(&self, me: ActorRef<Msg>, msg: Msg, shell: &mut Shell) -> Result<(), ActorProcessingErr> {
        while shell.tasks.try_join_next().is_some() {}
        match msg {
            Msg::Status(reply) => drop(reply.send(shell.status())),
            Msg::Glance(reply) => drop(reply.send(shell.glimpse())),
            Msg::List(ask, reply) => self.list(&me, shell, ask, reply),
            Msg::Unit(unit, reply) => self.unit(&me, shell, unit, reply),
            Msg::Diagnose(unit, reply) => self.diagnose(&me, shell, unit, reply),
            Msg::Log(log, reply) => self.log(&me, shell, log, reply),
            Msg::LogFile { log, tz, reply } => self.log_file(shell, log, tz, reply),
            Msg::Act { verb, unit, by, reply } => {
                let began = shell.state.order(verb, &unit, &by, self.now());
                shell.counts.acts += u64::from(began.is_ok());
                let answer = began.map(|effects| self.run(&me, shell, effects));
                let _ = reply.send(answer);
            }
            Msg::Weigh(_, unit, reply) => {
                let (bus, own) = (shell.bus.clone(), self.setup.own.clone());
                let protected = shell.state.is_protected(&unit);
                shell.spawn(async move { drop(reply.send(looks::weigh(bus, unit, own, protected).await)) });
            }
            Msg::Complete(letters, reply) => drop(reply.send(shell.complete(&letters))),
            Msg::Configure(config) => {
                let effects = shell.state.configure(&config);
                self.run(&me, shell, effects);
            }
            Msg::Own(own) => self.own(&me, shell, own),
        }
        Ok(())
    }
}

impl Keeper {
    fn now(&self) -> Now {
        Now { at: self.setup.clock.now(), tick: Instant::now() }
    }

    fn own(&self, me: &ActorRef<Msg>, shell: &mut Shell, own: Own) {
        match own {
            Own::Dial(generation) if shell.dial.fired(generation) => self.dial(me, shell),
            Own::Dial(_) => {}
            Own::Linked { bus, changes, version, units } => {
                self.linked(me, shell, bus, changes, version, units)
            }
            Own::Heard(input) => self.heard(me, shell, input),
            Own::Sampled(samples) => shell.sampled(samples.into_iter().map(|s| (s.unit, (s.at, s.cpu)))),
            Own::Files(files) => shell.files = Some((Instant::now(), files)),
            Own::Follow { log, lines } => self.follow(me, shell, log, lines),
            Own::Lines { feed, lines } => {
                if shell.feeds.add(feed, lines) {
                    self.setup.outlet.changed(Topic::Feed(feed));
                }
            }
            Own::FollowEnded { feed } => shell.feeds.end(feed),
            Own::Tick(generation) if shell.tick.fired(generation) => {
                if !shell.state.ops().is_empty() {
                    self.setup.outlet.changed(Topic::Services);
                    shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
                }
            }
            Own::Tick(_) => {}
        }
    }

    fn dial(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        shell.dial.begin();
        let (systemd, me, watch) = (self.setup.systemd.clone(), me.clone(), shell.state.watch().clone());
        // Not bounded by the number of screens: without it nothing else works.
        shell.tasks.spawn(async move {
            let linked = async {
                let link = systemd.connect().await?;
                let version = link.bus.version().await?;
                let units = survey::all(&*link.bus, &watch).await?;
                Ok::<_, BusError>((link, version, units))
            };
            let own = match linked.await {
                Ok((link, version, units)) => {
                    Own::Linked { bus: link.bus, changes: link.changes, version, units }
                }
                Err(error) => Own::Heard(Input::NotLinked { error }),
            };
            let _ = me.cast(Msg::Own(own));
        });
    }

    fn linked(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        bus: Arc<dyn Bus>,
        mut changes: mpsc::Receiver<Changes>,
        version: String,
        units: Vec<Unit>,
    ) {
        shell.dial.linked();
        shell.counts.connections += 1;
        shell.bus = Some(bus);
        shell.files = None;
        let link = shell.counts.connections;
        tracing::info!(version, units = units.len(), "systemd connected");
        let to = me.clone();
        shell.listener = Tasks::new();
        shell.listener.spawn(async move {
            while let Some(changes) = changes.recv().await {
                if to.cast(Msg::Own(Own::Heard(Input::Changed { link, changes }))).is_err() {
                    return;
                }
            }
            let _ = to.cast(Msg::Own(Own::Heard(Input::Lost { link })));
        });
        let effects = shell.state.on(Input::Linked { link, version, units }, self.now());
        self.run(me, shell, effects);
    }

    fn heard(&self, me: &ActorRef<Msg>, shell: &mut Shell, input: Input) {
        let now = self.now();
        match &input {
            Input::NotLinked { error } => shell.failed(now.at, error),
            Input::Lost { link } if *link == shell.state.links => {
                shell.bus = None;
                shell.failed(now.at, &BusError::Lost);
            }
            Input::Changed { .. } => shell.counts.changes += 1,
            _ => {}
        }
        let effects = shell.state.on(input, now);
        self.run(me, shell, effects);
    }

    fn run(&self, me: &ActorRef<Msg>, shell: &mut Shell, effects: Vec<Effect>) {
        for effect in effects {
            self.effect(me, shell, effect);
        }
    }

    fn effect(&self, me: &ActorRef<Msg>, shell: &mut Shell, effect: Effect) {
        let to = me.clone();
        let tell = move |input| drop(to.cast(Msg::Own(Own::Heard(input))));
        let link = shell.state.links;
        let bus = shell.bus.clone().ok_or(BusError::Lost);
        match effect {
            Effect::Connect => shell.dial_again(me),
            Effect::Survey => {
                let watch = shell.state.watch().clone();
                shell.must(async move {
                    let units = match bus {
                        Ok(bus) => survey::all(&*bus, &watch).await,
                        Err(error) => Err(error),
                    };
                    tell(Input::Surveyed { link, units });
                });
            }
            Effect::Read(names) => shell.must(async move {
                let units = match bus {
                    Ok(bus) => survey::some(&*bus, &names).await,
                    Err(error) => Err(error),
                };
                tell(Input::Read { link, names, units });
            }),
            Effect::Carry { op, verb, unit } => {
                tracing::info!(unit = %unit, ?verb, "act begun");
                shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
                shell.must(async move {
                    let end = match bus {
                        Ok(bus) => tokio::time::timeout(ACT_MAX, bus.act(verb, &unit)).await,
                        Err(error) => Ok(Err(error)),
                    };
                    tell(match end {
                        Ok(end) => Input::JobEnded { op, unit, end },
                        Err(_) => Input::TookTooLong { op, unit },
                    });
                });
            }
            Effect::Look { op, unit } => shell.must(async move {
                tokio::time::sleep(SIGNALS_FIRST).await;
                let seen = match bus {
                    Ok(bus) => bus.details(&unit).await,
                    Err(error) => Err(error),
                };
                tell(Input::Looked { op, unit, seen: Box::new(seen) });
            }),
            Effect::Settle { op, unit } => shell.must(async move {
                tokio::time::sleep(STEADY).await;
                tell(Input::Settled { op, unit });
            }),
            Effect::Tail { op, unit, since } => {
                let journal = self.setup.journal.clone();
                shell.must(async move {
                    let log = looks::tail(&*journal, &unit, Some(since), TAIL_LINES, TAIL_MAX).await;
                    tell(Input::Told { op, unit, log: log.into_iter().map(log_line).collect() });
                });
            }
            Effect::ForgetFiles => shell.files = None,
            Effect::Changed(topic) => self.setup.outlet.changed(topic),
            Effect::Happened(at, event) => {
                shell.counts.failures += u64::from(matches!(event, crate::events::Event::UnitFailed { .. }));
                self.setup.outlet.happened(at, event);
            }
        }
    }

    fn list(&self, me: &ActorRef<Msg>, shell: &mut Shell, ask: ListAsk, reply: RpcReplyPort<ListPage>) {
        shell.looked_at(me);
        let files = shell.files.as_ref().filter(|(at, _)| at.elapsed() < FILES_FRESH);
        let shelf = Shelf {
            bus: shell.bus.clone(),
            link: shell.state.link.clone(),
            units: shell.state.units().values().cloned().collect(),
            watched: shell.state.watched(),
            failed: shell.state.failed().count(),
            files: files.map(|(_, files)| files.clone()),
            doing: shell.state.ops().iter().map(|(unit, op)| (unit.clone(), op.verb)).collect(),
            samples: shell.samples.clone(),
        };
        let (me, now) = (me.clone(), self.setup.clock.now());
        shell.spawn(async move {
            let (page, learnt) = looks::list(shelf, ask, now).await;
            let _ = reply.send(page);
            keep(&me, learnt);
        });
    }

    fn unit(&self, me: &ActorRef<Msg>, shell: &mut Shell, name: UnitName, reply: RpcReplyPort<UnitReport>) {
        shell.looked_at(me);
        let sheet = self.sheet(shell, name);
        let (me, now) = (me.clone(), self.setup.clock.now());
        shell.spawn(async move {
            let (report, learnt) = looks::unit(sheet, now).await;
            let _ = reply.send(report);
            keep(&me, learnt);
        });
    }

    fn diagnose(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        name: UnitName,
        reply: RpcReplyPort<Diagnosis>,
    ) {
        shell.looked_at(me);
        let sheet = self.sheet(shell, name);
        let (me, now) = (me.clone(), self.setup.clock.now());
        shell.spawn(async move {
            let (diagnosis, learnt) = looks::diagnose(sheet, now).await;
            let _ = reply.send(diagnosis);
            keep(&me, learnt);
        });
    }

    /// What the book knows of a unit, and whom to ask for the rest.
    fn sheet(&self, shell: &Shell, name: UnitName) -> Sheet {
        let state = &shell.state;
        let report = UnitReport {
            link: state.link.clone(),
            details: Err(match &state.link {
                Link::Down { error, .. } => error.clone(),
                Link::Opening | Link::Up { .. } => BusError::Lost,
            }),
            last_known: state.units().get(&name).cloned(),
            load: Default::default(),
            timers: Vec::new(),
            dependants_up: Vec::new(),
            op: state.ops().get(&name).cloned(),
            evidence: state.evidence(&name).cloned(),
            crashes: state.crashes(&name),
            log: Vec::new(),
            watched: state.is_watched(&name),
            protected: state.is_protected(&name),
            lifeline: lifeline::of(&name, self.setup.own.as_ref()),
            name,
        };
        let (bus, journal, samples) = (shell.bus.clone(), self.setup.journal.clone(), shell.samples.clone());
        Sheet { bus, journal, samples, report }
    }

    fn log(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        log: Log,
        reply: RpcReplyPort<Result<LogPage, JournalError>>,
    ) {
        let (journal, clock, me) = (self.setup.journal.clone(), self.setup.clock.clone(), me.clone());
        let feed = log.follow.then(|| shell.feeds.number(&log));
        if let Some(entries) = feed.and_then(|feed| shell.feeds.look(feed)) {
            let _ = reply.send(Ok(LogPage { entries, complete: false, feed }));
            return;
        }
        shell.spawn(async move {
            let mut page = follow::page(&*journal, &log, &*clock).await;
            if let Ok(page) = &mut page
                && feed.is_some()
            {
                page.feed = feed;
                let lines = page.entries.clone();
                let _ = me.cast(Msg::Own(Own::Follow { log, lines }));
            }
            let _ = reply.send(page);
        });
    }

    fn follow(&self, me: &ActorRef<Msg>, shell: &mut Shell, log: Log, lines: Vec<Entry>) {
        let (id, max) = (shell.feeds.number(&log), log.amount.lines());
        let cursor = lines.iter().rev().find_map(|entry| entry.cursor.clone());
        let run = follow::run(id, log, cursor, self.setup.journal.clone(), me.clone());
        shell.feeds.begin(id, max, lines, run);
    }

    fn log_file(
        &self,
        shell: &mut Shell,
        log: Log,
        tz: jiff::tz::TimeZone,
        reply: RpcReplyPort<Result<super::messages::LogFile, JournalError>>,
    ) {
        let Setup { journal, clock, scratch, blobs, .. } = self.setup.clone();
        shell.spawn(async move {
            let made = follow::file(&*journal, &log, &*clock, &tz, &scratch, &blobs).await;
            let _ = reply.send(made);
        });
    }
}

fn keep(me: &ActorRef<Msg>, learnt: Learnt) {
    if !learnt.samples.is_empty() {
        let _ = me.cast(Msg::Own(Own::Sampled(learnt.samples)));
    }
    if let Some(files) = learnt.files {
        let _ = me.cast(Msg::Own(Own::Files(files)));
    }
}

pub(super) fn log_line(entry: Entry) -> LogLine {
    LogLine { at: entry.at, priority: entry.priority, text: entry.text.unwrap_or_default() }
}
