//! One file, folder or link, with what can be done to it. Pure.

use jiff::Timestamp;

use super::{
    folder::{Kind, Meta},
    panel::{crumbs, since, usage_button, view},
    text::Nature,
    words,
};
use crate::{
    domain::{Place, Reader, Role, Target},
    intent::{
        Act as AnyAct, View as AnyView, backup,
        storage::{Act, Ask, Going, Relocation, View},
        transfers, usage,
    },
    locale,
    screen::{Block, Button, Screen, Span, Style, Topic, text::clean},
    t,
};

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
    pub trash: Trash,
    /// From the top of the machine, where that can be written as text.
    pub path: Option<String>,
    /// What a folder holds as it was measured: (bytes, files), and when.
    pub holds: Option<((u64, u64), Timestamp)>,
}

/// Whether it can be thrown where it may be fetched back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trash {
    Takes,
    /// It does not lie on the root's own filesystem, where the trash is.
    Elsewhere,
    /// The disk is full to the brim: the note beside it would not fit, and nothing would be free after it.
    NoRoom,
}

impl Item {
    fn target(&self) -> Target {
        Target { place: self.place.clone(), stamp: self.meta.stamp }
    }
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    pub says: Vec<u8>,
    /// Where it leads, if that is beneath its root.
    pub beneath: Option<Place>,
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
    if item.trash == Trash::NoRoom && !item.read_only {
        notes.push(Block::Note(t!(lang, "storage-note-no-room")));
    }
    if item.meta.mount_point {
        notes.push(Block::Note(t!(lang, "storage-note-mount")));
    }
    notes
}

fn item_rows(item: &Item, reader: &Reader) -> Vec<Vec<Button>> {
    let lang = reader.lang;
    let pilot = reader.role >= Role::Pilot;
    let mut rows = Vec::new();
    if item.meta.kind == Kind::Folder {
        let open = Button::view(t!(lang, "storage-button-open"), view(View::folder(item.place.clone())));
        rows.push(vec![open.style(Style::Primary)]);
    }
    rows.push(leading_out(item, reader));
    // The bridge leaves this out where there are no backups.
    if let Some(path) = item.path.clone().filter(|_| item.meta.kind == Kind::File && pilot) {
        let latest = AnyView::Backup(backup::View::Latest(path));
        rows.push(vec![Button::view(t!(lang, "storage-button-latest"), latest)]);
    }
    if let Some(beneath) = item.link.as_ref().and_then(|link| link.beneath.clone()) {
        rows.push(vec![Button::view(t!(lang, "storage-button-follow"), view(View::Item(beneath)))]);
    }
    if pilot {
        rows.push(looking_in(item, reader));
        rows.extend(changing(item, reader));
    }
    rows.retain(|row| !row.is_empty());
    rows
}

/// Into the chat, and to what it weighs.
fn leading_out(item: &Item, reader: &Reader) -> Vec<Button> {
    let lang = reader.lang;
    let pilot = reader.role >= Role::Pilot;
    let mut row = Vec::new();
    if matches!(item.meta.kind, Kind::Folder | Kind::File) && pilot {
        let send = transfers::Act::Send { what: item.target(), volumes: false };
        row.push(Button::act(t!(lang, "transfers-button-download"), AnyAct::Transfers(send)));
    }
    if item.meta.kind == Kind::Folder {
        row.push(usage_button(&item.place, reader));
        if pilot {
            let scan = AnyAct::Usage(usage::Act::Scan(item.place.clone()));
            row.push(Button::act(t!(lang, "storage-button-measure"), scan));
        }
    }
    row
}

fn looking_in(item: &Item, reader: &Reader) -> Vec<Button> {
    let (lang, at) = (reader.lang, item.place.clone());
    let (label, leads) = match item.nature {
        Some(Nature::Text { .. } | Nature::Empty) => {
            (t!(lang, "storage-button-view"), View::Text { at, page: 0 })
        }
        Some(Nature::Image(_)) => (t!(lang, "storage-button-picture"), View::Image(at)),
        Some(Nature::Binary(_)) | None => return Vec::new(),
    };
    vec![Button::view(label, view(leads))]
}

/// What is done to it, the dangerous last.
fn changing(item: &Item, reader: &Reader) -> [Vec<Button>; 2] {
    let (lang, kind) = (reader.lang, item.meta.kind);
    let act = |label: String, act: Act| Button::act(label, AnyAct::Storage(act));
    let copied = !item.place.path.is_root() && !item.meta.mount_point;
    let changed = copied && !item.read_only;
    let (mut first, mut last) = (Vec::new(), Vec::new());
    if changed {
        let ask = View::Ask(Ask::Rename(item.target()));
        first.push(Button::view(t!(lang, "storage-button-rename"), view(ask)));
        first.push(Button::view(t!(lang, "storage-button-move"), pick(item, Relocation::Move)));
    }
    if copied && !matches!(kind, Kind::Special(_)) {
        first.push(Button::view(t!(lang, "storage-button-copy"), pick(item, Relocation::Copy)));
    }
    if kind == Kind::File {
        last.push(act(t!(lang, "storage-button-checksum"), Act::Checksum(item.target())));
    }
    if changed && kind == Kind::Folder {
        last.push(act(t!(lang, "storage-button-archive"), Act::Archive(item.target())));
    }
    if changed {
        let delete = match item.trash {
            Trash::Takes => act(t!(lang, "storage-button-delete"), Act::Throw(item.target())),
            Trash::Elsewhere | Trash::NoRoom => {
                act(t!(lang, "storage-button-for-good"), Act::Destroy(item.target()))
            }
        };
        last.push(delete.style(Style::Danger));
    }
    [first, last]
}

/// Begins where it is.
fn pick(item: &Item, how: Relocation) -> AnyView {
    let to = item.place.parent().unwrap_or_else(|| item.place.clone());
    view(View::Pick { going: Going { what: item.target(), how, to }, page: 0 })
}
