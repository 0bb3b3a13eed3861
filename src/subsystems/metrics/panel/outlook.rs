//! When disks will be full, in words and as a band in their chart. A disk without a forecast has no line.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::short;
use crate::{
    charts::Band,
    domain::{Bytes, Lang},
    intent::metrics::{Metric, Range},
    screen::{Block, Mark},
    subsystems::metrics::{
        forecast::{FAST_BACK, Forecast},
        messages::{Line, Snapshot},
        raw::Space,
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

/// "1.2 GiB a day"; of what was seen in hours, "an hour".
fn pace(lang: Lang, forecast: &Forecast) -> String {
    let told = |bytes: f64| Bytes(bytes.max(0.0) as u64).to_string();
    if forecast.basis <= FAST_BACK {
        t!(lang, "metrics-an-hour", bytes = told(forecast.per_day / 24.0))
    } else {
        t!(lang, "metrics-a-day", bytes = told(forecast.per_day))
    }
}

fn of<'s>(snapshot: &'s Snapshot, disk: &Disk) -> Option<(&'s Forecast, Space, Duration)> {
    let (forecast, space) = snapshot.forecasts.get(&disk.mount.path).zip(disk.space)?;
    Some((forecast, space, forecast.full_in(space)?))
}

fn line(snapshot: &Snapshot, disk: &Disk, lang: Lang) -> Option<(Duration, Block)> {
    let (forecast, _, left) = of(snapshot, disk)?;
    let mark = if left < NEAR { Mark::Look } else { Mark::Idle };
    let (name, left_told) = (short(&disk.mount.path), about(lang, left));
    let text = t!(lang, "metrics-fills", disk = name, left = left_told, pace = pace(lang, forecast));
    Some((left, Block::State(mark, text)))
}

/// One line a disk that fills, the soonest first.
pub fn lines(snapshot: &Snapshot, reading: &Reading, lang: Lang) -> Vec<Block> {
    let mut lines: Vec<(Duration, Block)> =
        reading.disks.iter().filter_map(|disk| line(snapshot, disk, lang)).collect();
    lines.sort_by_key(|(left, _)| *left);
    lines.into_iter().map(|(_, block)| block).collect()
}

/// The line of one disk, and what it rests on.
pub fn in_full(snapshot: &Snapshot, disk: &Disk, lang: Lang) -> Vec<Block> {
    let Some((forecast, space, _)) = of(snapshot, disk) else { return Vec::new() };
    let basis = rough(lang, forecast.basis);
    let note = match forecast.full_between(space) {
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
    let line = line(snapshot, disk, lang).map(|(_, block)| block);
    line.into_iter().chain([Block::Note(note)]).collect()
}

/// What is to come of the disk that is full first, and until when the chart must go to show it. Only in charts that
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
    let told = reading.disks.iter().filter(drawn).filter_map(|disk| Some((disk, of(snapshot, disk)?)));
    let (disk, (forecast, space, _)) = told.min_by_key(|(_, (_, _, left))| *left)?;
    let ahead_s = range.seconds() as f64 * AHEAD;
    let to = now.checked_add(SignedDuration::from_secs(ahead_s as i64)).ok()?;
    let whole = (space.used_bytes + space.available_bytes) as f64;
    let share = space.share()?;
    let at = |step: u32| {
        let after_s = ahead_s * f64::from(step) / f64::from(BAND_POINTS);
        let grown = |per_day: f64| {
            let share = f64::from(share) + per_day * after_s / 86_400.0 / whole * 100.0;
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
