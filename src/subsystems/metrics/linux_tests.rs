//! The real machine against the kernel's own words and the tools people compare with.

use super::*;

fn pass() -> Raw {
    let mut raw = Raw::default();
    Linux::default().probe().read(&mut raw);
    raw
}

/// df, in bytes: (total, used, available).
fn df(path: &Path) -> Option<[u64; 3]> {
    #[expect(clippy::disallowed_methods, reason = "a test compares with the tool itself")]
    let out = std::process::Command::new("df")
        .args(["-B1", "--output=size,used,avail"])
        .arg(path)
        .output()
        .ok()
        .filter(|out| out.status.success())?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut figures = text.lines().nth(1)?.split_whitespace().map(|figure| figure.parse().ok());
    Some([figures.next()??, figures.next()??, figures.next()??])
}

#[test]
fn file_systems_are_as_full_as_df_says() {
    let raw = pass();
    let root = raw.mounts.first().expect("there is a root");
    assert_eq!(root.mount.path, Path::new("/"));
    for place in &raw.mounts {
        let path = &place.mount.path;
        let Some(before) = place.space else { continue };
        let Some([total, used, available]) = df(path) else {
            println!("skipped: no df on this machine");
            return;
        };
        let after = space(path).unwrap();
        // Others write meanwhile: what changed between our two looks bounds what df may differ by.
        let slack = before.used_bytes.abs_diff(after.used_bytes) + (64 << 20);
        assert_eq!(total, before.total_bytes, "{path:?}");
        assert!(used.abs_diff(before.used_bytes) <= slack, "{path:?}: {used} and {before:?}");
        assert!(available.abs_diff(before.available_bytes) <= slack, "{path:?}: {available} and {before:?}");
    }
}

#[test]
fn memory_is_what_the_kernel_says() {
    let field = |name: &str| {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    };
    let memory = pass().memory.unwrap();
    assert_eq!(memory.total, field("MemTotal:"));
    assert_eq!(memory.swap_total, field("SwapTotal:"));
    let available = field("MemAvailable:");
    assert!(memory.available.abs_diff(available) < memory.total / 4, "{} and {available}", memory.available);
}

#[test]
fn counters_are_between_two_looks_of_the_kernel_s_own() {
    let jiffies = || {
        let mut cores = Vec::new();
        parse::stat(&std::fs::read("/proc/stat").unwrap(), &mut cores).map(|ticks| (ticks.user, cores.len()))
    };
    let uptime = || parse::uptime(&std::fs::read("/proc/uptime").unwrap()).unwrap();
    let (before, up_before) = (jiffies().unwrap(), uptime());
    let raw = pass();
    let (after, up_after) = (jiffies().unwrap(), uptime());
    assert!((before.0..=after.0).contains(&raw.cpu.unwrap().user));
    assert_eq!(raw.cores.len(), after.1);
    assert!((up_before..=up_after).contains(&raw.uptime_s.unwrap()));
}

#[test]
fn a_second_pass_keeps_what_it_knows_of_names() {
    let mut probe = Linux::default().probe();
    let mut raw = Raw::default();
    probe.read(&mut raw);
    let first = raw.clone();
    probe.read(&mut raw);
    let names =
        |raw: &Raw| raw.devices.iter().map(|device| (device.name.clone(), device.whole)).collect::<Vec<_>>();
    assert_eq!(names(&raw), names(&first));
    assert_eq!(raw.mounts.len(), first.mounts.len());
    assert!(
        std::sync::Arc::ptr_eq(&raw.mounts[0].mount, &first.mounts[0].mount),
        "the table is not read again"
    );
}

#[test]
fn a_listed_mount_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut probe = Linux::default().probe();
    probe.tell_of(Some(vec![folder.path().to_owned()]));
    let mut raw = Raw::default();
    probe.read(&mut raw);
    let states: Vec<_> = raw.mounts.iter().map(|place| &place.mount.state).collect();
    assert!(matches!(states[..], [Presence::Mounted(_), Presence::Missing]), "{states:?}");
}

#[test]
fn the_host_knows_its_name_kernel_and_boot() {
    let host = Linux::default().host();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert_eq!(host.kernel.as_deref(), Some(kernel.trim()));
    assert_eq!(host.boot_id.map(|id| id.len()), Some(36));
    let up = parse::uptime(&std::fs::read("/proc/uptime").unwrap()).unwrap();
    let booted = jiff::Timestamp::now().as_second() - up as i64;
    assert!(host.booted_at.unwrap().as_second().abs_diff(booted) < 120);
    assert!(host.processor.is_some() || !Path::new("/proc/cpuinfo").exists());
}

#[test]
fn a_wish_for_a_restart_is_found_with_its_packages() {
    let run = tempfile::tempdir().unwrap();
    assert_eq!(restart_wanted(run.path()), None);
    std::fs::write(run.path().join("reboot-required"), "*** System restart required ***\n").unwrap();
    assert_eq!(restart_wanted(run.path()), Some(0));
    std::fs::write(run.path().join("reboot-required.pkgs"), "linux-base\nlibc6\nlinux-base\n").unwrap();
    assert_eq!(restart_wanted(run.path()), Some(2));
}
