//! Series as disks really make them, most of them of a 100 GB disk; times count from the newest point.

use super::*;

const GB: f64 = 1e9;
const WHOLE: f64 = 100.0 * GB;
const NOW_S: f64 = 1_748_736_000.0;

fn now() -> Timestamp {
    Timestamp::from_second(NOW_S as i64).unwrap()
}

/// The same chance each time, -1 to 1.
fn chance(nth: usize) -> f64 {
    let mut bits = (nth as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((bits ^ (bits >> 29)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// By the quarter of an hour over so many days; `used` of (days before now, nth).
fn slow(days: f64, used: impl Fn(f64, usize) -> f64) -> Vec<Fill> {
    let count = (days * 96.0) as usize;
    let ago = |nth: usize| (count - nth) as f64 / 96.0;
    (0..=count).map(|nth| (NOW_S - ago(nth) * DAY_S, used(ago(nth), nth))).collect()
}

/// By the minute over so many hours; `used` of hours before now.
fn fast(hours: f64, used: impl Fn(f64) -> f64) -> Vec<Fill> {
    let count = (hours * 60.0) as usize;
    let ago = |nth: usize| (count - nth) as f64 / 60.0;
    (0..=count).map(|nth| (NOW_S - ago(nth) * HOUR_S, used(ago(nth)))).collect()
}

fn space(used: f64) -> Supply {
    Supply { used: used as u64, left: (WHOLE - used) as u64 }
}

fn last(points: &[Fill]) -> Supply {
    space(points.last().unwrap().1)
}

/// "1.00 GB a day, full in 30.0 d, by 14.0 d", or "nothing".
fn told(slow: &[Fill], fast: &[Fill]) -> String {
    let space = last(if slow.is_empty() { fast } else { slow });
    say(forecast(slow, fast, space, None, now()), space)
}

fn say(forecast: Option<Forecast>, space: Supply) -> String {
    let Some(forecast) = forecast else { return "nothing".into() };
    let days = |span: Duration| span.as_secs_f64() / DAY_S;
    let full = days(forecast.full_in(space).unwrap());
    format!("{:.2} GB a day, full in {full:.1} d, by {:.1} d", forecast.per_day / GB, days(forecast.basis))
}

#[test]
fn steady_growth_is_told_with_its_end_and_its_basis() {
    let line = |rate: f64, used: f64| slow(14.0, move |ago, _| (used - rate * ago) * GB);
    assert_eq!(told(&line(1.0, 70.0), &[]), "1.00 GB a day, full in 30.0 d, by 14.0 d");
    assert_eq!(told(&line(5.0, 95.0), &[]), "5.00 GB a day, full in 1.0 d, by 14.0 d");
    // Too slow for an end that can be known; not at all; going down; full since long.
    for (rate, used) in [(0.1, 70.0), (0.0, 70.0), (-1.0, 70.0), (0.0, 100.0)] {
        assert_eq!(told(&line(rate, used), &[]), "nothing", "{rate} {used}");
    }
}

#[test]
fn noise_does_not_move_it_and_noise_alone_is_no_trend() {
    let noisy =
        |rate: f64, noise: f64| slow(14.0, move |ago, nth| (70.0 - rate * ago + noise * chance(nth)) * GB);
    for noise in [0.05, 0.5, 2.0] {
        let points = noisy(1.0, noise);
        let found = forecast(&points, &[], space(70.0 * GB), None, now()).unwrap();
        assert!((found.per_day / GB - 1.0).abs() < 0.1, "{noise}: {}", found.per_day);
        assert!(found.between.0 <= found.per_day && found.per_day <= found.between.1);
    }
    for noise in [0.05, 0.5, 5.0, 20.0] {
        assert_eq!(told(&noisy(0.0, noise), &[]), "nothing", "{noise}");
    }
    // One hour of garbage, as a temporary file makes it.
    let mut spiked = slow(14.0, |ago, _| (70.0 - ago) * GB);
    spiked[600..604].iter_mut().for_each(|point| point.1 += 25.0 * GB);
    assert!(told(&spiked, &[]).starts_with("1.00 GB a day"), "{}", told(&spiked, &[]));
}

#[test]
fn after_a_cleanup_only_what_came_since_counts() {
    let cleaned = |days_ago: f64| {
        slow(14.0, move |ago, _| (60.0 - ago - if ago > days_ago { -30.0 } else { 0.0 }) * GB)
    };
    assert_eq!(told(&cleaned(5.0), &[]), "1.00 GB a day, full in 40.0 d, by 5.0 d");
    // So little says nothing yet.
    assert_eq!(told(&cleaned(1.0), &[]), "nothing");
}

#[test]
fn a_large_copy_once_is_no_trend_but_one_each_night_is() {
    let once = slow(14.0, |ago, _| if ago > 6.0 { 40.0 * GB } else { 70.0 * GB });
    assert_eq!(told(&once, &[]), "nothing");
    let nightly = slow(14.0, |ago, _| (70.0 - 2.0 * (ago + 0.5).floor()) * GB);
    assert_eq!(told(&nightly, &[]), "2.00 GB a day, full in 15.0 d, by 14.0 d");
    // A backup each night that is thinned each noon: it ends where it began.
    let rotated = slow(14.0, |ago, _| if (ago + 0.3).fract() > 0.5 { 60.0 * GB } else { 72.0 * GB });
    assert_eq!(told(&rotated, &[]), "nothing");
    // Grown all week and cleared each seventh day.
    let weekly = slow(14.0, |ago, _| (60.0 - 3.0 * ((ago + 2.0) % 4.0)) * GB);
    assert_eq!(told(&weekly, &[]), "nothing");
}

#[test]
fn gaps_are_not_counted_as_history() {
    let line = slow(14.0, |ago, _| (70.0 - ago) * GB);
    let without = |from: f64, to: f64| -> Vec<Fill> {
        let ago = |t: f64| (NOW_S - t) / DAY_S;
        line.iter().copied().filter(|(t, _)| !(from..to).contains(&ago(*t))).collect()
    };
    assert_eq!(told(&without(3.0, 6.0), &[]), "1.00 GB a day, full in 30.0 d, by 14.0 d");
    // Hardly ever on: a few hours at both ends.
    assert_eq!(told(&without(0.2, 13.0), &[]), "nothing");
    // Switched off since the day before yesterday, and only just on again.
    assert_eq!(told(&without(0.0, 2.0), &[]), "nothing");
    assert_eq!(told(&line[..40], &[]), "nothing");
    assert_eq!(told(&line[line.len() - 100..], &[]), "nothing", "a day is not enough");
    for few in 0..4 {
        assert_eq!(forecast(&line[..few], &line[..few], space(70.0 * GB), None, now()), None);
    }
}

#[test]
fn what_cannot_be_a_figure_is_left_out() {
    let mut line = slow(14.0, |ago, _| (70.0 - ago) * GB);
    line[100].1 = f64::NAN;
    line[200].1 = f64::INFINITY;
    assert_eq!(told(&line, &[]), "1.00 GB a day, full in 30.0 d, by 14.0 d");
    // A clock that was wrong: points of the future are not believed.
    line.push((NOW_S + 30.0 * DAY_S, 99.0 * GB));
    assert!(forecast(&line, &[], space(70.0 * GB), None, now()).is_some());
    assert_eq!(forecast(&line, &[], Supply { left: 0, ..space(0.0) }, None, now()), None);
}

#[test]
fn what_runs_away_is_told_by_the_hour() {
    let calm = slow(14.0, |_, _| 60.0 * GB);
    let runs = fast(3.0, |ago| (90.0 - 4.0 * ago) * GB);
    let space = last(&runs);
    let found = forecast(&calm, &runs, space, None, now()).unwrap();
    assert_eq!(found.full_in(space).unwrap().as_secs() / 60, 150);
    assert!(found.basis <= FAST_BACK);
    // Ten minutes of it could be anything.
    assert_eq!(told(&[], &fast(10.0 / 60.0, |ago| (90.0 - 4.0 * ago) * GB)), "nothing");
    // A copy that has ended.
    let ended = fast(3.0, |ago| if ago > 1.0 { (90.0 - 8.0 * (ago - 1.0)) * GB } else { 90.0 * GB });
    assert_eq!(told(&[], &ended), "nothing");
}

#[test]
fn what_is_told_does_not_flicker() {
    // At the edge of what is told: as it was before, so it stays.
    let line = |rate: f64| slow(14.0, move |ago, _| (70.0 - rate * ago) * GB);
    let (near, far, gone) = (line(0.52), line(0.45), line(0.3));
    let space = last(&near);
    let held = forecast(&near, &[], space, None, now()).expect("58 days");
    assert_eq!(forecast(&far, &[], space, None, now()), None, "67 days");
    let held = forecast(&far, &[], space, Some(&held), now()).expect("67 days, told before");
    assert_eq!(forecast(&gone, &[], space, Some(&held), now()), None, "100 days");
    // Told by the hour is not told by the day.
    let fast = Forecast { basis: FAST_BACK, ..held };
    assert_eq!(forecast(&far, &[], space, Some(&fast), now()), None);
}

#[test]
fn a_cleanup_since_is_seen_before_the_next_look() {
    let line = slow(14.0, |ago, _| (70.0 - ago) * GB);
    let found = forecast(&line, &[], last(&line), None, now()).unwrap();
    let days = |used: f64| found.full_in(space(used * GB)).map(|span| span.as_secs() / 86_400);
    assert_eq!(days(70.0), Some(30));
    assert_eq!(days(75.0), Some(25), "grown faster");
    assert_eq!(days(69.8), Some(30));
    assert_eq!(days(60.0), None);
}

#[test]
fn the_fastest_comes_before_and_the_slowest_after() {
    let line = slow(14.0, |ago, nth| (70.0 - ago + 0.8 * chance(nth)) * GB);
    let space = space(70.0 * GB);
    let found = forecast(&line, &[], space, None, now()).unwrap();
    let (soon, late) = found.full_between(space);
    let middle = found.full_in(space).unwrap();
    assert!(soon < middle && middle < late.unwrap(), "{soon:?} {middle:?} {late:?}");
    let stuck = Forecast { between: (-1.0, 2.0 * GB), ..found };
    assert_eq!(stuck.full_between(space).1, None);
}

/// The disk of a machine that builds software, read every 30 s: it grew by a third in forty minutes, in bursts, and then
/// went up and down. A straight line through it rises steeply, and would be wrong.
#[test]
fn a_recorded_disk_of_a_building_machine() {
    let text = include_str!("../../../tests/data/host/disk-fill.txt");
    let figures = |line: &str| -> Option<[f64; 3]> {
        let mut words = line.split_whitespace().map(|word| word.parse().ok());
        Some([words.next()??, words.next()??, words.next()??])
    };
    let rows: Vec<[f64; 3]> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(figures).collect();
    assert!(rows.len() > 100, "{} rows", rows.len());
    let all: Vec<Fill> = rows.iter().map(|row| (row[0], row[1])).collect();
    let line = Trend::of(&all).unwrap();
    assert!(line.slope > 1e6 && line.rising > RISING_MIN && !line.goes_on, "{line:?}");
    for upto in 2..=rows.len() {
        let newest = rows[upto - 1];
        let space = Supply { used: newest[1] as u64, left: newest[2] as u64 };
        let at = Timestamp::from_second(newest[0] as i64).unwrap();
        assert_eq!(forecast(&[], &all[..upto], space, None, at), None, "{upto}");
    }
}
