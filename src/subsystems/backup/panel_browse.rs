//! Inside a snapshot: folders page by page, boxes to tick, where the ticked ones are to go. Pure.

use std::path::PathBuf;

use super::{
    engine::EntryKind,
    index::{Line, Weight},
    messages::Sheet,
    panel::Working,
    panel_snapshots::one_line,
    parcel::PACKS,
    read::{Folder, PER_PAGE},
    store::Held,
    words,
};
use crate::{
    domain::{Bytes, JobTitle, Reader, Role, Tending},
    intent::{
        Act as AnyAct, View as AnyView,
        backup::{Act, Browse, Existing, Place, Restore, View},
        jobs as job_intents,
    },
    locale::{self, moment, say},
    screen::{Block, Button, Mark, Pager, Screen, Style, Topic},
    t,
};

/// Columns of a button beside another one.
const LABEL_MAX: usize = 28;
/// Pages.
const LEAPS: [u32; 3] = [10, 100, 1000];
/// Of what was picked, by name.
const PICKED_SHOWN: usize = 10;

pub fn folder(
    sheet: &Sheet,
    held: &Held,
    browse: &Browse,
    folder: &Folder,
    jobs: &[Working],
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let mut blocks = vec![Block::text(t!(
        lang,
        "backup-browse",
        folder = one_line(&browse.folder),
        at = moment(reader, held.at)
    ))];
    let mut rows = Vec::new();
    let mut pager = None;
    let mut topics = vec![Topic::Backup];
    let mut live = false;
    match folder {
        Folder::Page(page) => {
            if page.of == 0 {
                blocks.push(Block::text(t!(lang, "backup-folder-empty")));
            } else {
                let count = locale::count(lang, page.of);
                blocks.push(Block::Note(t!(lang, "backup-folder-of", number = page.of, count = count)));
            }
            rows.extend(page.lines.iter().map(|line| entry(browse, line, &mut blocks)));
            rows.retain(|row: &Vec<Button>| !row.is_empty());
            let of = usize::try_from(page.of).unwrap_or(usize::MAX);
            let turn = |page| AnyView::Backup(View::Browse(browse.page(page)));
            pager = Pager::over(of, PER_PAGE as usize, browse.page, turn);
            rows.extend(leaps(browse, page.of));
        }
        Folder::NoIndex => {
            let listing = jobs.iter().find(|one| {
                matches!(&one.title, JobTitle::Tend { plan, what: Tending::Index } if plan.as_str() == sheet.name.as_str())
            });
            match listing {
                Some(one) => {
                    blocks.push(Block::State(Mark::Busy, t!(lang, "backup-indexing")));
                    let view = AnyView::Jobs(job_intents::View::Job(one.job));
                    rows.push(vec![Button::view(t!(lang, "backup-button-job"), view)]);
                    topics.push(Topic::Job(one.job));
                    live = true;
                }
                None => {
                    blocks.push(Block::Note(t!(lang, "backup-no-index")));
                    let act = AnyAct::Backup(Act::Index(browse.clone()));
                    rows.push(vec![Button::act(t!(lang, "backup-button-index"), act).style(Style::Primary)]);
                }
            }
        }
        Folder::Failed(error) => {
            blocks.push(Block::State(Mark::Bad, say(lang, &error.phrase())));
            blocks.extend(error.mend().map(|mend| Block::Note(say(lang, &mend))));
        }
    }
    if !browse.picked.is_empty() {
        let count = browse.picked.len();
        let label = t!(lang, "backup-button-where", count = count);
        let view = AnyView::Backup(View::Where(Browse { page: 0, ..browse.clone() }));
        rows.push(vec![Button::view(label, view).style(Style::Primary)]);
        if count == Browse::PICKED_MAX {
            blocks.push(Block::Note(t!(lang, "backup-picked-max", count = count)));
        }
    }
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), moment(reader, held.at)]),
        blocks,
        as_of: Some(held.at),
        rows,
        pager,
        topics,
        live,
        ..Screen::default()
    }
}

/// Through a folder of very many pages: tens, hundreds and thousands of them at once.
fn leaps(browse: &Browse, entries: u64) -> Option<Vec<Button>> {
    let last = u32::try_from(entries.saturating_sub(1) / u64::from(PER_PAGE)).unwrap_or(u32::MAX);
    let at = browse.page.min(last);
    let to = |label: String, page| Button::view(label, AnyView::Backup(View::Browse(browse.page(page))));
    let steps = LEAPS.into_iter().filter(|step| *step <= last);
    let back = steps.clone().rev().filter_map(|step| Some(to(format!("◂ {step}"), at.checked_sub(step)?)));
    let on =
        steps.filter_map(|step| Some(to(format!("{step} ▸"), Some(at + step).filter(|to| *to <= last)?)));
    let row: Vec<Button> = back.chain(on).collect();
    (!row.is_empty()).then_some(row)
}

/// Box and, for a folder, door. A name that is no text cannot be picked by a button; its folder can.
fn entry(browse: &Browse, line: &Line, blocks: &mut Vec<Block>) -> Vec<Button> {
    let shown = one_line(&line.name.to_string_lossy());
    let path: PathBuf = PathBuf::from(&browse.folder).join(&line.name);
    let Some(path) = path.to_str() else {
        blocks.push(Block::State(Mark::Idle, shown));
        return Vec::new();
    };
    let mut label = crate::screen::text::fit(&shown, LABEL_MAX);
    if let Some(size) = line.size.filter(|_| line.kind == EntryKind::File) {
        label.push_str(&format!(" · {size}"));
    }
    if line.kind == EntryKind::Link {
        label.push_str(" →");
    }
    let comes_along = browse.comes_along(path);
    let sign = if browse.is_picked(path) || comes_along { "☑" } else { "☐" };
    // What comes along with its folder is let go by the folder only.
    let next = if comes_along { browse.clone() } else { browse.toggled(path) };
    let tick = Button::view(format!("{sign} {label}"), AnyView::Backup(View::Browse(next)));
    if line.kind != EntryKind::Folder {
        return vec![tick];
    }
    let open = Button::view(format!("📂 {label}"), AnyView::Backup(View::Browse(browse.at(path))));
    let tick = Button { label: sign.to_owned(), ..tick };
    vec![tick, open]
}

/// Where the picked ones are to go. `most`: the largest file that the chat takes.
pub fn destination(
    browse: &Browse,
    held: &Held,
    roots: &[(String, PathBuf)],
    weight: Weight,
    most: Bytes,
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let mut names: Vec<String> = browse.picked.iter().take(PICKED_SHOWN).map(|path| one_line(path)).collect();
    if browse.picked.len() > PICKED_SHOWN {
        names.push(format!("+{}", browse.picked.len() - PICKED_SHOWN));
    }
    let mut blocks = vec![
        Block::text(t!(lang, "backup-where", at = moment(reader, held.at))),
        Block::Pre(names.join("\n")),
    ];
    let mut rows = Vec::new();
    let to = |label: String, place: Place| {
        let restore = Restore {
            plan: browse.plan.clone(),
            snapshot: browse.snapshot.clone(),
            paths: browse.picked.clone(),
            place,
        };
        Button::act(label, AnyAct::Backup(Act::Restore(restore)))
    };
    if reader.role < Role::Owner {
        blocks.push(Block::Note(t!(lang, "backup-restore-owner")));
    } else if browse.picked.is_empty() {
        blocks.push(Block::Note(t!(lang, "backup-nothing-picked")));
    } else {
        blocks.push(Block::Note(t!(lang, "backup-where-says")));
        let original = |existing| Place::Original(existing);
        rows.push(vec![to(t!(lang, "backup-button-keep"), original(Existing::Keep))]);
        rows.push(vec![to(t!(lang, "backup-button-beside"), original(Existing::Beside))]);
        let replace = to(t!(lang, "backup-button-replace"), original(Existing::Replace));
        rows.push(vec![replace.style(Style::Danger)]);
        for (name, path) in roots {
            if let Some(path) = path.to_str() {
                let label = t!(lang, "backup-button-under", root = name.as_str());
                rows.push(vec![to(label, Place::Under(path.to_owned()))]);
            }
        }
        if fits(browse, weight, most) {
            rows.push(vec![to(t!(lang, "backup-button-chat"), Place::Chat)]);
        }
        blocks.push(Block::Note(to_chat(browse, weight, most, reader)));
    }
    Screen {
        crumbs: words::crumbs(reader, &[browse.plan.to_string(), t!(lang, "backup-crumb-restore")]),
        blocks,
        as_of: Some(held.at),
        rows,
        ..Screen::default()
    }
}

/// Whether there is any sense in trying.
fn fits(browse: &Browse, weight: Weight, most: Bytes) -> bool {
    // A file goes as it is; anything else is packed.
    let alone = browse.picked.len() == 1 && weight.folders == 0;
    weight.bytes <= most.0.saturating_mul(if alone { 1 } else { PACKS })
}

/// What the chat would take, before anything is fetched.
fn to_chat(browse: &Browse, weight: Weight, most: Bytes, reader: &Reader) -> String {
    let lang = reader.lang;
    let (size, most_said) = (Bytes(weight.bytes).to_string(), most.to_string());
    let known = match (weight.bytes, weight.unknown) {
        (_, 0) => t!(lang, "backup-picked-weight", size = size),
        (0, _) => t!(lang, "backup-picked-unknown"),
        (_, _) => t!(lang, "backup-picked-at-least", size = size),
    };
    let chat = if fits(browse, weight, most) {
        t!(lang, "backup-chat-takes", most = most_said)
    } else {
        t!(lang, "backup-chat-takes-not", most = most_said)
    };
    format!("{known} {chat}")
}
