//! What is known of the units, and what follows from what happens to them. Pure: inputs and the time go in, effects
//! come out.
//!
//! Holds all services, and of other units those that are watched or failed. Never holds what only a screen needs
//! (memory, dependants): that is read when somebody looks. At most [`UNITS_MAX`] units, [`EVIDENCE_MAX`] outcomes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

pub use super::input::{Effect, Input, Link, Now, Refusal};
use super::{
    bus::{BusError, Changes},
    config::{Config, Patterns},
    lifeline,
    ops::{Evidence, Next, Op},
    unit::{Active, Load, Unit, Verb},
};
use crate::{domain::UnitName, events::Event, screen::Topic};

pub const UNITS_MAX: usize = 10_000;
pub const EVIDENCE_MAX: usize = 64;
/// Restarts by systemd itself that are remembered per unit, and for how many units.
const CRASHES_MAX: usize = 20;
const CRASHING_MAX: usize = 200;
/// Acts at the same time, on different units.
const OPS_MAX: usize = 16;

/// By name, whether systemd has unloaded it.
type Newer = BTreeMap<UnitName, bool>;

#[derive(Debug)]
pub struct State {
    watch: Patterns,
    protected: Patterns,
    pub link: Link,
    /// Counts connections.
    pub links: u64,
    units: BTreeMap<UnitName, Unit>,
    /// Said to have failed, and not yet that they recovered.
    failing: BTreeSet<UnitName>,
    crashes: BTreeMap<UnitName, VecDeque<Timestamp>>,
    /// Names to be read as soon as the reading under way is done.
    unread: BTreeSet<UnitName>,
    reading: bool,
    surveying: bool,
    survey_again: bool,
    /// Told by a signal while a survey, or a reading, was under way: what that brings of them may be older.
    newer_than_survey: Newer,
    newer_than_reading: Newer,
    ops: BTreeMap<UnitName, Op>,
    last_op: u64,
    evidence: BTreeMap<UnitName, Evidence>,
}

impl State {
    pub fn new(config: &Config) -> State {
        State {
            watch: Patterns::new(&config.watch),
            protected: Patterns::new(&config.protected),
            link: Link::Opening,
            links: 0,
            units: BTreeMap::new(),
            failing: BTreeSet::new(),
            crashes: BTreeMap::new(),
            unread: BTreeSet::new(),
            reading: false,
            surveying: false,
            survey_again: false,
            newer_than_survey: Newer::new(),
            newer_than_reading: Newer::new(),
            ops: BTreeMap::new(),
            last_op: 0,
            evidence: BTreeMap::new(),
        }
    }

    /// What is watched may be another: the units are looked through again.
    pub fn configure(&mut self, config: &Config) -> Vec<Effect> {
        self.watch = Patterns::new(&config.watch);
        self.protected = Patterns::new(&config.protected);
        let mut effects = vec![Effect::Changed(Topic::Services)];
        if self.is_up() {
            effects.extend(self.survey());
        }
        effects
    }

    pub fn watch(&self) -> &Patterns {
        &self.watch
    }

    pub fn is_watched(&self, unit: &UnitName) -> bool {
        self.watch.matches(unit)
    }

    pub fn is_protected(&self, unit: &UnitName) -> bool {
        self.protected.matches(unit)
    }

    pub fn is_up(&self) -> bool {
        matches!(self.link, Link::Up { .. })
    }

    pub fn units(&self) -> &BTreeMap<UnitName, Unit> {
        &self.units
    }

    pub fn ops(&self) -> &BTreeMap<UnitName, Op> {
        &self.ops
    }

    pub fn evidence(&self, unit: &UnitName) -> Option<&Evidence> {
        self.evidence.get(unit)
    }

    /// When systemd restarted it by itself, oldest first.
    pub fn crashes(&self, unit: &UnitName) -> Vec<Timestamp> {
        self.crashes.get(unit).map(|times| times.iter().copied().collect()).unwrap_or_default()
    }

    /// The watched ones, also those named in full that are not known; without a connection all are as last heard.
    pub fn watched(&self) -> Vec<Unit> {
        let mut watched: BTreeMap<&UnitName, Unit> =
            self.watch.named().iter().map(|name| (name, Unit::new(name.clone()))).collect();
        for (name, unit) in &self.units {
            if self.watch.matches(name) {
                watched.insert(name, unit.clone());
            }
        }
        watched.into_values().collect()
    }

    pub fn failed(&self) -> impl Iterator<Item = &Unit> {
        self.units.values().filter(|unit| unit.active == Active::Failed)
    }

    fn holds(&self, unit: &Unit) -> bool {
        is_service(&unit.name) && unit.load != Load::NotFound
            || unit.active == Active::Failed
            || self.watch.matches(&unit.name)
    }

    /// Begins an act, or says why not. The checks here are the last word, whatever the bridge let through.
    pub fn order(&mut self, verb: Verb, unit: &UnitName, by: &str, now: Now) -> Result<Vec<Effect>, Refusal> {
        if matches!(verb, Verb::Stop | Verb::Restart | Verb::Disable) && self.is_protected(unit) {
            return Err(Refusal::Protected);
        }
        if matches!(verb, Verb::Start | Verb::Restart) && lifeline::takes_server_down(unit) {
            return Err(Refusal::WholeServer);
        }
        match &self.link {
            Link::Up { .. } => {}
            Link::Opening => return Err(Refusal::NotLinked(BusError::Lost)),
            Link::Down { error, .. } => return Err(Refusal::NotLinked(error.clone())),
        }
        if let Some(op) = self.ops.get(unit) {
            return Err(Refusal::Busy { verb: op.verb, by: op.by.clone(), since: op.at });
        }
        if self.ops.len() >= OPS_MAX {
            return Err(Refusal::TooMany);
        }
        self.last_op += 1;
        let op = Op::new(self.last_op, verb, unit.clone(), by, now.at, now.tick);
        self.ops.insert(unit.clone(), op);
        self.evidence.remove(unit);
        Ok(vec![
            Effect::Carry { op: self.last_op, verb, unit: unit.clone() },
            Effect::Changed(Topic::Services),
        ])
    }

    pub fn on(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Linked { link, version, units } => self.linked(link, version, units, now),
            Input::NotLinked { error } => self.not_linked(error, now),
            Input::Lost { link } if link == self.links && self.is_up() => {
                self.not_linked(BusError::Lost, now)
            }
            Input::Changed { link, changes } if link == self.links => self.changed(changes, now),
            Input::Surveyed { link, units } if link == self.links => self.surveyed(units, now),
            Input::Read { link, names, units } if link == self.links => self.have_read(names, units, now),
            Input::Lost { .. } | Input::Changed { .. } | Input::Surveyed { .. } | Input::Read { .. } => {
                Vec::new()
            }
            Input::JobEnded { op, unit, end } => {
                let (linked, last) = (self.is_up(), self.last_known(&unit));
                self.advance(op, &unit, |op| op.job_ended(end, &last, linked, now.at, now.tick))
            }
            Input::TookTooLong { op, unit } => {
                let last = self.last_known(&unit);
                self.advance(op, &unit, |op| op.took_too_long(&last, now.at, now.tick))
            }
            Input::Looked { op, unit, seen } => self.advance(op, &unit, |op| op.looked(&seen, now.at)),
            Input::Settled { op, unit } => self.advance(op, &unit, Op::settled),
            Input::Told { op, unit, log } => self.advance(op, &unit, |op| op.told(log, now.at)),
        }
    }

    fn last_known(&self, unit: &UnitName) -> Unit {
        self.units.get(unit).cloned().unwrap_or_else(|| Unit::new(unit.clone()))
    }

    fn linked(&mut self, link: u64, version: String, units: Vec<Unit>, now: Now) -> Vec<Effect> {
        self.links = link;
        self.link = Link::Up { since: now.at, version };
        (self.reading, self.surveying, self.survey_again) = (false, false, false);
        self.unread.clear();
        self.newer_than_survey.clear();
        self.newer_than_reading.clear();
        let mut effects = self.take_all(units, &Newer::new(), now);
        effects.push(Effect::Changed(Topic::Services));
        let adrift: Vec<(u64, UnitName)> = self.ops.values().map(|op| (op.id, op.unit.clone())).collect();
        for (op, unit) in adrift {
            effects.extend(self.advance(op, &unit, Op::link_back));
        }
        effects
    }

    fn not_linked(&mut self, error: BusError, now: Now) -> Vec<Effect> {
        let since = match &self.link {
            Link::Down { since, .. } => *since,
            Link::Opening | Link::Up { .. } => now.at,
        };
        let news = !matches!(&self.link, Link::Down { error: known, .. } if *known == error);
        self.link = Link::Down { since, error };
        self.ops.values_mut().for_each(Op::link_lost);
        let mut effects = vec![Effect::Connect];
        effects.extend(news.then_some(Effect::Changed(Topic::Services)));
        effects
    }

    /// The whole list replaces the book, but for what is newer than it; what it says differently has happened.
    fn take_all(&mut self, units: Vec<Unit>, newer: &Newer, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut listed: BTreeSet<UnitName> = newer.keys().cloned().collect();
        for unit in units.into_iter().take(UNITS_MAX) {
            if self.holds(&unit) && !newer.contains_key(&unit.name) {
                listed.insert(unit.name.clone());
                effects.extend(self.put(unit, now).1);
            }
        }
        let gone: Vec<UnitName> = self.units.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        for name in gone {
            effects.extend(self.take_away(&name, now).1);
        }
        effects
    }

    /// Whether anything a list shows has changed, and the events.
    fn put(&mut self, mut unit: Unit, now: Now) -> (bool, Vec<Effect>) {
        let old = self.units.get(&unit.name);
        if let Some(old) = old {
            // A list knows less than the signals said: kept while it is the same state.
            if old.active == unit.active {
                unit.since = unit.since.or(old.since);
                unit.result = unit.result.take().or_else(|| old.result.clone());
                unit.exit = unit.exit.or(old.exit);
                unit.restarts = unit.restarts.or(old.restarts);
            }
            unit.oneshot = unit.oneshot.or(old.oneshot);
        }
        let changed = old != Some(&unit);
        let was_crashing = old.is_some_and(Unit::is_crash_looping);
        let effects = self.judge(&unit, was_crashing, now);
        if self.holds(&unit) {
            if self.units.len() < UNITS_MAX || self.units.contains_key(&unit.name) {
                self.units.insert(unit.name.clone(), unit);
            }
        } else {
            self.units.remove(&unit.name);
        }
        (changed, effects)
    }

    /// A unit that systemd unloaded is neither running nor failed.
    fn take_away(&mut self, name: &UnitName, now: Now) -> (bool, Vec<Effect>) {
        let Some(mut unit) = self.units.remove(name) else { return (false, Vec::new()) };
        unit.active = Active::Inactive;
        unit.sub = "dead".into();
        let effects = self.judge(&unit, false, now);
        if self.watch.named().contains(name) {
            self.units.insert(name.clone(), unit);
        }
        (true, effects)
    }

    fn judge(&mut self, unit: &Unit, was_crashing: bool, now: Now) -> Vec<Effect> {
        if unit.is_crash_looping() && !was_crashing {
            if self.crashes.len() >= CRASHING_MAX && !self.crashes.contains_key(&unit.name) {
                self.crashes.pop_first();
            }
            let times = self.crashes.entry(unit.name.clone()).or_default();
            times.push_back(now.at);
            if times.len() > CRASHES_MAX {
                times.pop_front();
            }
        }
        let event = match unit.active {
            Active::Failed if self.failing.insert(unit.name.clone()) => Event::UnitFailed {
                unit: unit.name.clone(),
                result: unit.result.clone().unwrap_or_else(|| "failed".into()),
            },
            Active::Active | Active::Reloading | Active::Inactive if self.failing.remove(&unit.name) => {
                Event::UnitRecovered { unit: unit.name.clone() }
            }
            // On its way: neither well nor failed yet.
            _ => return Vec::new(),
        };
        // Failed while nobody listened: then is when, not now.
        let at = unit.since.filter(|since| *since <= now.at).unwrap_or(now.at);
        vec![Effect::Happened(at, event)]
    }

    fn changed(&mut self, changes: Changes, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut visible = false;
        self.note_newer(&changes);
        for (name, patch) in &changes.patches {
            match self.units.get(name) {
                Some(known) => {
                    let mut unit = known.clone();
                    unit.apply(patch);
                    let (changed, happened) = self.put(unit, now);
                    visible |= changed;
                    effects.extend(happened);
                }
                None if is_service(name)
                    || self.watch.matches(name)
                    || patch.active == Some(Active::Failed) =>
                {
                    self.unread.insert(name.clone());
                }
                None => {}
            }
            if let Some(op) = self.ops.get(name).map(|op| op.id) {
                effects.extend(self.advance(op, name, |op| op.heard(patch)));
            }
        }
        for name in &changes.gone {
            let (changed, happened) = self.take_away(name, now);
            visible |= changed;
            effects.extend(happened);
        }
        let concerned = |name: &&UnitName| is_service(name) || self.watch.matches(name);
        let new: Vec<UnitName> = changes.appeared.iter().filter(concerned).cloned().collect();
        self.unread.extend(new);
        if changes.relist {
            effects.extend(self.survey());
        } else {
            effects.extend(self.read_more());
        }
        effects.extend(changes.files.then_some(Effect::ForgetFiles));
        effects.extend(visible.then_some(Effect::Changed(Topic::Services)));
        effects
    }

    fn note_newer(&mut self, changes: &Changes) {
        let patched = changes.patches.keys().map(|name| (name.clone(), false));
        let told = patched.chain(changes.gone.iter().map(|name| (name.clone(), true)));
        if self.surveying {
            self.newer_than_survey.extend(told.clone());
        }
        if self.reading {
            self.newer_than_reading.extend(told);
        }
    }

    /// A signal does not say all that a reading does. One that was unloaded is let be: being asked for may load it,
    /// and so on for ever.
    fn read_again(&mut self, newer: Newer) {
        let held = newer.into_iter().filter(|(name, gone)| !gone && self.units.contains_key(name));
        self.unread.extend(held.map(|(name, _)| name));
    }

    fn survey(&mut self) -> Option<Effect> {
        if self.surveying {
            self.survey_again = true;
            return None;
        }
        self.surveying = true;
        Some(Effect::Survey)
    }

    fn surveyed(&mut self, units: Result<Vec<Unit>, BusError>, now: Now) -> Vec<Effect> {
        self.surveying = false;
        let newer = std::mem::take(&mut self.newer_than_survey);
        let mut effects = match units {
            Ok(units) => {
                let effects = self.take_all(units, &newer, now);
                self.read_again(newer);
                effects
            }
            // A lost connection tells itself; a slow systemd is asked again by the next change.
            Err(_) => Vec::new(),
        };
        effects.push(Effect::Changed(Topic::Services));
        if std::mem::take(&mut self.survey_again) {
            effects.extend(self.survey());
        }
        effects.extend(self.read_more());
        effects
    }

    /// One reading at a time: what comes meanwhile waits and is read together.
    fn read_more(&mut self) -> Option<Effect> {
        if self.reading || self.unread.is_empty() {
            return None;
        }
        self.reading = true;
        Some(Effect::Read(std::mem::take(&mut self.unread).into_iter().collect()))
    }

    fn have_read(
        &mut self,
        names: Vec<UnitName>,
        units: Result<Vec<Unit>, BusError>,
        now: Now,
    ) -> Vec<Effect> {
        self.reading = false;
        let newer = std::mem::take(&mut self.newer_than_reading);
        let mut effects = Vec::new();
        let mut visible = false;
        if let Ok(units) = units {
            let loaded: BTreeSet<UnitName> = units.iter().map(|unit| unit.name.clone()).collect();
            let gone = names.iter().filter(|name| !loaded.contains(*name) && !newer.contains_key(*name));
            for (changed, happened) in gone.map(|name| self.take_away(name, now)).collect::<Vec<_>>() {
                visible |= changed;
                effects.extend(happened);
            }
            for unit in units.into_iter().filter(|unit| !newer.contains_key(&unit.name)) {
                let (changed, happened) = self.put(unit, now);
                visible |= changed;
                effects.extend(happened);
            }
        }
        self.read_again(newer);
        effects.extend(self.read_more());
        effects.extend(visible.then_some(Effect::Changed(Topic::Services)));
        effects
    }

    fn advance(&mut self, id: u64, unit: &UnitName, step: impl FnOnce(&mut Op) -> Next) -> Vec<Effect> {
        let Some(op) = self.ops.get_mut(unit).filter(|op| op.id == id) else { return Vec::new() };
        let before = op.phase.clone();
        let next = step(op);
        let moved = op.phase != before;
        let unit = unit.clone();
        match next {
            Next::Wait if moved => vec![Effect::Changed(Topic::Services)],
            Next::Wait => Vec::new(),
            Next::Look => vec![Effect::Look { op: id, unit }],
            Next::Settle => vec![Effect::Settle { op: id, unit }, Effect::Changed(Topic::Services)],
            Next::Tail(since) => vec![Effect::Tail { op: id, unit, since }],
            Next::Over(evidence) => {
                self.ops.remove(&unit);
                self.keep(unit, *evidence);
                vec![Effect::Changed(Topic::Services)]
            }
        }
    }

    fn keep(&mut self, unit: UnitName, evidence: Evidence) {
        self.evidence.insert(unit, evidence);
        if self.evidence.len() > EVIDENCE_MAX {
            let oldest = self.evidence.iter().min_by_key(|(_, e)| e.at).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.evidence.remove(&name));
        }
    }
}

fn is_service(name: &UnitName) -> bool {
    name.as_str().ends_with(".service")
}
