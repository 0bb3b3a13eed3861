//! Inside a snapshot: ticking, where to, the latest version of a file.

use expect_test::expect;

use super::*;
use crate::{
    intent::backup::Browse,
    subsystems::backup::{
        engine::EntryKind,
        index::{Line, Page, Weight},
        panel_browse,
        panel_latest::{self, Newest},
        read::Folder,
    },
};

fn page() -> Folder {
    let line = |name: &str, kind, size: Option<u64>| Line {
        name: name.into(),
        kind,
        size: size.map(Bytes),
        modified: None,
    };
    Folder::Page(Page {
        lines: vec![
            line("photos", EntryKind::Folder, None),
            line("notes.md", EntryKind::File, Some(1536)),
            line("new\nname 🦀.txt", EntryKind::File, Some(3)),
            line("link", EntryKind::Link, None),
        ],
        of: 1_200,
    })
}

#[test]
fn a_snapshot_is_looked_into_with_boxes_to_tick() {
    let sheet = sheet(0, facts(hours(6), 0));
    let held = held("00aa21d4", 6);
    let browse = Browse::of(&sheet.name, "00aa21d4").at("/home/u").toggled("/home/u/notes.md");
    check(
        |reader| panel_browse::folder(&sheet, &held, &browse, &page(), &[], reader),
        &expect![[r#"
            Cargo › Backups › home › 16:56
            /home/u as it was 16:56
            1,200 entries. Tick what is to be restored.
            as of 16:56:20

            [☐] [📂 photos]
            [☑ notes.md · 1.5 KiB]
            [☐ new⏎name 🦀.txt · 3 B]
            [☐ link →]
            [10 ▸] [100 ▸]
            [⏪ Restore 1 ticked…]
            ---
            Kargo › Cadangan › home › 16:56
            /home/u per 16:56
            1.200 isi. Centang yang mau dipulihkan.
            per 16:56:20

            [☐] [📂 photos]
            [☑ notes.md · 1.5 KiB]
            [☐ new⏎name 🦀.txt · 3 B]
            [☐ link →]
            [10 ▸] [100 ▸]
            [⏪ Pulihkan 1 yang dicentang…]
        "#]],
    );
    let none = Folder::NoIndex;
    check(
        |reader| panel_browse::folder(&sheet, &held, &browse, &none, &[], reader),
        &expect![[r#"
        Cargo › Backups › home › 16:56
        /home/u as it was 16:56
        Borg cannot list one folder alone. Its list of all files is made once for this snapshot, and kept.
        as of 16:56:20

        [📇 List it]
        [⏪ Restore 1 ticked…]
        ---
        Kargo › Cadangan › home › 16:56
        /home/u per 16:56
        Borg nggak bisa mendaftar satu folder saja. Daftar lengkapnya dibuat sekali untuk snapshot ini, lalu disimpan.
        per 16:56:20

        [📇 Daftar isinya]
        [⏪ Pulihkan 1 yang dicentang…]
    "#]],
    );
    let roots = [("dre".to_owned(), "/mnt/dre".into())];
    let weight = Weight { bytes: 1536, unknown: 0, folders: 0 };
    check(
        |reader| panel_browse::destination(&browse, &held, &roots, weight, Bytes(50_000_000), reader),
        &expect![[r#"
            Cargo › Backups › home › Restore
            Restore from 16:56:
            /home/u/notes.md
            To its old place, next to what is there, or elsewhere? It is restored aside first and moved when it is whole.
            Ticked: 1.5 KiB. This chat takes files up to 47.7 MiB; several things and folders go as one archive.
            as of 16:56:20

            [📥 To its old place, keep what is there]
            [📥 …beside what is there]
            [📥 …over what is there]
            [📂 To a new folder in dre]
            [📤 To this chat]
            ---
            Kargo › Cadangan › home › Pulihkan
            Pulihkan dari 16:56:
            /home/u/notes.md
            Ke tempat asal, di samping yang ada, atau ke tempat lain? Dipulihkan di samping dulu, baru dipindah kalau sudah utuh.
            Yang dicentang: 1.5 KiB. Chat ini muat file sampai 47.7 MiB; beberapa file dan folder dikirim sebagai satu arsip.
            per 16:56:20

            [📥 Ke tempat asal, yang ada dibiarkan]
            [📥 …di samping yang ada]
            [📥 …menimpa yang ada]
            [📂 Ke folder baru di dre]
            [📤 Ke chat ini]
        "#]],
    );
}

#[test]
fn what_the_chat_takes_is_said_before_anything_is_fetched() {
    let held = held("00aa21d4", 6);
    let name = sheet(0, facts(hours(6), 0)).name;
    let two = Browse::of(&name, "00aa21d4").toggled("/home/u/a").toggled("/home/u/b");
    let one = Browse::of(&name, "00aa21d4").toggled("/home/u/a");
    let weight = |bytes, unknown, folders| Weight { bytes, unknown, folders };
    for (browse, weight, offered, words) in [
        (&one, weight(50_000_000, 0, 0), true, "Ticked: 47.7 MiB."),
        (&one, weight(50_000_001, 0, 0), false, "too much for it"),
        // A folder is packed, and may become smaller.
        (&one, weight(400_000_000, 0, 1), true, "one archive"),
        (&one, weight(0, 1, 1), true, "How much is in the ticked folders"),
        (&two, weight(9_000, 1, 1), true, "Ticked: 8.8 KiB and what is in the folders."),
        (&two, weight(600_000_000, 0, 1), false, "too much for it"),
    ] {
        let reader = reader(Lang::En);
        let screen = panel_browse::destination(browse, &held, &[], weight, Bytes(50_000_000), &reader);
        let text = shown(&screen, Lang::En);
        assert_eq!(text.contains("To this chat"), offered, "{text}");
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn the_latest_version_of_a_file_asks_for_the_plan_or_says_why_there_is_none() {
    let (home, photos) = (sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(7), 0)));
    let newest = [Newest { sheet: &home, at: hours(6) }, Newest { sheet: &photos, at: hours(30) }];
    check(
        |reader| panel_latest::choose("/home/u/new\nname 🦀.txt", &newest, reader),
        &expect![[r#"
        Cargo › Backups
        Several plans save /home/u/new⏎name 🦀.txt. Which one’s newest snapshot?

        [home · 16:56]
        [photos · Sat 16:56]
        ---
        Kargo › Cadangan
        /home/u/new⏎name 🦀.txt disimpan beberapa rencana. Mau lihat snapshot terbaru yang mana?

        [home · 16:56]
        [photos · Sab 16:56]
    "#]],
    );
    let held = held("00aa21d4", 6);
    check(
        |reader| panel_latest::not_in(&home, &held, "/home/u/fresh.txt", reader),
        &expect![[r#"
        Cargo › Backups › home › 16:56
        ? /home/u/fresh.txt is not in the newest snapshot, of 16:56.
        It may be newer than that, left out by one of the plan’s patterns, or an older snapshot may hold it.
        as of 16:56:20

        [📂 Its folder in that snapshot]
        [📚 Snapshots]
        ---
        Kargo › Cadangan › home › 16:56
        ? /home/u/fresh.txt nggak ada di snapshot terbaru, 16:56.
        Bisa jadi filenya lebih baru dari itu, dikecualikan pola di rencananya, atau adanya di snapshot yang lebih lama.
        per 16:56:20

        [📂 Foldernya di snapshot itu]
        [📚 Snapshot]
    "#]],
    );
    check(
        |reader| panel_latest::not_saved("/tmp/x", reader),
        &expect![[r#"
        Cargo › Backups
        ? No plan saves /tmp/x.

        [Backups]
        ---
        Kargo › Cadangan
        ? Nggak ada rencana yang menyimpan /tmp/x.

        [Cadangan]
    "#]],
    );
}
