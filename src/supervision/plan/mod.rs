//! The pure heart of supervision: which children are desired, what each one does, and what follows from an input.
//! Inputs come with their time; what is to be done goes out as [`Effect`]s, which `supervisor.rs` executes.
//!
//! Invariants (held by the property test): never two instances of one id alive · a removed child stays removed · a
//! parked one has its reason · after [`Plan::stop_all`] nothing starts. Stale inputs are told by their numbers: `run`
//! names one instance, `turn` one armed timer.

mod child;
mod moves;
#[cfg(test)]
mod props;

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

pub(super) use child::{Child, Config, Desired, Phase, Then};

use super::{
    crew::{Cause, Ending, Incident},
    retry::Dice,
};

/// After a kill: how long until an actor that blocks its thread is given up when everything stops.
pub(super) const KILL_PATIENCE: Duration = Duration::from_millis(500);

/// A parked one that is tried again is well when it has held for this long.
pub(super) const STEADY: Duration = Duration::from_secs(10);

/// Both clocks, as the actor read them together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub instant: Instant,
    pub wall: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    Start {
        id: String,
        run: u64,
    },
    /// It has started: open its port.
    Bind {
        id: String,
        run: u64,
    },
    /// Close its port and ask it to end, which it may take `within` for.
    Stop {
        id: String,
        run: u64,
        within: Duration,
    },
    Kill {
        id: String,
        run: u64,
    },
    /// The one timer of this child; what was armed before is void.
    Arm {
        id: String,
        turn: u64,
        after: Duration,
    },
    Disarm {
        id: String,
    },
    /// Hand the new spec's config to the running instance.
    Reconfigure {
        id: String,
    },
    /// The child is gone: drop what is kept for it.
    Forget {
        id: String,
    },
    Tell(Failure),
    /// One that was told as parked is well again, or gone (`removed`).
    Well {
        id: String,
        removed: bool,
    },
    /// All are down; these had to be killed.
    AllStopped {
        killed: Vec<String>,
    },
}

/// For the log, the audit trail and the alerts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    pub id: String,
    pub why: Ending,
    pub restarts: u32,
    pub parked: bool,
}

/// What an `Apply` found to do, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    pub started: Vec<String>,
    /// Stopped, then started with the new config.
    pub replaced: Vec<String>,
    /// Took its new config without a stop.
    pub reconfigured: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: Vec<String>,
}

/// Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("two actors are named {0:?}")]
    Duplicate(String),
    #[error("no actor is named {0:?}")]
    Unknown(String),
    #[error("Cockpit is stopping")]
    Stopping,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order of start. Those leaving come last, so that they are stopped first.
    children: Vec<Child>,
    numbers: u64,
    stopping: Option<StopAll>,
}

#[derive(Debug)]
struct StopAll {
    until: Instant,
    killed: Vec<String>,
    told: bool,
}

impl Plan {
    pub fn children(&self) -> &[Child] {
        &self.children
    }

    /// Nothing is on its way: all run, or wait for a retry, or are parked.
    pub fn settled(&self) -> bool {
        !self
            .children
            .iter()
            .any(|c| matches!(c.phase, Phase::Waiting | Phase::Starting | Phase::Stopping { .. }))
    }

    /// From now on exactly these are desired. What is the same is left alone.
    pub fn apply(&mut self, desired: Vec<Desired>, at: Moment) -> Result<(Applied, Vec<Effect>), Refused> {
        let mut ids = BTreeSet::new();
        if let Some(twice) = desired.iter().find(|d| !ids.insert(d.id.clone())) {
            return Err(Refused::Duplicate(twice.id.clone()));
        }
        if self.stopping.is_some() {
            return Err(Refused::Stopping);
        }
        let (mut applied, mut fx) = (Applied::default(), Vec::new());
        let mut before = std::mem::take(&mut self.children);
        for want in desired {
            let known = before.iter().position(|c| c.desired.id == want.id).map(|i| before.remove(i));
            match known {
                None => {
                    applied.started.push(want.id.clone());
                    self.children.push(Child::new(want));
                }
                Some(mut child) => {
                    self.update(&mut child, want, at, &mut applied, &mut fx);
                    self.children.push(child);
                }
            }
        }
        for mut child in before {
            if !child.leaving() {
                applied.removed.push(child.desired.id.clone());
            }
            if self.leave(&mut child, &mut fx) {
                self.children.push(child);
            }
        }
        self.launch_in_order(&mut fx);
        Ok((applied, fx))
    }

    /// One more, last in order.
    pub fn add(&mut self, want: Desired) -> Result<Vec<Effect>, Refused> {
        if self.stopping.is_some() {
            return Err(Refused::Stopping);
        }
        // An id that is still leaving is taken too: its new owner would inherit the old one's end.
        if self.find(&want.id).is_some() {
            return Err(Refused::Duplicate(want.id));
        }
        self.children.push(Child::new(want));
        let mut fx = Vec::new();
        self.launch_in_order(&mut fx);
        Ok(fx)
    }

    pub fn remove(&mut self, id: &str) -> Result<Vec<Effect>, Refused> {
        let index = self.staying(id)?;
        let mut fx = Vec::new();
        let mut child = self.children.remove(index);
        if self.leave(&mut child, &mut fx) {
            self.children.push(child);
        }
        self.launch_in_order(&mut fx);
        Ok(fx)
    }

    /// Forget its failures and start it; stop it first if it runs.
    pub fn restart(&mut self, id: &str, at: Moment) -> Result<Vec<Effect>, Refused> {
        let index = self.staying(id)?;
        let mut fx = Vec::new();
        let turn = self.number();
        let child = &mut self.children[index];
        child.tries.forget();
        match child.phase {
            Phase::Starting | Phase::Running => {
                child.note(at, Cause::Asked);
                child.stop(Then::Start, child.desired.grace, turn, &mut fx);
            }
            Phase::BackOff { .. } | Phase::Parked { .. } => {
                child.note(at, Cause::Asked);
                self.launch(index, &mut fx);
            }
            // It is about to start anyway.
            Phase::Waiting | Phase::Stopping { .. } | Phase::Off => {}
        }
        Ok(fx)
    }

    /// Ends all, last started first, one after the other. One that does not end costs its grace, at most half of what
    /// is left of `within`; past that the rest is killed at once.
    pub fn stop_all(&mut self, within: Duration, at: Moment) -> Vec<Effect> {
        let mut fx = Vec::new();
        if self.stopping.is_none() {
            self.stopping = Some(StopAll { until: at.instant + within, killed: Vec::new(), told: false });
            for child in &mut self.children {
                match child.phase {
                    // Those already on their way out get no more time than the others.
                    Phase::Stopping { killed, .. } => {
                        self.numbers += 1;
                        child.turn = self.numbers;
                        let after = if killed { KILL_PATIENCE } else { child.patience.min(within / 2) };
                        fx.push(Effect::Arm { id: child.desired.id.clone(), turn: child.turn, after });
                    }
                    // Those that wait for a start wait no longer.
                    Phase::Waiting | Phase::BackOff { .. } | Phase::Parked { .. } => {
                        child.phase = Phase::Off;
                        fx.push(Effect::Disarm { id: child.desired.id.clone() });
                    }
                    Phase::Starting | Phase::Running | Phase::Off => {}
                }
            }
        }
        self.stop_next(at, &mut fx);
        fx
    }

    pub fn started(&mut self, id: &str, run: u64, at: Moment) -> Vec<Effect> {
        let mut fx = Vec::new();
        if let Some(index) = self.instance(id, run)
            && self.children[index].phase == Phase::Starting
        {
            let turn = self.number();
            let child = &mut self.children[index];
            child.phase = Phase::Running;
            child.started = Some(at);
            fx.push(Effect::Bind { id: id.to_owned(), run });
            if child.told_parked {
                child.turn = turn;
                fx.push(Effect::Arm { id: id.to_owned(), turn, after: STEADY });
            }
            self.launch_in_order(&mut fx);
        }
        fx
    }

    /// An instance is gone, for whatever reason.
    pub fn ended(&mut self, id: &str, run: u64, how: Ending, at: Moment, dice: &mut Dice) -> Vec<Effect> {
        let mut fx = Vec::new();
        let Some(index) = self.instance(id, run) else { return fx };
        self.children[index].run = None;
        match self.children[index].phase.clone() {
            Phase::Stopping { then, killed } => self.gone(index, then, killed, how, at, &mut fx),
            _ if self.stopping.is_some() => self.gone(index, Then::Remove, false, how, at, &mut fx),
            _ if self.children[index].desired.once => self.over(index, how, &mut fx),
            _ => self.failed(index, how, at, dice, &mut fx),
        }
        self.launch_in_order(&mut fx);
        fx
    }

    /// A child's timer went off: a retry, the end of patience with a stop, or a parked one has held.
    pub fn due(&mut self, id: &str, turn: u64, at: Moment) -> Vec<Effect> {
        let mut fx = Vec::new();
        let Some(index) = self.find(id).filter(|i| self.children[*i].turn == turn) else { return fx };
        match self.children[index].phase.clone() {
            Phase::BackOff { .. } | Phase::Parked { .. } => self.launch(index, &mut fx),
            Phase::Stopping { killed: false, .. } => self.kill(index, at, &mut fx),
            Phase::Stopping { killed: true, .. } if self.stopping.is_some() => {
                // It blocks its thread. The end of the process will end it.
                self.children[index].phase = Phase::Off;
                self.stop_next(at, &mut fx);
            }
            Phase::Running if self.children[index].told_parked => {
                self.children[index].told_parked = false;
                fx.push(Effect::Well { id: id.to_owned(), removed: false });
            }
            // Otherwise no second one is started beside it, however long it takes.
            Phase::Stopping { .. } | Phase::Waiting | Phase::Starting | Phase::Running | Phase::Off => {}
        }
        fx
    }

    /// It could not take its new config while it runs.
    pub fn reconfigure_refused(&mut self, id: &str, at: Moment) -> Vec<Effect> {
        let mut fx = Vec::new();
        let turn = self.number();
        if let Some(index) = self.find(id)
            && matches!(self.children[index].phase, Phase::Running | Phase::Starting)
        {
            let child = &mut self.children[index];
            child.note(at, Cause::Replaced);
            child.stop(Then::Start, child.desired.grace, turn, &mut fx);
        }
        fx
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.children.iter().position(|c| c.desired.id == id)
    }

    fn instance(&self, id: &str, run: u64) -> Option<usize> {
        self.find(id).filter(|i| self.children[*i].run == Some(run))
    }

    fn staying(&self, id: &str) -> Result<usize, Refused> {
        if self.stopping.is_some() {
            return Err(Refused::Stopping);
        }
        self.find(id).filter(|i| !self.children[*i].leaving()).ok_or_else(|| Refused::Unknown(id.to_owned()))
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl Moment {
    pub fn later(self, after: Duration) -> Moment {
        let wall =
            jiff::SignedDuration::try_from(after).ok().and_then(|after| self.wall.checked_add(after).ok());
        Moment { instant: self.instant + after, wall: wall.unwrap_or(Timestamp::MAX) }
    }
}

/// What is remembered of a child's past, newest last.
pub const INCIDENTS_MAX: usize = 20;

fn remember(past: &mut Vec<Incident>, incident: Incident) {
    if past.len() == INCIDENTS_MAX {
        past.remove(0);
    }
    past.push(incident);
}
