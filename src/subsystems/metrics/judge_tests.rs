//! What is judged, and how badly.

use std::sync::Arc;

use super::*;
use crate::subsystems::metrics::{
    machine::Host,
    raw::{Heat, Memory, Mounted, Raw, Wanted},
};

const AT: Timestamp = Timestamp::constant(1_748_736_000, 0);

pub fn disk(path: &str, share: u64, change: impl FnOnce(&mut Disk, &mut Mounted)) -> Disk {
    let mut mounted = Mounted {
        fstype: "ext4".into(),
        source: "/dev/x".into(),
        dev: (8, 1),
        read_only: false,
        stopped_writing: false,
        guarded: false,
    };
    let space =
        Space { total_bytes: 100, used_bytes: share, available_bytes: 100 - share, inodes: Some((100, 10)) };
    let wanted = |state| Arc::new(Wanted { path: path.into(), state, listed: true });
    let mut disk = Disk {
        mount: wanted(Presence::Missing),
        space: Some(space),
        silent_since: None,
        io: None,
        busy: None,
    };
    change(&mut disk, &mut mounted);
    disk.mount = wanted(Presence::Mounted(mounted));
    disk
}

fn heat(class: SensorClass, celsius: f32, high: Option<f32>, critical: Option<f32>) -> Heat {
    let sensor = Sensor {
        id: "x".into(),
        label: "x".into(),
        class,
        high,
        critical,
        file: PathBuf::new(),
        slow: false,
        disk: None,
    };
    Heat { sensor: Arc::new(sensor), celsius: Some(celsius) }
}

pub fn snapshot(change: impl FnOnce(&mut Reading)) -> Snapshot {
    let mut reading = Reading::between(None, &Raw::default(), AT);
    change(&mut reading);
    Snapshot {
        interval: Duration::from_secs(5),
        reading: Some(reading),
        host: Arc::new(Host::default()),
        sensors_known: true,
        frequency: None,
        updates: None,
        last_end: None,
        cpu_tail: Vec::new(),
        cpu_above_since: None,
        forecasts: Default::default(),
    }
}

fn told(snapshot: &Snapshot) -> Vec<String> {
    let told = |fault: &Fault| {
        let name = format!("{fault:?}");
        format!("{} {}", fault.mark().sign(), name.split([' ', '{']).next().unwrap_or_default())
    };
    judge(snapshot, &Thresholds::default()).iter().map(told).collect()
}

#[test]
fn nothing_measured_is_nothing_wrong() {
    assert_eq!(told(&snapshot(|_| ())), [] as [&str; 0]);
}

#[test]
fn disks_are_judged_by_what_they_are_and_the_worst_comes_first() {
    let disks = vec![
        disk("/", 84, |_, _| ()),
        disk("/home", 85, |_, _| ()),
        disk("/mnt/full", 98, |_, _| ()),
        disk("/mnt/iso", 100, |_, at| at.read_only = true),
        disk("/mnt/broken", 10, |_, at| (at.read_only, at.stopped_writing) = (true, true)),
        disk("/mnt/nas", 99, |disk, _| disk.silent_since = Some(AT)),
        disk("/mnt/many", 10, |disk, _| disk.space.as_mut().unwrap().inodes = Some((100, 90))),
    ];
    assert_eq!(
        told(&snapshot(|reading| reading.disks = disks)),
        ["✖ Full", "✖ StoppedWriting", "✖ Silent", "▲ Full", "▲ InodesFull"]
    );
}

#[test]
fn memory_is_judged_by_what_is_available() {
    let with = |available| {
        told(&snapshot(|reading| {
            reading.memory = Some(Memory { total: 1000, free: 1, available, ..Memory::default() });
        }))
    };
    assert_eq!(with(500), [] as [&str; 0]);
    assert_eq!(with(80), ["▲ Memory"]);
    assert_eq!(with(20), ["✖ Memory"]);
}

#[test]
fn high_load_counts_when_it_lasts() {
    let mut snapshot = snapshot(|_| ());
    let since = |seconds| Some(AT - jiff::SignedDuration::from_secs(seconds));
    snapshot.cpu_above_since = since(299);
    assert_eq!(told(&snapshot), [] as [&str; 0]);
    snapshot.cpu_above_since = since(300);
    assert_eq!(told(&snapshot), ["▲ Cpu"]);
}

#[test]
fn heat_is_one_problem_and_nonsense_is_none() {
    let with = |heats| told(&snapshot(|reading| reading.sensors = heats));
    assert_eq!(with(vec![heat(SensorClass::Other, 127.0, Some(80.0), Some(100.0))]), [] as [&str; 0]);
    let cores = vec![
        heat(SensorClass::Cpu, 86.0, None, Some(100.0)),
        heat(SensorClass::Cpu, 88.0, None, Some(100.0)),
    ];
    assert_eq!(with(cores), ["▲ Hot"]);
    assert_eq!(with(vec![heat(SensorClass::Cpu, 101.0, None, Some(100.0))]), ["✖ Hot"]);
    assert_eq!(with(vec![heat(SensorClass::Disk, 76.0, Some(75.0), Some(84.0))]), ["▲ Hot"]);
}

#[test]
fn a_threshold_that_is_off_judges_nothing() {
    let off = Thresholds {
        cpu_above: None,
        cpu_for: Duration::ZERO,
        memory_above: None,
        disk_above: None,
        temperature_above: None,
    };
    let snapshot = snapshot(|reading| {
        reading.disks = vec![disk("/", 99, |_, _| ())];
        reading.sensors = vec![heat(SensorClass::Cpu, 95.0, None, None)];
        reading.memory = Some(Memory { total: 100, available: 1, ..Memory::default() });
    });
    assert_eq!(judge(&snapshot, &off), []);
}
