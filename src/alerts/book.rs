//! The pure part: readings and events go in with the time, alerts to be kept and told come out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    config::{Config, Threshold},
    facts::{Alert, Facts, How, Kind, Level, Measure, Severity, Subject},
    level::{Verdict, Watch},
    readings::Readings,
    snooze::{Snooze, Weight},
};
use crate::{
    domain::{Asker, DiskGrade, JobKind, JobOutcome, UnitName},
    events::{BackupEnd, Event},
};

/// Figures of a living alert are told anew this often, if they differ.
const ANEW_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// What comes back within this is the same incident.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// A disk or sensor that is no longer there for this long takes its warning along.
const GONE_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// From here on a disk or the memory is about to stop the server.
const FULL: f32 = 95.0;
/// Degrees above the threshold from which on a temperature harms.
const HOT: f32 = 10.0;
/// A job that took longer than a live screen lasts is told to the one who asked.
const UNWATCHED_S: u64 = 120;
/// A failed job that nobody repeats is no news after this.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Readings(Readings),
    Happened(Event),
    Configure(Config),
    /// It is on the disk.
    Snoozed(Subject, Snooze),
    Woken(Subject),
}

/// An alert to be kept; `tell` when somebody is to hear of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    pub alert: Alert,
    pub tell: Option<Tell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tell {
    pub loud: bool,
    /// The message before this one is to say that it goes on below.
    pub continues: bool,
}

const CONFIG: Subject = Subject { kind: Kind::Config, of: String::new() };

const QUIETLY: Option<Tell> = Some(Tell { loud: false, continues: false });

#[derive(Debug)]
pub struct Book {
    config: Config,
    living: BTreeMap<Subject, Alert>,
    /// Over for a short while: these may come back.
    recent: BTreeMap<Subject, Alert>,
    watches: BTreeMap<Subject, Watch>,
    /// No longer to be seen since then.
    absent: BTreeMap<Subject, Timestamp>,
    /// Units that the last readings judged otherwise than the book: judged so twice, the readings are right.
    doubted: BTreeSet<UnitName>,
    /// From before the start, and not seen since.
    inherited: BTreeSet<Subject>,
    /// The figure that was told last; the one in the facts is the newest.
    told: BTreeMap<Subject, f32>,
    snoozes: BTreeMap<Subject, Snooze>,
    ended: Vec<Subject>,
    next_id: i64,
}

impl Book {
    /// From the store: the living ones, those over for a short while, what rests, and the first number not yet used.
    pub fn new(
        config: Config,
        living: Vec<Alert>,
        recent: Vec<Alert>,
        snoozes: Vec<(Subject, Snooze)>,
        next_id: i64,
    ) -> Book {
        let snoozes: BTreeMap<Subject, Snooze> = snoozes.into_iter().collect();
        let by_subject = |alerts: Vec<Alert>| {
            let known = |alert: Alert| {
                let subject = alert.subject();
                let snoozed = snoozes.get(&subject).cloned();
                (subject, Alert { snoozed, ..alert })
            };
            alerts.into_iter().map(known).collect()
        };
        let living: BTreeMap<Subject, Alert> = by_subject(living);
        let inherited = living.keys().cloned().collect();
        let told = living.iter().filter_map(|(subject, alert)| match &alert.facts {
            Facts::Level(level) => Some((subject.clone(), level.value)),
            _ => None,
        });
        let told = told.collect();
        let recent = by_subject(recent);
        Book {
            config,
            living,
            recent,
            snoozes,
            ended: Vec::new(),
            watches: BTreeMap::new(),
            absent: BTreeMap::new(),
            doubted: BTreeSet::new(),
            inherited,
            told,
            next_id,
        }
    }

    pub fn living(&self) -> impl Iterator<Item = &Alert> {
        self.living.values()
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.living.keys().any(|subject| subject.kind == kind)
    }

    pub fn on(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Readings(readings) => self.readings(readings, now, &mut effects),
            Input::Happened(event) => self.happened(event, now, &mut effects),
            Input::Configure(config) => {
                self.config = config;
                self.unwatch(now, &mut effects);
            }
            Input::Snoozed(subject, snooze) => self.snoozed(subject, Some(snooze), &mut effects),
            Input::Woken(subject) => self.snoozed(subject, None, &mut effects),
        }
        effects
    }

    fn readings(&mut self, readings: Readings, now: Timestamp, out: &mut Vec<Effect>) {
        self.unwatch(now, out);
        self.wake(now, out);
        if let Some(value) = readings.cpu {
            self.level(Measure::Cpu, Some(value), None, now, out);
        }
        if let Some((value, available)) = readings.memory {
            self.level(Measure::Memory, Some(value), Some(available), now, out);
        }
        if let Some(disks) = readings.disks {
            let seen = disks.iter().map(|disk| disk.mount.clone()).collect();
            for disk in disks {
                self.level(Measure::Disk { mount: disk.mount }, disk.share, disk.free_bytes, now, out);
            }
            self.missing(Kind::Disk, &seen, now, out);
        }
        if let Some(sensors) = readings.sensors {
            let seen = sensors.iter().map(|sensor| sensor.name.clone()).collect();
            for sensor in sensors {
                self.level(Measure::Temperature { sensor: sensor.name }, sensor.celsius, None, now, out);
            }
            self.missing(Kind::Temperature, &seen, now, out);
        }
        if let Some(failed) = readings.failed_units {
            self.units(failed, now, out);
        }
        if let Some(parked) = readings.parked {
            self.resolve_those(now, out, |subject, _| {
                (subject.kind == Kind::Actor && !parked.contains(&subject.of)).then_some(How::Recovered)
            });
        }
        if readings.config_refused == Some(false) {
            out.extend(self.resolve(&CONFIG, How::Recovered, now));
        }
        self.resolve_those(now, out, |subject, alert| {
            let stale = now.duration_since(alert.changed) > STALE_AFTER;
            (matches!(subject.kind, Kind::Job | Kind::Schedule) && stale).then_some(How::Told)
        });
        self.recent
            .retain(|_, alert| alert.resolved.is_some_and(|(at, _)| now.duration_since(at) <= SAME_WITHIN));
    }

    fn rule(&self, kind: Kind) -> Option<Threshold> {
        match kind {
            Kind::Cpu => self.config.cpu(),
            Kind::Memory => self.config.memory(),
            Kind::Disk => self.config.disk(),
            Kind::Temperature => self.config.temperature(),
            Kind::Unit
            | Kind::Container
            | Kind::Update
            | Kind::Job
            | Kind::Actor
            | Kind::Schedule
            | Kind::Config
            | Kind::Health
            | Kind::Backup
            | Kind::Result => None,
        }
    }

    /// A figure that is no longer judged is no longer warned of.
    fn unwatch(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let rules =
            [Kind::Cpu, Kind::Memory, Kind::Disk, Kind::Temperature].map(|kind| (kind, self.rule(kind)));
        self.resolve_those(now, out, |subject, _| {
            let off = rules.iter().any(|(kind, rule)| *kind == subject.kind && rule.is_none());
            off.then_some(How::NotWatched)
        });
    }

    fn level(
        &mut self,
        measure: Measure,
        value: Option<f32>,
        free_bytes: Option<u64>,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) {
        let subject = measure.subject();
        self.absent.remove(&subject);
        let (Some(rule), Some(value)) = (self.rule(subject.kind), value.filter(|value| value.is_finite()))
        else {
            return;
        };
        let living = self.living.contains_key(&subject);
        let verdict = self.watches.entry(subject.clone()).or_default().judge(living, value, now, rule);
        match verdict {
            Verdict::Raise { since } => {
                let level = Level { measure, value, peak: value, above: rule.above, since, free_bytes };
                let severity = severity(&level);
                self.told.insert(subject, value);
                out.push(self.raise(Facts::Level(level), severity, now));
            }
            Verdict::Clear => {
                let how = if self.inherited.contains(&subject) { How::WhileAway } else { How::Recovered };
                self.refresh(&subject, value, free_bytes, rule);
                out.extend(self.resolve(&subject, how, now));
            }
            Verdict::AsBefore if living => {
                self.refresh(&subject, value, free_bytes, rule);
                // Below the lower mark it is about to be over: that is told in a moment.
                if value >= rule.clear_below {
                    self.inherited.remove(&subject);
                    out.extend(self.follow(&subject, now));
                }
            }
            Verdict::AsBefore => {}
        }
    }

    /// The newest figure of a living alert; what is told of it is decided elsewhere.
    fn refresh(&mut self, subject: &Subject, value: f32, free_bytes: Option<u64>, rule: Threshold) {
        if let Some(Alert { facts: Facts::Level(level), .. }) = self.living.get_mut(subject) {
            level.value = value;
            level.peak = level.peak.max(value);
            level.above = rule.above;
            level.free_bytes = free_bytes;
        }
    }

    /// A living figure moves: worse is told at once, other changes now and then.
    fn follow(&mut self, subject: &Subject, now: Timestamp) -> Option<Effect> {
        let told = self.told.get(subject).copied();
        let Facts::Level(level) = self.living.get(subject)?.facts.clone() else { return None };
        let severity = severity(&level);
        let quiet = self.is_quiet(subject, Weight { severity, grade: 0 });
        let alert = self.living.get_mut(subject)?;
        let effect = if severity > alert.severity && !quiet {
            worsen(alert, Facts::Level(level.clone()), severity, now)
        } else if told.is_none_or(|told| told.round() != level.value.round())
            && now.duration_since(alert.changed) >= ANEW_AFTER
        {
            renew(alert, Facts::Level(level.clone()), now)
        } else {
            return None;
        };
        self.told.insert(subject.clone(), level.value);
        Some(effect)
    }

    /// Disks and sensors that are no longer among those seen.
    fn missing(&mut self, kind: Kind, seen: &BTreeSet<String>, now: Timestamp, out: &mut Vec<Effect>) {
        let lost = |subject: &&Subject| subject.kind == kind && !seen.contains(&subject.of);
        self.watches.retain(|subject, _| !lost(&subject) || self.living.contains_key(subject));
        let lost: Vec<Subject> = self.living.keys().filter(lost).cloned().collect();
        for subject in lost {
            let since = *self.absent.entry(subject.clone()).or_insert(now);
            if now.duration_since(since) >= GONE_AFTER {
                out.extend(self.resolve(&subject, How::Gone, now));
            }
        }
    }

    /// Events tell of units as it happens; this is the truth behind them, for what nobody could hear.
    fn units(&mut self, failed: BTreeMap<UnitName, String>, now: Timestamp, out: &mut Vec<Effect>) {
        let mut doubted = BTreeSet::new();
        let warned = self.living.values().filter_map(|alert| match &alert.facts {
            Facts::Unit { unit, .. } => Some(unit.clone()),
            _ => None,
        });
        let warned: BTreeSet<UnitName> = warned.collect();
        for unit in warned.iter().filter(|unit| !failed.contains_key(unit)) {
            if self.doubted.contains(unit) {
                let subject = Subject { kind: Kind::Unit, of: unit.to_string() };
                let how = if self.inherited.contains(&subject) { How::WhileAway } else { How::Recovered };
                out.extend(self.resolve(&subject, how, now));
            } else {
                doubted.insert(unit.clone());
            }
        }
        for (unit, result) in failed {
            if warned.contains(&unit) {
                self.inherited.remove(&Subject { kind: Kind::Unit, of: unit.to_string() });
            } else if self.doubted.contains(&unit) {
                out.push(self.raise(Facts::Unit { unit, result }, Severity::Bad, now));
            } else {
                doubted.insert(unit);
            }
        }
        self.doubted = doubted;
    }

    fn happened(&mut self, event: Event, now: Timestamp, out: &mut Vec<Effect>) {
        match event {
            Event::UnitFailed { unit, result } if self.config.enabled => {
                let subject = Subject { kind: Kind::Unit, of: unit.to_string() };
                // After a start every failed unit is told of anew: one that is warned of has not failed again.
                if !self.inherited.remove(&subject) {
                    out.push(self.raise(Facts::Unit { unit, result }, Severity::Bad, now));
                }
            }
            Event::UnitFailed { .. } => {}
            Event::UnitRecovered { unit } => {
                let subject = Subject { kind: Kind::Unit, of: unit.to_string() };
                out.extend(self.resolve(&subject, How::Recovered, now));
            }
            Event::ContainerDied { container, exit, oom, means, last } if self.config.enabled => {
                let facts = Facts::Container { container, unhealthy: false, exit, oom, means, last };
                out.push(self.raise(facts, Severity::Bad, now));
            }
            Event::ContainerUnhealthy { container, last } if self.config.enabled => {
                let (unhealthy, exit, oom, means) = (true, None, false, None);
                let facts = Facts::Container { container, unhealthy, exit, oom, means, last };
                out.push(self.raise(facts, Severity::Bad, now));
            }
            Event::ContainerDied { .. } | Event::ContainerUnhealthy { .. } => {}
            Event::ContainerRecovered { container } => {
                let subject = Subject { kind: Kind::Container, of: container };
                out.extend(self.resolve(&subject, How::Recovered, now));
            }
            Event::UpdatesInterrupted { containers } => {
                self.resolve_those(now, out, |subject, _| {
                    let whole = subject.kind == Kind::Update && !containers.contains(&subject.of);
                    whole.then_some(How::Recovered)
                });
                for container in containers {
                    let facts = Facts::Half { container };
                    // All are told of after each connection: one that is warned of is no news.
                    if !self.living.contains_key(&facts.subject()) {
                        out.push(self.raise(facts, Severity::Bad, now));
                    }
                }
            }
            Event::ActorFailed { actor, why, restarts, parked: true } => {
                out.push(self.raise(Facts::Actor { actor, why, restarts }, Severity::Bad, now));
            }
            // It is started again by itself: the log has it, nobody need be told.
            Event::ActorFailed { parked: false, .. } => {}
            Event::ActorRecovered { actor, removed } => {
                let subject = Subject { kind: Kind::Actor, of: actor };
                let how = if removed { How::Gone } else { How::Recovered };
                out.extend(self.resolve(&subject, how, now));
            }
            Event::DiskHealthChanged { disk, device, grade, finding, .. } => {
                let facts = Facts::Health { disk, device, grade, finding };
                match grade {
                    DiskGrade::Good => out.extend(self.resolve(&facts.subject(), How::Recovered, now)),
                    DiskGrade::Watch => out.push(self.raise(facts, Severity::Look, now)),
                    DiskGrade::Replace => out.push(self.raise(facts, Severity::Bad, now)),
                }
            }
            Event::BackupOverdue { plan, due, last } => {
                let facts = Facts::Overdue { plan, due, last };
                // After a start every overdue plan is told of anew: one that is warned of already is not worse.
                if !self.inherited.remove(&facts.subject()) {
                    out.push(self.raise(facts, Severity::Bad, now));
                }
            }
            Event::BackupOnTime { plan } => {
                let subject = Subject { kind: Kind::Backup, of: plan.to_string() };
                out.extend(self.resolve(&subject, How::Recovered, now));
            }
            Event::BackupEnded { plan, end, .. } => {
                // One that failed or left something out is told as its job.
                if let BackupEnd::Done { snapshot, added_bytes, bytes, files, took_s, warnings: 0 } = end {
                    let facts = Facts::BackedUp { plan, snapshot, added_bytes, bytes, files, took_s };
                    out.push(self.tell_once(facts, now));
                }
            }
            Event::JobEnded { job, title, asked_by, outcome, took_s } => {
                let subject = Subject { kind: Kind::Job, of: title.identity() };
                if outcome.is_failure() {
                    let severity = match outcome {
                        JobOutcome::Failed { .. } | JobOutcome::TimedOut { .. } => Severity::Bad,
                        _ => Severity::Look,
                    };
                    out.push(self.raise(Facts::Job { job, title, outcome }, severity, now));
                } else if outcome.is_success() {
                    out.extend(self.resolve(&subject, How::Recovered, now));
                    // A backup is told to all pilots as that.
                    if let Asker::Pilot { id, chat, .. } = asked_by
                        && took_s > UNWATCHED_S
                        && title.kind() != JobKind::Backup
                    {
                        let pilot = id;
                        let facts = Facts::Result { job, title, outcome, took_s, chat, pilot };
                        out.push(self.tell_once(facts, now));
                    }
                }
            }
            Event::ConfigRefused { problems } => {
                out.push(self.raise(Facts::Config { problems }, Severity::Look, now));
            }
            Event::ConfigApplied { .. } => {
                out.extend(self.resolve(&CONFIG, How::Recovered, now));
            }
            Event::RunsMissed { task, title, missed, first_due } => {
                let facts = Facts::RunsMissed { task, title, missed, first_due };
                out.push(self.raise(facts, Severity::Look, now));
            }
            Event::RunRefused { task, title, why } => {
                out.push(self.raise(Facts::RunRefused { task, title, why }, Severity::Bad, now));
            }
            // What was half restored is no loss: that the restore died is told as its job.
            Event::RestoreCleared { .. } => {}
            Event::RunStarted { task } => {
                let subject = Subject { kind: Kind::Schedule, of: task };
                out.extend(self.resolve(&subject, How::Recovered, now));
            }
        }
    }

    fn raise(&mut self, facts: Facts, severity: Severity, now: Timestamp) -> Effect {
        let subject = facts.subject();
        self.inherited.remove(&subject);
        let weight = Weight::of(&facts, severity);
        let quiet = self.is_quiet(&subject, weight);
        if let Some(alert) = self.living.get_mut(&subject) {
            // A disk that gets worse has not come back: it never went.
            alert.times += u32::from(subject.kind != Kind::Health);
            return match weight > alert.weight() {
                true if quiet => {
                    alert.severity = severity;
                    renew(alert, facts, now)
                }
                true => worsen(alert, facts, severity, now),
                false => renew(alert, facts, now),
            };
        }
        let back = self
            .recent
            .remove(&subject)
            .filter(|alert| alert.resolved.is_some_and(|(at, _)| now.duration_since(at) <= SAME_WITHIN));
        let (alert, tell) = match back {
            Some(mut alert) => {
                alert.resolved = None;
                alert.times += 1;
                let worse = weight > alert.weight() && !quiet;
                alert.severity = severity.max(alert.severity);
                (alert.facts, alert.changed) = (facts, now);
                alert.snoozed = self.snoozes.get(&subject).cloned();
                alert.version += 1;
                if worse {
                    alert.part += 1;
                }
                (alert, Tell { loud: worse, continues: worse })
            }
            None => {
                let id = self.take_id();
                let alert = Alert {
                    id,
                    facts,
                    severity,
                    raised: now,
                    changed: now,
                    resolved: None,
                    times: 1,
                    part: 0,
                    version: 1,
                    snoozed: self.snoozes.get(&subject).cloned(),
                };
                (alert, Tell { loud: severity == Severity::Bad && !quiet, continues: false })
            }
        };
        self.living.insert(subject, alert.clone());
        Effect { alert, tell: Some(tell) }
    }

    fn tell_once(&mut self, facts: Facts, now: Timestamp) -> Effect {
        let id = self.take_id();
        let alert = Alert {
            id,
            facts,
            severity: Severity::Look,
            raised: now,
            changed: now,
            resolved: Some((now, How::Told)),
            times: 1,
            part: 0,
            version: 1,
            snoozed: None,
        };
        Effect { alert, tell: QUIETLY }
    }

    fn resolve(&mut self, subject: &Subject, how: How, now: Timestamp) -> Option<Effect> {
        let mut alert = self.living.remove(subject)?;
        self.inherited.remove(subject);
        self.absent.remove(subject);
        self.told.remove(subject);
        alert.resolved = Some((now, how));
        alert.version += 1;
        self.recent.insert(subject.clone(), alert.clone());
        Some(Effect { alert, tell: QUIETLY })
    }

    fn resolve_those(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Effect>,
        over: impl Fn(&Subject, &Alert) -> Option<How>,
    ) {
        let found: Vec<(Subject, How)> = self
            .living
            .iter()
            .filter_map(|(subject, alert)| Some((subject.clone(), over(subject, alert)?)))
            .collect();
        for (subject, how) in found {
            out.extend(self.resolve(&subject, how, now));
        }
    }

    fn take_id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

fn severity(level: &Level) -> Severity {
    let bad = match level.measure {
        // A busy processor is slow, not broken.
        Measure::Cpu => false,
        Measure::Memory | Measure::Disk { .. } => level.value >= FULL.max(level.above),
        Measure::Temperature { .. } => level.value >= level.above + HOT,
    };
    if bad { Severity::Bad } else { Severity::Look }
}

fn worsen(alert: &mut Alert, facts: Facts, severity: Severity, now: Timestamp) -> Effect {
    alert.part += 1;
    alert.severity = severity;
    let tell = Some(Tell { loud: true, continues: true });
    Effect { tell, ..renew(alert, facts, now) }
}

fn renew(alert: &mut Alert, facts: Facts, now: Timestamp) -> Effect {
    (alert.facts, alert.changed) = (facts, now);
    alert.version += 1;
    Effect { alert: alert.clone(), tell: QUIETLY }
}

#[path = "book_snooze.rs"]
mod rest;

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
