//! Screens of what eats the disk, as they are read.

use expect_test::{Expect, expect};

use super::*;
use crate::{
    charts,
    domain::Lang,
    screen::html,
    subsystems::storage::{
        panel_testing::{NOW, check, check_unlike, reader},
        usage::{
            Kind,
            digest::{Listed, Node},
        },
    },
};

const GIB: u64 = 1 << 30;

fn node(parent: u32, name: &[u8], bytes: u64, files: u64, loose: u64) -> Node {
    Node { parent, name: name.into(), bytes, files, left_out: 0, loose }
}

fn listed(path: &[u8], bytes: u64, days_ago: i64) -> Listed {
    Listed { path: path.to_vec(), bytes, touched_s: NOW.as_second() - days_ago * 86_400 }
}

fn digest(grown: u64) -> Digest {
    Digest {
        at: NOW - jiff::SignedDuration::from_mins(3),
        took: Duration::from_millis(430),
        bytes: 40 * GIB + grown,
        files: 41_220,
        folders: 3_412,
        unreadable: 2,
        other_filesystems: 1,
        partial: false,
        nodes: vec![
            node(0, b"", 40 * GIB + grown, 41_220, 3 * GIB),
            node(0, b"photos", 25 * GIB + grown, 40_000, GIB),
            node(0, b"<b>evil\n\xff", 12 * GIB, 1_220, 12 * GIB),
            node(1, b"2019", 24 * GIB + grown, 39_000, 24 * GIB + grown),
        ],
        own: Vec::new(),
        cut_bytes: 0,
        largest: vec![listed(b"photos/2019/film.mp4", 4 * GIB, 12), listed(b"disk.img", 2 * GIB, 400)],
        untouched: vec![listed(b"disk.img", 2 * GIB, 1500)],
        kinds: vec![
            Kind { ending: "jpg".into(), files: 39_000, bytes: 20 * GIB },
            Kind { ending: String::new(), files: 20, bytes: GIB },
        ],
    }
}

fn kept(grown: u64) -> Kept {
    Kept { id: 1, of: Place::parse("dre").unwrap(), digest: digest(grown) }
}

fn drawn(at: &str, tab: Tab, lang: Lang) -> Screen {
    let (kept, before) =
        (kept(6 * GIB), Digest { at: NOW - jiff::SignedDuration::from_hours(24 * 8), ..digest(0) });
    let sum = |(gib, days): (u64, i64)| Sum {
        at: NOW - jiff::SignedDuration::from_hours(24 * days),
        bytes: gib * GIB,
        files: 1,
    };
    let history = [(20, 16), (40, 8), (46, 0)].map(sum);
    let at = Place::parse(at).unwrap();
    let node = super::super::shelf::node_of(&kept, &at).unwrap();
    let known = Known { kept: &kept, before: Some(&before), history: &history, node };
    folder(&Look { at: &at, tab, page: 0, job: None }, Some(&known), &reader(lang))
}

#[test]
fn a_folder_shows_what_is_in_it_and_leads_deeper() {
    check(
        &drawn("dre", Tab::Folders, Lang::En),
        Lang::En,
        &expect![[r#"
            📊 Usage › dre
            46.0 GiB in 41,220 files
            Measured 3 min ago, took 0.4 s.
            ▲ 2 folders could not be read and are not in it
            1 other disk is mounted in here and not counted.
            Trend        ▄▇█ +26.0 GiB in 16 d
            photos/    31.0 GiB 67 %
            <b>evil �/ 12.0 GiB 26 %
            files here  3.0 GiB  7 %
            as of 22:53:20

            [📁 photos] [📁 <b>evil �]
            [🐘 Biggest files] [🏷 Kinds]
            [🕸 Untouched] [📈 Grown]
            [📐 Measure now] [🗂 Browse]
        "#]],
    );
    check(
        &drawn("dre/photos", Tab::Folders, Lang::Id),
        Lang::Id,
        &expect![[r#"
            📊 Pemakaian › dre › photos
            31.0 GiB dalam 40.000 berkas
            Diukur 3 mnt yang lalu, makan waktu 0.4 dtk.
            ▲ 2 folder nggak bisa dibaca, jadi nggak ikut dihitung
            Tren   ▄▇█ +26.0 GiB dalam 16 hari
            2019/          30.0 GiB 97 %
            berkas di sini  1.0 GiB  3 %
            per 22:53:20

            [📁 2019]
            [🐘 Berkas terbesar] [🏷 Jenis]
            [🕸 Lama nganggur] [📈 Bertambah]
            [📐 Ukur sekarang] [🗂 Lihat isinya]
        "#]],
    );
}

/// What another side of the same result shows otherwise.
fn check_side(at: &str, tab: Tab, lang: Lang, want: &Expect) {
    check_unlike(&drawn(at, tab, lang), &drawn(at, Tab::Folders, lang), lang, want);
}

#[test]
fn the_other_sides_of_a_result() {
    check_side(
        "dre",
        Tab::BigFiles,
        Lang::En,
        &expect![[r#"
        - photos/    31.0 GiB 67 %
        - <b>evil �/ 12.0 GiB 26 %
        - files here  3.0 GiB  7 %
        - [📁 photos] [📁 <b>evil �]
        - [🐘 Biggest files] [🏷 Kinds]
        + The biggest files; age since last touched.
        + film.mp4 4.0 GiB  12 d
        + disk.img 2.0 GiB 13 mo
        + [film.mp4] [disk.img]
        + [📁 Folders] [🏷 Kinds]
    "#]],
    );
    check_side(
        "dre",
        Tab::Untouched,
        Lang::En,
        &expect![[r#"
        - photos/    31.0 GiB 67 %
        - <b>evil �/ 12.0 GiB 26 %
        - files here  3.0 GiB  7 %
        - [📁 photos] [📁 <b>evil �]
        - [🐘 Biggest files] [🏷 Kinds]
        - [🕸 Untouched] [📈 Grown]
        + Big files nobody has touched for long; age since last touched.
        + disk.img 2.0 GiB 4 y
        + [disk.img]
        + [📁 Folders] [🐘 Biggest files]
        + [🏷 Kinds] [📈 Grown]
    "#]],
    );
    check_side(
        "dre/photos",
        Tab::Kinds,
        Lang::En,
        &expect![[r#"
        - 2019/      30.0 GiB 97 %
        - files here  1.0 GiB  3 %
        - [📁 2019]
        - [🐘 Biggest files] [🏷 Kinds]
        + Of all that was measured: dre.
        + .jpg      39,000 20.0 GiB 43 %
        + no ending     20  1.0 GiB  2 %
        + [📁 Folders] [🐘 Biggest files]
    "#]],
    );
    check_side(
        "dre",
        Tab::Grown,
        Lang::Id,
        &expect![[r#"
        - photos/        31.0 GiB 67 %
        - <b>evil �/     12.0 GiB 26 %
        - berkas di sini  3.0 GiB  7 %
        - [📁 photos] [📁 <b>evil �]
        - [🐘 Berkas terbesar] [🏷 Jenis]
        - [🕸 Lama nganggur] [📈 Bertambah]
        + +6.0 GiB sejak diukur 7 hari 23 jam sebelumnya.
        + 2019/ +6.0 GiB
        + [📁 2019]
        + [📁 Folder] [🐘 Berkas terbesar]
        + [🏷 Jenis] [🕸 Lama nganggur]
    "#]],
    );
}

#[test]
fn nothing_known_is_said_and_can_be_measured_by_who_may() {
    let at = Place::parse("dre").unwrap();
    let look = Look { at: &at, tab: Tab::Folders, page: 0, job: None };
    let screen = folder(&look, None, &reader(Lang::En));
    check(
        &screen,
        Lang::En,
        &expect![[r#"
            📊 Usage › dre
            Not measured yet.
            Measuring walks through everything in here at the lowest priority. It reads no file, follows no link and stays on this disk.

            [📐 Measure now]
            [🗂 Browse]
        "#]],
    );
    assert_eq!(screen.picture, None);
    let observer = Reader { role: Role::Observer, ..reader(Lang::En) };
    let seen = folder(&look, None, &observer);
    assert!(!seen.rows.iter().flatten().any(|button| button.label.contains("Measure")));
}

#[test]
fn every_side_is_a_picture_with_room_for_its_words_below() {
    for lang in Lang::ALL {
        for tab in Tab::ALL {
            for at in ["dre", "dre/photos", "dre/photos/2019"] {
                let screen = drawn(at, tab, lang);
                let Some(Picture::Treemap(map)) = &screen.picture else { panic!("{tab:?}") };
                assert!(charts::render_treemap(map).is_ok());
                let frame = html::Frame {
                    reader: &reader(lang),
                    here: None,
                    live: html::Live::Off,
                    head: None,
                    asking: false,
                    late: None,
                };
                assert_eq!(html::page(&screen, &frame).left_out, 0, "{tab:?} {at} {lang:?}");
            }
        }
    }
}

#[test]
fn tiles_of_a_folder_are_no_more_than_it() {
    let screen = drawn("dre", Tab::Folders, Lang::En);
    let Some(Picture::Treemap(map)) = screen.picture else { panic!("a picture") };
    let sum: u64 = map.root.iter().map(|tile| tile.bytes).sum();
    assert_eq!(sum, 46 * GIB);
    for tile in &map.root {
        assert!(tile.children.iter().map(|child| child.bytes).sum::<u64>() <= tile.bytes, "{}", tile.label);
    }
}
