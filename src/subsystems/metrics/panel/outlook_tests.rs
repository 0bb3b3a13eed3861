//! What is said of a disk that fills, and when nothing is.

use std::sync::Arc;

use expect_test::expect;

use super::*;
use crate::{
    charts::Point,
    subsystems::metrics::{
        judge::{Fault, Thresholds, judge, tests as judge_tests},
        raw::Space,
    },
};

const GB: f64 = 1e9;

/// A disk of 100 GB in use by so much, that grew by `per_day` over so many hours.
fn scene(used_gb: u64, per_day_gb: f64, hours: u64) -> Snapshot {
    let mut snapshot = judge_tests::snapshot(|reading| {
        let mut disk = judge_tests::disk("/mnt/dre", 50, |_, _| ());
        disk.space = Some(Space {
            total_bytes: 100 * GB as u64,
            used_bytes: used_gb * GB as u64,
            available_bytes: (100 - used_gb) * GB as u64,
            inodes: None,
        });
        reading.disks = vec![disk];
    });
    let forecast = Forecast {
        at: snapshot.reading.as_ref().unwrap().at,
        per_day: per_day_gb * GB,
        between: (per_day_gb * 0.8 * GB, per_day_gb * 1.3 * GB),
        basis: Duration::from_secs(hours * 3600),
        used: used_gb * GB as u64,
        noise: 0.0,
    };
    snapshot.forecasts = Arc::new([(("/mnt/dre".into(), Stock::Bytes), forecast)].into());
    snapshot
}

fn said(blocks: Vec<Block>) -> String {
    let told = |block: &Block| match block {
        Block::State(mark, text) => format!("{} {text}\n", mark.sign()),
        Block::Note(text) => format!("{text}\n"),
        other => format!("{other:?}\n"),
    };
    blocks.iter().map(told).collect()
}

fn on_status(snapshot: &Snapshot, lang: Lang) -> String {
    said(lines(snapshot, snapshot.reading.as_ref().unwrap(), lang))
}

fn on_disks(snapshot: &Snapshot, lang: Lang) -> String {
    said(in_full(snapshot, &snapshot.reading.as_ref().unwrap().disks[0], lang))
}

#[test]
fn a_disk_that_fills_says_when_how_fast_and_on_what_it_rests() {
    let slow = scene(88, 1.3, 14 * 24);
    expect![[r#"
        ○ dre fills in about 9 days, at 1.2 GiB a day
    "#]]
    .assert_eq(&on_status(&slow, Lang::En));
    expect![[r#"
        ○ dre penuh kira-kira 9 hari lagi, naik 1.2 GiB per hari
        Kalau lanjut seperti 14 hari terakhir; penuhnya antara 7 hari dan 12 hari lagi
    "#]]
    .assert_eq(&on_disks(&slow, Lang::Id));
    let fast = scene(90, 96.0, 3);
    expect![[r#"
        ▲ dre fills in about 3 h, at 3.7 GiB an hour
        As it went over the last 3 h; the end lies between 2 h and 3 h from now
    "#]]
    .assert_eq(&on_disks(&fast, Lang::En));
    let endless = Forecast { between: (0.0, 2.0 * GB), ..slow.forecasts.values().next().unwrap().clone() };
    let endless =
        Snapshot { forecasts: Arc::new([(("/mnt/dre".into(), Stock::Bytes), endless)].into()), ..slow };
    expect![[r#"
        ○ dre fills in about 9 days, at 1.2 GiB a day
        As it went over the last 14 days; 6 days at the soonest
    "#]]
    .assert_eq(&on_disks(&endless, Lang::En));
}

/// The same disk, with so many of its 10 million inodes in use, 12,345 more of them each day.
fn of_many_files(used: u64) -> Snapshot {
    let mut snapshot = scene(88, 1.3, 14 * 24);
    let disk = &mut snapshot.reading.as_mut().unwrap().disks[0];
    disk.space = Some(Space { inodes: Some((10_000_000, used)), ..disk.space.unwrap() });
    let files = Forecast {
        per_day: 12_345.0,
        between: (10_000.0, 15_000.0),
        used,
        ..snapshot.forecasts.values().next().unwrap().clone()
    };
    Arc::make_mut(&mut snapshot.forecasts).insert(("/mnt/dre".into(), Stock::Inodes), files);
    snapshot
}

#[test]
fn inodes_end_too_and_the_overview_tells_what_ends_first() {
    let later = of_many_files(9_500_000);
    expect![[r#"
        ○ dre fills in about 9 days, at 1.2 GiB a day
        As it went over the last 14 days; the end lies between 7 days and 12 days from now
        ○ dre runs out of inodes in about 41 days, at 12,000 files a day: then no new files
        As it went over the last 14 days; the end lies between 33 days and 50 days from now
    "#]]
    .assert_eq(&on_disks(&later, Lang::En));
    expect![[r#"
        ○ dre fills in about 9 days, at 1.2 GiB a day
    "#]]
    .assert_eq(&on_status(&later, Lang::En));
    expect![[r#"
        ▲ inode dre habis kira-kira 4 hari lagi, naik 12.000 file per hari: setelah itu tidak bisa bikin file baru
    "#]]
    .assert_eq(&on_status(&of_many_files(9_950_000), Lang::Id));
    let faults = judge(&of_many_files(9_500_000), &Thresholds::default());
    let told = faults.iter().find_map(|fault| match fault {
        Fault::InodesFull { full_in, .. } => *full_in,
        _ => None,
    });
    assert_eq!(about(Lang::En, told.unwrap()), "about 41 days");
}

#[test]
fn without_a_forecast_nothing_is_said() {
    let mut snapshot = scene(88, 1.3, 300);
    // Cleared since.
    let disk = &mut snapshot.reading.as_mut().unwrap().disks[0];
    disk.space =
        Some(Space { used_bytes: 50 * GB as u64, available_bytes: 50 * GB as u64, ..disk.space.unwrap() });
    assert_eq!(on_status(&snapshot, Lang::En) + &on_disks(&snapshot, Lang::En), "");
    snapshot.forecasts = Arc::default();
    assert_eq!(on_status(&snapshot, Lang::En) + &on_disks(&snapshot, Lang::En), "");
}

#[test]
fn an_alarm_says_how_long_there_is() {
    let faults = judge(&scene(88, 1.3, 300), &Thresholds::default());
    let [Fault::Full { full_in: Some(left), .. }] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(about(Lang::En, *left), "about 9 days");
}

#[test]
fn the_chart_goes_on_into_what_is_to_come() {
    let snapshot = scene(80, 2.0, 300);
    let line = Line { series: Series::DiskShare("/mnt/dre".into()), points: vec![Point::single(0.0, 80.0)] };
    let now = snapshot.reading.as_ref().unwrap().at;
    let drawn = |range| band(Metric::Disks, range, now, &[&line], &snapshot, Lang::En);
    assert!(drawn(Range::Hour).is_none(), "nothing to be seen in so short a while");
    let (to, band) = drawn(Range::Week).unwrap();
    assert_eq!(to.duration_since(now).as_hours(), 42);
    let (first, last) = (band.points[0], *band.points.last().unwrap());
    assert_eq!((first.1, first.2), (80.0, 80.0));
    assert!((last.1 - 82.8).abs() < 0.01 && (last.2 - 84.55).abs() < 0.01, "{last:?}");
    assert!(super::band(Metric::Cpu, Range::Week, now, &[&line], &snapshot, Lang::En).is_none());
    let other = Line { series: Series::DiskShare("/".into()), points: Vec::new() };
    assert!(super::band(Metric::Disks, Range::Week, now, &[&other], &snapshot, Lang::En).is_none());
}
