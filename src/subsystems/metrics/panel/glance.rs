//! The dashboard's part: gauges of processor, memory and disks, and what is wrong.

use super::{both_ways, degrees, part_of, problem, short, temperature};
use crate::{
    domain::{Bytes, Lang, Percent, Reader},
    locale::span,
    room::Glance,
    screen::{Block, Mark},
    subsystems::metrics::{
        judge::{Thresholds, judge},
        messages::Snapshot,
        raw::Presence,
        reading::{Disk, Reading},
    },
    t,
};

/// More mounts are told in the status screen.
const DISKS_MAX: usize = 6;

pub fn glance(snapshot: &Snapshot, thresholds: &Thresholds, reader: &Reader) -> Glance {
    let lang = reader.lang;
    let Some(reading) = &snapshot.reading else {
        let block = Block::State(Mark::Unknown, t!(lang, "metrics-first-pass"));
        return Glance { blocks: vec![block], ..Glance::default() };
    };
    let mut blocks = gauges(snapshot, reading, lang, DISKS_MAX);
    let mut pairs = Vec::new();
    if let Some(memory) = reading.memory {
        pairs.push((t!(lang, "metrics-available"), Bytes(memory.available).to_string()));
        if memory.swap_total > 0 {
            let used = memory.swap_total.saturating_sub(memory.swap_free);
            pairs.push((t!(lang, "metrics-swap"), part_of(lang, used, memory.swap_total)));
        }
    }
    if let Some(celsius) = temperature(reading) {
        pairs.push((t!(lang, "metrics-heat"), degrees(celsius)));
    }
    pairs.push((t!(lang, "metrics-net"), both_ways(reading.net, "↓", "↑")));
    if let Some(uptime) = reading.uptime {
        pairs.push((t!(lang, "metrics-up"), span(lang, uptime)));
    }
    blocks.push(Block::Pairs(pairs));
    let problems = judge(snapshot, thresholds).iter().map(|fault| problem(fault, reader)).collect();
    Glance { problems, blocks, buttons: Vec::new() }
}

/// One line each: processor, memory, disks. They stand together, so that their columns are the same.
pub fn gauges(snapshot: &Snapshot, reading: &Reading, lang: Lang, disks_max: usize) -> Vec<Block> {
    let mut blocks = vec![cpu(snapshot, reading, lang)];
    if let Some(memory) = reading.memory {
        let used = memory.total.saturating_sub(memory.available);
        blocks.push(Block::Bar {
            label: "RAM".into(),
            share: Some(used as f32 / memory.total.max(1) as f32),
            text: part_of(lang, used, memory.total),
        });
    }
    blocks.extend(reading.disks.iter().take(disks_max).map(|disk| bar(disk, lang)));
    if let Some(more) = reading.disks.len().checked_sub(disks_max).filter(|more| *more > 0) {
        blocks.push(Block::Pairs(vec![("…".into(), t!(lang, "metrics-more-disks", n = more))]));
    }
    blocks
}

fn cpu(snapshot: &Snapshot, reading: &Reading, lang: Lang) -> Block {
    let busy = reading.cpu.map_or_else(|| "–".to_owned(), |cpu| Percent(cpu.busy).to_string());
    let load = reading.load.map(|load| match reading.cores.len() {
        0 => format!("{:.1}", load.averages[0]),
        cores => format!("{:.1}/{cores}", load.averages[0]),
    });
    let text = match load {
        Some(load) => t!(lang, "metrics-cpu-and-load", share = busy, load = load),
        None => busy,
    };
    Block::Spark { label: "CPU".into(), values: snapshot.cpu_tail.clone(), max: Some(100.0), text }
}

/// A disk's bar, or in words why there is none.
pub fn bar(disk: &Disk, lang: Lang) -> Block {
    let label = short(&disk.mount.path);
    let empty = |text: String| Block::Bar { label: label.clone(), share: None, text };
    match (&disk.mount.state, disk.space) {
        (Presence::Missing, _) => empty(t!(lang, "metrics-bar-missing")),
        (Presence::Automatic, _) => empty(t!(lang, "metrics-bar-automatic")),
        (Presence::Mounted(_), _) if disk.silent_since.is_some() => empty(t!(lang, "metrics-bar-silent")),
        (Presence::Mounted(_), Some(space)) => {
            let share = space.share();
            let told = share.map_or_else(|| "–".to_owned(), |share| Percent(share).to_string());
            let text = t!(lang, "metrics-bar", share = told, free = Bytes(space.available_bytes).to_string());
            Block::Bar { label, share: share.map(|share| share / 100.0), text }
        }
        (Presence::Mounted(_), None) => empty(t!(lang, "metrics-bar-unknown")),
    }
}
