//! Models for tests: one of each kind the rooms draw, with the oddities real machines have.

use jiff::Timestamp;

use super::model::*;
use crate::domain::Lang;

pub const NOW: i64 = 1_795_362_980; // 2026-11-22 16:16:20 UTC

/// A reproducible sequence of numbers from 0 to 1.
pub fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

pub fn chart(title: &str, unit: Unit, style: Style, hours: f64) -> Chart {
    Chart {
        title: title.to_owned(),
        unit,
        from: Timestamp::from_second(NOW - (hours * 3600.0) as i64).expect("a time of this century"),
        to: Timestamp::from_second(NOW).expect("a time of this century"),
        timezone: "Asia/Jakarta".to_owned(),
        light: false,
        style,
        series: Vec::new(),
        limits: Vec::new(),
        band: None,
        top: None,
        words: Words::of(Lang::En),
    }
}

/// `count` points over the last hours; `value(share of the time, noise)`.
pub fn series(
    label: &str,
    hours: f64,
    count: usize,
    seed: u64,
    value: impl Fn(f64, &mut dyn FnMut() -> f64) -> f64,
) -> Series {
    let mut noise = noise(seed);
    let step = hours * 3600.0 / (count.max(2) - 1) as f64;
    let points = (0..count)
        .map(|i| {
            let share = i as f64 / (count.max(2) - 1) as f64;
            let t = NOW as f64 - hours * 3600.0 + i as f64 * step;
            Point::single(t, value(share, &mut noise) as f32)
        })
        .collect();
    Series { label: label.to_owned(), points, gap_s: step * 2.5 }
}

/// Least and greatest around each average.
pub fn ranged(mut series: Series, spread: f32, seed: u64) -> Series {
    let mut noise = noise(seed);
    for point in &mut series.points {
        let peak = if noise() > 0.985 { 6.0 } else { 1.0 };
        point.min = (point.avg - spread * noise() as f32).max(0.0);
        point.max = point.avg + spread * peak * noise() as f32;
    }
    series
}

pub fn with_gap(mut series: Series, from: f64, to: f64) -> Series {
    let (first, last) = (series.points[0].t, series.points[series.points.len() - 1].t);
    let at = |share: f64| first + (last - first) * share;
    series.points.retain(|point| point.t < at(from) || point.t > at(to));
    series
}

const GIB: f64 = (1u64 << 30) as f64;

/// (file name, chart)
pub fn charts() -> Vec<(&'static str, Chart)> {
    let day = |share: f64| (share * std::f64::consts::TAU).sin();
    let cpu = chart_cpu();
    let mut cores = chart("CPU by core", Unit::Percent, Style::Lines, 6.0);
    cores.top = Some(100.0);
    cores.series = (0..16)
        .map(|i| {
            series(&format!("core {i}"), 6.0, 360, i + 7, |_, n| (5.0 + 6.0 * i as f64 * n()).min(100.0))
        })
        .collect();
    let mut memory = chart("Memory", Unit::Bytes, Style::Stacked, 24.0);
    memory.series = vec![
        series("used", 24.0, 1440, 3, |x, n| GIB * (3.0 + day(x) * 0.6 + 0.1 * n())),
        series("cache", 24.0, 1440, 4, |x, n| GIB * (2.4 - day(x) * 0.8 + 0.05 * n())),
        series("buffers", 24.0, 1440, 5, |_, n| GIB * (0.35 + 0.02 * n())),
    ]
    .into_iter()
    .map(|series| with_gap(series, 0.6, 0.66))
    .collect();
    memory.top = Some(7.7 * GIB);
    let mut network = chart("Network", Unit::BytesPerSecond, Style::Mirrored, 6.0);
    let burst = |n: &mut dyn FnMut() -> f64| if n() > 0.97 { 9e6 * n() } else { 0.0 };
    network.series = vec![
        ranged(series("in", 6.0, 720, 8, |x, n| 1.2e6 + 8e5 * day(x) + burst(n) + 2e5 * n()), 2e5, 1),
        ranged(series("out", 6.0, 720, 9, |_, n| 3e5 + burst(n) * 0.3 + 1e5 * n()), 5e4, 2),
    ];
    let mut temperature = chart("Temperature", Unit::Celsius, Style::Lines, 168.0);
    temperature.timezone = "Europe/Berlin".to_owned();
    temperature.series = vec![
        ranged(series("CPU", 168.0, 672, 21, |x, n| 58.0 + 9.0 * (x * 44.0).sin() + 4.0 * n()), 5.0, 3),
        ranged(series("nvme0", 168.0, 672, 22, |x, n| 47.0 + 3.0 * (x * 44.0).sin() + 2.0 * n()), 2.0, 4),
    ];
    temperature.limits = vec![
        Limit { label: "warm 80 °C".to_owned(), value: 80.0 },
        Limit { label: "critical 95 °C".to_owned(), value: 95.0 },
    ];
    let mut one = chart("Load", Unit::Count, Style::Lines, 0.25);
    one.series = vec![series("load 1", 0.25, 90, 33, |_, n| 0.4 + n())];
    let empty = chart("Backups, duration", Unit::Seconds, Style::Lines, 24.0);
    vec![
        ("cpu", cpu),
        ("cores", cores),
        ("memory", memory),
        ("network", network),
        ("temperature", temperature),
        ("disks", chart_disks()),
        ("load", one),
        ("empty", empty),
    ]
}

fn chart_cpu() -> Chart {
    let mut cpu = chart("CPU", Unit::Percent, Style::Lines, 24.0);
    cpu.top = Some(100.0);
    cpu.limits = vec![Limit { label: "alarm above 90 %".to_owned(), value: 90.0 }];
    let load = series("total", 24.0, 1440, 11, |x, n| {
        let spike = if n() > 0.995 { 50.0 } else { 0.0 };
        (18.0 + 10.0 * (x * 9.0).sin() + 12.0 * n() + spike).clamp(0.0, 100.0)
    });
    cpu.series = vec![with_gap(ranged(load, 8.0, 12), 0.3, 0.36)];
    cpu
}

fn chart_disks() -> Chart {
    let mut disks = chart("Disks, used", Unit::Percent, Style::Lines, 720.0);
    disks.top = Some(100.0);
    disks.to = Timestamp::from_second(NOW + 6 * 86_400).expect("a time of this century");
    disks.words = Words::of(Lang::Id);
    disks.series = vec![
        series("/", 720.0, 1440, 41, |x, n| 61.0 + 2.0 * x + 0.3 * n()),
        series("/mnt/dre", 720.0, 1440, 42, |x, n| 70.0 + 17.0 * x + 0.3 * n()),
        series("/boot", 720.0, 1440, 43, |x, _| if x < 0.6 { 31.0 } else { 44.0 }),
        series("/mnt/old", 500.0, 900, 44, |_, n| 12.0 + n()),
    ];
    disks.limits = vec![Limit { label: "85 %".to_owned(), value: 85.0 }];
    let band = (0..=6).map(|day| {
        let ahead = f64::from(day);
        (NOW as f64 + ahead * 86_400.0, (87.0 + ahead * 0.4) as f32, (87.0 + ahead * 1.9) as f32)
    });
    disks.band = Some(Band { label: "/mnt/dre".to_owned(), points: band.collect() });
    disks
}

/// (file name, treemap)
pub fn treemaps() -> Vec<(&'static str, Treemap)> {
    let tile = |label: &str, bytes: f64, children: Vec<Tile>| Tile {
        label: label.to_owned(),
        bytes: (bytes * GIB) as u64,
        children,
    };
    let mut noise = noise(5);
    let mut many = |name: &str, count: usize, scale: f64| -> Vec<Tile> {
        (0..count)
            .map(|i| tile(&format!("{name}{:03}", i + 1), scale * (0.02 + noise().powi(6)), Vec::new()))
            .collect()
    };
    let photos = many("IMG_", 400, 1.1);
    let sum = |tiles: &[Tile]| tiles.iter().map(|tile| tile.bytes as f64 / GIB).sum::<f64>();
    let root = vec![
        tile("photos", sum(&photos) + 4.0, photos),
        tile(
            "backups",
            58.0,
            vec![
                tile("restic", 41.0, Vec::new()),
                tile("borg-old-laptop", 12.5, Vec::new()),
                tile("db.dump", 3.0, Vec::new()),
            ],
        ),
        tile("docker", 33.0, vec![tile("overlay2", 27.0, Vec::new()), tile("volumes", 6.0, Vec::new())]),
        tile("movie-collection-2019-uncompressed.mkv", 21.0, Vec::new()),
        tile("музыка", 9.0, Vec::new()),
        tile("evil\u{202e}\nname\u{0}\u{1b}[31m", 7.0, Vec::new()),
        tile("日本語のフォルダ", 5.0, Vec::new()),
        tile("logs", 2.4, Vec::new()),
        tile("tmp", 0.8, Vec::new()),
    ];
    let map = |title: &str, root| Treemap {
        title: title.to_owned(),
        light: false,
        root,
        words: Words::of(Lang::Id),
    };
    let names = [
        "node_modules",
        "com.example.VeryLongApplicationName",
        "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenfabrik",
        "quarterly_report_final_v2 (copy).docx",
        "IMG_20240131_184512.HEIC",
        "linux-image-6.8.0-45-generic_6.8.0-45.45_amd64.deb",
        "New folder (2)",
        "..........................................................",
        "a",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Foto liburan keluarga besar di Yogyakarta, Juni 2024",
    ];
    let narrow = (0..60).map(|n| tile(names[n % names.len()], 40.0 / (n + 1) as f64, Vec::new())).collect();
    vec![
        ("names", map("/home/dre/a-folder-with-a-name/that-is-longer-than-the-title/of-the-picture", narrow)),
        ("usage", map("/mnt/dre", root)),
        ("flat", map("/var/log", many("journal-", 60, 3.0))),
        ("nothing", map("/empty", Vec::new())),
    ]
}
