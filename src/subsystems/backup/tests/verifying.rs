//! Checks, proofs, thinning out, the size, what is asked before.

use expect_test::expect;

use super::*;
use crate::{
    intent::backup::Act,
    subsystems::backup::{
        panel_verify,
        plan::Wrong,
        store::{Rehearsed, Sorted},
        weigh, words,
    },
};

fn rehearsed() -> (Timestamp, Rehearsed) {
    let sorted = |id, at, why: &[&str]| Sorted {
        which: which(id),
        at: Some(hours(at)),
        why: why.iter().map(|why| (*why).to_owned()).collect(),
    };
    let found = Rehearsed {
        kept: vec![sorted("00aa21d4", 6, &["daily snapshot", "weekly snapshot"])],
        removed: vec![sorted("01aa21d4", 30, &[]), sorted("02aa21d4", 54, &[])],
    };
    (hours(1), found)
}

#[test]
fn thinning_out_is_offered_after_its_rehearsal_only() {
    let sheet = sheet(0, facts(hours(6), 0));
    check(
        |reader| panel_verify::thin(&sheet, None, false, 0, reader),
        &expect![[r#"
        Cargo › Backups › home › Thin out
        Keeps 7 daily, 4 weekly, 6 monthly.
        as of 22:56:20

        [👁 What would go?]
        [♻ Give back unused space]
        ---
        Kargo › Cadangan › home › Rapikan
        Menyimpan 7 harian, 4 mingguan, 6 bulanan.
        per 22:56:20

        [👁 Apa yang bakal dihapus?]
        [♻ Bebaskan ruang tak terpakai]
    "#]],
    );
    let found = rehearsed();
    check(
        |reader| panel_verify::thin(&sheet, Some(&found), false, 0, reader),
        &expect![[r#"
            Cargo › Backups › home › Thin out
            Keeps 7 daily, 4 weekly, 6 monthly.
            ▲ As of 21:56: 2 would go (-), one stays (=).
            - Sat 16:56
            - Fri 16:56
            = 16:56  daily, weekly
            as of 21:56:20

            [👁 What would go?]
            [🧹 Remove 2 now]
            [♻ Give back unused space]
            ---
            Kargo › Cadangan › home › Rapikan
            Menyimpan 7 harian, 4 mingguan, 6 bulanan.
            ▲ Per 21:56: 2 bakal dihapus (-), 1 tetap (=).
            - Sab 16:56
            - Jum 16:56
            = 16:56  harian, mingguan
            per 21:56:20

            [👁 Apa yang bakal dihapus?]
            [🧹 Hapus 2 sekarang]
            [♻ Bebaskan ruang tak terpakai]
        "#]],
    );
}

#[test]
fn verifying_tells_which_part_comes_next_and_what_was_proven() {
    check(
        |reader| panel_verify::verify(&sheet(0, facts(hours(6), 0)), false, reader),
        &expect![[r#"
        Cargo › Backups › home › Verify
        ✔ sound: 20 h ago, structure and part 3 of 20 of the data
        The next check with data reads part 4 of 20. Begun anew 7 Nov 22:56.
        ✔ 5 files (3.0 MiB) came back as saved, proven 1 d 6 h ago from the snapshot of Sat 15:56
        Restorable as of Sat 15:56.
        as of 22:56:20

        [🔍 Structure] [🔬 With data]
        [🧪 Prove a restore]
        ---
        Kargo › Cadangan › home › Periksa
        ✔ sehat: 20 jam yang lalu, struktur dan bagian 3 dari 20 datanya
        Pemeriksaan data berikutnya membaca bagian 4 dari 20. Putaran ini mulai 7 Nov 22:56.
        ✔ 5 file (3.0 MiB) kembali utuh, dibuktikan 1 hari 6 jam yang lalu dari snapshot Sab 15:56
        Terbukti bisa dipulihkan per Sab 15:56.
        per 22:56:20

        [🔍 Struktur] [🔬 Dengan data]
        [🧪 Uji pemulihan]
    "#]],
    );
    let mut bad = facts(hours(6), 0);
    bad.checked(Check {
        at: hours(1),
        took_s: 3,
        read: Read::Structure,
        damage: 2,
        named: vec![Warning { path: None, why: "pack 5a1b: ciphertext verification failed".into() }],
    });
    bad.proof = bad.proof.map(|proof| Proof {
        bad: vec![Wrong { path: "/home/u/a".into(), why: crate::phrase!("backup-wrong-short") }],
        ..proof
    });
    check(
        |reader| panel_verify::verify(&sheet(0, bad.clone()), false, reader),
        &expect![[r#"
            Cargo › Backups › home › Verify
            ✖ 2 damages found in the repository 21:56
            pack 5a1b: ciphertext verification
            failed
            Do not remove any snapshot now. Look at the repository’s disk, back up once more to another place, and repair with the engine’s own tools.
            The next check with data reads part 4 of 20. Begun anew 7 Nov 22:56.
            ✖ proof of restore failed Sat 16:56:
            /home/u/a: it ends too early
            Do not remove any snapshot now. Look at the repository’s disk, back up once more to another place, and repair with the engine’s own tools.
            Restorable as of Sat 15:56.
            as of 22:56:20

            [🔍 Structure] [🔬 With data]
            [🧪 Prove a restore]
            ---
            Kargo › Cadangan › home › Periksa
            ✖ 2 kerusakan ditemukan di repositori 21:56
            pack 5a1b: ciphertext verification
            failed
            Jangan hapus snapshot apa pun dulu. Cek disk repositorinya, cadangkan sekali lagi ke tempat lain, lalu perbaiki pakai alat mesinnya sendiri.
            Pemeriksaan data berikutnya membaca bagian 4 dari 20. Putaran ini mulai 7 Nov 22:56.
            ✖ uji pemulihan gagal Sab 16:56:
            /home/u/a: terpotong
            Jangan hapus snapshot apa pun dulu. Cek disk repositorinya, cadangkan sekali lagi ke tempat lain, lalu perbaiki pakai alat mesinnya sendiri.
            Terbukti bisa dipulihkan per Sab 15:56.
            per 22:56:20

            [🔍 Struktur] [🔬 Dengan data]
            [🧪 Uji pemulihan]
        "#]],
    );
}

#[test]
fn the_size_over_time_is_a_chart() {
    let sheet = sheet(0, facts(hours(6), 0));
    let sizes = [(hours(24 * 40).as_second(), Bytes(80 << 30)), (hours(6).as_second(), Bytes(92 << 30))];
    let screen = panel_verify::size(&sheet, &sizes, &reader(Lang::En));
    assert!(
        matches!(&screen.picture, Some(crate::screen::Picture::Chart(chart)) if chart.series[0].points.len() == 2)
    );
    check(
        |reader| panel_verify::size(&sheet, &sizes, reader),
        &expect![[r#"
        Cargo › Backups › home › Size
        92.0 GiB now.
        +12.0 GiB since 13 Oct 22:56.
        The snapshots hold 271 GiB together.
        31 snapshots.
        as of 16:56:20

        ---
        Kargo › Cadangan › home › Ukuran
        Sekarang 92.0 GiB.
        +12.0 GiB sejak 13 Okt 22:56.
        Semua snapshot berisi 271 GiB.
        31 snapshot.
        per 16:56:20

    "#]],
    );
}

#[test]
fn questions_say_what_is_lost() {
    let sheet = locked(sheet(0, facts(hours(6), 0)), Holder::Unknown);
    let found = rehearsed();
    let name = sheet.name.clone();
    let mut said = String::new();
    for lang in Lang::ALL {
        for act in [
            Act::Initialise(name.clone()),
            Act::Unlock(name.clone()),
            Act::Thin(name.clone()),
            Act::Forget { plan: name.clone(), snapshot: "ab12".repeat(16) },
        ] {
            for one in weigh::consequences(&sheet, &act, Some(&found), &reader(lang)) {
                said.push_str(&format!("{} {}\n", one.mark.sign(), one.line));
            }
        }
    }
    expect![[r#"
        ▲ A new, encrypted repository is made at /mnt/dre/restic. Without its password nobody can ever read it: keep that somewhere else, too.
        ▲ locked by backup@nas, PID 4711 since 13:56; whether it still works, cannot be seen from here
        ▲ If another machine is at work on it right now, the repository can be damaged.
        ✖ 2 snapshots are removed for ever, one stays.
        ✖ Snapshot ab12ab12 is removed for ever. The others stay whole.
        ▲ Repositori baru yang terenkripsi dibuat di /mnt/dre/restic. Tanpa kata sandinya nggak ada yang bisa membacanya: simpan juga di tempat lain.
        ▲ dikunci backup@nas, PID 4711 sejak 13:56; masih jalan atau nggak, dari sini nggak kelihatan
        ▲ Kalau ternyata mesin lain sedang memakainya, repositorinya bisa rusak.
        ✖ 2 snapshot dihapus selamanya, 1 tetap.
        ✖ Snapshot ab12ab12 dihapus selamanya. Yang lain tetap utuh.
    "#]].assert_eq(&said);
}

#[test]
fn why_a_snapshot_is_kept_is_said_in_our_own_words() {
    for (raw, en, id) in [
        ("daily snapshot", "daily", "harian"),
        ("weekly #3", "weekly", "mingguan"),
        ("monthly[oldest] #7", "monthly", "bulanan"),
        ("last snapshot", "last", "terakhir"),
        ("secondly #1", "last", "terakhir"),
        ("within 5d", "recent", "masih baru"),
        ("oldest yearly snapshot", "yearly", "tahunan"),
        ("has tag keep", "“has tag keep”", "“has tag keep”"),
    ] {
        assert_eq!(words::reason(Lang::En, raw), en, "{raw}");
        assert_eq!(words::reason(Lang::Id, raw), id, "{raw}");
    }
}
