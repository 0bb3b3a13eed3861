//! The real machine: /proc and /sys, and sysinfo for what is asked once.
//!
//! The pass keeps its files open and reads them by `pread` into one buffer; no program is started. sysinfo is not used
//! there, as it opens and parses everything anew (0.49 ms against 0.06 in PERFORMANCE's run); it is the right tool for
//! the host's names, where its care for odd os-release files and processors need not be ours.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{
    machine::{Frequency, Host, Machine, Probe},
    parse, places,
    raw::{Heat, LinkKind, Place, Presence, Raw, Sensor, Space, Stall, Wanted},
    sensors,
    updates::{Counted, Updates},
};
use crate::kernel::{Buffer, KernelFile, cgroup, mounts, read_small, text};

/// This machine.
#[derive(Debug, Default)]
pub struct Linux {
    /// Counting again is dear, and rarely needed.
    counted: Mutex<Counted>,
}

impl Machine for Linux {
    fn probe(&self) -> Box<dyn Probe> {
        Box::new(Files::open())
    }

    fn host(&self) -> Host {
        let some = |text: String| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let firmware =
            |name: &str| read_small(Path::new("/sys/class/dmi/id").join(name), 128).ok().and_then(some);
        let model = match (firmware("sys_vendor"), firmware("product_name")) {
            (Some(vendor), Some(product)) => Some(format!("{vendor} {product}")),
            (one, other) => one.or(other),
        };
        let system = match (sysinfo::System::name().ok(), sysinfo::System::os_version().ok()) {
            (Some(name), Some(version)) => some(format!("{name} {version}")),
            (name, _) => name.and_then(some),
        };
        Host {
            name: sysinfo::System::host_name().ok().and_then(some),
            system,
            kernel: sysinfo::System::kernel_version().ok().and_then(some),
            architecture: some(sysinfo::System::cpu_arch()),
            processor: processor().and_then(some),
            model: model.or_else(device_tree_model),
            boot_id: read_small("/proc/sys/kernel/random/boot_id", 64).ok().and_then(some),
            booted_at: booted_at(),
            restart_wanted_by: restart_wanted(Path::new("/run")),
        }
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        space(path)
    }

    fn sensors(&self) -> Vec<Arc<Sensor>> {
        sensors::find(Path::new("/sys"))
    }

    fn heat(&self, sensor: &Sensor) -> Option<f32> {
        sensors::read(&sensor.file)
    }

    fn updates(&self) -> Option<Updates> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).look(Path::new("/"))
    }

    fn groups(&self) -> Vec<cgroup::Usage> {
        let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
        cgroup::Hierarchies::find(&mounts::parse(&table)).usage()
    }
}

fn processor() -> Option<String> {
    let cpu = sysinfo::CpuRefreshKind::nothing();
    let refresh = sysinfo::RefreshKind::nothing().with_cpu(cpu);
    let system = sysinfo::System::new_with_specifics(refresh).ok()?;
    system.cpus().first().map(|cpu| cpu.brand().to_owned())
}

/// Boards without a PC's firmware have their name here.
fn device_tree_model() -> Option<String> {
    let text = read_small("/proc/device-tree/model", 128).ok()?;
    let text = text.trim_matches('\0').trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn booted_at() -> Option<Timestamp> {
    let stat = std::fs::read("/proc/stat").ok()?;
    let seconds = text::lines(&stat).find_map(|line| text::number(line.strip_prefix(b"btime ")?))?;
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

/// Debian's and Ubuntu's way of saying so; the list beside it names the packages.
fn restart_wanted(run: &Path) -> Option<usize> {
    run.join("reboot-required").exists().then(|| {
        let list = read_small(run.join("reboot-required.pkgs"), 64 << 10).unwrap_or_default();
        list.lines().collect::<std::collections::HashSet<_>>().len()
    })
}

fn space(path: &Path) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
    Ok(Space {
        total_bytes: bytes(stat.f_blocks),
        used_bytes: bytes(stat.f_blocks.saturating_sub(stat.f_bfree)),
        available_bytes: bytes(stat.f_bavail),
        inodes: (stat.f_files > 0).then(|| (stat.f_files, stat.f_files.saturating_sub(stat.f_ffree))),
    })
}

/// The open files of the pass. One that is missing (no pressure, no swap) stays missing: the kernel does not change.
struct Files {
    buffer: Buffer,
    stat: Option<KernelFile>,
    loadavg: Option<KernelFile>,
    meminfo: Option<KernelFile>,
    vmstat: Option<KernelFile>,
    diskstats: Option<KernelFile>,
    net_dev: Option<KernelFile>,
    uptime: Option<KernelFile>,
    pressure: [Option<KernelFile>; 3],
    mountinfo: Option<KernelFile>,
    /// `None` until the table is read, and again after it changed.
    places: Option<Vec<Arc<Wanted>>>,
    listed: Option<Vec<PathBuf>>,
    sensors: Vec<(Arc<Sensor>, Option<KernelFile>)>,
}

impl Files {
    fn open() -> Files {
        let record = |path: &str| KernelFile::record(path).ok();
        let lines = |path: &str| KernelFile::lines(path).ok();
        Files {
            buffer: Buffer::new(),
            stat: record("/proc/stat"),
            loadavg: record("/proc/loadavg"),
            meminfo: record("/proc/meminfo"),
            vmstat: lines("/proc/vmstat"),
            diskstats: lines("/proc/diskstats"),
            net_dev: lines("/proc/net/dev"),
            uptime: record("/proc/uptime"),
            pressure: ["cpu", "memory", "io"].map(|name| record(&format!("/proc/pressure/{name}"))),
            mountinfo: lines("/proc/self/mountinfo"),
            places: None,
            listed: None,
            sensors: Vec::new(),
        }
    }

    fn read_mounts(&mut self, raw: &mut Raw) {
        let Some(table) = &self.mountinfo else { return };
        if self.places.is_none() || changed(table) {
            let Ok(text) = table.read(&mut self.buffer) else { return };
            let places = places::choose(&mounts::parse(text), self.listed.as_deref());
            self.places = Some(places.into_iter().map(Arc::new).collect());
        }
        raw.mounts.clear();
        raw.mounts.extend(self.places.iter().flatten().map(|mount| Place {
            space: match &mount.state {
                Presence::Mounted(at) if !at.guarded => space(&mount.path).ok(),
                _ => None,
            },
            mount: mount.clone(),
        }));
    }

    fn read_sensors(&mut self, raw: &mut Raw) {
        raw.sensors.clear();
        for (sensor, file) in &self.sensors {
            let text = file.as_ref().and_then(|file| file.read(&mut self.buffer).ok());
            raw.sensors.push(Heat { sensor: sensor.clone(), celsius: text.and_then(sensors::parse) });
        }
    }
}

/// The kernel marks the open table when a mount comes or goes, so that nobody has to compare it.
fn changed(table: &KernelFile) -> bool {
    let mut asked = [PollFd::new(table, PollFlags::PRI)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok_and(|ready| ready > 0)
}

fn read<'b>(file: Option<&KernelFile>, buffer: &'b mut Buffer) -> Option<&'b [u8]> {
    file?.read(buffer).ok()
}

impl Probe for Files {
    fn read(&mut self, raw: &mut Raw) {
        let buffer = &mut self.buffer;
        raw.cpu = match read(self.stat.as_ref(), buffer) {
            Some(text) => parse::stat(text, &mut raw.cores),
            None => {
                raw.cores.clear();
                None
            }
        };
        raw.load = read(self.loadavg.as_ref(), buffer).and_then(parse::loadavg);
        raw.memory = read(self.meminfo.as_ref(), buffer).and_then(parse::meminfo);
        raw.uptime_s = read(self.uptime.as_ref(), buffer).and_then(parse::uptime);
        // The longest of all, and without swap it says nothing here.
        let swaps = raw.memory.is_some_and(|memory| memory.swap_total > 0);
        raw.swapped = swaps.then(|| read(self.vmstat.as_ref(), buffer).and_then(parse::vmstat)).flatten();
        match read(self.diskstats.as_ref(), buffer) {
            Some(text) => parse::diskstats(text, &mut raw.devices, is_whole),
            None => raw.devices.clear(),
        }
        match read(self.net_dev.as_ref(), buffer) {
            Some(text) => parse::net_dev(text, &mut raw.links, kind),
            None => raw.links.clear(),
        }
        let [cpu, memory, io] = &self.pressure;
        let mut stall = |file: &Option<KernelFile>| -> Option<Stall> {
            read(file.as_ref(), buffer).and_then(parse::pressure)
        };
        raw.pressure.cpu = stall(cpu);
        raw.pressure.memory = stall(memory);
        raw.pressure.io = stall(io);
        self.read_sensors(raw);
        self.read_mounts(raw);
    }

    fn tell_of(&mut self, listed: Option<Vec<PathBuf>>) {
        self.listed = listed;
        self.places = None;
    }

    fn watch(&mut self, sensors: Vec<Arc<Sensor>>) {
        let open = |sensor: &Sensor| (!sensor.slow).then(|| KernelFile::record(&sensor.file).ok()).flatten();
        self.sensors = sensors.into_iter().map(|sensor| (sensor.clone(), open(&sensor))).collect();
    }

    fn frequency(&mut self) -> Option<Frequency> {
        let scaling = |core: std::fs::DirEntry| {
            let khz = read_small(core.path().join("cpufreq/scaling_cur_freq"), 32).ok()?;
            Some(text::number(khz.as_bytes())? as f32 / 1000.0)
        };
        let cores = std::fs::read_dir("/sys/devices/system/cpu").ok();
        Frequency::over(cores.into_iter().flatten().flatten().filter_map(scaling)).or_else(|| {
            let text = std::fs::read("/proc/cpuinfo").ok()?;
            Frequency::over(text::lines(&text).filter_map(|line| {
                let rest = line.strip_prefix(b"cpu MHz")?;
                let colon = memchr::memchr(b':', rest)?;
                text::decimal(rest[colon + 1..].trim_ascii()).map(|mhz| mhz as f32)
            }))
        })
    }
}

/// A whole disk with a device behind it; partitions, loops, RAM disks, RAID and mapped ones are not.
fn is_whole(name: &str) -> bool {
    Path::new("/sys/block").join(name.replace('/', "!")).join("device").exists()
}

fn kind(name: &str) -> LinkKind {
    let folder = Path::new("/sys/class/net").join(name);
    let has = |part: &str| folder.join(part).exists();
    if has("device") {
        LinkKind::Real
    } else if has("bridge") {
        LinkKind::Inner
    } else if has("tun_flags") || has("bonding") {
        LinkKind::Upper
    } else {
        parse::kind_by_name(name)
    }
}

#[cfg(test)]
#[path = "linux_tests.rs"]
mod tests;
