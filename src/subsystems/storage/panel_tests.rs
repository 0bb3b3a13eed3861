//! The screens as they are read, in both languages.

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    folder::{FileId, Kind, Meta, Space, Special},
    listing::{Entry, Listing},
    panel::{self, Item, LinkTarget, RootRow},
    panel_view,
    root::{Root, Roots},
    text::{Image, Nature, Page},
    usage::Sizes,
};
use crate::{
    domain::{BlobId, Bytes, ChatKind, FileName, Lang, Place, Reader, Role, Stamp, Theme},
    intent::storage::{Folder, Sort},
    screen::{Screen, html},
};

pub(super) const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

pub(super) fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Pilot,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: NOW,
    }
}

pub(super) fn check(screen: &Screen, lang: Lang, want: &Expect) {
    let mut text = html::plain(screen, &reader(lang));
    for row in &screen.rows {
        let labels: Vec<&str> = row.iter().map(|button| button.label.as_str()).collect();
        text.push_str(&format!("\n[{}]", labels.join("] [")));
    }
    if let Some(pager) = &screen.pager {
        text.push_str(&format!("\n({}/{})", pager.page + 1, pager.pages));
    }
    text.push('\n');
    want.assert_eq(&text);
}

pub(super) fn root(read_only: bool) -> Root {
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

pub(super) fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

pub(super) fn ago(hours: i64) -> Option<Timestamp> {
    Some(NOW - SignedDuration::from_hours(hours))
}

pub(super) fn entry(name: &[u8], kind: Kind, size: u64, hours: i64) -> Entry {
    let name = FileName::new(name).unwrap();
    Entry { name, kind, size: Some(size), modified: ago(hours), mount_point: false, holds: None }
}

const SPACE: Space = Space { total: Bytes(500 << 30), free: Bytes(61 << 30) };

pub(super) fn listing() -> Listing {
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

fn wish(at: &str) -> Folder {
    Folder { at: place(at), sort: Sort::Size, hidden: false, page: 0 }
}

pub(super) fn meta(kind: Kind, size: u64) -> Meta {
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

pub(super) fn item(kind: Kind, nature: Option<Nature>) -> Item {
    Item {
        place: place("dre/photos/report.txt"),
        read_only: false,
        meta: meta(kind, 3_250_176),
        owner: "dre".into(),
        link: None,
        nature,
        has_trash: true,
        path: Some("/mnt/dre/photos/report.txt".into()),
        holds: None,
    }
}

#[test]
fn the_roots() {
    let rows = [
        RootRow { root: root(false), space: Ok(Some(SPACE)) },
        RootRow { root: root(true), space: Err(super::Fault::RootAway(rustix::io::Errno::NOENT)) },
    ];
    check(
        &panel::roots(&rows, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files
            dre ████████▊░ 61.0 GiB free
            ✖ dre: The root's folder cannot be opened: it is not there. Is its disk mounted?
            as of 22:56:20

            [🗄 dre]
        "#]],
    );
    check(
        &panel::roots(&rows, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas
            dre ████████▊░ 61.0 GiB kosong
            ✖ dre: Folder root-nya nggak bisa dibuka: nggak ada di situ. Disk-nya sudah di-mount?
            per 22:56:20

            [🗄 dre]
        "#]],
    );
    check(
        &panel::roots(&[], &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas
            Belum ada folder yang dibuka untuk dilihat. Tulis di config:
            [storage]
            roots = [{ name = "data",
              path = "/mnt/data" }]

        "#]],
    );
}

#[test]
fn a_folder_of_odd_names() {
    let (wish, listing) = (wish("dre/photos"), listing());
    check(
        &panel::folder(&wish, &listing, None, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › photos
            Disk ████████▊░ 61.0 GiB free
            2 folders · 1,240 files · 3 hidden
            as of 22:56:20

            [dre ›]
            [📁 2019 · 125 d]
            [💽 usb · 1 d]
            [🎞 a very long name of… · 734 MiB · 2 d]
            [📄 two lines & <b>.txt · 12 B · 1 h]
            [📄 photogpj.exe · 1.5 KiB · 2 h]
            [📄 latin-�.txt · 0 B · 0 s]
            [🔗 current · 5 h]
            [⚙ pipe · 5 h]
            [Name] [• Size] [Time]
            [⋯ Details] [📊 Usage] [+ hidden]
            [➕ Folder] [📝 Note]
            (1/156)
        "#]],
    );
    check(
        &panel::folder(&wish, &listing, None, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › photos
            Disk ████████▊░ 61.0 GiB kosong
            2 folder · 1.240 berkas · 3 tersembunyi
            per 22:56:20

            [dre ›]
            [📁 2019 · 125 hari]
            [💽 usb · 1 hari]
            [🎞 a very long name… · 734 MiB · 2 hari]
            [📄 two lines & <b>.txt · 12 B · 1 jam]
            [📄 photogpj.exe · 1.5 KiB · 2 jam]
            [📄 latin-�.txt · 0 B · 0 dtk]
            [🔗 current · 5 jam]
            [⚙ pipe · 5 jam]
            [Nama] [• Ukuran] [Waktu]
            [⋯ Detail] [📊 Peta] [+ .nama]
            [➕ Folder] [📝 Catatan]
            (1/156)
        "#]],
    );
}

#[test]
fn an_empty_folder_deep_down_in_a_read_only_root() {
    let listing = Listing { root: root(true), entries: vec![], total: 0, folders: 0, hidden: 0, ..listing() };
    let wish = Folder { sort: Sort::Name, ..wish("dre/a/b/c/d/e") };
    check(
        &panel::folder(&wish, &listing, None, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › a › b › c › d › e
            Disk ████████▊░ 61.0 GiB free
            empty
            Read-only by the config.
            as of 22:56:20

            [dre ›] [b ›] [c ›] [d ›]
            [• Name] [Size] [Time]
            [⋯ Details] [📊 Usage]
        "#]],
    );
}

#[test]
fn an_observer_is_offered_nothing_that_changes() {
    let observer = Reader { role: Role::Observer, ..reader(Lang::En) };
    let screen = panel::item(&item(Kind::File, Some(Nature::Empty)), &observer);
    assert_eq!(screen.rows, Vec::<Vec<_>>::new());
    let folder = panel::folder(&wish("dre"), &listing(), None, &observer);
    let acts = folder.rows.iter().flatten().filter(|button| button.label.contains('➕')).count();
    assert_eq!(acts, 0);
}

#[test]
fn files_folders_and_links() {
    let text = item(Kind::File, Some(Nature::Text { encoding: "windows-1252", mark: 0 }));
    check(
        &panel::item(&text, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › photos › report.txt
            📄 report.txt
            dre/photos/report.txt
            Kind     text, windows-1252
            Size     3.1 MiB (3,250,176 bytes)
            Changed  Fri 20:56 (2 d)
            Made     28 Apr 14:56
            Rights   rw-r----- (0640)
            Owner    dre
            as of 22:56:20

            [📥 Download]
            [💾 Latest version in the backup]
            [👁 View]
            [✏ Rename] [📦 Move] [📄 Copy]
            [🔑 Checksum] [🗑 Delete]
        "#]],
    );
    check(
        &panel::item(&text, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › photos › report.txt
            📄 report.txt
            dre/photos/report.txt
            Jenis    teks, windows-1252
            Ukuran   3.1 MiB (3.250.176 byte)
            Diubah   Jum 20:56 (2 hari)
            Dibuat   28 Apr 14:56
            Izin     rw-r----- (0640)
            Pemilik  dre
            per 22:56:20

            [📥 Unduh]
            [💾 Versi terbaru di backup]
            [👁 Lihat isi]
            [✏ Namai] [📦 Pindah] [📄 Salin]
            [🔑 Checksum] [🗑 Hapus]
        "#]],
    );
    let image = item(Kind::File, Some(Nature::Image(Image::Png)));
    check(
        &panel::item(&image, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › photos › report.txt
            📄 report.txt
            dre/photos/report.txt
            Kind     PNG picture
            Size     3.1 MiB (3,250,176 bytes)
            Changed  Fri 20:56 (2 d)
            Made     28 Apr 14:56
            Rights   rw-r----- (0640)
            Owner    dre
            as of 22:56:20

            [📥 Download]
            [💾 Latest version in the backup]
            [🖼 Show]
            [✏ Rename] [📦 Move] [📄 Copy]
            [🔑 Checksum] [🗑 Delete]
        "#]],
    );
    let folder = Item { has_trash: false, ..item(Kind::Folder, None) };
    check(
        &panel::item(&folder, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › photos › report.txt
            📁 report.txt
            dre/photos/report.txt
            Kind     folder
            Holds    not measured
            Changed  Fri 20:56 (2 d)
            Made     28 Apr 14:56
            Rights   rw-r----- (0640)
            Owner    dre
            as of 22:56:20

            [📂 Open]
            [📥 Download] [📊 Usage] [📐 Measure]
            [✏ Rename] [📦 Move] [📄 Copy]
            [🗜 Archive] [✖ Delete for good]
        "#]],
    );
    let link = Item {
        link: Some(LinkTarget { says: b"/etc/passwd\n".to_vec(), beneath: None }),
        ..item(Kind::Link, None)
    };
    check(
        &panel::item(&link, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › photos › report.txt
            🔗 report.txt
            dre/photos/report.txt
            Jenis    link simbolik
            Diubah   Jum 20:56 (2 hari)
            Dibuat   28 Apr 14:56
            Izin     rw-r----- (0640)
            Pemilik  dre
            Menunjuk ke /etc/passwd
            Itu keluar dari root ini, atau nggak ke mana-mana: nggak diikuti.
            per 22:56:20

            [✏ Namai] [📦 Pindah] [📄 Salin]
            [🗑 Hapus]
        "#]],
    );
    check(
        &panel::item(&item(Kind::Special(Special::Pipe), None), &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › photos › report.txt
            ⚙ report.txt
            dre/photos/report.txt
            Kind     pipe
            Changed  Fri 20:56 (2 d)
            Made     28 Apr 14:56
            Rights   rw-r----- (0640)
            Owner    dre
            Devices, pipes and sockets are never opened.
            as of 22:56:20

            [✏ Rename] [📦 Move]
            [🗑 Delete]
        "#]],
    );
}

#[test]
fn what_is_looked_into() {
    let page = Page {
        text: "fn main() {\n\tprintln!(\"<b>\");\n}\n".into(),
        encoding: "UTF-16LE",
        page: 1,
        pages: 3,
        damaged: false,
    };
    let at = place("dre/src/main.rs");
    check(
        &panel_view::text(&at, &page, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › src › main.rs
        fn main() {
            println!("<b>");
        }
        Read as UTF-16LE.
        as of 22:56:20

        (2/3)
    "#]],
    );
    let damaged = Page { damaged: true, encoding: "UTF-8", ..page };
    check(
        &panel_view::text(&at, &damaged, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › src › main.rs
            fn main() {
                println!("<b>");
            }
            Dibaca sebagai UTF-8; beberapa byte bukan teks.
            per 22:56:20

            (2/3)
        "#]],
    );
    let image = panel_view::image(&at, BlobId(1), Some((640, 400)), 12_345, &reader(Lang::En));
    check(
        &image,
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › src › main.rs
        main.rs · 640 × 400 · 12.1 KiB

    "#]],
    );
}

#[test]
fn what_folders_hold_is_told_where_it_was_measured() {
    let mut listing = listing();
    listing.entries.truncate(2);
    listing.entries[0].holds = Some(3 << 30);
    let at = NOW - SignedDuration::from_hours(3);
    let sizes = Sizes { at, whole: (4 << 30, 1200), folders: Default::default() };
    check(
        &panel::folder(&wish("dre"), &listing, Some(&sizes), &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre
        Disk ████████▊░ 61.0 GiB free
        2 folders · 1,240 files · 3 hidden
        Folder sizes as measured 3 h ago.
        as of 22:56:20

        [📁 2019 · 3.0 GiB · 125 d]
        [💽 usb · 1 d]
        [Name] [• Size] [Time]
        [⋯ Details] [📊 Usage] [+ hidden]
        [➕ Folder] [📝 Note] [🗑 Trash]
        (1/156)
    "#]],
    );
    let mut folder = item(Kind::Folder, None);
    check(
        &panel::item(&folder, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › photos › report.txt
        📁 report.txt
        dre/photos/report.txt
        Kind     folder
        Holds    not measured
        Changed  Fri 20:56 (2 d)
        Made     28 Apr 14:56
        Rights   rw-r----- (0640)
        Owner    dre
        as of 22:56:20

        [📂 Open]
        [📥 Download] [📊 Usage] [📐 Measure]
        [✏ Rename] [📦 Move] [📄 Copy]
        [🗜 Archive] [🗑 Delete]
    "#]],
    );
    folder.holds = Some((sizes.whole, at));
    check(
        &panel::item(&folder, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › photos › report.txt
            📁 report.txt
            dre/photos/report.txt
            Jenis    folder
            Isinya   4.0 GiB dalam 1.200
                     berkas, diukur 3 jam yang
                     lalu
            Diubah   Jum 20:56 (2 hari)
            Dibuat   28 Apr 14:56
            Izin     rw-r----- (0640)
            Pemilik  dre
            per 22:56:20

            [📂 Buka]
            [📥 Unduh] [📊 Peta] [📐 Ukur]
            [✏ Namai] [📦 Pindah] [📄 Salin]
            [🗜 Arsipkan] [🗑 Hapus]
        "#]],
    );
}
