//! The screen of one container: how it is, what was just done to it, what can be done. Pure.

use super::{
    begun::Found as Left,
    engine::Verb,
    halves::Half,
    logs,
    messages::Report,
    model::{Details, State},
    panel::{act_of, age, comes, is_away, link_blocks, topics},
    panel_details::check_line,
    panel_done::{evidence_blocks, one_line, op_block},
    state::Link,
    updates::{Found, Verdict},
    words,
};
use crate::{
    domain::{Bytes, Reader, Role},
    intent::{
        View as AnyView,
        containers::{Act, Log, Name, View},
        metrics,
    },
    locale::{ago, moment, span},
    screen::{Block, Button, LogLine, Mark, Screen, Style, text},
    t,
};

/// Last results of the health check that are shown.
const CHECKS_SHOWN: usize = 3;

pub fn one(report: &Report, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = link_blocks(&report.link, reader);
    let mut log_shown = false;
    if let Some(op) = &report.op {
        blocks.push(op_block(op, reader));
    } else if let Some(evidence) = &report.evidence {
        let told = evidence_blocks(evidence, reader);
        log_shown = told.iter().any(|block| matches!(block, Block::Log(_)));
        blocks.extend(told);
    }
    if let Some(half) = report.half.as_ref().filter(|_| report.op.is_none()) {
        blocks.push(Block::State(Mark::Bad, half_line(half, reader)));
        blocks.push(Block::Note(match half {
            Half { compose: Some((begun, _)), .. } => {
                t!(lang, "containers-half-compose-mend", image = words::image(&begun.image))
            }
            Half { runs: true, .. } => t!(lang, "containers-half-decide"),
            Half { .. } => t!(lang, "containers-half-mend"),
        }));
    }
    match (&report.details, &report.known) {
        (Ok(details), _) => blocks.extend(details_blocks(details, report, log_shown, reader)),
        (Err(error), Some(row)) => {
            // While it is connected nothing above says why.
            if matches!(report.link, Link::Up(_)) {
                blocks.push(Block::State(Mark::Look, words::error(lang, error)));
                blocks.push(Block::Note(words::mend(lang, error)));
            }
            let state = words::state(lang, row.container.state, row.container.health);
            blocks.push(Block::State(Mark::Unknown, t!(lang, "containers-last-known", state = state)));
        }
        (Err(error), None) if blocks.is_empty() => {
            blocks.push(Block::State(Mark::Unknown, words::error(lang, error)));
            blocks.push(Block::Note(words::mend(lang, error)));
        }
        (Err(_), None) => {}
    }
    Screen {
        crumbs: vec![t!(lang, "containers-crumb"), report.name.to_string()],
        blocks,
        as_of: Some(reader.now),
        rows: rows(report, reader),
        topics: topics(),
        can_live: true,
        live: report.op.is_some() || is_away(&report.link) || report.known.as_ref().is_some_and(comes),
        ..Screen::default()
    }
}

/// "The update of web was interrupted: …"
pub fn half_line(half: &Half, reader: &Reader) -> String {
    let (lang, name, old) = (reader.lang, half.name.as_str(), half.old());
    match half {
        Half { compose: Some((_, found)), .. } => match found {
            Left::Unwell => t!(lang, "containers-half-compose-unwell", name = name),
            Left::Gone => t!(lang, "containers-half-compose-gone", name = name),
            _ => t!(lang, "containers-half-compose-down", name = name),
        },
        Half { runs: true, .. } => t!(lang, "containers-half-runs", name = name, old = old),
        Half { kept: true, .. } => t!(lang, "containers-half-kept", name = name, old = old),
        Half { .. } => t!(lang, "containers-half-stopped", name = name),
    }
}

fn details_blocks(details: &Details, report: &Report, log_shown: bool, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let container = &details.container;
    let mut blocks = vec![state_block(details, report, reader)];
    // Where somebody asked for its end nobody wonders who killed it.
    let wonders = report.known.as_ref().is_none_or(|row| row.troubled);
    if let (State::Exited(Some(137)), false, true) = (container.state, details.oom, wonders) {
        blocks.push(Block::Note(match details.memory_limit {
            Some(limit) => t!(lang, "containers-137-limit", limit = Bytes(limit).to_string()),
            None => t!(lang, "containers-137"),
        }));
    }
    if let Some(error) = &details.error {
        blocks.push(Block::Note(text::clean(error)));
    }
    if let Some(checks) = details.health_log.as_ref().filter(|_| !log_shown) {
        let unwell = checks.iter().rev().take(CHECKS_SHOWN).rev().filter(|check| check.exit != 0);
        let lines: Vec<LogLine> = unwell.map(|check| check_line(check, reader)).collect();
        if !lines.is_empty() {
            let streak = details.failing_streak.unwrap_or_default();
            blocks.push(Block::text(t!(lang, "containers-check-failing", n = streak)));
            blocks.push(Block::Log(lines));
        }
    }
    if !report.log.is_empty() && !log_shown {
        blocks.push(Block::Log(report.log.iter().cloned().map(logs::shown).map(one_line).collect()));
    }
    blocks.push(Block::Pairs(figures(details, report, reader)));
    if let Some(compose) = &container.compose {
        let says = t!(
            lang,
            "containers-of-project",
            service = compose.service.as_str(),
            project = compose.project.as_str()
        );
        blocks.push(Block::text(says));
    }
    blocks.extend(report.verdict.as_ref().and_then(|verdict| newer(verdict, reader)));
    if report.protected {
        blocks.push(Block::Note(t!(lang, "containers-protected")));
    }
    blocks
}

/// Told here only where there is something to be done.
fn newer(verdict: &Verdict, reader: &Reader) -> Option<Block> {
    let lang = reader.lang;
    let ago = ago(lang, age(verdict.at, reader));
    let image = words::image(&verdict.image);
    (verdict.found == Found::Newer)
        .then(|| Block::State(Mark::Look, t!(lang, "containers-newer", image = image, ago = ago)))
}

fn state_block(details: &Details, report: &Report, reader: &Reader) -> Block {
    let lang = reader.lang;
    let container = &details.container;
    let mark = report.known.as_ref().map_or(Mark::Unknown, words::mark);
    let state = match container.state {
        State::Exited(code) => words::ended(lang, code, details.oom),
        state => words::state(lang, state, container.health),
    };
    let since = match container.state {
        State::Exited(_) | State::Dead => details.finished,
        State::Created => container.created,
        _ => details.started,
    };
    let line = match (container.state, since) {
        (State::Exited(_) | State::Dead | State::Created, Some(since)) => {
            let ago = ago(lang, age(since, reader));
            t!(lang, "containers-state-ago", state = state, ago = ago, at = moment(reader, since))
        }
        // The engine tells since when it runs, not since when it is well, unwell or paused.
        (State::Running, Some(since)) if container.health.is_none() => {
            let so_long = span(lang, age(since, reader));
            t!(lang, "containers-state-since", state = state, span = so_long, at = moment(reader, since))
        }
        (_, Some(since)) => {
            let ago = ago(lang, age(since, reader));
            t!(lang, "containers-state-started", state = state, ago = ago, at = moment(reader, since))
        }
        (_, None) => state,
    };
    Block::State(mark, line)
}

fn figures(details: &Details, report: &Report, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let container = &details.container;
    let mut pairs = vec![(t!(lang, "containers-image"), text::clean(&container.image))];
    if container.takes() {
        let figures = report.known.as_ref().map(|row| row.figures).unwrap_or_default();
        let waiting = report.known.as_ref().is_some_and(|row| row.figures_come);
        let none = if waiting { "…" } else { "–" };
        pairs.push((t!(lang, "containers-cpu"), figures.cpu.map_or_else(|| none.into(), words::percent)));
        let memory = figures.memory.map_or_else(
            || none.into(),
            |bytes| match figures.memory_limit.or(details.memory_limit) {
                Some(limit) => {
                    t!(
                        lang,
                        "containers-memory-of",
                        used = Bytes(bytes).to_string(),
                        max = Bytes(limit).to_string()
                    )
                }
                None => Bytes(bytes).to_string(),
            },
        );
        pairs.push((t!(lang, "containers-memory"), memory));
    }
    let ports: Vec<String> = container.ports.iter().filter_map(words::port).collect();
    if !ports.is_empty() {
        pairs.push((t!(lang, "containers-ports"), ports.join(", ")));
    }
    let policy = match details.restart_policy.as_str() {
        "no" => t!(lang, "containers-policy-no"),
        "always" => t!(lang, "containers-policy-always"),
        "unless-stopped" => t!(lang, "containers-policy-unless-stopped"),
        other if other.starts_with("on-failure") => match other.split_once(':') {
            Some((_, most)) => t!(lang, "containers-policy-on-failure-most", n = most),
            None => t!(lang, "containers-policy-on-failure"),
        },
        other => other.to_owned(),
    };
    let policy = match details.restarts {
        0 => policy,
        n => t!(lang, "containers-policy-restarts", policy = policy, n = n),
    };
    pairs.push((t!(lang, "containers-policy"), policy));
    pairs
}

fn rows(report: &Report, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let name = || report.name.clone();
    let log =
        Button::view(t!(lang, "containers-button-log"), AnyView::Containers(View::Log(Log::of(name()))));
    let more =
        Button::view(t!(lang, "containers-button-details"), AnyView::Containers(View::Details(name())));
    let mut rows = Vec::new();
    if let Some(half) = &report.half
        && reader.role >= Role::Pilot
        && report.op.is_none()
    {
        rows.extend(half_acts(half, reader));
        // The newer one is good after all: what is left of the one before can go.
        if half.compose.is_none()
            && half.runs
            && let Ok(old) = Name::parse(&half.old())
        {
            let label = t!(lang, "containers-button-remove-old");
            rows.push(vec![Button::act(label, act_of(Verb::Remove, old)).style(Style::Danger)]);
        }
    }
    let Ok(details) = &report.details else {
        rows.push(vec![log]);
        return rows;
    };
    if reader.role >= Role::Pilot && report.op.is_none() {
        let act = |verb: Verb, label: String| Button::act(label, act_of(verb, name()));
        let mut first = Vec::new();
        match details.container.state {
            State::Paused => {
                first.push(act(Verb::Unpause, t!(lang, "containers-button-unpause")).style(Style::Success));
            }
            State::Running | State::Restarting if !report.protected => {
                first.push(act(Verb::Restart, t!(lang, "containers-button-restart")));
                first.push(act(Verb::Stop, t!(lang, "containers-button-stop")).style(Style::Danger));
                if details.container.state == State::Running {
                    first.push(act(Verb::Pause, t!(lang, "containers-button-pause")));
                }
                first.push(act(Verb::Kill, t!(lang, "containers-button-kill")).style(Style::Danger));
            }
            State::Created | State::Exited(_) => {
                first.push(act(Verb::Start, t!(lang, "containers-button-start")).style(Style::Success));
                if !report.protected {
                    first.push(act(Verb::Remove, t!(lang, "containers-button-remove")).style(Style::Danger));
                }
            }
            State::Dead if !report.protected => {
                first.push(act(Verb::Remove, t!(lang, "containers-button-remove")).style(Style::Danger));
            }
            _ => {}
        }
        rows.extend(first.chunks(2).map(<[Button]>::to_vec));
        let newer = report.verdict.as_ref().is_some_and(|verdict| verdict.found == Found::Newer);
        if newer && !report.protected && details.container.state == State::Running {
            let update = crate::intent::Act::Containers(Act::Update(name()));
            rows.push(vec![Button::act(t!(lang, "containers-button-update"), update).style(Style::Danger)]);
        }
    }
    rows.push(charts(details, report));
    let mut last = vec![log, more];
    if let Some(project) = details.container.project().and_then(|project| Name::parse(project).ok()) {
        last.push(Button::view(format!("📦 {project}"), AnyView::Containers(View::Project(project))));
    }
    rows.push(last);
    rows
}

/// The ways out of half an update.
fn half_acts(half: &Half, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let act = |label: String, act: Act| Button::act(label, crate::intent::Act::Containers(act));
    let back = act(t!(lang, "containers-button-put-back"), Act::PutBack(half.name.clone()));
    match half.compose {
        None => vec![vec![back.style(Style::Success)]],
        Some(_) => {
            let on = act(t!(lang, "containers-button-finish"), Act::Finish(half.name.clone()));
            let so = act(t!(lang, "containers-button-let-go"), Act::LetGo(half.name.clone()));
            vec![vec![on.style(Style::Success), back], vec![so]]
        }
    }
}

/// Its own history, from its control group once a minute.
fn charts(details: &Details, report: &Report) -> Vec<Button> {
    let chart = |label: &str, take| {
        let chart = metrics::Group::of_container(&details.container.id.0, report.name.clone(), take);
        Button::view(label, AnyView::Metrics(chart))
    };
    vec![chart("📈 RAM", metrics::Take::Memory), chart("📈 CPU", metrics::Take::Cpu)]
}
