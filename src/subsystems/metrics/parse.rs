//! The text of /proc, read. Pure: bytes in, counters out. What cannot be read is left out; nothing is guessed.

use super::raw::{Device, Link, LinkKind, Load, Memory, Stall, Swapped, Ticks};
use crate::kernel::text::{decimal, lines, number, words};

/// /proc/stat: all cores together, and each. Reading ends behind the cores: the line of interrupts that follows is
/// by far the longest.
pub fn stat(text: &[u8], cores: &mut Vec<(u32, Ticks)>) -> Option<Ticks> {
    cores.clear();
    let mut all = None;
    for line in lines(text) {
        let Some(rest) = line.strip_prefix(b"cpu") else { break };
        let mut words = words(rest);
        if rest.first() == Some(&b' ') {
            all = ticks(words);
        } else {
            let core = words.next().and_then(number).and_then(|core| u32::try_from(core).ok());
            if let (Some(core), Some(ticks)) = (core, ticks(words)) {
                cores.push((core, ticks));
            }
        }
    }
    all
}

fn ticks<'a>(words: impl Iterator<Item = &'a [u8]>) -> Option<Ticks> {
    let mut fields = [0; 8];
    let mut found = 0;
    for (field, word) in fields.iter_mut().zip(words) {
        *field = number(word)?;
        found += 1;
    }
    // Kernels before 2.6.11 have fewer; they are not known by anything else here either.
    let [user, nice, system, idle, iowait, irq, softirq, steal] = fields;
    (found == fields.len()).then_some(Ticks { user, nice, system, idle, iowait, irq, softirq, steal })
}

/// /proc/loadavg.
pub fn loadavg(text: &[u8]) -> Option<Load> {
    let mut words = words(text.trim_ascii_end());
    let mut average = || words.next().and_then(decimal).filter(|load| *load >= 0.0).map(|load| load as f32);
    let averages = [average()?, average()?, average()?];
    let tasks = words.next()?;
    let slash = memchr::memchr(b'/', tasks)?;
    let count = |text| number(text).and_then(|count| u32::try_from(count).ok());
    Some(Load { averages, running: count(&tasks[..slash])?, tasks: count(&tasks[slash + 1..])? })
}

/// /proc/meminfo. `None` without total, free and available: then nothing true can be said (kernels before 3.14).
pub fn meminfo(text: &[u8]) -> Option<Memory> {
    let mut memory = Memory::default();
    let (mut total, mut free, mut available) = (None, None, None);
    let (mut page_cache, mut slab) = (0u64, 0u64);
    for line in lines(text) {
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let wanted = match &line[..colon] {
            b"MemTotal" => total.insert(0),
            b"MemFree" => free.insert(0),
            b"MemAvailable" => available.insert(0),
            b"Buffers" => &mut memory.buffers,
            b"Cached" => &mut page_cache,
            b"Shmem" => &mut memory.shared,
            b"SReclaimable" => &mut slab,
            b"SwapTotal" => &mut memory.swap_total,
            b"SwapFree" => &mut memory.swap_free,
            b"Dirty" => &mut memory.dirty,
            _ => continue,
        };
        // All of them are in kB, which are KiB.
        *wanted = words(&line[colon + 1..]).next().and_then(number)?.checked_mul(1024)?;
    }
    memory.total = total?;
    memory.free = free?;
    memory.available = available?.min(memory.total);
    memory.cached = page_cache.saturating_add(slab).saturating_sub(memory.shared);
    Some(memory)
}

/// /proc/vmstat.
pub fn vmstat(text: &[u8]) -> Option<Swapped> {
    let (mut pages_in, mut pages_out) = (None, None);
    for line in lines(text) {
        if let Some(count) = line.strip_prefix(b"pswpin ") {
            pages_in = number(count);
        } else if let Some(count) = line.strip_prefix(b"pswpout ") {
            pages_out = number(count);
            break;
        }
    }
    Some(Swapped { pages_in: pages_in?, pages_out: pages_out? })
}

/// /proc/diskstats. `whole` is asked once for each name that was not at this line before.
pub fn diskstats(text: &[u8], devices: &mut Vec<Device>, mut whole: impl FnMut(&str) -> bool) {
    let mut count = 0;
    for line in lines(text) {
        let Some((name, fresh)) = device(line) else { continue };
        if devices.len() == count {
            devices.push(Device::default());
        }
        let known = &mut devices[count];
        if &*known.name == name {
            *known = Device { name: std::mem::take(&mut known.name), whole: known.whole, ..fresh };
        } else {
            *known = Device { name: name.into(), whole: whole(name), ..fresh };
        }
        count += 1;
    }
    devices.truncate(count);
}

/// The kernel counts in sectors of 512 bytes here, whatever the disk's own are.
const SECTOR: u64 = 512;

fn device(line: &[u8]) -> Option<(&str, Device)> {
    let mut words = words(line);
    let mut next = || words.next();
    let major = u32::try_from(number(next()?)?).ok()?;
    let minor = u32::try_from(number(next()?)?).ok()?;
    let name = std::str::from_utf8(next()?).ok()?;
    let mut counters = [0u64; 10];
    for counter in &mut counters {
        *counter = number(next()?)?;
    }
    let [_, _, read, _, _, _, written, _, _, busy_ms] = counters;
    let device = Device {
        major,
        minor,
        read_bytes: read.saturating_mul(SECTOR),
        written_bytes: written.saturating_mul(SECTOR),
        busy_ms,
        ..Device::default()
    };
    Some((name, device))
}

/// /proc/net/dev. `kind` is asked once for each name that was not at this line before.
pub fn net_dev(text: &[u8], links: &mut Vec<Link>, mut kind: impl FnMut(&str) -> LinkKind) {
    let mut count = 0;
    for line in lines(text) {
        let Some((name, fresh)) = link(line) else { continue };
        if links.len() == count {
            links.push(Link::default());
        }
        let known = &mut links[count];
        if &*known.name == name {
            *known = Link { name: std::mem::take(&mut known.name), kind: known.kind, ..fresh };
        } else {
            *known = Link { name: name.into(), kind: kind(name), ..fresh };
        }
        count += 1;
    }
    links.truncate(count);
}

fn link(line: &[u8]) -> Option<(&str, Link)> {
    let colon = memchr::memchr(b':', line)?;
    let name = std::str::from_utf8(line[..colon].trim_ascii()).ok()?;
    let mut counters = [0u64; 12];
    let mut words = words(&line[colon + 1..]);
    for counter in &mut counters {
        *counter = number(words.next()?)?;
    }
    let [rx_bytes, _, rx_errors, rx_drops, _, _, _, _, tx_bytes, _, tx_errors, tx_drops] = counters;
    let link = Link {
        rx_bytes,
        tx_bytes,
        errors: rx_errors.saturating_add(tx_errors),
        drops: rx_drops.saturating_add(tx_drops),
        ..Link::default()
    };
    Some((name, link))
}

/// A file of /proc/pressure.
pub fn pressure(text: &[u8]) -> Option<Stall> {
    let (mut some_us, mut full_us) = (None, None);
    for line in lines(text) {
        let mut words = words(line);
        let wanted = match words.next() {
            Some(b"some") => &mut some_us,
            Some(b"full") => &mut full_us,
            _ => continue,
        };
        *wanted = words.find_map(|word| word.strip_prefix(b"total=")).and_then(number);
    }
    Some(Stall { some_us: some_us?, full_us })
}

/// /proc/uptime: seconds since boot, suspended time included.
pub fn uptime(text: &[u8]) -> Option<f64> {
    words(text.trim_ascii_end()).next().and_then(decimal).filter(|seconds| *seconds >= 0.0)
}

/// What kind a link is, by its name alone; for those with a device behind them the caller knows better.
pub fn kind_by_name(name: &str) -> LinkKind {
    const INNER: [&str; 15] = [
        "lo", "docker", "br-", "veth", "virbr", "vnet", "cni", "flannel", "cali", "ifb", "dummy", "lxc",
        "podman", "kube", "cilium",
    ];
    const UPPER: [&str; 10] =
        ["wg", "tailscale", "tun", "tap", "ppp", "bond", "team", "zt", "vlan", "nebula"];
    let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    if name == "lo" || starts(&INNER[1..]) {
        LinkKind::Inner
    } else if starts(&UPPER) || name.contains('.') {
        LinkKind::Upper
    } else {
        LinkKind::Apparent
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
