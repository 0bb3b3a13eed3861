//! The treemaps of a result: folders two levels deep, files, kinds, growth. Pure.

use super::{
    digest::Digest,
    panel::{Known, Look},
    panel_lists::{folder_name, growths, inside, kind_name},
};
use crate::{
    charts::{Tile, Treemap, Words},
    domain::{Reader, Theme},
    intent::usage::Tab,
    screen::text::clean,
    t,
};

/// More are merged by the picture anyway; the model goes through memory for each screen.
const TILES_MAX: usize = 120;
const TILES_INSIDE_MAX: usize = 40;

pub fn of(look: &Look<'_>, known: &Known<'_>, reader: &Reader) -> Treemap {
    let lang = reader.lang;
    let digest = &known.kept.digest;
    let place = clean(&look.at.shown());
    let (title, root) = match look.tab {
        Tab::Folders => (place, folders(known, reader)),
        Tab::BigFiles => {
            (t!(lang, "usage-title-files", place = place), files(inside(known, &digest.largest)))
        }
        Tab::Untouched => {
            (t!(lang, "usage-title-untouched", place = place), files(inside(known, &digest.untouched)))
        }
        Tab::Kinds => {
            let place = clean(&known.kept.of.shown());
            let tiles = digest.kinds.iter().map(|kind| tile(&kind_name(&kind.ending, reader), kind.bytes));
            (t!(lang, "usage-title-kinds", place = place), tiles.take(TILES_MAX).collect())
        }
        Tab::Grown => (t!(lang, "usage-title-grown", place = place), grown(known, reader)),
    };
    Treemap { title, light: reader.theme == Theme::Light, root, words: Words::of(lang) }
}

fn tile(label: &str, bytes: u64) -> Tile {
    Tile { label: label.to_owned(), bytes, children: Vec::new() }
}

fn name(bytes: &[u8]) -> String {
    clean(&String::from_utf8_lossy(bytes))
}

fn folders(known: &Known<'_>, reader: &Reader) -> Vec<Tile> {
    let digest = &known.kept.digest;
    let children = digest.children(known.node);
    let mut tiles: Vec<Tile> = children
        .iter()
        .take(TILES_MAX)
        .map(|child| {
            let node = &digest.nodes[*child];
            let mut inner: Vec<Tile> = digest
                .children(*child)
                .into_iter()
                .take(TILES_INSIDE_MAX)
                .map(|below| tile(&name(&digest.nodes[below].name), digest.nodes[below].bytes))
                .collect();
            // What lies loose is in the parent's size: the picture leaves room for it, less the files it knows.
            inner.extend(largest_in(digest, &digest.path(*child)));
            let own = digest.is_own(*child);
            let label = if own { folder_name(digest, *child, reader) } else { name(&node.name) };
            Tile { label, bytes: node.bytes, children: inner }
        })
        .collect();
    let rest: u64 = children.iter().skip(TILES_MAX).map(|child| digest.nodes[*child].bytes).sum();
    let loose = digest.nodes[known.node].loose + rest;
    if loose > 0 {
        let inner = largest_in(digest, &digest.path(known.node)).collect();
        let label = t!(reader.lang, "usage-files-here");
        tiles.push(Tile { label, bytes: loose, children: inner });
    }
    tiles
}

/// Of the largest files those directly in this folder.
fn largest_in<'a>(digest: &'a Digest, folder: &[u8]) -> impl Iterator<Item = Tile> + use<'a> {
    let folder = folder.to_vec();
    digest.largest.iter().filter_map(move |file| {
        let own = match file.path.iter().rposition(|byte| *byte == b'/') {
            None => folder.is_empty().then_some(&file.path[..]),
            Some(slash) => (file.path[..slash] == folder[..]).then(|| &file.path[slash + 1..]),
        }?;
        Some(tile(&name(own), file.bytes))
    })
}

fn files(list: Vec<(&[u8], &super::digest::Listed)>) -> Vec<Tile> {
    let last = |path: &[u8]| name(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path));
    list.into_iter().map(|(path, file)| tile(&last(path), file.bytes)).collect()
}

fn grown(known: &Known<'_>, reader: &Reader) -> Vec<Tile> {
    let here = t!(reader.lang, "usage-files-here");
    let label = |path: &[u8]| if path.is_empty() { here.clone() } else { name(path) };
    let grown = growths(known).unwrap_or_default();
    grown.into_iter().take(TILES_MAX).map(|(growth, path)| tile(&label(&path), growth.bytes)).collect()
}
