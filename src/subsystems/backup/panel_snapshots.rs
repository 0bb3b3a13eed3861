//! Snapshots: the list, one of them, two compared. Pure.

use jiff::Timestamp;

use super::{
    messages::Sheet,
    store::{Compared, Held, Mode},
    words,
};
use crate::{
    domain::{Reader, Role},
    intent::{
        Act as AnyAct, View as AnyView,
        backup::{Act, Browse, View, short},
    },
    locale::{self, moment},
    screen::{Block, Button, Mark, Pager, Screen, Style, Topic},
    t,
};

const PER_PAGE: usize = 8;
/// Lines of a comparison.
const CHANGES_PER_PAGE: usize = 20;

/// `others`: how many of the repository are not of this plan and not in the list. `(all, page)`: whether they are, and
/// which page.
pub fn list(
    sheet: &Sheet,
    snapshots: &[Held],
    others: usize,
    (all, page): (bool, u32),
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let name = || sheet.name.clone();
    let mut blocks = Vec::new();
    if snapshots.is_empty() {
        let line = match sheet.facts.listed {
            None if sheet.looking => Block::State(Mark::Busy, t!(lang, "backup-looking")),
            None => Block::State(Mark::Unknown, t!(lang, "backup-not-listed")),
            Some(_) if others > 0 => Block::text(t!(lang, "backup-no-snapshots-of-plan")),
            Some(_) => Block::text(t!(lang, "backup-no-snapshots")),
        };
        blocks.push(line);
    } else {
        if all {
            blocks.push(Block::Note(t!(lang, "backup-snapshots-all")));
        }
        blocks.push(Block::text(t!(
            lang,
            "backup-snapshots",
            count = snapshots.len(),
            oldest = snapshots.last().map_or(String::new(), |oldest| moment(reader, oldest.at))
        )));
    }
    let open = |held: &Held| {
        let view = View::Snapshot { plan: sheet.name.clone(), snapshot: held.which.id.as_str().to_owned() };
        vec![Button::view(label(held, reader), AnyView::Backup(view))]
    };
    let mut rows: Vec<Vec<Button>> = Pager::slice(snapshots, PER_PAGE, page).iter().map(open).collect();
    let view = |page, all| AnyView::Backup(View::Snapshots { plan: name(), page, all });
    if others > 0 {
        blocks.push(Block::Note(t!(lang, "backup-snapshots-others", count = others)));
        rows.push(vec![Button::view(t!(lang, "backup-button-all"), view(0, true))]);
    } else if all {
        rows.push(vec![Button::view(
            t!(lang, "backup-button-own", plan = sheet.name.as_str()),
            view(0, false),
        )]);
    }
    let turn = |page| view(page, all);
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), t!(lang, "backup-crumb-snapshots")]),
        blocks,
        as_of: sheet.facts.listed.map(|(at, _)| at),
        rows,
        pager: Pager::over(snapshots.len(), PER_PAGE, page, turn),
        topics: vec![Topic::Backup],
        live: sheet.looking,
        ..Screen::default()
    }
}

/// "Tue 02:30 · 12 GiB · potion".
fn label(held: &Held, reader: &Reader) -> String {
    let mut label = moment(reader, held.at);
    if let Some(size) = held.size {
        label.push_str(&format!(" · {size}"));
    }
    match (&held.which.name, &held.host) {
        (Some(name), _) => label.push_str(&format!(" · {name}")),
        (None, Some(host)) => label.push_str(&format!(" · {host}")),
        (None, None) => label.push_str(&format!(" · {}", held.which.id.short())),
    }
    label
}

/// `before`: the one made before it.
pub fn one(sheet: &Sheet, held: &Held, before: Option<&Held>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let id = held.which.id.as_str().to_owned();
    let mut pairs = vec![
        (t!(lang, "backup-pair-made"), moment(reader, held.at)),
        (t!(lang, "backup-pair-id"), held.which.id.short().to_owned()),
    ];
    let mut pair = |label: String, value: Option<String>| pairs.extend(value.map(|value| (label, value)));
    pair(t!(lang, "backup-pair-name"), held.which.name.clone());
    pair(t!(lang, "backup-pair-host"), held.host.clone());
    let paths: Vec<String> = held.paths.iter().map(|path| path.display().to_string()).collect();
    pair(t!(lang, "backup-pair-paths"), (!paths.is_empty()).then(|| paths.join(" ")));
    pair(t!(lang, "backup-pair-tags"), (!held.tags.is_empty()).then(|| held.tags.join(", ")));
    pair(t!(lang, "backup-pair-holds"), held.size.map(|size| size.to_string()));
    pair(t!(lang, "backup-pair-files"), held.files.map(|files| locale::count(lang, files)));
    let plan = || sheet.name.clone();
    let mut rows = Vec::new();
    if reader.role >= Role::Pilot {
        let browse = AnyView::Backup(View::Browse(Browse::of(&sheet.name, &id)));
        rows.push(vec![Button::view(t!(lang, "backup-button-browse"), browse).style(Style::Primary)]);
        if let Some(before) = before {
            let from = before.which.id.as_str().to_owned();
            let diff = View::Diff { plan: plan(), from, to: id.clone(), page: 0 };
            rows.push(vec![Button::view(t!(lang, "backup-button-diff"), AnyView::Backup(diff))]);
        }
        let with = View::With { plan: plan(), snapshot: id.clone(), page: 0 };
        rows.push(vec![Button::view(t!(lang, "backup-button-with"), AnyView::Backup(with))]);
    }
    if reader.role >= Role::Owner {
        let forget = AnyAct::Backup(Act::Forget { plan: plan(), snapshot: id });
        rows.push(vec![Button::act(t!(lang, "backup-button-forget"), forget).style(Style::Danger)]);
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), moment(reader, held.at)]),
        blocks: vec![Block::Pairs(pairs)],
        as_of: sheet.facts.listed.map(|(at, _)| at),
        rows,
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// A snapshot that is no longer in the list.
pub fn gone(sheet: &Sheet, snapshot: &str, reader: &Reader) -> Screen {
    let line = t!(reader.lang, "backup-no-such-snapshot", snapshot = short(snapshot));
    let list = View::Snapshots { plan: sheet.name.clone(), page: 0, all: false };
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string()]),
        blocks: vec![Block::State(Mark::Unknown, line)],
        rows: vec![vec![Button::view(t!(reader.lang, "backup-button-snapshots"), AnyView::Backup(list))]],
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// Which other one to compare with.
pub fn with(sheet: &Sheet, held: &Held, all: &[Held], page: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let others: Vec<&Held> = all.iter().filter(|other| other.which.id != held.which.id).collect();
    let open = |other: &&Held| {
        // Always from the older to the newer.
        let (old, new) = if other.at <= held.at { (*other, held) } else { (held, *other) };
        let view = View::Diff {
            plan: sheet.name.clone(),
            from: old.which.id.as_str().to_owned(),
            to: new.which.id.as_str().to_owned(),
            page: 0,
        };
        vec![Button::view(label(other, reader), AnyView::Backup(view))]
    };
    let snapshot = held.which.id.as_str().to_owned();
    let turn =
        |page| AnyView::Backup(View::With { plan: sheet.name.clone(), snapshot: snapshot.clone(), page });
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), moment(reader, held.at)]),
        blocks: vec![Block::text(t!(lang, "backup-with"))],
        as_of: sheet.facts.listed.map(|(at, _)| at),
        rows: Pager::slice(&others, PER_PAGE, page).iter().map(open).collect(),
        pager: Pager::over(others.len(), PER_PAGE, page, turn),
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

pub fn diff(
    sheet: &Sheet,
    (old, new): (&Held, &Held),
    found: Option<&(Timestamp, Compared)>,
    page: u32,
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let (from, to) = (old.which.id.as_str().to_owned(), new.which.id.as_str().to_owned());
    let between = t!(lang, "backup-between", old = moment(reader, old.at), new = moment(reader, new.at));
    let mut blocks = vec![Block::text(between)];
    let mut rows = Vec::new();
    let mut pager = None;
    match found {
        None => {
            blocks.push(Block::Note(t!(lang, "backup-not-compared")));
            let plan = sheet.name.clone();
            let act = AnyAct::Backup(Act::Compare { plan, from, to });
            rows.push(vec![Button::act(t!(lang, "backup-button-compare"), act).style(Style::Primary)]);
        }
        Some((_, compared)) => {
            blocks.push(Block::Pairs(figures(compared, reader)));
            let lines: Vec<String> = compared.changes.iter().map(change).collect();
            if lines.is_empty() {
                blocks.push(Block::text(t!(lang, "backup-same")));
            } else {
                blocks.push(Block::Pre(Pager::slice(&lines, CHANGES_PER_PAGE, page).join("\n")));
            }
            let all = compared.added + compared.removed + compared.changed;
            if all > lines.len() as u64 {
                let (shown, all) = (locale::count(lang, lines.len() as u64), locale::count(lang, all));
                blocks.push(Block::Note(t!(lang, "backup-diff-cut", shown = shown, all = all)));
            }
            let turn = |page| {
                let (plan, from, to) = (sheet.name.clone(), from.clone(), to.clone());
                AnyView::Backup(View::Diff { plan, from, to, page })
            };
            pager = Pager::over(lines.len(), CHANGES_PER_PAGE, page, turn);
        }
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), t!(lang, "backup-crumb-diff")]),
        blocks,
        as_of: found.map(|(at, _)| *at),
        rows,
        pager,
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

fn figures(compared: &Compared, reader: &Reader) -> Vec<(String, String)> {
    let lang = reader.lang;
    let with = |count: u64, bytes: Option<crate::domain::Bytes>| match bytes {
        // With no file among them they are the old content of changed ones.
        Some(bytes) if count > 0 => format!("{} · {bytes}", locale::count(lang, count)),
        _ => locale::count(lang, count),
    };
    // The signs are those of the names below.
    let label = |mode: Mode, label: String| format!("{} {label}", sign(mode));
    vec![
        (label(Mode::Added, t!(lang, "backup-pair-added")), with(compared.added, compared.added_bytes)),
        (label(Mode::Changed, t!(lang, "backup-pair-changed")), with(compared.changed, None)),
        (
            label(Mode::Removed, t!(lang, "backup-pair-removed")),
            with(compared.removed, compared.removed_bytes),
        ),
    ]
}

fn sign(mode: Mode) -> char {
    match mode {
        Mode::Added => '+',
        Mode::Removed => '-',
        Mode::Changed => '~',
        Mode::Meta => '·',
        Mode::Kind => '!',
    }
}

/// "+ /home/u/new.txt", names as they are but on one line.
fn change((mode, path): &(Mode, String)) -> String {
    format!("{} {}", sign(*mode), one_line(path))
}

/// A name from outside on one line: line breaks are shown, what turns the direction of text is not.
pub fn one_line(name: &str) -> String {
    crate::jobs::clean(&name.replace(['\n', '\r'], "⏎"))
}
