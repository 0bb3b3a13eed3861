//! Screens of the scheduler. Pure.

use std::time::Duration;

use super::{
    LookError, Overview, Standing,
    model::{Missed, Reason, Run, RunResult},
    plan::{Form, Plan},
    state::MISSED_MAX,
};
use crate::{
    domain::{Flight, JobOutcome, Lang, Reader},
    intent::{
        Act as AnyAct, View as AnyView,
        jobs::View as JobView,
        schedule::{Act, View},
    },
    locale::{moment, say, span, weekday},
    screen::{Block, Button, Mark, Pager, Screen, Style, Topic},
    t,
};

const PER_PAGE: usize = 8;
/// Presets of a pause, hours.
const DAY_H: u32 = 24;
const WEEK_H: u32 = 7 * 24;

/// "daily at 02:30"; a cron expression as it is.
pub fn plan(plan: &Plan, lang: Lang) -> String {
    let clock = |at: &jiff::civil::Time| at.strftime("%H:%M").to_string();
    match plan.form() {
        Form::Hourly { .. } => t!(lang, "schedule-plan-hourly"),
        Form::Daily { at } => t!(lang, "schedule-plan-daily", at = clock(at)),
        Form::Weekly { days, at } => {
            let named = days.iter().filter_map(|day| {
                let day = jiff::civil::Weekday::from_monday_zero_offset(i8::try_from(*day).ok()?).ok()?;
                Some(weekday(lang, day))
            });
            let days: Vec<String> = named.collect();
            t!(lang, "schedule-plan-weekly", days = days.join(", "), at = clock(at))
        }
        Form::Monthly { day, at } => t!(lang, "schedule-plan-monthly", day = i64::from(*day), at = clock(at)),
        Form::Every(step) => t!(lang, "schedule-plan-every", step = span(lang, *step)),
        Form::Cron => t!(lang, "schedule-plan-cron", cron = plan.text()),
    }
}

/// What a task does at the moment, in one line: "next Tue 02:30".
fn standing(overview: &Overview, flight: Flight, reader: &Reader) -> (Mark, String) {
    let lang = reader.lang;
    match &overview.standing {
        Standing::Running { since, .. } => {
            (Mark::Busy, t!(lang, "schedule-running", since = moment(reader, *since)))
        }
        Standing::Paused(pause) => {
            let line = match pause.until {
                Some(until) => {
                    t!(lang, "schedule-paused-until", until = moment(reader, until), by = pause.by.as_str())
                }
                None => t!(lang, "schedule-paused", by = pause.by.as_str()),
            };
            (Mark::Idle, line)
        }
        Standing::Waiting => match overview.coming.first() {
            Some(next) if flight.acts_unattended() => {
                (Mark::Good, t!(lang, "schedule-next", at = moment(reader, *next)))
            }
            Some(next) => (Mark::Idle, t!(lang, "schedule-next-practice", at = moment(reader, *next))),
            None => (Mark::Unknown, t!(lang, "schedule-next-never")),
        },
    }
}

pub fn list(tasks: &[(Overview, Option<Run>)], page: u32, flight: Flight, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    if tasks.is_empty() {
        blocks.push(Block::text(t!(lang, "schedule-none")));
    }
    let mut rows = Vec::new();
    for (overview, newest) in Pager::slice(tasks, PER_PAGE, page) {
        let title = say(lang, &overview.rule.title);
        let (mark, line) = standing(overview, flight, reader);
        // A last run that went wrong is the more important word.
        let failed = newest.as_ref().filter(|run| went_wrong(&run.result) && mark != Mark::Busy);
        let (mark, line) = match failed {
            Some(run) => {
                let (mark, last) = outcome(run, reader);
                (mark, format!("{last} · {line}"))
            }
            None => (mark, line),
        };
        blocks.push(Block::State(mark, format!("{title}: {line}")));
        let view = AnyView::Schedule(View::Task(overview.rule.id.clone()));
        rows.push(vec![Button::view(format!("{} {title}", mark.sign()), view)]);
    }
    blocks.extend(practice(flight, reader));
    Screen {
        crumbs: vec![t!(lang, "schedule-crumb")],
        blocks,
        as_of: Some(reader.now),
        rows,
        pager: Pager::over(tasks.len(), PER_PAGE, page, |page| AnyView::Schedule(View::List { page })),
        topics: vec![Topic::Schedule],
        can_live: true,
        ..Screen::default()
    }
}

pub fn task(overview: &Overview, runs: &[Run], flight: Flight, reader: &Reader) -> Screen {
    let (lang, rule) = (reader.lang, &overview.rule);
    let (mark, line) = standing(overview, flight, reader);
    let zone = rule.zone.iana_name().unwrap_or("UTC").to_owned();
    let mut blocks = vec![
        Block::State(mark, line),
        Block::text(t!(lang, "schedule-plan", plan = plan(&rule.plan, lang), zone = zone)),
    ];
    if rule.jitter > Duration::ZERO {
        blocks.push(Block::text(t!(lang, "schedule-jitter", span = span(lang, rule.jitter))));
    }
    blocks.push(Block::text(match rule.missed {
        Missed::CatchUp => t!(lang, "schedule-missed-catch-up"),
        Missed::Report => t!(lang, "schedule-missed-report"),
    }));
    if overview.coming.len() > 1 {
        let coming: Vec<String> = overview.coming.iter().map(|at| moment(reader, *at)).collect();
        blocks.push(Block::text(t!(lang, "schedule-coming", times = coming.join(" · "))));
    }
    if !runs.is_empty() {
        blocks.push(Block::Heading(t!(lang, "schedule-history")));
        for run in runs {
            let (mark, words) = outcome(run, reader);
            let at = moment(reader, run.started);
            blocks.push(Block::State(mark, format!("{at} · {words}{}", why(run, reader))));
        }
    }
    blocks.extend(practice(flight, reader));
    Screen {
        crumbs: vec![t!(lang, "schedule-crumb"), say(lang, &rule.title)],
        blocks,
        as_of: Some(reader.now),
        rows: buttons(overview, runs, reader),
        topics: vec![Topic::Schedule],
        can_live: true,
        live: matches!(overview.standing, Standing::Running { .. }),
        ..Screen::default()
    }
}

fn buttons(overview: &Overview, runs: &[Run], reader: &Reader) -> Vec<Vec<Button>> {
    let (lang, id) = (reader.lang, &overview.rule.id);
    let act = |label: String, act| Button::act(label, AnyAct::Schedule(act));
    let run = act(t!(lang, "schedule-button-run"), Act::Run(id.clone())).style(Style::Primary);
    let pause = |label, hours| act(label, Act::Pause { task: id.clone(), hours });
    let mut rows = Vec::new();
    match &overview.standing {
        Standing::Running { job: Some(job), .. } => {
            let view = AnyView::Jobs(JobView::Job(*job));
            rows.push(vec![Button::view(t!(lang, "schedule-button-job"), view).style(Style::Primary)]);
        }
        Standing::Running { job: None, .. } => {}
        Standing::Waiting | Standing::Paused(_) => {
            let last = runs.iter().find_map(|run| run.job).map(|job| {
                Button::view(t!(lang, "schedule-button-last-job"), AnyView::Jobs(JobView::Job(job)))
            });
            rows.push(std::iter::once(run).chain(last).collect());
        }
    }
    rows.push(match &overview.standing {
        Standing::Paused(_) => vec![act(t!(lang, "schedule-button-resume"), Act::Resume(id.clone()))],
        Standing::Waiting | Standing::Running { .. } => vec![
            pause(t!(lang, "schedule-button-pause-day"), Some(DAY_H)),
            pause(t!(lang, "schedule-button-pause-week"), Some(WEEK_H)),
            pause(t!(lang, "schedule-button-pause"), None),
        ],
    });
    rows
}

fn went_wrong(result: &RunResult) -> bool {
    match result {
        RunResult::Job { outcome } => outcome.is_failure(),
        RunResult::Refused { .. } | RunResult::NotRun | RunResult::Lost => true,
        RunResult::Running | RunResult::Done { .. } | RunResult::Skipped => false,
    }
}

/// How one run went, in a few words.
fn outcome(run: &Run, reader: &Reader) -> (Mark, String) {
    let lang = reader.lang;
    let took = run.ended.map(|ended| {
        let passed = Duration::try_from(ended.duration_since(run.started)).unwrap_or_default();
        span(lang, passed)
    });
    let took = took.unwrap_or_default();
    match &run.result {
        RunResult::Running => (Mark::Busy, t!(lang, "schedule-run-running")),
        RunResult::Done { .. } => (Mark::Good, t!(lang, "schedule-run-done", took = took)),
        RunResult::Job { outcome } => match outcome {
            JobOutcome::Done { .. } => (Mark::Good, t!(lang, "schedule-run-done", took = took)),
            JobOutcome::Incomplete { .. } => (Mark::Look, t!(lang, "schedule-run-incomplete", took = took)),
            JobOutcome::Failed { .. } => (Mark::Bad, t!(lang, "schedule-run-failed", took = took)),
            JobOutcome::Cancelled { .. } => (Mark::Idle, t!(lang, "schedule-run-cancelled", took = took)),
            JobOutcome::TimedOut { .. } => (Mark::Bad, t!(lang, "schedule-run-timed-out", took = took)),
            JobOutcome::Interrupted { .. } => (Mark::Look, t!(lang, "schedule-run-interrupted")),
        },
        RunResult::Refused { why } => (Mark::Bad, t!(lang, "schedule-run-refused", why = say(lang, why))),
        RunResult::Skipped => (Mark::Idle, t!(lang, "schedule-run-skipped")),
        RunResult::NotRun => (Mark::Look, t!(lang, "schedule-run-missed")),
        RunResult::Lost => (Mark::Unknown, t!(lang, "schedule-run-lost")),
    }
}

/// Why it ran, where that is not its time.
fn why(run: &Run, reader: &Reader) -> String {
    let lang = reader.lang;
    let words = match &run.reason {
        Reason::Due { .. } => return String::new(),
        Reason::Missed { count: MISSED_MAX.., first_due } => {
            t!(lang, "schedule-why-missed-many", count = MISSED_MAX, first = moment(reader, *first_due))
        }
        Reason::Missed { count, first_due } => {
            t!(lang, "schedule-why-missed", count = *count, first = moment(reader, *first_due))
        }
        Reason::Asked { by } => t!(lang, "schedule-why-asked", by = by.as_str()),
    };
    format!(" ({words})")
}

fn practice(flight: Flight, reader: &Reader) -> Option<Block> {
    (!flight.acts_unattended()).then(|| Block::Note(t!(reader.lang, "schedule-practice")))
}

pub fn gone(reader: &Reader) -> Screen {
    let lang = reader.lang;
    Screen {
        crumbs: vec![t!(lang, "schedule-crumb")],
        blocks: vec![Block::text(t!(lang, "schedule-gone"))],
        rows: vec![vec![Button::view(t!(lang, "schedule-crumb"), AnyView::Schedule(View::LIST))]],
        ..Screen::default()
    }
}

pub fn away(error: &LookError, reader: &Reader) -> Screen {
    let lang = reader.lang;
    Screen {
        crumbs: vec![t!(lang, "schedule-crumb")],
        blocks: vec![
            Block::State(Mark::Unknown, t!(lang, "schedule-away")),
            Block::text(t!(lang, "schedule-away-mend")),
            Block::Note(error.to_string()),
        ],
        topics: vec![Topic::Schedule],
        ..Screen::default()
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
