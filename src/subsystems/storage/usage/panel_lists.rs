//! The lists below the picture: folders, files, kinds, what grew. Pure.

use std::time::Duration;

use super::{
    super::root::is_trash,
    digest::{Digest, Growth, Listed},
    panel::{BUTTON_COLUMNS, Known, Look, PER_PAGE, change, share, shown, table},
};
use crate::{
    domain::{Bytes, FileName, Place, Reader, RelPath},
    intent::{
        View as AnyView, storage,
        usage::{Tab, View},
    },
    locale::{count, span},
    screen::{
        Block, Button, Pager, Screen,
        text::{clean, fit},
    },
    t,
};

/// "photos/", and what is Cockpit's own as such.
pub(super) fn folder_name(digest: &Digest, node: usize, reader: &Reader) -> String {
    let name = &digest.nodes[node].name;
    match digest.is_own(node) {
        true if is_trash(name) => t!(reader.lang, "storage-button-trash"),
        true => t!(reader.lang, "usage-own", name = shown(name)),
        false => format!("{}/", shown(name)),
    }
}

/// To the trash of this root; what else is Cockpit's own is not opened.
fn trash_button(at: &Place, name: &[u8], reader: &Reader) -> Option<Button> {
    let leads = at.path.is_root() && is_trash(name);
    let view = storage::View::Trash { root: at.root.clone(), page: 0 };
    leads.then(|| Button::view(t!(reader.lang, "storage-button-trash"), AnyView::Storage(view)))
}

pub(super) fn folders(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
    let (lang, digest) = (reader.lang, known.digest());
    let node = &digest.nodes[known.node];
    let children = digest.children(known.node);
    let page = Pager::slice(&children, PER_PAGE, look.page);
    let mut rows: Vec<Vec<String>> = page
        .iter()
        .map(|child| {
            let name = folder_name(digest, *child, reader);
            let child = &digest.nodes[*child];
            vec![name, Bytes(child.bytes).to_string(), share(child.bytes, node.bytes)]
        })
        .collect();
    let last_page = (look.page as usize + 1) * PER_PAGE >= children.len();
    if last_page && node.loose > 0 {
        let here = match node.left_out {
            0 => t!(lang, "usage-files-here"),
            folders => t!(lang, "usage-files-and-small", folders = folders),
        };
        rows.push(vec![here, Bytes(node.loose).to_string(), share(node.loose, node.bytes)]);
    }
    if !rows.is_empty() {
        screen.blocks.push(table(rows));
    }
    let buttons: Vec<Button> = page
        .iter()
        .filter_map(|child| {
            let name = FileName::new(&digest.nodes[*child].name).ok()?;
            if digest.is_own(*child) {
                return trash_button(look.at, name.as_bytes(), reader);
            }
            let label = format!("📁 {}", fit(&clean(&name.shown()), BUTTON_COLUMNS));
            Some(Button::view(label, AnyView::Usage(View::folder(look.at.join(&name).ok()?))))
        })
        .collect();
    screen.rows.extend(buttons.chunks(2).map(<[Button]>::to_vec));
    screen.pager = pager(children.len(), look);
}

fn pager(items: usize, look: &Look<'_>) -> Option<Pager> {
    let at = |page| AnyView::Usage(View::Folder { at: look.at.clone(), tab: look.tab, page });
    Pager::over(items, PER_PAGE, look.page, at)
}

/// Those of a list that lie in the folder that is shown, with their path from there.
pub(super) fn inside<'a>(known: &'a Known<'_>, list: &'a [Listed]) -> Vec<(&'a [u8], &'a Listed)> {
    let of = known.path();
    let files = list.iter();
    files.filter_map(|file| Some((known.digest().inside(&of, &file.path)?, file))).collect()
}

pub(super) fn files(
    screen: &mut Screen,
    look: &Look<'_>,
    known: &Known<'_>,
    list: &[Listed],
    reader: &Reader,
) {
    let lang = reader.lang;
    let files = inside(known, list);
    let what = if look.tab == Tab::BigFiles { t!(lang, "usage-files") } else { t!(lang, "usage-untouched") };
    screen.blocks.push(Block::text(what));
    if files.is_empty() {
        let none = if look.tab == Tab::BigFiles {
            t!(lang, "usage-no-files")
        } else {
            t!(lang, "usage-none-untouched")
        };
        screen.blocks.push(Block::Note(none));
    }
    let page = Pager::slice(&files, PER_PAGE, look.page);
    let rows: Vec<Vec<String>> = page
        .iter()
        .map(|(path, file)| {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            let age = jiff::Timestamp::from_second(file.touched_s)
                .map_or_else(|_| "–".to_owned(), |at| since(at, reader));
            vec![shown(name), Bytes(file.bytes).to_string(), age]
        })
        .collect();
    if !rows.is_empty() {
        screen.blocks.push(table(rows));
    }
    let buttons: Vec<Button> = page.iter().filter_map(|(path, _)| item(look.at, path)).collect();
    screen.rows.extend(buttons.chunks(2).map(<[Button]>::to_vec));
    screen.pager = pager(files.len(), look);
}

/// Long ago is told in months and years: nobody counts days then.
fn since(at: jiff::Timestamp, reader: &Reader) -> String {
    const MONTH_D: u64 = 30;
    let days = Duration::try_from(reader.now.duration_since(at)).unwrap_or_default().as_secs() / 86_400;
    match days {
        0 => t!(reader.lang, "usage-today"),
        1..90 => t!(reader.lang, "usage-days", n = days),
        90..730 => t!(reader.lang, "usage-months", n = days / MONTH_D),
        _ => t!(reader.lang, "usage-years", n = days / 365),
    }
}

/// Leads to the file itself.
fn item(at: &Place, path: &[u8]) -> Option<Button> {
    let whole = [at.path.as_bytes(), path].join(&b'/');
    let path = RelPath::new(whole.strip_prefix(b"/").unwrap_or(&whole)).ok()?;
    let label = fit(&clean(&path.name()?.shown()), BUTTON_COLUMNS + 2);
    let place = Place { root: at.root.clone(), path };
    Some(Button::view(label, AnyView::Storage(storage::View::Item(place))))
}

pub(super) fn kinds(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
    let (lang, digest) = (reader.lang, known.digest());
    // Counted over the whole scan: of a folder in it they are not known apart.
    if known.node != 0 {
        let whole = if known.kept.of.path.is_root() {
            known.kept.of.root.as_str().to_owned()
        } else {
            clean(&known.kept.of.name())
        };
        screen.blocks.push(Block::Note(t!(lang, "usage-kinds-whole", folder = whole)));
    }
    let rows: Vec<Vec<String>> = Pager::slice(&digest.kinds, PER_PAGE, look.page)
        .iter()
        .map(|kind| {
            let size = Bytes(kind.bytes).to_string();
            vec![
                kind_name(&kind.ending, reader),
                count(lang, kind.files),
                size,
                share(kind.bytes, digest.bytes),
            ]
        })
        .collect();
    if !rows.is_empty() {
        screen.blocks.push(table(rows));
    }
    screen.pager = pager(digest.kinds.len(), look);
}

pub(super) fn kind_name(ending: &str, reader: &Reader) -> String {
    if ending.is_empty() { t!(reader.lang, "usage-kind-none") } else { format!(".{}", clean(ending)) }
}

/// Growth inside the folder that is shown.
pub(super) fn growths(known: &Known<'_>) -> Option<Vec<(Growth, Vec<u8>)>> {
    let digest = known.digest();
    let of = known.path();
    let grown = digest.grown_since(known.before?).into_iter();
    let inside = grown.filter_map(|growth| {
        let path = digest.path(growth.node);
        if growth.node == known.node {
            return Some((growth, Vec::new()));
        }
        let rest = digest.inside(&of, &path)?.to_vec();
        Some((growth, rest))
    });
    Some(inside.collect())
}

pub(super) fn grown(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
    let lang = reader.lang;
    let Some(before) = known.before else {
        screen.blocks.push(Block::text(t!(lang, "usage-first")));
        return;
    };
    let grown = growths(known).unwrap_or_default();
    let was = before.find(&known.path()).map(|at| before.nodes[at].bytes);
    let since = Duration::try_from(known.digest().at.duration_since(before.at)).unwrap_or_default();
    let total = was.map_or_else(|| "–".to_owned(), |was| change(was, known.bytes()));
    screen.blocks.push(Block::text(t!(lang, "usage-grown", change = total, since = span(lang, since))));
    if grown.is_empty() {
        screen.blocks.push(Block::Note(t!(lang, "usage-none-grown")));
    }
    let page = Pager::slice(&grown, PER_PAGE, look.page);
    let rows: Vec<Vec<String>> = page
        .iter()
        .map(|(growth, path)| {
            let name = match path.rsplit(|byte| *byte == b'/').next() {
                Some(name) if !name.is_empty() => folder_name(known.digest(), growth.node, reader),
                _ => t!(lang, "usage-files-here"),
            };
            let name = if growth.new { t!(lang, "usage-new", name = name) } else { name };
            let least = if growth.at_least { "≥" } else { "" };
            vec![name, format!("{least}+{}", Bytes(growth.bytes))]
        })
        .collect();
    if !rows.is_empty() {
        screen.blocks.push(table(rows));
    }
    let buttons: Vec<Button> = page
        .iter()
        .filter(|(growth, _)| !known.digest().is_own(growth.node))
        .filter_map(|(_, path)| deeper(look.at, path))
        .collect();
    screen.rows.extend(buttons.chunks(2).map(<[Button]>::to_vec));
    screen.pager = pager(grown.len(), look);
}

fn deeper(at: &Place, path: &[u8]) -> Option<Button> {
    if path.is_empty() {
        return None;
    }
    let whole = [at.path.as_bytes(), path].join(&b'/');
    let path = RelPath::new(whole.strip_prefix(b"/").unwrap_or(&whole)).ok()?;
    let label = format!("📁 {}", fit(&clean(&path.name()?.shown()), BUTTON_COLUMNS));
    let place = Place { root: at.root.clone(), path };
    Some(Button::view(label, AnyView::Usage(View::folder(place))))
}
