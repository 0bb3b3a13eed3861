//! Simulated disks with a state: a healthy one, one with a few bad sectors, an NVMe, one asleep, one without S.M.A.R.T.
//! Their self-tests run in tokio's time, so quick that one can watch them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    report::{
        Attribute, Build, Counts, Device, Mute, Reading, Report, SelfTest, TestOutcome, TestResult,
        TestRunning,
    },
    verdict::Earlier,
    world::{Blind, BlindWhy, DiskError, Disks, Found},
};
use crate::{domain::DiskId, phrase};

/// A simulated short test, and a long one.
pub const SHORT: Duration = Duration::from_secs(20);
pub const LONG: Duration = Duration::from_secs(180);
/// Bad sectors a failing disk has more each time it is read.
const SECTORS_MORE: u64 = 24;

/// Breaks with `true`, mends with `false`.
pub type Play = Arc<dyn Fn(bool) + Send + Sync>;

/// Cheap to clone; all clones are one world.
#[derive(Debug, Clone)]
pub struct World(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    disks: Vec<Simulated>,
    missing: bool,
    past: Vec<(DiskId, Earlier)>,
    reads: Vec<(String, bool)>,
}

#[derive(Debug)]
struct Simulated {
    device: Device,
    report: Result<Report, Mute>,
    asleep: bool,
    fails: bool,
    ignores_tests: bool,
    test: Option<(bool, Instant)>,
}

impl World {
    /// `now` places the simulated past.
    pub fn new(now: Timestamp) -> World {
        let disk = |name: &str, report| Simulated {
            device: Device { path: format!("/dev/{name}"), kind: None },
            report,
            asleep: false,
            fails: false,
            ignores_tests: false,
            test: None,
        };
        let sleeper = Simulated { asleep: true, ..disk("sdc", Ok(hdd("SIM-ARCHIVE 8TB", "SIMHDD03", 8, 0))) };
        let disks = vec![
            disk("sda", Ok(hdd("SIM-HDD 4TB", "SIMHDD01", 4, 0))),
            disk("sdb", Ok(hdd("SIM-HDD 4TB", "SIMHDD02", 4, 3))),
            sleeper,
            disk("sdd", Err(Mute::UsbBridge { says: "Unknown USB bridge [0x152d:0x0578 (0x100)]".into() })),
            disk("nvme0", Ok(nvme())),
        ];
        let before = now - SignedDuration::from_hours(24 * 9);
        let past = disks.iter().filter_map(|disk| disk.before(before)).collect();
        World(Arc::new(Mutex::new(Inner { disks, missing: false, past, reads: Vec::new() })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// smartctl is not installed (any more).
    pub fn uninstall(&self, missing: bool) {
        self.lock().missing = missing;
    }

    /// From now on sda has more bad sectors each time it is read; or is as new again.
    pub fn wear_out(&self, fails: bool) {
        let mut inner = self.lock();
        let disk = &mut inner.disks[0];
        disk.fails = fails;
        if let Ok(report) = &mut disk.report {
            set_sectors(report, 0);
        }
    }

    /// Failures to play with: (id, the message that says it, how to play it).
    pub fn toys(&self) -> [(&'static str, &'static str, Play); 2] {
        let (wears, gone) = (self.clone(), self.clone());
        [
            ("disk-wears", "smart-sim-wears", Arc::new(move |on| wears.wear_out(on))),
            ("smartctl-gone", "smart-sim-gone", Arc::new(move |on| gone.uninstall(on))),
        ]
    }

    pub fn sleep(&self, path: &str, asleep: bool) {
        if let Some(disk) = self.lock().disks.iter_mut().find(|disk| disk.device.path == path) {
            disk.asleep = asleep;
        }
    }

    /// The disk accepts tests and does nothing, as NVMe disks under smartctl 7.3.
    pub fn ignore_tests(&self, path: &str) {
        if let Some(disk) = self.lock().disks.iter_mut().find(|disk| disk.device.path == path) {
            disk.ignores_tests = true;
        }
    }

    pub fn unplug(&self, path: &str) {
        self.lock().disks.retain(|disk| disk.device.path != path);
    }

    /// Which disks were read, and whether they might be woken.
    pub fn reads(&self) -> Vec<(String, bool)> {
        self.lock().reads.clone()
    }

    fn with<T>(
        &self,
        device: &Device,
        then: impl FnOnce(&mut Simulated) -> Result<T, DiskError>,
    ) -> Result<T, DiskError> {
        let mut inner = self.lock();
        inner.installed()?;
        let found = inner.disks.iter_mut().find(|disk| disk.device == *device);
        found.map_or_else(|| Err(DiskError::Said(format!("{}: no such device", device.path))), then)
    }
}

impl Inner {
    fn installed(&self) -> Result<(), DiskError> {
        if !self.missing {
            return Ok(());
        }
        Err(DiskError::Program {
            why: phrase!("process-missing", program = "smartctl"),
            mend: phrase!("process-hint-install", package = "smartmontools"),
        })
    }
}

impl Disks for World {
    fn find(&self) -> BoxFuture<'_, Result<Found, DiskError>> {
        let inner = self.lock();
        let found = inner.installed().map(|()| Found {
            devices: inner.disks.iter().map(|disk| disk.device.clone()).collect(),
            blind: vec![Blind { name: "mmcblk0".into(), why: BlindWhy::Card }],
        });
        Box::pin(async move { found })
    }

    fn read<'a>(&'a self, device: &'a Device, wake: bool) -> BoxFuture<'a, Result<Reading, DiskError>> {
        self.lock().reads.push((device.path.clone(), wake));
        let reading = self.with(device, |disk| {
            if disk.asleep && !wake {
                return Ok(Reading::Asleep);
            }
            disk.asleep = false;
            Ok(disk.read())
        });
        Box::pin(async move { reading })
    }

    fn begin_test<'a>(&'a self, device: &'a Device, long: bool) -> BoxFuture<'a, Result<(), DiskError>> {
        let begun = self.with(device, |disk| {
            disk.asleep = false;
            match &disk.report {
                Err(_) => Err(DiskError::Said("SMART support is unavailable".into())),
                Ok(_) if disk.test.is_some() => Err(DiskError::Said("exit 4".into())),
                Ok(_) => {
                    disk.test = (!disk.ignores_tests).then(|| (long, Instant::now()));
                    Ok(())
                }
            }
        });
        Box::pin(async move { begun })
    }

    fn end_test<'a>(&'a self, device: &'a Device) -> BoxFuture<'a, Result<(), DiskError>> {
        let ended = self.with(device, |disk| {
            if let Some((long, _)) = disk.test.take() {
                disk.log(long, TestOutcome::Aborted, "Aborted by host");
            }
            Ok(())
        });
        Box::pin(async move { ended })
    }

    fn past(&self) -> Vec<(DiskId, Earlier)> {
        self.lock().past.clone()
    }
}

impl Simulated {
    /// One bad sector fewer.
    fn before(&self, at: Timestamp) -> Option<(DiskId, Earlier)> {
        let report = self.report.as_ref().ok()?;
        let id = report.serial.as_deref().and_then(DiskId::parse)?;
        let sectors = report.counts.reallocated.map(|now| now.saturating_sub(1));
        Some((id, Earlier { at, counts: Counts { reallocated: sectors, ..report.counts } }))
    }

    fn read(&mut self) -> Reading {
        if let Some((long, began)) = self.test {
            let length = if long { LONG } else { SHORT };
            if began.elapsed() >= length {
                self.test = None;
                match self.fails {
                    true => self.log(long, TestOutcome::Failed, "Completed: read failure"),
                    false => self.log(long, TestOutcome::Passed, "Completed without error"),
                }
            }
        }
        let running = self.test.map(|(long, began)| {
            let length = if long { LONG } else { SHORT };
            let left = 1.0 - began.elapsed().as_secs_f64() / length.as_secs_f64();
            // Disks tell it in tenths.
            let tenths = (left * 10.0).ceil().clamp(0.0, 9.0) as u8;
            TestRunning { long: Some(long), remaining_percent: Some(tenths * 10) }
        });
        match &mut self.report {
            Err(mute) => Reading::Mute(mute.clone()),
            Ok(report) => {
                if self.fails {
                    let sectors = report.counts.reallocated.unwrap_or(0) + SECTORS_MORE;
                    set_sectors(report, sectors);
                }
                report.test.running = running;
                Reading::Report(Box::new(report.clone()))
            }
        }
    }

    fn log(&mut self, long: bool, outcome: TestOutcome, says: &str) {
        if let Ok(report) = &mut self.report {
            let at_hours = report.power_on_hours;
            report.test.last =
                Some(TestResult { long: Some(long), outcome, at_hours, says: says.to_owned() });
            report.test.logged = report.test.logged.map(|logged| logged + 1);
        }
    }
}

fn set_sectors(report: &mut Report, sectors: u64) {
    report.counts.reallocated = Some(sectors);
    report.counts.pending = Some(sectors / 8);
    report.passed = Some(sectors < 100);
    for attribute in &mut report.attributes {
        match attribute.id {
            5 => attribute.raw = sectors.to_string(),
            197 => attribute.raw = (sectors / 8).to_string(),
            _ => {}
        }
    }
}

fn hdd(model: &str, serial: &str, terabytes: u64, sectors: u64) -> Report {
    let attribute = |(id, name, value, threshold, raw): (u64, &str, u64, u64, u64)| Attribute {
        id,
        name: name.to_owned(),
        value: Some(value),
        worst: Some(value),
        threshold: Some(threshold),
        prefailure: threshold > 0,
        failed: None,
        raw: raw.to_string(),
    };
    let hours = 19_872;
    let mut report = Report {
        model: Some(model.to_owned()),
        serial: Some(serial.to_owned()),
        firmware: Some("SIM1".to_owned()),
        size_bytes: Some(terabytes * 1_000_000_000_000),
        build: Build::Hdd { rpm: 7200 },
        passed: Some(true),
        temperature_c: Some(34),
        power_on_hours: Some(hours),
        power_cycles: Some(214),
        counts: Counts {
            uncorrectable: Some(0),
            reported: Some(0),
            crc: Some(0),
            hours: Some(hours),
            ..Counts::default()
        },
        errors_logged: Some(0),
        test: SelfTest {
            supported: Some(true),
            running: None,
            last: Some(TestResult {
                long: Some(false),
                outcome: TestOutcome::Passed,
                at_hours: Some(hours - 300),
                says: "Completed without error".to_owned(),
            }),
            logged: Some(4),
            short_minutes: Some(2),
            long_minutes: Some(460),
        },
        attributes: [
            (1, "Raw_Read_Error_Rate", 100, 16, 0),
            (3, "Spin_Up_Time", 127, 24, 434),
            (4, "Start_Stop_Count", 100, 0, 214),
            (5, "Reallocated_Sector_Ct", 100, 5, 0),
            (9, "Power_On_Hours", 98, 0, hours),
            (12, "Power_Cycle_Count", 100, 0, 214),
            (187, "Reported_Uncorrect", 100, 0, 0),
            (194, "Temperature_Celsius", 176, 0, 34),
            (197, "Current_Pending_Sector", 100, 0, 0),
            (198, "Offline_Uncorrectable", 100, 0, 0),
            (199, "UDMA_CRC_Error_Count", 200, 0, 0),
        ]
        .map(attribute)
        .into(),
        ..Report::default()
    };
    set_sectors(&mut report, sectors);
    report
}

fn nvme() -> Report {
    let figure = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Report {
        model: Some("SIM-NVME 1TB".to_owned()),
        serial: Some("SIMNVME01".to_owned()),
        firmware: Some("SIM2".to_owned()),
        size_bytes: Some(1_000_204_886_016),
        build: Build::Nvme,
        passed: Some(true),
        temperature_c: Some(41),
        power_on_hours: Some(8_214),
        power_cycles: Some(96),
        counts: Counts {
            media: Some(0),
            used_percent: Some(7),
            spare_percent: Some(100),
            hours: Some(8_214),
            ..Counts::default()
        },
        spare_threshold_percent: Some(10),
        unsafe_shutdowns: Some(11),
        test: SelfTest { supported: Some(true), long_minutes: Some(35), ..SelfTest::default() },
        figures: [
            ("available_spare", "100"),
            ("available_spare_threshold", "10"),
            ("critical_warning", "0"),
            ("data_units_written", "31204411"),
            ("media_errors", "0"),
            ("percentage_used", "7"),
            ("power_cycles", "96"),
            ("power_on_hours", "8214"),
            ("temperature", "41"),
            ("unsafe_shutdowns", "11"),
        ]
        .map(figure)
        .into(),
        ..Report::default()
    }
}
