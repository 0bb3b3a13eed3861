//! Disk screens as they are read.

use std::{sync::Arc, time::Duration};

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{ChatKind, Lang, Theme},
    screen::html,
    subsystems::smart::{
        report::{Device, Mute, Reading},
        smartctl_fake::World,
        verdict::{Earlier, Verdict},
        world::{Blind, BlindWhy, DiskError, Disks},
    },
};

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").unwrap(),
        role: Role::Pilot,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: NOW,
    }
}

/// The simulated disks, read at once.
async fn fleet() -> Snapshot {
    let world = World::new(NOW);
    let mut disks = Vec::new();
    for (name, sectors_before) in [("sdb", 2), ("nvme0", 0), ("sda", 0), ("sdc", 0), ("sdd", 0)] {
        let device = Device { path: format!("/dev/{name}"), kind: None };
        let hours = SignedDuration::from_hours(if name == "sdc" { 5 } else { 0 });
        let asleep = world.read(&device, false).await == Ok(Reading::Asleep);
        let (report, state) = match world.read(&device, true).await {
            Ok(Reading::Report(report)) => (Some((NOW - hours, Arc::new(*report))), DiskState::Read),
            Ok(Reading::Mute(mute)) => (None, DiskState::Mute(mute)),
            other => panic!("{other:?}"),
        };
        let earlier = report.as_ref().map(|(_, report)| {
            let mut counts = report.counts;
            counts.reallocated = counts.reallocated.map(|_| sectors_before);
            Earlier { at: NOW - SignedDuration::from_hours(24 * 7), counts }
        });
        let verdict =
            report.as_ref().map(|(at, report)| Verdict::of(report, earlier, *at)).unwrap_or_default();
        let state = if asleep { DiskState::Asleep { since: NOW - hours } } else { state };
        let serial = report.as_ref().and_then(|(_, report)| report.serial.clone());
        let id = DiskId::parse(serial.as_deref().unwrap_or(name)).unwrap();
        disks.push(Sheet { id, device, report, verdict, state, earlier });
    }
    Snapshot {
        disks,
        blind: vec![Blind { name: "mmcblk0".into(), why: BlindWhy::Card }],
        trouble: None,
        round: Some(NOW - SignedDuration::from_mins(12)),
        busy: false,
        interval: Duration::from_secs(3600),
    }
}

fn check(screen: &Screen, lang: Lang, want: &Expect) {
    let mut text = html::plain(screen, &reader(lang));
    for row in &screen.rows {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        text.push_str(&format!("\n{}", labels.join(" ")));
    }
    want.assert_eq(&(text + "\n"));
}

fn id(text: &str) -> DiskId {
    DiskId::parse(text).unwrap()
}

#[tokio::test]
async fn all_disks() {
    let fleet = fleet().await;
    check(
        &list(&fleet, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Engine › Disk health
            ▲ sdb · Watch: 3 reallocated sectors, was 2 last week
            ▲ sdb   watch    34 °C 2.3 y
            ✔ nvme0 good     41 °C 342 d
            ✔ sda   good     34 °C 2.3 y
            ✔ sdc   good    asleep 2.3 y
            ? sdd   unknown      –     –
            ? sdd · It hangs behind a USB bridge that smartctl does not know (Unknown USB bridge [0x152d:0x0578 (0x100)]).
            ○ mmcblk0 · a memory card: it tells nothing about its health
            Last round 22:44, one every 1 h. Sleeping disks are let sleep.
            as of 22:56:20

            [▲ sdb] [✔ nvme0] [✔ sda]
            [✔ sdc] [? sdd]
        "#]],
    );
    check(
        &list(&fleet, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Mesin › Kesehatan disk
            ▲ sdb · Perhatikan: 3 sektor dipindah, minggu lalu 2
            ▲ sdb   awasi      34 °C 2.3 th
            ✔ nvme0 sehat      41 °C 342 hr
            ✔ sda   sehat      34 °C 2.3 th
            ✔ sdc   sehat      tidur 2.3 th
            ? sdd   belum tahu     –      –
            ? sdd · Dia di belakang bridge USB yang smartctl tidak kenal (Unknown USB bridge [0x152d:0x0578 (0x100)]).
            ○ mmcblk0 · kartu memori: dia tidak cerita soal kesehatannya
            Putaran terakhir 22:44, tiap 1 jam. Disk yang tidur dibiarkan tidur.
            per 22:56:20

            [▲ sdb] [✔ nvme0] [✔ sda]
            [✔ sdc] [? sdd]
        "#]],
    );
}

#[tokio::test]
async fn a_disk_to_watch() {
    let fleet = fleet().await;
    for (lang, want) in [
        (
            Lang::En,
            expect![[r#"
                Engine › Disk health › sdb
                ▲ Watch: 3 reallocated sectors, was 2 last week
                Model          SIM-HDD 4TB
                Serial         SIMHDD02
                Size           4.0 TB
                Kind           HDD 7,200 rpm
                Temperature    34 °C
                Has run        2.3 y
                Power cycles   214
                Reallocated    3 (+1)
                Unreadable     0
                Uncorrectable  0
                Cable errors   0
                Self-test      short, passed
                Tested         12 d of use ago
                as of 22:56:20

                [🩺 Short test · 2 min]
                [🩺 Long test · 7 h 40 min]
                [Raw attributes] [Read now]
            "#]],
        ),
        (
            Lang::Id,
            expect![[r#"
                Mesin › Kesehatan disk › sdb
                ▲ Perhatikan: 3 sektor dipindah, minggu lalu 2
                Model        SIM-HDD 4TB
                Seri         SIMHDD02
                Ukuran       4.0 TB
                Jenis        HDD 7.200 rpm
                Suhu         34 °C
                Sudah jalan  2.3 th
                Nyala-mati   214
                Dipindah     3 (+1)
                Tak terbaca  0
                Rusak        0
                Error kabel  0
                Self-test    pendek, lulus
                Dites        12 hr pemakaian lalu
                per 22:56:20

                [🩺 Tes pendek · 2 mnt]
                [🩺 Tes panjang · 7 jam 40 mnt]
                [Atribut mentah] [Baca sekarang]
            "#]],
        ),
    ] {
        check(&disk(&fleet, &id("SIMHDD02"), None, &reader(lang)), lang, &want);
    }
}

#[tokio::test]
async fn an_nvme_disk_and_one_asleep() {
    let fleet = fleet().await;
    check(
        &disk(&fleet, &id("SIMNVME01"), None, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Engine › Disk health › nvme0
            ✔ Good
            Model         SIM-NVME 1TB
            Serial        SIMNVME01
            Size          1.0 TB
            Kind          NVMe SSD
            Temperature   41 °C
            Has run       342 d
            Power cycles  96
            Media errors  0
            Life used     7 %
            Spare left    100 %
            as of 22:56:20

            [🩺 Short test]
            [🩺 Long test · 35 min]
            [Raw attributes] [Read now]
        "#]],
    );
    check(
        &disk(&fleet, &id("SIMHDD03"), None, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Engine › Disk health › sdc
            ✔ Good
            ○ asleep since 17:56 or earlier; these are its last values
            Model          SIM-ARCHIVE 8TB
            Serial         SIMHDD03
            Size           8.0 TB
            Kind           HDD 7,200 rpm
            Temperature    34 °C
            Has run        2.3 y
            Power cycles   214
            Reallocated    0
            Unreadable     0
            Uncorrectable  0
            Cable errors   0
            Self-test      short, passed
            Tested         12 d of use ago
            as of 17:56:20

            [🩺 Short test · 2 min]
            [🩺 Long test · 7 h 40 min]
            [Raw attributes] [Wake and read]
        "#]],
    );
}

#[tokio::test]
async fn disks_that_say_nothing_say_why() {
    let mut fleet = fleet().await;
    check(
        &disk(&fleet, &id("sdd"), None, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Engine › Disk health › sdd
            ? It hangs behind a USB bridge that smartctl does not know (Unknown USB bridge [0x152d:0x0578 (0x100)]).
            Many bridges work with a hint. In cockpit.toml: [smart] disks = [{ path = "/dev/sdX", kind = "sat" }]

            [Read now]
        "#]],
    );
    let sheet = fleet.disks.last_mut().unwrap();
    for (mute, starts) in [
        (Mute::NoSmart { model: Some("LAB SCSI-DISK".into()) }, "LAB SCSI-DISK offers no S.M.A.R.T."),
        (Mute::Off, "S.M.A.R.T. is switched off"),
        (Mute::Denied { says: String::new() }, "Cockpit may not ask"),
        (Mute::NotDetected { says: String::new() }, "smartctl could not tell"),
        (Mute::Other { says: "odd".into() }, "It gave no answer: odd"),
    ] {
        sheet.state = DiskState::Mute(mute.clone());
        let (_, says) = words::state(sheet, &reader(Lang::En)).unwrap();
        assert!(says.starts_with(starts), "{mute:?}: {says}");
    }
}

#[tokio::test]
async fn raw_attributes_fill_pages() {
    let fleet = fleet().await;
    let screen = attributes(&fleet, &id("SIMHDD02"), 0, &reader(Lang::En));
    check(
        &screen,
        Lang::En,
        &expect![[r#"
            Engine › Disk health › sdb › Raw
               1 Raw Read Error Rate         0
                 now 100 worst 100 limit 16
               3 Spin Up Time              434
                 now 127 worst 127 limit 24
               4 Start Stop Count          214
                 now 100 worst 100 limit 0
               5 Reallocated Sector Ct       3
                 now 100 worst 100 limit 5
               9 Power On Hours          19872
                 now 98 worst 98 limit 0
              12 Power Cycle Count         214
                 now 100 worst 100 limit 0
             187 Reported Uncorrect          0
                 now 100 worst 100 limit 0
             194 Temperature Celsius        34
                 now 176 worst 176 limit 0
             197 Current Pending Sector      0
                 now 100 worst 100 limit 0
             198 Offline Uncorrectable       0
                 now 100 worst 100 limit 0
            Right: what the disk counts. “now” falls from 100 or 200 towards the maker's limit.
            as of 22:56:20

        "#]],
    );
    check(
        &attributes(&fleet, &id("SIMNVME01"), 0, &reader(Lang::Id)),
        Lang::Id,
        &expect![[r#"
            Mesin › Kesehatan disk › nvme0 › Mentah
            available spare                100
            available spare threshold       10
            critical warning                 0
            data units written        31204411
            media errors                     0
            percentage used                  7
            power cycles                    96
            power on hours                8214
            temperature                     41
            unsafe shutdowns                11
            per 22:56:20

        "#]],
    );
}

#[tokio::test]
async fn machines_without_smart_say_exactly_why() {
    let mut nothing = Snapshot { interval: Duration::from_secs(3600), ..Snapshot::default() };
    nothing.trouble = Some(DiskError::TooOld);
    check(
        &list(&nothing, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
        Engine › Disk health
        ▲ This smartctl is older than 7.0 and can't answer in JSON.
        Install smartmontools 7.0 or newer.
        as of 22:56:20

    "#]],
    );
    nothing.trouble = None;
    nothing.round = Some(NOW);
    nothing.blind = vec![Blind { name: "vda".into(), why: BlindWhy::Virtual }];
    check(
        &list(&nothing, &reader(Lang::En)),
        Lang::En,
        &expect![[r#"
            Engine › Disk health
            ○ vda · a virtual disk: only its host knows the real one
            ? smartctl finds no disk on this machine.
            as of 22:56:20

        "#]],
    );
    assert!(glance(&nothing, &reader(Lang::En)).problems.is_empty());
}

#[tokio::test]
async fn the_dashboard_tells_what_got_worse_and_not_what_is_old() {
    let mut fleet = fleet().await;
    let problems = |fleet: &Snapshot| -> Vec<String> {
        glance(fleet, &reader(Lang::En)).problems.into_iter().map(|problem| problem.line).collect()
    };
    assert_eq!(problems(&fleet), ["Disk sdb: 3 reallocated sectors, was 2 last week"]);
    let sheet = &mut fleet.disks[0];
    let report = sheet.report.as_ref().unwrap().1.clone();
    let same = Earlier { counts: report.counts, ..sheet.earlier.unwrap() };
    sheet.verdict = Verdict::of(&report, Some(same), NOW);
    assert_eq!(problems(&fleet), [] as [&str; 0]);
    let [Block::State(_, says)] = &glance(&fleet, &reader(Lang::En)).blocks[..] else { panic!("one line") };
    assert_eq!(says, "3 disks healthy");
}

#[tokio::test]
async fn a_running_test_is_shown_with_the_way_to_its_job() {
    let fleet = fleet().await;
    let screen = disk(&fleet, &id("SIMHDD01"), Some(JobId(7)), &reader(Lang::En));
    assert!(screen.live && screen.topics.contains(&Topic::Job(JobId(7))));
    let view = AnyView::Jobs(jobs::View::Job(JobId(7)));
    assert!(screen.rows[0][0].intent == crate::intent::Intent::View(view));
    // An observer sees, and does not act.
    let observer = Reader { role: Role::Observer, ..reader(Lang::En) };
    let acts = |screen: &Screen| {
        let all = screen.rows.iter().flatten();
        all.filter(|button| matches!(button.intent, crate::intent::Intent::Act(_))).count()
    };
    assert_eq!(acts(&disk(&fleet, &id("SIMHDD01"), None, &observer)), 0);
    assert_eq!(acts(&disk(&fleet, &id("SIMHDD01"), None, &reader(Lang::En))), 3);
}

#[test]
fn capacities_are_as_printed_on_disks() {
    for (bytes, want) in [
        (1_000_204_886_016, "1.0 TB"),
        (12_000_138_625_024, "12 TB"),
        (500_107_862_016, "500 GB"),
        (268_435_456, "268 MB"),
        (0, "0 B"),
    ] {
        assert_eq!(words::capacity(bytes), want);
    }
}
