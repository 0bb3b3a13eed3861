//! The pure part: readings and events go in with the time, alerts to be kept and told come out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    config::Config,
    facts::{Alert, Facts, How, Kind, Severity, Subject},
    level::Watch,
    readings::Readings,
    snooze::{Snooze, Weight},
};
use crate::{
    domain::{Asker, DiskGrade, JobKind, JobOutcome, UnitName},
    events::{BackupEnd, Event},
};

/// What comes back within this is the same incident.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// A job that took longer than a live screen lasts is told to the one who asked.
const UNWATCHED_S: u64 = 120;

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

#[path = "book_levels.rs"]
mod levels;
#[path = "book_snooze.rs"]
mod rest;

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
