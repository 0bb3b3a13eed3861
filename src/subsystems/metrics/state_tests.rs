//! Passes in, effects out: minutes, gaps, clocks, guarded mounts, resting disks.

use super::*;
use crate::{
    kernel::cgroup::{Owner, Usage},
    subsystems::metrics::raw::{Device, Heat, Mounted, Place, Ticks, Wanted},
};

/// The start of a minute.
const T0: i64 = 1_748_736_000;

struct Bench {
    state: State,
    raw: Raw,
    wall_s: f64,
    mono_s: f64,
    effects: Vec<Effect>,
}

impl Bench {
    fn new() -> Bench {
        let raw = Raw { cpu: Some(Ticks::default()), ..Raw::default() };
        Bench {
            state: State::new(Config::default()),
            raw,
            wall_s: T0 as f64,
            mono_s: 100.0,
            effects: Vec::new(),
        }
    }

    fn now(&self) -> Moment {
        Moment {
            wall: Timestamp::from_millisecond((self.wall_s * 1000.0) as i64).unwrap(),
            mono: Duration::from_secs_f64(self.mono_s),
        }
    }

    /// Five seconds later, with this much load in between.
    fn pass(&mut self, busy: u64) {
        self.pass_after(5.0, 5.0, busy);
    }

    fn pass_after(&mut self, wall_s: f64, mono_s: f64, busy: u64) {
        self.wall_s += wall_s;
        self.mono_s += mono_s;
        let ticks = self.raw.cpu.get_or_insert_default();
        ticks.user += busy * 10;
        ticks.idle += (100 - busy) * 10;
        let now = self.now();
        self.state.sampled(self.raw.clone(), now, &mut self.effects);
    }

    fn passes(&mut self, count: usize, busy: u64) {
        (0..count).for_each(|_| self.pass(busy));
    }

    fn back(&mut self, back: Back) {
        let now = self.now();
        self.state.back(back, now, &mut self.effects);
    }

    fn writes(&mut self) -> Vec<Vec<Minute>> {
        let (writes, rest) =
            std::mem::take(&mut self.effects).into_iter().partition(|e| matches!(e, Effect::Write(_)));
        self.effects = rest;
        let minutes = |effect| match effect {
            Effect::Write(minutes) => minutes,
            _ => Vec::new(),
        };
        Vec::into_iter(writes).map(minutes).collect()
    }

    fn runs(&mut self, wanted: impl Fn(&Errand) -> bool) -> usize {
        let runs =
            self.effects.iter().filter(|effect| matches!(effect, Effect::Run(errand) if wanted(errand)));
        let count = runs.count();
        self.effects.clear();
        count
    }

    fn snapshot(&self, cpu_above: f32) -> Snapshot {
        self.state.snapshot(Ask { cpu_above: Some(cpu_above), frequency: false }, self.now())
    }

    fn last(&self) -> Reading {
        self.snapshot(0.0).reading.unwrap()
    }
}

fn cpu_of(minute: &Minute) -> Option<(f32, f32, f32)> {
    let (_, span) = minute.spans.iter().find(|(series, _)| *series == Series::Cpu)?;
    Some((span.min, span.avg, span.max))
}

#[test]
fn each_minute_becomes_one_row_in_one_write() {
    let mut bench = Bench::new();
    bench.passes(6, 10);
    bench.passes(5, 30);
    assert_eq!(bench.writes(), Vec::<Vec<Minute>>::new());
    bench.pass(50);
    let writes = bench.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].iter().map(|minute| minute.t).collect::<Vec<_>>(), [T0]);
    // The first pass has no rate; the one at the full minute belongs to the next.
    assert_eq!(cpu_of(&writes[0][0]), Some((10.0, 20.0, 30.0)));
}

#[test]
fn a_failed_write_is_made_again_with_the_next_minute() {
    let mut bench = Bench::new();
    bench.passes(12, 1);
    assert_eq!(bench.writes()[0].len(), 1);
    bench.state.written(T0, false);
    bench.passes(12, 1);
    let again = bench.writes();
    assert_eq!(again.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
    bench.state.written(again[0][1].t, true);
    bench.passes(12, 1);
    assert_eq!(bench.writes()[0].len(), 1);
    assert_eq!((bench.state.counters.minutes, bench.state.counters.write_failures), (2, 1));
}

#[test]
fn nothing_is_written_while_a_write_is_under_way_and_little_is_kept_for_ever() {
    let mut bench = Bench::new();
    bench.passes(12 * (PENDING_MAX + 10), 1);
    assert_eq!(bench.writes().len(), 1, "the first was never answered");
    assert_eq!(bench.state.counters.minutes_lost, 10);
    assert_eq!(bench.state.last_words().len(), PENDING_MAX);
}

#[test]
fn a_suspended_machine_leaves_a_gap_and_no_rows() {
    let mut bench = Bench::new();
    bench.passes(12, 20);
    bench.effects.clear();
    bench.state.written(T0, true);
    // Eight hours asleep: the wall moves on, the processor's clock does not.
    bench.pass_after(8.0 * 3600.0, 5.0, 20);
    let rows = bench.writes().remove(0);
    assert_eq!(rows.len(), 1);
    bench.state.written(rows[0].t, true);
    bench.passes(12, 20);
    let rows = bench.writes().remove(0);
    assert!(rows[0].t >= T0 + 8 * 3600 && rows.len() == 1, "{rows:?}");
    assert_eq!(bench.state.counters.clock_jumps, 0);
}

#[test]
fn a_clock_set_back_keeps_what_was_before_and_goes_on() {
    let mut bench = Bench::new();
    bench.passes(18, 20);
    bench.effects.clear();
    bench.state.written(T0, true);
    bench.pass_after(-3600.0, 5.0, 20);
    assert_eq!(bench.state.counters.clock_jumps, 1);
    let rows = bench.writes().remove(0);
    assert_eq!(rows.iter().map(|row| row.t).collect::<Vec<_>>(), [T0 + 60]);
    assert_eq!(bench.state.ring.len(), 1, "what is later than now is gone from memory");
    bench.state.written(T0 + 60, true);
    bench.passes(12, 20);
    assert!(bench.writes()[0][0].t < T0);
    // A clock that is slewed is no jump.
    bench.pass_after(-0.5, 5.0, 20);
    assert_eq!(bench.state.counters.clock_jumps, 1);
}

#[test]
fn high_load_is_told_since_it_began() {
    let mut bench = Bench::new();
    bench.passes(60, 20);
    assert_eq!(bench.snapshot(85.0).cpu_above_since, None);
    bench.passes(11, 95);
    assert_eq!(bench.snapshot(85.0).cpu_above_since, None, "not a minute yet");
    bench.passes(49, 95);
    let since =
        |bench: &Bench| bench.snapshot(85.0).cpu_above_since.map(|at| bench.wall_s as i64 - at.as_second());
    // Sixty samples; the minute in which it began counts when its average is above.
    assert_eq!(since(&bench), Some(300));
    bench.pass(10);
    bench.passes(6, 96);
    assert!(since(&bench) > Some(200), "a dip of a moment does not end it: {:?}", since(&bench));
    bench.passes(24, 10);
    assert_eq!(since(&bench), None);
}

#[test]
fn high_load_before_a_gap_does_not_count() {
    let mut bench = Bench::new();
    bench.passes(60, 95);
    bench.pass_after(600.0, 600.0, 95);
    bench.passes(14, 95);
    let since = bench.snapshot(85.0).cpu_above_since.unwrap();
    assert!(bench.wall_s as i64 - since.as_second() <= 70);
}

#[test]
fn the_sparkline_covers_a_quarter_of_an_hour_with_its_gaps() {
    let mut bench = Bench::new();
    bench.passes(90, 40);
    let tail = bench.snapshot(0.0).cpu_tail;
    assert_eq!(tail.len(), TAIL_POINTS);
    let known = tail.iter().filter(|value| value.is_some()).count();
    assert_eq!((known, tail[0]), (15, None));
    assert_eq!(tail[TAIL_POINTS - 1], Some(40.0));
}

fn nas() -> Place {
    let mounted = Mounted {
        fstype: "nfs4".into(),
        source: "nas:/x".into(),
        dev: (0, 50),
        read_only: false,
        stopped_writing: false,
        guarded: true,
    };
    let mount = Wanted { path: "/mnt/nas".into(), state: Presence::Mounted(mounted), listed: true };
    Place { mount: Arc::new(mount), space: None }
}

#[test]
fn a_silent_mount_is_asked_once_and_told_with_its_time() {
    let mut bench = Bench::new();
    bench.raw.mounts = vec![nas()];
    let asked = |bench: &mut Bench| bench.runs(|errand| matches!(errand, Errand::Space(_)));
    bench.pass(1);
    assert_eq!(asked(&mut bench), 1);
    assert_eq!(bench.last().disks[0].silent_since, None);
    bench.passes(100, 1);
    assert_eq!(asked(&mut bench), 0, "the one on its way has not come back");
    let silent = bench.last().disks[0].silent_since.unwrap();
    assert_eq!(silent.as_second(), T0 + 5);
    let mut told = 0;
    bench.last().each(|series, _| told += usize::from(matches!(series, Series::DiskShare(_))));
    assert_eq!(told, 0);

    // Unmounted and mounted again while it hangs: still not asked twice.
    bench.raw.mounts.clear();
    bench.pass(1);
    bench.raw.mounts = vec![nas()];
    bench.pass(1);
    assert_eq!(asked(&mut bench), 0);

    let space = Space { total_bytes: 100, used_bytes: 44, available_bytes: 56, inodes: None };
    bench.back(Back::Space("/mnt/nas".into(), Some(space)));
    bench.pass(1);
    assert_eq!(asked(&mut bench), 1, "overdue");
    let disk = bench.last().disks.remove(0);
    assert_eq!((disk.space, disk.silent_since), (Some(space), None));
    bench.back(Back::Space("/mnt/nas".into(), Some(space)));
    bench.passes(5, 1);
    assert_eq!(asked(&mut bench), 0);
    bench.passes(2, 1);
    assert_eq!(asked(&mut bench), 1);
}

#[test]
fn a_resting_disk_is_not_asked_for_its_temperature() {
    let mut bench = Bench::new();
    let sensor = Arc::new(Sensor {
        id: "sda 1".into(),
        label: "sda".into(),
        class: SensorClass::Disk,
        high: None,
        critical: None,
        file: PathBuf::new(),
        slow: true,
        disk: Some("sda".into()),
    });
    bench.raw.devices = vec![Device { name: "sda".into(), whole: true, read_bytes: 5, ..Device::default() }];
    bench.raw.sensors = vec![Heat { sensor: sensor.clone(), celsius: None }];
    let asked = |bench: &mut Bench| bench.runs(|errand| matches!(errand, Errand::Heat(_)));
    bench.pass(1);
    assert_eq!(bench.runs(|errand| *errand == Errand::FindSensors), 1);
    assert!(!bench.snapshot(0.0).sensors_known);
    bench.back(Back::Sensors(vec![sensor.clone()]));
    assert_eq!(bench.effects, [Effect::Watch(vec![sensor])]);
    assert!(bench.snapshot(0.0).sensors_known);

    bench.pass(1);
    assert_eq!(asked(&mut bench), 1, "once, to know it");
    bench.back(Back::Heat(vec![("sda 1".into(), Some(39.0))]));
    bench.passes(60, 1);
    assert_eq!(asked(&mut bench), 0, "it moved nothing since");
    assert_eq!(bench.last().sensors[0].celsius, Some(39.0));
    bench.passes(70, 1);
    assert_eq!(bench.last().sensors[0].celsius, None, "ten minutes old is not a temperature of now");
    bench.raw.devices[0].written_bytes += 1;
    bench.pass(1);
    assert_eq!(asked(&mut bench), 1, "it is awake");
}

#[test]
fn groups_are_looked_at_once_a_minute_and_go_into_its_row() {
    let mut bench = Bench::new();
    let usage = |cpu_us| {
        vec![Usage {
            owner: Owner::Unit("nginx.service".into()),
            memory_bytes: Some(100),
            cache_bytes: Some(40),
            cpu_us: Some(cpu_us),
        }]
    };
    let looked = |bench: &mut Bench| bench.runs(|errand| *errand == Errand::Groups);
    bench.passes(3, 1);
    assert_eq!(looked(&mut bench), 1);
    bench.back(Back::Groups(usage(0)));
    bench.passes(8, 1);
    assert_eq!(looked(&mut bench), 0);
    bench.pass(1);
    let row = bench.writes().remove(0).remove(0);
    let of = |row: &Minute, series: &Series| {
        row.spans.iter().find(|(name, _)| name == series).map(|(_, span)| span.avg)
    };
    assert_eq!(of(&row, &Series::GroupMemory("nginx.service".into())), Some(60.0));
    bench.back(Back::Groups(usage(6_000_000)));
    bench.state.written(row.t, true);
    bench.passes(12, 1);
    let row = bench.writes().remove(0).remove(0);
    let cpu = of(&row, &Series::GroupCpu("nginx.service".into())).unwrap();
    assert!((9.0..14.0).contains(&cpu), "6 s in about a minute: {cpu}");
}

#[test]
fn a_lost_errand_is_sent_again() {
    let mut bench = Bench::new();
    bench.pass(1);
    assert_eq!(bench.runs(|errand| *errand == Errand::Host), 1);
    bench.passes(200, 1);
    assert_eq!(bench.runs(|errand| *errand == Errand::Host), 0);
    bench.back(Back::Lost(Errand::Host));
    bench.pass(1);
    assert_eq!(bench.runs(|errand| *errand == Errand::Host), 1);
}
