//! Screens as they are read.

use expect_test::{Expect, expect};
use jiff::{Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{ChatKind, JobId, Role, Theme},
    phrase,
    scheduler::{Pause, Plan, Rule},
};

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Pilot,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: at("2026-07-15T14:03:00"),
    }
}

fn at(text: &str) -> Timestamp {
    format!("{text}+07:00").parse().unwrap()
}

fn rule(plan: &str) -> Rule {
    Rule {
        id: "backup.home".into(),
        title: phrase!("schedule-title-simulated"),
        plan: Plan::parse(plan).unwrap(),
        zone: TimeZone::get("Asia/Jakarta").unwrap(),
        jitter: Duration::from_secs(600),
        missed: Missed::CatchUp,
    }
}

fn overview(standing: Standing) -> Overview {
    let coming = ["2026-07-16T02:35:00", "2026-07-17T02:31:00", "2026-07-18T02:38:00"].map(at).to_vec();
    Overview { rule: rule("daily 02:30"), standing, coming }
}

fn run(id: i64, reason: Reason, result: RunResult) -> Run {
    let started = at("2026-07-15T02:33:00");
    let ended = (!result.is_open()).then(|| at("2026-07-15T02:55:00"));
    Run { id, task: "backup.home".into(), reason, started, ended, job: Some(JobId(3)), result }
}

fn runs() -> Vec<Run> {
    let due = Reason::Due { due: at("2026-07-15T02:30:00") };
    let missed = Reason::Missed { count: 3, first_due: at("2026-07-12T02:30:00") };
    let failed = JobOutcome::Failed { why: phrase!("jobs-failed-stopped"), mend: None };
    vec![
        run(4, due.clone(), RunResult::Job { outcome: failed }),
        run(
            3,
            Reason::Asked { by: "Dre".into() },
            RunResult::Job { outcome: JobOutcome::Done { summary: None } },
        ),
        run(2, missed, RunResult::Job { outcome: JobOutcome::Done { summary: None } }),
        run(1, due, RunResult::Skipped),
    ]
}

fn text(screen: &Screen) -> String {
    let mut lines = vec![screen.crumbs.join(" › ")];
    for block in &screen.blocks {
        lines.push(match block {
            Block::State(mark, line) => format!("{} {line}", mark.sign()),
            Block::Heading(line) | Block::Note(line) => line.clone(),
            Block::Text(spans) => format!("{spans:?}").replace("[Plain(\"", "").replace("\")]", ""),
            other => format!("{other:?}"),
        });
    }
    for row in &screen.rows {
        lines.push(row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" "));
    }
    lines.join("\n") + "\n"
}

fn check(screen: &Screen, want: &Expect) {
    want.assert_eq(&text(screen));
}

#[test]
fn a_task_with_its_history() {
    let waiting = overview(Standing::Waiting);
    check(
        &task(&waiting, &runs(), Flight::Real, &reader(Lang::En)),
        &expect![[r#"
        🗓 Schedule › 🎮 Simulated copy
        ✔ next Thu 02:35
        daily at 02:30 (Asia/Jakarta)
        Each run starts up to 10 min later, so that not everything starts at once.
        Missed while the server was off: runs once when it is back.
        Next: Thu 02:35 · Fri 02:31 · Sat 02:38
        Last runs
        ✖ 02:33 · failed after 22 min
        ✔ 02:33 · done in 22 min (asked by Dre)
        ✔ 02:33 · done in 22 min (made up for 3 since Sun 02:30)
        ○ 02:33 · left out: the run before was still going on
        [▶ Run now] [🧰 Last job]
        [⏸ 1 day] [⏸ 1 week] [⏸ Pause]
    "#]],
    );
    check(
        &task(&waiting, &runs(), Flight::Practice, &reader(Lang::Id)),
        &expect![[r#"
        🗓 Jadwal › 🎮 Salinan simulasi
        ○ harusnya jalan Kam 02:35
        tiap hari jam 02:30 (Asia/Jakarta)
        Tiap kali mulainya mundur paling lama 10 mnt, biar nggak semua mulai barengan.
        Kalau terlewat karena server mati: dijalankan sekali begitu hidup lagi.
        Berikutnya: Kam 02:35 · Jum 02:31 · Sab 02:38
        Terakhir jalan
        ✖ 02:33 · gagal setelah 22 mnt
        ✔ 02:33 · beres dalam 22 mnt (diminta Dre)
        ✔ 02:33 · beres dalam 22 mnt (mengganti 3 yang terlewat sejak Min 02:30)
        ○ 02:33 · dilewati: yang sebelumnya masih jalan
        Latihan: jamnya memang segini, tapi nggak ada yang jalan sendiri.
        [▶ Jalankan sekarang] [🧰 Tugas terakhir]
        [⏸ 1 hari] [⏸ 1 minggu] [⏸ Jeda]
    "#]],
    );
}

#[test]
fn a_task_that_runs_or_is_paused() {
    let since = at("2026-07-15T14:00:00");
    let running = overview(Standing::Running { since, job: Some(JobId(9)) });
    check(
        &task(&running, &[], Flight::Real, &reader(Lang::En)),
        &expect![[r#"
        🗓 Schedule › 🎮 Simulated copy
        … running since 14:00
        daily at 02:30 (Asia/Jakarta)
        Each run starts up to 10 min later, so that not everything starts at once.
        Missed while the server was off: runs once when it is back.
        Next: Thu 02:35 · Fri 02:31 · Sat 02:38
        [🧰 Show the job]
        [⏸ 1 day] [⏸ 1 week] [⏸ Pause]
    "#]],
    );
    let until = Some(at("2026-07-16T14:00:00"));
    let mut paused = overview(Standing::Paused(Pause { by: "Dre".into(), since, until }));
    paused.coming.clear();
    check(
        &task(&paused, &[], Flight::Real, &reader(Lang::En)),
        &expect![[r#"
        🗓 Schedule › 🎮 Simulated copy
        ○ paused by Dre until Thu 14:00
        daily at 02:30 (Asia/Jakarta)
        Each run starts up to 10 min later, so that not everything starts at once.
        Missed while the server was off: runs once when it is back.
        [▶ Run now]
        [▶ Resume]
    "#]],
    );
}

#[test]
fn the_list_puts_a_failed_last_run_first() {
    let tasks =
        [(overview(Standing::Waiting), runs().into_iter().next()), (overview(Standing::Waiting), None)];
    check(
        &list(&tasks, 0, Flight::Real, &reader(Lang::En)),
        &expect![[r#"
        🗓 Schedule
        ✖ 🎮 Simulated copy: failed after 22 min · next Thu 02:35
        ✔ 🎮 Simulated copy: next Thu 02:35
        [✖ 🎮 Simulated copy]
        [✔ 🎮 Simulated copy]
    "#]],
    );
    check(
        &list(&[], 0, Flight::Real, &reader(Lang::Id)),
        &expect![[r#"
        🗓 Jadwal
        Belum ada yang dijadwalkan.
    "#]],
    );
}

#[test]
fn plans_in_words() {
    for (text, en, id) in [
        ("daily 02:30", "daily at 02:30", "tiap hari jam 02:30"),
        ("Mon,Thu 08:00", "Mon, Thu at 08:00", "Sen, Kam jam 08:00"),
        ("monthly 1 04:00", "on day 1 of each month at 04:00", "tiap tanggal 1 jam 04:00"),
        ("hourly", "every hour, on the hour", "tiap jam, tepat di awal jam"),
        ("every 6 h", "every 6 h", "tiap 6 jam"),
        ("*/5 * * * *", "cron */5 * * * *", "cron */5 * * * *"),
    ] {
        assert_eq!(plan(&rule(text).plan, Lang::En), en);
        assert_eq!(plan(&rule(text).plan, Lang::Id), id);
    }
}
