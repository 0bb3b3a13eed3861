//! Where something goes to, picked in the browser; and what is done where its name is taken. Pure.

use super::{
    listing::Listing,
    panel::{PER_PAGE, crumbs, view},
    panel_trash::clash_rows,
    root::Root,
    words,
};
use crate::{
    domain::{Place, Reader, Target},
    intent::{
        Act as AnyAct,
        storage::{Act, Clash, Going, Relocation, View},
    },
    screen::{Block, Button, Pager, Screen, Style, text::fit},
    t,
};

fn heading(going: &Going, reader: &Reader) -> String {
    let (lang, name) = (reader.lang, words::visible(&going.what.place.name()));
    match going.how {
        Relocation::Move => t!(lang, "storage-pick-move", name = name),
        Relocation::Copy => t!(lang, "storage-pick-copy", name = name),
    }
}

fn to(going: &Going, place: Place) -> View {
    View::Pick { going: Going { to: place, ..going.clone() }, page: 0 }
}

/// A folder to be picked: its folders lead deeper.
pub fn pick(going: &Going, listing: &Listing, several_roots: bool, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let at = &going.to;
    let mut rows = Vec::new();
    let mut way = Vec::new();
    if several_roots {
        let roots = View::PickRoot { what: going.what.clone(), how: going.how };
        way.push(Button::view(t!(lang, "storage-button-roots"), view(roots)));
    }
    if let Some(parent) = at.parent() {
        let label = format!("⬆ {}", fit(&words::visible(&parent.name()), 20));
        way.push(Button::view(label, view(to(going, parent))));
    }
    if !way.is_empty() {
        rows.push(way);
    }
    rows.extend(listing.entries.iter().filter_map(|entry| {
        let label = words::label("📁", &words::name(&entry.name), &[]);
        Some(vec![Button::view(label, view(to(going, at.join(&entry.name).ok()?)))])
    }));
    let cancel = view(View::Item(going.what.place.clone()));
    let mut last = vec![Button::view(t!(lang, "storage-button-cancel"), cancel)];
    if !listing.root.read_only && !going.is_there() {
        let act = AnyAct::Storage(Act::Relocate { going: going.clone(), clash: Clash::Ask });
        let label = match going.how {
            Relocation::Move => t!(lang, "storage-button-move-here"),
            Relocation::Copy => t!(lang, "storage-button-copy-here"),
        };
        last.push(Button::act(label, act).style(Style::Success));
    }
    rows.push(last);
    let mut blocks = vec![
        Block::text(heading(going, reader)),
        Block::text(t!(lang, "storage-pick-to", place = words::visible(&at.shown()))),
    ];
    if listing.root.read_only {
        blocks.push(Block::Note(t!(lang, "storage-note-read-only")));
    }
    if going.is_there() {
        blocks.push(Block::Note(t!(lang, "storage-already-here")));
    }
    if listing.entries.is_empty() {
        blocks.push(Block::Note(t!(lang, "storage-pick-no-folders")));
    }
    let page = |page| view(View::Pick { going: going.clone(), page });
    Screen {
        crumbs: crumbs(Some(at), reader),
        blocks,
        rows,
        pager: Pager::over(listing.total, PER_PAGE, listing.page, page),
        ..Screen::default()
    }
}

pub fn pick_root(what: &Target, how: Relocation, roots: &[Root], reader: &Reader) -> Screen {
    let going = |root: &Root| Going { what: what.clone(), how, to: Place::root(root.name.clone()) };
    let mut rows: Vec<Vec<Button>> = roots
        .iter()
        .filter(|root| !root.read_only)
        .map(|root| {
            let leads = View::Pick { going: going(root), page: 0 };
            vec![Button::view(format!("🗄 {}", root.name), view(leads))]
        })
        .collect();
    let cancel = view(View::Item(what.place.clone()));
    rows.push(vec![Button::view(t!(reader.lang, "storage-button-cancel"), cancel)]);
    let here = Going { what: what.clone(), how, to: what.place.clone() };
    Screen {
        crumbs: crumbs(Some(&what.place), reader),
        blocks: vec![Block::text(heading(&here, reader))],
        rows,
        ..Screen::default()
    }
}

pub fn clash(going: &Going, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let act = |clash| AnyAct::Storage(Act::Relocate { going: going.clone(), clash });
    let back = View::Pick { going: going.clone(), page: 0 };
    let name = words::visible(&going.what.place.name());
    let to = words::visible(&going.to.shown());
    Screen {
        crumbs: crumbs(Some(&going.to), reader),
        blocks: vec![
            Block::text(t!(lang, "storage-clash", name = name, to = to)),
            Block::Note(t!(lang, "storage-clash-note")),
        ],
        rows: clash_rows(act(Clash::KeepBoth), act(Clash::Replace), view(back), reader),
        ..Screen::default()
    }
}
