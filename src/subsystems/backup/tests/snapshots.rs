//! The list of snapshots, one of them, two compared.

use expect_test::expect;

use super::*;
use crate::subsystems::backup::{
    panel_snapshots,
    store::{Compared, Mode},
};

#[test]
fn snapshots_are_paged_in_the_pilots_zone() {
    let all: Vec<Held> = (0..20).map(|n| held(&format!("{n:02}aa21d4"), 6 + 24 * i64::from(n))).collect();
    let sheet = sheet(0, facts(hours(6), 0));
    check(
        |reader| panel_snapshots::list(&sheet, &all, 0, (false, 2), reader),
        &expect![[r#"
        Cargo › Backups › home › Snapshots
        20 snapshots, the oldest 3 Nov 16:56.
        as of 16:56:20

        [6 Nov 16:56 · potion]
        [5 Nov 16:56 · potion]
        [4 Nov 16:56 · potion]
        [3 Nov 16:56 · potion]
        ---
        Kargo › Cadangan › home › Snapshot
        20 snapshot, yang tertua 3 Nov 16:56.
        per 16:56:20

        [6 Nov 16:56 · potion]
        [5 Nov 16:56 · potion]
        [4 Nov 16:56 · potion]
        [3 Nov 16:56 · potion]
    "#]],
    );
    check(
        |reader| panel_snapshots::one(&sheet, &all[0], all.get(1), reader),
        &expect![[r#"
            Cargo › Backups › home › 16:56
            Made   16:56
            Id     00aa21d4
            Host   potion
            Saves  /home /etc
            Tags   home
            as of 16:56:20

            [📂 Look inside, restore]
            [⇄ With the one before]
            [⇄ With another…]
            [🗑 Forget it]
            ---
            Kargo › Cadangan › home › 16:56
            Dibuat     16:56
            Id         00aa21d4
            Host       potion
            Menyimpan  /home /etc
            Tag        home
            per 16:56:20

            [📂 Lihat isi, pulihkan]
            [⇄ Dengan sebelumnya]
            [⇄ Dengan yang lain…]
            [🗑 Hapus]
        "#]],
    );
}

#[test]
fn a_comparison_names_what_changed() {
    let sheet = sheet(0, facts(hours(6), 0));
    let (old, new) = (held("00aa21d4", 30), held("01aa21d4", 6));
    let compared = Compared {
        changes: vec![
            (Mode::Added, "/home/u/new\nname 🦀.txt".into()),
            (Mode::Changed, "/home/u/notes.md".into()),
            (Mode::Removed, "/home/u/old".into()),
        ],
        added: 1500,
        removed: 1,
        changed: 1,
        added_bytes: Some(Bytes(3 << 20)),
        removed_bytes: None,
    };
    let found = (hours(1), compared);
    check(
        |reader| panel_snapshots::diff(&sheet, (&old, &new), Some(&found), 0, reader),
        &expect![[r#"
            Cargo › Backups › home › Compared
            From Sat 16:56 to 16:56
            + Added    1,500 · 3.0 MiB
            ~ Changed  1
            - Removed  1
            + /home/u/new⏎name 🦀.txt
            ~ /home/u/notes.md
            - /home/u/old
            The first 3 of 1,502.
            as of 21:56:20

            ---
            Kargo › Cadangan › home › Perbandingan
            Dari Sab 16:56 ke 16:56
            + Baru     1.500 · 3.0 MiB
            ~ Berubah  1
            - Hilang   1
            + /home/u/new⏎name 🦀.txt
            ~ /home/u/notes.md
            - /home/u/old
            3 pertama dari 1.502.
            per 21:56:20

        "#]],
    );
    check(
        |reader| panel_snapshots::diff(&sheet, (&old, &new), None, 0, reader),
        &expect![[r#"
        Cargo › Backups › home › Compared
        From Sat 16:56 to 16:56
        These two have not been compared yet. The engine reads both lists of files for it.

        [⇄ Compare]
        ---
        Kargo › Cadangan › home › Perbandingan
        Dari Sab 16:56 ke 16:56
        Dua ini belum dibandingkan. Mesinnya perlu membaca kedua daftar filenya dulu.

        [⇄ Bandingkan]
    "#]],
    );
}

#[test]
fn snapshots_of_others_in_the_same_repository_are_shown_on_request_only() {
    let sheet = sheet(0, facts(hours(6), 0));
    let own = [held("00aa21d4", 6)];
    check(
        |reader| panel_snapshots::list(&sheet, &own, 2, (false, 0), reader),
        &expect![[r#"
        Cargo › Backups › home › Snapshots
        One snapshot, 16:56.
        2 more in this repository are not of this plan.
        as of 16:56:20

        [16:56 · potion]
        [📚 Show all of the repository]
        ---
        Kargo › Cadangan › home › Snapshot
        1 snapshot, yang tertua 16:56.
        2 lagi di repositori ini bukan dari rencana ini.
        per 16:56:20

        [16:56 · potion]
        [📚 Lihat semua isi repositori]
    "#]],
    );
    let all = [held("00aa21d4", 6), held("01aa21d4", 7), held("02aa21d4", 8)];
    check(
        |reader| panel_snapshots::list(&sheet, &all, 0, (true, 0), reader),
        &expect![[r#"
        Cargo › Backups › home › Snapshots
        All of the repository, whoever made them.
        3 snapshots, the oldest 14:56.
        as of 16:56:20

        [16:56 · potion]
        [15:56 · potion]
        [14:56 · potion]
        [📚 Only those of home]
        ---
        Kargo › Cadangan › home › Snapshot
        Semua isi repositori, siapa pun yang membuatnya.
        3 snapshot, yang tertua 14:56.
        per 16:56:20

        [16:56 · potion]
        [15:56 · potion]
        [14:56 · potion]
        [📚 Cuma punya home]
    "#]],
    );
    let none = shown(&panel_snapshots::list(&sheet, &[], 3, (false, 0), &reader(Lang::En)), Lang::En);
    assert!(none.contains("no snapshot of this plan in it yet") && none.contains("3 more"), "{none}");
}
