//! What a picture shows, as plain data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{domain::Lang, t};

/// A chart over time. Drawn at 1280×720.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// With the unit: "Memory, GiB".
    pub title: String,
    pub unit: Unit,
    pub from: Timestamp,
    pub to: Timestamp,
    /// IANA name of the zone the time axis is labelled in.
    pub timezone: String,
    pub light: bool,
    pub style: Style,
    pub series: Vec<Series>,
    /// Dashed lines with labels: a threshold, a limit.
    pub limits: Vec<Limit>,
    /// Forecast: a band between low and high from its first point on.
    pub band: Option<Band>,
    /// The axis' least upper end; `None` follows the data. 100 for percentages.
    pub top: Option<f64>,
    pub words: Words,
}

/// The few words a picture needs, in the pilot's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Words {
    /// Shown in an empty picture: "no data yet".
    pub no_data: String,
    /// Twelve short names, January first; anything else and dates are written as numbers.
    pub months: Vec<String>,
}

impl Words {
    pub fn of(lang: Lang) -> Words {
        Words {
            no_data: t!(lang, "charts-no-data"),
            months: (1..=12i64).map(|month| t!(lang, "common-month", n = month)).collect(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    Lines,
    /// Areas stacked upon each other, first series lowest.
    Stacked,
    /// The first half of the series above the axis, the second half below (receive, transmit).
    Mirrored,
}

/// How axis labels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    Percent,
    Bytes,
    BytesPerSecond,
    Celsius,
    Count,
    Seconds,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub label: String,
    /// Oldest first. A gap is a point with `None`, or two points further apart than `gap_s`.
    pub points: Vec<Point>,
    /// Two neighbours further apart than this are not joined, seconds.
    pub gap_s: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Unix time, seconds.
    pub t: f64,
    pub min: f32,
    pub avg: f32,
    pub max: f32,
}

impl Point {
    pub fn single(t: f64, value: f32) -> Point {
        Point { t, min: value, avg: value, max: value }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    pub label: String,
    pub value: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    pub label: String,
    /// (unix seconds, low, high)
    pub points: Vec<(f64, f32, f32)>,
}

/// A treemap of sizes. Drawn at 1280×960.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Treemap {
    pub title: String,
    pub light: bool,
    /// Nested at most two levels deep; sizes of parents include their children.
    pub root: Vec<Tile>,
    pub words: Words,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    pub label: String,
    pub bytes: u64,
    pub children: Vec<Tile>,
}
