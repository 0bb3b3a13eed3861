//! Charts: which lines, how drawn, with which limits; figures in the caption; buttons for range and metric.

use super::{chart_button, degrees, outlook, range_label, screen, short};
use crate::{
    charts::{Chart, Limit, Point, Series as Curve, Style as Drawn, Unit, Words},
    domain::{Bytes, Reader, Theme},
    intent::{
        View as AnyView,
        metrics::{Metric, Range, View},
    },
    screen::{Align, Block, Button, Column, Mark, Picture, Screen, Style, Table},
    subsystems::metrics::{
        judge::Thresholds,
        messages::{History, Line, Lines, Snapshot},
        raw::SensorClass,
        series::Series,
    },
    t,
};

/// Curves beyond this cannot be told apart.
const CURVES_MAX: usize = 8;

/// Which history a chart needs.
pub fn lines(metric: Metric) -> Lines {
    let named = |series: &[Series]| Lines::Named(series.to_vec());
    match metric {
        Metric::Cpu => named(&[Series::Cpu]),
        Metric::CpuModes => named(&[Series::CpuSystem, Series::CpuUser, Series::CpuIowait, Series::CpuSteal]),
        Metric::CpuCores => Lines::Cores,
        Metric::Load => named(&[Series::Load]),
        Metric::Memory => named(&[Series::MemoryUsed, Series::MemoryCache]),
        Metric::Disks => Lines::Disks,
        Metric::DiskIo => named(&[Series::DiskRead, Series::DiskWritten]),
        Metric::Network => named(&[Series::NetReceived, Series::NetSent]),
        Metric::Temperature => Lines::Heat,
        Metric::Pressure => named(&[Series::WaitCpu, Series::WaitMemory, Series::WaitIo]),
    }
}

/// How a metric is drawn.
struct Look {
    title: String,
    unit: Unit,
    drawn: Drawn,
    top: Option<f64>,
}

fn look(metric: Metric, snapshot: &Snapshot, reader: &Reader) -> Look {
    let lang = reader.lang;
    let memory = snapshot.reading.as_ref().and_then(|reading| reading.memory);
    let cores = snapshot.reading.as_ref().map_or(0, |reading| reading.cores.len());
    let (title, unit, drawn, top) = match metric {
        Metric::Cpu => (t!(lang, "metrics-title-cpu"), Unit::Percent, Drawn::Lines, Some(100.0)),
        Metric::CpuModes => (t!(lang, "metrics-title-modes"), Unit::Percent, Drawn::Stacked, Some(100.0)),
        Metric::CpuCores => (t!(lang, "metrics-title-cores"), Unit::Percent, Drawn::Lines, Some(100.0)),
        Metric::Load => (t!(lang, "metrics-title-load"), Unit::Count, Drawn::Lines, Some(cores as f64)),
        Metric::Memory => {
            let top = memory.map(|memory| memory.total as f64);
            (t!(lang, "metrics-title-memory"), Unit::Bytes, Drawn::Stacked, top)
        }
        Metric::Disks => (t!(lang, "metrics-title-disks"), Unit::Percent, Drawn::Lines, Some(100.0)),
        Metric::DiskIo => (t!(lang, "metrics-title-io"), Unit::BytesPerSecond, Drawn::Mirrored, None),
        Metric::Network => (t!(lang, "metrics-title-net"), Unit::BytesPerSecond, Drawn::Mirrored, None),
        Metric::Temperature => (t!(lang, "metrics-title-heat"), Unit::Celsius, Drawn::Lines, None),
        Metric::Pressure => (t!(lang, "metrics-title-waits"), Unit::Percent, Drawn::Lines, None),
    };
    Look { title, unit, drawn, top: top.filter(|top| *top > 0.0) }
}

pub fn view(
    (metric, range): (Metric, Range),
    history: &History,
    snapshot: &Snapshot,
    thresholds: &Thresholds,
    reader: &Reader,
) -> Screen {
    let look = look(metric, snapshot, reader);
    let chosen = chosen(metric, &history.lines);
    let curves: Vec<Curve> = chosen
        .iter()
        .map(|line| Curve {
            label: label(&line.series, snapshot, reader),
            points: line.points.clone(),
            gap_s: history.gap_s,
        })
        .collect();
    let (to, band) = outlook::band(metric, range, history.to, &chosen, snapshot, reader.lang)
        .map_or((history.to, None), |(to, band)| (to, Some(band)));
    let chart = Chart {
        title: format!("{} · {}", look.title, range_label(range, reader.lang)),
        unit: look.unit,
        from: history.from,
        to,
        timezone: reader.tz.iana_name().unwrap_or("UTC").to_owned(),
        light: reader.theme == Theme::Light,
        style: look.drawn,
        limits: limits(metric, snapshot, thresholds, reader),
        band,
        top: look.top,
        words: Words::of(reader.lang),
        series: curves,
    };
    let mut screen = screen(reader, crumb(metric, look.title, reader));
    screen.as_of = Some(history.to);
    screen.can_live = matches!(range, Range::Quarter | Range::Hour);
    screen.blocks = caption(&chart, reader);
    if metric == Metric::Disks
        && let Some(reading) = &snapshot.reading
    {
        screen.blocks.extend(outlook::lines(snapshot, reading, reader.lang));
    }
    if history.in_part {
        screen.blocks.push(Block::State(Mark::Unknown, t!(reader.lang, "metrics-history-in-part")));
    }
    let left_out = history.lines.len() - chosen.len();
    if left_out > 0 {
        screen.blocks.push(Block::Note(t!(reader.lang, "metrics-curves-left-out", n = left_out)));
    }
    if metric == Metric::CpuCores && range.seconds() > Range::Hours6.seconds() {
        screen.blocks.push(Block::Note(t!(reader.lang, "metrics-cores-in-memory")));
    }
    screen.picture = Some(Picture::Chart(chart));
    screen.rows = rows(metric, range, snapshot, reader);
    screen
}

/// The title, where it is short enough to be a crumb.
fn crumb(metric: Metric, title: String, reader: &Reader) -> String {
    match metric {
        Metric::Network => t!(reader.lang, "metrics-crumb-network"),
        Metric::DiskIo => t!(reader.lang, "metrics-disk-io"),
        _ => title,
    }
}

/// No more curves than can be told apart: the ones with the highest values, in their own order.
fn chosen(metric: Metric, lines: &[Line]) -> Vec<&Line> {
    let mut chosen: Vec<&Line> = lines.iter().collect();
    // A stack or a mirror has its order from `lines`, and few of them.
    let wanted = match self::lines(metric) {
        Lines::Named(named) => {
            chosen.sort_by_key(|line| named.iter().position(|series| *series == line.series));
            return chosen;
        }
        Lines::Disks | Lines::Heat | Lines::Cores => CURVES_MAX,
    };
    let peak = |line: &&Line| line.points.iter().map(|point| point.max).fold(f32::MIN, f32::max);
    let mut by_peak: Vec<(usize, f32)> = chosen.iter().map(peak).enumerate().collect();
    by_peak.sort_by(|a, b| b.1.total_cmp(&a.1));
    let kept: Vec<usize> = by_peak.into_iter().take(wanted).map(|(nth, _)| nth).collect();
    let mut nth = 0;
    chosen.retain(|_| {
        nth += 1;
        kept.contains(&(nth - 1))
    });
    chosen
}

fn label(series: &Series, snapshot: &Snapshot, reader: &Reader) -> String {
    let lang = reader.lang;
    match series {
        Series::Cpu => "CPU".to_owned(),
        Series::CpuUser => t!(lang, "metrics-mode-user"),
        Series::CpuSystem => t!(lang, "metrics-mode-system"),
        Series::CpuIowait => t!(lang, "metrics-mode-iowait"),
        Series::CpuSteal => t!(lang, "metrics-mode-steal"),
        Series::Core(core) => t!(lang, "metrics-core", n = *core),
        Series::Load => t!(lang, "metrics-load"),
        Series::MemoryUsed => t!(lang, "metrics-disk-used"),
        Series::MemoryCache => t!(lang, "metrics-cache"),
        Series::SwapUsed | Series::SwapIn | Series::SwapOut => t!(lang, "metrics-swap"),
        Series::DiskRead => t!(lang, "metrics-disk-reads"),
        Series::DiskWritten => t!(lang, "metrics-disk-writes"),
        Series::NetReceived => t!(lang, "metrics-received"),
        Series::NetSent => t!(lang, "metrics-sent"),
        Series::WaitCpu => "CPU".to_owned(),
        Series::WaitMemory => "RAM".to_owned(),
        Series::WaitIo => t!(lang, "metrics-disks"),
        Series::DiskUsed(path) | Series::DiskShare(path) | Series::DiskInodes(path) => {
            short(std::path::Path::new(&**path))
        }
        Series::Heat(id) => {
            let sensors = snapshot.reading.iter().flat_map(|reading| &reading.sensors);
            let known = sensors.map(|heat| &heat.sensor).find(|sensor| *sensor.id == **id);
            known.map_or_else(|| id.to_string(), |sensor| sensor.label.clone())
        }
        Series::GroupMemory(owner) | Series::GroupCpu(owner) => owner.to_string(),
    }
}

fn limits(metric: Metric, snapshot: &Snapshot, thresholds: &Thresholds, reader: &Reader) -> Vec<Limit> {
    let lang = reader.lang;
    let percent = |limit: Option<crate::domain::Percent>| {
        limit.map(|limit| Limit {
            label: t!(lang, "metrics-alert-at", limit = limit.to_string()),
            value: f64::from(limit.0),
        })
    };
    let reading = snapshot.reading.as_ref();
    let limit = match metric {
        Metric::Cpu => percent(thresholds.cpu_above),
        Metric::Disks => percent(thresholds.disk_above),
        Metric::Load => reading
            .map(|reading| reading.cores.len())
            .filter(|cores| *cores > 0)
            .map(|cores| Limit { label: t!(lang, "metrics-all-cores", n = cores), value: cores as f64 }),
        Metric::Memory => reading.and_then(|reading| reading.memory).map(|memory| Limit {
            label: t!(lang, "metrics-memory-total", total = Bytes(memory.total).to_string()),
            value: memory.total as f64,
        }),
        Metric::Temperature => return heat_limits(snapshot, thresholds, reader),
        Metric::CpuModes | Metric::CpuCores | Metric::DiskIo | Metric::Network | Metric::Pressure => None,
    };
    limit.into_iter().collect()
}

/// The alarm's, and the lowest at which a processor protects itself.
fn heat_limits(snapshot: &Snapshot, thresholds: &Thresholds, reader: &Reader) -> Vec<Limit> {
    let lang = reader.lang;
    let alert = thresholds.temperature_above.map(|limit| Limit {
        label: t!(lang, "metrics-alert-at", limit = degrees(limit)),
        value: f64::from(limit),
    });
    let sensors = snapshot.reading.iter().flat_map(|reading| &reading.sensors);
    let processors = sensors.filter(|heat| heat.sensor.class == SensorClass::Cpu);
    let critical = processors.filter_map(|heat| heat.sensor.critical).reduce(f32::min).map(|limit| Limit {
        label: t!(lang, "metrics-critical-at", limit = degrees(limit)),
        value: f64::from(limit),
    });
    alert.into_iter().chain(critical).collect()
}

/// Least, average, most and last of each curve.
pub(super) fn caption(chart: &Chart, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let known: Vec<(&Curve, Figures)> =
        chart.series.iter().filter_map(|curve| Some((curve, Figures::of(&curve.points)?))).collect();
    if known.is_empty() {
        return vec![Block::State(Mark::Unknown, t!(lang, "metrics-no-history"))];
    }
    let most = known.iter().map(|(_, figures)| figures.max).fold(0.0, f32::max);
    let scale = Bytes(most.max(0.0) as u64).scale();
    let unit = match chart.unit {
        Unit::Percent => "%".to_owned(),
        Unit::Bytes => Bytes::unit(scale).to_owned(),
        Unit::BytesPerSecond => format!("{}/s", Bytes::unit(scale)),
        Unit::Celsius => "°C".to_owned(),
        Unit::Count | Unit::Seconds => String::new(),
    };
    let figure = |value: f32| match chart.unit {
        Unit::Bytes | Unit::BytesPerSecond => Bytes(value.max(0.0) as u64).figure(scale),
        Unit::Count => format!("{value:.2}"),
        Unit::Percent | Unit::Celsius | Unit::Seconds => format!("{value:.1}"),
    };
    let column = |title: String, align| Column { title, align, shrinks: align == Align::Left };
    let rows = known.iter().map(|(curve, figures)| {
        let cells = [figures.min, figures.avg, figures.max, figures.last].map(figure);
        std::iter::once(curve.label.clone()).chain(cells).collect()
    });
    vec![Block::Table(Table {
        columns: vec![
            column(unit, Align::Left),
            column(t!(lang, "metrics-min"), Align::Right),
            column(t!(lang, "metrics-avg"), Align::Right),
            column(t!(lang, "metrics-max"), Align::Right),
            column(t!(lang, "metrics-last"), Align::Right),
        ],
        rows: rows.collect(),
    })]
}

struct Figures {
    min: f32,
    avg: f32,
    max: f32,
    last: f32,
}

impl Figures {
    /// The average is over points, which stand for the same while each.
    fn of(points: &[Point]) -> Option<Figures> {
        let last = points.last()?.avg;
        let min = points.iter().map(|point| point.min).fold(f32::MAX, f32::min);
        let max = points.iter().map(|point| point.max).fold(f32::MIN, f32::max);
        let sum: f64 = points.iter().map(|point| f64::from(point.avg)).sum();
        Some(Figures { min, avg: (sum / points.len() as f64) as f32, max, last })
    }
}

fn rows(metric: Metric, range: Range, snapshot: &Snapshot, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let ranges = Range::ALL.map(|other| {
        let label = range_label(other, lang);
        let label = if other == range { format!("• {label}") } else { label };
        let style = if other == range { Style::Primary } else { Style::Plain };
        chart_button(label, metric, other).style(style)
    });
    let other =
        |wanted: Metric, label: String| (wanted != metric).then(|| chart_button(label, wanted, range));
    let heat = snapshot.reading.as_ref().is_none_or(|reading| !reading.sensors.is_empty());
    let main: Vec<Button> = [
        other(Metric::Cpu, "CPU".into()),
        other(Metric::Memory, "RAM".into()),
        other(Metric::Disks, t!(lang, "metrics-disks")),
        other(Metric::Network, t!(lang, "metrics-net")),
        other(Metric::Temperature, t!(lang, "metrics-heat")).filter(|_| heat),
    ]
    .into_iter()
    .flatten()
    .collect();
    let near: Vec<Button> = match metric {
        Metric::Cpu | Metric::CpuModes | Metric::CpuCores | Metric::Load | Metric::Pressure => [
            other(Metric::CpuModes, t!(lang, "metrics-chart-modes")),
            other(Metric::CpuCores, t!(lang, "metrics-chart-cores")),
            other(Metric::Load, t!(lang, "metrics-chart-load")),
            other(Metric::Pressure, t!(lang, "metrics-chart-waits")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Metric::Disks | Metric::DiskIo => [
            other(Metric::Disks, t!(lang, "metrics-chart-fill")),
            other(Metric::DiskIo, t!(lang, "metrics-chart-io")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Metric::Memory | Metric::Network | Metric::Temperature => Vec::new(),
    };
    let text = Button::view(t!(lang, "metrics-door-status"), AnyView::Metrics(View::Status));
    let mut rows = vec![ranges[..3].to_vec(), ranges[3..].to_vec(), main];
    rows.extend(near.chunks(2).map(<[Button]>::to_vec));
    rows.push(vec![text]);
    rows
}
