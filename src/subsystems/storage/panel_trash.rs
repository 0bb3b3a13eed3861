//! The trash's screens: what is in it, one deleted thing. Pure.

use std::time::Duration;

use super::{
    panel::{crumbs, refusal, view},
    root::Root,
    trash::Thrown,
    words, work,
};
use crate::{
    domain::{Bytes, Place, Reader, Role, RootName},
    intent::{
        Act as AnyAct, View as AnyView,
        storage::{Act, Clash, View},
    },
    locale::{self, span},
    screen::{Block, Button, Pager, Screen, Style, Topic},
    t,
};

const PER_PAGE: usize = 8;

/// What is known of a root's trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heap {
    pub root: Root,
    /// Newest first.
    pub all: Vec<Thrown>,
    pub keep: Duration,
    pub max_size: Bytes,
}

fn trash_crumbs(root: &RootName, reader: &Reader) -> Vec<String> {
    let mut crumbs = crumbs(Some(&Place::root(root.clone())), reader);
    crumbs.push(t!(reader.lang, "storage-crumb-trash"));
    crumbs
}

pub fn heap(heap: &Heap, page: u32, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let sum = work::total(&heap.all);
    let name = &heap.root.name;
    let mut blocks = Vec::new();
    if heap.all.is_empty() {
        blocks.push(Block::text(t!(lang, "storage-trash-empty")));
    } else {
        blocks.push(Block::text(t!(
            lang,
            "storage-trash-holds",
            n = heap.all.len(),
            shown = locale::count(lang, heap.all.len() as u64),
            files = locale::count(lang, sum.files),
            size = words::size(sum.bytes)
        )));
    }
    blocks.push(Block::Note(t!(
        lang,
        "storage-trash-rule",
        keep = span(lang, heap.keep),
        size = heap.max_size.to_string()
    )));
    let mut rows: Vec<Vec<Button>> = Pager::slice(&heap.all, PER_PAGE, page)
        .iter()
        .map(|thrown| {
            let shown = thrown.place.name();
            let icon = words::icon(thrown.kind, thrown.place.path.as_bytes());
            let figures = [words::size(thrown.sum.bytes), words::age(thrown.deleted, reader)];
            let leads = View::Thrown { root: name.clone(), id: thrown.id.clone() };
            vec![Button::view(words::label(icon, &words::visible(&shown), &figures), view(leads))]
        })
        .collect();
    if !heap.all.is_empty() && !heap.root.read_only && reader.role >= Role::Pilot {
        let empty = AnyAct::Storage(Act::Empty(name.clone()));
        rows.push(vec![Button::act(t!(lang, "storage-button-empty"), empty).style(Style::Danger)]);
    }
    Screen {
        crumbs: trash_crumbs(name, reader),
        blocks,
        as_of: Some(reader.now),
        rows,
        pager: Pager::over(heap.all.len(), PER_PAGE, page, |page| {
            view(View::Trash { root: name.clone(), page })
        }),
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

pub fn thrown(root: &Root, thrown: &Thrown, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let shown = words::visible(&thrown.place.name());
    let icon = words::icon(thrown.kind, thrown.place.path.as_bytes());
    let at_least = if thrown.sum.partial { t!(lang, "storage-at-least") + " " } else { String::new() };
    let was_in = thrown.place.parent().unwrap_or_else(|| thrown.place.clone());
    let pairs = vec![
        (t!(lang, "storage-pair-was-in"), words::visible(&was_in.shown())),
        (t!(lang, "storage-pair-size"), format!("{at_least}{}", words::size(thrown.sum.bytes))),
        (t!(lang, "storage-pair-files"), format!("{at_least}{}", locale::count(lang, thrown.sum.files))),
        (t!(lang, "storage-pair-deleted"), locale::moment(reader, thrown.deleted)),
        (t!(lang, "storage-pair-by"), words::visible(&thrown.by)),
    ];
    let mut rows = Vec::new();
    if !root.read_only && reader.role >= Role::Pilot {
        let (name, id) = (root.name.clone(), thrown.id.clone());
        let restore = Act::Restore { root: name.clone(), id: id.clone(), clash: Clash::Ask };
        let purge = Act::Purge { root: name, id };
        rows.push(vec![
            Button::act(t!(lang, "storage-button-restore"), AnyAct::Storage(restore)).style(Style::Success),
            Button::act(t!(lang, "storage-button-for-good"), AnyAct::Storage(purge)).style(Style::Danger),
        ]);
    }
    rows.push(vec![Button::view(
        t!(lang, "storage-button-to-folder", name = words::visible(&was_in.name())),
        view(View::folder(was_in)),
    )]);
    Screen {
        crumbs: trash_crumbs(&root.name, reader),
        blocks: vec![
            Block::Heading(format!("{icon} {shown}")),
            Block::text(t!(lang, "storage-in-trash")),
            Block::Pairs(pairs),
        ],
        as_of: Some(reader.now),
        rows,
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

/// Its old place is taken.
pub fn restore_clash(root: &RootName, thrown: &Thrown, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let id = thrown.id.clone();
    let act = |clash| AnyAct::Storage(Act::Restore { root: root.clone(), id: id.clone(), clash });
    let back = View::Thrown { root: root.clone(), id: id.clone() };
    let place = words::visible(&thrown.place.shown());
    Screen {
        crumbs: trash_crumbs(root, reader),
        blocks: vec![
            Block::text(t!(lang, "storage-restore-clash", place = place)),
            Block::Note(t!(lang, "storage-clash-note")),
        ],
        rows: clash_rows(act(Clash::KeepBoth), act(Clash::Replace), view(back), reader),
        ..Screen::default()
    }
}

/// Cancel first: a thumb that slips hits the harmless one.
pub fn clash_rows(keep: AnyAct, replace: AnyAct, back: AnyView, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    vec![
        vec![Button::view(t!(lang, "storage-button-cancel"), back)],
        vec![
            Button::act(t!(lang, "storage-button-keep-both"), keep).style(Style::Success),
            Button::act(t!(lang, "storage-button-replace"), replace).style(Style::Danger),
        ],
    ]
}

/// It was restored or emptied in the meantime.
pub fn no_such(why: String, root: &RootName, reader: &Reader) -> Screen {
    let mut screen = refusal(why, None, reader);
    screen.crumbs = trash_crumbs(root, reader);
    screen
}
