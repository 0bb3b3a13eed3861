//! What the pilot reads. Pure: snapshots and readers in, screens out. Shared here: how figures are written.

pub mod chart;
pub mod details;
pub mod glance;
pub mod group;
pub mod outlook;
pub mod status;

use std::path::Path;

use super::{
    judge::Fault,
    raw::SensorClass,
    reading::{Flow, Reading},
};
use crate::{
    domain::{Bytes, Lang, Reader},
    intent::{
        View as AnyView,
        metrics::{Metric, Range, View},
        processes,
    },
    locale::span,
    room::Problem,
    screen::{Block, Button, Mark, Screen, Topic},
    t,
};

/// The label of a mount where there is room for little: "dre" of "/mnt/dre".
pub fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// "6.1 of 7.7 GiB".
pub fn part_of(lang: Lang, part: u64, whole: u64) -> String {
    let scale = Bytes(whole).scale();
    t!(lang, "metrics-of", part = Bytes(part).figure(scale), whole = Bytes(whole).to_string())
}

/// "1.2 MiB/s".
pub fn rate(per_second: f64) -> String {
    format!("{}/s", Bytes(per_second.max(0.0) as u64))
}

/// "↓1.2 ↑0.3 MiB/s", both in the larger one's unit; "–" when it is not known.
pub fn both_ways(flow: Option<Flow>, inward: &str, outward: &str) -> String {
    let Some(flow) = flow else { return "–".to_owned() };
    let bytes = |per_second: f64| Bytes(per_second.max(0.0) as u64);
    let scale = bytes(flow.inward.max(flow.outward)).scale();
    let figure = |per_second: f64| bytes(per_second).figure(scale);
    format!("{inward}{} {outward}{} {}/s", figure(flow.inward), figure(flow.outward), Bytes::unit(scale))
}

/// "23 %", "0.4 %", "–".
pub fn share(share: Option<f32>) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |share| if share < 9.95 { format!("{share:.1} %") } else { format!("{share:.0} %") },
    )
}

/// "62 °C".
pub fn degrees(celsius: f32) -> String {
    format!("{celsius:.0} °C")
}

/// The machine's one temperature: the hottest of the processor, else of whatever there is.
pub fn temperature(reading: &Reading) -> Option<f32> {
    let of = |wanted: fn(SensorClass) -> bool| {
        let heats = reading.sensors.iter().filter(|heat| wanted(heat.sensor.class));
        heats.filter_map(|heat| heat.celsius).reduce(f32::max)
    };
    of(|class| class == SensorClass::Cpu).or_else(|| of(|class| class == SensorClass::Other))
}

/// A fault in words, with the screen that tells more.
pub fn problem(fault: &Fault, reader: &Reader) -> Problem {
    let lang = reader.lang;
    let told = |path: &Path| path.to_string_lossy().into_owned();
    let age = |since: jiff::Timestamp| span(lang, reader.now.duration_since(since).unsigned_abs());
    let disks = AnyView::Metrics(View::Disks);
    let top = |sort| AnyView::Processes(processes::View::Top { sort, search: None, page: 0 });
    let (line, label, view) = match fault {
        Fault::Missing { path } => (t!(lang, "metrics-missing", path = told(path)), short(path), disks),
        Fault::Silent { path, since } => {
            (t!(lang, "metrics-silent", path = told(path), age = age(*since)), short(path), disks)
        }
        Fault::StoppedWriting { path } => {
            (t!(lang, "metrics-stopped-writing", path = told(path)), short(path), disks)
        }
        Fault::Full { path, share, free, full_in } => {
            let (path_told, share, free) = (told(path), share.to_string(), free.to_string());
            let line = match full_in {
                Some(left) => {
                    let left = outlook::about(lang, *left);
                    t!(lang, "metrics-full-in", path = path_told, share = share, free = free, left = left)
                }
                None => t!(lang, "metrics-full", path = path_told, share = share, free = free),
            };
            (line, short(path), disks)
        }
        Fault::InodesFull { path, share, full_in } => {
            let (path_told, share) = (told(path), share.to_string());
            let line = match full_in {
                Some(left) => {
                    let left = outlook::about(lang, *left);
                    t!(lang, "metrics-inodes-full-in", path = path_told, share = share, left = left)
                }
                None => t!(lang, "metrics-inodes-full", path = path_told, share = share),
            };
            (line, short(path), disks)
        }
        Fault::Cpu { above, since } => {
            let line = t!(lang, "metrics-cpu-high", above = above.to_string(), age = age(*since));
            (line, "CPU".to_owned(), top(processes::Sort::Cpu))
        }
        Fault::Memory { share, available } => {
            let line =
                t!(lang, "metrics-memory-high", share = share.to_string(), free = available.to_string());
            (line, "RAM".to_owned(), top(processes::Sort::Memory))
        }
        Fault::Hot { sensor, celsius, limit, .. } => {
            let line = t!(
                lang,
                "metrics-hot",
                sensor = sensor.as_str(),
                celsius = degrees(*celsius),
                limit = degrees(*limit)
            );
            (line, degrees(*celsius), AnyView::Metrics(View::Sensors))
        }
    };
    Problem { mark: fault.mark(), line, label, view }
}

/// The frame all screens of this room share.
/// As on its button. "1h" would be a day to who reads Indonesian.
fn range_label(range: Range, lang: Lang) -> String {
    match range {
        Range::Quarter => t!(lang, "metrics-range-quarter"),
        Range::Hour => t!(lang, "metrics-range-hour"),
        Range::Hours6 => t!(lang, "metrics-range-hours6"),
        Range::Day => t!(lang, "metrics-range-day"),
        Range::Week => t!(lang, "metrics-range-week"),
        Range::Month => t!(lang, "metrics-range-month"),
    }
}

fn screen(reader: &Reader, crumb: String) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "dashboard-crumb-engine"), crumb],
        topics: vec![Topic::Metrics],
        can_live: true,
        ..Screen::default()
    }
}

/// The actor is away, or too busy to answer.
pub fn unavailable(reader: &Reader, crumb: String) -> Screen {
    let block = Block::State(Mark::Unknown, t!(reader.lang, "metrics-away"));
    Screen { blocks: vec![block], as_of: Some(reader.now), ..screen(reader, crumb) }
}

fn chart_button(label: String, metric: Metric, range: Range) -> Button {
    Button::view(label, AnyView::Metrics(View::Chart { metric, range }))
}

fn view_button(label: String, view: View) -> Button {
    Button::view(label, AnyView::Metrics(view))
}

#[cfg(test)]
mod tests;
