//! The screens of what eats the disk: a picture, and below it the same as a list whose lines can be tapped. Pure.

use std::time::Duration;

use super::{
    super::Fault,
    digest::Digest,
    panel_lists, pictures,
    store::{Kept, Sum},
};
use crate::{
    domain::{Bytes, JobOutcome, Percent, Place, Reader, Role, RootName},
    intent::{
        Act as AnyAct, View as AnyView, jobs as job_intents, storage,
        usage::{Act, Tab, View},
    },
    jobs::{self, Snapshot},
    locale::{ago, count, span},
    screen::{Align, Block, Button, Column, Mark, Picture, Screen, Style, Table, Topic, text::clean},
    t,
};

/// Lines of a list: with the picture above, a screen of a phone is full.
pub(super) const PER_PAGE: usize = 8;
/// Columns of a name on a button, two in a row.
pub(super) const BUTTON_COLUMNS: usize = 16;
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
    pub(super) fn digest(&self) -> &Digest {
        &self.kept.digest
    }

    pub(super) fn bytes(&self) -> u64 {
        self.digest().nodes[self.node].bytes
    }

    /// The folder that is shown, below the scanned one.
    pub(super) fn path(&self) -> Vec<u8> {
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
        Tab::Folders => panel_lists::folders(&mut screen, look, known, reader),
        Tab::BigFiles => panel_lists::files(&mut screen, look, known, &known.digest().largest, reader),
        Tab::Untouched => panel_lists::files(&mut screen, look, known, &known.digest().untouched, reader),
        Tab::Kinds => panel_lists::kinds(&mut screen, look, known, reader),
        Tab::Grown => panel_lists::grown(&mut screen, look, known, reader),
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
    let trashed = digest.trashed(known.node);
    if trashed > 0 {
        screen.blocks.push(Block::Note(t!(lang, "usage-trashed", size = Bytes(trashed).to_string())));
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
pub(super) fn change(before: u64, now: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", Bytes(now - before)),
        std::cmp::Ordering::Less => format!("−{}", Bytes(before - now)),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

pub(super) fn table(rows: Vec<Vec<String>>) -> Block {
    let column = |align, shrinks| Column { title: String::new(), align, shrinks };
    let figures = rows.first().map_or(0, Vec::len).saturating_sub(1);
    let columns = std::iter::once(column(Align::Left, true))
        .chain((0..figures).map(|_| column(Align::Right, false)))
        .collect();
    Block::Table(Table { columns, rows })
}

pub(super) fn share(part: u64, whole: u64) -> String {
    Percent::of(part, whole).map_or_else(|| "–".to_owned(), |share| share.to_string())
}

pub(super) fn shown(name: &[u8]) -> String {
    clean(&String::from_utf8_lossy(name))
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

/// A trash, or the bot's own data: it is counted where it lies, and not opened.
pub fn guarded(reader: &Reader) -> Screen {
    let why = Fault::Guarded.say(reader.lang);
    Screen {
        crumbs: vec![t!(reader.lang, "usage-crumb")],
        blocks: vec![Block::State(Mark::Look, why)],
        ..Screen::default()
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
