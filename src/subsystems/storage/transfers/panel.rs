//! Screens of transfers. Pure.

use super::{
    store::{Entry, State},
    volumes::Plan,
};
use crate::{
    domain::{Bytes, FileName, Place, Reader, RootName, Target},
    intent::{
        Act as AnyAct, View as AnyView,
        storage::{self as files, Clash},
        transfers::{Act, Batch, View},
    },
    jobs::{self, Snapshot},
    locale::say,
    screen::{
        Align, Block, Button, Column, Mark, Pager, Screen, Style, Table,
        text::{clean, fit},
    },
    store::StoreError,
    subsystems::storage::{
        folder::{Kind, Meta},
        listing::Listing,
        panel_trash::clash_rows,
    },
    t,
};

/// Files of a batch that are listed; the rest is counted.
const LISTED_MAX: usize = 12;
const NAME_COLUMNS: usize = 28;
pub const PICK_PER_PAGE: usize = 8;

/// A folder that files can be put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub place: Place,
    pub free: Option<Bytes>,
}

pub fn batch(
    batch: Batch,
    here: Option<&Place>,
    entries: &[Entry],
    spots: &[Spot],
    job: Option<&Snapshot>,
    reader: &Reader,
) -> Screen {
    let lang = reader.lang;
    let mut screen = Screen { crumbs: vec![t!(lang, "transfers-crumb")], ..Screen::default() };
    if entries.is_empty() {
        screen.blocks.push(Block::text(t!(lang, "transfers-unknown")));
        return screen;
    }
    screen.blocks.push(Block::Heading(sum(entries, reader)));
    if entries.iter().any(|entry| entry.state == State::Offered) {
        offer(&mut screen, batch, entries, spots, reader);
        return screen;
    }
    if entries.iter().any(|entry| entry.state == State::Queued) {
        screen.live = true;
        match job {
            Some(job) => {
                let running = jobs::panel::job(job, reader);
                screen.blocks.extend(running.blocks);
                screen.rows.extend(running.rows);
                screen.topics.extend(running.topics);
            }
            None => screen.blocks.push(Block::State(Mark::Busy, t!(lang, "transfers-waits"))),
        }
    }
    ended(&mut screen, batch, here, entries, reader);
    screen
}

fn sum(entries: &[Entry], reader: &Reader) -> String {
    let known: u64 = entries.iter().filter_map(|entry| entry.bytes).sum();
    match entries {
        [one] => {
            let size = one.bytes.map_or_else(|| "?".to_owned(), |bytes| Bytes(bytes).to_string());
            format!("{}, {size}", fit(&clean(&one.name.shown()), NAME_COLUMNS))
        }
        _ => t!(reader.lang, "transfers-sum", files = entries.len(), size = Bytes(known).to_string()),
    }
}

/// Where to put them: the folder that was looked at is first.
fn offer(screen: &mut Screen, batch: Batch, entries: &[Entry], spots: &[Spot], reader: &Reader) {
    let lang = reader.lang;
    let offered: Vec<&Entry> = entries.iter().filter(|entry| entry.state == State::Offered).collect();
    if entries.len() > 1 {
        let rows = offered.iter().take(LISTED_MAX).map(|entry| {
            let size = entry.bytes.map_or_else(|| "?".to_owned(), |bytes| Bytes(bytes).to_string());
            vec![clean(&entry.name.shown()), size]
        });
        screen.blocks.push(table(rows.collect()));
        if offered.len() > LISTED_MAX {
            screen.blocks.push(Block::Note(t!(lang, "transfers-more", count = offered.len() - LISTED_MAX)));
        }
    }
    let needed: u64 = offered.iter().filter_map(|entry| entry.bytes).sum();
    if spots.is_empty() {
        screen.blocks.push(Block::text(t!(lang, "transfers-no-spot")));
    } else {
        screen.blocks.push(Block::text(t!(lang, "transfers-where")));
    }
    for (number, spot) in spots.iter().enumerate() {
        let place = fit(&clean(&spot.place.shown()), NAME_COLUMNS);
        let short = spot.free.is_some_and(|free| free.0 < needed);
        let label = match spot.free {
            Some(free) if short => t!(lang, "transfers-spot-full", place = place, free = free.to_string()),
            _ => t!(lang, "transfers-spot", place = place),
        };
        let act = AnyAct::Transfers(Act::Save { batch, at: spot.place.clone(), clash: Clash::Ask });
        let style = if number == 0 && !short { Style::Primary } else { Style::Plain };
        screen.rows.push(vec![Button::act(label, act).style(style)]);
    }
    let mut last = Vec::new();
    if let Some(spot) = spots.first() {
        let view = View::Pick { batch, at: spot.place.clone(), page: 0 };
        last.push(Button::view(t!(lang, "transfers-button-other"), AnyView::Transfers(view)));
    }
    let decline = AnyAct::Transfers(Act::Decline(batch));
    last.push(Button::act(t!(lang, "transfers-button-decline"), decline));
    screen.rows.push(last);
}

fn table(rows: Vec<Vec<String>>) -> Block {
    let column = |align, shrinks| Column { title: String::new(), align, shrinks };
    let mut columns = vec![column(Align::Left, true), column(Align::Right, false)];
    columns.truncate(rows.first().map_or(0, Vec::len));
    Block::Table(Table { columns, rows })
}

/// What became of each.
fn ended(screen: &mut Screen, batch: Batch, here: Option<&Place>, entries: &[Entry], reader: &Reader) {
    let lang = reader.lang;
    for entry in entries.iter().take(LISTED_MAX) {
        let name = fit(&clean(&entry.name.shown()), NAME_COLUMNS);
        let (mark, line) = match entry.state {
            State::Done => {
                let saved = entry.saved.as_ref().filter(|saved| **saved != entry.name);
                let line = match saved {
                    // Its own name was taken.
                    Some(saved) => t!(
                        lang,
                        "transfers-saved-as",
                        name = name,
                        saved = fit(&clean(&saved.shown()), NAME_COLUMNS)
                    ),
                    None => name,
                };
                (Mark::Good, line)
            }
            State::Failed => {
                let why = entry.said.as_ref().map_or_else(String::new, |said| say(lang, said));
                (Mark::Bad, format!("{name}: {why}"))
            }
            State::Cancelled => (Mark::Idle, t!(lang, "transfers-not-wanted", name = name)),
            State::Queued | State::Offered => continue,
        };
        screen.blocks.push(Block::State(mark, line));
    }
    if entries.len() > LISTED_MAX {
        let done = entries.iter().filter(|entry| entry.state == State::Done).count();
        let line = t!(lang, "transfers-all", done = done, all = entries.len());
        screen.blocks.push(Block::Note(line));
    }
    let place = entries.iter().find_map(|entry| entry.place.as_ref()).or(here);
    let done = entries.iter().any(|entry| entry.state == State::Done);
    let mut row = Vec::new();
    if let Some(place) = place.filter(|_| done) {
        screen.blocks.push(Block::text(t!(lang, "transfers-in", place = clean(&place.shown()))));
        let view = AnyView::Storage(files::View::folder(place.clone()));
        row.push(Button::view(t!(lang, "transfers-button-folder"), view));
    }
    if entries.iter().any(|entry| entry.state == State::Failed) {
        let again = AnyAct::Transfers(Act::Again(batch));
        row.push(Button::act(t!(lang, "transfers-button-again"), again));
    }
    if !row.is_empty() {
        screen.rows.push(row);
    }
}

/// Another folder: into one of these, or here.
pub fn pick(batch: Batch, at: &Place, listing: &Listing, others: Vec<RootName>, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let to = |at: Place| AnyView::Transfers(View::Pick { batch, at, page: 0 });
    let mut rows = Vec::new();
    if !listing.root.read_only {
        let label = t!(lang, "transfers-spot", place = fit(&clean(&at.shown()), NAME_COLUMNS));
        let act = AnyAct::Transfers(Act::Save { batch, at: at.clone(), clash: Clash::Ask });
        rows.push(vec![Button::act(label, act).style(Style::Primary)]);
    }
    let folders: Vec<Button> = listing
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Folder)
        .filter_map(|entry| {
            let label = format!("📁 {}", fit(&clean(&entry.name.shown()), 16));
            Some(Button::view(label, to(at.join(&entry.name).ok()?)))
        })
        .collect();
    rows.extend(folders.chunks(2).map(<[Button]>::to_vec));
    if let Some(above) = at.parent() {
        rows.push(vec![Button::view(t!(lang, "transfers-button-up"), to(above))]);
    }
    let others = others.into_iter().map(|root| Button::view(format!("🗄 {root}"), to(Place::root(root))));
    rows.extend(others.collect::<Vec<_>>().chunks(2).map(<[Button]>::to_vec));
    let mut blocks = vec![Block::text(t!(lang, "transfers-where"))];
    if let Some(space) = listing.space {
        blocks.push(Block::text(t!(lang, "transfers-free", free = space.free.to_string())));
    }
    let page = |page| AnyView::Transfers(View::Pick { batch, at: at.clone(), page });
    Screen {
        crumbs: vec![t!(lang, "transfers-crumb"), clean(&at.shown())],
        blocks,
        rows,
        pager: Pager::over(listing.total, PICK_PER_PAGE, listing.page, page),
        ..Screen::default()
    }
}

/// Names that are taken there: what becomes of them.
pub fn clash(batch: Batch, at: &Place, taken: &[FileName], reader: &Reader) -> Screen {
    let lang = reader.lang;
    let act = |clash| AnyAct::Transfers(Act::Save { batch, at: at.clone(), clash });
    let to = fit(&clean(&at.shown()), NAME_COLUMNS);
    let mut blocks = match taken {
        [one] => {
            let name = fit(&clean(&one.shown()), NAME_COLUMNS);
            vec![Block::text(t!(lang, "storage-clash", name = name, to = to))]
        }
        several => {
            let rows = several.iter().take(LISTED_MAX).map(|name| vec![clean(&name.shown())]);
            let heading = t!(lang, "transfers-clash", count = several.len(), to = to);
            vec![Block::text(heading), table(rows.collect())]
        }
    };
    if taken.len() > LISTED_MAX {
        blocks.push(Block::Note(t!(lang, "transfers-more", count = taken.len() - LISTED_MAX)));
    }
    blocks.push(Block::Note(t!(lang, "storage-clash-note")));
    Screen {
        crumbs: vec![t!(lang, "transfers-crumb"), clean(&at.shown())],
        blocks,
        rows: clash_rows(
            act(Clash::KeepBoth),
            act(Clash::Replace),
            AnyView::Transfers(View::batch(batch)),
            reader,
        ),
        ..Screen::default()
    }
}

/// How something would go into the chat.
pub fn how(what: &Target, meta: &Meta, plan: Option<&Plan>, limit: Bytes, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let name = fit(&clean(&what.place.name()), NAME_COLUMNS);
    let (size, max) = (Bytes(meta.size).to_string(), limit.to_string());
    let send = |label: String| {
        let act = AnyAct::Transfers(Act::Send { what: what.clone(), volumes: true });
        vec![Button::act(label, act).style(Style::Primary)]
    };
    let mut screen = Screen { crumbs: vec![t!(lang, "transfers-crumb"), name.clone()], ..Screen::default() };
    match (meta.kind, plan) {
        (Kind::Folder, _) => {
            screen.blocks.push(Block::text(t!(lang, "transfers-how-folder", name = name, max = max)));
            screen.rows.push(send(t!(lang, "transfers-button-archive")));
        }
        (_, Some(plan)) if plan.is_split() => {
            let count = plan.volumes.len();
            screen.blocks.push(Block::text(t!(
                lang,
                "transfers-how-volumes",
                name = name,
                size = size,
                max = max,
                count = count
            )));
            screen.blocks.push(Block::Note(t!(lang, "transfers-how-local")));
            screen.rows.push(send(t!(lang, "transfers-button-volumes", count = count)));
        }
        (_, Some(_)) => {
            screen.blocks.push(Block::text(t!(lang, "transfers-how-file", name = name, size = size)));
            screen.rows.push(send(t!(lang, "transfers-button-send")));
        }
        (_, None) => {
            let why = t!(lang, "transfers-far-too-large", size = size, max = max);
            screen.blocks.push(Block::State(Mark::Bad, why));
            screen.blocks.push(Block::Note(t!(lang, "transfers-how-local")));
        }
    }
    screen
}

pub fn refusal(why: &str, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "transfers-crumb")],
        blocks: vec![Block::State(Mark::Bad, why.to_owned())],
        ..Screen::default()
    }
}

pub fn away(error: &StoreError, reader: &Reader) -> Screen {
    Screen {
        crumbs: vec![t!(reader.lang, "transfers-crumb")],
        blocks: vec![
            Block::State(Mark::Unknown, t!(reader.lang, "transfers-store-away")),
            Block::Note(say(reader.lang, &error.phrase())),
        ],
        ..Screen::default()
    }
}
