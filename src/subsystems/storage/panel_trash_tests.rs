//! The trash's screens and those of moving, as they are read.

use std::time::Duration;

use expect_test::expect;
use jiff::SignedDuration;

use super::{
    folder::Kind,
    listing::Listing,
    panel, panel_pick,
    panel_testing::{NOW, check, entry, listing, place, reader, root},
    panel_trash::{self, Heap},
    trash::Thrown,
    tree::Sum,
};
use crate::{
    domain::{Bytes, Lang, RootName, Stamp, Target},
    intent::storage::{Ask, Going, Relocation, ThrownId},
};

fn thrown() -> Thrown {
    Thrown {
        id: ThrownId::parse("20261122T210301-aa").unwrap(),
        place: place("dre/photos/2019"),
        deleted: NOW - SignedDuration::from_hours(3),
        by: "Dre".into(),
        sum: Sum { files: 1234, folders: 9, bytes: 3 << 30, ..Sum::default() },
        kind: Kind::Folder,
    }
}

fn going() -> Going {
    let what = Target { place: place("dre/photos/report.txt"), stamp: Stamp(99) };
    Going { what, how: Relocation::Move, to: place("dre/Documents") }
}

#[test]
fn the_trash() {
    let heap = Heap {
        root: root(false),
        all: vec![thrown()],
        keep: Duration::from_secs(30 * 86_400),
        max_size: Bytes(20 << 30),
    };
    check(
        &panel_trash::heap(&heap, 0, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › Trash
        1 thing in the trash: 1,234 files, 3.0 GiB.
        Emptied at night: what is older than 30 d, and the oldest beyond 20.0 GiB.
        as of 22:56:20

        [📁 2019 · 3.0 GiB · 3 h]
        [🗑 Empty the trash]
    "#]],
    );
    check(
        &panel_trash::heap(&heap, 0, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › Sampah
            1 barang di tempat sampah: 1.234 berkas, 3.0 GiB.
            Dikosongkan malam hari: yang lebih lama dari 30 hari, dan yang paling lama kalau lebih dari 20.0 GiB.
            per 22:56:20

            [📁 2019 · 3.0 GiB · 3 jam]
            [🗑 Kosongkan sampah]
        "#]],
    );
    check(
        &panel_trash::thrown(&root(false), &thrown(), &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › Trash
        📁 2019
        In the trash.
        Was in   dre/photos
        Size     3.0 GiB
        Files    1,234
        Deleted  19:56
        By       Dre
        as of 22:56:20

        [↩ Restore] [✖ Delete for good]
        [📂 photos]
    "#]],
    );
    check(
        &panel_trash::thrown(&root(false), &thrown(), &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › Sampah
            📁 2019
            Ada di tempat sampah.
            Tadinya di  dre/photos
            Ukuran      3.0 GiB
            Berkas      1.234
            Dihapus     19:56
            Oleh        Dre
            per 22:56:20

            [↩ Kembalikan] [✖ Hapus selamanya]
            [📂 photos]
        "#]],
    );
    let name = RootName::parse("dre").unwrap();
    let clash = panel_trash::restore_clash(&name, &thrown(), &reader(Lang::En));
    check(
        &clash,
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › Trash
        dre/photos/2019 is taken: something else stands there now.
        Replace moves the old one to the trash.

        [✕ Cancel]
        [Keep both] [Replace]
    "#]],
    );
}

#[test]
fn moving() {
    let folders =
        Listing { entries: vec![entry(b"Invoices", Kind::Folder, 0, 1)], total: 1, folders: 1, ..listing() };
    let pick = |lang| panel_pick::pick(&going(), &folders, true, &reader(lang));
    check(
        &pick(Lang::En),
        Lang::En,
        &expect![[r#"
            Cargo › Files › dre › Documents
            Move “report.txt”. Where to?
            To: dre/Documents

            [🗄 Other roots] [⬆ dre]
            [📁 Invoices]
            [✕ Cancel] [📦 Move here]
        "#]],
    );
    check(
        &pick(Lang::Id),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › Documents
            Pindahkan “report.txt”. Ke mana?
            Ke: dre/Documents

            [🗄 Root lain] [⬆ dre]
            [📁 Invoices]
            [✕ Batal] [📦 Pindah ke sini]
        "#]],
    );
    check(
        &panel_pick::clash(&going(), &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre › Documents
        “report.txt” is in dre/Documents already.
        Replace moves the old one to the trash.

        [✕ Cancel]
        [Keep both] [Replace]
    "#]],
    );
    check(
        &panel_pick::clash(&going(), &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › Documents
            “report.txt” sudah ada di dre/Documents.
            Kalau diganti, yang lama masuk tempat sampah.

            [✕ Batal]
            [Simpan dua-duanya] [Ganti]
        "#]],
    );
    let ask = Ask::Rename(going().what);
    check(
        &panel::ask(&ask, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Kargo › Berkas › dre › photos › report.txt
            “report.txt” mau diganti jadi apa?

        "#]],
    );
    check(
        &panel::ask(&Ask::Note(place("dre")), &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Cargo › Files › dre
        A text file in “dre”. Write its text.

    "#]],
    );
}
