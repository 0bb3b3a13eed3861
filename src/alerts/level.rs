//! One figure against one threshold: above for long enough, then below the lower mark for a while. Pure.

use jiff::{SignedDuration, Timestamp};

use super::config::Threshold;

/// Readings further apart than this do not make a continuous while: the machine slept, the sensor was away.
pub const GAP_MAX: SignedDuration = SignedDuration::from_secs(90);
/// For this long it must be below the lower mark, or for as long as it had to be above, whichever is shorter.
const CLEAR_AFTER_MAX: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    above_since: Option<Timestamp>,
    below_since: Option<Timestamp>,
    last: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    AsBefore,
    /// It has been above since then, long enough.
    Raise {
        since: Timestamp,
    },
    Clear,
}

impl Watch {
    /// `living`: it is warned of at the moment.
    pub fn judge(&mut self, living: bool, value: f32, at: Timestamp, rule: Threshold) -> Verdict {
        if self.last.is_some_and(|last| at.duration_since(last) > GAP_MAX || at < last) {
            *self = Watch::default();
        }
        self.last = Some(at);
        let lasting = SignedDuration::try_from(rule.lasting).unwrap_or(SignedDuration::MAX);
        if living {
            self.above_since = None;
            if value >= rule.clear_below {
                self.below_since = None;
                return Verdict::AsBefore;
            }
            let since = *self.below_since.get_or_insert(at);
            let long_enough = at.duration_since(since) >= lasting.min(CLEAR_AFTER_MAX);
            if long_enough { Verdict::Clear } else { Verdict::AsBefore }
        } else {
            self.below_since = None;
            if value < rule.above {
                self.above_since = None;
                return Verdict::AsBefore;
            }
            let since = *self.above_since.get_or_insert(at);
            if at.duration_since(since) >= lasting { Verdict::Raise { since } } else { Verdict::AsBefore }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RULE: Threshold = Threshold { above: 90.0, clear_below: 80.0, lasting: Duration::from_secs(300) };

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    /// Every 15 s a value; answers the seconds at which something came of it.
    fn told(rule: Threshold, values: impl IntoIterator<Item = f32>) -> Vec<(i64, bool)> {
        let (mut watch, mut living, mut told) = (Watch::default(), false, Vec::new());
        for (number, value) in values.into_iter().enumerate() {
            let second = number as i64 * 15;
            match watch.judge(living, value, at(second), rule) {
                Verdict::AsBefore => {}
                Verdict::Raise { since } => {
                    assert!(at(second).duration_since(since).as_secs() >= rule.lasting.as_secs() as i64);
                    (living, ()) = (true, told.push((second, true)));
                }
                Verdict::Clear => (living, ()) = (false, told.push((second, false))),
            }
        }
        told
    }

    fn stretch(value: f32, seconds: usize) -> impl Iterator<Item = f32> {
        std::iter::repeat_n(value, seconds / 15)
    }

    #[test]
    fn what_lasts_is_raised_and_cleared_once() {
        let values = stretch(95.0, 600).chain(stretch(50.0, 600));
        assert_eq!(told(RULE, values), [(300, true), (660, false)]);
    }

    #[test]
    fn a_peak_is_nothing_and_a_dip_starts_the_while_anew() {
        assert_eq!(told(RULE, stretch(95.0, 285).chain(stretch(50.0, 600))), []);
        let dipped = stretch(95.0, 285).chain(stretch(89.0, 15)).chain(stretch(95.0, 300));
        assert_eq!(told(RULE, dipped), []);
    }

    #[test]
    fn between_the_marks_nothing_changes() {
        let wavering = (0..400).map(|n| if n % 2 == 0 { 91.0 } else { 81.0 });
        let values = stretch(95.0, 315).chain(wavering.clone());
        assert_eq!(told(RULE, values), [(300, true)]);
        assert_eq!(told(RULE, wavering), []);
    }

    #[test]
    fn a_short_dip_below_does_not_clear() {
        let values = stretch(95.0, 315).chain(stretch(50.0, 45)).chain(stretch(95.0, 300));
        assert_eq!(told(RULE, values), [(300, true)]);
    }

    #[test]
    fn without_a_while_it_is_told_at_once() {
        let rule = Threshold { lasting: Duration::ZERO, ..RULE };
        assert_eq!(told(rule, [10.0, 95.0, 10.0]), [(15, true), (30, false)]);
    }

    #[test]
    fn a_night_asleep_is_no_while() {
        let mut watch = Watch::default();
        assert_eq!(watch.judge(false, 95.0, at(0), RULE), Verdict::AsBefore);
        assert_eq!(watch.judge(false, 95.0, at(8 * 3600), RULE), Verdict::AsBefore);
        // Neither is a clock that was put back.
        assert_eq!(watch.judge(false, 95.0, at(3600), RULE), Verdict::AsBefore);
        assert_eq!(watch.judge(false, 95.0, at(3600 + 60), RULE), Verdict::AsBefore);
    }
}
