//! The browser's screens: the roots, a folder, one file. Pure: what was read and a reader in, a screen out.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    fault::Fault,
    folder::{Kind, Meta, Space},
    listing::{Entry, Listing},
    root::Root,
    text::Nature,
    usage::Sizes,
    words,
};
use crate::{
    domain::{Percent, Place, Reader, Role, Target},
    intent::{
        Act as AnyAct, Hole, View as AnyView, backup,
        storage::{Act, Ask, Folder, Going, Relocation, Sort, View},
        transfers, usage,
    },
    locale,
    screen::{Block, Button, Mark, Pager, Prompt, Screen, Span, Style, Topic, text::clean},
    t,
};

/// One button each: more would push the controls off the screen.
pub const PER_PAGE: usize = 8;
/// Buttons of the breadcrumb: the folders nearest to this one.
const CRUMBS_MAX: usize = 4;

/// A root with its space, or why it is not to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRow {
    pub root: Root,
    pub space: Result<Option<Space>, Fault>,
}

/// One file, folder or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub place: Place,
    pub read_only: bool,
    pub meta: Meta,
    pub owner: String,
    pub link: Option<LinkTarget>,
    /// What its first bytes show, where it may be looked into.
    pub nature: Option<Nature>,
    /// It lies on the root's own filesystem, where the trash is.
    pub has_trash: bool,
    /// From the top of the machine, where that can be written as text.
    pub path: Option<String>,
    /// What a folder holds as it was measured: (bytes, files), and when.
    pub holds: Option<((u64, u64), Timestamp)>,
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    pub says: Vec<u8>,
    /// Where it leads, if that is beneath its root.
    pub beneath: Option<Place>,
}

pub fn view(view: View) -> AnyView {
    AnyView::Storage(view)
}

/// What stands in front of every screen of this room.
pub fn crumbs(place: Option<&Place>, reader: &Reader) -> Vec<String> {
    let mut crumbs = vec![t!(reader.lang, "storage-crumb-cargo"), t!(reader.lang, "storage-crumb")];
    if let Some(place) = place {
        crumbs.push(place.root.as_str().to_owned());
        crumbs.extend(place.path.parts().map(|part| words::name(&part)));
    }
    crumbs
}

/// A screen that only says why there is none.
pub fn refusal(why: String, place: Option<&Place>, reader: &Reader) -> Screen {
    Screen { crumbs: crumbs(place, reader), blocks: vec![Block::State(Mark::Look, why)], ..Screen::default() }
}

pub fn roots(rows: &[RootRow], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(Block::text(t!(lang, "storage-no-roots")));
        blocks.push(Block::Pre("[storage]\nroots = [{ name = \"data\",\n  path = \"/mnt/data\" }]".into()));
    }
    let mut buttons = Vec::new();
    for row in rows {
        let name = row.root.name.as_str();
        match &row.space {
            Ok(space) => {
                blocks.extend(space.as_ref().map(|space| space_bar(name, space, reader)));
                let icon = if row.root.read_only { "🔒" } else { "🗄" };
                let place = Place::root(row.root.name.clone());
                buttons.push(vec![Button::view(format!("{icon} {name}"), view(View::folder(place)))]);
            }
            Err(fault) => blocks.push(Block::State(
                Mark::Bad,
                t!(lang, "storage-root-fault", name = name, why = fault.say(lang)),
            )),
        }
    }
    Screen {
        crumbs: crumbs(None, reader),
        blocks,
        as_of: (!rows.is_empty()).then_some(reader.now),
        rows: buttons,
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

fn space_bar(label: &str, space: &Space, reader: &Reader) -> Block {
    let used = space.total.0.saturating_sub(space.free.0);
    Block::Bar {
        label: label.to_owned(),
        share: Percent::of(used, space.total.0).map(|percent| percent.0 / 100.0),
        text: t!(reader.lang, "storage-free", free = space.free.to_string()),
    }
}

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
        let label = format!("{} ›", crate::screen::text::fit(&words::visible(&place.name()), 14));
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

pub fn item(item: &Item, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let meta = &item.meta;
    let mut blocks = vec![Block::Heading(format!(
        "{} {}",
        words::icon(meta.kind, item.place.path.as_bytes()),
        words::visible(&item.place.name())
    ))];
    blocks.push(Block::Text(vec![Span::Code(clean(&item.place.shown()))]));
    let mut pairs = vec![(t!(lang, "storage-pair-kind"), words::nature(lang, meta.kind, item.nature))];
    if meta.kind == Kind::File {
        pairs.push((t!(lang, "storage-pair-size"), words::exact_size(lang, meta.size)));
        if meta.allocated.abs_diff(meta.size) > meta.size / 8 + 8192 {
            pairs.push((t!(lang, "storage-pair-on-disk"), words::size(meta.allocated)));
        }
    }
    if meta.kind == Kind::Folder {
        pairs.push((t!(lang, "storage-pair-holds"), holds(item, reader)));
    }
    if let Some(at) = meta.modified {
        let when = format!("{} ({})", locale::moment(reader, at), words::age(at, reader));
        pairs.push((t!(lang, "storage-pair-modified"), when));
    }
    if let Some(at) = meta.born {
        pairs.push((t!(lang, "storage-pair-born"), locale::moment(reader, at)));
    }
    pairs.push((t!(lang, "storage-pair-mode"), words::mode(meta.mode)));
    pairs.push((t!(lang, "storage-pair-owner"), item.owner.clone()));
    if meta.links > 1 && meta.kind == Kind::File {
        pairs.push((t!(lang, "storage-pair-links"), meta.links.to_string()));
    }
    blocks.push(Block::Pairs(pairs));
    blocks.extend(item_notes(item, reader));
    Screen {
        crumbs: crumbs(Some(&item.place), reader),
        blocks,
        as_of: Some(reader.now),
        rows: item_rows(item, reader),
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

fn since(at: Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(reader.now.duration_since(at)).unwrap_or_default()
}

/// "1.2 GiB in 340 files, 3 h ago", or that nobody has measured it.
fn holds(item: &Item, reader: &Reader) -> String {
    let lang = reader.lang;
    match item.holds {
        None => t!(lang, "storage-not-measured"),
        Some(((bytes, files), at)) => t!(
            lang,
            "storage-holds",
            size = words::size(bytes),
            n = files,
            files = locale::count(lang, files),
            ago = locale::ago(lang, since(at, reader))
        ),
    }
}

fn item_notes(item: &Item, reader: &Reader) -> Vec<Block> {
    let lang = reader.lang;
    let mut notes = Vec::new();
    if let Some(link) = &item.link {
        let says = words::visible(&String::from_utf8_lossy(&link.says));
        // As code: a target such as /etc would be a command to Telegram.
        let words = Span::Plain(format!("{} ", t!(lang, "storage-link-says")));
        notes.push(Block::Text(vec![words, Span::Code(says)]));
        if link.beneath.is_none() {
            notes.push(Block::Note(t!(lang, "storage-link-out")));
        }
    }
    if matches!(item.meta.kind, Kind::Special(_)) {
        notes.push(Block::Note(t!(lang, "storage-note-special")));
    }
    if item.meta.mount_point {
        notes.push(Block::Note(t!(lang, "storage-note-mount")));
    }
    notes
}

fn usage_button(at: &Place, reader: &Reader) -> Button {
    Button::view(t!(reader.lang, "storage-button-usage"), AnyView::Usage(usage::View::folder(at.clone())))
}

fn item_rows(item: &Item, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let target = Target { place: item.place.clone(), stamp: item.meta.stamp };
    let mut rows: Vec<Vec<Button>> = Vec::new();
    if item.meta.kind == Kind::Folder {
        let open = Button::view(t!(lang, "storage-button-open"), view(View::folder(item.place.clone())));
        rows.push(vec![open.style(Style::Primary)]);
    }
    let mut out = Vec::new();
    if matches!(item.meta.kind, Kind::Folder | Kind::File) && reader.role >= Role::Pilot {
        let send = transfers::Act::Send { what: target.clone(), volumes: false };
        out.push(Button::act(t!(lang, "transfers-button-download"), AnyAct::Transfers(send)));
    }
    if item.meta.kind == Kind::Folder {
        out.push(usage_button(&item.place, reader));
        if reader.role >= Role::Pilot {
            let scan = AnyAct::Usage(usage::Act::Scan(item.place.clone()));
            out.push(Button::act(t!(lang, "storage-button-measure"), scan));
        }
    }
    if !out.is_empty() {
        rows.push(out);
    }
    // The bridge leaves this out where there are no backups.
    if let Some(path) =
        item.path.clone().filter(|_| item.meta.kind == Kind::File && reader.role >= Role::Pilot)
    {
        let latest = AnyView::Backup(backup::View::Latest(path));
        rows.push(vec![Button::view(t!(lang, "storage-button-latest"), latest)]);
    }
    if let Some(beneath) = item.link.as_ref().and_then(|link| link.beneath.clone()) {
        rows.push(vec![Button::view(t!(lang, "storage-button-follow"), view(View::Item(beneath)))]);
    }
    if reader.role < Role::Pilot {
        return rows;
    }
    let at = item.place.clone();
    match item.nature {
        Some(Nature::Text { .. } | Nature::Empty) => {
            rows.push(vec![Button::view(t!(lang, "storage-button-view"), view(View::Text { at, page: 0 }))]);
        }
        Some(Nature::Image(_)) => {
            rows.push(vec![Button::view(t!(lang, "storage-button-picture"), view(View::Image(at)))]);
        }
        Some(Nature::Binary(_)) | None => {}
    }
    let act = |label: String, act: Act| Button::act(label, AnyAct::Storage(act));
    let movable = !item.place.path.is_root() && !item.meta.mount_point;
    let mut changes = Vec::new();
    if movable && !item.read_only {
        let ask = View::Ask(Ask::Rename(target.clone()));
        changes.push(Button::view(t!(lang, "storage-button-rename"), view(ask)));
        changes.push(Button::view(t!(lang, "storage-button-move"), pick(&target, Relocation::Move)));
    }
    if movable && !matches!(item.meta.kind, Kind::Special(_)) {
        changes.push(Button::view(t!(lang, "storage-button-copy"), pick(&target, Relocation::Copy)));
    }
    if !changes.is_empty() {
        rows.push(changes);
    }
    let mut last = Vec::new();
    if item.meta.kind == Kind::File {
        last.push(act(t!(lang, "storage-button-checksum"), Act::Checksum(target.clone())));
    }
    if movable && !item.read_only {
        if item.meta.kind == Kind::Folder {
            last.push(act(t!(lang, "storage-button-archive"), Act::Archive(target.clone())));
        }
        let delete = if item.has_trash {
            act(t!(lang, "storage-button-delete"), Act::Throw(target))
        } else {
            act(t!(lang, "storage-button-for-good"), Act::Destroy(target))
        };
        last.push(delete.style(Style::Danger));
    }
    if !last.is_empty() {
        rows.push(last);
    }
    rows
}

/// Begins where it is.
fn pick(what: &Target, how: Relocation) -> AnyView {
    let to = what.place.parent().unwrap_or_else(|| what.place.clone());
    view(View::Pick { going: Going { what: what.clone(), how, to }, page: 0 })
}

pub fn ask(ask: &Ask, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let (place, heading, hint) = match ask {
        Ask::Rename(what) => (
            &what.place,
            t!(lang, "storage-ask-rename", name = words::visible(&what.place.name())),
            t!(lang, "storage-ask-rename-hint", name = words::visible(&what.place.name())),
        ),
        Ask::NewFolder(at) => (
            at,
            t!(lang, "storage-ask-folder", at = words::visible(&at.name())),
            t!(lang, "storage-ask-folder-hint"),
        ),
        Ask::Note(at) => (
            at,
            t!(lang, "storage-ask-note", at = words::visible(&at.name())),
            t!(lang, "storage-ask-note-hint"),
        ),
    };
    Screen {
        crumbs: crumbs(Some(place), reader),
        blocks: vec![Block::text(heading)],
        prompt: Some(Prompt { hole: Hole::Storage(ask.clone()), hint }),
        ..Screen::default()
    }
}
