//! How the simulated machine does at one moment, now or in its past. Pure.

use super::{CORES, DRE, Failure, GIB, INODES, Inner, MEMORY, package};
use crate::subsystems::metrics::{raw::Memory, ring::Span, series::Series};

/// How things stand at one moment. A function of time alone, so that the past can be told too.
pub(super) struct Level {
    pub(super) busy: f64,
    pub(super) used: f64,
    pub(super) swap_used: f64,
    pub(super) swapping: f64,
    /// Shares of the two disks, 0 to 100; of the second one's inodes, too.
    pub(super) root: f64,
    pub(super) dre: f64,
    pub(super) dre_inodes: f64,
    pub(super) disk_rate: f64,
    pub(super) net_rate: f64,
    pub(super) celsius: f64,
}

impl Level {
    pub(super) fn calm(t: f64) -> Level {
        let hour = (t / 3600.0 + 7.0).rem_euclid(24.0);
        // Quiet at night, busiest in the evening; a backup at three.
        let day = 0.5 - 0.5 * ((hour - 8.0) / 24.0 * std::f64::consts::TAU).cos();
        let backup = if (3.0..3.4).contains(&hour) { 1.0 } else { 0.0 };
        let busy = 6.0 + 16.0 * day + 25.0 * backup + 4.0 * noise(t / 40.0) + 2.0 * noise(t / 6.0);
        let busy = busy.clamp(1.0, 100.0);
        Level {
            busy,
            used: 5.4 * GIB + 0.6 * GIB * day + 0.1 * GIB * noise(t / 900.0),
            swap_used: 0.2 * GIB,
            swapping: 0.0,
            root: 60.0 + (t / 86_400.0).rem_euclid(30.0) * 0.08,
            // Cleared each month; full in about as long if nobody did.
            dre: 61.93 + (t / 86_400.0).rem_euclid(30.0) * 0.6,
            // A little later than its space, and nothing a large file changes.
            dre_inodes: 55.0 + (t / 86_400.0).rem_euclid(30.0) * 0.68,
            disk_rate: 2.0e5 + 6.0e6 * backup + 1.5e6 * (noise(t / 30.0) + 1.0) * day,
            net_rate: 1.5e5 + 1.2e6 * day * (1.0 + 0.6 * noise(t / 45.0)),
            celsius: 46.0 + 0.35 * busy + noise(t / 20.0),
        }
    }

    pub(super) fn at(now: f64, inner: &Inner) -> Level {
        let mut level = Level::calm(now);
        if let Some(since) = inner.since(Failure::CpuHog, now) {
            level.busy += (97.0 - level.busy) * (since / 4.0).min(1.0);
            level.celsius += 6.0;
        }
        if let Some(since) = inner.since(Failure::MemoryLeak, now) {
            let grown = (since / 120.0).min(1.0);
            level.used += (MEMORY * 0.97 - level.used) * grown;
            level.swap_used += 1.6 * GIB * (since / 240.0).min(1.0);
            level.swapping = if grown > 0.5 && since < 240.0 { 6.0e6 } else { 0.0 };
        }
        if let Some(since) = inner.since(Failure::DiskFills, now) {
            level.dre += (97.0 - level.dre) * (since / 30.0).min(1.0);
            level.disk_rate += 4.0e7;
        }
        if let Some(since) = inner.since(Failure::SensorHot, now) {
            level.celsius += (96.0 - level.celsius) * (since / 20.0).min(1.0);
        }
        level
    }

    pub(super) fn memory(&self) -> Memory {
        let available = (MEMORY - self.used).max(0.02 * GIB);
        let free = available * 0.3;
        Memory {
            total: MEMORY as u64,
            free: free as u64,
            available: available as u64,
            buffers: (0.05 * available) as u64,
            cached: (0.65 * available) as u64,
            shared: (0.04 * GIB) as u64,
            dirty: 4 << 20,
            swap_total: 2 << 30,
            swap_free: (2.0 * GIB - self.swap_used) as u64,
        }
    }

    /// As [`crate::subsystems::metrics::reading::Reading::each`] tells it.
    pub(super) fn spans(&self) -> Vec<(Series, Span)> {
        let wide = |value: f64, part: f64| Span {
            min: (value * (1.0 - part)) as f32,
            avg: value as f32,
            max: (value * (1.0 + part)) as f32,
        };
        let one = |value: f64| Span::single(value as f32);
        let memory = self.memory();
        vec![
            (Series::Cpu, Span { max: (self.busy * 1.5).min(100.0) as f32, ..wide(self.busy, 0.3) }),
            (Series::CpuUser, one(self.busy * 0.7)),
            (Series::CpuSystem, one(self.busy * 0.3)),
            (Series::CpuIowait, one(1.0)),
            (Series::CpuSteal, one(0.0)),
            (Series::Load, one(self.busy / 100.0 * f64::from(CORES))),
            (Series::MemoryUsed, wide((memory.total - memory.available) as f64, 0.01)),
            (Series::MemoryCache, one((memory.available - memory.free) as f64)),
            (Series::SwapUsed, one(self.swap_used)),
            (Series::DiskRead, wide(self.disk_rate, 0.4)),
            (Series::DiskWritten, wide(self.disk_rate * 0.6, 0.4)),
            (Series::NetReceived, wide(self.net_rate, 0.4)),
            (Series::NetSent, wide(self.net_rate * 0.25, 0.4)),
            (Series::WaitCpu, one(0.0)),
            (Series::WaitIo, one(self.disk_rate / 4e6)),
            (Series::WaitMemory, one(0.0)),
            (Series::DiskShare("/".into()), one(self.root)),
            (Series::DiskShare(DRE.into()), one(self.dre)),
            (Series::DiskUsed("/".into()), one(233.0 * GIB * self.root / 100.0)),
            (Series::DiskUsed(DRE.into()), one(458.0 * GIB * self.dre / 100.0)),
            (Series::DiskInodes(DRE.into()), one(INODES as f64 * self.dre_inodes / 100.0)),
            (Series::Heat(package().id.as_str().into()), wide(self.celsius, 0.04)),
        ]
    }
}

/// -1 to 1, smooth, the same for the same time.
pub(super) fn noise(t: f64) -> f64 {
    let at = |step: f64| {
        let mut bits = (step as i64 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        bits ^= bits >> 29;
        bits = bits.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits ^= bits >> 32;
        (bits % 2001) as f64 / 1000.0 - 1.0
    };
    let (whole, part) = (t.floor(), t - t.floor());
    let eased = part * part * (3.0 - 2.0 * part);
    at(whole) * (1.0 - eased) + at(whole + 1.0) * eased
}
