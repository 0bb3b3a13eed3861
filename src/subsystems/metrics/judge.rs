//! What is wrong with the machine, by thresholds. Pure. The dashboard's verdict is made from it.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    messages::Snapshot,
    raw::{Presence, Sensor, SensorClass, Space, Stock},
    reading::{Disk, Reading},
};
use crate::{
    domain::{Bytes, Percent},
    screen::Mark,
};

/// From the config's `alerts`. `None` switches a judgement off.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    pub cpu_above: Option<Percent>,
    pub cpu_for: Duration,
    /// Used, that is total less available.
    pub memory_above: Option<Percent>,
    pub disk_above: Option<Percent>,
    /// Of a processor, °C. Other sensors have limits of their own.
    pub temperature_above: Option<f32>,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            cpu_above: Some(Percent(90.0)),
            cpu_for: Duration::from_secs(300),
            memory_above: Some(Percent(90.0)),
            disk_above: Some(Percent(85.0)),
            temperature_above: Some(85.0),
        }
    }
}

/// The thresholds that hold now; a reload puts others in their place. All clones are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<RwLock<Thresholds>>);

impl Shared {
    pub fn get(&self) -> Thresholds {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn replace(&self, thresholds: Thresholds) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = thresholds;
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    Missing {
        path: PathBuf,
    },
    Silent {
        path: PathBuf,
        since: Timestamp,
    },
    /// Read-only since an error.
    StoppedWriting {
        path: PathBuf,
    },
    Full {
        path: PathBuf,
        share: Percent,
        free: Bytes,
        /// If it goes on as it did; `None` where that cannot be told.
        full_in: Option<Duration>,
    },
    InodesFull {
        path: PathBuf,
        share: Percent,
        full_in: Option<Duration>,
    },
    Cpu {
        above: Percent,
        since: Timestamp,
    },
    Memory {
        share: Percent,
        available: Bytes,
    },
    Hot {
        sensor: String,
        celsius: f32,
        limit: f32,
        critical: bool,
    },
}

impl Fault {
    pub fn mark(&self) -> Mark {
        const NEARLY_FULL: f32 = 97.0;
        match self {
            Fault::Missing { .. } | Fault::Silent { .. } | Fault::StoppedWriting { .. } => Mark::Bad,
            Fault::Full { share, .. } | Fault::InodesFull { share, .. } if share.0 >= NEARLY_FULL => {
                Mark::Bad
            }
            Fault::Memory { share, .. } if share.0 >= NEARLY_FULL => Mark::Bad,
            Fault::Hot { critical: true, .. } => Mark::Bad,
            Fault::Full { .. } | Fault::InodesFull { .. } | Fault::Cpu { .. } => Mark::Look,
            Fault::Memory { .. } | Fault::Hot { .. } => Mark::Look,
        }
    }
}

impl Fault {
    /// The file system it is about.
    pub fn path(&self) -> Option<&PathBuf> {
        match self {
            Fault::Missing { path }
            | Fault::Silent { path, .. }
            | Fault::StoppedWriting { path }
            | Fault::Full { path, .. }
            | Fault::InodesFull { path, .. } => Some(path),
            Fault::Cpu { .. } | Fault::Memory { .. } | Fault::Hot { .. } => None,
        }
    }
}

/// The worst first.
pub fn judge(snapshot: &Snapshot, thresholds: &Thresholds) -> Vec<Fault> {
    let Some(reading) = &snapshot.reading else { return Vec::new() };
    let mut faults = Vec::new();
    for disk in &reading.disks {
        judge_disk(disk, thresholds, |stock| snapshot.full_in(disk, stock), &mut faults);
    }
    judge_memory(reading, thresholds, &mut faults);
    if let (Some(above), Some(since)) = (thresholds.cpu_above, snapshot.cpu_above_since)
        && reading.at.duration_since(since).unsigned_abs() >= thresholds.cpu_for
    {
        faults.push(Fault::Cpu { above, since });
    }
    judge_heat(reading, thresholds, &mut faults);
    faults.sort_by_key(|fault| std::cmp::Reverse(fault.mark()));
    faults
}

fn judge_disk(
    disk: &Disk,
    thresholds: &Thresholds,
    full_in: impl Fn(Stock) -> Option<Duration>,
    faults: &mut Vec<Fault>,
) {
    let path = || disk.mount.path.clone();
    match &disk.mount.state {
        Presence::Missing => return faults.push(Fault::Missing { path: path() }),
        Presence::Automatic => return,
        Presence::Mounted(at) if at.stopped_writing => faults.push(Fault::StoppedWriting { path: path() }),
        Presence::Mounted(_) => {}
    }
    if let Some(since) = disk.silent_since {
        return faults.push(Fault::Silent { path: path(), since });
    }
    let (Some(space), Some(limit)) = (disk.space, thresholds.disk_above) else { return };
    // What is read-only from the start was filled by its maker.
    let fixed = matches!(&disk.mount.state, Presence::Mounted(at) if at.read_only && !at.stopped_writing);
    let above = |share: Option<f32>| share.filter(|share| *share >= limit.0 && !fixed).map(Percent);
    if let Some(share) = above(space.share()) {
        let (free, full_in) = (Bytes(space.available_bytes), full_in(Stock::Bytes));
        faults.push(Fault::Full { path: path(), share, free, full_in });
    }
    if let Some(share) = above(Space::inode_share(&space)) {
        faults.push(Fault::InodesFull { path: path(), share, full_in: full_in(Stock::Inodes) });
    }
}

fn judge_memory(reading: &Reading, thresholds: &Thresholds, faults: &mut Vec<Fault>) {
    let (Some(memory), Some(limit)) = (reading.memory, thresholds.memory_above) else { return };
    let used = memory.total.saturating_sub(memory.available);
    if let Some(share) = Percent::of(used, memory.total).filter(|share| share.0 >= limit.0) {
        faults.push(Fault::Memory { share, available: Bytes(memory.available) });
    }
}

fn judge_heat(reading: &Reading, thresholds: &Thresholds, faults: &mut Vec<Fault>) {
    for heat in &reading.sensors {
        let Some(celsius) = heat.celsius else { continue };
        let over = |limit: Option<f32>| limit.filter(|limit| celsius >= *limit);
        let critical = over(believed_critical(&heat.sensor));
        let warm = match heat.sensor.class {
            SensorClass::Cpu => over(thresholds.temperature_above),
            SensorClass::Disk => over(heat.sensor.high.filter(|_| thresholds.temperature_above.is_some())),
            SensorClass::Other => None,
        };
        if let Some(limit) = critical.or(warm) {
            let sensor = heat.sensor.label.clone();
            faults.push(Fault::Hot { sensor, celsius, limit, critical: critical.is_some() });
        }
    }
    // Sixteen hot cores are one problem: the hottest stands for its kind.
    let hot = |fault: &Fault| match fault {
        Fault::Hot { celsius, limit, .. } => Some(celsius - limit),
        _ => None,
    };
    let hottest = faults.iter().filter_map(hot).fold(f32::MIN, f32::max);
    let mut kept = false;
    faults
        .retain(|fault| hot(fault).is_none_or(|over| over == hottest && !std::mem::replace(&mut kept, true)));
}

/// The maker's limit. Boards with unconnected pins show nonsense beside nonsense: only processors and disks are believed.
fn believed_critical(sensor: &Sensor) -> Option<f32> {
    sensor.critical.filter(|_| sensor.class != SensorClass::Other)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
pub(super) mod tests;
