//! Areas upon each other: the sums of series at each instant, per column. Where one of the stacked is unknown, so are
//! the sums with it: that area and those above it show a gap, never a wrong height.

use super::{
    columns::{Columns, Frame, joined},
    model::Series,
};

/// Sums from the lowest series up, at one instant; `None` from the first unknown one on.
pub type Sums = Vec<Option<f64>>;

/// Walks all series along the time axis and calls `each(column, sums)` at each column's beginning and end and at
/// each point: between these the sums are straight lines.
pub fn sweep(
    series: &[Series],
    frame_from_to: (f64, f64),
    columns: usize,
    mut each: impl FnMut(usize, &Sums),
) {
    let (from, to) = frame_from_to;
    let width = (to - from) / columns.max(1) as f64;
    let mut cursors: Vec<Cursor> = series.iter().map(Cursor::new).collect();
    let mut sums = vec![None; series.len()];
    let mut times: Vec<f64> = series
        .iter()
        .flat_map(|series| series.points.iter().map(|point| point.t))
        .filter(|t| (from..=to).contains(t))
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    let mut next = times.into_iter().peekable();
    for column in 0..columns {
        let (begin, end) = (from + width * column as f64, from + width * (column + 1) as f64);
        // A hair inside, so that a gap that ends at a column's edge leaves no trace in the column.
        let hair = width * 1e-6;
        let mut at = |t: f64| {
            let mut sum = Some(0.0);
            for (cursor, slot) in cursors.iter_mut().zip(&mut sums) {
                sum = sum.zip(cursor.at(t)).map(|(below, own)| below + own.max(0.0));
                *slot = sum;
            }
            each(column, &sums);
        };
        at(begin + hair);
        while let Some(t) = next.next_if(|&t| t < end || column + 1 == columns) {
            at(t);
        }
        at(end - hair);
    }
}

/// The tops of the areas as columns, lowest area first.
pub fn tops(series: &[Series], frame: &Frame) -> Vec<Columns> {
    let mut tops = vec![Columns::empty(frame.columns()); series.len()];
    sweep(series, (frame.from, frame.to), frame.columns(), |column, sums| {
        for (top, sum) in tops.iter_mut().zip(sums) {
            if let Some(sum) = sum {
                top.include(column, frame.row(*sum));
            }
        }
    });
    tops
}

/// Reads one series at instants that only go forward.
struct Cursor<'a> {
    series: &'a Series,
    /// Points before this index are not later than the last instant asked for.
    passed: usize,
}

impl<'a> Cursor<'a> {
    fn new(series: &'a Series) -> Cursor<'a> {
        Cursor { series, passed: 0 }
    }

    /// The average at an instant: a point's own, or on the line between two joined neighbours.
    fn at(&mut self, t: f64) -> Option<f64> {
        let points = &self.series.points;
        while points.get(self.passed).is_some_and(|point| point.t <= t || !point.t.is_finite()) {
            self.passed += 1;
        }
        let before = points.get(self.passed.checked_sub(1)?)?;
        let value = f64::from(before.avg);
        if before.t == t {
            return value.is_finite().then_some(value);
        }
        let after = points.get(self.passed)?;
        if !joined(after.t - before.t, self.series.gap_s) {
            return None;
        }
        let share = (t - before.t) / (after.t - before.t);
        let between = value + (f64::from(after.avg) - value) * share;
        between.is_finite().then_some(between)
    }
}
