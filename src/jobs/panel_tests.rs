//! Job screens as they are read.

use expect_test::{Expect, expect};
use jiff::{Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{ChatId, ChatKind, Lang, PilotId, Role, Theme},
    phrase,
};

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Pilot,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: at("14:03:22"),
    }
}

fn at(clock: &str) -> Timestamp {
    format!("2026-07-15T{clock}+07:00").parse().unwrap()
}

fn running() -> Snapshot {
    let gib = 1 << 30;
    Snapshot {
        record: Record {
            id: JobId(12),
            title: Some(JobTitle::Backup { plan: "dre".into() }),
            key: None,
            asked_by: Asker::Pilot { id: PilotId(1), name: "Dre".into(), chat: ChatId(1) },
            started: at("13:30:00"),
            seen: at("14:03:22"),
            ended: None,
            outcome: None,
            progress: Progress {
                figures: vec![
                    Figure { done: 182 * gib, total: Some(271 * gib), unit: Unit::Bytes },
                    Figure { done: 41_220, total: Some(58_104), unit: Unit::Files },
                ],
                note: Some("/mnt/dre/family/pictures/photos/2019/IMG_2231.jpg".into()),
                ..Progress::default()
            },
            log: vec!["scan finished".into()],
            process: None,
        },
        live: Some(Live { rate: Some(92.0 * 1048576.0), eta_s: Some(990), ..Live::default() }),
    }
}

fn ended(outcome: JobOutcome) -> Snapshot {
    let mut snapshot = running();
    snapshot.live = None;
    snapshot.record.ended = Some(at("13:52:10"));
    snapshot.record.outcome = Some(outcome);
    snapshot
}

/// Words and buttons, one line each.
fn text(screen: &Screen) -> String {
    let mut lines = vec![screen.crumbs.join(" › ")];
    for block in &screen.blocks {
        lines.push(match block {
            Block::Bar { share, text, .. } => format!("[{share:?}] {text}"),
            Block::State(mark, line) => format!("{} {line}", mark.sign()),
            Block::Heading(line) | Block::Note(line) | Block::Pre(line) => line.clone(),
            Block::Log(log) => {
                log.iter().map(|line| format!("| {}", line.text)).collect::<Vec<_>>().join("\n")
            }
            other => match other {
                Block::Text(spans) => format!("{spans:?}").replace("[Plain(\"", "").replace("\")]", ""),
                _ => format!("{other:?}"),
            },
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
fn a_running_job() {
    check(
        &job(&running(), &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs › 💾 Backup dre
            … running for 33 min, asked by Dre
            [Some(0.6715867)] 67 %
            182 of 271 GiB · 92.0 MiB/s
            41,220 of 58,104 files
            about 17 min left
            …pictures/photos/2019/IMG_2231.jpg
            [✕ Cancel]
            [📜 Log]
        "#]],
    );
    check(
        &job(&running(), &reader(Lang::Id)),
        &expect![[r#"
            🧰 Tugas › 💾 Cadangkan dre
            … sudah jalan 33 mnt, diminta Dre
            [Some(0.6715867)] 67 %
            182 dari 271 GiB · 92.0 MiB/s
            41.220 dari 58.104 berkas
            kira-kira 17 mnt lagi
            …pictures/photos/2019/IMG_2231.jpg
            [✕ Batal]
            [📜 Log]
        "#]],
    );
    assert!(job(&running(), &reader(Lang::En)).live);
}

#[test]
fn a_job_that_is_being_stopped_has_no_cancel() {
    let mut snapshot = running();
    snapshot.live = Some(Live {
        stopping: Some(StopWhy::Cancelled { by: Some("Ana".into()) }),
        survivor: true,
        ..Live::default()
    });
    snapshot.record.progress = Progress::default();
    check(
        &job(&snapshot, &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs › 💾 Backup dre
            … stopping, cancelled by Ana…
            Cockpit was restarted in the middle of this. Its program goes on by itself; what it says can no longer be read, only whether it still runs. Cancel stops it.
            [📜 Log]
        "#]],
    );
}

#[test]
fn ended_jobs() {
    let summary = phrase!("jobs-simulated-done", files = 5800, size = "25.9 GiB");
    check(
        &job(&ended(JobOutcome::Done { summary: Some(summary) }), &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs › 💾 Backup dre
            ✔ done 13:52, took 22 min
            5800 files, 25.9 GiB (simulated)
            182 of 271 GiB
            41,220 of 58,104 files
            Started 13:30, asked by Dre.
            [📜 Log]
        "#]],
    );
    let why = phrase!("process-failed-silent", program = "restic", exit = "exit 1");
    let failed = ended(JobOutcome::Failed { why, mend: None });
    check(
        &job(&failed, &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs › 💾 Backup dre
            ✖ failed 13:52 after 22 min
            restic gave up (exit 1) without a word.
            | scan finished
            182 of 271 GiB
            41,220 of 58,104 files
            Started 13:30, asked by Dre.
            [📜 Log]
        "#]],
    );
    check(
        &job(&failed, &reader(Lang::Id)),
        &expect![[r#"
            🧰 Tugas › 💾 Cadangkan dre
            ✖ gagal 13:52 setelah 22 mnt
            restic menyerah (exit 1) tanpa sepatah kata.
            | scan finished
            182 dari 271 GiB
            41.220 dari 58.104 berkas
            Mulai 13:30, diminta Dre.
            [📜 Log]
        "#]],
    );
    let mut crashed = ended(JobOutcome::Interrupted { how: Interruption::Crash });
    crashed.record.seen = at("13:51:40");
    check(
        &job(&crashed, &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs › 💾 Backup dre
            ▲ interrupted: Cockpit went away in the middle, last seen running 13:51
            What was stored so far is kept: start the backup again and it goes on from there. If it says the repository is locked, unlock it first.
            | scan finished
            182 of 271 GiB
            41,220 of 58,104 files
            Started 13:30, asked by Dre.
            [📜 Log]
        "#]],
    );
}

#[test]
fn the_list() {
    let listing = Listing {
        running: vec![std::sync::Arc::new(running())],
        ended: vec![
            ended(JobOutcome::Done { summary: None }).record,
            ended(JobOutcome::TimedOut { after_s: 3600 }).record,
            ended(JobOutcome::Cancelled { by: None }).record,
        ],
    };
    check(
        &list(&listing, 0, Flight::Sim, &reader(Lang::En)),
        &expect![[r#"
            🧰 Jobs
            … 💾 Backup dre · 67 %
            Ended
            ✔ 💾 Backup dre · 11 min ago
            ✖ 💾 Backup dre · 11 min ago
            ○ 💾 Backup dre · 11 min ago
            [… 💾 Backup dre]
            [✔ 💾 Backup dre] [✖ 💾 Backup dre]
            [○ 💾 Backup dre]
            [🎮 Start a long task]
        "#]],
    );
    let nothing = Listing { running: vec![], ended: vec![] };
    check(
        &list(&nothing, 0, Flight::Real, &reader(Lang::Id)),
        &expect![[r#"
            🧰 Tugas
            Lagi nggak ada yang jalan.
        "#]],
    );
}

#[test]
fn a_log_reads_downwards_and_pages_backwards() {
    let mut snapshot = running();
    snapshot.record.log = (1..=100).map(|number| format!("line {number}")).collect();
    let newest = log(&snapshot, 0, &reader(Lang::En));
    let Block::Log(lines) = &newest.blocks[0] else { panic!("a log") };
    assert_eq!((lines[0].text.as_str(), lines[39].text.as_str()), ("line 61", "line 100"));
    let oldest = log(&snapshot, 9, &reader(Lang::En));
    let Block::Log(lines) = &oldest.blocks[0] else { panic!("a log") };
    assert_eq!((lines[0].text.as_str(), lines.len()), ("line 1", 20));
}

#[test]
fn remaining_times_are_rounded_as_estimates() {
    let reader = reader(Lang::En);
    for (eta_s, want) in
        [(0, "5 s"), (12, "15 s"), (58, "1 min"), (990, "17 min"), (4_000, "1 h 10 min"), (90_000, "1 d 1 h")]
    {
        assert_eq!(rounded(eta_s, &reader), want, "{eta_s}");
    }
}

#[test]
fn figures_without_a_whole_and_slow_rates_are_told_too() {
    let reader = reader(Lang::En);
    let line = |done, total, unit| figure(&Figure { done, total, unit }, &reader);
    assert_eq!(line(1, None, Unit::Files), "1 file");
    assert_eq!(line(1500, None, Unit::Packages), "1,500 packages");
    assert_eq!(line(3 << 20, Some(5 << 30), Unit::Bytes), "0.0 of 5.0 GiB");
    assert_eq!(rate(0.2, Unit::Files, &reader), "12/min");
    assert_eq!(rate(1234.0, Unit::Files, &reader), "1,234/s");
}
