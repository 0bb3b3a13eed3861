//! Which disks there are, what each said, what is read next. Pure: inputs in, effects out.
//!
//! One disk is read at a time. A round reads every disk without waking any; a pilot's check goes first and may wake.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use super::{
    config::Config,
    messages::{DiskState, Sheet, Snapshot},
    report::{Device, Reading, Report},
    store::{Kept, Past},
    verdict::{Earlier, Verdict, week_ago},
    world::{Blind, DiskError, Found, worth_a_row},
};
use crate::{
    domain::{DiskGrade, DiskId},
    events::Event,
};

/// When no disk could even be looked for (smartctl is missing), the next try comes sooner than the next round.
pub const RETRY: Duration = Duration::from_secs(600);
/// Disks that were here once and are gone are shown this long.
const GONE_SHOWN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 7);
/// Rows kept in memory for one disk: one a day, and one for each change.
const ROWS_MAX: usize = 400;

#[derive(Debug)]
pub enum Input {
    /// Time for a round.
    Due,
    Loaded(Result<Past, String>),
    Found(Result<Found, DiskError>),
    Read {
        device: Device,
        reading: Result<Reading, DiskError>,
    },
    /// A pilot, or the end of a test.
    Check(DiskId),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Load,
    Find,
    Read {
        device: Device,
        wake: bool,
    },
    Keep(Box<Kept>),
    /// The next round.
    Arm(Duration),
    Changed,
    Happened(Event),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    pub rounds: u64,
    pub reads: u64,
    pub failed: u64,
    pub asleep: u64,
}

#[derive(Debug)]
pub struct State {
    config: Config,
    disks: BTreeMap<DiskId, Disk>,
    /// Counts from before of disks that have not been seen yet.
    unclaimed: BTreeMap<DiskId, Vec<Earlier>>,
    blind: Vec<Blind>,
    trouble: Option<(Timestamp, DiskError)>,
    round: Option<Timestamp>,
    loaded: bool,
    step: Step,
    /// A round is under way; the next is armed when it ends.
    round_open: bool,
    /// The time for a round came while a check was under way.
    round_waits: bool,
    /// Those of the round still to be read.
    queue: VecDeque<Device>,
    /// Those a pilot waits for.
    checks: VecDeque<DiskId>,
    /// Serial numbers already met in this round.
    met: BTreeSet<DiskId>,
    pub counters: Counters,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Idle,
    Preparing,
    Reading,
}

#[derive(Debug)]
struct Disk {
    device: Device,
    report: Option<(Timestamp, Arc<Report>)>,
    state: DiskState,
    verdict: Verdict,
    /// The last verdict that was told.
    grade: Option<DiskGrade>,
    /// Oldest first.
    rows: Vec<Earlier>,
}

impl Disk {
    fn new(device: Device) -> Disk {
        Disk {
            device,
            report: None,
            state: DiskState::Unread,
            verdict: Verdict::default(),
            grade: None,
            rows: Vec::new(),
        }
    }
}

impl State {
    pub fn new(config: Config) -> State {
        State {
            config,
            disks: BTreeMap::new(),
            unclaimed: BTreeMap::new(),
            blind: Vec::new(),
            trouble: None,
            round: None,
            loaded: false,
            step: Step::Idle,
            round_open: false,
            round_waits: false,
            queue: VecDeque::new(),
            checks: VecDeque::new(),
            met: BTreeSet::new(),
            counters: Counters::default(),
        }
    }

    pub fn trouble(&self) -> Option<&(Timestamp, DiskError)> {
        self.trouble.as_ref()
    }

    pub fn knows(&self, disk: &DiskId) -> bool {
        self.disks.contains_key(disk)
    }

    /// The next round begins at once when the disks to be read are others than before.
    pub fn configure(&mut self, config: Config) -> Vec<Effect> {
        let disks_changed = config.disks != self.config.disks;
        let interval = config.interval;
        self.config = config;
        match (self.round_open, disks_changed) {
            // It ends with arming the next.
            (true, _) => Vec::new(),
            (false, true) => vec![Effect::Arm(Duration::ZERO)],
            (false, false) => vec![Effect::Arm(interval)],
        }
    }

    pub fn on(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Due if self.step == Step::Idle => {
                self.step = Step::Preparing;
                self.round_open = true;
                effects.push(if self.loaded { Effect::Find } else { Effect::Load });
            }
            Input::Due => self.round_waits = true,
            Input::Loaded(past) => {
                match past {
                    Ok(past) => self.load(past, now),
                    Err(error) => tracing::warn!(%error, "what the disks counted before is not known"),
                }
                effects.push(Effect::Find);
            }
            Input::Found(found) => self.found(found, now, &mut effects),
            Input::Read { device, reading } => {
                self.counters.reads += 1;
                self.read(device, reading, now, &mut effects);
                self.next(now, &mut effects);
            }
            Input::Check(disk) => {
                if !self.checks.contains(&disk) {
                    self.checks.push_back(disk);
                }
                effects.push(Effect::Changed);
                if self.step == Step::Idle {
                    self.next(now, &mut effects);
                }
            }
        }
        effects
    }

    fn load(&mut self, past: Past, now: Timestamp) {
        self.loaded = true;
        self.unclaimed = past.rows;
        for known in past.disks {
            let rows = self.unclaimed.remove(&known.disk).unwrap_or_default();
            let disk = self.disks.entry(known.disk).or_insert_with(|| Disk::new(known.device));
            // What was read since is newer.
            if disk.report.is_none() {
                disk.verdict = Verdict::of(&known.report, week_ago(&rows, known.at), known.at);
                disk.report = Some((known.at, Arc::new(known.report)));
            }
            disk.grade = disk.grade.or(known.grade);
            let read_since = std::mem::replace(&mut disk.rows, rows);
            disk.rows.extend(read_since);
        }
        self.forget_gone(now);
    }

    fn found(&mut self, found: Result<Found, DiskError>, now: Timestamp, effects: &mut Vec<Effect>) {
        match found {
            Err(error) => {
                self.counters.failed += 1;
                let since = self.trouble.take().map_or(now, |(since, _)| since);
                self.trouble = Some((since, error));
                self.step = Step::Idle;
                self.round_open = false;
                self.checks.clear();
                effects.extend([Effect::Changed, Effect::Arm(RETRY.min(self.config.interval))]);
            }
            Ok(found) => {
                self.trouble = None;
                self.blind = found.blind;
                self.met.clear();
                let mut devices = self.config.devices();
                // One that the config names is not read a second time as it was found.
                devices.extend(found.devices.into_iter().filter(|found| {
                    !self
                        .config
                        .devices()
                        .iter()
                        .any(|named| named.path == found.path && named.kind.is_none())
                }));
                for disk in self.disks.values_mut().filter(|disk| !devices.contains(&disk.device)) {
                    if !matches!(disk.state, DiskState::Gone { .. }) {
                        disk.state = DiskState::Gone { since: now };
                    }
                }
                self.forget_gone(now);
                self.queue = devices.into();
                self.next(now, effects);
            }
        }
    }

    fn forget_gone(&mut self, now: Timestamp) {
        self.disks.retain(|_, disk| match disk.state {
            DiskState::Gone { since } => now.duration_since(since) < GONE_SHOWN,
            _ => true,
        });
    }

    /// What is read next; the round's end when nothing is.
    fn next(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        while let Some(disk) = self.checks.pop_front() {
            if let Some(disk) = self.disks.get(&disk) {
                self.step = Step::Reading;
                effects.push(Effect::Read { device: disk.device.clone(), wake: true });
                return;
            }
        }
        if let Some(device) = self.queue.pop_front() {
            self.step = Step::Reading;
            effects.push(Effect::Read { device, wake: false });
            return;
        }
        self.step = Step::Idle;
        effects.push(Effect::Changed);
        if std::mem::take(&mut self.round_open) {
            self.round = Some(now);
            self.counters.rounds += 1;
            effects.push(Effect::Arm(self.config.interval));
        } else if std::mem::take(&mut self.round_waits) {
            effects.extend(self.on(Input::Due, now));
        }
    }

    fn read(
        &mut self,
        device: Device,
        reading: Result<Reading, DiskError>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let state = match reading {
            Ok(Reading::Report(report)) => return self.told(device, *report, now, effects),
            Ok(Reading::Asleep) => {
                self.counters.asleep += 1;
                DiskState::Asleep { since: now }
            }
            Ok(Reading::Mute(mute)) => DiskState::Mute(mute),
            Err(error) => {
                self.counters.failed += 1;
                DiskState::Failed(error)
            }
        };
        let disk = self.of_device(device);
        // It sleeps since the first round that found it asleep.
        let sleeps_on = matches!((&disk.state, &state), (DiskState::Asleep { .. }, DiskState::Asleep { .. }));
        if !sleeps_on {
            disk.state = state;
        }
        effects.push(Effect::Changed);
    }

    /// The disk that was there last, or a new one that is known by its place only.
    fn of_device(&mut self, device: Device) -> &mut Disk {
        let known = self.disks.iter().find(|(_, disk)| disk.device == device).map(|(id, _)| id.clone());
        let id = known.unwrap_or_else(|| place_id(&device));
        self.disks.entry(id).or_insert_with(|| Disk::new(device))
    }

    fn told(&mut self, device: Device, report: Report, now: Timestamp, effects: &mut Vec<Effect>) {
        let id = self.identify(&device, &report);
        // Another disk may have been at this place, under its own name or under that of the place.
        self.disks.retain(|other, disk| *other == id || disk.device != device || disk.report.is_some());
        for (_, other) in self.disks.iter_mut().filter(|(other, disk)| **other != id && disk.device == device)
        {
            other.state = DiskState::Gone { since: now };
        }
        let disk = self.disks.entry(id.clone()).or_insert_with(|| Disk::new(device.clone()));
        if let Some(before) = self.unclaimed.remove(&id) {
            disk.rows.splice(0..0, before);
        }
        disk.device = device;
        disk.state = DiskState::Read;
        let row = Earlier { at: now, counts: report.counts };
        let keep_row = worth_a_row(disk.rows.last(), &row);
        disk.verdict = Verdict::of(&report, week_ago(&disk.rows, now), now);
        if keep_row {
            disk.rows.push(row);
            if disk.rows.len() > ROWS_MAX {
                disk.rows.remove(0);
            }
        }
        let was = disk.grade;
        if let Some(grade) = disk.verdict.grade {
            disk.grade = Some(grade);
            let news = was.is_some_and(|was| was != grade) || was.is_none() && grade != DiskGrade::Good;
            if news {
                let finding = disk
                    .verdict
                    .findings
                    .first()
                    .map_or_else(|| crate::phrase!("smart-found-nothing"), |finding| finding.phrase());
                let device = disk.device.short();
                let disk = id.clone();
                effects.push(Effect::Happened(Event::DiskHealthChanged {
                    disk,
                    device,
                    grade,
                    was,
                    finding,
                }));
            }
        }
        let kept = Kept {
            disk: id,
            device: disk.device.clone(),
            at: now,
            report: report.clone(),
            grade: disk.grade,
            row: keep_row,
        };
        disk.report = Some((now, Arc::new(report)));
        effects.extend([Effect::Keep(Box::new(kept)), Effect::Changed]);
    }

    /// By serial number. Two that claim the same one in one round are told apart by their places.
    fn identify(&mut self, device: &Device, report: &Report) -> DiskId {
        let place = place_id(device);
        let Some(serial) = report.serial.as_deref().and_then(DiskId::parse) else { return place };
        let taken = self.disks.get(&serial).is_some_and(|disk| disk.device != *device);
        if self.met.contains(&serial) && taken {
            return DiskId::parse(&format!("{serial} {}", device.short())).unwrap_or(place);
        }
        self.met.insert(serial.clone());
        serial
    }

    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let mut disks: Vec<Sheet> = self
            .disks
            .iter()
            .map(|(id, disk)| Sheet {
                id: id.clone(),
                device: disk.device.clone(),
                report: disk.report.clone(),
                verdict: disk.verdict.clone(),
                state: disk.state.clone(),
                earlier: week_ago(&disk.rows, disk.report.as_ref().map_or(now, |(at, _)| *at)),
            })
            .collect();
        disks.sort_by(|a, b| b.verdict.grade.cmp(&a.verdict.grade).then_with(|| a.device.cmp(&b.device)));
        Snapshot {
            disks,
            blind: self.blind.clone(),
            trouble: self.trouble.as_ref().map(|(_, error)| error.clone()),
            round: self.round,
            busy: self.step != Step::Idle,
            interval: self.config.interval,
        }
    }
}

/// For a disk without a serial number, and until it has told one.
fn place_id(device: &Device) -> DiskId {
    DiskId::parse(&device.short()).unwrap_or_else(|| DiskId::parse("?").expect("a character"))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
