//! When a disk will be full, or out of inodes, if it goes on as it did. Pure: remembered use and what is left today in,
//! an outlook out.
//!
//! The slope is the median of the slopes between all pairs of hours (Theil–Sen): a single bad hour does not move it.
//! It is told only when it means something: enough history since the last one-off jump (a cleanup, a large copy), a
//! rise that holds through it, larger than its noise, and an end that is not further away than the history can carry.
//! What is told stays told until it is clearly over, so that a screen does not flicker. Everything else is no forecast:
//! there is never a number without a trend behind it.
//!
//! For whoever warns ahead of time: [`Trend::of`] serves any line that fills something up.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::raw::{Stock, Supply};

/// Where the figures come from, and what they can carry.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scope {
    /// History is thinned to one median per bucket.
    bucket_s: f64,
    /// What lies further back is not looked at.
    back_s: f64,
    /// Less history than this says nothing.
    span_min_s: f64,
    /// An end further away than so many times the history is not told.
    reach: f64,
    /// Nor one further away than this.
    horizon_s: f64,
}

const HOUR_S: f64 = 3600.0;
const DAY_S: f64 = 24.0 * HOUR_S;

/// Days: for what grows slowly. A daily rhythm is in it several times over.
const SLOW: Scope = Scope {
    bucket_s: HOUR_S,
    back_s: 14.0 * DAY_S,
    span_min_s: 1.5 * DAY_S,
    reach: 10.0,
    horizon_s: 60.0 * DAY_S,
};
/// Hours: for what runs away.
const FAST: Scope = Scope {
    bucket_s: 300.0,
    back_s: 3.0 * HOUR_S,
    span_min_s: 0.75 * HOUR_S,
    reach: 4.0,
    horizon_s: 12.0 * HOUR_S,
};

/// How far back history is wanted: by the quarter of an hour, and by the minute.
pub const SLOW_BACK: Duration = Duration::from_secs(SLOW.back_s as u64);
pub const FAST_BACK: Duration = Duration::from_secs(FAST.back_s as u64);

/// Of the buckets there could be, so many must have something in them.
const COVERED_MIN: f64 = 0.5;
/// Of all pairs of buckets, rises less falls: 1 is "always up". Told from the first on, and until below the second.
const RISING_MIN: f64 = 0.6;
const STILL_RISING_MIN: f64 = 0.4;
/// What it grew by is so many times its noise.
const OVER_NOISE: f64 = 3.0;
/// In its last third it still rises by so much of what it would by the trend: what has ended is not told on.
const GOES_ON: f64 = 0.25;
/// What was told is told on a little past the horizon.
const HELD: f64 = 1.3;
/// Smaller jumps are daily life: of the whole disk.
const JUMP_SHARE: f64 = 0.005;
/// A one-off jump stands out from all others of its kind by this factor.
const JUMP_OVER: f64 = 3.0;
/// After so many cuts it is not a matter of one-offs.
const CUTS_MAX: usize = 4;

/// By the mount's path and what comes to its end.
pub type Forecasts = BTreeMap<(PathBuf, Stock), Forecast>;

/// What a disk's use lets expect, in bytes or in inodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// When it was made.
    pub at: Timestamp,
    /// Above zero.
    pub per_day: f64,
    /// The slowest and the fastest a day that its history bears out. The slowest may be 0 or less.
    pub between: (f64, f64),
    /// How much history it rests on.
    pub basis: Duration,
    /// In use by then.
    pub used: u64,
    /// What the figures wander by around the trend.
    pub noise: f64,
}

impl Forecast {
    /// Time until nothing is left, from how it is now; `None` when it is not what was foreseen any more: something was
    /// cleared away since.
    pub fn full_in(&self, now: Supply) -> Option<Duration> {
        let cleared = self.used.saturating_sub(now.used) as f64;
        if cleared > (4.0 * self.noise).max(now.whole() * JUMP_SHARE) {
            return None;
        }
        Some(Duration::from_secs_f64(now.left as f64 / self.per_day * DAY_S))
    }

    /// The same for the slowest and the fastest; the slowest may have no end.
    pub fn full_between(&self, now: Supply) -> (Duration, Option<Duration>) {
        let end = |per_day: f64| {
            let seconds = now.left as f64 / per_day * DAY_S;
            (per_day > 0.0 && seconds < 1e9).then(|| Duration::from_secs_f64(seconds))
        };
        (end(self.between.1).unwrap_or_default(), end(self.between.0))
    }

    /// The moment it is full.
    pub fn full_at(&self, now: Supply, at: Timestamp) -> Option<Timestamp> {
        at.checked_add(SignedDuration::try_from(self.full_in(now)?).ok()?).ok()
    }
}

/// One remembered value: (unix time in s, in use).
pub type Fill = (f64, f64);

/// What is to be expected of one disk. `slow` by the quarter of an hour, `fast` by the minute, each oldest first;
/// `held` is what was told last time.
pub fn forecast(
    slow: &[Fill],
    fast: &[Fill],
    now: Supply,
    held: Option<&Forecast>,
    at: Timestamp,
) -> Option<Forecast> {
    let now_s = at.as_millisecond() as f64 / 1000.0;
    // What runs away is the nearer end.
    [(fast, FAST), (slow, SLOW)].into_iter().find_map(|(points, scope)| {
        let was = held.is_some_and(|held| (held.basis.as_secs_f64() > FAST.back_s) == (scope == SLOW));
        let trend = Trend::within(points, &scope, now.whole(), now_s)?;
        let span_s = trend.span.as_secs_f64();
        let (rising, slack) = if was { (STILL_RISING_MIN, HELD) } else { (RISING_MIN, 1.0) };
        let per_day = trend.slope * DAY_S;
        let full_s = now.left as f64 / trend.slope;
        let told = now.left > 0
            && trend.slope > 0.0
            && trend.goes_on
            && trend.rising >= rising
            && trend.slope * span_s >= OVER_NOISE / slack * trend.noise
            && full_s <= scope.horizon_s.min(scope.reach * span_s) * slack;
        told.then_some(Forecast {
            at,
            per_day,
            between: (trend.between.0 * DAY_S, trend.between.1 * DAY_S),
            basis: trend.span,
            used: now.used,
            noise: trend.noise,
        })
    })
}

/// How a line went since its last one-off jump.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The median of all slopes, per second.
    pub slope: f64,
    /// Slopes between points far apart: a tenth of them is below, a tenth above.
    pub between: (f64, f64),
    /// Pairs that rise less pairs that fall, of all: -1 to 1.
    pub rising: f64,
    /// What points wander by around the line.
    pub noise: f64,
    /// The last third went on as the whole.
    pub goes_on: bool,
    pub span: Duration,
}

impl Trend {
    /// Of points (s, value), oldest first; `None` when there are not three. Jumps are not looked for.
    pub fn of(points: &[Fill]) -> Option<Trend> {
        let [(first, _), _, .., (last, _)] = points else { return None };
        let span_s = last - first;
        let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
        let mut far = Vec::new();
        let mut balance = 0i64;
        for (nth, (t, value)) in points.iter().enumerate() {
            for (later, other) in &points[nth + 1..] {
                let slope = (other - value) / (later - t);
                balance += i64::from(other > value) - i64::from(other < value);
                slopes.push(slope);
                if later - t >= span_s / 3.0 {
                    far.push(slope);
                }
            }
        }
        let pairs = slopes.len();
        let slope = quantile(&mut slopes, 0.5)?;
        let mut heights: Vec<f64> = points.iter().map(|(t, value)| value - slope * t).collect();
        let level = quantile(&mut heights, 0.5)?;
        let goes_on = lately(points) >= GOES_ON * slope * span_s / 3.0;
        let mut off: Vec<f64> = heights.iter().map(|height| (height - level).abs()).collect();
        Some(Trend {
            slope,
            between: (quantile(&mut far, 0.1)?, quantile(&mut far, 0.9)?),
            rising: balance as f64 / pairs as f64,
            // As wide as one standard deviation, where the noise is even.
            noise: 1.4826 * quantile(&mut off, 0.5)?,
            goes_on,
            span: Duration::from_secs_f64(span_s),
        })
    }

    fn within(points: &[Fill], scope: &Scope, whole: f64, now_s: f64) -> Option<Trend> {
        let young = points.iter().filter(|(t, _)| (now_s - scope.back_s..=now_s).contains(t));
        let buckets = thinned(young.copied(), scope.bucket_s);
        // History that ended long ago says nothing of today.
        let fresh = buckets.last().is_some_and(|(t, _)| now_s - t <= 3.0 * scope.bucket_s + HOUR_S / 2.0);
        let kept = since_last_jump(&buckets, whole);
        let (first, last) = (kept.first()?.0, kept.last()?.0);
        let could_be = (last - first) / scope.bucket_s + 1.0;
        let enough = last - first >= scope.span_min_s && kept.len() as f64 >= COVERED_MIN * could_be;
        if fresh && enough { Trend::of(kept) } else { None }
    }
}

/// By how much the last third rose, from three points to three points, so that one bad one does not matter.
fn lately(points: &[Fill]) -> f64 {
    let [(first, _), .., (last, _)] = points else { return 0.0 };
    let from = last - (last - first) / 3.0;
    let start = points.partition_point(|(t, _)| *t < from).min(points.len() - 1);
    let middle = |part: &[Fill]| {
        let mut values: Vec<f64> = part.iter().map(|(_, value)| *value).collect();
        quantile(&mut values, 0.5).unwrap_or_default()
    };
    middle(&points[points.len().saturating_sub(3)..])
        - middle(&points[start.saturating_sub(1)..(start + 2).min(points.len())])
}

/// One median per bucket, at the median's own time.
fn thinned(points: impl Iterator<Item = Fill>, bucket_s: f64) -> Vec<Fill> {
    let points: Vec<Fill> = points.filter(|(_, value)| value.is_finite()).collect();
    points
        .chunk_by(|a, b| (a.0 / bucket_s).floor() == (b.0 / bucket_s).floor())
        .map(|chunk| {
            let mut chunk = chunk.to_vec();
            let middle = chunk.len() / 2;
            chunk.sort_by(|a, b| a.1.total_cmp(&b.1));
            chunk[middle]
        })
        .collect()
}

/// What comes after the last jump that is the only one of its kind. What jumps again and again (a backup each night,
/// a rotation each week) is how this disk is used, and stays.
fn since_last_jump(points: &[Fill], whole: f64) -> &[Fill] {
    let mut kept = points;
    for _ in 0..CUTS_MAX {
        let Some(at) = one_off(kept, whole) else { break };
        kept = &kept[at..];
    }
    kept
}

/// Where a one-off jump ends.
fn one_off(points: &[Fill], whole: f64) -> Option<usize> {
    let usual = Trend::of(points).map_or(0.0, |trend| trend.slope);
    // Over a gap it may have grown as usual.
    let jumps: Vec<f64> =
        points.windows(2).map(|pair| pair[1].1 - pair[0].1 - usual * (pair[1].0 - pair[0].0)).collect();
    let (at, largest) = jumps.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let others =
        jumps.iter().enumerate().filter(|(nth, jump)| *nth != at && jump.signum() == largest.signum());
    let next = others.map(|(_, jump)| jump.abs()).fold(0.0, f64::max);
    (largest.abs() >= whole * JUMP_SHARE && largest.abs() >= JUMP_OVER * next).then_some(at + 1)
}

/// `part` of the values are below it. Sorts as much as it must.
fn quantile(values: &mut [f64], part: f64) -> Option<f64> {
    let nth = ((values.len().checked_sub(1)?) as f64 * part).round() as usize;
    let (_, value, _) = values.select_nth_unstable_by(nth, f64::total_cmp);
    Some(*value)
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
