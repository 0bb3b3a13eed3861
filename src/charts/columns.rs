//! Series as columns of pixels: for each column the range its values cover while it lasts, exactly. A spike between
//! two columns is never lost and never widened; a gap stays empty.

use super::{
    canvas::Canvas,
    ink::{FULL, Ink},
    model::Point,
};

/// Where the plot lies, and how time and values become pixels. Rows and columns are continuous here: pixel n covers
/// n to n + 1, and a value's row is in the middle of the pixel its grid line would be drawn in.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// First column, and the one after the last.
    pub x: (i32, i32),
    /// Row of the highest value, and of the lowest.
    pub y: (i32, i32),
    /// Unix time, seconds.
    pub from: f64,
    pub to: f64,
    pub low: f64,
    pub high: f64,
    columns_per_s: f64,
    rows_per_unit: f64,
}

/// The pen draws a value at most half of this above and below its row, pixels.
pub const PEN: f32 = 3.0;

impl Frame {
    /// `time` and `values` are ascending and not equal.
    pub fn new(x: (i32, i32), y: (i32, i32), (from, to): (f64, f64), (low, high): (f64, f64)) -> Frame {
        let columns_per_s = f64::from(x.1 - x.0) / (to - from);
        let rows_per_unit = f64::from(y.1 - y.0) / (high - low);
        Frame { x, y, from, to, low, high, columns_per_s, rows_per_unit }
    }

    pub fn columns(&self) -> usize {
        usize::try_from(self.x.1 - self.x.0).unwrap_or(0)
    }

    /// Columns from the frame's left.
    pub fn column(&self, t: f64) -> f64 {
        (t - self.from) * self.columns_per_s
    }

    /// Rows from the picture's top.
    pub fn row(&self, value: f64) -> f64 {
        f64::from(self.y.0) + 0.5 + (self.high - value) * self.rows_per_unit
    }
}

/// Per column the topmost and the lowest row of a series; topmost > lowest where there is nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    pub top: Vec<f32>,
    pub bottom: Vec<f32>,
}

/// Whether two neighbours are joined by a line.
pub fn joined(seconds_apart: f64, gap_s: f64) -> bool {
    (0.0..=gap_s).contains(&seconds_apart)
}

/// The way from one point to the next, the same for all values they share.
struct Run {
    x0: f64,
    x1: f64,
    per_column: f64,
    /// Edges between columns that are crossed; edge n is the left one of column n.
    edges: std::ops::Range<usize>,
}

impl Run {
    fn between(x0: f64, x1: f64, columns: usize) -> Run {
        // Rounding is by truncation, which calls nothing; outside of the picture, or within one column, nothing is
        // crossed.
        let edge = |x: f64| if x < 0.0 { 0 } else { x.min(columns as f64) as usize + 1 };
        let edges = edge(x0)..edge(x1);
        Run { x0, x1, per_column: (x1 - x0).recip(), edges }
    }
}

impl Columns {
    pub fn empty(columns: usize) -> Columns {
        Columns { top: vec![f32::INFINITY; columns], bottom: vec![f32::NEG_INFINITY; columns] }
    }

    /// Lines through `N` values of each point, straight between joined neighbours: one walk along the points, as they
    /// share their instants. A value that is not known is a gap in its line alone.
    pub fn trace<const N: usize>(
        points: &[Point],
        gap_s: f64,
        frame: &Frame,
        values: impl Fn(&Point) -> [f64; N],
    ) -> [Columns; N] {
        let mut traces: [Columns; N] = std::array::from_fn(|_| Columns::empty(frame.columns()));
        let mut last: Option<(f64, f64, [f64; N])> = None;
        for point in points {
            if !point.t.is_finite() {
                last = None;
                continue;
            }
            // Unknown, or without end, is drawn nowhere.
            let rows = values(point).map(|v| if v.is_finite() { frame.row(v) } else { f64::NAN });
            let x = frame.column(point.t);
            match last.filter(|(t, ..)| joined(point.t - t, gap_s)) {
                Some((_, x0, rows0)) => {
                    let run = Run::between(x0, x, frame.columns());
                    for (trace, (y0, y)) in traces.iter_mut().zip(rows0.into_iter().zip(rows)) {
                        trace.line(&run, y0, y);
                    }
                }
                None => traces.iter_mut().zip(rows).for_each(|(trace, y)| trace.point(x, y)),
            }
            last = Some((point.t, x, rows));
        }
        traces
    }

    /// A value on the right edge itself belongs to the last column.
    fn point(&mut self, x: f64, y: f64) {
        if x >= 0.0 && x <= self.top.len() as f64 {
            self.include((x as usize).min(self.top.len().saturating_sub(1)), y);
        }
    }

    fn line(&mut self, run: &Run, y0: f64, y1: f64) {
        // Where it begins another one ended.
        self.point(run.x1, y1);
        let slope = (y1 - y0) * run.per_column;
        // Between two columns both show the height of their common edge.
        for edge in run.edges.clone() {
            let y = y0 + (edge as f64 - run.x0) * slope;
            self.include(edge.wrapping_sub(1), y);
            self.include(edge, y);
        }
    }

    pub fn include(&mut self, column: usize, row: f64) {
        let row = row as f32;
        if let (Some(top), Some(bottom)) = (self.top.get_mut(column), self.bottom.get_mut(column)) {
            // Comparisons leave a NaN out.
            *top = if row < *top { row } else { *top };
            *bottom = if row > *bottom { row } else { *bottom };
        }
    }

    /// What lies between the top of one and the bottom of another.
    pub fn between(top: Columns, bottom: Columns) -> Columns {
        Columns { top: top.top, bottom: bottom.bottom }
    }

    /// As a pen draws it that is as wide as it is high: each column also with the rows of its two neighbours. Steep
    /// lines are then as strong as flat ones. A column that has nothing stays empty.
    pub fn rounded(&self) -> Columns {
        let mut rounded = self.clone();
        for (column, ..) in self.each() {
            for neighbour in [column.wrapping_sub(1), column + 1] {
                if let (Some(&top), Some(&bottom)) = (self.top.get(neighbour), self.bottom.get(neighbour))
                    && top <= bottom
                {
                    rounded.top[column] = rounded.top[column].min(top);
                    rounded.bottom[column] = rounded.bottom[column].max(bottom);
                }
            }
        }
        rounded
    }

    pub fn each(&self) -> impl Iterator<Item = (usize, f32, f32)> {
        let rows = self.top.iter().zip(&self.bottom).enumerate();
        rows.filter(|(_, (top, bottom))| top <= bottom).map(|(column, (&top, &bottom))| (column, top, bottom))
    }

    /// Columns with nothing on either side: a lone value, one column wide, which nobody would see.
    pub fn alone(&self) -> impl Iterator<Item = (usize, f32)> {
        let has = |column: Option<usize>| {
            column.is_some_and(|c| c < self.top.len() && self.top[c] <= self.bottom[c])
        };
        self.each()
            .filter(move |&(column, ..)| !has(column.checked_sub(1)) && !has(Some(column + 1)))
            .map(|(column, top, bottom)| (column, (top + bottom) / 2.0))
    }

    /// A line of the pen's thickness.
    pub fn stroke(&self, canvas: &mut Canvas, frame: &Frame, ink: Ink, dash: Dash) {
        for (column, top, bottom) in self.each() {
            let (half, most) = if dash.on(column) { (PEN / 2.0, FULL) } else { (0.5, 2) };
            bar(canvas, frame, column, (top - half, bottom + half), ink, most);
        }
    }

    /// A veil over all rows between top and bottom.
    pub fn veil(&self, canvas: &mut Canvas, frame: &Frame, ink: Ink, step: u8) {
        for (column, top, bottom) in self.each() {
            bar(canvas, frame, column, (top, bottom), ink, step);
        }
    }
}

/// A column's rows from top to bottom, covered as far as they lie in between. Clipped to the frame and the pen.
/// This is the inner loop of a chart: rounding is by truncation, which is exact here and far quicker.
fn bar(canvas: &mut Canvas, frame: &Frame, column: usize, (top, bottom): (f32, f32), ink: Ink, most: u8) {
    let top = top.max(frame.y.0 as f32 - 1.0);
    let bottom = bottom.min(frame.y.1 as f32 + 2.0);
    if top >= bottom {
        return;
    }
    let (first, last) = (top as i32, bottom as i32);
    let mut partly = |row: i32, covered: f32| {
        let eighths = (covered * f32::from(most + 1) + 0.5) as u8;
        if eighths > 0 {
            canvas.put(frame.x.0 + column as i32, row, ink, eighths - 1);
        }
    };
    if first == last {
        return partly(first, bottom - top);
    }
    partly(first, (first + 1) as f32 - top);
    partly(last, bottom - last as f32);
    canvas.put_down(frame.x.0 + column as i32, (first + 1, last), ink, most);
}

/// Tells lines apart without colour: full pen for some columns, a hair for the next. The hair keeps every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dash(&'static [usize]);

impl Dash {
    pub const SOLID: Dash = Dash(&[]);
    /// Nothing but a hair: an edge.
    pub const HAIR: Dash = Dash(&[0, 1]);

    /// Lengths of pen and hair in turn, columns.
    const PATTERNS: [Dash; 5] =
        [Dash::SOLID, Dash(&[22, 10]), Dash(&[5, 7]), Dash(&[30, 8, 5, 8]), Dash(&[12, 6])];

    pub fn of(series: usize) -> Dash {
        Self::PATTERNS[series % Self::PATTERNS.len()]
    }

    pub fn on(self, column: usize) -> bool {
        let period: usize = self.0.iter().sum();
        if period == 0 {
            return true;
        }
        let mut rest = column % period;
        for (i, &length) in self.0.iter().enumerate() {
            if rest < length {
                return i % 2 == 0;
            }
            rest -= length;
        }
        true
    }
}
