//! Notices and screens of alerts. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    LookError,
    facts::{Alert, Facts, How, Level, Measure, Notice, Severity, State},
    panel_snooze,
};
use crate::{
    domain::{Bytes, JobOutcome, Percent, Reader},
    intent::{
        Act, View as AnyView,
        alerts::View,
        backup, containers, crew, jobs as jobs_intent, metrics,
        metrics::{Metric, Range},
        schedule, services, smart,
    },
    jobs,
    locale::{ago, count, moment, say, span},
    screen::{Block, Button, LogLine, Mark, Pager, Screen, Topic},
    t,
};

/// Past ones the list looks back on.
pub const PAST_MAX: u32 = 40;
const PER_PAGE: usize = 8;
/// Problems of a config file under its warning; the crew's screen and the log have all.
const PROBLEMS_SHOWN: usize = 5;

/// One living message about one thing, in the state it is in.
pub fn notice(notice: &Notice, reader: &Reader) -> Screen {
    let alert = &notice.alert;
    let (blocks, rows) = match notice.state {
        State::Continued => {
            let at = moment(reader, alert.changed);
            // Of two reasons to go on below, the one that has just ended.
            let line = match alert.snoozed.as_ref().filter(|snooze| snooze.until <= alert.changed) {
                Some(snooze) => t!(reader.lang, "alerts-rested", until = moment(reader, snooze.until)),
                None => t!(reader.lang, "alerts-continued", at = at),
            };
            (vec![Block::text(line)], Vec::new())
        }
        State::Living | State::Resolved => (body(alert, reader), buttons(alert, reader)),
    };
    Screen { crumbs: vec![name(alert, reader)], blocks, as_of: Some(notice.at), rows, ..Screen::default() }
}

/// "Disk /mnt/dre", "nginx.service", "💾 Backup dre".
pub fn name(alert: &Alert, reader: &Reader) -> String {
    let lang = reader.lang;
    match &alert.facts {
        Facts::Level(level) => match &level.measure {
            Measure::Cpu => t!(lang, "alerts-name-cpu"),
            Measure::Memory => t!(lang, "alerts-name-memory"),
            Measure::Disk { mount } => t!(lang, "alerts-name-disk", mount = mount.as_str()),
            Measure::Temperature { sensor } => t!(lang, "alerts-name-temperature", sensor = sensor.as_str()),
        },
        Facts::Unit { unit, .. } => unit.to_string(),
        Facts::Container { container, .. } => t!(lang, "alerts-name-container", name = container.as_str()),
        Facts::Half { container } => t!(lang, "alerts-name-half", name = container.as_str()),
        Facts::Job { title, .. } | Facts::Result { title, .. } => jobs::panel::title(Some(title), reader),
        Facts::Actor { actor, .. } => t!(lang, "alerts-name-actor", actor = actor.as_str()),
        Facts::RunsMissed { title, .. } | Facts::RunRefused { title, .. } => say(lang, title),
        Facts::Overdue { plan, .. } | Facts::BackedUp { plan, .. } => {
            t!(lang, "alerts-name-backup", plan = plan.as_str())
        }
        Facts::Config { .. } => t!(lang, "alerts-name-config"),
        Facts::Health { device, .. } => t!(lang, "alerts-name-health", device = device.as_str()),
    }
}

/// What is wrong with it, in one line without its name: "87 % full, 61 GiB free".
pub fn line(alert: &Alert, reader: &Reader) -> String {
    let lang = reader.lang;
    match &alert.facts {
        Facts::Level(level) => figure(level, reader),
        Facts::Unit { result, .. } => t!(lang, "alerts-unit", result = result.as_str()),
        Facts::Container { unhealthy: true, .. } => t!(lang, "alerts-container-unhealthy"),
        Facts::Container { oom: true, .. } => t!(lang, "alerts-container-oom"),
        Facts::Container { exit: Some(code), means: Some(means), .. } => {
            let code = code.to_string();
            t!(lang, "alerts-container-died-means", code = code, means = say(lang, means))
        }
        Facts::Container { exit: Some(code), .. } => {
            t!(lang, "alerts-container-died", code = code.to_string())
        }
        Facts::Container { exit: None, .. } => t!(lang, "alerts-container-ended"),
        Facts::Half { .. } => t!(lang, "alerts-half"),
        Facts::Job { outcome, .. } => match outcome {
            JobOutcome::Incomplete { .. } => t!(lang, "alerts-job-incomplete"),
            JobOutcome::TimedOut { .. } => t!(lang, "alerts-job-timed-out"),
            JobOutcome::Interrupted { .. } => t!(lang, "alerts-job-interrupted"),
            JobOutcome::Failed { .. } | JobOutcome::Done { .. } | JobOutcome::Cancelled { .. } => {
                t!(lang, "alerts-job-failed")
            }
        },
        Facts::Actor { restarts, .. } => t!(lang, "alerts-actor", restarts = *restarts),
        Facts::RunsMissed { missed, first_due, .. } => {
            t!(lang, "alerts-missed", missed = *missed, first = moment(reader, *first_due))
        }
        Facts::RunRefused { .. } => t!(lang, "alerts-refused"),
        Facts::Health { finding, .. } => say(lang, finding),
        Facts::Overdue { due, .. } => t!(lang, "alerts-overdue", due = moment(reader, *due)),
        Facts::BackedUp { added_bytes, took_s, .. } => {
            let took = span(lang, Duration::from_secs(*took_s));
            t!(lang, "alerts-backed-up", added = Bytes(*added_bytes).to_string(), took = took)
        }
        Facts::Config { problems } => t!(lang, "alerts-config", problems = problems.len()),
        Facts::Result { took_s, .. } => {
            t!(lang, "alerts-result", took = span(lang, Duration::from_secs(*took_s)))
        }
    }
}

fn figure(level: &Level, reader: &Reader) -> String {
    let lang = reader.lang;
    let value = amount(level, level.value);
    match (&level.measure, level.free_bytes.map(|bytes| Bytes(bytes).to_string())) {
        (Measure::Cpu, _) => t!(lang, "alerts-cpu", value = value),
        (Measure::Memory, Some(free)) => t!(lang, "alerts-memory-free", value = value, free = free),
        (Measure::Memory, None) => t!(lang, "alerts-memory", value = value),
        (Measure::Disk { .. }, Some(free)) => t!(lang, "alerts-disk-free", value = value, free = free),
        (Measure::Disk { .. }, None) => t!(lang, "alerts-disk", value = value),
        (Measure::Temperature { .. }, _) => value,
    }
}

fn amount(level: &Level, value: f32) -> String {
    match level.measure {
        Measure::Temperature { .. } => format!("{value:.0} °C"),
        Measure::Cpu | Measure::Memory | Measure::Disk { .. } => Percent(value).to_string(),
    }
}

fn mark(alert: &Alert) -> Mark {
    match (alert.resolved, &alert.facts, alert.severity) {
        (Some(_), ..) => Mark::Good,
        (None, _, Severity::Look) => Mark::Look,
        (None, _, Severity::Bad) => Mark::Bad,
    }
}

fn body(alert: &Alert, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    match alert.resolved {
        // Good news that only had to be told.
        Some(_) if matches!(alert.facts, Facts::Result { .. } | Facts::BackedUp { .. }) => {
            blocks.push(Block::State(Mark::Good, line(alert, reader)));
        }
        Some((at, how)) => {
            blocks.push(Block::State(Mark::Good, over(alert, at, how, reader)));
            if let Facts::Level(level) = &alert.facts {
                let (now, peak) = (figure(level, reader), amount(level, level.peak));
                blocks.push(Block::text(t!(lang, "alerts-level-after", now = now, peak = peak)));
            }
        }
        None => {
            blocks.push(Block::State(mark(alert), line(alert, reader)));
            blocks.push(Block::text(since(alert, reader)));
        }
    }
    blocks.extend(panel_snooze::line(alert, reader).map(Block::text));
    match &alert.facts {
        Facts::Job { title, outcome, .. } if alert.is_living() => {
            blocks.extend(jobs::panel::details(Some(title), outcome, reader));
        }
        Facts::Result { title, outcome, .. } => {
            blocks.extend(jobs::panel::details(Some(title), outcome, reader))
        }
        Facts::Overdue { last, .. } if alert.is_living() => {
            blocks.push(Block::text(match last {
                Some(last) => t!(lang, "alerts-overdue-last", last = moment(reader, *last)),
                None => t!(lang, "alerts-overdue-never"),
            }));
            blocks.push(Block::Note(t!(lang, "alerts-overdue-mend")));
        }
        Facts::BackedUp { bytes, files, .. } => {
            let size = Bytes(*bytes).to_string();
            blocks.push(Block::text(t!(
                lang,
                "alerts-backed-up-all",
                number = *files,
                files = count(lang, *files),
                size = size
            )));
        }
        Facts::Actor { why, .. } if alert.is_living() => {
            blocks.push(Block::text(why.clone()));
            blocks.push(Block::Note(t!(lang, "alerts-actor-mend")));
        }
        Facts::Container { last, .. } if alert.is_living() && !last.is_empty() => {
            let line = |text: &String| LogLine { at: None, priority: None, text: text.clone() };
            blocks.push(Block::Log(last.iter().map(line).collect()));
        }
        Facts::Half { .. } if alert.is_living() => blocks.push(Block::Note(t!(lang, "alerts-half-mend"))),
        Facts::RunRefused { why, .. } if alert.is_living() => blocks.push(Block::text(say(lang, why))),
        Facts::Config { problems } if alert.is_living() => {
            let shown = problems.iter().take(PROBLEMS_SHOWN).cloned().collect::<Vec<_>>();
            blocks.push(Block::Pre(shown.join("\n")));
            blocks.push(Block::Note(t!(lang, "alerts-config-mend")));
        }
        Facts::RunsMissed { .. } if alert.is_living() => {
            blocks.push(Block::Note(t!(lang, "alerts-missed-mend")));
        }
        _ => {}
    }
    if alert.times > 1 {
        blocks.push(Block::text(t!(
            lang,
            "alerts-times",
            times = alert.times,
            first = moment(reader, alert.raised)
        )));
    }
    blocks
}

fn since(alert: &Alert, reader: &Reader) -> String {
    let lang = reader.lang;
    match &alert.facts {
        Facts::Level(level) => {
            let (above, since) = (amount(level, level.above), moment(reader, level.since));
            t!(lang, "alerts-above", above = above, since = since)
        }
        _ => t!(lang, "alerts-since", since = moment(reader, alert.raised)),
    }
}

fn over(alert: &Alert, at: Timestamp, how: How, reader: &Reader) -> String {
    let (lang, at_text) = (reader.lang, moment(reader, at));
    let began = match &alert.facts {
        Facts::Level(level) => level.since,
        _ => alert.raised,
    };
    let after = span(lang, Duration::try_from(at.duration_since(began)).unwrap_or_default());
    match how {
        How::Recovered => t!(lang, "alerts-over", at = at_text, after = after),
        How::Gone => t!(lang, "alerts-over-gone", at = at_text),
        How::WhileAway => t!(lang, "alerts-over-away", at = at_text),
        How::NotWatched => t!(lang, "alerts-over-not-watched", at = at_text),
        How::Told => t!(lang, "alerts-over-stale", at = at_text),
    }
}

/// Where to look closer, and what to do about it.
fn buttons(alert: &Alert, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let chart = |metric| {
        let view = AnyView::Metrics(metrics::View::Chart { metric, range: Range::Day });
        Button::view(t!(lang, "alerts-button-chart"), view)
    };
    let status = Button::view(t!(lang, "alerts-button-status"), AnyView::Metrics(metrics::View::Status));
    let row = match &alert.facts {
        Facts::Level(level) => match level.measure {
            Measure::Cpu => vec![chart(Metric::Cpu), status],
            Measure::Memory => vec![chart(Metric::Memory), status],
            Measure::Disk { .. } => vec![chart(Metric::Disks), status],
            Measure::Temperature { .. } => vec![chart(Metric::Temperature), status],
        },
        Facts::Unit { unit, .. } => {
            let view = AnyView::Services(services::View::Unit(unit.clone()));
            let mut row = vec![Button::view(unit.short().to_owned(), view)];
            if alert.is_living() {
                let why = AnyView::Services(services::View::Diagnose(unit.clone()));
                row.push(Button::view(t!(lang, "alerts-button-why"), why));
                let start = Act::Services(services::Act::Start(unit.clone()));
                row.push(Button::act(t!(lang, "alerts-button-start"), start));
            }
            row
        }
        Facts::Container { container, .. } => match containers::Name::parse(container) {
            Ok(name) => {
                let view = containers::View::One(name.clone());
                let log = containers::View::Log(containers::Log::of(name.clone()));
                let mut row = vec![
                    Button::view(container.as_str(), AnyView::Containers(view)),
                    Button::view(t!(lang, "alerts-button-log"), AnyView::Containers(log)),
                ];
                if alert.is_living() {
                    let restart = Act::Containers(containers::Act::Restart(name));
                    row.push(Button::act(t!(lang, "alerts-button-restart"), restart));
                }
                row
            }
            Err(_) => vec![status],
        },
        Facts::Half { container } => match containers::Name::parse(container) {
            Ok(name) => {
                let view = AnyView::Containers(containers::View::One(name.clone()));
                let mut row = vec![Button::view(container.as_str(), view)];
                if alert.is_living() {
                    let put_back = Act::Containers(containers::Act::PutBack(name));
                    row.push(Button::act(t!(lang, "alerts-button-put-back"), put_back));
                }
                row
            }
            Err(_) => vec![status],
        },
        Facts::Job { job, .. } | Facts::Result { job, .. } => {
            let view = AnyView::Jobs(jobs_intent::View::Job(*job));
            vec![Button::view(t!(lang, "alerts-button-job"), view)]
        }
        Facts::Actor { actor, .. } => {
            let view = AnyView::Crew(crew::View::Actor(actor.clone()));
            let mut row = vec![Button::view(t!(lang, "alerts-button-crew"), view)];
            if alert.is_living() {
                let restart = Act::Crew(crew::Act::Restart(actor.clone()));
                row.push(Button::act(t!(lang, "alerts-button-restart"), restart));
            }
            row
        }
        Facts::Health { disk, .. } => {
            let view = AnyView::Smart(smart::View::Disk(disk.clone()));
            vec![Button::view(t!(lang, "alerts-button-health"), view)]
        }
        Facts::Overdue { plan, .. } | Facts::BackedUp { plan, .. } => {
            let view = AnyView::Backup(backup::View::Plan(plan.clone()));
            let mut row = vec![Button::view(t!(lang, "alerts-button-backup"), view)];
            if alert.is_living() {
                let run = Act::Backup(backup::Act::Run(plan.clone()));
                row.push(Button::act(t!(lang, "alerts-button-run"), run));
            }
            row
        }
        Facts::Config { .. } => {
            let reload = Button::act(t!(lang, "alerts-button-reload"), Act::Crew(crew::Act::Reload));
            if alert.is_living() { vec![reload] } else { Vec::new() }
        }
        Facts::RunsMissed { task, .. } | Facts::RunRefused { task, .. } => {
            let view = AnyView::Schedule(schedule::View::Task(task.clone()));
            let mut row = vec![Button::view(t!(lang, "alerts-button-task"), view)];
            if alert.is_living() {
                let run = Act::Schedule(schedule::Act::Run(task.clone()));
                row.push(Button::act(t!(lang, "alerts-button-run"), run));
            }
            row
        }
    };
    let mut rows = if row.is_empty() { Vec::new() } else { vec![row] };
    rows.extend(panel_snooze::row(alert, reader));
    rows
}

/// One alert as a screen of its own.
pub fn one(alert: &Alert, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "alerts-crumb"), name(alert, reader)],
        blocks: body(alert, reader),
        as_of: Some(alert.resolved.map_or(reader.now, |(at, _)| at)),
        rows: buttons(alert, reader),
        topics: vec![Topic::Alerts],
        can_live: alert.is_living(),
        ..Screen::default()
    }
}

pub fn list(living: &[Alert], past: &[Alert], page: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    let mut rows: Vec<Vec<Button>> = Vec::new();
    let open = |alert: &Alert, sign: &str| {
        Button::view(format!("{sign} {}", name(alert, reader)), AnyView::Alerts(View::Alert(alert.id)))
    };
    if living.is_empty() {
        blocks.push(Block::State(Mark::Good, t!(lang, "alerts-none")));
    } else if page == 0 {
        for alert in living {
            let since = Duration::try_from(reader.now.duration_since(alert.raised)).unwrap_or_default();
            let mut said = format!("{}: {} · {}", name(alert, reader), line(alert, reader), ago(lang, since));
            if let Some(snooze) = alert.rests(reader.now) {
                said += &format!(" · 🔕 {}", moment(reader, snooze.until));
            }
            blocks.push(Block::State(mark(alert), said));
        }
    }
    if page == 0 {
        let shown = living.iter().take(PER_PAGE).map(|alert| open(alert, mark(alert).sign()));
        rows.extend(shown.map(|button| vec![button]));
    }
    let shown = Pager::slice(past, PER_PAGE, page);
    if !shown.is_empty() {
        blocks.push(Block::Heading(t!(lang, "alerts-past")));
    }
    for alert in shown {
        let at = alert.resolved.map_or(alert.changed, |(at, _)| at);
        let when = ago(lang, Duration::try_from(reader.now.duration_since(at)).unwrap_or_default());
        blocks.push(Block::State(Mark::Good, format!("{} · {when}", name(alert, reader))));
    }
    for pair in shown.chunks(2) {
        rows.push(pair.iter().map(|alert| open(alert, Mark::Good.sign())).collect());
    }
    Screen {
        crumbs: vec![t!(lang, "alerts-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows,
        pager: Pager::over(past.len(), PER_PAGE, page, |page| AnyView::Alerts(View::List { page })),
        topics: vec![Topic::Alerts],
        can_live: true,
        ..Screen::default()
    }
}

pub fn gone(reader: &Reader) -> Screen {
    let lang = reader.lang;
    Screen {
        crumbs: vec![t!(lang, "alerts-crumb")],
        blocks: vec![Block::text(t!(lang, "alerts-gone"))],
        rows: vec![vec![Button::view(t!(lang, "alerts-crumb"), AnyView::Alerts(View::LIST))]],
        ..Screen::default()
    }
}

pub fn away(error: &LookError, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "alerts-crumb")],
        blocks: vec![
            Block::State(Mark::Unknown, t!(reader.lang, "alerts-away")),
            Block::Note(error.to_string()),
        ],
        topics: vec![Topic::Alerts],
        ..Screen::default()
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
