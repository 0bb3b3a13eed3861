//! The screen of one unit: how it is, what was just done to it, what can be done. Pure.

use jiff::Timestamp;

use super::{
    messages::UnitReport,
    ops::{Conclusion, Evidence, Op, Phase},
    panel::{age, link_blocks, until},
    unit::{Active, Details, JobEnd, Load, TimerRow, Unit, Verb},
    words,
};
use crate::{
    domain::{Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView, metrics,
        services::{Log, View},
    },
    locale::{ago, moment, span},
    screen::{Block, Button, LogLine, Mark, Screen, Span, Style, Topic},
    t,
};

/// Evidence older than this is history; the flight recorder has it.
const EVIDENCE_FRESH: i64 = 15 * 60;
/// Dependants named before they are counted.
const NAMED_MAX: usize = 4;
/// "Restarted 5× in 1 min" counts this far back.
const CRASHES_OVER: i64 = 600;

pub fn unit(report: &UnitReport, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = link_blocks(&report.link, reader);
    if let Some(op) = &report.op {
        blocks.push(op_block(op, report, reader));
    } else if let Some(evidence) = &report.evidence
        && age(evidence.at, reader).as_secs() < EVIDENCE_FRESH as u64
    {
        blocks.extend(evidence_blocks(evidence, reader));
    }
    match (&report.details, &report.last_known) {
        (Ok(details), _) => blocks.extend(details_blocks(details, report, reader)),
        (Err(_), Some(unit)) => {
            let state = words::state(lang, unit);
            blocks.push(Block::State(Mark::Unknown, t!(lang, "services-last-known", state = state)));
        }
        (Err(error), None) if blocks.is_empty() => {
            blocks.push(Block::State(Mark::Unknown, words::bus_error(lang, error)));
            blocks.push(Block::Note(words::bus_mend(lang, error)));
        }
        (Err(_), None) => {}
    }
    Screen {
        crumbs: vec![t!(lang, "services-crumb-engine"), report.name.to_string()],
        blocks,
        as_of: Some(reader.now),
        rows: rows(report, reader),
        topics: vec![Topic::Services],
        can_live: true,
        live: report.op.is_some(),
        ..Screen::default()
    }
}

fn op_block(op: &Op, report: &UnitReport, reader: &Reader) -> Block {
    let lang = reader.lang;
    let doing = words::doing(lang, op.verb);
    let line = match &op.phase {
        Phase::Working | Phase::Looking(_) | Phase::Telling(..) => {
            t!(lang, "services-op", doing = doing, span = span(lang, age(op.at, reader)), by = op.by.as_str())
        }
        Phase::Settling(_) | Phase::Final(_) => t!(lang, "services-op-settling", unit = report.name.short()),
        Phase::Adrift => t!(lang, "services-op-adrift", doing = doing),
    };
    Block::State(Mark::Busy, line)
}

/// What really happened, with the last lines where they help.
pub fn evidence_blocks(evidence: &Evidence, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let good = evidence.conclusion.is_good();
    let mark = match &evidence.conclusion {
        Conclusion::StoppedBadly | Conclusion::Ended | Conclusion::PassedOver | Conclusion::StillGoing => {
            Mark::Look
        }
        _ if good => Mark::Good,
        _ => Mark::Bad,
    };
    let mut blocks = vec![Block::State(mark, said(evidence, reader))];
    if let Conclusion::Refused(error) = &evidence.conclusion {
        blocks.push(Block::Note(words::bus_mend(lang, error)));
    }
    if !evidence.log.is_empty() {
        blocks.push(Block::Log(evidence.log.clone()));
    }
    let at = clock(evidence.at, reader);
    let took = seconds(evidence.took.as_secs_f64(), reader);
    blocks.push(Block::Note(t!(
        lang,
        "services-evidence-by",
        at = at,
        by = evidence.by.as_str(),
        took = took
    )));
    blocks
}

fn said(evidence: &Evidence, reader: &Reader) -> String {
    let lang = reader.lang;
    let unit = evidence.unit.name.short();
    let how = || words::ending(lang, &evidence.unit).unwrap_or_else(|| words::state(lang, &evidence.unit));
    match &evidence.conclusion {
        Conclusion::Steady => match evidence.verb {
            Verb::Start => t!(lang, "services-done-start", unit = unit),
            Verb::Reload => t!(lang, "services-done-reload", unit = unit),
            _ => t!(lang, "services-done-restart", unit = unit),
        },
        Conclusion::Ran => t!(lang, "services-done-ran", unit = unit),
        Conclusion::Stopped => t!(lang, "services-done-stop", unit = unit),
        Conclusion::Enabled => t!(lang, "services-done-enable", unit = unit),
        Conclusion::Disabled => t!(lang, "services-done-disable", unit = unit),
        Conclusion::Reset => t!(lang, "services-done-reset", unit = unit),
        Conclusion::Ended => t!(lang, "services-not-ended", unit = unit),
        Conclusion::PassedOver => t!(lang, "services-not-condition", unit = unit),
        Conclusion::Died => t!(lang, "services-not-died", unit = unit, how = how()),
        Conclusion::NotStarted(end) => match end {
            JobEnd::Dependency => t!(lang, "services-not-dependency", unit = unit),
            JobEnd::Timeout => t!(lang, "services-not-timeout", unit = unit),
            JobEnd::Canceled => t!(lang, "services-not-canceled"),
            _ => t!(lang, "services-not-started", unit = unit, how = how()),
        },
        Conclusion::StoppedBadly => t!(lang, "services-done-stop-badly", unit = unit, how = how()),
        Conclusion::NotStopped => {
            t!(lang, "services-not-stopped", unit = unit, state = words::state(lang, &evidence.unit))
        }
        Conclusion::NotReloaded(_) => t!(lang, "services-not-reloaded", unit = unit),
        Conclusion::FileState(state) => t!(lang, "services-not-file", unit = unit, state = state.as_str()),
        Conclusion::NotReset => t!(lang, "services-not-reset", unit = unit),
        Conclusion::StillGoing => t!(lang, "services-not-over"),
        Conclusion::Refused(error) => words::bus_error(lang, error),
    }
}

fn details_blocks(details: &Details, report: &UnitReport, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let unit = &details.unit;
    let mut blocks = vec![state_block(unit, report, reader)];
    if let Some(error) = &details.load_error {
        blocks.push(Block::Note(error.clone()));
    }
    if unit.load == Load::NotFound {
        return blocks;
    }
    blocks.extend(crash_block(report, unit, reader));
    let shown_with_evidence = report.evidence.as_ref().is_some_and(|evidence| !evidence.log.is_empty());
    if !report.log.is_empty() && !shown_with_evidence && report.op.is_none() {
        blocks
            .push(Block::Log(report.log.iter().cloned().map(super::actor::log_line).map(one_line).collect()));
    }
    if !unit.description.is_empty() && unit.description != unit.name.as_str() {
        blocks.push(Block::Text(vec![Span::Italic(unit.description.clone())]));
    }
    if let Some(says) = &details.says {
        blocks.push(Block::text(t!(lang, "services-says", text = says.as_str())));
    }
    blocks.push(Block::Pairs(figures(details, report, reader)));
    blocks.extend(link_lines(details, report, reader).into_iter().map(Block::text));
    if details.needs_reload {
        blocks.push(Block::Note(t!(lang, "services-needs-reload")));
    }
    if report.protected {
        blocks.push(Block::Note(t!(lang, "services-protected")));
    }
    blocks
}

/// A log line on a unit's screen takes one line.
fn one_line(line: LogLine) -> LogLine {
    LogLine { text: line.text.lines().next().unwrap_or_default().to_owned(), ..line }
}

pub(super) fn state_block(unit: &Unit, report: &UnitReport, reader: &Reader) -> Block {
    let lang = reader.lang;
    let mark = words::mark(unit, report.watched);
    let mut line = words::state(lang, unit);
    if let Some(since) = unit.since {
        let at = moment(reader, since);
        let state = line;
        let for_how_long = span(lang, age(since, reader));
        line = match unit.active {
            Active::Failed | Active::Inactive => {
                let ago = ago(lang, age(since, reader));
                t!(lang, "services-state-ago", state = state, ago = ago, at = at)
            }
            _ => t!(lang, "services-state-since", state = state, span = for_how_long, at = at),
        };
    }
    if unit.active != Active::Active
        && let Some(ending) = words::ending(lang, unit)
    {
        line.push_str(": ");
        line.push_str(&ending);
    }
    Block::State(mark, line)
}

pub(super) fn crash_block(report: &UnitReport, unit: &Unit, reader: &Reader) -> Option<Block> {
    let lang = reader.lang;
    let recent: Vec<&Timestamp> =
        report.crashes.iter().filter(|at| age(**at, reader).as_secs() < CRASHES_OVER as u64).collect();
    let first = recent.first()?;
    let over = span(lang, age(**first, reader));
    Some(Block::State(
        Mark::Look,
        match unit.active {
            Active::Failed => t!(lang, "services-crashed-gave-up", n = recent.len(), span = over),
            _ => t!(lang, "services-crashed", n = recent.len(), span = over),
        },
    ))
}

fn figures(details: &Details, report: &UnitReport, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let dash = || "–".to_owned();
    let reading = &details.reading;
    let mut pairs = Vec::new();
    let is_process = details.unit.oneshot.is_some() || reading.memory.is_some();
    if is_process {
        let memory = match (reading.memory, details.memory_max) {
            (Some(used), Some(max)) => {
                t!(lang, "services-memory-of", used = used.to_string(), max = max.to_string())
            }
            (Some(used), None) => used.to_string(),
            (None, _) => dash(),
        };
        pairs.push((t!(lang, "services-memory"), memory));
        pairs.push((t!(lang, "services-cpu"), cpu(report, details, reader)));
        pairs.push((t!(lang, "services-pid"), reading.pid.map_or_else(dash, |pid| pid.to_string())));
        if let Some(tasks) = details.tasks {
            pairs.push((t!(lang, "services-tasks"), tasks.to_string()));
        }
        if let Some(restarts) = details.unit.restarts.filter(|n| *n > 0) {
            pairs.push((t!(lang, "services-restarts"), format!("{restarts}×")));
        }
    }
    if details.unit.active == Active::Active
        && let Some(ending) = words::ending(lang, &details.unit)
    {
        pairs.push((t!(lang, "services-last-ending"), ending));
    }
    if let Some(timer) = &details.timer {
        pairs.push((t!(lang, "services-timer-next"), when(timer.next, reader)));
        pairs.push((t!(lang, "services-timer-before"), when(timer.last, reader)));
    }
    let boot = match details.file_state.as_str() {
        "enabled" | "enabled-runtime" => t!(lang, "services-boot-enabled"),
        "disabled" => t!(lang, "services-boot-disabled"),
        "static" => t!(lang, "services-boot-static"),
        "masked" | "masked-runtime" => t!(lang, "services-boot-masked"),
        "" => t!(lang, "services-boot-none"),
        other => other.to_owned(),
    };
    pairs.push((t!(lang, "services-boot"), boot));
    pairs
}

fn cpu(report: &UnitReport, details: &Details, reader: &Reader) -> String {
    let lang = reader.lang;
    let Some(total) = details.reading.cpu else { return "–".into() };
    let total = if total.as_secs() >= 60 { span(lang, total) } else { seconds(total.as_secs_f64(), reader) };
    if !details.unit.active.is_up() {
        return t!(lang, "services-cpu-before", total = total);
    }
    match (report.load.now, report.load.average) {
        (Some(now), _) => t!(lang, "services-cpu-now", percent = words::percent(now), total = total),
        (None, Some(average)) => {
            t!(lang, "services-cpu-average", percent = words::percent(average), total = total)
        }
        (None, None) => total,
    }
}

pub(super) fn link_lines(details: &Details, report: &UnitReport, reader: &Reader) -> Vec<String> {
    let lang = reader.lang;
    let links = &details.links;
    let mut lines = Vec::new();
    let names = |list: &[crate::domain::UnitName]| words::names(lang, list.iter(), NAMED_MAX);
    let wanted: Vec<_> =
        links.wanted_by.iter().filter(|unit| !unit.as_str().ends_with(".target")).cloned().collect();
    match (links.stop_with_it.is_empty(), report.dependants_up.is_empty()) {
        (true, _) => {}
        (false, false) => lines.push(t!(lang, "services-needed-by", list = names(&report.dependants_up))),
        (false, true) => lines.push(t!(lang, "services-needed-by-idle", list = names(&links.stop_with_it))),
    }
    if !wanted.is_empty() {
        lines.push(t!(lang, "services-wanted-by", list = names(&wanted)));
    }
    if !links.triggers.is_empty() {
        lines.push(t!(lang, "services-triggers", list = names(&links.triggers)));
    }
    lines.extend(report.timers.iter().map(|timer| timer_line(timer, reader)));
    let others: Vec<_> = links
        .triggered_by
        .iter()
        .filter(|unit| !report.timers.iter().any(|timer| timer.name == **unit))
        .cloned()
        .collect();
    if !others.is_empty() {
        lines.push(t!(lang, "services-triggered-by", list = names(&others)));
    }
    lines
}

fn timer_line(timer: &TimerRow, reader: &Reader) -> String {
    t!(
        reader.lang,
        "services-timer-line",
        timer = timer.name.as_str(),
        next = when(timer.timer.next, reader),
        last = when(timer.timer.last, reader)
    )
}

/// "22 Nov 00:00 (in 6 h)"
fn when(at: Option<Timestamp>, reader: &Reader) -> String {
    let lang = reader.lang;
    match at {
        None => "–".into(),
        Some(at) if at > reader.now => {
            t!(lang, "services-when-in", at = moment(reader, at), span = span(lang, until(at, reader)))
        }
        Some(at) => t!(lang, "services-when-ago", at = moment(reader, at), ago = ago(lang, age(at, reader))),
    }
}

fn clock(at: Timestamp, reader: &Reader) -> String {
    at.to_zoned(reader.tz.clone()).strftime("%H:%M:%S").to_string()
}

fn seconds(value: f64, reader: &Reader) -> String {
    let figure = match value {
        0.0..0.005 => "<0.01".to_owned(),
        0.0..0.095 => format!("{value:.2}"),
        0.0..9.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    t!(reader.lang, "services-seconds", n = figure)
}

fn rows(report: &UnitReport, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let log = Button::view(
        t!(lang, "services-button-log"),
        AnyView::Services(View::Log(Log::of(report.name.clone()))),
    );
    let why = Button::view(
        t!(lang, "services-button-diagnose"),
        AnyView::Services(View::Diagnose(report.name.clone())),
    );
    let Ok(details) = &report.details else { return vec![vec![log]] };
    if report.op.is_some() {
        return vec![vec![log]];
    }
    if reader.role < Role::Pilot || details.unit.load == Load::NotFound {
        return vec![vec![why, log]];
    }
    let act = |verb: Verb, label: String| Button::act(label, AnyAct::Services(verb.on(report.name.clone())));
    let start = || act(Verb::Start, t!(lang, "services-button-start")).style(Style::Success);
    let stop = || act(Verb::Stop, t!(lang, "services-button-stop")).style(Style::Danger);
    let restart = || act(Verb::Restart, t!(lang, "services-button-restart"));
    let mut first = Vec::new();
    let unit = &details.unit;
    let may_stop = details.can.stop && !report.protected;
    let up = unit.active.is_up() || unit.active.is_moving();
    if up {
        if may_stop && details.can.start {
            first.push(restart());
        }
        if may_stop {
            first.push(stop());
        }
        if details.can.reload {
            first.push(act(Verb::Reload, t!(lang, "services-button-reload")));
        }
    } else {
        if details.can.start && unit.load != Load::Masked {
            first.push(start());
        }
        if unit.active == Active::Failed {
            first.push(act(Verb::ResetFailed, t!(lang, "services-button-reset")));
        }
    }
    let mut second = vec![why, log];
    match details.file_state.as_str() {
        "disabled" => second.push(act(Verb::Enable, t!(lang, "services-button-enable"))),
        "enabled" if !report.protected => {
            second.push(act(Verb::Disable, t!(lang, "services-button-disable")))
        }
        _ => {}
    }
    let mut rows = vec![first];
    rows.extend(second.chunks(2).map(<[Button]>::to_vec));
    rows.push(charts(report, details));
    rows.retain(|row| !row.is_empty());
    rows
}

/// Its own history, where it has processes to speak of.
fn charts(report: &UnitReport, details: &Details) -> Vec<Button> {
    if details.unit.oneshot.is_none() && details.reading.memory.is_none() {
        return Vec::new();
    }
    let chart = |label: &str, take| {
        Button::view(label, AnyView::Metrics(metrics::Group::of_unit(&report.name, take)))
    };
    vec![chart("📈 RAM", metrics::Take::Memory), chart("📈 CPU", metrics::Take::Cpu)]
}
