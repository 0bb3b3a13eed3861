//! Rates and shares between two passes.

use super::*;
use crate::subsystems::metrics::raw::{Mounted, Place, Swapped};

const AT: Timestamp = Timestamp::constant(1_748_736_000, 0);

fn between(old: &Raw, now: &Raw, seconds: u64) -> Reading {
    Reading::between(Some(Before { raw: old, elapsed: Duration::from_secs(seconds) }), now, AT)
}

fn ticks(user: u64, system: u64, idle: u64, iowait: u64) -> Ticks {
    Ticks { user, system, idle, iowait, ..Ticks::default() }
}

fn device(name: &str, whole: bool, read: u64, written: u64) -> Device {
    Device { name: name.into(), whole, read_bytes: read, written_bytes: written, ..Device::default() }
}

fn link(name: &str, kind: LinkKind, rx: u64, tx: u64) -> Link {
    Link { name: name.into(), kind, rx_bytes: rx, tx_bytes: tx, ..Link::default() }
}

#[test]
fn processor_time_is_shared_out_and_waiting_is_not_busy() {
    let old = Raw { cpu: Some(ticks(100, 100, 100, 100)), ..Raw::default() };
    let now = Raw { cpu: Some(ticks(130, 110, 140, 120)), ..Raw::default() };
    let cpu = between(&old, &now, 1).cpu.unwrap();
    assert_eq!(cpu, Cpu { busy: 40.0, user: 30.0, system: 10.0, iowait: 20.0, steal: 0.0 });
}

#[test]
fn without_a_pass_before_there_are_levels_and_no_rates() {
    let now = Raw {
        cpu: Some(ticks(1, 1, 1, 1)),
        memory: Some(Memory { total: 8, available: 6, free: 2, ..Memory::default() }),
        devices: vec![device("sda", true, 5, 5)],
        ..Raw::default()
    };
    let first = Reading::between(None, &now, AT);
    assert_eq!((first.cpu, first.io, first.memory), (None, None, now.memory));
    let mut told = Vec::new();
    first.each(|series, value| told.push((series, value)));
    assert_eq!(told, [(Series::MemoryUsed, 2.0), (Series::MemoryCache, 4.0)]);
}

#[test]
fn only_whole_disks_and_real_interfaces_are_summed() {
    let old = Raw {
        devices: vec![device("sda", true, 0, 0), device("sda1", false, 0, 0), device("sdb", true, 0, 0)],
        links: vec![
            link("eth0", LinkKind::Real, 0, 0),
            link("wg0", LinkKind::Upper, 0, 0),
            link("ens1", LinkKind::Apparent, 0, 0),
        ],
        ..Raw::default()
    };
    let mut now = old.clone();
    for device in &mut now.devices {
        device.read_bytes += 1000;
        device.written_bytes += 500;
    }
    for link in &mut now.links {
        link.rx_bytes += 300;
        link.tx_bytes += 100;
    }
    let reading = between(&old, &now, 10);
    assert_eq!(reading.io, Some(Flow { inward: 200.0, outward: 100.0 }));
    assert_eq!(reading.net, Some(Flow { inward: 30.0, outward: 10.0 }));

    now.links.retain(|link| link.kind == LinkKind::Apparent);
    assert_eq!(between(&old, &now, 10).net, Some(Flow { inward: 30.0, outward: 10.0 }));
    now.links.clear();
    assert_eq!(between(&old, &now, 10).net, None, "no interface is not an interface without traffic");
}

#[test]
fn a_counter_that_went_back_gives_no_rate() {
    let old = Raw {
        devices: vec![device("sda", true, 900, 900)],
        links: vec![link("eth0", LinkKind::Real, 900, 900)],
        cpu: Some(ticks(100, 100, 100, 100)),
        ..Raw::default()
    };
    let now = Raw {
        devices: vec![device("sda", true, 10, 10)],
        links: vec![link("eth0", LinkKind::Real, 10, 10)],
        cpu: Some(ticks(50, 50, 50, 50)),
        ..Raw::default()
    };
    let reading = between(&old, &now, 5);
    assert_eq!((reading.io, reading.net, reading.cpu), (None, None, None));
}

#[test]
fn a_mount_finds_its_device_by_number_or_by_name() {
    let place = |path: &str, dev, source: &str| Place {
        mount: Arc::new(Wanted {
            path: path.into(),
            state: Presence::Mounted(Mounted {
                fstype: "x".into(),
                source: source.into(),
                dev,
                read_only: false,
                stopped_writing: false,
                guarded: false,
            }),
            listed: false,
        }),
        space: None,
    };
    let sda = Device { major: 8, minor: 1, busy_ms: 0, ..device("sda1", false, 0, 0) };
    let old = Raw {
        devices: vec![sda.clone(), device("nvme0n1p2", false, 0, 0)],
        mounts: vec![
            place("/", (8, 1), "/dev/root"),
            place("/b", (0, 40), "/dev/nvme0n1p2"),
            place("/t", (0, 50), "tank"),
        ],
        ..Raw::default()
    };
    let mut now = old.clone();
    now.devices[0].read_bytes = 100;
    now.devices[0].busy_ms = 500;
    now.devices[1].written_bytes = 50;
    let disks = between(&old, &now, 1).disks;
    let flows: Vec<_> = disks.iter().map(|disk| disk.io.map(|io| (io.inward, io.outward))).collect();
    assert_eq!(flows, [Some((100.0, 0.0)), Some((0.0, 50.0)), None]);
    assert_eq!(disks[0].busy, Some(50.0));
}

#[test]
fn pressure_is_a_share_of_the_time_that_passed() {
    let stall = |some_us| Pressure { io: Some(Stall { some_us, full_us: None }), ..Pressure::default() };
    let old = Raw { pressure: stall(1_000_000), ..Raw::default() };
    let now = Raw { pressure: stall(2_250_000), ..Raw::default() };
    assert_eq!(between(&old, &now, 5).waits, Waits { io: Some(25.0), ..Waits::default() });
}

#[test]
fn swapping_is_told_in_bytes() {
    let swapped = |pages_in| Some(Swapped { pages_in, pages_out: 0 });
    let old = Raw { swapped: swapped(0), ..Raw::default() };
    let now = Raw { swapped: swapped(10), ..Raw::default() };
    let page = rustix::param::page_size() as f64;
    assert_eq!(between(&old, &now, 5).swap, Some(Flow { inward: 2.0 * page, outward: 0.0 }));
}
