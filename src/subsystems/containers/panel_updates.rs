//! The screen of newer images. Pure.

use super::{
    messages::UpdatesReport,
    model::Container,
    panel::{age, link_blocks},
    state::Link,
    updates::{Found, Verdict},
    words,
};
use crate::{
    domain::{Lang, Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView,
        containers::{Act, View},
        schedule,
    },
    locale::{ago, say},
    scheduler,
    screen::{Block, Button, Mark, Pager, Screen, Topic, text},
    t,
};

const PER_PAGE: usize = 8;
const COLUMNS: usize = 34;
/// Its task in the schedule.
pub const TASK: &str = "containers.updates";

pub fn updates(report: &UpdatesReport, number: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen = Screen {
        crumbs: vec![t!(lang, "containers-crumb"), t!(lang, "containers-updates")],
        blocks: link_blocks(&report.link, reader),
        as_of: Some(reader.now),
        topics: vec![Topic::Containers],
        live: report.checking.is_some(),
        ..Screen::default()
    };
    if !report.enabled {
        screen.blocks.push(Block::State(Mark::Idle, t!(lang, "containers-updates-off")));
        return screen;
    }
    if let Some((done, of)) = report.checking {
        let line = t!(lang, "containers-updates-checking", done = done, of = of);
        screen.blocks.push(Block::State(Mark::Busy, line));
    }
    screen.blocks.push(verdict_of_all(report, lang));
    let page = Pager::slice(&report.rows, PER_PAGE, number);
    if !page.is_empty() {
        let lines: Vec<String> = page.iter().map(|(c, v)| entry(c, v.as_ref(), reader)).collect();
        screen.blocks.push(Block::Pre(lines.join("\n")));
    }
    for why in reasons(page, reader) {
        screen.blocks.push(Block::Note(why));
    }
    if report.left_out > 0 {
        screen.blocks.push(Block::Note(t!(lang, "containers-updates-left-out", n = report.left_out)));
    }
    let schedule = scheduler::panel::plan(&report.schedule, lang);
    screen.blocks.push(Block::Note(t!(lang, "containers-updates-when", schedule = schedule)));
    let doors: Vec<Button> = page
        .iter()
        .filter(|(_, verdict)| found(verdict.as_ref()) == Some(&Found::Newer))
        .filter_map(|(container, _)| Some((words::short(container), container.address()?)))
        .map(|(short, name)| {
            Button::view(format!("⬆ {}", text::fit(&short, 20)), AnyView::Containers(View::One(name)))
        })
        .collect();
    screen.rows.extend(doors.chunks(2).map(<[Button]>::to_vec));
    let mut last = Vec::new();
    if reader.role >= Role::Pilot && report.checking.is_none() && matches!(report.link, Link::Up(_)) {
        let check = AnyAct::Containers(Act::CheckUpdates);
        last.push(Button::act(t!(lang, "containers-button-check"), check));
    }
    let task = AnyView::Schedule(schedule::View::Task(TASK.into()));
    last.push(Button::view(t!(lang, "containers-button-schedule"), task));
    screen.rows.push(last);
    let view = |page| AnyView::Containers(View::Updates { page });
    screen.pager = Pager::over(report.rows.len(), PER_PAGE, number, view);
    screen
}

fn verdict_of_all(report: &UpdatesReport, lang: Lang) -> Block {
    let count = |is: fn(Option<&Found>) -> bool| {
        report.rows.iter().filter(|(_, verdict)| is(found(verdict.as_ref()))).count()
    };
    let newer = count(|found| found == Some(&Found::Newer));
    let unknown = count(|found| matches!(found, None | Some(Found::Unknown(_))));
    let current = count(|found| found == Some(&Found::Current));
    let (mark, line) = match (newer, unknown, current) {
        _ if report.rows.is_empty() => (Mark::Idle, t!(lang, "containers-updates-none")),
        // No registry was asked: built here, or fixed by a digest.
        (0, 0, 0) => (Mark::Idle, t!(lang, "containers-updates-nowhere")),
        (0, 0, _) => (Mark::Good, t!(lang, "containers-updates-all-current")),
        (0, unknown, _) => (Mark::Unknown, t!(lang, "containers-updates-unknown", n = unknown)),
        (newer, ..) => (Mark::Look, t!(lang, "containers-updates-newer", n = newer)),
    };
    Block::State(mark, line)
}

fn found(verdict: Option<&Verdict>) -> Option<&Found> {
    verdict.map(|verdict| &verdict.found)
}

fn entry(container: &Container, verdict: Option<&Verdict>, reader: &Reader) -> String {
    let lang = reader.lang;
    let (mark, says) = match found(verdict) {
        None => (Mark::Unknown, t!(lang, "containers-found-not-asked")),
        Some(Found::Newer) => (Mark::Look, t!(lang, "containers-found-newer")),
        Some(Found::Current) => (Mark::Good, t!(lang, "containers-found-current")),
        Some(Found::Pinned) => (Mark::Idle, t!(lang, "containers-found-pinned")),
        Some(Found::BuiltHere) => (Mark::Idle, t!(lang, "containers-found-built")),
        Some(Found::Unknown(_)) => (Mark::Unknown, t!(lang, "containers-found-unknown")),
    };
    let says = text::fit(&says, COLUMNS / 2);
    let room = COLUMNS - 3 - text::columns(&says);
    let name = text::pad(&text::clean(&words::short(container)), room, false);
    let image = verdict.map_or(container.image.as_str(), |verdict| verdict.image.as_str());
    let mut below = text::clean(words::image(image));
    if let Some(verdict) = verdict {
        below = format!("{below} · {}", ago(lang, age(verdict.at, reader)));
    }
    format!("{} {name} {says}\n    {}", mark.sign(), text::fit(&below, COLUMNS - 4))
}

/// Why some are unknown; the same reason once.
fn reasons(page: &[(Container, Option<Verdict>)], reader: &Reader) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for (_, verdict) in page {
        if let Some(Found::Unknown(why)) = found(verdict.as_ref()) {
            let why = say(reader.lang, why);
            if !told.contains(&why) {
                told.push(why);
            }
        }
    }
    told
}
