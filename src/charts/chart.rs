//! A chart from its model: extents, axes, plotters' frame, then series, limits and labels upon it.

use std::{cell::RefCell, rc::Rc};

use jiff::Timestamp;
use plotters::{
    chart::{ChartBuilder, LabelAreaPosition},
    coord::Shift,
    drawing::DrawingArea,
    style::{Color, FontFamily, IntoFont, TextStyle},
};

use super::{
    DrawError,
    axis::Axis,
    backend::{Backend, colour, nothing},
    canvas::Canvas,
    columns::{Columns, Dash, Frame},
    extent::{Span, axis_ends, ordered, sign, upright},
    ink::{FULL, Ink, Theme},
    labels::{self, Label, Place},
    model::{Band, Chart, Limit, Point, Series, Style},
    scale::Scale,
    stack,
    text::{Lettering, cap_height, clean},
    time,
};

pub const WIDTH: i32 = 1280;
pub const HEIGHT: i32 = 720;

const TITLE: f32 = 36.0;
const NO_DATA: f32 = 44.0;
/// Marks on last values.
const MARK: f32 = 25.0;
/// Left of the value labels, and right of everything.
const EDGE: f32 = 26.0;
/// Baseline of the title.
const TITLE_ROW: f32 = 54.0;
/// Where the plot begins without a legend above it.
const PLOT_TOP: f32 = 92.0;
/// Room for the time labels.
const TIME_ROOM: f32 = 60.0;
const BOTTOM: f32 = 6.0;
/// plotters puts a label at twice the tick's length from the axis.
const TICK: f32 = 7.0;
/// A time label and the air around it.
const TIME_LABEL: f32 = 124.0;
/// Under a single line in each direction; over the paper it is a breath of colour.
const AREA_STEP: u8 = 1;
/// Grid lines where a day begins.
const MIDNIGHT: u8 = Ink::MUTED.at(2);
const STACK_STEP: u8 = 3;
/// Between the least and the greatest of each moment.
const VEIL_STEP: u8 = 2;
const BAND_STEP: u8 = 1;
/// Points are far apart from this many columns between them on.
const SPARSE_COLUMNS: usize = 4;

/// Draws a chart of 1280×720 as an indexed PNG. Never panics, whatever the model holds.
///
/// # Errors
/// Only when plotters or the PNG encoder refuses, which no model is known to cause.
pub fn render_chart(chart: &Chart) -> Result<Vec<u8>, DrawError> {
    let (canvas, _) = draw(chart)?;
    canvas.png(&Theme::of(chart.light).palette())
}

/// The picture as inks, and where its plot lies.
pub(super) fn draw(chart: &Chart) -> Result<(Canvas, Frame), DrawError> {
    let mut backend = Backend { canvas: Canvas::new(WIDTH, HEIGHT), lettering: Lettering::default() };
    let plan = Plan::of(chart, &backend.lettering);
    let frame;
    (backend, frame) = plan.frame(backend)?;
    let Backend { mut canvas, mut lettering } = backend;
    plan.heading(&mut canvas, &mut lettering);
    if plan.any {
        plan.values(&mut canvas, &mut lettering, &frame);
    } else {
        let text = clean(&chart.words.no_data);
        let width = lettering.width(&text, NO_DATA);
        let middle = ((frame.x.0 + frame.x.1) as f32 / 2.0, (frame.y.0 + frame.y.1) as f32 / 2.0);
        lettering.draw(&mut canvas, (middle.0 - width / 2.0, middle.1), &text, NO_DATA, Ink::MUTED);
    }
    Ok((canvas, frame))
}

/// All that is decided before the first pixel.
struct Plan<'a> {
    chart: &'a Chart,
    from: Timestamp,
    to: Timestamp,
    zone: jiff::tz::TimeZone,
    /// Whether there is any value to draw.
    any: bool,
    scale: Scale,
    labels: Vec<Label>,
    place: Place,
    /// Widest value label, pixels.
    value_width: f32,
}

impl<'a> Plan<'a> {
    fn of(chart: &'a Chart, lettering: &Lettering) -> Plan<'a> {
        let (from, to) = ordered(chart.from, chart.to);
        let span = Span { from: from.as_second() as f64, to: to.as_second() as f64 };
        let extent = span.extent(chart);
        let (low, high) = axis_ends(chart, extent);
        let scale = Scale::over(chart.unit, low, high, chart.style == Style::Mirrored);
        let labels = span.labels(chart);
        let height = HEIGHT as f32 - PLOT_TOP - TIME_ROOM - BOTTOM;
        let place = Place::choose(&labels, lettering, WIDTH as f32 - 2.0 * EDGE, height);
        let widths = scale.ticks.iter().map(|(_, label)| lettering.width(label, labels::SIZE));
        Plan {
            chart,
            from,
            to,
            zone: time::zone(&chart.timezone),
            any: extent.is_some(),
            value_width: widths.fold(0.0, f32::max),
            scale,
            labels,
            place,
        }
    }

    /// plotters lays out plot, grid and labels, and draws them.
    fn frame(&self, backend: Backend) -> Result<(Backend, Frame), DrawError> {
        let left = self.value_width + 2.0 * TICK + EDGE;
        let right = self.place.beside() + EDGE;
        let room = ((WIDTH as f32 - left - right) / TIME_LABEL).max(1.0) as usize;
        let mut ticks = time::ticks(self.from, self.to, &self.zone, &self.chart.words, room);
        let (from, to) = (self.from.as_second() as f64, self.to.as_second() as f64);
        for tick in &mut ticks {
            let x = left + (WIDTH as f32 - left - right) * ((tick.at - from) / (to - from)) as f32;
            if x + backend.lettering.width(&tick.label, labels::SIZE) / 2.0 > WIDTH as f32 - 4.0 {
                // The grid line stays; half a label would be worse than none.
                tick.label.clear();
            }
        }
        let backend = Rc::new(RefCell::new(backend));
        let area: DrawingArea<Backend, Shift> = DrawingArea::from(&backend);
        let muted = colour(Ink::MUTED);
        let lettering = TextStyle::from((FontFamily::SansSerif, labels::SIZE).into_font()).color(&muted);
        let failed = |error: &dyn std::fmt::Display| DrawError::Layout(error.to_string());
        let mut plot = ChartBuilder::on(&area)
            .margin_left(EDGE as u32 / 2)
            .margin_right(right as u32)
            .margin_top((PLOT_TOP + self.place.above()) as u32)
            .margin_bottom(BOTTOM as u32)
            .set_all_label_area_size(0)
            .x_label_area_size(TIME_ROOM as u32)
            .y_label_area_size((left - EDGE / 2.0) as u32)
            .build_cartesian_2d(
                Axis {
                    range: from..to,
                    ticks: ticks.iter().map(|tick| (tick.at, tick.label.clone())).collect(),
                },
                Axis { range: self.scale.low..self.scale.high, ticks: self.scale.ticks.clone() },
            )
            .map_err(|error| failed(&error))?;
        plot.configure_mesh()
            .light_line_style(nothing())
            .bold_line_style(colour(Ink::GRID))
            .axis_style(muted.mix(0.375))
            .set_all_tick_mark_size(TICK as i32)
            .set_tick_mark_size(LabelAreaPosition::Bottom, TICK as i32 + 3)
            .x_label_style(lettering.clone())
            .y_label_style(lettering)
            .draw()
            .map_err(|error| failed(&error))?;
        let (x, y) = plot.plotting_area().get_pixel_range();
        drop(plot);
        drop(area);
        let backend = Rc::try_unwrap(backend).map_err(|_| failed(&"the drawing area is still held"))?;
        let values = (self.scale.low, self.scale.high);
        let frame = Frame::new((x.start, x.end), (y.start, y.end), (from, to), values);
        let mut backend = backend.into_inner();
        for tick in ticks.iter().filter(|tick| tick.date) {
            let x = frame.x.0 + frame.column(tick.at) as i32;
            backend.canvas.fill((x, x + 1), frame.y, MIDNIGHT);
        }
        Ok((backend, frame))
    }

    fn heading(&self, canvas: &mut Canvas, lettering: &mut Lettering) {
        let caption = time::caption(self.from, self.to, &self.zone, &self.chart.words);
        let width = lettering.width(&caption, labels::SIZE);
        let x = WIDTH as f32 - EDGE - width;
        lettering.draw(canvas, (x, TITLE_ROW), &caption, labels::SIZE, Ink::MUTED);
        let title = clean(&self.chart.title);
        if let Some(title) = lettering.fit(&title, TITLE, x - 2.0 * EDGE) {
            lettering.draw(canvas, (EDGE, TITLE_ROW), &title, TITLE, Ink::TEXT);
        }
    }

    fn values(&self, canvas: &mut Canvas, lettering: &mut Lettering, frame: &Frame) {
        let chart = self.chart;
        if let Some(band) = &chart.band {
            draw_band(band, canvas, frame);
        }
        let many = chart.series.len() > 1;
        match chart.style {
            Style::Stacked => {
                let tops = stack::tops(&chart.series, frame);
                fill_stack(&tops, canvas, frame);
                self.limits(canvas, frame);
                for (i, top) in tops.iter().enumerate().rev() {
                    top.stroke(canvas, frame, Ink::series(i), Dash::SOLID);
                }
            }
            Style::Lines | Style::Mirrored => {
                let lines: Vec<Line> = (0..chart.series.len()).map(|i| Line::of(chart, i, frame)).collect();
                for (i, line) in lines.iter().enumerate() {
                    line.ground(canvas, frame, Ink::series(i));
                    line.average.alone().for_each(|lone| dot(canvas, frame, lone, Ink::mark(i)));
                }
                self.limits(canvas, frame);
                // The first series is the most important: it is drawn last.
                for (i, line) in lines.iter().enumerate().rev() {
                    let dash = if many { Dash::of(i) } else { Dash::SOLID };
                    line.average.stroke(canvas, frame, Ink::series(i), dash);
                }
            }
        }
        self.zero(canvas, frame);
        self.limit_labels(canvas, lettering, frame);
        self.ends(canvas, lettering, frame);
    }

    /// The line of zero, where it is not the axis itself.
    fn zero(&self, canvas: &mut Canvas, frame: &Frame) {
        if frame.low < 0.0 && frame.high > 0.0 {
            let row = frame.row(0.0) as i32;
            for x in frame.x.0..frame.x.1 {
                canvas.put(x, row, Ink::MUTED, 4);
            }
        }
    }

    fn limits(&self, canvas: &mut Canvas, frame: &Frame) {
        for limit in self.chart.limits.iter().filter(|limit| shown(limit, frame)) {
            let row = frame.row(limit.value) as i32;
            for x in (frame.x.0..frame.x.1).filter(|x| (x - frame.x.0) % 22 < 13) {
                canvas.put(x, row, Ink::LIMIT, FULL);
                canvas.put(x, row - 1, Ink::LIMIT, FULL);
            }
        }
    }

    fn limit_labels(&self, canvas: &mut Canvas, lettering: &mut Lettering, frame: &Frame) {
        for limit in &self.chart.limits {
            if !limit.value.is_finite() {
                continue;
            }
            // Far above the values: told, not drawn.
            let (text, row) = if shown(limit, frame) {
                (clean(&limit.label).into_owned(), frame.row(limit.value) as f32)
            } else if limit.value > frame.high {
                (format!("{} ↑", clean(&limit.label)), frame.y.0 as f32 - 6.0)
            } else {
                (format!("{} ↓", clean(&limit.label)), frame.y.1 as f32 + 6.0)
            };
            let room = (frame.x.1 - frame.x.0) as f32 / 2.0;
            let Some(text) = lettering.fit(&text, labels::SIZE, room) else { continue };
            let at = least_covered(canvas, frame, lettering.width(&text, labels::SIZE), row);
            lettering.draw_rimmed(canvas, at, &text, labels::SIZE, Ink::LIMIT);
        }
    }

    /// Marks on the last values, and their labels.
    fn ends(&self, canvas: &mut Canvas, lettering: &mut Lettering, frame: &Frame) {
        let span = Span { from: frame.from, to: frame.to };
        let tops = |i: usize, t: f64| stacked_at(&self.chart.series, i, t);
        let mut labels = self.labels.clone();
        let mut rest = labels.iter_mut();
        for (i, series) in self.chart.series.iter().enumerate() {
            let Some(last) = span.last(series) else { continue };
            let value = match self.chart.style {
                Style::Lines => f64::from(last.avg),
                Style::Mirrored => sign(self.chart, i) * f64::from(last.avg).max(0.0),
                Style::Stacked => tops(i, last.t),
            };
            let at = (frame.x.0 as f32 + frame.column(last.t) as f32, frame.row(value) as f32);
            if self.chart.style != Style::Stacked {
                lettering.draw_centred(canvas, at, labels::mark(i), MARK, Ink::mark(i));
            }
            if let Some(label) = rest.next() {
                label.row = at.1;
            }
        }
        if let (Some(band), Some(label)) = (&self.chart.band, rest.next())
            && let Some((_, low, high)) = span.band_end(band)
        {
            label.row = frame.row(f64::midpoint(low, high)) as f32;
        }
        self.place.draw(&labels, canvas, lettering, frame, (EDGE, TITLE_ROW + 16.0));
    }
}

fn shown(limit: &Limit, frame: &Frame) -> bool {
    (frame.low..=frame.high).contains(&limit.value)
}

/// A series as columns.
struct Line {
    average: Columns,
    /// Where least and greatest differ from the average.
    veil: Option<Columns>,
    /// Down or up to the axis.
    area: Option<Columns>,
}

impl Line {
    fn of(chart: &Chart, index: usize, frame: &Frame) -> Line {
        let Series { points, gap_s, .. } = &chart.series[index];
        let sign = sign(chart, index);
        let upright = |value: f32| upright(chart, value) * sign;
        let ranged = points.iter().any(|point| point.min != point.avg || point.max != point.avg);
        let (average, veil) = if ranged {
            let values = |p: &Point| [upright(p.avg), upright(p.max), upright(p.min)];
            let [average, outer, inner] = Columns::trace(points, *gap_s, frame, values);
            let (above, below) = if sign > 0.0 { (outer, inner) } else { (inner, outer) };
            (average, Some(Columns::between(above, below)))
        } else {
            let [average] = Columns::trace(points, *gap_s, frame, |p| [upright(p.avg)]);
            (average, None)
        };
        let average = if sparse(points, frame) { average.rounded() } else { average };
        let area = (chart.style == Style::Mirrored && chart.series.len() <= 2).then(|| {
            let axis = vec![frame.row(0.0) as f32; frame.columns()];
            let Columns { top, bottom } = average.clone();
            // A gap has its top at +∞ and its bottom at -∞: it stays one.
            if sign > 0.0 { gapped(top, axis, &bottom) } else { gapped(axis, bottom, &top) }
        });
        Line { average, veil, area }
    }

    fn ground(&self, canvas: &mut Canvas, frame: &Frame, ink: Ink) {
        for (ground, step) in [(&self.area, AREA_STEP), (&self.veil, VEIL_STEP)] {
            if let Some(columns) = ground {
                columns.veil(canvas, frame, ink, step);
            }
        }
    }
}

/// Whether points lie so far apart that most of the line is drawn between them. Its pen may then be as wide as it
/// is high; where nearly each column has a value of its own, a column shows that and nothing of its neighbours.
fn sparse(points: &[Point], frame: &Frame) -> bool {
    let inside = points.iter().filter(|point| (frame.from..=frame.to).contains(&point.t)).count();
    inside * SPARSE_COLUMNS <= frame.columns()
}

/// An area with gaps where the line it belongs to has them.
fn gapped(mut top: Vec<f32>, mut bottom: Vec<f32>, line: &[f32]) -> Columns {
    for (column, _) in line.iter().enumerate().filter(|(_, row)| row.is_infinite()) {
        (top[column], bottom[column]) = (f32::INFINITY, f32::NEG_INFINITY);
    }
    Columns { top, bottom }
}

fn draw_band(band: &Band, canvas: &mut Canvas, frame: &Frame) {
    let points: Vec<Point> =
        band.points.iter().map(|&(t, low, high)| Point { t, min: low, avg: high, max: high }).collect();
    let [low, high] = Columns::trace(&points, f64::INFINITY, frame, |p| [p.min, p.max].map(f64::from));
    low.stroke(canvas, frame, Ink::BAND, Dash::HAIR);
    high.stroke(canvas, frame, Ink::BAND, Dash::HAIR);
    Columns::between(high, low).veil(canvas, frame, Ink::BAND, BAND_STEP);
}

/// Each area down to the next lower one. Row by row, since a picture's rows lie together in memory.
fn fill_stack(tops: &[Columns], canvas: &mut Canvas, frame: &Frame) {
    let rows = |columns: &Columns| -> Vec<i32> {
        columns
            .bottom
            .iter()
            .map(|&row| if row.is_finite() { row.round() as i32 } else { i32::MAX })
            .collect()
    };
    let areas: Vec<(u8, Vec<i32>)> =
        tops.iter().enumerate().map(|(i, top)| (Ink::series(i).at(STACK_STEP), rows(top))).rev().collect();
    let grid = Ink::GRID.at(FULL);
    for y in frame.y.0..(frame.row(0.0) as i32).min(frame.y.1) {
        let row = &mut canvas.row(y)[frame.x.0 as usize..frame.x.1 as usize];
        for (index, tops) in &areas {
            for (pixel, &top) in row.iter_mut().zip(tops) {
                *pixel = if y >= top && *pixel != grid { *index } else { *pixel };
            }
        }
    }
}

/// The middle of an area at an instant, as a value.
fn stacked_at(series: &[Series], index: usize, t: f64) -> f64 {
    let mut middle = 0.0;
    stack::sweep(series, (t, t), 1, |_, sums| {
        let below = index.checked_sub(1).and_then(|below| sums[below]).unwrap_or(0.0);
        middle = sums[index].map_or(below, |sum| f64::midpoint(below, sum));
    });
    middle
}

/// A lone value, which a line one column wide would hide.
fn dot(canvas: &mut Canvas, frame: &Frame, (column, row): (usize, f32), ink: Ink) {
    const RADIUS: f32 = 4.0;
    let (cx, cy) = ((frame.x.0 + column as i32) as f32 + 0.5, row);
    for y in (cy - RADIUS) as i32..=(cy + RADIUS) as i32 {
        for x in (cx - RADIUS) as i32..=(cx + RADIUS) as i32 {
            let away = (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy);
            let eighths = ((RADIUS + 0.5 - away).clamp(0.0, 1.0) * 8.0).round() as u8;
            if eighths > 0 {
                canvas.put(x, y, ink, eighths - 1);
            }
        }
    }
}

/// Where beside a row a text hides least of what is drawn: above or below it; left, in the middle or right.
fn least_covered(canvas: &Canvas, frame: &Frame, width: f32, row: f32) -> (f32, f32) {
    const AIR: f32 = 12.0;
    let height = cap_height(labels::SIZE);
    let (left, right) = (frame.x.0 as f32 + AIR, frame.x.1 as f32 - AIR - width);
    let fits = |baseline: &f32| *baseline - height > frame.y.0 as f32 && *baseline < frame.y.1 as f32;
    let baselines = [row - AIR, row + AIR + height].into_iter().filter(fits);
    let places =
        baselines.flat_map(|baseline| [left, f32::midpoint(left, right), right].map(|x| (x, baseline)));
    places
        .min_by_key(|&(x, baseline)| {
            let columns = x as usize..(x + width) as usize;
            let rows = (baseline - height) as usize..baseline as usize;
            rows.flat_map(|row| &canvas.pixels[row * WIDTH as usize..][columns.clone()])
                .filter(|&&pixel| pixel != 0 && pixel != Ink::GRID.at(FULL) && pixel != MIDNIGHT)
                .count()
        })
        .unwrap_or((left, row - AIR))
}

#[cfg(test)]
#[path = "chart_tests.rs"]
pub mod tests;
