//! A simulated machine with state, for `--sim` and for tests: a small server with a daily rhythm, two disks, a network
//! mount, and failures to play with. Everything follows from the clock it is given, so that two runs agree.

mod level;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use level::{Level, noise};

use super::{
    groups::REMEMBERED_MAX,
    machine::{Frequency, Host, Machine, Past, Probe},
    raw::{
        Device, Heat, Link, LinkKind, Load, Mounted, Place, Presence, Pressure, Raw, Sensor, SensorClass,
        Space, Stall, Swapped, Ticks, Wanted,
    },
    ring::Span,
    series::Series,
    store::{MINUTE_S, Minute, QUARTER_S},
    updates::Updates,
};
use crate::{
    domain::Clock,
    kernel::cgroup::{Owner, Usage},
};

const GIB: f64 = (1u64 << 30) as f64;
const MEMORY: f64 = 7.7 * GIB;
const CORES: u32 = 4;
const DRE: &str = "/mnt/dre";
const NAS: &str = "/mnt/nas";
/// A silent mount lets go of its thread after this even when nobody mends it.
const SILENCE_MAX: Duration = Duration::from_secs(600);

/// What can go wrong in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// /mnt/dre fills up to 97 %, within half a minute.
    DiskFills,
    /// One program takes all cores.
    CpuHog,
    /// A program takes what memory there is, within two minutes, then swap.
    MemoryLeak,
    SensorHot,
    /// /mnt/dre is not mounted.
    MountMissing,
    /// /mnt/nas does not answer.
    MountSilent,
}

impl Failure {
    pub const ALL: [Failure; 6] = [
        Failure::DiskFills,
        Failure::CpuHog,
        Failure::MemoryLeak,
        Failure::SensorHot,
        Failure::MountMissing,
        Failure::MountSilent,
    ];

    /// Stable, for buttons.
    pub fn id(self) -> &'static str {
        match self {
            Failure::DiskFills => "disk-fills",
            Failure::CpuHog => "cpu-hog",
            Failure::MemoryLeak => "memory-leak",
            Failure::SensorHot => "sensor-hot",
            Failure::MountMissing => "mount-missing",
            Failure::MountSilent => "mount-silent",
        }
    }

    /// The message id of its sentence.
    pub fn says(self) -> &'static str {
        match self {
            Failure::DiskFills => "metrics-sim-disk-fills",
            Failure::CpuHog => "metrics-sim-cpu-hog",
            Failure::MemoryLeak => "metrics-sim-memory-leak",
            Failure::SensorHot => "metrics-sim-sensor-hot",
            Failure::MountMissing => "metrics-sim-mount-missing",
            Failure::MountSilent => "metrics-sim-mount-silent",
        }
    }
}

/// What a simulated service or container takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Taker {
    pub owner: Owner,
    pub memory_bytes: u64,
    /// 100 is one core.
    pub cpu_percent: f64,
}

/// Tells what the simulated services and containers take at this moment.
pub type Takers = Arc<dyn Fn() -> Vec<Taker> + Send + Sync>;

/// The machine; cheap to clone, all clones are the same one.
#[derive(Clone)]
pub struct World {
    shared: Arc<Shared>,
    takers: Takers,
}

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<Inner>,
    /// Rung when a failure is mended.
    bell: Condvar,
}

struct Inner {
    broken: Vec<(Failure, f64)>,
    /// Counters, summed up to `at`.
    raw: Raw,
    at: f64,
}

impl World {
    pub fn new(clock: Arc<dyn Clock>) -> World {
        let at = clock.now().as_second() as f64;
        let inner = Inner { broken: Vec::new(), raw: Raw::default(), at };
        let shared = Arc::new(Shared { clock, state: Mutex::new(inner), bell: Condvar::new() });
        World { shared, takers: Arc::new(few) }
    }

    /// The same machine, with services and containers of other rooms.
    pub fn with(self, takers: Takers) -> World {
        World { takers, ..self }
    }

    /// Breaks or mends.
    pub fn play(&self, failure: Failure, on: bool) {
        let now = self.now();
        let mut inner = self.lock();
        inner.broken.retain(|(other, _)| *other != failure);
        if on {
            inner.broken.push((failure, now));
        }
        self.shared.bell.notify_all();
    }

    fn now(&self) -> f64 {
        self.shared.clock.now().as_millisecond() as f64 / 1000.0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Seconds since a failure began.
    fn since(&self, failure: Failure, now: f64) -> Option<f64> {
        self.broken.iter().find(|(other, _)| *other == failure).map(|(_, since)| now - since)
    }

    /// Up to now; a jump of the clock counts as a moment.
    fn advance(&mut self, now: f64) {
        let step = (now - self.at).clamp(0.0, 60.0);
        self.at = now;
        let level = Level::at(now, self);
        let cpu = self.raw.cpu.get_or_insert_default();
        spend(cpu, level.busy, f64::from(CORES) * step);
        for core in 0..CORES {
            if self.raw.cores.len() <= core as usize {
                self.raw.cores.push((core, Ticks::default()));
            }
            let share = (level.busy + 6.0 * noise(now / 7.0 + f64::from(core) * 17.0)).clamp(0.5, 100.0);
            spend(&mut self.raw.cores[core as usize].1, share, step);
        }
        let mounts = self.mounts(&level);
        let raw = &mut self.raw;
        raw.mounts = mounts;
        raw.uptime_s = Some(12.0 * 86_400.0 + 4.0 * 3600.0 + now.rem_euclid(3600.0));
        raw.load = Some(Load {
            averages: [1.0, 0.9, 0.85].map(|part| (level.busy / 100.0 * f64::from(CORES) * part) as f32),
            running: 1 + (level.busy / 30.0) as u32,
            tasks: 412,
        });
        raw.memory = Some(level.memory());
        let swapped = raw.swapped.get_or_insert(Swapped { pages_in: 0, pages_out: 0 });
        swapped.pages_out += (level.swapping * step / 4096.0) as u64;
        let (disk, link) = (level.disk_rate, level.net_rate);
        if raw.devices.is_empty() {
            raw.devices = vec![device("nvme0n1", 259, 0), device("sda", 8, 0)];
            raw.links = vec![Link { name: "eth0".into(), kind: LinkKind::Real, ..Link::default() }];
        }
        for (device, part) in raw.devices.iter_mut().zip([0.7, 0.3]) {
            device.read_bytes += (disk * part * step) as u64;
            device.written_bytes += (disk * part * 0.6 * step) as u64;
            device.busy_ms += (step * level.busy) as u64;
        }
        raw.links[0].rx_bytes += (link * step) as u64;
        raw.links[0].tx_bytes += (link * 0.25 * step) as u64;
        stall(&mut raw.pressure, &level, step);
        raw.sensors = vec![
            Heat { sensor: package(), celsius: Some(level.celsius as f32) },
            Heat { sensor: nvme(), celsius: None },
        ];
    }

    fn mounts(&self, level: &Level) -> Vec<Place> {
        let missing = self.since(Failure::MountMissing, self.at).is_some();
        let root = place("/", "ext4", "/dev/nvme0n1p2", (259, 0), false);
        let dre = if missing {
            Place {
                mount: Arc::new(Wanted { path: DRE.into(), state: Presence::Missing, listed: true }),
                space: None,
            }
        } else {
            Place {
                space: Some(space(458.0, level.dre, level.dre_inodes)),
                ..place(DRE, "ext4", "/dev/sda1", (8, 0), false)
            }
        };
        let nas = place(NAS, "nfs4", "nas:/export", (0, 57), true);
        vec![Place { space: Some(space(233.0, level.root, 6.0)), ..root }, dre, nas]
    }
}

fn spend(ticks: &mut Ticks, busy: f64, core_seconds: f64) {
    let all = core_seconds * 100.0;
    ticks.user += (all * busy / 100.0 * 0.7) as u64;
    ticks.system += (all * busy / 100.0 * 0.27) as u64;
    ticks.softirq += (all * busy / 100.0 * 0.03) as u64;
    ticks.iowait += (all * 0.01) as u64;
    ticks.idle += (all * (99.0 - busy).max(0.0) / 100.0) as u64;
}

fn stall(pressure: &mut Pressure, level: &Level, step: f64) {
    let add = |stall: &mut Option<Stall>, percent: f64| {
        let stall = stall.get_or_insert(Stall { some_us: 0, full_us: Some(0) });
        stall.some_us += (percent / 100.0 * step * 1e6) as u64;
    };
    add(&mut pressure.cpu, (level.busy - 40.0).max(0.0));
    add(&mut pressure.io, level.disk_rate / 4e6);
    add(&mut pressure.memory, level.swapping / 1e6);
}

/// Of each of its disks.
const INODES: u64 = 15_000_000;

fn space(total_gib: f64, share: f64, inode_share: f64) -> Space {
    let total = total_gib * GIB;
    let used = total * share / 100.0;
    Space {
        total_bytes: total as u64,
        used_bytes: used as u64,
        available_bytes: (total - used) as u64,
        inodes: Some((INODES, (INODES as f64 * inode_share / 100.0) as u64)),
    }
}

fn device(name: &str, major: u32, minor: u32) -> Device {
    Device { major, minor, name: name.into(), whole: true, ..Device::default() }
}

fn place(path: &str, fstype: &str, source: &str, dev: (u32, u32), guarded: bool) -> Place {
    let mounted = Mounted {
        fstype: fstype.into(),
        source: source.into(),
        dev,
        read_only: false,
        stopped_writing: false,
        guarded,
    };
    let mount = Wanted { path: path.into(), state: Presence::Mounted(mounted), listed: true };
    Place { mount: Arc::new(mount), space: None }
}

fn package() -> Arc<Sensor> {
    Arc::new(Sensor {
        id: "coretemp Package id 0".into(),
        label: "Package id 0".into(),
        class: SensorClass::Cpu,
        high: Some(90.0),
        critical: Some(105.0),
        file: PathBuf::new(),
        slow: false,
        disk: None,
    })
}

fn nvme() -> Arc<Sensor> {
    Arc::new(Sensor {
        id: "nvme0 Composite".into(),
        label: "nvme0".into(),
        class: SensorClass::Disk,
        high: Some(75.0),
        critical: Some(84.0),
        file: PathBuf::new(),
        slow: true,
        disk: Some("nvme0".into()),
    })
}

/// Enough for a test of this room.
fn few() -> Vec<Taker> {
    let unit = |name: &str, mib: u64, cpu_percent: f64| Taker {
        owner: Owner::Unit(name.into()),
        memory_bytes: mib << 20,
        cpu_percent,
    };
    vec![unit("postgresql.service", 1228, 6.0), unit("nginx.service", 96, 1.5), unit("ssh.service", 9, 0.1)]
}

/// Its memory and its share of a core at a moment: they breathe a little, each in its own rhythm.
fn breathing(taker: &Taker, t: f64) -> (f64, f64) {
    let phase = taker.owner.to_string().bytes().map(f64::from).sum::<f64>();
    let memory = taker.memory_bytes as f64 * (1.0 + 0.08 * noise(t / 1200.0 + phase));
    let cpu = taker.cpu_percent * (1.0 + 0.5 * noise(t / 300.0 + phase));
    (memory, cpu.max(0.0))
}

impl Machine for World {
    fn probe(&self) -> Box<dyn Probe> {
        Box::new(self.clone())
    }

    fn host(&self) -> Host {
        let some = |text: &str| Some(text.to_owned());
        Host {
            name: some("potion"),
            system: some("Debian GNU/Linux 12"),
            kernel: some("6.1.0-23-amd64"),
            architecture: some("x86_64"),
            processor: some("Simulated processor, 4 cores"),
            model: some("Simulated server"),
            boot_id: some("5e1f0c2a-0000-4000-8000-c0c491700001"),
            booted_at: Timestamp::from_second(self.now() as i64 - (12 * 24 + 4) * 3600).ok(),
            restart_wanted_by: None,
        }
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let mut inner = self.lock();
        let silent =
            |inner: &mut Inner| path == Path::new(NAS) && inner.since(Failure::MountSilent, 0.0).is_some();
        if silent(&mut inner) {
            let waited = self.shared.bell.wait_timeout_while(inner, SILENCE_MAX, silent);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        Ok(space(3690.0, 44.0, 6.0))
    }

    fn sensors(&self) -> Vec<Arc<Sensor>> {
        vec![package(), nvme()]
    }

    fn heat(&self, _: &Sensor) -> Option<f32> {
        Some((41.0 + 3.0 * noise(self.now() / 300.0)) as f32)
    }

    fn updates(&self) -> Option<Updates> {
        let as_of = Timestamp::from_second(self.now() as i64 - 5 * 3600).ok();
        Some(Updates { pending: 14, security: 3, as_of })
    }

    fn groups(&self) -> Vec<Usage> {
        let now = self.now();
        let usage = |taker: Taker| {
            let (memory, _) = breathing(&taker, now);
            Usage {
                memory_bytes: Some((memory * 1.1) as u64),
                cache_bytes: Some((memory * 0.1) as u64),
                cpu_us: Some((now.rem_euclid(1e6) * 1e4 * taker.cpu_percent) as u64),
                owner: taker.owner,
            }
        };
        (self.takers)().into_iter().map(usage).collect()
    }

    fn past(&self) -> Option<Past> {
        const DAYS: i64 = 31;
        let now = self.now() as i64;
        let rows = |from: i64, to: i64, step: i64| -> Vec<Minute> {
            (from.div_euclid(step)..to.div_euclid(step))
                .map(|nth| Minute { t: nth * step, spans: Level::calm((nth * step) as f64).spans() })
                .collect()
        };
        let mut takers = (self.takers)();
        takers.sort_by_key(|taker| std::cmp::Reverse(taker.memory_bytes));
        takers.truncate(REMEMBERED_MAX);
        let mut minutes = rows(now - 26 * 3600, now, MINUTE_S);
        for minute in &mut minutes {
            for taker in &takers {
                let name: Arc<str> = taker.owner.to_string().into();
                let (memory, cpu) = breathing(taker, minute.t as f64);
                minute.spans.push((Series::GroupMemory(name.clone()), Span::single(memory as f32)));
                minute.spans.push((Series::GroupCpu(name), Span::single(cpu as f32)));
            }
        }
        Some(Past { minutes, quarters: rows(now - DAYS * 86_400, now, QUARTER_S) })
    }
}

impl Probe for World {
    fn read(&mut self, raw: &mut Raw) {
        let now = self.now();
        let mut inner = self.lock();
        inner.advance(now);
        raw.clone_from(&inner.raw);
    }

    /// The simulated server's mounts are its own.
    fn tell_of(&mut self, _: Option<Vec<PathBuf>>) {}

    fn watch(&mut self, _: Vec<Arc<Sensor>>) {}

    fn frequency(&mut self) -> Option<Frequency> {
        let busy = Level::at(self.now(), &self.lock()).busy as f32;
        Frequency::over([800.0 + 26.0 * busy, 800.0 + 20.0 * busy, 800.0].into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hand(Mutex<Timestamp>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    fn later(hand: &Hand, seconds: i64) {
        let mut now = hand.0.lock().unwrap();
        *now += jiff::SignedDuration::from_secs(seconds);
    }

    fn pass(world: &World) -> Raw {
        let mut raw = Raw::default();
        world.probe().read(&mut raw);
        raw
    }

    #[test]
    fn failures_can_be_played_and_mended() {
        let hand = Arc::new(Hand(Mutex::new(Timestamp::constant(1_748_736_000, 0))));
        let world = World::new(hand.clone());
        let calm = pass(&world);
        for failure in Failure::ALL {
            world.play(failure, true);
        }
        later(&hand, 50);
        pass(&world);
        later(&hand, 100);
        let broken = pass(&world);
        assert_eq!(broken.mounts[1].mount.state, Presence::Missing);
        assert!(broken.memory.unwrap().available < calm.memory.unwrap().available / 4);
        assert!(broken.sensors[0].celsius.unwrap() > 90.0);
        world.play(Failure::MountMissing, false);
        let share = |raw: &Raw| raw.mounts[1].space.unwrap().share().unwrap();
        assert!(share(&pass(&world)) > 96.0);
        for failure in Failure::ALL {
            world.play(failure, false);
        }
        assert!(share(&pass(&world)) < 80.0);
    }

    #[test]
    fn the_past_joins_the_present() {
        let hand = Arc::new(Hand(Mutex::new(Timestamp::constant(1_748_736_000, 0))));
        let past = World::new(hand).past().unwrap();
        assert_eq!((past.minutes.len(), past.quarters.len()), (26 * 60, 31 * 96));
        assert_eq!(past.minutes.last().unwrap().t, 1_748_736_000 - 60);
        for minute in past.minutes.iter().chain(&past.quarters) {
            for (series, span) in &minute.spans {
                assert!(span.min <= span.avg && span.avg <= span.max, "{series} {span:?}");
            }
        }
    }
}
