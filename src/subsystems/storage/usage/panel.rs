//! The screens of what eats the disk: a picture, and below it the same as a list whose lines can be tapped. Pure.

use std::time::Duration;

use super::{
    digest::{Digest, Growth, Listed},
    pictures,
    store::{Kept, Sum, below},
};
use crate::{
    domain::{Bytes, FileName, JobOutcome, Percent, Place, Reader, RelPath, Role, RootName},
    intent::{
        Act as AnyAct, View as AnyView, jobs as job_intents, storage,
        usage::{Act, Tab, View},
    },
    jobs::{self, Snapshot},
    locale::{ago, count, span},
    screen::{
        Align, Block, Button, Column, Mark, Pager, Picture, Screen, Style, Table, Topic,
        text::{clean, fit},
    },
    t,
};

/// Lines of a list: with the picture above, a screen of a phone is full.
const PER_PAGE: usize = 8;
/// Columns of a name on a button, two in a row.
const BUTTON_COLUMNS: usize = 16;
/// In the history: as many as the line has room for.
pub const HISTORY_MAX: u32 = 12;

/// What is known of a folder.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub kept: &'a Kept,
    /// The scan before it, of the same folder.
    pub before: Option<&'a Digest>,
    /// Of the folder that is shown, where it was scanned itself; oldest first.
    pub history: &'a [Sum],
    /// The node of the folder that is shown.
    pub node: usize,
}

impl Known<'_> {
    fn digest(&self) -> &Digest {
        &self.kept.digest
    }

    fn bytes(&self) -> u64 {
        self.digest().nodes[self.node].bytes
    }

    /// The folder that is shown, below the scanned one.
    fn path(&self) -> Vec<u8> {
        self.digest().path(self.node)
    }
}

/// Where and what is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub at: &'a Place,
    pub tab: Tab,
    pub page: u32,
    /// The newest scan of it as a job, or one of its root that is under way.
    pub job: Option<&'a Snapshot>,
}

impl Look<'_> {
    fn running(&self) -> Option<&Snapshot> {
        self.job.filter(|job| job.is_running())
    }
}

pub fn folder(look: &Look<'_>, known: Option<&Known<'_>>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut screen =
        Screen { crumbs: crumbs(look.at, reader), topics: vec![Topic::Storage], ..Screen::default() };
    if let Some(job) = look.running() {
        // This same screen goes on with the result when the job is through.
        screen.topics.push(Topic::Job(job.record.id));
        screen.live = true;
    }
    let Some(known) = known else {
        match look.running() {
            Some(job) => {
                let running = jobs::panel::job(job, reader);
                screen.blocks.extend(running.blocks);
                screen.rows.extend(running.rows);
            }
            None => {
                failed(&mut screen, look, None, reader);
                screen.blocks.push(Block::text(t!(lang, "usage-never")));
                screen.blocks.push(Block::Note(t!(lang, "usage-never-note")));
            }
        }
        screen.rows.extend(measure(look, Style::Primary, reader));
        screen.rows.push(vec![browse(look.at, reader)]);
        return screen;
    };
    match look.running() {
        Some(job) => again(&mut screen, job, reader),
        None => failed(&mut screen, look, Some(known.digest().at), reader),
    }
    screen.as_of = Some(known.digest().at);
    head(&mut screen, known, reader);
    match look.tab {
        Tab::Folders => folders(&mut screen, look, known, reader),
        Tab::BigFiles => files(&mut screen, look, known, &known.digest().largest, reader),
        Tab::Untouched => files(&mut screen, look, known, &known.digest().untouched, reader),
        Tab::Kinds => kinds(&mut screen, look, known, reader),
        Tab::Grown => grown(&mut screen, look, known, reader),
    }
    screen.picture = Some(Picture::Treemap(pictures::of(look, known, reader)));
    screen.rows.extend(tabs(look, reader));
    let mut last: Vec<Button> = measure(look, Style::Plain, reader).into_iter().flatten().collect();
    last.push(browse(look.at, reader));
    screen.rows.push(last);
    screen
}

/// Measured again beside the old result.
fn again(screen: &mut Screen, job: &Snapshot, reader: &Reader) {
    let files = job.record.progress.figures.first().map_or(0, |figure| figure.done);
    let figure = count(reader.lang, files);
    screen.blocks.push(Block::State(Mark::Busy, t!(reader.lang, "usage-again", figure = figure)));
    screen.rows.push(vec![show_job(job, reader)]);
}

/// The last scan came to nothing, after whatever is known.
fn failed(screen: &mut Screen, look: &Look<'_>, known: Option<jiff::Timestamp>, reader: &Reader) {
    let ended = look.job.filter(|job| !job.is_running());
    let after = |job: &&Snapshot| known.is_none_or(|known| job.record.started > known);
    if let Some(job) = ended.filter(after)
        && !matches!(job.record.outcome, Some(JobOutcome::Done { .. }))
    {
        screen.blocks.push(Block::State(Mark::Look, t!(reader.lang, "usage-last-failed")));
        screen.rows.push(vec![show_job(job, reader)]);
    }
}

fn show_job(job: &Snapshot, reader: &Reader) -> Button {
    let view = AnyView::Jobs(job_intents::View::Job(job.record.id));
    Button::view(t!(reader.lang, "usage-button-job"), view)
}

fn crumbs(at: &Place, reader: &Reader) -> Vec<String> {
    let mut crumbs = vec![t!(reader.lang, "usage-crumb"), at.root.as_str().to_owned()];
    crumbs.extend(at.path.parts().map(|part| clean(&part.shown())));
    crumbs
}

/// The sum, its age, and what is not in it.
fn head(screen: &mut Screen, known: &Known<'_>, reader: &Reader) {
    let (lang, digest) = (reader.lang, known.digest());
    let node = &digest.nodes[known.node];
    let sum = t!(
        lang,
        "usage-sum",
        size = Bytes(node.bytes).to_string(),
        files = node.files,
        figure = count(lang, node.files)
    );
    screen.blocks.push(Block::Heading(sum));
    let age = Duration::try_from(reader.now.duration_since(digest.at)).unwrap_or_default();
    let took = took(digest.took, reader);
    screen.blocks.push(Block::text(t!(lang, "usage-age", ago = ago(lang, age), took = took)));
    if digest.unreadable > 0 {
        let closed = digest.unreadable;
        screen.blocks.push(Block::State(Mark::Look, t!(lang, "usage-unreadable", count = closed)));
    }
    if digest.other_filesystems > 0 && known.node == 0 {
        screen.blocks.push(Block::Note(t!(lang, "usage-mounts", count = digest.other_filesystems)));
    }
    if known.history.len() > 2 {
        let values = known.history.iter().map(|sum| Some(sum.bytes as f32)).collect();
        let (first, last) = (known.history[0], known.history[known.history.len() - 1]);
        let since = Duration::try_from(last.at.duration_since(first.at)).unwrap_or_default();
        let text =
            t!(lang, "usage-history", change = change(first.bytes, last.bytes), since = span(lang, since));
        screen.blocks.push(Block::Spark { label: t!(lang, "usage-trend"), values, max: None, text });
    }
}

/// "0.4 s", "12 s", "3 min".
fn took(took: Duration, reader: &Reader) -> String {
    if took < Duration::from_secs(10) {
        t!(reader.lang, "common-second", n = format!("{:.1}", took.as_secs_f32().max(0.1)))
    } else {
        span(reader.lang, took)
    }
}

/// "+1.2 GiB", "−340 MiB", "±0".
fn change(before: u64, now: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", Bytes(now - before)),
        std::cmp::Ordering::Less => format!("−{}", Bytes(before - now)),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

fn table(rows: Vec<Vec<String>>) -> Block {
    let column = |align, shrinks| Column { title: String::new(), align, shrinks };
    let figures = rows.first().map_or(0, Vec::len).saturating_sub(1);
    let columns = std::iter::once(column(Align::Left, true))
        .chain((0..figures).map(|_| column(Align::Right, false)))
        .collect();
    Block::Table(Table { columns, rows })
}

fn share(part: u64, whole: u64) -> String {
    Percent::of(part, whole).map_or_else(|| "–".to_owned(), |share| share.to_string())
}

fn shown(name: &[u8]) -> String {
    clean(&String::from_utf8_lossy(name))
}

fn folders(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
    let (lang, digest) = (reader.lang, known.digest());
    let node = &digest.nodes[known.node];
    let children = digest.children(known.node);
    let page = Pager::slice(&children, PER_PAGE, look.page);
    let mut rows: Vec<Vec<String>> = page
        .iter()
        .map(|child| {
            let child = &digest.nodes[*child];
            let size = Bytes(child.bytes).to_string();
            vec![format!("{}/", shown(&child.name)), size, share(child.bytes, node.bytes)]
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

fn files(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, list: &[Listed], reader: &Reader) {
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
        0..90 => t!(reader.lang, "usage-days", n = days),
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

fn kinds(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
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

fn grown(screen: &mut Screen, look: &Look<'_>, known: &Known<'_>, reader: &Reader) {
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
                Some(name) if !name.is_empty() => format!("{}/", shown(name)),
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
    let buttons: Vec<Button> = page.iter().filter_map(|(_, path)| deeper(look.at, path)).collect();
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

/// All but the one that is shown.
fn tabs(look: &Look<'_>, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let others: Vec<Button> = Tab::ALL
        .into_iter()
        .filter(|tab| *tab != look.tab)
        .map(|tab| {
            let label = match tab {
                Tab::Folders => t!(lang, "usage-tab-folders"),
                Tab::BigFiles => t!(lang, "usage-tab-files"),
                Tab::Kinds => t!(lang, "usage-tab-kinds"),
                Tab::Untouched => t!(lang, "usage-tab-untouched"),
                Tab::Grown => t!(lang, "usage-tab-grown"),
            };
            Button::view(label, AnyView::Usage(View::Folder { at: look.at.clone(), tab, page: 0 }))
        })
        .collect();
    others.chunks(2).map(<[Button]>::to_vec).collect()
}

/// None while one runs, and for those who may not.
fn measure(look: &Look<'_>, style: Style, reader: &Reader) -> Option<Vec<Button>> {
    let may = reader.role >= Role::Pilot && look.running().is_none();
    may.then(|| {
        let act = AnyAct::Usage(Act::Scan(look.at.clone()));
        vec![Button::act(t!(reader.lang, "usage-button-measure"), act).style(style)]
    })
}

fn browse(at: &Place, reader: &Reader) -> Button {
    Button::view(t!(reader.lang, "usage-button-browse"), AnyView::Storage(storage::View::folder(at.clone())))
}

/// One root and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RootLine {
    pub name: RootName,
    pub last: Option<Sum>,
}

pub fn roots(lines: &[RootLine], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = Vec::new();
    if lines.is_empty() {
        blocks.push(Block::text(t!(lang, "usage-no-roots")));
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let (size, age) = line.last.map_or_else(
                || ("–".to_owned(), t!(lang, "usage-unmeasured")),
                |last| {
                    let age = Duration::try_from(reader.now.duration_since(last.at)).unwrap_or_default();
                    (Bytes(last.bytes).to_string(), ago(lang, age))
                },
            );
            vec![line.name.as_str().to_owned(), size, age]
        })
        .collect();
    if !rows.is_empty() {
        blocks.push(table(rows));
    }
    let buttons: Vec<Button> = lines
        .iter()
        .map(|line| {
            let view = View::folder(Place::root(line.name.clone()));
            Button::view(format!("📊 {}", line.name), AnyView::Usage(view))
        })
        .collect();
    Screen {
        crumbs: vec![t!(lang, "usage-crumb")],
        blocks,
        rows: buttons.chunks(2).map(<[Button]>::to_vec).collect(),
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

/// The store does not answer: nothing is known, and nothing is said to be.
pub fn away(why: &str, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "usage-crumb")],
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "usage-away")), Block::Note(why.to_owned())],
        topics: vec![Topic::Storage],
        ..Screen::default()
    }
}

/// The node of a place in a kept scan.
pub fn node_of(kept: &Kept, at: &Place) -> Option<usize> {
    kept.digest.find(below(&kept.of, at))
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
