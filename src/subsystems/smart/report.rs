//! What one disk says of itself, as far as it says it. Plain data; kept in the store as JSON.

use serde::{Deserialize, Serialize};

/// A disk as smartctl is told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Device {
    /// "/dev/sda".
    pub path: String,
    /// smartctl's `-d`, where it cannot find out by itself: "megaraid,2", "sat".
    pub kind: Option<String>,
}

impl Device {
    /// "sda", "nvme0"; with its place behind a controller: "sda megaraid,2".
    pub fn short(&self) -> String {
        let name = self.path.strip_prefix("/dev/").unwrap_or(&self.path);
        match &self.kind {
            Some(kind) => format!("{name} {kind}"),
            None => name.to_owned(),
        }
    }
}

/// Absent means the disk does not say, which is never the same as nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    pub model: Option<String>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub size_bytes: Option<u64>,
    pub build: Build,
    /// The disk's own overall judgement.
    pub passed: Option<bool>,
    pub temperature_c: Option<i64>,
    pub power_on_hours: Option<u64>,
    pub power_cycles: Option<u64>,
    pub counts: Counts,
    /// Of the spare below which the disk calls itself critical.
    pub spare_threshold_percent: Option<u64>,
    /// What an NVMe disk calls critical at this moment.
    pub critical: Vec<Critical>,
    /// Entries in the disk's log of errors.
    pub errors_logged: Option<u64>,
    pub unsafe_shutdowns: Option<u64>,
    pub test: SelfTest,
    pub attributes: Vec<Attribute>,
    /// An NVMe disk's figures by their names, as it says them.
    pub figures: Vec<(String, String)>,
}

/// Counts that are kept over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Sectors replaced by spare ones.
    pub reallocated: Option<u64>,
    /// Sectors that could not be read and wait for their next write.
    pub pending: Option<u64>,
    /// Sectors that could not be read in the disk's own scans.
    pub uncorrectable: Option<u64>,
    /// Reads that failed for the computer.
    pub reported: Option<u64>,
    /// Broken transfers between disk and computer: the cable, mostly.
    pub crc: Option<u64>,
    /// Data that came back wrong (NVMe, SAS).
    pub media: Option<u64>,
    /// Of its rated life; may pass 100.
    pub used_percent: Option<u64>,
    pub spare_percent: Option<u64>,
    pub hours: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Build {
    #[default]
    Unknown,
    Hdd {
        rpm: u64,
    },
    Ssd,
    Nvme,
    /// SAS and other SCSI disks that do not say more.
    Scsi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Critical {
    SpareLow,
    Temperature,
    Unreliable,
    ReadOnly,
    BackupFailed,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    pub id: u64,
    pub name: String,
    /// Normalised by the maker: falls towards the threshold.
    pub value: Option<u64>,
    pub worst: Option<u64>,
    pub threshold: Option<u64>,
    /// Below its threshold a disk is about to fail, not merely old.
    pub prefailure: bool,
    pub failed: Option<Failed>,
    pub raw: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failed {
    Now,
    Past,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SelfTest {
    /// `None` where it does not say.
    pub supported: Option<bool>,
    pub running: Option<TestRunning>,
    pub last: Option<TestResult>,
    /// Entries in the disk's log of tests; stands still when the log is full (21 on ATA).
    pub logged: Option<u64>,
    /// How long the disk thinks they take.
    pub short_minutes: Option<u64>,
    pub long_minutes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRunning {
    pub long: Option<bool>,
    pub remaining_percent: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    pub long: Option<bool>,
    pub outcome: TestOutcome,
    /// Power-on hours when it ended.
    pub at_hours: Option<u64>,
    /// In the disk's (smartctl's) words.
    pub says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    Passed,
    Failed,
    /// By somebody, by a reset, by power loss: it says nothing about the disk.
    Aborted,
    Unknown,
}

/// What came of asking a disk.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    Report(Box<Report>),
    /// It sleeps and was let sleep.
    Asleep,
    Mute(Mute),
}

/// Why a disk says nothing, so that the screen can say exactly why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Mute {
    /// The disk has no S.M.A.R.T.
    NoSmart {
        model: Option<String>,
    },
    /// It has, but it is switched off.
    Off,
    /// A USB bridge that smartctl does not know.
    UsbBridge {
        says: String,
    },
    /// smartctl could not tell what kind of device it is.
    NotDetected {
        says: String,
    },
    Denied {
        says: String,
    },
    Gone {
        says: String,
    },
    /// In smartctl's words.
    Other {
        says: String,
    },
}
