//! A chart of 4 × 1440 points at 1280×720: ours beside plotters' own way and matplotlib, over the same values, in one
//! run. `cargo bench --bench chart`; `PYTHON=… cargo bench --bench chart` names a Python that has matplotlib.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench measures and starts its peers"
)]

use std::{
    io::Write,
    process::{Command, Stdio},
    time::Instant,
};

use cockpit_bot::charts::{
    Chart, Point, Series, Style, Tile, Treemap, Unit, Words, render_chart, render_treemap,
};
use plotters::prelude::*;

const ROUNDS: usize = 101;
const POINTS: usize = 1440;
const END: f64 = 1_795_362_980.0;

fn main() {
    let chart = model();
    if std::env::args().any(|arg| arg == "--cold") {
        let started = Instant::now();
        let bytes = render_chart(&chart).expect("a picture").len();
        println!("{} {bytes}", started.elapsed().as_secs_f64() * 1e3);
        return;
    }
    let map = treemap();
    let mut ours = Row::new("cockpit, warm");
    let mut theirs = Row::new("plotters' own lines, fonts, RGB PNG");
    let mut tree = Row::new("cockpit, treemap of 300 boxes");
    let mut cold = Row::new("cockpit, first of a process");
    let own = std::env::current_exe().expect("this program");
    for round in 0..ROUNDS {
        ours.measure(|| render_chart(&chart).expect("a picture").len());
        theirs.measure(|| plotters_own(&chart).len());
        tree.measure(|| render_treemap(&map).expect("a picture").len());
        if round % 10 == 0 {
            let output = Command::new(&own).arg("--cold").output().expect("this program runs").stdout;
            let text = String::from_utf8(output).expect("two numbers");
            let mut numbers = text.split_whitespace().map(|n| n.parse::<f64>().expect("a number"));
            cold.times.push(numbers.next().expect("a time"));
            cold.bytes = numbers.next().expect("a size") as usize;
        }
    }
    let matplotlib = matplotlib(&chart);
    println!("4 × {POINTS} points, 1280×720, median of {ROUNDS} rounds in turn (one core each)");
    println!("{:38} {:>8} {:>8} {:>8} {:>8}", "", "ms", "ratio", "p90 ms", "KiB");
    let base = ours.at(0.5);
    for row in [&ours, &cold, &tree, &theirs].into_iter().chain(matplotlib.as_ref().ok()) {
        println!(
            "{:38} {:8.2} {:7.1}× {:8.2} {:8.1}",
            row.name,
            row.at(0.5),
            row.at(0.5) / base,
            row.at(0.9),
            row.bytes as f64 / 1024.0
        );
    }
    if let Err(why) = matplotlib {
        println!("skipped: matplotlib: {why}");
    }
}

struct Row {
    name: String,
    times: Vec<f64>,
    bytes: usize,
}

impl Row {
    fn new(name: &str) -> Row {
        Row { name: name.to_owned(), times: Vec::new(), bytes: 0 }
    }

    fn measure(&mut self, draw: impl FnOnce() -> usize) {
        let started = Instant::now();
        self.bytes = draw();
        self.times.push(started.elapsed().as_secs_f64() * 1e3);
    }

    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    }
}

/// Four lines of a day as a server makes them: slow waves, noise, now and then a peak.
fn model() -> Chart {
    let mut state = 88_172_645_463_325_252u64;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let series = (0..4).map(|line| {
        let points = (0..POINTS).map(|i| {
            let share = i as f64 / POINTS as f64;
            let wave = (share * (9.0 + f64::from(line)) + f64::from(line)).sin();
            let peak = if noise() > 0.995 { 30.0 } else { 0.0 };
            let avg = (14.0 + 18.0 * f64::from(line) + 6.0 * wave + 3.0 * noise() + peak) as f32;
            let (below, above) = (noise() as f32 * 3.0, noise() as f32 * 4.0);
            Point { t: END - 86_400.0 + share * 86_400.0, min: avg - below, avg, max: avg + above }
        });
        Series { label: format!("line {line}"), points: points.collect(), gap_s: 180.0 }
    });
    Chart {
        title: "Chart".to_owned(),
        unit: Unit::Percent,
        from: jiff::Timestamp::from_second(END as i64 - 86_400).expect("a time of this century"),
        to: jiff::Timestamp::from_second(END as i64).expect("a time of this century"),
        timezone: "Asia/Jakarta".to_owned(),
        light: false,
        style: Style::Lines,
        series: series.collect(),
        limits: Vec::new(),
        band: None,
        top: Some(100.0),
        words: Words::default(),
    }
}

fn treemap() -> Treemap {
    let tile = |i: u64| Tile {
        label: format!("folder-{i}"),
        bytes: 40_000_000_000 / (i + 1),
        children: (1..15)
            .map(|n| Tile {
                label: format!("file{n}"),
                bytes: 2_000_000_000 / (i + 1) / n,
                children: Vec::new(),
            })
            .collect(),
    };
    Treemap {
        title: "/".to_owned(),
        light: false,
        root: (0..20).map(tile).collect(),
        words: Words::default(),
    }
}

/// As plotters' examples draw it: its series, its text, its RGB bitmap.
fn plotters_own(chart: &Chart) -> Vec<u8> {
    static FONT: std::sync::Once = std::sync::Once::new();
    FONT.call_once(|| {
        let face = dejavu::sans::regular();
        if plotters::style::register_font("sans-serif", FontStyle::Normal, face).is_err() {
            panic!("the linked font is a font");
        }
    });
    let mut rgb = vec![0; 1280 * 720 * 3];
    {
        let root = BitMapBackend::with_buffer(&mut rgb, (1280, 720)).into_drawing_area();
        root.fill(&WHITE).expect("drawn");
        let mut plot = ChartBuilder::on(&root)
            .caption("Chart", ("sans-serif", 36))
            .margin(10)
            .x_label_area_size(50)
            .y_label_area_size(80)
            .build_cartesian_2d(END - 86_400.0..END, 0f32..100f32)
            .expect("laid out");
        plot.configure_mesh().label_style(("sans-serif", 26)).draw().expect("drawn");
        for (series, colour) in chart.series.iter().zip([RED, BLUE, GREEN, MAGENTA]) {
            let line = series.points.iter().map(|point| (point.t, point.avg));
            plot.draw_series(LineSeries::new(line, colour.stroke_width(2))).expect("drawn");
        }
        root.present().expect("drawn");
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1280, 720);
    encoder.set_color(png::ColorType::Rgb);
    // What plotters' own encoder (the image crate) asks for.
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().expect("written");
    writer.write_image_data(&rgb).expect("written");
    writer.finish().expect("written");
    bytes
}

/// Warm rounds inside one Python, so that its start is not counted.
fn matplotlib(chart: &Chart) -> Result<Row, String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let lines: Vec<_> = chart
        .series
        .iter()
        .map(|series| {
            let values: Vec<f32> = series.points.iter().map(|point| point.avg).collect();
            serde_json::json!({ "name": series.label, "values": values })
        })
        .collect();
    let times: Vec<f64> = chart.series[0].points.iter().map(|point| point.t).collect();
    let input = serde_json::json!({ "rounds": 15, "times": times, "lines": lines });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/chart.py");
    let mut child = Command::new(&python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{python}: {error}"))?;
    // An import that fails closes the pipe: its own words say why.
    let _ = child.stdin.take().expect("it was asked for").write_all(input.to_string().as_bytes());
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let answer: serde_json::Value = serde_json::from_str(&text).map_err(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        errors.lines().last().unwrap_or("no answer").to_owned()
    })?;
    let mut row = Row::new(&format!("matplotlib {}, warm", answer["version"].as_str().unwrap_or("?")));
    row.times = answer["ms"].as_array().into_iter().flatten().filter_map(|ms| ms.as_f64()).collect();
    row.bytes = answer["bytes"].as_u64().unwrap_or(0) as usize;
    Ok(row)
}
