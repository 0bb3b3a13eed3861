//! Finding the temperature sensors: hwmon, and thermal zones that hwmon does not show. May block for as long as the
//! hardware likes, as even the limits of an NVMe disk are asked of the disk. At most [`SENSORS_MAX`].

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;

use super::raw::{Sensor, SensorClass};
use crate::kernel::{read_small, text::signed};

pub const SENSORS_MAX: usize = 64;
/// A sensor that takes longer is read aside: 64 of them must not make a pass late.
const QUICK: Duration = Duration::from_micros(500);
const TEXT_MAX: usize = 128;

const CPU_CHIPS: [&str; 7] =
    ["coretemp", "k10temp", "zenpower", "via_cputemp", "cpu_thermal", "soc_thermal", "x86_pkg_temp"];

/// `sys` is `/sys`, or a copy of one in tests.
pub fn find(sys: &Path) -> Vec<Arc<Sensor>> {
    let mut found = Vec::new();
    let mut chips = HashSet::new();
    for folder in folders(&sys.join("class/hwmon")) {
        if let Ok(chip) = read_small(folder.join("name"), TEXT_MAX) {
            hwmon(&folder, &chip, &mut found);
            chips.insert(chip);
        }
    }
    for folder in folders(&sys.join("class/thermal")) {
        if let Ok(kind) = read_small(folder.join("type"), TEXT_MAX) {
            zone(&folder, &kind, &chips, &mut found);
        }
    }
    found.truncate(SENSORS_MAX);
    for sensor in &mut found {
        let before = Instant::now();
        let _ = read(&sensor.file);
        sensor.slow |= before.elapsed() > QUICK;
    }
    found.into_iter().map(Arc::new).collect()
}

/// One temperature, °C; `None` when it does not answer, or answers what no thing can have.
pub fn read(file: &Path) -> Option<f32> {
    parse(read_small(file, TEXT_MAX).ok()?.as_bytes())
}

/// Thousandths of a degree. Chips say -128 or 255 and more on unconnected pins.
pub fn parse(text: &[u8]) -> Option<f32> {
    let celsius = signed(text.trim_ascii())? as f32 / 1000.0;
    (-60.0..=200.0).contains(&celsius).then_some(celsius)
}

/// A limit that means something; NVMe says 65261.85 for "none".
fn limit(file: &Path) -> Option<f32> {
    read(file).filter(|celsius| (20.0..=150.0).contains(celsius))
}

/// Subfolders in a stable order: hwmon2 before hwmon10.
fn folders(parent: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    paths
}

fn hwmon(folder: &Path, chip: &str, found: &mut Vec<Sensor>) {
    let disk = disk(folder, chip);
    let class = if disk.is_some() || matches!(chip, "nvme" | "drivetemp") {
        SensorClass::Disk
    } else if CPU_CHIPS.contains(&chip.replace('-', "_").as_str()) {
        SensorClass::Cpu
    } else {
        SensorClass::Other
    };
    for number in 1..=SENSORS_MAX {
        let part = |end: &str| folder.join(format!("temp{number}_{end}"));
        let file = part("input");
        if !file.exists() {
            // Numbers have gaps (coretemp by core id), yet seldom wide ones.
            continue;
        }
        let name = read_small(part("label"), TEXT_MAX).ok().filter(|label| !label.is_empty());
        let label = label(chip, disk.as_deref(), name.as_deref(), number);
        let owner = disk.as_deref().unwrap_or(chip);
        let id = unique(found, format!("{owner} {}", name.unwrap_or_else(|| number.to_string())));
        found.push(Sensor {
            id,
            label,
            class,
            high: limit(&part("max")),
            critical: limit(&part("crit")),
            file,
            slow: class == SensorClass::Disk,
            disk: disk.clone(),
        });
    }
}

fn label(chip: &str, disk: Option<&str>, name: Option<&str>, number: usize) -> String {
    match (disk, name) {
        (Some(disk), None | Some("Composite")) => disk.to_owned(),
        (Some(disk), Some(name)) => format!("{disk} {name}"),
        (None, Some(name)) => name.to_owned(),
        (None, None) if number == 1 => chip.to_owned(),
        (None, None) => format!("{chip} {number}"),
    }
}

/// Two sockets have two chips of the same name, with sensors of the same names.
fn unique(found: &[Sensor], id: String) -> String {
    let taken = |id: &str| found.iter().any(|sensor| sensor.id == id);
    if !taken(&id) {
        return id;
    }
    (2..)
        .map(|count| format!("{id} #{count}"))
        .find(|id| !taken(id))
        .expect("there are fewer sensors than numbers")
}

/// The name of the disk a chip belongs to: `device/block/sda`, or the controller `nvme0`.
fn disk(folder: &Path, chip: &str) -> Option<Box<str>> {
    let device = folder.join("device");
    match chip {
        "drivetemp" => folders(&device.join("block")).first()?.file_name()?.to_str().map(Into::into),
        "nvme" => device.canonicalize().ok()?.file_name()?.to_str().map(Into::into),
        _ => None,
    }
}

fn zone(folder: &Path, kind: &str, chips: &HashSet<String>, found: &mut Vec<Sensor>) {
    let file = folder.join("temp");
    let same = |chip: &String| chip.replace('-', "_") == kind.replace('-', "_");
    // The kernel shows most zones as hwmon too; the processor's package is one of coretemp's.
    if !file.exists() || chips.iter().any(same) || (kind == "x86_pkg_temp" && chips.contains("coretemp")) {
        return;
    }
    let lower = kind.to_ascii_lowercase();
    let class = if ["cpu", "soc", "pkg"].iter().any(|part| lower.contains(part)) {
        SensorClass::Cpu
    } else {
        SensorClass::Other
    };
    let (mut high, mut critical) = (None, None);
    for trip in 0..16 {
        let Ok(kind) = read_small(folder.join(format!("trip_point_{trip}_type")), TEXT_MAX) else { break };
        let wanted = match kind.as_str() {
            "critical" => &mut critical,
            "hot" | "passive" => &mut high,
            _ => continue,
        };
        *wanted = wanted.or(limit(&folder.join(format!("trip_point_{trip}_temp"))));
    }
    let id = unique(found, format!("zone {kind}"));
    found.push(Sensor { id, label: kind.to_owned(), class, high, critical, file, slow: false, disk: None });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sys(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join("class").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{text}\n")).unwrap();
        }
        folder
    }

    #[test]
    fn a_machine_without_sensors_has_none() {
        assert_eq!(find(Path::new("/nonexistent")), []);
    }

    #[test]
    fn chips_zones_and_disks_are_found_with_their_limits() {
        let folder = sys(&[
            ("hwmon/hwmon0/name", "coretemp"),
            ("hwmon/hwmon0/temp1_input", "62000"),
            ("hwmon/hwmon0/temp1_label", "Package id 0"),
            ("hwmon/hwmon0/temp1_max", "80000"),
            ("hwmon/hwmon0/temp1_crit", "100000"),
            ("hwmon/hwmon0/temp3_input", "58000"),
            ("hwmon/hwmon0/temp3_label", "Core 1"),
            ("hwmon/hwmon10/name", "coretemp"),
            ("hwmon/hwmon10/temp1_input", "55000"),
            ("hwmon/hwmon10/temp1_label", "Package id 0"),
            ("hwmon/hwmon2/name", "drivetemp"),
            ("hwmon/hwmon2/temp1_input", "39000"),
            ("hwmon/hwmon2/temp1_max", "65261850"),
            ("hwmon/hwmon2/device/block/sda/size", "1"),
            ("hwmon/hwmon3/name", "nct6775"),
            ("hwmon/hwmon3/temp2_input", "-128000"),
            ("hwmon/hwmon4/name", "fan_only"),
            ("thermal/thermal_zone0/type", "x86_pkg_temp"),
            ("thermal/thermal_zone0/temp", "62000"),
            ("thermal/thermal_zone1/type", "cpu-thermal"),
            ("thermal/thermal_zone1/temp", "48312"),
            ("thermal/thermal_zone1/trip_point_0_type", "critical"),
            ("thermal/thermal_zone1/trip_point_0_temp", "110000"),
            ("thermal/cooling_device0/type", "Processor"),
        ]);
        let found = find(folder.path());
        let told: Vec<_> = found
            .iter()
            .map(|sensor| (sensor.id.as_str(), sensor.label.as_str(), sensor.class, read(&sensor.file)))
            .collect();
        assert_eq!(
            told,
            [
                ("coretemp Package id 0", "Package id 0", SensorClass::Cpu, Some(62.0)),
                ("coretemp Core 1", "Core 1", SensorClass::Cpu, Some(58.0)),
                ("sda 1", "sda", SensorClass::Disk, Some(39.0)),
                ("nct6775 2", "nct6775 2", SensorClass::Other, None),
                ("coretemp Package id 0 #2", "Package id 0", SensorClass::Cpu, Some(55.0)),
                ("zone cpu-thermal", "cpu-thermal", SensorClass::Cpu, Some(48.312)),
            ]
        );
        assert_eq!((found[0].high, found[0].critical), (Some(80.0), Some(100.0)));
        assert_eq!((found[2].high, found[2].slow, found[2].disk.as_deref()), (None, true, Some("sda")));
        assert_eq!(found[5].critical, Some(110.0));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(text: Vec<u8>) {
            parse(&text);
        }
    }
}
