//! Backup screens as they are read.

use std::sync::Arc;

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{Bytes, ChatKind, Lang, Theme},
    intent::backup::Browse,
    phrase,
    screen::html,
    subsystems::backup::{
        config::{Config, simulated},
        engine::{EntryKind, Lock, Locks, SnapshotId, Warning, Which},
        index::{Line, Page},
        messages::Seen,
        panel_browse, panel_snapshots, panel_verify,
        plan::{Attempt, Check, Facts, Proof, Read, Round, Size, Success},
        read::Folder,
        store::{Compared, Held, Mode, Rehearsed, Sorted},
        weigh,
    },
};

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: NOW,
    }
}

fn hours(hours: i64) -> Timestamp {
    NOW - SignedDuration::from_hours(hours)
}

fn which(id: &str) -> Which {
    Which { id: SnapshotId::parse(id).unwrap(), name: None }
}

fn facts(ended: Timestamp, warnings: u64) -> Facts {
    let warning = |n| Warning { path: Some(format!("/home/u/secret{n}")), why: "permission denied".into() };
    Facts {
        since: Some(hours(1000)),
        success: Some(Success {
            started: ended,
            ended,
            snapshot: Some(which("67aa21d4")),
            added: Some(Bytes(12 << 20)),
            bytes: Bytes(271 << 30),
            files: 58_104,
            warnings,
            named: (0..warnings).map(warning).collect(),
        }),
        check: Some(Check {
            at: hours(20),
            took_s: 90,
            read: Read::Part { part: 3, of: 20 },
            damage: 0,
            named: Vec::new(),
        }),
        next_part: 4,
        round: Some(Round { began: hours(24 * 15), of: 20 }),
        proof: Some(Proof {
            at: hours(30),
            of: hours(31),
            files: 5,
            bytes: Bytes(3 << 20),
            in_place: 4,
            bad: Vec::new(),
        }),
        proven: Some(hours(31)),
        size: Some(Size { at: ended, stored: Bytes(92 << 30), held: Some(Bytes(271 << 30)) }),
        listed: Some((ended, 31)),
        ..Facts::default()
    }
}

fn sheet(at: usize, facts: Facts) -> Sheet {
    let config = Config { plans: simulated(), ..Config::default() };
    let (name, plan) = config.named().nth(at).unwrap();
    let due = facts.due(plan, &TimeZone::get("Asia/Jakarta").unwrap(), false, NOW);
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Seen(Vec::new()) };
    Sheet {
        plan: Arc::new(plan.clone()),
        facts,
        due,
        look: Look::Ready { at: NOW, seen },
        looking: false,
        held: Vec::new(),
        name,
    }
}

fn locked(mut sheet: Sheet, holder: Holder) -> Sheet {
    let lock = Lock {
        host: Some("nas".into()),
        user: Some("backup".into()),
        pid: Some(4711),
        since: Some(hours(9)),
        exclusive: true,
        holder,
    };
    let seen = Seen { version: "0.14.0".into(), locks: Locks::Seen(vec![lock]) };
    sheet.look = Look::Ready { at: NOW, seen };
    sheet
}

fn shown(screen: &Screen, lang: Lang) -> String {
    let mut text = html::plain(screen, &reader(lang));
    for row in &screen.rows {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        text.push_str(&format!("\n{}", labels.join(" ")));
    }
    text + "\n"
}

/// Both languages, one below the other.
fn check(draw: impl Fn(&Reader) -> Screen, want: &Expect) {
    let both = Lang::ALL.map(|lang| shown(&draw(&reader(lang)), lang));
    want.assert_eq(&both.join("---\n"));
}

fn board(plans: Vec<Sheet>) -> Board {
    Board { plans, known: true }
}

#[test]
fn the_overview_names_what_is_wrong_first() {
    let board = board(vec![sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(50), 0))]);
    check(
        |reader| list(&board, &[], reader),
        &expect![[r#"
        Cargo › Backups
        ✖ photos: overdue since Sat 02:30, last 2 d 2 h ago
          plan          last     size
        ✔ home       6 h ago 92.0 GiB
        ✖ photos 2 d 2 h ago 92.0 GiB
        home is restorable as of Sat 15:56.
        photos is restorable as of Sat 15:56.
        as of 22:56:20

        [✔ home] [✖ photos]
        ---
        Kargo › Cadangan
        ✖ photos: telat sejak Sab 02:30, terakhir 2 hari 2 jam yang lalu
          ren…           terakhir   ukuran
        ✔ home    6 jam yang lalu 92.0 GiB
        ✖ pho… 2 hari 2 jam yang… 92.0 GiB
        home terbukti bisa dipulihkan per Sab 15:56.
        photos terbukti bisa dipulihkan per Sab 15:56.
        per 22:56:20

        [✔ home] [✖ photos]
    "#]],
    );
    let empty = Board { plans: Vec::new(), known: true };
    check(
        |reader| list(&empty, &[], reader),
        &expect![[r#"
        Cargo › Backups
        There is no backup plan yet.
        A plan is a [[backup.plans]] in the config file: what to save, where to, when. The shipped file shows one; /reload takes it up.
        as of 22:56:20

        ---
        Kargo › Cadangan
        Belum ada rencana cadangan.
        Rencana ditulis sebagai [[backup.plans]] di berkas konfigurasi: apa yang disimpan, ke mana, kapan. Contohnya ada di berkas bawaan; /reload buat memakainya.
        per 22:56:20

    "#]],
    );
}

#[test]
fn a_plan_that_is_well() {
    let sheet = sheet(0, facts(hours(6), 0));
    check(
        |reader| plan(&sheet, &[], reader),
        &expect![[r#"
        Cargo › Backups › home
        ✔ backed up 6 h ago, 12.0 MiB new
        Next        Mon 02:30
        Restorable  Sat 15:56
        Size        92.0 GiB
        Holds       271 GiB
        Snapshots   31
        Checked     20 h ago, structure
                    and part 3 of 20 of
                    the data
        Engine      restic 0.14.0
        Where       /mnt/dre/restic
        Saves       /home
        as of 22:56:20

        [▶ Back up now] [🔭 Look again]
        [📚 Snapshots] [🔍 Verify]
        [🧹 Thin out] [📈 Size]
        ---
        Kargo › Cadangan › home
        ✔ tersimpan 6 jam yang lalu, 12.0 MiB baru
        Berikutnya  Sen 02:30
        Teruji      Sab 15:56
        Ukuran      92.0 GiB
        Isinya      271 GiB
        Snapshot    31
        Diperiksa   20 jam yang lalu,
                    struktur dan bagian 3
                    dari 20 datanya
        Mesin       restic 0.14.0
        Tempat      /mnt/dre/restic
        Menyimpan   /home
        per 22:56:20

        [▶ Cadangkan sekarang] [🔭 Lihat lagi]
        [📚 Snapshot] [🔍 Periksa]
        [🧹 Rapikan] [📈 Ukuran]
    "#]],
    );
}

#[test]
fn a_plan_with_files_left_out_and_a_lock_of_another_machine() {
    let sheet = locked(sheet(0, facts(hours(6), 2)), Holder::Unknown);
    check(
        |reader| plan(&sheet, &[], reader),
        &expect![[r#"
        Cargo › Backups › home
        ✔ backed up 6 h ago, 12.0 MiB new
        ▲ 2 files could not be read and are not in it:
        /home/u/secret0: permission denied
        /home/u/secret1: permission denied
        ▲ locked by backup@nas, PID 4711 since 13:56; whether it still works, cannot be seen from here
        If that machine is backing up right now, let it. Only if it surely is not, an owner can unlock.
        Next        Mon 02:30
        Restorable  Sat 15:56
        Size        92.0 GiB
        Holds       271 GiB
        Snapshots   31
        Checked     20 h ago, structure
                    and part 3 of 20 of
                    the data
        Engine      restic 0.14.0
        Where       /mnt/dre/restic
        Saves       /home
        as of 22:56:20

        [🔓 Unlock]
        [▶ Back up now] [🔭 Look again]
        [📚 Snapshots] [🔍 Verify]
        [🧹 Thin out] [📈 Size]
        ---
        Kargo › Cadangan › home
        ✔ tersimpan 6 jam yang lalu, 12.0 MiB baru
        ▲ 2 file nggak bisa dibaca, jadi nggak ikut:
        /home/u/secret0: permission denied
        /home/u/secret1: permission denied
        ▲ dikunci backup@nas, PID 4711 sejak 13:56; masih jalan atau nggak, dari sini nggak kelihatan
        Kalau mesin itu memang lagi mencadangkan, biarkan. Kalau sudah pasti nggak, pemilik bisa membuka kuncinya.
        Berikutnya  Sen 02:30
        Teruji      Sab 15:56
        Ukuran      92.0 GiB
        Isinya      271 GiB
        Snapshot    31
        Diperiksa   20 jam yang lalu,
                    struktur dan bagian 3
                    dari 20 datanya
        Mesin       restic 0.14.0
        Tempat      /mnt/dre/restic
        Menyimpan   /home
        per 22:56:20

        [🔓 Buka kunci]
        [▶ Cadangkan sekarang] [🔭 Lihat lagi]
        [📚 Snapshot] [🔍 Periksa]
        [🧹 Rapikan] [📈 Ukuran]
    "#]],
    );
}

#[test]
fn a_plan_that_failed_and_is_overdue_while_something_else_works_on_its_repository() {
    let mut facts = facts(hours(60), 0);
    facts.attempt = Some(Attempt {
        started: hours(7),
        ended: hours(7),
        how: Ended::Failed { why: phrase!("backup-engine-wrong-password") },
    });
    let sheet = locked(sheet(0, facts), Holder::Gone);
    let title = JobTitle::Check { plan: "home".into() };
    let working = [Working { job: JobId(7), key: sheet.plan.key(), title }];
    check(
        |reader| plan(&sheet, &working, reader),
        &expect![[r#"
        Cargo › Backups › home
        ✖ overdue: due Sat 02:30, and there was none
        ✖ failed 15:56: The password does not open the repository.
        ✔ backed up 2 d 12 h ago, 12.0 MiB new
        ▲ locked by backup@nas, PID 4711 since 13:56, whose process is gone
        A leftover of something that was killed. Cockpit removes it before its next job here; an owner can do it now.
        Next        overdue since Sat
                    02:30
        Restorable  Sat 15:56
        Size        92.0 GiB
        Holds       271 GiB
        Snapshots   31
        Checked     20 h ago, structure
                    and part 3 of 20 of
                    the data
        Engine      restic 0.14.0
        Where       /mnt/dre/restic
        Saves       /home
        as of 22:56:20

        [… 🔍 Check home]
        [🔭 Look again]
        [📚 Snapshots] [🔍 Verify]
        [🧹 Thin out] [📈 Size]
        ---
        Kargo › Cadangan › home
        ✖ telat: harusnya Sab 02:30, tapi belum jalan
        ✖ gagal 15:56: Kata sandinya tidak cocok dengan repositori ini.
        ✔ tersimpan 2 hari 12 jam yang lalu, 12.0 MiB baru
        ▲ dikunci backup@nas, PID 4711 sejak 13:56, prosesnya sudah nggak ada
        Sisa proses yang terhenti paksa. Cockpit membukanya sebelum pekerjaan berikutnya di sini; pemilik bisa membukanya sekarang.
        Berikutnya  telat sejak Sab 02:30
        Teruji      Sab 15:56
        Ukuran      92.0 GiB
        Isinya      271 GiB
        Snapshot    31
        Diperiksa   20 jam yang lalu,
                    struktur dan bagian 3
                    dari 20 datanya
        Mesin       restic 0.14.0
        Tempat      /mnt/dre/restic
        Menyimpan   /home
        per 22:56:20

        [… 🔍 Periksa home]
        [🔭 Lihat lagi]
        [📚 Snapshot] [🔍 Periksa]
        [🧹 Rapikan] [📈 Ukuran]
    "#]],
    );
}

#[test]
fn a_first_time_offers_to_make_the_repository_to_an_owner_only() {
    let mut sheet = sheet(0, Facts { since: Some(hours(1)), ..Facts::default() });
    let error = EngineError::NoRepository { at: "/mnt/dre/restic".into() };
    sheet.look = Look::Trouble { at: NOW, error };
    check(
        |reader| plan(&sheet, &[], reader),
        &expect![[r#"
        Cargo › Backups › home
        ✖ There is no repository at /mnt/dre/restic yet.
        If the place is right, initialise it. If a disk or share should be there, mount it first.
        ? never backed up yet
        Next    Mon 02:30
        Engine  restic
        Where   /mnt/dre/restic
        Saves   /home
        as of 22:56:20

        [✨ Set up the repository]
        [🔭 Look again]
        [📚 Snapshots] [🔍 Verify]
        [🧹 Thin out] [📈 Size]
        ---
        Kargo › Cadangan › home
        ✖ Belum ada repositori di /mnt/dre/restic.
        Kalau tempatnya sudah benar, buat repositorinya. Kalau seharusnya ada disk atau share di situ, pasang dulu.
        ? belum pernah dicadangkan
        Berikutnya  Sen 02:30
        Mesin       restic
        Tempat      /mnt/dre/restic
        Menyimpan   /home
        per 22:56:20

        [✨ Siapkan repositori]
        [🔭 Lihat lagi]
        [📚 Snapshot] [🔍 Periksa]
        [🧹 Rapikan] [📈 Ukuran]
    "#]],
    );
    let mut pilot = reader(Lang::En);
    pilot.role = Role::Pilot;
    let labels: Vec<String> =
        plan(&sheet, &[], &pilot).rows.concat().into_iter().map(|button| button.label).collect();
    assert!(!labels.iter().any(|label| label.contains("Set up")), "{labels:?}");
}

#[test]
fn only_an_owner_may_unlock_and_nobody_while_a_job_of_ours_runs() {
    let gone = locked(sheet(0, facts(hours(6), 0)), Holder::Gone);
    let runs = locked(sheet(0, facts(hours(6), 0)), Holder::Runs);
    let key = gone.plan.key();
    let working = [Working { job: JobId(7), key, title: JobTitle::Backup { plan: "home".into() } }];
    let unlocks = |sheet: &Sheet, jobs: &[Working], role| {
        let reader = Reader { role, ..reader(Lang::En) };
        let buttons = plan(sheet, jobs, &reader).rows.concat();
        buttons.iter().any(|button| button.label.contains("Unlock"))
    };
    assert!(unlocks(&gone, &[], Role::Owner));
    assert!(!unlocks(&gone, &[], Role::Pilot));
    assert!(!unlocks(&gone, &working, Role::Owner));
    assert!(!unlocks(&runs, &[], Role::Owner));
}

fn held(id: &str, hours_ago: i64) -> Held {
    Held {
        which: which(id),
        at: hours(hours_ago),
        host: Some("potion".into()),
        paths: vec!["/home".into(), "/etc".into()],
        tags: vec!["home".into()],
        size: None,
        files: None,
    }
}

#[test]
fn snapshots_are_paged_in_the_pilots_zone() {
    let all: Vec<Held> = (0..20).map(|n| held(&format!("{n:02}aa21d4"), 6 + 24 * i64::from(n))).collect();
    let sheet = sheet(0, facts(hours(6), 0));
    check(
        |reader| panel_snapshots::list(&sheet, &all, 2, reader),
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
        [⇄ With the one before] [⇄ With another…]
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
        [⇄ Dengan sebelumnya] [⇄ Dengan yang lain…]
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
        Added    1,500 · 3.0 MiB
        Changed  1
        Removed  1
        + /home/u/new⏎name 🦀.txt
        ~ /home/u/notes.md
        - /home/u/old
        The first 3 of 1,502.
        as of 21:56:20

        ---
        Kargo › Cadangan › home › Perbandingan
        Dari Sab 16:56 ke 16:56
        Baru     1.500 · 3.0 MiB
        Berubah  1
        Hilang   1
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
        ▲ As of 21:56: 2 would go, 1 stay.
        - Sat 16:56
        - Fri 16:56
        = 16:56  daily snapshot, weekly
        snapshot
        as of 21:56:20

        [👁 What would go?]
        [🧹 Remove 2 now]
        [♻ Give back unused space]
        ---
        Kargo › Cadangan › home › Rapikan
        Menyimpan 7 harian, 4 mingguan, 6 bulanan.
        ▲ Per 21:56: 2 bakal dihapus, 1 tetap.
        - Sab 16:56
        - Jum 16:56
        = 16:56  daily snapshot, weekly
        snapshot
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
    bad.check = Some(Check {
        at: hours(1),
        took_s: 3,
        read: Read::Structure,
        damage: 2,
        named: vec![Warning { path: None, why: "pack 5a1b: ciphertext verification failed".into() }],
    });
    bad.proof = bad.proof.map(|proof| Proof { bad: vec!["/home/u/a: cut short".into()], ..proof });
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
        /home/u/a: cut short
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
        /home/u/a: cut short
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
    check(
        |reader| panel_browse::destination(&browse, &held, &roots, reader),
        &expect![[r#"
        Cargo › Backups › home › Restore
        Restore from 16:56:
        /home/u/notes.md
        To its old place, next to what is there, or elsewhere? It is restored aside first and moved when it is whole.
        as of 16:56:20

        [📥 To its old place, keep what is there]
        [📥 …beside what is there] [📥 …over what is there]
        [📂 To a new folder in dre]
        [📤 To this chat]
        ---
        Kargo › Cadangan › home › Pulihkan
        Pulihkan dari 16:56:
        /home/u/notes.md
        Ke tempat asal, di samping yang ada, atau ke tempat lain? Dipulihkan di samping dulu, baru dipindah kalau sudah utuh.
        per 16:56:20

        [📥 Ke tempat asal, yang ada dibiarkan]
        [📥 …di samping yang ada] [📥 …menimpa yang ada]
        [📂 Ke folder baru di dre]
        [📤 Ke chat ini]
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
        ✖ 2 snapshots are removed for ever, 1 stay.
        ✖ Snapshot ab12ab12 is removed for ever. The others stay whole.
        ▲ Repositori baru yang terenkripsi dibuat di /mnt/dre/restic. Tanpa kata sandinya nggak ada yang bisa membacanya: simpan juga di tempat lain.
        ▲ dikunci backup@nas, PID 4711 sejak 13:56; masih jalan atau nggak, dari sini nggak kelihatan
        ▲ Kalau ternyata mesin lain sedang memakainya, repositorinya bisa rusak.
        ✖ 2 snapshot dihapus selamanya, 1 tetap.
        ✖ Snapshot ab12ab12 dihapus selamanya. Yang lain tetap utuh.
    "#]].assert_eq(&said);
}

#[test]
fn the_dashboard_says_how_old_the_oldest_backup_is_and_what_is_proven() {
    let say = |board: &Board| {
        let glance = glance(board, &reader(Lang::En));
        let problems: Vec<String> = glance
            .problems
            .iter()
            .map(|problem| format!("{} {}", problem.mark.sign(), problem.line))
            .collect();
        let blocks: Vec<String> = glance
            .blocks
            .iter()
            .map(|block| match block {
                Block::State(mark, line) => format!("{} {line}", mark.sign()),
                other => panic!("{other:?}"),
            })
            .collect();
        (problems, blocks)
    };
    let (home, photos) = (sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(7), 0)));
    let (problems, blocks) = say(&board(vec![home.clone(), photos]));
    assert_eq!(problems, [""; 0]);
    assert_eq!(blocks, ["✔ backed up 7 h ago · restorable as of Sat 15:56"]);
    let never = sheet(1, Facts { since: Some(hours(2)), ..Facts::default() });
    let (_, blocks) = say(&board(vec![home, never]));
    assert_eq!(blocks, [""; 0], "what was never backed up is not as old as another one");
    let (problems, _) = say(&board(vec![sheet(1, facts(hours(50), 0))]));
    assert_eq!(problems.len(), 1);
    assert_eq!(say(&board(Vec::new())), (Vec::new(), Vec::new()), "without plans nothing is said");
}
