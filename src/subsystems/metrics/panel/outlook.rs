//! When disks will be full or out of inodes, in words and as a band in their chart. Without a forecast there is no line.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::short;
use crate::{
    charts::Band,
    domain::{Bytes, Lang},
    intent::metrics::{Metric, Range},
    locale::count,
    screen::{Block, Mark},
    subsystems::metrics::{
        forecast::{FAST_BACK, Forecast},
        messages::{Line, Snapshot},
        raw::Stock,
        reading::{Disk, Reading},
        series::Series,
    },
    t,
};

/// Sooner than this is worth a look today.
const NEAR: Duration = Duration::from_secs(7 * 86_400);
/// Of a chart's while, so much is added for what is to come.
const AHEAD: f64 = 0.25;
const BAND_POINTS: u32 = 8;

/// "about 9 days".
pub fn about(lang: Lang, left: Duration) -> String {
    t!(lang, "metrics-about", span = rough(lang, left))
}

/// "9 days": no finer than a forecast is.
fn rough(lang: Lang, left: Duration) -> String {
    let rounded = |unit_s: u64| (left.as_secs() + unit_s / 2) / unit_s;
    match left.as_secs() {
        0..5400 => t!(lang, "metrics-minutes", n = (rounded(300) * 5).max(5)),
        5400..172_800 => t!(lang, "metrics-hours", n = rounded(3600)),
        _ => t!(lang, "metrics-days", n = rounded(86_400)),
    }
}

/// "1.2 GiB a day", "12,000 files a day"; of what was seen in hours, "an hour".
fn pace(lang: Lang, stock: Stock, forecast: &Forecast) -> String {
    let told = |grown: f64| match (stock, grown.max(0.0) as u64) {
        (Stock::Bytes, grown) => Bytes(grown).to_string(),
        (Stock::Inodes, grown) => t!(lang, "metrics-files", n = count(lang, two_digits(grown))),
    };
    if forecast.basis <= FAST_BACK {
        t!(lang, "metrics-an-hour", amount = told(forecast.per_day / 24.0))
    } else {
        t!(lang, "metrics-a-day", amount = told(forecast.per_day))
    }
}

/// No finer than a forecast is: 12,345 is 12,000.
fn two_digits(n: u64) -> u64 {
    let unit = 10u64.pow(n.checked_ilog10().unwrap_or(0).saturating_sub(1));
    (n + unit / 2) / unit * unit
}

fn line(snapshot: &Snapshot, disk: &Disk, stock: Stock, lang: Lang) -> Option<(Duration, Block)> {
    let (forecast, _, left) = snapshot.foreseen(disk, stock)?;
    let mark = if left < NEAR { Mark::Look } else { Mark::Idle };
    let (name, told, pace) = (short(&disk.mount.path), about(lang, left), pace(lang, stock, forecast));
    let text = match stock {
        Stock::Bytes => t!(lang, "metrics-fills", disk = name, left = told, pace = pace),
        Stock::Inodes => t!(lang, "metrics-inodes-end", disk = name, left = told, pace = pace),
    };
    Some((left, Block::State(mark, text)))
}

/// One line a disk that fills, the soonest first. Of bytes and inodes what ends first: the other is then no news.
pub fn lines(snapshot: &Snapshot, reading: &Reading, lang: Lang) -> Vec<Block> {
    let soonest = |disk| {
        let ends = Stock::ALL.into_iter().filter_map(|stock| line(snapshot, disk, stock, lang));
        ends.min_by_key(|(left, _)| *left)
    };
    let mut lines: Vec<(Duration, Block)> = reading.disks.iter().filter_map(soonest).collect();
    lines.sort_by_key(|(left, _)| *left);
    lines.into_iter().map(|(_, block)| block).collect()
}

/// The lines of one disk, and what they rest on.
pub fn in_full(snapshot: &Snapshot, disk: &Disk, lang: Lang) -> Vec<Block> {
    Stock::ALL.into_iter().flat_map(|stock| with_basis(snapshot, disk, stock, lang)).collect()
}

fn with_basis(snapshot: &Snapshot, disk: &Disk, stock: Stock, lang: Lang) -> Vec<Block> {
    let Some((forecast, supply, _)) = snapshot.foreseen(disk, stock) else { return Vec::new() };
    let basis = rough(lang, forecast.basis);
    let note = match forecast.full_between(supply) {
        (soon, Some(late)) if rough(lang, soon) != rough(lang, late) => {
            t!(
                lang,
                "metrics-fills-between",
                basis = basis,
                soon = rough(lang, soon),
                late = rough(lang, late)
            )
        }
        (_, Some(_)) => t!(lang, "metrics-fills-basis", basis = basis),
        (soon, None) => t!(lang, "metrics-fills-soonest", basis = basis, soon = rough(lang, soon)),
    };
    let line = line(snapshot, disk, stock, lang).map(|(_, block)| block);
    line.into_iter().chain([Block::Note(note)]).collect()
}

/// What is to come of the disk whose bytes end first, and until when the chart must go to show it. Only in charts that
/// are long enough for it to be seen.
pub fn band(
    metric: Metric,
    range: Range,
    now: Timestamp,
    lines: &[&Line],
    snapshot: &Snapshot,
    lang: Lang,
) -> Option<(Timestamp, Band)> {
    if metric != Metric::Disks || range.seconds() < Range::Day.seconds() {
        return None;
    }
    let reading = snapshot.reading.as_ref()?;
    let drawn = |disk: &&Disk| {
        let path = disk.mount.path.to_string_lossy();
        lines.iter().any(|line| matches!(&line.series, Series::DiskShare(of) if **of == *path))
    };
    let told = reading
        .disks
        .iter()
        .filter(drawn)
        .filter_map(|disk| Some((disk, snapshot.foreseen(disk, Stock::Bytes)?)));
    let (disk, (forecast, supply, _)) = told.min_by_key(|(_, (_, _, left))| *left)?;
    let ahead_s = range.seconds() as f64 * AHEAD;
    let to = now.checked_add(SignedDuration::from_secs(ahead_s as i64)).ok()?;
    let share = disk.space?.share()?;
    let at = |step: u32| {
        let after_s = ahead_s * f64::from(step) / f64::from(BAND_POINTS);
        let grown = |per_day: f64| {
            let share = f64::from(share) + per_day * after_s / 86_400.0 / supply.whole() * 100.0;
            share.clamp(0.0, 100.0) as f32
        };
        let (low, high) = forecast.between;
        (now.as_second() as f64 + after_s, grown(low), grown(high))
    };
    let label = t!(lang, "metrics-forecast-of", disk = short(&disk.mount.path));
    Some((to, Band { label, points: (0..=BAND_POINTS).map(at).collect() }))
}

#[cfg(test)]
#[path = "outlook_tests.rs"]
mod tests;
