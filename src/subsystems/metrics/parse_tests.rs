//! The parsers over what real machines printed, over this machine now, and over anything at all.

use super::*;

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/host/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn processor_time_is_read_in_all_and_by_core() {
    let mut cores = vec![(9, Ticks::default())];
    let all = stat(&sample("proc-stat.txt"), &mut cores).unwrap();
    let want = Ticks {
        user: 286_669,
        nice: 172_009,
        system: 186_883,
        idle: 251_609,
        iowait: 45_594,
        irq: 0,
        softirq: 1706,
        steal: 1909,
    };
    assert_eq!(all, want);
    assert_eq!(
        cores.iter().map(|(core, ticks)| (*core, ticks.user)).collect::<Vec<_>>(),
        [(0, 141_594), (1, 145_075)]
    );
}

#[test]
fn cores_keep_their_number_when_one_is_offline() {
    let mut cores = Vec::new();
    let text = b"cpu  9 0 0 9 0 0 0 0 0 0\ncpu0 4 0 0 4 0 0 0 0 0 0\ncpu2 5 0 0 5 0 0 0 0 0 0\nintr 5\ncpu7 1 1 1 1 1 1 1 1\n";
    assert!(stat(text, &mut cores).is_some());
    assert_eq!(cores.iter().map(|(core, _)| *core).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn load_is_read_with_its_tasks() {
    let load = loadavg(&sample("proc-loadavg.txt")).unwrap();
    assert_eq!(load, Load { averages: [95.13, 33.69, 13.84], running: 3, tasks: 226 });
    for odd in ["", "1 2", "1 2 3", "1 2 3 4", "nan 1 1 1/2 3", "-1 0 0 1/2 3"] {
        assert_eq!(loadavg(odd.as_bytes()), None, "{odd:?}");
    }
}

#[test]
fn memory_is_counted_as_free_counts_it() {
    let memory = meminfo(&sample("proc-meminfo.txt")).unwrap();
    let kib = |kib: u64| kib * 1024;
    assert_eq!(memory.total, kib(24_684_096));
    assert_eq!(memory.available, kib(23_766_852));
    assert_eq!(memory.cached, kib(4_379_376 + 922_232 - 12_820));
    assert_eq!((memory.swap_total, memory.swap_free), (0, 0));
    assert_eq!(meminfo(b"MemTotal: 5 kB\nMemFree: 1 kB\n"), None, "without MemAvailable nothing is guessed");
}

#[test]
fn disks_are_read_in_bytes_and_known_names_are_not_asked_again() {
    let mut devices = Vec::new();
    let mut asked = Vec::new();
    for _ in 0..2 {
        diskstats(&sample("proc-diskstats.txt"), &mut devices, |name| {
            asked.push(name.to_owned());
            name == "vda"
        });
    }
    assert_eq!((devices.len(), asked.len()), (10, 10));
    let vda = devices.iter().find(|device| device.whole).unwrap();
    assert_eq!((&*vda.name, vda.major, vda.minor), ("vda", 254, 0));
    assert_eq!(
        (vda.read_bytes, vda.written_bytes, vda.busy_ms),
        (30_918_314 * 512, 61_212_240 * 512, 656_608)
    );

    diskstats(&sample("vm-diskstats.txt"), &mut devices, |_| true);
    let names: Vec<&str> = devices.iter().map(|device| &*device.name).collect();
    assert_eq!(names.len(), 12);
    assert!(names.contains(&"nvme0n1"), "{names:?}");
}

#[test]
fn interfaces_are_read_and_sorted_by_kind() {
    let mut links = Vec::new();
    net_dev(&sample("proc-net-dev.txt"), &mut links, kind_by_name);
    let real: Vec<_> = links.iter().filter(|link| link.kind == LinkKind::Apparent).collect();
    assert_eq!((links.len(), real.len()), (10, 1));
    assert_eq!((&*real[0].name, real[0].rx_bytes, real[0].tx_bytes), ("eth0", 34232, 34957));
    assert_eq!(links[2].drops, 2, "docker0 dropped two on the way out");
}

#[test]
fn kinds_of_interfaces_are_told_by_name() {
    for (name, kind) in [
        ("lo", LinkKind::Inner),
        ("lowpan0", LinkKind::Apparent),
        ("enp3s0", LinkKind::Apparent),
        ("wlan0", LinkKind::Apparent),
        ("eth0.100", LinkKind::Upper),
        ("tailscale0", LinkKind::Upper),
        ("wg0", LinkKind::Upper),
        ("br-41ea4f191442", LinkKind::Inner),
        ("vethe17a5d5", LinkKind::Inner),
    ] {
        assert_eq!(kind_by_name(name), kind, "{name}");
    }
}

#[test]
fn pressure_has_some_and_full() {
    let stall = pressure(&sample("proc-pressure-memory.txt")).unwrap();
    assert_eq!(stall, Stall { some_us: 0, full_us: Some(0) });
    let text = sample("vm-pressure.txt");
    let io = text.split(|byte| *byte == b'>').nth(6).unwrap_or(&text);
    assert!(pressure(io).is_some());
    assert_eq!(
        pressure(b"some avg10=14.41 total=38081027\n"),
        Some(Stall { some_us: 38_081_027, full_us: None })
    );
    assert_eq!(pressure(b"full total=1\n"), None);
}

#[test]
fn swap_counts_need_both_numbers() {
    let text = b"nr_free_pages 9\npswpin 12\npswpout 34\npgalloc_dma 0\n";
    assert_eq!(vmstat(text), Some(Swapped { pages_in: 12, pages_out: 34 }));
    assert_eq!(vmstat(b"pswpin 12\n"), None);
}

#[test]
fn uptime_is_the_first_number() {
    assert_eq!(uptime(b"1100.25 2100.10\n"), Some(1100.25));
    assert_eq!(uptime(b""), None);
}

#[test]
fn this_machine_can_be_read() {
    let read = |path: &str| std::fs::read(path).unwrap();
    let mut cores = Vec::new();
    assert!(stat(&read("/proc/stat"), &mut cores).is_some() && !cores.is_empty());
    assert!(loadavg(&read("/proc/loadavg")).is_some());
    assert!(meminfo(&read("/proc/meminfo")).is_some());
    assert!(vmstat(&read("/proc/vmstat")).is_some());
    assert!(uptime(&read("/proc/uptime")).is_some());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived(text: Vec<u8>) {
        everything(&text);
    }

    /// Real text with one byte changed: the likeliest way to surprise a parser.
    #[test]
    fn a_broken_byte_is_survived(at in 0usize..2000, byte: u8) {
        for name in ["proc-stat.txt", "proc-meminfo.txt", "proc-diskstats.txt", "proc-net-dev.txt", "proc-loadavg.txt"] {
            let mut text = sample(name);
            let at = at % text.len();
            text[at] = byte;
            everything(&text);
        }
    }

    #[test]
    fn numbers_of_any_size_are_survived(numbers in proptest::collection::vec(proptest::num::u64::ANY, 0..20)) {
        let row = numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        for start in ["cpu ", "cpu0 ", "MemTotal: ", " 8 0 sda ", "eth0: ", "some total="] {
            everything(format!("{start}{row}\n").as_bytes());
        }
    }
}

fn everything(text: &[u8]) {
    stat(text, &mut Vec::new());
    loadavg(text);
    meminfo(text);
    vmstat(text);
    diskstats(text, &mut Vec::new(), |_| true);
    net_dev(text, &mut Vec::new(), kind_by_name);
    pressure(text);
    uptime(text);
}
