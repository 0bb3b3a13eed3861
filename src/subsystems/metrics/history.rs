//! From where a chart's points come: memory, the store's minutes, its quarters; and how many of them are enough.
//! Pure.

use std::time::Duration;

use super::{
    messages::{Line, Lines},
    ring::{Ring, Span},
    series::Series,
    store::{MINUTE_S, QUARTER_S, Table},
};
use crate::charts::Point;

/// A chart has about 1,200 columns.
pub const POINTS_MAX: usize = 1440;

/// What to read for a while. Unix times in seconds; an empty while is `from == to`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub stored: Vec<(Table, i64, i64)>,
    /// Samples of memory from here on, one by one or drawn together by the minute.
    pub raw_from_s: i64,
    pub raw_by_minute: bool,
    pub gap_s: f64,
}

/// `in_memory_s`: since when memory has samples; `None` when it has none.
pub fn plan(from_s: i64, to_s: i64, in_memory_s: Option<i64>, interval: Duration) -> Plan {
    const FINE_S: i64 = 6 * 3600;
    const MINUTES_S: i64 = 2 * 24 * 3600;
    let minute = |t: i64| t - t.rem_euclid(MINUTE_S);
    let asked = to_s - from_s;
    let memory = in_memory_s.unwrap_or(to_s).clamp(from_s, to_s);
    if asked <= FINE_S {
        let seam = minute(memory);
        // Memory that begins with the asked while needs nothing of the store.
        let enough = memory - from_s < MINUTE_S;
        let bucket_s = asked as f64 / POINTS_MAX as f64;
        let raw_gap_s = 2.5 * interval.as_secs_f64().max(bucket_s);
        return Plan {
            stored: if enough { Vec::new() } else { vec![(Table::Minutes, minute(from_s), seam)] },
            raw_from_s: if enough { from_s } else { seam },
            raw_by_minute: false,
            gap_s: if enough { raw_gap_s } else { raw_gap_s.max(2.5 * MINUTE_S as f64) },
        };
    }
    // The running minute, and the one that is being written, are in memory only.
    let fresh = (minute(to_s) - 2 * MINUTE_S).max(minute(memory)).min(to_s);
    if asked <= MINUTES_S {
        let gap_s = 2.5 * MINUTE_S as f64;
        let stored = vec![(Table::Minutes, minute(from_s), fresh)];
        return Plan { stored, raw_from_s: fresh, raw_by_minute: true, gap_s };
    }
    let gap_s = 2.5 * (QUARTER_S as f64).max(asked as f64 / POINTS_MAX as f64);
    let quarter = to_s - to_s.rem_euclid(QUARTER_S);
    let stored = vec![
        (Table::Quarters, from_s - from_s.rem_euclid(QUARTER_S), quarter),
        (Table::Minutes, quarter, fresh),
    ];
    Plan { stored, raw_from_s: fresh.max(quarter), raw_by_minute: true, gap_s }
}

/// For what is known by the minute only.
pub fn plan_by_minute(from_s: i64, to_s: i64) -> Plan {
    let width_s = ((to_s - from_s) as f64 / POINTS_MAX as f64).max(MINUTE_S as f64);
    Plan {
        stored: vec![(Table::Minutes, from_s - from_s.rem_euclid(MINUTE_S), to_s)],
        raw_from_s: to_s,
        raw_by_minute: true,
        gap_s: 2.5 * width_s,
    }
}

/// The wanted lines of what memory has from a moment on. Named ones are there even when empty.
pub fn of_memory(ring: &Ring, lines: &Lines, plan: &Plan, to_s: i64) -> Vec<Line> {
    let mut series: Vec<Series> = ring.series().filter(|series| lines.wants(series)).cloned().collect();
    if let Lines::Named(named) = lines {
        series.clone_from(named);
    }
    series.sort();
    let line = |series: Series| {
        let mut points: Vec<Point> = ring
            .back(&series, plan.raw_from_s * 1000)
            .filter(|(t, _)| *t <= to_s * 1000)
            .filter_map(|(t, value)| Some(Point::single(t as f64 / 1000.0, value?)))
            .collect();
        points.reverse();
        if plan.raw_by_minute {
            points = drawn_together(&points, MINUTE_S as f64);
        }
        Line { series, points }
    };
    series.into_iter().map(line).collect()
}

/// Puts stored points before those of memory, thins what is too much, and leaves out lines that nobody asked for by
/// name and that have nothing to show.
pub fn merge(stored: Vec<Line>, memory: Vec<Line>, lines: &Lines, asked_s: f64) -> Vec<Line> {
    let mut merged = stored;
    for line in memory {
        match merged.iter_mut().find(|other| other.series == line.series) {
            Some(other) => {
                let after = other.points.last().map_or(f64::MIN, |point| point.t);
                other.points.extend(line.points.into_iter().filter(|point| point.t > after));
            }
            None => merged.push(line),
        }
    }
    if !matches!(lines, Lines::Named(_)) {
        merged.retain(|line| !line.points.is_empty());
        merged.sort_by(|a, b| a.series.cmp(&b.series));
    }
    for line in &mut merged {
        if line.points.len() > POINTS_MAX {
            line.points = drawn_together(&line.points, asked_s / POINTS_MAX as f64);
        }
    }
    merged
}

/// Points of one while of `width` seconds become one, in the middle of where they were. Extremes stay.
fn drawn_together(points: &[Point], width: f64) -> Vec<Point> {
    points
        .chunk_by(|a, b| (a.t / width).floor() == (b.t / width).floor())
        .filter_map(|chunk| {
            let span = |point: &Point| Span { min: point.min, avg: point.avg, max: point.max };
            let middle = (chunk.first()?.t + chunk.last()?.t) / 2.0;
            Some(Span::over(chunk.iter().map(span))?.at(middle))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_748_736_000 + 7 * 60 + 13;
    const HOUR: i64 = 3600;
    const FIVE: Duration = Duration::from_secs(5);

    fn stored(plan: &Plan) -> Vec<(Table, i64, i64)> {
        plan.stored.iter().map(|(table, from, to)| (*table, NOW - from, NOW - to)).collect()
    }

    #[test]
    fn the_last_hours_come_from_memory_as_far_as_it_goes() {
        let all = plan(NOW - HOUR, NOW, Some(NOW - 2 * HOUR), FIVE);
        assert_eq!((stored(&all), NOW - all.raw_from_s, all.gap_s), (vec![], HOUR, 12.5));
        let young = plan(NOW - HOUR, NOW, Some(NOW - 600), FIVE);
        assert_eq!(stored(&young), [(Table::Minutes, HOUR + 13, 600 + 13)]);
        assert_eq!((NOW - young.raw_from_s, young.gap_s), (600 + 13, 150.0));
        let none = plan(NOW - HOUR, NOW, None, FIVE);
        assert_eq!(stored(&none), [(Table::Minutes, HOUR + 13, 13)]);
    }

    #[test]
    fn a_day_is_of_minutes_and_a_month_of_quarters_both_up_to_now() {
        let day = plan(NOW - 24 * HOUR, NOW, Some(NOW - 6 * HOUR), FIVE);
        assert_eq!(stored(&day), [(Table::Minutes, 24 * HOUR + 13, 133)]);
        assert!(day.raw_by_minute && NOW - day.raw_from_s == 133);
        let month = plan(NOW - 720 * HOUR, NOW, Some(NOW - 6 * HOUR), FIVE);
        let into_quarter = 7 * 60 + 13;
        assert_eq!(
            stored(&month),
            [(Table::Quarters, 720 * HOUR + into_quarter, into_quarter), (Table::Minutes, into_quarter, 133)]
        );
        // Just started: nothing is older than memory.
        let fresh = plan(NOW - 24 * HOUR, NOW, Some(NOW - 3), FIVE);
        assert_eq!(NOW - fresh.raw_from_s, 13);
    }

    #[test]
    fn seams_have_no_point_twice_and_extremes_survive_thinning() {
        let line = |points: Vec<(f64, f32)>| Line {
            series: Series::Cpu,
            points: points.into_iter().map(|(t, value)| Point::single(t, value)).collect(),
        };
        let lines = Lines::Named(vec![Series::Cpu]);
        let merged = merge(
            vec![line(vec![(30.0, 1.0), (90.0, 2.0)])],
            vec![line(vec![(85.0, 9.0), (95.0, 3.0)])],
            &lines,
            100.0,
        );
        assert_eq!(merged[0].points.iter().map(|point| point.t).collect::<Vec<_>>(), [30.0, 90.0, 95.0]);

        let mut many: Vec<(f64, f32)> = (0..4320).map(|nth| (f64::from(nth) * 5.0, 1.0)).collect();
        many[1000].1 = 99.0;
        many.drain(2000..2100);
        let thin = merge(vec![], vec![line(many)], &lines, 21600.0).remove(0).points;
        assert!(thin.len() <= POINTS_MAX + 1, "{}", thin.len());
        assert_eq!(thin.iter().map(|point| point.max).fold(0.0, f32::max), 99.0);
        let widest = thin.windows(2).map(|pair| pair[1].t - pair[0].t).fold(0.0, f64::max);
        assert!(widest > 490.0, "the gap is still one: {widest}");
    }

    #[test]
    fn unnamed_lines_without_points_are_left_out() {
        let empty = |series| Line { series, points: vec![] };
        assert_eq!(merge(vec![empty(Series::Heat("a".into()))], vec![], &Lines::Heat, 1.0), []);
        let named = Lines::Named(vec![Series::SwapUsed]);
        assert_eq!(merge(vec![], vec![empty(Series::SwapUsed)], &named, 1.0).len(), 1);
    }
}
