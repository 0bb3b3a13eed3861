//! How far a chart reaches: its time span, its least and greatest values, the ends of its value axis, and what its
//! labels say.

use jiff::Timestamp;

use super::{
    chart::WIDTH,
    ink::Ink,
    labels::{self, Label},
    model::{Band, Chart, Point, Series, Style, Unit},
    scale::figure,
    stack,
};

/// A limit is drawn at its height only where the values keep at least this share of the axis.
const VALUES_SHARE_MIN: f64 = 0.25;
/// Values of one chart this close together get an axis of that many degrees: 41 to 42 °C is no mountain.
const CELSIUS_SPAN_MIN: f64 = 20.0;

/// From before to, at least a minute long.
pub fn ordered(from: Timestamp, to: Timestamp) -> (Timestamp, Timestamp) {
    let (from, to) = if from <= to { (from, to) } else { (to, from) };
    if to.as_second() - from.as_second() >= 1 {
        return (from, to);
    }
    let minute = jiff::SignedDuration::from_secs(60);
    match from.checked_add(minute) {
        Ok(to) => (from, to),
        Err(_) => (from.checked_sub(minute).unwrap_or(from), to),
    }
}

/// -1 for the series below the axis.
pub fn sign(chart: &Chart, series: usize) -> f64 {
    let below = chart.style == Style::Mirrored && series >= chart.series.len().div_ceil(2);
    if below { -1.0 } else { 1.0 }
}

/// The axis' time span, unix seconds.
#[derive(Clone, Copy)]
pub struct Span {
    pub from: f64,
    pub to: f64,
}

impl Span {
    /// Least and greatest of all that is drawn; `None` without any value.
    pub fn extent(self, chart: &Chart) -> Option<(f64, f64)> {
        let mut extent = (f64::INFINITY, f64::NEG_INFINITY);
        let mut include = |value: f64| {
            if value.is_finite() {
                extent = (extent.0.min(value), extent.1.max(value));
            }
        };
        match chart.style {
            Style::Stacked => {
                stack::sweep(&chart.series, (self.from, self.to), WIDTH as usize, |_, sums| {
                    sums.iter().flatten().for_each(|sum| include(*sum));
                });
            }
            Style::Lines | Style::Mirrored => {
                for (i, series) in chart.series.iter().enumerate() {
                    let near = self.around(series.gap_s);
                    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
                    for point in series.points.iter().filter(|point| near.contains(&point.t)) {
                        for value in [point.min, point.avg, point.max] {
                            if value.is_finite() {
                                (low, high) = (low.min(value), high.max(value));
                            }
                        }
                    }
                    // Without any value neither end is one.
                    for end in [low, high].into_iter().filter(|end| end.is_finite()) {
                        include(upright(chart, end) * sign(chart, i));
                    }
                }
            }
        }
        if let Some(band) = &chart.band {
            for &(_, low, high) in band.points.iter().filter(|point| self.near(point.0, 0.0)) {
                include(f64::from(low));
                include(f64::from(high));
            }
        }
        (extent.0 <= extent.1).then_some(extent)
    }

    /// Inside, or joined to what is inside.
    pub fn near(self, t: f64, gap_s: f64) -> bool {
        self.around(gap_s).contains(&t)
    }

    fn around(self, gap_s: f64) -> std::ops::RangeInclusive<f64> {
        let gap_s = if gap_s > 0.0 { gap_s } else { 0.0 };
        self.from - gap_s..=self.to + gap_s
    }

    pub fn last(self, series: &Series) -> Option<&Point> {
        let finite = |point: &&Point| point.avg.is_finite() && self.near(point.t, 0.0);
        series.points.iter().rev().find(finite)
    }

    pub fn band_end(self, band: &Band) -> Option<(f64, f64, f64)> {
        let inside = band
            .points
            .iter()
            .rev()
            .find(|(t, low, high)| self.near(*t, 0.0) && low.is_finite() && high.is_finite());
        inside.map(|&(t, low, high)| (t, f64::from(low), f64::from(high)))
    }

    /// One per series with a value, then the band's.
    pub fn labels(self, chart: &Chart) -> Vec<Label> {
        let mut labels = Vec::new();
        for (i, series) in chart.series.iter().enumerate() {
            if let Some(last) = self.last(series) {
                let value = figure(chart.unit, upright(chart, last.avg));
                labels.push(Label::new(Ink::mark(i), labels::mark(i), &series.label, value));
            }
        }
        if let Some(band) = &chart.band
            && let Some((_, low, high)) = self.band_end(band)
        {
            let value = range(&figure(chart.unit, low), &figure(chart.unit, high));
            labels.push(Label::new(Ink::BAND, '▒', &band.label, value));
        }
        labels
    }
}

/// "89–98 %", "900 MiB – 1.2 GiB" where the units differ, and "75 %" where they are told as the same.
fn range(low: &str, high: &str) -> String {
    match (low.split_once(' '), high.split_once(' ')) {
        _ if low == high => high.to_owned(),
        (Some((figure, unit)), Some((_, same))) if unit == same => format!("{figure}–{high}"),
        _ => format!("{low} – {high}"),
    }
}

/// In a mirrored chart less than nothing is nothing: below the axis is the other direction.
pub fn upright(chart: &Chart, value: f32) -> f64 {
    let value = f64::from(value);
    if chart.style == Style::Lines || value.is_nan() { value } else { value.max(0.0) }
}

/// Where the value axis begins and ends at least.
pub fn axis_ends(chart: &Chart, extent: Option<(f64, f64)>) -> (f64, f64) {
    let top = chart.top.filter(|top| top.is_finite());
    let (mut low, mut high) = extent.unwrap_or((0.0, top.unwrap_or(1.0)));
    if chart.unit == Unit::Celsius && chart.style == Style::Lines {
        // Nothing is special about zero degrees, but a degree should not fill the picture.
        let missing = (CELSIUS_SPAN_MIN - (high - low)).max(0.0) / 2.0;
        (low, high) = (low - missing, high + missing);
    } else {
        (low, high) = (low.min(0.0), high.max(0.0));
    }
    high = top.map_or(high, |top| high.max(top));
    for limit in chart.limits.iter().filter(|limit| limit.value.is_finite()) {
        let (with_low, with_high) = (low.min(limit.value), high.max(limit.value));
        if high - low >= VALUES_SHARE_MIN * (with_high - with_low) {
            (low, high) = (with_low, with_high);
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_told_as_short_as_it_can_be() {
        for (low, high, want) in [
            ("89 %", "98 %", "89–98 %"),
            ("900 MiB", "1.2 GiB", "900 MiB – 1.2 GiB"),
            ("75 %", "75 %", "75 %"),
            ("0", "3", "0 – 3"),
        ] {
            assert_eq!(range(low, high), want);
        }
    }
}
