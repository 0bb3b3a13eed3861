//! Which plans there are, how each stands, what waits for its repository, what is overdue. Pure: inputs in, effects out.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    config::Config,
    engine::EngineError,
    messages::{Board, Held, Known, Look, Running, Seen, Sheet},
    plan::{Due, Facts},
    scratch::Swept,
    tasks,
};
use crate::{domain::JobTitle, events::Event, intent::backup::PlanName};

/// A repository is looked at this often by itself, and after each job of it.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(12);
/// One that was not to be had: the disk may be mounted by now.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// The clock may be set, and the machine may sleep: standings are judged this often at least.
const JUDGE_EVERY: Duration = Duration::from_secs(300);
/// While something waits for its repository.
const HELD_EVERY: Duration = Duration::from_secs(5);
/// What could not be started for so long is given up; the schedule comes round again.
const HELD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Four of each plan.
const BEGUN_MAX: usize = 128;
/// The store did not answer.
const AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub enum Input {
    Due,
    Known(Result<Known, String>),
    Looked(PlanName, Result<Seen, EngineError>),
    Look(PlanName),
    Freshen(PlanName),
    /// Something waits for its repository.
    Hold,
    /// Whether it was started or given up; else it waits on.
    Started(Held, bool),
    /// Removed are these, with their bytes; so many are on disks that are away.
    Swept(Swept),
}

#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Ask the store and the jobs. There is one such question at a time.
    Know,
    /// Remove what died restores left behind.
    Sweep,
    Look(PlanName),
    /// These plans are new: note since when they are there.
    Since(Vec<PlanName>),
    Start(Held),
    /// Forget it: it waited too long.
    GiveUp(Held),
    Arm(Duration),
    Changed,
    Happened(Event),
}

#[derive(Debug)]
pub struct State {
    config: Config,
    zone: TimeZone,
    facts: BTreeMap<PlanName, Facts>,
    known: bool,
    /// The store and the jobs are being asked.
    asking: bool,
    /// Something changed while they were: their answer may be older than that.
    ask_again: bool,
    running: Vec<Running>,
    looks: BTreeMap<PlanName, Look>,
    looking: BTreeSet<PlanName>,
    /// Something was done to these while they were looked at: what is seen then may be old.
    look_again: BTreeSet<PlanName>,
    /// Whether a plan was told as overdue; a plan that is not in it has not been judged since the start.
    told: BTreeMap<PlanName, bool>,
    /// Of these the start is under way.
    starting: Vec<Held>,
    /// When what died restores left is to be removed.
    sweep_at: Option<Timestamp>,
    /// The last that were started: a look at the store that began before may still find them waiting.
    begun: VecDeque<Held>,
    pub looks_done: u64,
}

impl State {
    pub fn new(config: Config, zone: TimeZone) -> State {
        State {
            config,
            zone,
            facts: BTreeMap::new(),
            known: false,
            asking: false,
            ask_again: false,
            running: Vec::new(),
            looks: BTreeMap::new(),
            looking: BTreeSet::new(),
            look_again: BTreeSet::new(),
            told: BTreeMap::new(),
            starting: Vec::new(),
            sweep_at: Some(Timestamp::MIN),
            begun: VecDeque::new(),
            looks_done: 0,
        }
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn held(&self) -> usize {
        self.config.named().map(|(name, _)| self.waits(&name).count()).sum()
    }

    /// Another file: what is known of a plan stays, unless its repository is another one.
    pub fn configure(&mut self, config: Config) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.config, config);
        for (name, plan) in before.named() {
            let same = self.config.plan(&name).is_some_and(|now| now.access(None) == plan.access(None));
            if !same {
                self.looks.remove(&name);
            }
        }
        self.ask().into_iter().chain([Effect::Changed]).collect()
    }

    pub fn on(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Due | Input::Hold => self.ask().into_iter().collect(),
            Input::Known(known) => {
                self.asking = false;
                let mut effects = match known {
                    Ok(known) => self.known(known, now),
                    Err(_) => vec![Effect::Arm(AGAIN)],
                };
                if std::mem::take(&mut self.ask_again) {
                    effects.extend(self.ask());
                }
                effects
            }
            Input::Looked(plan, result) => {
                self.looking.remove(&plan);
                self.looks_done += 1;
                if self.config.plan(&plan).is_none() {
                    return Vec::new();
                }
                // It is our own job that holds it; when that has ended it is looked at again.
                let locked = matches!(&result, Err(EngineError::Locked { .. }));
                if locked && self.is_worked_on(&plan) && self.looks.contains_key(&plan) {
                    return vec![Effect::Changed];
                }
                let look = match result {
                    Ok(seen) => Look::Ready { at: now, seen },
                    Err(error) => Look::Trouble { at: now, error },
                };
                self.looks.insert(plan.clone(), look);
                let again = if self.look_again.remove(&plan) { self.look(plan) } else { None };
                // The listing has changed the facts.
                self.ask().into_iter().chain([Effect::Changed]).chain(again).collect()
            }
            Input::Look(plan) => self.look(plan).into_iter().chain([Effect::Changed]).collect(),
            Input::Freshen(plan) => {
                if self.looking.contains(&plan) {
                    self.look_again.insert(plan.clone());
                }
                let look = self.look(plan);
                self.ask().into_iter().chain([Effect::Changed]).chain(look).collect()
            }
            Input::Started(held, started) => {
                self.starting.retain(|other| *other != held);
                if started {
                    if self.begun.len() == BEGUN_MAX {
                        self.begun.pop_front();
                    }
                    self.begun.push_back(held);
                    return self.ask().into_iter().chain([Effect::Changed]).collect();
                }
                // Somebody was quicker, or it was not written down.
                vec![Effect::Arm(HELD_EVERY), Effect::Changed]
            }
            Input::Swept(Swept { removed, waiting }) => {
                self.sweep_at = (waiting > 0).then(|| now + LOOK_AGAIN);
                let told = |(place, bytes): (PathBuf, u64)| {
                    Effect::Happened(Event::RestoreCleared { place: place.display().to_string(), bytes })
                };
                removed.into_iter().map(told).collect()
            }
        }
    }

    /// Two answers could come in the wrong order, and the older one would stay.
    fn ask(&mut self) -> Option<Effect> {
        if self.asking {
            self.ask_again = true;
            return None;
        }
        self.asking = true;
        Some(Effect::Know)
    }

    fn look(&mut self, plan: PlanName) -> Option<Effect> {
        let fresh = self.config.plan(&plan).is_some() && self.looking.insert(plan.clone());
        fresh.then_some(Effect::Look(plan))
    }

    fn known(&mut self, known: Known, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.known || self.facts != known.facts || self.running != known.running {
            effects.push(Effect::Changed);
        }
        (self.facts, self.running, self.known) = (known.facts, known.running, true);
        let names: Vec<PlanName> = self.config.named().map(|(name, _)| name).collect();
        let new: Vec<PlanName> = names
            .iter()
            .filter(|name| self.facts.get(name).is_none_or(|facts| facts.since.is_none()))
            .cloned()
            .collect();
        for name in &new {
            self.facts.entry(name.clone()).or_default().since = Some(now);
        }
        if !new.is_empty() {
            effects.push(Effect::Since(new));
        }
        for name in &names {
            if self.stale(name, now) {
                effects.extend(self.look(name.clone()));
            }
        }
        for name in &names {
            effects.extend(self.judge(name, now));
        }
        self.told.retain(|name, _| names.contains(name));
        // An engine that outlived the Cockpit before this one may still be writing.
        let at_work = self.running.iter().any(|running| restores(&running.title));
        if !at_work && self.sweep_at.take_if(|at| *at <= now).is_some() {
            effects.push(Effect::Sweep);
        }
        effects.extend(self.start_waiting(&names, now));
        effects.push(Effect::Arm(self.next(&names, now)));
        effects
    }

    fn stale(&self, name: &PlanName, now: Timestamp) -> bool {
        match self.looks.get(name).unwrap_or(&Look::NotYet) {
            Look::NotYet => true,
            Look::Ready { at, .. } => now.duration_since(*at) >= LOOK_EVERY,
            Look::Trouble { at, .. } => now.duration_since(*at) >= LOOK_AGAIN,
        }
    }

    fn is_worked_on(&self, name: &PlanName) -> bool {
        let key = self.config.plan(name).map(|plan| plan.key());
        self.running.iter().any(|running| Some(&running.key) == key.as_ref())
    }

    fn runs(&self, name: &PlanName) -> bool {
        self.running.iter().any(
            |running| matches!(&running.title, JobTitle::Backup { plan } if plan.as_str() == name.as_str()),
        )
    }

    fn due(&self, name: &PlanName, now: Timestamp) -> Due {
        match (self.config.plan(name), self.facts.get(name)) {
            (Some(plan), Some(facts)) => facts.due(plan, &self.zone, self.runs(name), now),
            _ => Due::Unplanned,
        }
    }

    /// Says once that it is overdue, and once that it no longer is; after a start, how it stands.
    fn judge(&mut self, name: &PlanName, now: Timestamp) -> Option<Effect> {
        let overdue = match self.due(name, now) {
            Due::Overdue { since } => Some(since),
            // It runs, or is about to: not over yet.
            Due::Now { .. } if self.told.get(name).is_some_and(|told| *told) => return None,
            _ => None,
        };
        let was = self.told.get(name).copied();
        match (overdue, was) {
            (Some(_), Some(true)) | (None, Some(false)) => None,
            (Some(due), _) => {
                let facts = self.facts.get(name)?;
                // A run that failed has been told as that.
                if facts.failed_since(due) {
                    return None;
                }
                let last = facts.success.as_ref().map(|success| success.started);
                self.told.insert(name.clone(), true);
                Some(Effect::Happened(Event::BackupOverdue { plan: name.clone(), due, last }))
            }
            (None, _) => {
                self.told.insert(name.clone(), false);
                Some(Effect::Happened(Event::BackupOnTime { plan: name.clone() }))
            }
        }
    }

    /// What waits for the repository of this plan and is not about to be started.
    fn waits<'a>(&'a self, name: &'a PlanName) -> impl Iterator<Item = Held> + 'a {
        let waiting = self.facts.get(name).map(|facts| facts.waiting.as_slice()).unwrap_or_default();
        let held = waiting.iter().map(|waiting| Held { plan: name.clone(), waiting: waiting.clone() });
        held.filter(|held| !self.starting.contains(held) && !self.begun.contains(held))
    }

    /// What waits for a repository that is free now, one of each, the oldest first. What has waited too long is given
    /// up, and that is told: the schedule comes round again.
    fn start_waiting(&mut self, names: &[PlanName], now: Timestamp) -> Vec<Effect> {
        let mut taken: BTreeSet<String> = self.running.iter().map(|running| running.key.clone()).collect();
        let key = |held: &Held| self.config.plan(&held.plan).map(|plan| plan.key());
        taken.extend(self.starting.iter().filter_map(key));
        let mut waiting: Vec<Held> = names.iter().flat_map(|name| self.waits(name)).collect();
        waiting.sort_by_key(|held| held.waiting.since);
        let mut effects = Vec::new();
        for held in waiting {
            let Some(key) = key(&held) else { continue };
            if now.duration_since(held.waiting.since) >= HELD_FOR {
                let (plan, chore) = (&held.plan, held.waiting.chore);
                effects.push(Effect::Happened(Event::RunsMissed {
                    task: tasks::id(plan, chore),
                    title: chore.title(plan),
                    missed: 1,
                    first_due: held.waiting.since,
                }));
                effects.push(Effect::GiveUp(held));
            } else if taken.insert(key) {
                effects.push(Effect::Start(held));
            }
        }
        for effect in &effects {
            if let Effect::Start(held) | Effect::GiveUp(held) = effect {
                self.starting.push(held.clone());
            }
        }
        effects
    }

    fn next(&self, names: &[PlanName], now: Timestamp) -> Duration {
        let sweeps = self.sweep_at.is_some_and(|at| at <= now);
        if sweeps || names.iter().any(|name| self.waits(name).next().is_some()) {
            return HELD_EVERY;
        }
        let turns = names.iter().filter_map(|name| {
            let (plan, facts) = (self.config.plan(name)?, self.facts.get(name)?);
            facts.turns(plan, &self.zone, now)
        });
        let after = turns.min().and_then(|turn| Duration::try_from(turn.duration_since(now)).ok());
        after.map_or(JUDGE_EVERY, |after| (after + Duration::from_secs(1)).min(JUDGE_EVERY))
    }

    pub fn board(&self, now: Timestamp) -> Board {
        let plans = self.config.named().map(|(name, plan)| Sheet {
            plan: Arc::new(plan.clone()),
            facts: self.facts.get(&name).cloned().unwrap_or_default(),
            due: self.due(&name, now),
            look: self.looks.get(&name).cloned().unwrap_or_default(),
            looking: self.looking.contains(&name),
            name,
        });
        Board { plans: plans.collect(), known: self.known }
    }
}

fn restores(title: &JobTitle) -> bool {
    matches!(title, JobTitle::Restore { .. } | JobTitle::Prove { .. })
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
