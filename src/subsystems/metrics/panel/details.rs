//! The screens behind the status: each file system, the processor's cores, sensors, network interfaces.

use super::{
    chart_button, degrees, glance, outlook, part_of, problem, rate, screen, share,
    status::{told_frequency, told_load, waits},
    view_button,
};
use crate::{
    domain::{Percent, Reader},
    intent::metrics::{Metric, Range, View},
    locale::span,
    screen::{Align, Block, Column, Mark, Screen, Table},
    subsystems::metrics::{
        judge::{Thresholds, judge},
        messages::Snapshot,
        raw::{LinkKind, Presence, Sensor},
        reading::{Disk, LinkRate, Reading},
    },
    t,
};

/// Bars of single cores; a machine with more is told by its modes.
const CORES_MAX: usize = 32;

/// One of the four, by its intent.
pub fn view(which: &View, snapshot: &Snapshot, thresholds: &Thresholds, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let crumb = match which {
        View::Processor => t!(lang, "metrics-crumb-processor"),
        View::Sensors => t!(lang, "metrics-crumb-sensors"),
        View::Network => t!(lang, "metrics-crumb-network"),
        View::Disks | View::Status | View::Chart { .. } | View::Group(_) => t!(lang, "metrics-crumb-disks"),
    };
    let mut screen = screen(reader, crumb);
    let Some(reading) = &snapshot.reading else {
        screen.blocks.push(Block::State(Mark::Unknown, t!(lang, "metrics-first-pass")));
        screen.as_of = Some(reader.now);
        return screen;
    };
    screen.as_of = Some(reading.at);
    match which {
        View::Processor => processor(&mut screen, snapshot, reading, reader),
        View::Sensors => sensors(&mut screen, snapshot, reading, reader),
        View::Network => network(&mut screen, reading, reader),
        View::Disks | View::Status | View::Chart { .. } | View::Group(_) => {
            disks(&mut screen, snapshot, reading, thresholds, reader)
        }
    }
    screen
}

fn disks(
    screen: &mut Screen,
    snapshot: &Snapshot,
    reading: &Reading,
    thresholds: &Thresholds,
    reader: &Reader,
) {
    let lang = reader.lang;
    let faults = judge(snapshot, thresholds);
    for disk in &reading.disks {
        screen.blocks.push(Block::Heading(disk.mount.path.to_string_lossy().into_owned()));
        let own = faults.iter().filter(|fault| fault.path() == Some(&disk.mount.path));
        let told = own.map(|fault| problem(fault, reader));
        screen.blocks.extend(told.map(|problem| Block::State(problem.mark, problem.line)));
        screen.blocks.push(glance::bar(disk, lang));
        screen.blocks.extend(outlook::in_full(snapshot, disk, lang));
        let pairs = disk_pairs(disk, reader);
        if !pairs.is_empty() {
            screen.blocks.push(Block::Pairs(pairs));
        }
    }
    if reading.disks.is_empty() {
        screen.blocks.push(Block::text(t!(lang, "metrics-no-disks")));
    }
    screen.rows = vec![vec![
        chart_button(t!(lang, "metrics-chart-fill"), Metric::Disks, Range::Week),
        chart_button(t!(lang, "metrics-chart-io"), Metric::DiskIo, Range::Hour),
    ]];
}

fn disk_pairs(disk: &Disk, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let mut pairs = Vec::new();
    let Presence::Mounted(at) = &disk.mount.state else { return pairs };
    if let Some(since) = disk.silent_since {
        let age = span(lang, reader.now.duration_since(since).unsigned_abs());
        pairs.push((t!(lang, "metrics-disk-answer"), t!(lang, "metrics-disk-none-for", age = age)));
    } else if let Some(space) = disk.space {
        pairs.push((t!(lang, "metrics-disk-used"), part_of(lang, space.used_bytes, space.total_bytes)));
        let inodes = space
            .inode_share()
            .map_or_else(|| t!(lang, "metrics-disk-inodes-any"), |s| Percent(s).to_string());
        pairs.push((t!(lang, "metrics-disk-inodes"), inodes));
    }
    if let Some(io) = disk.io {
        pairs.push((t!(lang, "metrics-disk-reads"), rate(io.inward)));
        pairs.push((t!(lang, "metrics-disk-writes"), rate(io.outward)));
    }
    if let Some(busy) = disk.busy {
        pairs.push((t!(lang, "metrics-disk-busy"), share(Some(busy))));
    }
    let kind = if at.read_only {
        t!(lang, "metrics-read-only", kind = at.fstype.as_str())
    } else {
        at.fstype.clone()
    };
    pairs.push((t!(lang, "metrics-disk-kind"), kind));
    pairs.push((t!(lang, "metrics-disk-device"), at.source.clone()));
    pairs
}

fn processor(screen: &mut Screen, snapshot: &Snapshot, reading: &Reading, reader: &Reader) {
    let lang = reader.lang;
    let mut pairs = Vec::new();
    if let Some(cpu) = reading.cpu {
        pairs.push((t!(lang, "metrics-mode-all"), share(Some(cpu.busy))));
        pairs.push((t!(lang, "metrics-mode-user"), share(Some(cpu.user))));
        pairs.push((t!(lang, "metrics-mode-system"), share(Some(cpu.system))));
        pairs.push((t!(lang, "metrics-mode-iowait"), share(Some(cpu.iowait))));
        pairs.push((t!(lang, "metrics-mode-steal"), share(Some(cpu.steal))));
    }
    if let Some(load) = reading.load {
        pairs.push((t!(lang, "metrics-load"), told_load(load, reading.cores.len())));
    }
    if let Some(frequency) = snapshot.frequency {
        pairs.push((t!(lang, "metrics-clock"), told_frequency(frequency)));
    }
    if let Some(waits) = waits(&reading.waits) {
        pairs.push((t!(lang, "metrics-waits"), waits));
    }
    screen.blocks.push(Block::Pairs(pairs));
    if reading.cpu.is_none() {
        screen.blocks.push(Block::Note(t!(lang, "metrics-first-pass")));
    }
    screen.blocks.extend(reading.cores.iter().take(CORES_MAX).map(|(core, busy)| Block::Bar {
        label: format!("{core}"),
        share: Some(busy / 100.0),
        text: share(Some(*busy)),
    }));
    if let Some(more) = reading.cores.len().checked_sub(CORES_MAX).filter(|more| *more > 0) {
        screen.blocks.push(Block::Note(t!(lang, "metrics-more-cores", n = more)));
    }
    let hour = |label: String, metric| chart_button(label, metric, Range::Hour);
    screen.rows = vec![
        vec![
            hour(t!(lang, "metrics-chart-modes"), Metric::CpuModes),
            hour(t!(lang, "metrics-chart-cores"), Metric::CpuCores),
        ],
        vec![
            hour(t!(lang, "metrics-chart-load"), Metric::Load),
            hour(t!(lang, "metrics-chart-waits"), Metric::Pressure),
        ],
    ];
}

fn sensors(screen: &mut Screen, snapshot: &Snapshot, reading: &Reading, reader: &Reader) {
    let lang = reader.lang;
    if reading.sensors.is_empty() {
        let text = if snapshot.sensors_known {
            t!(lang, "metrics-no-sensors")
        } else {
            t!(lang, "metrics-first-pass")
        };
        screen.blocks.push(Block::Note(text));
        return;
    }
    let rows = reading.sensors.iter().map(|heat| {
        let told = heat.celsius.map_or_else(|| "–".to_owned(), degrees);
        vec![heat.sensor.label.clone(), told, limits(&heat.sensor)]
    });
    screen.blocks.push(Block::Table(Table {
        columns: columns([
            (t!(lang, "metrics-sensor"), Align::Left),
            (t!(lang, "metrics-now"), Align::Right),
            (t!(lang, "metrics-limit"), Align::Right),
        ]),
        rows: rows.collect(),
    }));
    // Disks that spin are the ones that rest.
    let spins = |sensor: &Sensor| sensor.disk.as_deref().is_some_and(|disk| !disk.starts_with("nvme"));
    if reading.sensors.iter().any(|heat| heat.celsius.is_none() && spins(&heat.sensor)) {
        screen.blocks.push(Block::Note(t!(lang, "metrics-resting-disks")));
    }
    screen.rows = vec![vec![chart_button(t!(lang, "metrics-chart-heat"), Metric::Temperature, Range::Day)]];
}

/// The limit that matters first.
fn limits(sensor: &Sensor) -> String {
    match (sensor.high, sensor.critical) {
        (Some(high), Some(critical)) if high < critical => format!("{high:.0}/{critical:.0}"),
        (None, Some(limit)) | (Some(limit), _) => format!("{limit:.0}"),
        (None, None) => String::new(),
    }
}

fn network(screen: &mut Screen, reading: &Reading, reader: &Reader) {
    let lang = reader.lang;
    let mut table = |kinds: &[LinkKind], heading: Option<String>| {
        let links: Vec<&LinkRate> = reading.links.iter().filter(|link| kinds.contains(&link.kind)).collect();
        if links.is_empty() {
            return;
        }
        screen.blocks.extend(heading.map(Block::Heading));
        let row = |link: &&LinkRate| {
            let told = |pick: fn(crate::subsystems::metrics::reading::Flow) -> f64| {
                link.flow.map_or_else(|| "–".to_owned(), |flow| rate(pick(flow)))
            };
            vec![link.name.to_string(), told(|flow| flow.inward), told(|flow| flow.outward)]
        };
        screen.blocks.push(Block::Table(Table {
            columns: columns([
                (String::new(), Align::Left),
                (t!(lang, "metrics-received"), Align::Right),
                (t!(lang, "metrics-sent"), Align::Right),
            ]),
            rows: links.iter().map(row).collect(),
        }));
        let faulty = links.iter().filter(|link| link.errors + link.drops > 0);
        screen.blocks.extend(faulty.map(|link| {
            let (errors, drops) = (link.errors, link.drops);
            Block::Note(t!(lang, "metrics-link-faults", name = &*link.name, errors = errors, drops = drops))
        }));
    };
    table(&[LinkKind::Real, LinkKind::Apparent], None);
    table(&[LinkKind::Upper], Some(t!(lang, "metrics-links-upper")));
    table(&[LinkKind::Inner], Some(t!(lang, "metrics-links-inner")));
    if reading.links.is_empty() {
        screen.blocks.push(Block::text(t!(lang, "metrics-no-links")));
    }
    screen.rows = vec![vec![
        chart_button(t!(lang, "metrics-chart-net"), Metric::Network, Range::Hour),
        view_button(t!(lang, "metrics-door-status"), View::Status),
    ]];
}

fn columns<const N: usize>(titles: [(String, Align); N]) -> Vec<Column> {
    let column = |(nth, (title, align)): (usize, (String, Align))| Column { title, align, shrinks: nth == 0 };
    titles.into_iter().enumerate().map(column).collect()
}
