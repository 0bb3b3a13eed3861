//! What one pass over the kernel's files says, before anything is made of it: counters since boot, levels of now.
//! A part that the machine does not have is `None` or empty, never zero.

use std::{path::PathBuf, sync::Arc};

/// The answer of one pass. Kept and filled again: names stay allocated while the order of lines stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Raw {
    pub cpu: Option<Ticks>,
    /// By the kernel's number of the core; those offline are missing.
    pub cores: Vec<(u32, Ticks)>,
    pub load: Option<Load>,
    pub memory: Option<Memory>,
    pub swapped: Option<Swapped>,
    pub devices: Vec<Device>,
    pub links: Vec<Link>,
    pub pressure: Pressure,
    pub sensors: Vec<Heat>,
    pub mounts: Vec<Place>,
    pub uptime_s: Option<f64>,
}

/// Processor time since boot, in ticks of 10 ms. Guests are within `user`, as the kernel counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticks {
    pub user: u64,
    pub nice: u64,
    pub system: u64,
    pub idle: u64,
    pub iowait: u64,
    pub irq: u64,
    pub softirq: u64,
    pub steal: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Over 1, 5 and 15 minutes.
    pub averages: [f32; 3],
    pub running: u32,
    /// Processes and threads.
    pub tasks: u32,
}

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    pub total: u64,
    pub free: u64,
    pub available: u64,
    pub buffers: u64,
    /// Page cache and reclaimable slabs, without shared memory, as `free` counts.
    pub cached: u64,
    pub shared: u64,
    pub dirty: u64,
    pub swap_total: u64,
    pub swap_free: u64,
}

/// Pages moved since boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swapped {
    pub pages_in: u64,
    pub pages_out: u64,
}

/// A block device's counters since boot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    pub major: u32,
    pub minor: u32,
    pub name: Box<str>,
    pub read_bytes: u64,
    pub written_bytes: u64,
    /// Time with at least one request under way.
    pub busy_ms: u64,
    /// A whole disk with hardware (or a hypervisor) behind it: what a sum over disks may count.
    pub whole: bool,
}

/// A network interface's counters since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    pub name: Box<str>,
    pub rx_bytes: u64,
    pub tx_bytes: u64,
    pub errors: u64,
    pub drops: u64,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkKind {
    /// A card, or what a hypervisor shows as one.
    Real,
    /// Has the name of a card but nothing behind it: what a container has. Counts where there is no real one.
    Apparent,
    /// Its traffic leaves by a real one too: tunnels, VLANs, bonds.
    Upper,
    /// Between programs of this machine: loopback, bridges, a container's end.
    #[default]
    Inner,
}

/// Waiting time since boot, µs, of each resource the kernel accounts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pressure {
    pub cpu: Option<Stall>,
    pub memory: Option<Stall>,
    pub io: Option<Stall>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stall {
    /// At least one task waited.
    pub some_us: u64,
    /// All of them did.
    pub full_us: Option<u64>,
}

/// One temperature.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    pub sensor: Arc<Sensor>,
    /// `None`: not read in a pass (slow ones), or it does not answer.
    pub celsius: Option<f32>,
}

/// What is known of a sensor without reading it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensor {
    /// Unique on this machine, stable over reboots: "coretemp Package id 0".
    pub id: String,
    pub label: String,
    pub class: SensorClass,
    pub high: Option<f32>,
    pub critical: Option<f32>,
    /// What to read.
    pub file: PathBuf,
    /// Asks a disk or takes long: read aside, once a minute.
    pub slow: bool,
    /// The disk it sits on, as [`Device::name`] has it. A resting disk is not asked: that would keep it awake.
    pub disk: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorClass {
    Cpu,
    Disk,
    Other,
}

/// A place where a file system is, or should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub mount: Arc<Wanted>,
    /// Only of those that may be asked at once; others are measured aside.
    pub space: Option<Space>,
}

/// One mount to tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub path: PathBuf,
    pub state: Presence,
    /// Named in the config: its absence is a fault.
    pub listed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    Mounted(Mounted),
    /// Mounts itself on first use; not touched, as looking would mount it.
    Automatic,
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    pub fstype: String,
    pub source: String,
    /// Names its block device in [`Raw::devices`].
    pub dev: (u32, u32),
    pub read_only: bool,
    /// Mounted to be written, but the file system stopped writing: what the kernel does after an error.
    pub stopped_writing: bool,
    /// Asking it can hang: on the network, in a program, or below such a mount.
    pub guarded: bool,
}

/// How full a file system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub total_bytes: u64,
    pub used_bytes: u64,
    /// To ordinary users: what root keeps for itself is not in it.
    pub available_bytes: u64,
    /// Total and used; `None` where the file system makes them as it needs.
    pub inodes: Option<(u64, u64)>,
}

impl Space {
    /// As `df` counts: of what ordinary users could have.
    pub fn share(&self) -> Option<f32> {
        let whole = self.used_bytes.checked_add(self.available_bytes)?;
        (whole > 0).then(|| (self.used_bytes as f64 * 100.0 / whole as f64) as f32)
    }

    pub fn inode_share(&self) -> Option<f32> {
        let (total, used) = self.inodes?;
        (total > 0).then(|| (used as f64 * 100.0 / total as f64) as f32)
    }

    /// How it stands with one of them; `None` where it has no end.
    pub fn supply(&self, stock: Stock) -> Option<Supply> {
        match stock {
            Stock::Bytes => Some(Supply { used: self.used_bytes, left: self.available_bytes }),
            Stock::Inodes => {
                self.inodes.map(|(total, used)| Supply { used, left: total.saturating_sub(used) })
            }
        }
    }
}

/// What a file system can run out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stock {
    Bytes,
    /// One per file and folder.
    Inodes,
}

impl Stock {
    pub const ALL: [Stock; 2] = [Stock::Bytes, Stock::Inodes];
}

/// How much of a stock is used, and how much is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    pub used: u64,
    pub left: u64,
}

impl Supply {
    pub fn whole(self) -> f64 {
        self.used as f64 + self.left as f64
    }
}
