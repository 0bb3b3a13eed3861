//! For tests of screens: a reader, things to look at, and how a screen is read.

use expect_test::Expect;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    folder::{FileId, Kind, Meta, Space, Special},
    listing::{Entry, Listing},
    panel_item::{Item, Trash},
    root::{Root, Roots},
    text::Nature,
};
use crate::{
    domain::{Bytes, ChatKind, FileName, Lang, Place, Reader, Role, Stamp, Theme},
    intent::storage::{Folder, Sort},
    screen::{Screen, html},
};

pub const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

pub fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Pilot,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: NOW,
    }
}

/// The whole screen as it is read, with its buttons.
pub fn check(screen: &Screen, lang: Lang, want: &Expect) {
    want.assert_eq(&told(screen, lang));
}

/// What of it is not in the other screen ("+"), and the other way round ("-").
pub fn check_unlike(screen: &Screen, other: &Screen, lang: Lang, want: &Expect) {
    let (mine, others) = (told(screen, lang), told(other, lang));
    let only = |mark: char, text: &str, beside: &str| -> String {
        let lines = text.lines().filter(|line| !beside.lines().any(|beside| beside == *line));
        lines.map(|line| format!("{mark} {line}\n")).collect()
    };
    want.assert_eq(&(only('-', &others, &mine) + &only('+', &mine, &others)));
}

fn told(screen: &Screen, lang: Lang) -> String {
    let mut text = html::plain(screen, &reader(lang));
    for row in &screen.rows {
        let labels: Vec<&str> = row.iter().map(|button| button.label.as_str()).collect();
        text.push_str(&format!("\n[{}]", labels.join("] [")));
    }
    if let Some(pager) = &screen.pager {
        text.push_str(&format!("\n({}/{})", pager.page + 1, pager.pages));
    }
    text.push('\n');
    text
}

pub fn root(read_only: bool) -> Root {
    let config = super::config::Config {
        roots: vec![super::config::Root {
            name: "dre".into(),
            path: "/mnt/dre".into(),
            read_only,
            sample: false,
        }],
        ..Default::default()
    };
    Roots::new(&config, std::path::Path::new("/var/lib/cockpit-bot")).all()[0].clone()
}

pub fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

pub fn ago(hours: i64) -> Option<Timestamp> {
    Some(NOW - SignedDuration::from_hours(hours))
}

pub fn entry(name: &[u8], kind: Kind, size: u64, hours: i64) -> Entry {
    let name = FileName::new(name).unwrap();
    Entry { name, kind, size: Some(size), modified: ago(hours), mount_point: false, holds: None }
}

pub const SPACE: Space = Space { total: Bytes(500 << 30), free: Bytes(61 << 30) };

pub fn listing() -> Listing {
    Listing {
        root: root(false),
        entries: vec![
            entry(b"2019", Kind::Folder, 4096, 3000),
            Entry { mount_point: true, ..entry(b"usb", Kind::Folder, 4096, 24) },
            entry(b"a very long name of a holiday video from Bromo.mp4", Kind::File, 734 << 20, 50),
            entry(b"two\nlines & <b>.txt", Kind::File, 12, 1),
            entry("photo\u{202e}gpj.exe".as_bytes(), Kind::File, 1500, 2),
            entry(b"latin-\xe9.txt", Kind::File, 0, 0),
            entry(b"current", Kind::Link, 9, 5),
            entry(b"pipe", Kind::Special(Special::Pipe), 0, 5),
        ],
        page: 0,
        total: 1242,
        folders: 2,
        hidden: 3,
        left_out: 0,
        space: Some(SPACE),
    }
}

pub fn wish(at: &str) -> Folder {
    Folder { at: place(at), sort: Sort::Size, hidden: false, page: 0 }
}

pub fn meta(kind: Kind, size: u64) -> Meta {
    Meta {
        id: FileId { dev: (8, 1), ino: 77 },
        stamp: Stamp(99),
        kind,
        size,
        allocated: size,
        modified: ago(50),
        born: ago(5000),
        mode: 0o640,
        uid: 1000,
        gid: 1000,
        links: 1,
        mount_point: false,
    }
}

pub fn item(kind: Kind, nature: Option<Nature>) -> Item {
    Item {
        place: place("dre/photos/report.txt"),
        read_only: false,
        meta: meta(kind, 3_250_176),
        owner: "dre".into(),
        link: None,
        nature,
        trash: Trash::Takes,
        path: Some("/mnt/dre/photos/report.txt".into()),
        holds: None,
    }
}
