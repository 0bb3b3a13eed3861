//! Faults on purpose, to watch the healing: a named actor fails, hangs or panics, once or again and again.
//! Only with the cargo feature `faults`; without it a plan is always empty and costs nothing.
//!
//! Grammar: `ACTOR:KIND:WHEN[:TIMES]`, joined by commas. KIND is `fail`, `hang` or `panic`. WHEN is a duration, counted
//! from each start of the actor ("1s"), or `once` (one second after its first start). TIMES: only so many starts go
//! wrong ("metrics:panic:1s:5"); without it, all do.

use std::time::Duration;
#[cfg(feature = "faults")]
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "faults"), expect(dead_code, reason = "no plan can name one"))]
pub enum Kind {
    /// A handler returns an error.
    Fail,
    /// A handler never ends.
    Hang,
    Panic,
}

/// What shall go wrong in one actor.
#[derive(Debug, Clone)]
pub struct Fault {
    pub kind: Kind,
    pub after: Duration,
    #[cfg(feature = "faults")]
    left: Option<Arc<AtomicU32>>,
}

/// The plan for a whole tree, by actor.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    #[cfg(feature = "faults")]
    by_actor: BTreeMap<String, Fault>,
}

#[cfg(feature = "faults")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a fault: write ACTOR:fail|hang|panic:DURATION[:TIMES] or ACTOR:fail|hang|panic:once")]
pub struct FaultError(pub String);

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Faults {
        Faults::default()
    }

    #[cfg(feature = "faults")]
    pub fn parse(text: &str) -> Result<Faults, FaultError> {
        let mut by_actor = BTreeMap::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let bad = || FaultError(entry.chars().take(80).collect());
            let parts: Vec<&str> = entry.split(':').collect();
            let (actor, kind, when, times) = match parts[..] {
                [actor, kind, when] => (actor, kind, when, None),
                [actor, kind, when, times] => (actor, kind, when, Some(times.parse().map_err(|_| bad())?)),
                _ => return Err(bad()),
            };
            let kind = match kind {
                "fail" => Kind::Fail,
                "hang" => Kind::Hang,
                "panic" => Kind::Panic,
                _ => return Err(bad()),
            };
            let (after, times) = match (when, times) {
                ("once", None) => (Duration::from_secs(1), Some(1)),
                (when, times) => (crate::domain::parse_duration(when).map_err(|_| bad())?, times),
            };
            let fault = Fault { kind, after, left: times.map(|times| Arc::new(AtomicU32::new(times))) };
            by_actor.insert(actor.to_owned(), fault);
        }
        Ok(Faults { by_actor })
    }

    /// The fault of this start of the actor, if any. One that is to happen so many times is given out so many times.
    #[cfg(feature = "faults")]
    pub(super) fn take(&self, actor: &str) -> Option<Fault> {
        let fault = self.by_actor.get(actor)?;
        let take_one = |left: &Arc<AtomicU32>| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        };
        fault.left.as_ref().is_none_or(take_one).then(|| fault.clone())
    }

    #[cfg(not(feature = "faults"))]
    pub(super) fn take(&self, _actor: &str) -> Option<Fault> {
        None
    }
}

#[cfg(all(test, feature = "faults"))]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_or_refused_with_the_entry_that_is_wrong() {
        let faults = Faults::parse("metrics:panic:1s, services:hang:once,").expect("a plan");
        assert!(faults.take("metrics").is_some_and(|f| f.kind == Kind::Panic && f.after.as_secs() == 1));
        assert!(faults.take("metrics").is_some(), "again at each start");
        assert!(faults.take("services").is_some_and(|f| f.kind == Kind::Hang));
        assert!(faults.take("services").is_none(), "once");
        let faults = Faults::parse("store:fail:300ms:2").expect("a plan");
        let given: Vec<bool> = (0..4).map(|_| faults.take("store").is_some()).collect();
        assert_eq!(given, [true, true, false, false]);
        assert!(faults.take("backup").is_none());
        for bad in [
            "metrics",
            "metrics:panic",
            "metrics:burn:1s",
            "metrics:panic:soon",
            "a:panic:1s:x",
            "a:panic:once:2",
        ] {
            assert_eq!(Faults::parse(bad).expect_err(bad).0, bad);
        }
    }
}
