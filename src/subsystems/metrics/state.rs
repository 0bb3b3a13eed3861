//! What the room knows and what it wants done, without doing it. Pure: passes and answers in, effects out; time is an
//! argument, twice: by the wall, which may jump, and by a clock that nobody sets.

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use super::{
    boot::LastEnd,
    config::Config,
    forecast::{Forecast, Forecasts},
    groups::Book,
    machine::Host,
    messages::{Ask, Back, Errand, Snapshot},
    raw::{Presence, Raw, Sensor, SensorClass, Space, Stock, Supply},
    reading::{Before, Disk, Reading},
    ring::Ring,
    series::Series,
    store::{MINUTE_S, Minute},
    updates::Updates,
};

/// Minutes kept for a store that is away: two hours.
const PENDING_MAX: usize = 120;
/// A clock that goes back by less is being slewed; samples a moment apart may then share a time.
const BACK_MS: i64 = 2000;
/// How long a guarded mount may take before it is told as silent.
pub const SILENT_AFTER: Duration = Duration::from_secs(3);

const GUARDED_EVERY: Duration = Duration::from_secs(30);
const SLOW_SENSORS_EVERY: Duration = Duration::from_secs(60);
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(600);
const FORESEE_EVERY: Duration = Duration::from_secs(900);
/// Mounts that are asked aside have answered by then, if they do.
const FORESEE_FIRST: Duration = Duration::from_secs(10);
/// The last value of a resting disk's sensor is told for so long.
const HEAT_STALE: Duration = Duration::from_secs(600);
/// The dashboard's sparkline.
const TAIL: Duration = Duration::from_secs(15 * 60);
const TAIL_POINTS: usize = 30;

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub wall: Timestamp,
    /// Since the actor started.
    pub mono: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Run(Errand),
    /// All minutes that are not in the store yet, oldest first.
    Write(Vec<Minute>),
    /// The sensors that a pass is to read.
    Watch(Vec<Arc<Sensor>>),
    /// When will these be full?
    Foresee(Vec<Wish>),
}

/// What of a disk is to be foreseen, and what was told of it last.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub path: PathBuf,
    pub stock: Stock,
    pub supply: Supply,
    pub held: Option<Forecast>,
}

pub struct State {
    pub config: Config,
    pub ring: Ring,
    pub book: Book,
    pub counters: Counters,
    last: Option<Reading>,
    before: Option<(Raw, Duration)>,
    host: Arc<Host>,
    updates: Option<Updates>,
    last_end: Option<LastEnd>,
    forecasts: Arc<Forecasts>,
    sensors: Option<Vec<Arc<Sensor>>>,
    heats: HashMap<String, SlowHeat>,
    guarded: HashMap<PathBuf, Guarded>,
    errands: Errands,
    open_minute: Option<i64>,
    pending: VecDeque<Minute>,
    writing: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    pub samples: u64,
    pub minutes: u64,
    pub write_failures: u64,
    pub minutes_lost: u64,
    pub clock_jumps: u64,
}

/// When which errand was sent last, and whether it is still on its way.
#[derive(Debug, Default)]
struct Errands {
    host: Sent,
    sensors: Sent,
    heat: Sent,
    groups: Sent,
    updates: Sent,
    forecasts: Sent,
    /// The next look at groups is the minute's.
    groups_for_history: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sent {
    at: Option<Duration>,
    away: bool,
}

impl Sent {
    /// Marks it as sent when it is time; one at a time.
    fn due(&mut self, now: Duration, every: Duration) -> bool {
        let due = !self.away && self.at.is_none_or(|at| now.saturating_sub(at) >= every);
        if due {
            *self = Sent { at: Some(now), away: true };
        }
        due
    }
}

#[derive(Debug, Default)]
struct Guarded {
    sent: Sent,
    sent_wall: Option<Timestamp>,
    space: Option<Space>,
}

#[derive(Debug)]
struct SlowHeat {
    celsius: Option<f32>,
    at: Duration,
    /// What its disk had moved by then.
    moved: Option<u64>,
}

impl State {
    pub fn new(config: Config) -> State {
        State {
            ring: Ring::new(config.interval),
            config,
            book: Book::default(),
            counters: Counters::default(),
            last: None,
            before: None,
            host: Arc::default(),
            updates: None,
            last_end: None,
            forecasts: Arc::default(),
            sensors: None,
            heats: HashMap::new(),
            guarded: HashMap::new(),
            errands: Errands::default(),
            open_minute: None,
            pending: VecDeque::new(),
            writing: false,
        }
    }

    pub fn configure(&mut self, config: Config) {
        self.ring.resize(config.interval);
        self.config = config;
    }

    /// A pass was made. Gives the buffer back for the next one.
    pub fn sampled(&mut self, raw: Raw, now: Moment, effects: &mut Vec<Effect>) -> Raw {
        let before =
            self.before.as_ref().map(|(raw, mono)| Before { raw, elapsed: now.mono.saturating_sub(*mono) });
        let mut reading = Reading::between(before, &raw, now.wall);
        self.errands(&raw, now, effects);
        self.add_slow(&mut reading, &raw, now);
        self.counters.samples += 1;
        self.remember(&reading, now, effects);
        self.foresee(&reading, now, effects);
        self.last = Some(reading);
        let spare = self.before.take().map(|(spare, _)| spare).unwrap_or_default();
        self.before = Some((raw, now.mono));
        spare
    }

    fn foresee(&mut self, reading: &Reading, now: Moment, effects: &mut Vec<Effect>) {
        if now.mono < FORESEE_FIRST || !self.errands.forecasts.due(now.mono, FORESEE_EVERY) {
            return;
        }
        let wish = |disk: &Disk, stock: Stock| {
            // What is read-only is as full as it will ever be.
            let Presence::Mounted(at) = &disk.mount.state else { return None };
            let supply = disk.space.filter(|_| !at.read_only)?.supply(stock)?;
            let path = disk.mount.path.clone();
            let held = self.forecasts.get(&(path.clone(), stock)).cloned();
            Some(Wish { path, stock, supply, held })
        };
        let wishes = |disk| Stock::ALL.into_iter().filter_map(move |stock| wish(disk, stock));
        effects.push(Effect::Foresee(reading.disks.iter().flat_map(wishes).collect()));
    }

    fn remember(&mut self, reading: &Reading, now: Moment, effects: &mut Vec<Effect>) {
        let t_ms = now.wall.as_millisecond();
        let minute = t_ms.div_euclid(MINUTE_S * 1000);
        let newest = self.ring.newest().unwrap_or(i64::MIN);
        let back = t_ms.saturating_add(BACK_MS) < newest;
        if self.open_minute.is_some_and(|open| open != minute) || back {
            self.close_minute();
            self.write(effects);
        }
        if back {
            self.counters.clock_jumps += 1;
            self.ring.cut_after(t_ms);
        }
        // Slewed back a little: this sample takes the newest one's place in time.
        let t_ms = t_ms.max(self.ring.newest().unwrap_or(i64::MIN));
        self.ring.push(t_ms, |tell| reading.each(tell));
        if self.open_minute != Some(minute) {
            self.open_minute = Some(minute);
            self.errands.groups_for_history = true;
            if self.errands.groups.due(now.mono, Duration::ZERO) {
                effects.push(Effect::Run(Errand::Groups));
            }
        }
    }

    /// What the running minute has so far becomes a row.
    fn close_minute(&mut self) {
        let Some(minute) = self.open_minute.take() else { return };
        let t = minute * MINUTE_S;
        let mut spans = self.ring.spans(t * 1000, (t + MINUTE_S) * 1000);
        spans.extend(self.book.take_spans());
        if self.pending.len() >= PENDING_MAX {
            self.pending.pop_front();
            self.counters.minutes_lost += 1;
        }
        self.pending.push_back(Minute { t, spans });
    }

    /// One transaction a minute: after a failure, the next minute's takes along all that waits.
    fn write(&mut self, effects: &mut Vec<Effect>) {
        if !self.writing && !self.pending.is_empty() {
            self.writing = true;
            effects.push(Effect::Write(self.pending.iter().cloned().collect()));
        }
    }

    /// `upto` is the last minute of what was to be written.
    pub fn written(&mut self, upto: i64, ok: bool) {
        self.writing = false;
        if ok {
            let before = self.pending.len();
            let mut done = false;
            // In order of writing, not of time: the clock may have gone back in between.
            self.pending.retain(|minute| {
                let keep = done;
                done |= minute.t == upto;
                keep
            });
            self.counters.minutes += (before - self.pending.len()) as u64;
        } else {
            self.counters.write_failures += 1;
        }
    }

    /// Everything that is not in the store, the running minute too: the actor ends.
    pub fn last_words(&mut self) -> Vec<Minute> {
        self.close_minute();
        self.pending.drain(..).collect()
    }

    fn errands(&mut self, raw: &Raw, now: Moment, effects: &mut Vec<Effect>) {
        if self.errands.host.due(now.mono, LOOK_AROUND_EVERY) {
            effects.push(Effect::Run(Errand::Host));
        }
        if self.errands.sensors.due(now.mono, LOOK_AROUND_EVERY) {
            effects.push(Effect::Run(Errand::FindSensors));
        }
        if self.errands.updates.due(now.mono, LOOK_AROUND_EVERY) {
            effects.push(Effect::Run(Errand::Updates));
        }
        let slow = self.sensors.as_deref().unwrap_or_default().iter().filter(|sensor| sensor.slow);
        let awake: Vec<Arc<Sensor>> = slow.filter(|sensor| self.may_be_asked(sensor, raw)).cloned().collect();
        if !awake.is_empty() && self.errands.heat.due(now.mono, SLOW_SENSORS_EVERY) {
            effects.push(Effect::Run(Errand::Heat(awake)));
        }
        for place in &raw.mounts {
            if !matches!(&place.mount.state, Presence::Mounted(at) if at.guarded) {
                continue;
            }
            let guarded = self.guarded.entry(place.mount.path.clone()).or_default();
            if guarded.sent.due(now.mono, GUARDED_EVERY) {
                guarded.sent_wall = Some(now.wall);
                effects.push(Effect::Run(Errand::Space(place.mount.path.clone())));
            }
        }
    }

    /// A disk that moved nothing since its sensor was read may be asleep, or about to be: asking would wake it.
    fn may_be_asked(&self, sensor: &Sensor, raw: &Raw) -> bool {
        let moved = moved(sensor, raw);
        moved.is_none() || self.heats.get(&sensor.id).is_none_or(|heat| heat.moved != moved)
    }

    /// What was measured aside goes into the reading, as long as it is fresh.
    fn add_slow(&mut self, reading: &mut Reading, raw: &Raw, now: Moment) {
        for heat in reading.sensors.iter_mut().filter(|heat| heat.sensor.slow) {
            let known = self.heats.get(&heat.sensor.id);
            heat.celsius = known
                .filter(|known| now.mono.saturating_sub(known.at) < HEAT_STALE)
                .and_then(|known| known.celsius);
        }
        for disk in &mut reading.disks {
            if let Some(guarded) = self.guarded.get(&disk.mount.path) {
                disk.space = guarded.space;
                let away = guarded.sent.away.then_some(guarded.sent.at).flatten();
                let silent = away.is_some_and(|at| now.mono.saturating_sub(at) >= SILENT_AFTER);
                disk.silent_since = guarded.sent_wall.filter(|_| silent);
            }
        }
        // One that is still being asked stays known: it must not be asked a second time when it is mounted again.
        self.guarded.retain(|path, guarded| {
            guarded.sent.away || raw.mounts.iter().any(|place| place.mount.path == *path)
        });
    }

    pub fn back(&mut self, back: Back, now: Moment, effects: &mut Vec<Effect>) {
        match back {
            Back::Host(host) => {
                self.errands.host.away = false;
                self.host = Arc::new(host);
            }
            Back::Sensors(sensors) => {
                self.errands.sensors.away = false;
                if self.sensors.as_ref() != Some(&sensors) {
                    effects.push(Effect::Watch(sensors.clone()));
                    self.heats.retain(|id, _| sensors.iter().any(|sensor| sensor.id == *id));
                    self.sensors = Some(sensors);
                }
            }
            Back::Heat(heats) => {
                self.errands.heat.away = false;
                for (id, celsius) in heats {
                    let sensor = self.sensors.iter().flatten().find(|sensor| sensor.id == id);
                    let raw = self.before.as_ref().map(|(raw, _)| raw);
                    let moved = sensor.zip(raw).and_then(|(sensor, raw)| moved(sensor, raw));
                    self.heats.insert(id, SlowHeat { celsius, at: now.mono, moved });
                }
            }
            Back::Space(path, space) => {
                if let Some(guarded) = self.guarded.get_mut(&path) {
                    guarded.sent.away = false;
                    guarded.space = space;
                }
            }
            Back::Groups(usage) => {
                self.errands.groups.away = false;
                let for_history = std::mem::take(&mut self.errands.groups_for_history);
                self.book.looked(usage, now.wall, now.mono, for_history);
            }
            Back::Updates(updates) => {
                self.errands.updates.away = false;
                self.updates = updates;
            }
            Back::Foreseen(forecasts) => {
                self.errands.forecasts.away = false;
                // A history that does not answer now has not said anything else than before.
                if let Some(forecasts) = forecasts {
                    self.forecasts = Arc::new(forecasts);
                }
            }
            Back::LastEnd(last_end) => self.last_end = last_end,
            Back::Lost(errand) => self.lost(&errand),
        }
    }

    fn lost(&mut self, errand: &Errand) {
        match errand {
            Errand::Host => self.errands.host.away = false,
            Errand::FindSensors => self.errands.sensors.away = false,
            Errand::Heat(_) => self.errands.heat.away = false,
            Errand::Groups => self.errands.groups.away = false,
            Errand::Updates => self.errands.updates.away = false,
            Errand::Space(path) => {
                if let Some(guarded) = self.guarded.get_mut(path) {
                    guarded.sent.away = false;
                }
            }
        }
    }

    /// Somebody looks at services or containers: another look, unless the last is young.
    pub fn want_groups(&mut self, now: Moment) -> Option<Effect> {
        const YOUNG: Duration = Duration::from_secs(10);
        self.errands.groups.due(now.mono, YOUNG).then_some(Effect::Run(Errand::Groups))
    }

    pub fn snapshot(&self, ask: Ask, now: Moment) -> Snapshot {
        Snapshot {
            interval: self.config.interval,
            reading: self.last.clone(),
            host: self.host.clone(),
            sensors_known: self.sensors.is_some(),
            frequency: None,
            updates: self.updates,
            last_end: self.last_end,
            cpu_tail: self.cpu_tail(now),
            cpu_above_since: ask.cpu_above.and_then(|limit| self.cpu_above_since(limit)),
            forecasts: self.forecasts.clone(),
        }
    }

    fn cpu_tail(&self, now: Moment) -> Vec<Option<f32>> {
        let to_ms = now.wall.as_millisecond();
        let from_ms = to_ms - TAIL.as_millis() as i64;
        let width_ms = TAIL.as_millis() as i64 / TAIL_POINTS as i64;
        let mut buckets = vec![(0f32, 0u32); TAIL_POINTS];
        for (t, value) in self.ring.back(&Series::Cpu, from_ms) {
            let bucket = usize::try_from((t - from_ms) / width_ms).unwrap_or(0).min(TAIL_POINTS - 1);
            if let Some(value) = value {
                buckets[bucket].0 += value;
                buckets[bucket].1 += 1;
            }
        }
        buckets.iter().map(|(sum, count)| (*count > 0).then(|| sum / *count as f32)).collect()
    }

    /// The start of the unbroken run of minutes whose average was above the limit, up to the newest sample. A short
    /// dip does not break it, a gap does.
    fn cpu_above_since(&self, limit: f32) -> Option<Timestamp> {
        let newest = self.ring.newest()?;
        let mut since = None;
        let (mut sum, mut count, mut start) = (0f64, 0u32, newest);
        let mut last = newest;
        let gap_ms = (self.config.interval.as_millis() as i64 * 5 / 2).max(5000);
        for (t, value) in self.ring.back(&Series::Cpu, i64::MIN) {
            let Some(value) = value.filter(|_| last - t <= gap_ms) else { break };
            last = t;
            sum += f64::from(value);
            count += 1;
            if start - t >= MINUTE_S * 1000 {
                if sum / f64::from(count) < f64::from(limit) {
                    return since;
                }
                since = Timestamp::from_millisecond(t).ok();
                (sum, count, start) = (0.0, 0, t);
            }
        }
        since
    }
}

/// Everything a sensor's disk has read and written; `None` where it sits on no disk, or on one that never rests.
fn moved(sensor: &Sensor, raw: &Raw) -> Option<u64> {
    let disk = sensor.disk.as_deref().filter(|_| sensor.class == SensorClass::Disk)?;
    let device = raw.devices.iter().find(|device| &*device.name == disk)?;
    Some(device.read_bytes.wrapping_add(device.written_bytes))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
