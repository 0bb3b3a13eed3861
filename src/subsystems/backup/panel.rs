//! The overview, one plan, and what the dashboard says of them. Pure.

use super::{
    engine::{EngineError, Holder},
    messages::{Board, Look, Sheet},
    ops::Op,
    plan::{Due, Ended},
    words,
};
use crate::{
    domain::{JobId, JobTitle, Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView,
        backup::{Act, PlanName, View},
        jobs as job_intents,
    },
    jobs,
    locale::{self, moment, say},
    room::{Glance, Problem},
    screen::{Align, Block, Button, Column, Mark, Screen, Style, Table, Topic},
    t,
};

/// Buttons beside each other.
const PER_ROW: usize = 3;
/// Paths of a plan that are named.
const PATHS_SHOWN: usize = 4;

/// A job that works on some plan's repository at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Working {
    pub job: JobId,
    pub key: String,
    pub title: JobTitle,
}

fn working<'a>(sheet: &Sheet, all: &'a [Working]) -> impl Iterator<Item = &'a Working> {
    let key = sheet.plan.key();
    all.iter().filter(move |one| one.key == key || one.key.starts_with(&format!("{key}:")))
}

pub fn list(board: &Board, jobs: &[Working], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    if board.plans.is_empty() {
        blocks.push(Block::text(t!(lang, "backup-no-plans")));
        blocks.push(Block::Note(t!(lang, "backup-no-plans-mend")));
    }
    let mut rows = Vec::new();
    let mut buttons = Vec::new();
    for sheet in &board.plans {
        let busy = working(sheet, jobs).next().is_some();
        let mark = words::mark(sheet, false);
        let shown = if busy { Mark::Busy } else { mark };
        let says = words::line(sheet, reader);
        if mark != Mark::Good {
            blocks.push(Block::State(mark, t!(lang, "backup-line", plan = sheet.name.as_str(), says = says)));
        }
        let last = sheet.facts.success.as_ref().map(|last| words::span_since(reader, last.ended));
        rows.push(vec![
            shown.sign().to_owned(),
            sheet.name.to_string(),
            last.unwrap_or_else(|| t!(lang, "backup-word-never")),
            sheet.facts.size.map_or("–".to_owned(), |size| size.stored.to_string()),
        ]);
        let label = format!("{} {}", shown.sign(), sheet.name);
        buttons.push(Button::view(label, AnyView::Backup(View::Plan(sheet.name.clone()))));
    }
    if !rows.is_empty() {
        let column = |title: String, align, shrinks| Column { title, align, shrinks };
        blocks.push(Block::Table(Table {
            columns: vec![
                column(String::new(), Align::Left, false),
                column(t!(lang, "backup-head-plan"), Align::Left, true),
                column(t!(lang, "backup-head-last"), Align::Right, false),
                column(t!(lang, "backup-head-size"), Align::Right, false),
            ],
            rows,
        }));
    }
    for sheet in &board.plans {
        if let Some(proven) = sheet.facts.proven {
            let at = moment(reader, proven);
            blocks.push(Block::text(t!(lang, "backup-proven-plan", plan = sheet.name.as_str(), at = at)));
        }
    }
    Screen {
        crumbs: words::crumbs(reader, &[]),
        blocks,
        as_of: Some(reader.now),
        rows: buttons.chunks(PER_ROW).map(<[Button]>::to_vec).collect(),
        topics: vec![Topic::Backup, Topic::Jobs],
        can_live: true,
        ..Screen::default()
    }
}

pub fn plan(sheet: &Sheet, jobs: &[Working], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = states(sheet, jobs, reader);
    blocks.push(Block::Pairs(pairs(sheet, reader)));
    let jobs_here: Vec<&Working> = working(sheet, jobs).collect();
    let mut rows: Vec<Vec<Button>> = jobs_here
        .iter()
        .map(|one| {
            let view = AnyView::Jobs(job_intents::View::Job(one.job));
            vec![Button::view(format!("… {}", jobs::panel::title(Some(&one.title), reader)), view)]
        })
        .collect();
    rows.extend(buttons(sheet, !jobs_here.is_empty(), reader));
    let busy = sheet.looking || !jobs_here.is_empty();
    if sheet.looking {
        blocks.push(Block::State(Mark::Busy, t!(lang, "backup-looking")));
    }
    let mut topics = vec![Topic::Backup, Topic::Jobs];
    topics.extend(jobs_here.iter().map(|one| Topic::Job(one.job)));
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string()]),
        blocks,
        as_of: Some(reader.now),
        rows,
        topics,
        live: busy,
        can_live: true,
        ..Screen::default()
    }
}

/// What is to be said of it, the worst first.
fn states(sheet: &Sheet, jobs: &[Working], reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let facts = &sheet.facts;
    let mut blocks = Vec::new();
    if let Some(error) = sheet.look.error() {
        blocks.push(Block::State(Mark::Bad, say(lang, &error.phrase())));
        blocks.extend(error.mend().map(|mend| Block::Note(say(lang, &mend))));
    }
    let running = working(sheet, jobs).any(|one| matches!(one.title, JobTitle::Backup { .. }));
    if let Due::Overdue { since } = sheet.due {
        let due = moment(reader, since);
        blocks.push(Block::State(Mark::Bad, t!(lang, "backup-overdue-only", due = due)));
    }
    if let Some(last) = &facts.attempt {
        let at = moment(reader, last.ended);
        match &last.how {
            Ended::Failed { why } => {
                let line = t!(lang, "backup-failed", at = at, why = say(lang, why));
                blocks.push(Block::State(Mark::Bad, line));
            }
            Ended::Cancelled => {
                blocks.push(Block::State(Mark::Idle, t!(lang, "backup-cancelled", at = at)));
            }
            Ended::Done | Ended::Warned => {}
        }
    }
    if let Some(check) = &facts.damaged {
        let line = t!(lang, "backup-damaged", count = check.damage, at = moment(reader, check.at));
        blocks.push(Block::State(Mark::Bad, line));
    }
    match &facts.success {
        Some(success) => {
            let age = words::age(reader, success.ended);
            let line = match success.added {
                Some(added) => t!(lang, "backup-success", age = age, added = added.to_string()),
                None => t!(lang, "backup-good", age = age),
            };
            blocks.push(Block::State(Mark::Good, line));
            if success.warnings > 0 {
                blocks.push(Block::State(Mark::Look, t!(lang, "backup-left-out", count = success.warnings)));
                // Apart from the figures below, which are monospaced.
                blocks.extend(success.named.iter().map(|one| Block::text(words::warning(one))));
            }
        }
        None if !running => blocks.push(Block::State(Mark::Unknown, t!(lang, "backup-never"))),
        None => {}
    }
    blocks.extend(locks(sheet, reader));
    for waiting in &facts.waiting {
        let title = jobs::panel::title(Some(&Op::from(waiting.chore).title(&sheet.name)), reader);
        blocks.push(Block::State(Mark::Busy, t!(lang, "backup-held-line", what = title)));
    }
    blocks
}

fn locks(sheet: &Sheet, reader: &Reader) -> Vec<Block> {
    let mut blocks = Vec::new();
    for lock in sheet.look.locks() {
        let (mark, line) = words::lock(lock, reader);
        blocks.push(Block::State(mark, line));
    }
    let note = match sheet.look.locks() {
        locks if locks.iter().any(|lock| lock.holder == Holder::Unknown) => "backup-lock-unknown-mend",
        locks if locks.iter().any(|lock| lock.holder == Holder::Gone) => "backup-lock-gone-mend",
        _ => return blocks,
    };
    blocks.push(Block::Note(locale::text(reader.lang, note, &[])));
    blocks
}

fn pairs(sheet: &Sheet, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let (plan, facts) = (&sheet.plan, &sheet.facts);
    let mut pairs = vec![(t!(lang, "backup-pair-next"), words::due(sheet, reader))];
    let mut pair = |label: String, value: Option<String>| pairs.extend(value.map(|value| (label, value)));
    // What was never looked at is said as that, once there is something to look at.
    let begun = facts.success.is_some();
    let proven = facts.proven.map(|at| moment(reader, at));
    pair(t!(lang, "backup-pair-proven"), proven.or(begun.then(|| t!(lang, "backup-word-unproven"))));
    let size = facts.size.map(|size| size.stored.to_string());
    pair(t!(lang, "backup-pair-size"), size);
    let held = facts.size.and_then(|size| size.held).map(|held| held.to_string());
    pair(t!(lang, "backup-pair-held"), held);
    let count = facts.listed.map(|(_, count)| locale::count(lang, count));
    pair(t!(lang, "backup-pair-snapshots"), count);
    let check = facts.check.as_ref().map(|check| words::checked(check, reader));
    pair(t!(lang, "backup-pair-check"), check.or(begun.then(|| t!(lang, "backup-word-never"))));
    let version = match &sheet.look {
        Look::Ready { seen, .. } => format!("{} {}", plan.engine.name(), seen.version),
        _ => plan.engine.name().to_owned(),
    };
    pair(t!(lang, "backup-pair-engine"), Some(version));
    pair(t!(lang, "backup-pair-where"), Some(plan.access(None).shown()));
    let mut paths: Vec<String> =
        plan.paths.iter().take(PATHS_SHOWN).map(|path| path.display().to_string()).collect();
    if plan.paths.len() > PATHS_SHOWN {
        paths.push(format!("+{}", plan.paths.len() - PATHS_SHOWN));
    }
    pair(t!(lang, "backup-pair-paths"), Some(paths.join(" ")));
    pairs
}

fn buttons(sheet: &Sheet, busy: bool, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let name = || sheet.name.clone();
    let act = |label: String, act| Button::act(label, AnyAct::Backup(act));
    let view = |label: String, view| Button::view(label, AnyView::Backup(view));
    let mut rows = Vec::new();
    let missing = matches!(sheet.look.error(), Some(EngineError::NoRepository { .. }));
    if missing && reader.role >= Role::Owner {
        let button = act(t!(lang, "backup-button-initialise"), Act::Initialise(name()));
        rows.push(vec![button.style(Style::Primary)]);
    }
    let locked = sheet.look.locks().iter().any(|lock| lock.holder != Holder::Runs)
        || matches!(sheet.look.error(), Some(EngineError::Locked { .. }));
    if locked && !busy && reader.role >= Role::Owner {
        let button = act(t!(lang, "backup-button-unlock"), Act::Unlock(name()));
        rows.push(vec![button.style(Style::Danger)]);
    }
    let mut first = Vec::new();
    if reader.role >= Role::Pilot {
        if !busy && !missing {
            let style = if matches!(sheet.due, Due::Overdue { .. }) { Style::Primary } else { Style::Plain };
            first.push(act(t!(lang, "backup-button-run"), Act::Run(name())).style(style));
        }
        first.push(act(t!(lang, "backup-button-look"), Act::Look(name())));
    }
    rows.push(first);
    rows.push(vec![
        view(t!(lang, "backup-button-snapshots"), View::Snapshots { plan: name(), page: 0, all: false }),
        view(t!(lang, "backup-button-verify"), View::Verify(name())),
    ]);
    let mut last = vec![view(t!(lang, "backup-button-size"), View::Size(name()))];
    if reader.role >= Role::Pilot {
        last.insert(0, view(t!(lang, "backup-button-thin"), View::Thin { plan: name(), page: 0 }));
    }
    rows.push(last);
    rows.retain(|row: &Vec<Button>| !row.is_empty());
    rows
}

pub fn unknown(name: &PlanName, reader: &Reader) -> Screen {
    let line = t!(reader.lang, "backup-no-such-plan", plan = name.as_str());
    Screen {
        crumbs: words::crumbs(reader, &[name.to_string()]),
        blocks: vec![Block::State(Mark::Unknown, line)],
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// Just started: what was known before is still being read. Nothing is said to have never been.
pub fn reading(reader: &Reader) -> Screen {
    Screen {
        crumbs: words::crumbs(reader, &[]),
        blocks: vec![Block::State(Mark::Busy, t!(reader.lang, "backup-reading"))],
        topics: vec![Topic::Backup],
        // What was asked for comes by itself.
        live: true,
        ..Screen::default()
    }
}

/// The actor or the store is away; the screen redraws itself when it is back.
pub fn away(reader: &Reader) -> Screen {
    Screen {
        crumbs: words::crumbs(reader, &[]),
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "backup-away"))],
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// On the dashboard: what is wrong with any plan, or how old the oldest backup is and up to when it was proven.
pub fn glance(board: &Board, reader: &Reader) -> Glance {
    let lang = reader.lang;
    let mut glance = Glance::default();
    for sheet in &board.plans {
        let mark = words::mark(sheet, false);
        if !matches!(mark, Mark::Bad | Mark::Look) {
            continue;
        }
        let says = words::line(sheet, reader);
        glance.problems.push(Problem {
            mark,
            line: t!(lang, "backup-line", plan = sheet.name.as_str(), says = says),
            label: sheet.name.to_string(),
            view: AnyView::Backup(View::Plan(sheet.name.clone())),
        });
    }
    let ended = |sheet: &Sheet| sheet.facts.success.as_ref().map(|success| success.ended);
    let oldest = board.plans.iter().map(ended).min().flatten();
    if let Some(oldest) = oldest {
        let age = words::age(reader, oldest);
        let proven: Option<Vec<_>> = board.plans.iter().map(|sheet| sheet.facts.proven).collect();
        let line = match proven.and_then(|all| all.into_iter().min()) {
            Some(proven) => {
                t!(lang, "backup-glance-proven", age = age, day = day(proven, reader))
            }
            None => t!(lang, "backup-glance", age = age),
        };
        let mark = if glance.problems.is_empty() { Mark::Good } else { Mark::Look };
        glance.blocks.push(Block::State(mark, line));
    }
    glance
}

/// "Sunday" within the week, else the date.
fn day(at: jiff::Timestamp, reader: &Reader) -> String {
    let said = moment(reader, at);
    let today = at.to_zoned(reader.tz.clone()).date() == reader.now.to_zoned(reader.tz.clone()).date();
    if today { t!(reader.lang, "backup-today") } else { said }
}
