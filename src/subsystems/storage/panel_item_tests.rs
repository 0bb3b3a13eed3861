//! One file as it is read, whatever it is, and what is in it.

use expect_test::{Expect, expect};
use jiff::SignedDuration;

use super::{
    folder::{Kind, Special},
    panel_item::{self, Item, LinkTarget, Trash},
    panel_testing::{NOW, check, check_unlike, item, place, reader},
    panel_view,
    text::{Image, Nature, Page},
};
use crate::{
    domain::{BlobId, Lang, Reader, Role},
    screen::Screen,
};

fn shown(item: &Item, lang: Lang) -> Screen {
    panel_item::item(item, &reader(lang))
}

fn text() -> Item {
    item(Kind::File, Some(Nature::Text { encoding: "windows-1252", mark: 0 }))
}

fn folder() -> Item {
    item(Kind::Folder, None)
}

#[test]
fn a_file_of_text() {
    check(
        &shown(&text(), Lang::En),
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
        &shown(&text(), Lang::Id),
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
}

/// What is shown otherwise than for a file of text.
fn check_item(item: &Item, lang: Lang, want: &Expect) {
    check_unlike(&shown(item, lang), &shown(&text(), lang), lang, want);
}

#[test]
fn whatever_it_is_it_offers_what_can_be_done_with_it() {
    check_item(
        &item(Kind::File, Some(Nature::Image(Image::Png))),
        Lang::En,
        &expect![[r#"
        - Kind     text, windows-1252
        - [👁 View]
        + Kind     PNG picture
        + [🖼 Show]
    "#]],
    );
    check_item(
        &item(Kind::File, Some(Nature::Binary(Some("PDF")))),
        Lang::Id,
        &expect![[r#"
        - Jenis    teks, windows-1252
        - [👁 Lihat isi]
        + Jenis    data PDF
    "#]],
    );
    check_item(
        &folder(),
        Lang::En,
        &expect![[r#"
        - 📄 report.txt
        - Kind     text, windows-1252
        - Size     3.1 MiB (3,250,176 bytes)
        - [📥 Download]
        - [💾 Latest version in the backup]
        - [👁 View]
        - [🔑 Checksum] [🗑 Delete]
        + 📁 report.txt
        + Kind     folder
        + Holds    not measured
        + [📂 Open]
        + [📥 Download] [📊 Usage] [📐 Measure]
        + [🗜 Archive] [🗑 Delete]
    "#]],
    );
    check_item(
        &Item { trash: Trash::NoRoom, ..folder() },
        Lang::En,
        &expect![[r#"
        - 📄 report.txt
        - Kind     text, windows-1252
        - Size     3.1 MiB (3,250,176 bytes)
        - [📥 Download]
        - [💾 Latest version in the backup]
        - [👁 View]
        - [🔑 Checksum] [🗑 Delete]
        + 📁 report.txt
        + Kind     folder
        + Holds    not measured
        + The disk is full: there is no room left even for the trash. What is deleted here is gone for good, and frees its room.
        + [📂 Open]
        + [📥 Download] [📊 Usage] [📐 Measure]
        + [🗜 Archive] [✖ Delete for good]
    "#]],
    );
    check_item(
        &Item { trash: Trash::Elsewhere, ..folder() },
        Lang::Id,
        &expect![[r#"
        - 📄 report.txt
        - Jenis    teks, windows-1252
        - Ukuran   3.1 MiB (3.250.176 byte)
        - [📥 Unduh]
        - [💾 Versi terbaru di backup]
        - [👁 Lihat isi]
        - [🔑 Checksum] [🗑 Hapus]
        + 📁 report.txt
        + Jenis    folder
        + Isinya   belum diukur
        + [📂 Buka]
        + [📥 Unduh] [📊 Peta] [📐 Ukur]
        + [🗜 Arsipkan] [✖ Hapus selamanya]
    "#]],
    );
    check_item(
        &Item { read_only: true, ..folder() },
        Lang::En,
        &expect![[r#"
        - 📄 report.txt
        - Kind     text, windows-1252
        - Size     3.1 MiB (3,250,176 bytes)
        - [📥 Download]
        - [💾 Latest version in the backup]
        - [👁 View]
        - [✏ Rename] [📦 Move] [📄 Copy]
        - [🔑 Checksum] [🗑 Delete]
        + 📁 report.txt
        + Kind     folder
        + Holds    not measured
        + [📂 Open]
        + [📥 Download] [📊 Usage] [📐 Measure]
        + [📄 Copy]
    "#]],
    );
    check_item(
        &item(Kind::Special(Special::Pipe), None),
        Lang::En,
        &expect![[r#"
        - 📄 report.txt
        - Kind     text, windows-1252
        - Size     3.1 MiB (3,250,176 bytes)
        - [📥 Download]
        - [💾 Latest version in the backup]
        - [👁 View]
        - [✏ Rename] [📦 Move] [📄 Copy]
        - [🔑 Checksum] [🗑 Delete]
        + ⚙ report.txt
        + Kind     pipe
        + Devices, pipes and sockets are never opened.
        + [✏ Rename] [📦 Move]
        + [🗑 Delete]
    "#]],
    );
    let link = LinkTarget { says: b"/etc/passwd\n".to_vec(), beneath: None };
    check_item(
        &Item { link: Some(link), ..item(Kind::Link, None) },
        Lang::Id,
        &expect![[r#"
        - 📄 report.txt
        - Jenis    teks, windows-1252
        - Ukuran   3.1 MiB (3.250.176 byte)
        - [📥 Unduh]
        - [💾 Versi terbaru di backup]
        - [👁 Lihat isi]
        - [🔑 Checksum] [🗑 Hapus]
        + 🔗 report.txt
        + Jenis    link simbolik
        + Menunjuk ke /etc/passwd
        + Itu keluar dari root ini, atau nggak ke mana-mana: nggak diikuti.
        + [🗑 Hapus]
    "#]],
    );
    let measured = ((4 << 30, 1200), NOW - SignedDuration::from_hours(3));
    check_item(
        &Item { holds: Some(measured), ..folder() },
        Lang::Id,
        &expect![[r#"
        - 📄 report.txt
        - Jenis    teks, windows-1252
        - Ukuran   3.1 MiB (3.250.176 byte)
        - [📥 Unduh]
        - [💾 Versi terbaru di backup]
        - [👁 Lihat isi]
        - [🔑 Checksum] [🗑 Hapus]
        + 📁 report.txt
        + Jenis    folder
        + Isinya   4.0 GiB dalam 1.200
        +          berkas, diukur 3 jam yang
        +          lalu
        + [📂 Buka]
        + [📥 Unduh] [📊 Peta] [📐 Ukur]
        + [🗜 Arsipkan] [🗑 Hapus]
    "#]],
    );
}

#[test]
fn an_observer_is_offered_nothing_that_changes() {
    let observer = Reader { role: Role::Observer, ..reader(Lang::En) };
    assert_eq!(panel_item::item(&text(), &observer).rows, Vec::<Vec<_>>::new());
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
