//! Screens of jobs. Pure.

use std::time::Duration;

use super::{
    Listing, LookError,
    progress::{Figure, Progress, Unit},
    record::{Live, Record, Snapshot, StopWhy},
};
use crate::{
    domain::{
        Asker, Bytes, FileWork, Flight, Interruption, JobId, JobKind, JobOutcome, JobTitle, Percent, Reader,
    },
    intent::{
        View as AnyView,
        jobs::{Act, View},
    },
    locale::{ago, count, moment, say, span},
    screen::{Block, Button, LogLine, Mark, Pager, Screen, Style, Topic},
    t,
};

/// Ended jobs the list looks back on.
pub const ENDED_MAX: u32 = 50;
/// Buttons and lines of one page.
const PER_PAGE: usize = 8;
const LOG_LINES_PAGE: usize = 40;
/// Lines of the log under a job that went wrong.
const LOG_LINES_BELOW: usize = 5;
/// Columns of a monospaced line.
const COLUMNS: usize = 34;

/// "💾 Backup dre".
pub fn title(title: Option<&JobTitle>, reader: &Reader) -> String {
    let lang = reader.lang;
    match title {
        None => t!(lang, "jobs-title-unknown"),
        Some(JobTitle::Simulated { name }) => t!(lang, "jobs-title-simulated", name = name.as_str()),
        Some(JobTitle::Backup { plan }) => t!(lang, "jobs-title-backup", plan = plan.as_str()),
        Some(JobTitle::Restore { plan, what }) => {
            t!(lang, "jobs-title-restore", plan = plan.as_str(), what = what.as_str())
        }
        Some(JobTitle::Prune { plan }) => t!(lang, "jobs-title-prune", plan = plan.as_str()),
        Some(JobTitle::Check { plan }) => t!(lang, "jobs-title-check", plan = plan.as_str()),
        Some(JobTitle::Prove { plan }) => t!(lang, "jobs-title-prove", plan = plan.as_str()),
        Some(JobTitle::Tend { plan, what }) => {
            t!(lang, "jobs-title-tend", plan = plan.as_str(), what = what.as_str())
        }
        Some(JobTitle::Scan { path }) => t!(lang, "jobs-title-scan", path = path.as_str()),
        Some(JobTitle::Send { name }) => t!(lang, "jobs-title-send", name = name.as_str()),
        Some(JobTitle::Receive { name }) => t!(lang, "jobs-title-receive", name = name.as_str()),
        Some(JobTitle::SelfTest { device, long: false }) => {
            t!(lang, "jobs-title-self-test", device = device.as_str())
        }
        Some(JobTitle::SelfTest { device, long: true }) => {
            t!(lang, "jobs-title-self-test-long", device = device.as_str())
        }
        Some(JobTitle::Files { work, path }) => {
            let path = path.as_str();
            match work {
                FileWork::Move => t!(lang, "jobs-title-move", path = path),
                FileWork::Copy => t!(lang, "jobs-title-copy", path = path),
                FileWork::Delete => t!(lang, "jobs-title-delete", path = path),
                FileWork::EmptyTrash => t!(lang, "jobs-title-empty-trash", path = path),
                FileWork::Archive => t!(lang, "jobs-title-archive", path = path),
                FileWork::Checksum => t!(lang, "jobs-title-checksum", path = path),
            }
        }
        Some(JobTitle::Update) => t!(lang, "jobs-title-update"),
        Some(JobTitle::Pull { image }) => t!(lang, "jobs-title-pull", image = image.as_str()),
        Some(JobTitle::Renew { container }) => {
            t!(lang, "jobs-title-renew", container = container.as_str())
        }
    }
}

fn asked_by(asker: &Asker, reader: &Reader) -> String {
    let lang = reader.lang;
    match asker {
        Asker::Pilot { name, .. } => t!(lang, "jobs-asked-pilot", name = name.as_str()),
        Asker::Schedule { .. } => t!(lang, "jobs-asked-schedule"),
        Asker::Room { .. } => t!(lang, "jobs-asked-cockpit"),
    }
}

/// What to do about a job that was cut off, by what it was.
pub fn mend_interrupted(kind: Option<JobKind>, reader: &Reader) -> String {
    let lang = reader.lang;
    match kind {
        Some(JobKind::Backup) => t!(lang, "jobs-mend-backup"),
        Some(JobKind::Restore) => t!(lang, "jobs-mend-restore"),
        Some(JobKind::Prune | JobKind::Check) => t!(lang, "jobs-mend-repository"),
        Some(JobKind::Send | JobKind::Receive) => t!(lang, "jobs-mend-transfer"),
        Some(JobKind::SelfTest) => t!(lang, "jobs-mend-self-test"),
        Some(JobKind::Update) => t!(lang, "jobs-mend-update"),
        Some(JobKind::Renew) => t!(lang, "jobs-mend-renew"),
        Some(JobKind::Files) => t!(lang, "jobs-mend-files"),
        Some(JobKind::Simulated | JobKind::Scan | JobKind::Pull | JobKind::Prove | JobKind::Tend) | None => {
            t!(lang, "jobs-mend-again")
        }
    }
}

/// How it ended, in one line: mark, words.
pub fn verdict(record: &Record, reader: &Reader) -> (Mark, String) {
    let lang = reader.lang;
    let took = span(lang, Duration::from_secs(record.took_s(reader.now)));
    let at = moment(reader, record.ended.unwrap_or(record.seen));
    let seen = moment(reader, record.seen);
    match &record.outcome {
        Some(JobOutcome::Done { .. }) => (Mark::Good, t!(lang, "jobs-ended-done", at = at, took = took)),
        Some(JobOutcome::Incomplete { .. }) => {
            (Mark::Look, t!(lang, "jobs-ended-incomplete", at = at, took = took))
        }
        Some(JobOutcome::Failed { .. }) => (Mark::Bad, t!(lang, "jobs-ended-failed", at = at, took = took)),
        Some(JobOutcome::Cancelled { by: Some(by) }) => {
            (Mark::Idle, t!(lang, "jobs-ended-cancelled-by", at = at, took = took, by = by.as_str()))
        }
        Some(JobOutcome::Cancelled { by: None }) => {
            (Mark::Idle, t!(lang, "jobs-ended-cancelled", at = at, took = took))
        }
        Some(JobOutcome::TimedOut { after_s }) => {
            let after = span(lang, Duration::from_secs(*after_s));
            (Mark::Bad, t!(lang, "jobs-ended-timed-out", at = at, after = after))
        }
        Some(JobOutcome::Interrupted { how }) => (
            Mark::Look,
            match how {
                Interruption::Shutdown => t!(lang, "jobs-ended-shutdown", at = at),
                Interruption::Crash => t!(lang, "jobs-ended-crash", seen = seen),
                Interruption::Survived => t!(lang, "jobs-ended-survived", at = at),
            },
        ),
        None => (Mark::Unknown, t!(lang, "jobs-ended-unknown", at = at)),
    }
}

/// What there is to say about an outcome besides its line: summary or reason, and what to do.
pub fn details(title: Option<&JobTitle>, outcome: &JobOutcome, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let (text, note) = match outcome {
        JobOutcome::Done { summary } => (summary.as_ref().map(|summary| say(lang, summary)), None),
        JobOutcome::Incomplete { summary } => (Some(say(lang, summary)), None),
        JobOutcome::Failed { why, mend } => (Some(say(lang, why)), mend.as_ref().map(|mend| say(lang, mend))),
        JobOutcome::Cancelled { .. } => (None, None),
        JobOutcome::TimedOut { .. } => (None, Some(t!(lang, "jobs-mend-timed-out"))),
        JobOutcome::Interrupted { .. } => (None, Some(mend_interrupted(title.map(JobTitle::kind), reader))),
    };
    text.map(Block::text).into_iter().chain(note.map(Block::Note)).collect()
}

pub fn job(snapshot: &Snapshot, reader: &Reader) -> Screen {
    let (lang, record) = (reader.lang, &snapshot.record);
    let name = title(record.title.as_ref(), reader);
    let mut blocks = Vec::new();
    let mut rows = Vec::new();
    match &snapshot.live {
        Some(live) => {
            blocks.push(Block::State(Mark::Busy, running_line(record, live, reader)));
            blocks.extend(progress(&record.progress, live, reader));
            if live.survivor {
                blocks.push(Block::Note(t!(lang, "jobs-survivor")));
            }
            if live.stopping.is_none() {
                let cancel = Button::act(
                    t!(lang, "jobs-button-cancel"),
                    crate::intent::Act::Jobs(Act::Cancel(record.id)),
                );
                rows.push(vec![cancel.style(Style::Danger)]);
            }
        }
        None => {
            let (mark, line) = verdict(record, reader);
            blocks.push(Block::State(mark, line));
            if let Some(outcome) = &record.outcome {
                blocks.extend(details(record.title.as_ref(), outcome, reader));
                if outcome.is_failure() && !record.log.is_empty() {
                    let from = record.log.len().saturating_sub(LOG_LINES_BELOW);
                    blocks.push(Block::Log(log_lines(&record.log[from..])));
                }
            }
            blocks.extend(figures(&record.progress, reader));
            blocks.push(Block::text(t!(
                lang,
                "jobs-started",
                at = moment(reader, record.started),
                asked = asked_by(&record.asked_by, reader)
            )));
        }
    }
    if !record.log.is_empty() {
        let view = AnyView::Jobs(View::Log { job: record.id, page: 0 });
        rows.push(vec![Button::view(t!(lang, "jobs-button-log"), view)]);
    }
    Screen {
        crumbs: vec![t!(lang, "jobs-crumb"), name],
        blocks,
        as_of: Some(record.ended.unwrap_or(record.seen)),
        rows,
        topics: vec![Topic::Job(record.id)],
        live: snapshot.is_running(),
        can_live: snapshot.is_running(),
        ..Screen::default()
    }
}

fn running_line(record: &Record, live: &Live, reader: &Reader) -> String {
    let lang = reader.lang;
    match &live.stopping {
        None => t!(
            lang,
            "jobs-running",
            took = span(lang, Duration::from_secs(record.took_s(record.seen))),
            asked = asked_by(&record.asked_by, reader)
        ),
        Some(StopWhy::Cancelled { by: Some(by) }) => t!(lang, "jobs-stopping-by", by = by.as_str()),
        Some(StopWhy::TimeUp { .. }) => t!(lang, "jobs-stopping-time-up"),
        Some(StopWhy::Cancelled { by: None } | StopWhy::Shutdown) => t!(lang, "jobs-stopping"),
    }
}

fn progress(progress: &Progress, live: &Live, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    let share = progress.share();
    let text =
        share.map_or_else(|| t!(lang, "jobs-share-unknown"), |share| Percent(share * 100.0).to_string());
    if share.is_some() || !progress.figures.is_empty() {
        blocks.push(Block::Bar { label: String::new(), share, text });
    }
    let mut lines = Vec::new();
    if let Some((number, of)) = progress.step {
        lines.push(t!(lang, "jobs-step", number = number, of = of));
    }
    for (at, shown) in progress.figures.iter().take(Progress::FIGURES_MAX).enumerate() {
        let line = figure(shown, reader);
        match live.rate.filter(|rate| at == 0 && *rate > 0.0).map(|rate| self::rate(rate, shown.unit, reader))
        {
            Some(rate) => lines.push(format!("{line} · {rate}")),
            None => lines.push(line),
        }
    }
    if live.stopping.is_none()
        && let Some(eta_s) = live.eta_s
    {
        lines.push(t!(lang, "jobs-left", left = rounded(eta_s, reader)));
    }
    blocks.extend(lines.into_iter().map(Block::text));
    if let Some(note) = progress.note.as_deref().filter(|note| !note.is_empty()) {
        blocks.push(Block::Pre(tail(&super::clean(note), COLUMNS)));
    }
    blocks
}

/// The figures of an ended job, where they say something.
fn figures(progress: &Progress, reader: &Reader) -> Vec<Block> {
    let shown = progress.figures.iter().take(Progress::FIGURES_MAX).filter(|figure| figure.done > 0);
    shown.map(|shown| Block::text(figure(shown, reader))).collect()
}

fn figure(figure: &Figure, reader: &Reader) -> String {
    let lang = reader.lang;
    match (figure.unit, figure.total) {
        (Unit::Bytes, Some(total)) => {
            // In the unit of the whole, so that both figures can be compared.
            let scale = Bytes(total).scale();
            t!(
                lang,
                "jobs-of",
                done = Bytes(figure.done).figure(scale),
                total = format!("{} {}", Bytes(total).figure(scale), Bytes::unit(scale))
            )
        }
        (Unit::Bytes, None) => Bytes(figure.done).to_string(),
        (unit, Some(total)) => {
            t!(lang, "jobs-of", done = count(lang, figure.done), total = counted(total, unit, reader))
        }
        (unit, None) => counted(figure.done, unit, reader),
    }
}

fn counted(number: u64, unit: Unit, reader: &Reader) -> String {
    let (lang, figure) = (reader.lang, count(reader.lang, number));
    match unit {
        Unit::Bytes => Bytes(number).to_string(),
        Unit::Files => t!(lang, "jobs-files", number = number, figure = figure),
        Unit::Packages => t!(lang, "jobs-packages", number = number, figure = figure),
        Unit::Steps => t!(lang, "jobs-steps", number = number, figure = figure),
    }
}

fn rate(rate: f64, unit: Unit, reader: &Reader) -> String {
    match unit {
        Unit::Bytes => format!("{}/s", Bytes(rate as u64)),
        Unit::Files | Unit::Packages | Unit::Steps if rate >= 1.0 => {
            t!(reader.lang, "jobs-rate", figure = count(reader.lang, rate as u64))
        }
        Unit::Files | Unit::Packages | Unit::Steps => {
            t!(reader.lang, "jobs-rate-minute", figure = count(reader.lang, (rate * 60.0) as u64))
        }
    }
}

/// A remaining time is an estimate and is told as one: to five seconds, to the minute, to ten minutes.
fn rounded(eta_s: u64, reader: &Reader) -> String {
    let seconds = match eta_s {
        0..55 => eta_s.div_ceil(5).max(1) * 5,
        55..3_300 => (eta_s + 30) / 60 * 60,
        _ => (eta_s + 300) / 600 * 600,
    };
    span(reader.lang, Duration::from_secs(seconds))
}

/// The end of a path says more than its beginning.
fn tail(text: &str, columns: usize) -> String {
    let length = text.chars().count();
    if length <= columns {
        return text.to_owned();
    }
    std::iter::once('…').chain(text.chars().skip(length - columns + 1)).collect()
}

pub fn log(snapshot: &Snapshot, page: u32, reader: &Reader) -> Screen {
    let (lang, record) = (reader.lang, &snapshot.record);
    let name = title(record.title.as_ref(), reader);
    let at = |page| AnyView::Jobs(View::Log { job: record.id, page });
    // Page 0 is the newest; within a page the oldest stands first, as in a terminal.
    let newest_first: Vec<String> = record.log.iter().rev().cloned().collect();
    let mut lines = Pager::slice(&newest_first, LOG_LINES_PAGE, page).to_vec();
    lines.reverse();
    let body = if lines.is_empty() {
        Block::Note(t!(lang, "jobs-log-empty"))
    } else {
        Block::Log(log_lines(&lines))
    };
    Screen {
        crumbs: vec![t!(lang, "jobs-crumb"), name, t!(lang, "jobs-crumb-log")],
        blocks: vec![body],
        as_of: Some(record.ended.unwrap_or(record.seen)),
        pager: Pager::over(record.log.len(), LOG_LINES_PAGE, page, at),
        topics: vec![Topic::Job(record.id)],
        can_live: snapshot.is_running(),
        ..Screen::default()
    }
}

fn log_lines(lines: &[String]) -> Vec<LogLine> {
    lines.iter().map(|text| LogLine { at: None, priority: None, text: text.clone() }).collect()
}

pub fn list(listing: &Listing, page: u32, flight: Flight, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    let mut rows = Vec::new();
    if listing.running.is_empty() {
        blocks.push(Block::text(t!(lang, "jobs-list-idle")));
    }
    if page == 0 {
        for snapshot in &listing.running {
            let record = &snapshot.record;
            let name = title(record.title.as_ref(), reader);
            let share = record.progress.share();
            let how =
                share.map_or_else(|| t!(lang, "jobs-share-unknown"), |s| Percent(s * 100.0).to_string());
            blocks.push(Block::State(Mark::Busy, format!("{name} · {how}")));
            rows.push(vec![Button::view(format!("… {name}"), AnyView::Jobs(View::Job(record.id)))]);
        }
    }
    let shown = Pager::slice(&listing.ended, PER_PAGE, page);
    if !shown.is_empty() {
        blocks.push(Block::Heading(t!(lang, "jobs-list-ended")));
    }
    for pair in shown.chunks(2) {
        let button = |record: &Record| {
            let mark = verdict(record, reader).0.sign();
            Button::view(
                format!("{mark} {}", title(record.title.as_ref(), reader)),
                AnyView::Jobs(View::Job(record.id)),
            )
        };
        rows.push(pair.iter().map(button).collect());
    }
    for record in shown {
        let (mark, _) = verdict(record, reader);
        let since = reader.now.duration_since(record.ended.unwrap_or(record.seen));
        let when = ago(lang, Duration::try_from(since).unwrap_or_default());
        blocks.push(Block::State(mark, format!("{} · {when}", title(record.title.as_ref(), reader))));
    }
    if flight == Flight::Sim {
        let simulate = crate::intent::Act::Jobs(Act::Simulate);
        rows.push(vec![Button::act(t!(lang, "jobs-button-simulate"), simulate)]);
    }
    Screen {
        crumbs: vec![t!(lang, "jobs-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows,
        pager: Pager::over(listing.ended.len(), PER_PAGE, page, |page| AnyView::Jobs(View::List { page })),
        topics: vec![Topic::Jobs],
        can_live: true,
        ..Screen::default()
    }
}

/// A number that no record has any more.
pub fn gone(job: JobId, reader: &Reader) -> Screen {
    let number = u64::try_from(job.0).unwrap_or(0);
    Screen {
        crumbs: vec![t!(reader.lang, "jobs-crumb")],
        blocks: vec![Block::text(t!(reader.lang, "jobs-gone", number = count(reader.lang, number)))],
        rows: vec![vec![Button::view(t!(reader.lang, "jobs-crumb"), AnyView::Jobs(View::LIST))]],
        ..Screen::default()
    }
}

pub fn away(error: &LookError, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "jobs-crumb")],
        blocks: vec![
            Block::State(Mark::Unknown, t!(reader.lang, "jobs-away")),
            Block::Note(error.to_string()),
        ],
        topics: vec![Topic::Jobs],
        ..Screen::default()
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
