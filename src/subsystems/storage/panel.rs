//! The browser's first screen, its questions, and what its other screens share. Pure: what was read and a reader in, a
//! screen out.

use std::time::Duration;

use jiff::Timestamp;

use super::{fault::Fault, folder::Space, root::Root, words};
use crate::{
    domain::{Percent, Place, Reader},
    intent::{
        Hole, View as AnyView,
        storage::{Ask, View},
        usage,
    },
    screen::{Block, Button, Mark, Prompt, Screen, Topic},
    t,
};

/// One button each: more would push the controls off the screen.
pub const PER_PAGE: usize = 8;
/// A root with its space, or why it is not to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRow {
    pub root: Root,
    pub space: Result<Option<Space>, Fault>,
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

pub fn space_bar(label: &str, space: &Space, reader: &Reader) -> Block {
    let used = space.total.0.saturating_sub(space.free.0);
    Block::Bar {
        label: label.to_owned(),
        share: Percent::of(used, space.total.0).map(|percent| percent.0 / 100.0),
        text: t!(reader.lang, "storage-free", free = space.free.to_string()),
    }
}

pub fn since(at: Timestamp, reader: &Reader) -> Duration {
    Duration::try_from(reader.now.duration_since(at)).unwrap_or_default()
}

pub fn usage_button(at: &Place, reader: &Reader) -> Button {
    Button::view(t!(reader.lang, "storage-button-usage"), AnyView::Usage(usage::View::folder(at.clone())))
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
