//! The transitions of one child, and of all of them at the end.

use std::time::Duration;

use super::{
    super::{
        crew::{Cause, Ending},
        retry::{Dice, Verdict},
    },
    Applied, Child, Desired, Effect, Failure, KILL_PATIENCE, Moment, Phase, Plan, Then,
};

impl Plan {
    /// A child that stays desired, perhaps with another config.
    pub(super) fn update(
        &mut self,
        child: &mut Child,
        want: Desired,
        at: Moment,
        out: &mut Applied,
        fx: &mut Vec<Effect>,
    ) {
        let (same, was_leaving, id) = (child.desired.same(&want), child.leaving(), want.id.clone());
        // The running one ends with the patience it was started with.
        let grace = child.desired.grace;
        child.desired = want;
        if same && !was_leaving {
            return out.unchanged.push(id);
        }
        child.tries.forget();
        match &mut child.phase {
            Phase::Running | Phase::Starting if child.desired.live => {
                fx.push(Effect::Reconfigure { id: id.clone() });
                return out.reconfigured.push(id);
            }
            Phase::Running | Phase::Starting => {
                child.note(at, Cause::Replaced);
                child.stop(Then::Start, grace, self.number(), fx);
            }
            Phase::Stopping { then, .. } => *then = Then::Start,
            Phase::BackOff { .. } | Phase::Parked { .. } => {
                child.turn = self.number();
                fx.push(Effect::Disarm { id: id.clone() });
                child.phase = Phase::Waiting;
            }
            Phase::Waiting | Phase::Off => {}
        }
        if was_leaving { out.started.push(id) } else { out.replaced.push(id) }
    }

    /// Whether it is kept until it has ended.
    pub(super) fn leave(&mut self, child: &mut Child, fx: &mut Vec<Effect>) -> bool {
        match &mut child.phase {
            Phase::Running | Phase::Starting => {
                child.stop(Then::Remove, child.desired.grace, self.number(), fx);
                true
            }
            Phase::Stopping { then, .. } => {
                *then = Then::Remove;
                true
            }
            Phase::Waiting | Phase::BackOff { .. } | Phase::Parked { .. } | Phase::Off => {
                child.forget(fx);
                false
            }
        }
    }

    /// First starts go in order, each when the one before has started or failed. Retries wait for nobody.
    pub(super) fn launch_in_order(&mut self, fx: &mut Vec<Effect>) {
        if self.stopping.is_some() {
            return;
        }
        for index in 0..self.children.len() {
            match self.children[index].phase {
                Phase::Starting if self.children[index].starts == 1 => return,
                Phase::Waiting => {
                    let first = self.children[index].starts == 0;
                    self.launch(index, fx);
                    if first {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn launch(&mut self, index: usize, fx: &mut Vec<Effect>) {
        let (run, turn) = (self.number(), self.number());
        let child = &mut self.children[index];
        child.phase = Phase::Starting;
        child.run = Some(run);
        child.turn = turn;
        child.started = None;
        child.starts = child.starts.saturating_add(1);
        fx.push(Effect::Disarm { id: child.desired.id.clone() });
        fx.push(Effect::Start { id: child.desired.id.clone(), run });
    }

    pub(super) fn failed(
        &mut self,
        index: usize,
        how: Ending,
        at: Moment,
        dice: &mut Dice,
        fx: &mut Vec<Effect>,
    ) {
        let turn = self.number();
        let child = &mut self.children[index];
        let ran = child.started.take().map_or(Duration::ZERO, |s| at.instant.duration_since(s.instant));
        child.note(at, Cause::Failed(how.clone()));
        child.turn = turn;
        let verdict = child.tries.failed(&child.desired.policy, ran, at.instant, dice);
        let after = match verdict {
            Verdict::Again { after } => {
                child.phase = Phase::BackOff { until: at.later(after) };
                Some(after)
            }
            Verdict::GaveUp { failures, retry_after } => {
                let until = retry_after.map(|after| at.later(after));
                child.phase = Phase::Parked { since: at, why: how.clone(), failures, until };
                retry_after
            }
        };
        let id = child.desired.id.clone();
        if let Some(after) = after {
            fx.push(Effect::Arm { id: id.clone(), turn, after });
        }
        let parked = matches!(child.phase, Phase::Parked { .. });
        child.told_parked |= parked;
        fx.push(Effect::Tell(Failure { id, why: how, restarts: child.restarts(), parked }));
    }

    /// A child with an end came to it.
    pub(super) fn over(&mut self, index: usize, how: Ending, fx: &mut Vec<Effect>) {
        let child = self.children.remove(index);
        let (id, restarts) = (child.desired.id.clone(), child.restarts());
        if !matches!(how, Ending::Finished(_)) {
            fx.push(Effect::Tell(Failure { id: id.clone(), why: how, restarts, parked: false }));
        }
        fx.push(Effect::Forget { id });
    }

    /// One that we stopped has ended.
    pub(super) fn gone(
        &mut self,
        index: usize,
        then: Then,
        killed: bool,
        how: Ending,
        at: Moment,
        fx: &mut Vec<Effect>,
    ) {
        let child = &mut self.children[index];
        fx.push(Effect::Disarm { id: child.desired.id.clone() });
        // A crash on the way out is not held against it, but is not hidden either.
        if !killed && !matches!(how, Ending::Finished(_) | Ending::Killed) {
            child.note(at, Cause::Failed(how));
        }
        if self.stopping.is_some() {
            self.children[index].phase = Phase::Off;
            return self.stop_next(at, fx);
        }
        match then {
            Then::Start => self.launch(index, fx),
            Then::Remove => {
                self.children.remove(index).forget(fx);
            }
        }
    }

    pub(super) fn kill(&mut self, index: usize, at: Moment, fx: &mut Vec<Effect>) {
        let turn = self.number();
        let child = &mut self.children[index];
        let Phase::Stopping { killed, .. } = &mut child.phase else { return };
        *killed = true;
        let within = child.patience;
        child.note(at, Cause::Failed(Ending::NotStopped(within)));
        child.turn = turn;
        let Some(run) = child.run else { return };
        let id = child.desired.id.clone();
        fx.push(Effect::Kill { id: id.clone(), run });
        fx.push(Effect::Arm { id: id.clone(), turn, after: KILL_PATIENCE });
        if let Some(all) = &mut self.stopping {
            all.killed.push(id);
        }
    }

    pub(super) fn stop_next(&mut self, at: Moment, fx: &mut Vec<Effect>) {
        let Some(until) = self.stopping.as_ref().map(|all| all.until) else { return };
        let left = until.saturating_duration_since(at.instant);
        for index in (0..self.children.len()).rev() {
            let turn = self.number();
            let child = &mut self.children[index];
            match child.phase {
                Phase::Off | Phase::Waiting | Phase::BackOff { .. } | Phase::Parked { .. } => {}
                Phase::Starting | Phase::Running => {
                    child.stop(Then::Remove, child.desired.grace.min(left / 2), turn, fx);
                    if !left.is_zero() {
                        return;
                    }
                    self.kill(index, at, fx);
                }
                Phase::Stopping { killed, .. } => match (left.is_zero(), killed) {
                    (false, _) => return,
                    (true, false) => self.kill(index, at, fx),
                    (true, true) => {}
                },
            }
        }
        let all_off = self.children.iter().all(|c| c.phase == Phase::Off);
        if let Some(all) = self.stopping.as_mut().filter(|all| all_off && !all.told) {
            all.told = true;
            fx.push(Effect::AllStopped { killed: all.killed.clone() });
        }
    }
}
