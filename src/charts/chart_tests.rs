//! Charts are judged by their pixels: what is measured is drawn, and nothing else is.

use proptest::prelude::*;

use super::*;
use crate::charts::{
    canvas::Canvas,
    columns::{Columns, Frame, PEN},
    gallery,
    ink::Ink,
    model::*,
};

/// Width, height and number of palette entries of a PNG, and its pixels.
pub fn decoded(bytes: &[u8]) -> (u32, u32, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let info = reader.info();
    assert_eq!(info.color_type, png::ColorType::Indexed);
    let colours = info.palette.as_ref().expect("a palette").len() / 3;
    let (width, height) = (info.width, info.height);
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a frame");
    (width, height, colours, pixels)
}

/// Where to look at them: set COCKPIT_GALLERY to a folder.
pub fn keep(name: &str, light: bool, png: &[u8]) {
    if let Some(folder) = std::env::var_os("COCKPIT_GALLERY") {
        let theme = if light { "light" } else { "dark" };
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}-{theme}.png")), png)
            .expect("a folder to write into");
    }
}

#[test]
fn every_kind_of_chart_is_small_enough_for_a_phones_uplink() {
    for (name, mut chart) in gallery::charts() {
        for light in [false, true] {
            chart.light = light;
            let png = render_chart(&chart).expect(name);
            keep(name, light, &png);
            let (width, height, colours, pixels) = decoded(&png);
            assert_eq!((width, height), (1280, 720), "{name}");
            assert!(pixels.iter().all(|&index| usize::from(index) < colours), "{name}");
            // Sixteen lines of noise are no chart anybody looks at for long; they are drawn all the same.
            let most = if name == "cores" { 128 } else { 64 };
            assert!(png.len() <= most << 10, "{name}: {} bytes", png.len());
            assert_eq!(png, render_chart(&chart).expect(name), "{name}: the same model, the same bytes");
        }
    }
}

/// What a series' pixels may be: the rows its values take while a column lasts, found the slow way, straight from the
/// definition.
fn rows_of(
    series: &Series,
    frame: &Frame,
    column: usize,
    value: impl Fn(&Point) -> f64,
) -> Option<(f64, f64)> {
    let width = (frame.to - frame.from) / frame.columns() as f64;
    let (begin, end) = (frame.from + width * column as f64, frame.from + width * (column + 1) as f64);
    let mut rows: Option<(f64, f64)> = None;
    let mut include = |value: f64| {
        let row = frame.row(value);
        let (top, bottom) = rows.unwrap_or((row, row));
        rows = Some((top.min(row), bottom.max(row)));
    };
    let finite = |point: &Point| point.t.is_finite() && value(point).is_finite();
    // Only for speed: the points of this column and one neighbour on each side.
    let first = series.points.partition_point(|point| point.t < begin).saturating_sub(1);
    let last = (series.points.partition_point(|point| point.t <= end) + 1).min(series.points.len());
    let near = &series.points[first..last];
    for point in near.iter().filter(|point| finite(point) && (begin..=end).contains(&point.t)) {
        include(value(point));
    }
    for pair in near.windows(2).filter(|pair| finite(&pair[0]) && finite(&pair[1])) {
        let (a, b) = (&pair[0], &pair[1]);
        if b.t - a.t > series.gap_s || b.t <= a.t {
            continue;
        }
        for edge in [begin, end] {
            if (a.t..=b.t).contains(&edge) {
                include(value(a) + (value(b) - value(a)) * (edge - a.t) / (b.t - a.t));
            }
        }
    }
    rows
}

/// The columns' rows with ink of one series; `None` where there is none.
fn inked(canvas: &Canvas, frame: &Frame, series: usize) -> Vec<Option<(i32, i32)>> {
    let mut found = vec![None; frame.columns()];
    for y in 0..HEIGHT {
        for (column, slot) in found.iter_mut().enumerate() {
            let pixel = canvas.pixels[(y * WIDTH + frame.x.0) as usize + column];
            if pixel != 0 && Ink::of(pixel) == Ink::series(series) {
                let (top, _) = slot.unwrap_or((y, y));
                *slot = Some((top, y));
            }
        }
    }
    found
}

/// Series whose points lie at most three columns apart, with jumps, gaps, doubled and missing values.
fn dense_series() -> impl Strategy<Value = Series> {
    let value = prop_oneof![5 => 0f32..100.0, 1 => Just(0f32), 1 => Just(100f32), 1 => Just(f32::NAN)];
    let point = (0.1f64..180.0, value, 0f32..20.0, 0f32..20.0);
    (prop::collection::vec(point, 500..900), 60f64..400.0).prop_map(|(steps, gap_s)| {
        let mut t = gallery::NOW as f64 - 86_400.0;
        let points = steps.into_iter().map(|(after, avg, below, above)| {
            t += after;
            Point { t, min: avg - below, avg, max: avg + above }
        });
        Series { label: "random".to_owned(), points: points.collect(), gap_s }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_pixel_shows_a_value_that_was_not_measured(all in prop::collection::vec(dense_series(), 1..4)) {
        let mut chart = gallery::chart("random", Unit::Percent, Style::Lines, 24.0);
        chart.series = all;
        let (canvas, frame) = draw(&chart).expect("a picture");
        let finite = |series: &Series| {
            let last = series.points.iter().rev().find(|p| p.avg.is_finite() && p.t <= frame.to);
            last.map(|point| frame.column(point.t))
        };
        let ends: Vec<f64> = chart.series.iter().filter_map(finite).collect();
        for (i, series) in chart.series.iter().enumerate() {
            let pen = f64::from(PEN) / 2.0;
            for (column, ink) in inked(&canvas, &frame, i).into_iter().enumerate() {
                let average = rows_of(series, &frame, column, |point| f64::from(point.avg));
                let all = [|point: &Point| f64::from(point.min), |point: &Point| f64::from(point.max)]
                    .into_iter()
                    .filter_map(|value| rows_of(series, &frame, column, value))
                    .fold(average.map(|(top, bottom)| (top - pen, bottom + pen)), |all, (top, bottom)| {
                        all.map(|(a, b)| (a.min(top), b.max(bottom)))
                    });
                match (ink, all) {
                    (None, None) => (),
                    (Some((top, bottom)), Some((least, most))) => {
                        prop_assert!(f64::from(top) >= (least - 1e-3).floor(), "{i} at {column}: {top} above {least}");
                        prop_assert!(f64::from(bottom) <= most + 1e-3, "{i} at {column}: {bottom} below {most}");
                    }
                    (Some(rows), None) => prop_assert!(false, "{i} at {column}: ink at {rows:?} in a gap"),
                    // Others may hide it, but not the first, which lies on top, unless by the marks at the end.
                    (None, Some(rows)) => {
                        let hidden = i > 0 || ends.iter().any(|end| (end - column as f64).abs() < 24.0);
                        prop_assert!(hidden, "{i} at {column}: nothing at {rows:?}");
                    }
                }
            }
        }
    }
}

/// Series whose points lie many columns apart.
fn sparse_series() -> impl Strategy<Value = Series> {
    let point = (600f64..1500.0, 0f32..100.0);
    prop::collection::vec(point, 2..80).prop_map(|steps| {
        let mut t = gallery::NOW as f64 - 86_400.0;
        let points = steps.into_iter().map(|(after, avg)| {
            t += after;
            Point::single(t, avg)
        });
        Series { label: "few".to_owned(), points: points.collect(), gap_s: 1200.0 }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn between_far_points_the_pen_is_as_wide_as_it_is_high_and_no_wider(series in sparse_series()) {
        let mut chart = gallery::chart("few", Unit::Percent, Style::Lines, 24.0);
        chart.series = vec![series];
        let (canvas, frame) = draw(&chart).expect("a picture");
        let rows: Vec<Option<(f64, f64)>> = (0..frame.columns())
            .map(|column| rows_of(&chart.series[0], &frame, column, |point| f64::from(point.avg)))
            .collect();
        for (column, ink) in inked(&canvas, &frame, 0).into_iter().enumerate() {
            let Some((top, bottom)) = ink else { continue };
            prop_assert!(rows[column].is_some(), "ink at {column}, in a gap");
            let near = rows[column.saturating_sub(1)..(column + 2).min(rows.len())].iter().flatten();
            let (least, most) = near.fold((f64::MAX, f64::MIN), |all, rows| (all.0.min(rows.0), all.1.max(rows.1)));
            let pen = f64::from(PEN) / 2.0 + 1e-3;
            prop_assert!(f64::from(top) >= (least - pen).floor() && f64::from(bottom) <= most + pen, "{column}");
        }
    }

    #[test]
    fn areas_lie_between_the_axis_and_their_sums(
        mut all in prop::collection::vec(dense_series(), 2..4), mirrored in any::<bool>(),
    ) {
        let style = if mirrored { Style::Mirrored } else { Style::Stacked };
        all.truncate(if mirrored { 2 } else { 3 });
        let mut chart = gallery::chart("areas", Unit::Bytes, style, 24.0);
        chart.series = all;
        let (canvas, frame) = draw(&chart).expect("a picture");
        let pen = f64::from(PEN) / 2.0 + 1.0;
        let axis = frame.row(0.0);
        for i in 0..chart.series.len() {
            for (column, ink) in inked(&canvas, &frame, i).into_iter().enumerate() {
                let Some((top, bottom)) = ink else { continue };
                // The sum of all up to this one can at most be the sum of their greatest values.
                let reach = |series: &Series, value: fn(&Point) -> f64| {
                    rows_of(series, &frame, column, value).map(|rows| axis - rows.0)
                };
                if mirrored {
                    let most = reach(&chart.series[i], |point| f64::from(point.max));
                    prop_assert!(most.is_some(), "{i} at {column}: ink in a gap");
                    let most = most.unwrap_or_default() + pen;
                    let (above, below) = if i == 0 { (most, pen) } else { (pen, most) };
                    prop_assert!(f64::from(top) >= axis - above - 1.0 && f64::from(bottom) <= axis + below);
                } else {
                    let below = &chart.series[..=i];
                    let sums: Option<Vec<f64>> =
                        below.iter().map(|series| reach(series, |point| f64::from(point.avg))).collect();
                    prop_assert!(sums.is_some(), "{i} at {column}: ink above something unknown");
                    let most: f64 = sums.unwrap_or_default().iter().sum();
                    prop_assert!(f64::from(top) >= axis - most - pen && f64::from(bottom) <= axis + pen);
                }
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = f32> {
    let odd =
        vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 0.0, -0.0];
    prop_oneof![any::<f32>(), -1e3f32..1e3, prop::sample::select(odd)]
}

fn any_time() -> impl Strategy<Value = f64> {
    let odd = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0];
    prop_oneof![6 => -1e5f64..1e5, 1 => any::<f64>(), 1 => prop::sample::select(odd)]
        .prop_map(|t| t + gallery::NOW as f64)
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        Just(String::new()),
        Just("w".repeat(5000)),
        Just("\u{202e}\u{0}\n\u{1f600}".to_owned())
    ]
}

fn any_series() -> impl Strategy<Value = Series> {
    let point = (any_time(), any_value(), any_value(), any_value()).prop_map(|(t, min, avg, max)| Point {
        t,
        min,
        avg,
        max,
    });
    (any_text(), prop::collection::vec(point, 0..40), any_time()).prop_map(|(label, points, gap_s)| Series {
        label,
        points,
        gap_s,
    })
}

/// Anything the types allow: what a broken clock, a broken sensor and a broken caller can make of a model.
fn any_chart() -> impl Strategy<Value = Chart> {
    let at = (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
        .prop_union(gallery::NOW - 9..=gallery::NOW + 9);
    let at = at.prop_map(|second| Timestamp::from_second(second).expect("inside the range"));
    let units =
        vec![Unit::Percent, Unit::Bytes, Unit::BytesPerSecond, Unit::Celsius, Unit::Count, Unit::Seconds];
    let band = (any_text(), prop::collection::vec((any_time(), any_value(), any_value()), 0..6))
        .prop_map(|(label, points)| Band { label, points });
    let limit = (any_text(), any_value()).prop_map(|(label, value)| Limit { label, value: f64::from(value) });
    let zones = vec!["UTC", "Asia/Jakarta", "America/Santiago", "", "No/Such", "../../etc/passwd"];
    let frame = (
        any_text(),
        prop::sample::select(units),
        (at.clone(), at),
        prop::sample::select(zones),
        any::<bool>(),
    );
    let content = (
        prop::sample::select(vec![Style::Lines, Style::Stacked, Style::Mirrored]),
        prop::collection::vec(any_series(), 0..12),
        prop::collection::vec(limit, 0..3),
        prop::option::of(band),
        prop::option::of(any_value().prop_map(f64::from)),
    );
    (frame, content).prop_map(
        |((title, unit, (from, to), zone, light), (style, series, limits, band, top))| Chart {
            title,
            unit,
            from,
            to,
            timezone: zone.to_owned(),
            light,
            style,
            series,
            limits,
            band,
            top,
            words: Words::default(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_a_model_holds_a_picture_comes_of_it(chart in any_chart()) {
        let png = render_chart(&chart).expect("a picture");
        let (width, height, ..) = decoded(&png);
        prop_assert_eq!((width, height), (1280, 720));
    }
}

#[test]
fn a_chart_without_values_says_so() {
    let mut chart = gallery::chart("Empty", Unit::Percent, Style::Lines, 24.0);
    let words = |chart: &Chart| {
        let (canvas, frame) = draw(chart).expect("a picture");
        // The words stand in the middle of the plot, where only they have this ink at full strength.
        let rows = (frame.y.0 + frame.y.1) / 2 - 40..(frame.y.0 + frame.y.1) / 2 + 10;
        let plot =
            |y: i32| &canvas.pixels[(y * WIDTH + frame.x.0) as usize..(y * WIDTH + frame.x.1) as usize];
        rows.flat_map(plot).filter(|&&pixel| pixel == Ink::MUTED.at(7)).count()
    };
    assert!(words(&chart) > 300, "empty");
    chart.series = vec![Series { label: "x".to_owned(), points: vec![], gap_s: 60.0 }];
    assert!(words(&chart) > 300, "a series without points");
    chart.series[0].points = vec![Point::single(gallery::NOW as f64 - 7200.0, f32::NAN)];
    assert!(words(&chart) > 300, "not a number");
    chart.series[0].points = vec![Point::single(gallery::NOW as f64 - 7200.0, 40.0)];
    assert_eq!(words(&chart), 0, "one value");
}

#[test]
fn a_limit_far_above_is_told_but_does_not_flatten_the_values() {
    let mut chart = gallery::chart("Memory of n8n", Unit::Bytes, Style::Lines, 24.0);
    chart.series = vec![gallery::series("n8n", 24.0, 96, 1, |_, n| 1e8 + 1e7 * n())];
    let high = |chart: &Chart| draw(chart).expect("a picture").1.high;
    let alone = high(&chart);
    chart.limits = vec![Limit { label: "limit 2.5 GiB".to_owned(), value: 2.7e9 }];
    assert_eq!(high(&chart), alone);
    chart.limits[0].value = 2.5e8;
    assert!(high(&chart) >= 2.5e8);
}

#[test]
fn areas_stand_on_zero_in_every_unit() {
    for unit in [Unit::Percent, Unit::Bytes, Unit::BytesPerSecond, Unit::Celsius, Unit::Count, Unit::Seconds]
    {
        for style in [Style::Stacked, Style::Mirrored] {
            let mut chart = gallery::chart("areas", unit, style, 24.0);
            chart.series = vec![gallery::series("high", 24.0, 96, 1, |_, n| 1e3 + n())];
            let (_, frame) = draw(&chart).expect("a picture");
            assert!(frame.low <= 0.0, "{unit:?} {style:?}: {frame:?}");
        }
    }
}

#[test]
fn what_lies_beyond_all_columns_is_drawn_nowhere() {
    let frame = Frame::new((0, 100), (0, 50), (0.0, 1000.0), (0.0, 10.0));
    for (from, to) in [(1e300, 1e300), (2000.0, 3000.0), (-1e300, -1e300), (-3000.0, -2000.0)] {
        let points = [Point::single(from, 5.0), Point::single(to, 6.0)];
        let [columns] = Columns::trace(&points, f64::MAX, &frame, |point| [f64::from(point.avg)]);
        assert_eq!(columns.each().count(), 0, "from {from} to {to}");
    }
}
