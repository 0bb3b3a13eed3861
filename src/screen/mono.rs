//! The monospaced parts of a screen as lines of at most [`COLUMNS`] columns: bars, sparklines, pairs, tables, logs.
//! Pure text; escaping and tags are the renderer's.

use jiff::{Timestamp, civil::Date};

use super::{
    Align, Block, LogLine, Table,
    text::{clean, clean_lines, columns, fit, pad, wrap},
};
use crate::{domain::Reader, t};

/// What a phone held upright shows of a monospaced line without breaking it.
pub const COLUMNS: usize = 34;

/// The bar and the sparkline: wide enough to read, and room left for two figures with units.
const GAUGE: usize = 10;
const GAUGE_MIN: usize = 5;
const LABEL_MAX: usize = 8;
const KEY_MAX: usize = 14;

/// One entry of a log may take this many lines: about 130 characters.
const ENTRY_LINES: usize = 4;
const VALUE_LINES: usize = 4;

/// A message holds 4096 characters: what stands further down is never shown.
const PRE_LINES: usize = 500;

/// Bars and sparklines that stand together share the width of label and gauge.
pub fn gauges(run: &[&Block]) -> Vec<String> {
    let parts: Vec<(String, String)> = run.iter().map(|block| gauge_texts(block)).collect();
    let text = widest(parts.iter().map(|(_, text)| text.as_str()));
    let label = widest(parts.iter().map(|(label, _)| label.as_str()));
    // Longer ones are cut, unless the shortest gauge leaves room for the whole of the longest.
    let whole = label + 2 + GAUGE_MIN + text <= COLUMNS;
    let label = if whole { label } else { label.min(LABEL_MAX) };
    let lead = if label == 0 { 0 } else { label + 1 };
    let gauge = COLUMNS.saturating_sub(lead + 1 + text).clamp(GAUGE_MIN, GAUGE);
    run.iter()
        .zip(&parts)
        .map(|(block, (name, text))| {
            let mut line = if lead == 0 { String::new() } else { pad(name, label, false) + " " };
            line.push_str(&match block {
                Block::Bar { share, .. } => bar(*share, gauge),
                Block::Spark { values, max, .. } => spark(values, *max, gauge),
                _ => String::new(),
            });
            if !text.is_empty() {
                line.push(' ');
                line.push_str(&fit(text, COLUMNS - lead - gauge - 1));
            }
            line.trim_end().to_owned()
        })
        .collect()
}

fn gauge_texts(block: &Block) -> (String, String) {
    match block {
        Block::Bar { label, text, .. } | Block::Spark { label, text, .. } => (clean(label), clean(text)),
        _ => (String::new(), String::new()),
    }
}

/// Eighths of a block: full only when it is full, empty only when it is empty. `None` is told by "?".
pub fn bar(share: Option<f32>, width: usize) -> String {
    let Some(share) = share.filter(|share| share.is_finite()) else {
        let left = width.saturating_sub(1) / 2;
        return "░".repeat(left) + "?" + &"░".repeat(width.saturating_sub(1) - left);
    };
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let all = width * 8;
    let mut eighths = (share.clamp(0.0, 1.0) * all as f32).round() as usize;
    if share > 0.0 {
        eighths = eighths.max(1);
    }
    if share < 1.0 {
        eighths = eighths.min(all - 1);
    }
    let mut bar = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    bar.push_str(&"░".repeat(width - columns(&bar)));
    bar
}

/// Oldest first. More values than columns are gathered by their maximum, so that no peak is lost.
pub fn spark(values: &[Option<f32>], max: Option<f32>, width: usize) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let count = values.len().min(width);
    let gathered: Vec<Option<f32>> = (0..count)
        .map(|i| {
            let part = &values[i * values.len() / count..(i + 1) * values.len() / count];
            part.iter().flatten().copied().filter(|v| v.is_finite()).reduce(f32::max)
        })
        .collect();
    let top = max
        .filter(|top| top.is_finite() && *top > 0.0)
        .or_else(|| gathered.iter().flatten().copied().reduce(f32::max))
        .unwrap_or(0.0);
    let step = |value: f32| {
        let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
        STEPS[(share * 7.0).round() as usize]
    };
    let drawn: String = gathered.into_iter().map(|value| value.map_or(' ', step)).collect();
    pad(&drawn, width, true)
}

pub fn pairs(pairs: &[(String, String)]) -> Vec<String> {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(key, value)| (clean(key), clean(value))).collect();
    let key = widest(pairs.iter().map(|(key, _)| key.as_str())).min(KEY_MAX);
    let lead = if key == 0 { 0 } else { key + 2 };
    let mut lines = Vec::new();
    for (name, value) in &pairs {
        for (i, part) in limited(wrap(value, COLUMNS - lead), VALUE_LINES, COLUMNS - lead).iter().enumerate()
        {
            let name = if i == 0 { pad(name, lead, false) } else { " ".repeat(lead) };
            lines.push((name + part).trim_end().to_owned());
        }
    }
    lines
}

/// Cells are padded to their column; what is too wide together is taken from the column that shrinks, then from the
/// widest ones.
pub fn table(table: &Table) -> Vec<String> {
    let count = table.columns.len();
    if count == 0 {
        return Vec::new();
    }
    let head: Vec<String> = table.columns.iter().map(|column| clean(&column.title)).collect();
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| (0..count).map(|i| row.get(i).map(|cell| clean(cell)).unwrap_or_default()).collect())
        .collect();
    let mut widths: Vec<usize> = (0..count)
        .map(|i| widest(rows.iter().map(|row| row[i].as_str()).chain([head[i].as_str()])))
        .collect();
    let shrinks = table.columns.iter().position(|column| column.shrinks);
    narrow(&mut widths, COLUMNS.saturating_sub(count - 1), shrinks);
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&table.columns).zip(&widths);
        let cells = cells.map(|((cell, column), width)| pad(cell, *width, column.align == Align::Right));
        fit(cells.collect::<Vec<_>>().join(" ").trim_end(), COLUMNS)
    };
    let titled = head.iter().any(|title| !title.is_empty());
    titled.then(|| line(&head)).into_iter().chain(rows.iter().map(|row| line(row))).collect()
}

/// Takes away until the sum is at most `room`.
fn narrow(widths: &mut [usize], room: usize, shrinks: Option<usize>) {
    /// A name of fewer columns tells nothing.
    const LEAST: usize = 4;
    let over = |widths: &[usize]| widths.iter().sum::<usize>().saturating_sub(room);
    if let Some(i) = shrinks {
        widths[i] -= over(widths).min(widths[i].saturating_sub(LEAST));
    }
    while over(widths) > 0 {
        let Some(widest) = widths.iter_mut().max() else { return };
        if *widest == 0 {
            return;
        }
        *widest -= 1;
    }
}

/// `14:03:22 ▲ text`, the day on a line of its own where it is not the day before it (today for the first).
pub fn log(lines: &[LogLine], reader: &Reader) -> Vec<String> {
    let mut day = reader.now.to_zoned(reader.tz.clone()).date();
    let mut drawn = Vec::new();
    for line in lines {
        let mut head = String::new();
        if let Some(at) = line.at {
            let at = at.to_zoned(reader.tz.clone());
            if at.date() != day {
                day = at.date();
                drawn.push(format!("── {} ──", day_name(day, reader)));
            }
            head = at.strftime("%H:%M:%S ").to_string();
        }
        match line.priority {
            Some(0..=3) => head.push_str("✖ "),
            Some(4) => head.push_str("▲ "),
            _ => {}
        }
        let text = head + &clean(&line.text);
        let mut parts = wrap(&text, COLUMNS);
        if parts.len() > 1 {
            let rest = wrap(text[parts[0].len()..].trim_start(), COLUMNS - 2);
            parts.truncate(1);
            parts.extend(rest.iter().map(|part| format!("  {part}")));
        }
        drawn.extend(limited(parts, ENTRY_LINES, COLUMNS));
    }
    drawn
}

/// As it is, but harmless; longer lines go on below.
pub fn pre(text: &str) -> Vec<String> {
    clean_lines(text, PRE_LINES).iter().flat_map(|line| wrap_keeping_lead(line)).collect()
}

/// Spaces at the start are an indent here, not a place to break.
fn wrap_keeping_lead(line: &str) -> Vec<String> {
    if columns(line) <= COLUMNS {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let indent = indent.min(COLUMNS / 2);
    let lead = " ".repeat(indent);
    wrap(&line[indent..], COLUMNS - indent).into_iter().map(|part| format!("{lead}{part}")).collect()
}

/// "14:03:22", with the day in front when it is not today: "21 Nov 14:03:22".
pub fn clock(at: Timestamp, reader: &Reader) -> String {
    let at = at.to_zoned(reader.tz.clone());
    let time = at.strftime("%H:%M:%S").to_string();
    if at.date() == reader.now.to_zoned(reader.tz.clone()).date() {
        time
    } else {
        format!("{} {time}", day_name(at.date(), reader))
    }
}

/// "21 Nov".
fn day_name(day: Date, reader: &Reader) -> String {
    let month = t!(reader.lang, "common-month", n = i64::from(day.month()));
    format!("{} {month}", day.day())
}

/// At most `max` lines; the last one kept ends in "…" when there were more.
fn limited(mut lines: Vec<String>, max: usize, width: usize) -> Vec<String> {
    if lines.len() > max {
        lines.truncate(max);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last}………"), width.min(columns(last) + 1));
        }
    }
    lines
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(columns).max().unwrap_or(0)
}
