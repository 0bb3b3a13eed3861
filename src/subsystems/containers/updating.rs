//! The actor's part for updates: the rounds that ask registries, the booking of a container, the swap. And what is
//! told of a container in trouble, with its last words.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use ractor::{ActorRef, RpcReplyPort};
use tokio::time::Instant;

use super::{
    actor::{Keeper, TICK, conclude},
    begun::{Begun, is_leftover},
    compose::{Composer, Place, Service},
    config::Config,
    engine::{About, EngineError},
    messages::{Booked, Msg, Own},
    model::{Container, State as Run},
    ops::{self, Doing, End, Evidence, NotUpdated},
    renew,
    shell::Shell,
    state::{Input, Link, Refusal, Target},
    store,
    updates::{self, ASKED_MAX, Found, Verdict},
    words,
};
use crate::{
    events::Event,
    intent::containers::Name,
    phrase,
    scheduler::{Launch, Missed, Rule, RunTask, Task},
    screen::{Topic, text},
    store::Durability,
    supervision::Port,
};

/// The last words of a check in a notice, beside those of the log.
const CHECK_LINES_MAX: usize = 2;
/// Of one line in a notice.
const LINE_CHARS_MAX: usize = 200;
/// A notice does not wait longer for its last words.
const WORDS_MAX: Duration = Duration::from_secs(5);
const JITTER: Duration = Duration::from_secs(20 * 60);
const BEGIN_MAX: Duration = Duration::from_secs(10);
const STORE_WITHIN: Duration = Duration::from_secs(5);
const READ_AGAIN: Duration = Duration::from_secs(60);

/// What runs by itself here: the rounds, where the config wants them.
pub fn tasks(port: &Port<Msg>, config: &Config, zone: TimeZone) -> Vec<Task> {
    if !(config.enabled && config.updates.enabled) {
        return Vec::new();
    }
    let rule = Rule {
        id: super::panel_updates::TASK.into(),
        title: phrase!("containers-task-updates"),
        plan: config.updates.schedule.clone(),
        zone,
        // Registries are not to be asked by everybody in the same minute.
        jitter: JITTER,
        missed: Missed::CatchUp,
    };
    let port = port.clone();
    let run: RunTask = Arc::new(move |_| {
        let port = port.clone();
        Box::pin(async move {
            match port.call(BEGIN_MAX, Msg::Check).await {
                Ok(Ok(()) | Err(Refusal::Checking)) => {
                    Ok(Launch::Done(Some(phrase!("containers-task-updates-begun"))))
                }
                Ok(Err(Refusal::NotLinked(error))) => Err(words::error_phrase(&error)),
                Ok(Err(_)) => Err(phrase!("containers-updates-off")),
                Err(_) => Err(phrase!("containers-away")),
            }
        })
    });
    vec![Task { rule, run }]
}

impl Keeper {
    pub(super) fn load(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        let (store, me) = (self.setup.store.within(STORE_WITHIN), me.clone());
        shell.must(async move {
            loop {
                let read = store.read(|conn| Ok((store::load(conn)?, store::begun(conn)?))).await;
                let is_read = read.is_ok();
                // What could not be read must not hold back what is seen without it.
                let (known, begun) = read.unwrap_or_default();
                let _ = me.cast(Msg::Own(Own::Loaded(known)));
                let _ = me.cast(Msg::Own(Own::Settled(Input::Remembered(begun))));
                if is_read {
                    return;
                }
                // Of half an update nobody would ever hear.
                tokio::time::sleep(READ_AGAIN).await;
            }
        });
    }

    pub(super) fn check(&self, me: &ActorRef<Msg>, shell: &mut Shell) -> Result<(), Refusal> {
        if !shell.wanted.enabled {
            return Err(Refusal::UpdatesOff);
        }
        if !matches!(shell.state.link, Link::Up(_)) {
            return Err(Refusal::NotLinked(shell.engine().err().unwrap_or(EngineError::Lost)));
        }
        if shell.updates.checking.is_some() {
            return Err(Refusal::Checking);
        }
        let engine = shell.engine().map_err(Refusal::NotLinked)?;
        let (asked, _) = shell.asked_about();
        let names: Vec<String> =
            asked.into_iter().filter(|c| c.address().is_some()).map(|c| c.name).take(ASKED_MAX).collect();
        shell.updates.checking = Some((0, names.len()));
        self.setup.outlet.changed(Topic::Containers);
        let (me, clock) = (me.clone(), self.setup.clock.clone());
        shell.must(async move {
            let tell = |done, name, verdict| {
                let _ = me.cast(Msg::Own(Own::Asked { done, name, verdict }));
            };
            updates::round(engine, names, clock, tell).await;
            let _ = me.cast(Msg::Own(Own::RoundOver));
        });
        Ok(())
    }

    pub(super) fn asked(&self, shell: &mut Shell, done: usize, name: String, verdict: Verdict) {
        // 0: not of the round, but of an update that went well.
        if let Some((so_far, _)) = shell.updates.checking.as_mut().filter(|_| done > 0) {
            *so_far = done;
        }
        self.keep(shell, name, verdict);
        self.setup.outlet.changed(Topic::Containers);
    }

    fn keep(&self, shell: &mut Shell, name: String, verdict: Verdict) {
        shell.updates.note(name.clone(), verdict.clone());
        let store = self.setup.store.within(STORE_WITHIN);
        shell.must(async move {
            // Lost, it is asked again.
            let _ = store.write(Durability::Normal, move |tx| store::save(tx, &name, &verdict)).await;
        });
    }

    pub(super) fn round_over(&self, shell: &mut Shell) {
        shell.updates.checking = None;
        let state = &shell.state;
        let gone = shell.updates.keep_only(|name| state.containers().any(|one| one.name == name));
        let store = self.setup.store.within(STORE_WITHIN);
        shell.must(async move {
            let _ = store.write(Durability::Normal, move |tx| store::forget(tx, &gone)).await;
        });
        self.setup.outlet.changed(Topic::Containers);
    }

    pub(super) fn book(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        name: Name,
        by: String,
        reply: RpcReplyPort<Result<Booked, Refusal>>,
    ) {
        let target = Target::One(name.clone());
        let booked = shell.state.order(Doing::Update, &target, &by, self.now());
        let (engine, about) = match (booked, shell.engine(), &shell.state.link) {
            (Ok(_), Ok(engine), Link::Up(about)) => (engine, about),
            (Err(refusal), ..) => return drop(reply.send(Err(refusal))),
            (Ok(_), engine, _) => {
                shell.state.released(&target);
                let error = engine.err().unwrap_or(EngineError::Lost);
                return drop(reply.send(Err(Refusal::NotLinked(error))));
            }
        };
        let compose = shell.place(about);
        shell.counts.acts += 1;
        shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
        self.setup.outlet.changed(Topic::Containers);
        let all: Vec<_> = shell.state.containers().cloned().collect();
        let me = me.clone();
        shell.must(async move {
            let looked = match engine.inspect(name.as_str()).await {
                Ok(details) => match renew::objection(&details, &all) {
                    None => {
                        let twins = |one: &&Container| one.is_twin(&details.container) && !is_leftover(one);
                        let twins = all.iter().filter(twins).map(|one| one.name.clone()).collect();
                        Ok(Booked { engine, compose, twins, details })
                    }
                    Some(why) => Err(Refusal::NotUpdated(why)),
                },
                Err(error) => Err(Refusal::NotLinked(error)),
            };
            let refused = looked.is_err();
            // Who asked may be gone by now.
            if reply.send(looked).is_err() || refused {
                let _ = me.cast(Msg::Own(Own::Released(target)));
            }
        });
    }

    /// Runs to one of its ends whatever becomes of the job that asked for it.
    pub(super) fn swap(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        name: Name,
        by: String,
        service: Option<(Composer, Service)>,
        reply: RpcReplyPort<End>,
    ) {
        let target = Target::One(name.clone());
        let (engine, socket) = match (shell.engine(), &shell.state.link) {
            (Ok(engine), Link::Up(about)) => (engine, about.socket.clone()),
            (engine, _) => {
                shell.state.released(&target);
                return drop(reply.send(End::Refused(engine.err().unwrap_or(EngineError::Lost))));
            }
        };
        tracing::info!(target = %name, "update begun");
        let (me, clock, began) = (me.clone(), self.setup.clock.clone(), Instant::now());
        let store = self.setup.store.within(STORE_WITHIN);
        shell.must(async move {
            let end = match (engine.inspect(name.as_str()).await.map(|details| details.container), service) {
                (Err(error), _) => End::Refused(error),
                (Ok(now), None) => renew::swap(&*engine, &name, &now.image).await,
                (Ok(now), Some((composer, service))) => {
                    let (container, at) = (name.clone(), clock.now());
                    let begun =
                        Begun { container, service, image: now.image, before: now.image_id, socket, at };
                    let to_keep = begun.clone();
                    match store.write(Durability::Full, move |tx| store::begin(tx, &to_keep)).await {
                        Ok(()) => {
                            let _ = me.cast(Msg::Own(Own::Begun(begun.clone())));
                            renew::swap_by_compose(&*engine, &composer, &begun).await
                        }
                        // Cut short, nobody would know of it, nor the image of before: it is not begun.
                        Err(error) => {
                            tracing::warn!(error = %error, "an update by Compose is not written down");
                            End::NotUpdated(NotUpdated::NotNoted)
                        }
                    }
                }
            };
            if end.leaves_whole() {
                let _ = me.cast(Msg::Own(Own::Ended(name.clone())));
            }
            if let (true, Ok(now)) = (end.good(), engine.inspect(name.as_str()).await) {
                let (image, image_id) = (now.container.image, now.container.image_id);
                let verdict = Verdict { image_id, image, at: clock.now(), found: Found::Current };
                let _ = me.cast(Msg::Own(Own::Asked { done: 0, name: name.to_string(), verdict }));
            }
            let ends = vec![(name.to_string(), end.clone())];
            let evidence =
                Evidence { doing: Doing::Update, by, at: clock.now(), took: began.elapsed(), ends };
            conclude(&me, &*engine, target, evidence).await;
            let _ = reply.send(end);
        });
    }

    /// Runs to its end, as an update does.
    pub(super) fn mend(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        name: Name,
        how: Doing,
        by: String,
    ) -> Result<(), Refusal> {
        let target = Target::One(name.clone());
        let engine = shell.engine().map_err(Refusal::NotLinked)?;
        // Before it is booked: what is under way is no half update.
        let half = shell.state.half_of(name.as_str());
        shell.state.order(how, &target, &by, self.now())?;
        let place = match &shell.state.link {
            Link::Up(about) => shell.place(about),
            Link::Opening | Link::Down { .. } => None,
        };
        shell.counts.acts += 1;
        tracing::info!(target = %name, ?how, "half update: mending begun");
        shell.tick.arm(me, TICK, |g| Msg::Own(Own::Tick(g)));
        self.setup.outlet.changed(Topic::Containers);
        let (me, clock, began) = (me.clone(), self.setup.clock.clone(), Instant::now());
        shell.must(async move {
            let end = match (half.and_then(|half| half.compose), place) {
                (None, _) => renew::put_back(&*engine, &name).await,
                (Some(_), None) => End::NotUpdated(NotUpdated::NoCompose),
                (Some((begun, _)), Some(place)) => match place.find().await {
                    Some(composer) => {
                        renew::mend_by_compose(&*engine, &composer, &begun, how == Doing::PutBack).await
                    }
                    None => End::NotUpdated(NotUpdated::NoCompose),
                },
            };
            if end.good() {
                let _ = me.cast(Msg::Own(Own::Ended(name.clone())));
            }
            let ends = vec![(name.to_string(), end)];
            let evidence = Evidence { doing: how, by, at: clock.now(), took: began.elapsed(), ends };
            conclude(&me, &*engine, target, evidence).await;
        });
        Ok(())
    }

    pub(super) fn let_go(&self, shell: &mut Shell, name: &Name) -> Result<(), Refusal> {
        let half = shell.state.half_of(name.as_str()).and_then(|half| half.compose);
        half.ok_or(Refusal::Unknown)?;
        self.ended(shell, name);
        Ok(())
    }

    /// What was written down of its update by Compose goes.
    pub(super) fn ended(&self, shell: &mut Shell, name: &Name) {
        shell.state.end(name);
        let (store, name) = (self.setup.store.within(STORE_WITHIN), name.clone());
        shell.must(async move {
            // Left, it is found to be whole after the next start.
            let _ = store.write(Durability::Normal, move |tx| store::end(tx, &name)).await;
        });
    }

    /// A notice of trouble carries the last words; what comes meanwhile of the same container waits behind it.
    pub(super) fn tell(&self, me: &ActorRef<Msg>, shell: &mut Shell, at: Timestamp, event: Event) {
        let name = match &event {
            Event::ContainerDied { container, .. }
            | Event::ContainerUnhealthy { container, .. }
            | Event::ContainerRecovered { container } => container.clone(),
            _ => return self.setup.outlet.happened(at, event),
        };
        if let Some(waiting) = shell.telling.get_mut(&name) {
            waiting.push((at, event));
            return;
        }
        let engine = shell.engine().ok().zip(Name::parse(&name).ok());
        let (Some((engine, address)), false) = (engine, matches!(event, Event::ContainerRecovered { .. }))
        else {
            return self.setup.outlet.happened(at, event);
        };
        shell.telling.insert(name.clone(), Vec::new());
        let me = me.clone();
        shell.must(async move {
            let mut event = event;
            let found = async {
                let details = engine.inspect(&name).await.ok();
                (details, ops::tail_lines(&*engine, &address).await)
            };
            let (details, log) = tokio::time::timeout(WORDS_MAX, found).await.unwrap_or_default();
            let line = |text: &str| text::clean(text).chars().take(LINE_CHARS_MAX).collect::<String>();
            let mut words: Vec<String> = log.iter().map(|told| line(&told.text)).collect();
            match &mut event {
                Event::ContainerDied { exit, oom, means, last, .. } => {
                    // Not every engine tells an end for want of memory as an event.
                    let ended = details.as_ref().filter(|d| matches!(d.container.state, Run::Exited(_)));
                    *oom |= ended.is_some_and(|details| details.oom);
                    *means = words::meaning(*exit, *oom);
                    *last = words;
                }
                Event::ContainerUnhealthy { last, .. } => {
                    let mut checks = details.iter().flat_map(|d| d.health_log.iter().flatten());
                    let failed = |check: &&super::model::HealthLine| check.exit != 0;
                    let said = checks.rfind(failed).map(|check| check.output.clone());
                    *last = said
                        .iter()
                        .flat_map(|output| output.lines())
                        .filter(|text| !text.trim().is_empty())
                        .take(CHECK_LINES_MAX)
                        .map(line)
                        .collect();
                    last.append(&mut words);
                }
                _ => {}
            }
            let _ = me.cast(Msg::Own(Own::Told(name, at, event)));
        });
    }

    pub(super) fn told(&self, shell: &mut Shell, name: &str, at: Timestamp, event: Event) {
        self.setup.outlet.happened(at, event);
        for (at, event) in shell.telling.remove(name).unwrap_or_default() {
            self.setup.outlet.happened(at, event);
        }
    }
}

impl Shell {
    /// Where Compose is found for that engine.
    fn place(&self, about: &About) -> Option<Place> {
        about.here.then(|| Place { program: self.wanted.compose.clone(), socket: about.socket.clone() })
    }

    /// Which of these would be updated now, in the order they start.
    pub(super) fn may_update(&self, target: &Target) -> Result<Vec<Name>, Refusal> {
        let mine = self.state.may(Doing::Update, target)?;
        let mine = ops::order(&mine, super::engine::Verb::Start);
        let wanted = mine.into_iter().filter(|container| match target {
            Target::One(_) => true,
            Target::Project(_) => self.updates.has_newer(container),
        });
        let names: Vec<Name> = wanted.filter_map(|container| container.address()).collect();
        if names.is_empty() { Err(Refusal::NothingNewer) } else { Ok(names) }
    }
}
