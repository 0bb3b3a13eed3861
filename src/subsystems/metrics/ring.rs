//! The last hours in memory, sample by sample: one column of `f32` per series, NaN for "not known".
//!
//! Bounded: at most [`POINTS_MAX`] samples of [`COLUMNS_MAX`] series, 4.5 MiB; 0.7 MiB on an ordinary machine at 5 s.
//! Times never go back in it: what a clock set back would make ambiguous is dropped.

use std::{collections::HashMap, time::Duration};

use super::series::Series;
use crate::charts::Point;

pub const KEPT: Duration = Duration::from_secs(6 * 3600);
/// Six hours at 2.5 s. A shorter interval remembers fewer hours; the store's minutes go on where it ends.
pub const POINTS_MAX: usize = 8640;
pub const COLUMNS_MAX: usize = 128;

#[derive(Debug)]
pub struct Ring {
    capacity: usize,
    /// Unix time, ms, oldest at `start`.
    times: Vec<i64>,
    start: usize,
    columns: Vec<Column>,
    index: HashMap<Series, usize>,
}

#[derive(Debug)]
struct Column {
    series: Series,
    values: Vec<f32>,
    /// When it last had a value, unix time, ms.
    seen_ms: i64,
}

/// The values of a while, drawn together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub min: f32,
    pub avg: f32,
    pub max: f32,
}

impl Span {
    pub fn single(value: f32) -> Span {
        Span { min: value, avg: value, max: value }
    }

    /// Each with the same weight; `None` of nothing.
    pub fn over(spans: impl IntoIterator<Item = Span>) -> Option<Span> {
        let (mut min, mut sum, mut max, mut count) = (f32::INFINITY, 0f64, f32::NEG_INFINITY, 0u32);
        for span in spans {
            min = min.min(span.min);
            max = max.max(span.max);
            sum += f64::from(span.avg);
            count += 1;
        }
        // Rounding must not put the average outside of what it is the average of.
        (count > 0).then(|| Span { min, avg: ((sum / f64::from(count)) as f32).clamp(min, max), max })
    }

    pub fn at(self, t: f64) -> Point {
        Point { t, min: self.min, avg: self.avg, max: self.max }
    }
}

impl Ring {
    pub fn new(interval: Duration) -> Ring {
        let capacity = capacity(interval);
        Ring {
            capacity,
            times: Vec::with_capacity(capacity),
            start: 0,
            columns: Vec::new(),
            index: HashMap::new(),
        }
    }

    /// Another interval: what fits stays.
    pub fn resize(&mut self, interval: Duration) {
        let capacity = capacity(interval);
        if capacity == self.capacity {
            return;
        }
        let keep = self.times.len().min(capacity);
        let from = self.times.len() - keep;
        let rows: Vec<usize> = (from..self.times.len()).map(|nth| self.row(nth)).collect();
        self.capacity = capacity;
        self.keep(&rows);
    }

    /// Only these rows, in this order.
    fn keep(&mut self, rows: &[usize]) {
        fn picked<T: Copy>(values: &[T], rows: &[usize], capacity: usize) -> Vec<T> {
            let mut kept = Vec::with_capacity(capacity);
            kept.extend(rows.iter().map(|row| values[*row]));
            kept
        }
        for column in &mut self.columns {
            column.values = picked(&column.values, rows, self.capacity);
        }
        self.times = picked(&self.times, rows, self.capacity);
        self.start = 0;
    }

    /// One sample. Later than all others: see [`Ring::cut_after`].
    pub fn push(&mut self, t_ms: i64, mut each: impl FnMut(&mut dyn FnMut(Series, f32))) {
        let row = self.open_row(t_ms);
        each(&mut |series, value| {
            if value.is_finite()
                && let Some(column) = self.column(series)
            {
                self.columns[column].values[row] = value;
                self.columns[column].seen_ms = t_ms;
            }
        });
    }

    fn open_row(&mut self, t_ms: i64) -> usize {
        if self.times.len() < self.capacity {
            self.times.push(t_ms);
            self.columns.iter_mut().for_each(|column| column.values.push(f32::NAN));
            return self.times.len() - 1;
        }
        let row = self.start;
        self.times[row] = t_ms;
        self.columns.iter_mut().for_each(|column| column.values[row] = f32::NAN);
        self.start = (self.start + 1) % self.capacity;
        row
    }

    fn column(&mut self, series: Series) -> Option<usize> {
        if let Some(column) = self.index.get(&series) {
            return Some(*column);
        }
        // All of it at once: growing by doubling would hold twice as much in the end.
        let mut values = Vec::with_capacity(self.capacity);
        values.resize(self.times.len(), f32::NAN);
        let column = Column { series: series.clone(), values, seen_ms: 0 };
        let place = if self.columns.len() < COLUMNS_MAX {
            self.columns.push(column);
            self.columns.len() - 1
        } else {
            // A disk that was taken out, a mount that is gone: nothing of it is left in the ring.
            let oldest = self.time(0)?;
            let place = self.columns.iter().position(|column| column.seen_ms < oldest)?;
            let gone = std::mem::replace(&mut self.columns[place], column);
            self.index.remove(&gone.series);
            place
        };
        self.index.insert(series, place);
        Some(place)
    }

    /// Forgets samples later than this: the clock was set back, and they would overlap what comes.
    pub fn cut_after(&mut self, t_ms: i64) {
        let keep = (0..self.len()).take_while(|nth| self.time(*nth).is_some_and(|t| t <= t_ms)).count();
        if keep == self.len() {
            return;
        }
        let rows: Vec<usize> = (0..keep).map(|nth| self.row(nth)).collect();
        self.keep(&rows);
    }

    pub fn len(&self) -> usize {
        self.times.len()
    }

    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    fn row(&self, nth: usize) -> usize {
        (self.start + nth) % self.times.len()
    }

    /// Unix time of the nth sample, oldest first, ms.
    pub fn time(&self, nth: usize) -> Option<i64> {
        (nth < self.len()).then(|| self.times[self.row(nth)])
    }

    pub fn oldest(&self) -> Option<i64> {
        self.time(0)
    }

    pub fn newest(&self) -> Option<i64> {
        self.time(self.len().checked_sub(1)?)
    }

    pub fn series(&self) -> impl Iterator<Item = &Series> {
        self.columns.iter().map(|column| &column.series)
    }

    /// The known values of a series from `from_ms` on, newest first.
    pub fn back(&self, series: &Series, from_ms: i64) -> impl Iterator<Item = (i64, Option<f32>)> {
        let column = self.index.get(series).map(|column| &self.columns[*column].values);
        (0..self.len())
            .rev()
            .map(move |nth| {
                let row = self.row(nth);
                (self.times[row], column.map(|values| values[row]).filter(|value| !value.is_nan()))
            })
            .take_while(move |(t, _)| *t >= from_ms)
    }

    /// Each stored series over `from_ms..to_ms`.
    pub fn spans(&self, from_ms: i64, to_ms: i64) -> Vec<(Series, Span)> {
        let rows: Vec<usize> = (0..self.len())
            .rev()
            .map(|nth| self.row(nth))
            .take_while(|row| self.times[*row] >= from_ms)
            .filter(|row| self.times[*row] < to_ms)
            .collect();
        self.columns
            .iter()
            .filter(|column| column.series.is_stored())
            .filter_map(|column| {
                let values = rows.iter().map(|row| column.values[*row]).filter(|value| !value.is_nan());
                Some((column.series.clone(), Span::over(values.map(Span::single))?))
            })
            .collect()
    }

    /// What it holds of the heap.
    pub fn bytes(&self) -> usize {
        let columns: usize =
            self.columns.iter().map(|column| column.values.capacity() * size_of::<f32>()).sum();
        columns + self.times.capacity() * size_of::<i64>() + self.columns.capacity() * size_of::<Column>()
    }
}

fn capacity(interval: Duration) -> usize {
    let points = KEPT.as_secs_f64() / interval.as_secs_f64().max(0.1);
    (points as usize).clamp(60, POINTS_MAX)
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
