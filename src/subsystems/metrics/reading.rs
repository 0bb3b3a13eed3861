//! From counters to what they mean: shares and rates between two passes. Pure. A counter that went back (a device
//! was replaced) or has no predecessor gives no rate, rather than a wrong one.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    raw::{Device, Heat, Link, LinkKind, Load, Memory, Presence, Pressure, Raw, Space, Stall, Ticks, Wanted},
    series::Series,
};

/// How the machine is, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub at: Timestamp,
    pub cpu: Option<Cpu>,
    /// By the kernel's number of the core, 0 to 100.
    pub cores: Vec<(u32, f32)>,
    pub load: Option<Load>,
    pub memory: Option<Memory>,
    /// Bytes per second, in from swap and out to it; `None` without swap too.
    pub swap: Option<Flow>,
    pub disks: Vec<Disk>,
    /// All whole disks together: read, written.
    pub io: Option<Flow>,
    pub links: Vec<LinkRate>,
    /// All real interfaces together: received, sent.
    pub net: Option<Flow>,
    pub waits: Waits,
    pub sensors: Vec<Heat>,
    pub uptime: Option<Duration>,
}

/// Shares of all cores' time, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cpu {
    /// Without waiting for disks, in which the core is free for others.
    pub busy: f32,
    pub user: f32,
    /// With interrupts.
    pub system: f32,
    pub iowait: f32,
    /// Taken by other guests of the same host.
    pub steal: f32,
}

/// Bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// Received, or read.
    pub inward: f64,
    /// Sent, or written.
    pub outward: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Disk {
    pub mount: Arc<Wanted>,
    pub space: Option<Space>,
    /// It was asked and has not answered since then.
    pub silent_since: Option<Timestamp>,
    pub io: Option<Flow>,
    /// Share of time with requests under way, 0 to 100.
    pub busy: Option<f32>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LinkRate {
    pub name: Box<str>,
    pub kind: LinkKind,
    pub flow: Option<Flow>,
    /// Errors and drops since the interface was made.
    pub errors: u64,
    pub drops: u64,
}

/// Share of time in which somebody waited for a resource, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Waits {
    pub cpu: Option<f32>,
    pub memory: Option<f32>,
    pub io: Option<f32>,
}

/// The pass before, and how long ago it was by a clock that nobody sets.
#[derive(Debug, Clone, Copy)]
pub struct Before<'r> {
    pub raw: &'r Raw,
    pub elapsed: Duration,
}

impl Reading {
    pub fn between(before: Option<Before<'_>>, now: &Raw, at: Timestamp) -> Reading {
        // Two passes in the same millisecond say nothing about rates.
        let before = before.filter(|before| before.elapsed >= Duration::from_millis(1));
        let seconds = before.map_or(0.0, |before| before.elapsed.as_secs_f64());
        let old = before.map(|before| before.raw);
        Reading {
            at,
            cpu: old.and_then(|old| cpu(old.cpu?, now.cpu?)),
            cores: old.map(|old| cores(old, now)).unwrap_or_default(),
            load: now.load,
            memory: now.memory,
            swap: old.and_then(|old| {
                let (old, now) = (old.swapped?, now.swapped?);
                let page = rustix::param::page_size() as f64;
                Some(Flow {
                    inward: rate(old.pages_in, now.pages_in, seconds)? * page,
                    outward: rate(old.pages_out, now.pages_out, seconds)? * page,
                })
            }),
            disks: now
                .mounts
                .iter()
                .map(|place| disk(&place.mount, place.space, old, now, seconds))
                .collect(),
            io: old.and_then(|old| {
                let whole = now.devices.iter().filter(|device| device.whole);
                sum(whole.filter_map(|device| device_flow(same_device(old, device)?, device, seconds)))
            }),
            links: now.links.iter().map(|link| link_rate(old, link, seconds)).collect(),
            net: old.and_then(|old| {
                let counted = counted_kind(&now.links)?;
                let links = now.links.iter().filter(|link| link.kind == counted);
                sum(links.filter_map(|link| link_flow(same_link(old, link)?, link, seconds)))
            }),
            waits: old.map(|old| waits(&old.pressure, &now.pressure, seconds)).unwrap_or_default(),
            sensors: now.sensors.clone(),
            uptime: now.uptime_s.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        }
    }

    /// Each value that is remembered, with its name.
    pub fn each(&self, mut tell: impl FnMut(Series, f32)) {
        if let Some(cpu) = self.cpu {
            tell(Series::Cpu, cpu.busy);
            tell(Series::CpuUser, cpu.user);
            tell(Series::CpuSystem, cpu.system);
            tell(Series::CpuIowait, cpu.iowait);
            tell(Series::CpuSteal, cpu.steal);
        }
        self.cores.iter().take(CORES_MAX).for_each(|(core, share)| tell(Series::Core(*core), *share));
        if let Some(load) = self.load {
            tell(Series::Load, load.averages[0]);
        }
        if let Some(memory) = self.memory {
            tell(Series::MemoryUsed, (memory.total - memory.available) as f32);
            tell(Series::MemoryCache, memory.available.saturating_sub(memory.free) as f32);
            if memory.swap_total > 0 {
                tell(Series::SwapUsed, memory.swap_total.saturating_sub(memory.swap_free) as f32);
            }
        }
        let mut flow = |flow: Option<Flow>, inward: Series, outward: Series| {
            if let Some(flow) = flow {
                tell(inward, flow.inward as f32);
                tell(outward, flow.outward as f32);
            }
        };
        flow(self.swap, Series::SwapIn, Series::SwapOut);
        flow(self.io, Series::DiskRead, Series::DiskWritten);
        flow(self.net, Series::NetReceived, Series::NetSent);
        let mut wait = |share: Option<f32>, series: Series| share.map(|share| tell(series, share));
        wait(self.waits.cpu, Series::WaitCpu);
        wait(self.waits.memory, Series::WaitMemory);
        wait(self.waits.io, Series::WaitIo);
        for disk in &self.disks {
            let Some(space) = disk.space.filter(|_| disk.silent_since.is_none()) else { continue };
            let path: Arc<str> = disk.mount.path.to_string_lossy().into();
            if let Some(share) = space.share() {
                tell(Series::DiskShare(path.clone()), share);
            }
            if let Some((_, used)) = space.inodes {
                tell(Series::DiskInodes(path.clone()), used as f32);
            }
            tell(Series::DiskUsed(path), space.used_bytes as f32);
        }
        for heat in &self.sensors {
            if let Some(celsius) = heat.celsius {
                tell(Series::Heat(heat.sensor.id.as_str().into()), celsius);
            }
        }
    }
}

/// Cores remembered one by one; a machine with more is told by modes.
pub const CORES_MAX: usize = 16;

fn share(part: u64, whole: u64) -> f32 {
    (part as f64 * 100.0 / whole as f64) as f32
}

/// What of the ticks between two passes went where; `None` when there were none.
fn cpu(old: Ticks, now: Ticks) -> Option<Cpu> {
    // The kernel lets iowait and steal go back a little: nothing was spent there, then.
    let spent = |pick: fn(&Ticks) -> u64| pick(&now).saturating_sub(pick(&old));
    let user = spent(|t| t.user) + spent(|t| t.nice);
    let system = spent(|t| t.system) + spent(|t| t.irq) + spent(|t| t.softirq);
    let iowait = spent(|t| t.iowait);
    let steal = spent(|t| t.steal);
    let busy = user + system + steal;
    let all = busy + iowait + spent(|t| t.idle);
    (all > 0).then(|| Cpu {
        busy: share(busy, all),
        user: share(user, all),
        system: share(system, all),
        iowait: share(iowait, all),
        steal: share(steal, all),
    })
}

fn cores(old: &Raw, now: &Raw) -> Vec<(u32, f32)> {
    now.cores
        .iter()
        .filter_map(|(core, ticks)| {
            let (_, before) = old.cores.iter().find(|(other, _)| other == core)?;
            Some((*core, cpu(*before, *ticks)?.busy))
        })
        .collect()
}

/// Per second; `None` when the counter went back.
fn rate(old: u64, now: u64, seconds: f64) -> Option<f64> {
    Some(now.checked_sub(old)? as f64 / seconds)
}

fn sum(flows: impl Iterator<Item = Flow>) -> Option<Flow> {
    flows.reduce(|a, b| Flow { inward: a.inward + b.inward, outward: a.outward + b.outward })
}

fn same_device<'r>(old: &'r Raw, device: &Device) -> Option<&'r Device> {
    old.devices.iter().find(|other| other.name == device.name)
}

fn same_link<'r>(old: &'r Raw, link: &Link) -> Option<&'r Link> {
    old.links.iter().find(|other| other.name == link.name)
}

fn device_flow(old: &Device, now: &Device, seconds: f64) -> Option<Flow> {
    Some(Flow {
        inward: rate(old.read_bytes, now.read_bytes, seconds)?,
        outward: rate(old.written_bytes, now.written_bytes, seconds)?,
    })
}

fn link_flow(old: &Link, now: &Link, seconds: f64) -> Option<Flow> {
    Some(Flow {
        inward: rate(old.rx_bytes, now.rx_bytes, seconds)?,
        outward: rate(old.tx_bytes, now.tx_bytes, seconds)?,
    })
}

/// The machine's own cards, else what looks like them: what passes an inner link or a tunnel leaves by these anyway.
fn counted_kind(links: &[Link]) -> Option<LinkKind> {
    [LinkKind::Real, LinkKind::Apparent].into_iter().find(|kind| links.iter().any(|link| link.kind == *kind))
}

fn link_rate(old: Option<&Raw>, link: &Link, seconds: f64) -> LinkRate {
    LinkRate {
        name: link.name.clone(),
        kind: link.kind,
        flow: old.and_then(|old| link_flow(same_link(old, link)?, link, seconds)),
        errors: link.errors,
        drops: link.drops,
    }
}

fn disk(mount: &Arc<Wanted>, space: Option<Space>, old: Option<&Raw>, now: &Raw, seconds: f64) -> Disk {
    let device = device_of(mount, &now.devices);
    let pair = device.and_then(|device| Some((same_device(old?, device)?, device)));
    let io = pair.and_then(|(old, now)| device_flow(old, now, seconds));
    let busy = pair.and_then(|(old, now)| rate(old.busy_ms, now.busy_ms, seconds));
    let busy = busy.map(|ms| (ms / 10.0).min(100.0) as f32);
    Disk { mount: mount.clone(), space, silent_since: None, io, busy }
}

/// The device below a mount: by number, or by name where the file system has a number of its own (btrfs).
fn device_of<'r>(mount: &Wanted, devices: &'r [Device]) -> Option<&'r Device> {
    let Presence::Mounted(at) = &mount.state else { return None };
    let by_number = devices.iter().find(|device| (device.major, device.minor) == at.dev);
    by_number.or_else(|| {
        let name = at.source.strip_prefix("/dev/")?;
        devices.iter().find(|device| &*device.name == name)
    })
}

fn waits(old: &Pressure, now: &Pressure, seconds: f64) -> Waits {
    let wait = |old: Option<Stall>, now: Option<Stall>| {
        let us_per_second = rate(old?.some_us, now?.some_us, seconds)?;
        Some((us_per_second / 10_000.0).min(100.0) as f32)
    };
    Waits { cpu: wait(old.cpu, now.cpu), memory: wait(old.memory, now.memory), io: wait(old.io, now.io) }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
