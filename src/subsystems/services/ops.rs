//! One act on one unit, from the order to the evidence. Pure: looks and ends come in, the next step goes out.
//!
//! "Restarted" is said only of a unit that is active after systemd's job and has stayed so, in the same run, for
//! [`STEADY`]. What happened instead is said with systemd's own words for it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bus::BusError,
    unit::{Active, Details, Invocation, JobEnd, Patch, Unit, Verb},
};
use crate::{domain::UnitName, screen::LogLine};

/// A unit that has been up this long after an act is called steady.
pub const STEADY: Duration = Duration::from_secs(3);
/// systemd's own limits for start and stop are 90 s each unless a unit says otherwise; past this the screen says that
/// systemd is still at it, and lets go.
pub const ACT_MAX: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// Tells a late answer to an earlier act from one to this.
    pub id: u64,
    pub unit: UnitName,
    pub verb: Verb,
    pub by: String,
    pub at: Timestamp,
    pub started: Instant,
    pub phase: Phase,
    /// Time until systemd's job ended.
    pub took: Duration,
    /// What signals said of the start's conditions: a unit that was passed over is often unloaded before it can be
    /// looked at.
    condition_met: Option<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// systemd's job runs.
    Working,
    /// It ended so; the state is being read.
    Looking(JobEnd),
    /// Up; waiting whether it stays so.
    Settling(Run),
    /// The last look.
    Final(Run),
    /// Decided; the last log lines are being read.
    Telling(Conclusion, Box<Unit>),
    /// The connection was lost meanwhile: looked at again when it is back.
    Adrift,
}

/// Which run of the unit is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub invocation: Option<Invocation>,
    pub restarts: Option<u32>,
}

/// What became of an act, as evidence and not as hope.
#[derive(Debug, Clone, PartialEq)]
pub enum Conclusion {
    /// Up for [`STEADY`].
    Steady,
    /// It was to run once, and ended well.
    Ran,
    /// It ended by itself without an error, though nobody stopped it.
    Ended,
    /// Its own conditions were not met, so systemd did not start it.
    PassedOver,
    /// Was up, and is not any more (or in another run).
    Died,
    NotStarted(JobEnd),
    Stopped,
    /// It did not end when asked and was killed, or ended with an error.
    StoppedBadly,
    /// Up again, or still.
    NotStopped,
    NotReloaded(JobEnd),
    Enabled,
    Disabled,
    /// The file's state is neither what was wanted nor a plain no ("static", "indirect").
    FileState(String),
    Reset,
    NotReset,
    /// systemd's job takes longer than [`ACT_MAX`].
    StillGoing,
    /// systemd said no, or could not be asked.
    Refused(BusError),
}

impl Conclusion {
    /// What was ordered is so.
    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Conclusion::Steady
                | Conclusion::Ran
                | Conclusion::Stopped
                | Conclusion::Enabled
                | Conclusion::Disabled
                | Conclusion::Reset
        )
    }

    /// Whether the unit's own log can tell why.
    fn log_helps(&self) -> bool {
        matches!(
            self,
            Conclusion::Ended
                | Conclusion::PassedOver
                | Conclusion::Died
                | Conclusion::NotStarted(_)
                | Conclusion::StoppedBadly
                | Conclusion::NotStopped
                | Conclusion::NotReloaded(_)
                | Conclusion::StillGoing
        )
    }
}

/// The outcome as the unit's screen shows it afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub verb: Verb,
    pub by: String,
    /// When it was decided.
    pub at: Timestamp,
    pub took: Duration,
    pub conclusion: Conclusion,
    /// As it was then.
    pub unit: Unit,
    pub log: Vec<LogLine>,
}

/// What to do next for an op.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Wait,
    Look,
    /// Look again after [`STEADY`], or as soon as a signal says something.
    Settle,
    /// Read the last lines since this time.
    Tail(Timestamp),
    Over(Box<Evidence>),
}

impl Op {
    pub fn new(id: u64, verb: Verb, unit: UnitName, by: &str, at: Timestamp, now: Instant) -> Op {
        Op {
            id,
            unit,
            verb,
            by: by.to_owned(),
            at,
            started: now,
            phase: Phase::Working,
            took: Duration::ZERO,
            condition_met: None,
        }
    }

    /// systemd's job is over, or never was. `linked` tells whether there is a connection now.
    pub fn job_ended(
        &mut self,
        end: Result<JobEnd, BusError>,
        unit: &Unit,
        linked: bool,
        at: Timestamp,
        now: Instant,
    ) -> Next {
        if !matches!(self.phase, Phase::Working | Phase::Adrift) {
            return Next::Wait;
        }
        self.took = now.duration_since(self.started);
        match end {
            Ok(end) => {
                self.phase = Phase::Looking(end);
                Next::Look
            }
            // Whether it was carried out is not known: the state tells.
            Err(BusError::Lost) if linked => {
                self.phase = Phase::Looking(JobEnd::Other);
                Next::Look
            }
            Err(BusError::Lost) => {
                self.phase = Phase::Adrift;
                Next::Wait
            }
            Err(error) => self.conclude(Conclusion::Refused(error), unit.clone(), at),
        }
    }

    pub fn took_too_long(&mut self, unit: &Unit, at: Timestamp, now: Instant) -> Next {
        if self.phase != Phase::Working {
            return Next::Wait;
        }
        self.took = now.duration_since(self.started);
        self.conclude(Conclusion::StillGoing, unit.clone(), at)
    }

    pub fn looked(&mut self, seen: &Result<Details, BusError>, at: Timestamp) -> Next {
        match (&self.phase, seen) {
            (Phase::Looking(_) | Phase::Settling(_) | Phase::Final(_), Err(BusError::Lost)) => {
                self.phase = Phase::Adrift;
                Next::Wait
            }
            (Phase::Looking(_) | Phase::Settling(_) | Phase::Final(_), Err(error)) => {
                self.conclude(Conclusion::Refused(error.clone()), Unit::new(self.unit.clone()), at)
            }
            (Phase::Looking(end), Ok(seen)) => {
                let end = *end;
                self.first_look(end, seen, at)
            }
            (Phase::Settling(run), Ok(seen)) => self.look_between(*run, seen, at),
            (Phase::Final(run), Ok(seen)) => {
                let run = *run;
                self.last_look(run, seen, at)
            }
            (Phase::Working | Phase::Telling(..) | Phase::Adrift, _) => Next::Wait,
        }
    }

    /// What the job left behind.
    fn first_look(&mut self, end: JobEnd, seen: &Details, at: Timestamp) -> Next {
        let unit = &seen.unit;
        let conclusion = match self.verb {
            Verb::Stop => match unit.active {
                Active::Inactive => Conclusion::Stopped,
                Active::Failed => Conclusion::StoppedBadly,
                _ => Conclusion::NotStopped,
            },
            Verb::Enable | Verb::Disable => match seen.file_state.as_str() {
                "enabled" | "enabled-runtime" if self.verb == Verb::Enable => Conclusion::Enabled,
                "disabled" if self.verb == Verb::Disable => Conclusion::Disabled,
                other => Conclusion::FileState(other.to_owned()),
            },
            Verb::ResetFailed if unit.active == Active::Failed => Conclusion::NotReset,
            Verb::ResetFailed => Conclusion::Reset,
            Verb::Reload if !matches!(end, JobEnd::Done | JobEnd::Other) => Conclusion::NotReloaded(end),
            Verb::Start | Verb::Restart | Verb::Reload => {
                if unit.active.is_up() {
                    let run = Run { invocation: seen.reading.patch.invocation, restarts: unit.restarts };
                    self.phase = Phase::Settling(run);
                    return Next::Settle;
                }
                self.came_down(end, seen)
            }
        };
        self.conclude(conclusion, unit.clone(), at)
    }

    /// A signal said that something moved while it settled.
    fn look_between(&mut self, run: Run, seen: &Details, at: Timestamp) -> Next {
        // On its way down or up: what it comes to is told by the next signal, or at the end of the wait.
        let still = seen.unit.active.is_moving() && !seen.unit.is_crash_looping();
        if still || run.is(seen) {
            return Next::Wait;
        }
        self.last_look(run, seen, at)
    }

    fn last_look(&mut self, run: Run, seen: &Details, at: Timestamp) -> Next {
        let conclusion = if run.is(seen) {
            Conclusion::Steady
        } else {
            match self.came_down(JobEnd::Done, seen) {
                Conclusion::NotStarted(_) => Conclusion::Died,
                other => other,
            }
        };
        self.conclude(conclusion, seen.unit.clone(), at)
    }

    /// A unit that was started and is not up.
    fn came_down(&self, end: JobEnd, seen: &Details) -> Conclusion {
        let unit = &seen.unit;
        let well = unit.result.as_deref().is_none_or(|result| result == "success");
        let passed_over = [self.condition_met, seen.reading.patch.condition_met].contains(&Some(false));
        match unit.active {
            Active::Inactive if passed_over => Conclusion::PassedOver,
            Active::Inactive if well && unit.oneshot == Some(true) && end != JobEnd::Canceled => {
                Conclusion::Ran
            }
            Active::Inactive if well && matches!(end, JobEnd::Done | JobEnd::Other) => Conclusion::Ended,
            _ => Conclusion::NotStarted(end),
        }
    }

    /// The time to settle is over.
    pub fn settled(&mut self) -> Next {
        let Phase::Settling(run) = self.phase else { return Next::Wait };
        self.phase = Phase::Final(run);
        Next::Look
    }

    /// A signal about the unit of this op.
    pub fn heard(&mut self, patch: &Patch) -> Next {
        self.condition_met = patch.condition_met.or(self.condition_met);
        let Phase::Settling(run) = &self.phase else { return Next::Wait };
        let down = patch.active.is_some_and(|active| !active.is_up());
        let other_run =
            patch.invocation.is_some() && run.invocation.is_some() && patch.invocation != run.invocation;
        if down || other_run { Next::Look } else { Next::Wait }
    }

    pub fn link_lost(&mut self) {
        if !matches!(self.phase, Phase::Telling(..)) {
            self.phase = Phase::Adrift;
        }
    }

    pub fn link_back(&mut self) -> Next {
        if self.phase != Phase::Adrift {
            return Next::Wait;
        }
        self.phase = Phase::Looking(JobEnd::Other);
        Next::Look
    }

    /// The last lines are here.
    pub fn told(&mut self, log: Vec<LogLine>, at: Timestamp) -> Next {
        let Phase::Telling(conclusion, unit) = &self.phase else { return Next::Wait };
        let (conclusion, unit) = (conclusion.clone(), (**unit).clone());
        self.over(conclusion, unit, log, at)
    }

    fn conclude(&mut self, conclusion: Conclusion, unit: Unit, at: Timestamp) -> Next {
        if conclusion.log_helps() {
            self.phase = Phase::Telling(conclusion, Box::new(unit));
            return Next::Tail(self.at);
        }
        self.over(conclusion, unit, Vec::new(), at)
    }

    fn over(&self, conclusion: Conclusion, unit: Unit, log: Vec<LogLine>, at: Timestamp) -> Next {
        let (verb, by, took) = (self.verb, self.by.clone(), self.took);
        Next::Over(Box::new(Evidence { verb, by, at, took, conclusion, unit, log }))
    }
}

impl Run {
    /// The same run, still up.
    fn is(self, seen: &Details) -> bool {
        let other = |a: Option<Invocation>, b: Option<Invocation>| a.is_some() && b.is_some() && a != b;
        seen.unit.active.is_up()
            && !other(self.invocation, seen.reading.patch.invocation)
            && self.restarts == seen.unit.restarts
    }
}
