//! Notices as they are read.

use expect_test::{Expect, expect};
use jiff::tz::TimeZone;

use super::*;
use crate::{
    alerts::Snooze,
    domain::{ChatId, ChatKind, JobId, JobTitle, Lang, PilotId, Role, Theme, UnitName},
    phrase,
};

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: at("18:20:00"),
    }
}

fn at(clock: &str) -> Timestamp {
    format!("2026-07-15T{clock}+07:00").parse().unwrap()
}

fn alert(facts: Facts, severity: Severity) -> Alert {
    Alert {
        id: 1,
        facts,
        severity,
        raised: at("16:40:00"),
        changed: at("17:00:00"),
        resolved: None,
        times: 1,
        part: 0,
        version: 1,
        snoozed: None,
    }
}

fn disk() -> Alert {
    alert(
        Facts::Level(Level {
            measure: Measure::Disk { mount: "/mnt/dre".into() },
            value: 87.4,
            peak: 91.0,
            above: 85.0,
            since: at("16:36:00"),
            free_bytes: Some(61 << 30),
        }),
        Severity::Look,
    )
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

fn check(alert: &Alert, lang: Lang, want: &Expect) {
    let state = if alert.is_living() { State::Living } else { State::Resolved };
    let told = Notice { alert: alert.clone(), part: 0, state, loud: true, at: alert.changed };
    want.assert_eq(&text(&notice(&told, &reader(lang))));
}

#[test]
fn a_disk_through_its_states() {
    let mut disk = disk();
    check(
        &disk,
        Lang::En,
        &expect![[r#"
            Disk /mnt/dre
            ▲ 87 % full, 61.0 GiB free
            Above 85 % since 16:36.
            [📈 Chart] [🖥 Status]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    check(
        &disk,
        Lang::Id,
        &expect![[r#"
            Disk /mnt/dre
            ▲ terisi 87 %, tinggal 61.0 GiB
            Di atas 85 % sejak 16:36.
            [📈 Grafik] [🖥 Status]
            [🔕 1 jam] [🔕 Sampai…]
        "#]],
    );
    let told =
        Notice { alert: disk.clone(), part: 0, state: State::Continued, loud: false, at: disk.changed };
    expect![[r#"
        Disk /mnt/dre
        It got worse at 17:00: it goes on below.
    "#]]
    .assert_eq(&text(&notice(&told, &reader(Lang::En))));
    disk.times = 3;
    disk.resolved = Some((at("18:20:00"), How::Recovered));
    if let Facts::Level(level) = &mut disk.facts {
        (level.value, level.free_bytes) = (72.0, Some(131 << 30));
    }
    check(
        &disk,
        Lang::En,
        &expect![[r#"
        Disk /mnt/dre
        ✔ over 18:20, after 1 h 44 min
        Now 72 % full, 131 GiB free; at most 91 %.
        3 times since 16:40.
        [📈 Chart] [🖥 Status]
    "#]],
    );
    check(
        &disk,
        Lang::Id,
        &expect![[r#"
        Disk /mnt/dre
        ✔ sudah beres 18:20, setelah 1 jam 44 mnt
        Sekarang terisi 72 %, tinggal 131 GiB; paling tinggi 91 %.
        3 kali sejak 16:40.
        [📈 Grafik] [🖥 Status]
    "#]],
    );
}

#[test]
fn everything_else_that_can_be_wrong() {
    let unit = Facts::Unit { unit: UnitName::parse("nginx").unwrap(), result: "exit-code".into() };
    check(
        &alert(unit, Severity::Bad),
        Lang::En,
        &expect![[r#"
            nginx.service
            ✖ failed (exit-code)
            Since 16:40.
            [nginx] [✨ Why?] [▶ Start]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    let why = phrase!("process-failed-silent", program = "restic", exit = "exit 1");
    let outcome = JobOutcome::Failed { why, mend: None };
    let title = JobTitle::Backup { plan: "dre".into() };
    check(
        &alert(Facts::Job { job: JobId(4), title: title.clone(), outcome }, Severity::Bad),
        Lang::En,
        &expect![[r#"
            💾 Backup dre
            ✖ failed
            Since 16:40.
            restic gave up (exit 1) without a word.
            [🧰 Show the job]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    let actor = Facts::Actor { actor: "metrics".into(), why: "boom".into(), restarts: 5 };
    check(
        &alert(actor, Severity::Bad),
        Lang::En,
        &expect![[r#"
            Cockpit’s own metrics
            ✖ keeps failing (5 restarts) and is parked
            Since 16:40.
            boom
            Cockpit tries it again every few minutes. What it shows is missing until then.
            [👩‍🚀 Crew] [↻ Restart it]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    let config = Facts::Config { problems: vec!["cockpit.toml:3:1: metrics.intervall: unknown key".into()] };
    check(
        &alert(config, Severity::Look),
        Lang::En,
        &expect![[r#"
            Config file
            ▲ not taken: one problem
            Since 16:40.
            Pre("cockpit.toml:3:1: metrics.intervall: unknown key")
            What held before still holds. Mend the file, then reload.
            [↻ Reload]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    let missed = |missed| Facts::RunsMissed {
        task: "t".into(),
        title: phrase!("schedule-title-simulated"),
        missed,
        first_due: at("02:30:00"),
    };
    check(
        &alert(missed(1), Severity::Look),
        Lang::En,
        &expect![[r#"
            🎮 Simulated copy
            ▲ one run missed, due 02:30
            Since 16:40.
            The server or Cockpit was off then. Run it now, or wait for its next time.
            [🗓 Show the task] [▶ Run now]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    check(
        &alert(missed(3), Severity::Look),
        Lang::Id,
        &expect![[r#"
            🎮 Salinan simulasi
            ▲ 3 jadwal terlewat sejak 02:30
            Sejak 16:40.
            Waktu itu server atau Cockpit lagi mati. Jalankan sekarang, atau tunggu jadwal berikutnya.
            [🗓 Lihat jadwalnya] [▶ Jalankan sekarang]
            [🔕 1 jam] [🔕 Sampai…]
        "#]],
    );
    let result = Facts::Result {
        job: JobId(4),
        title,
        outcome: JobOutcome::Done { summary: None },
        took_s: 3_000,
        chat: ChatId(1),
        pilot: PilotId(1),
    };
    let mut told = alert(result, Severity::Look);
    told.resolved = Some((at("17:00:00"), How::Told));
    check(
        &told,
        Lang::En,
        &expect![[r#"
        💾 Backup dre
        ✔ done, took 50 min
        [🧰 Show the job]
    "#]],
    );
}

#[test]
fn the_list_has_the_living_first() {
    let mut past = disk();
    past.id = 2;
    past.resolved = Some((at("17:20:00"), How::Recovered));
    expect![[r#"
        🔔 Warnings
        ▲ Disk /mnt/dre: 87 % full, 61.0 GiB free · 1 h 40 min ago
        Over
        ✔ Disk /mnt/dre · 1 h ago
        [▲ Disk /mnt/dre]
        [✔ Disk /mnt/dre]
    "#]]
    .assert_eq(&text(&list(&[disk()], &[past], 0, &reader(Lang::En))));
    expect![[r#"
        🔔 Peringatan
        ✔ Aman, nggak ada yang perlu dikhawatirkan.
    "#]]
    .assert_eq(&text(&list(&[], &[], 0, &reader(Lang::Id))));
}

#[test]
fn a_container_that_rests_says_until_when_and_by_whom() {
    let facts = Facts::Container {
        container: "web".into(),
        unhealthy: false,
        exit: Some(1),
        oom: false,
        means: None,
        last: Vec::new(),
    };
    let mut web = alert(facts, Severity::Bad);
    check(
        &web,
        Lang::En,
        &expect![[r#"
            container web
            ✖ died by itself, exit 1
            Since 16:40.
            [web] [📜 Log] [↻ Restart it]
            [🔕 1 h] [🔕 Until…]
        "#]],
    );
    let rest = |until: &str| {
        let until = until.parse().unwrap();
        Some(Snooze { until, by: "Dre".into(), seen: web.weight() })
    };
    let (over, coming) = (rest("2026-07-15T16:50:00+07:00"), rest("2026-07-16T03:10:00+07:00"));
    web.snoozed = coming;
    check(
        &web,
        Lang::En,
        &expect![[r#"
            container web
            ✖ died by itself, exit 1
            Since 16:40.
            🔕 Snoozed until Thu 03:10 by Dre.
            [web] [📜 Log] [↻ Restart it]
            [🔔 Sound again]
        "#]],
    );
    check(
        &web,
        Lang::Id,
        &expect![[r#"
            container web
            ✖ mati sendiri, exit 1
            Sejak 16:40.
            🔕 Didiamkan sampai Kam 03:10 oleh Dre.
            [web] [📜 Log] [↻ Restart]
            [🔔 Bunyikan lagi]
        "#]],
    );
    let observer = Reader { role: Role::Observer, ..reader(Lang::En) };
    let screen = one(&web, &observer);
    assert!(!text(&screen).contains("Sound again"), "who may not quiet it is not offered it");
    let living = [web.clone()];
    let listed = text(&list(&living, &[], 0, &reader(Lang::En)));
    assert!(listed.contains("died by itself, exit 1 · 1 h 40 min ago · 🔕 Thu 03:10"), "{listed}");
    web.snoozed = over;
    let told = Notice { alert: web.clone(), part: 0, state: State::Continued, loud: false, at: web.changed };
    expect![[r#"
        container web
        It was snoozed until 16:50, and is still so: it goes on below.
    "#]]
    .assert_eq(&text(&notice(&told, &reader(Lang::En))));
    expect![[r#"
        🔔 Warnings › container web › Snooze
        Until then nothing of it makes a sound; its message goes on saying how it is. If it gets worse, you hear of it all the same.
        [🔕 1 h] [🔕 4 h] [🔕 24 h]
        [🔕 Until Thu 08:00]
    "#]]
    .assert_eq(&text(&panel_snooze::ask(&web, &reader(Lang::En))));
}
