//! Disks and their verdicts, as a pilot reads them.

use jiff::SignedDuration;

use super::*;
use crate::{
    domain::Lang,
    locale,
    subsystems::smart::report::{Attribute, TestResult},
};

const NOW: Timestamp = Timestamp::constant(1_795_362_980, 0);

fn healthy() -> Report {
    Report {
        passed: Some(true),
        build: Build::Hdd { rpm: 7200 },
        temperature_c: Some(34),
        counts: Counts {
            reallocated: Some(0),
            pending: Some(0),
            uncorrectable: Some(0),
            crc: Some(12),
            hours: Some(19_872),
            ..Counts::default()
        },
        ..Report::default()
    }
}

fn days_ago(days: i64, counts: Counts) -> Earlier {
    Earlier { at: NOW - SignedDuration::from_hours(24 * days), counts }
}

/// "replace: …; …" in both languages.
fn judged(report: &Report, rows: &[Earlier], lang: Lang) -> String {
    let verdict = Verdict::of(report, week_ago(rows, NOW), NOW);
    let findings: Vec<String> = verdict.findings.iter().map(|f| locale::say(lang, &f.phrase())).collect();
    let grade = verdict.grade.map_or("unknown", |grade| match grade {
        DiskGrade::Good => "good",
        DiskGrade::Watch => "watch",
        DiskGrade::Replace => "replace",
    });
    if findings.is_empty() { grade.to_owned() } else { format!("{grade}: {}", findings.join("; ")) }
}

fn with(change: impl FnOnce(&mut Report)) -> Report {
    let mut report = healthy();
    change(&mut report);
    report
}

#[test]
fn verdicts_in_plain_words() {
    let before = healthy().counts;
    let sectors = |n| Counts { reallocated: Some(n), ..before };
    let grown = with(|r| r.counts.reallocated = Some(3));
    for (report, rows, want) in [
        (healthy(), vec![], "good"),
        (Report::default(), vec![], "unknown"),
        (grown.clone(), vec![], "watch: 3 reallocated sectors"),
        (grown.clone(), vec![days_ago(9, sectors(2))], "watch: 3 reallocated sectors, was 2 last week"),
        (grown.clone(), vec![days_ago(3, sectors(2))], "watch: 3 reallocated sectors, was 2 3 days ago"),
        (grown.clone(), vec![days_ago(1, sectors(0))], "watch: 3 reallocated sectors, was 0 yesterday"),
        (
            grown.clone(),
            vec![days_ago(30, sectors(3))],
            "watch: 3 reallocated sectors, the same as 7 days ago",
        ),
        (
            with(|r| r.counts.reallocated = Some(60)),
            vec![days_ago(20, sectors(1)), days_ago(8, sectors(2)), days_ago(2, sectors(50))],
            "replace: 60 reallocated sectors, was 2 last week",
        ),
        (with(|r| r.counts.pending = Some(1)), vec![], "watch: 1 sector it can't read"),
        // A cable that was bad once is no news; one that is bad now is.
        (with(|r| r.counts.crc = Some(12)), vec![days_ago(9, before)], "good"),
        (
            with(|r| r.counts.crc = Some(40)),
            vec![days_ago(9, before)],
            "watch: 40 broken transfers (check its cable), was 12 last week",
        ),
        (
            with(|r| {
                r.passed = Some(false);
                r.temperature_c = Some(61);
            }),
            vec![],
            "replace: the disk itself says that it is failing; 61 °C, too hot",
        ),
        (
            with(|r| {
                r.build = Build::Nvme;
                r.temperature_c = Some(61);
                r.critical = vec![Critical::Temperature, Critical::ReadOnly];
            }),
            vec![],
            "replace: it has gone read-only; it is too hot or too cold",
        ),
        (with(|r| r.counts.used_percent = Some(97)), vec![], "watch: 97 % of its rated life is used"),
        (
            with(|r| {
                r.counts.spare_percent = Some(15);
                r.spare_threshold_percent = Some(10);
            }),
            vec![],
            "watch: 15 % spare blocks left, critical below 10 %",
        ),
        // What an emulated disk says.
        (
            with(|r| {
                r.counts.spare_percent = Some(0);
                r.spare_threshold_percent = Some(0);
            }),
            vec![],
            "good",
        ),
    ] {
        assert_eq!(judged(&report, &rows, Lang::En), want);
    }
    let rows = [days_ago(9, sectors(2))];
    assert_eq!(judged(&grown, &rows, Lang::Id), "watch: 3 sektor dipindah, minggu lalu 2");
}

#[test]
fn a_failed_test_or_attribute_is_a_reason_and_an_aborted_test_is_none() {
    let test = |outcome| {
        let says = "Completed: read failure".to_owned();
        with(|r| r.test.last = Some(TestResult { long: Some(true), outcome, at_hours: Some(1), says }))
    };
    assert_eq!(
        judged(&test(TestOutcome::Failed), &[], Lang::En),
        "replace: its last self-test failed (Completed: read failure)"
    );
    assert_eq!(judged(&test(TestOutcome::Aborted), &[], Lang::En), "good");
    let attribute = |prefailure, failed| {
        let attribute = Attribute {
            id: 1,
            name: "Raw_Read_Error_Rate".into(),
            value: Some(1),
            worst: Some(1),
            threshold: Some(6),
            prefailure,
            failed: Some(failed),
            raw: "0".into(),
        };
        judged(&with(|r| r.attributes = vec![attribute]), &[], Lang::En)
    };
    assert_eq!(attribute(true, Failed::Now), "replace: Raw Read Error Rate is below the maker's limit");
    assert_eq!(attribute(false, Failed::Now), "watch: Raw Read Error Rate is below the maker's limit");
    assert_eq!(
        attribute(true, Failed::Past),
        "watch: Raw Read Error Rate was below the maker's limit before"
    );
}

#[test]
fn every_finding_has_words_in_both_languages() {
    let counted = [
        Counted::Reallocated,
        Counted::Pending,
        Counted::Uncorrectable,
        Counted::Reported,
        Counted::Media,
        Counted::Crc,
    ];
    let critical = [
        Critical::SpareLow,
        Critical::Temperature,
        Critical::Unreliable,
        Critical::ReadOnly,
        Critical::BackupFailed,
        Critical::Other,
    ];
    let whats = counted
        .into_iter()
        .flat_map(|what| {
            [1, 2].map(|now| What::Count { what, now, was: Some(Was { count: 1, days_ago: 4 }) })
        })
        .chain(critical.map(What::Critical));
    for what in whats {
        let phrase = Finding { grade: DiskGrade::Watch, what }.phrase();
        let [en, id] = Lang::ALL.map(|lang| locale::say(lang, &phrase));
        assert!(en != id && !en.contains('{') && !id.contains('{'), "{en} / {id}");
    }
}
