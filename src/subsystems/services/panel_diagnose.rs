//! The screen that answers "why?": what is seen, what it says itself, what hangs on it, what to try. Pure.

use super::{
    diagnose::{Clue, Finding, findings},
    messages::Diagnosis,
    panel::{age, link_blocks},
    panel_unit::{crash_block, link_lines, state_block},
    unit::{Active, Details, Load, Unit, Verb},
    words,
};
use crate::{
    domain::{Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView, metrics, processes,
        services::{Log, View},
    },
    locale::ago,
    process::journal::Entry,
    screen::{Block, Button, LogLine, Mark, Screen, Style, Topic},
    t,
};

/// Of a line quoted as a reason.
const QUOTE_MAX: usize = 160;
/// Lines shown from the log.
const LINES_MAX: usize = 8;
/// A warning or worse, as syslog counts.
const WARNING: u8 = 4;

pub fn diagnose(diagnosis: &Diagnosis, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let report = &diagnosis.report;
    let mut blocks = link_blocks(&report.link, reader);
    let found = findings(diagnosis);
    match &report.details {
        Ok(details) => {
            blocks.push(state_block(&details.unit, report, reader));
            blocks.extend(crash_block(report, &details.unit, reader));
            blocks.push(Block::Heading(t!(lang, "services-diagnose-seen")));
            for finding in &found {
                let (mark, line) = seen(finding, details, reader);
                blocks.push(Block::State(mark, line));
                if let Finding::Clue(_, quote) = finding {
                    let short: String = quote.chars().take(QUOTE_MAX).collect();
                    blocks.push(Block::Note(format!("“{short}”")));
                }
            }
            let tries: Vec<String> =
                found.iter().filter_map(|finding| to_try(finding, details, reader)).collect();
            if !tries.is_empty() {
                blocks.push(Block::Heading(t!(lang, "services-diagnose-try")));
                let numbered = tries.iter().enumerate().map(|(nth, line)| format!("{}. {line}", nth + 1));
                blocks.extend(numbered.map(Block::text));
            }
            let lines = last_words(diagnosis);
            if !lines.is_empty() {
                blocks.push(Block::Heading(t!(lang, "services-diagnose-lines")));
                blocks.push(Block::Log(lines));
            }
            blocks.extend(link_lines(details, report, reader).into_iter().map(Block::text));
        }
        Err(error) => {
            blocks.push(Block::State(Mark::Unknown, words::bus_error(lang, error)));
            blocks.push(Block::Note(words::bus_mend(lang, error)));
        }
    }
    Screen {
        crumbs: vec![report.name.to_string(), t!(lang, "services-diagnose-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows: rows(diagnosis, &found, reader),
        topics: vec![Topic::Services],
        can_live: true,
        ..Screen::default()
    }
}

/// Complaints and the last lines together, each once, in the order of time.
fn last_words(diagnosis: &Diagnosis) -> Vec<LogLine> {
    let mut entries: Vec<&Entry> = diagnosis.complaints.iter().collect();
    entries.extend(diagnosis.last.iter().filter(|entry| !diagnosis.complaints.contains(entry)));
    entries.sort_by_key(|entry| entry.at);
    let skipped = entries.len().saturating_sub(LINES_MAX);
    let line = |entry: &Entry| {
        let line = super::actor::log_line(entry.clone());
        LogLine { text: line.text.lines().next().unwrap_or_default().to_owned(), ..line }
    };
    entries.into_iter().skip(skipped).map(line).collect()
}

fn other(unit: &Unit, reader: &Reader) -> String {
    let state = words::state(reader.lang, unit);
    match unit.since {
        Some(since) => format!("{state} {}", ago(reader.lang, age(since, reader))),
        None => state,
    }
}

/// A finding as a sentence.
fn seen(finding: &Finding, details: &Details, reader: &Reader) -> (Mark, String) {
    let lang = reader.lang;
    let ending = || words::ending(lang, &details.unit).unwrap_or_else(|| words::state(lang, &details.unit));
    match finding {
        Finding::NotInstalled => (Mark::Bad, t!(lang, "services-why-not-installed")),
        Finding::Masked => (Mark::Bad, t!(lang, "services-why-masked")),
        Finding::BadFile(why) => (Mark::Bad, t!(lang, "services-why-bad-file", why = why.as_str())),
        Finding::Needs(unit) => {
            let state = other(unit, reader);
            (Mark::Bad, t!(lang, "services-why-needs", unit = unit.name.short(), state = state))
        }
        Finding::OutOfMemory(Some(max)) => {
            (Mark::Bad, t!(lang, "services-why-oom-limit", max = max.to_string()))
        }
        Finding::OutOfMemory(None) => (Mark::Bad, t!(lang, "services-why-oom")),
        Finding::NoProgram => (Mark::Bad, t!(lang, "services-why-no-program", how = ending())),
        Finding::NoSurroundings(exit) => {
            (Mark::Bad, t!(lang, "services-why-surroundings", how = words::exit_words(lang, *exit)))
        }
        Finding::TimedOut => (Mark::Bad, t!(lang, "services-why-timeout")),
        Finding::Watchdog => (Mark::Bad, t!(lang, "services-why-watchdog")),
        Finding::Crashed(exit) => {
            (Mark::Bad, t!(lang, "services-why-crashed", how = words::exit_words(lang, *exit)))
        }
        Finding::Killed(exit) => {
            (Mark::Bad, t!(lang, "services-why-killed", how = words::exit_words(lang, *exit)))
        }
        Finding::Dependency => (Mark::Bad, t!(lang, "services-why-dependency")),
        Finding::GaveUp => (Mark::Look, t!(lang, "services-why-gave-up")),
        Finding::Looping => (Mark::Look, t!(lang, "services-why-looping")),
        Finding::Clue(clue, _) => (Mark::Bad, clue_seen(*clue, reader)),
        Finding::Stale => (Mark::Look, t!(lang, "services-why-stale")),
        Finding::NearLimit { used, max } => {
            (Mark::Look, t!(lang, "services-why-near", used = used.to_string(), max = max.to_string()))
        }
        Finding::Unexplained => (Mark::Unknown, t!(lang, "services-why-unexplained", how = ending())),
        Finding::AtRest => (Mark::Idle, t!(lang, "services-why-at-rest")),
        Finding::WaitsFor(unit) => (Mark::Idle, t!(lang, "services-why-waits", unit = unit.as_str())),
        Finding::Well => (Mark::Good, t!(lang, "services-why-well")),
    }
}

fn clue_seen(clue: Clue, reader: &Reader) -> String {
    let lang = reader.lang;
    match clue {
        Clue::PortTaken(Some(port)) => t!(lang, "services-clue-port", port = port.to_string()),
        Clue::PortTaken(None) => t!(lang, "services-clue-a-port"),
        Clue::NotAllowed => t!(lang, "services-clue-denied"),
        Clue::DiskFull => t!(lang, "services-clue-disk"),
        Clue::ReadOnly => t!(lang, "services-clue-read-only"),
        Clue::NoMemory => t!(lang, "services-clue-memory"),
        Clue::TooManyFiles => t!(lang, "services-clue-files"),
        Clue::Missing => t!(lang, "services-clue-missing"),
        Clue::Refused => t!(lang, "services-clue-refused"),
        Clue::NoName => t!(lang, "services-clue-name"),
        Clue::BadLogin => t!(lang, "services-clue-login"),
        Clue::Certificate => t!(lang, "services-clue-certificate"),
        Clue::BadConfig => t!(lang, "services-clue-config"),
    }
}

/// What may help; nothing where there is nothing to do.
fn to_try(finding: &Finding, details: &Details, reader: &Reader) -> Option<String> {
    let lang = reader.lang;
    let unit = details.unit.name.as_str();
    Some(match finding {
        Finding::NotInstalled => t!(lang, "services-try-not-installed"),
        Finding::Masked => t!(lang, "services-try-masked", unit = unit),
        Finding::BadFile(_) | Finding::Stale => t!(lang, "services-try-reread"),
        Finding::Needs(unit) => t!(lang, "services-try-needs", unit = unit.name.short()),
        Finding::OutOfMemory(_) | Finding::NearLimit { .. } => t!(lang, "services-try-memory"),
        Finding::NoProgram => t!(lang, "services-try-program"),
        Finding::NoSurroundings(_) => t!(lang, "services-try-surroundings"),
        Finding::TimedOut => t!(lang, "services-try-timeout"),
        Finding::Watchdog | Finding::Crashed(_) => t!(lang, "services-try-crashed", unit = unit),
        Finding::Killed(_) => t!(lang, "services-try-killed"),
        Finding::Dependency => t!(lang, "services-try-dependency", unit = unit),
        Finding::GaveUp => t!(lang, "services-try-gave-up"),
        Finding::Looping => t!(lang, "services-try-looping"),
        Finding::Clue(clue, _) => clue_try(*clue, reader),
        Finding::Unexplained => t!(lang, "services-try-log"),
        Finding::AtRest => t!(lang, "services-try-start"),
        Finding::WaitsFor(_) | Finding::Well => return None,
    })
}

fn clue_try(clue: Clue, reader: &Reader) -> String {
    let lang = reader.lang;
    match clue {
        Clue::PortTaken(Some(port)) => t!(lang, "services-try-port", port = port.to_string()),
        Clue::PortTaken(None) => t!(lang, "services-try-a-port"),
        Clue::NotAllowed => t!(lang, "services-try-denied"),
        Clue::DiskFull => t!(lang, "services-try-disk"),
        Clue::ReadOnly => t!(lang, "services-try-read-only"),
        Clue::NoMemory => t!(lang, "services-try-memory"),
        Clue::TooManyFiles => t!(lang, "services-try-files"),
        Clue::Missing => t!(lang, "services-try-missing"),
        Clue::Refused => t!(lang, "services-try-refused"),
        Clue::NoName => t!(lang, "services-try-name"),
        Clue::BadLogin => t!(lang, "services-try-login"),
        Clue::Certificate => t!(lang, "services-try-certificate"),
        Clue::BadConfig => t!(lang, "services-try-config"),
    }
}

fn rows(diagnosis: &Diagnosis, found: &[Finding], reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let report = &diagnosis.report;
    let log = |priority| AnyView::Services(View::Log(Log { priority, ..Log::of(report.name.clone()) }));
    let mut related: Vec<Button> = found.iter().filter_map(|finding| related(finding, reader)).collect();
    related.extend(found.iter().filter(|finding| about_memory(finding)).take(1).flat_map(|_| {
        let chart = metrics::Group::of_unit(&report.name, metrics::Take::Memory);
        let top = processes::View::Top { sort: processes::Sort::Memory, search: None, page: 0 };
        [
            Button::view("📈 RAM", AnyView::Metrics(chart)),
            Button::view(t!(lang, "services-diagnose-top"), AnyView::Processes(top)),
        ]
    }));
    let mut rows: Vec<Vec<Button>> = related.chunks(2).map(<[Button]>::to_vec).collect();
    rows.push(vec![
        Button::view(t!(lang, "services-diagnose-complaints"), log(Some(WARNING))),
        Button::view(t!(lang, "services-button-log"), log(None)),
    ]);
    rows.extend(Some(acts(diagnosis, reader)).filter(|row| !row.is_empty()));
    rows
}

fn about_memory(finding: &Finding) -> bool {
    matches!(finding, Finding::OutOfMemory(_) | Finding::NearLimit { .. } | Finding::Clue(Clue::NoMemory, _))
}

/// Where the cure may be found.
fn related(finding: &Finding, reader: &Reader) -> Option<Button> {
    let disks = || {
        let label = t!(reader.lang, "services-diagnose-disks");
        Button::view(label, AnyView::Metrics(metrics::View::Disks))
    };
    match finding {
        Finding::Needs(unit) => {
            let view = AnyView::Services(View::Unit(unit.name.clone()));
            Some(Button::view(format!("✖ {}", unit.name.short()), view))
        }
        Finding::Clue(Clue::PortTaken(Some(port)), _) => {
            let search = Some(format!(":{port}"));
            let top = processes::View::Top { sort: processes::Sort::Cpu, search, page: 0 };
            let label = t!(reader.lang, "services-diagnose-port", port = port.to_string());
            Some(Button::view(label, AnyView::Processes(top)))
        }
        Finding::Clue(Clue::DiskFull | Clue::ReadOnly, _) => Some(disks()),
        _ => None,
    }
}

/// The one act that comes next, where it may be done.
fn acts(diagnosis: &Diagnosis, reader: &Reader) -> Vec<Button> {
    let lang = reader.lang;
    let report = &diagnosis.report;
    let Ok(details) = &report.details else { return Vec::new() };
    if reader.role < Role::Pilot || report.op.is_some() || details.unit.load != Load::Loaded {
        return Vec::new();
    }
    let act = |verb: Verb, label: String| Button::act(label, AnyAct::Services(verb.on(report.name.clone())));
    let mut row = Vec::new();
    if details.unit.active.is_up() || details.unit.active.is_moving() {
        if details.can.stop && details.can.start && !report.protected {
            row.push(act(Verb::Restart, t!(lang, "services-button-restart")));
        }
    } else if details.can.start {
        row.push(act(Verb::Start, t!(lang, "services-button-start")).style(Style::Success));
        if details.unit.active == Active::Failed {
            row.push(act(Verb::ResetFailed, t!(lang, "services-button-reset")));
        }
    }
    row
}
