//! Random crashes, reloads, requests and late messages against the plan, with a small world that obeys its effects.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::supervision::retry::RetryPolicy;

const IDS: [&str; 4] = ["store", "audit", "metrics", "gateway"];
const S: fn(u64) -> Duration = Duration::from_secs;

#[derive(Debug, Clone)]
enum Step {
    /// Per id: absent, or a version of its config.
    Apply([Option<u8>; 4]),
    Add(usize),
    Remove(usize),
    Restart(usize),
    /// What is starting or running of this id comes to this end.
    End(usize, End),
    /// What is starting of this id has started.
    Started(usize),
    /// The armed timer of this id goes off.
    Due(usize),
    /// Messages of the past: numbers that are not current.
    Stale(usize, u64),
    Pass(u16),
    StopAll,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Crash,
    Killed,
    Finished,
    NotStarted,
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..IDS.len();
    prop_oneof![
        3 => prop::array::uniform4(prop::option::weighted(0.7, 0..3u8)).prop_map(Step::Apply),
        1 => id.clone().prop_map(Step::Add),
        1 => id.clone().prop_map(Step::Remove),
        2 => id.clone().prop_map(Step::Restart),
        8 => (id.clone(), prop_oneof![
            4 => Just(End::Crash), 1 => Just(End::Killed), 1 => Just(End::Finished), 1 => Just(End::NotStarted)
        ]).prop_map(|(id, end)| Step::End(id, end)),
        8 => id.clone().prop_map(Step::Started),
        6 => id.clone().prop_map(Step::Due),
        2 => (id, 0..40u64).prop_map(|(id, back)| Step::Stale(id, back)),
        3 => (0..40_000u16).prop_map(Step::Pass),
        1 => Just(Step::StopAll),
    ]
}

/// What the effects made of it.
struct World {
    plan: Plan,
    dice: Dice,
    at: Moment,
    /// Instances that have not ended: run, and whether they were told to stop.
    alive: BTreeMap<String, (u64, bool)>,
    armed: BTreeMap<String, u64>,
    desired: BTreeSet<String>,
    told_parked: BTreeSet<String>,
    stopped: bool,
    told_stopped: u32,
}

impl World {
    fn new() -> World {
        World {
            plan: Plan::default(),
            dice: Dice::new(7),
            at: Moment { instant: Instant::now(), wall: Timestamp::UNIX_EPOCH },
            alive: BTreeMap::new(),
            armed: BTreeMap::new(),
            desired: BTreeSet::new(),
            told_parked: BTreeSet::new(),
            stopped: false,
            told_stopped: 0,
        }
    }

    fn obey(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start { id, run } => {
                    assert!(!self.stopped, "{id} was started after everything was stopped");
                    assert!(self.desired.contains(&id), "{id} came back");
                    let before = self.alive.insert(id.clone(), (run, false));
                    assert_eq!(before, None, "two instances of {id}");
                }
                Effect::Bind { id, run } => assert_eq!(self.alive.get(&id), Some(&(run, false)), "{id}"),
                Effect::Stop { id, run, .. } => {
                    assert_eq!(self.alive.insert(id, (run, true)).map(|(was, _)| was), Some(run));
                }
                Effect::Kill { id, run } => assert_eq!(self.alive.get(&id), Some(&(run, true)), "{id}"),
                Effect::Arm { id, turn, .. } => drop(self.armed.insert(id, turn)),
                Effect::Disarm { id } => drop(self.armed.remove(&id)),
                Effect::Reconfigure { id } => {
                    let fx = self.plan.reconfigure_refused(&id, self.at);
                    self.obey(fx);
                }
                Effect::Forget { id } => {
                    assert!(!self.alive.contains_key(&id), "{id} was forgotten alive");
                    self.armed.remove(&id);
                }
                Effect::Tell(failure) => {
                    assert!(!failure.why.to_string().is_empty());
                    if failure.parked {
                        self.told_parked.insert(failure.id);
                    }
                }
                Effect::Well { id, .. } => {
                    assert!(self.told_parked.remove(&id), "{id} was never told as parked")
                }
                Effect::AllStopped { .. } => self.told_stopped += 1,
            }
        }
    }

    fn take(&mut self, step: Step) {
        self.at = self.at.later(Duration::from_millis(50));
        match step {
            Step::Apply(versions) => {
                let wanted: Vec<Desired> = IDS
                    .iter()
                    .zip(versions)
                    .filter_map(|(id, version)| Some(desired(id, version?)))
                    .collect();
                let ids = wanted.iter().map(|want| want.id.clone()).collect();
                if let Ok((_, fx)) = self.plan.apply(wanted, self.at) {
                    self.desired = ids;
                    self.obey(fx);
                }
            }
            Step::Add(i) => {
                if let Ok(fx) = self.plan.add(desired(IDS[i], 0)) {
                    assert!(self.desired.insert(IDS[i].into()), "a second {}", IDS[i]);
                    self.obey(fx);
                }
            }
            Step::Remove(i) => match self.plan.remove(IDS[i]) {
                Ok(fx) => {
                    assert!(self.desired.remove(IDS[i]));
                    self.obey(fx);
                }
                Err(_) => assert!(self.stopped || !self.desired.contains(IDS[i])),
            },
            Step::Restart(i) => {
                let fx = self.plan.restart(IDS[i], self.at);
                assert_eq!(fx.is_ok(), !self.stopped && self.desired.contains(IDS[i]));
                self.obey(fx.unwrap_or_default());
            }
            Step::End(i, end) => self.end(IDS[i], end),
            Step::Started(i) => {
                if let Some((run, _)) = self.alive.get(IDS[i]).copied() {
                    let fx = self.plan.started(IDS[i], run, self.at);
                    self.obey(fx);
                }
            }
            Step::Due(i) => {
                if let Some(turn) = self.armed.remove(IDS[i]) {
                    let fx = self.plan.due(IDS[i], turn, self.at);
                    self.obey(fx);
                }
            }
            Step::Stale(i, back) => {
                let old = self.plan.numbers.saturating_sub(back);
                if self.armed.get(IDS[i]) != Some(&old) {
                    assert_eq!(self.plan.due(IDS[i], old, self.at), [], "a stale timer");
                }
                if self.alive.get(IDS[i]).map(|(run, _)| *run) != Some(old) {
                    let fx = self.plan.ended(IDS[i], old, Ending::Killed, self.at, &mut self.dice);
                    assert_eq!(fx, [], "a stale end");
                    assert_eq!(self.plan.started(IDS[i], old, self.at), [], "a stale start");
                }
            }
            Step::Pass(ms) => self.at = self.at.later(Duration::from_millis(ms.into())),
            Step::StopAll => {
                self.stopped = true;
                let fx = self.plan.stop_all(S(8), self.at);
                self.obey(fx);
            }
        }
        self.check();
    }

    fn end(&mut self, id: &str, end: End) {
        let Some((run, _)) = self.alive.remove(id) else { return };
        let how = match end {
            End::Crash => Ending::Failed("index out of range".into()),
            End::Killed => Ending::Killed,
            End::Finished => Ending::Finished(None),
            End::NotStarted => Ending::NotStarted("no device".into()),
        };
        let fx = self.plan.ended(id, run, how, self.at, &mut self.dice);
        self.obey(fx);
    }

    fn check(&self) {
        let mut seen = BTreeSet::new();
        for child in self.plan.children() {
            let id = &child.desired.id;
            assert!(seen.insert(id), "{id} is in the plan twice");
            // One that blocks its thread past everything is written off, but still is there.
            if child.phase != Phase::Off {
                assert_eq!(child.run, self.alive.get(id).map(|(run, _)| *run), "{id}: {:?}", child.phase);
            }
            assert!(child.past.len() <= INCIDENTS_MAX);
            match &child.phase {
                Phase::Starting | Phase::Running => assert!(child.run.is_some(), "{id}"),
                Phase::Waiting => assert_eq!(child.run, None, "{id}"),
                Phase::BackOff { .. } => {
                    assert_eq!(self.armed.get(id), Some(&child.turn), "{id} would never be tried again");
                }
                Phase::Parked { why, until, .. } => {
                    assert!(!why.to_string().is_empty(), "{id} is parked without a reason");
                    assert!(until.is_some() && self.armed.get(id) == Some(&child.turn), "{id}");
                }
                Phase::Stopping { killed, .. } => {
                    assert!(child.run.is_some(), "{id} is waited for and gone");
                    assert!(*killed || self.armed.get(id) == Some(&child.turn), "{id} may hang for ever");
                }
                Phase::Off => assert!(self.stopped, "{id}"),
            }
            assert!(
                self.desired.contains(id) || child.leaving() || self.stopped,
                "{id} stays though removed"
            );
        }
        for id in &self.desired {
            assert!(seen.contains(id), "{id} was forgotten");
        }
    }

    /// From here on everything goes well: starts succeed, stops are heeded, timers go off.
    fn settle(&mut self) {
        for _ in 0..200 {
            for (i, id) in IDS.iter().enumerate() {
                match self.alive.get(*id) {
                    Some((_, true)) => self.end(id, End::Finished),
                    Some((_, false)) => {
                        self.take(Step::Started(i));
                        self.take(Step::Due(i));
                    }
                    None => self.take(Step::Due(i)),
                }
            }
        }
    }
}

fn desired(id: &str, version: u8) -> Desired {
    Desired {
        id: id.to_owned(),
        fingerprint: version.into(),
        config: None,
        policy: RetryPolicy::child(),
        grace: S(2),
        live: version == 2,
        once: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold_and_in_the_end_all_that_is_desired_runs(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.settle();
        if world.stopped {
            prop_assert_eq!(world.told_stopped, 1, "the end of everything is told once");
            prop_assert!(world.alive.is_empty());
        } else {
            let running: BTreeSet<String> = world.plan.children().iter()
                .filter(|child| child.phase == Phase::Running)
                .map(|child| child.desired.id.clone())
                .collect();
            prop_assert_eq!(&running, &world.desired);
            prop_assert!(world.plan.settled());
            prop_assert_eq!(&world.told_parked, &BTreeSet::new(), "what was told as parked is told as well");
        }
    }
}

#[test]
fn one_in_back_off_stays_down_when_everything_stops() {
    let mut world = World::new();
    world.take(Step::Apply([Some(0), None, Some(0), None]));
    world.take(Step::End(0, End::Crash));
    world.take(Step::StopAll);
    world.take(Step::Due(0));
    assert!(matches!(world.plan.children()[0].phase, Phase::Off));
    world.settle();
    assert_eq!(world.told_stopped, 1);
}
