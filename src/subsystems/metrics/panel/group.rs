//! One service's or container's memory or processor time: now, and as a chart of its minutes.

use super::{chart::caption, range_label, share};
use crate::{
    charts::{Chart, Series as Curve, Style as Drawn, Unit, Words},
    domain::{Bytes, Reader, Theme},
    intent::{
        View as AnyView,
        metrics::{Group, Range, Take, View},
    },
    kernel::cgroup::Owner,
    screen::{Block, Button, Mark, Picture, Screen, Style, Topic},
    subsystems::metrics::{
        groups::{Groups, REMEMBERED_MAX},
        messages::{History, Lines},
        series::Series,
    },
    t,
};

/// Minutes are kept for days, not for months.
const RANGES: [Range; 4] = [Range::Hour, Range::Hours6, Range::Day, Range::Week];

/// Which history its chart needs.
pub fn lines(group: &Group) -> Lines {
    let owner = group.owner.as_str().into();
    Lines::Named(vec![match group.take {
        Take::Memory => Series::GroupMemory(owner),
        Take::Cpu => Series::GroupCpu(owner),
    }])
}

pub fn view(group: &Group, history: &History, groups: &Groups, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let owner = Owner::parse(&group.owner);
    let name = match (&group.name, &owner) {
        (Some(name), _) => name.to_string(),
        (None, Owner::Container(id)) => Owner::short_id(id).to_owned(),
        (None, _) => group.owner.clone(),
    };
    let (what, unit) = match group.take {
        Take::Memory => (t!(lang, "metrics-title-memory"), Unit::Bytes),
        Take::Cpu => (t!(lang, "metrics-title-cpu-of-core"), Unit::Percent),
    };
    let points = history.lines.first().map(|line| line.points.clone()).unwrap_or_default();
    let recorded = !points.is_empty();
    let chart = Chart {
        title: format!("{name}: {what} · {}", range_label(group.range, reader.lang)),
        unit,
        from: history.from,
        to: history.to,
        timezone: reader.tz.iana_name().unwrap_or("UTC").to_owned(),
        light: reader.theme == Theme::Light,
        style: Drawn::Lines,
        series: vec![Curve { label: name.clone(), points, gap_s: history.gap_s }],
        limits: Vec::new(),
        band: None,
        top: None,
        words: Words::of(lang),
    };
    let mut blocks = vec![now(group, groups, &owner, reader)];
    if recorded {
        blocks.extend(caption(&chart, reader));
    } else if !history.in_part {
        blocks.push(Block::State(Mark::Unknown, t!(lang, "metrics-no-history")));
        blocks.push(Block::Note(t!(lang, "metrics-group-largest", n = REMEMBERED_MAX)));
    }
    if history.in_part {
        blocks.push(Block::State(Mark::Unknown, t!(lang, "metrics-history-in-part")));
    }
    let panel = match group.name {
        Some(_) => t!(lang, "dashboard-crumb-cargo"),
        None => t!(lang, "dashboard-crumb-engine"),
    };
    Screen {
        crumbs: vec![panel, name, what],
        blocks,
        as_of: Some(history.to),
        picture: Some(Picture::Chart(chart)),
        rows: rows(group, reader),
        topics: vec![Topic::Metrics],
        ..Screen::default()
    }
}

/// What it takes at this moment, or that it is not there.
fn now(group: &Group, groups: &Groups, owner: &Owner, reader: &Reader) -> Block {
    let lang = reader.lang;
    let Some(known) = groups.of(owner) else {
        return Block::State(Mark::Idle, t!(lang, "metrics-group-away"));
    };
    let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "–".to_owned(), |bytes| Bytes(bytes).to_string());
    Block::Pairs(match group.take {
        Take::Memory => {
            let cache = known.memory_bytes.zip(known.working_bytes).map(|(all, own)| all.saturating_sub(own));
            vec![
                (t!(lang, "metrics-group-own"), bytes(known.working_bytes)),
                (t!(lang, "metrics-group-cache"), bytes(cache)),
            ]
        }
        Take::Cpu => vec![(t!(lang, "metrics-group-now"), share(known.cpu))],
    })
}

fn rows(group: &Group, reader: &Reader) -> Vec<Vec<Button>> {
    let button = |label: String, group: Group| Button::view(label, AnyView::Metrics(View::Group(group)));
    let ranges = RANGES.map(|range| {
        let chosen = range == group.range;
        let label = range_label(range, reader.lang);
        let label = if chosen { format!("• {label}") } else { label };
        button(label, Group { range, ..group.clone() }).style(if chosen {
            Style::Primary
        } else {
            Style::Plain
        })
    });
    let (label, take) = match group.take {
        Take::Memory => ("📈 CPU", Take::Cpu),
        Take::Cpu => ("📈 RAM", Take::Memory),
    };
    let machine = t!(reader.lang, "metrics-door-status");
    let other = vec![
        button(label.to_owned(), Group { take, ..group.clone() }),
        Button::view(machine, AnyView::Metrics(View::Status)),
    ];
    vec![ranges.to_vec(), other]
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
