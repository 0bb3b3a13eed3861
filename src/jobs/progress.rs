//! How far a job is: what its runner reports, and the rate and remaining time computed from it. Pure.
//!
//! Rates are smoothed over about ten seconds; a remaining time is told only when it means something: after a few
//! seconds, with a total that stands still.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// What a runner reports. The newest replaces all before it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The first leads: bar, rate and remaining time follow it. At most [`Progress::FIGURES_MAX`] are shown.
    pub figures: Vec<Figure>,
    /// Where the program says it itself, 0.0 to 1.0; else the first figure tells.
    pub share: Option<f32>,
    /// Where the program says it itself, in units of the first figure per second.
    pub rate: Option<f64>,
    /// Where the program says it itself, seconds.
    pub eta_s: Option<u64>,
    /// What it is at: a file's name, a package. From outside, so cut and cleaned when shown.
    pub note: Option<String>,
    /// Of a job with several parts: this one, counted from 1, of so many.
    pub step: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub done: u64,
    pub total: Option<u64>,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Bytes,
    Files,
    Packages,
    Steps,
}

impl Progress {
    pub const FIGURES_MAX: usize = 3;

    pub fn of(done: u64, total: Option<u64>, unit: Unit) -> Progress {
        Progress { figures: vec![Figure { done, total, unit }], ..Progress::default() }
    }

    /// How much of the whole is done, 0.0 to 1.0; `None` while the whole is not known.
    pub fn share(&self) -> Option<f32> {
        let told = self.share.filter(|share| share.is_finite()).map(|share| share.clamp(0.0, 1.0));
        told.or_else(|| {
            let figure = self.figures.first()?;
            let total = figure.total.filter(|total| *total > 0)?;
            Some((figure.done as f64 / total as f64).min(1.0) as f32)
        })
    }

    /// What the estimate is made of: (done, total) of the leading figure, or the share itself.
    fn measure(&self) -> Option<(f64, Option<f64>)> {
        match self.figures.first() {
            Some(figure) if figure.done > 0 || figure.total.is_some() => {
                Some((figure.done as f64, figure.total.map(|total| total as f64)))
            }
            _ => self.share().map(|share| (f64::from(share), Some(1.0))),
        }
    }
}

/// Smooths what was reported into a rate and a remaining time.
#[derive(Debug, Clone, Default)]
pub struct Estimator {
    first: Option<Instant>,
    last: Option<(Instant, f64)>,
    total: Option<(Instant, f64)>,
    /// Weighted sum of rates and its weight: together an average without the drag of an empty beginning.
    sum: f64,
    weight: f64,
}

/// What came before counts for 1/e after this long.
const SMOOTHING_S: f64 = 10.0;
/// Before this a rate is noise.
const RATE_AFTER: Duration = Duration::from_secs(2);
/// Before this a remaining time is noise.
const ETA_AFTER: Duration = Duration::from_secs(5);
/// restic counts the files while it works: a total that grew just now is no total.
const TOTAL_STILL: Duration = Duration::from_secs(3);
/// "1,200 h left" helps nobody.
const ETA_MAX_S: f64 = 30.0 * 86_400.0;

impl Estimator {
    pub fn observe(&mut self, now: Instant, progress: &Progress) {
        let Some((done, total)) = progress.measure() else { return };
        let Some((then, before)) = self.last else {
            self.begin(now, done, total);
            return;
        };
        if done < before {
            // The next part of the job counts from the start again.
            self.begin(now, done, total);
            return;
        }
        let passed = now.duration_since(then).as_secs_f64();
        if passed > 0.0 {
            let keep = (-passed / SMOOTHING_S).exp();
            self.sum = self.sum * keep + (done - before) / passed * (1.0 - keep);
            self.weight = self.weight * keep + (1.0 - keep);
            self.last = Some((now, done));
        }
        self.total = match (self.total, total) {
            (Some((since, old)), Some(new)) if old == new => Some((since, new)),
            (_, Some(new)) => Some((now, new)),
            (_, None) => None,
        };
    }

    fn begin(&mut self, now: Instant, done: f64, total: Option<f64>) {
        *self = Estimator {
            first: Some(now),
            last: Some((now, done)),
            total: total.map(|total| (now, total)),
            sum: 0.0,
            weight: 0.0,
        };
    }

    /// Units per second; for a job that reports only its share, shares per second.
    pub fn rate(&self) -> Option<f64> {
        let (first, (last, _)) = (self.first?, self.last?);
        (last.duration_since(first) >= RATE_AFTER && self.weight > 0.0).then(|| self.sum / self.weight)
    }

    pub fn eta(&self) -> Option<Duration> {
        let (first, (last, done), (still_since, total)) = (self.first?, self.last?, self.total?);
        if last.duration_since(first) < ETA_AFTER || last.duration_since(still_since) < TOTAL_STILL {
            return None;
        }
        let rate = self.rate().filter(|rate| *rate > 0.0)?;
        let seconds = (total - done).max(0.0) / rate;
        (seconds <= ETA_MAX_S).then(|| Duration::from_secs_f64(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// Feeds one report a second: (done, total) in MiB. Answers rate (MiB/s) and remaining seconds after each.
    fn feed(reports: impl IntoIterator<Item = (u64, Option<u64>)>) -> Vec<(Option<f64>, Option<u64>)> {
        let start = Instant::now();
        let mut estimator = Estimator::default();
        let told = reports.into_iter().enumerate().map(|(second, (done, total))| {
            let progress = Progress::of(done * MIB, total.map(|total| total * MIB), Unit::Bytes);
            estimator.observe(start + Duration::from_secs(second as u64), &progress);
            let rate = estimator.rate().map(|rate| (rate / MIB as f64 * 10.0).round() / 10.0);
            (rate, estimator.eta().map(|eta| eta.as_secs()))
        });
        told.collect()
    }

    #[test]
    fn a_steady_job_is_told_exactly_once_there_is_something_to_tell() {
        let told = feed((0..=6).map(|second| (second * 10, Some(1000))));
        assert_eq!(told[..2], [(None, None), (None, None)]);
        assert_eq!(told[2], (Some(10.0), None));
        assert_eq!(told[5], (Some(10.0), Some(95)));
        assert_eq!(told[6], (Some(10.0), Some(94)));
    }

    #[test]
    fn bursts_are_smoothed() {
        // 20 MiB every second second: the rate stays near 10.
        let told = feed((0..60).map(|second| (second / 2 * 20, Some(10_000))));
        for (rate, _) in &told[20..] {
            assert!((8.5..11.5).contains(&rate.unwrap()), "{rate:?}");
        }
    }

    #[test]
    fn a_job_that_stalls_gets_slower_instead_of_staying_at_its_last_rate() {
        let told = feed((0..60).map(|second| (second.min(20) * 10, Some(1000))));
        let rates: Vec<f64> = told[20..].iter().map(|(rate, _)| rate.unwrap()).collect();
        assert!(rates.windows(2).all(|pair| pair[1] <= pair[0]));
        assert!(rates[39] < 0.5, "{}", rates[39]);
        assert!(told[59].1.unwrap() > 1000);
    }

    #[test]
    fn a_total_that_still_grows_gives_no_remaining_time() {
        let told = feed((0..20).map(|second| (second * 10, Some(1000 + second.min(10) * 50))));
        assert!(told[..13].iter().all(|(_, eta)| eta.is_none()), "{told:?}");
        assert!(told[13].1.is_some(), "{told:?}");
    }

    #[test]
    fn a_new_part_that_counts_from_zero_starts_the_estimate_anew() {
        let told = feed((0..10).map(|second| (second * 10, Some(100))).chain((0..3).map(|s| (s, Some(50)))));
        assert_eq!(told[9].0, Some(10.0));
        assert_eq!(told[10], (None, None));
        assert_eq!(told[12].0, Some(1.0));
    }

    #[test]
    fn a_job_without_a_total_has_a_rate_only() {
        let told = feed((0..30).map(|second| (second * 10, None)));
        assert_eq!(told[29], (Some(10.0), None));
    }

    #[test]
    fn a_share_alone_gives_a_remaining_time() {
        let start = Instant::now();
        let mut estimator = Estimator::default();
        for second in 0..=10 {
            let progress = Progress { share: Some(second as f32 * 0.02), ..Progress::default() };
            estimator.observe(start + Duration::from_secs(second), &progress);
        }
        assert_eq!(estimator.eta().map(|eta| eta.as_secs_f64().round()), Some(40.0));
    }

    #[test]
    fn a_share_is_of_a_known_whole_and_never_more_than_it() {
        for (progress, want) in [
            (Progress::default(), None),
            (Progress::of(5, None, Unit::Files), None),
            (Progress::of(5, Some(0), Unit::Files), None),
            (Progress::of(5, Some(10), Unit::Files), Some(0.5)),
            (Progress::of(15, Some(10), Unit::Files), Some(1.0)),
            (Progress { share: Some(1.7), ..Progress::default() }, Some(1.0)),
            (Progress { share: Some(f32::NAN), ..Progress::default() }, None),
        ] {
            assert_eq!(progress.share(), want, "{progress:?}");
        }
    }
}
