//! Who is on the simulated server.

use std::time::Duration;

use jiff::SignedDuration;

use super::{
    super::unit::Links,
    World,
    model::{Behaviour, Way},
};
use crate::domain::{Bytes, UnitName};

const MIB: u64 = 1 << 20;
const HOUR: Duration = Duration::from_secs(3600);

/// Name, description, MiB, percent of a core.
const KNOWN: &[(&str, &str, u64, f64)] = &[
    ("ssh", "OpenBSD Secure Shell server", 6, 0.0),
    ("cron", "Regular background program processing daemon", 3, 0.0),
    ("containerd", "containerd container runtime", 48, 0.3),
    ("postgresql", "PostgreSQL RDBMS", 412, 2.1),
    ("redis-server", "Advanced key-value store", 38, 0.6),
    ("n8n", "n8n workflow automation", 611, 3.4),
    ("tailscaled", "Tailscale node agent", 41, 0.2),
    ("fail2ban", "Fail2Ban Service", 27, 0.1),
    ("systemd-journald", "Journal Service", 31, 0.2),
    ("systemd-networkd", "Network Configuration", 9, 0.0),
    ("systemd-resolved", "Network Name Resolution", 12, 0.0),
    ("systemd-logind", "User Login Management", 7, 0.0),
    ("systemd-udevd", "Rule-based Manager for Device Events and Files", 11, 0.0),
    ("systemd-timesyncd", "Network Time Synchronization", 7, 0.0),
    ("dbus", "D-Bus System Message Bus", 5, 0.1),
    ("rsyslog", "System Logging Service", 4, 0.0),
    ("unattended-upgrades", "Unattended Upgrades Shutdown", 22, 0.0),
    ("prometheus-node-exporter", "Prometheus exporter for machine metrics", 20, 0.2),
    ("polkit", "Authorization Manager", 8, 0.0),
    ("smartmontools", "Self Monitoring and Reporting Technology daemon", 5, 0.0),
];

/// Sixty others, some of them on disk only.
const OTHERS: &[&str] = &[
    "accounts-daemon",
    "acpid",
    "alsa-restore",
    "anacron",
    "apparmor",
    "apport",
    "atd",
    "auditd",
    "avahi-daemon",
    "blk-availability",
    "bluetooth",
    "bolt",
    "chrony",
    "collectd",
    "colord",
    "console-setup",
    "cups",
    "dnsmasq",
    "e2scrub_reap",
    "exim4",
    "fstrim",
    "fwupd",
    "geoclue",
    "getty@tty1",
    "haproxy",
    "haveged",
    "ifupdown-pre",
    "irqbalance",
    "iscsid",
    "kmod-static-nodes",
    "lm-sensors",
    "lvm2-monitor",
    "mdmonitor",
    "memcached",
    "minidlna",
    "mosquitto",
    "multipathd",
    "netfilter-persistent",
    "nfs-server",
    "nmbd",
    "ntpsec",
    "packagekit",
    "php8.2-fpm",
    "plymouth-quit",
    "pppd-dns",
    "procps",
    "quotaon",
    "resolvconf",
    "rpcbind",
    "rtkit-daemon",
    "samba-ad-dc",
    "serial-getty@ttyS0",
    "smbd",
    "snapd",
    "sysstat",
    "systemd-binfmt",
    "systemd-random-seed",
    "thermald",
    "udisks2",
    "upower",
];

pub fn fill(world: &World) {
    for (name, description, mib, cpu_percent) in KNOWN {
        let way = Way {
            description: (*description).into(),
            memory: Some(Bytes(mib * MIB)),
            cpu_percent: *cpu_percent,
            ..Way::default()
        };
        world.add(name, way);
    }
    for (i, name) in OTHERS.iter().enumerate() {
        let (up, file_state) = match i % 4 {
            0 => (false, "disabled"),
            1 => (false, "static"),
            _ => (true, "enabled"),
        };
        let memory = Some(Bytes((3 + (i as u64 * 7) % 40) * MIB));
        let way = Way { description: format!("{name} daemon"), up, file_state, memory, ..Way::default() };
        world.add(name, way);
    }
    with_links(world);
    with_faults(world);
    timers(world);
    journal(world);
}

fn unit(name: &str) -> UnitName {
    UnitName::parse(name).expect("a unit name")
}

fn with_links(world: &World) {
    world.add(
        "nginx",
        Way {
            description: "A high performance web server and a reverse proxy server".into(),
            memory: Some(Bytes(14 * MIB)),
            cpu_percent: 0.8,
            can_reload: true,
            ..Way::default()
        },
    );
    world.add(
        "docker",
        Way {
            description: "Docker Application Container Engine".into(),
            memory: Some(Bytes(96 * MIB)),
            cpu_percent: 1.2,
            takes: Duration::from_secs(2),
            links: Links {
                stop_with_it: vec![unit("docker-compose@shop")],
                triggered_by: vec![unit("docker.socket")],
                ..Links::default()
            },
            ..Way::default()
        },
    );
    world.add(
        "docker-compose@shop",
        Way { description: "Compose project shop".into(), memory: Some(Bytes(5 * MIB)), ..Way::default() },
    );
    world.add(
        "docker.socket",
        Way {
            description: "Docker Socket for the API".into(),
            memory: None,
            links: Links { triggers: vec![unit("docker")], ..Links::default() },
            ..Way::default()
        },
    );
}

/// Units to see things go wrong with.
fn with_faults(world: &World) {
    let way = |description: &str, behaviour: Behaviour| Way {
        description: description.into(),
        behaviour,
        ..Way::default()
    };
    let second = Duration::from_secs(1);
    world.add(
        "flaky",
        way("Simulated: dies a second after each start", Behaviour::DiesAfter { after: second, exit: 1 }),
    );
    let looping = Behaviour::CrashLoop { after: second / 2, exit: 7 };
    world.add("crashloop", Way { up: false, ..way("Simulated: crashes until systemd gives up", looping) });
    world.add("broken", Way { up: false, ..way("Simulated: its program does not exist", Behaviour::Broken) });
    let deaf = Behaviour::SlowToStop { after: 8 * second };
    world.add("slow", way("Simulated: does not heed SIGTERM", deaf));
    world.add("obstinate", way("Simulated: refuses every order", Behaviour::Refuses));
    world.add(
        "oldthing",
        Way { up: false, file_state: "masked", ..way("Simulated: masked", Behaviour::Steady) },
    );
}

fn timers(world: &World) {
    for (name, description, every) in [
        ("backup", "Nightly backup", 24 * HOUR),
        ("logrotate", "Daily rotation of log files", 24 * HOUR),
        ("certbot", "Renewal of certificates", 12 * HOUR),
        ("heartbeat", "Sends a sign of life", HOUR / 60),
    ] {
        let timer = format!("{name}.timer");
        let service = Way {
            description: description.into(),
            behaviour: Behaviour::Once { exit: 0 },
            up: false,
            takes: Duration::from_secs(1),
            file_state: "static",
            links: Links { triggered_by: vec![unit(&timer)], ..Links::default() },
            ..Way::default()
        };
        world.add(name, service);
        let links = Links { triggers: vec![unit(name)], ..Links::default() };
        world.add(
            &timer,
            Way {
                description: description.into(),
                every: Some(every),
                memory: None,
                links,
                ..Way::default()
            },
        );
    }
}

/// Something to read from before the simulation began.
fn journal(world: &World) {
    let now = world.clock.now();
    let lines = [
        ("nginx", 6, "10.0.0.12 - - \"GET / HTTP/1.1\" 200 4523"),
        ("nginx", 6, "10.0.0.12 - - \"GET /style.css HTTP/1.1\" 304 0"),
        ("nginx", 4, "upstream response is buffered to a temporary file"),
        ("nginx", 3, "upstream timed out (110: Connection timed out) while reading response header"),
        ("ssh", 6, "Accepted publickey for dre from 100.101.7.3 port 51122 ssh2"),
        ("ssh", 6, "Failed password for invalid user admin from 203.0.113.66 port 40022 ssh2"),
        ("postgresql", 6, "checkpoint complete: wrote 412 buffers (2.5%)"),
        ("postgresql", 4, "checkpoints are occurring too frequently (21 seconds apart)"),
        ("n8n", 6, "Workflow \"daily report\" finished"),
        ("cron", 6, "(root) CMD (cd / && run-parts --report /etc/cron.hourly)"),
    ];
    for (i, (name, priority, text)) in (0i64..).zip(lines.iter().cycle().take(lines.len() * 12)) {
        let at = now - SignedDuration::from_mins(6 * (lines.len() as i64 * 12 - i));
        world.write(&unit(name), Some((*name).into()), *priority, text, at);
    }
}
