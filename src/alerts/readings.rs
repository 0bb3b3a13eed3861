//! What is judged: the machine at one moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::UnitName;

/// How the machine is at one moment, as far as it is known. What is `None` is not known and changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readings {
    /// Share of all cores' time, 0 to 100.
    pub cpu: Option<f32>,
    /// Share in use, 0 to 100, and what is available.
    pub memory: Option<(f32, u64)>,
    pub disks: Option<Vec<DiskReading>>,
    pub sensors: Option<Vec<SensorReading>>,
    /// All failed units, with systemd's word for why.
    pub failed_units: Option<BTreeMap<UnitName, String>>,
    /// All parked actors.
    pub parked: Option<BTreeSet<String>>,
    /// The config file as it is now is not the one that holds.
    pub config_refused: Option<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DiskReading {
    pub mount: String,
    /// `None`: it is there and does not answer.
    pub share: Option<f32>,
    pub free_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SensorReading {
    /// As the pilot reads it: "Package", "nvme0".
    pub name: String,
    pub celsius: Option<f32>,
}
