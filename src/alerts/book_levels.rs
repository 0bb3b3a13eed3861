//! The book's part for figures: what is measured against its threshold, and what is no longer there to be measured.

use super::*;
use crate::alerts::{
    config::Threshold,
    facts::{Level, Measure},
    level::Verdict,
};

/// Figures of a living alert are told anew this often, if they differ.
const ANEW_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// A disk or sensor that is no longer there for this long takes its warning along.
const GONE_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// From here on a disk or the memory is about to stop the server.
const FULL: f32 = 95.0;
/// Degrees above the threshold from which on a temperature harms.
const HOT: f32 = 10.0;
/// A failed job that nobody repeats is no news after this.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Book {
    pub(super) fn readings(&mut self, readings: Readings, now: Timestamp, out: &mut Vec<Effect>) {
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
    pub(super) fn unwatch(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
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
