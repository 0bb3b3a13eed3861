//! "Latest version of this file": which plan, or why there is none. Pure.

use jiff::Timestamp;

use super::{messages::Sheet, panel_snapshots::one_line, store::Held, words};
use crate::{
    domain::Reader,
    intent::{
        View as AnyView,
        backup::{Browse, View},
    },
    locale::moment,
    screen::{Block, Button, Mark, Screen, Topic},
    t,
};

/// A plan that saves the file, and when it did last.
#[derive(Debug)]
pub struct Newest<'a> {
    pub sheet: &'a Sheet,
    pub at: Timestamp,
}

/// No plan saves this path.
pub fn not_saved(path: &str, reader: &Reader) -> Screen {
    let line = t!(reader.lang, "backup-not-saved", path = one_line(path));
    Screen {
        crumbs: words::crumbs(reader, &[]),
        blocks: vec![Block::State(Mark::Unknown, line)],
        rows: vec![vec![Button::view(t!(reader.lang, "backup-crumb"), AnyView::Backup(View::List))]],
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// Several plans save it.
pub fn choose(path: &str, newest: &[Newest<'_>], reader: &Reader) -> Screen {
    let open = |one: &Newest<'_>| {
        let (plan, path) = (one.sheet.name.clone(), path.to_owned());
        let label = format!("{} · {}", one.sheet.name, moment(reader, one.at));
        vec![Button::view(label, AnyView::Backup(View::LatestOf { plan, path }))]
    };
    Screen {
        crumbs: words::crumbs(reader, &[]),
        blocks: vec![Block::text(t!(reader.lang, "backup-latest-which", path = one_line(path)))],
        rows: newest.iter().map(open).collect(),
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}

/// The newest snapshot does not hold it: made since, left out by a pattern, or moved here since.
pub fn not_in(sheet: &Sheet, held: &Held, path: &str, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let (path, at) = (path.trim_end_matches('/'), moment(reader, held.at));
    let folder = path.rsplit_once('/').map_or("/", |(above, _)| if above.is_empty() { "/" } else { above });
    let browse = Browse::of(&sheet.name, held.which.id.as_str()).at(folder);
    let list = View::Snapshots { plan: sheet.name.clone(), page: 0, all: false };
    Screen {
        crumbs: words::crumbs(reader, &[sheet.name.to_string(), at.clone()]),
        blocks: vec![
            Block::State(Mark::Unknown, t!(lang, "backup-latest-none", path = one_line(path), at = at)),
            Block::Note(t!(lang, "backup-latest-none-mend")),
        ],
        as_of: Some(held.at),
        rows: vec![
            vec![Button::view(t!(lang, "backup-button-folder"), AnyView::Backup(View::Browse(browse)))],
            vec![Button::view(t!(lang, "backup-button-snapshots"), AnyView::Backup(list))],
        ],
        topics: vec![Topic::Backup],
        ..Screen::default()
    }
}
