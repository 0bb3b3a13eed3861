//! The roots and folders as they are read, in both languages.

use expect_test::expect;
use jiff::SignedDuration;

use super::{
    Fault,
    listing::Listing,
    panel::{self, RootRow},
    panel_folder::folder,
    panel_testing::{NOW, SPACE, check, listing, reader, root, wish},
    usage::Sizes,
};
use crate::{
    domain::{Lang, Reader, Role},
    intent::storage::{Folder, Sort},
};

#[test]
fn the_roots() {
    let rows = [
        RootRow { root: root(false), space: Ok(Some(SPACE)) },
        RootRow { root: root(true), space: Err(Fault::RootAway(rustix::io::Errno::NOENT)) },
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
        &folder(&wish, &listing, None, &reader(Lang::En)),
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
        &folder(&wish, &listing, None, &reader(Lang::Id)),
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
        &folder(&wish, &listing, None, &reader(Lang::En)),
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
    let folder = folder(&wish("dre"), &listing(), None, &observer);
    assert!(!folder.rows.iter().flatten().any(|button| button.label.contains('➕')));
}

#[test]
fn what_folders_hold_is_told_where_it_was_measured() {
    let mut listing = listing();
    listing.entries.truncate(2);
    listing.entries[0].holds = Some(3 << 30);
    let at = NOW - SignedDuration::from_hours(3);
    let sizes = Sizes { at, whole: (4 << 30, 1200), folders: Default::default() };
    check(
        &folder(&wish("dre"), &listing, Some(&sizes), &reader(Lang::En)),
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
}
