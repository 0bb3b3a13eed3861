//! The lists, and what the dashboard says of services. Pure: a snapshot and a reader in, a screen out.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    messages::{Glimpse, ListPage, Row, UnitRow},
    state::Link,
    unit::{Active, Load, Unit},
    words,
};
use crate::{
    domain::Reader,
    intent::{
        Hole, View as AnyView,
        services::{Filter, View},
    },
    locale::{ago, span},
    room::{Glance, Problem},
    screen::{Block, Button, Mark, Pager, Prompt, Screen, Topic},
    t,
};

/// Two lines each, and as many buttons.
pub const PER_PAGE: usize = 8;
/// Monospaced columns of a phone.
const COLUMNS: usize = 34;
/// Problems of this room on the dashboard, each with a line of its own.
const PROBLEMS_MAX: usize = 8;

pub fn at(filter: Filter) -> AnyView {
    AnyView::Services(View::List { filter, search: None, page: 0 })
}

pub fn list(page: &ListPage, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let ask = &page.ask;
    let mut blocks = link_blocks(&page.link, reader);
    let counts = page.counts;
    let summary =
        t!(lang, "services-counts", failed = counts.failed, watched = counts.watched, all = counts.all);
    let worst = if counts.failed > 0 { Mark::Bad } else { Mark::Good };
    if matches!(page.link, Link::Up { .. }) {
        blocks.push(Block::State(worst, summary));
    }
    let asks = ask.search.as_deref() == Some("");
    if let Some(words) = ask.search.as_ref().filter(|_| !asks) {
        blocks.push(Block::text(t!(lang, "services-found", n = page.found, words = words.as_str())));
    }
    if let Some(error) = &page.trouble {
        blocks.push(Block::State(Mark::Unknown, words::bus_error(lang, error)));
    }
    if page.rows.is_empty() {
        if page.trouble.is_none() {
            blocks.push(Block::Note(empty(page, reader)));
        }
    } else {
        let lines: Vec<String> = page.rows.iter().map(|row| row_lines(row, page, reader)).collect();
        blocks.push(Block::Pre(lines.join("\n")));
    }
    let view = |number| {
        AnyView::Services(View::List { filter: ask.filter, search: ask.search.clone(), page: number })
    };
    Screen {
        crumbs: vec![t!(lang, "services-crumb-engine"), t!(lang, "services-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows: list_rows(page, reader),
        pager: Pager::over(page.found, PER_PAGE, ask.page, view),
        topics: vec![Topic::Services],
        // Empty words ask for some.
        prompt: asks.then(|| Prompt { hole: Hole::ServicesSearch, hint: t!(lang, "services-search-hint") }),
        can_live: true,
        ..Screen::default()
    }
}

/// What stands above everything while there is no connection.
pub fn link_blocks(link: &Link, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    match link {
        Link::Up { .. } => Vec::new(),
        Link::Opening => vec![Block::State(Mark::Busy, t!(lang, "services-connecting"))],
        Link::Down { since, error } => vec![
            Block::State(
                Mark::Look,
                t!(
                    lang,
                    "services-reconnecting",
                    why = words::bus_error(lang, error),
                    span = span(lang, age(*since, reader))
                ),
            ),
            Block::Note(words::bus_mend(lang, error)),
        ],
    }
}

fn empty(page: &ListPage, reader: &Reader) -> String {
    let lang = reader.lang;
    match (page.ask.filter, &page.ask.search) {
        (_, Some(_)) => t!(lang, "services-empty-search"),
        (Filter::Watched, None) => t!(lang, "services-empty-watched"),
        (Filter::Failed, None) => t!(lang, "services-empty-failed"),
        (Filter::Timers, None) => t!(lang, "services-empty-timers"),
        (Filter::All, None) => t!(lang, "services-empty-all"),
    }
}

fn row_lines(row: &Row, page: &ListPage, reader: &Reader) -> String {
    let lang = reader.lang;
    match row {
        Row::Unit(row) => {
            let UnitRow { unit, reading, load, doing } = &**row;
            let mark = if doing.is_some() {
                Mark::Busy
            } else {
                words::mark(unit, page.ask.filter == Filter::Watched)
            };
            let state = match doing {
                Some(verb) => words::doing(lang, *verb),
                None => words::state(lang, unit),
            };
            let since = unit.since.filter(|_| doing.is_none()).map(|since| span(lang, age(since, reader)));
            let state = match since {
                Some(since) => format!("{state} {since}"),
                None => state,
            };
            let mut figures = Vec::new();
            if let Some(ending) = words::ending(lang, unit).filter(|_| unit.active != Active::Active) {
                figures.push(ending);
            }
            if let Some(reading) = reading {
                figures.extend(reading.memory.map(|memory| memory.to_string()));
                figures.extend(load.now.map(words::percent).or_else(|| {
                    load.average.map(|a| t!(lang, "services-average", percent = words::percent(a)))
                }));
            }
            if let Some(restarts) = unit.restarts.filter(|n| *n > 0) {
                figures.push(format!("↻{restarts}"));
            }
            two_lines(mark, unit.name.short(), &state, &figures.join(" · "))
        }
        Row::File(file) => {
            two_lines(Mark::Idle, file.name.short(), &t!(lang, "services-not-loaded"), &file.state)
        }
        Row::Timer(timer) => {
            let mark = if timer.active == Active::Failed { Mark::Bad } else { Mark::Good };
            let name = timer.name.as_str().strip_suffix(".timer").unwrap_or(timer.name.as_str());
            let next = match timer.timer.next {
                Some(next) if next >= reader.now => {
                    t!(lang, "services-timer-in", span = span(lang, until(next, reader)))
                }
                Some(_) => t!(lang, "services-timer-due"),
                None => "–".into(),
            };
            let last = match timer.timer.last {
                Some(last) => t!(lang, "services-timer-last", ago = ago(lang, age(last, reader))),
                None => t!(lang, "services-timer-never"),
            };
            two_lines(mark, name, &next, &last)
        }
    }
}

/// `✔ name          state`, and below it the figures. The name gives way to the state.
fn two_lines(mark: Mark, name: &str, state: &str, below: &str) -> String {
    let state: String = state.chars().take(COLUMNS - 8).collect();
    let room = COLUMNS - 3 - state.chars().count();
    let head = format!("{} {:<room$} {state}", mark.sign(), cut(name, room));
    if below.is_empty() { head } else { format!("{head}\n    {}", cut_end(below, COLUMNS - 4)) }
}

/// The middle of a long name says least: its beginning and its end stay.
fn cut(text: &str, max: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= max {
        return text.to_owned();
    }
    let tail = max / 3;
    let head = max.saturating_sub(tail + 1);
    chars[..head].iter().chain(&['…']).chain(&chars[chars.len() - tail..]).collect()
}

fn cut_end(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

fn list_rows(page: &ListPage, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let buttons: Vec<Button> = page
        .rows
        .iter()
        .map(|row| {
            let (sign, name) = match row {
                Row::Unit(row) => {
                    (words::mark(&row.unit, page.ask.filter == Filter::Watched).sign(), row.unit.name.short())
                }
                Row::File(file) => (Mark::Idle.sign(), file.name.short()),
                Row::Timer(timer) => ("⏱", timer.name.as_str()),
            };
            Button::view(
                format!("{sign} {}", cut(name, 20)),
                AnyView::Services(View::Unit(row.name().clone())),
            )
        })
        .collect();
    let mut rows: Vec<Vec<Button>> = buttons.chunks(2).map(<[Button]>::to_vec).collect();
    let tab = |filter: Filter, label: String| {
        let label = if page.ask.filter == filter { format!("● {label}") } else { label };
        Button::view(label, at(filter))
    };
    rows.push(vec![
        tab(Filter::Watched, t!(lang, "services-tab-watched")),
        tab(Filter::Failed, t!(lang, "services-tab-failed", n = page.counts.failed)),
    ]);
    let asking = View::List { filter: Filter::All, search: Some(String::new()), page: 0 };
    rows.push(vec![
        tab(Filter::All, t!(lang, "services-tab-all")),
        tab(Filter::Timers, t!(lang, "services-tab-timers")),
        Button::view(t!(lang, "services-search"), AnyView::Services(asking)),
    ]);
    rows
}

/// What the dashboard says, the worst first.
pub fn glance(glimpse: &Glimpse, reader: &Reader) -> Glance {
    let lang = reader.lang;
    if let Link::Opening = glimpse.link {
        return Glance {
            blocks: vec![Block::State(Mark::Busy, t!(lang, "services-connecting"))],
            ..Glance::default()
        };
    }
    if let Link::Down { error, .. } = &glimpse.link {
        let line = t!(lang, "services-glance-unknown", why = words::bus_error(lang, error));
        let problem = Problem {
            mark: Mark::Look,
            line: line.clone(),
            label: t!(lang, "services-crumb"),
            view: at(Filter::Watched),
        };
        // Where nothing is watched there is nothing to worry about: a container without systemd is one.
        return match glimpse.watched.is_empty() {
            true => Glance { blocks: vec![Block::State(Mark::Unknown, line)], ..Glance::default() },
            false => Glance { problems: vec![problem], ..Glance::default() },
        };
    }
    let watched = |unit: &Unit| glimpse.watched.iter().any(|other| other.name == unit.name);
    let mut problems: Vec<Problem> = Vec::new();
    let mut others = 0;
    let faulty = glimpse.watched.iter().chain(glimpse.failed.iter().filter(|unit| !watched(unit)));
    for unit in faulty {
        let mark = words::mark(unit, watched(unit));
        if mark < Mark::Look {
            continue;
        }
        if problems.len() == PROBLEMS_MAX {
            others += 1;
            continue;
        }
        problems.push(Problem {
            mark,
            line: problem_line(unit, reader),
            label: unit.name.short().to_owned(),
            view: AnyView::Services(View::Unit(unit.name.clone())),
        });
    }
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.mark));
    let good = glimpse.watched.iter().filter(|unit| words::mark(unit, true) < Mark::Look).count();
    let mut blocks = Vec::new();
    if problems.is_empty() {
        let line = match good {
            0 => t!(lang, "services-glance-none-failed"),
            n => t!(lang, "services-glance-good", n = n),
        };
        blocks.push(Block::State(Mark::Good, line));
    } else {
        let names: Vec<&str> = problems.iter().map(|problem| problem.label.as_str()).collect();
        let line = t!(
            lang,
            "services-glance-bad",
            good = good,
            bad = problems.len() + others,
            names = cut(&names.join(", "), 60)
        );
        blocks.push(Block::State(problems[0].mark, line));
    }
    Glance { problems, blocks, buttons: Vec::new() }
}

fn problem_line(unit: &Unit, reader: &Reader) -> String {
    let lang = reader.lang;
    let name = unit.name.short();
    let mut line = match (unit.since, unit.load) {
        (_, Load::NotFound) => t!(lang, "services-problem-not-found", unit = name),
        (Some(since), _) => {
            let ago = ago(lang, age(since, reader));
            t!(lang, "services-problem-since", unit = name, state = words::state(lang, unit), ago = ago)
        }
        (None, _) => t!(lang, "services-problem", unit = name, state = words::state(lang, unit)),
    };
    if let Some(ending) = words::ending(lang, unit) {
        line.push_str(": ");
        line.push_str(&ending);
    }
    line
}

/// Never negative: a clock that was set back makes no "in −3 min".
pub fn age(since: Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(reader.now.duration_since(since)).unwrap_or_default()
}

pub fn until(then: Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(then.duration_since(reader.now)).unwrap_or_default()
}
