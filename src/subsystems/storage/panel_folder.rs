//! A folder's list. Pure.

use super::{
    folder::Kind,
    listing::{Entry, Listing},
    panel::{PER_PAGE, crumbs, since, space_bar, usage_button, view},
    usage::Sizes,
    words,
};
use crate::{
    domain::{Place, Reader, Role},
    intent::storage::{Ask, Folder, Sort, View},
    locale,
    screen::{Block, Button, Pager, Screen, Topic, text::fit},
    t,
};

/// Buttons of the breadcrumb: the folders nearest to this one.
const CRUMBS_MAX: usize = 4;

pub fn folder(wish: &Folder, listing: &Listing, sizes: Option<&Sizes>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let at = |page| Folder { page, ..wish.clone() };
    let mut blocks = Vec::new();
    blocks.extend(listing.space.as_ref().map(|space| space_bar(&t!(lang, "storage-disk"), space, reader)));
    blocks.push(Block::text(summary(listing, wish, reader)));
    if listing.root.read_only {
        blocks.push(Block::Note(t!(lang, "storage-note-read-only")));
    }
    if listing.left_out > 0 {
        let left_out = locale::count(lang, listing.left_out as u64);
        blocks.push(Block::Note(t!(lang, "storage-left-out", n = left_out)));
    }
    if let Some(sizes) = sizes.filter(|_| listing.entries.iter().any(|entry| entry.holds.is_some())) {
        let ago = locale::ago(lang, since(sizes.at, reader));
        blocks.push(Block::Note(t!(lang, "storage-sizes-as-of", ago = ago)));
    }
    let mut rows: Vec<Vec<Button>> = breadcrumb(&wish.at).into_iter().collect();
    rows.extend(
        listing.entries.iter().filter_map(|entry| Some(vec![entry_button(entry, &wish.at, reader)?])),
    );
    rows.extend(controls(wish, listing, reader));
    Screen {
        crumbs: crumbs(Some(&wish.at), reader),
        blocks,
        as_of: Some(reader.now),
        rows,
        pager: Pager::over(listing.total, PER_PAGE, listing.page, |page| view(View::Folder(at(page)))),
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

fn summary(listing: &Listing, wish: &Folder, reader: &Reader) -> String {
    let lang = reader.lang;
    let files = listing.total - listing.folders.min(listing.total);
    let mut parts = Vec::new();
    if listing.total == 0 {
        parts.push(t!(lang, "storage-empty"));
    }
    if listing.folders > 0 {
        let shown = locale::count(lang, listing.folders as u64);
        parts.push(t!(lang, "storage-folders", n = listing.folders, shown = shown));
    }
    if files > 0 {
        parts.push(t!(lang, "storage-files", n = files, shown = locale::count(lang, files as u64)));
    }
    if listing.hidden > 0 && !wish.hidden {
        let shown = locale::count(lang, listing.hidden as u64);
        parts.push(t!(lang, "storage-hidden-count", shown = shown));
    }
    parts.join(" · ")
}

/// The way here, each part to be tapped; the deepest folders where not all fit.
pub fn breadcrumb(at: &Place) -> Option<Vec<Button>> {
    let mut above = Vec::new();
    let mut next = at.parent();
    while let Some(place) = next {
        next = place.parent();
        above.push(place);
    }
    let cut = above.len() > CRUMBS_MAX;
    above.truncate(if cut { CRUMBS_MAX - 1 } else { CRUMBS_MAX });
    if cut {
        above.push(Place::root(at.root.clone()));
    }
    above.reverse();
    let buttons = above.into_iter().map(|place| {
        let label = format!("{} ›", fit(&words::visible(&place.name()), 14));
        Button::view(label, view(View::folder(place)))
    });
    let buttons: Vec<Button> = buttons.collect();
    (!buttons.is_empty()).then_some(buttons)
}

fn entry_button(entry: &Entry, at: &Place, reader: &Reader) -> Option<Button> {
    let place = at.join(&entry.name).ok()?;
    let mut figures = Vec::new();
    if entry.kind == Kind::File {
        figures.extend(entry.size.map(words::size));
    }
    figures.extend(entry.holds.filter(|_| !entry.mount_point).map(words::size));
    figures.extend(entry.modified.map(|at| words::age(at, reader)));
    let icon = if entry.mount_point { "💽" } else { words::icon(entry.kind, entry.name.as_bytes()) };
    let label = words::label(icon, &words::name(&entry.name), &figures);
    let leads = if entry.kind == Kind::Folder { View::folder(place) } else { View::Item(place) };
    Some(Button::view(label, view(leads)))
}

fn controls(wish: &Folder, listing: &Listing, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let sorts = [
        (Sort::Name, t!(lang, "storage-sort-name")),
        (Sort::Size, t!(lang, "storage-sort-size")),
        (Sort::Time, t!(lang, "storage-sort-time")),
    ];
    let first: Vec<Button> = sorts
        .into_iter()
        .map(|(sort, label)| {
            let chosen = sort == wish.sort;
            let label = if chosen { format!("• {label}") } else { label };
            Button::view(label, view(View::Folder(Folder { sort, page: 0, ..wish.clone() })))
        })
        .collect();
    let mut second =
        vec![Button::view(t!(lang, "storage-button-details"), view(View::Item(wish.at.clone())))];
    second.push(usage_button(&wish.at, reader));
    if listing.hidden > 0 {
        let label = if wish.hidden { t!(lang, "storage-hide") } else { t!(lang, "storage-show") };
        let toggled = Folder { hidden: !wish.hidden, page: 0, ..wish.clone() };
        second.push(Button::view(label, view(View::Folder(toggled))));
    }
    let mut third = Vec::new();
    if !listing.root.read_only && reader.role >= Role::Pilot {
        let (folder, note) = (Ask::NewFolder(wish.at.clone()), Ask::Note(wish.at.clone()));
        third.push(Button::view(t!(lang, "storage-button-new-folder"), view(View::Ask(folder))));
        third.push(Button::view(t!(lang, "storage-button-note"), view(View::Ask(note))));
    }
    if wish.at.path.is_root() {
        let trash = View::Trash { root: wish.at.root.clone(), page: 0 };
        third.push(Button::view(t!(lang, "storage-button-trash"), view(trash)));
    }
    [first, second, third].into_iter().filter(|row| !row.is_empty()).collect()
}
