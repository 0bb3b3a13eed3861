//! `/status`: the whole machine on one screen.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    both_ways, chart_button, degrees, glance, outlook, part_of, problem, rate, screen, temperature,
    view_button,
};
use crate::{
    domain::{Bytes, Reader},
    intent::{
        View as AnyView,
        metrics::{Metric, Range, View},
        processes,
    },
    locale::{ago, span},
    screen::{Block, Button, Mark, Screen},
    subsystems::metrics::{
        boot::LastEnd,
        judge::{Thresholds, judge},
        machine::{Frequency, Host},
        messages::Snapshot,
        places::PLACES_MAX,
        raw::Load,
        reading::{Reading, Waits},
        updates::Updates,
    },
    t,
};

/// apt's lists are fetched daily; older ones say less.
const UPDATES_FRESH: Duration = Duration::from_secs(2 * 86_400);

/// A process that holds much memory, as another room knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub name: String,
    pub memory: Bytes,
}

pub fn view(snapshot: &Snapshot, holders: &[Holder], thresholds: &Thresholds, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = screen(reader, t!(lang, "metrics-crumb"));
    let Some(reading) = &snapshot.reading else {
        screen.blocks.push(Block::State(Mark::Unknown, t!(lang, "metrics-first-pass")));
        screen.as_of = Some(reader.now);
        return screen;
    };
    screen.as_of = Some(reading.at);
    let problems = judge(snapshot, thresholds);
    screen
        .blocks
        .extend(problems.iter().map(|fault| problem(fault, reader)).map(|p| Block::State(p.mark, p.line)));
    if let Some(wanted_by) = snapshot.host.restart_wanted_by {
        screen.blocks.push(Block::State(Mark::Look, t!(lang, "metrics-restart-wanted", n = wanted_by)));
    }
    screen.blocks.extend(abrupt_end(snapshot, reader));
    screen.blocks.extend(glance::gauges(snapshot, reading, lang, PLACES_MAX));
    screen.blocks.extend(outlook::lines(snapshot, reading, lang));
    screen.blocks.push(Block::Pairs(figures(snapshot, reading, reader)));
    if !holders.is_empty() {
        screen.blocks.push(Block::Heading(t!(lang, "metrics-holders")));
        let pairs = holders.iter().map(|holder| (holder.memory.to_string(), holder.name.clone()));
        screen.blocks.push(Block::Pairs(pairs.collect()));
    }
    if snapshot.sensors_known && reading.sensors.is_empty() {
        screen.blocks.push(Block::Note(t!(lang, "metrics-no-sensors")));
    }
    let host = host(snapshot, reader);
    if !host.is_empty() {
        screen.blocks.push(Block::Heading(t!(lang, "metrics-host")));
        screen.blocks.push(Block::Pairs(host));
    }
    screen.rows = rows(reading, reader);
    screen
}

fn rows(reading: &Reading, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let hour = |label: String, metric| chart_button(format!("📈 {label}"), metric, Range::Hour);
    let mut charts = vec![
        hour("CPU".into(), Metric::Cpu),
        hour("RAM".into(), Metric::Memory),
        hour(t!(lang, "metrics-disks"), Metric::Disks),
        hour(t!(lang, "metrics-net"), Metric::Network),
    ];
    if !reading.sensors.is_empty() {
        charts.push(hour(t!(lang, "metrics-heat"), Metric::Temperature));
    }
    let mut rows: Vec<Vec<Button>> = charts.chunks(3).map(<[Button]>::to_vec).collect();
    let mut details = vec![
        view_button(t!(lang, "metrics-door-processor"), View::Processor),
        view_button(t!(lang, "metrics-door-disks"), View::Disks),
        view_button(t!(lang, "metrics-door-network"), View::Network),
    ];
    if !reading.sensors.is_empty() {
        details.push(view_button(t!(lang, "metrics-door-sensors"), View::Sensors));
    }
    details.push(Button::view(t!(lang, "metrics-door-processes"), AnyView::Processes(processes::View::TOP)));
    rows.extend(details.chunks(2).map(<[Button]>::to_vec));
    rows
}

fn figures(snapshot: &Snapshot, reading: &Reading, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let mut pairs = Vec::new();
    if let Some(load) = reading.load {
        pairs.push((t!(lang, "metrics-load"), told_load(load, reading.cores.len())));
    }
    if let Some(frequency) = snapshot.frequency {
        pairs.push((t!(lang, "metrics-clock"), told_frequency(frequency)));
    }
    if let Some(memory) = reading.memory {
        pairs.push((t!(lang, "metrics-available"), Bytes(memory.available).to_string()));
        pairs.push((t!(lang, "metrics-cache"), Bytes(memory.buffers + memory.cached).to_string()));
        let swap = memory.swap_total.saturating_sub(memory.swap_free);
        pairs.push((
            t!(lang, "metrics-swap"),
            match memory.swap_total {
                0 => t!(lang, "metrics-swap-none"),
                total => part_of(lang, swap, total),
            },
        ));
    }
    // Without swap there is nothing to come and go.
    if let Some(flow) = reading.swap {
        let text = if flow.inward + flow.outward > 0.0 {
            t!(lang, "metrics-swapping-rates", inward = rate(flow.inward), outward = rate(flow.outward))
        } else {
            t!(lang, "metrics-swapping-none")
        };
        pairs.push((t!(lang, "metrics-swapping"), text));
    }
    if let Some(waits) = waits(&reading.waits) {
        pairs.push((t!(lang, "metrics-waits"), waits));
    }
    if let Some(celsius) = temperature(reading) {
        pairs.push((t!(lang, "metrics-heat"), degrees(celsius)));
    }
    let (read, written) = (t!(lang, "metrics-read-short"), t!(lang, "metrics-written-short"));
    pairs.push((
        t!(lang, "metrics-disk-io"),
        both_ways(reading.io, &format!("{read} "), &format!("{written} ")),
    ));
    pairs.push((t!(lang, "metrics-net"), both_ways(reading.net, "↓", "↑")));
    if let Some(load) = reading.load {
        pairs.push((
            t!(lang, "metrics-tasks"),
            t!(lang, "metrics-tasks-of", running = load.running, all = load.tasks),
        ));
    }
    if let Some(uptime) = reading.uptime {
        pairs.push((t!(lang, "metrics-up"), span(lang, uptime)));
    }
    pairs
}

/// "0.25 0.22 0.21 /4": over 1, 5 and 15 minutes, on so many cores.
pub fn told_load(load: Load, cores: usize) -> String {
    let [one, five, fifteen] = load.averages;
    let on = if cores > 0 { format!(" /{cores}") } else { String::new() };
    format!("{one:.2} {five:.2} {fifteen:.2}{on}")
}

/// "cpu 0 mem 0 io 1.3 %": the share of time in which somebody waited; nothing where the kernel does not count it.
pub fn waits(waits: &Waits) -> Option<String> {
    let told = |name: &str, wait: Option<f32>| {
        let wait = wait?;
        Some(if (0.05..0.95).contains(&wait) {
            format!("{name} {wait:.1}")
        } else {
            format!("{name} {wait:.0}")
        })
    };
    let parts: Vec<String> = [told("cpu", waits.cpu), told("mem", waits.memory), told("io", waits.io)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(" ") + " %")
}

pub fn told_frequency(frequency: Frequency) -> String {
    let Frequency { lowest, average, highest } = frequency;
    if highest - lowest < 50.0 {
        return format!("{:.2} GHz", average / 1000.0);
    }
    format!("{:.1} GHz ({:.1}–{:.1})", average / 1000.0, lowest / 1000.0, highest / 1000.0)
}

/// For a day it is news that the machine went down without a word.
fn abrupt_end(snapshot: &Snapshot, reader: &Reader) -> Option<Block> {
    let lang = reader.lang;
    let booted = snapshot.host.booted_at?;
    if reader.now.duration_since(booted) > SignedDuration::from_hours(24) {
        return None;
    }
    let line = match snapshot.last_end? {
        LastEnd::Abrupt { at } => {
            t!(lang, "metrics-abrupt", at = at.map_or("–".into(), |at| stamp(at, reader)))
        }
        LastEnd::Panic { at } => {
            t!(lang, "metrics-panic", at = at.map_or("–".into(), |at| stamp(at, reader)))
        }
        LastEnd::Restarted | LastEnd::SwitchedOff | LastEnd::Orderly => return None,
    };
    Some(Block::State(Mark::Look, line))
}

fn told_end(end: LastEnd, reader: &Reader) -> String {
    let lang = reader.lang;
    match end {
        LastEnd::Restarted => t!(lang, "metrics-end-restarted"),
        LastEnd::SwitchedOff => t!(lang, "metrics-end-off"),
        LastEnd::Orderly => t!(lang, "metrics-end-orderly"),
        LastEnd::Panic { .. } => t!(lang, "metrics-end-panic"),
        LastEnd::Abrupt { .. } => t!(lang, "metrics-end-abrupt"),
    }
}

/// "14, 3 of them security", and since when that is known where it is old.
fn told_updates(updates: Option<Updates>, reader: &Reader) -> String {
    let lang = reader.lang;
    let Some(updates) = updates else { return t!(lang, "metrics-unknown") };
    let count = match (updates.pending, updates.security) {
        (0, _) => t!(lang, "metrics-updates-none"),
        (pending, 0) => pending.to_string(),
        (pending, security) => t!(lang, "metrics-updates-secure", n = pending, security = security),
    };
    let age = updates.as_of.map(|at| reader.now.duration_since(at).unsigned_abs());
    match age.filter(|age| *age > UPDATES_FRESH) {
        Some(age) => t!(lang, "metrics-updates-as-of", count = count, ago = ago(lang, age)),
        None => count,
    }
}

fn stamp(at: Timestamp, reader: &Reader) -> String {
    at.to_zoned(reader.tz.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn host(snapshot: &Snapshot, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let host: &Host = &snapshot.host;
    if *host == Host::default() {
        return Vec::new();
    }
    [
        (t!(lang, "metrics-host-name"), host.name.clone()),
        (t!(lang, "metrics-host-booted"), host.booted_at.map(|at| stamp(at, reader))),
        (t!(lang, "metrics-host-before"), snapshot.last_end.map(|end| told_end(end, reader))),
        (t!(lang, "metrics-host-system"), host.system.clone()),
        (t!(lang, "metrics-host-updates"), Some(told_updates(snapshot.updates, reader))),
        (t!(lang, "metrics-host-kernel"), host.kernel.clone()),
        (t!(lang, "metrics-host-processor"), host.processor.clone()),
        (t!(lang, "metrics-host-model"), host.model.clone()),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value?)))
    .collect()
}
