//! The ring keeps what is newest, within its bound, in the order of time.

use super::*;

fn filled(samples: i64) -> Ring {
    // The smallest ring: 60 samples.
    let mut ring = Ring::new(Duration::from_secs(3600));
    for nth in 0..samples {
        ring.push(nth * 1000, |tell| {
            tell(Series::Cpu, nth as f32);
            if nth % 2 == 0 {
                tell(Series::Load, nth as f32);
            }
        });
    }
    ring
}

fn times(ring: &Ring) -> Vec<i64> {
    (0..ring.len()).map(|nth| ring.time(nth).unwrap()).collect()
}

fn values(ring: &Ring, series: &Series, from_ms: i64) -> Vec<Option<f32>> {
    ring.back(series, from_ms).map(|(_, value)| value).collect()
}

#[test]
fn the_oldest_goes_when_it_is_full() {
    let ring = filled(150);
    assert_eq!((ring.len(), ring.oldest(), ring.newest()), (60, Some(90_000), Some(149_000)));
    assert_eq!(values(&ring, &Series::Cpu, 147_000), [Some(149.0), Some(148.0), Some(147.0)]);
    assert_eq!(values(&ring, &Series::Load, 147_000), [None, Some(148.0), None]);
    assert_eq!(
        values(&ring, &Series::SwapIn, 148_000),
        [None, None],
        "what was never told is unknown, not zero"
    );
}

#[test]
fn a_series_that_comes_later_is_unknown_before() {
    let mut ring = filled(70);
    ring.push(70_000, |tell| tell(Series::SwapUsed, 5.0));
    assert_eq!(values(&ring, &Series::SwapUsed, 69_000), [Some(5.0), None]);
    assert_eq!(values(&ring, &Series::Cpu, 69_000), [None, Some(69.0)]);
}

#[test]
fn what_is_not_a_number_is_unknown() {
    let mut ring = filled(0);
    ring.push(1, |tell| {
        tell(Series::Cpu, f32::NAN);
        tell(Series::Load, f32::INFINITY);
    });
    assert_eq!(values(&ring, &Series::Cpu, 0), [None]);
    assert_eq!(ring.spans(0, 10), []);
}

#[test]
fn spans_cover_the_asked_while_only() {
    let ring = filled(100);
    let spans = ring.spans(90_000, 94_000);
    let of = |series: Series| spans.iter().find(|(name, _)| *name == series).map(|(_, span)| *span);
    assert_eq!(of(Series::Cpu), Some(Span { min: 90.0, avg: 91.5, max: 93.0 }));
    assert_eq!(of(Series::Load), Some(Span { min: 90.0, avg: 91.0, max: 92.0 }));
    assert_eq!(ring.spans(500_000, 600_000), []);
}

#[test]
fn a_clock_set_back_leaves_nothing_of_the_future() {
    let mut ring = filled(100);
    ring.cut_after(95_500);
    assert_eq!(ring.newest(), Some(95_000));
    ring.push(96_000, |tell| tell(Series::Cpu, 1.0));
    assert!(times(&ring).is_sorted());
    ring.cut_after(0);
    assert!(ring.is_empty());
    ring.push(5, |tell| tell(Series::Cpu, 1.0));
    assert_eq!((ring.len(), ring.newest()), (1, Some(5)));
}

#[test]
fn another_interval_keeps_what_fits() {
    let mut ring = filled(150);
    ring.resize(Duration::from_secs(5));
    assert_eq!((ring.len(), ring.oldest(), ring.newest()), (60, Some(90_000), Some(149_000)));
    ring.push(150_000, |tell| tell(Series::Cpu, 150.0));
    assert_eq!(ring.len(), 61);
    ring.resize(Duration::from_secs(3600));
    assert_eq!((ring.len(), ring.oldest(), ring.newest()), (60, Some(91_000), Some(150_000)));
    assert_eq!(values(&ring, &Series::Cpu, 149_000), [Some(150.0), Some(149.0)]);
    assert!(times(&ring).is_sorted());
}

#[test]
fn memory_is_bounded_whatever_is_told() {
    let mut ring = Ring::new(Duration::from_millis(1));
    for nth in 0..POINTS_MAX as i64 + 500 {
        ring.push(nth, |tell| {
            // All at first, some later: every column is as long as the ring in any case.
            for core in 0..if nth == 0 { 300 } else { 5 } {
                tell(Series::Core(core), 1.0);
            }
        });
    }
    assert_eq!(ring.series().count(), COLUMNS_MAX);
    let bytes = ring.bytes();
    assert!(bytes <= POINTS_MAX * (COLUMNS_MAX * 4 + 8) + (64 << 10), "{bytes}");
}

#[test]
fn an_ordinary_machine_needs_less_than_a_mebibyte() {
    let mut ring = Ring::new(Duration::from_secs(5));
    for nth in 0..5000 {
        ring.push(nth * 5000, |tell| (0..32).for_each(|core| tell(Series::Core(core), 1.0)));
    }
    assert_eq!(ring.len(), 4320);
    assert!(ring.bytes() < 1 << 20, "{}", ring.bytes());
}

#[test]
fn columns_of_what_is_long_gone_are_used_again() {
    let mut ring = Ring::new(Duration::from_secs(3600));
    ring.push(0, |tell| (0..COLUMNS_MAX as u32).for_each(|core| tell(Series::Core(core), 1.0)));
    ring.push(1, |tell| tell(Series::Cpu, 1.0));
    assert_eq!(values(&ring, &Series::Cpu, 1), [None], "there is no room yet");
    for nth in 2..100 {
        ring.push(nth, |tell| tell(Series::Cpu, 2.0));
    }
    assert_eq!(values(&ring, &Series::Cpu, 99), [Some(2.0)]);
    assert_eq!(ring.series().count(), COLUMNS_MAX);
}
