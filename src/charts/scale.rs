//! The value axis: where its ticks are and how values are written.

use super::model::Unit;
use crate::domain::{Bytes, Percent};

/// The value axis from `low` (its lowest tick) to `high` (its highest).
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    /// Lowest first.
    pub ticks: Vec<(f64, String)>,
}

/// Fewer intervals than this say too little, more crowd the labels.
const INTERVALS: std::ops::RangeInclusive<f64> = 3.0..=6.0;

impl Scale {
    /// Over all values from `low` to `high`. `mirrored` writes values below zero without their sign: they are the
    /// other direction, not less than nothing.
    pub fn over(unit: Unit, low: f64, high: f64, mirrored: bool) -> Scale {
        let (low, high) = widened(low, high);
        // There is nothing between one byte and the next.
        let whole = matches!(unit, Unit::Bytes | Unit::BytesPerSecond);
        let high = if whole { high.max(low + 4.0) } else { high };
        let step = step(unit, low, high);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let written = written(unit, step, (first as f64 * step).abs().max((last as f64 * step).abs()));
        let ticks = (first..=last)
            .map(|n| {
                let value = n as f64 * step;
                (value, written.figure(if mirrored { value.abs() } else { value }))
            })
            .collect();
        Scale { low: first as f64 * step, high: last as f64 * step, ticks }
    }
}

/// A span that can be divided: all values equal, or hardly different, still get an axis.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let least = (low.abs().max(high.abs()) * 1e-3).max(1e-6);
    if high - low >= least {
        return (low, high);
    }
    match low {
        0.0 => (0.0, least.max(1.0)),
        _ => (low - least, high + least),
    }
}

/// The step that wastes least of the axis, of those that give a fit number of intervals.
fn step(unit: Unit, low: f64, high: f64) -> f64 {
    let span = high - low;
    let intervals = |step: f64| (high / step).ceil() - (low / step).floor();
    let waste = |step: f64| intervals(step) * step / span;
    candidates(unit, span)
        .into_iter()
        .filter(|&step| INTERVALS.contains(&intervals(step)))
        .min_by(|&a, &b| waste(a).total_cmp(&waste(b)).then(b.total_cmp(&a)))
        .unwrap_or_else(|| {
            decimal(span).into_iter().find(|&s| intervals(s) <= *INTERVALS.end()).unwrap_or(span)
        })
}

/// Round steps for a span, in the unit people count in.
fn candidates(unit: Unit, span: f64) -> Vec<f64> {
    /// 0.2 to 512 of a binary unit. Memory comes in powers of two, disks in anything.
    const BINARY: [f64; 22] = [
        0.2, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 8.0, 10.0, 16.0, 20.0, 32.0, 40.0, 50.0, 64.0, 80.0, 100.0,
        128.0, 200.0, 256.0, 500.0, 512.0,
    ];
    const SECONDS: [f64; 28] = [
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        20.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        900.0,
        1200.0,
        1800.0,
        3600.0,
        7200.0,
        10_800.0,
        14_400.0,
        21_600.0,
        43_200.0,
        86_400.0,
        172_800.0,
        432_000.0,
        604_800.0,
        864_000.0,
        1_728_000.0,
        4_320_000.0,
        8_640_000.0,
    ];
    match unit {
        Unit::Bytes | Unit::BytesPerSecond => {
            // A step below a byte would be written as fractions of one.
            let unit = 1024f64.powi(binary_scale(span) as i32);
            let steps = BINARY.iter().map(|mantissa| mantissa * unit);
            // 1,000 bytes and more of a unit are written in the next, whose small steps go on from there.
            steps
                .chain([0.1 * unit * 1024.0, 1024.0 * unit])
                .filter(|step| step.fract() == 0.0 || *step > 1024.0)
                .collect()
        }
        Unit::Seconds if span > 2.0 => SECONDS.to_vec(),
        Unit::Percent | Unit::Celsius | Unit::Count | Unit::Seconds => decimal(span),
    }
}

/// 1, 2, 2.5 and 5 times a power of ten, around a sixth to a third of the span.
fn decimal(span: f64) -> Vec<f64> {
    let power = (span / 6.0).log10().floor();
    let tens = |up: f64| 10f64.powf(power + up);
    vec![
        tens(0.0),
        2.0 * tens(0.0),
        2.5 * tens(0.0),
        5.0 * tens(0.0),
        tens(1.0),
        2.0 * tens(1.0),
        5.0 * tens(1.0),
    ]
}

/// The power of 1024 an amount is counted in.
fn binary_scale(amount: f64) -> usize {
    let mut scale = 0;
    while scale < 6 && amount >= 1024f64.powi(scale as i32 + 1) * 0.999 {
        scale += 1;
    }
    scale
}

/// How all figures of one axis are written: in the same unit, with the same decimals.
struct Written {
    per: f64,
    decimals: usize,
    /// With the space before it.
    unit: String,
    /// "0" needs no unit where nothing else than nothing can be meant.
    bare_zero: bool,
}

fn written(unit: Unit, step: f64, largest: f64) -> Written {
    let (per, name, bare_zero) = match unit {
        Unit::Percent => (1.0, " %".to_owned(), false),
        Unit::Celsius => (1.0, " °C".to_owned(), false),
        Unit::Bytes | Unit::BytesPerSecond => {
            let scale = binary_scale(largest);
            let rate = if unit == Unit::Bytes { "" } else { "/s" };
            (1024f64.powi(scale as i32), format!(" {}{rate}", Bytes::unit(scale)), true)
        }
        Unit::Count => {
            let (per, name) = thousands(largest);
            (per, name.to_owned(), true)
        }
        Unit::Seconds => {
            let (per, name) = seconds(largest, step);
            (per, name.to_owned(), true)
        }
    };
    Written { per, decimals: decimals(step / per), unit: name, bare_zero }
}

/// "12 k", "3 M": figures stay short.
fn thousands(largest: f64) -> (f64, &'static str) {
    match largest {
        n if n >= 1e13 => (1e12, " T"),
        n if n >= 1e10 => (1e9, " G"),
        n if n >= 1e7 => (1e6, " M"),
        n if n >= 1e4 => (1e3, " k"),
        _ => (1.0, ""),
    }
}

fn seconds(largest: f64, step: f64) -> (f64, &'static str) {
    // A unit is used when the step is round in it: nobody reads 0.33 h, everybody 20 min.
    [(86_400.0, " d", 2.0), (3600.0, " h", 2.0), (60.0, " min", 2.0), (1.0, " s", 20.0), (1e-3, " ms", 20.0)]
        .into_iter()
        .find(|&(per, _, parts)| largest >= per && (step / per * parts + 1e-9).fract().abs() < 1e-6)
        .map(|(per, name, _)| (per, name))
        .unwrap_or(if largest >= 1.0 { (1.0, " s") } else { (1e-3, " ms") })
}

/// As many as the step needs, three at most.
fn decimals(step: f64) -> usize {
    (0..3).find(|&n| ((step * 10f64.powi(n)) - (step * 10f64.powi(n)).round()).abs() < 1e-6).unwrap_or(3)
        as usize
}

impl Written {
    fn figure(&self, value: f64) -> String {
        if value == 0.0 && self.bare_zero {
            return "0".to_owned();
        }
        let value = value / self.per;
        // Far beyond every unit: a figure of forty digits tells nobody anything.
        if value.abs() >= 1e5 {
            return format!("{value:.1e}{}", self.unit);
        }
        format!("{value:.*}{}", self.decimals, self.unit)
    }
}

/// One value by itself, as beside a line's end: "6.1 GiB", "87 %", "62 °C".
pub fn figure(unit: Unit, value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    match unit {
        Unit::Percent if value >= 0.0 => Percent(value as f32).to_string(),
        Unit::Percent => format!("{value:.0} %"),
        Unit::Celsius => format!("{value:.0} °C"),
        Unit::Bytes => format!("{sign}{}", Bytes(size as u64)),
        Unit::BytesPerSecond => format!("{sign}{}/s", Bytes(size as u64)),
        Unit::Count => {
            let (per, name) = thousands(size);
            format!("{sign}{}{name}", short(size / per))
        }
        Unit::Seconds => {
            let (per, name) = [(86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s")]
                .into_iter()
                .find(|&(per, _)| size >= per)
                .unwrap_or((1e-3, "ms"));
            format!("{sign}{} {name}", short(size / per))
        }
    }
}

/// Three digits where there are three: 0.83, 12.4, 120.
fn short(value: f64) -> String {
    let decimals = match value {
        0.0 => 0,
        v if v >= 1e6 => return format!("{v:.1e}"),
        v if v >= 100.0 || v.fract() == 0.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(unit: Unit, low: f64, high: f64) -> String {
        let scale = Scale::over(unit, low, high, low < 0.0);
        scale.ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn ticks_are_round_in_the_unit_people_count_in() {
        const GIB: f64 = (1u64 << 30) as f64;
        for (unit, low, high, want) in [
            (Unit::Percent, 0.0, 100.0, "0 % | 25 % | 50 % | 75 % | 100 %"),
            (Unit::Percent, 0.0, 3.0, "0 % | 1 % | 2 % | 3 %"),
            (Unit::Celsius, 41.0, 79.0, "40 °C | 50 °C | 60 °C | 70 °C | 80 °C"),
            (Unit::Bytes, 0.0, 7.7 * GIB, "0 | 2 GiB | 4 GiB | 6 GiB | 8 GiB"),
            (Unit::Bytes, 0.0, 64.0 * GIB, "0 | 16 GiB | 32 GiB | 48 GiB | 64 GiB"),
            (Unit::Bytes, 0.0, 1.1 * GIB, "0 | 0.2 GiB | 0.4 GiB | 0.6 GiB | 0.8 GiB | 1.0 GiB | 1.2 GiB"),
            (Unit::Bytes, 0.0, 271.0 * GIB, "0 | 100 GiB | 200 GiB | 300 GiB"),
            (
                Unit::BytesPerSecond,
                0.0,
                900.0 * 1024.0,
                "0 | 200 KiB/s | 400 KiB/s | 600 KiB/s | 800 KiB/s | 1000 KiB/s",
            ),
            (
                Unit::BytesPerSecond,
                -2e6,
                9e6,
                "2 MiB/s | 0 | 2 MiB/s | 4 MiB/s | 6 MiB/s | 8 MiB/s | 10 MiB/s",
            ),
            (Unit::Count, 0.0, 0.83, "0 | 0.25 | 0.50 | 0.75 | 1.00"),
            (Unit::Count, 0.0, 42_000.0, "0 | 10 k | 20 k | 30 k | 40 k | 50 k"),
            (Unit::Seconds, 0.0, 0.042, "0 | 10 ms | 20 ms | 30 ms | 40 ms | 50 ms"),
            (Unit::Seconds, 0.0, 1.0, "0 | 0.25 s | 0.50 s | 0.75 s | 1.00 s"),
            (Unit::Seconds, 0.0, 100.0, "0 | 20 s | 40 s | 60 s | 80 s | 100 s"),
            (Unit::Seconds, 0.0, 5000.0, "0 | 0.5 h | 1.0 h | 1.5 h"),
            (Unit::Bytes, 0.0, 0.0, "0 | 1 B | 2 B | 3 B | 4 B"),
        ] {
            assert_eq!(labels(unit, low, high), want, "{unit:?} {low} to {high}");
        }
    }

    #[test]
    fn a_value_by_itself_is_short_and_has_its_unit() {
        for (unit, value, want) in [
            (Unit::Percent, 99.7, "99 %"),
            (Unit::Percent, -3.0, "-3 %"),
            (Unit::Bytes, 6.1 * 1_073_741_824.0, "6.1 GiB"),
            (Unit::BytesPerSecond, 0.0, "0 B/s"),
            (Unit::Celsius, 61.6, "62 °C"),
            (Unit::Count, 0.834, "0.83"),
            (Unit::Count, 12_400.0, "12.4 k"),
            (Unit::Seconds, 0.0123, "12.3 ms"),
            (Unit::Seconds, 5400.0, "1.50 h"),
        ] {
            assert_eq!(figure(unit, value), want, "{unit:?} {value}");
        }
    }

    fn any_unit() -> impl Strategy<Value = Unit> {
        prop::sample::select(vec![
            Unit::Percent,
            Unit::Bytes,
            Unit::BytesPerSecond,
            Unit::Celsius,
            Unit::Count,
            Unit::Seconds,
        ])
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_values_with_few_short_labels(
            unit in any_unit(), a in -1e9f64..1e9, exponent in -9i32..38, b in 0f64..10.0,
        ) {
            let (low, high) = (a, a + b * 10f64.powi(exponent));
            let scale = Scale::over(unit, low, high, false);
            let hair = (high - low) * 1e-9;
            prop_assert!(scale.low <= low + hair && scale.high >= high - hair, "{scale:?} for {low} to {high}");
            prop_assert!((2..=8).contains(&scale.ticks.len()), "{scale:?}");
            prop_assert!(scale.ticks.windows(2).all(|pair| pair[0].0 < pair[1].0), "{scale:?}");
            prop_assert!(scale.ticks.iter().all(|(_, label)| label.chars().count() <= 16), "{scale:?}");
            prop_assert!(figure(unit, low).chars().count() <= 18);
        }
    }
}
