//! The book of containers: what runs, what was asked to end, what was told as broken. Pure: inputs in, effects out.
//!
//! Truth is the engine's list; its events say when to look again, and why something ended. A container that ended
//! after somebody sent it a signal by the engine did not crash. What was told as broken is told as well again once it
//! has held for [`STEADY`].

mod unfinished;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    begun::Begun,
    config::{Config, Patterns},
    engine::{About, EngineError, Verb},
    halves,
    model::{Container, ContainerId, Happening, Health, State as Run, What},
    ops::{Doing, Evidence, NotUpdated, Op},
};
use crate::{events::Event, intent::containers::Name, screen::Topic};

/// After trouble: up so long, and it is well again.
pub const STEADY: Duration = Duration::from_secs(30);
/// Containers that things are done to at the same time.
const OPS_MAX: usize = 16;
const EVIDENCE_MAX: usize = 100;
/// What was sent a signal is remembered at most for so many.
const ASKED_MAX: usize = 2000;

/// Signals that do not mean "end": hangup, user 1 and 2, window size, go on, child.
const HARMLESS: [i64; 6] = [1, 10, 12, 17, 18, 28];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    Opening,
    Up(About),
    Down { since: Timestamp, error: EngineError },
}

/// What is acted on: one container, or all of a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    One(Name),
    Project(Name),
}

impl Target {
    pub fn name(&self) -> &Name {
        match self {
            Target::One(name) | Target::Project(name) => name,
        }
    }
}

#[derive(Debug)]
pub enum Input {
    Linked {
        about: About,
        list: Vec<Container>,
    },
    /// It could not be connected, or the connection is over.
    Down {
        error: EngineError,
    },
    Listed(Vec<Container>),
    Happened(Happening),
    /// Updates by Compose that were written down as begun, before this start.
    Remembered(Vec<Begun>),
    /// Names that are warned of since before this start: what is well again, or gone, is to be told so.
    Warned(Vec<String>),
    /// [`STEADY`] has passed since it came up.
    Settled {
        id: ContainerId,
        since: Instant,
    },
}

#[derive(Debug, PartialEq)]
pub enum Effect {
    Connect,
    /// List all, soon; several wishes are one.
    Relist,
    /// Come back with [`Input::Settled`] after [`STEADY`].
    Settle {
        id: ContainerId,
        since: Instant,
    },
    Changed(Topic),
    Happened(Timestamp, Event),
    /// What was written down of its update by Compose can go.
    Whole(Name),
}

/// Why an act is not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// With the first protected container.
    Protected(String),
    Busy {
        doing: Doing,
        by: String,
        since: Timestamp,
    },
    TooMany,
    NotLinked(EngineError),
    Unknown,
    /// Only a stopped one is removed.
    Running,
    /// Something is being cleared away already.
    Sweeping,
    /// The registries are being asked already.
    Checking,
    /// The config does not want registries asked.
    UpdatesOff,
    NothingNewer,
    NotUpdated(NotUpdated),
    /// An update is open, and its way back needs what would be deleted.
    WayBack(String),
}

#[derive(Debug, Clone, Copy)]
pub struct Now {
    pub at: Timestamp,
    pub tick: Instant,
}

#[derive(Debug)]
struct Told {
    name: String,
    /// As ended, not only as unwell.
    ended: bool,
    /// It came up then, and has held since.
    up_since: Option<Instant>,
}

#[derive(Debug)]
pub struct State {
    pub link: Link,
    /// The socket of the engine that the list is of; it stays when the connection breaks.
    listed_by: Option<String>,
    containers: BTreeMap<ContainerId, Container>,
    /// Signalled by the engine since it was last started.
    asked: BTreeSet<ContainerId>,
    /// Told as broken, and not yet as well again.
    told: BTreeMap<ContainerId, Told>,
    out_of_memory: BTreeSet<ContainerId>,
    ops: BTreeMap<Target, Op>,
    evidence: BTreeMap<Target, Evidence>,
    protected: Patterns,
    /// Whose updates are half done as the last list had it, and as it was told.
    halves: Option<BTreeSet<String>>,
    halves_told: Option<BTreeSet<String>>,
    /// Updates by Compose that have begun, by container. `None` until it is known what was written down.
    begun: Option<BTreeMap<Name, Begun>>,
    /// Of these, those that are found whole; believed when they have held for [`STEADY`].
    whole_since: BTreeMap<Name, (ContainerId, Instant)>,
}

impl State {
    pub fn new(config: &Config) -> State {
        State {
            link: Link::Opening,
            listed_by: None,
            containers: BTreeMap::new(),
            asked: BTreeSet::new(),
            told: BTreeMap::new(),
            out_of_memory: BTreeSet::new(),
            ops: BTreeMap::new(),
            evidence: BTreeMap::new(),
            protected: Patterns::new(&config.protected),
            halves: None,
            halves_told: None,
            begun: None,
            whole_since: BTreeMap::new(),
        }
    }

    pub fn configure(&mut self, config: &Config) {
        self.protected = Patterns::new(&config.protected);
    }

    pub fn on(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Linked { about, list } => {
                self.listed_by = Some(about.socket.clone());
                self.link = Link::Up(about);
                // What happened while nobody listened is not told one by one: the list shows how it is now.
                self.asked.clear();
                self.out_of_memory.clear();
                (self.halves, self.halves_told) = (None, None);
                let mut effects = self.missed(&list, now);
                effects.extend(self.listed(list, now));
                // What came between the list and the first event is seen by a second look.
                effects.push(Effect::Relist);
                effects
            }
            Input::Down { error } => {
                let since = match &self.link {
                    Link::Down { since, .. } => *since,
                    Link::Opening | Link::Up(_) => now.at,
                };
                self.link = Link::Down { since, error };
                vec![Effect::Connect, Effect::Changed(Topic::Containers)]
            }
            Input::Listed(list) => self.listed(list, now),
            Input::Happened(happening) => self.happened(happening, now),
            Input::Warned(names) => self.warned(names, now),
            Input::Settled { id, since } => self.settled(id, since, now),
            Input::Remembered(begun) => {
                let known = self.begun.get_or_insert_default();
                for one in begun {
                    // What was begun since the start is newer.
                    known.entry(one.container.clone()).or_insert(one);
                }
                vec![Effect::Relist]
            }
        }
    }

    fn listed(&mut self, list: Vec<Container>, now: Now) -> Vec<Effect> {
        let new: BTreeMap<ContainerId, Container> =
            list.into_iter().map(|container| (container.id.clone(), container)).collect();
        let same = new.len() == self.containers.len()
            && new.iter().zip(&self.containers).all(|((_, a), (_, b))| same_but_words(a, b));
        self.containers = new;
        let mut effects = Vec::new();
        self.asked.retain(|id| self.containers.contains_key(id));
        self.out_of_memory.retain(|id| self.containers.contains_key(id));
        let gone = self.told.extract_if(.., |id, _| !self.containers.contains_key(id));
        // Nothing is left to be done about one that is gone.
        let recovered = |told: Told| Event::ContainerRecovered { container: told.name };
        effects.extend(gone.map(|(_, told)| Effect::Happened(now.at, recovered(told))));
        for (id, told) in &mut self.told {
            let well = self.containers.get(id).is_some_and(|c| c.state == Run::Running && !c.troubled());
            match (well, told.up_since) {
                (true, None) => {
                    told.up_since = Some(now.tick);
                    effects.push(Effect::Settle { id: id.clone(), since: now.tick });
                }
                (true, Some(_)) => {}
                (false, _) => told.up_since = None,
            }
        }
        if !same {
            effects.push(Effect::Changed(Topic::Containers));
        }
        effects.extend(self.watch_whole(now));
        effects.extend(self.judge_halves(now));
        effects
    }

    /// After a broken connection: what was well before it and is not now, once each. Ends by a signal are left out: an
    /// engine that was restarted ended everything so, and a stop may have been asked for.
    fn missed(&mut self, list: &[Container], now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        for container in list {
            let Some(before) = self.containers.get(&container.id) else { continue };
            let (ended, event) = match container.state {
                _ if before.troubled() || before.state != Run::Running => continue,
                _ if container.health == Some(Health::Unhealthy) => (false, unhealthy(&container.name)),
                Run::Restarting | Run::Dead => (true, died(&container.name, None, false)),
                Run::Exited(Some(code @ (1..=125 | 134 | 139))) => {
                    (true, died(&container.name, Some(code), false))
                }
                _ => continue,
            };
            if self.tell(&container.id, &container.name, ended) {
                effects.push(Effect::Happened(now.at, event));
            }
        }
        effects
    }

    /// `false`: it was told already, and not as less than this.
    fn tell(&mut self, id: &ContainerId, name: &str, ended: bool) -> bool {
        let before = self.told.get(id).map(|told| told.ended);
        let ended = ended || before == Some(true);
        let told = Told { name: name.to_owned(), ended, up_since: None };
        self.told.insert(id.clone(), told);
        before.is_none_or(|before| ended && !before)
    }

    fn warned(&mut self, names: Vec<String>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        for name in names {
            match self.containers.values().find(|container| container.name == name) {
                Some(container) => {
                    let id = container.id.clone();
                    self.told.entry(id).or_insert(Told { name, ended: false, up_since: None });
                }
                None => effects.push(Effect::Happened(now.at, Event::ContainerRecovered { container: name })),
            }
        }
        let list = self.containers.values().cloned().collect();
        effects.extend(self.listed(list, now));
        effects
    }

    fn happened(&mut self, happening: Happening, now: Now) -> Vec<Effect> {
        let Happening { id, name, what, .. } = happening;
        let mut effects = vec![Effect::Relist];
        match what {
            What::Signalled(signal)
                if self.asked.len() < ASKED_MAX
                    && !signal.is_some_and(|signal| HARMLESS.contains(&signal)) =>
            {
                self.asked.insert(id);
            }
            What::Oom => {
                self.out_of_memory.insert(id);
            }
            What::Started => {
                self.asked.remove(&id);
                self.out_of_memory.remove(&id);
                if let Some(told) = self.told.get_mut(&id) {
                    told.up_since = Some(now.tick);
                    effects.push(Effect::Settle { id, since: now.tick });
                }
            }
            What::Died(exit) => {
                self.whole_since.retain(|_, (held, _)| *held != id);
                let oom = self.out_of_memory.contains(&id);
                let crashed = oom || exit.is_some_and(|code| code != 0) && !self.asked.contains(&id);
                // A loop dies again and again: it is told once. One that was unwell and then ends is worse.
                if crashed && self.tell(&id, &name, true) {
                    effects.push(Effect::Happened(now.at, died(&name, exit, oom)));
                }
            }
            What::Health(Health::Unhealthy) if self.tell(&id, &name, false) => {
                effects.push(Effect::Happened(now.at, unhealthy(&name)));
            }
            What::Health(Health::Healthy) => {
                if let Some(told) = self.told.get_mut(&id) {
                    told.up_since = Some(now.tick);
                    effects.push(Effect::Settle { id, since: now.tick });
                }
            }
            What::Removed => {
                self.asked.remove(&id);
                self.out_of_memory.remove(&id);
                // It is gone: nothing is left to be done about it.
                if self.told.remove(&id).is_some() {
                    effects.push(Effect::Happened(now.at, Event::ContainerRecovered { container: name }));
                }
            }
            _ => {}
        }
        effects
    }

    fn settled(&mut self, id: ContainerId, since: Instant, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(container) = self.containers.get(&id) else { return effects };
        let well = container.state == Run::Running && !container.troubled();
        if well && self.told.get(&id).is_some_and(|told| told.up_since == Some(since)) {
            let event = Event::ContainerRecovered { container: container.name.clone() };
            self.told.remove(&id);
            effects.push(Effect::Happened(now.at, event));
        }
        let whole = self.whole_since.iter().find(|(_, held)| **held == (id.clone(), since));
        effects.extend(whole.map(|(name, _)| Effect::Whole(name.clone())));
        effects
    }

    /// Books an act, or says why not.
    pub fn order(
        &mut self,
        doing: Doing,
        target: &Target,
        by: &str,
        now: Now,
    ) -> Result<Vec<Container>, Refusal> {
        let targets = self.may(doing, target)?;
        if doing.takes_down() && doing != Doing::Act(Verb::Pause) {
            // Not every engine tells the signal by which it ends them.
            let ends = targets.iter().filter(|container| container.running());
            self.asked.extend(ends.map(|container| container.id.clone()).take(ASKED_MAX));
        }
        self.evidence.remove(target);
        self.ops.insert(target.clone(), Op { doing, by: by.to_owned(), at: now.at, step: None });
        Ok(targets)
    }

    /// Whether an act could be begun now.
    pub fn may(&self, doing: Doing, target: &Target) -> Result<Vec<Container>, Refusal> {
        match &self.link {
            Link::Up(_) => {}
            Link::Down { error, .. } => return Err(Refusal::NotLinked(error.clone())),
            Link::Opening => return Err(Refusal::NotLinked(EngineError::Lost)),
        }
        let targets = match (doing, target) {
            (Doing::PutBack | Doing::Finish, Target::One(name)) => {
                let half = self.half_of(name.as_str()).ok_or(Refusal::Unknown)?;
                if doing == Doing::Finish && half.compose.is_none() {
                    return Err(Refusal::Unknown);
                }
                if self.protected.matches(name.as_str()) {
                    return Err(Refusal::Protected(name.to_string()));
                }
                self.left_of(name)
            }
            _ => Some(self.targets(target)).filter(|found| !found.is_empty()).ok_or(Refusal::Unknown)?,
        };
        let touched = self.touched(doing, target, &targets);
        if doing.takes_down()
            && let Some(safe) = touched.iter().find(|container| self.is_protected(container))
        {
            return Err(Refusal::Protected(safe.name.clone()));
        }
        if doing == Doing::Act(Verb::Remove) && targets.iter().any(Container::running) {
            return Err(Refusal::Running);
        }
        for (other, op) in &self.ops {
            let theirs = self.touched(op.doing, other, &self.targets(other));
            // What an update made or put aside is busy with it.
            let part = |mine: &Container| {
                !matches!(op.doing, Doing::Act(_)) && *other.name().as_str() == *halves::owner(&mine.name)
            };
            let shared = |mine: &Container| part(mine) || theirs.iter().any(|one| one.id == mine.id);
            if other == target || touched.iter().any(shared) {
                return Err(Refusal::Busy { doing: op.doing, by: op.by.clone(), since: op.at });
            }
        }
        if doing == Doing::Update
            && let Some(open) = self.open_update(&targets)
        {
            return Err(Refusal::NotUpdated(NotUpdated::Unfinished(open)));
        }
        if self.ops.len() >= OPS_MAX {
            return Err(Refusal::TooMany);
        }
        Ok(targets)
    }

    /// Nothing was done after all.
    pub fn released(&mut self, target: &Target) {
        self.ops.remove(target);
        self.spared(target);
    }

    /// What runs after all was not ended: when it dies later, that is a crash.
    fn spared(&mut self, target: &Target) {
        for container in self.targets(target).iter().filter(|container| container.running()) {
            self.asked.remove(&container.id);
        }
    }

    pub fn step(&mut self, target: &Target, step: super::ops::Step) {
        if let Some(op) = self.ops.get_mut(target) {
            op.step = Some(step);
        }
    }

    pub fn concluded(&mut self, target: Target, evidence: Evidence) {
        self.ops.remove(&target);
        self.spared(&target);
        if self.evidence.len() >= EVIDENCE_MAX {
            let oldest = self.evidence.iter().min_by_key(|(_, e)| e.at).map(|(target, _)| target.clone());
            oldest.and_then(|target| self.evidence.remove(&target));
        }
        self.evidence.insert(target, evidence);
    }

    fn targets(&self, target: &Target) -> Vec<Container> {
        let mine = |container: &&Container| match target {
            Target::One(name) => container.name == name.as_str(),
            Target::Project(name) => container.project() == Some(name.as_str()),
        };
        self.containers.values().filter(mine).cloned().collect()
    }

    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.values()
    }

    pub fn find(&self, name: &Name) -> Option<&Container> {
        self.containers.values().find(|container| container.name == name.as_str())
    }

    /// In trouble, and nobody asked it to end.
    pub fn troubled(&self, container: &Container) -> bool {
        container.troubled()
            && !(matches!(container.state, Run::Exited(_)) && self.asked.contains(&container.id))
    }

    pub fn is_protected(&self, container: &Container) -> bool {
        self.protected.matches(&container.name)
    }

    pub fn ops(&self) -> &BTreeMap<Target, Op> {
        &self.ops
    }

    pub fn evidence(&self, target: &Target) -> Option<&Evidence> {
        self.evidence.get(target)
    }
}

fn died(container: &str, exit: Option<i64>, oom: bool) -> Event {
    Event::ContainerDied { container: container.to_owned(), exit, oom, means: None, last: Vec::new() }
}

fn unhealthy(container: &str) -> Event {
    Event::ContainerUnhealthy { container: container.to_owned(), last: Vec::new() }
}

/// The engine's status words count seconds: they are no change.
fn same_but_words(a: &Container, b: &Container) -> bool {
    a.id == b.id
        && a.name == b.name
        && a.state == b.state
        && a.health == b.health
        && a.ports == b.ports
        && a.image == b.image
}
