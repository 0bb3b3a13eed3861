//! What is known of a plan and what follows from it: whether a backup is overdue, what is to be read next. Pure.
//!
//! Overdue is judged by the schedule alone: after the last backup that went through (or, without one, after the plan
//! was first seen) the first due time counts, whoever was off then. A backup that runs is not overdue.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    config::PlanConfig,
    engine::{Warning, Which},
    store::Held,
};
use crate::{
    domain::{Asker, Bytes, Phrase},
    intent::backup::PlanName,
    phrase,
};

/// All that is kept of a plan over restarts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// When it was first seen in the config.
    pub since: Option<Timestamp>,
    /// The last run that made a snapshot.
    pub success: Option<Success>,
    /// How the last run ended, also one that made none.
    pub attempt: Option<Attempt>,
    pub check: Option<Check>,
    /// The check that found damage which no later one has read again and found sound.
    pub damaged: Option<Check>,
    /// The part of the data that the next check reads, from 1; 0 before the first.
    pub next_part: u32,
    /// When the parts were begun anew, and of how many.
    pub round: Option<Round>,
    pub proof: Option<Proof>,
    /// The last proof that went well: "restorable as of".
    pub proven: Option<Timestamp>,
    pub size: Option<Size>,
    /// When the snapshots were listed, and how many of this plan there were.
    pub listed: Option<(Timestamp, u64)>,
    /// Snapshots in its repository that are not of this plan.
    pub others: u64,
    /// What was due while its repository was busy. On the disk, so that a restart does not lose it.
    pub waiting: Vec<Waiting>,
}

/// Work that waits for its repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub chore: Chore,
    pub asked_by: Asker,
    pub since: Timestamp,
}

/// What runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "chore", rename_all = "snake_case")]
pub enum Chore {
    Run,
    Check { data: bool },
    Prove,
    Thin,
}

impl Chore {
    /// What follows "backup.PLAN" in its task's id.
    pub fn suffix(self) -> &'static str {
        match self {
            Chore::Run => "",
            Chore::Check { .. } => ".check",
            Chore::Prove => ".proof",
            Chore::Thin => ".thin",
        }
    }

    /// Its task's title.
    pub fn title(self, plan: &PlanName) -> Phrase {
        let plan = plan.as_str();
        match self {
            Chore::Run => phrase!("backup-task", plan = plan),
            Chore::Check { .. } => phrase!("backup-task-check", plan = plan),
            Chore::Prove => phrase!("backup-task-proof", plan = plan),
            Chore::Thin => phrase!("backup-task-thin", plan = plan),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Success {
    pub started: Timestamp,
    pub ended: Timestamp,
    pub snapshot: Option<Which>,
    /// New to the repository; `None` for a run that was not ours.
    pub added: Option<Bytes>,
    pub bytes: Bytes,
    pub files: u64,
    /// Left out of it.
    pub warnings: u64,
    /// The first few of them.
    pub named: Vec<Warning>,
}

impl Success {
    /// Files named on the screen and kept; the job's log has more.
    pub const NAMED_MAX: usize = 8;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub started: Timestamp,
    pub ended: Timestamp,
    pub how: Ended,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ended {
    Done,
    /// A snapshot without some of the files.
    Warned,
    Failed {
        why: Phrase,
    },
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub at: Timestamp,
    pub took_s: u64,
    pub read: Read,
    /// What was found damaged; none is sound.
    pub damage: u64,
    pub named: Vec<Warning>,
}

/// How deep a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Read {
    Structure,
    Part { part: u32, of: u32 },
    Timed,
    Everything,
}

impl Read {
    /// Whether all that the other one read is read by this one as well. Borg reads all of the repository for its
    /// structure, restic reads the structure with each part.
    fn covers(self, other: Read) -> bool {
        match (self, other) {
            (Read::Everything, _) | (Read::Structure, Read::Structure | Read::Timed) => true,
            (Read::Part { .. }, Read::Structure) => true,
            (Read::Part { .. }, Read::Part { .. }) => self == other,
            _ => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    pub began: Timestamp,
    pub of: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    pub at: Timestamp,
    /// When the snapshot was made that it restored from.
    pub of: Timestamp,
    pub files: u64,
    pub bytes: Bytes,
    /// Compared byte by byte with the file in place; the others had changed since, and were compared with what the
    /// snapshot says of them.
    pub in_place: u64,
    /// What did not come back as it was saved; the first few.
    pub bad: Vec<Wrong>,
}

/// A file that did not come back as it was saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wrong {
    /// Hostile text, already cleaned for a log line.
    pub path: String,
    pub why: Phrase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub at: Timestamp,
    pub stored: Bytes,
    pub held: Option<Bytes>,
}

/// Whether there is a backup as the schedule wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing runs by itself.
    Unplanned,
    /// As it should be; `next` is when it is due next.
    OnTime {
        next: Option<Timestamp>,
    },
    /// Due, and within its grace or running at this moment.
    Now {
        since: Timestamp,
    },
    Overdue {
        since: Timestamp,
    },
}

impl Facts {
    /// `running`: a backup of this plan runs at this moment.
    pub fn due(&self, plan: &PlanConfig, zone: &TimeZone, running: bool, now: Timestamp) -> Due {
        let Some(times) = &plan.schedule else { return Due::Unplanned };
        // What was due before the plan was in the config was not promised.
        let from = self.success.as_ref().map(|success| success.started).max(self.since).unwrap_or(now);
        // A clock that was ahead and came back: what it wrote counts as now.
        let Some(first) = times.next_after(from.min(now), zone) else { return Due::OnTime { next: None } };
        if first > now {
            return Due::OnTime { next: Some(first) };
        }
        if running || now < overdue_at(plan, first) {
            return Due::Now { since: first };
        }
        Due::Overdue { since: first }
    }

    /// Takes a snapshot of this plan that was not made by us (from before, or by hand) for the last success, if it is
    /// newer.
    pub fn adopt(&mut self, held: &Held) {
        let newer = self.success.as_ref().is_none_or(|known| known.ended < held.at);
        if newer {
            self.success = Some(Success {
                started: held.at,
                ended: held.at,
                snapshot: Some(held.which.clone()),
                added: None,
                bytes: held.size.unwrap_or_default(),
                files: held.files.unwrap_or_default(),
                warnings: 0,
                named: Vec::new(),
            });
        }
    }

    /// When to look again: the next moment at which [`Facts::due`] can turn overdue.
    pub fn turns(&self, plan: &PlanConfig, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        match self.due(plan, zone, false, now) {
            Due::OnTime { next: Some(since) } | Due::Now { since } => Some(overdue_at(plan, since)),
            Due::Unplanned | Due::OnTime { next: None } | Due::Overdue { .. } => None,
        }
    }

    /// The last run failed after `since`: that has been told already.
    pub fn failed_since(&self, since: Timestamp) -> bool {
        self.attempt
            .as_ref()
            .is_some_and(|last| last.ended >= since && matches!(last.how, Ended::Failed { .. }))
    }

    /// Each kind of work waits once.
    pub fn wait(&mut self, waiting: Waiting) {
        if !self.waiting.iter().any(|other| other.chore == waiting.chore) {
            self.waiting.push(waiting);
        }
    }

    pub fn waits_no_more(&mut self, waiting: &Waiting) {
        self.waiting.retain(|other| other != waiting);
    }

    /// The part that the next check reads, when there are so many.
    pub fn part(&self, of: u32) -> u32 {
        let fits = self.round.is_none_or(|round| round.of == of);
        if fits && (1..=of).contains(&self.next_part) { self.next_part } else { 1 }
    }

    /// Keeps a check. Damage stands until what was damaged has been read again: the next part being sound says nothing
    /// of it, so the same one is read again.
    pub fn checked(&mut self, check: Check) {
        if check.damage > 0 {
            self.damaged = Some(check.clone());
        } else {
            self.damaged.take_if(|damaged| check.read.covers(damaged.read));
            if let Read::Part { part, of } = check.read {
                self.checked_part(part, of, check.at);
            }
        }
        self.check = Some(check);
    }

    /// After a check of a part: the next one is the next time's.
    fn checked_part(&mut self, part: u32, of: u32, now: Timestamp) {
        if part == 1 {
            self.round = Some(Round { began: now, of });
        }
        self.next_part = if part >= of { 1 } else { part + 1 };
    }
}

fn overdue_at(plan: &PlanConfig, due: Timestamp) -> Timestamp {
    let grace = SignedDuration::try_from(plan.overdue_after).unwrap_or(SignedDuration::from_hours(1));
    due.checked_add(grace).unwrap_or(due)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
