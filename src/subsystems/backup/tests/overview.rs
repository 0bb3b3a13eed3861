//! The overview, one plan, the dashboard's line.

use expect_test::expect;

use super::*;
use crate::{
    domain::{JobId, JobTitle},
    phrase,
    screen::Block,
    subsystems::backup::{
        engine::EngineError,
        panel::{Working, glance, list, plan},
        plan::{Attempt, Ended},
    },
};

#[test]
fn the_overview_names_what_is_wrong_first() {
    let board = board(vec![sheet(0, facts(hours(6), 0)), sheet(1, facts(hours(50), 0))]);
    check(
        |reader| list(&board, &[], reader),
        &expect![[r#"
            Cargo › Backups
            ✖ photos: overdue since Sat 02:30, last 2 d 2 h ago
              plan       age     size
            ✔ home       6 h 92.0 GiB
            ✖ photos 2 d 2 h 92.0 GiB
            home is restorable as of Sat 15:56.
            photos is restorable as of Sat 15:56.
            as of 22:56:20

            [✔ home] [✖ photos]
            ---
            Kargo › Cadangan
            ✖ photos: telat sejak Sab 02:30, terakhir 2 hari 2 jam yang lalu
              rencana         umur   ukuran
            ✔ home           6 jam 92.0 GiB
            ✖ photos  2 hari 2 jam 92.0 GiB
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

            [▶ Cadangkan] [🔭 Lihat lagi]
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
            [▶ Cadangkan] [🔭 Lihat lagi]
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
            ✖ gagal 15:56: Kata sandinya nggak cocok dengan repositori ini.
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
